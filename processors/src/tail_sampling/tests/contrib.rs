//! The Collector's traps, which `compat: contrib` keeps and nothing else does.

use super::*;

fn lasting(start: u64, end: u64) -> Json {
    let at = |ms: u64| ((BEGIN + ms) * 1_000_000).to_string();
    span(1, &json!({"startTimeUnixNano": at(start), "endTimeUnixNano": at(end)}))
}

/// What the Collector does, and what we do.
fn both(block: &Json, spans: &[Json]) -> (bool, bool) {
    (keeps(&contrib(block), spans), keeps(block, spans))
}

#[test]
fn any_beginning_of_a_trace_within_the_bounds_is_enough() {
    let block = policy("latency", &json!({"threshold_ms": 100, "upper_threshold_ms": 200}));
    assert_eq!(both(&block, &[lasting(0, 150), lasting(0, 900)]), (true, false));
    assert_eq!(both(&block, &[lasting(0, 900), lasting(0, 150)]), (false, false));
    assert_eq!(both(&block, &[lasting(0, 200)]), (true, true));
}

#[test]
fn the_order_of_requests_is_the_order_of_spans() {
    let block = contrib(&policy("latency", &json!({"threshold_ms": 100, "upper_threshold_ms": 200})));
    let mut trial = Trial::new(&block);
    trial.spans(0, &[lasting(0, 150)]);
    trial.spans(1, &[lasting(0, 900)]);
    assert_eq!(decided(&trial.wake(100_000)).0.verdict, Verdict::Sampled);
}

#[test]
fn a_span_that_starts_at_nothing_makes_a_trace_old() {
    let block = policy("latency", &json!({"threshold_ms": 100}));
    assert_eq!(both(&block, &[lasting(0, 1), span(1, &json!({"startTimeUnixNano": "0"}))]), (true, false));
}

#[test]
fn values_of_other_types_read_as_nothing() {
    let number = policy("numeric_attribute", &json!({"key": "n", "min_value": -5, "max_value": 5}));
    let n = |value: Json| vec![with(1, &json!({"n": value}))];
    assert_eq!(both(&number, &n(text("x"))), (true, false));
    assert_eq!(both(&number, &n(json!({"doubleValue": 500.0}))), (true, false));
    let zero = policy("numeric_attribute", &json!({"key": "n", "min_value": 0, "max_value": 5}));
    assert_eq!(both(&zero, &n(int(-1))), (true, false), "a bound of 0 is none");
    let boolean = policy("boolean_attribute", &json!({"key": "n", "value": false}));
    assert_eq!(both(&boolean, &n(text("x"))), (true, false));
    let regex = policy("string_attribute", &json!({"key": "n", "values": [".*"], "enabled_regex_matching": true}));
    assert_eq!(both(&regex, &[span(1, &json!({"resource": {"n": int(1)}}))]), (true, false));
    assert_eq!(both(&regex, &n(int(1))), (false, false));
    assert_eq!(both(&regex, &n(text(""))), (false, true));
}

#[test]
fn ticks_are_whole_seconds() {
    let mut block = contrib(&policy("always_sample", &json!({})));
    block["policies"] = json!([{"name": "p", "type": "always_sample"}]);
    block["decision_wait"] = json!("1500ms");
    let mut trial = Trial::new(&block);
    trial.spans(300, &[span(1, &json!({}))]);
    assert!(trial.wake(1_999).is_empty());
    assert_eq!(decided(&trial.wake(2_000)).0.trigger, Trigger::Timeout);
    block["decision_wait"] = json!("10s");
    block["decision_wait_after_root_received"] = json!("500ms");
    let mut trial = Trial::new(&block);
    trial.spans(300, &[span(1, &json!({"parentSpanId": ""}))]);
    assert!(trial.wake(999).is_empty());
    assert_eq!(decided(&trial.wake(1_000)).0.trigger, Trigger::Root);
}

#[test]
fn over_the_number_of_traces_the_oldest_is_deleted() {
    let mut block = contrib(
        &json!({"policies": [{"name": "p", "type": "always_sample"}], "decision_wait": "10s", "num_traces": 2}),
    );
    let mut trial = Trial::new(&block);
    trial.spans(0, &[span(1, &json!({})), span(2, &json!({}))]);
    let (decision, course) = decided(&trial.spans(1, &[span(3, &json!({}))]));
    assert_eq!((decision.trace, decision.verdict, course), (id(1), Verdict::NotSampled, Course::Discard));
    assert_eq!(
        trial.metric("tollgate_tail_sampling_sampling_trace_dropped_too_early_total{processor=\"tail_sampling\"}"),
        1
    );
    assert_eq!(decided(&trial.spans(2, &[span(1, &json!({}))])).0.trace, id(2), "what comes again is new");
    block["num_traces"] = json!(3);
    let mut trial = Trial::new(&block);
    trial.spans(0, &[span(1, &json!({})), span(2, &json!({}))]);
    trial.wake(20_000);
    assert!(matches!(trial.spans(21_000, &[span(1, &json!({}))])[..], [Effect::Follows { .. }]), "decided ones stay");
    assert!(trial.spans(21_000, &[span(3, &json!({})), span(4, &json!({}))]).is_empty(), "until they are pushed out");
    assert!(trial.spans(21_000, &[span(1, &json!({}))]).is_empty(), "and are forgotten");
}

#[test]
fn a_condition_that_fails_ends_the_search() {
    let settings = json!({"error_mode": "propagate", "span": ["HasPrefix(attributes[\"missing\"], \"x\")"]});
    let block = policy("ottl_condition", &settings);
    assert_eq!(judged(&contrib(&block), &[span(1, &json!({}))]).votes[0].answer, Answer::Error);
}

#[test]
fn no_threshold_is_written() {
    let block = policy("probabilistic", &json!({"sampling_percentage": 100}));
    let decision = judged(&contrib(&block), &[span(1, &json!({"traceState": "ot=th:8"}))]);
    assert_eq!((decision.verdict, decision.mark.threshold, decision.mark.randomness), (Verdict::Sampled, None, None));
}
