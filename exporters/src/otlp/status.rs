//! gRPC's status codes, and `google.rpc.Status` with its `RetryInfo`, as gRPC and OTLP/HTTP both carry it.

use std::time::Duration;

use base64::Engine;
use base64::alphabet;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use http::{HeaderMap, StatusCode};
use prost::Message;

use crate::delivery::{Blame, Verdict, printable};

/// `grpc-status-details-bin` comes padded or not.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &alphabet::STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// `google.rpc.Status`.
#[derive(Clone, PartialEq, Message)]
pub(super) struct RpcStatus {
    /// One of gRPC's codes.
    #[prost(int32, tag = "1")]
    pub(super) code: i32,
    /// For people.
    #[prost(string, tag = "2")]
    pub(super) message: String,
    /// More, by type.
    #[prost(message, repeated, tag = "3")]
    pub(super) details: Vec<Detail>,
}

/// `google.protobuf.Any`.
#[derive(Clone, PartialEq, Message)]
pub(super) struct Detail {
    #[prost(string, tag = "1")]
    pub(super) type_url: String,
    #[prost(bytes = "vec", tag = "2")]
    pub(super) value: Vec<u8>,
}

/// `google.rpc.RetryInfo`.
#[derive(Clone, PartialEq, Message)]
pub(super) struct RetryInfo {
    #[prost(message, optional, tag = "1")]
    pub(super) retry_delay: Option<Delay>,
}

/// `google.protobuf.Duration`.
#[derive(Clone, PartialEq, Message)]
pub(super) struct Delay {
    #[prost(int64, tag = "1")]
    pub(super) seconds: i64,
    #[prost(int32, tag = "2")]
    pub(super) nanos: i32,
}

/// gRPC's codes, by number.
const CODES: [&str; 17] = [
    "OK",
    "CANCELLED",
    "UNKNOWN",
    "INVALID_ARGUMENT",
    "DEADLINE_EXCEEDED",
    "NOT_FOUND",
    "ALREADY_EXISTS",
    "PERMISSION_DENIED",
    "RESOURCE_EXHAUSTED",
    "FAILED_PRECONDITION",
    "ABORTED",
    "OUT_OF_RANGE",
    "UNIMPLEMENTED",
    "INTERNAL",
    "UNAVAILABLE",
    "DATA_LOSS",
    "UNAUTHENTICATED",
];

/// The code of an answer that gives none: by its HTTP status, as gRPC maps them, but for what a proxy says of a body over
/// its limit, and of another place, which somebody has to write into the configuration.
pub(super) fn code_of_http(status: StatusCode) -> usize {
    match status.as_u16() {
        400 => 13,
        401 => 16,
        300..=399 | 403 => 7,
        404 => 12,
        413 => 8,
        429 | 502 | 503 | 504 => 14,
        _ => 2,
    }
}

/// What a failed call means, by OTLP's table.
pub(super) fn verdict(code: usize, message: &str, after: Option<Duration>) -> Verdict {
    let name = CODES.get(code).copied().unwrap_or("UNKNOWN");
    let reason = if message.is_empty() { name.into() } else { printable(&format!("{name}: {message}")) };
    match code {
        1 | 4 | 10 | 11 | 14 | 15 => Verdict::Retry { after, reason },
        8 if after.is_some() => Verdict::Retry { after, reason },
        // An invalid argument, and what servers say of bytes that they cannot read, or that made them fail: the
        // neighbours in a merged request may be good. A code that gRPC does not have is an unknown one.
        2 | 3 | 13 | 17.. => Verdict::Rejected { blame: Blame::Request, reason },
        // What every gRPC server says of a message over its limit.
        8 => Verdict::Rejected { blame: Blame::Size, reason },
        7 | 16 => Verdict::Rejected { blame: Blame::Credentials, reason },
        // The rest says nothing of the request: parts of it would meet the same.
        _ => Verdict::Rejected { blame: Blame::Destination, reason },
    }
}

/// The delay of a status's `RetryInfo`, if it has one.
pub(super) fn retry_delay(status: &RpcStatus) -> Option<Duration> {
    let info = status.details.iter().find(|detail| detail.type_url.ends_with("/google.rpc.RetryInfo"))?;
    let delay = RetryInfo::decode(info.value.as_slice()).ok()?.retry_delay.unwrap_or_default();
    let (seconds, nanos) = (u64::try_from(delay.seconds).ok()?, u32::try_from(delay.nanos).ok()?);
    Some(Duration::from_secs(seconds).saturating_add(Duration::from_nanos(nanos.into())))
}

/// The status of a call: in the trailers, or in the headers where there is nothing else.
pub(super) fn of_call(headers: &HeaderMap, trailers: &HeaderMap) -> Option<(usize, String, Option<Duration>)> {
    let from = if trailers.contains_key("grpc-status") { trailers } else { headers };
    let code = from.get("grpc-status")?.to_str().ok()?.trim().parse().unwrap_or(2);
    let message =
        from.get("grpc-message").map(|text| String::from_utf8_lossy(&percent_decoded(text.as_bytes())).into_owned());
    let message = message.unwrap_or_default();
    let details = from.get("grpc-status-details-bin").and_then(|text| BASE64.decode(text.as_bytes()).ok());
    let details = details.and_then(|bytes| RpcStatus::decode(bytes.as_slice()).ok());
    Some((code, message, details.as_ref().and_then(retry_delay)))
}

/// `grpc-message` is percent-encoded UTF-8, and so is a login in a URL; what is wrong in it stays as it is.
pub(super) fn percent_decoded(text: &[u8]) -> Vec<u8> {
    let mut decoded = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some((&first, after)) = rest.split_first() {
        let hex = after.get(..2).filter(|_| first == b'%').and_then(|hex| std::str::from_utf8(hex).ok());
        let byte = hex.and_then(|hex| u8::from_str_radix(hex, 16).ok());
        decoded.push(byte.unwrap_or(first));
        rest = if byte.is_some() { &after[2..] } else { after };
    }
    decoded
}
