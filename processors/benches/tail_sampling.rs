//! What tail sampling costs: a span to look at on a worker, a span to fold on the decider's thread, a due trace to decide,
//! and the RAM a waiting trace takes in the sampler's own tables.
//!
//! ```sh
//! cargo bench -p processors --bench tail_sampling
//! ```
//!
//! Everything is what the pipeline runs: observer, sampler, decoded batches of 256 spans of 32 traces, 12 attributes each,
//! one of them a 600-byte prompt. Throughput is of one core. What has to hold, beside a decode of some 100 ns a span:
//! `observe` a part of the 200 ns for facts, seal and append; `fold` 60 ns a span.

use std::sync::Arc;

use divan::counter::ItemsCount;
use divan::{Bencher, black_box};
use pipeline::config::ComponentId;
use pipeline::ledger::Ledger;
use pipeline::registry::{BuildCx, ProcessorConfig, Step};
use pipeline::sampling::{Effect, Observed, Sampler, Sampling};
use pipeline::{Batch, Limits, Signal, Timestamp};
use processors::tail_sampling::TailSampling;
use serde_json::{Value as Json, json};

const SPANS: usize = 256;
const SPANS_A_TRACE: usize = 8;

fn main() {
    divan::main();
}

/// A block of the configuration by name: the yardstick's two policies, the default configuration's three, or ten that
/// look at everything.
fn block(name: &str) -> Json {
    let default = json!([
        {"name": "failures", "type": "failure"},
        {"name": "slow", "type": "latency", "latency": {"threshold_ms": 30000}},
        {"name": "rest", "type": "probabilistic", "probabilistic": {"sampling_percentage": 10}},
    ]);
    let two = json!([
        {"name": "errors", "type": "status_code", "status_code": {"status_codes": ["ERROR"]}},
        {"name": "share", "type": "probabilistic", "probabilistic": {"sampling_percentage": 10}},
    ]);
    let ten = json!([
        {"name": "failures", "type": "failure"},
        {"name": "slow", "type": "latency", "latency": {"threshold_ms": 30000}},
        {"name": "big", "type": "span_count", "span_count": {"min_spans": 5000}},
        {"name": "tokens", "type": "sum", "sum": {"key": "gen_ai.usage.output_tokens", "over": 100000}},
        {"name": "tenant", "type": "string_attribute", "string_attribute": {"key": "tenant", "values": ["gold"]}},
        {"name": "route", "type": "string_attribute",
         "string_attribute": {"key": "http.route", "values": ["^/admin", "export$"], "enabled_regex_matching": true}},
        {"name": "tries", "type": "numeric_attribute", "numeric_attribute": {"key": "retries", "min_value": 3}},
        {"name": "debug", "type": "boolean_attribute", "boolean_attribute": {"key": "debug", "value": true}},
        {"name": "model", "type": "ottl_condition",
         "ottl_condition": {"span": ["attributes[\"gen_ai.request.model\"] == \"o9\""]}},
        {"name": "share", "type": "probabilistic", "probabilistic": {"sampling_percentage": 10}},
    ]);
    let policies = match name {
        "two" => two,
        "default" => default,
        _ => ten,
    };
    json!({"decision_wait": "5s", "policies": policies})
}

fn sampling(name: &str) -> Arc<dyn Sampling> {
    let config: TailSampling = serde_json::from_value(block(name)).expect("a sound block");
    let (ledger, id) = (Ledger::new("bench"), ComponentId::parse("tail_sampling").expect("a name"));
    match config.build(&BuildCx { id: &id, ledger: &ledger, extensions: &[] }).expect("a sound block") {
        Step::Sampler(sampling) => sampling,
        Step::Nothing | Step::Each(_) => panic!("no sampler"),
    }
}

