//! What is said of a block: all of it at once, by key and code.

use pipeline::config::{Findings, Severity};
use pipeline::registry::ComponentConfig;

use super::*;

fn found(block: &Json) -> Vec<(String, String)> {
    let mut findings = Findings::default();
    config(block).check(&mut findings);
    findings.0.into_iter().map(|finding| (finding.code.to_owned(), finding.key)).collect()
}

fn codes(block: &Json) -> Vec<String> {
    found(block).into_iter().map(|(code, key)| format!("{code} {key}")).collect()
}

#[test]
fn the_example_is_fine() {
    use pipeline::config::Duration;
    assert_eq!(codes(&json!({"policies": [{"name": "p", "type": "failure"}]})), [] as [&str; 0]);
    assert_eq!(config(&json!({"policies": []})).decision_wait, Duration::secs(30));
}

#[test]
fn everything_is_told_at_once() {
    let block = json!({"policies": [
        {"name": "", "type": "always_sample"},
        {"name": "a", "type": "latncy", "latency": {"threshold_ms": 1}},
        {"name": "a", "type": "latency"},
        {"name": "b", "type": "latency", "latency": {"threshold_ms": 5, "upper_threshold_ms": 5}, "span_count": {"min_spans": 1}},
        {"name": "c", "type": "status_code", "status_code": {"status_codes": ["ERORR"]}},
        {"name": "d", "type": "status_code", "status_code": {}},
        {"name": "e", "type": "string_attribute", "string_attribute": {"key": "", "values": ["(", "ok"], "enabled_regex_matching": true}},
        {"name": "f", "type": "ottl_condition", "ottl_condition": {"span": ["??"]}},
        {"name": "g", "type": "numeric_attribute", "numeric_attribute": {"key": "k"}},
        {"name": "h", "type": "and", "and": {"and_sub_policy": [{"name": "x", "type": "drop", "drop": {"drop_sub_policy": [{"name": "y", "type": "always_sample"}]}}]}},
        {"name": "i", "type": "not", "not": {}},
        {"name": "j", "type": "sum", "sum": {"over": 1}},
        {"name": "k", "type": "budget", "budget": {}},
    ]});
    assert_eq!(
        codes(&block),
        [
            "E501 policies.0.name",
            "E501 policies.2.name",
            "E502 policies.1.type",
            "E503 policies.2",
            "E503 policies.3.span_count",
            "E505 policies.3.latency",
            "E505 policies.4.status_code.status_codes.0",
            "E505 policies.5.status_code.status_codes",
            "E505 policies.6.string_attribute.key",
            "E506 policies.6.string_attribute.values.0",
            "E506 policies.7.ottl_condition.span.0",
            "E505 policies.8.numeric_attribute",
            "E504 policies.9.and.and_sub_policy.0.type",
            "E505 policies.10.not",
            "E505 policies.11.sum",
            "E505 policies.12.budget",
        ]
    );
    assert_eq!(codes(&json!({})), ["E500 policies"]);
}

#[test]
fn what_was_meant_is_asked() {
    let hint = |block: &Json| {
        let mut findings = Findings::default();
        config(block).check(&mut findings);
        findings.0.remove(0).hint.unwrap()
    };
    assert_eq!(hint(&json!({"policies": [{"name": "a", "type": "latncy"}]})), "did you mean `latency`?");
    assert_eq!(hint(&policy("status_code", &json!({"status_codes": ["error"]}))), "did you mean `ERROR`?");
}

#[test]
fn unknown_keys_are_errors() {
    let wrong = json!({"policies": [{"name": "a", "type": "latency", "latncy": {"threshold_ms": 1}}]});
    assert!(serde_json::from_value::<TailSampling>(wrong).is_err());
    let wrong = json!({"policies": [{"name": "a", "type": "latency", "latency": {"treshold_ms": 1}}]});
    assert!(serde_json::from_value::<TailSampling>(wrong).is_err());
}

#[test]
fn what_means_nothing_is_noted() {
    let mut block = json!({"policies": [{"name": "p", "type": "failure"}], "num_shards": 4, "expected_new_traces_per_sec": 10,
        "tail_storage": "pebble", "block_on_overflow": true, "sampling_strategy": "span-ingest"});
    let keys = ["num_shards", "expected_new_traces_per_sec", "tail_storage", "block_on_overflow", "sampling_strategy"];
    assert_eq!(codes(&block), keys.map(|key| format!("N500 {key}")));
    block["policies"][0] =
        json!({"name": "d", "type": "drop", "drop": {"drop_sub_policy": [{"name": "y", "type": "always_sample"}]}});
    assert!(codes(&block).contains(&"W500 sampling_strategy".to_owned()));
}

