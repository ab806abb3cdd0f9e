//! Attribute lists: edited as a whole they read as the struct with the same edits made, whatever the message.

use opentelemetry_proto::tonic::collector::logs::v1::ExportLogsServiceRequest;
use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use opentelemetry_proto::tonic::common::v1::{AnyValue, KeyValue, any_value};
use proptest::prelude::*;
use prost::Message;

use super::arbitrary::request;
use super::decode;
use crate::Signal;
use crate::batch::{AttributeEdits, AttributeList, Batch, Edit, Owner, Value};

/// By its key alone what becomes of an attribute, so that the oracle can do the same.
fn change(key: &str) -> Edit {
    match key.len() % 3 {
        0 => Edit::Keep,
        1 => Edit::Remove,
        _ => Edit::Replace(Value::String(format!("<{key}>"))),
    }
}

fn edit(owner: Owner, list: &AttributeList<'_>) -> AttributeEdits {
    let changed = list.iter().enumerate().map(|(at, (key, _))| (at, change(key.as_str()))).collect();
    // A resource or scope may come in several messages, which merge.
    let added = if matches!(owner, Owner::Resource | Owner::Scope) { vec![] } else { vec![("n", Value::Int(1))] };
    AttributeEdits { changed, added }
}

fn edit_all(batch: &mut Batch) {
    batch.edit_attributes_of_groups(&mut edit);
    for row in 0..batch.len() {
        batch.edit_attributes(row, &mut edit);
        batch.set_body(row, &Value::Bool(true));
    }
}

fn expected(attributes: &mut Vec<KeyValue>, added: bool) {
    let any = !attributes.is_empty();
    attributes.retain(|attribute| change(&attribute.key) != Edit::Remove);
    for attribute in attributes.iter_mut() {
        if let Edit::Replace(Value::String(text)) = change(&attribute.key) {
            let value = Some(AnyValue { value: Some(any_value::Value::StringValue(text)) });
            *attribute = KeyValue { key: attribute.key.clone(), value, ..KeyValue::default() };
        }
    }
    if added && any {
        let value = Some(AnyValue { value: Some(any_value::Value::IntValue(1)) });
        attributes.push(KeyValue { key: "n".into(), value, ..KeyValue::default() });
    }
}

proptest! {
    #[test]
    fn spans_read_as_the_edited_struct(seed: u64) {
        let wire = request(Signal::Traces, seed);
        let Ok(mut batch) = decode(Signal::Traces, &wire) else { return Ok(()) };
        prop_assume!(batch.misfits() == 0);
        edit_all(&mut batch);
        let mut oracle = ExportTraceServiceRequest::decode(wire.as_slice()).unwrap();
        for group in &mut oracle.resource_spans {
            group.resource.iter_mut().for_each(|resource| expected(&mut resource.attributes, false));
            for scope in &mut group.scope_spans {
                scope.scope.iter_mut().for_each(|scope| expected(&mut scope.attributes, false));
                for span in &mut scope.spans {
                    expected(&mut span.attributes, true);
                    span.events.iter_mut().for_each(|event| expected(&mut event.attributes, true));
                    span.links.iter_mut().for_each(|link| expected(&mut link.attributes, true));
                }
            }
        }
        prop_assert_eq!(ExportTraceServiceRequest::decode(batch.seal().body().as_ref()).unwrap(), oracle);
    }

    #[test]
    fn logs_read_as_the_edited_struct(seed: u64) {
        let wire = request(Signal::Logs, seed);
        let Ok(mut batch) = decode(Signal::Logs, &wire) else { return Ok(()) };
        prop_assume!(batch.misfits() == 0);
        edit_all(&mut batch);
        let mut oracle = ExportLogsServiceRequest::decode(wire.as_slice()).unwrap();
        for group in &mut oracle.resource_logs {
            group.resource.iter_mut().for_each(|resource| expected(&mut resource.attributes, false));
            for scope in &mut group.scope_logs {
                scope.scope.iter_mut().for_each(|scope| expected(&mut scope.attributes, false));
                for log in &mut scope.log_records {
                    expected(&mut log.attributes, true);
                    log.body = Some(AnyValue { value: Some(any_value::Value::BoolValue(true)) });
                }
            }
        }
        prop_assert_eq!(ExportLogsServiceRequest::decode(batch.seal().body().as_ref()).unwrap(), oracle);
    }
}
