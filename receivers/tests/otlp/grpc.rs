//! What gRPC answers.

use opentelemetry_proto::tonic::collector::trace::v1::trace_service_client::TraceServiceClient;
use opentelemetry_proto::tonic::collector::trace::v1::{ExportTraceServiceRequest, ExportTraceServiceResponse};
use pipeline::Signal;
use pipeline::receipt::{Outcome, Refusal, Rejection};
use prost::Message;
use serde_json::json;

use super::client::{LOGS, METRICS, Script, TRACES, call, connect, declared, flagged, frame, grpc, gzip, zstd};
use super::rig::{self, PLENTY, plain, request, start};

#[tokio::test]
async fn the_official_client_is_served() {
    let rig = plain().await;
    let mut client = TraceServiceClient::connect(format!("http://{}", rig.grpc)).await.unwrap();
    let sent = ExportTraceServiceRequest::decode(&request(3)[..]).unwrap();
    let reply = client.export(sent).await.unwrap().into_inner();
    assert_eq!(reply, ExportTraceServiceResponse { partial_success: None });
    assert_eq!(rig.worker.opened(1).await[0].wire, request(3));
    let empty = client.export(ExportTraceServiceRequest::default()).await.unwrap().into_inner();
    assert!(empty.partial_success.is_none(), "an empty request is a success");
    rig.counted(r#"tollgate_receiver_accepted_items_total{receiver="otlp",transport="grpc",signal="traces"} 3"#);
    rig.gave_back().await;
}

#[tokio::test]
async fn each_signal_has_its_method_and_one_connection_serves_many() {
    let rig = plain().await;
    let mut sender = connect(rig.grpc).await;
    for path in [TRACES, LOGS, METRICS] {
        let reply = call(&mut sender, path, &[], Script::whole(frame(b""))).await;
        assert_eq!((reply.status, reply.grpc_status()), (200, 0), "{path}: {reply:?}");
        assert_eq!(&reply.body[..], [0; 5], "one empty message");
        assert_eq!(reply.header("content-type"), "application/grpc");
    }
    let signals: Vec<_> = rig.worker.opened(3).await.iter().map(|opened| opened.signal).collect();
    assert_eq!(signals, Signal::ALL);
}

#[tokio::test]
async fn bytes_arrive_whole_however_they_are_cut_and_compressed() {
    let rig = plain().await;
    let sent = request(400);
    let mut sender = connect(rig.grpc).await;
    let cases =
        [("identity", flagged(0, &sent)), ("gzip", flagged(1, &gzip(&sent))), ("zstd", flagged(1, &zstd(&sent)))];
    for (at, (encoding, body)) in cases.iter().enumerate() {
        for piece in [1 << 20, 1000, 3] {
            let (pieces, script) = Script::new();
            let small = if piece == 3 { &body[..] } else { body };
            for chunk in small.chunks(piece) {
                pieces.try_send(bytes::Bytes::copy_from_slice(chunk)).unwrap();
            }
            drop(pieces);
            let reply = call(&mut sender, TRACES, &[("grpc-encoding", encoding)], script).await;
            assert_eq!(reply.grpc_status(), 0, "{encoding} in pieces of {piece}: {reply:?}");
        }
        let opened = rig.worker.opened(3 * at + 3).await;
        for opened in &opened[3 * at..] {
            assert!(opened.wire == sent, "{encoding}");
            assert!(opened.permit >= sent.len(), "the permit covers what is held");
        }
    }
    let uncompressed = call(&mut sender, TRACES, &[("grpc-encoding", "gzip")], Script::whole(frame(&sent))).await;
    assert_eq!(uncompressed.grpc_status(), 0, "the flag says, not the header");
    rig.gave_back().await;
}

#[tokio::test]
async fn outcomes_are_answered_as_the_specification_says() {
    let rig = plain().await;
    let refused = |refusal| Outcome::Refused(refusal);
    let malformed = Outcome::Rejected(Rejection::Malformed("not so".into()));
    let large = Outcome::Rejected(Rejection::TooLarge("too large".into()));
    let cases = [
        (refused(Refusal::Busy), 14, Some(1)),
        (refused(Refusal::Draining), 14, Some(5)),
        (Outcome::Lost, 14, Some(1)),
        (malformed, 3, None),
        (large, 8, None),
        (Outcome::Rejected(Rejection::Internal("ours")), 13, None),
    ];
    for (outcome, code, retry) in cases {
        rig.worker.answer(outcome.clone());
        let reply = grpc(rig.grpc, TRACES, &[], frame(b"")).await;
        assert_eq!((reply.status, reply.grpc_status()), (200, code), "{outcome:?}");
        assert!(!reply.header("grpc-message").is_empty() && reply.body.is_empty());
        let details = reply.details();
        assert_eq!(details.is_some(), retry.is_some(), "{outcome:?}");
        if let (Some(details), Some(seconds)) = (details, retry) {
            assert_eq!(details.code, code);
            assert_eq!(details.details[0].type_url, "type.googleapis.com/google.rpc.RetryInfo");
            // RetryInfo { retry_delay (1): Duration { seconds (1) } }
            assert_eq!(details.details[0].value, [0x0a, 2, 0x08, seconds]);
        }
    }
    let series = r#"receiver="otlp",transport="grpc",signal="traces""#;
    rig.counted(&format!("tollgate_receiver_refused_requests_total{{{series},reason=\"busy\"}} 1"));
    rig.counted(&format!("tollgate_receiver_failed_requests_total{{{series},reason=\"malformed\"}} 1"));
    rig.counted(&format!("tollgate_receiver_failed_requests_total{{{series},reason=\"too_large\"}} 1"));
}

#[tokio::test]
async fn records_left_out_are_told_in_partial_success() {
    let rig = plain().await;
    rig.worker.answer(Outcome::Accepted { records: 5, rejected: 2 });
    let reply = grpc(rig.grpc, TRACES, &[], frame(&request(7))).await;
    assert_eq!(reply.grpc_status(), 0);
    let partial = ExportTraceServiceResponse::decode(&reply.body[5..]).unwrap().partial_success.unwrap();
    assert_eq!(partial.rejected_spans, 2);
    assert!(!partial.error_message.is_empty());
    let series = r#"{receiver="otlp",transport="grpc",signal="traces"}"#;
    rig.counted(&format!("tollgate_receiver_accepted_items_total{series} 5"));
    rig.counted(&format!("tollgate_receiver_rejected_items_total{series} 2"));
}

#[tokio::test]
async fn what_does_not_fit_the_memory_limit_is_turned_away_before_it_is_sent() {
    let rig = start(json!({}), json!({}), 100_000).await;
    let (pieces, script) = Script::new();
    pieces.try_send(declared(0, 100_001, b"")).unwrap();
    // `pieces` lives: the request never ends, and is answered all the same.
    let reply = call(&mut connect(rig.grpc).await, TRACES, &[], script).await;
    assert_eq!(reply.grpc_status(), 14, "{reply:?}");
    assert!(reply.details().is_some());
    drop(pieces);
    rig.serves_others().await;
    rig.counted(
        r#"tollgate_receiver_refused_requests_total{receiver="otlp",transport="grpc",signal="traces",reason="memory"} 1"#,
    );
    rig.gave_back().await;
}

#[tokio::test]
async fn broken_frames_are_answered() {
    let rig = plain().await;
    let sent = request(2);
    let mut two = frame(&sent).to_vec();
    two.extend_from_slice(&frame(&sent));
    let (plain, gzipped): (&[_], &[_]) = (&[], &[("grpc-encoding", "gzip")]);
    let cases = [
        ("shorter than declared", declared(0, sent.len() + 1, &sent).to_vec(), plain, 13),
        ("longer than declared", declared(0, sent.len() - 1, &sent).to_vec(), plain, 13),
        ("two messages", two, plain, 13),
        ("no whole prefix", vec![0, 0, 0], plain, 13),
        ("a flag that is none", flagged(2, &sent).to_vec(), plain, 13),
        ("compressed, how?", flagged(1, &sent).to_vec(), plain, 13),
        ("not what it says", flagged(1, &sent).to_vec(), gzipped, 3),
        ("cut gzip", flagged(1, &gzip(&sent)[..20]).to_vec(), gzipped, 3),
        ("over the limit", declared(0, (4 << 20) + 1, b"").to_vec(), plain, 8),
    ];
    for (what, body, headers, code) in cases {
        let reply = grpc(rig.grpc, TRACES, headers, body).await;
        assert_eq!(reply.grpc_status(), code, "{what}: {reply:?}");
        assert!(reply.details().is_none(), "{what}: not to be sent again");
    }
    let reply = grpc(rig.grpc, TRACES, &[("grpc-encoding", "snappy")], flagged(1, &sent)).await;
    assert_eq!((reply.grpc_status(), reply.header("grpc-accept-encoding")), (12, "identity,gzip,zstd"));
    rig.serves_others().await;
    rig.gave_back().await;
}

#[tokio::test]
async fn what_is_not_there_is_unimplemented() {
    let rig = rig::start_with(json!({}), json!({}), PLENTY, &[Signal::Traces], &[]).await;
    let reply = grpc(rig.grpc, LOGS, &[], frame(b"")).await;
    assert_eq!(reply.grpc_status(), 12);
    assert_eq!(reply.header("grpc-message"), "unknown%20service%20opentelemetry.proto.collector.logs.v1.LogsService");
    for path in ["/a.B/C", "/", "/opentelemetry.proto.collector.trace.v1.TraceService/Nothing"] {
        assert_eq!(grpc(rig.grpc, path, &[], frame(b"")).await.grpc_status(), 12, "{path}");
    }
    let reply = grpc(rig.grpc, TRACES, &[("content-type", "application/json")], "{}").await;
    assert_eq!(reply.status, 415);
    let reply = grpc(rig.grpc, TRACES, &[("content-type", "application/grpc+proto")], frame(b"")).await;
    assert_eq!((reply.status, reply.grpc_status()), (200, 0));
}

#[tokio::test]
async fn health_is_served_beside() {
    let rig = rig::start_with(json!({}), json!({}), PLENTY, &[Signal::Traces], &[]).await;
    let check = "/grpc.health.v1.Health/Check";
    let name = b"opentelemetry.proto.collector.trace.v1.TraceService";
    let named = [&[0x0a, u8::try_from(name.len()).unwrap()][..], name].concat();
    for asked in [&b""[..], &named] {
        let reply = grpc(rig.grpc, check, &[], frame(asked)).await;
        assert_eq!(reply.grpc_status(), 0, "{reply:?}");
        assert_eq!(&reply.body[5..], [0x08, 1], "SERVING");
    }
    let reply = grpc(rig.grpc, check, &[], frame(b"\x0a\x01x")).await;
    assert_eq!(reply.grpc_status(), 5, "NOT_FOUND");
    let reply = grpc(rig.grpc, check, &[], frame(&[0; 5000])).await;
    assert_ne!(reply.grpc_status(), 0, "a health request names a service, no more");
}

#[tokio::test]
async fn a_request_without_an_answer_ends_at_its_own_deadline() {
    let rig = plain().await;
    rig.worker.hold();
    let reply = grpc(rig.grpc, TRACES, &[("grpc-timeout", "20m")], frame(b"")).await;
    assert_eq!(reply.grpc_status(), 4, "DEADLINE_EXCEEDED");
    rig.worker.release();
    rig.serves_others().await;
}
