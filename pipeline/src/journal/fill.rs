//! What a destination is owed that RAM does not hold: where it stands in the files, and how it is read back.
//!
//! A lane is read back in order, a few megabytes ahead of its reader. While it is behind, what is appended is only
//! counted: it will be read in its turn.

use std::cell::Cell;
use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use super::bounds::Owed;
use super::cursor::Lane;
use super::files::Files;
use super::format::{FrameHead, Table};
use super::frame::{Frame, Held, Position};
use super::outbox::{Debt, State};
use super::segments::Step;
use super::settled::Done;
use crate::ledger::Expired;
use crate::memory::Permit;
use crate::{Sealed, Signal, Timestamp};

/// Bytes that are read back at a time.
const AHEAD: u64 = 4 << 20;

/// How long a reader waits for memory before it asks again, and how often it does.
const SHORT_OF_MEMORY: (Duration, u32) = (Duration::from_millis(5), 20);

/// What of a lane is in files only.
#[derive(Debug, Default)]
pub(super) struct Cold {
    /// From where on; `None` while all that waits is in RAM.
    pub(super) from: Option<Position>,
    /// The last that was appended.
    pub(super) last: Position,
    /// Up to here what was found at the start is counted as owed.
    pub(super) counted: Position,
    /// Settled, and behind something that is not.
    pub(super) done: BTreeSet<Position>,
    /// Somebody reads.
    filling: bool,
}

impl Cold {
    /// What a destination that had settled `done` is owed of what was found up to `found`.
    pub(super) fn found(done: &Done, found: Position) -> Self {
        let (from, counted) = (Some(done.below), Position(done.below.0.saturating_sub(1)));
        Self { from, last: found, counted, done: done.above.clone(), filling: false }
    }

    /// A frame that is settled needs no counting.
    fn skip(&mut self, at: Position) {
        self.counted = self.counted.max(at);
    }

    /// Whether nobody reads it and there is something, which is then the caller's until [`Self::hand_back`].
    fn hold(&mut self) -> Option<Position> {
        let from = self.from.filter(|_| !self.filling)?;
        self.filling = true;
        Some(from)
    }
}

impl Lane {
    /// Whether more should be read back, which the caller then does.
    pub(super) fn begin_filling(&mut self) -> bool {
        let begins = self.cold.from.is_some() && !self.cold.filling && self.warm() < AHEAD / 2;
        self.cold.filling |= begins;
        begins
    }
}

impl Debt {
    /// Reads some of a lane back, for its reader. Blocks.
    pub(super) fn fill(&self, signal: Signal) {
        let mut filled = 0;
        if let Some(files) = &self.files {
            while filled < AHEAD {
                let Some(bytes) = self.fill_one(files, signal) else { break };
                filled += bytes;
            }
        }
        if filled == 0 && self.lock().behind(signal) {
            // Its reader asks again at once.
            std::thread::sleep(SHORT_OF_MEMORY.0);
        }
        let mut state = self.lock();
        state.lanes[signal as usize].cold.filling = false;
        drop(state);
        self.changed[signal as usize].notify_one();
    }

    /// Reads the next frame of a lane back; its bytes, or none where there is no other or no room for it.
    fn fill_one(&self, files: &Files, signal: Signal) -> Option<u64> {
        loop {
            let (began, last) = {
                let state = self.lock();
                let cold = &state.lanes[signal as usize].cold;
                (cold.from?, cold.last)
            };
            let mut from = began;
            let found = loop {
                match files.segments.step(from, |head, table| self.is_owed(signal, head, table)) {
                    Step::Passed { at, head } if at <= last => from = behind(at, &head),
                    Step::Frame { at, head, body } if at <= last => break Some((at, head, body)),
                    _ => break None,
                }
            };
            let Some((at, head, body)) = found else {
                let mut state = self.lock();
                let cold = &mut state.lanes[signal as usize].cold;
                if cold.from == Some(began) && cold.last == last {
                    cold.from = None;
                    self.write_off(&mut state, signal);
                    return None;
                }
                // More was appended meanwhile, or let go of.
                continue;
            };
            let permit = self.room(signal, body.len())?;
            let mut state = self.lock();
            if state.lanes[signal as usize].cold.from != Some(began) {
                // More was let go of meanwhile: what comes before this is to be read first.
                continue;
            }
            state.lanes[signal as usize].cold.from = Some(behind(at, &head));
            if state.is_done(signal, at) {
                state.lanes[signal as usize].cold.skip(at);
                continue;
            }
            self.count(&mut state, at, &head, files.found);
            let held = Arc::new(Held::new(permit, self.held.clone()));
            let sealed = Sealed::new(signal, body, head.records);
            let frame = Frame { position: at, appended: head.appended, sealed, _held: held };
            state.lanes[signal as usize].push(Arc::new(frame));
            return Some(u64::from(head.length));
        }
    }

