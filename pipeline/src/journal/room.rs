//! The waiting room: frames whose traces are undecided, as the journal knows them. What waits must not be given back yet;
//! what is decided is settled, as if its sampler were a destination.

use std::collections::{BTreeSet, VecDeque};
use std::sync::atomic::AtomicUsize;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

use crossbeam_channel::Sender;

use super::decisions::{Entry, Found, entries};
use super::files::Files;
use super::format::{FrameHead, Table};
use super::frame::{Held, Position};
use super::settled::Done;
use crate::decider::{Order, Seen};
use crate::memory::Permit;
use crate::sampling::{Legend, TraceId};
use crate::{Sealed, Signal, Timestamp};

/// Most bytes of decisions that are remembered for who asks why: a hundred thousand or so. Files, if there are any, have more.
const REMEMBERED: usize = 16 << 20;

/// What the name of a room begins with where exporters have theirs: in tables of segments and names of cursor files.
const SAMPLER: &str = "sampler:";

/// The name under which the waiting room of `sampler` is owed frames.
pub fn waiting_room(sampler: &str) -> String {
    format!("{SAMPLER}{sampler}")
}

/// The sampler whose waiting room has this name among those who are owed frames; none for an exporter.
pub fn sampler_of(owed: &str) -> Option<&str> {
    owed.strip_prefix(SAMPLER)
}

/// A request that waits, on its way to who decides.
#[derive(Debug)]
pub(crate) struct Waiting {
    pub(crate) position: Position,
    pub(crate) pipeline: usize,
    pub(crate) sealed: Sealed,
    pub(crate) held: Arc<Held>,
    pub(crate) seen: Seen,
    pub(crate) now: Timestamp,
}

/// The waiting room of one sampler.
#[derive(Debug)]
pub(crate) struct Room {
    /// The sampler's id.
    pub(crate) sampler: String,
    /// Names for its votes.
    pub(crate) legend: Legend,
    orders: Sender<Order>,
    state: Mutex<State>,
    files: OnceLock<Arc<Files>>,
    /// Bytes of memory that frames hold in it.
    pub(super) held: Arc<AtomicUsize>,
    /// Bytes of decisions that it remembers.
    remembers: usize,
}

#[derive(Debug, Default)]
struct State {
    /// By signal, the frames that are not given back.
    waiting: [BTreeSet<Position>; 3],
    /// What was found at the start is to be folded again from here on.
    found: Option<Position>,
    /// What an earlier life had settled of what was found.
    done: [Done; 3],
    settled: Vec<(Signal, Position)>,
    /// What was decided last, oldest first.
    decided: VecDeque<Arc<Remembered>>,
    decided_bytes: usize,
}

/// Decisions that were committed together, and what they released.
#[derive(Debug)]
struct Remembered {
    /// Encoded.
    entries: Box<[u8]>,
    released: Vec<Placed>,
}

/// A request in the outbox: of which pipeline, and where.
pub(crate) type Placed = (Signal, usize, Position);

impl Remembered {
    fn bytes(&self) -> usize {
        self.entries.len() + self.released.len() * size_of::<Placed>()
    }
}

impl Room {
    /// A room of which decisions are remembered in a sixteenth of a memory limit of `memory` bytes.
    pub(crate) fn new(sampler: String, legend: Legend, orders: Sender<Order>, memory: usize) -> Arc<Self> {
        let (state, files, held) = Default::default();
        Arc::new(Self { sampler, legend, orders, state, files, held, remembers: REMEMBERED.min(memory / 16) })
    }

