//! What becomes of a record follows from that record, whatever was remembered of those before it.

use super::*;

const KEYS: [&str; 9] = [
    "gen_ai.prompt",
    "session.id",
    "user.id",
    "password",
    "gen_ai.usage.input_tokens",
    "card",
    "bob@corp.com",
    "k8s.pod.name",
    "customer.iban",
];
const VALUES: [&str; 14] = [
    "stop",
    "bob@corp.com",
    "4111111111111111",
    "536904399",
    "7f9c24e8-3b12-4fb0-9a51-6f3c2f0e8d11",
    "write to bob@corp.com or +49 30 901820, ssn 536904399",
    r#"{"mail": "line\nbob@corp.com", "ssn": "536904399"}"#,
    r#"["a", {"user.id": "\"bob@corp.com\""}]"#,
    r#"{"name": "password", "x": "y"}"#,
    r#"{"value": "hunter2Zq8"}"#,
    "hunter2Zq8",
    "",
    "tokens: 12",
    "[EMAIL_ADDRESS]",
];

/// A generator that is the same everywhere.
struct Chance(u64);

impl Chance {
    fn below(&mut self, bound: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % bound
    }

    fn attribute(&mut self, deep: bool) -> Json {
        let text = |chance: &mut Self| json!({"stringValue": VALUES[chance.below(VALUES.len())]});
        let value = match self.below(if deep { 10 } else { 7 }) {
            0 => json!({"intValue": "4111111111111111"}),
            7 | 8 => json!({"kvlistValue": {"values": [self.attribute(false), self.attribute(false)]}}),
            9 => json!({"arrayValue": {"values": [text(self), text(self)]}}),
            _ => text(self),
        };
        json!({"key": KEYS[self.below(KEYS.len())], "value": value})
    }

    fn span(&mut self, number: usize) -> Json {
        let attributes: Vec<Json> = (0..=self.below(5)).map(|_| self.attribute(true)).collect();
        json!({
            "traceId": "0af7651916cd43dd8448eb211c80319c", "spanId": format!("{:016x}", number + 1),
            "name": VALUES[self.below(VALUES.len())], "attributes": attributes,
        })
    }
}

/// What becomes of spans that come in this order: by their ids.
fn left(block: &Json, spans: &[Json]) -> Vec<Json> {
    let request = json!({"resourceSpans": [{"scopeSpans": [{"spans": spans}]}]});
    let left = redacted(block, Signal::Traces, &request)["resourceSpans"][0]["scopeSpans"][0]["spans"].take();
    let mut left = left.as_array().unwrap().clone();
    left.sort_by_key(|span| span["spanId"].as_str().unwrap().to_owned());
    left
}

#[test]
fn a_record_is_its_own_whatever_comes_before_it() {
    let patterns = json!([r"[a-z]+@corp\.com", r"\d{9}", "token"]);
    let blocks = [
        json!({}),
        json!({"profile": "strict"}),
        json!({"blocked_values": patterns, "allow_all_keys": true}),
        json!({"blocked_values": patterns, "allow_all_keys": true, "detectors": ["EMAIL_ADDRESS"], "summary": "info"}),
        json!({"blocked_values": patterns, "allow_all_keys": true, "compat": "contrib"}),
        json!({"content": "hash_length"}),
        json!({"rules": [{"name": "X", "pattern": r"\d{9}", "words": ["card"]}], "keys": [{"key": "customer.*"}]}),
    ];
    let mut chance = Chance(11);
    for block in &blocks {
        let mut spans: Vec<Json> = (0..300).map(|number| chance.span(number)).collect();
        let forward = left(block, &spans);
        spans.reverse();
        let backward = left(block, &spans);
        for (one, other) in forward.iter().zip(&backward) {
            assert_eq!(one, other, "{block}");
        }
        assert_ne!(forward.iter().rev().collect::<Vec<_>>(), spans.iter().collect::<Vec<_>>(), "something is masked");
    }
}
