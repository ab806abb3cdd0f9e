//! The metrics half of the tables. Metrics pass through untouched; the tables serve to refuse what is no
//! valid request and to count data points.

use super::Kind::{Fixed64, Fixed64s, Id, Message, Text, Unknown, Varint, Varints};
use super::{KEY_VALUE, RESOURCE, Role, SCOPE, Shape};
use crate::batch::visit::{Owner, Place};

// message ExportMetricsServiceRequest { repeated ResourceMetrics resource_metrics = 1; }
pub(super) static METRICS: Shape = Shape::new(Role::Plain, &[Unknown, Message(&RESOURCE_METRICS)]);

// message ResourceMetrics { Resource resource = 1; repeated ScopeMetrics scope_metrics = 2; string schema_url = 3; }
pub(super) static RESOURCE_METRICS: Shape = Shape::new(
    Role::Owner(Owner::Resource),
    &[Unknown, Message(&RESOURCE), Message(&SCOPE_METRICS), Text(Place::SchemaUrl)],
);

// message ScopeMetrics { InstrumentationScope scope = 1; repeated Metric metrics = 2; string schema_url = 3; }
pub(super) static SCOPE_METRICS: Shape =
    Shape::new(Role::Owner(Owner::Scope), &[Unknown, Message(&SCOPE), Message(&METRIC), Text(Place::SchemaUrl)]);

// message Metric {
//   string name = 1; string description = 2; string unit = 3;
//   oneof data { Gauge gauge = 5; Sum sum = 7; Histogram histogram = 9;
//     ExponentialHistogram exponential_histogram = 10; Summary summary = 11; }
//   repeated KeyValue metadata = 12;
// }
pub(super) static METRIC: Shape = Shape::new(
    Role::Plain,
    &[
        Unknown,
        Text(Place::Name),
        Text(Place::Name),
        Text(Place::Name),
        Unknown,
        Message(&GAUGE),
        Unknown,
        Message(&SUM),
        Unknown,
        Message(&HISTOGRAM),
        Message(&EXPONENTIAL),
        Message(&SUMMARY),
        Message(&KEY_VALUE),
    ],
);

// message Gauge { repeated NumberDataPoint data_points = 1; }
static GAUGE: Shape = Shape::new(Role::Plain, &[Unknown, Message(&NUMBER)]);

// message Sum { repeated NumberDataPoint data_points = 1; AggregationTemporality aggregation_temporality = 2; bool is_monotonic = 3; }
static SUM: Shape = Shape::new(Role::Plain, &[Unknown, Message(&NUMBER), Varint, Varint]);

// message Histogram { repeated HistogramDataPoint data_points = 1; AggregationTemporality aggregation_temporality = 2; }
static HISTOGRAM: Shape = Shape::new(Role::Plain, &[Unknown, Message(&HISTOGRAM_POINT), Varint]);

// message ExponentialHistogram { repeated ExponentialHistogramDataPoint data_points = 1; AggregationTemporality aggregation_temporality = 2; }
static EXPONENTIAL: Shape = Shape::new(Role::Plain, &[Unknown, Message(&EXPONENTIAL_POINT), Varint]);

// message Summary { repeated SummaryDataPoint data_points = 1; }
static SUMMARY: Shape = Shape::new(Role::Plain, &[Unknown, Message(&SUMMARY_POINT)]);

// message NumberDataPoint {
//   fixed64 start_time_unix_nano = 2; fixed64 time_unix_nano = 3; oneof value { double as_double = 4; sfixed64 as_int = 6; }
//   repeated Exemplar exemplars = 5; repeated KeyValue attributes = 7; uint32 flags = 8;
// }
static NUMBER: Shape = Shape::new(
    Role::DataPoint,
    &[Unknown, Unknown, Fixed64, Fixed64, Fixed64, Message(&EXEMPLAR), Fixed64, Message(&KEY_VALUE), Varint],
);

// message HistogramDataPoint {
//   fixed64 start_time_unix_nano = 2; fixed64 time_unix_nano = 3; fixed64 count = 4; optional double sum = 5;
//   repeated fixed64 bucket_counts = 6; repeated double explicit_bounds = 7; repeated Exemplar exemplars = 8;
//   repeated KeyValue attributes = 9; uint32 flags = 10; optional double min = 11; optional double max = 12;
// }
static HISTOGRAM_POINT: Shape = Shape::new(
    Role::DataPoint,
    &[
        Unknown,
        Unknown,
        Fixed64,
        Fixed64,
        Fixed64,
        Fixed64,
        Fixed64s,
        Fixed64s,
        Message(&EXEMPLAR),
        Message(&KEY_VALUE),
        Varint,
        Fixed64,
        Fixed64,
    ],
);

// message ExponentialHistogramDataPoint {
//   repeated KeyValue attributes = 1; fixed64 start_time_unix_nano = 2; fixed64 time_unix_nano = 3; fixed64 count = 4;
//   optional double sum = 5; sint32 scale = 6; fixed64 zero_count = 7; Buckets positive = 8; Buckets negative = 9;
//   uint32 flags = 10; repeated Exemplar exemplars = 11; optional double min = 12; optional double max = 13;
//   double zero_threshold = 14;
// }
static EXPONENTIAL_POINT: Shape = Shape::new(
    Role::DataPoint,
    &[
        Unknown,
        Message(&KEY_VALUE),
        Fixed64,
        Fixed64,
        Fixed64,
        Fixed64,
        Varint,
        Fixed64,
        Message(&BUCKETS),
        Message(&BUCKETS),
        Varint,
        Message(&EXEMPLAR),
        Fixed64,
        Fixed64,
        Fixed64,
    ],
);

// message Buckets { sint32 offset = 1; repeated uint64 bucket_counts = 2; }
static BUCKETS: Shape = Shape::new(Role::Plain, &[Unknown, Varint, Varints]);

// message SummaryDataPoint {
//   fixed64 start_time_unix_nano = 2; fixed64 time_unix_nano = 3; fixed64 count = 4; double sum = 5;
//   repeated ValueAtQuantile quantile_values = 6; repeated KeyValue attributes = 7; uint32 flags = 8;
// }
static SUMMARY_POINT: Shape = Shape::new(
    Role::DataPoint,
    &[Unknown, Unknown, Fixed64, Fixed64, Fixed64, Fixed64, Message(&QUANTILE), Message(&KEY_VALUE), Varint],
);

// message ValueAtQuantile { double quantile = 1; double value = 2; }
static QUANTILE: Shape = Shape::new(Role::Plain, &[Unknown, Fixed64, Fixed64]);

// message Exemplar {
//   fixed64 time_unix_nano = 2; oneof value { double as_double = 3; sfixed64 as_int = 6; }
//   bytes span_id = 4; bytes trace_id = 5; repeated KeyValue filtered_attributes = 7;
// }
static EXEMPLAR: Shape =
    Shape::new(Role::Plain, &[Unknown, Unknown, Fixed64, Fixed64, Id(8), Id(16), Fixed64, Message(&KEY_VALUE)]);
