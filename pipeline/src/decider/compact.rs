//! Compaction: what still waits of requests of which most is decided is copied, and the room of the rest comes back: in RAM
//! that of the request, in files that of the oldest segments, for a journal is given back from its beginning.
//!
//! The decider says of what, seldom and in pieces; the releaser copies, for it reads files. No decision waits for a copy:
//! until it is there its records leave from where they were. Copying is paid for by what comes in, the more the fuller it is.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use crossbeam_channel::bounded;

use super::places::{Move, Moved, Placed, Run};
use super::{Decider, RELEASE, Release, Releaser};
use crate::batch::layout::Layout;
use crate::journal::Position;
use crate::journal::commit::{Commit, Part, Then};
use crate::journal::copies::{Copying, Original, request, sign};
use crate::journal::segments::Step;
use crate::{Sealed, Timestamp};

/// Bytes that are copied at a time, more or less.
const BATCH: u64 = RELEASE;

/// Most bytes that may come in before they are used for copying.
const SAVED: u64 = 64 << 20;

/// How often it looks about in files.
const EVERY: Duration = Duration::from_millis(100);

/// A disk that took no copy is left alone for so long.
const PAUSE: Duration = Duration::from_secs(1);

/// So few segments are not worth copying for while there is room.
const FEW: usize = 4;

/// Segments are copied where less of them waits than this, as numerator and denominator. Of requests in RAM: a half.
const LIVE: (u64, u64) = (3, 4);

/// When to copy.
#[derive(Debug)]
pub(super) struct Compaction {
    /// Bytes that came in and were not used for copying.
    saved: u64,
    /// Copies are being made.
    moving: bool,
    /// It does not look again before.
    next: Timestamp,
}

impl Default for Compaction {
    fn default() -> Self {
        Self { saved: BATCH * 4, moving: false, next: Timestamp(0) }
    }
}

impl Compaction {
    /// Bytes came in.
    pub(super) fn earn(&mut self, bytes: u64) {
        self.saved = (self.saved + bytes).min(SAVED);
    }

    /// Whether a batch may be copied at a price of `price` bytes for each.
    fn may(&self, price: u64) -> bool {
        self.saved >= BATCH * price
    }

    fn spend(&mut self, bytes: u64, price: u64) {
        self.saved = self.saved.saturating_sub(bytes * price);
    }
}

/// Bytes that have to come in for each that is copied, where `used` of `budget` is: at four fifths of it none, for a copy makes
/// more room than it takes.
fn price(used: u64, budget: u64) -> u64 {
    match used * 5 / budget.max(1) {
        0..2 => 4,
        2..4 => 1,
        _ => 0,
    }
}

impl Decider {
    /// Has some of what waits copied, where that pays.
    pub(super) fn compact(&mut self, now: Timestamp) {
        if self.compaction.moving || self.stopping {
            return;
        }
        let in_ram = self.in_ram();
        if !in_ram.is_empty() {
            return self.copy(in_ram, false);
        }
        if now >= self.compaction.next {
            self.compaction.next = Timestamp(now.0 + EVERY.as_nanos() as u64);
            if let Some((moves, frees)) = self.in_files() {
                self.copy(moves, frees);
            }
        }
    }

    /// What is to be copied in RAM: nothing while there is plenty.
    fn in_ram(&mut self) -> Vec<Move> {
        let (used, budget) = (self.places.held(), self.budget.bytes);
        let price = price(used, budget);
        if used < budget / 4 || !self.compaction.may(price) {
            return Vec::new();
        }
        let moves = self.places.ripe(BATCH);
        self.compaction.spend(moves.iter().map(Move::bytes).sum(), price);
        self.compaction.moving = !moves.is_empty();
        moves
    }

    /// What is to be copied in files, and whether the oldest segment is then needed no more.
    fn in_files(&mut self) -> Option<(Vec<Move>, bool)> {
        let files = self.room.files()?.clone();
        let (first, needed) = (self.places.first_segment()?, files.needed());
        // What a destination is owed behind the first keeps what follows, whatever is copied.
        let (count, bytes) = files.segments.among(first..needed.max(first));
        let price = price(files.segments.held(), self.budget.bytes);
        let worth = count >= FEW || count > 0 && price == 0;
        if !worth || self.places.waiting() / LIVE.0 * LIVE.1 > bytes || !self.compaction.may(price) {
            return None;
        }
        let (moves, all) = self.places.in_segment(first, BATCH);
        self.compaction.spend(moves.iter().map(Move::bytes).sum(), price);
        self.compaction.moving = !moves.is_empty();
        Some((moves, all))
    }

    /// Has all copied that can be, whether or not it pays.
    #[cfg(test)]
    pub(crate) fn compact_all(&mut self) {
        let first = if self.compaction.moving { None } else { self.places.first_segment() };
        if let Some(first) = first {
            let (moves, frees) = self.places.in_segment(first, u64::MAX);
            self.compaction.moving = !moves.is_empty();
            self.copy(moves, frees);
        }
    }

