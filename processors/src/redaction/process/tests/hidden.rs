//! What hid something from the scanner once, or made it slow: found by reading.

use super::*;

#[test]
fn a_key_rule_masks_what_only_looks_written() {
    let block = json!({"keys": [{"key": "app.note"}]});
    for sent in ["[VIP: John Smith, bob@corp.com]", "[VIP:4111 1111 1111 1111]", "customer_id_4111111111111111"] {
        assert_eq!(text(&block, "app.note", sent), "[REDACTED]", "{sent}");
    }
    assert_eq!(text(&json!({}), "password", "app_prod_3f2a9c8b7d6e5f40"), "[PASSWORD]");
    assert_eq!(text(&json!({}), "note", "order_k8_4111111111111111"), "order_k8_[CREDIT_CARD]");
}

#[test]
fn what_is_kept_hides_nothing_else() {
    let block = json!({"rules": [{"name": "USER_LINE", "pattern": r"user=\S+", "strategy": "keep"}]});
    assert!(!text(&block, "note", "user=bob@corp.com did").contains("bob@corp.com"));
}

#[test]
fn a_long_path_does_not_hide_its_last_key() {
    let around = "a".repeat(250);
    let sent = json!({around: {"password": "hunter22x"}}).to_string();
    assert!(!text(&json!({}), "note", &sent).contains("hunter22x"));
    let sent = json!({"a".repeat(250): {"input_tokens": 4_111_111_111_111_111_u64}}).to_string();
    assert_eq!(text(&json!({}), "note", &sent), sent);
}

