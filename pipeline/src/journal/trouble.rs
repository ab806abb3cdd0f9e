//! A disk that fails while the process runs: whether it does, when it is asked again, and what the log says of it.

use std::fmt;
use std::io;
use std::path::PathBuf;
use std::time::Duration;

use crate::Timestamp;
use crate::ledger::JournalSeries;

/// Trouble is told at once, and then at most this often.
const TOLD_EVERY: Duration = Duration::from_secs(10);

/// A disk that failed is asked again after this, where requests need not wait for its answer: a failing disk may take
/// seconds to say so.
const ASKED_EVERY: Duration = Duration::from_secs(1);

/// `service.storage.max_size` is reached, which is no fault of the disk's.
#[derive(Debug)]
pub(super) struct Reached;

impl Reached {
    /// Whether that is what an error says.
    pub(super) fn is(error: &io::Error) -> bool {
        error.get_ref().is_some_and(|inner| inner.is::<Self>())
    }
}

impl fmt::Display for Reached {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("service.storage.max_size is reached")
    }
}

impl std::error::Error for Reached {}

/// What is known of the disk.
#[derive(Debug)]
pub(super) struct Trouble {
    directory: PathBuf,
    /// When the disk failed last; none while it takes what is written.
    failed: Option<Timestamp>,
    /// Records taken into RAM alone since it began.
    beside: u64,
    told: Timestamp,
    series: JournalSeries,
}

impl Trouble {
    pub(super) fn new(directory: PathBuf, series: JournalSeries) -> Self {
        Self { directory, failed: None, beside: 0, told: Timestamp(0), series }
    }

    /// Whether it is time to ask the disk, which may have failed a moment ago.
    pub(super) fn may_ask(&self, now: Timestamp) -> bool {
        self.failed.is_none_or(|failed| now < failed || now.since(failed) > ASKED_EVERY)
    }

    /// The disk did not take what was written.
    pub(super) fn begins(&mut self, now: Timestamp) {
        if self.failed.replace(now).is_none() {
            // Whatever was told before was something else.
            self.told = Timestamp(0);
            self.series.degraded.set(1);
        }
    }

    /// The disk took what was written.
    pub(super) fn ends(&mut self) {
        if self.failed.take().is_some() {
            self.series.degraded.set(0);
            let (directory, beside) = (self.directory.display(), std::mem::take(&mut self.beside));
            tracing::warn!(%directory, records_in_ram = beside, "the journal is written again");
        }
    }

    /// Counts records that were taken into RAM alone.
    pub(super) fn bypassed(&mut self, records: u64) {
        self.beside += records;
        self.series.bypassed.inc_by(records);
    }

    pub(super) fn tell(&mut self, error: &io::Error, what: &str) {
        let now = Timestamp::now();
        if now.since(self.told) > TOLD_EVERY {
            self.told = now;
            tracing::error!(directory = %self.directory.display(), "{what}: {error}");
        }
    }
}
