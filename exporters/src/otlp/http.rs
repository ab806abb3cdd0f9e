//! `otlphttp`: OTLP over HTTP, in protobuf or JSON.

use bytes::Bytes;
use http::header::AUTHORIZATION;
use http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, Uri};
use pipeline::component::Exporter;
use pipeline::config::{ByteSize, Duration, Findings, Secret};
use pipeline::content::{Content, ContentHash, ContentPolicy};
use pipeline::journal::Bounds;
use pipeline::registry::{BuildCx, BuildError, ComponentConfig, ExporterConfig};
use pipeline::{Signal, Timestamp};
use prost::Message;
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::Value;

use super::{login, partial, status};
use crate::delivery::{
    Authentication, Backend, Blame, ClientSettings, ClientTls, Compression, Delivery, Encoded, Headers, HttpClient,
    HttpSender, KeepAlive, Reply, Request, RetryOnFailure, SendingQueue, Verdict, printable, retry_after, sensitive,
};
use pipeline::batch::json;

/// Sends traces, logs and metrics to an OTLP/HTTP receiver.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct OtlpHttp {
    /// Base URL; `/v1/traces`, `/v1/logs` and `/v1/metrics` are added. A login in it (`https://user:password@host`) is
    /// sent as basic authentication, unless `auth` or `headers` say otherwise. Required, unless each signal has its own.
    pub endpoint: Option<String>,
    /// URL for traces, as it is. Default: `endpoint` and `/v1/traces`.
    pub traces_endpoint: Option<String>,
    /// URL for logs, as it is. Default: `endpoint` and `/v1/logs`.
    pub logs_endpoint: Option<String>,
    /// URL for metrics, as it is. Default: `endpoint` and `/v1/metrics`.
    pub metrics_endpoint: Option<String>,
    /// The form of the body: `proto` or `json`. Default `proto`.
    pub encoding: Encoding,
    /// How the connection is secured where the URL is https. Default: TLS with the system's authorities.
    pub tls: ClientTls,
    /// How bodies are compressed: `none`, `gzip`, `zstd`, `deflate` or `zlib`. Default `none` (the Collector's: `gzip`,
    /// which costs more than all the rest of the pipeline).
    pub compression: Compression,
    /// Headers to send. Default none.
    pub headers: Headers,
    /// Credentials to send. Default none.
    pub auth: Option<Authentication>,
    /// How long one attempt may take; `0` is no bound. Default 30s.
    pub timeout: Duration,
    /// What leaves here of prompts, completions, tool arguments and results: `keep`, `hash_length` or `drop`; never
    /// more than the pipeline lets through. Default `keep`.
    pub content: Content,
    /// What may be owed, and how it is merged and sent.
    pub sending_queue: SendingQueue,
    /// When a request that was not taken is sent again.
    pub retry_on_failure: RetryOnFailure,
    /// Connections kept open while idle, at most; 0 is no limit. Default 100.
    pub max_idle_conns: usize,
    /// How long an idle connection is kept; 0 is no limit. Default 90s.
    pub idle_conn_timeout: Duration,
    /// Ping an HTTP/2 connection this often; 0 is never. Default none.
    pub http2_read_idle_timeout: Option<Duration>,
    /// How long a ping's answer may take; 0 is the default. Default 15s.
    pub http2_ping_timeout: Duration,
    /// Accepted for the Collector's sake and without effect: there is one host. Default none.
    pub max_idle_conns_per_host: Option<usize>,
    /// Accepted for the Collector's sake and without effect: `num_consumers` bounds them. Default none.
    pub max_conns_per_host: Option<usize>,
    /// Accepted for the Collector's sake and without effect: TLS negotiates it. Default none.
    pub force_attempt_http2: Option<bool>,
    /// Accepted for the Collector's sake and without effect. Default: the transport's own, in bytes.
    pub read_buffer_size: Option<ByteSize>,
    /// Accepted for the Collector's sake and without effect. Default: the transport's own, in bytes.
    pub write_buffer_size: Option<ByteSize>,
    /// Accepted for the Collector's sake and without effect: levels are those that cost least. Default none.
    pub compression_params: Option<Value>,
    /// Accepted for the Collector's sake and without effect: no pipeline carries profiles. Default none.
    pub profiles_endpoint: Option<String>,
    /// Accepted for the Collector's sake and without effect: connections are kept while they are used. Default false.
    pub disable_keep_alives: bool,
    /// Accepted for the Collector's sake and without effect: no cookies are kept. Default none.
    pub cookies: Option<Value>,
    /// The proxy of the Collector's exporter. Not in this version: an error where it is set. Default none.
    pub proxy_url: Option<Secret>,
    /// Extensions of the Collector around each request; mean nothing here. Default none.
    pub middlewares: Vec<Value>,
}

