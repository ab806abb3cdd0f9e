//! What HTTP answers.

use opentelemetry_proto::tonic::collector::logs::v1::ExportLogsServiceResponse;
use pipeline::Signal;
use pipeline::receipt::{Outcome, Refusal, Rejection};
use prost::Message;
use serde_json::json;
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;

use super::client::{answer, gzip, post, raw, zlib, zstd};
use super::rig::{PLENTY, plain, request, start, start_with};

const JSON: (&str, &str) = ("content-type", "application/json");

#[tokio::test]
async fn each_signal_has_its_path() {
    let rig = plain().await;
    for path in ["/v1/traces", "/v1/logs", "/v1/metrics"] {
        let reply = post(rig.http, path, &[], b"").await;
        assert_eq!((reply.status, reply.header("content-type")), (200, "application/x-protobuf"), "{path}");
        assert!(reply.body.is_empty(), "an empty message: full success");
    }
    let signals: Vec<_> = rig.worker.opened(3).await.iter().map(|opened| opened.signal).collect();
    assert_eq!(signals, Signal::ALL);
    assert_eq!(post(rig.http, "/v1/spans", &[], b"").await.status, 404);
    // The Collector puts the slash before a path that has none.
    let own = start(json!({}), json!({"traces_url_path": "/t", "logs_url_path": "custom/logs"}), PLENTY).await;
    assert_eq!(post(own.http, "/t", &[], b"").await.status, 200);
    assert_eq!(post(own.http, "/custom/logs", &[], b"").await.status, 200);
    assert_eq!(post(own.http, "/v1/traces", &[], b"").await.status, 404);
}

#[tokio::test]
async fn bytes_arrive_whole_however_they_are_compressed_and_framed() {
    let rig = plain().await;
    let sent = request(400);
    let cases = [("identity", sent.clone()), ("gzip", gzip(&sent)), ("zstd", zstd(&sent)), ("deflate", zlib(&sent))];
    for (encoding, body) in &cases {
        let reply = post(rig.http, "/v1/traces", &[("content-encoding", encoding)], body).await;
        assert_eq!(reply.status, 200, "{encoding}: {reply:?}");
    }
    let mut chunked = Vec::new();
    for chunk in sent.chunks(777) {
        chunked.extend_from_slice(format!("{:x}\r\n", chunk.len()).as_bytes());
        chunked.extend_from_slice(chunk);
        chunked.extend_from_slice(b"\r\n");
    }
    chunked.extend_from_slice(b"0\r\n\r\n");
    let reply = post(rig.http, "/v1/traces", &[("transfer-encoding", "chunked")], chunked).await;
    assert_eq!(reply.status, 200, "{reply:?}");
    for opened in rig.worker.opened(5).await {
        assert!(opened.wire == sent);
        assert!(opened.permit >= sent.len());
    }
    rig.gave_back().await;
}

#[tokio::test]
async fn outcomes_are_answered_in_the_encoding_of_the_request() {
    let rig = plain().await;
    let malformed = Outcome::Rejected(Rejection::Malformed("not so".into()));
    let large = Outcome::Rejected(Rejection::TooLarge("too large".into()));
    let cases = [
        (Outcome::Refused(Refusal::Memory), 503, 14, Some("1")),
        (Outcome::Refused(Refusal::Draining), 503, 14, Some("5")),
        (Outcome::Lost, 503, 14, Some("1")),
        (malformed, 400, 3, None),
        (large, 413, 8, None),
        (Outcome::Rejected(Rejection::Internal("ours")), 500, 13, None),
    ];
    for (outcome, status, code, retry) in cases {
        rig.worker.answer(outcome.clone());
        let reply = post(rig.http, "/v1/logs", &[], b"").await;
        assert_eq!((reply.status, reply.header("retry-after")), (status, retry.unwrap_or("")), "{outcome:?}");
        let body = reply.rpc_status();
        assert_eq!((body.code, body.details.len()), (code, usize::from(retry.is_some())));
        assert!(!body.message.is_empty());
    }
    let series = r#"receiver="otlp",transport="http",signal="logs""#;
    rig.counted(&format!("tollgate_receiver_refused_requests_total{{{series},reason=\"draining\"}} 1"));
}

