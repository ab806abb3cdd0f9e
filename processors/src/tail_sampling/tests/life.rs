//! The life of a trace: when it is decided, what comes late, what goes for want of room.

use super::*;

fn everything() -> Json {
    json!({"decision_wait": "10s", "policies": [{"name": "all", "type": "always_sample"}]})
}

fn errors() -> Json {
    json!({"decision_wait": "10s", "early_release": false, "policies": [{"name": "errors", "type": "status_code", "status_code": {"status_codes": ["ERROR"]}}]})
}

fn plain(trace: u8) -> Json {
    span(trace, &json!({}))
}

fn root(trace: u8) -> Json {
    span(trace, &json!({"parentSpanId": ""}))
}

fn error(trace: u8) -> Json {
    span(trace, &json!({"status": {"code": 2}}))
}

/// The course, and whether it is marked late and partial, of the only effect.
fn followed(effects: &[Effect]) -> (Course, bool, bool) {
    let [Effect::Follows { course, mark, .. }] = effects else { panic!("something late, not {effects:?}") };
    (*course, mark.late, mark.partial)
}

#[test]
fn a_trace_waits_from_its_first_span() {
    let mut trial = Trial::new(&everything());
    assert!(trial.spans(0, &[plain(1)]).is_empty());
    assert!(trial.spans(9_000, &[plain(1), plain(2)]).is_empty());
    assert!(trial.wake(9_999).is_empty());
    let (decision, course) = decided(&trial.wake(10_000));
    assert_eq!((decision.trace, decision.trigger, course), (id(1), Trigger::Timeout, Course::Release));
    assert_eq!((decision.spans, decision.waited.as_secs()), (2, 10));
    let mut effects = Vec::new();
    assert_eq!(trial.sampler.wake(time(10_000), &mut effects), Some(time(19_000)), "when to be asked again");
    assert_eq!(decided(&trial.wake(19_000)).0.trace, id(2));
    assert_eq!(trial.sampler.wake(time(20_000), &mut effects), None);
}

#[test]
fn a_root_brings_it_forward_and_never_back() {
    let mut block = everything();
    block["decision_wait_after_root_received"] = json!("2s");
    let mut trial = Trial::new(&block);
    trial.spans(0, &[plain(1)]);
    trial.spans(1_000, &[root(1)]);
    trial.spans(2_000, &[root(1)]);
    assert!(trial.wake(2_999).is_empty());
    assert_eq!(decided(&trial.wake(3_000)).0.trigger, Trigger::Root);
    trial.spans(20_000, &[plain(2)]);
    trial.spans(29_500, &[root(2)]);
    assert_eq!(decided(&trial.wake(30_000)).0.trigger, Trigger::Timeout);
}

#[test]
fn quiet_is_enough() {
    let mut block = everything();
    block["decision_idle"] = json!("3s");
    let mut trial = Trial::new(&block);
    for at in [0, 2_000, 4_000] {
        assert!(trial.spans(at, &[plain(1)]).is_empty());
        assert!(trial.wake(at + 1_999).is_empty());
    }
    assert!(trial.wake(6_999).is_empty());
    assert_eq!(decided(&trial.wake(7_000)).0.trigger, Trigger::Idle);
    for at in [0, 2, 4, 6, 8] {
        trial.spans(20_000 + at * 1_000, &[plain(2)]);
    }
    assert_eq!(decided(&trial.wake(30_000)).0.trigger, Trigger::Timeout, "decision_wait is the cap");
}

#[test]
fn a_clock_that_goes_back_decides_nothing_sooner_and_nothing_never() {
    let mut trial = Trial::new(&everything());
    trial.spans(100_000, &[plain(1)]);
    trial.spans(0, &[plain(2)]);
    assert!(trial.wake(9_000).is_empty());
    assert_eq!(decisions(&trial.wake(10_000)).len(), 2);
}

