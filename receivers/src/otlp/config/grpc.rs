//! The block `protocols.grpc`.

use pipeline::config::{ByteSize, Duration};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::Value;

use super::{AuthConfig, TlsConfig};

/// OTLP/gRPC. One connection holds at most 8 MiB that no permit covers yet (its flow-control window).
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub(in crate::otlp) struct GrpcConfig {
    /// Where to listen, `host:port`; `0.0.0.0:4317` or `:4317` for every network. Default: `localhost:4317`.
    pub(in crate::otlp) endpoint: String,
    /// `tcp`, `tcp4` or `tcp6`. Default: `tcp`.
    pub(in crate::otlp) transport: String,
    /// Largest request, in MiB, before and after decompression; 0 is the default. Default: 4.
    #[schemars(range(min = 0, max = 1024))]
    pub(in crate::otlp) max_recv_msg_size_mib: u32,
    /// Most requests a connection may have inside at once; 0 is the default. Default: 100.
    #[schemars(range(min = 0))]
    pub(in crate::otlp) max_concurrent_streams: u32,
    /// Most connections; one more is closed as it comes. Our own. Default: 1024.
    #[schemars(range(min = 1, max = 1_000_000))]
    pub(in crate::otlp) max_connections: u32,
    /// How long a request's bytes may take to arrive. Our own. Default: 30s.
    pub(in crate::otlp) read_timeout: Duration,
    /// How long a request may take from its head to its answer, whatever `grpc-timeout` it asks for. Our own. Default: 60s.
    pub(in crate::otlp) request_timeout: Duration,
    /// Size of the Collector's socket buffer; means nothing here. Default: none.
    pub(in crate::otlp) read_buffer_size: Option<ByteSize>,
    /// Size of the Collector's socket buffer; means nothing here. Default: none.
    pub(in crate::otlp) write_buffer_size: Option<ByteSize>,
    /// How long connections live and how dead ones are found out.
    pub(in crate::otlp) keepalive: Option<Keepalive>,
    /// TLS; without it the connection is in the clear. Default: none.
    pub(in crate::otlp) tls: Option<TlsConfig>,
    /// Who may come in. Default: everybody.
    pub(in crate::otlp) auth: Option<AuthConfig>,
    /// Hands request headers on to the Collector's processors; means nothing here. Default: false.
    pub(in crate::otlp) include_metadata: bool,
    /// Extensions of the Collector around each request; mean nothing here. Default: none.
    pub(in crate::otlp) middlewares: Vec<Value>,
}

/// How long connections live and how dead ones are found out.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub(in crate::otlp) struct Keepalive {
    /// What the server does by itself.
    pub(in crate::otlp) server_parameters: Option<ServerParameters>,
    /// What the server lets clients do; accepted and not enforced here: pings are answered however often they come,
    /// and a peer that does not read the answers is not read from.
    pub(in crate::otlp) enforcement_policy: Option<EnforcementPolicy>,
}

/// What the server does by itself to connections.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub(in crate::otlp) struct ServerParameters {
    /// A connection without a request for this long is closed. Default: 0, never.
    pub(in crate::otlp) max_connection_idle: Duration,
    /// A connection this old takes no new request, so that clients spread over replicas. Default: 0, never.
    pub(in crate::otlp) max_connection_age: Duration,
    /// How long what is inside may take after that, before it is cut. Default: 0, for ever.
    pub(in crate::otlp) max_connection_age_grace: Duration,
    /// A connection that is silent for this long is pinged. Default: 60s (the Collector: 2h).
    pub(in crate::otlp) time: Duration,
    /// A ping unanswered for this long closes the connection; 0 is the default. Default: 20s.
    pub(in crate::otlp) timeout: Duration,
}

/// What the Collector lets clients do.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub(in crate::otlp) struct EnforcementPolicy {
    /// The least time between a client's pings; not enforced here. Default: 0.
    pub(in crate::otlp) min_time: Duration,
    /// Whether a client may ping without a request; not enforced here. Default: false.
    pub(in crate::otlp) permit_without_stream: bool,
}

impl Default for GrpcConfig {
    fn default() -> Self {
        Self {
            endpoint: "localhost:4317".into(),
            transport: "tcp".into(),
            max_recv_msg_size_mib: 4,
            max_concurrent_streams: 100,
            max_connections: 1024,
            read_timeout: Duration::secs(30),
            request_timeout: Duration::secs(60),
            read_buffer_size: None,
            write_buffer_size: None,
            keepalive: None,
            tls: None,
            auth: None,
            include_metadata: false,
            middlewares: Vec::new(),
        }
    }
}

impl Default for ServerParameters {
    fn default() -> Self {
        Self {
            max_connection_idle: Duration::default(),
            max_connection_age: Duration::default(),
            max_connection_age_grace: Duration::default(),
            time: Duration::secs(60),
            timeout: Duration::secs(20),
        }
    }
}
