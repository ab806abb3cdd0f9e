//! Scenario: generated traces go through the real Collector with a `tail_sampling` block and through us with the same
//! block, with `compat: contrib` and without, each with a file exporter.
//! Guarantee: with it, every block keeps the same spans, as often; without it too, but for the blocks that say why not.

mod blocks;
mod limits;
mod traces;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::fs;
use std::path::Path;
use std::thread;
use std::time::{Duration, Instant};

use tempfile::TempDir;

use crate::backends::{Collector, required};
use crate::http;
use crate::sections::{Sections, file};
use crate::stage::Tollgate;
use blocks::{Block, COMBINED, SIMPLE, WAIT};
use traces::Traffic;

/// Each span that is kept, by the ids of trace and span, with how often.
type Kept = BTreeMap<(String, String), usize>;

/// The configuration of these blocks.
fn sections<'a>(blocks: &'a [(&'a str, String)]) -> Sections<'a> {
    Sections { processor: "tail_sampling", signals: &["traces"], blocks }
}

/// Sends everything: each wave within the wait of its traces, and what is late when those are decided.
fn send(port: u16, traffic: &Traffic) {
    let post = |request: &serde_json::Value| {
        assert_eq!(http::post(port, "/v1/traces", "application/json", request.to_string().as_bytes()).status, 200);
    };
    let in_time = |wave: &Vec<serde_json::Value>| {
        #[allow(clippy::disallowed_methods, reason = "how long the machine takes")]
        let began = Instant::now();
        wave.iter().for_each(post);
        let took = began.elapsed().as_secs();
        assert!(took < WAIT - 1, "this machine takes {took}s for a wave, which is decided after {WAIT}s");
    };
    traffic.waves.iter().for_each(in_time);
    // The Collector counts ticks, and a busy one misses some.
    thread::sleep(Duration::from_secs(WAIT + 10));
    traffic.late.iter().for_each(post);
    in_time(&traffic.pending);
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
    for trace in odd.iter().take(2) {
        let of = |kept: &Kept| kept.iter().filter(|((id, _), _)| id == trace).map(|(_, often)| often).sum::<usize>();
        let _infallible = writeln!(text, "  {trace}: theirs {}, ours {}", of(theirs), of(ours));
        spans(sent, trace).iter().take(8).for_each(|span| text.push_str(span));
    }
    text
}

/// The spans of a trace in the order of their sending, each with its resource.
fn spans(sent: &Traffic, trace: &str) -> Vec<String> {
    let mut found = Vec::new();
    for (wave, request) in sent.requests() {
        for resource in request["resourceSpans"].as_array().unwrap() {
            let scopes = resource["scopeSpans"].as_array().unwrap().iter();
            for span in scopes.flat_map(|scope| scope["spans"].as_array().unwrap()) {
                if span["traceId"] == trace {
                    let line: String = format!("{} {span}", resource["resource"]).chars().take(400).collect();
                    found.push(format!("    wave {wave}: {line}\n"));
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
    let sections = sections(&blocks);
    let theirs = Collector::start_with(&binary, &folders[0], &sections.collector(&folders[0]));
    let contrib = Tollgate::start(&folders[1], &sections.yaml(&folders[1], "contrib", "    compat: contrib"));
    let plain = Tollgate::start(&folders[2], &sections.yaml(&folders[2], "plain", ""));
    let traffic = &traces::all();
    // Each stops while its last traces wait.
    thread::scope(|scope| {
        scope.spawn(move || {
            send(theirs.http, traffic);
            theirs.stop();
        });
        for ours in [contrib, plain] {
            scope.spawn(move || {
                send(ours.http, traffic);
                ours.stop();
            });
        }
    });
    let mut failed = String::new();
    for block in all {
        let [theirs, contrib, plain] =
            [(0, "theirs"), (1, "contrib"), (2, "plain")].map(|(at, side)| kept(&file(&folders[at], side, block.name)));
        let of_traces = |kept: &Kept| kept.clone().into_iter().filter(|((id, _), _)| !is_none(id)).collect::<Kept>();
        // Without compat, what belongs to no trace is not sampled.
        for (how, why, theirs, ours) in [
            ("with compat", block.never, &theirs, &contrib),
            ("without compat", block.differs, &of_traces(&theirs), &of_traces(&plain)),
        ] {
            let said = differences(theirs, ours, traffic);
            if said.is_empty() == why.is_empty() {
                continue;
            }
            let said = if said.is_empty() { "no difference any more\n" } else { &said };
            let _infallible = write!(failed, "{} {how}: {said}", block.name);
        }
    }
    assert!(failed.is_empty(), "{failed}");
}

fn is_none(trace: &str) -> bool {
    trace.bytes().all(|byte| byte == b'0')
}
