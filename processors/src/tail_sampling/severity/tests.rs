//! Scenario: log records as loggers of many languages leave them. Guarantee: where one says how severe it is, that
//! counts, and prose that only begins like it does not.

use pipeline::batch::json;
use pipeline::{Batch, Limits, Signal};
use proptest::prelude::*;
use serde_json::{Value as Json, json};

use super::*;

fn severity(record: &Json) -> i32 {
    let request = json!({"resourceLogs": [{"scopeLogs": [{"logRecords": [record]}]}]}).to_string();
    let wire = json::read(Signal::Logs, request.as_bytes(), &Limits::default(), &mut |_| true).unwrap();
    let batch = Batch::decode(Signal::Logs, wire.into(), &Limits::default()).unwrap();
    of(&batch.record(0).unwrap())
}

fn body(text: &str) -> i32 {
    severity(&json!({"body": {"stringValue": text}}))
}

fn attributes(all: &Json) -> Json {
    let pairs = all.as_object().unwrap().iter();
    pairs.map(|(key, value)| json!({"key": key, "value": value})).collect()
}

#[test]
fn the_number_comes_first_then_text_attributes_and_body() {
    let all = |number: i32, text: &str, level: &str| {
        let attributes = attributes(&json!({"level": {"stringValue": level}}));
        severity(&json!({"severityNumber": number, "severityText": text, "attributes": attributes,
            "body": {"stringValue": "FATAL out of memory"}}))
    };
    assert_eq!(all(9, "error", "warn"), 9);
    assert_eq!(all(0, "error", "warn"), 17);
    assert_eq!(all(0, "", "warn"), 13);
    assert_eq!(all(0, "loud", "warn"), 13, "a text that says nothing");
    assert_eq!(all(0, "", "loud"), 21);
    assert_eq!(severity(&json!({})), 0);
}

#[test]
fn attributes_are_known_by_their_usual_keys() {
    for key in ["level", "severity", "log.level", "severity_text", "levelname", "lvl"] {
        let record = json!({"attributes": attributes(&json!({key: {"stringValue": "ERROR"}}))});
        assert_eq!(severity(&record), 17, "{key}");
    }
    let number = |level: i64| severity(&json!({"attributes": attributes(&json!({"level": {"intValue": level}}))}));
    assert_eq!([10, 20, 30, 40, 50, 60, 3, -1, 99].map(number), [1, 5, 9, 13, 17, 21, 0, 0, 0]);
    assert_eq!(severity(&json!({"attributes": attributes(&json!({"levels": {"stringValue": "ERROR"}}))})), 0);
}

