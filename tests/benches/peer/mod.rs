//! Both ends of a measurement: a driver that sends pre-encoded requests, as fast as they are taken or at a pace of its own,
//! and a sink that only counts. Every bench uses a part of it.

#![allow(dead_code, reason = "each bench takes what it needs")]

pub(crate) mod halves;
pub(crate) mod process;

use std::convert::Infallible;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use bytes::{BufMut, Bytes, BytesMut};
use futures_util::stream;
use http_body_util::combinators::BoxBody;
use http_body_util::{BodyExt, StreamBody};
use hyper::body::{Frame, Incoming};
use hyper::client::conn::http2::SendRequest;
use hyper::service::service_fn;
use hyper::{HeaderMap, Request, Response};
use hyper_util::rt::{TokioExecutor, TokioIo};
use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use opentelemetry_proto::tonic::common::v1::any_value::Value;
use opentelemetry_proto::tonic::common::v1::{AnyValue, InstrumentationScope, KeyValue};
use opentelemetry_proto::tonic::resource::v1::Resource;
use opentelemetry_proto::tonic::trace::v1::{ResourceSpans, ScopeSpans, Span};
use prost::Message as _;
use tokio::net::{TcpListener, TcpStream};
use tokio::time::Instant;

/// How long a sender that was refused waits before it comes again.
const AGAIN: Duration = Duration::from_millis(50);

/// Up to here before a request is due its sender sleeps.
const COARSE: Duration = Duration::from_millis(2);

/// How many requests had traces of their own so far, whoever sent them.
static FRESH: AtomicU64 = AtomicU64::new(0);

/// Requests in flight on the one connection.
const STREAMS: usize = 8;
/// The flag and the length before a gRPC message.
const PREFIX: usize = 5;
const PATH: &str = "/opentelemetry.proto.collector.trace.v1.TraceService/Export";

/// How large the HTTP/2 DATA frames are, in both directions.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Frames {
    /// As large as the peer takes: 1 MiB.
    Large,
    /// 16 KiB: what grpc-go sends and takes.
    Small,
}

impl Frames {
    fn bytes(self) -> usize {
        match self {
            Self::Large => 1 << 20,
            Self::Small => 16 << 10,
        }
    }
}

/// What is sent.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Load {
    pub(crate) frames: Frames,
    /// Spans in a request.
    pub(crate) spans: usize,
    /// Whether each request has traces of its own.
    pub(crate) fresh: bool,
}

/// What was sent and answered OK.
pub(crate) struct Driven {
    pub(crate) spans: u64,
    pub(crate) bytes: u64,
    pub(crate) seconds: f64,
}

type Body = BoxBody<Bytes, Infallible>;

/// One connection to the receiver.
pub(crate) async fn connect(port: u16) -> SendRequest<Body> {
    let stream = TcpStream::connect(("127.0.0.1", port)).await.expect("a listener");
    stream.set_nodelay(true).expect("a socket");
    let (sender, connection) = hyper::client::conn::http2::Builder::new(TokioExecutor::new())
        .initial_stream_window_size(4 << 20)
        .initial_connection_window_size(16 << 20)
        .max_send_buf_size(4 << 20)
        .handshake(TokioIo::new(stream))
        .await
        .expect("HTTP/2");
    tokio::spawn(connection);
    sender
}

/// Sends for `duration`, `STREAMS` requests at a time.
pub(crate) async fn drive(client: SendRequest<Body>, load: Load, duration: Duration) -> Driven {
    let message = Message::of(load);
    let (sent, begin) = (Arc::new(AtomicU64::new(0)), Instant::now());
    let tasks = (0..STREAMS).map(|_| {
        let (client, message, sent) = (client.clone(), message.clone(), sent.clone());
        tokio::spawn(async move {
            while begin.elapsed() < duration {
                send(client.clone(), message.next(), load.frames).await;
                sent.fetch_add(1, Ordering::Relaxed);
            }
        })
    });
    for task in tasks.collect::<Vec<_>>() {
        task.await.expect("no failure");
    }
    let requests = sent.load(Ordering::Relaxed);
    Driven {
        spans: requests * load.spans as u64,
        bytes: requests * message.body.len() as u64,
        seconds: begin.elapsed().as_secs_f64(),
    }
}

/// Sends at a pace of so many requests a second, whether or not they are answered, as many senders do; for each how long it
/// took from when it was due to its answer, in order.
pub(crate) async fn pace(client: SendRequest<Body>, load: Load, rate: f64, duration: Duration) -> Vec<Duration> {
    let message = Message::of(load);
    let begin = Instant::now();
    let mut tasks = Vec::new();
    for number in 0.. {
        let due = begin + Duration::from_secs_f64(f64::from(number) / rate);
        if due > begin + duration {
            break;
        }
        // A timer is a millisecond too coarse.
        if let Some(far) = due.checked_duration_since(Instant::now() + COARSE) {
            tokio::time::sleep(far).await;
        }
        while Instant::now() < due {
            tokio::task::yield_now().await;
        }
        let (client, message) = (client.clone(), message.clone());
        tasks.push(tokio::spawn(async move {
            send(client, message.next(), load.frames).await;
            due.elapsed()
        }));
    }
    let mut took = Vec::with_capacity(tasks.len());
    for task in tasks {
        took.push(task.await.expect("no failure"));
    }
    took.sort_unstable();
    took
}

