//! The four slices joined: every component this binary has.

use pipeline::registry::Registry;

/// Every component this binary has.
pub(crate) const REGISTRY: Registry = Registry {
    receivers: receivers::RECEIVERS,
    processors: processors::PROCESSORS,
    exporters: exporters::EXPORTERS,
    extensions: pipeline::extension::EXTENSIONS,
};

#[cfg(test)]
mod tests;
