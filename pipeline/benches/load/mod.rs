//! What an LLM gateway sends, for every bench of this crate alike: spans of 12 attributes, one of them a 600-byte prompt.

use bytes::Bytes;
use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use opentelemetry_proto::tonic::common::v1::{AnyValue, InstrumentationScope, KeyValue, any_value};
use opentelemetry_proto::tonic::resource::v1::Resource;
use opentelemetry_proto::tonic::trace::v1::{ResourceSpans, ScopeSpans, Span, Status};
use prost::Message;

/// Spans in one request.
pub(crate) const SPANS: usize = 256;

/// A request of [`SPANS`] spans.
pub(crate) fn request() -> Bytes {
    let resource =
        (0..8).map(|index| attribute(&format!("service.part_{index}"), string("checkout-assistant"))).collect();
    let scope = InstrumentationScope { name: "opentelemetry.instrumentation.openai".into(), ..Default::default() };
    let spans = (0..SPANS).map(span).collect();
    let request = ExportTraceServiceRequest {
        resource_spans: vec![ResourceSpans {
            resource: Some(Resource { attributes: resource, ..Default::default() }),
            scope_spans: vec![ScopeSpans { scope: Some(scope), spans, schema_url: String::new() }],
            schema_url: "https://opentelemetry.io/schemas/1.40.0".into(),
        }],
    };
    request.encode_to_vec().into()
}

fn span(index: usize) -> Span {
    let prompt: String =
        "Summarise the attached complaint and propose a friendly answer. ".chars().cycle().take(600).collect();
    let id = 0x9e37_79b9_7f4a_7c15u64.wrapping_mul(index as u64 + 1);
    Span {
        trace_id: [id.to_be_bytes(), (!id).to_be_bytes()].concat(),
        span_id: id.rotate_left(17).to_be_bytes().to_vec(),
        parent_span_id: id.rotate_left(29).to_be_bytes().to_vec(),
        name: "chat gpt-4o-mini".into(),
        kind: 3,
        start_time_unix_nano: 1_790_000_000_000_000_000 + index as u64,
        end_time_unix_nano: 1_790_000_001_000_000_000 + index as u64,
        attributes: vec![
            attribute("gen_ai.operation.name", string("chat")),
            attribute("gen_ai.provider.name", string("openai")),
            attribute("gen_ai.request.model", string("gpt-4o-mini")),
            attribute("gen_ai.response.model", string("gpt-4o-mini-2024-07-18")),
            attribute("gen_ai.prompt", string(&prompt)),
            attribute("gen_ai.usage.input_tokens", Some(any_value::Value::IntValue(311))),
            attribute("gen_ai.usage.output_tokens", Some(any_value::Value::IntValue(97))),
            attribute("gen_ai.request.temperature", Some(any_value::Value::DoubleValue(0.7))),
            attribute("session.id", string("7f9c24e8-3b12-4fb0-9a51-6f3c2f0e8d11")),
            attribute("user.id", string("u-48151623")),
            attribute("http.route", string("/v1/chat/completions")),
            attribute("server.address", string("api.openai.com")),
        ],
        status: Some(Status { code: 1, message: String::new() }),
        ..Default::default()
    }
}

fn attribute(key: &str, value: Option<any_value::Value>) -> KeyValue {
    KeyValue { key: key.into(), value: Some(AnyValue { value }), ..Default::default() }
}

pub(crate) fn string(text: &str) -> Option<any_value::Value> {
    Some(any_value::Value::StringValue(text.into()))
}
