//! Thresholds and randomness: what is kept says how likely it was to be.

use pipeline::sampling::Mark;

use super::*;
use crate::tail_sampling::randomness::{hash, rejection};

fn rest(percentage: f64) -> Json {
    json!({"name": "rest", "type": "probabilistic", "probabilistic": {"sampling_percentage": percentage}})
}

fn errors() -> Json {
    json!({"name": "errors", "type": "status_code", "status_code": {"status_codes": ["ERROR"]}})
}

/// A trace that is kept at 10 %.
const LUCKY: u8 = 0xff;

#[test]
fn what_chance_kept_carries_its_threshold_and_randomness() {
    let decision = judged(&json!({"policies": [rest(10.0)]}), &[span(LUCKY, &json!({}))]);
    let randomness = (1 << 56) - 1 - (hash("", &id(LUCKY)) >> 8);
    assert_eq!(decision.mark.threshold, Some(rejection(10.0)));
    assert_eq!(decision.mark.randomness, Some(randomness));
    assert!(randomness >= rejection(10.0));
}

#[test]
fn what_a_policy_wanted_for_sure_has_threshold_0() {
    let block = json!({"policies": [errors(), rest(10.0)], "early_release": false});
    let decision = judged(&block, &[span(LUCKY, &json!({"status": {"code": 2}}))]);
    assert_eq!((decision.mark.threshold, decision.mark.randomness, decision.mark.policy), (Some(0), None, Some(0)));
    let reversed = json!({"policies": [rest(10.0), errors()], "early_release": false});
    let decision = judged(&reversed, &[span(LUCKY, &json!({"status": {"code": 2}}))]);
    assert_eq!((decision.mark.threshold, decision.mark.policy), (Some(0), Some(0)), "the lowest, whoever is named");
}

#[test]
fn the_lowest_of_several_chances() {
    let block = json!({"policies": [rest(10.0), {"name": "more", "type": "probabilistic", "probabilistic": {"sampling_percentage": 50}}]});
    assert_eq!(judged(&block, &[span(LUCKY, &json!({}))]).mark.threshold, Some(rejection(50.0)));
}

#[test]
fn chance_inside_a_policy() {
    let and = json!({"name": "and", "type": "and", "and": {"and_sub_policy": [errors(), rest(10.0)]}});
    let error = [span(LUCKY, &json!({"status": {"code": 2}}))];
    assert_eq!(judged(&json!({"policies": [and]}), &error).mark.threshold, Some(rejection(10.0)));
    let or = json!({"name": "or", "type": "or", "or": {"or_sub_policy": [rest(10.0), errors()]}});
    assert_eq!(judged(&json!({"policies": [or]}), &error).mark.threshold, Some(0));
    let not = json!({"name": "not", "type": "not", "not": {"not_sub_policy": rest(10.0)}});
    let decision = judged(&json!({"policies": [not]}), &[span(0x4b, &json!({}))]);
    assert_eq!((decision.verdict, decision.mark.threshold), (Verdict::Sampled, None), "nobody can tell");
}

#[test]
fn where_randomness_arrives_it_decides() {
    let block = json!({"policies": [rest(50.0)]});
    let state = |state: &str| judged(&block, &[span(1, &json!({"traceState": state}))]);
    assert_eq!(state("ot=rv:80000000000000").verdict, Verdict::Sampled);
    assert_eq!(state("ot=rv:7fffffffffffff").verdict, Verdict::NotSampled);
    let kept = state("ot=th:4;rv:f0000000000000");
    assert_eq!((kept.mark.threshold, kept.mark.randomness), (Some(1 << 55), Some(0xf0 << 48)), "for spans without");
    let by_id = |id: &str| keeps(&block, &[span(1, &json!({"traceId": id, "traceState": "ot=th:0"}))]);
    assert!(by_id("00000000000000000080000000000000"));
    assert!(!by_id("ffffffffffffffffff7fffffffffffff"));
}

