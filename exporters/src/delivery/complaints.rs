//! What the log says of a destination: a line at most every ten seconds for each kind of trouble.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use pipeline::Signal;
use tokio::time::Instant;

/// Often enough to see that it goes on, rare enough that a dead backend does not fill the disk.
const PAUSE: Duration = Duration::from_secs(10);

/// The complaints about one destination.
pub(super) struct Complaints {
    exporter: String,
    lost: Mutex<Line>,
    delayed: Mutex<Line>,
}

/// One kind of line: what was not said since the last one.
#[derive(Default)]
struct Line {
    next: Option<Instant>,
    unsaid: u64,
}

impl Complaints {
    pub(super) fn new(exporter: &str) -> Self {
        Self { exporter: exporter.into(), lost: Mutex::default(), delayed: Mutex::default() }
    }

    /// Records are lost for good.
    pub(super) fn lost(&self, signal: Signal, records: u64, reason: &str) {
        if let Some(records) = add(&self.lost, records) {
            tracing::error!(exporter = %self.exporter, %signal, records, reason, "records lost");
        }
    }

    /// A request was not taken and will be sent again.
    pub(super) fn delayed(&self, signal: Signal, delay: Duration, reason: &str) {
        if let Some(requests) = add(&self.delayed, 1) {
            tracing::warn!(exporter = %self.exporter, %signal, requests, ?delay, reason, "not delivered, will retry");
        }
    }

    /// The destination took it and has something to say.
    pub(super) fn said(&self, signal: Signal, reason: &str) {
        if add(&self.delayed, 1).is_some() {
            tracing::warn!(exporter = %self.exporter, %signal, reason, "delivered, with a warning");
        }
    }
}

/// Adds to what is unsaid; the sum, when it is time to say it.
fn add(line: &Mutex<Line>, count: u64) -> Option<u64> {
    let mut line = line.lock().unwrap_or_else(PoisonError::into_inner);
    line.unsaid += count;
    let now = Instant::now();
    if line.next.is_some_and(|next| now < next) {
        return None;
    }
    line.next = Some(now + PAUSE);
    Some(std::mem::take(&mut line.unsaid))
}
