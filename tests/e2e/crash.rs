//! Scenario: the process is killed, again and again, under load of spans, logs and metrics, with one destination dead.
//! Guarantee: everything acknowledged reaches every destination, whatever died in between; a graceful stop keeps as much.
//!
//! `CRASHES=200 cargo test --test e2e crash` for as many ends.

use std::collections::BTreeMap;
use std::fs;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use tempfile::TempDir;

use crate::stage::{Tollgate, free_port, wait_for};
use crate::traffic::traces;

const PROTOBUF: &str = "application/x-protobuf";

/// Kills where nothing else is asked for.
const CRASHES: u64 = 8;

fn config(dead: u16, storage: &str) -> String {
    format!(
        "
exporters:
  otlp_grpc/dead:
    endpoint: 127.0.0.1:{dead}
    tls: {{insecure: true}}
    retry_on_failure: {{initial_interval: 50ms, max_interval: 100ms}}
  file/live: {{path: live.jsonl, append: true}}
service:
  storage: {storage}
  shutdown_timeout: 1s
  pipelines:
    traces: {{receivers: [otlp], exporters: [otlp_grpc/dead, file/live]}}
    logs: {{receivers: [otlp], exporters: [otlp_grpc/dead, file/live]}}
    metrics: {{receivers: [otlp], exporters: [otlp_grpc/dead, file/live]}}
extensions: {{}}
"
    )
}

fn sink(folder: &TempDir, port: u16) -> Tollgate {
    let into_file = "
exporters: {file: {path: late.jsonl}}
service:
  pipelines:
    traces: {receivers: [otlp], exporters: [file]}
    logs: {receivers: [otlp], exporters: [file]}
    metrics: {receivers: [otlp], exporters: [file]}
extensions: {}
";
    Tollgate::start_on(folder, port, into_file)
}

