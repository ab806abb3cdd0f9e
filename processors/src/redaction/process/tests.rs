//! A block of the configuration over records as they come: what is masked, where, and what stays.

use pipeline::config::ComponentId;
use pipeline::ledger::Ledger;
use pipeline::registry::{BuildCx, ProcessorConfig};
use pipeline::{Batch, Limits, Signal, Timestamp};
use serde_json::{Value as Json, json};

use crate::redaction::Redaction;

/// What a redaction with this block makes of a request.
fn redacted(block: &Json, signal: Signal, request: &Json) -> Json {
    let config: Redaction = serde_json::from_value(block.clone()).unwrap();
    let ledger = Ledger::new("test");
    let id = ComponentId::parse("redaction").unwrap();
    let factory = config.build(&BuildCx { id: &id, ledger: &ledger, extensions: &[] }).unwrap().unwrap();
    let mut processor = factory();
    let mut wire = Vec::new();
    wire.extend(
        pipeline::batch::json::read(signal, request.to_string().as_bytes(), &Limits::default(), &mut |_| true).unwrap(),
    );
    let mut batch = Batch::decode(signal, wire.into(), &Limits::default()).unwrap();
    processor.process(&mut batch, Timestamp(0));
    let sealed = batch.seal();
    let mut text = Vec::new();
    pipeline::batch::json::write(signal, sealed.body(), &mut text).unwrap();
    serde_json::from_slice(&text).unwrap()
}

fn span(attributes: &Json) -> Json {
    json!({"resourceSpans": [{"scopeSpans": [{"spans": [{
        "traceId": "0af7651916cd43dd8448eb211c80319c", "spanId": "b7ad6b7169203331", "name": "chat",
        "attributes": attributes,
    }]}]}]})
}

/// The value that an attribute of this key and value leaves with.
fn value(block: &Json, key: &str, value: &Json) -> Json {
    let request = span(&json!([{"key": key, "value": value}]));
    redacted(block, Signal::Traces, &request)["resourceSpans"][0]["scopeSpans"][0]["spans"][0]["attributes"][0]["value"]
        .clone()
}

fn text(block: &Json, key: &str, text: &str) -> String {
    value(block, key, &json!({"stringValue": text}))["stringValue"].as_str().unwrap().to_owned()
}

#[test]
fn what_is_unmistakable_is_masked_by_name() {
    let none = json!({});
    assert_eq!(text(&none, "prompt", "write to bob@corp.com, now"), "write to [EMAIL_ADDRESS], now");
    assert_eq!(text(&none, "prompt", "card 4111 1111 1111 1111."), "card [CREDIT_CARD].");
    let key = crate::redaction::detect::secrets::samples::sample("GITHUB_TOKEN", 1).unwrap();
    assert_eq!(text(&none, "note", &format!("use {key} here")), "use [GITHUB_TOKEN] here");
}

#[test]
fn what_is_plausible_needs_a_word_or_a_key() {
    let none = json!({});
    assert_eq!(text(&none, "note", "order 536904399 came"), "order 536904399 came");
    assert_eq!(text(&none, "note", "my ssn is 536904399"), "my ssn is [US_SSN]");
    assert_eq!(text(&none, "user.ssn", "536904399"), "[US_SSN]");
    assert_eq!(
        text(&json!({"profile": "strict", "detectors": ["US_SSN"]}), "note", "order 536904399"),
        "order [US_SSN]"
    );
}

#[test]
fn json_in_a_text_stays_json() {
    let inner = json!({"role": "user", "content": "mail\nbob@corp.com", "password": "hunter22x"}).to_string();
    let outer = json!([{"n": 1, "text": inner}]).to_string();
    let got: Json = serde_json::from_str(&text(&json!({}), "gen_ai.input.messages", &outer)).unwrap();
    let inside: Json = serde_json::from_str(got[0]["text"].as_str().unwrap()).unwrap();
    assert_eq!(inside, json!({"role": "user", "content": "mail\n[EMAIL_ADDRESS]", "password": "[PASSWORD]"}));
    let cut = &outer[..outer.len() - 20];
    assert!(!text(&json!({}), "gen_ai.input.messages", cut).contains("bob@"), "cut short it is read as text");
}

#[test]
fn numbers_change_their_type_only_when_masked() {
    let none = json!({});
    assert_eq!(value(&none, "n", &json!({"intValue": "4111111111111111"})), json!({"stringValue": "[CREDIT_CARD]"}));
    assert_eq!(value(&none, "n", &json!({"intValue": "42"})), json!({"intValue": "42"}));
    assert_eq!(
        value(&none, "gen_ai.usage.input_tokens", &json!({"intValue": "4111111111111111"})),
        json!({"intValue": "4111111111111111"})
    );
}

