//! `otlp`: OTLP over gRPC. A unary call by hand over hyper's HTTP/2: the sealed bytes go out as they are.

use bytes::{BufMut, Bytes, BytesMut};
use http::{HeaderMap, HeaderName, HeaderValue, Method, Uri};
use pipeline::Signal;
use pipeline::component::Exporter;
use pipeline::config::{ByteSize, Duration, Findings};
use pipeline::content::{Content, ContentHash, ContentPolicy};
use pipeline::journal::Bounds;
use pipeline::registry::{BuildCx, BuildError, ComponentConfig, ExporterConfig};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::Value;

use super::{partial, status};
use crate::delivery::{
    Authentication, Backend, ClientSettings, ClientTls, Compression, Delivery, Encoded, Headers, HttpClient,
    HttpSender, KeepAlive, Reply, Request, RetryOnFailure, SendingQueue, Verdict,
};

/// Sends traces, logs and metrics to an OTLP/gRPC receiver.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct OtlpGrpc {
    /// Where to: `host:port`, with `http://` for plain text or `https://` for TLS before it, or
    /// `dns:///` or `passthrough:///` before it. Required (`jaeger`: default `localhost:4317`).
    pub endpoint: Option<String>,
    /// How the connection is secured. Default: TLS with the system's authorities (`jaeger`: plain text).
    pub tls: Option<ClientTls>,
    /// How messages are compressed: `none`, `gzip` or `zstd`. Default `none` (the Collector's: `gzip`,
    /// which costs more than all the rest of the pipeline).
    pub compression: Compression,
    /// Headers (gRPC metadata) to send. Default none.
    pub headers: Headers,
    /// Credentials to send. Default none.
    pub auth: Option<Authentication>,
    /// How long one attempt may take; `0` is no bound. Default 5s.
    pub timeout: Duration,
    /// What leaves here of prompts, completions, tool arguments and results: `keep`, `hash_length` or `drop`; never
    /// more than the pipeline lets through. Default `keep`.
    pub content: Content,
    /// What may be owed, and how it is merged and sent.
    pub sending_queue: SendingQueue,
    /// When a request that was not taken is sent again.
    pub retry_on_failure: RetryOnFailure,
    /// Pings that find a dead connection. Default none.
    pub keepalive: Option<GrpcKeepAlive>,
    /// Accepted for the Collector's sake and without effect: `:authority` is the endpoint. Default none.
    pub authority: Option<String>,
    /// Accepted for the Collector's sake and without effect: one connection carries all requests. Default none.
    pub balancer_name: Option<String>,
    /// Accepted for the Collector's sake and without effect: requests wait and are retried anyway. Default false.
    pub wait_for_ready: bool,
    /// Accepted for the Collector's sake and without effect. Default: the transport's own, in bytes.
    pub read_buffer_size: Option<ByteSize>,
    /// Accepted for the Collector's sake and without effect. Default: the transport's own, in bytes.
    pub write_buffer_size: Option<ByteSize>,
    /// Accepted for the Collector's sake and without effect: levels are those that cost least. Default none.
    pub compression_params: Option<Value>,
    /// Accepted for the Collector's sake and without effect: we send our own. Default none.
    pub user_agent: Option<String>,
    /// Extensions of the Collector around each request; mean nothing here. Default none.
    pub middlewares: Vec<Value>,
}

/// HTTP/2 pings.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct GrpcKeepAlive {
    /// How often; never more often than each 10s, as in the Collector. Default 10s.
    pub time: Duration,
    /// How long an answer may take before the connection is given up; 0 is the default. Default 20s.
    pub timeout: Duration,
    /// Also while no request is in flight. Default false.
    pub permit_without_stream: bool,
}

impl Default for GrpcKeepAlive {
    fn default() -> Self {
        Self { time: Duration::secs(10), timeout: Duration::secs(20), permit_without_stream: false }
    }
}

impl GrpcKeepAlive {
    /// As grpc-go takes these times.
    pub(super) fn pings(&self) -> KeepAlive {
        let default = Self::default();
        let timeout = if self.timeout.0.is_zero() { default.timeout.0 } else { self.timeout.0 };
        KeepAlive { interval: self.time.0.max(default.time.0), timeout, while_idle: self.permit_without_stream }
    }
}

impl Default for OtlpGrpc {
    fn default() -> Self {
        Self {
            endpoint: None,
            tls: None,
            compression: Compression::None,
            headers: Headers::default(),
            auth: None,
            timeout: Duration::secs(5),
            content: Content::Keep,
            sending_queue: SendingQueue::default(),
            retry_on_failure: RetryOnFailure::default(),
            keepalive: None,
            authority: None,
            balancer_name: None,
            wait_for_ready: false,
            read_buffer_size: None,
            write_buffer_size: None,
            compression_params: None,
            user_agent: None,
            middlewares: Vec::new(),
        }
    }
}