    /// Gives up the oldest of what is in files only, in a lane that has nothing in RAM, or finds that there is nothing;
    /// `false` where no lane is behind.
    pub(super) fn expire_cold(&self, files: &Files, bound: Expired, now: Timestamp) -> bool {
        let mut state = self.lock();
        let bare = Signal::ALL.into_iter().filter(|signal| state.lanes[*signal as usize].warm() == 0);
        let oldest = bare.filter_map(|signal| Some((state.lanes[signal as usize].cold.from?, signal))).min();
        let Some((_, signal)) = oldest else { return false };
        let cold = &mut state.lanes[signal as usize].cold;
        let (Some(began), last) = (cold.hold(), cold.last) else { return false };
        let mut from = began;
        drop(state);
        let owed = Cell::new(false);
        let look = |head: &FrameHead, table: &Table| {
            owed.set(self.is_owed(signal, head, table));
            false
        };
        let found = loop {
            match files.segments.step(from, look) {
                Step::Passed { at, head } if at <= last && owed.get() => break Some((at, head)),
                Step::Passed { at, head } if at <= last => from = behind(at, &head),
                _ => break None,
            }
        };
        let mut state = self.lock();
        let moved = state.lanes[signal as usize].cold.from != Some(began);
        if let Some((at, head)) = found.filter(|_| !moved) {
            state.lanes[signal as usize].cold.from = Some(behind(at, &head));
            if !state.is_done(signal, at) {
                self.count(&mut state, at, &head, files.found);
                self.give_up(&mut state, signal, u64::from(head.records), u64::from(head.length), bound, now);
                state.settle(signal, at);
            }
        }
        let cold = &mut state.lanes[signal as usize].cold;
        cold.filling = false;
        if found.is_none() && !moved && cold.last == last {
            cold.from = None;
            self.write_off(&mut state, signal);
        }
        drop(state);
        // Its reader may have begun to wait meanwhile, and found that somebody reads.
        self.changed[signal as usize].notify_one();
        true
    }

    /// Memory for a frame; none where the reader has others to go on with, or where there was none for a while: the
    /// reader then asks again.
    fn room(&self, signal: Signal, bytes: usize) -> Option<Permit> {
        for _ in 0..SHORT_OF_MEMORY.1 {
            if let Some(permit) = self.memory.permit(bytes) {
                return Some(permit);
            }
            if !self.lock().lanes[signal as usize].is_bare() {
                return None;
            }
            std::thread::sleep(SHORT_OF_MEMORY.0);
        }
        None
    }

    /// Counts as lost what is owed of a lane that has been read back whole, and did not come: it was damaged meanwhile.
    fn write_off(&self, state: &mut State, signal: Signal) {
        let lane = &mut state.lanes[signal as usize];
        let Owed { requests, records, bytes } = lane.elsewhere();
        if requests == 0 {
            return;
        }
        lane.owed.requests -= requests;
        lane.owed.records -= records;
        lane.owed.bytes -= bytes;
        let series = self.series(signal);
        series.expired(Expired::Damaged).inc_by(records);
        series.release(records, bytes);
        self.refresh(state);
        tracing::error!(exporter = self.destination.name, %signal, records, "damaged in the journal: lost");
    }

    /// Counts a frame as owed that was found at the start, unless it is counted already. `found`: where those end.
    pub(super) fn count(&self, state: &mut State, at: Position, head: &FrameHead, found: Position) {
        let lane = &mut state.lanes[head.signal as usize];
        if at > found || at <= lane.cold.counted {
            return;
        }
        lane.cold.counted = at;
        let (records, bytes) = (u64::from(head.records), u64::from(head.length));
        lane.owed.add(records, bytes);
        let series = self.series(head.signal);
        series.recovered.inc_by(records);
        series.owe(records, bytes);
        self.refresh(state);
    }
}

impl State {
    /// Whether a frame is settled already, or being sent: it is not to be read again.
    pub(super) fn is_done(&self, signal: Signal, at: Position) -> bool {
        let lane = &self.lanes[signal as usize];
        lane.cold.done.contains(&at) || lane.is_flying(at)
    }
}

/// Where the next frame begins.
pub(crate) fn behind(at: Position, head: &FrameHead) -> Position {
    Position(at.0 + head.size())
}