/// The form of a body.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Encoding {
    /// Protobuf.
    #[default]
    Proto,
    /// OTLP JSON.
    Json,
}

impl Default for OtlpHttp {
    fn default() -> Self {
        Self {
            endpoint: None,
            traces_endpoint: None,
            logs_endpoint: None,
            metrics_endpoint: None,
            encoding: Encoding::Proto,
            tls: ClientTls::default(),
            compression: Compression::None,
            headers: Headers::default(),
            auth: None,
            timeout: Duration::secs(30),
            content: Content::Keep,
            sending_queue: SendingQueue::default(),
            retry_on_failure: RetryOnFailure::default(),
            max_idle_conns: 100,
            idle_conn_timeout: Duration::secs(90),
            http2_read_idle_timeout: None,
            http2_ping_timeout: Duration::secs(15),
            max_idle_conns_per_host: None,
            max_conns_per_host: None,
            force_attempt_http2: None,
            read_buffer_size: None,
            write_buffer_size: None,
            compression_params: None,
            profiles_endpoint: None,
            disable_keep_alives: false,
            cookies: None,
            proxy_url: None,
            middlewares: Vec::new(),
        }
    }
}

impl ComponentConfig for OtlpHttp {
    const NAME: &'static str = "otlphttp";
    const ALIASES: &'static [&'static str] = &["otlp_http"];
    const ABOUT: &'static str = "sends to an OTLP receiver over HTTP";
    const EXAMPLE: &'static str = "\
endpoint: https://collector.example:4318
compression: gzip
headers:
  authorization: ${env:COLLECTOR_AUTH:-}
";

    fn check(&self, findings: &mut Findings) {
        if self.endpoint.is_none() && Signal::ALL.iter().all(|signal| self.own(*signal).is_none()) {
            findings.error("endpoint", "E227", "must be a URL, such as http://collector.example:4318");
        }
        for signal in Signal::ALL {
            if let Err(error) = self.uri(signal) {
                findings.error(&error.key, "E227", error.reason);
            }
        }
        if self.proxy_url.as_ref().is_some_and(|url| !url.expose().is_empty()) {
            let message = "`proxy_url` is not supported: connections go to the endpoint directly";
            let hint =
                "leave it out where the endpoint can be reached, or name a relay that forwards to it as the endpoint";
            findings.error("proxy_url", "E232", message).hint(hint);
        }
        self.compression.check(true, findings);
        self.headers.check("headers", findings);
        self.tls.check(findings);
        self.sending_queue.check(findings);
        self.retry_on_failure.check(findings);
        let without_effect = [
            ("max_idle_conns_per_host", self.max_idle_conns_per_host.is_some(), "max_idle_conns bounds them"),
            ("max_conns_per_host", self.max_conns_per_host.is_some(), "sending_queue.num_consumers bounds them"),
            ("force_attempt_http2", self.force_attempt_http2.is_some(), "TLS negotiates it"),
            ("read_buffer_size", self.read_buffer_size.is_some(), "buffers are sized by the transport"),
            ("write_buffer_size", self.write_buffer_size.is_some(), "buffers are sized by the transport"),
            ("compression_params", self.compression_params.is_some(), "levels are those that cost least"),
            ("profiles_endpoint", self.profiles_endpoint.is_some(), "no pipeline carries profiles"),
            ("disable_keep_alives", self.disable_keep_alives, "connections are kept while they are used"),
            ("cookies", self.cookies.is_some(), "no cookies are kept"),
            ("middlewares", !self.middlewares.is_empty(), "there are none of these extensions"),
        ];
        for (key, _, why) in without_effect.iter().filter(|(_, set, _)| *set) {
            findings.note(key, "N023", format!("has no effect: {why}"));
        }
    }
}

