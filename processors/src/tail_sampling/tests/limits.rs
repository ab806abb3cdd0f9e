//! Rates, budgets and composites, over time.

use super::*;
use crate::tail_sampling::clock::SECOND;
use crate::tail_sampling::limits::{Owners, Rate};

/// Folds a trace of `count` spans at `at` and decides it at once; whether it was kept.
fn kept(trial: &mut Trial, at: u64, trace: u8, count: usize) -> bool {
    kept_of(trial, at, &vec![span(trace, &json!({})); count])
}

fn kept_of(trial: &mut Trial, at: u64, spans: &[Json]) -> bool {
    let mut effects = trial.spans(at, spans);
    trial.sampler.evict(time(at), &mut effects);
    decided(&effects).0.verdict == Verdict::Sampled
}

#[test]
fn a_rate_is_a_bucket_that_starts_full() {
    let mut trial = Trial::new(&policy("rate_limiting", &json!({"spans_per_second": 10})));
    assert!(!kept(&mut trial, 0, 1, 21), "more than the burst never passes");
    assert!(kept(&mut trial, 0, 2, 20));
    assert!(!kept(&mut trial, 0, 3, 1));
    assert!(!kept(&mut trial, 400, 4, 5));
    assert!(kept(&mut trial, 500, 5, 5));
    assert!(kept(&mut trial, 100_000, 6, 20));
    assert!(!kept(&mut trial, 99_000, 7, 1), "the clock went back");
    assert!(kept(&mut trial, 100_000, 8, 10), "and on");
}

#[test]
fn bytes_are_those_of_the_spans() {
    let size = batch(Signal::Traces, &[span(1, &json!({}))]).record(0).unwrap().message().len();
    let block = policy("bytes_limiting", &json!({"bytes_per_second": 1, "burst_capacity": size * 2}));
    let mut trial = Trial::new(&block);
    assert!(!kept(&mut trial, 0, 1, 3));
    assert!(kept(&mut trial, 0, 2, 2));
    assert!(!kept(&mut trial, 0, 3, 1));
}

#[test]
fn limits_spend_on_traces_that_others_keep() {
    let rate =
        json!({"name": "rate", "type": "rate_limiting", "rate_limiting": {"spans_per_second": 1, "burst_capacity": 2}});
    let all = json!({"name": "errors", "type": "status_code", "status_code": {"status_codes": ["ERROR"]}});
    let mut trial = Trial::new(&json!({"policies": [all, rate]}));
    assert!(kept_of(&mut trial, 0, &[span(1, &json!({"status": {"code": 2}})), span(1, &json!({}))]));
    assert!(!kept(&mut trial, 0, 2, 1), "as in the Collector");
    let first = json!({"policies": [all, rate], "sample_on_first_match": true});
    let mut trial = Trial::new(&first);
    assert!(kept_of(&mut trial, 0, &[span(1, &json!({"status": {"code": 2}})), span(1, &json!({}))]));
    assert!(kept(&mut trial, 0, 2, 2));
}

#[test]
fn a_budget_is_for_each_value_and_what_is_over_flows_on() {
    let budget =
        json!({"name": "b", "type": "budget", "budget": {"key": "tenant", "spans_per_second": 1, "burst_capacity": 2}});
    let rate =
        json!({"name": "r", "type": "rate_limiting", "rate_limiting": {"spans_per_second": 1, "burst_capacity": 1}});
    let mut trial = Trial::new(&json!({"policies": [budget, rate], "sample_on_first_match": true}));
    let of = |trace: u8, tenant: &str| vec![span(trace, &json!({"resource": {"tenant": text(tenant)}}))];
    assert!(kept_of(&mut trial, 0, &of(1, "a")));
    assert!(kept_of(&mut trial, 0, &of(2, "a")));
    assert!(kept_of(&mut trial, 0, &of(3, "b")));
    assert!(kept_of(&mut trial, 0, &of(4, "a")), "over, so the next policy's");
    assert!(!kept_of(&mut trial, 0, &of(5, "a")));
    assert!(kept_of(&mut trial, 0, &of(6, "b")));
    assert!(kept_of(&mut trial, 1_000, &of(7, "a")));
}

#[test]
fn a_budget_is_not_spent_on_what_is_kept_anyway() {
    let budget = json!({"name": "b", "type": "budget", "budget": {"spans_per_second": 1, "burst_capacity": 1}});
    let errors = json!({"name": "e", "type": "status_code", "status_code": {"status_codes": ["ERROR"]}});
    let mut trial = Trial::new(&json!({"policies": [errors, budget], "early_release": false}));
    assert!(kept_of(&mut trial, 0, &[span(1, &json!({"status": {"code": 2}}))]));
    assert!(kept(&mut trial, 0, 2, 1));
    assert!(!kept(&mut trial, 0, 3, 1));
}

