//! Scenario: one destination is dead, another lives; then the dead one comes back.
//! Guarantee: the live one is unaffected, nothing accepted is lost, bounds hold and are counted.

use std::time::Duration;

use tempfile::TempDir;

use crate::stage::{Tollgate, free_port, spans_in, wait_for};
use crate::traffic::traces;

const PROTOBUF: &str = "application/x-protobuf";

fn dead_and_live(dead: u16, queue: &str) -> String {
    format!(
        "
exporters:
  otlp_grpc/dead:
    endpoint: 127.0.0.1:{dead}
    tls: {{insecure: true}}
    retry_on_failure: {{initial_interval: 100ms, max_interval: 200ms}}
    sending_queue: {queue}
  file/live: {{path: live.jsonl}}
service:
  shutdown_timeout: 1s
  pipelines:
    traces: {{receivers: [otlp], exporters: [otlp_grpc/dead, file/live]}}
extensions: {{}}
"
    )
}

#[test]
fn a_dead_destination_leaves_the_live_one_alone() {
    let folder = TempDir::new().unwrap();
    let tollgate = Tollgate::start(&folder, &dead_and_live(free_port(), "{max_bytes: 1GiB}"));
    for batch in 0..50 {
        assert_eq!(tollgate.post("/v1/traces", PROTOBUF, &traces(batch, 20)).status, 200);
    }
    let live = folder.path().join("live.jsonl");
    wait_for("every span in the live file", Duration::from_secs(20), || (spans_in(&live) == 1000).then_some(()));
    assert_eq!(tollgate.metric("tollgate_exporter_pending_items", &["dead"]), 1000.0);
    assert_eq!(tollgate.metric("tollgate_exporter_sent_items_total", &["live"]), 1000.0);
    wait_for("a retry", Duration::from_secs(10), || {
        (tollgate.metric("tollgate_exporter_retries_total", &["dead"]) > 0.0).then_some(())
    });
}

#[test]
fn what_was_owed_to_a_dead_destination_arrives_when_it_lives() {
    let folder = TempDir::new().unwrap();
    let port = free_port();
    let tollgate = Tollgate::start(&folder, &dead_and_live(port, "{max_bytes: 1GiB}"));
    for batch in 0..5 {
        assert_eq!(tollgate.post("/v1/traces", PROTOBUF, &traces(batch, 20)).status, 200);
    }
    let other = TempDir::new().unwrap();
    let into_file = "
exporters: {file: {path: late.jsonl}}
service: {pipelines: {traces: {receivers: [otlp], exporters: [file]}}}
extensions: {}
";
    let revived = Tollgate::start_on(&other, port, into_file);
    let late = other.path().join("late.jsonl");
    wait_for("the owed spans", Duration::from_secs(20), || (spans_in(&late) == 100).then_some(()));
    wait_for("a closed account", Duration::from_secs(5), || {
        (tollgate.metric("tollgate_exporter_pending_items", &["dead"]) == 0.0).then_some(())
    });
    assert_eq!(tollgate.metric("tollgate_exporter_sent_items_total", &["dead"]), 100.0);
    revived.stop();
}

#[test]
fn past_its_bound_a_dead_destination_gives_up_its_own_oldest_and_the_ledger_adds_up() {
    let folder = TempDir::new().unwrap();
    let tollgate = Tollgate::start(&folder, &dead_and_live(free_port(), "{max_bytes: 20KB}"));
    for batch in 0..50 {
        assert_eq!(tollgate.post("/v1/traces", PROTOBUF, &traces(batch, 20)).status, 200);
    }
    let of = |name: &str, exporter: &str| tollgate.metric(&format!("tollgate_exporter_{name}"), &[exporter]);
    let (expired, pending) = (of("expired_items_total", "dead"), of("pending_items", "dead"));
    assert!(expired > 0.0 && pending > 0.0, "expired {expired}, pending {pending}");
    assert_eq!(of("received_items_total", "dead"), expired + pending);
    let bytes = of("pending_bytes", "dead");
    assert!(bytes <= 20_000.0, "{bytes} bytes are owed, over the bound");
    assert_eq!(of("expired_items_total", "live"), 0.0);
}

#[test]
fn a_destination_that_blocks_on_overflow_refuses_upstream_with_a_hint() {
    let folder = TempDir::new().unwrap();
    let tollgate = Tollgate::start(&folder, &dead_and_live(free_port(), "{max_bytes: 20KB, block_on_overflow: true}"));
    let refused = (0..50)
        .map(|batch| tollgate.post("/v1/traces", PROTOBUF, &traces(batch, 20)))
        .find(|answer| answer.status != 200);
    let refused = refused.expect("the queue is full before 1000 spans");
    assert_eq!((refused.status, refused.header("retry-after")), (503, Some("1")));
    assert_eq!(tollgate.metric("tollgate_exporter_expired_items_total", &["dead"]), 0.0);
}
