//! What an earlier life left undecided, folded again: decisions first, then the frames that wait, oldest first, without
//! the records that have taken their course.

use std::cell::Cell;
use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use bytes::Bytes;

use super::Decider;
use super::places::Arrived;
use super::seen::{NONE, Seen};
use crate::batch::layout::Layout;
use crate::journal::Position;
use crate::journal::copies::{Copies, request};
use crate::journal::decisions::{Entry, Recorded, entries};
use crate::journal::files::Files;
use crate::journal::fill::behind;
use crate::journal::format::Table;
use crate::journal::segments::Step;
use crate::sampling::{Course, Mark, Observer, TraceId};
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

/// A frame that waited.
struct Found {
    position: Position,
    /// Where its request stood first.
    origin: Position,
    signal: Signal,
    appended: Timestamp,
    /// See [`Seen::echo`].
    echo: bool,
}

/// What earlier lives decided.
#[derive(Default)]
struct Known {
    /// For each trace, how far its decisions reached, and when the last was made.
    covered: HashMap<TraceId, (Position, u64)>,
    /// Those that were dropped and may yet be brought back: their records wait on, and are told to nobody again.
    held: HashSet<TraceId>,
}

impl Recovery {
    pub(crate) fn run(mut self, decider: &mut Decider, now: Timestamp) {
        let known = self.recall(decider, now);
        let Some(mut from) = decider.room.found() else { return };
        let copies = Copies::among(&self.files.segments, from, self.files.found);
        let mut records = 0;
        loop {
            let files = self.files.clone();
            let room = decider.room.clone();
            let echo = Cell::new(false);
            let wanted = |head: &_, table: &Table| {
                echo.set(table.echoes(head));
                room.feeds(head, table)
            };
            let (at, head, body) = match files.segments.step(from, wanted) {
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
            let frame = Found { position: at, origin, signal: head.signal, appended: head.appended, echo: echo.get() };
            records += self.fold(decider, &frame, body, &known, now);
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
    fn recall(&mut self, decider: &mut Decider, now: Timestamp) -> Known {
        let mut known = Known::default();
        let mut remember = |entry: Entry| {
            let Entry { decision, covered: at } = entry;
            let (covered, last) = known.covered.entry(decision.trace).or_default();
            *covered = (*covered).max(at);
            // Some are found twice, and then those of a trace not in their order.
            if decision.at < *last {
                return;
            }
            *last = decision.at;
            if decider.sampler.recall(&decision, now) {
                known.held.insert(decision.trace);
            } else {
                known.held.remove(&decision.trace);
            }
        };
        self.recorded.each(&self.files, &decider.room.sampler, &mut |body| entries(body).for_each(&mut remember));
        known
    }

    /// Folds what of a frame has not taken its course; how many records.
    fn fold(&mut self, decider: &mut Decider, frame: &Found, body: Bytes, known: &Known, now: Timestamp) -> u64 {
        let Found { position, origin, signal, appended, echo } = *frame;
        let length = body.len() as u64;
        let limits = Limits { max_records: usize::MAX, ..Limits::default() };
        let layout = Layout::of(&body);
        let Ok(mut batch) = Batch::decode(signal, body, &limits) else {
            return lose(decider, frame, "damaged", layout.records.len());
        };
        // Which of the rows that wait, counted among themselves, are new to the sampler.
        let (mut rows, mut news) = (Vec::new(), Vec::new());
        for row in 0..batch.len() {
            let id = batch.record(row).map_or(&[] as &[u8], |record| record.trace_id());
            let id = <[u8; 16]>::try_from(id).map(TraceId).unwrap_or_default();
            let new = known.covered.get(&id).is_none_or(|(covered, _)| *covered < origin);
            if new {
                news.push(rows.len());
            }
            if new || known.held.contains(&id) {
                rows.push(row);
            }
        }
        if rows.is_empty() {
            decider.room.settle([(signal, position)]);
            return 0;
        }
        let Some(pipeline) = self.pipelines[signal as usize] else {
            return lose(decider, frame, "no_pipeline", rows.len());
        };
        batch.retain(&Selection::from_rows(batch.len(), rows.iter().copied()));
        let layout = Layout { records: rows.iter().map(|row| layout.records[*row]).collect(), ..layout };
        let seen = Seen::all(self.observer.observe(&batch), layout, echo);
        let told = (news.len() < rows.len()).then(|| {
            batch.retain(&Selection::from_rows(batch.len(), news.iter().copied()));
            self.observer.observe(&batch)
        });
        let records = if echo { 0 } else { rows.len() as u64 };
        decider.series.of(signal).recovered.inc_by(records);
        let arrived = Arrived { position, origin, signal, pipeline, bytes: length, body: None, now: appended };
        decider.fold(arrived, &seen, told.as_ref().unwrap_or(&seen.observed), now);
        // What would not wait any more, for the configuration has changed, leaves.
        decider.course(NONE, Course::Release, Mark::default(), "not_sampled");
        records
    }
}

/// Records that cannot wait again: found, and sampled out for this reason.
fn lose(decider: &Decider, frame: &Found, reason: &'static str, records: usize) -> u64 {
    let (signal, sampler) = (frame.signal, &decider.room.sampler);
    // What an echo is of has left.
    if !frame.echo {
        tracing::error!(sampler, %signal, records, reason, "what waited before the start cannot be decided now: lost");
        let series = decider.series.of(signal);
        series.recovered.inc_by(records as u64);
        series.sampled_out(reason).inc_by(records as u64);
    }
    decider.room.settle([(signal, frame.position)]);
    0
}
