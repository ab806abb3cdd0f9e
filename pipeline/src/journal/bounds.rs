//! How much the outbox may owe one destination, and for how long.

use std::time::Duration;

/// The size a destination's queue is held to; `sending_queue.sizer` says in what.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Limit {
    /// Whole requests as they were appended.
    Requests(u64),
    /// Spans, log records and data points.
    Items(u64),
    /// Bytes of OTLP protobuf.
    Bytes(u64),
}

/// The bounds of one destination. Absent ones do not bind; the memory limit always does.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Bounds {
    /// `sending_queue.queue_size` in its `sizer`, where it is written.
    pub queue: Option<Limit>,
    /// `sending_queue.max_bytes`.
    pub max_bytes: Option<u64>,
    /// `sending_queue.max_age`.
    pub max_age: Option<Duration>,
    /// `sending_queue.block_on_overflow`: full refuses upstream instead of expiring the oldest.
    pub block_on_overflow: bool,
}

/// What a destination is owed now.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Owed {
    pub(super) requests: u64,
    pub(super) records: u64,
    pub(super) bytes: u64,
}

impl Bounds {
    /// The bound that `owed` passes, by its name in the configuration; age is not looked at.
    pub(super) fn passed(&self, owed: &Owed) -> Option<&'static str> {
        let queue = match self.queue {
            Some(Limit::Requests(most)) => owed.requests > most,
            Some(Limit::Items(most)) => owed.records > most,
            Some(Limit::Bytes(most)) => owed.bytes > most,
            None => false,
        };
        if queue {
            return Some("queue_size");
        }
        self.max_bytes.is_some_and(|most| owed.bytes > most).then_some("max_bytes")
    }

    /// Whether `taken` is more than may be on its way at once: half of each bound. What is being sent
    /// cannot be given up, so without this a dead destination would hold its oldest records for ever and
    /// give up the newest.
    /// Where overflow blocks, nothing is given up, and all may be on its way.
    pub(super) fn sending_full(&self, taken: &Owed) -> bool {
        if self.block_on_overflow {
            return false;
        }
        let doubled = Owed { requests: taken.requests * 2, records: taken.records * 2, bytes: taken.bytes * 2 };
        self.passed(&doubled).is_some()
    }

    /// Whether a queue of `owed` takes nothing more.
    pub(super) fn full(&self, owed: &Owed) -> bool {
        let queue = match self.queue {
            Some(Limit::Requests(most)) => owed.requests >= most,
            Some(Limit::Items(most)) => owed.records >= most,
            Some(Limit::Bytes(most)) => owed.bytes >= most,
            None => false,
        };
        queue || self.max_bytes.is_some_and(|most| owed.bytes >= most)
    }
}
