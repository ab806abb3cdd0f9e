//! Keys with and without an end, in lines and in escapes.

use super::*;
use crate::redaction::lanes::{BLOCK, padded};

const DASHES: &str = "-----";

fn found(text: &str) -> Vec<&str> {
    let mut all = Vec::new();
    find(text.as_bytes(), |start, end| all.push(&text[start..end]));
    let may_be = || may_be_in(&Lanes::of(&padded(text.as_bytes())));
    assert!(all.is_empty() || text.len() >= BLOCK || may_be(), "{text}");
    all
}

#[test]
fn a_key_is_found_from_line_to_line() {
    for kind in ["", "RSA ", "EC ", "OPENSSH ", "ENCRYPTED ", "PGP "] {
        let block = if kind == "PGP " { " BLOCK" } else { "" };
        for newline in ["\n", "\r\n", "\\n", "\\\\n"] {
            let body = "MIIEvQIBADANBgkqhkiG9w0BAQEFAASC".repeat(2);
            let key = format!(
                "{DASHES}BEGIN {kind}PRIVATE KEY{block}{DASHES}{newline}{body}{newline}{DASHES}END {kind}PRIVATE KEY{block}{DASHES}"
            );
            assert_eq!(found(&format!("key: {key}, and more {key}.")), [key.as_str(), key.as_str()]);
        }
    }
}

#[test]
fn without_an_end_it_goes_to_the_end_of_the_value() {
    let key = format!("{DASHES}BEGIN PRIVATE KEY{DASHES}\nMIIEvQIBADANBgkqhkiG9w0BAQEF");
    assert_eq!(found(&format!("a {key}")), [key.as_str()]);
    assert_eq!(found(&format!("{{\"k\": \"{key}\", \"b\": 1}}")), [key.as_str()]);
}

#[test]
fn a_mention_is_no_key() {
    assert_eq!(found(&format!("grep for {DASHES}BEGIN PRIVATE KEY{DASHES} in files")), Vec::<&str>::new());
    assert_eq!(
        found(&format!("{DASHES}BEGIN PRIVATE KEY{DASHES}\n...\n{DASHES}END PRIVATE KEY{DASHES}")),
        Vec::<&str>::new()
    );
    assert_eq!(found("the PRIVATE KEY is not here"), Vec::<&str>::new());
}

#[test]
fn a_key_is_found_quoted_and_encoded() {
    let body = "MIIEvQIBADANBgkqhkiG9w0BAQEFAASC";
    let begin = format!("{DASHES}BEGIN RSA PRIVATE KEY{DASHES}");
    let end = format!("{DASHES}END RSA PRIVATE KEY{DASHES}");
    for newline in ["\n> ", "\n> > ", "\n# ", "\n// ", "\n * ", "<br>", "<br/>\n", "%0A", "%0D%0A"] {
        for blank in [" ", "%20", "+"] {
            let key = format!("{begin}{newline}{body}{newline}{body}{newline}{end}")
                .replace("RSA PRIVATE KEY", "RSA_PRIVATE_KEY");
            let key = key.replace("BEGIN ", "BEGIN_").replace("END ", "END_").replace('_', blank);
            assert_eq!(found(&format!("> {key} x")), [key.as_str()], "{newline:?} {blank:?}");
        }
    }
    let open = format!("{begin}<br>{body}<br>{body}");
    assert_eq!(found(&format!("<p>{open}</p>")), [open.as_str()]);
    assert_eq!(found("a PRIVATE letter, PRIVATE"), Vec::<&str>::new());
}
