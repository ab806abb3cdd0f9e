//! The four slices joined: every component this binary has.

use std::sync::LazyLock;

use pipeline::config::Rules;
use pipeline::registry::Registry;

/// Every component this binary has.
pub(crate) const REGISTRY: Registry = Registry {
    receivers: receivers::RECEIVERS,
    processors: processors::PROCESSORS,
    exporters: exporters::EXPORTERS,
    extensions: pipeline::extension::EXTENSIONS,
};

/// What a configuration is checked against.
pub(crate) static RULES: LazyLock<Rules> = LazyLock::new(|| Rules::of(REGISTRY));

#[cfg(test)]
mod tests;