impl ExporterConfig for OtlpHttp {
    fn bounds(&self) -> Bounds {
        self.sending_queue.bounds()
    }

    fn build(self, cx: &BuildCx<'_>) -> Result<Box<dyn Exporter>, BuildError> {
        let mut plan = self.sending_queue.plan(&self.retry_on_failure);
        plan.content = ContentPolicy::new(self.content, ContentHash::unkeyed());
        let uris = Signal::ALL.map(|signal| self.uri(signal).ok().flatten());
        let secured = uris.iter().flatten().any(|(uri, _)| uri.scheme_str() == Some("https"));
        let settings = self.client_settings();
        let mut direct = settings.clone();
        direct.tls = direct.tls.filter(|_| secured);
        let client = HttpClient::new(&direct)?;
        let (headers, credentials) = self.headers.build(self.auth.as_ref(), cx)?;
        let backend = Http::new(&self, &headers)?;
        let sender = HttpSender::new(backend, client, self.timeout.0, credentials).following(settings);
        let destinations = uris.iter().flatten().map(|(uri, _)| (uri.scheme_str().unwrap_or_default(), uri));
        let sender = sender.without_proxy(destinations);
        Ok(Box::new(Delivery::new(sender, plan)))
    }
}

impl OtlpHttp {
    /// How to connect; times and counts of zero as Go takes them.
    pub(super) fn client_settings(&self) -> ClientSettings {
        let or = |time: Duration, default: Duration| if time.0.is_zero() { default } else { time };
        let default = Self::default();
        let pings = self.http2_read_idle_timeout.filter(|interval| !interval.0.is_zero());
        ClientSettings {
            http2_only: false,
            tls: Some(self.tls.clone()),
            keep_alive: pings.map(|interval| KeepAlive {
                interval: interval.0,
                timeout: or(self.http2_ping_timeout, default.http2_ping_timeout).0,
                while_idle: true,
            }),
            idle_connections: Some(self.max_idle_conns).filter(|most| *most > 0),
            idle_timeout: Some(self.idle_conn_timeout.0).filter(|most| !most.is_zero()),
        }
    }

    /// The key and URL a signal has of its own.
    fn own(&self, signal: Signal) -> Option<(&'static str, &str)> {
        let (key, url) = match signal {
            Signal::Traces => ("traces_endpoint", &self.traces_endpoint),
            Signal::Logs => ("logs_endpoint", &self.logs_endpoint),
            Signal::Metrics => ("metrics_endpoint", &self.metrics_endpoint),
        };
        url.as_deref().map(|url| (key, url))
    }

    /// Where a signal goes, and with which login; none where neither it nor the base has a URL.
    fn uri(&self, signal: Signal) -> Result<Option<(Uri, Option<Secret>)>, BuildError> {
        let (key, url) = match (self.own(signal), &self.endpoint) {
            (Some((key, url)), _) => (key, url.to_owned()),
            (None, Some(base)) => ("endpoint", format!("{}/v1/{signal}", base.trim_end_matches('/'))),
            (None, None) => return Ok(None),
        };
        let uri = url.parse::<Uri>().ok().filter(|uri| {
            uri.host().is_some_and(|host| !host.is_empty()) && matches!(uri.scheme_str(), Some("http" | "https"))
        });
        let reason = "must be a URL that begins with http:// or https://";
        uri.and_then(login::split).map(Some).ok_or_else(|| BuildError::at(key, reason))
    }
}

/// The requests and what their answers mean.
#[derive(Debug)]
struct Http {
    heads: [Option<http::Request<()>>; 3],
    encoding: Encoding,
    compression: Compression,
}

impl Http {
    fn new(config: &OtlpHttp, headers: &HeaderMap) -> Result<Self, BuildError> {
        let head = |signal: Signal| {
            let head = config.uri(signal)?.map(|(uri, login)| {
                let mut head = http::Request::new(());
                *head.method_mut() = Method::POST;
                *head.uri_mut() = uri;
                *head.headers_mut() = with_fixed(config, headers.clone());
                if let Some(login) = login.as_ref().and_then(sensitive) {
                    head.headers_mut().entry(AUTHORIZATION).or_insert(login);
                }
                head
            });
            Ok(head)
        };
        let heads = [head(Signal::Traces)?, head(Signal::Logs)?, head(Signal::Metrics)?];
        Ok(Self { heads, encoding: config.encoding, compression: config.compression })
    }
}

