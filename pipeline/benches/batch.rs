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
use opentelemetry_proto::tonic::common::v1::AnyValue;
use pipeline::batch::{Edit, Leaf, Selection, Spot, Value};
use pipeline::{Batch, Limits, Signal};
use prost::Message;

mod load;

use load::{SPANS, request, string};

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
