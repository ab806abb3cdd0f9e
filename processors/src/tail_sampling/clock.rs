//! Time that never goes back: what we are told may jump, and what waits must still come due.

use pipeline::Timestamp;

/// Nanoseconds.
pub(super) const SECOND: u64 = 1_000_000_000;
/// Nanoseconds.
pub(super) const MILLISECOND: u64 = 1_000_000;

/// Turns times that may jump back into ones that do not, by as much as they jumped.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Clock {
    now: u64,
    ahead: u64,
}

impl Clock {
    /// The time to reckon with.
    pub(super) fn tell(&mut self, told: Timestamp) -> u64 {
        let time = told.0.saturating_add(self.ahead);
        if time < self.now {
            self.ahead = self.ahead.saturating_add(self.now - time);
        }
        self.now = time.max(self.now);
        self.now
    }

    /// What will be told at `time`.
    pub(super) fn outside(&self, time: u64) -> Timestamp {
        Timestamp(time.saturating_sub(self.ahead))
    }
}
