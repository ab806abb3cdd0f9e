//! The doors in: OTLP over gRPC and HTTP.

use pipeline::registry::ReceiverEntry;

/// Every receiver, in the order in which lists show them.
pub const RECEIVERS: &[ReceiverEntry] = &[];
