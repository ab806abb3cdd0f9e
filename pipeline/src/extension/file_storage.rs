//! `file_storage`: in the Collector where queues live on disk. Taken, so that its files load; the journal that
//! is its counterpart is not in this version.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::Value;

use crate::config::Findings;
use crate::registry::{BuildCx, BuildError, ComponentConfig, Extension, ExtensionConfig};

/// `file_storage`, with every key of the Collector's.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
#[allow(dead_code, reason = "taken and not used, with a note")]
pub(super) struct FileStorage {
    /// Means nothing here: nothing is written to disk in this version.
    directory: Option<String>,
    /// Means nothing here.
    timeout: Option<String>,
    /// Means nothing here.
    fsync: Option<bool>,
    /// Means nothing here.
    create_directory: Option<bool>,
    /// Means nothing here.
    directory_permissions: Option<String>,
    /// Means nothing here.
    recreate: Option<bool>,
    /// Means nothing here.
    compaction: Option<BTreeMap<String, Value>>,
}

impl ComponentConfig for FileStorage {
    const NAME: &'static str = "file_storage";
    const ABOUT: &'static str = "Taken for the Collector's sake; the journal on disk is not in this version";
    const EXAMPLE: &'static str = "directory: /var/lib/tollgate\n";

    fn check(&self, findings: &mut Findings) {
        findings
            .note("", "N001", "nothing is written to disk in this version: `file_storage` does nothing")
            .hint("queues are held in RAM, within `service.memory.limit`");
    }
}

impl ExtensionConfig for FileStorage {
    fn build(self, _: &BuildCx<'_>) -> Result<Extension, BuildError> {
        Ok(Extension::Setting)
    }
}
