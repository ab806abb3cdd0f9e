//! What compaction has to know of frames that wait: how much of each is still undecided, and of which traces; and what it
//! changes when a copy takes the place of one.
//!
//! A copy has the slot of what it is a copy of, so that records on their way out give back the same slot, and its origin, so
//! that the order of a trace's records stays.

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;

use bytes::Bytes;

use super::{Frame, Piece, Places, Run, Runs, Source};
use crate::Signal;
use crate::batch::layout::Envelopes;
use crate::journal::Position;
use crate::journal::copies::Original;
use crate::journal::room::Room;
use crate::memory::Permit;
use crate::sampling::TraceId;

/// Bytes of a segment that may be read for each that is copied before that counts, too: whatever is to leave waits meanwhile.
const READ: u64 = 8;

/// Fewer slots than this are not looked through for those that are there no more.
const LEAST: usize = 64;

/// What compaction has to know of one frame.
#[derive(Debug)]
pub(super) struct Tenancy {
    /// Where the request stood first.
    pub(super) origin: Position,
    /// Later frames have greater ones: the stretches of a trace are in the order of these.
    serial: u64,
    /// Whose records it has, or had.
    traces: Box<[TraceId]>,
    /// Bytes of records, when it came or was copied, and of those that are undecided.
    size: u64,
    live: u64,
    /// It is among [`Tenancies::ripe`].
    ripe: bool,
    /// It could not be read, and is not tried again.
    stuck: bool,
}

/// What compaction has to know of all frames.
#[derive(Debug, Default)]
pub(super) struct Tenancies {
    serial: u64,
    /// Entries of all `Tenancy::traces`.
    traces: usize,
    /// Frames in RAM of which more than half is decided, the longest so first; some of them are there no more.
    ripe: VecDeque<u32>,
    /// By segment, the frames in it; some of them are there no more.
    segments: BTreeMap<u32, Vec<u32>>,
}

/// What still waits of a frame, to be copied.
#[derive(Debug)]
pub(crate) struct Move {
    pub(in crate::decider) slot: u32,
    pub(in crate::decider) piece: Piece,
    pub(in crate::decider) origin: Position,
    pub(in crate::decider) original: Original,
    /// Each stretch of [`Piece::chosen`], and whose it is.
    pub(in crate::decider) runs: Vec<(TraceId, Run)>,
}

/// A copy of a frame.
#[derive(Debug)]
pub(crate) struct Moved {
    pub(in crate::decider) of: Move,
    /// Where it stands; none: it could not be made, for what it should be of cannot be read.
    pub(in crate::decider) position: Option<Position>,
    /// The request.
    pub(in crate::decider) body: Bytes,
    /// What it holds of the memory limit, where it is in RAM.
    pub(in crate::decider) permit: Option<Permit>,
    pub(in crate::decider) envelopes: Arc<Envelopes>,
    /// Where each stretch lies in it.
    pub(in crate::decider) runs: Vec<Run>,
}

/// What became of a copy.
#[derive(Debug, PartialEq, Eq)]
pub(in crate::decider) enum Placed {
    /// It stands for a frame, which was in files there.
    Instead(Option<(Signal, Position)>),
    /// All of it was decided meanwhile: nobody needs it.
    InVain(Signal, Position),
    /// There is none.
    Not,
}

impl Tenancies {
    /// That of a new frame of these traces.
    pub(super) fn of(&mut self, origin: Position, traces: &[TraceId]) -> Tenancy {
        self.serial += 1;
        self.traces += traces.len();
        Tenancy { origin, serial: self.serial, traces: traces.into(), size: 0, live: 0, ripe: false, stuck: false }
    }

    pub(super) fn end(&mut self, tenancy: &Tenancy) {
        self.traces -= tenancy.traces.len();
    }

    /// Bytes of RAM it takes.
    pub(super) fn heap_bytes(&self) -> usize {
        let slots: usize = self.segments.values().map(Vec::capacity).sum();
        self.traces * size_of::<TraceId>() + (slots + self.ripe.capacity()) * size_of::<u32>()
    }
}

impl Move {
    /// Bytes that it copies.
    pub(in crate::decider) fn bytes(&self) -> u64 {
        self.piece.bytes()
    }
}

