//! Logs: they follow their trace, decide nothing of the Collector's, and have rules where there is no trace.

use super::*;

fn errors() -> Json {
    json!({"decision_wait": "10s", "policies": [{"name": "errors", "type": "status_code", "status_code": {"status_codes": ["ERROR"]}}]})
}

fn with_key(key: &str, value: &Json) -> Json {
    let mut block = errors();
    block[key] = value.clone();
    block
}

fn severe(trace: u8) -> Json {
    log(trace, &json!({"severityNumber": 17}))
}

fn mild(trace: u8) -> Json {
    log(trace, &json!({"severityNumber": 9}))
}

fn lost(severity: &str) -> Json {
    json!({"severityText": severity})
}

#[test]
fn logs_wait_with_their_trace_and_change_no_decision() {
    let mut trial = Trial::new(&errors());
    trial.spans(0, &[span(1, &json!({}))]);
    assert!(trial.logs(1, &[severe(1), mild(1)]).is_empty());
    let (decision, course) = decided(&trial.wake(10_000));
    assert_eq!((decision.verdict, course), (Verdict::NotSampled, Course::Discard));
    assert_eq!((decision.spans, decision.logs), (1, 2));
    assert!(matches!(trial.logs(11_000, &[mild(1)])[..], [Effect::Follows { course: Course::Discard, .. }]));
}

#[test]
fn a_trace_of_logs_alone_waits_from_the_first() {
    let cases = [
        (json!("keep"), Verdict::Sampled, Course::Release),
        (json!("drop"), Verdict::NotSampled, Course::Discard),
        (json!({"keep_from": "ERROR"}), Verdict::NotSampled, Course::ReleaseFirm),
        (json!({"keep_from": "INFO"}), Verdict::Sampled, Course::ReleaseFirm),
    ];
    for (rule, verdict, course) in cases {
        let mut trial = Trial::new(&with_key("orphan_logs", &rule));
        trial.logs(0, &[mild(1)]);
        assert!(trial.wake(9_999).is_empty());
        let (decision, taken) = decided(&trial.wake(10_000));
        assert_eq!((decision.verdict, taken), (verdict, course), "{rule}");
        assert_eq!(decision.votes, [], "no policy was asked");
        let late = trial.logs(11_000, &[mild(1)]);
        let [Effect::Follows { course: late, .. }] = late[..] else { panic!("late, not {late:?}") };
        assert_eq!(late, course, "{rule}");
        assert!(trial.spans(12_000, &[span(1, &json!({}))]).is_empty(), "its spans are judged for themselves");
        assert_eq!(decided(&trial.wake(22_000)).0.spans, 1);
    }
}

#[test]
fn spans_begin_the_wait_anew() {
    let mut trial = Trial::new(&errors());
    trial.logs(0, &[mild(1)]);
    trial.spans(8_000, &[span(1, &json!({}))]);
    assert!(trial.wake(10_000).is_empty());
    assert!(trial.wake(17_999).is_empty());
    let (decision, _) = decided(&trial.wake(18_000));
    assert_eq!((decision.waited.as_secs(), decision.logs), (18, 1));
}

#[test]
fn logs_without_a_trace_leave_or_go_at_once() {
    let fates = |rule: Json| {
        let mut trial = Trial::new(&with_key("orphan_logs", &rule));
        let zero = json!({"traceId": "00000000000000000000000000000000", "severityNumber": 13});
        trial.observe(Signal::Logs, &[lost("INFO"), lost("warning"), zero]).rows
    };
    assert_eq!(fates(json!("keep")), [Fate::Leaves; 3]);
    assert_eq!(fates(json!("drop")), [Fate::Goes("orphan_logs"); 3]);
    assert_eq!(fates(json!({"keep_from": "WARN"})), [Fate::Goes("orphan_logs"), Fate::Leaves, Fate::Leaves]);
}

#[test]
fn firm_logs_are_told_from_the_others() {
    let mut trial = Trial::new(&with_key("orphan_logs", &json!({"keep_from": "WARN"})));
    let observed = trial.observe(Signal::Logs, &[mild(1), severe(1), log(1, &json!({"severityText": "Warn2"}))]);
    let waits = |firm| Fate::Waits { trace: 0, firm };
    assert_eq!(observed.rows, [waits(false), waits(true), waits(true)]);
}

