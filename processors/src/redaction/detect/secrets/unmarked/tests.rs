//! Values of elements, statements, options and encoded pairs; and what only looks like them.

use proptest::prelude::*;

use super::*;
use crate::redaction::lanes::{BLOCK, padded};

fn found(text: &str) -> Vec<&str> {
    let mut all = Vec::new();
    find(text.as_bytes(), |_, start, end| all.push(&text[start..end]));
    let may_be = || may_be_in(&Lanes::of(&padded(text.as_bytes())));
    assert!(all.is_empty() || text.len() >= BLOCK || may_be(), "{text}");
    all
}

proptest! {
    /// Whatever is found in a short text, it is not told beforehand that nothing is.
    #[test]
    fn what_is_short_is_let_through(
        parts in prop::collection::vec(prop_oneof![
            Just("--password ".to_owned()), Just("<secret>".to_owned()), Just("</secret>".to_owned()), Just(" ".to_owned()),
            Just("IDENTIFIED BY '".to_owned()), Just("token%3D".to_owned()), Just("--token\t".to_owned()), Just(password()),
            Just("'".to_owned()),
        ], 1..6),
    ) {
        found(&parts.concat());
    }
}

fn password() -> String {
    ["Tr0ub4", "dor-x9Kq"].concat()
}

#[test]
fn values_without_a_mark_are_found() {
    let pw = password();
    for text in [
        format!("<password>{pw}</password>"),
        format!("<a/><wsse:Password Type=\"x#PasswordText\">{pw}</wsse:Password></a>"),
        format!("CREATE USER bob IDENTIFIED BY '{pw}';"),
        format!("alter role bob with password '{pw}'"),
        format!("CREATE USER 'bob'@'%' IDENTIFIED WITH caching_sha2_password BY '{pw}'"),
        format!("app --user bob --password {pw} --host db"),
        format!("--password \"{pw}\""),
        format!("username=bob%26password%3D{pw}%26x%3D1"),
        format!("%7B%22password%22%3A%22{pw}%22%7D"),
    ] {
        assert_eq!(found(&text), [pw.as_str()], "{text}");
    }
    let long = format!("--password a1{}", "\u{e9}".repeat(2000));
    assert_eq!(found(&long).len(), 1, "whole characters");
}

#[test]
fn manuals_pages_and_prose_are_left() {
    for text in [
        "<password>[PASSWORD]</password>",
        "<password>${db.password}</password>",
        "<Secret>Hello</Secret>",
        "<label>Password</label>",
        "<b>x</b></password>",
        "</password>",
        "<Password>Enter your password</Password>",
        "they don't like '100%' passwords 'abc1'",
        "IDENTIFIED BY '[PASSWORD]'",
        "run it with --password to set one",
        "--password <password> --token TOKEN --api-key $API_KEY",
        "--password string   the password",
        "--private-key ./deploy/id.pem",
        "--password --host x",
        "--password",
        "a%3Db%20",
        "password%3D[PASSWORD]%26x",
        "password%3",
    ] {
        assert_eq!(found(text), Vec::<&str>::new(), "{text}");
    }
}