#[test]
fn what_comes_late_follows() {
    let mut trial = Trial::new(&errors());
    trial.spans(0, &[error(1), plain(2)]);
    assert_eq!(decisions(&trial.wake(10_000)).len(), 2);
    assert_eq!(followed(&trial.spans(60_000, &[plain(1)])), (Course::Release, true, false));
    assert_eq!(followed(&trial.spans(60_000, &[error(2)])), (Course::Discard, true, false), "as it was decided");
    assert_eq!(trial.metric("tollgate_tail_sampling_early_releases_from_cache_decision_total{processor=\"tail_sampling\",sampled=\"true\"}"), 1);
}

#[test]
fn memory_is_bounded() {
    let mut block = everything();
    block["decision_cache"] = json!({"sampled_cache_size": 4});
    let mut trial = Trial::new(&block);
    for trace in 1..=8 {
        trial.spans(0, &[plain(trace)]);
    }
    trial.wake(10_000);
    assert!(matches!(trial.spans(11_000, &[plain(8)])[..], [Effect::Follows { .. }]));
    assert!(trial.spans(11_000, &[plain(1)]).is_empty(), "forgotten, so new");
}

#[test]
fn an_earlier_life_is_remembered() {
    let mut trial = Trial::new(&errors());
    trial.spans(0, &[error(1), plain(2)]);
    let effects = trial.wake(10_000);
    let mut next = Trial::new(&errors());
    for (decision, _) in decisions(&effects) {
        let text = serde_json::to_string(decision).unwrap();
        next.sampler.recall(&serde_json::from_str(&text).unwrap(), time(200_000));
    }
    assert_eq!(followed(&next.spans(20_000, &[plain(1)])).0, Course::Release);
    assert_eq!(followed(&next.spans(20_000, &[plain(2)])).0, Course::Discard);
    let Effect::Follows { mark, .. } = next.spans(20_000, &[plain(1)])[0] else { panic!("late") };
    assert_eq!((mark.threshold, mark.policy), (Some(0), Some(0)));
}

#[test]
fn for_want_of_room_the_oldest_is_decided() {
    let mut block = errors();
    block["num_traces"] = json!(2);
    let mut trial = Trial::new(&block);
    trial.spans(0, &[error(1)]);
    trial.spans(1, &[plain(2)]);
    let (decision, course) = decided(&trial.spans(2, &[plain(3)]));
    assert_eq!((decision.trace, decision.trigger, course), (id(1), Trigger::Evicted, Course::Release));
    assert!(!decision.mark.partial, "all of it that has come");
    assert_eq!(followed(&trial.spans(3, &[plain(1)])), (Course::Release, true, true), "some came after");
    let mut effects = Vec::new();
    assert!(trial.sampler.evict(time(4), &mut effects));
    assert_eq!(decided(&effects).0.trace, id(2));
    assert!(trial.sampler.evict(time(4), &mut effects));
    assert!(!trial.sampler.evict(time(4), &mut effects));
}

#[test]
fn a_trace_too_large_is_not_kept() {
    let mut block = everything();
    let size = batch(Signal::Traces, &[plain(1)]).record(0).unwrap().message().len();
    block["maximum_trace_size_bytes"] = json!(size * 2);
    let mut trial = Trial::new(&block);
    assert!(trial.spans(0, &[plain(1), plain(1), plain(2)]).is_empty(), "as large as it may be");
    let (decision, course) = decided(&trial.spans(1, &[plain(1)]));
    assert_eq!((decision.trigger, decision.verdict, course), (Trigger::TooLarge, Verdict::NotSampled, Course::Discard));
    assert_eq!(followed(&trial.spans(2, &[plain(1)])).0, Course::Discard);
    assert_eq!(decided(&trial.wake(10_000)).0.trace, id(2), "its neighbours do not care");
}