impl ComponentConfig for OtlpGrpc {
    const NAME: &'static str = "otlp";
    const ALIASES: &'static [&'static str] = &["otlp_grpc"];
    const ABOUT: &'static str = "sends to an OTLP receiver over gRPC";
    const EXAMPLE: &'static str = "\
endpoint: collector.example:4317
tls:
  ca_file: /etc/ssl/certs/collector.pem
headers:
  x-tenant: ${env:TENANT:-default}
sending_queue:
  max_age: 1h
";

    fn check(&self, findings: &mut Findings) {
        if let Err(error) = self.target() {
            findings.error(&error.key, "E227", error.reason);
        }
        self.compression.check(false, findings);
        if self.endpoint.as_deref().and_then(resolver).is_some() {
            let message = "has no effect: names are looked up as the system does, not by the server in `dns://`";
            findings.note("endpoint", "N023", message);
        }
        self.headers.check("headers", findings);
        self.tls.iter().for_each(|tls| tls.check(findings));
        self.sending_queue.check(findings);
        self.retry_on_failure.check(findings);
        let without_effect = [
            ("balancer_name", self.balancer_name.is_some(), "one connection carries all requests"),
            ("authority", self.authority.is_some(), "`:authority` is the endpoint"),
            ("wait_for_ready", self.wait_for_ready, "requests wait in the queue and are retried anyway"),
            ("read_buffer_size", self.read_buffer_size.is_some(), "buffers are sized by the transport"),
            ("write_buffer_size", self.write_buffer_size.is_some(), "buffers are sized by the transport"),
            ("compression_params", self.compression_params.is_some(), "levels are those that cost least"),
            ("user_agent", self.user_agent.is_some(), "we send our own"),
            ("middlewares", !self.middlewares.is_empty(), "there are none of these extensions"),
        ];
        for (key, _, why) in without_effect.iter().filter(|(_, set, _)| *set) {
            findings.note(key, "N023", format!("has no effect: {why}"));
        }
    }
}

impl ExporterConfig for OtlpGrpc {
    fn bounds(&self) -> Bounds {
        self.sending_queue.bounds()
    }

    fn build(self, cx: &BuildCx<'_>) -> Result<Box<dyn Exporter>, BuildError> {
        let mut plan = self.sending_queue.plan(&self.retry_on_failure);
        plan.content = ContentPolicy::new(self.content, ContentHash::unkeyed());
        let (scheme, _) = self.target()?;
        let client = HttpClient::new(&ClientSettings {
            http2_only: true,
            tls: (scheme == "https").then(|| self.tls.clone().unwrap_or_default()),
            keep_alive: self.keepalive.as_ref().map(GrpcKeepAlive::pings),
            idle_connections: Some(1),
            idle_timeout: Some(std::time::Duration::from_secs(300)),
        })?;
        let (headers, credentials) = self.headers.build(self.auth.as_ref(), cx)?;
        let backend = Grpc::new(&self, headers)?;
        let destination = backend.heads[0].uri().clone();
        let sender = HttpSender::new(backend, client, self.timeout.0, credentials);
        // grpc-go asks for the proxy of https whatever it speaks, and for none where it is told to pass the name through.
        let through = self.endpoint.as_deref().is_some_and(|endpoint| endpoint.starts_with("passthrough:"));
        let sender = sender.without_proxy((!through).then_some(("https", &destination)));
        Ok(Box::new(Delivery::new(sender, plan)))
    }
}

impl OtlpGrpc {
    /// Scheme and authority that requests go to.
    fn target(&self) -> Result<(&'static str, String), BuildError> {
        let endpoint = self.endpoint.as_deref().unwrap_or_default();
        let insecure = self.tls.as_ref().is_some_and(|tls| tls.insecure);
        let (scheme, rest) = match endpoint.split_once("://") {
            Some(("http", rest)) => ("http", rest),
            Some(("https", rest)) => ("https", rest),
            // What stands between the slashes of `dns` is the server to ask.
            Some(("dns" | "passthrough", rest)) => {
                (if insecure { "http" } else { "https" }, rest.split_once('/').map_or(rest, |(_, name)| name))
            }
            Some(("unix" | "unix-abstract", _)) => {
                let reason = "unix sockets are not supported: have the receiver listen on a port, and give host:port";
                return Err(BuildError::at("endpoint", reason));
            }
            Some((other, _)) => {
                let reason = format!("`{other}://` is not known: http, https, dns or passthrough");
                return Err(BuildError::at("endpoint", reason));
            }
            None => (if insecure { "http" } else { "https" }, endpoint),
        };
        let authority = rest.trim_end_matches('/');
        if authority.contains('@') {
            return Err(BuildError::at("endpoint", "gRPC takes no login in the address: use `auth` or `headers`"));
        }
        let parsed = authority.parse::<http::uri::Authority>();
        if parsed.is_ok_and(|parsed| parsed.port_u16().is_some() && !parsed.host().is_empty()) {
            return Ok((scheme, authority.into()));
        }
        Err(BuildError::at("endpoint", "must be host:port, such as collector.example:4317"))
    }
}

