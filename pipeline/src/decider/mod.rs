//! The loop that owns a sampler: takes in what workers saw of requests, has traces decided, and says what becomes of the
//! records that wait. One thread for each sampler; it never touches payload, and it never waits for a disk.

mod compact;
mod places;
mod recover;
mod release;
mod seen;
mod staff;

use std::collections::{HashMap, VecDeque};
use std::sync::Arc;
use std::time::Duration;

use crossbeam_channel::{Receiver, RecvTimeoutError, Sender};

#[cfg(test)]
pub(crate) use compact::{parts, place};
#[cfg(test)]
pub(crate) use places::Move;
pub(crate) use places::Moved;
pub(crate) use recover::Recovery;
pub(crate) use release::{Release, Releaser};
pub(crate) use seen::{Looked, Seen, look};
pub(crate) use staff::{Post, Staff, rooms, shared};

use compact::Compaction;
use places::{Arrived, Back, Piece, Places, Run};

use crate::journal::Position;
use crate::journal::decisions::Entry;
use crate::journal::room::{Room, Waiting};
use crate::ledger::WaitingSeries;
use crate::memory::{Memory, Permit};
use crate::sampling::{Course, Decision, Effect, Mark, Observed, OnShutdown, Sampler, TraceId, Trigger, Verdict};
use crate::{Signal, Timestamp};

/// How often it looks about where nothing comes.
const IDLE: Duration = Duration::from_millis(100);

/// It rests at least so long where nothing comes, whatever is due.
const LEAST: Duration = Duration::from_millis(1);

/// Requests that are folded before it looks at the clock again.
const ROUND: usize = 256;

/// Bytes that are released at a time, more or less.
const RELEASE: u64 = 1 << 20;

/// Bytes that may hold only together with their decisions: what of one trace is more may leave twice, where the process
/// dies in between.
const CHAIN: u64 = 8 << 20;

/// Bytes of decisions that are written at a time.
const ENTRIES: usize = 256 << 10;

/// The share of the memory limit that may wait where there are no files, as numerator and denominator; and of that of the
/// files. The rest is for requests on their way in and out, and for what of a request is decided while the rest of it waits:
/// with four fifths in RAM an overload of new traces used up the memory limit, and took 44 k spans/s instead of 320 k.
const SHARE_OF_MEMORY: (u64, u64) = (3, 5);
const SHARE_OF_FILES: (u64, u64) = (3, 4);

/// What the decider is told.
#[derive(Debug)]
pub(crate) enum Order {
    /// A request waits.
    Request(Box<Waiting>),
    /// A release is in custody.
    Released(Box<Released>),
    /// What still waits of these was copied; none where that could not be.
    Moved(Vec<Moved>),
    /// The process stops: nothing more will come.
    Stop(OnShutdown),
}

/// What a release gives back.
#[derive(Debug, Default)]
pub(crate) struct Released {
    backs: Vec<Back>,
    /// By signal, records that are owed to destinations now, and that could not be released, with the reason.
    out: [u64; 3],
    lost: Vec<(Signal, &'static str, u64)>,
    /// Frames that nobody reads any more, for there are copies of them.
    replaced: Vec<(Signal, Position)>,
}

/// What bounds a waiting room.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Budget {
    /// Bytes of requests that may wait.
    bytes: u64,
    /// Bytes of RAM that tables may take.
    tables: u64,
    /// What of them decided traces may take, a quarter; what is remembered for who asks why takes an eighth. Neither goes when
    /// fewer wait: if they were much more, shedding would never end.
    pub(crate) remembered: usize,
}

impl Budget {
    /// What may wait in RAM under a limit of `memory` bytes, or in files of `storage` bytes.
    pub(crate) fn of(memory: usize, storage: Option<u64>) -> Self {
        let (remembered, memory) = (memory / 8, memory as u64);
        let share = |(part, of): (u64, u64), all: u64| all / of * part;
        let bytes = match storage {
            Some(most) => share(SHARE_OF_FILES, most),
            None => share(SHARE_OF_MEMORY, memory),
        };
        Self { bytes, tables: memory / 2, remembered }
    }
}

