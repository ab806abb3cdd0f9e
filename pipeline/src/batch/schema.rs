//! Which fields OTLP's messages have: one table per message, read by decode, visit and strip alike.
//!
//! A field that is not in a table is unknown everywhere at once, so no walk can forget a string that another
//! one knows. Source: opentelemetry-proto 1.10 (the field numbers of `opentelemetry-proto` 0.33); the tests
//! hold the tables against prost.

mod metrics;

use super::visit::{Owner, Place};
use crate::Signal;

/// A message: what its fields are and whose strings they hold.
pub(super) struct Shape {
    pub(super) role: Role,
    /// Indexed by field number; beyond the end everything is unknown.
    fields: &'static [Kind],
}

/// What a walk has to know of a message beyond its fields.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Role {
    /// Nothing.
    Plain,
    /// Strings below belong to this owner.
    Owner(Owner),
    /// The key gives the value below it a name.
    KeyValue,
    /// The leaves are typed values.
    AnyValue,
    /// A metric's data point: counts as one item.
    DataPoint,
}

/// What a field is.
#[derive(Clone, Copy)]
pub(super) enum Kind {
    /// Not in our tables: kept as it is, or dropped by `drop_unknown`.
    Unknown,
    Varint,
    Fixed32,
    Fixed64,
    /// `repeated` numbers, packed or not.
    Varints,
    Fixed64s,
    /// Bytes of exactly this length, or none.
    Id(usize),
    /// A string with a place of its own.
    Text(Place),
    Message(&'static Shape),
    /// A log record's body: an `AnyValue` with an owner of its own.
    Body(&'static Shape),
    // The alternatives of AnyValue that hold something to read.
    String,
    Bool,
    Int,
    Double,
    Bytes,
}

use Kind::{Body, Bool, Bytes, Double, Fixed32, Fixed64, Id, Int, Message, String, Text, Unknown, Varint};

impl Shape {
    const fn new(role: Role, fields: &'static [Kind]) -> Self {
        Self { role, fields }
    }

    /// What field `tag` is.
    #[inline(always)]
    pub(super) fn kind(&self, tag: u32) -> &'static Kind {
        self.fields.get(tag as usize).unwrap_or(&Unknown)
    }

    /// The field number of the repeated `KeyValue attributes`, if the message has one.
    pub(super) fn attributes_tag(&self) -> Option<u32> {
        let at = self.fields.iter().position(|kind| matches!(kind, Message(shape) if shape.role == Role::KeyValue))?;
        u32::try_from(at).ok()
    }
}

/// The request, then what lies around a record from the outside in; for metrics only the first counts.
pub(super) fn levels(signal: Signal) -> [&'static Shape; 3] {
    match signal {
        Signal::Traces => [&TRACES, &RESOURCE_SPANS, &SCOPE_SPANS],
        Signal::Logs => [&LOGS, &RESOURCE_LOGS, &SCOPE_LOGS],
        Signal::Metrics => [&metrics::METRICS, &metrics::RESOURCE_METRICS, &metrics::SCOPE_METRICS],
    }
}

/// The message of one record; a metric is no record of ours, its data points are.
pub(super) fn record(signal: Signal) -> &'static Shape {
    match signal {
        Signal::Traces => &SPAN,
        Signal::Logs => &LOG_RECORD,
        Signal::Metrics => &metrics::METRIC,
    }
}

// message ExportTraceServiceRequest { repeated ResourceSpans resource_spans = 1; }
static TRACES: Shape = Shape::new(Role::Plain, &[Unknown, Message(&RESOURCE_SPANS)]);

// message ExportLogsServiceRequest { repeated ResourceLogs resource_logs = 1; }
static LOGS: Shape = Shape::new(Role::Plain, &[Unknown, Message(&RESOURCE_LOGS)]);

// message ResourceSpans {
//   Resource resource = 1; repeated ScopeSpans scope_spans = 2; string schema_url = 3;
// }
static RESOURCE_SPANS: Shape = Shape::new(
    Role::Owner(Owner::Resource),
    &[Unknown, Message(&RESOURCE), Message(&SCOPE_SPANS), Text(Place::SchemaUrl)],
);

// message ResourceLogs {
//   Resource resource = 1; repeated ScopeLogs scope_logs = 2; string schema_url = 3;
// }
static RESOURCE_LOGS: Shape = Shape::new(
    Role::Owner(Owner::Resource),
    &[Unknown, Message(&RESOURCE), Message(&SCOPE_LOGS), Text(Place::SchemaUrl)],
);

// message ScopeSpans { InstrumentationScope scope = 1; repeated Span spans = 2; string schema_url = 3; }
static SCOPE_SPANS: Shape =
    Shape::new(Role::Owner(Owner::Scope), &[Unknown, Message(&SCOPE), Message(&SPAN), Text(Place::SchemaUrl)]);

// message ScopeLogs { InstrumentationScope scope = 1; repeated LogRecord log_records = 2; string schema_url = 3; }
static SCOPE_LOGS: Shape =
    Shape::new(Role::Owner(Owner::Scope), &[Unknown, Message(&SCOPE), Message(&LOG_RECORD), Text(Place::SchemaUrl)]);

