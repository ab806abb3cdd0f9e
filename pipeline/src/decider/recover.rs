//! What an earlier life left undecided, folded again: decisions first, then the frames that wait, oldest first, without
//! the records that have taken their course.

use std::cell::Cell;
use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use bytes::Bytes;

use super::places::Arrived;
use super::seen::{NONE, Seen};
use super::{Decider, aside};
use crate::batch::layout::Layout;
use crate::journal::Position;
use crate::journal::copies::{Copies, request};
use crate::journal::decisions::{Entry, Recorded, entries};
use crate::journal::files::Files;
use crate::journal::fill::behind;
use crate::journal::format::{Kind, Table};
use crate::journal::segments::Step;
use crate::sampling::{Course, Decision, Mark, Observer, TraceId, Verdict};
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

/// What earlier lives decided of a trace.
#[derive(Clone, Copy, Default)]
struct Known {
    /// How far its decisions reached: what is behind is new.
    covered: Position,
    /// Up to here its records have taken their course.
    settled: Position,
    /// The last of them; see [`order`].
    last: (u64, bool, bool),
    /// It was decided against and may yet be brought back: what is not settled of it waits on, and is told to nobody again.
    held: bool,
}

impl Recovery {
    pub(crate) fn run(mut self, decider: &mut Decider, now: Timestamp) {
        let known = self.recall(decider, now);
        let Some(from) = decider.room.found() else { return };
        let mut records = 0;
        // In the order of origins, as they came: what is decided meanwhile covers all before it, and a copy stands behind what
        // came after its own.
        for frame in self.waiting(decider, from) {
            let at = frame.position;
            match self.files.segments.step(at, |_, _| true) {
                Step::Frame { at: there, head, body } if there == at => {
                    let (body, _) = request(head.kind, at, body);
                    records += self.fold(decider, &frame, body, &known, now);
                }
                // It was damaged, which the log says.
                _ => decider.room.settle([(frame.signal, at)]),
            }
            decider.flush();
            while let Ok(order) = decider.orders.try_recv() {
                decider.later(order);
            }
        }
        tracing::info!(sampler = decider.room.sampler, records, "what waited before the start waits again");
    }

    /// What waits, by where it stood first. From here on it is the room's own frames that keep it in the journal.
    fn waiting(&self, decider: &Decider, mut from: Position) -> Vec<Found> {
        let (room, found) = (&decider.room, self.files.found);
        let copies = Copies::among(&self.files.segments, from, found);
        let origins = copies.origins();
        let mut waiting = Vec::new();
        let told = Cell::new((false, false));
        let look = |head: &_, table: &Table| {
            told.set((room.feeds(head, table), table.echoes(head)));
            false
        };
        while let Step::Passed { at, head } = self.files.segments.step(from, look)
            && at <= found
        {
            from = behind(at, &head);
            let (feeds, echo) = told.get();
            if !feeds || room.is_done(head.signal, at) {
                continue;
            }
            room.note(head.signal, at);
            // A copy that is not the last of its request, or does not hold, is none.
            let origin = match head.kind {
                Kind::Copy => origins.get(&at).copied(),
                _ => Some(at).filter(|at| !copies.replace(*at, *at)),
            };
            match origin {
                Some(origin) => {
                    let (signal, appended) = (head.signal, head.appended);
                    waiting.push(Found { position: at, origin, signal, appended, echo });
                }
                None => room.settle([(head.signal, at)]),
            }
        }
        room.refolded(None);
        waiting.sort_unstable_by_key(|frame| frame.origin);
        waiting
    }

    /// Has the sampler remember the decisions of earlier lives.
    fn recall(&mut self, decider: &mut Decider, now: Timestamp) -> HashMap<TraceId, Known> {
        let mut known: HashMap<TraceId, Known> = HashMap::new();
        let mut remember = |entry: Entry| {
            let Entry { decision, covered } = entry;
            let known = known.entry(decision.trace).or_default();
            known.covered = known.covered.max(covered);
            // Some are found twice, and then those of a trace not in their order.
            if order(&decision) >= known.last {
                known.last = order(&decision);
                known.held = decider.sampler.recall(&decision, now);
                known.settled = if known.held { known.settled } else { known.covered };
            }
        };
        self.recorded.each(&self.files, &decider.room.sampler, &mut |body| entries(body).for_each(&mut remember));
        known
    }

    /// Folds what of a frame has not taken its course; how many records.
    fn fold(
        &mut self,
        decider: &mut Decider,
        frame: &Found,
        body: Bytes,
        known: &HashMap<TraceId, Known>,
        now: Timestamp,
    ) -> u64 {
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
            let id = id_of(&batch, row);
            let known = known.get(&id).copied().unwrap_or_default();
            let new = known.covered < origin;
            if new {
                news.push(rows.len());
            }
            if new || known.held && known.settled < origin {
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
        let stray = |(at, (trace, _)): (usize, &(u32, bool))| {
            let stray = seen.observed.traces.get(*trace as usize) == Some(&NONE);
            stray.then(|| id_of(&batch, at))
        };
        let strays: BTreeSet<TraceId> = seen.rows.iter().enumerate().filter_map(stray).collect();
        let told = (news.len() < rows.len()).then(|| {
            batch.retain(&Selection::from_rows(batch.len(), news.iter().copied()));
            self.observer.observe(&batch)
        });
        let records = if echo { 0 } else { rows.len() as u64 };
        decider.series.of(signal).recovered.inc_by(records);
        let arrived = Arrived { position, origin, signal, pipeline, bytes: length, body: None, now: appended };
        decider.fold(arrived, &seen, told.as_ref().unwrap_or(&seen.observed), now);
        // What would not wait any more, for the configuration has changed, leaves: once, however often its frame is found.
        decider.course(NONE, Course::Release, Mark::default(), "not_sampled");
        strays.into_iter().for_each(|trace| decider.record(&aside(trace, Verdict::Sampled, Mark::default(), now)));
        records
    }
}

/// When a decision was made. At the same time a trace is dropped first, then brought back, and then it is said what becomes of
/// more of it, or that what was held of it is given up.
fn order(decision: &Decision) -> (u64, bool, bool) {
    (decision.at, decision.mark.late, decision.kept())
}

/// Whose a record is.
fn id_of(batch: &Batch, row: usize) -> TraceId {
    let id = batch.record(row).map_or(&[] as &[u8], |record| record.trace_id());
    <[u8; 16]>::try_from(id).map(TraceId).unwrap_or_default()
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