#[test]
fn what_is_certain_is_released_at_once() {
    let mut block = errors();
    block["early_release"] = json!(true);
    let mut trial = Trial::new(&block);
    assert!(trial.spans(0, &[plain(1)]).is_empty());
    let (decision, course) = decided(&trial.spans(1, &[error(1)]));
    assert_eq!((decision.trigger, course, decision.mark.threshold), (Trigger::Early, Course::Release, Some(0)));
    assert_eq!(followed(&trial.spans(2, &[plain(1)])).0, Course::Release);
    for key in ["maximum_trace_size_bytes", "compat"] {
        let mut block = block.clone();
        block[key] = if key == "compat" { json!("contrib") } else { json!(1_000_000) };
        block.as_object_mut().unwrap().remove("early_release");
        assert!(Trial::new(&block).spans(0, &[error(1)]).is_empty(), "{key} may change it yet");
    }
    let mut rated = block.clone();
    rated["policies"]
        .as_array_mut()
        .unwrap()
        .push(json!({"name": "r", "type": "rate_limiting", "rate_limiting": {"spans_per_second": 1}}));
    assert!(Trial::new(&rated).spans(0, &[error(1)]).is_empty());
    let mut named = block.clone();
    named["record_policy"] = json!(true);
    named["policies"]
        .as_array_mut()
        .unwrap()
        .insert(0, json!({"name": "l", "type": "latency", "latency": {"threshold_ms": 5}}));
    assert!(Trial::new(&named).spans(0, &[error(1)]).is_empty(), "another policy may be named yet");
}

#[test]
fn an_error_within_the_window_brings_a_trace_back() {
    let mut block = errors();
    block["regret_window"] = json!("5s");
    let mut trial = Trial::new(&block);
    trial.spans(0, &[plain(1), plain(2)]);
    let effects = trial.wake(10_000);
    assert!(decisions(&effects).iter().all(|(_, course)| *course == Course::Hold));
    assert_eq!(followed(&trial.spans(11_000, &[plain(1)])).0, Course::Hold, "held with the rest");
    let (decision, course) = decided(&trial.spans(12_000, &[error(1)]));
    assert_eq!((decision.trigger, decision.verdict, course), (Trigger::Regret, Verdict::Sampled, Course::Release));
    assert_eq!((decision.spans, decision.mark.partial, decision.mark.threshold), (3, false, Some(0)));
    assert_eq!(decision.waited.as_secs(), 12);
    assert_eq!(followed(&trial.spans(13_000, &[plain(1)])).0, Course::Release);
    assert_eq!(trial.wake(15_000), [Effect::Forget(id(2))], "the other's window is over");
    assert_eq!(followed(&trial.spans(16_000, &[error(2)])).0, Course::Discard);
}

#[test]
fn what_is_left_of_a_window_outlives_a_restart() {
    let mut block = errors();
    block["regret_window"] = json!("5s");
    let mut trial = Trial::new(&block);
    trial.spans(0, &[plain(1), plain(2), error(3)]);
    let mut effects = trial.wake(10_000);
    effects.extend(trial.spans(11_000, &[error(2)]));
    let mut next = Trial::new(&block);
    let recalled = decisions(&effects).into_iter();
    let held = recalled.filter(|(decision, _)| next.sampler.recall(decision, time(13_000)));
    assert_eq!(
        held.map(|(decision, _)| (decision.trace, decision.trigger)).collect::<Vec<_>>(),
        [(id(1), Trigger::Timeout), (id(2), Trigger::Timeout),]
    );
    assert_eq!(followed(&next.spans(13_500, &[error(2)])).0, Course::Release, "it was brought back before");
    assert_eq!(followed(&next.spans(13_500, &[plain(1)])).0, Course::Hold);
    let (decision, course) = decided(&next.spans(14_000, &[error(1)]));
    assert_eq!((decision.trigger, decision.spans, course), (Trigger::Regret, 3, Course::Release));
    let mut late = Trial::new(&block);
    let too_late = decisions(&effects).into_iter().filter(|(decision, _)| late.sampler.recall(decision, time(15_000)));
    assert_eq!(too_late.count(), 0);
    assert_eq!(followed(&late.spans(15_000, &[error(1)])).0, Course::Discard);
}

#[test]
fn for_want_of_room_what_is_held_goes_first() {
    let mut block = errors();
    block["regret_window"] = json!("50s");
    let mut trial = Trial::new(&block);
    trial.spans(0, &[plain(1)]);
    trial.wake(10_000);
    trial.spans(11_000, &[plain(2)]);
    let mut effects = Vec::new();
    assert!(trial.sampler.evict(time(12_000), &mut effects));
    assert_eq!(effects, [Effect::GiveUp(id(1))]);
    effects.clear();
    assert!(trial.sampler.evict(time(12_000), &mut effects));
    assert_eq!(
        (decided(&effects).0.trace, decided(&effects).1),
        (id(2), Course::Discard),
        "holding it would make no room"
    );
    assert_eq!(followed(&trial.spans(13_000, &[error(1)])).0, Course::Discard);
}

