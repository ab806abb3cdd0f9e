//! Findings stand where the text has them: through escapes, levels of JSON and the Collector's keys.

use std::sync::{LazyLock, Mutex};

use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;

fn trial(block: &Value) -> Trial {
    Trial::new(&serde_json::from_value(block.clone()).unwrap()).unwrap()
}

fn entities_of(names: &[&str]) -> Trial {
    let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
    let (trial, unknown) = Trial::of_entities(&Redaction::default(), &names).unwrap();
    assert_eq!(unknown, [""; 0]);
    trial
}

/// The findings as entity and text.
fn found(change: &Change) -> Vec<(&str, &str)> {
    change.findings.iter().map(|found| (found.entity.as_str(), &change.before[found.start..found.end])).collect()
}

/// The text as it came, with what each finding says in its place.
fn applied(change: &Change) -> String {
    let (mut out, mut copied) = (String::new(), 0);
    for found in &change.findings {
        out.push_str(&change.before[copied..found.start]);
        out.push_str(&found.replacement);
        copied = found.end;
    }
    out + &change.before[copied..]
}

#[test]
fn a_finding_says_where_and_why() {
    let change = trial(&json!({})).text("", "é write to bob@corp.com, ssn 536904399");
    assert_eq!(found(&change), [("EMAIL_ADDRESS", "bob@corp.com"), ("US_SSN", "536904399")]);
    assert_eq!(change.after.as_deref(), Some("é write to [EMAIL_ADDRESS], ssn [US_SSN]"));
    let [email, ssn] = &change.findings[..] else { panic!("two") };
    assert_eq!((email.start, email.end), (12, 24), "bytes");
    assert_eq!((email.detector.as_str(), email.class, email.vouched), ("EMAIL_ADDRESS", "A", Vouched::Shape));
    assert_eq!((ssn.detector.as_str(), ssn.class, ssn.vouched), ("US_SSN:B", "B", Vouched::Word("ssn")));
    assert!(ssn.about.contains("social security"));
}

#[test]
fn a_key_vouches_and_spares_as_in_a_pipeline() {
    let mut trial = trial(&json!({}));
    let [ssn] = &trial.text("customer.ssn", "536904399").findings[..] else { panic!("one") };
    assert_eq!(ssn.vouched, Vouched::Key("ssn"));
    let change = trial.text("db.password", "correct horse");
    assert_eq!(found(&change), [("PASSWORD", "correct horse")]);
    assert_eq!(change.findings[0].vouched, Vouched::Name);
    assert_eq!(trial.text("k8s.pod.name", "ssn 536904399").findings, []);
    assert_eq!(trial.text("", "536904399").findings, []);
}

