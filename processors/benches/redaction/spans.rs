//! Spans as an LLM gateway sends them: what one of them costs, in requests of 256.
//!
//! Prompts and ids do not come again, as they do not in life: what is remembered of texts is of no use for them. But in
//! `same_ids` every span has the same ids, as those of most load generators do; budgets were set with one of these.

use divan::counter::ItemsCount;
use divan::{Bencher, black_box};
use pipeline::{Batch, Timestamp};
use processors::redaction::contrib::compile;
use regex::Regex;

use super::{PATTERNS, Span, batch, processor, texts};

const SPANS: usize = 256;
/// Requests before the first comes again: by then other texts have taken the places of its ids many times over.
const REQUESTS: usize = 32;
const KINDS: [&str; 6] = ["clean", "same_ids", "busy", "accents", "hits", "messages"];

/// Requests of a kind, no two spans of them with the same prompt and ids.
fn requests(kind: &str, count: usize) -> Vec<Vec<Span>> {
    let mut chance = texts::Chance(4);
    (0..count).map(|_| (0..SPANS).map(|_| span(kind, &mut chance)).collect()).collect()
}

fn span(kind: &str, chance: &mut texts::Chance) -> Span {
    let hex = |chance: &mut texts::Chance, length| -> String {
        (0..length).map(|_| char::from(b"0123456789abcdef"[chance.below(16)])).collect()
    };
    let busy =
        "On 2026-11-20 order 4711-0815 (3 items, 12.50 EUR each, v1.2.3) was late; see ticket AB-1234, task-force #7. ";
    let source = match kind {
        "busy" => busy.repeat(20),
        "accents" => texts::text("accents", 2000),
        _ => texts::text("clean", 2000),
    };
    let mut from = chance.below(1000);
    while !source.is_char_boundary(from) {
        from += 1;
    }
    let mut prompt: String = source[from..].chars().take(600).collect();
    if kind == "hits" {
        prompt.insert_str(300, " write to ada@example.com ");
    }
    if kind == "messages" {
        let content = serde_json::Value::String(prompt);
        prompt = format!(r#"[{{"role":"user","parts":[{{"type":"text","content":{content}}}]}}]"#);
    }
    let same = &mut texts::Chance(4);
    let chance = if kind == "same_ids" { same } else { chance };
    let uuid = [8, 4, 4, 4, 12].map(|length| hex(chance, length)).join("-");
    vec![
        ("gen_ai.operation.name", "chat".to_owned()),
        ("gen_ai.provider.name", "openai".to_owned()),
        ("gen_ai.request.model", "gpt-4o-mini".to_owned()),
        ("gen_ai.response.model", "gpt-4o-mini-2024-07-18".to_owned()),
        ("gen_ai.prompt", prompt),
        ("gen_ai.agent.name", "complaints-assistant".to_owned()),
        ("gen_ai.response.finish_reasons", "stop".to_owned()),
        ("gen_ai.response.id", format!("chatcmpl-{}", hex(chance, 26))),
        ("session.id", uuid),
        ("user.id", format!("u-{:08}", chance.below(100_000_000))),
        ("http.route", "/v1/chat/completions".to_owned()),
        ("server.address", "api.openai.com".to_owned()),
    ]
}

fn redact(bencher: Bencher<'_, '_>, block: &str, kind: &str) {
    let batches: Vec<Batch> = requests(kind, REQUESTS).iter().map(|spans| batch(spans)).collect();
    let (mut processor, mut next) = (processor(block), batches.iter().cycle());
    bencher
        .counter(ItemsCount::new(SPANS))
        .with_inputs(|| next.next().expect("endless").clone())
        .bench_local_refs(|batch| processor.process(black_box(batch), Timestamp(0)));
}

#[divan::bench(args = KINDS)]
fn ten(bencher: Bencher<'_, '_>, kind: &str) {
    redact(bencher, "ten", kind);
}

#[divan::bench(args = KINDS)]
fn default(bencher: Bencher<'_, '_>, kind: &str) {
    redact(bencher, "default", kind);
}

#[divan::bench(args = KINDS)]
fn all(bencher: Bencher<'_, '_>, kind: &str) {
    redact(bencher, "all", kind);
}

/// The ten patterns as rules of ours.
#[divan::bench(args = KINDS)]
fn rules(bencher: Bencher<'_, '_>, kind: &str) {
    redact(bencher, "rules", kind);
}

/// The ten patterns as the Collector's key has them.
#[divan::bench(args = KINDS)]
fn blocked_values(bencher: Bencher<'_, '_>, kind: &str) {
    redact(bencher, "blocked_values", kind);
}

/// The ten patterns one after another over the values, in Rust: of the same request again, which is kind to them.
#[divan::bench(args = KINDS)]
fn naive(bencher: Bencher<'_, '_>, kind: &str) {
    let spans = requests(kind, 1).concat();
    let regexes: Vec<Regex> = PATTERNS.iter().map(|pattern| compile(pattern).expect("sound")).collect();
    bencher.counter(ItemsCount::new(SPANS)).bench_local(|| {
        for (_, value) in black_box(&spans).iter().flatten() {
            for regex in &regexes {
                if regex.is_match(value) {
                    black_box(regex.replace_all(value, "****"));
                }
            }
        }
    });
}
