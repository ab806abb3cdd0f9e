//! The messages of OTLP's three export requests as data, so that both directions of the JSON door walk one table.
//!
//! A field is added here and nowhere else. The order of the fields is the order in which the Collector writes them
//! (pdata v1.65), which is the order of declaration in the `.proto` files and not of their numbers.
//! Source: opentelemetry-proto 1.10; `tests/schema.rs` holds the table against the generated structs.

/// One protobuf message: what its fields are called and how they stand on the wire.
pub(super) struct Message {
    /// The message's name in the `.proto` file, without its package.
    pub(super) name: &'static str,
    /// Whether each one counts against `Limits::max_records`.
    pub(super) record: bool,
    /// At most [`MAX_FIELDS`]; at most one oneof in each message.
    pub(super) fields: &'static [Field],
}

/// The most fields any message has (`Span`): the writer keeps its slots on the stack.
pub(super) const MAX_FIELDS: usize = 16;

/// One field of a message.
pub(super) struct Field {
    /// Protobuf field number, below 2^28.
    pub(super) number: u32,
    /// lowerCamelCase JSON name; its snake_case form is accepted on reading.
    pub(super) name: &'static str,
    pub(super) kind: Kind,
    pub(super) shape: Shape,
}

/// What a value is, on the wire and in JSON.
#[derive(Clone, Copy)]
pub(super) enum Kind {
    /// UTF-8 text.
    String,
    /// An id of so many bytes; hex in JSON.
    Id(usize),
    /// Any bytes; base64 in JSON.
    Bytes,
    /// `true` or `false`.
    Bool,
    /// Varint, a JSON number.
    Uint32,
    /// Varint, sign-extended, a JSON number.
    Int32,
    /// ZigZag varint, a JSON number.
    Sint32,
    /// Varint, a JSON string of digits.
    Uint64,
    /// Varint, a JSON string of digits.
    Int64,
    /// Four bytes, a JSON number.
    Fixed32,
    /// Eight bytes, a JSON string of digits.
    Fixed64,
    /// Eight bytes, a JSON string of digits.
    Sfixed64,
    /// Eight bytes, a JSON number or one of three words.
    Double,
    /// Varint, a JSON number; the names are accepted on reading.
    Enum(&'static [(&'static str, i32)]),
    /// A message inside.
    Message(&'static Message),
}

/// How often a field stands, and what its absence means.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Shape {
    /// Once. A scalar at its default is left out on the wire and in JSON; a message is always there in JSON.
    Singular,
    /// Once, and its default is something else than its absence.
    Optional,
    /// Once, in place of any other field of this shape in the message.
    OneOf,
    /// Any number of times; numbers are packed on the wire.
    Repeated,
}

/// Protobuf's wire types that OTLP uses.
pub(super) mod wire_type {
    pub(in super::super) const VARINT: u8 = 0;
    pub(in super::super) const FIXED64: u8 = 1;
    pub(in super::super) const LEN: u8 = 2;
    pub(in super::super) const START_GROUP: u8 = 3;
    pub(in super::super) const END_GROUP: u8 = 4;
    pub(in super::super) const FIXED32: u8 = 5;
}

impl Kind {
    /// How one value of this kind stands on the wire, outside of a packed list.
    pub(super) const fn wire_type(self) -> u8 {
        match self {
            Self::String | Self::Id(_) | Self::Bytes | Self::Message(_) => wire_type::LEN,
            Self::Fixed32 => wire_type::FIXED32,
            Self::Fixed64 | Self::Sfixed64 | Self::Double => wire_type::FIXED64,
            Self::Bool | Self::Uint32 | Self::Int32 | Self::Sint32 | Self::Uint64 | Self::Int64 | Self::Enum(_) => {
                wire_type::VARINT
            }
        }
    }
}

impl Field {
    /// Whether several values of the field share one length on the wire.
    pub(super) const fn packed(&self) -> bool {
        matches!(self.shape, Shape::Repeated) && self.kind.wire_type() != wire_type::LEN
    }

    const fn optional(self) -> Self {
        Self { shape: Shape::Optional, ..self }
    }

    const fn one_of(self) -> Self {
        Self { shape: Shape::OneOf, ..self }
    }

    const fn repeated(self) -> Self {
        Self { shape: Shape::Repeated, ..self }
    }
}

const fn field(number: u32, name: &'static str, kind: Kind) -> Field {
    Field { number, name, kind, shape: Shape::Singular }
}

const fn string(number: u32, name: &'static str) -> Field {
    field(number, name, Kind::String)
}

const fn uint32(number: u32, name: &'static str) -> Field {
    field(number, name, Kind::Uint32)
}

