//! Scenario: the process is killed, again and again, while traces and their logs wait to be decided, kept ones leave, and
//! what long ones have in old segments is copied.
//! Guarantee: a trace leaves with all that was acknowledged of it, or not at all; failures leave; no decision is reversed,
//! and `why` still answers.
//!
//! `CRASHES=200 cargo test --test e2e sampled` for as many ends.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::sync::Arc;
use std::sync::atomic::AtomicU64;
use std::time::Duration;

use tempfile::TempDir;

use crate::crash::{load, marks};
use crate::stage::{Tollgate, free_port, tollgate, wait_for};

/// Kills where nothing else is asked for.
const CRASHES: u64 = 8;

/// Records of each trace: spans, and a log.
const RECORDS: u64 = 4;

const CONFIG: &str = "
processors:
  tail_sampling:
    decision_wait: 5s
    decision_wait_after_root_received: 300ms
    policies:
      - {name: failures, type: status_code, status_code: {status_codes: [ERROR]}}
      - {name: budget, type: rate_limiting, rate_limiting: {spans_per_second: 300, burst_capacity: 300}}
exporters:
  file: {path: live.jsonl, append: true}
service:
  storage: {directory: journal}
  shutdown_timeout: 1s
  pipelines:
    traces: {receivers: [otlp], processors: [tail_sampling], exporters: [file]}
    logs: {receivers: [otlp], processors: [tail_sampling], exporters: [file]}
extensions: {}
";

/// Whether the trace of a number goes on: its root does not come, so it waits, from life to life, while others are decided.
fn is_long(number: u64) -> bool {
    (number / RECORDS) % 16 == 5
}

/// Whether the trace of a number fails.
fn fails(number: u64) -> bool {
    (number / RECORDS).is_multiple_of(9)
}

fn trace_id(number: u64) -> String {
    // The hash of an id spreads; the id need not.
    format!("{:032x}", (number / RECORDS + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15))
}