fn edited(block: &Json, record: Json, mark: Mark) -> Json {
    let trial = Trial::new(block);
    let mut edited = batch(Signal::Traces, &[record]);
    trial.parts.editor().edit(&mut edited, &|trace| if trace == id(1) { mark } else { Mark::default() });
    let mut text = Vec::new();
    pipeline::batch::json::write(Signal::Traces, edited.seal().body(), &mut text).unwrap();
    let text: Json = serde_json::from_slice(&text).unwrap();
    text["resourceSpans"][0]["scopeSpans"][0]["spans"][0].clone()
}

#[test]
fn marks_are_written_on_spans() {
    let mut block = json!({"policies": [errors(), rest(10.0)]});
    let mark = Mark { threshold: Some(1 << 55), randomness: Some((1 << 56) - 1), policy: Some(1), ..Mark::default() };
    let state = |span: Json, mark: Mark| edited(&block, span, mark)["traceState"].clone();
    assert_eq!(state(span(1, &json!({})), mark), "ot=th:8;rv:ffffffffffffff");
    assert_eq!(state(span(1, &json!({"traceState": "a=b"})), mark), "ot=th:8;rv:ffffffffffffff,a=b");
    assert_eq!(
        state(span(1, &json!({"traceState": "ot=th:c;rv:d0000000000000"})), Mark { randomness: None, ..mark }),
        "ot=th:c;rv:d0000000000000",
        "never lower"
    );
    assert_eq!(state(span(1, &json!({"traceState": "a=b"})), Mark::default()), "a=b");
    assert_eq!(state(span(2, &json!({"traceState": "a=b"})), mark), "a=b", "of no trace that is known");
    assert_eq!(edited(&block, span(1, &json!({})), mark).get("attributes"), None);
    block["record_policy"] = json!(true);
    let attributes = edited(&block, span(1, &json!({})), Mark { partial: true, ..mark })["attributes"].clone();
    let expected = json!({"tollgate.sampling.policy": text("rest"), "tollgate.sampling.partial": {"boolValue": true}});
    assert_eq!(attributes, list(&expected));
}

#[test]
fn a_threshold_that_nobody_can_vouch_for_is_taken_away() {
    let block = json!({"policies": [errors(), rest(10.0)]});
    let state = |block: &Json, state: &str, mark: Mark| {
        edited(block, span(1, &json!({"traceState": state})), mark).get("traceState").cloned()
    };
    let unknown = Mark { policy: Some(0), ..Mark::default() };
    assert_eq!(
        state(&block, "ot=th:c;rv:d0000000000000,a=b", unknown).unwrap(),
        "ot=rv:d0000000000000,a=b",
        "rv stays"
    );
    assert_eq!(state(&block, "ot=th:0", unknown), None, "nothing is left");
    assert_eq!(state(&block, "a=b", unknown).unwrap(), "a=b");
    assert_eq!(state(&block, "ot=th:", unknown).unwrap(), "ot=th:", "what cannot be read stays as it is");
    assert_eq!(state(&contrib(&block), "ot=th:0", unknown).unwrap(), "ot=th:0");
    assert_eq!(state(&block, "ot=th:0", Mark::default()).unwrap(), "ot=th:0", "no policy kept it");
    // A span under its own threshold: whoever wrote it did not sample by it.
    let kept = Mark { threshold: Some(0), ..unknown };
    assert_eq!(state(&block, "ot=th:c;rv:b0000000000000", kept).unwrap(), "ot=rv:b0000000000000");
    assert_eq!(state(&block, "ot=th:c", kept), None, "its id says 01010101010101");
}

