//! What stands beside the pipelines: credentials, and blocks of the Collector that are settings here.

mod basicauth;
mod bearertokenauth;
mod file_storage;
mod health_check;

use crate::registry::ExtensionEntry;

/// Every extension, in the order in which lists show them.
pub const EXTENSIONS: &[ExtensionEntry] = &[
    ExtensionEntry::of::<basicauth::BasicAuth>(),
    ExtensionEntry::of::<bearertokenauth::BearerTokenAuth>(),
    ExtensionEntry::of::<health_check::HealthCheck>(),
    ExtensionEntry::of::<file_storage::FileStorage>(),
];
