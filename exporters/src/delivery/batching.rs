//! When to take from the outbox, and how much: `sending_queue.batch`, or what waits at once.

use std::time::Duration;

use pipeline::batch::Selection;
use pipeline::journal::{Cursor, Limit, Parcel, Waiting, Want};
use pipeline::{Batch, Limits, Sealed, Signal, Timestamp};
use tokio::time::{Instant, sleep_until};

use super::Request;

/// Merged requests stay below this where nothing else is written. Half of gRPC's usual bound on a
/// message (4 MiB), since a request that was taken on its own must not be refused for what we merged
/// it with; and large enough that the cost of a request (7 to 9 us) is lost in it.
pub(super) const MERGED_BYTES: u64 = 2 << 20;

/// When a lane is taken from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Batching {
    /// Take when this much waits in a lane.
    pub least: Limit,
    /// Take at most this much at once.
    pub most: Limit,
    /// Take whatever waits when the first of it has waited this long.
    pub flush_after: Duration,
}

impl Default for Batching {
    /// Send what waits when there is a hand free: nothing is delayed, and the busier the
    /// destination, the larger the requests.
    fn default() -> Self {
        Self { least: Limit::Requests(1), most: Limit::Bytes(MERGED_BYTES), flush_after: Duration::ZERO }
    }
}

/// Watches the three lanes of a cursor.
pub(super) struct Gate {
    batching: Batching,
    /// When a lane that waits for more is taken from anyway.
    deadlines: [Option<Instant>; 3],
    /// The lane looked at first, so that a busy signal does not starve the others.
    first: usize,
}

impl Gate {
    pub(super) fn new(batching: Batching) -> Self {
        Self { batching, deadlines: [None; 3], first: 0 }
    }

    /// What to take now, if anything; with `flush`, whatever waits.
    pub(super) fn due(&mut self, cursor: &Cursor, flush: bool) -> Option<Want> {
        let now = Instant::now();
        for offset in 0..Signal::ALL.len() {
            let lane = (self.first + offset) % Signal::ALL.len();
            let signal = Signal::ALL[lane];
            let waiting = cursor.waiting(signal);
            let Some(oldest) = waiting.oldest else {
                self.deadlines[lane] = None;
                continue;
            };
            let deadline = *self.deadlines[lane]
                .get_or_insert_with(|| now + self.batching.flush_after.saturating_sub(Timestamp::now().since(oldest)));
            if flush || deadline <= now || reaches(&waiting, self.batching.least) {
                self.deadlines[lane] = None;
                self.first = lane + 1;
                return Some(Want { signal, most: self.batching.most });
            }
        }
        None
    }

    /// Waits until [`Gate::due`] may have an answer; call it when that had none.
    pub(super) async fn ready(&self, cursor: &Cursor) {
        match self.deadlines.iter().flatten().min() {
            None => cursor.wait(Limit::Requests(1)).await,
            Some(deadline) => tokio::select! {
                () = cursor.wait(self.batching.least) => {}
                () = sleep_until(*deadline) => {}
            },
        }
    }
}

fn reaches(waiting: &Waiting, least: Limit) -> bool {
    match least {
        Limit::Requests(least) => waiting.requests >= least,
        Limit::Items(least) => waiting.records >= least,
        Limit::Bytes(least) => waiting.bytes >= least,
    }
}

/// The requests that a parcel goes out as: one, unless a single frame is larger than `batch.max_size`.
///
/// The outbox gives more than one frame only where their sum is within `most`, so only a frame that
/// came alone is cut. Metrics have no rows to cut by, and go whole.
pub(super) fn split(parcel: &Parcel, most: Limit) -> Vec<Request> {
    let parts: Vec<Sealed> = parcel.frames().iter().map(|frame| frame.sealed.clone()).collect();
    let signal = parcel.signal();
    if let [one] = parts.as_slice()
        && let Some(rows) = rows_within(one, most)
        && let Ok(batch) = Batch::decode(signal, one.body().clone(), &Limits::default())
        && signal != Signal::Metrics
    {
        let cuts = (0..batch.len()).step_by(rows);
        let cut = |from: usize| Selection::from_rows(batch.len(), from..batch.len().min(from + rows));
        return cuts.map(|from| Request { signal, parts: vec![batch.seal_rows(&cut(from))] }).collect();
    }
    vec![Request { signal, parts }]
}

/// How many rows of a request that is over `most` make a request within it; bytes by the average record.
fn rows_within(sealed: &Sealed, most: Limit) -> Option<usize> {
    let (records, bytes) = (u64::from(sealed.records()), sealed.body().len() as u64);
    let rows = match most {
        Limit::Items(items) if records > items => items,
        Limit::Bytes(limit) if bytes > limit => records * limit / bytes,
        Limit::Requests(_) | Limit::Items(_) | Limit::Bytes(_) => return None,
    };
    usize::try_from(rows.max(1)).ok()
}