/// A request of one record that bears a mark of its own: where to post it, and it.
fn marked(number: u64) -> (&'static str, String) {
    let mark = format!("mark-{number:08}");
    match number % 3 {
        0 => {
            let span = format!(r#"{{"traceId":"{:032x}","spanId":"{:016x}","name":"{mark}"}}"#, number + 1, number + 1);
            ("/v1/traces", format!(r#"{{"resourceSpans":[{{"scopeSpans":[{{"spans":[{span}]}}]}}]}}"#))
        }
        1 => {
            let record = format!(r#"{{"timeUnixNano":"1","body":{{"stringValue":"{mark}"}}}}"#);
            ("/v1/logs", format!(r#"{{"resourceLogs":[{{"scopeLogs":[{{"logRecords":[{record}]}}]}}]}}"#))
        }
        _ => {
            let metric =
                format!(r#"{{"name":"{mark}","gauge":{{"dataPoints":[{{"timeUnixNano":"1","asInt":"1"}}]}}}}"#);
            ("/v1/metrics", format!(r#"{{"resourceMetrics":[{{"scopeMetrics":[{{"metrics":[{metric}]}}]}}]}}"#))
        }
    }
}

/// Whether a request was answered 200: no answer is none, for the process may be gone.
fn acknowledged(port: u16, (path, body): (&str, String)) -> Option<bool> {
    let mut stream = TcpStream::connect(("127.0.0.1", port)).ok()?;
    let head = format!(
        "POST {path} HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: {}\r\nconnection: close\r\n\r\n",
        body.len()
    );
    stream.write_all(&[head.as_bytes(), body.as_bytes()].concat()).ok()?;
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).ok()?;
    if answer.is_empty() { None } else { Some(answer.starts_with(b"HTTP/1.1 200")) }
}

/// Sends requests that `made` makes of numbers until the process is gone; what was acknowledged.
pub(crate) fn load(port: u16, next: &AtomicU64, made: fn(u64) -> (&'static str, String)) -> Vec<u64> {
    let mut acknowledged_ones = Vec::new();
    loop {
        let number = next.fetch_add(1, Ordering::Relaxed);
        match acknowledged(port, made(number)) {
            Some(true) => acknowledged_ones.push(number),
            Some(false) => {}
            None => return acknowledged_ones,
        }
    }
}

/// How often each mark is in a file; a line that the end of a process cut off counts for what is whole in it.
pub(crate) fn marks(path: &Path) -> BTreeMap<u64, u64> {
    let text = fs::read_to_string(path).unwrap_or_default();
    let mut marks = BTreeMap::new();
    for mark in text.split("mark-").skip(1).filter_map(|rest| rest.get(..8)?.parse::<u64>().ok()) {
        *marks.entry(mark).or_default() += 1;
    }
    marks
}

fn missing(acknowledged: &[u64], marks: &BTreeMap<u64, u64>) -> Vec<u64> {
    acknowledged.iter().copied().filter(|number| !marks.contains_key(number)).collect()
}

fn pays(tollgate: &Tollgate) {
    wait_for("nothing owed", Duration::from_secs(60), || {
        (tollgate.metric("tollgate_exporter_pending_items", &[]) == 0.0).then_some(())
    });
}

#[test]
fn nothing_acknowledged_is_lost_by_being_killed() {
    let crashes = std::env::var("CRASHES").ok().and_then(|count| count.parse().ok()).unwrap_or(CRASHES);
    let (folder, other, port) = (TempDir::new().unwrap(), TempDir::new().unwrap(), free_port());
    let config = config(port, "{directory: journal}");
    let next = Arc::new(AtomicU64::new(0));
    let mut sent = Vec::new();
    for crash in 0..crashes {
        let mut tollgate = Tollgate::start(&folder, &config);
        let senders = [0, 1].map(|_| {
            let (next, port) = (next.clone(), tollgate.http);
            std::thread::spawn(move || load(port, &next, marked))
        });
        // From before the first answer to well into the load.
        std::thread::sleep(Duration::from_micros(crash * 79_193 % 250_000));
        tollgate.signal("KILL");
        tollgate.ended();
        sent.extend(senders.into_iter().flat_map(|sender| sender.join().unwrap()));
    }
    assert!(!sent.is_empty(), "none acknowledged");
    let revived = sink(&other, port);
    let tollgate = Tollgate::start(&folder, &config);
    let files = [folder.path().join("live.jsonl"), other.path().join("late.jsonl")];
    // What was found is counted in its turn, so an account that is closed may not be the last.
    let left = || files.each_ref().map(|file| missing(&sent, &marks(file)));
    for _ in 0..600 {
        if left().iter().all(Vec::is_empty) {
            break;
        }
        std::thread::sleep(Duration::from_millis(100));
    }
    assert_eq!(left(), [Vec::<u64>::new(), Vec::new()], "of {} acknowledged\n{}", sent.len(), tollgate.log());
    pays(&tollgate);
    pays(&revived);
    let [live, late] = files.map(|file| marks(&file));
    let twice = |marks: &BTreeMap<u64, u64>| marks.values().map(|count| count - 1).sum::<u64>();
    // Only what was in flight when the process was killed: of a file, one request at a time for each signal.
    assert!(twice(&live) <= crashes * 3 * 8, "{} of {} twice", twice(&live), sent.len());
    eprintln!("{crashes} kills, {} acknowledged, {} and {} delivered twice", sent.len(), twice(&live), twice(&late));
    tollgate.stop();
}

#[test]
fn a_graceful_stop_keeps_what_it_cannot_deliver() {
    let (folder, other, port) = (TempDir::new().unwrap(), TempDir::new().unwrap(), free_port());
    let config = config(port, "{directory: journal, durability: disk, max_size: 64MiB}");
    let tollgate = Tollgate::start(&folder, &config);
    for batch in 0..20 {
        assert_eq!(tollgate.post("/v1/traces", PROTOBUF, &traces(batch, 10)).status, 200);
    }
    let log = tollgate.stop();
    assert!(log.contains("kept in the journal") && log.contains("200"), "{log}");
    let revived = sink(&other, port);
    let tollgate = Tollgate::start(&folder, &config);
    let late = other.path().join("late.jsonl");
    wait_for("what was kept", Duration::from_secs(60), || (crate::stage::spans_in(&late) == 200).then_some(()));
    pays(&tollgate);
    pays(&revived);
    assert_eq!(tollgate.metric("tollgate_exporter_recovered_items_total", &["dead"]), 200.0);
    assert_eq!(tollgate.metric("tollgate_exporter_sent_items_total", &["dead"]), 200.0);
    assert_eq!(crate::stage::spans_in(&late), 200);
}

#[test]
fn a_folder_serves_one_process() {
    let folder = TempDir::new().unwrap();
    let _first = Tollgate::start(&folder, &config(free_port(), "{directory: journal}"));
    let door = |protocol| format!("receivers.otlp.protocols.{protocol}.endpoint=127.0.0.1:{}", free_port());
    let second = crate::stage::tollgate()
        .args(["run", "--config", "tollgate.yaml", "--set", &door("grpc"), "--set", &door("http")])
        .current_dir(folder.path())
        .output()
        .unwrap();
    let log = String::from_utf8_lossy(&second.stderr);
    assert!(!second.status.success() && log.contains("journal: another process uses this folder"), "{log}");
}