#[test]
fn what_had_room_left_over_has_no_threshold() {
    let one = |kind: &str, settings: &Json| judged(&policy(kind, settings), &[span(LUCKY, &json!({}))]).mark;
    let composite =
        json!({"max_total_spans_per_second": 10, "composite_sub_policy": [{"name": "a", "type": "always_sample"}]});
    for mark in [
        one("rate_limiting", &json!({"spans_per_second": 10})),
        one("bytes_limiting", &json!({"bytes_per_second": 100_000})),
        one("budget", &json!({"spans_per_second": 10})),
        one("composite", &composite),
    ] {
        assert_eq!((mark.threshold, mark.policy), (None, Some(0)));
    }
    let both = json!({"policies": [
        {"name": "rate", "type": "rate_limiting", "rate_limiting": {"spans_per_second": 10}}, rest(100.0),
    ]});
    assert_eq!(judged(&both, &[span(LUCKY, &json!({}))]).mark.threshold, Some(0), "another was certain");
}

#[test]
fn late_spans_carry_the_same_mark() {
    let mut trial = Trial::new(&json!({"policies": [rest(10.0)]}));
    trial.spans(0, &[span(LUCKY, &json!({}))]);
    let (decision, _) = decided(&trial.wake(100_000));
    let late = trial.spans(101_000, &[span(LUCKY, &json!({}))]);
    let Effect::Follows { mark, .. } = late[0] else { panic!("late, not {late:?}") };
    assert_eq!(mark, Mark { late: true, ..decision.mark });
}

#[test]
fn a_first_match_does_not_hide_a_surer_policy() {
    let always = json!({"name": "all", "type": "always_sample"});
    let block = |policies: Json| json!({"policies": policies, "sample_on_first_match": true, "early_release": false});
    let lucky = [span(LUCKY, &json!({"status": {"code": 2}}))];
    let decision = judged(&block(json!([rest(10.0), always])), &lucky);
    assert_eq!((decision.mark.threshold, decision.mark.policy, decision.votes.len()), (Some(0), Some(0), 1));
    assert_eq!(judged(&block(json!([rest(10.0), errors()])), &lucky).mark.threshold, Some(0));
    assert_eq!(judged(&block(json!([rest(10.0), rest(50.0)])), &lucky).mark.threshold, Some(rejection(50.0)));
    let rate = json!({"name": "rate", "type": "rate_limiting", "rate_limiting": {"spans_per_second": 1}});
    assert_eq!(judged(&block(json!([rest(10.0), rate])), &lucky).mark.threshold, None, "nobody can tell");
    assert_eq!(judged(&block(json!([rate, always])), &lucky).mark.threshold, Some(0));
}

#[test]
fn what_was_spared_by_chance_has_no_threshold() {
    let drop = |subs: Json| json!({"name": "d", "type": "drop", "drop": {"drop_sub_policy": subs}});
    let block = |subs: Json| json!({"policies": [{"name": "all", "type": "always_sample"}, drop(subs)]});
    let unlucky = (1..=255).find(|trace| judged(&block(json!([rest(50.0)])), &[span(*trace, &json!({}))]).kept());
    let spared = [span(unlucky.unwrap(), &json!({}))];
    assert_eq!(judged(&block(json!([rest(50.0)])), &spared).mark.threshold, None);
    assert_eq!(
        judged(&block(json!([rest(50.0), errors()])), &spared).mark.threshold,
        Some(0),
        "errors say no for sure"
    );
    assert_eq!(judged(&block(json!([errors()])), &spared).mark.threshold, Some(0));
}

#[test]
fn hashes_of_different_seeds_give_no_threshold() {
    let salted = |name: &str, salt: &str| json!({"name": name, "type": "probabilistic", "probabilistic": {"sampling_percentage": 50, "hash_salt": salt}});
    let decisions = |block: &Json| (1..=255).map(|trace| judged(block, &[span(trace, &json!({}))])).collect::<Vec<_>>();
    let apart = decisions(&json!({"policies": [salted("a", "a"), salted("b", "b")]}));
    assert!(apart.iter().any(Decision::kept) && apart.iter().all(|decision| decision.mark.threshold.is_none()));
    let sure = json!({"policies": [salted("a", "a"), salted("b", "b"), {"name": "c", "type": "always_sample"}]});
    assert!(decisions(&sure).iter().all(|decision| decision.mark.threshold == Some(0)));
}