impl Places {
    /// A frame has come, with `size` bytes of records.
    pub(super) fn settle_in(&mut self, slot: u32, in_ram: bool, size: u64) {
        let Some(frame) = self.frames.get_mut(slot as usize).and_then(Option::as_mut) else { return };
        (frame.tenancy.size, frame.tenancy.live) = (size, size);
        if !in_ram {
            self.tenancies.segments.entry(frame.position.segment()).or_default().push(slot);
        }
    }

    /// These have been decided.
    pub(super) fn move_out(&mut self, runs: &[Run]) {
        for run in runs {
            let Some(frame) = self.frames.get_mut(run.frame as usize).and_then(Option::as_mut) else { continue };
            let tenancy = &mut frame.tenancy;
            tenancy.live -= run.bytes();
            if !tenancy.ripe && tenancy.live * 2 < tenancy.size && frame.body.is_some() {
                tenancy.ripe = true;
                self.tenancies.ripe.push_back(run.frame);
            }
        }
        if self.tenancies.ripe.len() > self.frames.len().max(LEAST) * 2 {
            self.sort_out();
        }
    }

    /// Forgets which frames were ripe and are there no more, or are named twice.
    fn sort_out(&mut self) {
        let Self { frames, tenancies: Tenancies { ripe, .. }, .. } = self;
        ripe.retain(|slot| {
            let frame = frames.get_mut(*slot as usize).and_then(Option::as_mut);
            frame.is_some_and(|frame| std::mem::take(&mut frame.tenancy.ripe))
        });
        for slot in ripe {
            if let Some(frame) = frames.get_mut(*slot as usize).and_then(Option::as_mut) {
                frame.tenancy.ripe = true;
            }
        }
    }

    /// What waits in frames in RAM most of which is decided, `most` bytes of it or what a frame has more.
    pub(in crate::decider) fn ripe(&mut self, most: u64) -> Vec<Move> {
        let (mut moves, mut bytes) = (Vec::new(), 0);
        while bytes < most
            && let Some(slot) = self.tenancies.ripe.pop_front()
        {
            let frame = self.frames.get_mut(slot as usize).and_then(Option::as_mut);
            let ripe = frame.is_some_and(|frame| std::mem::take(&mut frame.tenancy.ripe));
            if let Some(found) = ripe.then(|| self.undecided(slot)).flatten() {
                bytes += found.bytes();
                moves.push(found);
            }
        }
        moves
    }

    /// The first segment in which a frame waits.
    pub(in crate::decider) fn first_segment(&mut self) -> Option<u32> {
        while let Some(mut first) = self.tenancies.segments.first_entry() {
            let number = *first.key();
            while let Some(last) = first.get().last() {
                if stands(&self.frames, *last, number) {
                    return Some(number);
                }
                first.get_mut().pop();
            }
            first.remove();
        }
        None
    }

    /// What waits in a segment, `most` bytes of it or what a frame has more; and whether that is all.
    pub(in crate::decider) fn in_segment(&mut self, number: u32, most: u64) -> (Vec<Move>, bool) {
        if let Some(slots) = self.tenancies.segments.get_mut(&number) {
            // A slot that was given up and taken again in one segment is there twice; a frame is copied once.
            slots.sort_unstable();
            slots.dedup();
            slots.retain(|slot| stands(&self.frames, *slot, number));
        }
        let (mut moves, mut bytes, mut all) = (Vec::new(), 0, true);
        for slot in self.tenancies.segments.get(&number).into_iter().flatten() {
            if bytes >= most {
                return (moves, false);
            }
            // A copy makes the frame void, so it has to have all of it that may have to be read again after a crash:
            // what has left, and is not in custody yet, can only be read there.
            let whole = |found: &Move| self.frame(*slot).is_some_and(|frame| frame.left == found.piece.records);
            match self.undecided(*slot).filter(whole) {
                Some(found) => {
                    // All of it is read.
                    bytes += found.bytes().max(self.frame(*slot).map_or(0, |frame| frame.bytes / READ));
                    moves.push(found);
                }
                None => all = false,
            }
        }
        (moves, all)
    }

