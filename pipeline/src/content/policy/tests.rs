//! What leaves of content: by keys, in events, in bodies.

use serde_json::{Value as Json, json};

use super::*;
use crate::Limits;

fn applied(content: Content, signal: Signal, request: &Json) -> Json {
    let limits = Limits::default();
    let wire = crate::batch::json::read(signal, request.to_string().as_bytes(), &limits, &mut |_| true).unwrap();
    let mut batch = Batch::decode(signal, wire.into(), &limits).unwrap();
    ContentPolicy::new(content, ContentHash::unkeyed()).apply(&mut batch);
    let mut text = Vec::new();
    crate::batch::json::write(signal, batch.seal().body(), &mut text).unwrap();
    serde_json::from_slice(&text).unwrap()
}

fn string(key: &str, value: &str) -> Json {
    json!({"key": key, "value": {"stringValue": value}})
}

fn span() -> Json {
    json!({"resourceSpans": [{"scopeSpans": [{"spans": [{
        "traceId": "0af7651916cd43dd8448eb211c80319c", "spanId": "b7ad6b7169203331", "name": "chat",
        "attributes": [
            string("gen_ai.request.model", "gpt-5"),
            string("gen_ai.input.messages", "said"),
            {"key": "gen_ai.tool.call.arguments", "value": {"kvlistValue": {"values": [string("city", "said")]}}},
        ],
        "events": [
            {"name": "gen_ai.user.message", "attributes": [string("gen_ai.system", "openai"), string("role", "user"),
                string("content", "said")]},
        ],
    }]}]}]})
}

fn log() -> Json {
    json!({"resourceLogs": [{"scopeLogs": [{"logRecords": [
        {"eventName": "gen_ai.choice", "body": {"kvlistValue": {"values": [string("role", "user"), string("content", "said")]}}},
        {"body": {"stringValue": "a line"}},
    ]}]}]})
}

#[test]
fn kept_is_untouched() {
    assert!(applied(Content::Keep, Signal::Traces, &span()).to_string().contains("said"));
}

#[test]
fn dropped_goes_with_its_key_and_nothing_else_does() {
    let got = applied(Content::Drop, Signal::Traces, &span());
    let span = &got["resourceSpans"][0]["scopeSpans"][0]["spans"][0];
    assert_eq!(span["attributes"], json!([string("gen_ai.request.model", "gpt-5")]));
    assert_eq!(span["events"][0]["attributes"], json!([string("gen_ai.system", "openai"), string("role", "user")]));
    let got = applied(Content::Drop, Signal::Logs, &log());
    let records = &got["resourceLogs"][0]["scopeLogs"][0]["logRecords"];
    assert!(!records[0].to_string().contains("said"), "{records}");
    assert_eq!(records[1]["body"]["stringValue"], "a line");
}

#[test]
fn a_hash_stands_for_each_text_and_says_how_long_it_was() {
    for (signal, request) in [(Signal::Traces, span()), (Signal::Logs, log())] {
        let got = applied(Content::HashLength, signal, &request);
        let text = got.to_string();
        assert!(!text.contains("\"said\"") && text.contains("[CONTENT sha256:") && text.contains(" len:4]"), "{text}");
        assert!(signal == Signal::Logs || text.contains("gpt-5") && text.contains("openai"), "{text}");
        assert!(text.contains("\"user\""), "a role is no content: {text}");
        assert_eq!(applied(Content::HashLength, signal, &got), got, "a second pass changes nothing");
    }
}

#[test]
fn stricter_is_greater() {
    assert!(Content::Drop > Content::HashLength && Content::HashLength > Content::Keep);
}
