//! Peers that mean harm: bounded memory, a clear answer, neighbours served.

use bytes::Bytes;
use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::client::{Script, TRACES, answer, call, connect, declared, flagged, frame, grpc, gzip, post, zstd};
use super::rig::{PLENTY, plain, request, start};

const MIB: usize = 1 << 20;

#[tokio::test]
async fn bombs_end_at_the_size_limit() {
    let rig = start(json!({}), json!({"max_request_body_size": "4MiB"}), 64 * MIB).await;
    let zeros = vec![0; 100 * MIB];
    for (encoding, bomb) in [("gzip", gzip(&zeros)), ("zstd", zstd(&zeros))] {
        assert!(bomb.len() < MIB, "{encoding}: small on the wire");
        let reply = grpc(rig.grpc, TRACES, &[("grpc-encoding", encoding)], flagged(1, &bomb)).await;
        assert_eq!(reply.grpc_status(), 8, "{encoding}: {reply:?}");
        assert!(reply.details().is_none(), "not to be sent again");
        let reply = post(rig.http, "/v1/traces", &[("content-encoding", encoding)], &bomb).await;
        assert_eq!((reply.status, reply.rpc_status().code), (413, 8), "{encoding}");
    }
    rig.serves_others().await;
    rig.gave_back().await;
}

#[tokio::test]
async fn a_bomb_under_the_size_limit_is_charged_as_it_grows() {
    let rig = start(json!({}), json!({}), MIB).await;
    let bomb = gzip(&vec![0; 3 * MIB]);
    let reply = grpc(rig.grpc, TRACES, &[("grpc-encoding", "gzip")], flagged(1, &bomb)).await;
    assert_eq!(reply.grpc_status(), 14, "refused for now: {reply:?}");
    let reply = post(rig.http, "/v1/traces", &[("content-encoding", "zstd")], zstd(&vec![0; 3 * MIB])).await;
    assert_eq!(reply.status, 503);
    rig.serves_others().await;
    rig.gave_back().await;
}

#[tokio::test]
async fn bombs_in_bombs_and_many_frames_are_one_stream() {
    let rig = plain().await;
    let member = gzip(&vec![0; MIB]);
    let reply = grpc(rig.grpc, TRACES, &[("grpc-encoding", "gzip")], flagged(1, &member.repeat(5))).await;
    assert_eq!(reply.grpc_status(), 8, "five members of 1 MiB: {reply:?}");
    let reply = grpc(rig.grpc, TRACES, &[("grpc-encoding", "zstd")], flagged(1, &zstd(&vec![0; MIB]).repeat(5))).await;
    assert_eq!(reply.grpc_status(), 8, "five frames of 1 MiB: {reply:?}");
    // A frame that asks for a window of 2 GiB and holds nothing.
    let window = [0x28, 0xb5, 0x2f, 0xfd, 0, 21 << 3, 1, 0, 0];
    let reply = grpc(rig.grpc, TRACES, &[("grpc-encoding", "zstd")], flagged(1, &window)).await;
    assert_eq!(reply.grpc_status(), 3, "{reply:?}");
    rig.gave_back().await;
}

#[tokio::test]
async fn a_slow_body_is_answered_and_nobody_waits_for_it() {
    let slow = json!({"read_timeout": "50ms"});
    let rig = start(slow.clone(), slow, PLENTY).await;
    let (pieces, script) = Script::new();
    pieces.try_send(declared(0, 1000, b"abc")).unwrap();
    let reply = call(&mut connect(rig.grpc).await, TRACES, &[], script).await;
    assert_eq!(reply.grpc_status(), 4, "DEADLINE_EXCEEDED: {reply:?}");
    let reply = post(rig.http, "/v1/traces", &[("content-length", "1000")], b"abc").await;
    assert_eq!((reply.status, reply.rpc_status().code), (408, 4));
    rig.serves_others().await;
    rig.gave_back().await;
}

#[tokio::test]
async fn a_promise_does_not_keep_memory_from_others() {
    let rig = start(json!({}), json!({}), 100_000).await;
    let (pieces, script) = Script::new();
    pieces.try_send(declared(0, 99_000, b"abc")).unwrap();
    let mut sender = connect(rig.grpc).await;
    let slow = tokio::spawn(async move { call(&mut sender, TRACES, &[], script).await });
    // Held for a moment, then given back but for what a request costs, while the request is still inside.
    while rig.worker.memory.used() < 99_000 {
        tokio::task::yield_now().await;
    }
    while rig.worker.memory.used() > 4096 {
        tokio::task::yield_now().await;
    }
    rig.serves_others().await;
    pieces.try_send(vec![0; 98_997].into()).unwrap();
    drop(pieces);
    // Zero is no field: what becomes of it is decoding's to say. It was read whole.
    slow.await.unwrap();
    rig.gave_back().await;
}