    /// What is undecided of a frame; none where that is nothing.
    fn undecided(&self, slot: u32) -> Option<Move> {
        let frame = self.frame(slot).filter(|frame| !frame.tenancy.stuck)?;
        let of = |trace: &TraceId| {
            let runs = self.traces.get(trace).map_or(&[] as &[Run], Runs::as_slice);
            let here = &runs[self.stretches(runs, frame.tenancy.serial)];
            here.iter().map(|run| (*trace, *run)).collect::<Vec<_>>()
        };
        let mut runs: Vec<(TraceId, Run)> = frame.tenancy.traces.iter().flat_map(of).collect();
        runs.sort_unstable_by_key(|(_, run)| run.at);
        if runs.is_empty() {
            return None;
        }
        let chosen = runs.iter().map(|(_, run)| (run.scope, (run.at, run.end))).collect();
        let records = runs.iter().map(|(_, run)| run.records).sum();
        let piece = Piece { source: frame.source(), chosen, records };
        let original = Original { since: frame.since, echo: frame.echo };
        Some(Move { slot, piece, origin: frame.tenancy.origin, original, runs })
    }

    /// Which of a trace's stretches are in the frame of this serial.
    fn stretches(&self, runs: &[Run], serial: u64) -> std::ops::Range<usize> {
        let of = |run: &Run| self.frame(run.frame).map_or(0, |frame| frame.tenancy.serial);
        let from = runs.partition_point(|run| of(run) < serial);
        from..from + runs[from..].iter().take_while(|run| of(run) == serial).count()
    }

    /// Puts a copy where what it is of was.
    pub(in crate::decider) fn moved(&mut self, moved: Moved, room: &Room) -> Placed {
        let Moved { of, position, body, permit, envelopes, runs } = moved;
        let Source { position: from, signal, .. } = of.piece.source;
        let there = self.frames.get_mut(of.slot as usize).and_then(Option::as_mut);
        // The slot may be another's by now, and no position is used twice.
        let there = there.filter(|frame| frame.position == from && frame.tenancy.origin == of.origin);
        let (frame, position) = match (there, position) {
            (Some(frame), Some(position)) => (frame, position),
            (Some(frame), None) => {
                frame.tenancy.stuck = true;
                return Placed::Not;
            }
            (None, Some(position)) => return Placed::InVain(signal, position),
            (None, None) => return Placed::Not,
        };
        self.held = self.held - frame.bytes + body.len() as u64;
        let in_files = frame.body.is_none();
        frame.bytes = body.len() as u64;
        frame.body = permit.map(|permit| (body, room.hold(permit)));
        (frame.position, frame.envelopes) = (position, envelopes);
        frame.tenancy.size = runs.iter().map(Run::bytes).sum();
        let serial = frame.tenancy.serial;
        // All are looked for before any is changed: one may come to lie where another lay.
        let place = |(trace, old): &(TraceId, Run)| {
            let all = self.traces.get(trace).map_or(&[] as &[Run], Runs::as_slice);
            // It may have been decided meanwhile.
            self.stretches(all, serial).find(|at| all[*at].at == old.at)
        };
        let found: Vec<Option<usize>> = of.runs.iter().map(place).collect();
        let mut live = 0;
        for (((trace, _), at), new) in of.runs.iter().zip(found).zip(runs) {
            let runs = self.traces.get_mut(trace).map_or(&mut [] as &mut [Run], Runs::as_mut_slice);
            if let Some(run) = at.and_then(|at| runs.get_mut(at)) {
                live += new.bytes();
                *run = new;
            }
        }
        if let Some(frame) = self.frames.get_mut(of.slot as usize).and_then(Option::as_mut) {
            frame.tenancy.live = live;
        }
        if in_files {
            self.tenancies.segments.entry(position.segment()).or_default().push(of.slot);
        }
        Placed::Instead(in_files.then_some((signal, from)))
    }
}

/// Whether a slot is of a frame in this segment.
fn stands(frames: &[Option<Frame>], slot: u32, segment: u32) -> bool {
    let frame = frames.get(slot as usize).and_then(Option::as_ref);
    frame.is_some_and(|frame| frame.body.is_none() && frame.position.segment() == segment)
}

impl Frame {
    pub(super) fn source(&self) -> Source {
        Source {
            position: self.position,
            signal: self.signal,
            pipeline: self.pipeline,
            body: self.body.as_ref().map(|(body, _)| body.clone()),
            envelopes: self.envelopes.clone(),
        }
    }
}

impl Runs {
    fn as_slice(&self) -> &[Run] {
        match self {
            Self::One(one) => std::slice::from_ref(one),
            Self::Many(all) => all,
        }
    }

    fn as_mut_slice(&mut self) -> &mut [Run] {
        match self {
            Self::One(one) => std::slice::from_mut(one),
            Self::Many(all) => all,
        }
    }
}

#[cfg(test)]
mod tests;
