//! Raw clients: HTTP/2 frames through hyper, HTTP/1.1 as bytes on a socket.

use std::net::SocketAddr;
use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::{Buf, Bytes, BytesMut};
use http::{HeaderMap, Request};
use http_body::{Body, Frame};
use http_body_util::BodyExt;
use hyper::client::conn::http2::{SendRequest, handshake};
use hyper_util::rt::{TokioExecutor, TokioIo};
use prost::Message;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::sync::mpsc;

pub(crate) const TRACES: &str = "/opentelemetry.proto.collector.trace.v1.TraceService/Export";
pub(crate) const LOGS: &str = "/opentelemetry.proto.collector.logs.v1.LogsService/Export";
pub(crate) const METRICS: &str = "/opentelemetry.proto.collector.metrics.v1.MetricsService/Export";

/// Most pieces a test gives at once.
const PIECES: usize = 1 << 16;

/// A body given piece by piece; it ends when the sender is dropped.
pub(crate) struct Script(mpsc::Receiver<Bytes>);

impl Script {
    pub(crate) fn new() -> (mpsc::Sender<Bytes>, Self) {
        let (sender, receiver) = mpsc::channel(PIECES);
        (sender, Self(receiver))
    }

    pub(crate) fn whole(bytes: impl Into<Bytes>) -> Self {
        let (sender, body) = Self::new();
        sender.try_send(bytes.into()).unwrap();
        body
    }
}

impl Body for Script {
    type Data = Bytes;
    type Error = std::convert::Infallible;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Self::Error>>> {
        self.0.poll_recv(cx).map(|bytes| bytes.map(|bytes| Ok(Frame::data(bytes))))
    }
}

/// An answer, whatever the transport.
#[derive(Debug)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
    pub(crate) trailers: Option<HeaderMap>,
}

/// `google.rpc.Status`, as far as tests look.
#[derive(Clone, PartialEq, Message)]
pub(crate) struct RpcStatus {
    #[prost(int32, tag = "1")]
    pub(crate) code: i32,
    #[prost(string, tag = "2")]
    pub(crate) message: String,
    #[prost(message, repeated, tag = "3")]
    pub(crate) details: Vec<Detail>,
}

/// `google.protobuf.Any` around a `google.rpc.RetryInfo`.
#[derive(Clone, PartialEq, Message)]
pub(crate) struct Detail {
    #[prost(string, tag = "1")]
    pub(crate) type_url: String,
    #[prost(bytes = "vec", tag = "2")]
    pub(crate) value: Vec<u8>,
}

impl Reply {
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    /// `grpc-status`, of the trailers or of an answer that has only those.
    pub(crate) fn grpc_status(&self) -> i32 {
        let trailers = self.trailers.as_ref().unwrap_or(&self.headers);
        trailers["grpc-status"].to_str().unwrap().parse().unwrap()
    }

    /// The status of `grpc-status-details-bin`.
    pub(crate) fn details(&self) -> Option<RpcStatus> {
        use base64::Engine;
        let text = self.headers.get("grpc-status-details-bin")?;
        let bytes = base64::engine::general_purpose::STANDARD_NO_PAD.decode(text.as_bytes()).unwrap();
        Some(RpcStatus::decode(&bytes[..]).unwrap())
    }

    /// The `google.rpc.Status` of an HTTP answer in protobuf.
    pub(crate) fn rpc_status(&self) -> RpcStatus {
        assert_eq!(self.header("content-type"), "application/x-protobuf");
        RpcStatus::decode(&self.body[..]).unwrap()
    }

    /// The body of an HTTP answer in JSON.
    pub(crate) fn json(&self) -> serde_json::Value {
        assert_eq!(self.header("content-type"), "application/json");
        serde_json::from_slice(&self.body).unwrap()
    }
}

/// A gRPC message, not compressed.
pub(crate) fn frame(message: &[u8]) -> Bytes {
    flagged(0, message)
}

/// A gRPC message with this compressed-flag.
pub(crate) fn flagged(flag: u8, message: &[u8]) -> Bytes {
    declared(flag, message.len(), message)
}

/// A gRPC message that says it is `length` bytes long.
pub(crate) fn declared(flag: u8, length: usize, message: &[u8]) -> Bytes {
    let mut frame = BytesMut::from(&[flag][..]);
    frame.extend_from_slice(&u32::try_from(length).unwrap().to_be_bytes());
    frame.extend_from_slice(message);
    frame.freeze()
}

