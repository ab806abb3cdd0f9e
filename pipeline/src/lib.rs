//! Tollgate's core: the batch, the component traits, the workers, the outbox and the configuration.
//!
//! Knows OTLP's data model; names no transport and no backend; opens no socket.

pub mod auth;
pub mod batch;
pub mod component;
pub mod config;
pub mod content;
mod decider;
pub mod drain;
pub mod extension;
pub mod graph;
pub mod intake;
pub mod journal;
pub mod ledger;
pub mod memory;
pub mod receipt;
pub mod registry;
pub mod sampling;
mod signal;
pub mod stop;
#[cfg(feature = "testkit")]
pub mod testkit;
mod time;
mod worker;

pub use batch::{Batch, DecodeError, Limits, Sealed, Selection};
pub use signal::Signal;
pub use time::Timestamp;
