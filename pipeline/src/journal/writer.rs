//! The thread that writes the journal: takes custody of many requests with one write, notes what is settled, and gives
//! back the room that nobody needs any more.
//!
//! A request is owed, and its sender answered, when its frames are where the configured durability wants them. What
//! could not be written is refused, to be sent again.

mod retried;

use std::io;
use std::sync::Arc;
use std::time::Duration;

use crossbeam_channel::{Receiver, never, select};

use super::commit::{Commit, Decided, Handed, Then, decisions};
use super::copies::Leave;
use super::files::{Files, OnError, Opened, RESERVE, RESERVED, Storage, salt};
use super::format::{Framed, Kind, SegmentHead, Table};
use super::frame::Position;
use super::letters::Letters;
use super::outbox::{Debt, Outbox};
use super::quarantine;
use super::room::Placed;
use super::segments::Active;
use super::settled::Settled;
use super::stream::Stream;
use super::trouble::{Reached, Trouble};
use super::volume::Volume;
use crate::ledger::Expired;
use crate::receipt::Refusal;
use crate::{Signal, Timestamp};

/// Bytes that are written at once, where so much waits.
const GROUP: usize = 4 << 20;

/// Bytes of dead letters that may wait for a disk that takes none; past that they are lost, and the log says so.
const UNBURIED: usize = 16 << 20;

/// How often it looks about where nothing happens.
const IDLE: Duration = Duration::from_millis(200);

/// How soon where something does: what is settled meanwhile is written down then, and wakes nobody.
const NAP: Duration = Duration::from_millis(1);

/// The one who writes.
pub(super) struct Writer {
    pub(super) inbox: Receiver<Handed>,
    /// Something was settled.
    pub(super) settled: Receiver<()>,
    /// Nothing will be settled any more.
    pub(super) done: Receiver<()>,
    pub(super) volume: Arc<dyn Volume>,
    pub(super) storage: Storage,
    pub(super) outbox: Arc<Outbox>,
    files: Arc<Files>,
    active: Active,
    table: Table,
    cursors: Vec<Settled>,
    letters: Letters,
    decisions: Stream,
    reserved: bool,
    trouble: Trouble,
}

impl Writer {
    pub(super) fn new(
        opened: Opened,
        outbox: Arc<Outbox>,
        volume: Arc<dyn Volume>,
        storage: Storage,
        [settled, done]: [Receiver<()>; 2],
        inbox: Receiver<Handed>,
    ) -> Self {
        let Opened { files, active, cursors, letters, decided: decisions, table, .. } = opened;
        let reserved = false;
        let trouble = Trouble::new(storage.directory.clone(), files.series.clone());
        let mut writer = Self {
            inbox,
            settled,
            done,
            volume,
            storage,
            outbox,
            files,
            active,
            table,
            cursors,
            letters,
            decisions,
            reserved,
            trouble,
        };
        writer.reserve();
        writer
    }

    /// Writes until nothing more can come, neither requests nor settlements.
    pub(super) fn run(mut self) {
        let (mut taking, mut settling) = (true, true);
        let mut wait = IDLE;
        while taking || settling {
            let mut idle = false;
            select! {
                recv(self.inbox) -> handed => match handed {
                    Ok(handed) => self.group(handed),
                    Err(_) => (self.inbox, taking) = (never(), false),
                },
                recv(self.settled) -> _ => {}
                recv(self.done) -> _ => (self.done, settling) = (never(), false),
                default(wait) => idle = true,
            }
            wait = if idle { IDLE } else { NAP };
            self.files.nap(!idle);
            let now = Timestamp::now();
            self.move_on(self.storage.ahead(), now);
            self.keep(now);
        }
    }

    /// Takes custody of `first` and of what waits behind it.
    pub(super) fn group(&mut self, first: Handed) {
        let mut bytes = first.commit.bytes();
        let mut handed = vec![first];
        while bytes < GROUP
            && let Ok(next) = self.inbox.try_recv()
        {
            bytes += next.commit.bytes();
            handed.push(next);
        }
        let (commits, frames): (Vec<Commit>, Vec<_>) =
            handed.into_iter().map(|Handed { commit, frames }| (commit, frames)).unzip();
        let frames: Vec<Framed> = frames.into_iter().flatten().collect();
        match self.place(&frames, Leave::of(&commits), commits[0].now) {
            Ok(positions) => {
                let mut positions = positions.into_iter();
                for commit in commits {
                    let chained = commit.is_chained();
                    commit.count();
                    let Commit { parts, permit, now, then, .. } = commit;
                    let placed: Vec<_> = positions.by_ref().take(parts.len()).zip(parts).collect();
                    if chained {
                        positions.next();
                    }
                    if let Then::Copy(copying) = then {
                        self.copied(copying, &placed);
                        continue;
                    }
                    let places = placed.iter().map(|(at, part)| (part.sealed.signal(), part.pipeline, *at)).collect();
                    self.outbox.owe(placed.into_iter(), permit, now);
                    match then {
                        Then::Answer(receipt, outcome) => receipt.settle(outcome),
                        Then::Decide(decided) => self.decided(decided, places, now),
                        Then::Copy(_) => {}
                    }
                }
            }
            Err(error) => {
                self.trouble.tell(&error, "nothing can be written: requests are refused");
                for (receipt, outcome) in commits.into_iter().filter_map(|commit| commit.refused(Refusal::Storage)) {
                    receipt.settle(outcome);
                }
            }
        }
    }