#[test]
fn the_collectors_traps_are_told_of() {
    let composite = policy(
        "composite",
        &json!({"max_total_spans_per_second": 10, "policy_order": ["b", "a"],
        "composite_sub_policy": [{"name": "a", "type": "always_sample"}, {"name": "b", "type": "always_sample"}],
        "rate_allocation": [{"policy": "a", "percent": 10}, {"policy": "c", "percent": 10}]}),
    );
    assert_eq!(codes(&composite), ["E505 policies.0.composite.rate_allocation.1.policy"]);
    assert_eq!(
        codes(&contrib(&composite)),
        ["W502 policies.0.composite.rate_allocation.1.policy", "W502 policies.0.composite.policy_order",]
    );
    let zero = policy("numeric_attribute", &json!({"key": "k", "min_value": 0, "max_value": 5}));
    assert_eq!(codes(&zero), [] as [&str; 0]);
    assert_eq!(codes(&contrib(&zero)), ["W502 policies.0.numeric_attribute"]);
    let mut wait = contrib(&json!({"policies": [{"name": "p", "type": "failure"}]}));
    wait["decision_wait"] = json!("1500ms");
    assert_eq!(codes(&wait), ["W502 policies.0.type", "W502 decision_wait"]);
    let nested = policy(
        "or",
        &json!({"or_sub_policy": [{"name": "a", "type": "and", "and": {"and_sub_policy": [{"name": "b", "type": "always_sample"}]}}]}),
    );
    assert_eq!(codes(&nested), [] as [&str; 0]);
    assert!(codes(&contrib(&nested)).contains(&"E504 policies.0.or.or_sub_policy.0.type".to_owned()));
}

#[test]
fn warnings_are_warnings() {
    let mut findings = Findings::default();
    config(&policy("probabilistic", &json!({}))).check(&mut findings);
    assert_eq!((findings.0.len(), findings.0[0].severity), (1, Severity::Warning));
}

#[test]
fn depth_is_bounded() {
    let mut inner = json!({"name": "p", "type": "always_sample"});
    for _ in 0..12 {
        inner = json!({"name": "p", "type": "not", "not": {"not_sub_policy": inner}});
    }
    let told = codes(&json!({"policies": [inner]}));
    assert_eq!(told.len(), 1);
    assert!(told[0].starts_with("E504"), "{told:?}");
}

#[test]
fn settings_that_contradict_each_other() {
    let all = json!([{"name": "p", "type": "always_sample"}]);
    for stop in ["keep", "decide"] {
        let block = json!({"policies": all, "on_shutdown": stop, "drop_pending_traces_on_shutdown": true});
        assert_eq!(codes(&block), ["E507 on_shutdown"]);
    }
    let rootless = json!([{"name": "p", "type": "failure", "failure": {"missing_root_after": "5s"}}]);
    assert_eq!(
        codes(&json!({"policies": rootless, "decision_wait": "2s"})),
        ["W501 policies.0.failure.missing_root_after"]
    );
    let idle = json!({"policies": rootless, "decision_wait": "20s", "decision_idle": "1s"});
    assert_eq!(codes(&idle), ["W501 policies.0.failure.missing_root_after"]);
    assert_eq!(codes(&json!({"policies": rootless, "decision_wait": "20s"})), [] as [&str; 0]);
}

#[test]
fn what_the_collector_starts_with_is_no_error_under_its_semantics() {
    let block = json!({"policies": [
        {"name": "a", "type": "always_sample", "always_sample": {}},
        {"name": "f", "type": "trace_flags", "trace_flags": {}},
        {"name": "b", "type": "and", "and": {"and_sub_policy": [{"type": "status_code", "status_code": {"status_codes": ["OK"]}}]}},
        {"name": "c", "type": "latency", "latency": {"threshold_ms": 5, "upper_threshold_ms": 5}, "span_count": {"min_spans": 9}},
        {"name": "d", "type": "span_count", "span_count": {"min_spans": 9, "max_spans": 3}},
        {"name": "e", "type": "composite", "composite": {"max_total_spans_per_second": 9, "policy_order": ["y"],
            "composite_sub_policy": [{"name": "x", "type": "always_sample"}], "rate_allocation": [{"policy": "y", "percent": 5}]}},
    ]});
    assert!(codes(&contrib(&block)).iter().all(|code| code.starts_with('W')), "{:?}", codes(&contrib(&block)));
    let errors = codes(&block).into_iter().filter(|code| code.starts_with('E')).count();
    assert_eq!(errors, 5, "{:?}", codes(&block));
    assert!(keeps(&contrib(&block), &[span(1, &json!({}))]));
}
