//! Single values of a mebibyte: what a byte costs.

use divan::counter::BytesCount;
use divan::{Bencher, black_box};
use pipeline::Timestamp;
use regex::Regex;

use super::{BLOCKS, batch, block, hostile, processor, texts};

const BYTES: usize = 1 << 20;

/// Redacts one value.
fn redact(bencher: Bencher<'_, '_>, block: &str, text: &str) {
    let (mut processor, batch) = (processor(block), batch(&[vec![("gen_ai.prompt", text.to_owned())]]));
    bencher
        .counter(BytesCount::of_str(text))
        .with_inputs(|| batch.clone())
        .bench_local_refs(|batch| processor.process(black_box(batch), Timestamp(0)));
}

#[divan::bench]
fn baseline(bencher: Bencher<'_, '_>) {
    let text = texts::text("clean", BYTES);
    bencher.counter(BytesCount::of_str(&text)).bench_local(|| {
        let found = memchr::memchr(0, black_box(text.as_bytes()));
        (found, black_box(&text).clone())
    });
}

#[divan::bench(args = texts::KINDS)]
fn ten(bencher: Bencher<'_, '_>, kind: &str) {
    redact(bencher, "ten", &texts::text(kind, BYTES));
}

#[divan::bench(args = texts::KINDS)]
fn default(bencher: Bencher<'_, '_>, kind: &str) {
    redact(bencher, "default", &texts::text(kind, BYTES));
}

#[divan::bench(args = texts::KINDS)]
fn all(bencher: Bencher<'_, '_>, kind: &str) {
    redact(bencher, "all", &texts::text(kind, BYTES));
}

/// One sentence in twenty has something in it.
#[divan::bench(args = BLOCKS)]
fn hits(bencher: Bencher<'_, '_>, block: &str) {
    redact(bencher, block, &texts::with_hits(BYTES));
}

#[divan::bench(args = hostile::KINDS)]
fn hostile_ten(bencher: Bencher<'_, '_>, kind: &str) {
    redact(bencher, "ten", &hostile::text(kind, BYTES));
}

#[divan::bench(args = hostile::KINDS)]
fn hostile_default(bencher: Bencher<'_, '_>, kind: &str) {
    redact(bencher, "default", &hostile::text(kind, BYTES));
}

#[divan::bench(args = hostile::KINDS)]
fn hostile_all(bencher: Bencher<'_, '_>, kind: &str) {
    redact(bencher, "all", &hostile::text(kind, BYTES));
}

/// One regex after another for the same ten detectors, as everybody writes them, without a checksum; nothing is
/// replaced.
#[divan::bench(args = ["clean", "accents", "cjk"])]
fn naive(bencher: Bencher<'_, '_>, kind: &str) {
    let text = texts::text(kind, BYTES);
    let patterns = [
        r"\b[a-zA-Z0-9._%+-]+@[a-zA-Z0-9.-]+\.[a-zA-Z]{2,}\b",
        r"\+?\d{0,3}[ .-]?\(?\d{3}\)?[ .-]\d{3}[ .-]\d{4}\b",
        r"\b\d{4}[ -]?\d{4}[ -]?\d{4}[ -]?\d{1,7}\b",
        r"\b[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,3})?\b",
        r"\b\d{3}-\d{2}-\d{4}\b",
        r"\b(?:\d{1,3}\.){3}\d{1,3}\b|(?i)\b(?:[0-9a-f]{1,4}:){7}[0-9a-f]{1,4}\b",
        r"\beyJ[\w-]+\.eyJ[\w-]+\.[\w-]+",
        r"\bsk-[A-Za-z0-9_-]{20,}",
        r"\bAKIA[0-9A-Z]{16}\b",
        r"\bgh[pousr]_[A-Za-z0-9]{36}\b",
    ];
    let regexes = patterns.map(|pattern| Regex::new(pattern).expect("sound"));
    assert_eq!(regexes.len(), block("ten")["detectors"].as_array().map_or(0, Vec::len));
    bencher
        .counter(BytesCount::of_str(&text))
        .bench_local(|| regexes.iter().map(|regex| regex.find_iter(black_box(&text)).count()).sum::<usize>());
}