#[test]
fn a_stop_lets_go_of_what_is_held() {
    let mut block = errors();
    block["regret_window"] = json!("50s");
    for (how, held) in [(OnShutdown::Keep, false), (OnShutdown::Decide, true), (OnShutdown::Drop, true)] {
        let mut trial = Trial::new(&block);
        trial.spans(0, &[plain(1)]);
        trial.wake(10_000);
        let mut effects = Vec::new();
        trial.sampler.finish(how, time(11_000), &mut effects);
        assert_eq!(effects == [Effect::GiveUp(id(1))], held, "{how:?}: {effects:?}");
    }
}

#[test]
fn a_stop_keeps_decides_or_drops() {
    for (how, verdict) in [
        (OnShutdown::Keep, None),
        (OnShutdown::Decide, Some(Verdict::Sampled)),
        (OnShutdown::Drop, Some(Verdict::NotSampled)),
    ] {
        let mut trial = Trial::new(&everything());
        trial.spans(0, &[plain(1)]);
        let mut effects = Vec::new();
        trial.sampler.finish(how, time(1), &mut effects);
        assert_eq!(decisions(&effects).first().map(|(decision, _)| decision.verdict), verdict);
        assert!(decisions(&effects).iter().all(|(decision, _)| decision.trigger == Trigger::Drained));
    }
    let settings = |block: &Json| Trial::new(block).parts.settings().on_shutdown;
    assert_eq!(settings(&everything()), None);
    assert_eq!(settings(&contrib(&everything())), Some(OnShutdown::Decide));
    let mut drop = everything();
    drop["drop_pending_traces_on_shutdown"] = json!(true);
    assert_eq!(settings(&drop), Some(OnShutdown::Drop));
    let mut keep = everything();
    keep["on_shutdown"] = json!("keep");
    assert_eq!(settings(&keep), Some(OnShutdown::Keep));
}

#[test]
fn under_pressure_a_share_is_let_in_and_says_so() {
    let mut trial = Trial::new(&errors());
    trial.sampler.press(0.79);
    assert!((1..100).all(|trace| trial.spans(0, &[plain(trace)]).is_empty()), "not yet");
    let mut trial = Trial::new(&everything());
    trial.sampler.press(0.85);
    let shed = |trial: &mut Trial| (1..=200).filter(|trace| !trial.spans(0, &[plain(*trace)]).is_empty()).count();
    let many = shed(&mut trial);
    assert!((90..160).contains(&many), "{many} of 200, of 0.625");
    let effects = trial.wake(10_000);
    for (decision, _) in decisions(&effects) {
        let (threshold, randomness) = (decision.mark.threshold.unwrap(), decision.mark.randomness.unwrap());
        assert!(threshold > 1 << 55 && randomness >= threshold, "kept with the chance it had");
    }
    let mut trial = Trial::new(&everything());
    trial.sampler.press(0.85);
    trial.sampler.press(0.7);
    assert!(shed(&mut trial) > 20, "until it is well below");
    trial.sampler.press(0.59);
    let mut fresh = (201..=250).map(|trace| trial.spans(0, &[plain(trace)]));
    assert!(fresh.all(|effects| effects.is_empty()));
}

#[test]
fn with_no_room_at_all_some_are_let_in_and_stand_for_the_others() {
    let mut trial = Trial::new(&everything());
    trial.sampler.press(7.0);
    let (_, shed): (Vec<u64>, Vec<u64>) = (0..20_000).partition(|number| {
        let spans = [span(1, &json!({"traceId": format!("{:032x}", u128::from(*number) * 0x9e37_79b9_7f4a_7c15)}))];
        trial.spans(0, &spans).is_empty()
    });
    let let_in = 20_000 - shed.len();
    assert!((5..50).contains(&let_in), "{let_in} of 20,000, of one in 1,024");
    for (decision, _) in decisions(&trial.wake(10_000)) {
        assert_eq!(decision.mark.threshold.map(|threshold| (1 << 56) / ((1 << 56) - threshold)), Some(1024));
    }
}

