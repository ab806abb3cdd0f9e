//! What stands beside the pipelines: credentials, and blocks of the Collector that are settings here.

mod basicauth;
mod bearertokenauth;

use crate::registry::ExtensionEntry;

/// Every extension, in the order in which lists show them.
pub const EXTENSIONS: &[ExtensionEntry] =
    &[ExtensionEntry::of::<basicauth::BasicAuth>(), ExtensionEntry::of::<bearertokenauth::BearerTokenAuth>()];
