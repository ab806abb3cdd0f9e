//! Scenario: the official Rust SDK sends spans and logs over gRPC, with all that its API can say.
//! Guarantee: what the file exporter holds is what was sent, field by field, and nothing else.

use std::path::Path;
use std::time::{Duration, SystemTime};

use opentelemetry::logs::{AnyValue, LogRecord, Logger, LoggerProvider, Severity};
use opentelemetry::trace::{
    Event, Link, Span, SpanContext, SpanId, SpanKind, Status, TraceContextExt, TraceFlags, TraceId, TraceState, Tracer,
    TracerProvider,
};
use opentelemetry::{Array, Context, InstrumentationScope, KeyValue, Value as Attribute};
use opentelemetry_otlp::{LogExporter, SpanExporter, WithExportConfig};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::logs::SdkLoggerProvider;
use opentelemetry_sdk::trace::{SdkTracer, SdkTracerProvider};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::stage::{Tollgate, lines};

const TO_FILE: &str = "
exporters: {file: {path: out.jsonl}}
service:
  pipelines:
    traces: {receivers: [otlp], exporters: [file]}
    logs: {receivers: [otlp], exporters: [file]}
extensions: {}
";

const TRACE: &str = "4bf92f3577b34da6a3ce929d0e0e4736";
const PARENT: &str = "00f067aa0ba902b7";
const LINKED: &str = "0af7651916cd43dd8448eb211c80319c";

/// A moment of the test, `nanos` after one that has all nine digits.
fn at(nanos: u64) -> SystemTime {
    SystemTime::UNIX_EPOCH + Duration::from_nanos(1_700_000_000_123_456_789 + nanos)
}

/// The same moment as OTLP JSON has it.
fn nanos(nanos: u64) -> Value {
    json!((1_700_000_000_123_456_789 + nanos).to_string())
}

fn context(trace: &str, span: &str, remote: bool, state: &[(&str, &str)]) -> SpanContext {
    let state = TraceState::from_key_value(state.iter().copied()).unwrap();
    let (trace, span) = (TraceId::from_hex(trace).unwrap(), SpanId::from_hex(span).unwrap());
    SpanContext::new(trace, span, TraceFlags::SAMPLED, remote, state)
}

fn resource() -> Resource {
    Resource::builder_empty()
        .with_schema_url([KeyValue::new("service.name", "rust-agent")], "https://example.com/resource")
        .build()
}

fn scope() -> InstrumentationScope {
    InstrumentationScope::builder("agent")
        .with_version("0.9.1")
        .with_schema_url("https://example.com/scope")
        .with_attributes([KeyValue::new("scope.kind", "test")])
        .build()
}

/// Every type of attribute there is.
fn attributes() -> Vec<KeyValue> {
    vec![
        KeyValue::new("gen_ai.request.model", "gpt-4o"),
        KeyValue::new("gen_ai.usage.input_tokens", 9_007_199_254_740_993_i64),
        KeyValue::new("gen_ai.request.temperature", 0.7),
        KeyValue::new("stream", false),
        KeyValue::new("finish_reasons", Attribute::Array(Array::String(vec!["stop".into(), "".into()]))),
        KeyValue::new("ids", Attribute::Array(Array::I64(vec![-1, 0, i64::MAX]))),
        KeyValue::new("scores", Attribute::Array(Array::F64(vec![0.5, -2.25]))),
        KeyValue::new("flags", Attribute::Array(Array::Bool(vec![true, false]))),
        KeyValue::new("nothing", Attribute::Array(Array::I64(Vec::new()))),
    ]
}