/// See the head of this file.
pub(crate) struct Decider {
    sampler: Box<dyn Sampler>,
    places: Places,
    room: Arc<Room>,
    orders: Receiver<Order>,
    releases: Sender<Release>,
    series: WaitingSeries,
    budget: Budget,
    /// What the tables take of the memory limit.
    tables: Permit,
    /// What came while something else had to be done first.
    backlog: VecDeque<Order>,
    /// The last position that was folded.
    covered: Position,
    effects: Vec<Effect>,
    /// What is to be released next.
    next: Release,
    /// Releases that are not in custody yet.
    outstanding: usize,
    stopping: bool,
    looked: Timestamp,
    compaction: Compaction,
}

impl Decider {
    pub(crate) fn new(
        sampler: Box<dyn Sampler>,
        room: Arc<Room>,
        (orders, releases): (Receiver<Order>, Sender<Release>),
        series: WaitingSeries,
        budget: Budget,
        memory: &Arc<Memory>,
    ) -> Self {
        Self {
            sampler,
            places: Places::default(),
            room,
            orders,
            releases,
            series,
            budget,
            tables: memory.force(0),
            backlog: VecDeque::new(),
            covered: Position(0),
            effects: Vec::new(),
            next: Release::default(),
            outstanding: 0,
            stopping: false,
            looked: Timestamp(0),
            compaction: Compaction::default(),
        }
    }

    /// Decides until it is told to stop and all that was decided is in custody. What an earlier life left is folded first:
    /// until then nothing is decided, and what comes waits in the channel, within the memory limit.
    pub(crate) fn run(mut self, recovery: Option<Recovery>) {
        if let Some(recovery) = recovery {
            // The time it was down does not count as waiting.
            recovery.run(&mut self, Timestamp::now());
            for order in std::mem::take(&mut self.backlog) {
                self.order(order, Timestamp::now());
            }
        }
        let mut wake = None;
        while !(self.stopping && self.outstanding == 0) {
            let until = wake.map_or(IDLE, |wake: Timestamp| wake.since(Timestamp::now()).clamp(LEAST, IDLE));
            match self.orders.recv_timeout(until) {
                Ok(order) => self.order(order, Timestamp::now()),
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => return,
            }
            let now = Timestamp::now();
            for _ in 0..ROUND {
                let Ok(order) = self.orders.try_recv() else { break };
                self.order(order, now);
            }
            wake = self.tick(Timestamp::now());
        }
    }

    /// Does as it is told.
    pub(crate) fn order(&mut self, order: Order, now: Timestamp) {
        match order {
            Order::Request(waiting) => self.request(*waiting, now),
            Order::Released(released) => self.released(&released),
            Order::Moved(moved) => self.moved(moved, now),
            Order::Stop(how) => {
                if how != OnShutdown::Keep {
                    self.sampler.finish(how, now, &mut self.effects);
                    self.carry_out(now);
                }
                self.flush();
                self.stopping = true;
            }
        }
    }

    /// Puts an order off, unless it only gives something back.
    fn later(&mut self, order: Order) {
        match order {
            Order::Released(released) => self.released(&released),
            order => self.backlog.push_back(order),
        }
    }

    /// Decides what is due; when to look again.
    pub(crate) fn tick(&mut self, now: Timestamp) -> Option<Timestamp> {
        if self.stopping {
            return None;
        }
        self.make_room(now);
        let wake = self.sampler.wake(now, &mut self.effects);
        self.carry_out(now);
        self.flush();
        self.compact(now);
        if now.since(self.looked) >= Duration::from_secs(1) {
            self.looked = now;
            let age = self.places.oldest().map_or(0, |oldest| now.since(oldest).as_secs());
            self.series.oldest.set(i64::try_from(age).unwrap_or(i64::MAX));
        }
        self.series.bytes.set(i64::try_from(self.places.held()).unwrap_or(i64::MAX));
        wake
    }

