//! A block of the configuration over records as they come: what is masked, where, and what stays.

mod hidden;
mod order;

use pipeline::config::ComponentId;
use pipeline::ledger::Ledger;
use pipeline::registry::{BuildCx, ProcessorConfig};
use pipeline::{Batch, Limits, Signal, Timestamp};
use serde_json::{Value as Json, json};

use crate::redaction::Redaction;

/// What a redaction with this block makes of a request.
fn redacted(block: &Json, signal: Signal, request: &Json) -> Json {
    told(block, signal, request).0
}

/// That, and the metrics after it.
fn told(block: &Json, signal: Signal, request: &Json) -> (Json, String) {
    let config: Redaction = serde_json::from_value(block.clone()).unwrap();
    let ledger = Ledger::new("test");
    let id = ComponentId::parse("redaction").unwrap();
    let step = config.build(&BuildCx { id: &id, ledger: &ledger, extensions: &[] }).unwrap();
    let pipeline::registry::Step::Each(factory) = step else { panic!("a step of its own on each worker") };
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
    (serde_json::from_slice(&text).unwrap(), ledger.text())
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

fn attributes(block: &Json, attributes: &Json) -> Json {
    let got = redacted(block, Signal::Traces, &span(attributes));
    got["resourceSpans"][0]["scopeSpans"][0]["spans"][0]["attributes"].clone()
}

fn string(key: &str, value: &str) -> Json {
    json!({"key": key, "value": {"stringValue": value}})
}

#[test]
fn keys_have_rules_of_their_own() {
    let block = json!({"keys": [
        {"key": "app.customer.*", "strategy": "drop_key"},
        {"key": "*.note", "name": "NOTE"},
        {"pattern": "(?i)birth", "name": "BIRTH", "strategy": "drop_value"},
        {"key": "session.id", "mask": "matches"},
    ]});
    let got = attributes(
        &block,
        &json!([
            string("app.customer.plan", "gold"),
            string("my.note", "anything"),
            {"key": "count.note", "value": {"intValue": "3"}},
            string("form", r#"{"dateOfBirth":"1970","note":"kept","x":{"my":{"note":[1,"a"]}}}"#),
            string("session.id", "ssn 536904399"),
            string("gen_ai.conversation.id", "ssn 536904399"),
        ]),
    );
    assert_eq!(
        got,
        json!([
            string("my.note", "[NOTE]"),
            string("count.note", "[NOTE]"),
            string("form", r#"{"dateOfBirth":"","note":"[NOTE]","x":{"my":{"note":["[NOTE]","[NOTE]"]}}}"#),
            string("session.id", "ssn [US_SSN]"),
            string("gen_ai.conversation.id", "ssn 536904399"),
        ])
    );
    assert_eq!(attributes(&block, &got), got, "a second pass changes nothing");
}

#[test]
fn what_cost_enrichment_reads_leaves_byte_for_byte() {
    let block =
        json!({"profile": "strict", "keys": [{"key": "gen_ai.*", "strategy": "drop_key"}, {"pattern": "token"}]});
    let usage = json!([{"key": "gen_ai.usage.input_tokens", "value": {"intValue": "4111111111111111"}},
        {"key": "llm.token_count.prompt", "value": {"intValue": "536904399"}}]);
    assert_eq!(attributes(&block, &usage), usage);
}

#[test]
fn a_match_may_take_its_value_or_its_attribute_with_it() {
    let block = json!({"strategies": {"EMAIL_ADDRESS": "drop_key", "CREDIT_CARD": "drop_value"}});
    let got = attributes(
        &block,
        &json!([
            string("a", "write to bob@corp.com"),
            string("b", "card 4111 1111 1111 1111."),
            string("c", r#"[{"to":"bob@corp.com"}]"#),
            string("bob@corp.com", "d"),
            string("e", "clean"),
        ]),
    );
    assert_eq!(got, json!([string("b", ""), string("e", "clean")]));
}

#[test]
fn attributes_of_resources_scopes_and_events_go_too() {
    let mail = json!([string("to", "bob@corp.com"), string("x", "y")]);
    let request = json!({"resourceSpans": [{"resource": {"attributes": mail}, "scopeSpans": [{"scope": {"name": "s", "attributes": mail},
        "spans": [{"traceId": "0af7651916cd43dd8448eb211c80319c", "spanId": "b7ad6b7169203331", "name": "n",
            "events": [{"name": "e", "attributes": mail}]}]}]}]});
    let got = redacted(&json!({"strategy": "drop_key"}), Signal::Traces, &request).to_string();
    assert!(!got.contains("\"to\"") && got.matches("\"x\"").count() == 3, "{got}");
}

#[test]
fn identities_are_pseudonyms_where_there_is_a_key() {
    let pseudonym = json!({"key": "0123456789abcdef0123456789abcdef"});
    let with = json!({"pseudonym": pseudonym});
    let id = text(&with, "user.id", "bob@corp.com");
    assert!(id.starts_with("email_address_k1_"), "{id}");
    assert_eq!(text(&with, "user.id", "Bob@Corp.com"), id, "the same person");
    assert_eq!(text(&with, "user.id", "u-123"), "u-123", "no personal data");
    assert_eq!(text(&with, "note", "bob@corp.com"), "[EMAIL_ADDRESS]");
    assert_eq!(text(&json!({}), "user.id", "bob@corp.com"), "[EMAIL_ADDRESS]");
    let named = json!({"pseudonym": pseudonym, "strategies": {"EMAIL_ADDRESS": "partial"}});
    assert_eq!(text(&named, "user.id", "bob@corp.com"), "[EMAIL_ADDRESS:corp.com]");
    let planned = json!({"pseudonym": pseudonym, "strategy": "placeholder"});
    assert_eq!(text(&planned, "user.id", "bob@corp.com"), "[EMAIL_ADDRESS]");
}

#[test]
fn rules_find_nothing_in_what_was_written() {
    for rule in [
        json!({"name": "SHOUT", "pattern": "[A-Z_]{4,}"}),
        json!({"name": "NUMBER", "pattern": "[0-9]+", "strategy": "partial"}),
        json!({"name": "ALL", "pattern": ".+"}),
        json!({"name": "PAIR", "pattern": "k=(.*)", "capture": 1}),
    ] {
        let block = json!({"rules": [rule], "strategies": {"CREDIT_CARD": "partial", "EMAIL_ADDRESS": "pseudonym"},
            "pseudonym": {"key": "0123456789abcdef0123456789abcdef"}});
        let once = text(&block, "note", "LOUD bob@corp.com 4111111111111111 k=v 12");
        assert_eq!(text(&block, "note", &once), once, "{rule}");
    }
}

#[test]
fn words_vouch_for_rules_too() {
    let block = json!({"rules": [{"name": "BADGE", "pattern": "[0-9]{5}", "words": ["badge"]}]});
    assert_eq!(
        text(&block, "note", "badge 12345, order and 30 more letters of text than fit, 12345"),
        "badge [BADGE], order and 30 more letters of text than fit, 12345"
    );
    assert_eq!(text(&block, "user.badge", "12345"), "[BADGE]");
}

#[test]
fn bytes_are_read_as_text_and_go_whole_where_they_are_none() {
    let bytes = |text: &[u8]| json!({"bytesValue": base64(text)});
    let none = json!({});
    assert_eq!(value(&none, "b", &bytes(b"to bob@corp.com")), bytes(b"to [EMAIL_ADDRESS]"));
    assert_eq!(value(&none, "b", &bytes(b"to \xff bob@corp.com \xfe")), json!({"stringValue": "[REDACTED]"}));
    assert_eq!(value(&none, "b", &bytes(b"\xff\xd8\xff\xe0 nothing")), bytes(b"\xff\xd8\xff\xe0 nothing"));
}

/// Base64 by its definition.
fn base64(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let group = |three: &[u8]| {
        let bits = three.iter().fold(0_u32, |bits, byte| bits << 8 | u32::from(*byte)) << (8 * (3 - three.len()));
        let digit = move |at: usize| DIGITS[(bits >> (18 - 6 * at) & 63) as usize] as char;
        (0..4).map(|at| if at <= three.len() { digit(at) } else { '=' }).collect::<String>()
    };
    bytes.chunks(3).map(group).collect()
}

#[test]
fn values_over_a_limit_go_whole() {
    let small = json!({"max_value_size": "1KiB"});
    assert_eq!(text(&small, "note", &"x".repeat(1025)), "[REDACTED]");
    let deep = format!("{}1{}", "[".repeat(300), "]".repeat(300));
    assert_eq!(text(&json!({}), "note", &deep), "[REDACTED]");
    // Everything near everything: what is judged and judged again has a bound.
    let costly = "tin 536904399 ".repeat(20_000);
    let got = text(&json!({"profile": "strict"}), "note", &format!("[\"{costly}\",\"{costly}\"]"));
    assert!(!got.contains("536904399"));
}

#[test]
fn content_is_left_out_by_the_block() {
    let block = json!({"content": "drop"});
    let got = attributes(&block, &json!([string("gen_ai.prompt", "hello there"), string("x", "bob@corp.com")]));
    assert_eq!(got, json!([string("x", "[EMAIL_ADDRESS]")]));
    let hashed = text(&json!({"content": "hash_length"}), "gen_ai.prompt", "bob@corp.com");
    assert!(hashed.starts_with("[CONTENT sha256:") && hashed.ends_with(" len:12]"), "{hashed}");
}

#[test]
fn a_record_says_what_was_done_to_it() {
    let block = json!({"allow_all_keys": true, "blocked_values": ["[0-9]{4}"], "ignored_keys": ["id"], "summary": "debug",
        "detectors": ["EMAIL_ADDRESS"]});
    let request = json!({"resourceSpans": [{"resource": {"attributes": [string("host", "h 1234")]}, "scopeSpans": [{"spans": [{
        "traceId": "0af7651916cd43dd8448eb211c80319c", "spanId": "b7ad6b7169203331", "name": "chat",
        "attributes": [string("b", "1234"), string("a", "bob@corp.com"), string("id", "1234"), string("c", "clean")]}]}]}]});
    let got = redacted(&block, Signal::Traces, &request);
    let attributes = &got["resourceSpans"][0]["scopeSpans"][0]["spans"][0]["attributes"];
    assert_eq!(
        attributes.as_array().unwrap()[4..],
        [
            string("redaction.masked.keys", "a,b"),
            json!({"key": "redaction.masked.count", "value": {"intValue": "2"}}),
            json!({"key": "redaction.ignored.count", "value": {"intValue": "1"}}),
        ]
    );
    let resource = &got["resourceSpans"][0]["resource"]["attributes"];
    assert_eq!(resource[1], string("redaction.masked.keys", "host"));
    let log = json!({"resourceLogs": [{"scopeLogs": [{"logRecords": [{"body": {"kvlistValue": {"values": [string("n", "1234")]}}}]}]}]});
    let got = redacted(&block, Signal::Logs, &log).to_string();
    assert!(got.contains("redaction.body.masked.count"), "{got}");
}

#[test]
fn with_contrib_everything_says_what_was_done_and_links_stay() {
    let block = json!({"compat": "contrib", "allow_all_keys": true, "blocked_values": ["[0-9]{4}"], "summary": "info",
        "redact_all_types": true});
    let attributes =
        json!([string("a", "1234"), {"key": "l", "value": {"arrayValue": {"values": [{"intValue": "12345"}]}}}]);
    let span = json!({"traceId": "0af7651916cd43dd8448eb211c80319c", "spanId": "b7ad6b7169203331", "name": "n 1234",
        "attributes": attributes, "events": [{"name": "1234", "attributes": attributes}],
        "links": [{"traceId": "0af7651916cd43dd8448eb211c80319c", "spanId": "b7ad6b7169203331", "attributes": attributes}]});
    let request = json!({"resourceSpans": [{"resource": {"attributes": attributes},
        "scopeSpans": [{"scope": {"name": "s", "attributes": attributes}, "spans": [span]}]}]});
    let (got, metrics) = told(&block, Signal::Traces, &request);
    let done = json!([string("a", "****"), string("l", "[****5]"),
        {"key": "redaction.masked.count", "value": {"intValue": "2"}}]);
    let group = &got["resourceSpans"][0];
    let span = &group["scopeSpans"][0]["spans"][0];
    for thing in [&group["resource"], &group["scopeSpans"][0]["scope"], span, &span["events"][0]] {
        assert_eq!(thing["attributes"], done);
    }
    assert_eq!(span["links"][0]["attributes"], attributes);
    assert_eq!((&span["name"], &span["events"][0]["name"]), (&json!("n 1234"), &json!("1234")));
    let counted = |place: &str| {
        let label = format!("place=\"{place}\"");
        let line = metrics.lines().find(|line| line.contains("redacted_values_total") && line.contains(&label));
        line.is_some_and(|line| line.ends_with(" 2"))
    };
    assert!(["resource", "scope", "span", "event"].into_iter().all(counted), "{metrics}");
}

#[test]
fn the_collectors_keys_hold_in_bodies() {
    let body = |block: &Json, body: &Json| {
        let request = json!({"resourceLogs": [{"scopeLogs": [{"logRecords": [{"body": body}]}]}]});
        redacted(block, Signal::Logs, &request)["resourceLogs"][0]["scopeLogs"][0]["logRecords"][0]["body"].clone()
    };
    let map = |entries: Json| json!({"kvlistValue": {"values": entries}});
    let entry = |key: &str, value: &Json| json!({"key": key, "value": value});
    let number = json!({"stringValue": "1234"});
    for compat in ["none", "contrib"] {
        let closed = json!({"allowed_keys": ["a", "l"], "ignored_keys": ["i"], "blocked_values": ["[0-9]{4}"], "compat": compat});
        assert_eq!(body(&closed, &json!({"stringValue": "x 1234"})), json!({"stringValue": "x ****"}));
        let given = map(json!([
            string("a", "1234"),
            string("b", "x"),
            string("i", "1234"),
            entry("l", &json!({"arrayValue": {"values": [map(json!([string("b", "y"), string("a", "z")])), number]}}))
        ]));
        let left = map(json!([
            string("a", "****"),
            string("i", "1234"),
            entry("l", &json!({"arrayValue": {"values": [map(json!([string("a", "z")])), {"stringValue": "****"}]}}))
        ]));
        assert_eq!(body(&closed, &given), left, "{compat}");
    }
    let blocked = json!({"allow_all_keys": true, "blocked_key_patterns": ["secret"]});
    let given = map(json!([
        entry("a", &map(json!([entry("secret", &map(json!([entry("b", &json!({"intValue": "1"}))])))]))),
        entry("secret", &json!({"bytesValue": "/wD/"})),
        string("c", "kept"),
    ]));
    let left = map(json!([
        entry("a", &map(json!([entry("secret", &map(json!([string("b", "****")])))]))),
        string("secret", "[REDACTED]"),
        string("c", "kept"),
    ]));
    assert_eq!(body(&blocked, &given), left);
}

#[test]
fn names_of_spans_are_sanitized_by_kind() {
    let block = json!({"allow_all_keys": true, "url_sanitizer": {"enabled": true, "attributes": ["url.path"]},
        "db_sanitizer": {"sql": {"enabled": true, "attributes": ["db.query.text"]}}});
    let name = |kind: u8, name: &str, attributes: &Json| {
        let request = json!({"resourceSpans": [{"scopeSpans": [{"spans": [{"traceId": "0af7651916cd43dd8448eb211c80319c",
            "spanId": "b7ad6b7169203331", "kind": kind, "name": name, "attributes": attributes}]}]}]});
        redacted(&block, Signal::Traces, &request)["resourceSpans"][0]["scopeSpans"][0]["spans"][0]["name"]
            .as_str()
            .unwrap()
            .to_owned()
    };
    let none = json!([]);
    assert_eq!(name(2, "GET /users/1234567890/orders", &none), "GET /users/*/orders");
    assert_eq!(name(1, "GET /users/1234567890/orders", &none), "GET /users/1234567890/orders", "internal");
    let sql = json!([string("db.system.name", "postgresql")]);
    let statement = "SELECT * FROM users WHERE id = 12345";
    assert!(!name(3, statement, &sql).contains("12345"), "{}", name(3, statement, &sql));
    assert_eq!(name(3, statement, &none), statement, "no database");
}

#[test]
fn a_name_in_brackets_is_no_json() {
    let none = json!({});
    let masked = text(&none, "note", r#"{"DE89 3704 0044 0532 0130 00 536-90-4399": 1, "[and so it is here]": 2}"#);
    assert_eq!(masked, r#"{"[IBAN_CODE] [US_SSN]": 1, "[and so it is here]": 2}"#);
    assert_eq!(text(&none, "note", &masked), masked, "a second pass changes nothing");
}

#[test]
fn a_match_counts_once_whatever_it_stands_in() {
    for text in ["bob@corp.com", r#"{"a": "bob@corp.com"}"#, r#"{"a": "bob@corp.com", no json}"#] {
        let (_, metrics) = told(&json!({}), Signal::Traces, &span(&json!([string("note", text)])));
        let line = metrics.lines().find(|line| line.contains("matches_total") && line.contains("\"EMAIL_ADDRESS\""));
        assert!(line.is_some_and(|line| line.ends_with(" 1")), "{text}: {line:?}");
    }
}

#[test]
fn what_comes_again_becomes_the_same_and_counts_as_often() {
    let token = crate::redaction::detect::secrets::samples::sample("GITHUB_TOKEN", 1).unwrap();
    let values = [
        json!({"stringValue": "run of bob@corp.com"}),
        json!({"stringValue": token}),
        json!({"stringValue": json!({"to": "bob@corp.com", "card": "4111 1111 1111 1111"}).to_string()}),
        json!({"stringValue": "192.0.2.7 is let through"}),
        json!({"intValue": "4111111111111111"}),
        json!({"bytesValue": "Ym9iQGNvcnAuY29t"}),
        json!({"arrayValue": {"values": [{"stringValue": "plain"}, {"stringValue": "bob@corp.com"}]}}),
        json!({"arrayValue": {"values": [{"stringValue": "bob@corp.com"}]}}),
        json!({"arrayValue": {"values": [{"stringValue": "amy@corp.com"}, {"stringValue": "bob@corp.com"}]}}),
        json!({"kvlistValue": {"values": [{"key": "to", "value": {"stringValue": "bob@corp.com"}}]}}),
        json!({"stringValue": "[".repeat(90)}),
    ];
    let counted = |metrics: &str, into: &mut std::collections::BTreeMap<String, i64>, times: i64| {
        for line in metrics.lines().filter(|line| line.starts_with("tollgate_redaction_")) {
            let (name, count) = line.rsplit_once(' ').unwrap();
            *into.entry(name.into()).or_default() += times * count.parse::<i64>().unwrap();
        }
    };
    let blocks = [
        json!({}),
        json!({"allow_all_keys": true, "blocked_values": ["[a-z]+@corp.com", "41+(?: 1+)*"]}),
        json!({"profile": "strict", "strategies": {"EMAIL_ADDRESS": "keep", "CREDIT_CARD": "drop_value"}}),
        json!({"max_value_size": "24B"}),
    ];
    for block in &blocks {
        for key in ["run.id", "password", "mail bob@corp.com"] {
            let attributes = |value| json!([{"key": key, "value": value}, {"key": "other", "value": value}]);
            let span = |at: usize| json!({"name": "step", "attributes": attributes(&values[at])});
            let request = |spans: Vec<Json>| json!({"resourceSpans": [{"scopeSpans": [{"spans": spans}]}]});
            let spans = |of: &Json| of["resourceSpans"][0]["scopeSpans"][0]["spans"].as_array().unwrap().clone();
            // Each by itself five times, and all in turn four times.
            let all = 0..values.len();
            let order = all.clone().flat_map(|at| [at; 5]).chain(all.clone().cycle().take(4 * values.len()));
            let (got, many) = told(block, Signal::Traces, &request(order.clone().map(span).collect()));
            let mut more = std::collections::BTreeMap::new();
            counted(&many, &mut more, 1);
            let alone = all.map(|at| {
                let (alone, one) = told(block, Signal::Traces, &request(vec![span(at)]));
                counted(&one, &mut more, -9);
                spans(&alone).remove(0)
            });
            let alone: Vec<Json> = alone.collect();
            assert_eq!(spans(&got), order.map(|at| alone[at].clone()).collect::<Vec<_>>(), "{key}");
            // Keys that are remembered are not scanned again.
            more.retain(|name, count| *count != 0 && !name.contains("scanned_bytes"));
            assert_eq!(more, std::collections::BTreeMap::new(), "{key}: more than one by one");
        }
    }
}

#[test]
fn what_is_remembered_makes_room_and_is_learnt_again() {
    let span = |text: String| json!({"name": "step", "attributes": [string("to", &text)]});
    let numbers = || (0..3).flat_map(|_| 0..600).flat_map(|number| [number, number]);
    let spans: Vec<_> = numbers().map(|number| span(format!("bob@corp{number}.com"))).collect();
    let request = json!({"resourceSpans": [{"scopeSpans": [{"spans": spans}]}]});
    let got = redacted(&json!({"strategy": "partial"}), Signal::Traces, &request);
    for (span, number) in got["resourceSpans"][0]["scopeSpans"][0]["spans"].as_array().unwrap().iter().zip(numbers()) {
        assert_eq!(span["attributes"], json!([string("to", &format!("[EMAIL_ADDRESS:corp{number}.com]"))]));
    }
}