fn attributes_sent() -> Value {
    json!([
        {"key": "gen_ai.request.model", "value": {"stringValue": "gpt-4o"}},
        {"key": "gen_ai.usage.input_tokens", "value": {"intValue": "9007199254740993"}},
        {"key": "gen_ai.request.temperature", "value": {"doubleValue": 0.7}},
        {"key": "stream", "value": {"boolValue": false}},
        {"key": "finish_reasons", "value": {"arrayValue": {"values": [{"stringValue": "stop"}, {"stringValue": ""}]}}},
        {"key": "ids", "value": {"arrayValue": {
            "values": [{"intValue": "-1"}, {"intValue": "0"}, {"intValue": "9223372036854775807"}],
        }}},
        {"key": "scores", "value": {"arrayValue": {"values": [{"doubleValue": 0.5}, {"doubleValue": -2.25}]}}},
        {"key": "flags", "value": {"arrayValue": {"values": [{"boolValue": true}, {"boolValue": false}]}}},
        {"key": "nothing", "value": {"arrayValue": {}}},
    ])
}

/// A run with a remote parent, and a call inside it that fails; the ids that the SDK gave them.
fn spans(tracer: &SdkTracer) -> (SpanContext, SpanContext) {
    let parent = context(TRACE, PARENT, true, &[("rojo", "00f067aa0ba902b7"), ("congo", "t61rcWkgMzE")]);
    let linked = context(LINKED, "b7ad6b7169203331", false, &[("vendor", "x")]);
    let run = tracer
        .span_builder("run")
        .with_kind(SpanKind::Server)
        .with_start_time(at(0))
        .with_attributes(attributes())
        .with_events(vec![
            Event::new("first token", at(5), vec![KeyValue::new("index", 0_i64)], 0),
            Event::new("", at(6), Vec::new(), 0),
        ])
        .with_links(vec![Link::new(linked, vec![KeyValue::new("why", "retry of")], 0)])
        .start_with_context(tracer, &Context::new().with_remote_span_context(parent));
    let run_context = run.span_context().clone();
    let inside = Context::new().with_span(run);
    let mut call = tracer
        .span_builder("chat gpt-4o \u{1F600}")
        .with_kind(SpanKind::Client)
        .with_start_time(at(10))
        .start_with_context(tracer, &inside);
    let call_context = call.span_context().clone();
    call.set_status(Status::error("429 \"slow down\"\n"));
    call.end_with_timestamp(at(20));
    inside.span().set_status(Status::Ok);
    inside.span().end_with_timestamp(at(30));
    (run_context, call_context)
}

fn spans_sent(run: &SpanContext, call: &SpanContext) -> [Value; 2] {
    let state = "rojo=00f067aa0ba902b7,congo=t61rcWkgMzE";
    // Flags: sampled, "remoteness is known", and for the run, whose parent is remote, "remote".
    let run_sent = json!({
        "traceId": TRACE, "spanId": run.span_id().to_string(), "traceState": state, "parentSpanId": PARENT,
        "flags": 0x301, "name": "run", "kind": 2, "startTimeUnixNano": nanos(0), "endTimeUnixNano": nanos(30),
        "attributes": attributes_sent(),
        "events": [
            {"timeUnixNano": nanos(5), "name": "first token", "attributes": [{"key": "index", "value": {"intValue": "0"}}]},
            {"timeUnixNano": nanos(6)},
        ],
        "links": [{
            "traceId": LINKED, "spanId": "b7ad6b7169203331", "traceState": "vendor=x",
            "attributes": [{"key": "why", "value": {"stringValue": "retry of"}}], "flags": 0x101,
        }],
        "status": {"code": 1},
    });
    let call_sent = json!({
        "traceId": TRACE, "spanId": call.span_id().to_string(), "traceState": state,
        "parentSpanId": run.span_id().to_string(), "flags": 0x101, "name": "chat gpt-4o \u{1F600}", "kind": 3,
        "startTimeUnixNano": nanos(10), "endTimeUnixNano": nanos(20),
        "status": {"message": "429 \"slow down\"\n", "code": 2},
    });
    // In the order in which they ended.
    [call_sent, run_sent]
}

