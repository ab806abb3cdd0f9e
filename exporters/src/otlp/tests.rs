//! The OTLP doors over real sockets, and the tables they judge by.

mod elsewhere;
mod judge;
mod secured;
mod times;

use base64::Engine;
use prost::Message;
use serde_json::{Value, json};

use super::status::{Delay, Detail, RetryInfo, RpcStatus};
use crate::tests::fake::{Answer, Fake, Got};
use crate::tests::owed::{Owed, names};
use pipeline::journal::Bounds;

/// A block for a fake, with delays that a test can wait for.
fn block(address: &str, mut more: Value) -> Value {
    more["endpoint"] = json!(format!("http://{address}"));
    more["retry_on_failure"] = json!({"initial_interval": "1ms", "max_interval": "1ms"});
    more
}

/// The message of a gRPC body, after checking its prefix.
fn message(got: &Got) -> (bool, Vec<u8>) {
    let length = u32::from_be_bytes(got.body[1..5].try_into().unwrap());
    assert_eq!(length as usize, got.body.len() - 5);
    (got.body[0] == 1, got.body[5..].to_vec())
}

/// `grpc-status-details-bin` with a RetryInfo.
fn retry_info(delay: Delay) -> String {
    let info = RetryInfo { retry_delay: Some(delay) }.encode_to_vec();
    let detail = Detail { type_url: "type.googleapis.com/google.rpc.RetryInfo".into(), value: info };
    let status = RpcStatus { code: 8, message: String::new(), details: vec![detail] };
    base64::engine::general_purpose::STANDARD_NO_PAD.encode(status.encode_to_vec())
}

#[tokio::test]
async fn grpc_sends_a_unary_call_of_all_that_waits() {
    let mut fake = Fake::start(vec![Answer::grpc(0, "", None)], None).await;
    let owed = Owed::to(&[Bounds::default()]);
    owed.spans(&["a", "b"]);
    owed.spans(&["c"]);
    let running = owed.run_block("otlp", &block(&fake.address, json!({"headers": {"x-tenant": "t1"}})));
    let got = fake.next().await;
    assert_eq!(got.head.version, http::Version::HTTP_2);
    assert_eq!(got.head.uri.path(), "/opentelemetry.proto.collector.trace.v1.TraceService/Export");
    let header = |name: &str| got.head.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or("none");
    assert_eq!(header("content-type"), "application/grpc");
    assert_eq!((header("te"), header("grpc-encoding"), header("grpc-timeout")), ("trailers", "none", "5000m"));
    assert_eq!((header("x-tenant"), header("user-agent")), ("t1", concat!("tollgate/", env!("CARGO_PKG_VERSION"))));
    let (compressed, body) = message(&got);
    assert_eq!((compressed, names(&body)), (false, ["a", "b", "c"].map(String::from).to_vec()));
    running.settled().await;
    assert_eq!(running.series().delivered.get(), 3);
}

#[tokio::test]
async fn grpc_retries_unavailable_and_exhausted_with_retry_info_and_nothing_else() {
    let soon = retry_info(Delay { seconds: 0, nanos: 1_000_000 });
    let script = vec![
        Answer::grpc(14, "not%20now", None),
        Answer::grpc(8, "", Some(soon)),
        Answer::http(503, vec![]),
        Answer::grpc(3, "bad", None),
    ];
    let mut fake = Fake::start(script, None).await;
    let owed = Owed::to(&[Bounds::default()]);
    owed.spans(&["a"]);
    let running = owed.run_block("otlp", &block(&fake.address, json!({})));
    for _ in 0..4 {
        assert_eq!(names(&message(&fake.next().await).1), ["a"]);
    }
    running.settled().await;
    assert_eq!((running.series().rejected.get(), running.series().retries.get()), (1, 3));
}

#[tokio::test]
async fn grpc_compresses_what_it_is_told_to() {
    for compression in ["gzip", "zstd"] {
        let mut fake = Fake::start(vec![Answer::grpc(0, "", None)], None).await;
        let owed = Owed::to(&[Bounds::default()]);
        owed.spans(&["a"]);
        let _running = owed.run_block("otlp_grpc", &block(&fake.address, json!({"compression": compression})));
        let got = fake.next().await;
        assert_eq!(got.head.headers["grpc-encoding"], compression);
        let (compressed, body) = message(&got);
        assert!(compressed);
        assert_eq!(names(&inflated(compression, &body)), ["a"]);
    }
}

/// What was compressed.
fn inflated(compression: &str, body: &[u8]) -> Vec<u8> {
    let mut plain = Vec::new();
    match compression {
        "deflate" => std::io::copy(&mut flate2::read::ZlibDecoder::new(body), &mut plain).unwrap(),
        "gzip" => std::io::copy(&mut flate2::read::MultiGzDecoder::new(body), &mut plain).unwrap(),
        _ => std::io::copy(&mut zstd::Decoder::new(body).unwrap(), &mut plain).unwrap(),
    };
    plain
}