#[test]
fn what_is_remembered_fits_into_its_memory() {
    let mut trial = Trial::new(&errors());
    trial.spans(0, &[plain(1)]);
    let (decision, _) = decided(&trial.wake(20_000));
    let memory = 1 << 20;
    let mut sampler = trial.parts.sampler(memory);
    for number in 0..100_000_u128 {
        for verdict in [Verdict::Sampled, Verdict::NotSampled] {
            let trace = TraceId((number << 1 | u128::from(verdict == Verdict::Sampled)).to_be_bytes());
            sampler.recall(&Decision { trace, verdict, ..decision.clone() }, time(1));
        }
    }
    assert!((memory / 3..=memory).contains(&sampler.heap_bytes()), "{} bytes", sampler.heap_bytes());
}

#[test]
fn tables_that_were_full_once_do_not_stay_so() {
    let mut trial = Trial::new(&errors());
    let mut burst = |at: u64, from: u64, count: u64| {
        for number in from..from + count {
            let spans =
                [span(1, &json!({"traceId": format!("{:032x}", u128::from(number + 1) * 0x9e37_79b9_7f4a_7c15)}))];
            trial.spans(at, &spans);
        }
        let waiting = trial.sampler.heap_bytes();
        trial.wake(at + 10_000);
        (waiting, trial.sampler.heap_bytes())
    };
    let (_, remembered) = burst(0, 0, 1);
    let (full, after) = burst(20_000, 1, 20_000);
    assert!(full > 20_000 * 200, "{full}");
    // What is left is what is remembered of decided traces.
    assert!(after < remembered + 20_000 * 60, "{after} of {full}");
}

#[test]
fn under_pressure_failures_are_let_in() {
    let mut trial = Trial::new(&everything());
    trial.sampler.press(1.0);
    let (decision, course) = decided(&trial.spans(0, &[plain(1)]));
    assert_eq!((decision.trigger, decision.verdict, course), (Trigger::Pressure, Verdict::NotSampled, Course::Discard));
    assert_eq!(followed(&trial.spans(0, &[plain(1)])).0, Course::Discard, "a trace goes whole");
    assert!(trial.spans(0, &[error(2)]).is_empty());
    let mark = decided(&trial.wake(10_000)).0.mark;
    assert_eq!((mark.threshold, mark.partial), (Some(0), false));
}

#[test]
fn what_fails_after_it_was_let_in_stands_for_itself() {
    let mut trial = Trial::new(&errors());
    trial.sampler.press(0.85);
    let let_in: Vec<u8> = (1..=100).filter(|trace| trial.spans(0, &[plain(*trace)]).is_empty()).collect();
    assert!(!let_in.is_empty());
    let_in.iter().for_each(|trace| assert!(trial.spans(1, &[error(*trace)]).is_empty()));
    for (decision, _) in decisions(&trial.wake(10_000)) {
        assert_eq!((decision.mark.threshold, decision.mark.partial), (Some(0), false));
    }
}

#[test]
fn what_fails_after_it_was_shed_is_kept_from_there_on_and_says_so() {
    let shed = |block: &Json| {
        let mut trial = Trial::new(block);
        trial.sampler.press(1.0);
        let (decision, _) = decided(&trial.spans(0, &[plain(1)]));
        (trial, decision)
    };
    let (trial, decision) = shed(&errors());
    let mut again = Trial::new(&errors());
    assert!(!again.sampler.recall(&decision, time(1)));
    for mut trial in [trial, again] {
        assert!(trial.spans(1, &[error(1)]).is_empty(), "it waits, to be judged like any other");
        let (decision, course) = decided(&trial.wake(20_000));
        assert_eq!((decision.trigger, course), (Trigger::Timeout, Course::Release));
        assert_eq!((decision.mark.partial, decision.mark.threshold), (true, Some(0)));
        assert_eq!(followed(&trial.spans(21_000, &[plain(1)])), (Course::Release, true, true));
    }
    // Where no policy wants failures it was judged, and is not asked about again.
    let slow = json!({"decision_wait": "10s", "policies": [{"name": "slow", "type": "latency", "latency": {"threshold_ms": 3_600_000}}]});
    let (mut trial, _) = shed(&slow);
    assert!(trial.spans(1, &[error(1)]).is_empty());
    assert_eq!(decided(&trial.wake(20_000)).1, Course::Discard);
    assert_eq!(followed(&trial.spans(21_000, &[error(1)])).0, Course::Discard);
}