#[tokio::test]
async fn a_peer_that_breaks_off_leaves_nothing() {
    let rig = plain().await;
    let (pieces, script) = Script::new();
    pieces.try_send(declared(0, 1000, b"abc")).unwrap();
    let mut sender = connect(rig.grpc).await;
    let broken = tokio::spawn(async move { call(&mut sender, TRACES, &[], script).await });
    while rig.worker.memory.used() < 1000 {
        tokio::task::yield_now().await;
    }
    broken.abort();
    rig.gave_back().await;
    let head =
        b"POST /v1/traces HTTP/1.1\r\nhost: x\r\ncontent-type: application/x-protobuf\r\ncontent-length: 9\r\n\r\nabc";
    let mut socket = TcpStream::connect(rig.http).await.unwrap();
    socket.write_all(head).await.unwrap();
    socket.shutdown().await.unwrap();
    let mut rest = Vec::new();
    socket.read_to_end(&mut rest).await.unwrap();
    assert_eq!(rig.worker.count(), 0, "half a request is no request");
    rig.serves_others().await;
    rig.gave_back().await;
}

#[tokio::test]
async fn silence_and_half_a_greeting_end() {
    let rig = start(json!({}), json!({"read_header_timeout": "50ms"}), PLENTY).await;
    for hello in [&b""[..], b"POST /v1/traces HTTP/1.1\r\nhost: x\r\n", b"PRI * HTTP/2.0"] {
        let mut socket = TcpStream::connect(rig.http).await.unwrap();
        socket.write_all(hello).await.unwrap();
        let mut rest = Vec::new();
        let _closed = socket.read_to_end(&mut rest).await;
        assert!(rest.is_empty() || rest.starts_with(b"HTTP/1.1 408"), "{:?}", String::from_utf8_lossy(&rest));
    }
    rig.serves_others().await;
}

#[tokio::test]
async fn one_connection_too_many_is_closed_and_those_inside_stay() {
    let rig = start(json!({"max_connections": 1}), json!({"max_connections": 1}), PLENTY).await;
    let mut first = connect(rig.grpc).await;
    assert_eq!(call(&mut first, TRACES, &[], Script::whole(frame(b""))).await.grpc_status(), 0);
    let mut second = TcpStream::connect(rig.grpc).await.unwrap();
    let mut rest = Vec::new();
    let _closed = second.read_to_end(&mut rest).await;
    assert!(rest.is_empty());
    assert_eq!(call(&mut first, TRACES, &[], Script::whole(frame(b""))).await.grpc_status(), 0);
    drop(first);
    // The slot comes free when the first connection's end is seen.
    let mut sender = loop {
        let socket = TcpStream::connect(rig.grpc).await.unwrap();
        let io = hyper_util::rt::TokioIo::new(socket);
        let shaken = hyper::client::conn::http2::handshake(hyper_util::rt::TokioExecutor::new(), io).await;
        let Ok((mut sender, connection)) = shaken else { continue };
        tokio::spawn(connection);
        if sender.ready().await.is_ok() {
            let request =
                http::Request::post(format!("http://localhost{TRACES}")).header("content-type", "application/grpc");
            if sender.send_request(request.body(Script::whole(frame(b""))).unwrap()).await.is_ok() {
                break sender;
            }
        }
    };
    assert_eq!(call(&mut sender, TRACES, &[], Script::whole(frame(b""))).await.grpc_status(), 0);
}

#[tokio::test]
async fn more_streams_than_allowed_wait_their_turn() {
    let rig = start(json!({"max_concurrent_streams": 2}), json!({}), PLENTY).await;
    let mut sender = connect(rig.grpc).await;
    // The first answer comes after the settings: from then on the client knows the limit.
    assert_eq!(call(&mut sender, TRACES, &[], Script::whole(frame(b""))).await.grpc_status(), 0);
    let calls: Vec<_> = (0..20)
        .map(|_| {
            let mut sender = sender.clone();
            tokio::spawn(async move { call(&mut sender, TRACES, &[], Script::whole(frame(b""))).await })
        })
        .collect();
    for call in calls {
        assert_eq!(call.await.unwrap().grpc_status(), 0);
    }
}