    /// Takes in a request that just came.
    fn request(&mut self, waiting: Waiting, now: Timestamp) {
        let Waiting { position, pipeline, sealed, held, seen, now: arrived } = waiting;
        let signal = sealed.signal();
        let body = (!self.room.has_in_files(position)).then(|| (sealed.body().clone(), held));
        let bytes = sealed.body().len() as u64;
        if !seen.echo {
            self.series.of(signal).received.inc_by(seen.rows.len() as u64);
        } else if body.is_some() {
            // What no file has needs no place to be found again at.
            self.sampler.fold(signal, &seen.observed, now, &mut self.effects);
            return self.carry_out(now);
        }
        let arrived = Arrived { position, origin: position, signal, pipeline, bytes, body, now: arrived };
        self.fold(arrived, &seen, &seen.observed, now);
    }

    /// Takes in a request, new or found; `observed` is what the sampler is told of it.
    fn fold(&mut self, arrived: Arrived, seen: &Seen, observed: &Observed, now: Timestamp) {
        let (signal, origin) = (arrived.signal, arrived.origin);
        self.compaction.earn(arrived.bytes);
        if !seen.echo {
            self.series.of(signal).pending.inc_by(i64::try_from(seen.rows.len()).unwrap_or(i64::MAX));
        }
        self.places.add(arrived, seen);
        self.covered = self.covered.max(origin);
        self.sampler.fold(signal, observed, now, &mut self.effects);
        self.carry_out(now);
    }

    /// Sheds, and decides before their time, where there is too much.
    fn make_room(&mut self, now: Timestamp) {
        let tables = self.places.heap_bytes() + self.sampler.heap_bytes() + self.room.heap_bytes();
        let more = tables.saturating_sub(self.tables.bytes());
        self.tables.shrink_to(tables);
        self.tables.force(more);
        let used = |places: &Places| {
            // Frames that others pin take room as well, but deciding more would not free them at once.
            let bytes = places.waiting().max(places.held() / 5 * 4);
            bytes as f64 / self.budget.bytes.max(1) as f64
        };
        let share = used(&self.places).max(tables as f64 / self.budget.tables.max(1) as f64);
        self.sampler.press(share);
        while self.places.waiting() > self.budget.bytes && self.sampler.evict(now, &mut self.effects) {
            self.carry_out(now);
        }
    }

    /// Does what the sampler asked for.
    fn carry_out(&mut self, now: Timestamp) {
        let mut effects = std::mem::take(&mut self.effects);
        for effect in effects.drain(..) {
            match effect {
                Effect::Decided(decision, course) => {
                    let reason = reason(&decision);
                    self.record(&decision);
                    self.course(decision.trace, course, decision.mark, reason);
                }
                Effect::Follows { trace, course, mark } => {
                    if matches!(course, Course::Release | Course::ReleaseFirm) {
                        // Without this the next life would not know that these have left.
                        self.record(&aside(trace, Verdict::Sampled, mark, now));
                    }
                    self.course(trace, course, mark, "not_sampled");
                }
                Effect::Forget(trace) => self.course(trace, Course::Discard, Mark::default(), "not_sampled"),
                Effect::GiveUp(trace) => {
                    // Without this the next life would hold what is left of it.
                    self.record(&aside(trace, Verdict::NotSampled, Mark::default(), now));
                    self.course(trace, Course::Discard, Mark::default(), "not_sampled");
                }
            }
        }
        self.effects = effects;
    }

    fn record(&mut self, decision: &Decision) {
        Entry { decision: decision.clone(), covered: self.covered }.encode(&mut self.next.entries);
    }