    fn copy(&mut self, moves: Vec<Move>, frees: bool) {
        if !moves.is_empty() {
            self.hand_on(Release { moves, frees, ..Release::default() });
        }
    }

    /// Copies are there; none where they could not be.
    pub(super) fn moved(&mut self, moved: Vec<Moved>, now: Timestamp) {
        // What was decided since the last flush is known by where it stood before.
        self.flush();
        self.outstanding -= 1;
        self.compaction.moving = false;
        self.compaction.next = if moved.is_empty() { Timestamp(now.0 + PAUSE.as_nanos() as u64) } else { now };
        for moved in moved {
            let bytes = moved.body.len() as u64;
            match self.places.moved(moved, &self.room) {
                Placed::Instead(replaced) => {
                    self.series.compacted.inc();
                    self.series.compacted_bytes.inc_by(bytes);
                    self.next.replaced.extend(replaced);
                }
                Placed::InVain(signal, at) => self.room.settle([(signal, at)]),
                Placed::Not => {}
            }
        }
        // Behind all that was to be read where these were.
        self.flush();
    }
}

impl Releaser {
    /// Copies what still waits of frames, and has those in custody that were in files.
    pub(super) fn compact(&self, moves: Vec<Move>, frees: bool, now: Timestamp) -> Vec<Moved> {
        let mut moved: Vec<Moved> = moves.into_iter().map(|of| self.copied(of)).collect();
        let Some((parts, of)) = parts(&moved) else { return moved };
        let (tell, told) = bounded(1);
        let told_to = Box::new(move |places| drop(tell.send(places)));
        let copying = Copying { sampler: self.sampler, of, frees, told: told_to };
        // More than the limit for a moment: what they are of is given back for it.
        let permit = self.memory.force(parts.iter().map(|part| part.sealed.body().len()).sum());
        self.custody.take(Commit { parts, permit, now, counts: Vec::new(), then: Then::Copy(copying) });
        if place(&mut moved, told.recv().unwrap_or_default()) { moved } else { Vec::new() }
    }

    /// A copy; without a place, where what it is of cannot be read.
    pub(crate) fn copied(&self, mut of: Move) -> Moved {
        let in_ram = of.piece.source.body.is_some();
        let mut body = Vec::new();
        let read = self.fetch(&mut of) && self.gather(&of.piece, &mut body);
        // An allocation that shrinks stays where it is while half of it is used: a copy has just its size.
        let body = Bytes::copy_from_slice(&body);
        // Many requests are read for few records.
        of.piece.source.body = None;
        let layout = Layout::of(&body);
        let whole = read && layout.records.len() == of.piece.records as usize;
        let mut records = layout.records.iter();
        let mut run = |old: &Run| {
            let mut records = records.by_ref().take(old.records() as usize);
            let ((at, end), scope) = *records.next()?;
            let end = records.last().map_or(end, |((_, end), _)| *end);
            Some(old.to(scope, (at, end)))
        };
        let runs = if whole { of.runs.iter().filter_map(|(_, old)| run(old)).collect() } else { Vec::new() };
        let permit = in_ram.then(|| self.memory.force(body.len()));
        // What is in RAM stands where it stood; what is in files will be told where.
        let position = whole.then_some(of.piece.source.position);
        Moved { of, position, body, permit, envelopes: Arc::new(layout.envelopes), runs }
    }

    /// Has the request at hand. What is in files is read whole and checked: a copy must not make damage sound.
    fn fetch(&self, of: &mut Move) -> bool {
        let source = &mut of.piece.source;
        if source.body.is_some() {
            return true;
        }
        let step = self.files.as_ref().map(|files| files.segments.step(source.position, |_, _| true));
        let Some(Step::Frame { at, head, body }) = step else { return false };
        source.body = Some(request(head.kind, at, body).0);
        at == source.position
    }
}

/// What of copies is to be in custody, and what each is of; none where all is in RAM.
pub(crate) fn parts(moved: &[Moved]) -> Option<(Vec<Part>, Vec<Original>)> {
    let files = moved.iter().filter(|moved| moved.is_owed());
    let part = |moved: &Moved| {
        let source = &moved.of.piece.source;
        let sealed = Sealed::new(source.signal, sign(&moved.body, moved.of.origin), moved.of.piece.records);
        (Part { pipeline: source.pipeline, sealed, seen: None }, moved.of.original)
    };
    let (parts, of): (Vec<_>, Vec<_>) = files.map(part).unzip();
    (!parts.is_empty()).then_some((parts, of))
}

/// Notes where copies stand; `false` where they are in nobody's custody.
pub(crate) fn place(moved: &mut [Moved], places: Vec<Position>) -> bool {
    let owed = moved.iter_mut().filter(|moved| moved.is_owed());
    let mut left = places.into_iter();
    owed.into_iter().all(|moved| {
        moved.position = left.next();
        moved.position.is_some()
    })
}

impl Moved {
    /// Whether it is to be in custody.
    fn is_owed(&self) -> bool {
        self.position.is_some() && self.permit.is_none()
    }
}

#[cfg(test)]
mod tests;
