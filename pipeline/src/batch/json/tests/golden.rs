//! Scenario: the documents of `testdata/*.sent.jsonl` were posted as JSON to a Collector 0.159.0 whose file exporter wrote
//! `testdata/*.collector.jsonl`, line by line. (To make them anew: `tests/backends/collector.sh`, an `otlp` receiver and a
//! `file` exporter for each signal. The receiver passes no request without records on, so none is among them.)
//! Guarantees: read and written here, each document is the Collector's line byte for byte; so is each of its lines.

use super::{read_free, write_new};
use crate::Signal;

#[track_caller]
fn check(signal: Signal, sent: &str, written: &str) {
    assert_eq!(sent.lines().count(), written.lines().count());
    for (sent, written) in sent.lines().zip(written.lines()) {
        for json in [sent, written] {
            let wire = read_free(signal, json.as_bytes()).unwrap_or_else(|error| panic!("{json}: {error}"));
            assert_eq!(write_new(signal, &wire), written);
        }
    }
}

#[test]
fn traces_are_the_collectors() {
    check(
        Signal::Traces,
        include_str!("../testdata/traces.sent.jsonl"),
        include_str!("../testdata/traces.collector.jsonl"),
    );
}

#[test]
fn logs_are_the_collectors() {
    check(Signal::Logs, include_str!("../testdata/logs.sent.jsonl"), include_str!("../testdata/logs.collector.jsonl"));
}

#[test]
fn metrics_are_the_collectors() {
    check(
        Signal::Metrics,
        include_str!("../testdata/metrics.sent.jsonl"),
        include_str!("../testdata/metrics.collector.jsonl"),
    );
}