/// The server that `dns://server/host:port` wants to be asked.
fn resolver(endpoint: &str) -> Option<&str> {
    let (server, _) = endpoint.strip_prefix("dns://")?.split_once('/')?;
    (!server.is_empty()).then_some(server)
}

/// The calls and what their answers mean.
#[derive(Debug)]
struct Grpc {
    /// A head for each signal.
    heads: [http::Request<()>; 3],
    compression: Compression,
}

impl Grpc {
    fn new(config: &OtlpGrpc, mut headers: HeaderMap) -> Result<Self, BuildError> {
        let (scheme, authority) = config.target()?;
        let fixed = [("te", "trailers"), ("content-type", "application/grpc"), ("grpc-accept-encoding", "identity")];
        for (name, value) in fixed {
            headers.insert(HeaderName::from_static(name), HeaderValue::from_static(value));
        }
        let agent = HeaderValue::from_static(concat!("tollgate/", env!("CARGO_PKG_VERSION")));
        headers.entry(http::header::USER_AGENT).or_insert(agent);
        if let Some(encoding) = config.compression.encoding() {
            headers.insert("grpc-encoding", HeaderValue::from_static(encoding));
        }
        if !config.timeout.0.is_zero() {
            // At most eight digits: milliseconds up to a day, far more than makes sense here.
            let millis = config.timeout.0.as_millis().clamp(1, 86_400_000);
            let text = format!("{millis}m");
            headers.insert("grpc-timeout", HeaderValue::try_from(text).unwrap_or(HeaderValue::from_static("5S")));
        }
        let head = |signal: Signal| {
            let uri = format!("{scheme}://{authority}{}", path(signal)).parse::<Uri>();
            let mut head = http::Request::new(());
            *head.method_mut() = Method::POST;
            *head.uri_mut() = uri.map_err(|error| BuildError::at("endpoint", error.to_string()))?;
            *head.version_mut() = http::Version::HTTP_2;
            head.headers_mut().extend(headers.clone());
            Ok(head)
        };
        let heads = [head(Signal::Traces)?, head(Signal::Logs)?, head(Signal::Metrics)?];
        Ok(Self { heads, compression: config.compression })
    }
}

fn path(signal: Signal) -> &'static str {
    match signal {
        Signal::Traces => "/opentelemetry.proto.collector.trace.v1.TraceService/Export",
        Signal::Logs => "/opentelemetry.proto.collector.logs.v1.LogsService/Export",
        Signal::Metrics => "/opentelemetry.proto.collector.metrics.v1.MetricsService/Export",
    }
}

impl Backend for Grpc {
    /// A gRPC message: a flag (1: compressed), the length in four bytes, the bytes.
    fn encode(&self, request: &Request) -> Result<Encoded, String> {
        let bodies = request.parts.iter().map(|part| part.body().clone()).collect();
        let message = self.compression.compress(bodies)?;
        let length: usize = message.iter().map(Bytes::len).sum();
        let mut prefix = BytesMut::with_capacity(5);
        prefix.put_u8(u8::from(self.compression != Compression::None));
        prefix.put_u32(u32::try_from(length).map_err(|_| "a message of more than 4 GiB".to_owned())?);
        let mut body = vec![prefix.freeze()];
        body.extend(message);
        let head = self.heads[request.signal as usize].clone();
        Ok(Encoded { head, body, signal: request.signal, records: request.records() })
    }

    fn judge(&self, sent: &Encoded, reply: &Reply) -> Verdict {
        match status::of_call(&reply.headers, &reply.trailers) {
            Some((0, ..)) => match reply.body.get(5..) {
                Some(message) if reply.body[0] == 0 => partial::from_protobuf(sent.signal, message),
                _ => Verdict::Delivered,
            },
            Some((code, message, after)) => status::verdict(code, &message, after),
            None => {
                let message = format!("HTTP {} without a gRPC status", reply.status.as_u16());
                status::verdict(status::code_of_http(reply.status), &message, None)
            }
        }
    }

    fn heavy(&self) -> bool {
        self.compression != Compression::None
    }
}
