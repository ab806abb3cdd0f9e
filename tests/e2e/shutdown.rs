//! Scenario: a signal while requests are owed.
//! Guarantee: what was accepted is delivered before the end, or named as lost; a second signal ends it at once.

use std::time::Duration;

use tempfile::TempDir;

use crate::http;
use crate::stage::{Tollgate, free_port, listens, spans_in, wait_for};
use crate::traffic::traces;

const PROTOBUF: &str = "application/x-protobuf";

#[test]
fn what_was_accepted_is_delivered_before_the_end() {
    let folder = TempDir::new().unwrap();
    let lazy = "
exporters:
  file: {path: out.jsonl, sending_queue: {batch: {min_size: 100000, max_size: 100000, flush_timeout: 10m}}}
service: {pipelines: {traces: {receivers: [otlp], exporters: [file]}}}
extensions: {}
";
    let tollgate = Tollgate::start(&folder, lazy);
    for batch in 0..10 {
        assert_eq!(tollgate.post("/v1/traces", PROTOBUF, &traces(batch, 30)).status, 200);
    }
    tollgate.stop();
    assert_eq!(spans_in(&folder.path().join("out.jsonl")), 300);
}

fn to_nowhere(timeout: &str) -> String {
    format!(
        "
exporters: {{otlp_grpc: {{endpoint: '127.0.0.1:{}', tls: {{insecure: true}}}}}}
service: {{shutdown_timeout: {timeout}, pipelines: {{traces: {{receivers: [otlp], exporters: [otlp_grpc]}}}}}}
extensions: {{}}
",
        free_port()
    )
}

#[test]
fn past_the_deadline_what_is_lost_is_counted_and_the_exit_says_so() {
    let folder = TempDir::new().unwrap();
    let mut tollgate = Tollgate::start(&folder, &to_nowhere("300ms"));
    assert_eq!(tollgate.post("/v1/traces", PROTOBUF, &traces(1, 30)).status, 200);
    tollgate.signal("TERM");
    assert_eq!(tollgate.ended().code(), Some(1));
    let log = tollgate.log();
    assert!(log.contains("lost at shutdown") && log.contains("30"), "{log}");
}

#[test]
fn a_second_signal_ends_it_at_once() {
    let folder = TempDir::new().unwrap();
    let mut tollgate = Tollgate::start(&folder, &to_nowhere("10m"));
    assert_eq!(tollgate.post("/v1/traces", PROTOBUF, &traces(1, 30)).status, 200);
    tollgate.signal("TERM");
    wait_for("the door to close", Duration::from_secs(10), || (!listens(tollgate.http)).then_some(()));
    assert_eq!(http::get(tollgate.health, "/ready").status, 503, "unready while it drains");
    tollgate.signal("INT");
    assert_eq!(tollgate.ended().code(), Some(1), "ended within the wait, though ten minutes were allowed");
}

#[test]
fn an_idle_process_stops_cleanly() {
    let folder = TempDir::new().unwrap();
    let log = Tollgate::start(&folder, &to_nowhere("10s")).stop();
    assert!(log.contains("everything accepted was settled"), "{log}");
}