/// A request of traces `from` on.
fn batch(from: u64) -> Batch {
    let text = |key: &str, value: &str| json!({"key": key, "value": {"stringValue": value}});
    let number = |key: &str, value: i64| json!({"key": key, "value": {"intValue": value.to_string()}});
    let attributes = json!([
        text("gen_ai.operation.name", "chat"),
        text("gen_ai.provider.name", "openai"),
        text("gen_ai.request.model", "gpt-4o"),
        text("gen_ai.response.model", "gpt-4o-2024-08-06"),
        text("gen_ai.response.finish_reasons", "stop"),
        number("gen_ai.usage.input_tokens", 812),
        number("gen_ai.usage.output_tokens", 231),
        text("http.route", "/v1/chat"),
        text("tenant", "silver"),
        text("user.id", "u-81723"),
        number("retries", 0),
        text("gen_ai.input.messages", &"the parcel came late, what now? ".repeat(19)),
    ]);
    let span = |at: usize| {
        let trace = (from + (at / SPANS_A_TRACE) as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        let parent = if at.is_multiple_of(SPANS_A_TRACE) { "" } else { "0101010101010101" };
        json!({
            "traceId": format!("{trace:016x}{:016x}", !trace), "spanId": format!("{:016x}", at + 1),
            "parentSpanId": parent, "name": "chat gpt-4o", "kind": 3, "flags": 257,
            "startTimeUnixNano": "1790000000000000000", "endTimeUnixNano": "1790000001000000000",
            "attributes": attributes,
        })
    };
    let spans: Vec<Json> = (0..SPANS).map(span).collect();
    let request = json!({"resourceSpans": [{"scopeSpans": [{"spans": spans}]}]}).to_string();
    let limits = Limits::default();
    let wire = pipeline::batch::json::read(Signal::Traces, request.as_bytes(), &limits, &mut |_| true);
    Batch::decode(Signal::Traces, wire.expect("a sound request").into(), &limits).expect("a sound request")
}

#[divan::bench(args = ["two", "default", "ten"])]
fn observe(bencher: Bencher<'_, '_>, name: &str) {
    let (mut observer, batch) = (sampling(name).observer(), batch(1));
    bencher.counter(ItemsCount::new(SPANS)).bench_local(|| observer.observe(black_box(&batch)));
}

/// What an observer saw of requests of ever new traces.
fn requests(sampling: &Arc<dyn Sampling>, count: u64) -> Vec<Observed> {
    let mut observer = sampling.observer();
    let traces = (SPANS / SPANS_A_TRACE) as u64;
    (0..count).map(|at| observer.observe(&batch(1 + at * traces))).collect()
}

fn fold_all(sampler: &mut dyn Sampler, requests: &[Observed], effects: &mut Vec<Effect>) {
    for observed in requests {
        sampler.fold(Signal::Traces, observed, Timestamp(1_000_000_000), effects);
    }
}

#[divan::bench(args = ["two", "ten"], sample_count = 20)]
fn fold(bencher: Bencher<'_, '_>, name: &str) {
    const REQUESTS: u64 = 400;
    let sampling = sampling(name);
    let requests = requests(&sampling, REQUESTS);
    let counter = ItemsCount::new(SPANS * REQUESTS as usize);
    bencher.counter(counter).with_inputs(|| sampling.sampler(usize::MAX)).bench_local_values(|mut sampler| {
        fold_all(&mut *sampler, &requests, &mut Vec::new());
        sampler
    });
}

/// A figure beside the timings.
#[allow(clippy::print_stderr, reason = "a bench speaks to who runs it")]
fn note(text: &str) {
    eprintln!("{text}");
}

/// A tick at which a hundred thousand traces are due; the throughput is in traces.
#[divan::bench(args = ["two", "ten"], sample_count = 10)]
fn decide(bencher: Bencher<'_, '_>, name: &str) {
    const TRACES: usize = 100_000;
    let sampling = sampling(name);
    let requests = requests(&sampling, (TRACES * SPANS_A_TRACE / SPANS) as u64);
    let filled = || {
        let mut sampler = sampling.sampler(usize::MAX);
        fold_all(&mut *sampler, &requests, &mut Vec::new());
        sampler
    };
    let bytes = filled().heap_bytes();
    note(&format!("{name}: {} bytes of the sampler's own a waiting trace", bytes / TRACES));
    bencher.counter(ItemsCount::new(TRACES)).with_inputs(filled).bench_local_values(|mut sampler| {
        let mut effects = Vec::new();
        sampler.wake(Timestamp(60_000_000_000), &mut effects);
        (effects.len(), sampler)
    });
}
