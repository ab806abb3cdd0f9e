//! Our own counters: what came in, what became of it, and that the sums add up (invariant 3).
//!
//! Every series is created at zero when its component is built; names are frozen in a golden file.

mod redaction;
mod sampling;
mod series;
mod waiting;

pub use prometheus_client::metrics::counter::Counter;
pub use redaction::RedactionSeries;
pub use sampling::{ByVerdict, PolicySeries, SamplingSeries};
pub use series::{DestinationSeries, Expired, JournalSeries, Ledger, ReceiverSeries, Totals};
pub use waiting::{REASONS, SignalSeries, WaitingSeries};