/// Sends a message until it is accepted.
async fn send(client: SendRequest<Body>, framed: Bytes, frames: Frames) {
    while !offer(client.clone(), request(&framed, frames)).await {
        tokio::time::sleep(AGAIN).await;
    }
}

/// Sends a request; whether it was accepted, and not refused for now.
async fn offer(mut client: SendRequest<Body>, request: Request<Body>) -> bool {
    client.ready().await.expect("the connection stands");
    let response = client.send_request(request).await.expect("an answer");
    let early = response.headers().get("grpc-status").cloned();
    let body = response.into_body().collect().await.expect("a whole answer");
    let status = early.or_else(|| body.trailers().and_then(|trailers| trailers.get("grpc-status")).cloned());
    match status.as_ref().map(|value| value.as_bytes()) {
        Some(b"0") => true,
        // UNAVAILABLE: come again.
        Some(b"14") => false,
        other => panic!("neither accepted nor refused for now: {other:?}"),
    }
}

/// A request to be sent again and again.
#[derive(Clone)]
struct Message {
    load: Load,
    body: Bytes,
    /// Where its trace ids stand.
    ids: Arc<[usize]>,
}

/// Where the trace ids of a message stand: they end in `0xa5`, eight times.
fn ids_in(message: &[u8]) -> Vec<usize> {
    let is_id = |at: &usize| message[*at..].starts_with(&[0x0a, 16]) && message[*at + 10..].starts_with(&[0xa5; 8]);
    (0..message.len() - 18).filter(is_id).map(|at| at + 2).collect()
}

/// A message with the prefix of gRPC.
fn framed(message: &[u8]) -> BytesMut {
    let mut framed = BytesMut::with_capacity(message.len() + PREFIX);
    framed.put_u8(0);
    framed.put_u32(u32::try_from(message.len()).expect("under 4 GiB"));
    framed.put_slice(message);
    framed
}

/// Writes into each of the places `ids` the trace id that its number makes.
fn identify(framed: &mut [u8], ids: &[usize], number: impl Fn(usize) -> u64) {
    for (at, id) in ids.iter().enumerate() {
        let trace = scattered(number(at));
        framed[id + PREFIX..][..8].copy_from_slice(&trace.to_be_bytes());
        framed[id + PREFIX + 8..][..8].copy_from_slice(&scattered(trace).to_be_bytes());
    }
}

/// Spreads numbers over all of 64 bits, each to its own.
fn scattered(number: u64) -> u64 {
    let number = number.wrapping_add(1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    (number ^ number >> 29).wrapping_mul(0xbf58_476d_1ce4_e5b9)
}

impl Message {
    fn of(load: Load) -> Self {
        let message = encoded(load.spans);
        let ids = ids_in(&message).into();
        Self { load, body: message.into(), ids }
    }

    /// The next one, as gRPC has it.
    fn next(&self) -> Bytes {
        let mut framed = framed(&self.body);
        if self.load.fresh {
            let number = FRESH.fetch_add(1, Ordering::Relaxed);
            identify(&mut framed, &self.ids, |at| (number << 16) | (at as u64 / 8));
        }
        framed.freeze()
    }
}

fn request(framed: &Bytes, frames: Frames) -> Request<Body> {
    let size = frames.bytes();
    let chunks: Vec<_> =
        (0..framed.len()).step_by(size).map(|at| framed.slice(at..framed.len().min(at + size))).collect();
    let body = StreamBody::new(stream::iter(chunks.into_iter().map(|chunk| Ok(Frame::data(chunk)))));
    Request::post(format!("http://127.0.0.1{PATH}"))
        .header("content-type", "application/grpc")
        .header("te", "trailers")
        .body(body.boxed())
        .expect("a request")
}

/// Takes every request, counts its bytes, answers OK.
pub(crate) struct Sink {
    pub(crate) port: u16,
    bytes: Arc<AtomicU64>,
}

/// What is to be done with each message a sink takes.
pub(crate) type Watch = Arc<dyn Fn(&[u8]) + Send + Sync>;

impl Sink {
    pub(crate) async fn start(frames: Frames) -> Self {
        Self::start_on(0, frames).await
    }

    /// On a port of one's own.
    pub(crate) async fn start_on(port: u16, frames: Frames) -> Self {
        Self::serve(port, frames, None).await
    }

    /// One that shows each message to `watch`.
    pub(crate) async fn watched(frames: Frames, watch: Watch) -> Self {
        Self::serve(0, frames, Some(watch)).await
    }

    async fn serve(port: u16, frames: Frames, watch: Option<Watch>) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", port)).await.expect("a port");
        let port = listener.local_addr().expect("an address").port();
        let bytes = Arc::new(AtomicU64::new(0));
        let counted = bytes.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                stream.set_nodelay(true).expect("a socket");
                let (counted, watch) = (counted.clone(), watch.clone());
                let service = service_fn(move |request| take(request, counted.clone(), watch.clone()));
                tokio::spawn(
                    hyper::server::conn::http2::Builder::new(TokioExecutor::new())
                        .max_frame_size(u32::try_from(frames.bytes()).expect("small"))
                        .initial_stream_window_size(4 << 20)
                        .initial_connection_window_size(16 << 20)
                        .serve_connection(TokioIo::new(stream), service),
                );
            }
        });
        Self { port, bytes }
    }

    /// Bytes of messages taken so far.
    pub(crate) fn bytes(&self) -> u64 {
        self.bytes.load(Ordering::Relaxed)
    }
}

