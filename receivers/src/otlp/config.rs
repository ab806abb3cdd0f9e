//! `otlp`: the keys of the Collector's otlpreceiver, and three of our own that bound what a peer may ask for.

mod check;
mod grpc;
mod http;
mod tls;

pub(super) use check::rooted;
pub(super) use grpc::{GrpcConfig, ServerParameters};
pub(super) use http::{CorsConfig, HttpConfig};
pub(super) use tls::TlsConfig;

use schemars::JsonSchema;
use serde::{Deserialize, Deserializer};

/// Receives OTLP over gRPC and HTTP.
///
/// A protocol that is not listed under `protocols` is not opened; one without a block has the defaults.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct OtlpConfig {
    /// The protocols to open: at least one.
    pub(super) protocols: Protocols,
    /// Most spans, log records or data points in one request, from 1; one with more is malformed: it would take
    /// more memory for its tables than its bytes promise. Our own. Default: 131072.
    #[serde(default = "most_records")]
    #[schemars(range(min = 1, max = 16_777_216))]
    pub(super) max_records_per_request: usize,
}

/// The protocols of the receiver.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Protocols {
    /// OTLP/gRPC. Default: not opened; an empty block opens it on localhost:4317.
    #[serde(default, deserialize_with = "listed")]
    pub(super) grpc: Option<GrpcConfig>,
    /// OTLP/HTTP, with protobuf and JSON. Default: not opened; an empty block opens it on localhost:4318.
    #[serde(default, deserialize_with = "listed")]
    pub(super) http: Option<HttpConfig>,
}

/// The extension that checks who comes in.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct AuthConfig {
    /// The id of a `basicauth` or `bearertokenauth` extension that is listed in `service.extensions`.
    pub(super) authenticator: String,
    /// Read by the Collector for authenticators that look at the query; means nothing here. Default: none.
    #[serde(default)]
    pub(super) request_params: Vec<String>,
}

const fn most_records() -> usize {
    131_072
}

/// A key that is there without a value (`grpc:`) stands for its defaults.
fn listed<'de, D: Deserializer<'de>, T: Deserialize<'de> + Default>(deserializer: D) -> Result<Option<T>, D::Error> {
    Ok(Some(Option::deserialize(deserializer)?.unwrap_or_default()))
}

#[cfg(test)]
mod tests;
