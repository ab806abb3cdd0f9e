//! Components shaped like the real ones, until those are merged: only their keys matter here.

use pipeline::Signal;
use pipeline::component::{Exporter, Receiver};
use pipeline::config::{ByteSize, Duration, Secret};
use pipeline::registry::{
    BuildCx, BuildError, ComponentConfig, ExporterConfig, ExporterEntry, ReceiverConfig, ReceiverEntry, Registry,
};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::Value;
use std::collections::BTreeMap;

/// The registry that the corpus is checked against. After the merge: the real slices.
pub(crate) const REGISTRY: Registry = Registry {
    receivers: &[ReceiverEntry::of::<Otlp>()],
    processors: processors::PROCESSORS,
    exporters: &[
        ExporterEntry::of::<OtlpGrpc>(),
        ExporterEntry::of::<OtlpHttp>(),
        ExporterEntry::of::<Jaeger>(),
        ExporterEntry::of::<File>(),
        ExporterEntry::of::<Debug>(),
    ],
    extensions: pipeline::extension::EXTENSIONS,
};

macro_rules! block {
    ($(#[$doc:meta])* $name:ident { $($(#[$field:meta])* $key:ident: $kind:ty,)* }) => {
        $(#[$doc])*
        #[derive(Debug, Default, Deserialize, JsonSchema)]
        #[serde(deny_unknown_fields, default)]
        #[allow(dead_code)]
        struct $name { $($(#[$field])* $key: $kind,)* }
    };
}

block!(Otlp {
    /// Which doors are open.
    protocols: Protocols,
});
block!(Protocols {
    /// OTLP over gRPC.
    grpc: Option<Grpc>,
    /// OTLP over HTTP.
    http: Option<Http>,
});
block!(Tls {
    /// The certificate.
    cert_file: Option<String>,
    /// Its key.
    key_file: Option<String>,
    /// The key in place.
    key_pem: Option<Secret>,
    /// The certificates that are trusted.
    ca_file: Option<String>,
    /// Those of clients.
    client_ca_file: Option<String>,
    /// No TLS at all.
    insecure: bool,
    /// Any certificate.
    insecure_skip_verify: bool,
    /// The least version.
    min_version: Option<TlsVersion>,
});
block!(Auth {
    /// The extension.
    authenticator: String,
});
block!(KeepAlive {
    /// Of the server.
    server_parameters: Option<ServerParameters>,
    /// Of clients.
    enforcement_policy: Option<BTreeMap<String, Value>>,
});
block!(ServerParameters {
    /// How long a connection may idle.
    max_connection_idle: Option<Duration>,
    /// How old it may be.
    max_connection_age: Option<Duration>,
});

#[derive(Debug, Deserialize, JsonSchema)]
enum TlsVersion {
    #[serde(rename = "1.2")]
    V12,
    #[serde(rename = "1.3")]
    V13,
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
#[allow(dead_code)]
struct Grpc {
    /// Where to listen.
    endpoint: String,
    /// The largest request, MiB.
    #[schemars(range(min = 1, max = 1024))]
    max_recv_msg_size_mib: u32,
    /// Streams of one connection.
    max_concurrent_streams: Option<u32>,
    /// Keep-alive.
    keepalive: Option<KeepAlive>,
    /// Encryption.
    tls: Option<Tls>,
    /// Credentials.
    auth: Option<Auth>,
    /// Metadata.
    include_metadata: bool,
}

impl Default for Grpc {
    fn default() -> Self {
        Self {
            endpoint: "127.0.0.1:4317".into(),
            max_recv_msg_size_mib: 4,
            max_concurrent_streams: None,
            keepalive: None,
            tls: None,
            auth: None,
            include_metadata: false,
        }
    }
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
#[allow(dead_code)]
struct Http {
    /// Where to listen.
    endpoint: String,
    /// The largest request.
    max_request_body_size: ByteSize,
    /// Encryption.
    tls: Option<Tls>,
    /// Credentials.
    auth: Option<Auth>,
    /// Browsers.
    cors: Option<Cors>,
    /// Where traces are posted.
    traces_url_path: String,
}

impl Default for Http {
    fn default() -> Self {
        Self {
            endpoint: "127.0.0.1:4318".into(),
            max_request_body_size: ByteSize::mib(20),
            tls: None,
            auth: None,
            cors: None,
            traces_url_path: "/v1/traces".into(),
        }
    }
}

block!(Cors {
    /// Origins.
    allowed_origins: Vec<String>,
    /// Headers.
    allowed_headers: Vec<String>,
    /// Seconds.
    max_age: u32,
});
block!(Queue {
    /// Whether there is one.
    enabled: bool,
    /// Its bound.
    #[schemars(range(min = 1))]
    queue_size: Option<u64>,
    /// In what.
    sizer: Option<Sizer>,
    /// Consumers.
    num_consumers: Option<u32>,
    /// Full refuses.
    block_on_overflow: bool,
    /// Bytes.
    max_bytes: Option<ByteSize>,
    /// Age.
    max_age: Option<Duration>,
    /// The journal.
    storage: Option<String>,
    /// Batches.
    batch: Option<Batching>,
});
block!(Batching {
    /// How long to wait.
    flush_timeout: Option<Duration>,
    /// At least.
    min_size: Option<u64>,
    /// At most.
    max_size: Option<u64>,
    /// In what.
    sizer: Option<Sizer>,
});

/// What sizes count.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
enum Sizer {
    /// Requests.
    Requests,
    /// Records.
    Items,
    /// Bytes.
    Bytes,
}

block!(Retry {
    /// Whether to.
    enabled: bool,
    /// The first pause.
    initial_interval: Option<Duration>,
    /// The longest.
    max_interval: Option<Duration>,
    /// The end.
    max_elapsed_time: Option<Duration>,
    /// The growth.
    #[schemars(range(min = 1.0))]
    multiplier: Option<f64>,
});

/// How bodies are compressed.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
enum Compression {
    None,
    Gzip,
    Zstd,
    Snappy,
}

macro_rules! exporter {
    ($name:ident, $kind:literal, $aliases:expr, $signals:expr) => {
        /// Sends OTLP.
        #[derive(Debug, Deserialize, JsonSchema)]
        #[serde(deny_unknown_fields)]
        #[allow(dead_code)]
        struct $name {
            /// Where to send.
            endpoint: String,
            /// Encryption.
            tls: Option<Tls>,
            /// Compression.
            compression: Option<Compression>,
            /// Sent with each request.
            headers: Option<BTreeMap<String, Secret>>,
            /// How long an answer may take. Default: `5s`.
            timeout: Option<Duration>,
            /// Retries.
            retry_on_failure: Option<Retry>,
            /// The queue.
            sending_queue: Option<Queue>,
            /// Credentials.
            auth: Option<Auth>,
        }
        declare!($name, $kind, $aliases, $signals, "endpoint: collector:4317\n");
    };
}

macro_rules! declare {
    ($name:ident, $kind:literal, $aliases:expr, $signals:expr, $example:literal) => {
        impl ComponentConfig for $name {
            const NAME: &'static str = $kind;
            const ALIASES: &'static [&'static str] = $aliases;
            const ABOUT: &'static str = "Stands in for the real one";
            const EXAMPLE: &'static str = $example;
            const SIGNALS: &'static [Signal] = $signals;
        }
        impl ExporterConfig for $name {
            fn build(self, _: &BuildCx<'_>) -> Result<Box<dyn Exporter>, BuildError> {
                Err(BuildError::at("", "stands in"))
            }
        }
    };
}

exporter!(OtlpGrpc, "otlp_grpc", &["otlp"], &Signal::ALL);
exporter!(OtlpHttp, "otlp_http", &["otlphttp"], &Signal::ALL);
exporter!(Jaeger, "jaeger", &[], &[Signal::Traces]);

/// Writes OTLP/JSON.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[allow(dead_code)]
struct File {
    /// The file.
    path: String,
    /// Appends.
    append: Option<bool>,
    /// Rotation.
    rotation: Option<BTreeMap<String, Value>>,
}
block!(Debug {
    /// How much.
    verbosity: Option<Verbosity>,
    /// Of the first.
    sampling_initial: Option<u32>,
    /// Of the rest.
    sampling_thereafter: Option<u32>,
});

/// How much is written.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
enum Verbosity {
    Basic,
    Normal,
    Detailed,
}

declare!(File, "file", &[], &Signal::ALL, "path: out.json\n");
declare!(Debug, "debug", &[], &Signal::ALL, "verbosity: basic\n");

impl ComponentConfig for Otlp {
    const NAME: &'static str = "otlp";
    const ABOUT: &'static str = "Stands in for the real one";
    const EXAMPLE: &'static str = "protocols: {grpc: {}}\n";
}

impl ReceiverConfig for Otlp {
    fn build(self, _: &BuildCx<'_>) -> Result<Box<dyn Receiver>, BuildError> {
        Err(BuildError::at("", "stands in"))
    }
}
