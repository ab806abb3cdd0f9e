//! JSON keeps its shape; keys and paths are those around a value; anything else is not JSON.

use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;

/// Every part of a text: token, text, key, path.
fn parts(text: &str) -> Option<Vec<(Token, String, String, String)>> {
    let mut seen = Vec::new();
    let result = rewrite(text, &mut |part| {
        seen.push((part.token, part.text.into(), part.key.into(), part.path.into()));
        None
    });
    (result == Rewritten::Same).then_some(seen)
}

#[test]
fn parts_are_shown_with_their_keys() {
    let text = r#" {"user":{"ssn" : "1\u00e9\n", "ids":[12,-3.5e1,"x"]},"a":{},"b":[],"c":true} "#;
    let seen = parts(text).unwrap();
    let values: Vec<_> = seen
        .iter()
        .filter(|part| part.0 != Token::Key)
        .map(|(_, text, key, path)| (text.as_str(), key.as_str(), path.as_str()))
        .collect();
    let expect = [
        ("1é\n", "ssn", "user.ssn"),
        ("12", "ids", "user.ids"),
        ("-3.5e1", "ids", "user.ids"),
        ("x", "ids", "user.ids"),
    ];
    assert_eq!(values, expect);
    let keys: Vec<_> = seen.iter().filter(|part| part.0 == Token::Key).map(|part| part.1.as_str()).collect();
    assert_eq!(keys, ["user", "ssn", "ids", "a", "b", "c"]);
}

#[test]
fn only_what_changes_is_written_anew() {
    let text = r#"[ "a", {"k" :1.50, "secret": "x"} , "\u0041" ]"#;
    let result = rewrite(text, &mut |part| (part.key == "secret").then(|| "[\"S\"]".to_owned()));
    assert_eq!(result, Rewritten::Changed(r#"[ "a", {"k" :1.50, "secret": "[\"S\"]"} , "\u0041" ]"#.into()));
}

#[test]
fn surrogates_are_read_as_most_readers_do() {
    assert_eq!(parts(r#""\ud83d\ude00 \ud83d x""#).unwrap()[0].1, "😀 \u{fffd} x");
}

#[test]
fn what_is_not_whole_json_is_none() {
    for text in [
        "",
        "{",
        "[1,]",
        "{\"a\"}",
        "{\"a\":}",
        "[1 2]",
        "\"a",
        "\"\\x\"",
        "\"\\u00g0\"",
        "nul",
        "[1]x",
        "{1:2}",
        "[\"a\\",
        "[--1]",
        "{\"a\":1,}",
    ] {
        assert_eq!(parts(text), None, "{text}");
    }
    let deep = "[".repeat(300) + &"]".repeat(300);
    assert_eq!(rewrite(&deep, &mut |_| None), Rewritten::TooDeep);
}

fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<String>().prop_map(Value::from)
    ];
    leaf.prop_recursive(4, 32, 6, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..6).prop_map(Value::from),
            prop::collection::btree_map(any::<String>(), inner, 0..6).prop_map(|map| json!(map))
        ]
    })
}

fn strings(value: &Value, found: &mut Vec<String>) {
    match value {
        Value::String(text) => found.push(text.clone()),
        Value::Array(items) => items.iter().for_each(|item| strings(item, found)),
        Value::Object(map) => map.values().for_each(|item| strings(item, found)),
        _ => {}
    }
}

proptest! {
    #[test]
    fn every_string_is_shown_and_can_be_replaced(value in any_json(), pretty: bool) {
        let text = if pretty { format!("{value:#}") } else { value.to_string() };
        let mut want = Vec::new();
        strings(&value, &mut want);
        let shown = parts(&text).unwrap();
        let shown: Vec<_> =
            shown.into_iter().filter(|part| part.0 == Token::String).map(|part| part.1).collect();
        let mut sorted = (want.clone(), shown);
        sorted.0.sort();
        sorted.1.sort();
        prop_assert_eq!(sorted.0, sorted.1);
        let result = rewrite(&text, &mut |part| (part.token == Token::String).then(|| format!("<{}>", part.text)));
        let Rewritten::Changed(new) = result else { prop_assert!(want.is_empty()); return Ok(()) };
        let mut found = Vec::new();
        strings(&serde_json::from_str(&new).unwrap(), &mut found);
        want.iter_mut().for_each(|text| *text = format!("<{text}>"));
        found.sort();
        want.sort();
        prop_assert_eq!(found, want);
    }

    #[test]
    fn any_text_is_read_without_a_panic(text in ".*") {
        let _ = rewrite(&text, &mut |part| Some(part.text.to_owned()));
    }
}