const fn fixed32(number: u32, name: &'static str) -> Field {
    field(number, name, Kind::Fixed32)
}

const fn fixed64(number: u32, name: &'static str) -> Field {
    field(number, name, Kind::Fixed64)
}

const fn double(number: u32, name: &'static str) -> Field {
    field(number, name, Kind::Double)
}

const fn trace_id(number: u32) -> Field {
    field(number, "traceId", Kind::Id(16))
}

const fn span_id(number: u32, name: &'static str) -> Field {
    field(number, name, Kind::Id(8))
}

const fn one(number: u32, name: &'static str, message: &'static Message) -> Field {
    field(number, name, Kind::Message(message))
}

const fn many(number: u32, name: &'static str, message: &'static Message) -> Field {
    one(number, name, message).repeated()
}

const fn attributes(number: u32) -> Field {
    many(number, "attributes", &KEY_VALUE)
}

const fn message(name: &'static str, fields: &'static [Field]) -> Message {
    assert!(fields.len() <= MAX_FIELDS);
    let (mut one_of, mut always_printed) = (false, false);
    let mut at = 0;
    while at < fields.len() {
        one_of |= matches!(fields[at].shape, Shape::OneOf);
        always_printed |= matches!((fields[at].shape, fields[at].kind), (Shape::Singular, Kind::Message(_)));
        at += 1;
    }
    assert!(!(one_of && always_printed), "the writer takes a oneof's only member for all of the message");
    Message { name, record: false, fields }
}

const fn record(name: &'static str, fields: &'static [Field]) -> Message {
    Message { record: true, ..message(name, fields) }
}

// --- traces ---

/// `ExportTraceServiceRequest`.
pub(super) static TRACES: Message = message("ExportTraceServiceRequest", &[many(1, "resourceSpans", &RESOURCE_SPANS)]);

static RESOURCE_SPANS: Message = message(
    "ResourceSpans",
    &[one(1, "resource", &RESOURCE), many(2, "scopeSpans", &SCOPE_SPANS), string(3, "schemaUrl")],
);

static SCOPE_SPANS: Message =
    message("ScopeSpans", &[one(1, "scope", &SCOPE), many(2, "spans", &SPAN), string(3, "schemaUrl")]);

static SPAN: Message = record(
    "Span",
    &[
        trace_id(1),
        span_id(2, "spanId"),
        string(3, "traceState"),
        span_id(4, "parentSpanId"),
        fixed32(16, "flags"),
        string(5, "name"),
        field(6, "kind", Kind::Enum(SPAN_KINDS)),
        fixed64(7, "startTimeUnixNano"),
        fixed64(8, "endTimeUnixNano"),
        attributes(9),
        uint32(10, "droppedAttributesCount"),
        many(11, "events", &SPAN_EVENT),
        uint32(12, "droppedEventsCount"),
        many(13, "links", &SPAN_LINK),
        uint32(14, "droppedLinksCount"),
        one(15, "status", &STATUS),
    ],
);

static SPAN_EVENT: Message = message(
    "Event",
    &[fixed64(1, "timeUnixNano"), string(2, "name"), attributes(3), uint32(4, "droppedAttributesCount")],
);

static SPAN_LINK: Message = message(
    "Link",
    &[
        trace_id(1),
        span_id(2, "spanId"),
        string(3, "traceState"),
        attributes(4),
        uint32(5, "droppedAttributesCount"),
        fixed32(6, "flags"),
    ],
);

static STATUS: Message = message("Status", &[string(2, "message"), field(3, "code", Kind::Enum(STATUS_CODES))]);

const SPAN_KINDS: &[(&str, i32)] = &[
    ("SPAN_KIND_UNSPECIFIED", 0),
    ("SPAN_KIND_INTERNAL", 1),
    ("SPAN_KIND_SERVER", 2),
    ("SPAN_KIND_CLIENT", 3),
    ("SPAN_KIND_PRODUCER", 4),
    ("SPAN_KIND_CONSUMER", 5),
];

const STATUS_CODES: &[(&str, i32)] = &[("STATUS_CODE_UNSET", 0), ("STATUS_CODE_OK", 1), ("STATUS_CODE_ERROR", 2)];

// --- logs ---

/// `ExportLogsServiceRequest`.
pub(super) static LOGS: Message = message("ExportLogsServiceRequest", &[many(1, "resourceLogs", &RESOURCE_LOGS)]);

static RESOURCE_LOGS: Message = message(
    "ResourceLogs",
    &[one(1, "resource", &RESOURCE), many(2, "scopeLogs", &SCOPE_LOGS), string(3, "schemaUrl")],
);

