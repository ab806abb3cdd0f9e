//! Scenario: traces of one size come for some seconds, far more than policies with limits let through, to the real
//! Collector and to us, with `compat: contrib` and without.
//! Guarantee: what is kept in all differs by no more than a burst. Which traces those are is chance there. Bytes are
//! those of resources too with `compat: contrib` only.

use std::thread;
use std::time::Duration;

use serde_json::{Value as Json, json};
use tempfile::TempDir;

use super::traces::Dice;
use super::{kept, sections};
use crate::backends::{Collector, required};
use crate::http;
use crate::sections::file;
use crate::stage::Tollgate;

/// Spans of a trace.
const SPANS: u64 = 4;
/// Requests, traces in each, and how long after one another they come, milliseconds.
const REQUESTS: usize = 60;
const TRACES: usize = 10;
const PAUSE: u64 = 100;

/// A name, the policy, and a burst in spans.
const BLOCKS: &[(&str, &str, usize)] = &[
    ("rate", "type: rate_limiting, rate_limiting: {spans_per_second: 60}", 120),
    ("rate_burst", "type: rate_limiting, rate_limiting: {spans_per_second: 60, burst_capacity: 200}", 200),
    ("rate_closed", "type: rate_limiting, rate_limiting: {spans_per_second: 60, burst_capacity: 3}", 0),
    ("bytes", "type: bytes_limiting, bytes_limiting: {bytes_per_second: 120000}", 80),
    ("bytes_burst", "type: bytes_limiting, bytes_limiting: {bytes_per_second: 100000, burst_capacity: 400000}", 138),
    (
        "rate_of_some",
        "type: and, and: {and_sub_policy: [{name: a, type: probabilistic, probabilistic: {sampling_percentage: 50}}, {name: b, type: rate_limiting, rate_limiting: {spans_per_second: 60}}]}",
        120,
    ),
    (
        "composite",
        "type: composite, composite: {max_total_spans_per_second: 100, composite_sub_policy: [{name: a, type: always_sample}], rate_allocation: [{policy: a, percent: 61}]}",
        // A tick that comes a little early falls into the second of the one before.
        240,
    ),
];

/// A request with traces of one size, about 12 KB each, of which 4 KB are their resource's.
fn request(dice: &mut Dice, at: usize) -> Json {
    let span = |trace: &str, number: usize| {
        json!({"traceId": trace, "spanId": format!("{number:016x}"), "name": "s",
            "startTimeUnixNano": "1790000000000000000", "endTimeUnixNano": "1790000000000000001",
            "attributes": [{"key": "payload", "value": {"stringValue": "x".repeat(1900)}}]})
    };
    let mut spans = Vec::new();
    for number in 0..TRACES {
        let trace = dice.trace_id();
        spans.extend((0..SPANS as usize).map(|more| span(&trace, (at * TRACES + number) * 10 + more + 1)));
    }
    let resource = json!({"attributes": [{"key": "payload", "value": {"stringValue": "x".repeat(4000)}}]});
    json!({"resourceSpans": [{"resource": resource, "scopeSpans": [{"spans": spans}]}]})
}

fn send(port: u16) {
    let mut dice = Dice(7);
    for at in 0..REQUESTS {
        let body = request(&mut dice, at).to_string();
        assert_eq!(http::post(port, "/v1/traces", "application/json", body.as_bytes()).status, 200);
        thread::sleep(Duration::from_millis(PAUSE));
    }
    thread::sleep(Duration::from_secs(3));
}

#[test]
fn limits_keep_as_much() {
    let Some(binary) = required("COLLECTOR", "tests/backends/collector.sh") else { return };
    let folders: [TempDir; 3] = std::array::from_fn(|_| TempDir::new().unwrap());
    let block = |policy: &str| format!("decision_wait: 1s\npolicies: [{{name: p, {policy}}}]");
    let blocks: Vec<(&str, String)> = BLOCKS.iter().map(|(name, policy, _)| (*name, block(policy))).collect();
    let sections = sections(&blocks);
    let theirs = Collector::start_with(&binary, &folders[0], &sections.collector(&folders[0]));
    let contrib = Tollgate::start(&folders[1], &sections.yaml(&folders[1], "contrib", "    compat: contrib"));
    let plain = Tollgate::start(&folders[2], &sections.yaml(&folders[2], "plain", ""));
    thread::scope(|scope| {
        for port in [theirs.http, contrib.http, plain.http] {
            scope.spawn(move || send(port));
        }
    });
    contrib.stop();
    plain.stop();
    theirs.stop();
    let mut failed = Vec::new();
    for (name, _, burst) in BLOCKS {
        let spans = [(0, "theirs"), (1, "contrib"), (2, "plain")]
            .map(|(at, side)| kept(&file(&folders[at], side, name)).values().sum::<usize>());
        let compared = if name.starts_with("bytes") { &spans[1..2] } else { &spans[1..] };
        if compared.iter().any(|ours| ours.abs_diff(spans[0]) > *burst) {
            failed.push(format!("{name}: theirs, ours with compat and without it keep {spans:?} spans"));
        }
    }
    assert!(failed.is_empty(), "{failed:#?}");
}