// message Resource {
//   repeated KeyValue attributes = 1; uint32 dropped_attributes_count = 2; repeated EntityRef entity_refs = 3;
// }
static RESOURCE: Shape =
    Shape::new(Role::Owner(Owner::Resource), &[Unknown, Message(&KEY_VALUE), Varint, Message(&ENTITY_REF)]);

// message InstrumentationScope {
//   string name = 1; string version = 2; repeated KeyValue attributes = 3; uint32 dropped_attributes_count = 4;
// }
static SCOPE: Shape = Shape::new(
    Role::Owner(Owner::Scope),
    &[Unknown, Text(Place::Name), Text(Place::Version), Message(&KEY_VALUE), Varint],
);

// message EntityRef {
//   string schema_url = 1; string type = 2; repeated string id_keys = 3; repeated string description_keys = 4;
// }
static ENTITY_REF: Shape = Shape::new(
    Role::Owner(Owner::Entity),
    &[Unknown, Text(Place::SchemaUrl), Text(Place::EntityType), Text(Place::EntityKey), Text(Place::EntityKey)],
);

// message Span {
//   bytes trace_id = 1; bytes span_id = 2; string trace_state = 3; bytes parent_span_id = 4; string name = 5;
//   SpanKind kind = 6; fixed64 start_time_unix_nano = 7; fixed64 end_time_unix_nano = 8;
//   repeated KeyValue attributes = 9; uint32 dropped_attributes_count = 10;
//   repeated Event events = 11; uint32 dropped_events_count = 12;
//   repeated Link links = 13; uint32 dropped_links_count = 14; Status status = 15; fixed32 flags = 16;
// }
static SPAN: Shape = Shape::new(
    Role::Owner(Owner::Span),
    &[
        Unknown,
        Id(16),
        Id(8),
        Text(Place::TraceState),
        Id(8),
        Text(Place::Name),
        Varint,
        Fixed64,
        Fixed64,
        Message(&KEY_VALUE),
        Varint,
        Message(&EVENT),
        Varint,
        Message(&LINK),
        Varint,
        Message(&STATUS),
        Fixed32,
    ],
);

// message Span.Event {
//   fixed64 time_unix_nano = 1; string name = 2; repeated KeyValue attributes = 3; uint32 dropped_attributes_count = 4;
// }
static EVENT: Shape =
    Shape::new(Role::Owner(Owner::Event), &[Unknown, Fixed64, Text(Place::Name), Message(&KEY_VALUE), Varint]);

// message Span.Link {
//   bytes trace_id = 1; bytes span_id = 2; string trace_state = 3; repeated KeyValue attributes = 4;
//   uint32 dropped_attributes_count = 5; fixed32 flags = 6;
// }
static LINK: Shape = Shape::new(
    Role::Owner(Owner::Link),
    &[Unknown, Id(16), Id(8), Text(Place::TraceState), Message(&KEY_VALUE), Varint, Fixed32],
);

// message Status { reserved 1; string message = 2; StatusCode code = 3; }
static STATUS: Shape = Shape::new(Role::Plain, &[Unknown, Unknown, Text(Place::StatusMessage), Varint]);

// message LogRecord {
//   fixed64 time_unix_nano = 1; SeverityNumber severity_number = 2; string severity_text = 3; AnyValue body = 5;
//   repeated KeyValue attributes = 6; uint32 dropped_attributes_count = 7; fixed32 flags = 8;
//   bytes trace_id = 9; bytes span_id = 10; fixed64 observed_time_unix_nano = 11; string event_name = 12;
// }
static LOG_RECORD: Shape = Shape::new(
    Role::Owner(Owner::Log),
    &[
        Unknown,
        Fixed64,
        Varint,
        Text(Place::SeverityText),
        Unknown,
        Body(&ANY_VALUE),
        Message(&KEY_VALUE),
        Varint,
        Fixed32,
        Id(16),
        Id(8),
        Fixed64,
        Text(Place::Name),
    ],
);

// message KeyValue { string key = 1; AnyValue value = 2; int32 key_strindex = 3; }
pub(super) static KEY_VALUE: Shape =
    Shape::new(Role::KeyValue, &[Unknown, Text(Place::Key), Message(&ANY_VALUE), Varint]);

// message AnyValue { oneof value {
//   string string_value = 1; bool bool_value = 2; int64 int_value = 3; double double_value = 4;
//   ArrayValue array_value = 5; KeyValueList kvlist_value = 6; bytes bytes_value = 7; int32 string_value_strindex = 8;
// } }
pub(super) static ANY_VALUE: Shape = Shape::new(
    Role::AnyValue,
    &[Unknown, String, Bool, Int, Double, Message(&ARRAY_VALUE), Message(&KEY_VALUE_LIST), Bytes, Varint],
);

// message ArrayValue { repeated AnyValue values = 1; }
static ARRAY_VALUE: Shape = Shape::new(Role::Plain, &[Unknown, Message(&ANY_VALUE)]);

// message KeyValueList { repeated KeyValue values = 1; }
static KEY_VALUE_LIST: Shape = Shape::new(Role::Plain, &[Unknown, Message(&KEY_VALUE)]);