#[tokio::test]
async fn a_backend_that_is_not_there_stays_owed() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap().to_string();
    drop(listener);
    let owed = Owed::to(&[Bounds::default()]);
    owed.spans(&["a"]);
    let running = owed.run_block("jaeger", &block(&address, json!({"sending_queue": {"num_consumers": 1}})));
    while running.series().attempts.get() < 2 {
        tokio::task::yield_now().await;
    }
    assert_eq!((running.series().delivered.get(), running.series().pending.get()), (0, 1));
    running.stopper.ask(pipeline::stop::Phase::Now);
    running.task.await.unwrap();
    assert_eq!(running.cursor.waiting(pipeline::Signal::Traces).records, 1);
}

#[tokio::test]
async fn an_answer_that_does_not_come_is_a_retry() {
    let mut fake = Fake::start(vec![Answer::grpc(0, "", None)], None).await.hold();
    let owed = Owed::to(&[Bounds::default()]);
    owed.spans(&["a"]);
    let running = owed.run_block("otlp", &block(&fake.address, json!({"timeout": "50ms"})));
    fake.next().await;
    fake.next().await;
    fake.gate.add_permits(1000);
    running.settled().await;
    assert_eq!(running.series().delivered.get(), 1);
}

#[tokio::test]
async fn http_posts_protobuf_and_honours_its_table() {
    let script = vec![
        Answer::http(429, vec![("retry-after", "0".into())]),
        Answer::http(503, vec![]),
        Answer::http(204, vec![]),
    ];
    let mut fake = Fake::start(script, None).await;
    let owed = Owed::to(&[Bounds::default()]);
    owed.spans(&["a"]);
    owed.spans(&["b"]);
    let running = owed.run_block("otlphttp", &block(&fake.address, json!({"compression": "deflate"})));
    for _ in 0..3 {
        let got = fake.next().await;
        assert_eq!((got.head.method.as_str(), got.head.uri.path()), ("POST", "/v1/traces"));
        assert_eq!(got.head.headers["content-type"], "application/x-protobuf");
        assert_eq!(got.head.headers["content-encoding"], "deflate");
        assert_eq!(names(&inflated("deflate", &got.body)), ["a", "b"]);
    }
    running.settled().await;
    assert_eq!((running.series().delivered.get(), running.series().retries.get()), (2, 2));
}

#[tokio::test]
async fn http_posts_json_to_an_endpoint_of_its_own() {
    let mut fake = Fake::start(vec![Answer::http(200, vec![])], None).await;
    let owed = Owed::to(&[Bounds::default()]);
    owed.spans(&["a"]);
    let url = format!("http://{}/in/spans", fake.address);
    let running = owed.run_block("otlp_http", &json!({"traces_endpoint": url, "encoding": "json"}));
    let got = fake.next().await;
    assert_eq!(
        (got.head.uri.path(), &got.head.headers["content-type"]),
        ("/in/spans", &"application/json".parse().unwrap())
    );
    let body: Value = serde_json::from_slice(&got.body).unwrap();
    assert_eq!(body["resourceSpans"][0]["scopeSpans"][0]["spans"][0]["name"], "a");
    running.settled().await;
}

#[tokio::test]
async fn an_authenticator_makes_the_authorization_header() {
    use pipeline::auth::Authenticator;
    use pipeline::config::{ComponentId, Secret};
    use pipeline::registry::{BuildCx, Extension};

    let mut fake = Fake::start(vec![Answer::grpc(0, "", None)], None).await;
    let owed = Owed::to(&[Bounds::default()]);
    owed.spans(&["a"]);
    let bearer = Authenticator::bearer(vec![Secret::from("Bearer abc".to_owned())]);
    let extension = Extension::Authenticator(std::sync::Arc::new(bearer));
    let extensions = [(ComponentId::parse("bearertokenauth").unwrap(), extension)];
    let (id, ledger) = (ComponentId::parse("otlp").unwrap(), pipeline::ledger::Ledger::new("test"));
    let entry = crate::EXPORTERS.iter().find(|entry| entry.declaration.is("otlp")).unwrap();
    let block = block(&fake.address, json!({"auth": {"authenticator": "bearertokenauth"}}));
    let without = BuildCx { id: &id, ledger: &ledger, extensions: &[] };
    assert_eq!((entry.build)(&block, &without).err().unwrap().key, "auth.authenticator");
    let cx = BuildCx { id: &id, ledger: &ledger, extensions: &extensions };
    let _running = owed.run(0, (entry.build)(&block, &cx).unwrap().1);
    assert_eq!(fake.next().await.head.headers["authorization"], "Bearer abc");
}

#[tokio::test]
async fn large_requests_go_through_and_are_merged_to_a_bound() {
    let mut fake = Fake::start(vec![Answer::grpc(0, "", None)], None).await;
    let owed = Owed::to(&[Bounds::default()]);
    let (huge, large) = ("h".repeat(5 << 20), "l".repeat(700 << 10));
    owed.spans(&[&huge]);
    for _ in 0..3 {
        owed.spans(&[&large]);
    }
    let running = owed.run_block("otlp", &block(&fake.address, json!({"sending_queue": {"num_consumers": 1}})));
    let mut sizes = Vec::new();
    for _ in 0..3 {
        sizes.push(names(&message(&fake.next().await).1).len());
    }
    assert_eq!(sizes, [1, 2, 1]);
    running.settled().await;
    assert_eq!(running.series().delivered.get(), 4);
}
