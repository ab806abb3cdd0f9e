//! How the receiver goes down: what is inside is answered, nothing new is taken, and it ends.

use pipeline::stop::Phase;
use serde_json::json;
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;

use super::client::{Script, TRACES, answer, call, connect, frame};
use super::rig::{PLENTY, plain, request, start};

#[tokio::test]
async fn a_drain_answers_what_is_inside_and_closes_the_door() {
    let rig = plain().await;
    rig.worker.hold();
    let mut sender = connect(rig.grpc).await;
    let inside = tokio::spawn(async move {
        let reply = call(&mut sender, TRACES, &[], Script::whole(frame(&request(1)))).await;
        (reply, sender)
    });
    let mut socket = TcpStream::connect(rig.http).await.unwrap();
    let head =
        b"POST /v1/traces HTTP/1.1\r\nhost: x\r\ncontent-type: application/x-protobuf\r\ncontent-length: 0\r\n\r\n";
    socket.write_all(head).await.unwrap();
    rig.worker.opened(2).await;
    rig.ask(Phase::Draining);
    while TcpStream::connect(rig.grpc).await.is_ok() || TcpStream::connect(rig.http).await.is_ok() {
        tokio::task::yield_now().await;
    }
    assert!(!rig.served.is_finished(), "two requests are inside");
    rig.worker.release();
    let (reply, _sender) = inside.await.unwrap();
    assert_eq!(reply.grpc_status(), 0);
    assert_eq!(answer(&mut socket).await.status, 200);
    rig.served.await.unwrap().unwrap();
}

#[tokio::test]
async fn at_now_it_ends_whatever_is_inside() {
    let rig = plain().await;
    rig.worker.hold();
    let mut sender = connect(rig.grpc).await;
    let inside = tokio::spawn(async move { call(&mut sender, TRACES, &[], Script::whole(frame(b""))).await });
    rig.worker.opened(1).await;
    rig.ask(Phase::Now);
    rig.served.await.unwrap().unwrap();
    inside.abort();
}

#[tokio::test]
async fn a_busy_port_is_an_error_at_bind() {
    let rig = plain().await;
    let ledger = pipeline::ledger::Ledger::new("test");
    let id = pipeline::config::ComponentId::parse("otlp").unwrap();
    let cx = pipeline::registry::BuildCx { id: &id, ledger: &ledger, extensions: &[] };
    let block = json!({"protocols": {"grpc": {"endpoint": rig.grpc.to_string()}}});
    let mut second = (receivers::RECEIVERS[0].build)(&block, &cx).unwrap();
    let error = second.bind().await.unwrap_err();
    assert_eq!(error.kind(), std::io::ErrorKind::AddrInUse);
    assert!(error.to_string().contains(&rig.grpc.to_string()), "{error}");
}

#[tokio::test]
async fn an_old_connection_is_asked_to_come_again() {
    let parameters = json!({"max_connection_age": "200ms", "max_connection_age_grace": "1m"});
    let rig = start(json!({"keepalive": {"server_parameters": parameters}}), json!({}), PLENTY).await;
    let mut sender = connect(rig.grpc).await;
    // GOAWAY: after a while nothing more is taken on this connection.
    loop {
        if sender.ready().await.is_err() {
            break;
        }
        tokio::task::yield_now().await;
    }
}
