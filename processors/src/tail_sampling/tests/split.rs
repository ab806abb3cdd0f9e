//! However a trace is cut into requests, in whatever order they come, whichever workers look at them, and whether the
//! process ends in between: what is decided is the same.

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
    span_of(1)
}

/// A span of this trace with whatever policies look at.
fn span_of(trace: u8) -> impl Strategy<Value = Json> {
    let word = prop_oneof![Just("x"), Just("y"), Just("z")];
    let key = prop::option::of(word.clone());
    (0..3_u8, key, prop::option::of(word), prop::option::of(-1.0..1.0_f64), 0..100_u64, 0..100_u64, any::<bool>(), 0..4_u8).prop_map(
        move |(code, k, r, n, start, took, root, state)| {
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
            span(trace, &json!({
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

/// The block without what spends: tokens go to who comes first.
fn unlimited() -> Json {
    let mut block = block();
    block["policies"].as_array_mut().unwrap().retain(|policy| policy["type"] != "budget");
    block
}

/// What was decided of each trace, but for when.
fn verdicts(effects: &[Effect]) -> Vec<(TraceId, Verdict, Vec<pipeline::sampling::Vote>, pipeline::sampling::Mark)> {
    let mut verdicts: Vec<_> = decisions(effects)
        .into_iter()
        .map(|(decision, _)| (decision.trace, decision.verdict, decision.votes.clone(), decision.mark))
        .collect();
    verdicts.sort_by_key(|(trace, ..)| *trace);
    verdicts
}

/// Requests of spans of a few traces.
fn requests() -> impl Strategy<Value = Vec<Vec<Json>>> {
    prop::collection::vec(prop::collection::vec((1..4_u8).prop_flat_map(span_of), 1..6), 1..8)
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

    // Scenario: the same requests, each looked at by whichever of several workers, which remember what they saw before.
    // Guarantee: as with one worker.
    #[test]
    fn workers_do_not_matter(requests in requests(), workers in prop::collection::vec(0..3_usize, 8)) {
        let decide = |workers: &[usize]| {
            let mut trial = Trial::new(&unlimited());
            let mut observers: Vec<_> = (0..3).map(|_| trial.parts.observer()).collect();
            let mut effects = Vec::new();
            for (request, worker) in requests.iter().zip(workers) {
                let observed = observers[*worker].observe(&batch(Signal::Traces, request));
                trial.sampler.fold(Signal::Traces, &observed, time(0), &mut effects);
            }
            effects.extend(trial.wake(100_000));
            verdicts(&effects)
        };
        prop_assert_eq!(decide(&workers), decide(&[0; 8]));
    }

    // Scenario: some traces are decided, others wait, the process ends and begins anew: decisions are recalled, and what
    // waited is observed and folded again. Guarantee: all is decided, and all that is late follows, as without that end.
    #[test]
    fn a_restart_does_not_matter(before in requests(), waiting in requests(), cut in any::<prop::sample::Index>()) {
        let renamed = |requests: &[Vec<Json>], by: u8| -> Vec<Vec<Json>> {
            let of = |span: &Json| {
                let mut span = span.clone();
                let first = u8::from_str_radix(&span["traceId"].as_str().unwrap()[..2], 16).unwrap();
                span["traceId"] = json!(id(first + by).to_string());
                span
            };
            requests.iter().map(|request| request.iter().map(of).collect()).collect()
        };
        let waiting = renamed(&waiting, 16);
        let cut = cut.index(waiting.len() + 1);
        let play = |restarts: bool| {
            let mut trial = Trial::new(&unlimited());
            before.iter().for_each(|request| assert!(trial.spans(0, request).is_empty()));
            let decided = trial.wake(100_000);
            for (at, request) in waiting.iter().enumerate() {
                if restarts && at == cut {
                    trial = Trial::new(&unlimited());
                    for (decision, _) in decisions(&decided) {
                        trial.sampler.recall(decision, time(100_000));
                    }
                    waiting[..at].iter().for_each(|request| assert!(trial.spans(100_000, request).is_empty()));
                }
                assert!(trial.spans(100_000, request).is_empty());
            }
            let late: Vec<_> = before.iter().flat_map(|request| trial.spans(100_001, request)).collect();
            (verdicts(&trial.wake(300_000)), late)
        };
        prop_assert_eq!(play(true), play(false));
    }
}
