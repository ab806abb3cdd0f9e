//! Edit: sealed bytes decode to the struct with the same edits made, whatever the message looked like.

use opentelemetry_proto::tonic::collector::logs::v1::ExportLogsServiceRequest;
use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use opentelemetry_proto::tonic::common::v1::{AnyValue, InstrumentationScope, KeyValue, any_value};
use opentelemetry_proto::tonic::resource::v1::Resource;
use proptest::prelude::*;
use prost::Message;

use super::arbitrary::{Dice, request};
use super::{decode, model};
use crate::Signal;
use crate::batch::wire::put_bytes;
use crate::batch::{Batch, Edit, Leaf, Owner, Place, Spot, Text, Value};

/// Replaces about half of all leaves, by what they hold alone, so that the oracle can do the same.
fn change(leaf: Leaf<'_>) -> Edit {
    match leaf {
        Leaf::String(text) if text.len() % 3 == 1 => Edit::Replace(Value::String(format!("<{text}>"))),
        Leaf::String(text) if text.len() > 100 => Edit::Replace(Value::from("")),
        Leaf::Int(value) if value % 2 == 0 => Edit::Replace(Value::from("even")),
        Leaf::Double(value) if value > 0.0 => Edit::Replace(Value::Int(7)),
        Leaf::Bool(true) => Edit::Replace(Value::Bool(false)),
        Leaf::Bytes(bytes) if bytes.len() > 20 => Edit::Replace(Value::Bytes(bytes[..3].to_vec())),
        _ => Edit::Keep,
    }
}

fn to_prost(value: &Value) -> AnyValue {
    let mut bytes = Vec::new();
    value.encode(&mut bytes);
    AnyValue::decode(bytes.as_slice()).expect("valid")
}

fn text(text: &mut String) {
    if let Edit::Replace(value) = change(Leaf::String(Text::from(text.as_str()))) {
        *text = value.to_string();
    }
}

fn any(value: &mut AnyValue) {
    use any_value::Value as V;
    let leaf = match &mut value.value {
        None | Some(V::StringValueStrindex(_)) => return,
        Some(V::ArrayValue(array)) => return array.values.iter_mut().for_each(any),
        Some(V::KvlistValue(list)) => return attributes(&mut list.values),
        Some(V::StringValue(text)) => Leaf::String(Text::from(text.as_str())),
        Some(V::BoolValue(value)) => Leaf::Bool(*value),
        Some(V::IntValue(value)) => Leaf::Int(*value),
        Some(V::DoubleValue(value)) => Leaf::Double(*value),
        Some(V::BytesValue(bytes)) => Leaf::Bytes(bytes),
    };
    if let Edit::Replace(new) = change(leaf) {
        *value = to_prost(&new);
    }
}

fn attributes(attributes: &mut [KeyValue]) {
    for attribute in attributes {
        text(&mut attribute.key);
        attribute.value.iter_mut().for_each(any);
    }
}

