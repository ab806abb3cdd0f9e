//! Tollgate's core: the batch, the component traits, the workers, the outbox and the configuration.

pub mod batch;
mod signal;
mod time;

pub use batch::{Batch, DecodeError, Limits, Sealed};
pub use signal::Signal;
pub use time::Timestamp;