#[test]
fn key_rules_hold_for_all_below_a_member() {
    let block = json!({"keys": [{"key": "customer"}]});
    let inner = json!({"kvlistValue": {"values": [{"key": "customer", "value": {"kvlistValue": {"values": [
        {"key": "name", "value": {"stringValue": "John"}}]}}}]}});
    assert!(!value(&block, "x", &inner).to_string().contains("John"));
    assert!(!text(&block, "x", r#"{"customer":{"name":"John"}}"#).contains("John"));
}

#[test]
fn keys_around_a_value_in_a_map_vouch() {
    let inner = json!({"kvlistValue": {"values": [{"key": "ssn", "value": {"kvlistValue": {"values": [
        {"key": "value", "value": {"stringValue": "536904399"}}]}}}]}});
    assert!(!value(&json!({}), "x", &inner).to_string().contains("536904399"));
}

#[test]
fn a_key_seen_before_is_not_one_that_lies_where_it_lay() {
    // Values before keys, and a schema URL behind the scopes: each resource is read in a copy, which the next one's takes
    // the place of.
    let one = |key: &str| {
        json!({"resource": {"attributes": [{"value": {"stringValue": "536904399"}, "key": key}]},
            "scopeSpans": [{"spans": [{"traceId": "0af7651916cd43dd8448eb211c80319c", "spanId": "b7ad6b7169203331"}]}],
            "schemaUrl": "http://x/1"})
    };
    for count in 3..40 {
        let mut all = vec![one("host.idx"); count];
        all.push(one("user.ssn"));
        // serde_json sorts keys: written by hand in the sender's order.
        let text = all.iter().map(|one| {
            let key = one["resource"]["attributes"][0]["key"].as_str().unwrap();
            format!(r#"{{"resource":{{"attributes":[{{"value":{{"stringValue":"536904399"}},"key":"{key}"}}]}},"scopeSpans":[{{"spans":[{{"traceId":"0af7651916cd43dd8448eb211c80319c","spanId":"b7ad6b7169203331","name":"x"}}]}}],"schemaUrl":"http://x/1"}}"#)
        }).collect::<Vec<_>>().join(",");
        let got = redacted_text(&json!({}), Signal::Traces, &format!(r#"{{"resourceSpans":[{text}]}}"#));
        assert_eq!(
            got["resourceSpans"][count]["resource"]["attributes"][0]["value"]["stringValue"], "[US_SSN]",
            "{count}"
        );
    }
}

fn redacted_text(block: &Json, signal: Signal, request: &str) -> Json {
    let config: Redaction = serde_json::from_value(block.clone()).unwrap();
    let ledger = Ledger::new("test");
    let id = ComponentId::parse("redaction").unwrap();
    let step = config.build(&BuildCx { id: &id, ledger: &ledger, extensions: &[] }).unwrap();
    let pipeline::registry::Step::Each(factory) = step else { panic!("a step of its own on each worker") };
    let mut processor = factory();
    let mut wire = Vec::new();
    wire.extend(pipeline::batch::json::read(signal, request.as_bytes(), &Limits::default(), &mut |_| true).unwrap());
    let mut batch = Batch::decode(signal, wire.into(), &Limits::default()).unwrap();
    processor.process(&mut batch, Timestamp(0));
    let mut text = Vec::new();
    pipeline::batch::json::write(signal, batch.seal().body(), &mut text).unwrap();
    serde_json::from_slice(&text).unwrap()
}

#[test]
fn bytes_that_are_no_text_are_judged_by_their_key() {
    // \xff 536904399
    assert!(!value(&json!({}), "user.ssn", &json!({"bytesValue": "/yA1MzY5MDQzOTk="})).to_string().contains("/yA1"));
    // \xff hunter2xx
    assert!(!value(&json!({}), "password", &json!({"bytesValue": "/yBodW50ZXIyeHg="})).to_string().contains("/yBo"));
}

#[test]
fn a_number_is_a_secret_where_its_key_says_so() {
    assert_eq!(value(&json!({}), "password", &json!({"intValue": "123456"})), json!({"stringValue": "[PASSWORD]"}));
}

#[test]
fn identity_in_json_is_a_pseudonym_without_key_rules_too() {
    let block = json!({"pseudonym": {"key": "0123456789abcdef0123456789abcdef"}});
    assert!(text(&block, "body", r#"{"user_id":"bob@corp.com"}"#).contains("email_address_k1_"));
}

#[test]
fn a_key_rule_lifts_calm_in_json_too() {
    let block = json!({"keys": [{"key": "session_id", "mask": "matches"}]});
    assert_eq!(text(&block, "session_id", "ssn 536904399"), "ssn [US_SSN]");
    assert_eq!(text(&block, "body", r#"{"session_id":"ssn 536904399"}"#), r#"{"session_id":"ssn [US_SSN]"}"#);
}

#[test]
fn pseudonyms_of_any_key_id_stay() {
    let rules = json!([{"name": "HEX", "pattern": "[0-9a-f]{16}"}]);
    let block = json!({"strategy": "pseudonym", "rules": rules,
        "pseudonym": {"id": "prod", "key": "0123456789abcdef0123456789abcdef"}});
    let once = text(&block, "note", "mail bob@corp.com");
    assert_eq!(text(&block, "note", &once), once);
}

#[test]
fn partial_placeholders_of_a_sender_hide_nothing() {
    let block = json!({"strategies": {"CREDIT_CARD": "partial"}});
    assert!(!text(&block, "note", "[CREDIT_CARD:4111 1111 1111 1111]").contains("4111"));
}

#[test]
fn content_of_a_sender_that_looks_hashed_hides_nothing() {
    let block = json!({"content": "hash_length"});
    let sent = "[CONTENT sha256:0123456789abcdef len:4111111111111111]";
    assert!(!text(&block, "gen_ai.prompt", sent).contains("4111"));
}

#[test]
fn an_attribute_of_one_scope_goes_alone() {
    let scope = |note: &str| {
        json!({"scope": {"attributes": [{"key": "note", "value": {"stringValue": note}}]},
        "spans": [{"traceId": "0af7651916cd43dd8448eb211c80319c", "spanId": "b7ad6b7169203331", "name": "x"}]})
    };
    let request = json!({"resourceSpans": [{"scopeSpans": [scope("bob@corp.com"), scope("hello")]}]});
    let got = redacted(&json!({"strategies": {"EMAIL_ADDRESS": "drop_key"}}), Signal::Traces, &request);
    assert!(got.to_string().contains("hello"));
}

#[test]
fn a_secret_in_escaped_quotes_keeps_the_escape_behind_it() {
    let inner = json!({"password": "hunter22x", "b": 1}).to_string();
    let line = json!({"inner": inner}).to_string();
    let got = text(&json!({}), "note", &format!("{line}\n{{\"a\":1}}"));
    let first: Json = serde_json::from_str(got.lines().next().unwrap()).unwrap();
    let inside: Json = serde_json::from_str(first["inner"].as_str().unwrap()).unwrap();
    assert_eq!(inside, json!({"password": "[PASSWORD]", "b": 1}));
}

#[test]
fn rules_look_at_short_numbers() {
    let block = json!({"rules": [{"name": "BADGE", "pattern": "[0-9]{6}", "words": ["badge"]}]});
    assert_eq!(text(&block, "x", r#"{"badge":123456}"#), r#"{"badge":"[BADGE]"}"#);
    assert_eq!(value(&block, "badge", &json!({"intValue": "123456"})), json!({"stringValue": "[BADGE]"}));
    assert_eq!(value(&block, "badge", &json!({"doubleValue": 0.123_456})), json!({"doubleValue": 0.123_456}));
}

#[test]
fn a_body_of_content_is_content_whatever_its_keys() {
    let request = json!({"resourceLogs": [{"scopeLogs": [{"logRecords": [{"eventName": "gen_ai.user.message",
        "body": {"kvlistValue": {"values": [
            {"key": "content.text", "value": {"stringValue": "secret talk"}},
            {"key": "id", "value": {"kvlistValue": {"values": [{"key": "x", "value": {"stringValue": "secret talk"}}]}}}]}}}]}]}]});
    for policy in ["drop", "hash_length"] {
        let got = redacted(&json!({"content": policy}), Signal::Logs, &request);
        assert!(!got.to_string().contains("secret talk"), "{policy}: {got}");
    }
}

#[test]
fn a_long_key_is_looked_up_once() {
    let values: Vec<Json> = (0..10_000).map(|n| json!({"stringValue": format!("x{}", 1_000_000 + n)})).collect();
    // Minutes, where each value costs what its key is long.
    value(&json!({}), &"k".repeat(400_000), &json!({"arrayValue": {"values": values}}));
}

#[test]
fn what_is_dropped_with_its_key_costs_no_square() {
    let all: Vec<Json> =
        (0..40_000).map(|n| json!({"key": format!("k{n:06}"), "value": {"stringValue": "b@corp.com"}})).collect();
    let got = redacted(&json!({"strategies": {"EMAIL_ADDRESS": "drop_key"}}), Signal::Traces, &span(&json!(all)));
    assert!(!got.to_string().contains("k000"));
}

#[test]
fn json_as_python_writes_it_is_json_and_so_are_its_lines() {
    let usage = r#"{"score":NaN,"low":-Infinity,"usage":{"input_tokens":4111111111111111},"mail":"bob\u0040corp.com"}"#;
    let masked = usage.replace(r"bob\u0040corp.com", "[EMAIL_ADDRESS]");
    assert_eq!(text(&json!({}), "note", usage), masked);
    let block = json!({"keys": [{"key": "customer"}]});
    let lines = "{\"customer\":\"John\"}\n{\"customer\":\"Jane\"}";
    let masked = lines.replace("John", "[REDACTED]").replace("Jane", "[REDACTED]");
    assert_eq!(text(&block, "note", lines), masked);
}

#[test]
fn pseudonyms_do_not_look_drawn_by_chance() {
    let block =
        json!({"strategy": "pseudonym", "profile": "strict", "pseudonym": {"key": "0123456789abcdef0123456789abcdef"}});
    for sent in
        ["password=hunter22x", "bob@corp.com and more", "api_key: 'bob@corp.com' password: \"4111111111111111\""]
    {
        let once = text(&block, "token", sent);
        assert_eq!(text(&block, "token", &once), once);
    }
}

#[test]
fn numbers_of_json_are_read_as_a_person_writes_them() {
    for sent in ["4111111111111111.0", "4.111111111111111e15", "4111111111111111.000"] {
        assert_eq!(
            text(&json!({}), "x", &format!(r#"{{"card":{sent},"n":1.50}}"#)),
            r#"{"card":"[CREDIT_CARD]","n":1.50}"#
        );
    }
    assert_eq!(
        text(&json!({}), "x", "\u{feff}{\"mail\":\"bob\\u0040corp.com\"}"),
        "\u{feff}{\"mail\":\"[EMAIL_ADDRESS]\"}"
    );
}

#[test]
fn a_value_has_the_name_that_stands_further_out_or_beside_it() {
    let hidden = [
        r#"{"password":{"value":"hunter22x"}}"#,
        r#"{"password":{"current":{"value":["hunter22x"]}}}"#,
        r#"[{"name":"user","value":"x"},{"name":"password","value":"hunter22x"}]"#,
        r#"[{"key":"password","value":{"stringValue":"hunter22x"}}]"#,
        r#"{"name":"password","x":"{\"name\":\"user\"}","value":"hunter22x"}"#,
    ];
    for sent in hidden {
        assert_eq!(text(&json!({}), "x", sent), sent.replace("hunter22x", "[PASSWORD]"));
    }
    let sent = r#"[{"name":"password"},{"value":"hunter22x"}]"#;
    assert_eq!(text(&json!({}), "x", sent), sent);
    let sent = r#"{"a":"{\"name\":\"password\"}","b":"{\"value\":\"hunter22x\"}"}"#;
    assert_eq!(text(&json!({}), "x", sent), sent);
    let sent = r#"[{"name":"ssn","value":"536904399"},{"name":"n","value":"536904399"}]"#;
    assert_eq!(text(&json!({}), "x", sent), sent.replacen("536904399", "[US_SSN]", 1));
    let inner = json!({"kvlistValue": {"values": [{"key": "value", "value": {"stringValue": "hunter22x"}}]}});
    assert!(!value(&json!({}), "password", &inner).to_string().contains("hunter22x"));
}

#[test]
fn the_blocks_own_patterns_read_json_string_by_string() {
    let block = |patterns: &[&str]| json!({"allow_all_keys": true, "blocked_values": patterns});
    let cases = [
        // No escape hides anything, however deep.
        (r"[a-z]+@corp\.com", r#"{"mail":"bob\u0040corp.com"}"#, r#"{"mail":"****"}"#),
        (r"[a-z]+@corp\.com", r#"{"a":"{\"b\":\"bob\\u0040corp.com\"}"}"#, r#"{"a":"{\"b\":\"****\"}"}"#),
        (r"^\d{9}$", r#"{"a":["536904399","x 536904399"]}"#, r#"{"a":["****","x 536904399"]}"#),
        // What takes in more than a string takes the strings it touches: JSON stays JSON.
        (r#""ssn":\s*"[^"]*""#, r#"{"ssn": "x-1","n":"y"}"#, r#"{"****": "****","n":"y"}"#),
        (r"(?s).*secret.*", r#"{"a":[1,"secret"],"b":true}"#, r#"{"****":["****","****"],"****":true}"#),
        (r"\d{9}", r#"{"a":536904399,"b":7}"#, r#"{"a":"****","b":7}"#),
        // What only looks like JSON is text.
        (r"\d{9}", r#"{"a":536904399"}"#, r#"{"a":****"}"#),
    ];
    for (pattern, sent, expect) in cases {
        assert_eq!(text(&block(&[pattern]), "x", sent), expect, "{pattern}");
        assert_eq!(text(&block(&[pattern]), "x", expect), expect, "{pattern}");
    }
    let block = json!({"allow_all_keys": true, "blocked_values": [r"\d{9}"], "detectors": ["EMAIL_ADDRESS"]});
    assert_eq!(text(&block, "x", r#"{"a":"536904399 b@corp.com"}"#), r#"{"a":"**** [EMAIL_ADDRESS]"}"#);
}

/// Keys are no values, whatever was looked at before them.
#[test]
fn the_blocks_own_patterns_leave_keys_behind_json() {
    let block = json!({"allow_all_keys": true, "blocked_values": [r"[a-z]+@corp\.com", "token"]});
    let mail = json!({"stringValue": r#"{"a": "line\nbob@corp.com"}"#});
    let keys = ["bob@corp.com", "gen_ai.usage.input_tokens"];
    let map = |key: &&str| json!({"key": key, "value": {"stringValue": "x"}});
    let below = json!({"kvlistValue": {"values": keys.iter().map(map).collect::<Vec<_>>()}});
    let sent =
        json!([{"key": "a", "value": mail}, map(&keys[0]), {"key": "b", "value": mail}, {"key": "c", "value": below}]);
    let left = redacted(&block, Signal::Traces, &span(&sent));
    let left = &left["resourceSpans"][0]["scopeSpans"][0]["spans"][0]["attributes"];
    assert_eq!(left[0]["value"]["stringValue"], r#"{"a": "line\n****"}"#);
    assert_eq!((&left[1], &left[3]), (&sent[1], &sent[3]));
}

#[test]
fn a_row_in_which_each_number_shows_the_next_goes_as_one() {
    let block = json!({"profile": "strict"});
    let row: String = (0..400).map(|at| format!("{:04}\u{2013}", at * 7919 % 10_000)).collect();
    let once = text(&block, "note", &format!("Rows: {row} and a last word"));
    assert!(once.starts_with("Rows: [") && once.ends_with(" and a last word"), "{once}");
    assert_eq!(text(&block, "note", &once), once);
}

#[test]
fn a_fraction_is_nobodys_number() {
    let vector = r#"{"phone":[415.5550132,-0.4111111111111111,1.5550132e3],"ssn":[536904399.0,5.36904399e8]}"#;
    let masked = r#"{"phone":[415.5550132,-0.4111111111111111,1.5550132e3],"ssn":["[US_SSN]","[US_SSN]"]}"#;
    assert_eq!(text(&json!({}), "note", vector), masked);
}

#[test]
fn values_within_values_end_the_looking() {
    for sent in ["token=", "auth:", "ghp_secretkey:/word", "--token="] {
        assert_eq!(text(&json!({}), "note", &sent.repeat(4096)), "[REDACTED]", "{sent}");
    }
    let file: String = (0..4096).map(|at| format!("API_KEY_{at}=${{KEY_{at}}}\nTOKEN_TTL={at}\n")).collect();
    assert_eq!(text(&json!({}), "note", &file), file);
}
