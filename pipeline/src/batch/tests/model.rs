//! prost's structs and our batch brought to one form, so that a test can compare them with `==`.

use opentelemetry_proto::tonic::collector::logs::v1::ExportLogsServiceRequest;
use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use opentelemetry_proto::tonic::common::v1::{AnyValue, InstrumentationScope, KeyValue, any_value};
use opentelemetry_proto::tonic::logs::v1::LogRecord;
use opentelemetry_proto::tonic::resource::v1::Resource;
use opentelemetry_proto::tonic::trace::v1::{Span, Status};

use crate::batch::{Batch, Group, Part, Record, Value, ValueRef};
use crate::{Signal, Timestamp};

type Attributes = Vec<(String, Value)>;
/// An event or a link: name, time, trace id, span id, attributes.
type PartSeen = (String, u64, Vec<u8>, Vec<u8>, Attributes);

/// Everything a reader can ask of a record.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Seen {
    ids: [Vec<u8>; 3],
    times: (u64, u64),
    numbers: (i32, i32, i32),
    texts: Vec<String>,
    body: Value,
    attributes: Attributes,
    parts: Vec<PartSeen>,
    resource: (Attributes, String),
    scope: (String, String, Attributes, String),
}

/// What prost says of the records in `wire`.
pub(super) fn by_prost(signal: Signal, wire: &[u8]) -> Result<Vec<Seen>, prost::DecodeError> {
    Ok(match signal {
        Signal::Traces => spans(&prost::Message::decode(wire)?),
        _ => logs(&prost::Message::decode(wire)?),
    })
}

fn spans(request: &ExportTraceServiceRequest) -> Vec<Seen> {
    let groups = request.resource_spans.iter();
    let scopes = groups.flat_map(|group| group.scope_spans.iter().map(move |scope| (group, scope)));
    scopes
        .flat_map(|(group, scope)| {
            scope.spans.iter().map(move |span| Seen {
                resource: resource(&group.resource, &group.schema_url),
                scope: self::scope(&scope.scope, &scope.schema_url),
                ..self::span(span)
            })
        })
        .collect()
}

fn logs(request: &ExportLogsServiceRequest) -> Vec<Seen> {
    let groups = request.resource_logs.iter();
    let scopes = groups.flat_map(|group| group.scope_logs.iter().map(move |scope| (group, scope)));
    scopes
        .flat_map(|(group, scope)| {
            scope.log_records.iter().map(move |record| Seen {
                resource: resource(&group.resource, &group.schema_url),
                scope: self::scope(&scope.scope, &scope.schema_url),
                ..log(record)
            })
        })
        .collect()
}

fn span(span: &Span) -> Seen {
    let Status { message, code } = span.status.clone().unwrap_or_default();
    let events = span.events.iter();
    let events = events.map(|e| (e.name.clone(), e.time_unix_nano, vec![], vec![], attributes(&e.attributes)));
    let links = span.links.iter();
    let links = links.map(|l| (String::new(), 0, l.trace_id.clone(), l.span_id.clone(), attributes(&l.attributes)));
    Seen {
        ids: [span.trace_id.clone(), span.span_id.clone(), span.parent_span_id.clone()],
        times: (span.start_time_unix_nano, span.end_time_unix_nano),
        numbers: (span.kind, code, 0),
        texts: vec![span.name.clone(), message, span.trace_state.clone(), String::new()],
        attributes: attributes(&span.attributes),
        parts: events.chain(links).collect(),
        ..Seen::default()
    }
}

fn log(log: &LogRecord) -> Seen {
    Seen {
        ids: [log.trace_id.clone(), log.span_id.clone(), vec![]],
        times: (log.time_unix_nano, log.observed_time_unix_nano),
        numbers: (0, 0, log.severity_number),
        texts: vec![log.event_name.clone(), String::new(), String::new(), log.severity_text.clone()],
        body: value(&log.body),
        attributes: attributes(&log.attributes),
        ..Seen::default()
    }
}

fn resource(resource: &Option<Resource>, schema_url: &str) -> (Attributes, String) {
    (resource.as_ref().map(|resource| attributes(&resource.attributes)).unwrap_or_default(), schema_url.to_owned())
}

fn scope(scope: &Option<InstrumentationScope>, schema_url: &str) -> (String, String, Attributes, String) {
    let scope = scope.clone().unwrap_or_default();
    (scope.name, scope.version, attributes(&scope.attributes), schema_url.to_owned())
}

fn attributes(attributes: &[KeyValue]) -> Attributes {
    attributes.iter().map(|attribute| (attribute.key.clone(), value(&attribute.value))).collect()
}

fn value(value: &Option<AnyValue>) -> Value {
    use any_value::Value as V;
    match value.as_ref().and_then(|value| value.value.as_ref()) {
        None | Some(V::StringValueStrindex(_)) => Value::Empty,
        Some(V::StringValue(text)) => Value::String(text.clone()),
        Some(V::BoolValue(value)) => Value::Bool(*value),
        Some(V::IntValue(value)) => Value::Int(*value),
        Some(V::DoubleValue(value)) => Value::Double(*value),
        Some(V::BytesValue(bytes)) => Value::Bytes(bytes.clone()),
        Some(V::ArrayValue(array)) => {
            Value::Array(array.values.iter().map(|value| self::value(&Some(value.clone()))).collect())
        }
        Some(V::KvlistValue(list)) => Value::KvList(attributes(&list.values)),
    }
}

/// What our readers say of the records of `batch`.
pub(super) fn by_batch(batch: &Batch) -> Vec<Seen> {
    batch.records().map(record).collect()
}

fn record(record: Record<'_>) -> Seen {
    let (resource, scope) = (record.resource(), record.scope());
    let attributes = owned(record.attributes());
    for (key, _) in &attributes {
        let first = attributes.iter().find(|(other, _)| other == key).map(|(_, value)| value.clone());
        assert_eq!(record.attribute(key).map(|value| value.to_value()), first);
    }
    Seen {
        ids: [record.trace_id().to_vec(), record.span_id().to_vec(), record.parent_span_id().to_vec()],
        times: (record.start_time().0, record.end_time().0),
        numbers: (record.kind(), record.status_code(), record.severity_number()),
        texts: [record.name(), record.status_message(), record.trace_state(), record.severity_text()]
            .map(|text| text.to_string())
            .to_vec(),
        body: record.body().to_value(),
        attributes,
        parts: record.events().chain(record.links()).map(part).collect(),
        resource: (owned(resource.attributes()), resource.schema_url().to_string()),
        scope: scope_of(scope),
    }
}

fn scope_of(scope: Group<'_>) -> (String, String, Attributes, String) {
    (scope.name().to_string(), scope.version().to_string(), owned(scope.attributes()), scope.schema_url().to_string())
}

fn part(part: Part<'_>) -> PartSeen {
    let Timestamp(time) = part.time();
    (part.name().to_string(), time, part.trace_id().to_vec(), part.span_id().to_vec(), owned(part.attributes()))
}

fn owned<'a>(attributes: impl Iterator<Item = (crate::batch::Text<'a>, ValueRef<'a>)>) -> Attributes {
    attributes.map(|(key, value)| (key.to_string(), value.to_value())).collect()
}
