//! What the tests of every crate build on (feature `testkit`): an intake with a scripted worker.

pub mod intake;

pub use intake::{TestWorker, intake};
