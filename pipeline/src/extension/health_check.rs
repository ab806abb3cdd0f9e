//! `health_check`: moves the address and the path on which health is answered; there is nothing to run.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::Value;

use crate::config::{Findings, Service};
use crate::registry::{BuildCx, BuildError, ComponentConfig, Extension, ExtensionConfig};

/// `health_check`, with every key of the Collector's.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub(super) struct HealthCheck {
    /// Where health is answered, `host:port`. Default: `127.0.0.1:13133`.
    endpoint: String,
    /// Where the state of the whole process is answered, 200 or 503, beside `/` and `/ready`; that it lives at all is at
    /// `/live`. Default: `/`.
    path: Option<String>,
    /// Means nothing here: the answer is JSON with the state of each component.
    response_body: Option<ResponseBody>,
    /// Means nothing here: readiness follows the progress of every worker.
    check_collector_pipeline: Option<CheckCollectorPipeline>,
    /// Means nothing here.
    use_v2: Option<bool>,
    /// Means nothing here.
    component_health: Option<BTreeMap<String, Value>>,
    /// Means nothing here: health is answered over HTTP at `endpoint`.
    http: Option<Value>,
    /// Means nothing here: gRPC health is answered on the receiver's own port.
    grpc: Option<Value>,
    /// Means nothing here: health is answered in plain HTTP.
    tls: Option<BTreeMap<String, Value>>,
    /// Means nothing here.
    cors: Option<BTreeMap<String, Value>>,
    /// Means nothing here: health is answered to everybody who reaches the port.
    auth: Option<BTreeMap<String, Value>>,
    /// Means nothing here.
    max_request_body_size: Option<u64>,
    /// Means nothing here.
    include_metadata: Option<bool>,
    /// Means nothing here.
    response_headers: Option<BTreeMap<String, Value>>,
    /// Means nothing here.
    compression_algorithms: Option<Vec<String>>,
    /// Means nothing here.
    read_timeout: Option<String>,
    /// Means nothing here.
    read_header_timeout: Option<String>,
    /// Means nothing here.
    write_timeout: Option<String>,
    /// Means nothing here.
    idle_timeout: Option<String>,
    /// Means nothing here.
    keep_alives_enabled: Option<bool>,
}

/// `response_body` of `health_check`.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
#[allow(dead_code, reason = "taken and not used, with a note")]
struct ResponseBody {
    /// Means nothing here.
    healthy: Option<String>,
    /// Means nothing here.
    unhealthy: Option<String>,
}

/// `check_collector_pipeline` of `health_check`.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
#[allow(dead_code, reason = "taken and not used, with a note")]
struct CheckCollectorPipeline {
    /// Means nothing here.
    enabled: Option<bool>,
    /// Means nothing here.
    interval: Option<String>,
    /// Means nothing here.
    exporter_failure_threshold: Option<u64>,
}

impl Default for HealthCheck {
    fn default() -> Self {
        Self {
            endpoint: Service::default().health,
            path: None,
            response_body: None,
            check_collector_pipeline: None,
            use_v2: None,
            component_health: None,
            http: None,
            grpc: None,
            tls: None,
            cors: None,
            auth: None,
            max_request_body_size: None,
            include_metadata: None,
            response_headers: None,
            compression_algorithms: None,
            read_timeout: None,
            read_header_timeout: None,
            write_timeout: None,
            idle_timeout: None,
            keep_alives_enabled: None,
        }
    }
}

impl ComponentConfig for HealthCheck {
    const NAME: &'static str = "health_check";
    const ABOUT: &'static str = "Moves the address on which health is answered";
    const EXAMPLE: &'static str = "endpoint: 127.0.0.1:13133\n";

    fn check(&self, findings: &mut Findings) {
        let nothing = [
            ("response_body", self.response_body.is_some()),
            ("check_collector_pipeline", self.check_collector_pipeline.is_some()),
            ("use_v2", self.use_v2.is_some()),
            ("component_health", self.component_health.is_some()),
            ("http", self.http.is_some()),
            ("grpc", self.grpc.is_some()),
            ("tls", self.tls.is_some()),
            ("cors", self.cors.is_some()),
            ("auth", self.auth.is_some()),
            ("max_request_body_size", self.max_request_body_size.is_some()),
            ("include_metadata", self.include_metadata.is_some()),
            ("response_headers", self.response_headers.is_some()),
            ("compression_algorithms", self.compression_algorithms.is_some()),
            ("read_timeout", self.read_timeout.is_some()),
            ("read_header_timeout", self.read_header_timeout.is_some()),
            ("write_timeout", self.write_timeout.is_some()),
            ("idle_timeout", self.idle_timeout.is_some()),
            ("keep_alives_enabled", self.keep_alives_enabled.is_some()),
        ];
        for (key, _) in nothing.into_iter().filter(|(_, set)| *set) {
            findings.note(key, "N002", format!("`{key}` means nothing here"));
        }
    }

    fn apply(&self, service: &mut Service) {
        service.health.clone_from(&self.endpoint);
        if let Some(path) = &self.path {
            service.health_path = format!("/{}", path.trim_start_matches('/'));
        }
    }
}

impl ExtensionConfig for HealthCheck {
    fn build(self, _: &BuildCx<'_>) -> Result<Extension, BuildError> {
        Ok(Extension::Setting)
    }
}
