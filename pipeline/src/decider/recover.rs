//! What an earlier life left undecided, folded again: decisions first, then the frames that wait, oldest first, without
//! the records that have taken their course.

use std::collections::HashMap;
use std::sync::Arc;

use super::Decider;
use super::places::Arrived;
use super::seen::Seen;
use crate::batch::layout::Layout;
use crate::journal::Position;
use crate::journal::copies::{Copies, request};
use crate::journal::decisions::{Entry, Recorded, entries};
use crate::journal::files::Files;
use crate::journal::fill::behind;
use crate::journal::segments::Step;
use crate::sampling::{Course, Fate, Mark, Observer, TraceId};
use crate::{Batch, Limits, Selection, Signal, Timestamp};

/// What is needed for it.
pub(crate) struct Recovery {
    pub(crate) files: Arc<Files>,
    pub(crate) observer: Box<dyn Observer>,
    /// By signal, the pipeline in which it waits now.
    pub(crate) pipelines: [Option<usize>; 3],
    /// The decisions of earlier lives.
    pub(crate) recorded: Recorded,
}

/// For each trace that was decided, how far that decision reached.
type Covered = HashMap<TraceId, Position>;

impl Recovery {
    pub(crate) fn run(mut self, decider: &mut Decider, now: Timestamp) {
        let covered = self.recall(decider);
        let Some(mut from) = decider.room.found() else { return };
        let copies = Copies::among(&self.files.segments, from, self.files.found);
        let mut records = 0;
        loop {
            let files = self.files.clone();
            let room = decider.room.clone();
            let (at, head, body) = match files.segments.step(from, |head, table| room.feeds(head, table)) {
                Step::Frame { at, head, body } if at <= files.found => (at, head, body),
                Step::Passed { at, head } if at <= files.found => {
                    from = behind(at, &head);
                    continue;
                }
                _ => break,
            };
            from = behind(at, &head);
            if room.is_done(head.signal, at) {
                continue;
            }
            // From here on it is the room's own frame that keeps it in the journal.
            decider.room.note(head.signal, at);
            let (body, origin) = request(head.kind, at, body);
            if copies.replace(origin, at) {
                decider.room.settle([(head.signal, at)]);
                continue;
            }
            records += self.fold(decider, ([at, origin], head.signal, head.appended), body, &covered, now);
            decider.room.refolded(Some(from));
            decider.flush();
            while let Ok(order) = decider.orders.try_recv() {
                decider.later(order);
            }
        }
        decider.room.refolded(None);
        tracing::info!(sampler = decider.room.sampler, records, "what waited before the start waits again");
    }

    /// Has the sampler remember the decisions of earlier lives.
    fn recall(&mut self, decider: &mut Decider) -> Covered {
        let mut covered = Covered::new();
        let mut remember = |entry: Entry| {
            let Entry { decision, covered: at } = entry;
            let known = covered.entry(decision.trace).or_default();
            *known = (*known).max(at);
            decider.sampler.recall(&decision);
        };
        self.recorded.each(&self.files, &decider.room.sampler, &mut |body| entries(body).for_each(&mut remember));
        covered
    }

    /// Folds what of a frame has not taken its course; how many records.
    fn fold(
        &mut self,
        decider: &mut Decider,
        ([position, origin], signal, appended): ([Position; 2], Signal, Timestamp),
        body: bytes::Bytes,
        covered: &Covered,
        now: Timestamp,
    ) -> u64 {
        let length = body.len() as u64;
        let limits = Limits { max_records: usize::MAX, ..Limits::default() };
        let layout = Layout::of(&body);
        let batch = Batch::decode(signal, body, &limits);
        let (Ok(mut batch), Some(pipeline)) = (batch, self.pipelines[signal as usize]) else {
            let (sampler, records) = (&decider.room.sampler, layout.records.len());
            tracing::error!(sampler, %signal, records, "no pipeline of this signal has the sampler now: lost");
            decider.room.settle([(signal, position)]);
            return 0;
        };
        let due = |row: &usize| {
            let id = batch.record(*row).map_or(&[] as &[u8], |record| record.trace_id());
            let id = <[u8; 16]>::try_from(id).map(TraceId).unwrap_or_default();
            covered.get(&id).is_none_or(|covered| *covered < origin)
        };
        let rows: Vec<usize> = (0..batch.len()).filter(due).collect();
        batch.retain(&Selection::from_rows(batch.len(), rows.iter().copied()));
        if rows.is_empty() {
            decider.room.settle([(signal, position)]);
            return 0;
        }
        let layout = Layout { records: rows.iter().map(|row| layout.records[*row]).collect(), ..layout };
        let seen = waits(&mut *self.observer, &batch, layout);
        let records = rows.len() as u64;
        decider.series.of(signal).recovered.inc_by(records);
        let arrived = Arrived { position, origin, signal, pipeline, bytes: length, body: None, now: appended };
        decider.fold(arrived, &seen, now);
        // What would not wait any more, for the configuration has changed, leaves.
        decider.course(NONE, Course::Release, Mark::default(), "not_sampled");
        records
    }
}

/// No trace has this id: records are put under it that are to leave.
const NONE: TraceId = TraceId([0xff; 16]);

/// Has all records of a batch wait that once did.
fn waits(observer: &mut dyn Observer, batch: &Batch, layout: Layout) -> Seen {
    let mut observed = observer.observe(batch);
    let none = observed.traces.len() as u32;
    let row = |fate: &Fate| match fate {
        Fate::Waits { trace, firm } => (*trace, *firm),
        Fate::Leaves | Fate::Goes(_) => (none, false),
    };
    let rows: Vec<_> = observed.rows.iter().map(row).collect();
    if rows.iter().any(|(trace, _)| *trace == none) {
        observed.traces.push(NONE);
    }
    Seen { rows, observed, layout }
}
