//! What it costs to look for secrets: in clean prose, in what telemetry holds besides, and in text made to be slow.
//!
//! `cargo bench -p processors --bench redaction`. All of the text is generated here.

use divan::counter::BytesCount;
use divan::{Bencher, black_box};
use processors::redaction::detect::secrets::Secrets;
use processors::redaction::detect::{Family, Marks};

const BYTES: usize = 1 << 20;

const PROSE: &[&str] = &[
    "The",
    "model",
    "answered",
    "with",
    "a",
    "plan",
    "for",
    "the",
    "three",
    "services",
    "and",
    "asked",
    "whether",
    "it",
    "should",
    "continue.",
    "Each",
    "request",
    "is",
    "measured,",
    "so",
    "that",
    "nobody",
    "has",
    "to",
    "guess",
    "what",
    "an",
    "understanding",
    "of",
    "configuration",
    "costs;",
    "in",
    "2026",
    "that",
    "matters",
    "more:",
    "users",
    "pay",
    "for",
    "tokens",
    "internationally.",
];
const JSON: &[&str] = &[
    "{\"role\":",
    "\"user\",",
    "\"content\":",
    "\"please",
    "summarise\",",
    "\"id\":",
    "\"chatcmpl-8a6f3b\",",
    "\"usage\":",
    "{\"input_tokens\":",
    "512,",
    "\"finish_reason\":",
    "\"stop\"}",
    "\"name\":",
    "\"get_weather\",",
    "\"type\":",
    "\"function\"}",
];
const LOGS: &[&str] = &[
    "2026-11-20T12:34:56.789012Z",
    "INFO",
    "http.server.request.duration=0.123",
    "url=https://example.com/v1/chat/completions",
    "trace_id=4bf92f3577b34da6a3ce929d0e0e4736",
    "status=200",
    "module=pipeline::worker::decode",
    "/usr/lib/python3/dist-packages/requests.py",
    "3f2504e0-4f89-11d3-9a0c-0305e82c3301",
    "level:",
    "ok",
];
const CJK: &[&str] = &["\u{4f60}\u{597d}\u{ff0c}\u{6a21}\u{578b}\u{56de}\u{7b54}\u{4e86}\u{8ba1}\u{5212}\u{3002}"];
const BASE64: &[&str] =
    &["iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk/M9QDwADhgGAWjR9awAAAABJRU5ErkJg"];
const PREFIXES: &[&str] = &["sk-a1", "eyJ", "ghp_a1", "xoxb-a1-", "token=", "password:", "auth: "];

/// Text of a kind: its words by chance, with what joins them.
fn text(kind: &str) -> String {
    let (words, join) = match kind {
        "prose" => (PROSE, " "),
        "json" => (JSON, " "),
        "logs" => (LOGS, " "),
        "cjk" => (CJK, ""),
        "base64" => (BASE64, ""),
        _ => (PREFIXES, ""),
    };
    let mut text = String::with_capacity(BYTES + 128);
    let mut state = 1u64;
    while text.len() < BYTES {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        text.push_str(words[(state >> 33) as usize % words.len()]);
        text.push_str(join);
    }
    text
}

/// All detectors on, the marks at hand.
#[divan::bench(args = ["prose", "json", "logs", "cjk", "base64", "prefixes"])]
fn secrets(bencher: Bencher<'_, '_>, kind: &str) {
    let text = text(kind);
    let mut marks = Marks::default();
    marks.fill(text.as_bytes());
    let on = vec![true; Secrets.detectors().len()];
    let mut hits = Vec::new();
    bencher.counter(BytesCount::of_str(&text)).bench_local(|| {
        hits.clear();
        Secrets.find(black_box(&text), &marks, &on, &mut hits);
        hits.len()
    });
}

/// The marks, which all families share.
#[divan::bench(args = ["prose", "logs"])]
fn marks(bencher: Bencher<'_, '_>, kind: &str) {
    let text = text(kind);
    let mut marks = Marks::default();
    bencher.counter(BytesCount::of_str(&text)).bench_local(|| marks.fill(black_box(text.as_bytes())));
}

fn main() {
    divan::main();
}