/// A request of one record that bears a mark of its own: where to post it, and it.
fn record(number: u64) -> (&'static str, String) {
    let (mark, trace) = (format!("mark-{number:08}"), trace_id(number));
    if number % RECORDS == 3 {
        let record = format!(r#"{{"traceId":"{trace}","timeUnixNano":"1","body":{{"stringValue":"{mark}"}}}}"#);
        return ("/v1/logs", format!(r#"{{"resourceLogs":[{{"scopeLogs":[{{"logRecords":[{record}]}}]}}]}}"#));
    }
    let status = if fails(number) { 2 } else { 0 };
    let parent = if is_long(number) { r#""parentSpanId":"00000000000000ff","# } else { "" };
    let span = format!(
        r#"{{"traceId":"{trace}",{parent}"spanId":"{:016x}","name":"{mark}","startTimeUnixNano":"1","endTimeUnixNano":"2","status":{{"code":{status}}}}}"#,
        number + 1
    );
    ("/v1/traces", format!(r#"{{"resourceSpans":[{{"scopeSpans":[{{"spans":[{span}]}}]}}]}}"#))
}

/// By trace, what was acknowledged of it.
fn traces(acknowledged: &[u64]) -> BTreeMap<u64, Vec<u64>> {
    let mut traces: BTreeMap<u64, Vec<u64>> = BTreeMap::new();
    for number in acknowledged {
        traces.entry(number / RECORDS).or_default().push(*number);
    }
    traces
}

#[test]
fn a_trace_leaves_whole_or_not_at_all_whatever_dies() {
    let crashes = std::env::var("CRASHES").ok().and_then(|count| count.parse().ok()).unwrap_or(CRASHES);
    let folder = TempDir::new().unwrap();
    let next = Arc::new(AtomicU64::new(0));
    let (mut sent, mut copied) = (Vec::new(), 0.0);
    for crash in 0..crashes {
        let mut tollgate = Tollgate::start(&folder, CONFIG);
        let senders = [0, 1].map(|_| {
            let (next, port) = (next.clone(), tollgate.http);
            std::thread::spawn(move || load(port, &next, record))
        });
        // From before the first answer to well past the first decisions.
        std::thread::sleep(Duration::from_micros(crash * 179_193 % 900_000));
        copied += tollgate.metric("tollgate_sampler_compacted_requests_total", &[]);
        tollgate.signal("KILL");
        tollgate.ended();
        sent.extend(senders.into_iter().flat_map(|sender| sender.join().unwrap()));
    }
    assert!(!sent.is_empty(), "none acknowledged");
    let tollgate = Tollgate::start(&folder, CONFIG);
    wait_for("every trace decided", Duration::from_secs(60), || {
        let waits = tollgate.metric("tollgate_sampler_pending_items", &[]);
        let owed = tollgate.metric("tollgate_exporter_pending_items", &[]);
        let unread = tollgate.metric("tollgate_journal_unread_bytes", &[]);
        (waits + owed + unread == 0.0).then_some(())
    });
    copied += tollgate.metric("tollgate_sampler_compacted_requests_total", &[]);
    assert!(copied > 0.0 || crashes < CRASHES, "what waits in old segments is copied");
    let out = folder.path().join("live.jsonl");
    let traces = traces(&sent);
    let settled = || {
        let marks = marks(&out);
        let arrived: BTreeSet<u64> = marks.keys().map(|number| number / RECORDS).collect();
        let due = |trace: &u64| arrived.contains(trace) || fails(trace * RECORDS);
        let holes = traces.iter().filter(|(trace, _)| due(trace)).flat_map(|(_, numbers)| numbers);
        holes.filter(|number| !marks.contains_key(number)).copied().collect::<Vec<u64>>()
    };
    for _ in 0..100 {
        if settled().is_empty() {
            break;
        }
        std::thread::sleep(Duration::from_millis(100));
    }
    assert_eq!(settled(), Vec::<u64>::new(), "of {}\n{}", sent.len(), tollgate.log());
    let marks = marks(&out);
    let kept: BTreeSet<u64> = marks.keys().map(|number| number / RECORDS).collect();
    let twice = marks.values().map(|count| count - 1).sum::<u64>();
    assert!(twice <= crashes * 2 * 64, "{twice} of {} twice", sent.len());
    eprintln!(
        "{crashes} kills, {} acknowledged, {} of {} traces kept, {twice} delivered twice, {copied} requests copied",
        sent.len(),
        kept.len(),
        traces.len()
    );
    for trace in traces.keys().take(20) {
        let said = why(&folder, &trace_id(trace * RECORDS));
        let word = if kept.contains(trace) { "\"sampled\"" } else { "\"not_sampled\"" };
        assert!(said.contains(&format!("\"decision\": {word}")), "{trace}: {said}");
    }
    tollgate.stop();
}

fn why(folder: &TempDir, trace: &str) -> String {
    let journal = folder.path().join("journal");
    let asked = tollgate().args(["why", trace, "--format", "json", "--storage"]).arg(&journal).output().unwrap();
    assert!(asked.status.success(), "{trace}: {}", String::from_utf8_lossy(&asked.stderr));
    String::from_utf8(asked.stdout).unwrap()
}

#[test]
fn a_stop_leaves_what_waits_to_the_next_start() {
    let folder = TempDir::new().unwrap();
    let config = CONFIG.replace("300ms", "3s");
    let first = Tollgate::start(&folder, &config);
    let failing: Vec<u64> = (0..4).collect();
    for number in &failing {
        let (path, body) = record(*number);
        assert_eq!(first.post(path, "application/json", body.as_bytes()).status, 200);
    }
    first.stop();
    let out = folder.path().join("live.jsonl");
    let second = Tollgate::start(&folder, &config);
    wait_for("what waited", Duration::from_secs(30), || (marks(&out).len() == 4).then_some(()));
    second.stop();
    assert!(marks(&out).values().all(|count| *count == 1), "nothing twice");
    let _removed = fs::remove_file(out);
}

#[test]
fn why_says_who_is_owed_what_of_a_kept_trace() {
    let folder = TempDir::new().unwrap();
    let dead = format!("  otlp_http: {{endpoint: 'http://127.0.0.1:{}'}}\nservice:", free_port());
    let config: String = CONFIG.split_inclusive('\n').filter(|line| !line.contains("budget")).collect();
    let config = config.replace("service:", &dead).replace("[file]", "[file, otlp_http]");
    let mut first = Tollgate::start(&folder, &config);
    for number in 0..RECORDS {
        let (path, body) = record(number);
        assert_eq!(first.post(path, "application/json", body.as_bytes()).status, 200);
    }
    // Of a trace that does not fail.
    let (path, body) = record(RECORDS);
    assert_eq!(first.post(path, "application/json", body.as_bytes()).status, 200);
    let out = folder.path().join("live.jsonl");
    wait_for("the trace", Duration::from_secs(30), || (marks(&out).len() as u64 == RECORDS).then_some(()));
    let state = |exporter: &str, settled: bool| format!("\"exporter\": \"{exporter}\",\n      \"settled\": {settled}");
    // The cursor is written down within a second or so.
    wait_for("it to be written", Duration::from_secs(30), || {
        let said = why(&folder, &trace_id(0));
        (said.contains(&state("file", true)) && said.contains(&state("otlp_http", false))).then_some(())
    });
    wait_for("all decided", Duration::from_secs(30), || {
        (first.metric("tollgate_sampler_pending_items", &[]) == 0.0).then_some(())
    });
    first.signal("KILL");
    first.ended();
    let said = why(&folder, &trace_id(0));
    assert!(said.contains(&state("file", true)) && said.contains(&state("otlp_http", false)), "{said}");
    let said = why(&folder, &trace_id(RECORDS));
    assert!(said.contains("\"not_sampled\"") && said.contains("\"deliveries\": []"), "{said}");
}

#[test]
fn an_error_log_that_leaves_at_once_keeps_its_trace_all_the_same() {
    let failures = "{name: failures, type: failure}]\n    always_keep: {severity: ERROR}\n    early_release: false\n";
    let (before, after) = CONFIG.split_once("\n      - {name: failures").unwrap();
    let config = format!("{before} [{failures}{}", after.split_once("burst_capacity: 300}}\n").unwrap().1);
    for (config, dies) in [(config.replace("  storage: {directory: journal}\n", ""), false), (config, true)] {
        let folder = TempDir::new().unwrap();
        let mut tollgate = Tollgate::start(&folder, &config);
        // A trace that does not fail, and goes on; its log comes in a request of its own.
        let numbers = (5 * RECORDS)..(6 * RECORDS);
        for number in numbers.clone() {
            let (path, body) = record(number);
            let body = body.replace("\"timeUnixNano\"", "\"severityNumber\":17,\"timeUnixNano\"");
            assert_eq!(tollgate.post(path, "application/json", body.as_bytes()).status, 200);
        }
        let out = folder.path().join("live.jsonl");
        let log = numbers.end - 1;
        wait_for("the log", Duration::from_secs(4), || marks(&out).contains_key(&log).then_some(()));
        assert_eq!(marks(&out).len(), 1, "the spans wait");
        if dies {
            tollgate.signal("KILL");
            tollgate.ended();
            tollgate = Tollgate::start(&folder, &config);
        }
        wait_for("the trace", Duration::from_secs(30), || (marks(&out).len() as u64 == RECORDS).then_some(()));
        let spans = marks(&out).into_iter().filter(|(number, _)| *number != log || !dies);
        assert!(spans.into_iter().all(|(_, count)| count == 1), "once");
        wait_for("an empty room", Duration::from_secs(30), || {
            (tollgate.metric("tollgate_sampler_pending_items", &[]) == 0.0).then_some(())
        });
        tollgate.stop();
    }
}

#[test]
fn what_waits_on_disk_is_redacted_wherever_the_file_lists_the_redaction() {
    let folder = TempDir::new().unwrap();
    let config = CONFIG
        .replace("processors:\n", "processors:\n  redaction:\n")
        .replace("processors: [tail_sampling]", "processors: [tail_sampling, redaction]")
        .replace("300ms", "1h")
        .replace("5s", "1h");
    let tollgate = Tollgate::start(&folder, &config);
    for number in 0..4 {
        let (path, body) = record(number);
        let body = body.replace("mark-", "jane.doe@example.com mark-");
        assert_eq!(tollgate.post(path, "application/json", body.as_bytes()).status, 200);
    }
    wait_for("all four waiting", Duration::from_secs(30), || {
        (tollgate.metric("tollgate_sampler_pending_items", &[]) == 4.0).then_some(())
    });
    let log = tollgate.stop();
    assert!(log.contains("W006"), "{log}");
    let mut seen = 0;
    for entry in fs::read_dir(folder.path().join("journal")).unwrap() {
        let bytes = fs::read(entry.unwrap().path()).unwrap();
        let has = |text: &[u8]| bytes.windows(text.len()).filter(|window| *window == text).count();
        assert_eq!(has(b"jane.doe"), 0, "unredacted in the journal");
        seen += has(b"[EMAIL_ADDRESS] mark-");
    }
    assert_eq!(seen, 4, "all four wait there");
}
