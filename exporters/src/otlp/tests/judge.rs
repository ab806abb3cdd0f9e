//! What an answer means: OTLP's tables, as tables.

use std::time::Duration;

use bytes::Bytes;
use http::{HeaderMap, HeaderValue, StatusCode};
use opentelemetry_proto::tonic::collector::trace::v1::{ExportTracePartialSuccess, ExportTraceServiceResponse};
use pipeline::{Signal, Timestamp};
use proptest::prelude::*;
use prost::Message;

use super::super::http::judge;
use super::super::partial;
use super::super::status::{Delay, code_of_http, of_call, verdict};
use super::retry_info;
use crate::delivery::{Blame, Reply, Verdict};

fn name(verdict: &Verdict) -> &'static str {
    match verdict {
        Verdict::Delivered => "delivered",
        Verdict::Partial { .. } => "partial",
        Verdict::Retry { .. } => "retry",
        Verdict::Rejected { blame: Blame::Request, .. } => "request",
        Verdict::Rejected { blame: Blame::Size, .. } => "size",
        Verdict::Rejected { blame: Blame::Destination, .. } => "destination",
        Verdict::Rejected { blame: Blame::Credentials, .. } => "credentials",
    }
}

#[test]
fn grpc_codes() {
    let table = [
        (1, "retry"),
        (2, "request"),
        (3, "request"),
        (4, "retry"),
        (5, "destination"),
        (6, "destination"),
        (7, "credentials"),
        (8, "size"),
        (9, "destination"),
        (10, "retry"),
        (11, "retry"),
        (12, "destination"),
        (13, "request"),
        (14, "retry"),
        (15, "retry"),
        (16, "credentials"),
        (99, "request"),
    ];
    for (code, expect) in table {
        assert_eq!(name(&verdict(code, "", None)), expect, "{code}");
    }
    assert_eq!(name(&verdict(8, "", Some(Duration::ZERO))), "retry");
}

#[test]
fn http_statuses() {
    let table = [
        (200, "delivered"),
        (204, "delivered"),
        (302, "credentials"),
        (304, "credentials"),
        (307, "credentials"),
        (400, "request"),
        (401, "credentials"),
        (403, "credentials"),
        (404, "destination"),
        (413, "size"),
        (429, "retry"),
        (500, "request"),
        (501, "destination"),
        (502, "retry"),
        (503, "retry"),
        (504, "retry"),
    ];
    for (status, expect) in table {
        let reply = Reply { status: StatusCode::from_u16(status).unwrap(), ..Reply::default() };
        assert_eq!(name(&judge(Signal::Traces, &reply, Timestamp::default())), expect, "{status}");
    }
    assert_eq!(code_of_http(StatusCode::BAD_GATEWAY), 14);
}

/// A proxy in front of a gRPC server answers for it, without a gRPC status.
#[test]
fn http_statuses_of_a_grpc_proxy() {
    for (status, expect) in
        [(413, "size"), (301, "credentials"), (500, "request"), (503, "retry"), (404, "destination")]
    {
        let code = code_of_http(StatusCode::from_u16(status).unwrap());
        assert_eq!(name(&verdict(code, "", None)), expect, "{status}");
    }
}

#[test]
fn a_retry_info_is_read_padded_or_not() {
    let details = retry_info(Delay { seconds: 7, nanos: 500_000_000 });
    let padded = format!("{details}{}", "=".repeat((4 - details.len() % 4) % 4));
    for details in [details, padded] {
        let mut trailers = HeaderMap::new();
        trailers.insert("grpc-status", HeaderValue::from_static("8"));
        trailers.insert("grpc-message", HeaderValue::from_static("caf%C3%A9 %zz"));
        trailers.insert("grpc-status-details-bin", HeaderValue::try_from(details).unwrap());
        let expect = (8, "café %zz".to_owned(), Some(Duration::from_millis(7500)));
        assert_eq!(of_call(&HeaderMap::new(), &trailers), Some(expect));
    }
}

#[test]
fn retry_after_is_seconds_or_a_date() {
    let now = Timestamp(1_000_000_000_000_000_000);
    let after = |text: &str| {
        let mut reply = Reply { status: StatusCode::SERVICE_UNAVAILABLE, ..Reply::default() };
        reply.headers.insert("retry-after", text.parse().unwrap());
        match judge(Signal::Logs, &reply, now) {
            Verdict::Retry { after, .. } => after,
            other => panic!("{other:?}"),
        }
    };
    assert_eq!(after("120"), Some(Duration::from_secs(120)));
    assert_eq!(after("Sun, 09 Sep 2001 01:47:10 GMT"), Some(Duration::from_secs(30)));
    assert_eq!(after("Sat, 09 Sep 2000 01:47:10 GMT"), Some(Duration::ZERO));
    assert_eq!(after("soon"), None);
}

#[test]
fn partial_success_is_read_from_protobuf_and_json() {
    let partial = ExportTracePartialSuccess { rejected_spans: 3, error_message: "too\nold".into() };
    let body = ExportTraceServiceResponse { partial_success: Some(partial) }.encode_to_vec();
    let expect = Verdict::Partial { rejected: 3, reason: "too old".into() };
    assert_eq!(partial::from_protobuf(Signal::Traces, &body), expect);
    let body = br#"{"partialSuccess":{"rejectedSpans":"3","errorMessage":"too\nold"}}"#;
    assert_eq!(partial::from_json(body), expect);
    assert_eq!(partial::from_json(b"<html>"), Verdict::Delivered);
    assert_eq!(partial::from_json(br#"{"partialSuccess":{}}"#), Verdict::Delivered);
}

#[test]
fn a_reason_is_short_and_on_one_line() {
    let Verdict::Rejected { reason, .. } = verdict(3, &"\u{7}long\r\n".repeat(1000), None) else { panic!() };
    assert!(reason.chars().count() <= 201 && !reason.chars().any(char::is_control));
}

proptest! {
    /// Whatever comes back, a verdict comes out; and only the named ones are ever sent again.
    #[test]
    fn any_answer_is_judged(
        status in 100..=599_u16,
        body in prop::collection::vec(any::<u8>(), 0..200),
        json in any::<bool>(),
    ) {
        let (code, body) = (StatusCode::from_u16(status).unwrap(), Bytes::from(body));
        let mut reply = Reply { status: code, body, ..Reply::default() };
        if json {
            reply.headers.insert("content-type", HeaderValue::from_static("application/json"));
        }
        for signal in Signal::ALL {
            let verdict = judge(signal, &reply, Timestamp::default());
            prop_assert_eq!(matches!(verdict, Verdict::Retry { .. }), [429, 502, 503, 504].contains(&status));
            let taken = matches!(verdict, Verdict::Delivered | Verdict::Partial { .. });
            prop_assert_eq!(taken, (200..300).contains(&status));
        }
    }

    #[test]
    fn any_trailers_are_read(status in "[ -~]{0,8}", message in "[ -~]{0,80}", details in "[ -~]{0,80}") {
        let mut trailers = HeaderMap::new();
        let all = [("grpc-status", status), ("grpc-message", message), ("grpc-status-details-bin", details)];
        for (name, value) in all {
            trailers.insert(name, HeaderValue::try_from(value).unwrap());
        }
        of_call(&HeaderMap::new(), &trailers);
    }
}