fn composite(allocation: &Json) -> Json {
    let sub = |name: &str| json!({"name": name, "type": "string_attribute", "string_attribute": {"key": name, "values": ["x"]}});
    policy(
        "composite",
        &json!({
            "max_total_spans_per_second": 10, "policy_order": ["b", "a"],
            "composite_sub_policy": [sub("a"), sub("b"), {"name": "rest", "type": "always_sample"}],
            "rate_allocation": allocation,
        }),
    )
}

fn of(trace: u8, keys: &[&str], count: usize) -> Vec<Json> {
    let attributes: serde_json::Map<String, Json> = keys.iter().map(|key| ((*key).to_owned(), text("x"))).collect();
    vec![with(trace, &Json::Object(attributes)); count]
}

#[test]
fn a_composite_keeps_its_order_and_what_is_over_flows_on() {
    let block = composite(&json!([{"policy": "a", "percent": 30}, {"policy": "b", "percent": 50}]));
    let mut trial = Trial::new(&block);
    let mut entry = |at: u64, trace: u8, keys: &[&str], count: usize| {
        let mut effects = trial.spans(at, &of(trace, keys, count));
        trial.sampler.evict(time(at), &mut effects);
        let decision = decided(&effects).0;
        decision.votes[0].entry.filter(|_| decision.verdict == Verdict::Sampled)
    };
    assert_eq!(entry(0, 1, &["a", "b"], 5), Some(1), "b is asked first");
    assert_eq!(entry(0, 2, &["a", "b"], 3), Some(0), "b has had its share");
    assert_eq!(entry(0, 3, &["a"], 1), Some(2), "what has no share of its own may have what is left");
    assert_eq!(entry(0, 4, &[], 2), None, "of the whole, nothing is left");
    assert_eq!(entry(0, 5, &[], 1), Some(2));
    assert_eq!(entry(1_000, 6, &["b"], 5), Some(1), "another second");
}

#[test]
fn the_collectors_composite_has_its_own_order_and_no_way_on() {
    let block = contrib(&composite(&json!([{"policy": "a", "percent": 30}, {"policy": "b", "percent": 0}])));
    let ask = |spans: &[Vec<Json>]| {
        let mut trial = Trial::new(&block);
        let mut kept = Vec::new();
        for spans in spans {
            let mut effects = trial.spans(0, spans);
            effects.extend(trial.wake(100_000));
            kept.push(decided(&effects).0.verdict == Verdict::Sampled);
        }
        kept
    };
    let both = ["a", "b"];
    assert_eq!(ask(&[of(1, &both, 3)]), [true], "a is asked first");
    assert_eq!(ask(&[of(1, &both, 4)]), [false], "and has the last word");
    assert_eq!(ask(&[of(1, &["b"], 3)]), [true], "no percentage is an even share: 10 / 3");
    assert_eq!(ask(&[of(1, &["b"], 4)]), [false]);
    assert_eq!(ask(&[of(1, &[], 3)]), [true], "nor is no entry no share: 10 / 3 as well");
    assert_eq!(ask(&[of(1, &[], 4)]), [false]);
}

#[test]
fn a_budget_that_is_whole_again_makes_room_for_others() {
    let rate = Rate::new(10, 10);
    let mut owners = Owners::default();
    assert!((0..10_000).all(|owner| owners.take(owner, rate, 1, 0)));
    assert!(owners.take(20_000, rate, 10, 0) && !owners.take(20_001, rate, 1, 0), "these two share one");
    let later = 7 * SECOND;
    assert!((30_000..30_020).all(|owner| owners.take(owner, rate, 10, later)));
}

#[test]
fn what_a_budget_spends_is_the_whole_trace_however_it_came() {
    let budget = json!({"name": "b", "type": "budget", "budget": {"spans_per_second": 1, "burst_capacity": 100}});
    let block = json!({"policies": [budget, {"name": "f", "type": "failure"}]});
    let failed = span(1, &json!({"status": {"code": 2}}));
    let mut trial = Trial::new(&block);
    assert_eq!(decisions(&trial.spans(0, std::slice::from_ref(&failed))).len(), 0, "the rest of it is to be paid for");
    trial.spans(0, &vec![span(1, &json!({})); 79]);
    trial.wake(100_000);
    let after = json!({"policies": [{"name": "f", "type": "failure"}, budget]});
    assert_eq!(decisions(&Trial::new(&after).spans(0, &[failed])).len(), 1);
}