    /// Writes decisions down, for late records and for who asks why: what they release is in custody already.
    fn decided(&mut self, decided: Decided, placed: Vec<Placed>, now: Timestamp) {
        let Decided { sampler, entries, told } = decided;
        self.outbox.rooms.all[sampler].remember(&entries, placed);
        if !entries.is_empty() {
            let sync = self.storage.syncs();
            if let Err(error) = self.decisions.write(&[decisions(sampler, &entries, now)], sync) {
                self.trouble
                    .tell(&error, "decisions cannot be written: after a crash late records would not follow them");
            }
        }
        told(None);
    }

    /// Where frames are kept: in files; in RAM alone where that is asked for and the disk takes nothing.
    fn place(&mut self, frames: &[Framed], leave: Leave, now: Timestamp) -> io::Result<Vec<Position>> {
        let in_ram = self.storage.on_error == OnError::Memory;
        if !in_ram || self.trouble.may_ask(now) {
            match self.write(frames, leave) {
                Ok(positions) if positions.is_empty() => return Ok(positions),
                Ok(positions) => {
                    self.trouble.ends();
                    return Ok(positions);
                }
                // A bound of the operator's is no fault of the disk's.
                Err(full) if Reached::is(&full) => return Err(full),
                Err(error) => {
                    self.trouble.begins(now);
                    if !in_ram {
                        return Err(error);
                    }
                    self.trouble
                        .tell(&error, "nothing can be written: requests are held in RAM and die with the process");
                }
            }
        }
        let taken = frames.iter().filter(|frame| frame.head.kind == Kind::Request);
        self.trouble.bypassed(taken.map(|frame| u64::from(frame.head.records)).sum());
        Ok(frames.iter().map(|_| self.outbox.beside()).collect())
    }

    /// Writes frames.
    fn write(&mut self, frames: &[Framed], leave: Leave) -> io::Result<Vec<Position>> {
        if frames.is_empty() {
            return Ok(Vec::new());
        }
        let bytes = frames.iter().map(|frame| frame.head.size()).sum();
        if !self.active.has_room(bytes) {
            self.roll(bytes, leave)?;
        }
        self.active.write(frames, self.storage.syncs())
    }

    /// Begins a new segment that has room for `bytes`. What drains the journal passes its bound, in segments no larger than
    /// need be, and spends the reserve of a full disk: kept in, it would keep everything in.
    fn roll(&mut self, bytes: u64, leave: Leave) -> io::Result<()> {
        let size = self.storage.segment(self.files.segments.held()).max(bytes);
        let over = |writer: &Self| writer.files.segments.held() + size > writer.storage.max_size;
        let now = Timestamp::now();
        if over(self) {
            self.keep(now);
        }
        while over(self) && self.give_up_oldest(now) {
            self.keep(now);
        }
        if !over(self) {
            self.files.press(0);
        }
        let size = match over(self) {
            true if !leave.bound => return Err(io::Error::new(io::ErrorKind::StorageFull, Reached)),
            true => bytes,
            false => size,
        };
        if self.files.segments.bytes() + size > self.storage.max_size {
            self.files.segments.give_back_spares()?;
        }
        self.active = match self.begin(size, bytes) {
            Err(full) if full.kind() == io::ErrorKind::StorageFull && leave.reserve && self.reserved => {
                self.volume.remove(RESERVE)?;
                self.reserved = false;
                self.begin(bytes, bytes)?
            }
            begun => begun?,
        };
        Ok(())
    }

    /// A new segment of `size` bytes, or as many fewer as a disk that is nearly full has room for, down to `least`.
    fn begin(&self, mut size: u64, least: u64) -> io::Result<Active> {
        loop {
            let head = SegmentHead::new(salt(), self.table.clone());
            match self.files.segments.create(head, size, self.storage.syncs()) {
                Err(full) if full.kind() == io::ErrorKind::StorageFull && self.files.segments.give_back_spares()? => {}
                Err(full) if full.kind() == io::ErrorKind::StorageFull && size > least => size = (size / 4).max(least),
                made => return made.map(Active::new),
            }
        }
    }

