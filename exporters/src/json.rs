//! OTLP JSON of sealed bytes: the one place that calls the core's JSON writer.

use pipeline::Signal;

/// Appends `wire`, an OTLP export request in protobuf, to `out` as OTLP JSON on one line.
///
/// # Errors
/// Bytes that are no OTLP request.
pub(crate) fn write(signal: Signal, wire: &[u8], out: &mut Vec<u8>) -> Result<(), String> {
    use opentelemetry_proto::tonic::collector::{logs, metrics, trace};
    use prost::Message;

    // At the merge: `pipeline::batch::json::write(signal, wire, out)`, which writes what the Collector writes.
    let written = match signal {
        Signal::Traces => trace::v1::ExportTraceServiceRequest::decode(wire).map(|r| serde_json::to_writer(out, &r)),
        Signal::Logs => logs::v1::ExportLogsServiceRequest::decode(wire).map(|r| serde_json::to_writer(out, &r)),
        Signal::Metrics => {
            metrics::v1::ExportMetricsServiceRequest::decode(wire).map(|r| serde_json::to_writer(out, &r))
        }
    };
    written.map_err(|error| error.to_string())?.map_err(|error| error.to_string())
}
