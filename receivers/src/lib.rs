//! The doors in: OTLP over gRPC and HTTP.

mod otlp;

#[cfg(feature = "probe")]
pub use otlp::converse;

use pipeline::registry::ReceiverEntry;

/// Every receiver, in the order in which lists show them.
pub const RECEIVERS: &[ReceiverEntry] = &[ReceiverEntry::of::<otlp::OtlpConfig>()];
