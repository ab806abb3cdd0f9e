//! Scenario: generated traces go through the real Collector with a `tail_sampling` block and through us with the same
//! block, with `compat: contrib` and without, each with a file exporter.
//! Guarantee: with it, every block keeps the same spans, as often; without it too, but for the blocks that say why not.

mod blocks;
mod traces;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};
use std::thread;
use std::time::{Duration, Instant};

use tempfile::TempDir;

use crate::backends::{Collector, required};
use crate::http;
use crate::stage::Tollgate;
use blocks::{Block, COMBINED, SIMPLE, WAIT};
use traces::Traffic;

/// Each span that is kept, by the ids of trace and span, with how often.
type Kept = BTreeMap<(String, String), usize>;

fn file(folder: &TempDir, side: &str, name: &str) -> PathBuf {
    folder.path().join(format!("{side}-{name}.jsonl"))
}

/// From `exporters:` on, a pipeline for each of the blocks, by name, with what `own` adds to it.
fn sections(folder: &TempDir, side: &str, blocks: &[(&str, String)], own: &str) -> String {
    let mut text = String::from("exporters:\n");
    for (name, _) in blocks {
        let _infallible = writeln!(text, "  file/{name}: {{path: {}}}", file(folder, side, name).display());
    }
    text.push_str("processors:\n");
    for (name, block) in blocks {
        let block = block.trim_matches('\n').replace('\n', "\n    ");
        let _infallible = writeln!(text, "  tail_sampling/{name}:\n    {block}\n{own}");
    }
    text.push_str("service:\n  pipelines:\n");
    for (name, _) in blocks {
        let _infallible = writeln!(
            text,
            "    traces/{name}: {{receivers: [otlp], processors: [tail_sampling/{name}], exporters: [file/{name}]}}"
        );
    }
    text
}

/// The Collector with these blocks.
fn collector(binary: &Path, folder: &TempDir, blocks: &[(&str, String)]) -> Collector {
    let own = "  telemetry: {metrics: {level: none}, logs: {level: error}}\n  pipelines:\n";
    let receivers = "
receivers:
  otlp:
    protocols:
      grpc: {endpoint: '127.0.0.1:${env:COLLECTOR_GRPC_PORT}'}
      http: {endpoint: '127.0.0.1:${env:COLLECTOR_HTTP_PORT}'}
";
    let sections = sections(folder, "theirs", blocks, "").replace("  pipelines:\n", own);
    let path = folder.path().join("collector.yaml");
    fs::write(&path, format!("{receivers}{sections}")).unwrap();
    Collector::start_with(binary, folder, &path)
}

/// Sends everything: each wave within the wait of its traces, and the last when all others are decided.
fn send(port: u16, traffic: &Traffic) {
    let post = |request: &serde_json::Value| {
        assert_eq!(http::post(port, "/v1/traces", "application/json", request.to_string().as_bytes()).status, 200);
    };
    let send = |wave: &Vec<serde_json::Value>| {
        let began = Instant::now();
        wave.iter().for_each(post);
        let took = began.elapsed().as_secs();
        assert!(took < WAIT - 1, "this machine takes {took}s for a wave, which is decided after {WAIT}s");
    };
    traffic.waves.iter().for_each(send);
    thread::sleep(Duration::from_secs(WAIT + 3));
    send(&traffic.last);
}

/// What a file exporter wrote, by a scan: the text of half a million spans takes a parser too long.
fn kept(path: &Path) -> Kept {
    let mut kept = Kept::new();
    let text = fs::read_to_string(path).unwrap_or_default();
    for (at, found) in text.match_indices("\"spanId\":\"") {
        let span = &text[at + found.len()..][..16];
        let before = &text[..at];
        let trace = before.strip_suffix("\",").map_or("", |before| &before[before.len() - 32..]);
        // Both leave out, or leave empty, the id of a span without a trace.
        let trace = if trace.bytes().all(|byte| byte.is_ascii_hexdigit()) { trace } else { "" };
        *kept.entry((trace.to_owned(), span.to_owned())).or_default() += 1;
    }
    kept
}

