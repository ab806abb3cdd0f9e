//! What the tests of every crate build on (feature `testkit`): an intake with a scripted worker, an outbox that is filled by hand.

pub mod intake;
mod outbox;

pub use intake::{TestWorker, intake};