#[test]
fn what_fails_in_its_logs_after_it_was_shed_is_judged_by_the_policies() {
    let mut block = errors();
    block["orphan_logs"] = json!("drop");
    block["policies"] = json!([{"name": "failed", "type": "failure"}]);
    let mut trial = Trial::new(&block);
    trial.sampler.press(1.0);
    trial.spans(0, &[plain(1)]);
    let failed = json!({"traceId": id(1).to_string(), "severityNumber": 17, "body": {"stringValue": "no answer"}});
    assert!(trial.logs(1, &[failed]).is_empty());
    let (decision, course) = decided(&trial.wake(20_000));
    assert_eq!((course, decision.mark.partial), (Course::Release, true), "and not as logs without a trace are");
    assert_eq!(followed(&trial.spans(21_000, &[plain(1)])), (Course::Release, true, true));
}

#[test]
fn ids_of_nothing_follow_no_trace() {
    let zero = span(1, &json!({"traceId": "00000000000000000000000000000000"}));
    let absent = span(1, &json!({"traceId": ""}));
    let mut trial = Trial::new(&everything());
    let observed = trial.observe(Signal::Traces, &[zero.clone(), absent.clone(), plain(1)]);
    assert_eq!(observed.rows, [Fate::Leaves, Fate::Leaves, Fate::Waits { trace: 0, firm: false }]);
    let mut trial = Trial::new(&contrib(&everything()));
    let observed = trial.observe(Signal::Traces, &[zero, absent]);
    assert_eq!(observed.traces, [TraceId::default()], "to the Collector that is a trace like any other");
}

#[test]
fn ids_that_end_alike_are_two() {
    let mut other = id(2);
    other.0[8..].fill(1);
    let alike = span(1, &json!({"traceId": other.to_string()}));
    let late = |block: &Json| {
        let mut trial = Trial::new(block);
        trial.spans(0, &[error(1)]);
        trial.wake(20_000);
        trial.spans(21_000, std::slice::from_ref(&alike))
    };
    assert!(late(&errors()).is_empty());
    let mut block = contrib(&errors());
    block["decision_cache"] = json!({"sampled_cache_size": 10});
    assert_eq!(followed(&late(&block)).0, Course::Release, "the Collector remembers 8 bytes");
}

#[test]
fn a_large_trace_is_bounded() {
    let mut trial = Trial::new(&errors());
    let spans = vec![plain(1); 1_000];
    let before = trial.sampler.heap_bytes();
    for at in 0..20 {
        assert!(trial.spans(at, &spans).is_empty());
    }
    assert!(trial.sampler.heap_bytes() - before < 4_096, "{} bytes", trial.sampler.heap_bytes() - before);
    assert_eq!(decided(&trial.wake(20_000)).0.spans, 20_000);
}

#[test]
fn a_span_that_comes_twice_counts_twice() {
    let block = policy("span_count", &json!({"min_spans": 4}));
    let mut trial = Trial::new(&block);
    trial.spans(0, &[plain(1), plain(1)]);
    trial.spans(1, &[plain(1)]);
    trial.spans(2, &[plain(1)]);
    assert_eq!(decided(&trial.wake(100_000)).0.verdict, Verdict::Sampled, "as in the Collector: sent again is new");
    assert_eq!(followed(&trial.spans(100_001, &[plain(1)])).0, Course::Release);
}

