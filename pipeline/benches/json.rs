//! The JSON door against opentelemetry-proto's serde, on 256 spans of LLM calls in one request.
//!
//! `read` and `write` go between JSON and wire bytes; the `published_*` pair does the same by way of prost structs, because
//! wire bytes are what the pipeline holds. Run with `cargo bench -p pipeline --bench json`.

use divan::counter::{BytesCount, ItemsCount};
use divan::{Bencher, black_box};
use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use opentelemetry_proto::tonic::common::v1::{AnyValue, InstrumentationScope, KeyValue, any_value::Value};
use opentelemetry_proto::tonic::resource::v1::Resource;
use opentelemetry_proto::tonic::trace::v1::{ResourceSpans, ScopeSpans, Span, Status, span};
use pipeline::batch::json::{read, write};
use pipeline::{Limits, Signal};
use prost::Message as _;

const SPANS: u64 = 256;

fn main() {
    divan::main();
}

fn attribute(key: &str, value: Value) -> KeyValue {
    KeyValue { key: key.to_owned(), value: Some(AnyValue { value: Some(value) }), ..Default::default() }
}

fn text(key: &str, value: &str) -> KeyValue {
    attribute(key, Value::StringValue(value.to_owned()))
}

/// About 1.1 kB on the wire: twelve attributes, a prompt and an answer among them, and one event.
fn llm_span(at: u64) -> Span {
    let prompt = "Summarise the customer's last three \"tickets\" and say what they have in common.\n".repeat(3);
    Span {
        trace_id: u128::from(at / 8 + 1).to_be_bytes().to_vec(),
        span_id: (at + 1).to_be_bytes().to_vec(),
        parent_span_id: if at.is_multiple_of(8) { Vec::new() } else { at.to_be_bytes().to_vec() },
        name: "chat gpt-4o".to_owned(),
        kind: span::SpanKind::Client.into(),
        start_time_unix_nano: 1_700_000_000_000_000_000 + at,
        end_time_unix_nano: 1_700_000_001_500_000_000 + at,
        attributes: vec![
            text("gen_ai.operation.name", "chat"),
            text("gen_ai.system", "openai"),
            text("gen_ai.request.model", "gpt-4o"),
            text("gen_ai.response.model", "gpt-4o-2024-08-06"),
            text("gen_ai.response.id", "chatcmpl-9J3uIL87gldCFtiIbyaOvTeYBRA3l"),
            attribute("gen_ai.request.temperature", Value::DoubleValue(0.7)),
            attribute("gen_ai.request.max_tokens", Value::IntValue(512)),
            attribute("gen_ai.usage.input_tokens", Value::IntValue(1_034)),
            attribute("gen_ai.usage.output_tokens", Value::IntValue(187)),
            text("gen_ai.prompt", &prompt),
            text(
                "gen_ai.completion",
                "All three were about an invoice that was sent twice; the last one is still open.",
            ),
            text("server.address", "api.openai.com"),
        ],
        events: vec![span::Event {
            time_unix_nano: 1_700_000_000_400_000_000 + at,
            name: "gen_ai.first_token".to_owned(),
            attributes: vec![attribute("ms", Value::DoubleValue(412.25))],
            ..Default::default()
        }],
        status: Some(Status::default()),
        ..Default::default()
    }
}

fn wire() -> Vec<u8> {
    let scope = InstrumentationScope { name: "openai".to_owned(), version: "1.2.0".to_owned(), ..Default::default() };
    let spans = ScopeSpans { scope: Some(scope), spans: (0..SPANS).map(llm_span).collect(), ..Default::default() };
    let resource = Resource { attributes: vec![text("service.name", "support-agent")], ..Default::default() };
    let resource = ResourceSpans { resource: Some(resource), scope_spans: vec![spans], ..Default::default() };
    ExportTraceServiceRequest { resource_spans: vec![resource] }.encode_to_vec()
}

fn json(wire: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    write(Signal::Traces, wire, &mut out).expect("valid wire bytes");
    out
}

#[divan::bench]
fn read_json(bencher: Bencher) {
    let json = json(&wire());
    let limits = Limits::default();
    bencher
        .counter(ItemsCount::new(SPANS))
        .counter(BytesCount::of_slice(&json))
        .bench(|| read(Signal::Traces, black_box(&json), &limits, &mut |_| true).expect("our own JSON"));
}

#[divan::bench]
fn published_read_json(bencher: Bencher) {
    let json = json(&wire());
    bencher.counter(ItemsCount::new(SPANS)).counter(BytesCount::of_slice(&json)).bench(|| {
        let request: ExportTraceServiceRequest = serde_json::from_slice(black_box(&json)).expect("plain JSON");
        request.encode_to_vec()
    });
}

#[divan::bench]
fn write_json(bencher: Bencher) {
    let wire = wire();
    bencher.counter(ItemsCount::new(SPANS)).counter(BytesCount::of_slice(&wire)).bench(|| json(black_box(&wire)));
}

#[divan::bench]
fn published_write_json(bencher: Bencher) {
    let wire = wire();
    bencher.counter(ItemsCount::new(SPANS)).counter(BytesCount::of_slice(&wire)).bench(|| {
        let request = ExportTraceServiceRequest::decode(black_box(&wire[..])).expect("valid wire bytes");
        serde_json::to_vec(&request).expect("serializes")
    });
}