/// What differs, with the spans of a trace that does; empty: nothing.
fn differences(theirs: &Kept, ours: &Kept, sent: &Traffic) -> String {
    let odd: BTreeSet<&str> = theirs
        .iter()
        .chain(ours)
        .filter(|(ids, _)| theirs.get(ids) != ours.get(ids))
        .map(|((trace, _), _)| trace.as_str())
        .collect();
    if odd.is_empty() {
        return String::new();
    }
    let mut text = format!("{} traces; of {} spans we keep {}\n", odd.len(), theirs.len(), ours.len());
    for trace in odd.iter().take(3) {
        let of = |kept: &Kept| kept.iter().filter(|((id, _), _)| id == trace).map(|(_, often)| often).sum::<usize>();
        let _infallible = writeln!(text, "  {trace}: theirs {}, ours {}", of(theirs), of(ours));
        for span in spans(sent, trace).iter().take(8) {
            let _infallible = writeln!(text, "    {span}");
        }
    }
    text
}

/// The spans of a trace in the order of their sending, each with its resource.
fn spans(sent: &Traffic, trace: &str) -> Vec<String> {
    let mut found = Vec::new();
    for (wave, request) in
        sent.waves.iter().chain([&sent.last]).enumerate().flat_map(|(at, wave)| wave.iter().map(move |r| (at, r)))
    {
        for resource in request["resourceSpans"].as_array().unwrap() {
            let scopes = resource["scopeSpans"].as_array().unwrap();
            for span in scopes.iter().flat_map(|scope| scope["spans"].as_array().unwrap()) {
                if span["traceId"] == trace {
                    let line: String =
                        format!("wave {wave}: {} {span}", resource["resource"]).chars().take(500).collect();
                    found.push(line);
                }
            }
        }
    }
    found
}

#[test]
fn simple_policies_keep_the_same_spans() {
    compare(SIMPLE);
}

#[test]
fn combined_policies_keep_the_same_spans() {
    compare(COMBINED);
}

fn compare(all: &[Block]) {
    let Some(binary) = required("COLLECTOR", "tests/backends/collector.sh") else { return };
    let folders: [TempDir; 3] = std::array::from_fn(|_| TempDir::new().unwrap());
    let blocks: Vec<(&str, String)> = all.iter().map(|block| (block.name, block.yaml())).collect();
    let theirs = collector(&binary, &folders[0], &blocks);
    let contrib = Tollgate::start(&folders[1], &sections(&folders[1], "contrib", &blocks, "    compat: contrib"));
    let plain = Tollgate::start(&folders[2], &sections(&folders[2], "plain", &blocks, ""));
    let traffic = traces::all();
    thread::scope(|scope| {
        for port in [theirs.http, contrib.http, plain.http] {
            let traffic = &traffic;
            scope.spawn(move || send(port, traffic));
        }
    });
    contrib.stop();
    plain.stop();
    theirs.stop();
    let mut failed = String::new();
    for block in all {
        let [theirs, contrib, plain] =
            [(0, "theirs"), (1, "contrib"), (2, "plain")].map(|(at, side)| kept(&file(&folders[at], side, block.name)));
        let said = differences(&theirs, &contrib, &traffic);
        if !said.is_empty() {
            let _infallible = writeln!(failed, "{} with compat: {said}", block.name);
        }
        // Without it, what belongs to no trace is not sampled.
        let of_traces = |kept: Kept| kept.into_iter().filter(|((trace, _), _)| !is_none(trace)).collect::<Kept>();
        let said = differences(&of_traces(theirs), &of_traces(plain), &traffic);
        match (said.is_empty(), block.differs.is_empty()) {
            (false, true) => writeln!(failed, "{} without compat: {said}", block.name).unwrap_or_default(),
            (true, false) => writeln!(failed, "{} without compat is the same now", block.name).unwrap_or_default(),
            _ => {}
        }
    }
    assert!(failed.is_empty(), "{failed}");
}

fn is_none(trace: &str) -> bool {
    trace.bytes().all(|byte| byte == b'0')
}