/// Two log records: one with everything, one with a body only; both of them of the call.
fn logs(logger: &impl Logger, call: &SpanContext) {
    let mut record = logger.create_log_record();
    record.set_event_name("gen_ai.choice");
    record.set_timestamp(at(12));
    record.set_observed_timestamp(at(13));
    record.set_severity_number(Severity::Warn2);
    record.set_severity_text("WARNING");
    record.set_body(
        [("message", [AnyValue::from("half"), AnyValue::from(2_i64)].into_iter().collect::<AnyValue>())]
            .into_iter()
            .collect(),
    );
    record.add_attribute("raw", AnyValue::from(&[0_u8, 255, 16][..]));
    record.add_attribute("tool", [("name", "search")].into_iter().collect::<AnyValue>());
    record.set_trace_context(call.trace_id(), call.span_id(), Some(TraceFlags::SAMPLED));
    logger.emit(record);
    let mut bare = logger.create_log_record();
    bare.set_observed_timestamp(at(14));
    bare.set_body("only a body".into());
    logger.emit(bare);
}

fn logs_sent(call: &SpanContext) -> [Value; 2] {
    let full = json!({
        "timeUnixNano": nanos(12), "observedTimeUnixNano": nanos(13), "severityNumber": 14, "severityText": "WARNING",
        "body": {"kvlistValue": {"values": [
            {"key": "message", "value": {"arrayValue": {"values": [{"stringValue": "half"}, {"intValue": "2"}]}}},
        ]}},
        "attributes": [
            {"key": "raw", "value": {"bytesValue": "AP8Q"}},
            {"key": "tool", "value": {"kvlistValue": {"values": [{"key": "name", "value": {"stringValue": "search"}}]}}},
        ],
        "flags": 1, "traceId": TRACE, "spanId": call.span_id().to_string(), "eventName": "gen_ai.choice",
    });
    [full, json!({"observedTimeUnixNano": nanos(14), "body": {"stringValue": "only a body"}})]
}

/// What one request about `records` of the resource and scope above is in the file.
fn request(resources: &str, scopes: &str, records: &str, sent: &[Value; 2]) -> Value {
    json!({resources: [{
        "resource": {"attributes": [{"key": "service.name", "value": {"stringValue": "rust-agent"}}]},
        "schemaUrl": "https://example.com/resource",
        scopes: [{
            "scope": {
                "name": "agent", "version": "0.9.1",
                "attributes": [{"key": "scope.kind", "value": {"stringValue": "test"}}],
            },
            "schemaUrl": "https://example.com/scope",
            records: sent,
        }],
    }]})
}

/// The file's requests that hold `resources`.
fn kept(file: &Path, resources: &str) -> Vec<Value> {
    lines(file).into_iter().filter(|request| request.get(resources).is_some()).collect()
}

#[test]
fn what_the_rust_sdk_sends_is_kept_field_by_field() {
    let folder = TempDir::new().unwrap();
    let tollgate = Tollgate::start(&folder, TO_FILE);
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let inside = runtime.enter();
    let exporter = SpanExporter::builder().with_tonic().with_endpoint(tollgate.grpc_url()).build().unwrap();
    let traces = SdkTracerProvider::builder().with_batch_exporter(exporter).with_resource(resource()).build();
    let exporter = LogExporter::builder().with_tonic().with_endpoint(tollgate.grpc_url()).build().unwrap();
    let records = SdkLoggerProvider::builder().with_batch_exporter(exporter).with_resource(resource()).build();
    let (run, call) = spans(&traces.tracer_with_scope(scope()));
    logs(&records.logger_with_scope(scope()), &call);
    traces.shutdown().unwrap();
    records.shutdown().unwrap();
    drop(inside);
    tollgate.stop();
    let file = folder.path().join("out.jsonl");
    let spans = request("resourceSpans", "scopeSpans", "spans", &spans_sent(&run, &call));
    assert_eq!(kept(&file, "resourceSpans"), [spans]);
    assert_eq!(kept(&file, "resourceLogs"), [request("resourceLogs", "scopeLogs", "logRecords", &logs_sent(&call))]);
}
