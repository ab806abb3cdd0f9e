//! When to take from the outbox, and how much: `sending_queue.batch`, or what waits at once.

use std::ops::Range;
use std::time::Duration;

use pipeline::batch::Selection;
use pipeline::journal::{Cursor, Limit, Parcel, Waiting, Want};
use pipeline::{Batch, Limits, Sealed, Signal, Timestamp};
use tokio::time::{Instant, sleep_until};

use super::{Plan, Request};

/// Merged requests stay below this where nothing else is written. Half of gRPC's usual bound on a
/// message (4 MiB), since a request that was taken on its own must not be refused for what we merged
/// it with; and large enough that the cost of a request (7 to 9 us) is lost in it.
pub(super) const MERGED_BYTES: u64 = 2 << 20;

/// What is smaller than this and still too large for a destination is not cut again: a limit like that is none on size.
const SMALL: usize = 64 << 10;

/// While requests are on their way, less than this waits for company where nothing else is written: a
/// request's own cost is then a few per cent of its spans'.
const COMPANY_BYTES: u64 = 256 << 10;

/// How long it waits for company.
const COMPANY_AFTER: Duration = Duration::from_millis(5);

/// When a lane is taken from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Batching {
    /// Take when this much waits in a lane.
    pub least: Limit,
    /// Take at most this much at once.
    pub most: Limit,
    /// Take whatever waits when the first of it has waited this long.
    pub flush_after: Duration,
    /// Take whatever waits when nothing is on its way.
    pub eager: bool,
}

impl Default for Batching {
    /// Send what waits when there is nothing on its way, else wait a moment for more: nothing is delayed
    /// that could be sent, and the busier the destination, the larger the requests.
    fn default() -> Self {
        Self {
            least: Limit::Bytes(COMPANY_BYTES),
            most: Limit::Bytes(MERGED_BYTES),
            flush_after: COMPANY_AFTER,
            eager: true,
        }
    }
}

/// Watches the lane of one signal.
pub(super) struct Gate {
    signal: Signal,
    batching: Batching,
    /// When a lane that waits for more is taken from anyway.
    deadline: Option<Instant>,
}

impl Gate {
    pub(super) fn new(signal: Signal, batching: Batching) -> Self {
        Self { signal, batching, deadline: None }
    }

    /// What to take now, if anything; with `flush`, whatever waits. `idle`: nothing is on its way.
    pub(super) fn due(&mut self, cursor: &Cursor, idle: bool, flush: bool) -> Option<Want> {
        let waiting = cursor.waiting(self.signal);
        let Some(oldest) = waiting.oldest else {
            self.deadline = None;
            return None;
        };
        let now = Instant::now();
        let left = || self.batching.flush_after.saturating_sub(Timestamp::now().since(oldest));
        let deadline = *self.deadline.get_or_insert_with(|| now + left());
        let due = flush || (idle && self.batching.eager) || deadline <= now || reaches(&waiting, self.batching.least);
        if !due {
            return None;
        }
        self.deadline = None;
        Some(Want { signal: self.signal, most: self.batching.most })
    }

    /// Waits until [`Gate::due`] may have an answer; call it when that had none.
    pub(super) async fn ready(&self, cursor: &Cursor) {
        let Some(deadline) = self.deadline else { return cursor.wait(self.signal, Limit::Requests(1)).await };
        tokio::select! {
            () = cursor.wait(self.signal, self.batching.least) => {}
            () = sleep_until(deadline) => {}
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
/// came alone is cut. Metrics have no rows to cut by, and go whole. None where the content of a frame must
/// not leave and cannot be taken out.
pub(super) fn split(parcel: &Parcel, plan: &Plan) -> Option<Vec<Request>> {
    let Request { signal, parts } = Request::of(parcel);
    let most = plan.batching.most;
    let parts = parts.into_iter().map(|part| without_content(part, plan)).collect::<Option<Vec<_>>>()?;
    if signal != Signal::Metrics
        && let [one] = parts.as_slice()
        && is_over(one, most)
        && let Ok(batch) = Batch::decode(signal, one.body().clone(), &Limits::default())
    {
        return Some(cuts(&batch, one.body().len(), most).into_iter().map(|rows| rows_of(&batch, rows)).collect());
    }
    Some(vec![Request { signal, parts }])
}

/// A frame as the destination may have it.
fn without_content(part: Sealed, plan: &Plan) -> Option<Sealed> {
    if plan.content.keeps() || part.signal() == Signal::Metrics {
        return Some(part);
    }
    let mut batch = Batch::decode(part.signal(), part.body().clone(), &Limits::default()).ok()?;
    plan.content.apply(&mut batch);
    Some(batch.seal())
}

/// The two halves of a request of one part, by rows; `None` where it has too few, is not worth it, or cannot be cut.
pub(super) fn row_halves(request: &Request) -> Option<[Request; 2]> {
    let [one] = request.parts.as_slice() else { return None };
    if request.signal == Signal::Metrics || one.records() < 2 || one.body().len() < SMALL {
        return None;
    }
    let batch = Batch::decode(request.signal, one.body().clone(), &Limits::default()).ok()?;
    let half = batch.len() / 2;
    Some([0..half, half..batch.len()].map(|rows| rows_of(&batch, rows)))
}

/// Some rows as a request.
fn rows_of(batch: &Batch, rows: Range<usize>) -> Request {
    let parts = vec![batch.seal_rows(&Selection::from_rows(batch.len(), rows))];
    Request { signal: batch.signal(), parts }
}

fn is_over(sealed: &Sealed, most: Limit) -> bool {
    match most {
        Limit::Requests(_) => false,
        Limit::Items(items) => u64::from(sealed.records()) > items,
        Limit::Bytes(limit) => sealed.body().len() as u64 > limit,
    }
}

/// Which rows of a request of `bytes` go together so that each stays within `most`, or is one row: what is around the records
/// by the average.
fn cuts(batch: &Batch, bytes: usize, most: Limit) -> Vec<Range<usize>> {
    let records: usize = batch.records().map(|record| record.message().len()).sum();
    let around = bytes.saturating_sub(records).div_ceil(batch.len().max(1));
    let (limit, by_bytes) = match most {
        Limit::Items(limit) => (limit, false),
        Limit::Bytes(limit) | Limit::Requests(limit) => (limit, true),
    };
    let (mut cuts, mut from, mut held) = (Vec::new(), 0, 0);
    for (row, record) in batch.records().enumerate() {
        let size = if by_bytes { (record.message().len() + around) as u64 } else { 1 };
        if row > from && held + size > limit {
            cuts.push(from..row);
            (from, held) = (row, 0);
        }
        held += size;
    }
    cuts.push(from..batch.len());
    cuts
}
