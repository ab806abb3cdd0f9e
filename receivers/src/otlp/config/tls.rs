//! The block `tls` of either protocol.

use pipeline::config::{Duration, Secret, filled};
use schemars::JsonSchema;
use serde::Deserialize;

/// TLS of a listener; with `client_ca_file`, of both sides (mTLS).
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub(in crate::otlp) struct TlsConfig {
    /// Path of the certificate chain, in PEM; one of this and `cert_pem` is needed. Default: none.
    #[serde(deserialize_with = "filled")]
    pub(in crate::otlp) cert_file: Option<String>,
    /// The certificate chain in place, in PEM. Default: none.
    #[serde(deserialize_with = "filled")]
    pub(in crate::otlp) cert_pem: Option<Secret>,
    /// Path of the private key, in PEM; one of this and `key_pem` is needed. Default: none.
    #[serde(deserialize_with = "filled")]
    pub(in crate::otlp) key_file: Option<String>,
    /// The private key in place, in PEM. Default: none.
    #[serde(deserialize_with = "filled")]
    pub(in crate::otlp) key_pem: Option<Secret>,
    /// Path of the authorities, in PEM, one of which must have signed a client's certificate, or be it. Default: none
    /// asked for.
    #[serde(deserialize_with = "filled")]
    pub(in crate::otlp) client_ca_file: Option<String>,
    /// Whether `client_ca_file` is read again too, each `reload_interval` (without one: every minute). Default: false.
    pub(in crate::otlp) client_ca_file_reload: bool,
    /// Oldest version spoken: `1.2` or `1.3`. Default: `1.2`.
    pub(in crate::otlp) min_version: Option<String>,
    /// Newest version spoken: `1.2` or `1.3`. Default: `1.3`.
    pub(in crate::otlp) max_version: Option<String>,
    /// Cipher suites for TLS 1.2, by their IANA names, such as `TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256`; those of
    /// TLS 1.3 are always there, as in Go. Default: all that are safe.
    pub(in crate::otlp) cipher_suites: Vec<String>,
    /// How often the certificate files are read again; 0 is never. Default: 0.
    pub(in crate::otlp) reload_interval: Duration,
    /// Authorities for servers; means nothing for a receiver. Default: none.
    #[serde(deserialize_with = "filled")]
    pub(in crate::otlp) ca_file: Option<String>,
    /// Authorities for servers, in place; means nothing for a receiver. Default: none.
    #[serde(deserialize_with = "filled")]
    pub(in crate::otlp) ca_pem: Option<Secret>,
    /// Authorities of the system for servers; means nothing for a receiver. Default: false.
    pub(in crate::otlp) include_system_ca_certs_pool: bool,
    /// Curves of the key exchange; accepted, and ours are used. Default: none.
    pub(in crate::otlp) curve_preferences: Vec<String>,
}
