//! The block `protocols.http`.

use std::collections::BTreeMap;

use pipeline::config::{ByteSize, Duration};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::Value;

use super::{AuthConfig, TlsConfig};

/// OTLP/HTTP with protobuf and JSON, over HTTP/1.1 and HTTP/2.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub(in crate::otlp) struct HttpConfig {
    /// Where to listen, `host:port`; `0.0.0.0:4318` or `:4318` for every network. Default: `localhost:4318`.
    pub(in crate::otlp) endpoint: String,
    /// `tcp`, `tcp4` or `tcp6`. Default: `tcp`.
    pub(in crate::otlp) transport: String,
    /// The path of traces. Default: `/v1/traces`.
    pub(in crate::otlp) traces_url_path: String,
    /// The path of logs. Default: `/v1/logs`.
    pub(in crate::otlp) logs_url_path: String,
    /// The path of metrics. Default: `/v1/metrics`.
    pub(in crate::otlp) metrics_url_path: String,
    /// Which web pages may send. Default: none.
    pub(in crate::otlp) cors: Option<CorsConfig>,
    /// Largest request body, before and after decompression; 0 is the default. Default: 20MiB.
    pub(in crate::otlp) max_request_body_size: ByteSize,
    /// The values of `content-encoding` that are taken; `""` is none at all, and an empty list is the default.
    /// Default: `["", "gzip", "zstd", "zlib", "deflate"]`, which are all there are.
    pub(in crate::otlp) compression_algorithms: Vec<String>,
    /// How long a request's bytes may take to arrive; 0 is the default. Default: 30s.
    pub(in crate::otlp) read_timeout: Duration,
    /// How long a request's head may take to arrive. An HTTP/1 connection between two requests counts as one whose
    /// next head is slow: the shorter of this and `idle_timeout` closes it. 0 is the default. Default: 1m.
    pub(in crate::otlp) read_header_timeout: Duration,
    /// How long a peer may leave an answer unread before the connection is cut; 0 is the default. Default: 30s.
    pub(in crate::otlp) write_timeout: Duration,
    /// How long a connection may stay without a request; 0 is the default. Default: 1m.
    pub(in crate::otlp) idle_timeout: Duration,
    /// Whether an HTTP/1 connection takes more than one request. Default: true.
    pub(in crate::otlp) keep_alives_enabled: bool,
    /// How long a request may take from its head to its answer. Our own. Default: 60s.
    pub(in crate::otlp) request_timeout: Duration,
    /// Most connections; one more is closed as it comes. Our own. Default: 1024.
    #[schemars(range(min = 1, max = 1_000_000))]
    pub(in crate::otlp) max_connections: u32,
    /// Most requests an HTTP/2 connection may have inside at once, from 1. Our own. Default: 100.
    #[schemars(range(min = 1))]
    pub(in crate::otlp) max_concurrent_streams: u32,
    /// Headers added to every answer, by name. Default: none.
    pub(in crate::otlp) response_headers: BTreeMap<String, String>,
    /// TLS; without it the connection is in the clear. Default: none.
    pub(in crate::otlp) tls: Option<TlsConfig>,
    /// Who may come in. Default: everybody.
    pub(in crate::otlp) auth: Option<AuthConfig>,
    /// Hands request headers on to the Collector's processors; means nothing here. Default: false.
    pub(in crate::otlp) include_metadata: bool,
    /// Extensions of the Collector around each request; mean nothing here. Default: none.
    pub(in crate::otlp) middlewares: Vec<Value>,
}

/// Which web pages may send, as browsers ask (CORS).
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub(in crate::otlp) struct CorsConfig {
    /// The origins, such as `https://app.example.com`; `*` stands for any run of characters, once an origin.
    /// Default: none.
    pub(in crate::otlp) allowed_origins: Vec<String>,
    /// Request headers beside `Accept`, `Content-Type` and `X-Requested-With`; `*` is any. Default: none.
    pub(in crate::otlp) allowed_headers: Vec<String>,
    /// Answer headers a page may read. Default: none.
    pub(in crate::otlp) exposed_headers: Vec<String>,
    /// Seconds for which a browser may remember the answer; 0 leaves it to the browser. Default: 0.
    #[schemars(range(min = 0))]
    pub(in crate::otlp) max_age: u32,
}

impl Default for HttpConfig {
    fn default() -> Self {
        Self {
            endpoint: "localhost:4318".into(),
            transport: "tcp".into(),
            traces_url_path: "/v1/traces".into(),
            logs_url_path: "/v1/logs".into(),
            metrics_url_path: "/v1/metrics".into(),
            cors: None,
            max_request_body_size: ByteSize::mib(20),
            compression_algorithms: ["", "gzip", "zstd", "zlib", "deflate"].map(Into::into).into(),
            read_timeout: Duration::secs(30),
            read_header_timeout: Duration::secs(60),
            write_timeout: Duration::secs(30),
            idle_timeout: Duration::secs(60),
            keep_alives_enabled: true,
            request_timeout: Duration::secs(60),
            max_connections: 1024,
            max_concurrent_streams: 100,
            response_headers: BTreeMap::new(),
            tls: None,
            auth: None,
            include_metadata: false,
            middlewares: Vec::new(),
        }
    }
}
