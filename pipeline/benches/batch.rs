//! The batch beside prost, on what an LLM gateway sends: 256 spans a request, 12 attributes each, one of them
//! a 600-byte prompt. Every figure divided by 256 is a span.
//!
//! Both sides run under the default allocator (glibc's on Linux), which flatters the batch: it allocates a
//! handful of tables a request, prost some 28 times a span, and mimalloc makes those a third cheaper.
//!
//! What has to hold: `visit` at least 5x faster than `prost_decode`, `edit` at least 4x faster than `prost_edit`.

use bytes::Bytes;
use divan::{Bencher, black_box, counter::ItemsCount};
use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use opentelemetry_proto::tonic::common::v1::{AnyValue, InstrumentationScope, KeyValue, any_value};
use opentelemetry_proto::tonic::resource::v1::Resource;
use opentelemetry_proto::tonic::trace::v1::{ResourceSpans, ScopeSpans, Span, Status};
use pipeline::batch::{Edit, Leaf, Selection, Spot, Value};
use pipeline::{Batch, Limits, Signal};
use prost::Message;

const SPANS: usize = 256;

fn main() {
    divan::main();
}

#[divan::bench]
fn prost_decode(bencher: Bencher<'_, '_>) {
    let wire = request();
    bencher
        .counter(ItemsCount::new(SPANS))
        .bench_local(|| drop(black_box(ExportTraceServiceRequest::decode(black_box(wire.as_ref())))));
}

#[divan::bench]
fn decode(bencher: Bencher<'_, '_>) {
    let wire = request();
    bencher.counter(ItemsCount::new(SPANS)).bench_local(|| drop(black_box(batch(&wire))));
}

/// Decode, then look at every leaf of every span, resource and scope through the visitor.
#[divan::bench]
fn visit(bencher: Bencher<'_, '_>) {
    let wire = request();
    bencher.counter(ItemsCount::new(SPANS)).bench_local(|| {
        let mut batch = batch(&wire);
        let mut bytes = 0;
        batch.visit_all(&mut |_: &Spot<'_>, leaf: Leaf<'_>| {
            if let Leaf::String(text) = leaf {
                bytes += text.len();
            }
            Edit::Keep
        });
        black_box(bytes)
    });
}

/// Decode, then read every attribute of every span, without the visitor.
#[divan::bench]
fn attributes(bencher: Bencher<'_, '_>) {
    let wire = request();
    bencher.counter(ItemsCount::new(SPANS)).bench_local(|| {
        let batch = batch(&wire);
        let attributes = batch.records().flat_map(|record| record.attributes());
        black_box(attributes.filter_map(|(key, value)| Some(key.len() + value.as_text()?.len())).sum::<usize>())
    });
}

/// Decode, then look four keys up in every span, as pricing does.
#[divan::bench]
fn lookups(bencher: Bencher<'_, '_>) {
    let wire = request();
    bencher.counter(ItemsCount::new(SPANS)).bench_local(|| {
        let batch = batch(&wire);
        let mut tokens = 0;
        for row in 0..batch.len() {
            for key in ["gen_ai.usage.input_tokens", "gen_ai.usage.output_tokens", "gen_ai.request.model", "absent"] {
                tokens += batch.attribute(row, key).and_then(|value| value.as_int()).unwrap_or(0);
            }
        }
        black_box(tokens)
    });
}

#[divan::bench]
fn prost_edit(bencher: Bencher<'_, '_>) {
    let wire = request();
    bencher.counter(ItemsCount::new(SPANS)).bench_local(|| {
        let mut request = ExportTraceServiceRequest::decode(wire.as_ref()).expect("valid");
        for group in &mut request.resource_spans {
            for span in group.scope_spans.iter_mut().flat_map(|scope| &mut scope.spans) {
                let attribute = span.attributes.iter_mut().find(|attribute| attribute.key == "gen_ai.request.model");
                if let Some(attribute) = attribute {
                    attribute.value = Some(AnyValue { value: string("redacted") });
                }
            }
        }
        black_box(request.encode_to_vec())
    });
}

