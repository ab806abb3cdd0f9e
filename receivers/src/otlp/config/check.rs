//! What the types of the keys cannot say: one key against another, and keys that mean nothing here.

use pipeline::config::{Duration, Findings};
use pipeline::registry::ComponentConfig;

use super::{AuthConfig, GrpcConfig, HttpConfig, OtlpConfig, Protocols, TlsConfig};
use crate::otlp::listen::Endpoint;
use crate::otlp::open::Coding;
use crate::otlp::tls;

impl ComponentConfig for OtlpConfig {
    const NAME: &'static str = "otlp";
    const ABOUT: &'static str = "Receives OTLP over gRPC and HTTP (protobuf and JSON)";
    const EXAMPLE: &'static str = "\
protocols:
  grpc:
    endpoint: 0.0.0.0:4317
    max_recv_msg_size_mib: 16
  http:
    cors:
      allowed_origins: [https://app.example.com]
";

    fn check(&self, findings: &mut Findings) {
        let Protocols { grpc, http } = &self.protocols;
        if grpc.is_none() && http.is_none() {
            findings.error("protocols", "E300", "no protocol is listed").hint("list `grpc:`, `http:` or both");
        }
        if let Some(grpc) = grpc {
            grpc.check(findings);
        }
        if let Some(http) = http {
            http.check(findings);
        }
        if let (Some(grpc), Some(http)) = (grpc, http)
            && grpc.endpoint == http.endpoint
            && !grpc.endpoint.ends_with(":0")
        {
            findings.error("protocols.http.endpoint", "E301", "the same as that of grpc");
        }
    }
}

impl GrpcConfig {
    fn check(&self, findings: &mut Findings) {
        let at = "protocols.grpc";
        endpoint(findings, at, &self.endpoint, &self.transport);
        positive(findings, at, &[("read_timeout", self.read_timeout), ("request_timeout", self.request_timeout)]);
        let buffers = [
            ("read_buffer_size", self.read_buffer_size.is_some()),
            ("write_buffer_size", self.write_buffer_size.is_some()),
        ];
        let policy = self.keepalive.as_ref().is_some_and(|keepalive| keepalive.enforcement_policy.is_some());
        ignored(findings, at, &buffers);
        ignored(
            findings,
            at,
            &[("keepalive.enforcement_policy", policy), ("middlewares", !self.middlewares.is_empty())],
        );
        ignored(findings, at, &[("include_metadata", self.include_metadata)]);
        guards(findings, at, self.tls.as_ref(), self.auth.as_ref());
    }
}

impl HttpConfig {
    fn check(&self, findings: &mut Findings) {
        let at = "protocols.http";
        endpoint(findings, at, &self.endpoint, &self.transport);
        positive(findings, at, &[("request_timeout", self.request_timeout)]);
        let paths = [
            ("traces_url_path", rooted(&self.traces_url_path)),
            ("logs_url_path", rooted(&self.logs_url_path)),
            ("metrics_url_path", rooted(&self.metrics_url_path)),
        ];
        for (at_path, (key, path)) in paths.iter().enumerate() {
            if paths[..at_path].iter().any(|(_, other)| other == path) {
                findings.error(&format!("{at}.{key}"), "E302", "the path of two signals");
            }
        }
        for name in &self.compression_algorithms {
            if Coding::of(name).is_none() {
                let message = format!("`{name}` is not read; a request in it is answered 415");
                findings.note(&format!("{at}.compression_algorithms"), "N300", message);
            }
        }
        for (name, value) in &self.response_headers {
            if http::HeaderName::try_from(name).is_err() || http::HeaderValue::try_from(value).is_err() {
                findings.error(&format!("{at}.response_headers.{name}"), "E304", "not a header");
            }
        }
        ignored(
            findings,
            at,
            &[("include_metadata", self.include_metadata), ("middlewares", !self.middlewares.is_empty())],
        );
        guards(findings, at, self.tls.as_ref(), self.auth.as_ref());
    }
}

/// A path as requests have it: the Collector puts the slash before one that has none.
pub(in crate::otlp) fn rooted(path: &str) -> String {
    format!("/{}", path.strip_prefix('/').unwrap_or(path))
}

fn endpoint(findings: &mut Findings, at: &str, endpoint: &str, transport: &str) {
    if let Err(why) = Endpoint::parse(endpoint) {
        findings.error(&format!("{at}.endpoint"), "E301", why).hint("such as `localhost:4317` or `0.0.0.0:4317`");
    }
    if !["", "tcp", "tcp4", "tcp6"].contains(&transport) {
        findings.error(&format!("{at}.transport"), "E305", "only `tcp`, `tcp4` and `tcp6` are there");
    }
}

fn positive(findings: &mut Findings, at: &str, times: &[(&str, Duration)]) {
    for (key, time) in times {
        if time.0.is_zero() {
            findings.error(&format!("{at}.{key}"), "E303", "must be more than 0");
        }
    }
}

fn ignored(findings: &mut Findings, at: &str, keys: &[(&str, bool)]) {
    for (key, set) in keys {
        if *set {
            findings.note(&format!("{at}.{key}"), "N300", "means nothing here and is not read");
        }
    }
}

fn guards(findings: &mut Findings, at: &str, tls: Option<&TlsConfig>, auth: Option<&AuthConfig>) {
    if let Some(tls) = tls {
        tls.check(findings, &format!("{at}.tls"));
    }
    if let Some(auth) = auth {
        if auth.authenticator.is_empty() {
            findings.error(&format!("{at}.auth.authenticator"), "E306", "names no extension");
        }
        ignored(findings, at, &[("auth.request_params", !auth.request_params.is_empty())]);
    }
}

impl TlsConfig {
    fn check(&self, findings: &mut Findings, at: &str) {
        one_of(findings, at, "cert", self.cert_file.is_some(), self.cert_pem.is_some());
        one_of(findings, at, "key", self.key_file.is_some(), self.key_pem.is_some());
        if let Err((key, why)) = tls::versions(self.min_version.as_deref(), self.max_version.as_deref()) {
            findings.error(&format!("{at}.{key}"), "E307", why);
        }
        if let Err(why) = tls::suites(&self.cipher_suites) {
            findings.error(&format!("{at}.cipher_suites"), "E307", why);
        }
        let authorities = [("ca_file", self.ca_file.is_some()), ("ca_pem", self.ca_pem.is_some())];
        ignored(findings, at, &authorities);
        let more = [
            ("include_system_ca_certs_pool", self.include_system_ca_certs_pool),
            ("curve_preferences", !self.curve_preferences.is_empty()),
        ];
        ignored(findings, at, &more);
    }
}

fn one_of(findings: &mut Findings, at: &str, what: &str, file: bool, pem: bool) {
    if file == pem {
        let why = if file { "are both set" } else { "are both missing" };
        findings.error(at, "E307", format!("`{what}_file` and `{what}_pem` {why}"));
    }
}