#[tokio::test]
async fn tiny_records_by_the_million_are_bounded() {
    let limits = json!({"max_recv_msg_size_mib": 8});
    let rig = start(limits, json!({}), 64 * MIB).await;
    // ResourceSpans (1) of ScopeSpans (2) of a million empty spans (2).
    let spans = [0x12, 0].repeat(MIB);
    let scope = [vec![0x12], varint(spans.len()), spans].concat();
    let request = [vec![0x0a], varint(scope.len()), scope].concat();
    let reply = grpc(rig.grpc, TRACES, &[], frame(&request)).await;
    assert_eq!(reply.grpc_status(), 3, "over max_records_per_request: {reply:?}");
    let reply = post(rig.http, "/v1/traces", &[], &request).await;
    assert_eq!((reply.status, reply.rpc_status().code), (400, 3), "{reply:?}");
    let json = format!(r#"{{"resourceSpans":[{}{{}}]}}"#, "{},".repeat(MIB));
    let reply = post(rig.http, "/v1/traces", &[("content-type", "application/json")], json).await;
    assert!([200, 400, 503].contains(&reply.status), "{reply:?}");
    rig.serves_others().await;
    rig.gave_back().await;
}

#[tokio::test]
async fn depth_is_bounded() {
    let rig = plain().await;
    // AnyValue { array_value (5): ArrayValue { values (1): AnyValue … } }, 10,000 times, as a span's attribute.
    let mut value = Vec::new();
    for _ in 0..10_000 {
        value = [vec![0x0a], varint(value.len()), value].concat();
        value = [vec![0x2a], varint(value.len()), value].concat();
    }
    for tag in [0x12, 0x4a, 0x12, 0x12, 0x0a] {
        value = [vec![tag], varint(value.len()), value].concat();
    }
    let reply = grpc(rig.grpc, TRACES, &[], frame(&value)).await;
    assert_eq!(reply.grpc_status(), 3, "{reply:?}");
    let json = [r#"{"resourceSpans":"#.to_owned(), "[".repeat(10_000), "]".repeat(10_000), "}".into()].concat();
    let reply = post(rig.http, "/v1/traces", &[("content-type", "application/json")], json).await;
    assert_eq!((reply.status, reply.json()["code"].clone()), (400, json!(3)));
    rig.serves_others().await;
    rig.gave_back().await;
}

#[tokio::test]
async fn noise_is_answered_or_closed() {
    let rig = plain().await;
    for noise in [&[0xff; 64][..], &[0; 64], b"\r\n\r\n\r\n\r\n\r\n\r\n\r\n\r\n\r\n\r\n\r\n\r\n\r\n\r\n"] {
        for address in [rig.grpc, rig.http] {
            let mut socket = TcpStream::connect(address).await.unwrap();
            socket.write_all(noise).await.unwrap();
            socket.shutdown().await.unwrap();
            let mut rest = Vec::new();
            let _closed = socket.read_to_end(&mut rest).await;
        }
    }
    let reply = grpc(rig.grpc, TRACES, &[], Bytes::from(vec![0xff; 100])).await;
    assert_ne!(reply.grpc_status(), 0);
    let long = format!("POST /v1/traces HTTP/1.1\r\nhost: x\r\nx-long: {}\r\n\r\n", "x".repeat(200_000));
    let mut socket = TcpStream::connect(rig.http).await.unwrap();
    let _cut = socket.write_all(long.as_bytes()).await;
    let mut rest = Vec::new();
    let _reset = socket.read_to_end(&mut rest).await;
    assert!(rest.is_empty() || rest.starts_with(b"HTTP/1.1 431"), "{:?}", String::from_utf8_lossy(&rest));
    rig.serves_others().await;
}

#[tokio::test]
async fn waiting_for_leave_to_send_is_answered_before_the_body() {
    let rig = start(json!({}), json!({}), 10_000).await;
    let head = |length| {
        format!(
            "POST /v1/traces HTTP/1.1\r\nhost: x\r\ncontent-type: application/x-protobuf\r\nexpect: 100-continue\r\n\
             content-length: {length}\r\n\r\n"
        )
    };
    let mut socket = TcpStream::connect(rig.http).await.unwrap();
    socket.write_all(head(10_001).as_bytes()).await.unwrap();
    assert_eq!(answer(&mut socket).await.status, 503, "refused without the body");
    let body = request(1);
    let mut socket = TcpStream::connect(rig.http).await.unwrap();
    socket.write_all(head(body.len()).as_bytes()).await.unwrap();
    assert_eq!(answer(&mut socket).await.status, 100);
    socket.write_all(&body).await.unwrap();
    assert_eq!(answer(&mut socket).await.status, 200);
}

fn varint(mut number: usize) -> Vec<u8> {
    let mut bytes = Vec::new();
    while number >= 0x80 {
        bytes.push(u8::try_from(number & 0x7f).unwrap() | 0x80);
        number >>= 7;
    }
    bytes.push(u8::try_from(number).unwrap());
    bytes
}