async fn take(
    request: Request<Incoming>,
    counted: Arc<AtomicU64>,
    watch: Option<Watch>,
) -> Result<Response<Body>, hyper::Error> {
    let mut body = request.into_body();
    let (mut bytes, mut message) = (0, Vec::new());
    while let Some(frame) = body.frame().await {
        let Ok(data) = frame?.into_data() else { continue };
        bytes += data.len() as u64;
        if watch.is_some() {
            message.extend_from_slice(&data);
        }
    }
    if let (Some(watch), Some(message)) = (watch, message.get(PREFIX..)) {
        watch(message);
    }
    counted.fetch_add(bytes.saturating_sub(PREFIX as u64), Ordering::Relaxed);
    let mut trailers = HeaderMap::new();
    trailers.insert("grpc-status", "0".parse().expect("a value"));
    let empty = Frame::data(Bytes::from_static(&[0; PREFIX]));
    let body = StreamBody::new(stream::iter([Ok(empty), Ok(Frame::trailers(trailers))]));
    Ok(Response::builder().header("content-type", "application/grpc").body(body.boxed()).expect("a response"))
}

/// A request of GenAI spans: 12 attributes, a 600-byte prompt, eight spans a trace.
fn encoded(spans: usize) -> Vec<u8> {
    request_of(spans).encode_to_vec()
}

/// Bytes of a request of so many spans.
pub(crate) fn size_of(spans: usize) -> u64 {
    encoded(spans).len() as u64
}

fn request_of(spans: usize) -> ExportTraceServiceRequest {
    let text = |key: &str, value: &str| KeyValue {
        key: key.into(),
        value: Some(AnyValue { value: Some(Value::StringValue(value.into())) }),
        ..KeyValue::default()
    };
    let number = |key: &str, value| KeyValue {
        key: key.into(),
        value: Some(AnyValue { value: Some(Value::IntValue(value)) }),
        ..KeyValue::default()
    };
    let prompt =
        "summarise the quarterly report for the team and list every open question ".repeat(9)[..600].to_owned();
    let span = |at: usize| Span {
        trace_id: [(at as u64 / 8 + 1).to_be_bytes(), [0xa5; 8]].concat(),
        span_id: (at as u64 + 1).to_be_bytes().to_vec(),
        name: "chat gpt-4o".into(),
        kind: 3,
        start_time_unix_nano: 1_790_000_000_000_000_000,
        end_time_unix_nano: 1_790_000_001_000_000_000,
        attributes: vec![
            text("gen_ai.operation.name", "chat"),
            text("gen_ai.provider.name", "openai"),
            text("gen_ai.request.model", "gpt-4o"),
            text("gen_ai.response.model", "gpt-4o-2024-08-06"),
            number("gen_ai.usage.input_tokens", 812),
            number("gen_ai.usage.output_tokens", 240),
            text("gen_ai.response.id", "chatcmpl-9f8a7b6c5d4e3f2a1b"),
            text("workflow.name", "support-triage"),
            text("workflow.step", "draft"),
            text("execution_id", "exec-20261120-000123"),
            text("gen_ai.input.messages", &prompt),
            text("user.id", "u-48213"),
        ],
        ..Span::default()
    };
    let scope = InstrumentationScope {
        name: "openai-instrumentation".into(),
        version: "1.2.3".into(),
        ..InstrumentationScope::default()
    };
    let scope_spans =
        vec![ScopeSpans { scope: Some(scope), spans: (0..spans).map(span).collect(), ..ScopeSpans::default() }];
    let resource = Resource {
        attributes: vec![text("service.name", "support-agent"), text("host.name", "ip-10-2-3-4")],
        ..Resource::default()
    };
    ExportTraceServiceRequest {
        resource_spans: vec![ResourceSpans { resource: Some(resource), scope_spans, ..ResourceSpans::default() }],
    }
}

/// What prost takes on this core to decode and drop a span: the yardstick of every budget.
pub(crate) fn prost_nanos(spans: usize) -> f64 {
    let wire = encoded(spans);
    let rounds = 200;
    let begin = Instant::now();
    for _ in 0..rounds {
        drop(std::hint::black_box(ExportTraceServiceRequest::decode(&wire[..]).expect("our own bytes")));
    }
    begin.elapsed().as_nanos() as f64 / (rounds * spans) as f64
}
