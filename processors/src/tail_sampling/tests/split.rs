//! However a trace is cut into requests, and in whatever order they come, what is decided is the same.

use proptest::prelude::*;

use super::*;

/// A block with every policy that does not look at the order of anything.
fn block() -> Json {
    let attribute = |name: &str, key: &str, quantifier: &str| json!({"name": name, "type": "string_attribute", "string_attribute": {"key": key, "values": ["x", "y"], "quantifier": quantifier}});
    json!({"early_release": false, "policies": [
        {"name": "failure", "type": "failure"},
        {"name": "status", "type": "status_code", "status_code": {"status_codes": ["ERROR", "OK"], "quantifier": "all"}},
        {"name": "slow", "type": "latency", "latency": {"threshold_ms": 50, "upper_threshold_ms": 150}},
        {"name": "count", "type": "span_count", "span_count": {"min_spans": 3, "max_spans": 5}},
        {"name": "sum", "type": "sum", "sum": {"key": "n", "over": 0.3}},
        {"name": "number", "type": "numeric_attribute", "numeric_attribute": {"key": "n", "min_value": 0.25, "invert_match": true}},
        attribute("all", "k", "all"), attribute("root", "k", "root"), attribute("any", "r", "any"),
        {"name": "and", "type": "and", "and": {"and_sub_policy": [attribute("a", "k", "same_span"), attribute("b", "r", "same_span")]}},
        {"name": "log", "type": "log_severity", "log_severity": {"at_least": "WARN"}},
        {"name": "rest", "type": "probabilistic", "probabilistic": {"sampling_percentage": 50}},
        {"name": "drop", "type": "drop", "drop": {"drop_sub_policy": [attribute("d", "k", "any"), attribute("e", "r", "root")]}},
        {"name": "budget", "type": "budget", "budget": {"key": "k", "spans_per_second": 4}},
    ]})
}

fn any_span() -> impl Strategy<Value = Json> {
    let word = prop_oneof![Just("x"), Just("y"), Just("z")];
    let key = prop::option::of(word.clone());
    (0..3_u8, key, prop::option::of(word), prop::option::of(-1.0..1.0_f64), 0..100_u64, 0..100_u64, any::<bool>(), 0..4_u8).prop_map(
        |(code, k, r, n, start, took, root, state)| {
            let mut attributes = json!({});
            if let Some(k) = k {
                attributes["k"] = text(k);
            }
            if let Some(n) = n {
                attributes["n"] = json!({"doubleValue": n});
            }
            let resource = r.map_or_else(|| json!({}), |r| json!({"r": text(r)}));
            let at = |ms: u64| ((BEGIN + ms) * 1_000_000).to_string();
            let state = ["", "", "ot=rv:90000000000000", "a=b,ot=th:4;rv:f0000000000000"][usize::from(state)];
            span(1, &json!({
                "status": {"code": code}, "attributes": list(&attributes), "resource": resource, "traceState": state,
                "startTimeUnixNano": at(start), "endTimeUnixNano": at(start + took),
                "parentSpanId": if root { "" } else { "b7ad6b7169203330" },
            }))
        },
    )
}

/// Signals with their records, in the order in which they come.
type Requests = Vec<(Signal, Vec<Json>)>;

fn decide(requests: &Requests) -> Decision {
    let mut trial = Trial::new(&block());
    for (signal, records) in requests.iter().filter(|(_, records)| !records.is_empty()) {
        assert!(trial.fold(*signal, 0, records).is_empty());
    }
    decided(&trial.wake(100_000)).0
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn splits_and_orders_do_not_matter(
        spans in prop::collection::vec(any_span(), 1..8),
        severities in prop::collection::vec(0..24_u8, 0..4),
        cuts in prop::collection::vec(any::<prop::sample::Index>(), 0..4),
        seed in any::<u64>(),
    ) {
        let logs: Vec<Json> = severities.iter().map(|severity| log(1, &json!({"severityNumber": severity}))).collect();
        let whole = decide(&vec![(Signal::Traces, spans.clone()), (Signal::Logs, logs.clone())]);
        let mut shuffled = spans;
        shuffled.sort_by_key(|span| super::super::randomness::hash(&format!("{seed} {span}"), &id(0)));
        let mut at: Vec<usize> = cuts.iter().map(|cut| cut.index(shuffled.len() + 1)).collect();
        at.extend([0, shuffled.len()]);
        at.sort_unstable();
        let pieces = at.windows(2).map(|ends| (Signal::Traces, shuffled[ends[0]..ends[1]].to_vec()));
        let mut requests: Requests = pieces.collect();
        requests.extend(logs.into_iter().map(|log| (Signal::Logs, vec![log])));
        let turn = seed as usize % requests.len();
        requests.rotate_left(turn);
        prop_assert_eq!(decide(&requests), whole);
    }
}
