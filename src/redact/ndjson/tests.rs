//! Offsets are in characters; what is wrong with a line is told without a word of it.

use processors::redaction::Redaction;

use super::*;

fn answered(line: &str) -> Result<Value, String> {
    let mut trial = Trial::new(&Redaction::default()).expect("the defaults");
    answer(&mut trial, line.as_bytes(), false).map(|text| serde_json::from_str(&text).expect("JSON"))
}

#[test]
fn offsets_are_in_characters_of_the_text_that_came_in() {
    let answer = answered(r#"{"text": "é😀 bob@corp.com, ann@corp.com"}"#).expect("an answer");
    let finding = |start: usize, end: usize| json!({"entity": "EMAIL_ADDRESS", "start": start, "end": end, "detector": "EMAIL_ADDRESS", "class": "A"});
    assert_eq!(answer["text"], "é😀 [EMAIL_ADDRESS], [EMAIL_ADDRESS]");
    assert_eq!(answer["findings"], json!([finding(3, 15), finding(17, 29)]));
    assert_eq!(answered(r#"{"text": "\u00e9\ud83d\ude00 bob@corp.com, ann@corp.com"}"#), Ok(answer));
}

#[test]
fn a_text_of_json_has_offsets_of_its_own_characters() {
    let inner = r#"{"a": "\u00e9é bob@corp.com"}"#;
    let answer = answered(&json!({ "text": inner }).to_string()).expect("an answer");
    assert_eq!(answer["findings"][0]["start"], 15);
    assert_eq!(answer["findings"][0]["end"], 27);
}

#[test]
fn a_wrong_line_is_told_without_its_content() {
    for line in [
        "",
        "secret",
        "{\"text\": secret}",
        "[\"secret\"]",
        "\"secret\"",
        "{\"secret\": \"secret\"}",
        "{\"text\": [\"secret\"]}",
        "{\"text\": \"secret\", \"key\": 3}",
        "{\"text\": \"secret",
        "{\"resourceSpans\": \"secret\"}",
        "{\"text\": \"\\ud800 secret\"}",
    ] {
        let wrong = answered(line).expect_err(line);
        assert!(!wrong.contains("secret") && !wrong.is_empty(), "{line}: {wrong}");
    }
    assert_eq!(error("no \"text\""), "{\"error\":\"no \\\"text\\\"\"}");
}