    /// Sends what waits of a trace where it goes.
    fn course(&mut self, trace: TraceId, course: Course, mark: Mark, reason: &'static str) {
        if course == Course::Hold {
            return;
        }
        let mut runs = self.places.take(trace);
        // What these are of has left, and was counted there.
        self.next.backs.extend(runs.extract_if(.., |run| run.is_echo()).map(|run| run.back()));
        if course != Course::Release {
            let firm = |run: &Run| course == Course::ReleaseFirm && run.is_firm();
            for run in runs.extract_if(.., |run| !firm(run)) {
                let (signal, back) = (self.places.signal(&run), run.back());
                let records = u64::from(back.records);
                self.series.of(signal).sampled_out(reason).inc_by(records);
                self.series.of(signal).pending.dec_by(i64::from(back.records));
                self.next.backs.push(back);
            }
        }
        if !runs.is_empty() {
            self.next.bytes += runs.iter().map(Run::bytes).sum::<u64>();
            self.next.marks.insert(trace, mark);
            self.next.runs.append(&mut runs);
        }
        if self.next.bytes >= RELEASE || self.next.entries.len() >= ENTRIES {
            self.flush();
        }
    }

    /// Hands on what is to be released.
    fn flush(&mut self) {
        let mut release = std::mem::take(&mut self.next);
        if release.is_empty() {
            return;
        }
        let runs = std::mem::take(&mut release.runs);
        release.backs.extend(runs.iter().map(Run::back));
        let mut chunks = chunks(self.places.pieces(runs), CHAIN);
        release.pieces = chunks.pop().unwrap_or_default();
        // A trace of very many bytes leaves in several; the decision goes with the last, so that a crash before it has the
        // trace decided again rather than cut off.
        for pieces in chunks {
            let marks = release.marks.clone();
            self.hand_on(Release { pieces, marks, ..Release::default() });
        }
        self.hand_on(release);
    }

    fn hand_on(&mut self, release: Release) {
        self.outstanding += 1;
        // Whoever releases ends after this thread.
        let _ended = self.releases.send(release);
    }

    /// A release is in custody: what it took is given back.
    fn released(&mut self, released: &Released) {
        self.outstanding -= 1;
        let backs = released.backs.iter();
        let frames: Vec<_> = backs.filter_map(|back| self.places.give_back(*back)).collect();
        self.room.settle(frames.into_iter().chain(released.replaced.iter().copied()));
        for signal in [Signal::Traces, Signal::Logs] {
            let series = self.series.of(signal);
            let out = released.out[signal as usize];
            series.released.inc_by(out);
            series.pending.dec_by(i64::try_from(out).unwrap_or(i64::MAX));
        }
        for (signal, reason, records) in &released.lost {
            let series = self.series.of(*signal);
            series.sampled_out(reason).inc_by(*records);
            series.pending.dec_by(i64::try_from(*records).unwrap_or(i64::MAX));
        }
    }
}

/// Pieces in lots of `most` bytes or what a piece has more, at least one.
fn chunks(pieces: Vec<Piece>, most: u64) -> Vec<Vec<Piece>> {
    let (mut chunks, mut bytes) = (vec![Vec::new()], 0);
    for piece in pieces {
        if bytes >= most {
            chunks.push(Vec::new());
            bytes = 0;
        }
        bytes += piece.bytes();
        if let Some(last) = chunks.last_mut() {
            last.push(piece);
        }
    }
    chunks
}

/// Why records of a trace that was not kept are sampled out.
fn reason(decision: &Decision) -> &'static str {
    match (decision.trigger, decision.verdict) {
        (Trigger::Pressure, _) => "pressure",
        (Trigger::TooLarge, _) => "too_large",
        (Trigger::Drained, _) => "drained",
        (_, Verdict::Dropped) => "dropped",
        _ if decision.spans == 0 => "orphan",
        _ => "not_sampled",
    }
}

/// What became of records of a trace beside what was decided of it: late ones that have left, held ones that went.
fn aside(trace: TraceId, verdict: Verdict, mark: Mark, now: Timestamp) -> Decision {
    Decision {
        trace,
        at: now.0,
        waited: Duration::ZERO,
        verdict,
        trigger: Trigger::Timeout,
        spans: 0,
        logs: 0,
        bytes: 0,
        mark: Mark { late: true, ..mark },
        votes: Vec::new(),
    }
}

/// Marks by trace, as an editor asks for them.
type Marks = HashMap<TraceId, Mark>;