#[test]
fn what_comes_late_after_a_drop_goes() {
    let mut block = everything();
    let drop = json!({"name": "d", "type": "drop", "drop": {"drop_sub_policy": [{"name": "e", "type": "status_code",
        "status_code": {"status_codes": ["ERROR"]}}]}});
    block["policies"].as_array_mut().unwrap().push(drop);
    let mut trial = Trial::new(&block);
    trial.spans(0, &[error(1)]);
    assert_eq!(decided(&trial.wake(100_000)).0.verdict, Verdict::Dropped);
    assert_eq!(followed(&trial.spans(100_001, &[plain(1)])).0, Course::Discard);
}

#[test]
fn ten_thousand_logs_are_one_trace() {
    let mut trial = Trial::new(&errors());
    trial.spans(0, &[error(1)]);
    for at in 0..100 {
        let logs = vec![log(1, &json!({})); 100];
        trial.logs(at, &logs);
    }
    let (decision, course) = decided(&trial.wake(100_000));
    assert_eq!((decision.spans, decision.logs, course), (1, 10_000, Course::Release));
}

/// What memory forgot and the regret window did not comes anew, and waits: the end of that window is none of its business.
#[test]
fn the_end_of_a_window_does_not_take_what_waits_anew() {
    let mut block = errors();
    block["regret_window"] = json!("15s");
    block["decision_cache"] = json!({"non_sampled_cache_size": 1});
    let mut trial = Trial::new(&block);
    trial.spans(0, &[plain(1), plain(2), plain(3)]);
    assert!(decisions(&trial.wake(10_000)).iter().all(|(_, course)| *course == Course::Hold));
    // Of one of the first two at the least nothing is remembered: it begins anew.
    let anew: Vec<u8> = (1..=3).filter(|trace| trial.spans(20_000, &[error(*trace)]).is_empty()).collect();
    assert!(!anew.is_empty());
    let effects = trial.wake(25_000);
    for trace in anew {
        assert!(
            !effects.contains(&Effect::Forget(id(trace))),
            "{trace} waits until 30,000 and has an error: {effects:?}"
        );
    }
}

/// As the decider notes that late records have left (`late` in `pipeline/src/decider/mod.rs`).
fn left(decision: &Decision, at: u64) -> Decision {
    let mark = pipeline::sampling::Mark { late: true, ..decision.mark };
    let (verdict, trigger) = (Verdict::Sampled, Trigger::Timeout);
    Decision {
        at: time(at).0,
        verdict,
        trigger,
        spans: 0,
        logs: 0,
        bytes: 0,
        mark,
        votes: Vec::new(),
        ..decision.clone()
    }
}

/// That late logs of a trace of logs alone have left makes it no trace whose spans were judged.
#[test]
fn what_left_late_of_logs_alone_changes_nothing_in_the_next_life() {
    for (rule, course) in [(json!("keep"), Course::Release), (json!({"keep_from": "WARN"}), Course::ReleaseFirm)] {
        let mut block = errors();
        block["orphan_logs"] = rule.clone();
        let mut trial = Trial::new(&block);
        let severe = [log(1, &json!({"severityNumber": 17}))];
        trial.logs(0, &severe);
        let (decision, _) = decided(&trial.wake(10_000));
        assert_eq!(followed(&trial.logs(11_000, &severe)).0, course);
        let mut next = Trial::new(&block);
        next.sampler.recall(&decision, time(12_000));
        next.sampler.recall(&left(&decision, 11_000), time(12_000));
        assert_eq!(followed(&next.logs(13_000, &severe)).0, course, "{rule}");
        assert!(next.spans(14_000, &[plain(1)]).is_empty(), "{rule}: its spans are judged for themselves");
    }
}

#[test]
fn a_failure_that_only_watches_brings_nothing_back() {
    let block = json!({"regret_window": "60s", "decision_wait": "1s", "policies": [
        {"name": "f", "type": "failure", "dry_run": true},
        {"name": "none", "type": "probabilistic", "probabilistic": {"sampling_percentage": 0}}]});
    let mut trial = Trial::new(&block);
    trial.spans(0, &[span(1, &json!({}))]);
    assert_eq!(decided(&trial.wake(2_000)).1, Course::Hold);
    let late = with(1, &json!({"success": {"boolValue": false}}));
    assert_eq!(decisions(&trial.spans(3_000, &[late])).len(), 0);
}
