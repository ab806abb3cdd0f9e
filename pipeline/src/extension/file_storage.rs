//! `file_storage`: in the Collector where queues live on disk; here the folder of the journal.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::Value;

use crate::config::{Findings, Service};
use crate::journal::{Durability, OnError, Storage};
use crate::registry::{BuildCx, BuildError, ComponentConfig, Extension, ExtensionConfig};

/// `file_storage`, with every key of the Collector's.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
#[allow(dead_code, reason = "some are taken and not used, with a note")]
pub(super) struct FileStorage {
    /// The folder of the journal, where `service.storage.directory` does not say. Default
    /// `/var/lib/otelcol/file_storage`.
    directory: Option<String>,
    /// Means nothing here.
    timeout: Option<String>,
    /// Answer a sender when what it sent outlives a loss of power (`durability: disk`). Default false.
    fsync: Option<bool>,
    /// Means nothing here: the folder is made where it is missing.
    create_directory: Option<bool>,
    /// Means nothing here: the folder is for this process alone.
    directory_permissions: Option<String>,
    /// Means nothing here: what is damaged is put aside, and the rest is read.
    recreate: Option<bool>,
    /// Means nothing here: segments are given back as they are settled.
    compaction: Option<BTreeMap<String, Value>>,
}

impl ComponentConfig for FileStorage {
    const NAME: &'static str = "file_storage";
    const ABOUT: &'static str = "the folder of the journal, which the queues of all exporters are in";
    const EXAMPLE: &'static str = "directory: /var/lib/tollgate\n";

    fn check(&self, findings: &mut Findings) {
        let unused = [
            ("timeout", self.timeout.is_some()),
            ("create_directory", self.create_directory.is_some()),
            ("directory_permissions", self.directory_permissions.is_some()),
            ("recreate", self.recreate.is_some()),
            ("compaction", self.compaction.is_some()),
        ];
        for (key, _) in unused.into_iter().filter(|(_, is_set)| *is_set) {
            findings.note(key, "N002", format!("`{key}` means nothing here: the journal needs no such care"));
        }
    }

    fn apply(&self, service: &mut Service) {
        let directory = self.directory.as_deref().unwrap_or("/var/lib/otelcol/file_storage").into();
        let durability = if self.fsync == Some(true) { Durability::Disk } else { Durability::Process };
        let (max_size, on_error) = (Storage::MAX_SIZE, OnError::default());
        service.storage.get_or_insert(Storage { directory, durability, max_size, on_error });
    }
}

impl ExtensionConfig for FileStorage {
    fn build(self, _: &BuildCx<'_>) -> Result<Extension, BuildError> {
        Ok(Extension::Setting)
    }
}