    /// The name under which it stands among those who are owed frames.
    pub(super) fn name(&self) -> String {
        waiting_room(&self.sampler)
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Where its frames are besides RAM.
    pub(crate) fn files(&self) -> Option<&Arc<Files>> {
        self.files.get()
    }

    /// Puts it on files, of which an earlier life had settled `done`.
    pub(super) fn attach(&self, files: Arc<Files>, done: &[Done; 3]) {
        let mut state = self.lock();
        let low = done.iter().map(|done| done.below).min().unwrap_or_default();
        state.found = Some(low).filter(|low| *low <= files.found);
        state.done = done.clone();
        drop(state);
        let _set_once = self.files.set(files);
    }

    /// Where what was found at the start is to be folded again from; none where there is nothing.
    pub(crate) fn found(&self) -> Option<Position> {
        self.lock().found
    }

    /// Moves on with what was found: a frame at `from` is folded, or, at the end, all of it.
    pub(crate) fn refolded(&self, from: Option<Position>) {
        let mut state = self.lock();
        state.found = from;
        if from.is_none() {
            state.done = Default::default();
        }
        drop(state);
        self.wake();
    }

    /// Whether a frame of a segment's `table` waits in it.
    pub(crate) fn feeds(&self, head: &FrameHead, table: &Table) -> bool {
        table.feeds(head, &self.name())
    }

    /// Whether an earlier life had given a frame back.
    pub(crate) fn is_done(&self, signal: Signal, at: Position) -> bool {
        let state = self.lock();
        let done = &state.done[signal as usize];
        at < done.below || done.above.contains(&at)
    }

    /// Notes a frame that waits. One that no file has keeps nothing there.
    pub(crate) fn note(&self, signal: Signal, at: Position) {
        if self.has_in_files(at) {
            self.lock().waiting[signal as usize].insert(at);
        }
    }

    /// Holds memory for what waits in it.
    pub(crate) fn hold(&self, permit: Permit) -> Arc<Held> {
        Arc::new(Held::new(permit, self.held.clone()))
    }

    /// Whether the frame at `at` can be read back.
    pub(crate) fn has_in_files(&self, at: Position) -> bool {
        self.files.get().is_some() && at.is_in_files()
    }

    /// Takes a request in, for who decides.
    pub(super) fn take(&self, waiting: Waiting) {
        self.note(waiting.sealed.signal(), waiting.position);
        // Who decides ends last; its records stay in the journal otherwise.
        let _ended = self.orders.send(Order::Request(Box::new(waiting)));
    }

    /// Gives frames back: all of their records have taken their course.
    pub(crate) fn settle(&self, frames: impl IntoIterator<Item = (Signal, Position)>) {
        let mut state = self.lock();
        for (signal, at) in frames.into_iter().filter(|(_, at)| self.has_in_files(*at)) {
            state.waiting[signal as usize].remove(&at);
            state.settled.push((signal, at));
        }
        drop(state);
        self.wake();
    }

    fn wake(&self) {
        if let Some(files) = self.files.get() {
            files.wake();
        }
    }

    /// What was settled since it was asked last, and by signal the first place that is not; `end` where everything is.
    pub(super) fn settled(&self, end: Position) -> (Vec<(Signal, Position)>, [Position; 3]) {
        let mut state = self.lock();
        let settled = std::mem::take(&mut state.settled);
        let found = state.found;
        let low = |waiting: &BTreeSet<Position>| {
            let first = [waiting.first().copied(), found];
            first.into_iter().flatten().min().unwrap_or(end)
        };
        let lows = std::array::from_fn(|signal| low(&state.waiting[signal]));
        (settled, lows)
    }

    /// Takes back what could not be written down.
    pub(super) fn unsettle(&self, settled: Vec<(Signal, Position)>) {
        self.lock().settled.extend(settled);
    }

    /// Remembers decisions, and where what they released stands.
    pub(super) fn remember(&self, entries: &[u8], released: Vec<Placed>) {
        if entries.is_empty() {
            return;
        }
        let mut state = self.lock();
        let remembered = Remembered { entries: entries.into(), released };
        state.decided_bytes += remembered.bytes();
        state.decided.push_back(Arc::new(remembered));
        while state.decided_bytes > self.remembers
            && let Some(oldest) = state.decided.pop_front()
        {
            state.decided_bytes -= oldest.bytes();
        }
    }

    /// Bytes that what is remembered for who asks why takes.
    pub(crate) fn heap_bytes(&self) -> usize {
        self.lock().decided_bytes
    }

    /// The last decision about `trace`, and where what it released stands; none where it is not remembered.
    pub(super) fn find(&self, trace: TraceId) -> Option<(Found, Vec<Placed>)> {
        let chunks: Vec<Arc<Remembered>> = self.lock().decided.iter().rev().cloned().collect();
        let last = |chunk: &Arc<Remembered>| {
            let entry = entries(&chunk.entries).filter(|entry| entry.tells_of(trace)).last()?;
            Some((entry, chunk.released.clone()))
        };
        let (Entry { decision, .. }, released) = chunks.iter().find_map(last)?;
        let released = if decision.kept() { released } else { Vec::new() };
        let (sampler, legend) = (self.sampler.clone(), self.legend.clone());
        Some((Found { decision, sampler, legend, deliveries: Vec::new() }, released))
    }
}

#[cfg(test)]
mod tests;