fn resource(resource: &mut Option<Resource>, url: &mut String) {
    text(url);
    if let Some(resource) = resource {
        attributes(&mut resource.attributes);
        for entity in &mut resource.entity_refs {
            text(&mut entity.schema_url);
            text(&mut entity.r#type);
            entity.id_keys.iter_mut().chain(&mut entity.description_keys).for_each(text);
        }
    }
}

fn scope(scope: &mut Option<InstrumentationScope>, url: &mut String) {
    text(url);
    if let Some(scope) = scope {
        text(&mut scope.name);
        text(&mut scope.version);
        attributes(&mut scope.attributes);
    }
}

fn spans(request: &mut ExportTraceServiceRequest) {
    for group in &mut request.resource_spans {
        resource(&mut group.resource, &mut group.schema_url);
        for inner in &mut group.scope_spans {
            scope(&mut inner.scope, &mut inner.schema_url);
            for span in &mut inner.spans {
                text(&mut span.name);
                text(&mut span.trace_state);
                attributes(&mut span.attributes);
                span.status.iter_mut().for_each(|status| text(&mut status.message));
                for event in &mut span.events {
                    text(&mut event.name);
                    attributes(&mut event.attributes);
                }
                for link in &mut span.links {
                    text(&mut link.trace_state);
                    attributes(&mut link.attributes);
                }
            }
        }
    }
}

fn logs(request: &mut ExportLogsServiceRequest) {
    for group in &mut request.resource_logs {
        resource(&mut group.resource, &mut group.schema_url);
        for inner in &mut group.scope_logs {
            scope(&mut inner.scope, &mut inner.schema_url);
            for log in &mut inner.log_records {
                text(&mut log.severity_text);
                text(&mut log.event_name);
                log.body.iter_mut().for_each(any);
                attributes(&mut log.attributes);
            }
        }
    }
}

fn visit(batch: &mut Batch) {
    batch.visit_all(&mut |_: &Spot<'_>, leaf: Leaf<'_>| change(leaf));
}

/// First of the key replaced or removed, others removed; if there was none and there is a value, appended.
fn put(attributes: &mut Vec<KeyValue>, key: &str, value: Option<&Value>) -> bool {
    let first = attributes.iter().position(|attribute| attribute.key == key);
    let new = value.map(|value| KeyValue { key: key.into(), value: Some(to_prost(value)), ..KeyValue::default() });
    let mut index = 0;
    attributes.retain(|attribute| {
        index += 1;
        attribute.key != key || (Some(index - 1) == first && new.is_some())
    });
    match (first, new) {
        (Some(first), Some(new)) => attributes[first] = new,
        (None, Some(new)) => attributes.push(new),
        _ => {}
    }
    first.is_some()
}

/// Applies one random edit to both; what they report has to agree.
fn edit_both(dice: &mut Dice, batch: &mut Batch, theirs: &mut ExportTraceServiceRequest) {
    let row = dice.below(batch.len());
    let key = ["gen_ai.prompt", "user.email", "k", "new", ""][dice.below(5)];
    let value = [
        Value::Empty,
        Value::from("text"),
        Value::Int(-1),
        Value::Double(1.5),
        Value::Bool(false),
        Value::Bytes(vec![0xff; 200]),
        Value::Array(vec![Value::Int(1), Value::from("a")]),
        Value::KvList(vec![("k".into(), Value::Array(vec![]))]),
    ];
    let value = &value[dice.below(8)];
    let mut at = row;
    for group in &mut theirs.resource_spans {
        for span in group.scope_spans.iter_mut().flat_map(|scope| &mut scope.spans) {
            if at > 0 {
                at -= 1;
                continue;
            }
            match dice.below(5) {
                0 => _ = (put(&mut span.attributes, key, Some(value)), batch.set_attribute(row, key, value)),
                1 => assert_eq!(put(&mut span.attributes, key, None), batch.remove_attribute(row, key)),
                2 => {
                    put(&mut group.resource.get_or_insert_default().attributes, key, Some(value));
                    batch.set_resource_attribute(row, key, value);
                }
                3 => {
                    let state = ["", "ot=th:8", "vendor=a,ot=rv:0123456789abcd", "vendor=é"][dice.below(4)];
                    span.trace_state = state.into();
                    batch.set_trace_state(row, state);
                }
                _ => {
                    let found =
                        group.resource.as_mut().is_some_and(|resource| put(&mut resource.attributes, key, None));
                    assert_eq!(found, batch.remove_resource_attribute(row, key));
                }
            }
            return;
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    // Scenario: every leaf of a span request is offered and half of them replaced, twice.
    // Guarantees: the sealed bytes are the struct with the same edits; no string escapes the visitor.
    #[test]
    fn visited_spans_seal_to_the_edited_struct(seed: u64) {
        let wire = request(Signal::Traces, seed);
        let mut batch = decode(Signal::Traces, &wire).expect("valid");
        let mut theirs = ExportTraceServiceRequest::decode(wire.as_slice()).expect("valid");
        for _ in 0..2 {
            visit(&mut batch);
            spans(&mut theirs);
            let sealed = batch.clone().seal();
            prop_assert_eq!(&ExportTraceServiceRequest::decode(sealed.body().as_ref()).expect("valid"), &theirs);
            prop_assert_eq!(model::by_batch(&batch), model::by_prost(Signal::Traces, sealed.body()).expect("valid"));
        }
    }

    // As above, for logs.
    #[test]
    fn visited_logs_seal_to_the_edited_struct(seed: u64) {
        let wire = request(Signal::Logs, seed);
        let mut batch = decode(Signal::Logs, &wire).expect("valid");
        let mut theirs = ExportLogsServiceRequest::decode(wire.as_slice()).expect("valid");
        visit(&mut batch);
        logs(&mut theirs);
        let sealed = batch.clone().seal();
        prop_assert_eq!(ExportLogsServiceRequest::decode(sealed.body().as_ref()).expect("valid"), theirs);
        prop_assert_eq!(model::by_batch(&batch), model::by_prost(Signal::Logs, sealed.body()).expect("valid"));
    }

    // Scenario: attributes of spans and resources set and removed at random, and trace states, over odd messages.
    // Guarantees: the same as the same edits on prost's structs.
    #[test]
    fn attributes_are_set_and_removed_as_in_the_struct(seed: u64) {
        let wire = request(Signal::Traces, seed);
        let mut batch = decode(Signal::Traces, &wire).expect("valid");
        let mut theirs = ExportTraceServiceRequest::decode(wire.as_slice()).expect("valid");
        let mut dice = Dice(!seed);
        if !batch.is_empty() {
            (0..8).for_each(|_| edit_both(&mut dice, &mut batch, &mut theirs));
        }
        let sealed = batch.clone().seal();
        prop_assert_eq!(ExportTraceServiceRequest::decode(sealed.body().as_ref()).expect("valid"), theirs);
        prop_assert_eq!(model::by_batch(&batch), model::by_prost(Signal::Traces, sealed.body()).expect("valid"));
    }

    // Scenario: unknown fields anywhere, dropped before or after an edit.
    // Guarantees: all are found and counted, none is left, and what prost reads is unchanged.
    #[test]
    fn unknown_fields_are_dropped_and_counted(seed: u64, traces: bool, edited: bool) {
        let signal = if traces { Signal::Traces } else { Signal::Logs };
        let wire = request(signal, seed);
        let mut batch = decode(signal, &wire).expect("valid");
        if edited {
            visit(&mut batch);
        }
        let before = model::by_batch(&batch);
        let counted = batch.unknown_fields();
        prop_assert_eq!(batch.drop_unknown(), counted);
        prop_assert_eq!(batch.drop_unknown(), 0);
        let sealed = batch.seal();
        let again = decode(signal, sealed.body()).expect("valid");
        prop_assert_eq!(again.unknown_fields(), 0);
        prop_assert_eq!(model::by_batch(&again), before);
    }
}

fn small() -> Batch {
    let span = opentelemetry_proto::tonic::trace::v1::Span {
        name: "chat".into(),
        attributes: vec![KeyValue {
            key: "outer".into(),
            value: Some(to_prost(&Value::KvList(vec![("inner".into(), Value::from("deep"))]))),
            ..KeyValue::default()
        }],
        ..Default::default()
    };
    let scope = opentelemetry_proto::tonic::trace::v1::ScopeSpans { spans: vec![span], ..Default::default() };
    let group = opentelemetry_proto::tonic::trace::v1::ResourceSpans { scope_spans: vec![scope], ..Default::default() };
    let request = ExportTraceServiceRequest { resource_spans: vec![group] };
    decode(Signal::Traces, &request.encode_to_vec()).expect("valid")
}

// Scenario: trace states, two of which one span has. Guarantees: one is left and reads as set; an empty one is not
// written; no other record is touched.
#[test]
fn one_trace_state_is_left() {
    let span = |states: &[&str]| {
        let mut message = vec![];
        states.iter().for_each(|state| put_bytes(&mut message, 3, state.as_bytes()));
        put_bytes(&mut message, 5, b"chat");
        message
    };
    let mut scope = vec![];
    [span(&[]), span(&["a=1", "b=2"]), span(&["c=3"])].iter().for_each(|span| put_bytes(&mut scope, 2, span));
    let (mut group, mut wire) = (vec![], vec![]);
    put_bytes(&mut group, 2, &scope);
    put_bytes(&mut wire, 1, &group);
    let mut batch = decode(Signal::Traces, &wire).expect("valid");
    let states = |batch: &Batch| batch.records().map(|record| record.trace_state().to_string()).collect::<Vec<_>>();
    assert_eq!(states(&batch), ["", "b=2", "c=3"]);
    batch.set_trace_state(3, "beyond=the-end");
    batch.set_trace_state(0, "");
    assert!(batch.records().all(|record| !record.is_edited()));
    batch.set_trace_state(0, "x=0");
    batch.set_trace_state(1, "ot=th:8");
    assert_eq!(states(&batch), ["x=0", "ot=th:8", "c=3"]);
    assert!(!batch.record(2).expect("three").is_edited());
    assert_eq!(batch.record(1).expect("three").message(), span(&["ot=th:8"]));
    batch.set_trace_state(1, "");
    assert_eq!(batch.record(1).expect("three").message(), span(&[]));
}

// Scenario: a trace state for a log record and for metrics. Guarantees: nothing happens (field 3 of a log record is its
// severity text).
#[test]
fn only_spans_have_a_trace_state() {
    for (signal, seed) in (0..20).flat_map(|seed| [(Signal::Logs, seed), (Signal::Metrics, seed)]) {
        let wire = if signal == Signal::Logs { request(signal, seed) } else { vec![] };
        let mut batch = decode(signal, &wire).expect("valid");
        (0..batch.len() + 1).for_each(|row| batch.set_trace_state(row, "ot=th:8"));
        assert!(batch.records().all(|record| !record.is_edited()));
    }
}

// Scenario: a nested value. Guarantees: the visitor is told whose it is, which key it has and which attribute.
#[test]
fn spots_name_owner_place_attribute_and_key() {
    let mut seen = Vec::new();
    small().visit_all(&mut |spot: &Spot<'_>, leaf: Leaf<'_>| {
        let name = |text: Option<Text<'_>>| text.map_or("-".to_owned(), |text| text.to_string());
        seen.push((spot.owner, spot.place, format!("{} {} {leaf:?}", name(spot.attribute), name(spot.key))));
        Edit::Keep
    });
    let expected = [
        (Owner::Span, Place::Name, "- - String(\"chat\")"),
        (Owner::Span, Place::Key, "outer outer String(\"outer\")"),
        (Owner::Span, Place::Key, "outer inner String(\"inner\")"),
        (Owner::Span, Place::Value, "outer inner String(\"deep\")"),
    ];
    assert_eq!(seen, expected.map(|(owner, place, text)| (owner, place, text.to_owned())));
}

// Scenario: keys removed, and a number put where only a string can stand.
// Guarantees: a removed key takes its value along; the number stands as text.
#[test]
fn keys_are_removed_with_their_values_and_numbers_become_text() {
    let mut batch = small();
    batch.visit_all(&mut |spot: &Spot<'_>, _: Leaf<'_>| match spot.place {
        Place::Key if spot.key == spot.attribute => Edit::Keep,
        Place::Key => Edit::Remove,
        Place::Name => Edit::Replace(Value::Int(42)),
        _ => panic!("the value went with its key"),
    });
    let record = batch.record(0).expect("one span");
    assert_eq!(record.name(), "42");
    assert!(record.is_edited());
    let attributes: Vec<_> = record.attributes().map(|(key, value)| (key.to_string(), value.to_value())).collect();
    assert_eq!(attributes, [("outer".to_owned(), Value::KvList(vec![]))]);
}

// Scenario: a leaf replaced by a map. Guarantees: the map stands in its place.
#[test]
fn a_leaf_may_become_a_map() {
    let map = Value::KvList(vec![("was".into(), Value::Array(vec![Value::Bool(true)]))]);
    let mut batch = small();
    batch.visit(0, &mut |spot: &Spot<'_>, _: Leaf<'_>| match spot.place {
        Place::Value => Edit::Replace(map.clone()),
        _ => Edit::Keep,
    });
    let found = batch.attribute(0, "outer").map(|value| value.to_value());
    assert_eq!(found, Some(Value::KvList(vec![("inner".into(), map)])));
}

// Scenario: one record edited a thousand times. Guarantees: gaps in the overlay do not pile up.
#[test]
fn repeated_edits_do_not_pile_up() {
    let mut batch = small();
    for turn in 0..1_000 {
        batch.set_attribute(0, "outer", &Value::Bytes(vec![1; 10_000 + turn % 7]));
    }
    assert!(batch.heap_bytes() < 400_000, "{}", batch.heap_bytes());
    assert!(batch.seal().body().len() < 10_100);
}
