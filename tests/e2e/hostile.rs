//! Scenario: bytes and peers that mean harm.
//! Guarantee: a clear answer, bounded memory, neighbours served.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use tempfile::TempDir;

use crate::http::{self, Answer};
use crate::stage::{Tollgate, lines, wait_for};
use crate::traffic::{logs, traces};

const PROTOBUF: &str = "application/x-protobuf";
const JSON: &str = "application/json";

/// 64 MiB to hold requests in, and what the process itself needs.
const CEILING: u64 = 64 << 20;
const OWN: u64 = 40 << 20;

const BOUNDED: &str = "
exporters: {file: {path: out.jsonl}}
service:
  memory: {limit: 64MiB}
  pipelines:
    traces: {receivers: [otlp], exporters: [file]}
    logs: {receivers: [otlp], exporters: [file]}
extensions: {}
";

struct Victim {
    tollgate: Tollgate,
    folder: TempDir,
}

impl Victim {
    fn new() -> Self {
        Self::with("")
    }

    fn with(receiver: &str) -> Self {
        let folder = TempDir::new().unwrap();
        let tollgate = Tollgate::start_with(&folder, receiver, BOUNDED);
        Self { tollgate, folder }
    }

    /// The neighbour is served, and what arrives is what it sent; memory stayed under the ceiling.
    fn ends_well(self) {
        assert_eq!(self.tollgate.post("/v1/logs", PROTOBUF, &logs(3)).status, 200);
        let resident = self.tollgate.resident();
        assert!(resident < CEILING + OWN, "{} MiB", resident >> 20);
        self.tollgate.stop();
        assert!(!lines(&self.folder.path().join("out.jsonl")).is_empty());
    }
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

fn compressed(victim: &Victim, encoding: &str, content_type: &str, body: &[u8]) -> Answer {
    let headers = format!("content-type: {content_type}\r\ncontent-encoding: {encoding}\r\n");
    http::post_with(victim.tollgate.http, "/v1/traces", &headers, body)
}

#[test]
fn a_gzip_bomb_is_too_large() {
    let victim = Victim::new();
    let bomb = gzip(&vec![0; 256 << 20]);
    assert!(bomb.len() < 4 << 20, "{} bytes pass the door", bomb.len());
    assert_eq!(compressed(&victim, "gzip", PROTOBUF, &bomb).status, 413);
    victim.ends_well();
}

#[test]
fn a_zstd_bomb_is_too_large() {
    let victim = Victim::new();
    let bomb = zstd::encode_all(std::io::repeat(0).take(512 << 20), 1).unwrap();
    assert_eq!(compressed(&victim, "zstd", PROTOBUF, &bomb).status, 413);
    victim.ends_well();
}

#[test]
fn tiny_spans_by_the_million_are_bounded() {
    let victim = Victim::new();
    // resource_spans { scope_spans { spans {} x 4 Mi } }: two bytes a span.
    let spans = [0x12, 0x00].repeat(4 << 20);
    let scope = [vec![0x12], varint(spans.len()), spans].concat();
    let request = [vec![0x0a], varint(scope.len()), scope].concat();
    let status = victim.tollgate.post("/v1/traces", PROTOBUF, &request).status;
    assert!([200, 400, 413, 503].contains(&status), "{status}");
    victim.ends_well();
}

#[test]
fn empty_objects_by_the_million_are_bounded() {
    let victim = Victim::new();
    let body = format!("{{\"resourceSpans\":[{{\"scopeSpans\":[{{\"spans\":[{}{{}}]}}]}}]}}", "{},".repeat(3 << 20));
    let status = victim.tollgate.post("/v1/traces", JSON, body.as_bytes()).status;
    assert!([200, 400, 413, 503].contains(&status), "{status}");
    victim.ends_well();
}

fn varint(mut value: usize) -> Vec<u8> {
    let mut bytes = Vec::new();
    while value >= 0x80 {
        bytes.push((value & 0x7f) as u8 | 0x80);
        value >>= 7;
    }
    bytes.push(value as u8);
    bytes
}

#[test]
fn nesting_ten_thousand_deep_is_malformed_in_both_encodings() {
    let victim = Victim::new();
    let open = "{\"arrayValue\":{\"values\":[".repeat(10_000);
    let body = format!("{{\"resourceSpans\":[{{\"resource\":{{\"attributes\":[{{\"key\":\"a\",\"value\":{open}");
    let answer = victim.tollgate.post("/v1/traces", JSON, body.as_bytes());
    assert_eq!(answer.status, 400);
    let mut value = Vec::new();
    for _ in 0..10_000 {
        // AnyValue { array_value { values { … } } }
        let array = [vec![0x0a], varint(value.len()), value].concat();
        value = [vec![0x2a], varint(array.len()), array].concat();
    }
    let mut message = [vec![0x12], varint(value.len()), value].concat();
    for tag in [0x0a, 0x0a, 0x0a] {
        message = [vec![tag], varint(message.len()), message].concat();
    }
    assert_eq!(victim.tollgate.post("/v1/traces", PROTOBUF, &message).status, 400);
    victim.ends_well();
}

#[test]
fn garbage_is_malformed_and_its_bytes_are_quoted_nowhere() {
    let victim = Victim::new();
    let canary = "canary-4111111111111111";
    for (content_type, body) in
        [(PROTOBUF, format!("\u{1}{canary}")), (JSON, format!("{{\"resourceSpans\":\"{canary}\"}}"))]
    {
        let answer = victim.tollgate.post("/v1/traces", content_type, body.as_bytes());
        assert_eq!((answer.status, answer.header("content-type")), (400, Some(content_type)));
        assert!(!String::from_utf8_lossy(&answer.body).contains(canary));
    }
    assert!(!victim.tollgate.log().contains(canary));
    victim.ends_well();
}

#[test]
fn the_answers_are_those_of_the_specification() {
    let victim = Victim::new();
    let port = victim.tollgate.http;
    assert_eq!(http::get(port, "/v1/traces").status, 405);
    assert_eq!(victim.tollgate.post("/v1/traces", "text/plain", b"x").status, 415);
    assert_eq!(victim.tollgate.post("/v1/metrics", PROTOBUF, b"").status, 404);
    assert_eq!(victim.tollgate.post("/elsewhere", PROTOBUF, b"").status, 404);
    let empty = victim.tollgate.post("/v1/traces", PROTOBUF, b"");
    assert_eq!((empty.status, empty.body.len()), (200, 0));
    let empty = victim.tollgate.post("/v1/traces", JSON, b"{}");
    assert_eq!((empty.status, &empty.body[..]), (200, &b"{}"[..]));
    victim.ends_well();
}

#[test]
fn a_length_that_does_not_fit_is_refused_with_a_hint_before_a_byte_is_read() {
    let victim = Victim::with("");
    let mut stream = TcpStream::connect(("127.0.0.1", victim.tollgate.http)).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
    let head = format!(
        "POST /v1/traces HTTP/1.1\r\nhost: x\r\ncontent-type: {PROTOBUF}\r\ncontent-length: 1000000000\r\n\r\n"
    );
    stream.write_all(head.as_bytes()).unwrap();
    let mut answer = [0; 64];
    let read = stream.read(&mut answer).unwrap();
    assert!(String::from_utf8_lossy(&answer[..read]).starts_with("HTTP/1.1 413"));
    victim.ends_well();
}

#[test]
fn half_open_connections_and_slow_bodies_leave_neighbours_alone() {
    let victim = Victim::new();
    let mut held = Vec::new();
    for at in 0..200 {
        let port = if at % 2 == 0 { victim.tollgate.http } else { victim.tollgate.grpc };
        let mut stream = TcpStream::connect(("127.0.0.1", port)).unwrap();
        if at % 2 == 0 {
            let head = format!(
                "POST /v1/traces HTTP/1.1\r\nhost: x\r\ncontent-type: {PROTOBUF}\r\ncontent-length: 1000\r\n\r\nab"
            );
            stream.write_all(head.as_bytes()).unwrap();
        } else {
            stream.write_all(b"PRI * HT").unwrap();
        }
        held.push(stream);
    }
    assert_eq!(victim.tollgate.post("/v1/traces", PROTOBUF, &traces(1, 5)).status, 200);
    victim.ends_well();
}

#[test]
fn a_full_memory_refuses_with_a_hint_and_recovers() {
    let folder = TempDir::new().unwrap();
    let stuck = format!(
        "
exporters: {{otlp_grpc: {{endpoint: '127.0.0.1:{}', tls: {{insecure: true}}, sending_queue: {{block_on_overflow: true, max_bytes: 8MiB}}}}}}
service: {{memory: {{limit: 64MiB}}, shutdown_timeout: 100ms, pipelines: {{traces: {{receivers: [otlp], exporters: [otlp_grpc]}}}}}}
extensions: {{}}
",
        crate::stage::free_port()
    );
    let tollgate = Tollgate::start(&folder, &stuck);
    let big = traces(1, 3000);
    let refused = wait_for("a refusal", Duration::from_secs(30), || {
        let answer = tollgate.post("/v1/traces", PROTOBUF, &big);
        (answer.status != 200).then_some(answer)
    });
    assert_eq!((refused.status, refused.header("retry-after")), (503, Some("1")));
    assert!(tollgate.metric("tollgate_receiver_refused_requests_total", &["blocked"]) >= 1.0);
    assert!(tollgate.resident() < CEILING + OWN);
}