#[test]
fn loggers_of_many_languages_are_known() {
    let attribute = |key: &str, value: Json| severity(&json!({"attributes": attributes(&json!({key: value}))}));
    for key in ["Level", "LogLevel", "@l", "level_name", "SeverityText"] {
        assert_eq!(attribute(key, json!({"stringValue": "Error"})), 17, "{key}");
    }
    for (word, expected) in
        [("50", 17), ("50.0", 17), ("30", 9), ("17", 0), ("5", 0), ("500", 0), ("", 0), ("ERROR+2", 19), ("INFO-2", 7)]
    {
        assert_eq!(attribute("level", json!({"stringValue": word})), expected, "{word}");
    }
    assert_eq!(attribute("level", json!({"doubleValue": 50.0})), 17);
    assert_eq!(attribute("level", json!({"doubleValue": 50.5})), 0);
    for key in ["severity_number", "severityNumber", "SeverityNumber"] {
        let number = |number: i64| attribute(key, json!({"intValue": number}));
        assert_eq!([1, 17, 24, 0, 25, -3, 50].map(number), [1, 17, 24, 0, 0, 0, 0], "{key}");
        assert_eq!(attribute(key, json!({"stringValue": "17"})), 17);
        assert_eq!(attribute(key, json!({"stringValue": "ERROR"})), 0);
    }
    let fields = attributes(&json!({"severity_number": {"intValue": 17}}));
    assert_eq!(severity(&json!({"body": {"kvlistValue": {"values": fields}}})), 17);
    for (text, expected) in
        [("ERROR+2", 19), ("INFO-2", 7), ("DEBUG-40", 1), ("FATAL+9", 24), ("ERROR+", 17), ("+2", 0)]
    {
        assert_eq!(severity(&json!({"severityText": text})), expected, "{text}");
    }
    for (text, expected) in [
        (r#"{"EventId":0,"LogLevel":"Error","Category":"x"}"#, 17),
        (r#"{"Level":"Error"}"#, 17),
        (r#"{"@t":"2026","@mt":"x","@l":"Error"}"#, 17),
        (r#"{"level":400,"level_name":"ERROR"}"#, 17),
        (r#"{"level":"ERROR+2"}"#, 19),
        (r#"{"level":"50"}"#, 17),
        (r#"{"level":50.0}"#, 17),
        (r#"{"severity_number":17}"#, 17),
        (r#"{"severity_number":"13","level":"error"}"#, 13),
        (r#"{"severity_number":50}"#, 0),
        (r#"{"level":50000}"#, 0),
        (r#"{"level":400}"#, 0),
        (r#"{"Message":"Level","Levels":"Error"}"#, 0),
        (r#"{"a":{"LogLevel":"Error"},"b":["LogLevel","Error"]}"#, 0),
    ] {
        assert_eq!(body(text), expected, "{text}");
    }
}

#[test]
fn a_body_says_it_at_its_top_level() {
    let fields = attributes(&json!({"msg": {"stringValue": "x"}, "severity": {"stringValue": "Critical"}}));
    assert_eq!(severity(&json!({"body": {"kvlistValue": {"values": fields}}})), 21);
    for (text, expected) in [
        (r#"{"level":"error","msg":"x"}"#, 17),
        (r#"  { "msg" : "level", "level" : "WARN" }"#, 13),
        (r#"{"msg":"a \"level\":\"error\" b","level":"info"}"#, 9),
        (r#"{"time":1700000000000,"level":50,"pid":40}"#, 17),
        (r#"{"ctx":{"level":"error"},"level":"debug"}"#, 5),
        (r#"{"ctx":{"level":"error"},"all":["level","error"]}"#, 0),
        (r#"{"level":{"name":"error"}}"#, 0),
        (r#"{"level":7,"severity":"ERR"}"#, 17),
        (r#"{"level":null}"#, 0),
        (r#"{"msg":"error"}"#, 0),
        (r#"{"level":"err"#, 17),
        (r#"{"level":"#, 0),
        ("level=error msg=\"x\"", 17),
        ("ts=1 lvl=\"warn\" msg=x", 13),
        ("ts=1 mylevel=error", 0),
        ("set LogLevel=Error to see less", 0),
        ("level=50 of the game", 0),
    ] {
        assert_eq!(body(text), expected, "{text}");
    }
}

#[test]
fn a_leading_word_counts_where_it_is_a_mark() {
    for (text, expected) in [
        ("ERROR no route to host", 17),
        ("[error] no route", 17),
        ("[WARN]", 13),
        ("<crit> disk", 21),
        ("Error: no route", 17),
        ("warning: deprecated", 13),
        ("FATAL - gone", 21),
        ("INFO", 9),
        ("ERROR\nTraceback (most recent call last):", 17),
        ("ERROR\r\nTraceback", 17),
        ("error\nTraceback", 0),
        ("the levels are DEBUG, INFO, WARN, ERROR and FATAL", 0),
        ("Errors: none", 0),
        ("Error handling was improved", 0),
        ("error", 0),
        ("info about the case", 0),
        ("[error no route", 0),
        ("ERRORS happened", 0),
        ("the ERROR", 0),
        ("", 0),
        ("[", 0),
    ] {
        assert_eq!(body(text), expected, "{text}");
    }
}

#[test]
fn only_the_beginning_of_a_body_is_looked_at() {
    let padded = |padding: usize| body(&format!(r#"{{"msg":"{}","level":"error"}}"#, "x".repeat(padding)));
    assert_eq!((padded(4000), padded(5000)), (17, 0));
}

proptest! {
    // Scenario: any text for a body, and the pieces of JSON in any order. Guarantee: an answer, and no panic.
    #[test]
    fn any_body_is_read(text in any::<String>(), pieces in prop::collection::vec(
        prop::sample::select(vec!["{", "}", "[", "]", "\"", "\\", ":", ",", "level", "error", "50", " ", "="]), 0..40,
    )) {
        let object = format!("{{{}", pieces.concat());
        for told in [of_text(text.as_bytes()), of_text(object.as_bytes())] {
            prop_assert!((0..=24).contains(&told), "{}", told);
        }
    }
}
