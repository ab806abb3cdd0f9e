//! The doors out: one delivery engine; OTLP, file and debug.

use pipeline::registry::ExporterEntry;

/// Every exporter, in the order in which lists show them.
pub const EXPORTERS: &[ExporterEntry] = &[];