#[test]
fn places_in_json_are_those_of_the_text_as_it_came() {
    let mut trial = trial(&json!({}));
    for (text, expected) in [
        (r#"{"a": "caf\u00e9 bob@corp.com"}"#, "bob@corp.com"),
        (r#"{"a": "\ud83d\ude00 bob@corp.com \ud83d\ude00"}"#, "bob@corp.com"),
        (r#"{"a": "\ud83d bob@corp.com"}"#, "bob@corp.com"),
        (r#"{"a": "\/\n\"bob\u0040corp.com\""}"#, r"bob\u0040corp.com"),
        (r#"{"a": "\"caf\\u00e9 bob@corp.com\""}"#, "bob@corp.com"),
        (r#"{"a": "{\"b\": \"{\\\"c\\\": \\\"bob@corp.com\\\"}\"}"}"#, "bob@corp.com"),
        (r#"{"bob@corp.com": 1}"#, "bob@corp.com"),
        (r#"[1, 2, "bob@corp.com"]"#, "bob@corp.com"),
    ] {
        let change = trial.text("", text);
        assert_eq!(found(&change), [("EMAIL_ADDRESS", expected)], "{text}");
        assert_same_json(&applied(&change), change.after.as_deref().unwrap());
    }
}

/// JSON with the JSON in its strings read too: escapes may differ. A lone surrogate reads as U+FFFD.
fn read(text: &str) -> Value {
    fn inner(value: Value) -> Value {
        match value {
            Value::String(text) => serde_json::from_str(&text).map_or(Value::String(text), inner),
            Value::Array(values) => values.into_iter().map(inner).collect(),
            Value::Object(members) => members.into_iter().map(|(key, value)| (key, inner(value))).collect(),
            other => other,
        }
    }
    inner(
        serde_json::from_str(&text.replace(r"\ud83d bob", "\u{fffd} bob").replace(r"\ud83d [", "\u{fffd} [")).unwrap(),
    )
}

fn assert_same_json(one: &str, other: &str) {
    assert_eq!(read(one), read(other));
}

#[test]
fn a_number_in_json_leaves_as_a_string() {
    let change = trial(&json!({})).text("", r#"{"card": 4111111111111111, "n": 3}"#);
    assert_eq!(found(&change), [("CREDIT_CARD", "4111111111111111")]);
    assert_eq!(change.after.as_deref(), Some(r#"{"card": "[CREDIT_CARD]", "n": 3}"#));
    assert_eq!(applied(&change), change.after.unwrap());
}

#[test]
fn what_is_no_json_after_all_is_told_once() {
    let change = trial(&json!({})).text("", r#"{"a": "bob@corp.com", oops}"#);
    assert_eq!(found(&change), [("EMAIL_ADDRESS", "bob@corp.com")]);
    assert_eq!(applied(&change), change.after.unwrap());
}

#[test]
fn entities_are_found_whatever_stands_around_them_and_no_others() {
    let mut ssn = entities_of(&["US_SSN"]);
    assert_eq!(found(&ssn.text("k8s.pod.name", "536904399 bob@corp.com")), [("US_SSN", "536904399")]);
    assert_eq!(ssn.text("", "536904399").findings[0].vouched, Vouched::Asked);
    assert_eq!(found(&ssn.text("", r#"{"trace_id": "536904399"}"#)), [("US_SSN", "536904399")]);
    assert_eq!(ssn.text("", r#"{"password": "correct horse"}"#).findings, []);
    let secret = entities_of(&["PASSWORD"]).text("", r#"{"password": "correct horse"}"#);
    assert_eq!(found(&secret), [("PASSWORD", "correct horse")]);
    assert_eq!(found(&entities_of(&["all"]).text("", "at 10.1.2.3"))[0].1, "10.1.2.3");
}

#[test]
fn an_unknown_entity_is_told_and_finds_nothing() {
    let config = Redaction::default();
    let (mut trial, unknown) = Trial::of_entities(&config, &["NOBODY", "default"].map(str::to_owned)).unwrap();
    assert_eq!(unknown, ["NOBODY", "default"]);
    assert_eq!(trial.text("", "bob@corp.com password=hunter2hunter2").findings, []);
}

#[test]
fn rules_limits_and_keys_of_the_block_are_told_as_such() {
    let block = json!({"rules": [{"name": "EMPLOYEE", "pattern": "E-\\d{6}"}], "max_value_size": "1KiB"});
    let mut trial_of_rules = trial(&block);
    let [rule] = &trial_of_rules.text("", "it is E-123456 now").findings[..] else { panic!("one") };
    assert_eq!((rule.detector.as_str(), rule.class, rule.vouched), ("rule:EMPLOYEE", "rule", Vouched::Config));
    let badge = trial(&json!({"keys": [{"key": "staff.*", "name": "BADGE"}]})).text("staff.no", "four two");
    assert_eq!(found(&badge), [("BADGE", "four two")]);
    assert_eq!((badge.findings[0].detector.as_str(), badge.findings[0].class), ("key:BADGE", "rule"));
    let long = trial_of_rules.text("", &"long ".repeat(300));
    assert_eq!(long.findings[0].detector, "too_large");
    assert_eq!((long.findings[0].class, applied(&long)), ("limit", "[REDACTED]".to_owned()));
    let content = trial(&json!({"content": "hash_length"})).text("gen_ai.prompt", "who is it");
    assert_eq!((found(&content), applied(&content)), (vec![("BLOCKED", "who is it")], content.after.clone().unwrap()));
    let mut removing = trial(&json!({"allowed_keys": ["good"]}));
    let removed = removing.text("bad", "some text");
    assert_eq!((found(&removed), &removed.after), (vec![("BLOCKED", "some text")], &None));
}

#[test]
fn what_the_collectors_keys_masked_is_told_beside_what_was_found() {
    let block = json!({"allow_all_keys": true, "blocked_values": ["ticket-\\d+"], "detectors": ["default"]});
    let change = trial(&block).text("note", "é ann@corp.com has ticket-17 of bob@corp.com");
    let expected = [("EMAIL_ADDRESS", "ann@corp.com"), ("BLOCKED", "ticket-17"), ("EMAIL_ADDRESS", "bob@corp.com")];
    assert_eq!(found(&change), expected);
    assert_eq!(applied(&change), change.after.unwrap());
}

#[test]
fn what_is_kept_is_told_and_what_drops_the_value_is_told_as_the_value() {
    let kept = trial(&json!({"strategy": "keep"})).text("", "bob@corp.com, n 1");
    assert_eq!(
        (found(&kept), kept.after.as_deref()),
        (vec![("EMAIL_ADDRESS", "bob@corp.com")], Some("bob@corp.com, n 1"))
    );
    let dropped = trial(&json!({"strategy": "drop_value"})).text("", "to bob@corp.com and ann@corp.com");
    assert_eq!(found(&dropped), [("EMAIL_ADDRESS", "to bob@corp.com and ann@corp.com")]);
    assert_eq!(applied(&dropped), dropped.after.unwrap());
}

#[test]
fn every_detector_has_a_name_of_its_own() {
    let mut names: Vec<String> = detectors().into_iter().map(|named| named.name).collect();
    for known in ["EMAIL_ADDRESS", "US_SSN:A", "US_SSN:B", "GITHUB_TOKEN:A1", "GITHUB_TOKEN:A3", "GITHUB_TOKEN:B"] {
        assert!(names.iter().any(|name| name == known), "{known}");
    }
    let all = names.len();
    names.sort();
    names.dedup();
    assert_eq!(names.len(), all);
}

/// Text in which something is to be found, now and then.
fn pieces() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        Just("bob@corp.com".to_owned()),
        Just("4111 1111 1111 1111".to_owned()),
        Just("ssn 536-90-4399".to_owned()),
        Just("+49 30 901820".to_owned()),
        Just("10.1.2.3".to_owned()),
        Just(" 號 ".to_owned()),
        Just("\u{1f600}".to_owned()),
        Just("\\\"\n/".to_owned()),
        "[a-z ,.:{}\\[\\]é]{0,8}",
    ];
    prop::collection::vec(piece, 0..8).prop_map(|pieces| pieces.join(" "))
}

/// A JSON string of `text`, in which `escape` tells which characters are written as `\u`.
fn encoded(text: &str, escape: u32) -> String {
    let mut out = String::from("\"");
    for character in text.chars() {
        if u32::from(character) % 7 < escape || matches!(character, '"' | '\\' | '\n') {
            let mut units = [0; 2];
            character.encode_utf16(&mut units).iter().for_each(|unit| out.push_str(&format!("\\u{unit:04x}")));
        } else {
            out.push(character);
        }
    }
    out + "\""
}

/// What all detectors make of a text; made once, for they take their time.
fn of_all(text: &str) -> Change {
    static ALL: LazyLock<Mutex<Trial>> = LazyLock::new(|| Mutex::new(entities_of(&["all"])));
    ALL.lock().unwrap().text("", text)
}

proptest! {
    #[test]
    fn findings_applied_to_a_text_give_what_leaves(text in pieces()) {
        let change = of_all(&text);
        prop_assert_eq!(&applied(&change), change.after.as_ref().unwrap());
        for pair in change.findings.windows(2) {
            prop_assert!(pair[0].end <= pair[1].start);
        }
    }

    #[test]
    fn findings_applied_to_json_give_the_json_that_leaves(text in pieces(), escape in 0u32..8, twice: bool) {
        let mut json = format!("{{\"n\": 4111111111111111, \"a\": {}}}", encoded(&text, escape));
        if twice {
            json = format!("[{}]", encoded(&json, escape));
        }
        let change = of_all(&json);
        prop_assert_eq!(read(&applied(&change)), read(change.after.as_ref().unwrap()));
    }
}
