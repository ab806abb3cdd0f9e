//! `jaeger`: OTLP over gRPC with the defaults of a Jaeger v2 next door.

use pipeline::Signal;
use pipeline::component::Exporter;
use pipeline::config::Findings;
use pipeline::journal::Bounds;
use pipeline::registry::{BuildCx, BuildError, ComponentConfig, ExporterConfig};
use schemars::JsonSchema;
use serde::Deserialize;

use super::OtlpGrpc;
use crate::delivery::ClientTls;

/// Sends traces to Jaeger v2, which takes OTLP/gRPC: the keys of `otlp`, with `endpoint` defaulting to
/// `localhost:4317` and plain text unless `tls` is written.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(transparent)]
pub struct Jaeger(pub OtlpGrpc);

impl Jaeger {
    /// The `otlp` block that it stands for.
    fn preset(&self) -> OtlpGrpc {
        let mut block = self.0.clone();
        block.endpoint.get_or_insert_with(|| "localhost:4317".into());
        block.tls.get_or_insert_with(ClientTls::plain);
        block
    }
}

impl ComponentConfig for Jaeger {
    const NAME: &'static str = "jaeger";
    const ABOUT: &'static str =
        "sends traces to Jaeger v2 (OTLP over gRPC, localhost:4317, plain text unless tls is written)";
    const EXAMPLE: &'static str = "endpoint: jaeger:4317\n";
    const SIGNALS: &'static [Signal] = &[Signal::Traces];

    fn check(&self, findings: &mut Findings) {
        self.preset().check(findings);
    }
}

impl ExporterConfig for Jaeger {
    fn bounds(&self) -> Bounds {
        self.0.bounds()
    }

    fn build(self, cx: &BuildCx<'_>) -> Result<Box<dyn Exporter>, BuildError> {
        self.preset().build(cx)
    }
}
