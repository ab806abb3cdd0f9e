//! Where the records of undecided traces lie: in which frame, and there from where to where.
//!
//! Twenty bytes for each stretch of records of one trace that lie together, whatever they hold; the bytes themselves stay
//! in the frame, which is in RAM or in a file.

mod compact;

use std::cmp::Reverse;
use std::collections::hash_map::Entry;
use std::collections::{BinaryHeap, HashMap};
use std::sync::Arc;

use bytes::Bytes;

use super::seen::Seen;
use crate::batch::layout::{Envelopes, Range};
use crate::journal::Position;
use crate::journal::frame::Held;
use crate::sampling::{IdHash, TraceId, slacken};
use crate::{Signal, Timestamp};

pub(super) use compact::Placed;
pub(crate) use compact::{Move, Moved};

/// So many free slots are not worth looking through.
const SLOTS: usize = 1024;

/// A frame that waits, before it has a place of its own.
pub(super) struct Arrived {
    pub(super) position: Position,
    /// Where the request stood first, of which this may be a copy.
    pub(super) origin: Position,
    pub(super) signal: Signal,
    pub(super) pipeline: usize,
    /// Bytes of the request.
    pub(super) bytes: u64,
    /// They themselves, where no file has them, with the memory they hold.
    pub(super) body: Option<(Bytes, Arc<Held>)>,
    pub(super) now: Timestamp,
}

/// A frame some of whose records have not taken their course.
#[derive(Debug)]
struct Frame {
    position: Position,
    signal: Signal,
    pipeline: usize,
    bytes: u64,
    body: Option<(Bytes, Arc<Held>)>,
    envelopes: Arc<Envelopes>,
    /// Records that have not taken their course.
    left: u32,
    /// See [`Seen::echo`].
    echo: bool,
    since: Timestamp,
    /// For compaction.
    tenancy: compact::Tenancy,
}

/// A stretch of records of one trace in one frame.
#[derive(Clone, Copy, Debug)]
pub(super) struct Run {
    frame: u32,
    scope: u32,
    at: u32,
    end: u32,
    records: u32,
    firm: bool,
    echo: bool,
}

/// The stretches of a trace: most have one.
#[derive(Debug)]
enum Runs {
    One(Run),
    Many(Vec<Run>),
}

impl Runs {
    /// Takes them out of `from`.
    fn of(from: &mut Vec<Run>) -> Self {
        match from[..] {
            [one] => {
                from.clear();
                Self::One(one)
            }
            _ => Self::Many(std::mem::take(from)),
        }
    }

    fn append(&mut self, more: &mut Vec<Run>) {
        if let Self::One(one) = *self {
            *self = Self::Many(vec![one]);
        }
        if let Self::Many(all) = self {
            all.append(more);
        }
    }

    fn into_vec(self) -> Vec<Run> {
        match self {
            Self::One(one) => vec![one],
            Self::Many(all) => all,
        }
    }
}

/// Where a frame's bytes are to be had.
#[derive(Clone, Debug)]
pub(super) struct Source {
    pub(super) position: Position,
    pub(super) signal: Signal,
    pub(super) pipeline: usize,
    pub(super) body: Option<Bytes>,
    pub(super) envelopes: Arc<Envelopes>,
}

/// Records to be taken out of one frame: in which scope, from where to where.
#[derive(Clone, Debug)]
pub(super) struct Piece {
    pub(super) source: Source,
    pub(super) chosen: Vec<(u32, Range)>,
    pub(super) records: u32,
}

/// Records of a frame that have taken their course.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Back {
    pub(super) frame: u32,
    pub(super) records: u32,
}

/// See the head of this file.
#[derive(Debug, Default)]
pub(super) struct Places {
    frames: Vec<Option<Frame>>,
    /// Slots that are free, the lowest first, so that the last ones become empty and go; some of them have gone, or are
    /// taken again.
    free: BinaryHeap<Reverse<u32>>,
    traces: HashMap<TraceId, Runs, IdHash>,
    /// Bytes of all frames.
    held: u64,
    /// Bytes of records whose trace is undecided.
    waiting: u64,
    runs: usize,
    /// For compaction.
    tenancies: compact::Tenancies,
    /// Room to work in: the stretches of one request, by its traces.
    scratch: Vec<Vec<Run>>,
}

impl Run {
    pub(super) fn bytes(&self) -> u64 {
        u64::from(self.end - self.at)
    }

    pub(super) fn is_firm(&self) -> bool {
        self.firm
    }

    /// Whether it is of what has left.
    pub(super) fn is_echo(&self) -> bool {
        self.echo
    }

    pub(super) fn records(&self) -> u32 {
        self.records
    }

    /// The same records elsewhere in their frame.
    pub(super) fn to(self, scope: u32, (at, end): (u32, u32)) -> Self {
        Self { scope, at, end, ..self }
    }

    pub(super) fn back(&self) -> Back {
        Back { frame: self.frame, records: self.records }
    }
}

impl Piece {
    /// Bytes of its records.
    pub(super) fn bytes(&self) -> u64 {
        self.chosen.iter().map(|(_, (at, end))| u64::from(end - at)).sum()
    }
}