    /// Gives up what the stalled destinations are owed of the oldest segment; whether there was any.
    fn give_up_oldest(&self, now: Timestamp) -> bool {
        let end = self.active.end();
        let low = |debt: &Debt| debt.lock().low(end).into_iter().min().unwrap_or(end);
        let oldest = self.outbox.owed.iter().map(|debt| low(debt)).min().map_or(0, |low| low.0 >> 32);
        let holds = |debt: &&Arc<Debt>| low(debt).0 >> 32 == oldest;
        let mut any = false;
        for debt in self.outbox.owed.iter().filter(holds).filter(|debt| debt.stalled(now)) {
            // What is being sent stays: it gives itself up before it is tried again.
            let waits =
                || Signal::ALL.into_iter().filter_map(|signal| debt.lock().lanes[signal as usize].waits()).min();
            while waits().is_some_and(|at| at.0 >> 32 == oldest) && self.expire(debt, Expired::Storage, now) {
                any = true;
            }
        }
        self.files.press(oldest);
        any
    }

    fn expire(&self, debt: &Debt, bound: Expired, now: Timestamp) -> bool {
        debt.expire_oldest(bound, usize::MAX, now) || debt.expire_cold(&self.files, bound, now)
    }

    /// Writes down what is settled, holds destinations to their bounds, and gives segments back.
    pub(super) fn keep(&mut self, now: Timestamp) {
        let end = self.active.end();
        let mut low = end;
        for at in 0..self.outbox.owed.len() {
            let debt = self.outbox.owed[at].clone();
            while !debt.destination.bounds.block_on_overflow
                && debt.lock().owed_over(&debt.destination.bounds)
                && self.expire(&debt, Expired::Size, now)
            {}
            let (letters, settled, lows) = {
                let mut state = debt.lock();
                (std::mem::take(&mut state.letters), std::mem::take(&mut state.settled), state.low(end))
            };
            low = lows.into_iter().fold(low, Position::min);
            if !letters.is_empty()
                && let Err(error) = self.letters.write(&letters, self.storage.syncs())
            {
                self.trouble.tell(&error, "dead letters cannot be written");
                // What is not buried is not settled, and would be sent again; within reason, for it waits in RAM.
                if letters.iter().map(|letter| letter.body.len()).sum::<usize>() < UNBURIED {
                    let mut state = debt.lock();
                    state.letters.splice(0..0, letters);
                    state.settled.splice(0..0, settled);
                    low = Position(0);
                    continue;
                }
            }
            if !settled.is_empty()
                && let Err(error) = self.note(at, &settled, lows)
            {
                debt.lock().settled.extend(settled);
                self.trouble
                    .tell(&error, "what is delivered cannot be written down: after a crash it would be sent again");
            }
        }
        self.files.owe(low);
        low = low.min(self.keep_rooms(end));
        if !self.files.scanned() {
            return;
        }
        let most = self.storage.quarantine();
        let held = |aside| if aside > 0 { quarantine::hold(&*self.volume, most, &self.files.series) } else { Ok(()) };
        if let Err(error) = self.files.segments.release(low).and_then(held) {
            self.trouble.tell(&error, "a segment that nobody needs cannot be removed");
        }
        self.files.series.bytes.set(i64::try_from(self.files.segments.bytes()).unwrap_or(i64::MAX));
        self.reserve();
    }

    /// Writes down what waits no more; the first place of what does.
    fn keep_rooms(&mut self, end: Position) -> Position {
        let mut low = end;
        for at in 0..self.outbox.rooms.all.len() {
            let room = self.outbox.rooms.all[at].clone();
            let (settled, lows) = room.settled(end);
            low = lows.into_iter().fold(low, Position::min);
            if !settled.is_empty()
                && let Err(error) = self.note(self.outbox.owed.len() + at, &settled, lows)
            {
                room.unsettle(settled);
                self.trouble
                    .tell(&error, "what is decided cannot be written down: after a crash it would be decided again");
            }
        }
        low
    }

    fn note(&mut self, at: usize, settled: &[(Signal, Position)], low: [Position; 3]) -> io::Result<()> {
        let cursor = &mut self.cursors[at];
        match cursor.note(settled, low) {
            Err(full) if full.kind() == io::ErrorKind::StorageFull && self.reserved => {
                self.volume.remove(RESERVE)?;
                self.reserved = false;
                cursor.note(settled, low)
            }
            noted => noted,
        }
    }

    /// Sets room aside, where there is any.
    fn reserve(&mut self) {
        if !self.reserved {
            let there = self.volume.names().is_ok_and(|names| names.iter().any(|name| name == RESERVE));
            self.reserved = there || self.volume.create(RESERVE, RESERVED).is_ok();
        }
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        self.files.end();
        // What is left of them the next start takes away.
        let _best_effort = self.files.segments.give_back_spares();
    }
}

#[cfg(test)]
mod tests;
