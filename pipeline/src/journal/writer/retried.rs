//! What a destination is sent again and again while it takes everything behind: one request that it refuses for hours would keep
//! all segments since on the disk.
//!
//! Once the journal is too far ahead of it, it is written again at the tail of the journal, owed to that destination alone, and
//! its old place is settled. The copy is committed first: a crash in between has it delivered twice at most, while it
//! was being sent. It goes on being tried, its age counts from when it was first taken, and the ledger has it once. What is
//! put back later waits behind what came meanwhile. Without files nothing is held up: a frame in RAM pins itself alone.

use std::io;
use std::sync::{Arc, Weak};

use super::{Debt, GROUP, Storage, Writer};
use crate::journal::copies::Leave;
use crate::journal::cursor::Lane;
use crate::journal::format::{FrameHead, Framed};
use crate::journal::frame::{Frame, Position};
use crate::{Signal, Timestamp};

/// How far the journal may be ahead of what is still being sent, with nothing in between that the destination waits for.
#[derive(Clone, Copy, Debug)]
pub(super) struct Ahead {
    /// Bytes of the journal.
    bytes: u64,
    /// Settled frames, each of which is remembered, in RAM and in the cursor file.
    frames: usize,
}

/// So many entries are a quarter of a cursor file that is not yet long.
const FRAMES: usize = 16_384;

impl Ahead {
    #[cfg(test)]
    pub(super) const NOTHING: Self = Self { bytes: 0, frames: 0 };
}

impl Storage {
    /// An eighth of the journal: what is tried again keeps no more than that.
    pub(super) fn ahead(&self) -> Ahead {
        Ahead { bytes: self.max_size / 8, frames: FRAMES }
    }
}

impl Lane {
    /// Where a frame stands that was taken from `position`.
    pub(in crate::journal) fn stands(&self, position: Position) -> Position {
        self.moved.get(&position).copied().unwrap_or(position)
    }

    /// Notes that a frame is being sent no more that was taken from `position`; where it stands.
    pub(in crate::journal) fn land(&mut self, position: Position) -> Position {
        let at = self.moved.remove(&position).unwrap_or(position);
        self.flying.remove(&at);
        at
    }

    /// What is being sent and left behind: more than `most` of the journal, which ends at `tail`, is between it and what waits
    /// next for this destination, by what `distance` says of two places.
    fn left_behind(
        &self,
        most: Ahead,
        tail: Position,
        distance: impl Fn(Position, Position) -> u64,
    ) -> Vec<(Position, Arc<Frame>)> {
        let (flying, settled, waits) = (self.flying.range(Position::FILES..), &self.cold.done, self.waits());
        if settled.is_empty() && waits.is_some() {
            // It takes nothing at all: what waits would keep the segments all the same.
            return Vec::new();
        }
        let next = waits.unwrap_or(tail);
        let first = flying.clone().next().map_or(next, |(at, _)| *at);
        let many = settled.len() > most.frames;
        if !many && distance(first, next) <= most.bytes {
            return Vec::new();
        }
        // What was sent last may be answered any moment: half of it at once, so that there is a while until the next time.
        let middle = settled.iter().nth(settled.len() / 2).copied().filter(|_| many).unwrap_or_default();
        let left = flying.filter(|(at, _)| **at < middle || distance(**at, next) > most.bytes / 2);
        left.filter_map(|(at, frame)| Some((*at, frame.upgrade()?))).collect()
    }
}

impl Writer {
    /// Moves what is tried again out of the way of a journal that is more than `most` ahead of it, where there is room.
    pub(super) fn move_on(&mut self, most: Ahead, now: Timestamp) {
        if !self.trouble.may_ask(now) {
            return;
        }
        for to in 0..self.outbox.owed.len() {
            for signal in Signal::ALL {
                let left = self.left_behind(to, signal, most);
                if let Err(error) = self.copy(to, signal, &left) {
                    self.trouble.tell(&error, "what is tried again cannot be moved out of the way");
                    return;
                }
            }
        }
    }

    /// What destination `to` is sent and left behind.
    pub(super) fn left_behind(&self, to: usize, signal: Signal, most: Ahead) -> Vec<(Position, Arc<Frame>)> {
        let distance = |from, to| self.files.segments.between(from, to);
        self.outbox.owed[to].lock().lanes[signal as usize].left_behind(most, self.active.end(), distance)
    }

    /// Writes frames at the tail, owed to destination `to` alone, which finds them there from now on.
    pub(super) fn copy(&mut self, to: usize, signal: Signal, mut left: &[(Position, Arc<Frame>)]) -> io::Result<()> {
        let (debt, pipeline) = (self.outbox.owed[to].clone(), self.outbox.alone(to) as u16);
        while !left.is_empty() {
            let mut bytes = 0;
            let some = left.iter().take_while(|(_, frame)| {
                let fits = bytes < GROUP as u64;
                bytes += frame.bytes();
                fits
            });
            let (some, rest) = left.split_at(some.count());
            let again = |frame: &Frame| {
                let head = FrameHead::request(signal, pipeline, frame.sealed.records(), frame.appended);
                Framed::new(head, frame.sealed.body().clone())
            };
            let frames: Vec<_> = some.iter().map(|(_, frame)| again(frame)).collect();
            let bytes = frames.iter().map(|frame| frame.head.size()).sum();
            let held = self.files.segments.held();
            let more = held + self.storage.segment(held).max(bytes) <= self.storage.max_size;
            // A journal that is full gives up its oldest for new requests, not for this.
            if !self.active.has_room(bytes) && !more {
                return Ok(());
            }
            let places = self.write(&frames, Leave::default())?;
            for ((from, frame), to) in some.iter().zip(places) {
                self.files.series.moved.inc_by(frame.records());
                debt.moved(signal, *from, to);
            }
            left = rest;
        }
        Ok(())
    }
}

impl Debt {
    /// Notes that the frame at `from` stands at `to` as well, which is its place now; where it is not being sent any more, the
    /// copy is for nothing.
    fn moved(&self, signal: Signal, from: Position, to: Position) {
        let mut state = self.lock();
        let lane = &mut state.lanes[signal as usize];
        lane.cold.last = lane.cold.last.max(to);
        let Some(frame) = lane.flying.get(&from).and_then(Weak::upgrade) else {
            state.settle(signal, to);
            return;
        };
        lane.land(frame.position);
        lane.flying.insert(to, Arc::downgrade(&frame));
        lane.moved.insert(frame.position, to);
        state.settle(signal, from);
    }
}