#[test]
fn a_floor_leaves_at_once_and_counts() {
    let mut block = with_key("always_keep", &json!({"severity": "ERROR"}));
    block["policies"] = json!([{"name": "f", "type": "failure"}]);
    block["early_release"] = json!(false);
    let mut trial = Trial::new(&block);
    let observed = trial.observe(Signal::Logs, &[severe(1), mild(1), lost("fatal")]);
    assert_eq!(observed.rows, [Fate::Ahead { trace: 0 }, Fate::Waits { trace: 0, firm: false }, Fate::Leaves]);
    trial.spans(0, &[span(1, &json!({}))]);
    trial.logs(1, &[severe(1)]);
    assert_eq!(decided(&trial.wake(10_000)).0.verdict, Verdict::Sampled, "it is a fact all the same");
}

#[test]
fn policies_of_ours_see_logs() {
    let of = |kind: &str, settings: Json, record: Json| {
        let mut trial = Trial::new(&policy(kind, &settings));
        let mut effects = trial.spans(0, &[span(1, &json!({}))]);
        effects.extend(trial.logs(1, &[record]));
        effects.extend(trial.wake(100_000));
        decided(&effects).0.verdict == Verdict::Sampled
    };
    assert!(of("failure", json!({}), severe(1)));
    assert!(!of("failure", json!({"error_log": false}), severe(1)));
    assert!(of("failure", json!({}), log(1, &json!({"attributes": list(&json!({"success": text("false")}))}))));
    assert!(of("log_severity", json!({"at_least": "WARN"}), log(1, &json!({"severityText": "WARNING"}))));
    assert!(!of("log_severity", json!({}), log(1, &json!({"severityText": "warn"}))));
    let event = log(1, &json!({"attributes": list(&json!({"event.name": text("api_error")}))}));
    assert!(of("log_attribute", json!({"key": "event.name", "values": ["api_error"]}), event.clone()));
    assert!(of("log_attribute", json!({"key": "event.name"}), event.clone()));
    assert!(!of("log_attribute", json!({"key": "event.name", "values": ["x"]}), event.clone()));
    assert!(
        !of("string_attribute", json!({"key": "event.name", "values": ["api_error"]}), event),
        "the Collector's do not"
    );
}

#[test]
fn a_late_error_log_brings_a_trace_back() {
    let mut trial = Trial::new(&with_key("regret_window", &json!("5s")));
    trial.spans(0, &[span(1, &json!({}))]);
    assert_eq!(decided(&trial.wake(10_000)).1, Course::Hold);
    let (decision, _) = decided(&trial.logs(11_000, &[log(1, &json!({"severityText": "critical"}))]));
    assert_eq!((decision.trigger, decision.logs), (Trigger::Regret, 1));
}

#[test]
fn logs_push_no_trace_with_spans_out() {
    let block = policy("status_code", &json!({"status_codes": ["ERROR"]}));
    for block in [block.clone(), contrib(&block)] {
        let mut block = block;
        block["num_traces"] = json!(2);
        let mut trial = Trial::new(&block);
        let mut effects = trial.spans(0, &[span(1, &json!({}))]);
        for trace in 2..6 {
            effects.extend(trial.logs(1, &[log(trace, &json!({}))]));
        }
        effects.extend(trial.spans(2, &[span(1, &json!({"status": {"code": 2}}))]));
        effects.extend(trial.wake(100_000));
        let decisions = decisions(&effects);
        let (decision, _) = decisions.iter().find(|(decision, _)| decision.trace == id(1)).unwrap();
        assert_eq!((decision.verdict, decision.spans), (Verdict::Sampled, 2));
        assert_eq!(decisions.len(), 5);
        // Spans count from the first of them on, wherever logs came before.
        for trace in 10..13 {
            trial.logs(200_000, &[log(trace, &json!({}))]);
            effects = trial.spans(200_001, &[span(trace, &json!({}))]);
        }
        assert_eq!(self::decisions(&effects)[0].0.trace, id(10));
    }
}
