//! Ten everyday patterns of a contrib `redaction` block over the span of the pipeline's own bench: 1,160 bytes, 12
//! attributes, one of them a 600-byte prompt. Beside it the naive way, one regex after another, as the Collector does.
//!
//! What has to hold: `gated` at most 370 ns a span; a tenth of `naive` or less.

use divan::{Bencher, black_box, counter::BytesCount};
use processors::redaction::contrib::{Compat, Contrib, ContribKeys, KeyVerdict, Surface, compile};
use regex::Regex;

const PATTERNS: [&str; 10] = [
    r"[a-zA-Z0-9._%+-]+@[a-zA-Z0-9.-]+\.[a-zA-Z]{2,}",
    r"\b4[0-9]{12}(?:[0-9]{3})?\b",
    r"\b5[1-5][0-9]{14}\b",
    r"\b\d{3}-\d{2}-\d{4}\b",
    r"\b\(?\d{3}\)?[-. ]?\d{3}[-. ]?\d{4}\b",
    r"\b(?:\d{1,3}\.){3}\d{1,3}\b",
    r"\bsk-[A-Za-z0-9_-]{20,}",
    r"\bAKIA[0-9A-Z]{16}\b",
    r"\beyJ[\w-]+\.eyJ[\w-]+\.[\w-]+",
    r"\b[A-Z]{2}\d{2}[A-Z0-9]{11,30}\b",
];

fn main() {
    divan::main();
}

fn span(prompt: &str) -> Span {
    let values = [
        ("gen_ai.operation.name", "chat"),
        ("gen_ai.provider.name", "openai"),
        ("gen_ai.request.model", "gpt-4o-mini"),
        ("gen_ai.response.model", "gpt-4o-mini-2024-07-18"),
        ("gen_ai.prompt", prompt),
        ("gen_ai.agent.name", "complaints-assistant"),
        ("gen_ai.response.finish_reasons", "stop"),
        ("gen_ai.response.id", "chatcmpl-AbC9xYz0123456789dEfGhIjKl"),
        ("session.id", "7f9c24e8-3b12-4fb0-9a51-6f3c2f0e8d11"),
        ("user.id", "u-48151623"),
        ("http.route", "/v1/chat/completions"),
        ("server.address", "api.openai.com"),
    ];
    values.map(|(key, value)| (key, value.to_owned())).to_vec()
}

fn prompt(text: &str) -> String {
    text.chars().cycle().take(600).collect()
}

/// Prose without a digit.
fn plain() -> Span {
    span(&prompt("Summarise the attached complaint and propose a friendly answer. "))
}

/// Prose with what patterns come close to: dates, prices, versions, hyphens.
fn busy() -> Span {
    span(&prompt(
        "On 2026-11-20 order 4711-0815 (3 items, 12.50 EUR each, v1.2.3) was late; see ticket AB-1234, task-force #7. ",
    ))
}

/// Prose of two bytes a letter.
fn accents() -> Span {
    span(&prompt("Fasse die beigefügte Beschwerde zusammen und schlage eine höfliche Lösung für müßige Gäste vor. "))
}

/// Prose with an email address in it.
fn hits() -> Span {
    let mut span = plain();
    span[4].1.replace_range(300..300, " write to ada@example.com ");
    span
}

/// The attributes of a span.
type Span = Vec<(&'static str, String)>;

const SPANS: [fn() -> Span; 4] = [plain, busy, accents, hits];
const NAMES: [&str; 4] = ["plain", "busy", "accents", "hits"];

fn contrib() -> Contrib {
    let keys = ContribKeys {
        allow_all_keys: Some(true),
        blocked_values: Some(PATTERNS.iter().map(|pattern| (*pattern).to_owned()).collect()),
        ..ContribKeys::default()
    };
    Contrib::new(&keys, Compat::None).expect("sound")
}

fn of(name: &str) -> Span {
    let at = NAMES.iter().position(|known| *known == name).unwrap_or(0);
    SPANS[at]()
}

fn bytes(span: &[(&str, String)]) -> BytesCount {
    BytesCount::new(span.iter().map(|(_, value)| value.len()).sum::<usize>())
}

#[divan::bench(args = NAMES)]
fn gated(bencher: Bencher<'_, '_>, name: &str) {
    let (contrib, span) = (contrib(), of(name));
    let mut out = String::new();
    bencher.counter(bytes(&span)).bench_local(|| {
        for (key, value) in black_box(&span) {
            black_box(contrib.value_by(KeyVerdict::Free, Surface::Attribute, key, value, "", &mut out));
        }
    });
}

#[divan::bench(args = NAMES)]
fn naive(bencher: Bencher<'_, '_>, name: &str) {
    let span = of(name);
    let regexes: Vec<Regex> = PATTERNS.iter().map(|pattern| compile(pattern).expect("sound")).collect();
    bencher.counter(bytes(&span)).bench_local(|| {
        for (_, value) in black_box(&span) {
            for regex in &regexes {
                if regex.is_match(value) {
                    black_box(regex.replace_all(value, "****"));
                }
            }
        }
    });
}

/// A long value: what a byte costs.
#[divan::bench]
fn long(bencher: Bencher<'_, '_>) {
    let contrib = contrib();
    let text: String =
        "Summarise the attached complaint and propose a friendly answer. ".chars().cycle().take(1 << 20).collect();
    let mut out = String::new();
    bencher.counter(BytesCount::new(text.len())).bench_local(|| {
        black_box(contrib.value_by(KeyVerdict::Free, Surface::Attribute, "k", black_box(&text), "", &mut out))
    });
}

#[divan::bench(args = 0..12)]
fn each(bencher: Bencher<'_, '_>, at: usize) {
    let (contrib, span) = (contrib(), plain());
    let mut out = String::new();
    bencher.bench_local(|| {
        for _ in 0..100 {
            let (key, value) = black_box(&span[at]);
            black_box(contrib.value_by(KeyVerdict::Free, Surface::Attribute, key, value, "", &mut out));
        }
    });
}
