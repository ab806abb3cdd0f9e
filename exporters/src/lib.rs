//! The doors out: one delivery engine; OTLP, file and debug.

pub mod debug;
pub mod delivery;
pub mod file;
pub mod otlp;

mod calendar;

use pipeline::registry::ExporterEntry;

/// Every exporter, in the order in which lists show them.
pub const EXPORTERS: &[ExporterEntry] = &[
    ExporterEntry::of::<otlp::OtlpGrpc>(),
    ExporterEntry::of::<otlp::OtlpHttp>(),
    ExporterEntry::of::<otlp::Jaeger>(),
    ExporterEntry::of::<file::FileExporter>(),
    ExporterEntry::of::<debug::DebugExporter>(),
];

#[cfg(test)]
mod tests;
