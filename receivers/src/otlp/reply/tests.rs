//! Answers byte for byte, in both encodings.

use pipeline::receipt::{Refusal, Rejection};

use super::*;

#[test]
fn full_success_says_nothing() {
    assert!(accepted(Signal::Traces, 0, Form::Protobuf).is_empty());
    assert_eq!(&accepted(Signal::Traces, 0, Form::Json)[..], b"{}");
}

#[test]
fn partial_success_counts_in_each_signals_own_field() {
    for (signal, key) in [
        (Signal::Traces, "rejectedSpans"),
        (Signal::Logs, "rejectedLogRecords"),
        (Signal::Metrics, "rejectedDataPoints"),
    ] {
        let body: serde_json::Value = serde_json::from_slice(&accepted(signal, 3, Form::Json)).unwrap();
        assert_eq!(body["partialSuccess"][key], "3", "64 bits are a string");
        let body = ExportResponse::decode(&accepted(signal, 3, Form::Protobuf)[..]).unwrap();
        assert_eq!(body.partial_success.unwrap().rejected, 3);
    }
}

#[test]
fn a_status_carries_retry_info_only_where_it_may_be_sent_again() {
    let refused = Fault::Refused(Refusal::Draining);
    let body: serde_json::Value = serde_json::from_slice(&status(&refused, Form::Json)).unwrap();
    assert_eq!(body["details"][0]["retryDelay"], "5s");
    let body = Status::decode(&status(&refused, Form::Protobuf)[..]).unwrap();
    let info = RetryInfo::decode(&body.details[0].value[..]).unwrap();
    assert_eq!((body.code, info.retry_delay.unwrap().seconds), (14, 5));
    let rejected = Fault::Rejected(Rejection::Malformed("a \"quote\"".into()));
    let body: serde_json::Value = serde_json::from_slice(&status(&rejected, Form::Json)).unwrap();
    assert_eq!(body, json!({"code": 3, "message": "a \"quote\""}));
}
