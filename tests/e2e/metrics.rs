//! Scenario: a scrape of a process that has seen no traffic, and of one that has.
//! Guarantee: every series is there from the start at zero; names and labels are those of the golden
//! file, so that a rename fails here before it empties a dashboard; the ledger adds up.

use std::collections::BTreeSet;
use std::time::Duration;

use tempfile::TempDir;

use crate::http;
use crate::stage::{Tollgate, wait_for};
use crate::traffic::{logs, traces};

const TWO_SIGNALS: &str = "
exporters: {file: {path: out.jsonl}}
service:
  pipelines:
    traces: {receivers: [otlp], exporters: [file]}
    logs: {receivers: [otlp], exporters: [file]}
extensions: {}
";

fn scrape(tollgate: &Tollgate) -> String {
    let answer = http::get(tollgate.metrics, "/metrics");
    assert!(answer.header("content-type").unwrap().starts_with("application/openmetrics-text"));
    String::from_utf8(answer.body).unwrap()
}

/// Series names with their labels, without values.
fn series(text: &str) -> BTreeSet<String> {
    let name = |line: &str| line.rsplit_once(' ').map(|(name, _)| name.replace(env!("CARGO_PKG_VERSION"), "VERSION"));
    text.lines().filter(|line| !line.starts_with('#')).filter_map(name).collect()
}

const SAMPLED: &str = "
processors:
  tail_sampling:
    decision_wait: 1h
    policies: [{name: failures, type: failure}, {name: rest, type: probabilistic, probabilistic: {sampling_percentage: 10}}]
exporters: {file: {path: out.jsonl}}
service:
  pipelines:
    traces: {receivers: [otlp], processors: [tail_sampling], exporters: [file]}
    logs: {receivers: [otlp], processors: [tail_sampling], exporters: [file]}
extensions: {}
";

#[test]
fn names_and_labels_of_a_sampler_are_those_of_the_golden_file() {
    let folder = TempDir::new().unwrap();
    let tollgate = Tollgate::start(&folder, SAMPLED);
    let of_samplers =
        |text: &str| -> BTreeSet<String> { series(text).into_iter().filter(|name| name.contains("sampl")).collect() };
    let fresh = of_samplers(&scrape(&tollgate));
    insta::assert_snapshot!("sampler", fresh.iter().cloned().collect::<Vec<_>>().join("\n"));
    assert_eq!(tollgate.post("/v1/traces", "application/x-protobuf", &traces(1, 5)).status, 200);
    assert_eq!(of_samplers(&scrape(&tollgate)), fresh, "traffic adds no series");
    // A request is answered before the sampler has looked at it.
    let waiting = || Some(tollgate.metric("tollgate_sampler_pending_items", &["traces"])).filter(|items| *items == 5.0);
    wait_for("five spans to wait", Duration::from_secs(10), waiting);
}

#[test]
fn names_and_labels_are_those_of_the_golden_file() {
    let folder = TempDir::new().unwrap();
    let tollgate = Tollgate::start(&folder, TWO_SIGNALS);
    let fresh = scrape(&tollgate);
    let all: Vec<_> = series(&fresh).into_iter().collect();
    insta::assert_snapshot!("metrics", all.join("\n"));
    assert_eq!(tollgate.post("/v1/traces", "application/x-protobuf", &traces(1, 5)).status, 200);
    assert_eq!(series(&scrape(&tollgate)), series(&fresh), "traffic adds no series");
}

#[test]
fn the_ledger_adds_up() {
    let folder = TempDir::new().unwrap();
    let tollgate = Tollgate::start(&folder, TWO_SIGNALS);
    for batch in 0..20 {
        assert_eq!(tollgate.post("/v1/traces", "application/x-protobuf", &traces(batch, 7)).status, 200);
        assert_eq!(tollgate.post("/v1/logs", "application/x-protobuf", &logs(3)).status, 200);
    }
    for (signal, records) in [("traces", 140.0), ("logs", 60.0)] {
        let label = format!("signal=\"{signal}\"");
        let of = |name: &str| tollgate.metric(&format!("tollgate_{name}"), &[&label]);
        assert_eq!(of("receiver_accepted_items_total"), records);
        assert_eq!(of("exporter_received_items_total"), records);
        let settled =
            of("exporter_sent_items_total") + of("exporter_rejected_items_total") + of("exporter_expired_items_total");
        assert!(settled + of("exporter_pending_items") <= records + 0.5, "read at slightly different times");
    }
}
