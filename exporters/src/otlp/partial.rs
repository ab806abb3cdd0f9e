//! What a full answer says of the records it did not take.

use opentelemetry_proto::tonic::collector::logs::v1::ExportLogsServiceResponse;
use opentelemetry_proto::tonic::collector::metrics::v1::ExportMetricsServiceResponse;
use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceResponse;
use pipeline::Signal;
use prost::Message;
use serde_json::Value;

use crate::delivery::{Verdict, printable};

/// The verdict of a protobuf `Export*ServiceResponse`. One that cannot be read counts as success:
/// the destination said it took the request, and sending it again would double it.
pub(super) fn from_protobuf(signal: Signal, body: &[u8]) -> Verdict {
    let partial = match signal {
        Signal::Traces => ExportTraceServiceResponse::decode(body)
            .ok()
            .and_then(|reply| reply.partial_success)
            .map(|partial| (partial.rejected_spans, partial.error_message)),
        Signal::Logs => ExportLogsServiceResponse::decode(body)
            .ok()
            .and_then(|reply| reply.partial_success)
            .map(|partial| (partial.rejected_log_records, partial.error_message)),
        Signal::Metrics => ExportMetricsServiceResponse::decode(body)
            .ok()
            .and_then(|reply| reply.partial_success)
            .map(|partial| (partial.rejected_data_points, partial.error_message)),
    };
    verdict(partial)
}

/// The verdict of an `Export*ServiceResponse` in JSON; again, what cannot be read is success.
pub(super) fn from_json(body: &[u8]) -> Verdict {
    let reply: Value = serde_json::from_slice(body).unwrap_or_default();
    let Some(partial) = reply.get("partialSuccess") else { return Verdict::Delivered };
    let rejected = ["rejectedSpans", "rejectedLogRecords", "rejectedDataPoints"]
        .iter()
        .filter_map(|key| partial.get(key))
        .find_map(|count| count.as_i64().or_else(|| count.as_str()?.parse().ok()))
        .unwrap_or_default();
    let message = partial.get("errorMessage").and_then(Value::as_str).unwrap_or_default();
    verdict(Some((rejected, message.into())))
}

fn verdict(partial: Option<(i64, String)>) -> Verdict {
    match partial {
        None => Verdict::Delivered,
        Some((rejected, message)) if rejected <= 0 && message.is_empty() => Verdict::Delivered,
        Some((rejected, message)) => {
            Verdict::Partial { rejected: u64::try_from(rejected).unwrap_or(0), reason: printable(&message) }
        }
    }
}