static SCOPE_LOGS: Message =
    message("ScopeLogs", &[one(1, "scope", &SCOPE), many(2, "logRecords", &LOG_RECORD), string(3, "schemaUrl")]);

static LOG_RECORD: Message = record(
    "LogRecord",
    &[
        fixed64(1, "timeUnixNano"),
        fixed64(11, "observedTimeUnixNano"),
        field(2, "severityNumber", Kind::Enum(SEVERITY_NUMBERS)),
        string(3, "severityText"),
        one(5, "body", &ANY_VALUE),
        attributes(6),
        uint32(7, "droppedAttributesCount"),
        fixed32(8, "flags"),
        trace_id(9),
        span_id(10, "spanId"),
        string(12, "eventName"),
    ],
);

const SEVERITY_NUMBERS: &[(&str, i32)] = &[
    ("SEVERITY_NUMBER_UNSPECIFIED", 0),
    ("SEVERITY_NUMBER_TRACE", 1),
    ("SEVERITY_NUMBER_TRACE2", 2),
    ("SEVERITY_NUMBER_TRACE3", 3),
    ("SEVERITY_NUMBER_TRACE4", 4),
    ("SEVERITY_NUMBER_DEBUG", 5),
    ("SEVERITY_NUMBER_DEBUG2", 6),
    ("SEVERITY_NUMBER_DEBUG3", 7),
    ("SEVERITY_NUMBER_DEBUG4", 8),
    ("SEVERITY_NUMBER_INFO", 9),
    ("SEVERITY_NUMBER_INFO2", 10),
    ("SEVERITY_NUMBER_INFO3", 11),
    ("SEVERITY_NUMBER_INFO4", 12),
    ("SEVERITY_NUMBER_WARN", 13),
    ("SEVERITY_NUMBER_WARN2", 14),
    ("SEVERITY_NUMBER_WARN3", 15),
    ("SEVERITY_NUMBER_WARN4", 16),
    ("SEVERITY_NUMBER_ERROR", 17),
    ("SEVERITY_NUMBER_ERROR2", 18),
    ("SEVERITY_NUMBER_ERROR3", 19),
    ("SEVERITY_NUMBER_ERROR4", 20),
    ("SEVERITY_NUMBER_FATAL", 21),
    ("SEVERITY_NUMBER_FATAL2", 22),
    ("SEVERITY_NUMBER_FATAL3", 23),
    ("SEVERITY_NUMBER_FATAL4", 24),
];

// --- common ---

static RESOURCE: Message =
    message("Resource", &[attributes(1), uint32(2, "droppedAttributesCount"), many(3, "entityRefs", &ENTITY_REF)]);

static ENTITY_REF: Message = message(
    "EntityRef",
    &[
        string(1, "schemaUrl"),
        string(2, "type"),
        string(3, "idKeys").repeated(),
        string(4, "descriptionKeys").repeated(),
    ],
);

static SCOPE: Message = message(
    "InstrumentationScope",
    &[string(1, "name"), string(2, "version"), attributes(3), uint32(4, "droppedAttributesCount")],
);

static KEY_VALUE: Message =
    message("KeyValue", &[string(1, "key"), one(2, "value", &ANY_VALUE), field(3, "keyStrindex", Kind::Int32)]);

static ANY_VALUE: Message = message(
    "AnyValue",
    &[
        string(1, "stringValue").one_of(),
        field(2, "boolValue", Kind::Bool).one_of(),
        field(3, "intValue", Kind::Int64).one_of(),
        double(4, "doubleValue").one_of(),
        one(5, "arrayValue", &ARRAY_VALUE).one_of(),
        one(6, "kvlistValue", &KEY_VALUE_LIST).one_of(),
        field(7, "bytesValue", Kind::Bytes).one_of(),
        field(8, "stringValueStrindex", Kind::Int32).one_of(),
    ],
);

static ARRAY_VALUE: Message = message("ArrayValue", &[many(1, "values", &ANY_VALUE)]);

static KEY_VALUE_LIST: Message = message("KeyValueList", &[many(1, "values", &KEY_VALUE)]);

// --- metrics ---

/// `ExportMetricsServiceRequest`.
pub(super) static METRICS: Message =
    message("ExportMetricsServiceRequest", &[many(1, "resourceMetrics", &RESOURCE_METRICS)]);

static RESOURCE_METRICS: Message = message(
    "ResourceMetrics",
    &[one(1, "resource", &RESOURCE), many(2, "scopeMetrics", &SCOPE_METRICS), string(3, "schemaUrl")],
);

static SCOPE_METRICS: Message =
    message("ScopeMetrics", &[one(1, "scope", &SCOPE), many(2, "metrics", &METRIC), string(3, "schemaUrl")]);