/// An HTTP/2 connection.
pub(crate) async fn connect(address: SocketAddr) -> SendRequest<Script> {
    let socket = TcpStream::connect(address).await.unwrap();
    let (sender, connection) = handshake(TokioExecutor::new(), TokioIo::new(socket)).await.unwrap();
    tokio::spawn(connection);
    sender
}

/// A gRPC call on a connection.
pub(crate) async fn call(
    sender: &mut SendRequest<Script>,
    path: &str,
    headers: &[(&str, &str)],
    body: Script,
) -> Reply {
    let mut request = Request::post(format!("http://localhost{path}"))
        .header("te", "trailers")
        .header("content-type", "application/grpc");
    for (name, value) in headers {
        if *name == "content-type" {
            request.headers_mut().unwrap().remove("content-type");
        }
        request = request.header(*name, *value);
    }
    let (head, body) = sender.send_request(request.body(body).unwrap()).await.unwrap().into_parts();
    let body = body.collect().await.unwrap();
    let trailers = body.trailers().cloned();
    Reply { status: head.status.as_u16(), headers: head.headers, body: body.to_bytes(), trailers }
}

/// A gRPC call on a connection of its own.
pub(crate) async fn grpc(address: SocketAddr, path: &str, headers: &[(&str, &str)], body: impl Into<Bytes>) -> Reply {
    call(&mut connect(address).await, path, headers, Script::whole(body)).await
}

/// An HTTP/1.1 POST on a connection of its own; protobuf unless the headers say otherwise.
pub(crate) async fn post(address: SocketAddr, path: &str, headers: &[(&str, &str)], body: impl AsRef<[u8]>) -> Reply {
    let body = body.as_ref();
    let mut head = format!("POST {path} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n");
    if !headers.iter().any(|(name, _)| *name == "content-type") {
        head += "content-type: application/x-protobuf\r\n";
    }
    if !headers.iter().any(|(name, _)| *name == "content-length" || *name == "transfer-encoding") {
        head += &format!("content-length: {}\r\n", body.len());
    }
    for (name, value) in headers {
        head += &format!("{name}: {value}\r\n");
    }
    let mut bytes = format!("{head}\r\n").into_bytes();
    bytes.extend_from_slice(body);
    raw(address, &bytes).await
}

/// These bytes on a connection of its own, and the answer to them.
pub(crate) async fn raw(address: SocketAddr, bytes: &[u8]) -> Reply {
    let mut socket = TcpStream::connect(address).await.unwrap();
    // The receiver may answer and close before it has read all: the answer is still to be read.
    let _unread = socket.write_all(bytes).await.is_err();
    answer(&mut socket).await
}

/// Reads one HTTP/1.1 answer.
pub(crate) async fn answer(socket: &mut TcpStream) -> Reply {
    let mut bytes = Vec::new();
    loop {
        if let Some(reply) = parse(&bytes) {
            return reply;
        }
        let read = socket.read_buf(&mut bytes).await.unwrap();
        assert_ne!(read, 0, "closed after {:?}", String::from_utf8_lossy(&bytes));
    }
}

fn parse(bytes: &[u8]) -> Option<Reply> {
    let end = bytes.windows(4).position(|part| part == b"\r\n\r\n")?;
    let head = std::str::from_utf8(&bytes[..end]).unwrap();
    let mut lines = head.split("\r\n");
    let status = lines.next()?.split(' ').nth(1)?.parse().unwrap();
    let mut headers = HeaderMap::new();
    for line in lines {
        let (name, value) = line.split_once(": ").unwrap();
        headers.append(name.parse::<http::HeaderName>().unwrap(), value.parse().unwrap());
    }
    let length = headers.get("content-length").map_or(0, |length| length.to_str().unwrap().parse().unwrap());
    let mut body = Bytes::copy_from_slice(&bytes[end + 4..]);
    if body.remaining() < length {
        return None;
    }
    Some(Reply { status, headers, body: body.split_to(length), trailers: None })
}

pub(crate) fn gzip(bytes: &[u8]) -> Vec<u8> {
    use std::io::Write;
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

pub(crate) fn zlib(bytes: &[u8]) -> Vec<u8> {
    use std::io::Write;
    let mut encoder = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

pub(crate) fn zstd(bytes: &[u8]) -> Vec<u8> {
    zstd::encode_all(bytes, 1).unwrap()
}
