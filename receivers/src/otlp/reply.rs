//! The bodies of answers: `ExportXServiceResponse` and `google.rpc.Status`, in protobuf and in JSON.

use bytes::Bytes;
use pipeline::Signal;
use prost::Message;
use serde_json::json;

use super::fault::Fault;
use super::open::Form;

/// `google.rpc.Status`.
#[derive(Clone, PartialEq, Message)]
struct Status {
    #[prost(int32, tag = "1")]
    code: i32,
    #[prost(string, tag = "2")]
    message: String,
    #[prost(message, repeated, tag = "3")]
    details: Vec<Any>,
}

/// `google.protobuf.Any`.
#[derive(Clone, PartialEq, Message)]
struct Any {
    #[prost(string, tag = "1")]
    type_url: String,
    #[prost(bytes = "vec", tag = "2")]
    value: Vec<u8>,
}

/// `google.rpc.RetryInfo`.
#[derive(Clone, PartialEq, Message)]
struct RetryInfo {
    #[prost(message, optional, tag = "1")]
    retry_delay: Option<Delay>,
}

/// `google.protobuf.Duration`.
#[derive(Clone, Copy, PartialEq, Message)]
struct Delay {
    #[prost(int64, tag = "1")]
    seconds: i64,
    #[prost(int32, tag = "2")]
    nanos: i32,
}

/// `ExportTraceServiceResponse`, and those of logs and metrics: they differ in the name of field 1.1 only.
#[derive(Clone, PartialEq, Message)]
struct ExportResponse {
    #[prost(message, optional, tag = "1")]
    partial_success: Option<PartialSuccess>,
}

/// `ExportTracePartialSuccess`, and those of logs and metrics.
#[derive(Clone, PartialEq, Message)]
struct PartialSuccess {
    #[prost(int64, tag = "1")]
    rejected: i64,
    #[prost(string, tag = "2")]
    error_message: String,
}

const RETRY_INFO: &str = "type.googleapis.com/google.rpc.RetryInfo";

/// The answer to a request that was taken. `partial_success` is there only when records were left out.
pub(super) fn accepted(signal: Signal, rejected: u64, form: Form) -> Bytes {
    if rejected == 0 {
        return match form {
            Form::Protobuf => Bytes::new(),
            Form::Json => Bytes::from_static(b"{}"),
        };
    }
    let error_message = format!("{rejected} {} are invalid and were left out", signal.items().replace('_', " "));
    let rejected = i64::try_from(rejected).unwrap_or(i64::MAX);
    match form {
        Form::Protobuf => {
            let partial_success = Some(PartialSuccess { rejected, error_message });
            Bytes::from(ExportResponse { partial_success }.encode_to_vec())
        }
        Form::Json => {
            let key = match signal {
                Signal::Traces => "rejectedSpans",
                Signal::Logs => "rejectedLogRecords",
                Signal::Metrics => "rejectedDataPoints",
            };
            // 64-bit integers are strings in the JSON of protobuf.
            let body = json!({"partialSuccess": {key: rejected.to_string(), "errorMessage": error_message}});
            Bytes::from(body.to_string())
        }
    }
}

/// The `google.rpc.Status` of a request that was not taken.
pub(super) fn status(fault: &Fault, form: Form) -> Bytes {
    let code = fault.codes().0 as i32;
    let message = fault.message();
    match form {
        Form::Protobuf => {
            let details = fault.retry_after().map(|delay| {
                let delay = Delay {
                    seconds: i64::try_from(delay.as_secs()).unwrap_or(i64::MAX),
                    nanos: i32::try_from(delay.subsec_nanos()).unwrap_or(0),
                };
                let info = RetryInfo { retry_delay: Some(delay) };
                Any { type_url: RETRY_INFO.into(), value: info.encode_to_vec() }
            });
            let status = Status { code, message: message.into_owned(), details: details.into_iter().collect() };
            Bytes::from(status.encode_to_vec())
        }
        Form::Json => {
            let mut body = json!({"code": code, "message": message});
            if let Some(delay) = fault.retry_after() {
                let delay = format!("{}s", delay.as_secs_f64());
                body["details"] = json!([{"@type": RETRY_INFO, "retryDelay": delay}]);
            }
            Bytes::from(body.to_string())
        }
    }
}

#[cfg(test)]
mod tests;