#[tokio::test]
async fn json_is_answered_in_json() {
    // The memory limit refuses before the JSON door is reached.
    let rig = start(json!({}), json!({}), 10).await;
    let reply = post(rig.http, "/v1/logs", &[JSON], br#"{"resourceLogs":[]}"#).await;
    assert_eq!(reply.status, 503);
    let expected = json!({
        "code": 14,
        "message": "the memory limit is reached, try again later",
        "details": [{"@type": "type.googleapis.com/google.rpc.RetryInfo", "retryDelay": "1s"}],
    });
    assert_eq!(reply.json(), expected);
    let rig = plain().await;
    let reply = post(rig.http, "/v1/logs", &[JSON, ("content-encoding", "gzip")], b"not gzip").await;
    assert_eq!((reply.status, reply.json()["code"].clone()), (400, json!(3)));
    let charset = ("content-type", "application/json; charset=utf-8");
    let reply = post(rig.http, "/v1/logs", &[charset, ("content-encoding", "gzip")], b"x").await;
    assert_eq!((reply.status, reply.json()["code"].clone()), (400, json!(3)));
}

#[tokio::test]
async fn json_is_read_plain_and_compressed() {
    let rig = plain().await;
    let span = json!({"traceId": "01".repeat(16), "spanId": "02".repeat(8), "name": "chat"});
    let sent = json!({"resourceSpans": [{"scopeSpans": [{"spans": [span, span]}]}]}).to_string();
    let cases =
        [("identity", sent.clone().into_bytes()), ("gzip", gzip(sent.as_bytes())), ("zstd", zstd(sent.as_bytes()))];
    for (encoding, body) in cases {
        let reply = post(rig.http, "/v1/traces", &[JSON, ("content-encoding", encoding)], body).await;
        assert_eq!((reply.status, reply.json()), (200, json!({})), "{encoding}");
    }
    rig.counted(r#"tollgate_receiver_accepted_items_total{receiver="otlp",transport="http",signal="traces"} 6"#);
    for wrong in ["", "{", "[]", r#"{"resourceSpans":7}"#, r#"{"resourceSpans":[]} x"#] {
        let reply = post(rig.http, "/v1/traces", &[JSON], wrong).await;
        assert_eq!((reply.status, reply.json()["code"].clone()), (400, json!(3)), "{wrong}");
    }
    rig.gave_back().await;
}

#[tokio::test]
async fn a_peer_is_told_the_compressions_that_are_configured() {
    for (configured, told) in [
        (json!([]), "gzip, zstd, zlib and deflate"),
        (json!(["gzip"]), "gzip"),
        (json!(["", "gzip", "zstd"]), "gzip and zstd"),
    ] {
        let rig = start(json!({}), json!({"compression_algorithms": configured}), PLENTY).await;
        let reply = post(rig.http, "/v1/traces", &[JSON, ("content-encoding", "gzip")], gzip(b"{}")).await;
        assert_eq!(reply.status, 200, "{told}");
        let reply = post(rig.http, "/v1/traces", &[JSON, ("content-encoding", "br")], b"x").await;
        let message = format!("unsupported compression; there are {told}");
        assert_eq!((reply.status, reply.json()["message"].clone()), (415, json!(message)));
    }
}

#[tokio::test]
async fn records_left_out_are_told_in_partial_success() {
    let rig = plain().await;
    rig.worker.answer(Outcome::Accepted { records: 1, rejected: 3 });
    let reply = post(rig.http, "/v1/logs", &[], b"").await;
    assert_eq!(reply.status, 200);
    let partial = ExportLogsServiceResponse::decode(&reply.body[..]).unwrap().partial_success.unwrap();
    assert_eq!(partial.rejected_log_records, 3);
    assert!(!partial.error_message.is_empty());
}

#[tokio::test]
async fn wrong_methods_types_and_encodings_are_named() {
    let rig = plain().await;
    let reply = raw(rig.http, b"GET /v1/traces HTTP/1.1\r\nhost: x\r\n\r\n").await;
    assert_eq!((reply.status, reply.header("allow")), (405, "POST"));
    for kind in ["text/plain", "application/grpc", ""] {
        let reply = post(rig.http, "/v1/traces", &[("content-type", kind)], b"").await;
        assert_eq!((reply.status, reply.json()["code"].clone()), (415, json!(3)), "{kind}");
    }
    let reply = post(rig.http, "/v1/traces", &[("content-encoding", "lz4")], b"x").await;
    assert_eq!((reply.status, reply.rpc_status().code), (415, 12));
    let bare = start(json!({}), json!({"compression_algorithms": [""]}), PLENTY).await;
    let reply = post(bare.http, "/v1/traces", &[("content-encoding", "gzip")], gzip(b"")).await;
    assert_eq!(reply.status, 415);
}

#[tokio::test]
async fn a_signal_without_a_pipeline_has_no_path() {
    let rig = start_with(json!({}), json!({}), PLENTY, &[Signal::Traces], &[]).await;
    assert_eq!(post(rig.http, "/v1/metrics", &[], b"").await.status, 404);
    assert_eq!(post(rig.http, "/v1/traces", &[], b"").await.status, 200);
}

#[tokio::test]
async fn what_is_too_large_is_answered_before_it_is_sent() {
    let rig = start(json!({}), json!({"max_request_body_size": 1000}), 10_000).await;
    for (length, status) in [("1001", 413), ("99999999999999", 413)] {
        // Only the head is sent.
        let reply = post(rig.http, "/v1/traces", &[("content-length", length)], b"").await;
        assert_eq!((reply.status, reply.header("connection")), (status, "close"), "{reply:?}");
        assert_eq!(reply.rpc_status().code, 8);
    }
    let endless = [b"3E9\r\n".to_vec(), vec![0; 1001]].concat();
    let reply = post(rig.http, "/v1/traces", &[("transfer-encoding", "chunked")], endless).await;
    assert_eq!(reply.status, 413, "undeclared, and over the limit as it comes");
    let rig = start(json!({}), json!({}), 1000).await;
    let reply = post(rig.http, "/v1/traces", &[("content-length", "1001")], b"").await;
    assert_eq!((reply.status, reply.header("retry-after")), (503, "1"));
    rig.gave_back().await;
}

#[tokio::test]
async fn an_answer_that_comes_early_arrives_though_the_peer_goes_on_sending() {
    let rig = start(json!({}), json!({"max_request_body_size": 1000}), PLENTY).await;
    // More than any socket buffer holds at first: closing with bytes unread would reset the connection.
    let reply = post(rig.http, "/v1/traces", &[], vec![0; 3 << 20]).await;
    assert_eq!(reply.status, 413);
}

#[tokio::test]
async fn a_connection_carries_many_requests_unless_told_otherwise() {
    let head =
        b"POST /v1/traces HTTP/1.1\r\nhost: x\r\ncontent-type: application/x-protobuf\r\ncontent-length: 0\r\n\r\n";
    let rig = plain().await;
    let mut socket = TcpStream::connect(rig.http).await.unwrap();
    for _ in 0..3 {
        socket.write_all(head).await.unwrap();
        assert_eq!(answer(&mut socket).await.status, 200);
    }
    let rig = start(json!({}), json!({"keep_alives_enabled": false}), PLENTY).await;
    assert_eq!(raw(rig.http, head).await.header("connection"), "close");
}

#[tokio::test]
async fn http2_is_spoken_on_the_same_port() {
    let rig = plain().await;
    let headers = [("content-type", "application/x-protobuf")];
    let reply = super::client::grpc(rig.http, "/v1/traces", &headers, request(1)).await;
    assert_eq!((reply.status, reply.trailers), (200, None));
    assert_eq!(rig.worker.opened(1).await[0].wire, request(1));
}

#[tokio::test]
async fn headers_of_the_configuration_are_added() {
    let rig = start(json!({}), json!({"response_headers": {"X-Served-By": "tollgate"}}), PLENTY).await;
    assert_eq!(post(rig.http, "/v1/traces", &[], b"").await.header("x-served-by"), "tollgate");
    assert_eq!(post(rig.http, "/nowhere", &[], b"").await.header("x-served-by"), "tollgate");
}