impl Places {
    /// Adds what waits of a request.
    pub(super) fn add(&mut self, arrived: Arrived, seen: &Seen) {
        let Arrived { position, origin, signal, pipeline, bytes, body, now } = arrived;
        let envelopes = Arc::new(seen.layout.envelopes.clone());
        let (left, echo) = (seen.rows.len() as u32, seen.echo);
        let tenancy = self.tenancies.of(origin, &seen.observed.traces);
        let in_ram = body.is_some();
        let frame = Frame { position, signal, pipeline, bytes, body, envelopes, left, echo, since: now, tenancy };
        let slot = self.house(frame);
        self.held += bytes;
        let (traces, before) = (seen.observed.traces.len(), self.waiting);
        self.scratch.resize_with(traces.max(self.scratch.len()), Vec::new);
        for ((trace, firm), ((at, end), scope)) in seen.rows.iter().zip(&seen.layout.records) {
            let Some(runs) = self.scratch.get_mut(*trace as usize) else { continue };
            self.waiting += u64::from(end - at);
            match runs.last_mut() {
                Some(last) if last.end == *at && last.scope == *scope && last.firm == *firm => {
                    last.end = *end;
                    last.records += 1;
                }
                _ => {
                    let (scope, at, end, firm) = (*scope, *at, *end, *firm);
                    runs.push(Run { frame: slot, scope, at, end, records: 1, firm, echo });
                    self.runs += 1;
                }
            }
        }
        for (trace, runs) in seen.observed.traces.iter().zip(&mut self.scratch) {
            match self.traces.entry(*trace) {
                Entry::Vacant(place) => _ = place.insert(Runs::of(runs)),
                Entry::Occupied(mut known) => known.get_mut().append(runs),
            }
        }
        self.settle_in(slot, in_ram, self.waiting - before);
    }

    /// Takes what waits of a trace.
    pub(super) fn take(&mut self, trace: TraceId) -> Vec<Run> {
        let runs = self.traces.remove(&trace).map(Runs::into_vec).unwrap_or_default();
        slacken(&mut self.traces);
        self.runs -= runs.len();
        self.waiting -= runs.iter().map(Run::bytes).sum::<u64>();
        self.move_out(&runs);
        runs
    }

    /// The signal of the frame a stretch lies in.
    pub(super) fn signal(&self, run: &Run) -> Signal {
        self.frame(run.frame).map_or(Signal::Traces, |frame| frame.signal)
    }

    /// Stretches as pieces to gather, by pipeline and then in the order in which they came.
    pub(super) fn pieces(&self, mut runs: Vec<Run>) -> Vec<Piece> {
        let place = |run: &Run| self.frame(run.frame).map(|frame| (frame.pipeline, frame.tenancy.origin));
        runs.sort_by_cached_key(|run| (place(run), run.at));
        let piece = |runs: &[Run]| {
            let frame = self.frame(runs.first()?.frame)?;
            let chosen = runs.iter().map(|run| (run.scope, (run.at, run.end))).collect();
            Some(Piece { source: frame.source(), chosen, records: runs.iter().map(|run| run.records).sum() })
        };
        runs.chunk_by(|one, other| one.frame == other.frame).filter_map(piece).collect()
    }

    /// Records have taken their course; the frame, where they were its last.
    pub(super) fn give_back(&mut self, back: Back) -> Option<(Signal, Position)> {
        let slot = self.frames.get_mut(back.frame as usize)?;
        let frame = slot.as_mut()?;
        frame.left = frame.left.saturating_sub(back.records);
        if frame.left > 0 {
            return None;
        }
        let frame = slot.take()?;
        self.held -= frame.bytes;
        self.tenancies.end(&frame.tenancy);
        self.free.push(Reverse(back.frame));
        self.close_up();
        Some((frame.signal, frame.position))
    }

    /// Gives a frame a slot.
    fn house(&mut self, frame: Frame) -> u32 {
        while let Some(Reverse(slot)) = self.free.pop() {
            if let Some(empty) = self.frames.get_mut(slot as usize).filter(|slot| slot.is_none()) {
                *empty = Some(frame);
                return slot;
            }
        }
        self.frames.push(Some(frame));
        self.frames.len() as u32 - 1
    }

    /// Gives back slots behind the last that is taken.
    fn close_up(&mut self) {
        while self.frames.pop_if(|slot| slot.is_none()).is_some() {}
        if self.free.len() > self.frames.len() * 2 + SLOTS {
            let frames = &self.frames;
            self.free.retain(|Reverse(slot)| frames.get(*slot as usize).is_some_and(Option::is_none));
            self.free.shrink_to(frames.len());
            self.frames.shrink_to(self.frames.len() * 2);
        }
    }

    /// Bytes of all frames some of whose records have not taken their course.
    pub(super) fn held(&self) -> u64 {
        self.held
    }

    /// Bytes of records whose trace is undecided.
    pub(super) fn waiting(&self) -> u64 {
        self.waiting
    }

    /// When the oldest frame came.
    pub(super) fn oldest(&self) -> Option<Timestamp> {
        self.frames.iter().flatten().map(|frame| frame.since).min()
    }

    /// Bytes of RAM it takes, but for what frames hold.
    pub(super) fn heap_bytes(&self) -> usize {
        let trace = size_of::<(TraceId, Runs)>() + 1;
        let frames = self.frames.len() * (size_of::<Frame>() + 160);
        // Vectors double as they grow: a half is spare at worst.
        frames + self.traces.capacity() * trace + self.runs * size_of::<Run>() * 3 / 2 + self.tenancies.heap_bytes()
    }

    fn frame(&self, slot: u32) -> Option<&Frame> {
        self.frames.get(slot as usize)?.as_ref()
    }
}