/// Decode, replace one attribute of every span, seal.
#[divan::bench]
fn edit(bencher: Bencher<'_, '_>) {
    let wire = request();
    let value = Value::from("redacted");
    bencher.counter(ItemsCount::new(SPANS)).bench_local(|| {
        let mut batch = batch(&wire);
        for row in 0..batch.len() {
            batch.set_attribute(row, "gen_ai.request.model", &value);
        }
        black_box(batch.seal())
    });
}

/// Decode, add one attribute to every span, seal.
#[divan::bench]
fn add(bencher: Bencher<'_, '_>) {
    let wire = request();
    let value = Value::Double(0.0125);
    bencher.counter(ItemsCount::new(SPANS)).bench_local(|| {
        let mut batch = batch(&wire);
        for row in 0..batch.len() {
            batch.set_attribute(row, "gen_ai.usage.cost", &value);
        }
        black_box(batch.seal())
    });
}

/// Decode, then every other span as a request of its own.
#[divan::bench]
fn select(bencher: Bencher<'_, '_>) {
    let wire = request();
    let chosen = Selection::from_rows(SPANS, (0..SPANS).step_by(2));
    bencher.counter(ItemsCount::new(SPANS)).bench_local(|| black_box(batch(&wire).seal_rows(&chosen)));
}

fn batch(wire: &Bytes) -> Batch {
    Batch::decode(Signal::Traces, black_box(wire.clone()), &Limits::default()).expect("valid")
}

fn request() -> Bytes {
    let resource =
        (0..8).map(|index| attribute(&format!("service.part_{index}"), string("checkout-assistant"))).collect();
    let scope = InstrumentationScope { name: "opentelemetry.instrumentation.openai".into(), ..Default::default() };
    let spans = (0..SPANS).map(span).collect();
    let request = ExportTraceServiceRequest {
        resource_spans: vec![ResourceSpans {
            resource: Some(Resource { attributes: resource, ..Default::default() }),
            scope_spans: vec![ScopeSpans { scope: Some(scope), spans, schema_url: String::new() }],
            schema_url: "https://opentelemetry.io/schemas/1.40.0".into(),
        }],
    };
    request.encode_to_vec().into()
}

fn span(index: usize) -> Span {
    let prompt: String =
        "Summarise the attached complaint and propose a friendly answer. ".chars().cycle().take(600).collect();
    let id = 0x9e37_79b9_7f4a_7c15u64.wrapping_mul(index as u64 + 1);
    Span {
        trace_id: [id.to_be_bytes(), (!id).to_be_bytes()].concat(),
        span_id: id.rotate_left(17).to_be_bytes().to_vec(),
        parent_span_id: id.rotate_left(29).to_be_bytes().to_vec(),
        name: "chat gpt-4o-mini".into(),
        kind: 3,
        start_time_unix_nano: 1_790_000_000_000_000_000 + index as u64,
        end_time_unix_nano: 1_790_000_001_000_000_000 + index as u64,
        attributes: vec![
            attribute("gen_ai.operation.name", string("chat")),
            attribute("gen_ai.provider.name", string("openai")),
            attribute("gen_ai.request.model", string("gpt-4o-mini")),
            attribute("gen_ai.response.model", string("gpt-4o-mini-2024-07-18")),
            attribute("gen_ai.prompt", string(&prompt)),
            attribute("gen_ai.usage.input_tokens", Some(any_value::Value::IntValue(311))),
            attribute("gen_ai.usage.output_tokens", Some(any_value::Value::IntValue(97))),
            attribute("gen_ai.request.temperature", Some(any_value::Value::DoubleValue(0.7))),
            attribute("session.id", string("7f9c24e8-3b12-4fb0-9a51-6f3c2f0e8d11")),
            attribute("user.id", string("u-48151623")),
            attribute("http.route", string("/v1/chat/completions")),
            attribute("server.address", string("api.openai.com")),
        ],
        status: Some(Status { code: 1, message: String::new() }),
        ..Default::default()
    }
}

fn attribute(key: &str, value: Option<any_value::Value>) -> KeyValue {
    KeyValue { key: key.into(), value: Some(AnyValue { value }), ..Default::default() }
}

fn string(text: &str) -> Option<any_value::Value> {
    Some(any_value::Value::StringValue(text.into()))
}
