//! The OTLP walk on bytes from anybody: decode, visit, edit, drop, select and seal never panic, and prost
//! agrees on what is a request and on what is left of it.
//!
//! The first byte picks the signal and the edits; the rest is the request.
#![no_main]

use libfuzzer_sys::fuzz_target;
use opentelemetry_proto::tonic::collector::logs::v1::ExportLogsServiceRequest;
use opentelemetry_proto::tonic::collector::metrics::v1::ExportMetricsServiceRequest;
use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use pipeline::batch::{Edit, Leaf, Selection, Spot, Value};
use pipeline::{Batch, Limits, Signal};
use prost::Message;

/// prost's own depth.
const LIMITS: Limits = Limits { max_records: 1 << 16, max_depth: 100 };

fuzz_target!(|input: &[u8]| {
    let Some((&choice, wire)) = input.split_first() else { return };
    let signal = Signal::ALL[usize::from(choice % 3)];
    let accepted = prost_accepts(signal, wire);
    let mut batch = match Batch::decode(signal, wire.to_vec().into(), &LIMITS) {
        Ok(batch) => batch,
        // Ids of odd lengths in metrics, and more records than the limit, are ours to refuse.
        Err(error) if error.is_limit() || error.to_string().contains("id of the wrong length") => return,
        Err(error) => return assert!(!accepted, "only we refuse: {error}"),
    };
    let sealed = batch.clone().seal();
    if accepted && batch.misfits() == 0 {
        assert_eq!(sealed.body().as_ref(), wire);
    }
    // Records with an id of an odd length, and with what is not UTF-8, are left out.
    assert!(prost_accepts(signal, sealed.body()), "only prost refuses");
    read(&batch);
    let rows = batch.len();
    edit(&mut batch, choice);
    assert!(prost_accepts(signal, batch.clone().seal().body()), "edits broke the request");
    let half = batch.seal_rows(&Selection::from_rows(rows, (0..rows).step_by(2)));
    assert!(prost_accepts(signal, half.body()), "the selection is no request");
    read(&Batch::decode(signal, half.body().clone(), &Limits::default()).expect("sealed by us"));
});

fn prost_accepts(signal: Signal, wire: &[u8]) -> bool {
    match signal {
        Signal::Traces => ExportTraceServiceRequest::decode(wire).is_ok(),
        Signal::Logs => ExportLogsServiceRequest::decode(wire).is_ok(),
        Signal::Metrics => ExportMetricsServiceRequest::decode(wire).is_ok(),
    }
}

/// Touches everything a reader can.
fn read(batch: &Batch) {
    for record in batch.records() {
        for (key, value) in record.attributes().chain(record.resource().attributes()).chain(record.scope().attributes())
        {
            assert!(std::str::from_utf8(key.as_bytes()).is_ok());
            value.to_value();
        }
        record.body().to_value();
        record.events().chain(record.links()).for_each(|part| part.attributes().for_each(drop));
        record.attribute("k");
    }
}

fn edit(batch: &mut Batch, choice: u8) {
    if choice & 8 != 0 {
        batch.drop_unknown();
        assert_eq!(batch.drop_unknown(), 0);
    }
    if choice & 16 != 0 {
        batch.visit_all(&mut |_: &Spot<'_>, leaf: Leaf<'_>| match leaf {
            Leaf::String(text) if text.len() % 2 == 1 => Edit::Replace(Value::from("even")),
            Leaf::Int(_) => Edit::Replace(Value::from("a number")),
            Leaf::Bytes(_) => Edit::Remove,
            _ => Edit::Keep,
        });
    }
    for row in (0..batch.len()).take(8) {
        batch.set_attribute(row, "k", &Value::Array(vec![Value::Int(1)]));
        batch.remove_attribute(row, "even");
        batch.set_resource_attribute(row, "k", &Value::Bool(true));
        batch.remove_resource_attribute(row, "");
    }
}
