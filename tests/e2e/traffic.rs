//! Requests made to measure, in protobuf.

use opentelemetry_proto::tonic::collector::logs::v1::ExportLogsServiceRequest;
use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use opentelemetry_proto::tonic::common::v1::any_value::Value;
use opentelemetry_proto::tonic::common::v1::{AnyValue, KeyValue};
use opentelemetry_proto::tonic::logs::v1::{LogRecord, ResourceLogs, ScopeLogs};
use opentelemetry_proto::tonic::resource::v1::Resource;
use opentelemetry_proto::tonic::trace::v1::{ResourceSpans, ScopeSpans, Span};
use prost::Message;

/// An attribute that is a text.
pub(crate) fn text(key: &str, value: &str) -> KeyValue {
    let value = Some(AnyValue { value: Some(Value::StringValue(value.into())) });
    KeyValue { key: key.into(), value, ..KeyValue::default() }
}

/// The resource of everything here.
pub(crate) fn resource() -> Option<Resource> {
    Some(Resource { attributes: vec![text("service.name", "e2e")], ..Resource::default() })
}

/// A trace of `spans` spans, told apart by `batch`.
pub(crate) fn traces(batch: u64, spans: u64) -> Vec<u8> {
    let span = |at: u64| Span {
        trace_id: [batch.to_be_bytes(), [7; 8]].concat(),
        span_id: (at + 1).to_be_bytes().to_vec(),
        name: "chat".into(),
        start_time_unix_nano: 1,
        end_time_unix_nano: 2,
        attributes: vec![text("gen_ai.request.model", "gpt-4o"), text("gen_ai.input.messages", &"word ".repeat(40))],
        ..Span::default()
    };
    let scope_spans = vec![ScopeSpans { spans: (0..spans).map(span).collect(), ..ScopeSpans::default() }];
    let resource_spans = vec![ResourceSpans { resource: resource(), scope_spans, ..ResourceSpans::default() }];
    ExportTraceServiceRequest { resource_spans }.encode_to_vec()
}

/// `records` log records.
pub(crate) fn logs(records: u64) -> Vec<u8> {
    let record = |at: u64| LogRecord {
        time_unix_nano: at + 1,
        body: Some(AnyValue { value: Some(Value::StringValue(format!("line {at}"))) }),
        ..LogRecord::default()
    };
    let scope_logs = vec![ScopeLogs { log_records: (0..records).map(record).collect(), ..ScopeLogs::default() }];
    let resource_logs = vec![ResourceLogs { resource: resource(), scope_logs, ..ResourceLogs::default() }];
    ExportLogsServiceRequest { resource_logs }.encode_to_vec()
}
