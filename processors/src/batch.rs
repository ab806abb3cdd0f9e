//! `batch`: in the Collector what makes requests larger. Here delivery merges, so there is nothing to run.

use pipeline::config::{Duration, Findings};
use pipeline::registry::{BuildCx, BuildError, ComponentConfig, ProcessorConfig, Step};
use schemars::JsonSchema;
use serde::Deserialize;

/// `batch`, with every key of the Collector's.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
#[allow(dead_code, reason = "taken and not used, with a note")]
pub(super) struct Batch {
    /// Means nothing here; `sending_queue.batch.flush_timeout` of an exporter does. Default: none.
    timeout: Option<Duration>,
    /// Means nothing here; `sending_queue.batch.min_size` of an exporter does, records. Default: none.
    send_batch_size: Option<u32>,
    /// Means nothing here; `sending_queue.batch.max_size` of an exporter does, records. Default: none.
    send_batch_max_size: Option<u32>,
    /// Means nothing here. Default: none.
    metadata_keys: Option<Vec<String>>,
    /// Means nothing here. Default: none.
    metadata_cardinality_limit: Option<u32>,
}

impl ComponentConfig for Batch {
    const NAME: &'static str = "batch";
    const ABOUT: &'static str = "Taken for the Collector's sake; each exporter batches by itself";
    const EXAMPLE: &'static str = "timeout: 200ms\nsend_batch_size: 8192\n";

    fn check(&self, findings: &mut Findings) {
        findings
            .note("", "N001", "`batch` does nothing here: each exporter merges requests by itself")
            .hint("`sending_queue.batch` of an exporter sets sizes");
    }
}

impl ProcessorConfig for Batch {
    fn build(self, _: &BuildCx<'_>) -> Result<Step, BuildError> {
        Ok(Step::Nothing)
    }
}