#[test]
fn strategies_are_chosen_by_entity() {
    let block = json!({
        "strategies": {"EMAIL_ADDRESS": "pseudonym", "CREDIT_CARD": "partial", "IBAN_CODE": "keep"},
        "pseudonym": {"key": "0123456789abcdef0123456789abcdef"},
    });
    let got = text(&block, "note", "bob@corp.com 4111111111111111 DE89370400440532013000");
    assert!(
        got.starts_with("email_address_k1_") && got.contains("1111]") && got.ends_with("DE89370400440532013000"),
        "{got}"
    );
    assert_eq!(text(&block, "note", &got), got, "a second pass changes nothing");
}

#[test]
fn the_collectors_keys_bring_no_detectors() {
    let block = json!({"allow_all_keys": true, "blocked_values": ["[0-9]{4}"]});
    assert_eq!(text(&block, "note", "bob@corp.com 1234"), "bob@corp.com ****");
    let both = json!({"allow_all_keys": true, "blocked_values": ["[0-9]{4}"], "detectors": ["default"]});
    assert_eq!(text(&both, "note", "bob@corp.com 1234"), "[EMAIL_ADDRESS] ****");
}

#[test]
fn own_rules_and_matches_that_are_let_through() {
    let block = json!({"rules": [{"name": "EMPLOYEE", "pattern": "EMP-[0-9]+"}], "allow": [".+@corp\\.com"]});
    assert_eq!(text(&block, "note", "EMP-12 bob@corp.com eve@evil.com"), "[EMPLOYEE] bob@corp.com [EMAIL_ADDRESS]");
}

/// One address in every string that a span or log record has: none is left.
#[test]
fn no_place_is_left_out() {
    let mail = "bob@corp.com";
    let attributes = json!([
        {"key": mail, "value": {"stringValue": mail}},
        {"key": "deep", "value": {"kvlistValue": {"values": [
            {"key": mail, "value": {"arrayValue": {"values": [{"stringValue": mail}, {"bytesValue": "Ym9iQGNvcnAuY29t"}]}}}]}}},
    ]);
    let resource = json!({"attributes": attributes});
    let scope = json!({"name": mail, "version": mail, "attributes": attributes});
    let spans = json!({"resourceSpans": [{"resource": resource, "schemaUrl": mail, "scopeSpans": [{"scope": scope, "schemaUrl": mail,
        "spans": [{"traceId": "0af7651916cd43dd8448eb211c80319c", "spanId": "b7ad6b7169203331", "name": mail, "traceState": mail,
            "attributes": attributes, "status": {"code": 2, "message": mail},
            "events": [{"name": mail, "attributes": attributes}],
            "links": [{"traceId": "0af7651916cd43dd8448eb211c80319c", "spanId": "b7ad6b7169203331", "traceState": mail,
                "attributes": attributes}]}]}]}]});
    let logs = json!({"resourceLogs": [{"resource": resource, "schemaUrl": mail, "scopeLogs": [{"scope": scope, "schemaUrl": mail,
        "logRecords": [{"severityText": mail, "eventName": mail, "body": attributes[1]["value"], "attributes": attributes}]}]}]});
    for (signal, request) in [(Signal::Traces, spans), (Signal::Logs, logs)] {
        let got = redacted(&json!({}), signal, &request).to_string();
        assert!(!got.contains("bob@") && !got.contains("Ym9iQGNvcnAuY29t"), "{got}");
    }
}

#[test]
fn a_name_in_brackets_is_no_json() {
    let none = json!({});
    let masked = text(&none, "note", r#"{"DE89 3704 0044 0532 0130 00 536-90-4399": 1, "[and so it is here]": 2}"#);
    assert_eq!(masked, r#"{"[IBAN_CODE] [US_SSN]": 1, "[and so it is here]": 2}"#);
    assert_eq!(text(&none, "note", &masked), masked, "a second pass changes nothing");
    let key = |key: &str| {
        let request = span(&json!([{"key": key, "value": {"stringValue": "x"}}]));
        let spans = &redacted(&none, Signal::Traces, &request)["resourceSpans"][0]["scopeSpans"][0]["spans"];
        spans[0]["attributes"][0]["key"].as_str().unwrap().to_owned()
    };
    assert_eq!(key("[IBAN_CODE] [US_SSN]"), "[IBAN_CODE] [US_SSN]");
}