static METRIC: Message = message(
    "Metric",
    &[
        string(1, "name"),
        string(2, "description"),
        string(3, "unit"),
        one(5, "gauge", &GAUGE).one_of(),
        one(7, "sum", &SUM).one_of(),
        one(9, "histogram", &HISTOGRAM).one_of(),
        one(10, "exponentialHistogram", &EXPONENTIAL_HISTOGRAM).one_of(),
        one(11, "summary", &SUMMARY).one_of(),
        many(12, "metadata", &KEY_VALUE),
    ],
);

static GAUGE: Message = message("Gauge", &[many(1, "dataPoints", &NUMBER_DATA_POINT)]);

static SUM: Message =
    message("Sum", &[many(1, "dataPoints", &NUMBER_DATA_POINT), TEMPORALITY, field(3, "isMonotonic", Kind::Bool)]);

static HISTOGRAM: Message = message("Histogram", &[many(1, "dataPoints", &HISTOGRAM_DATA_POINT), TEMPORALITY]);

static EXPONENTIAL_HISTOGRAM: Message =
    message("ExponentialHistogram", &[many(1, "dataPoints", &EXPONENTIAL_HISTOGRAM_DATA_POINT), TEMPORALITY]);

static SUMMARY: Message = message("Summary", &[many(1, "dataPoints", &SUMMARY_DATA_POINT)]);

const TEMPORALITY: Field = field(2, "aggregationTemporality", Kind::Enum(TEMPORALITIES));

const TEMPORALITIES: &[(&str, i32)] = &[
    ("AGGREGATION_TEMPORALITY_UNSPECIFIED", 0),
    ("AGGREGATION_TEMPORALITY_DELTA", 1),
    ("AGGREGATION_TEMPORALITY_CUMULATIVE", 2),
];

static NUMBER_DATA_POINT: Message = record(
    "NumberDataPoint",
    &[
        attributes(7),
        fixed64(2, "startTimeUnixNano"),
        fixed64(3, "timeUnixNano"),
        double(4, "asDouble").one_of(),
        field(6, "asInt", Kind::Sfixed64).one_of(),
        many(5, "exemplars", &EXEMPLAR),
        uint32(8, "flags"),
    ],
);

static HISTOGRAM_DATA_POINT: Message = record(
    "HistogramDataPoint",
    &[
        attributes(9),
        fixed64(2, "startTimeUnixNano"),
        fixed64(3, "timeUnixNano"),
        fixed64(4, "count"),
        double(5, "sum").optional(),
        fixed64(6, "bucketCounts").repeated(),
        double(7, "explicitBounds").repeated(),
        many(8, "exemplars", &EXEMPLAR),
        uint32(10, "flags"),
        double(11, "min").optional(),
        double(12, "max").optional(),
    ],
);

static EXPONENTIAL_HISTOGRAM_DATA_POINT: Message = record(
    "ExponentialHistogramDataPoint",
    &[
        attributes(1),
        fixed64(2, "startTimeUnixNano"),
        fixed64(3, "timeUnixNano"),
        fixed64(4, "count"),
        double(5, "sum").optional(),
        field(6, "scale", Kind::Sint32),
        fixed64(7, "zeroCount"),
        one(8, "positive", &BUCKETS),
        one(9, "negative", &BUCKETS),
        uint32(10, "flags"),
        many(11, "exemplars", &EXEMPLAR),
        double(12, "min").optional(),
        double(13, "max").optional(),
        double(14, "zeroThreshold"),
    ],
);

static BUCKETS: Message =
    message("Buckets", &[field(1, "offset", Kind::Sint32), field(2, "bucketCounts", Kind::Uint64).repeated()]);

static SUMMARY_DATA_POINT: Message = record(
    "SummaryDataPoint",
    &[
        attributes(7),
        fixed64(2, "startTimeUnixNano"),
        fixed64(3, "timeUnixNano"),
        fixed64(4, "count"),
        double(5, "sum"),
        many(6, "quantileValues", &VALUE_AT_QUANTILE),
        uint32(8, "flags"),
    ],
);

static VALUE_AT_QUANTILE: Message = message("ValueAtQuantile", &[double(1, "quantile"), double(2, "value")]);

static EXEMPLAR: Message = message(
    "Exemplar",
    &[
        many(7, "filteredAttributes", &KEY_VALUE),
        fixed64(2, "timeUnixNano"),
        double(3, "asDouble").one_of(),
        field(6, "asInt", Kind::Sfixed64).one_of(),
        trace_id(5),
        span_id(4, "spanId"),
    ],
);