/// The headers every request has; those of the configuration go first.
fn with_fixed(config: &OtlpHttp, mut headers: HeaderMap) -> HeaderMap {
    let content = match config.encoding {
        Encoding::Proto => "application/x-protobuf",
        Encoding::Json => "application/json",
    };
    headers.insert("content-type", HeaderValue::from_static(content));
    if let Some(encoding) = config.compression.encoding() {
        headers.insert("content-encoding", HeaderValue::from_static(encoding));
    }
    let agent = HeaderValue::from_static(concat!("tollgate/", env!("CARGO_PKG_VERSION")));
    headers.entry(HeaderName::from_static("user-agent")).or_insert(agent);
    headers
}

impl Backend for Http {
    fn encode(&self, request: &Request) -> Result<Encoded, String> {
        let head = self.heads[request.signal as usize].clone();
        let head = head.ok_or_else(|| format!("no endpoint for {}", request.signal))?;
        let bodies = match self.encoding {
            Encoding::Proto => request.parts.iter().map(|part| part.body().clone()).collect(),
            Encoding::Json => {
                let mut text = Vec::new();
                json::write(request.signal, &request.merged(), &mut text).map_err(|error| error.to_string())?;
                vec![Bytes::from(text)]
            }
        };
        let body = self.compression.compress(bodies)?;
        Ok(Encoded { head, body, signal: request.signal, records: request.records() })
    }

    fn judge(&self, sent: &Encoded, reply: &Reply) -> Verdict {
        judge(sent.signal, reply, Timestamp::now())
    }

    fn heavy(&self) -> bool {
        self.compression != Compression::None || self.encoding == Encoding::Json
    }
}

/// OTLP/HTTP's table: 2xx is taken; 429, 502, 503 and 504 may be taken later; nothing else ever is, and what is
/// refused for our credentials, or sent elsewhere and not followed, is held until the configuration is mended.
pub(super) fn judge(signal: Signal, reply: &Reply, now: Timestamp) -> Verdict {
    let json = reply.headers.get("content-type").is_some_and(|kind| kind.as_bytes().starts_with(b"application/json"));
    if reply.status.is_success() {
        return if json { partial::from_json(&reply.body) } else { partial::from_protobuf(signal, &reply.body) };
    }
    let reason = reason(reply, json);
    match reply.status {
        StatusCode::TOO_MANY_REQUESTS
        | StatusCode::BAD_GATEWAY
        | StatusCode::SERVICE_UNAVAILABLE
        | StatusCode::GATEWAY_TIMEOUT => Verdict::Retry { after: retry_after(&reply.headers, now), reason },
        // A server may fail over one bad record: its neighbours in a merged request may be good.
        StatusCode::BAD_REQUEST | StatusCode::UNPROCESSABLE_ENTITY | StatusCode::INTERNAL_SERVER_ERROR => {
            Verdict::Rejected { blame: Blame::Request, reason }
        }
        StatusCode::PAYLOAD_TOO_LARGE => Verdict::Rejected { blame: Blame::Size, reason },
        status if status.is_redirection() => {
            let reason = format!("{reason}: a redirect that is not followed; the endpoint has to be corrected");
            Verdict::Rejected { blame: Blame::Credentials, reason }
        }
        StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => Verdict::Rejected { blame: Blame::Credentials, reason },
        _ => Verdict::Rejected { blame: Blame::Destination, reason },
    }
}

/// The status, and the message of the `google.rpc.Status` in the body where there is one.
fn reason(reply: &Reply, json: bool) -> String {
    let message = if json {
        let body: Value = serde_json::from_slice(&reply.body).unwrap_or_default();
        body.get("message").and_then(Value::as_str).unwrap_or_default().to_owned()
    } else {
        status::RpcStatus::decode(reply.body.clone()).map(|status| status.message).unwrap_or_default()
    };
    let colon = if message.is_empty() { "" } else { ": " };
    printable(&format!("HTTP {}{colon}{message}", reply.status.as_u16()))
}
