//! The outbox: appends go to every destination of a pipeline, whole; one that is full pays alone.

use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::Notify;

use super::bounds::{Bounds, Owed};
use super::commit::Part;
use super::cursor::{Cursor, Lane};
use super::decisions::{Delivery, Found};
use super::files::{Files, Recovery};
use super::format::{FrameHead, Table};
use super::frame::{Frame, Held, Position};
use super::letters::Letter;
use super::room::{Placed, Room, Waiting};
use super::volatile::Scope;
use crate::ledger::{DestinationSeries, Expired};
use crate::memory::{Memory, Permit};
use crate::sampling::TraceId;
use crate::{Signal, Timestamp};

/// A destination that fails is stalled when it settled nothing for this long: where memory is short it
/// gives up its own oldest records, so that the others go on. Longer than a blip, shorter than a sender's
/// patience (the SDKs try again for a minute).
const FAILING_FOR: Duration = Duration::from_secs(5);

/// One that does not fail, and yet settles nothing, is slow; it makes us refuse upstream instead, for as
/// long as an attempt may last (`timeout`, 30 s by default at most) and as much again.
const SILENT_FOR: Duration = Duration::from_secs(60);

/// What a destination gives up is logged at once, and then as a sum, at most this often.
const TOLD_EVERY: Duration = Duration::from_secs(10);

/// The share of the memory limit the outbox may fill before stalled destinations give way; what is
/// left is for requests on their way in.
const SHARE: (usize, usize) = (3, 4);

/// One destination as the graph declares it.
#[derive(Clone, Debug)]
pub struct Destination {
    /// The exporter's id, `type[/name]`.
    pub name: String,
    /// What the outbox may owe it.
    pub bounds: Bounds,
    /// Its ledger, by signal (index: `Signal as usize`).
    pub series: [DestinationSeries; 3],
}

/// Where the records of undecided traces wait.
#[derive(Clone, Debug, Default)]
pub(crate) struct Rooms {
    pub(crate) all: Vec<Arc<Room>>,
    /// For each pipeline, which of them its records wait in, if they do.
    pub(crate) of: Vec<Option<usize>>,
}

/// Sealed requests owed to destinations. Shared by workers (append) and exporters (cursors).
#[derive(Debug)]
pub struct Outbox {
    memory: Arc<Memory>,
    /// Bytes that frames hold of it.
    held: Arc<AtomicUsize>,
    /// For each pipeline, the destinations it feeds, by index.
    routes: Vec<Vec<usize>>,
    pub(super) owed: Vec<Arc<Debt>>,
    pub(super) rooms: Rooms,
    next: AtomicU64,
    /// Where frames are kept beside RAM.
    files: Option<Arc<Files>>,
}

/// What is owed to one destination.
#[derive(Debug)]
pub(super) struct Debt {
    pub(super) destination: Destination,
    pub(super) state: Mutex<State>,
    /// By signal.
    pub(super) changed: [Notify; 3],
    /// `block_on_overflow` and full.
    blocked: AtomicBool,
    pub(super) files: Option<Arc<Files>>,
    pub(super) memory: Arc<Memory>,
    pub(super) held: Arc<AtomicUsize>,
}

#[derive(Debug, Default)]
pub(super) struct State {
    pub(super) lanes: [Lane; 3],
    /// When it last settled something, or was last owed nothing.
    pub(super) progress: Timestamp,
    /// Its last attempt failed.
    pub(super) failing: bool,
    pub(super) closed: bool,
    /// Settled, and not written down yet; nothing where there are no files.
    pub(super) settled: Vec<(Signal, Position)>,
    /// Refused for good, and not written down yet; nothing where there are no files.
    pub(super) letters: Vec<Letter>,
    /// When what was given up was logged last, and records given up since.
    told: Timestamp,
    untold: u64,
}

impl Outbox {
    /// An outbox that feeds `destinations`; `routes[pipeline]` lists the indexes a pipeline goes to.
    pub fn new(memory: Arc<Memory>, routes: Vec<Vec<usize>>, destinations: Vec<Destination>) -> Arc<Self> {
        Self::with(memory, routes, destinations, Rooms::default(), None)
    }

    /// The same, of frames that are kept in files as well.
    pub(crate) fn with(
        memory: Arc<Memory>,
        routes: Vec<Vec<usize>>,
        destinations: Vec<Destination>,
        rooms: Rooms,
        files: Option<Arc<Files>>,
    ) -> Arc<Self> {
        let held: Arc<AtomicUsize> = Arc::default();
        let owed = destinations.into_iter().map(|destination| {
            Arc::new(Debt {
                destination,
                state: Mutex::default(),
                changed: Default::default(),
                blocked: AtomicBool::new(false),
                files: files.clone(),
                memory: memory.clone(),
                held: held.clone(),
            })
        });
        let owed = owed.collect();
        Arc::new(Self { memory, held, routes, owed, rooms, next: AtomicU64::new(0), files })
    }

    /// Takes custody of what one request became: a sealed part for each pipeline it went through.
    /// Infallible, so it is taken whole. `permit` is given back when the last part is settled.
    pub(crate) fn append(&self, parts: Vec<Part>, permit: Permit, now: Timestamp) -> Vec<Placed> {
        let next = || Position(self.next.fetch_add(1, Ordering::Relaxed));
        let parts = parts.into_iter().filter(|part| part.sealed.records() > 0);
        let frames: Vec<_> = parts.map(|part| (next(), part)).collect();
        let placed = frames.iter().map(|(at, part)| (part.sealed.signal(), part.pipeline, *at)).collect();
        self.owe(frames.into_iter(), permit, now);
        placed
    }

    /// Owes frames that stand at these places to the destinations of their pipelines, or has them wait.
    pub(super) fn owe(&self, frames: impl Iterator<Item = (Position, Part)>, permit: Permit, now: Timestamp) {
        let mut frames = frames.peekable();
        // What waits and what is owed of one request hold its memory together; it counts where most of it is.
        let room = frames.peek().and_then(|(_, part)| self.room(part));
        let counted = room.map_or(&self.held, |room| &room.held);
        let held = Arc::new(Held::new(permit, counted.clone()));
        for (position, Part { pipeline, sealed, seen }) in frames {
            if let (Some(seen), Some(room)) = (seen, self.rooms.of.get(pipeline).copied().flatten()) {
                let held = held.clone();
                self.rooms.all[room].take(Waiting { position, pipeline, sealed, held, seen, now });
                continue;
            }
            let frame = Arc::new(Frame { position, appended: now, sealed, _held: held.clone() });
            for &destination in &self.routes[pipeline] {
                self.owed[destination].push(&frame, now);
            }
        }
        drop(held);
        self.reclaim(now);
    }

    /// Makes room, where there is need: while the outbox holds more than its share of the memory limit, the stalled
    /// destination that is owed most gives up its oldest. Without a stalled one nothing is given up,
    /// nor is a frame that one with progress still owes: giving it up would free nothing.
    ///
    /// What is in files as well is not given up but let go of, to be read back: by the stalled first.
    pub fn reclaim(&self, now: Timestamp) {
        if self.files.is_some() {
            self.spill(now);
        }
        while self.held.load(Ordering::Relaxed) > self.share() {
            let mut stalled: Vec<_> = self.owed.iter().filter(|debt| debt.stalled(now)).collect();
            stalled.sort_by_key(|debt| std::cmp::Reverse(debt.lock().owed().bytes));
            if !stalled.iter().any(|debt| debt.expire_oldest(Expired::Memory, stalled.len(), now)) {
                return;
            }
        }
    }

    fn spill(&self, now: Timestamp) {
        while self.held.load(Ordering::Relaxed) > self.share() {
            let of = |debt: &Debt, signal: Signal| debt.lock().lanes[signal as usize].warm();
            let lanes = self.owed.iter().flat_map(|debt| Signal::ALL.map(|signal| (debt, signal)));
            let most = lanes.max_by_key(|(debt, signal)| {
                let bytes = of(debt, *signal);
                (bytes > 0, debt.stalled(now), bytes)
            });
            match most {
                Some((debt, signal)) if of(debt, signal) > 0 => debt.lock().lanes[signal as usize].spill(),
                _ => return,
            }
        }
    }

    /// Whether a destination of one of these pipelines is full and blocks.
    pub fn blocked(&self, pipelines: &[usize]) -> bool {
        let mut destinations = pipelines.iter().flat_map(|pipeline| &self.routes[*pipeline]);
        destinations.any(|index| self.owed[*index].blocked.load(Ordering::Relaxed))
    }

    /// The reading end for one destination.
    pub fn cursor(&self, destination: usize) -> Cursor {
        Cursor { debt: self.owed[destination].clone() }
    }

    /// Says that nothing more will be appended: cursors that run empty are done.
    pub fn close(&self) {
        for debt in &self.owed {
            debt.lock().closed = true;
            debt.changed.iter().for_each(Notify::notify_one);
        }
    }

    /// Gives up what is still owed when the process ends; the records lost, by destination.
    /// What is in files stays owed, and is not lost.
    pub fn abandon(&self, now: Timestamp) -> Vec<(String, u64)> {
        let lost = |debt: &Arc<Debt>| {
            let before = debt.lock().owed().records;
            while debt.expire_oldest(Expired::Shutdown, usize::MAX, now) {}
            (debt.destination.name.clone(), before - debt.lock().owed().records)
        };
        self.owed.iter().map(lost).filter(|(_, records)| *records > 0).collect()
    }

    /// What is wrong with the journal, in words.
    pub(crate) fn trouble(&self) -> Option<&'static str> {
        self.files.as_ref()?.ended().then_some("the journal is not written any more")
    }

    /// How far the look at what the journal held at the start has come; none once it is over, or without files.
    pub(crate) fn recovery(&self) -> Option<Recovery> {
        self.files.as_ref()?.recovery()
    }

    /// Records that are owed and in files, by destination.
    pub fn kept(&self) -> Vec<(String, u64)> {
        let owed = |debt: &Arc<Debt>| (debt.destination.name.clone(), debt.lock().owed().records);
        let kept = self.owed.iter().filter(|debt| debt.files.is_some()).map(owed);
        kept.filter(|(_, records)| *records > 0).collect()
    }

    /// The last decision about `trace`, where it is remembered in RAM.
    pub(crate) fn decision(&self, trace: TraceId) -> Option<Found> {
        let (mut found, released) = self.rooms.all.iter().find_map(|room| room.find(trace))?;
        for (signal, pipeline, at) in released {
            for debt in self.routes.get(pipeline).into_iter().flatten().map(|index| &self.owed[*index]) {
                let settled = !debt.lock().lanes[signal as usize].holds(at);
                match found.deliveries.iter_mut().find(|known| known.exporter == debt.destination.name) {
                    Some(known) => known.settled &= settled,
                    None => {
                        found.deliveries.push(Delivery { exporter: debt.destination.name.clone(), settled });
                    }
                }
            }
        }
        Some(found)
    }

    /// How many pipelines there are.
    pub(super) fn pipelines(&self) -> usize {
        self.routes.len()
    }

    /// The number that stands for a pipeline in frames that are owed to one destination alone.
    pub(super) fn alone(&self, destination: usize) -> usize {
        let waiting = if self.rooms.all.is_empty() { 0 } else { self.routes.len() * 2 };
        self.routes.len() + waiting + destination
    }

    /// Where a part waits, if it does.
    fn room(&self, part: &Part) -> Option<&Arc<Room>> {
        part.seen.as_ref()?;
        self.rooms.all.get(self.rooms.of.get(part.pipeline).copied().flatten()?)
    }

    /// A place in RAM for a frame that no file takes.
    pub(super) fn beside(&self) -> Position {
        Position::in_ram(self.next.fetch_add(1, Ordering::Relaxed))
    }

    fn share(&self) -> usize {
        self.memory.limit() / SHARE.1 * SHARE.0
    }
}

impl Debt {
    pub(super) fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn series(&self, signal: Signal) -> &DestinationSeries {
        &self.destination.series[signal as usize]
    }

    fn push(&self, frame: &Arc<Frame>, now: Timestamp) {
        let signal = frame.sealed.signal();
        let mut state = self.lock();
        if state.owed().requests == 0 {
            state.progress = now;
        }
        let lane = &mut state.lanes[signal as usize];
        lane.owed.add(frame.records(), frame.bytes());
        let in_files = frame.position.is_in_files();
        if in_files {
            lane.cold.last = frame.position;
        }
        // What is in files and behind is read back in its turn.
        if !in_files || lane.cold.from.is_none() {
            lane.push(frame.clone());
        }
        let wake = state.wakes(signal, &self.destination.bounds);
        let series = self.series(signal);
        series.received.inc_by(frame.records());
        series.owe(frame.records(), frame.bytes());
        let passed = state.owed_over(&self.destination.bounds);
        self.refresh(&state);
        drop(state);
        if wake {
            self.changed[signal as usize].notify_one();
        }
        if passed && !self.destination.bounds.block_on_overflow {
            while self.lock().owed_over(&self.destination.bounds) && self.expire_oldest(Expired::Size, usize::MAX, now)
            {
            }
        }
    }

    /// Gives up the oldest frame that is not being sent and whose room `bound` is about; `false` when there is none, or
    /// more than `holders` destinations hold it.
    pub(super) fn expire_oldest(&self, bound: Expired, holders: usize, now: Timestamp) -> bool {
        let scope = Scope::of(bound, self.files.is_some());
        let mut state = self.lock();
        let firsts = state.lanes.iter_mut().filter_map(|lane| Some((lane.first(scope)?, lane)));
        let oldest = firsts.min_by_key(|((_, position), _)| *position);
        let oldest = oldest.filter(|((at, _), lane)| Arc::strong_count(&lane.frames[*at]) <= holders);
        let Some(frame) = oldest.and_then(|((at, _), lane)| lane.remove(at)) else { return false };
        self.expire(&mut state, &frame, bound, now);
        true
    }

    pub(super) fn expire(&self, state: &mut State, frame: &Frame, bound: Expired, now: Timestamp) {
        let signal = frame.sealed.signal();
        self.give_up(state, signal, frame.records(), frame.bytes(), bound, now);
        if self.files.is_some() {
            state.settle(signal, frame.position);
        }
    }

    /// Counts a frame as given up.
    pub(super) fn give_up(
        &self,
        state: &mut State,
        signal: Signal,
        records: u64,
        bytes: u64,
        bound: Expired,
        now: Timestamp,
    ) {
        let series = self.series(signal);
        series.expired(bound).inc_by(records);
        series.release(records, bytes);
        state.lanes[signal as usize].owed.remove(records, bytes);
        self.refresh(state);
        state.untold += records;
        // What is lost at the end of the process is summed up by who ends it.
        if bound != Expired::Shutdown && now.since(state.told) > TOLD_EVERY {
            let (exporter, records) = (self.destination.name.as_str(), std::mem::take(&mut state.untold));
            state.told = now;
            tracing::error!(
                exporter,
                records,
                bound = bound.label(),
                "given up, oldest first: lost to this destination"
            );
        }
    }

    /// Keeps `blocked` true to the state; call with every change of what is owed.
    pub(super) fn refresh(&self, state: &State) {
        let bounds = &self.destination.bounds;
        if bounds.block_on_overflow {
            self.blocked.store(bounds.full(&state.owed()), Ordering::Relaxed);
        }
    }

    /// Whether a frame of a segment's `table` belongs into the lane of `signal`.
    pub(super) fn is_owed(&self, signal: Signal, head: &FrameHead, table: &Table) -> bool {
        head.signal == signal && table.feeds(head, &self.destination.name)
    }

    pub(super) fn stalled(&self, now: Timestamp) -> bool {
        let state = self.lock();
        let patience = if state.failing { FAILING_FOR } else { SILENT_FOR };
        let blocks = self.destination.bounds.block_on_overflow;
        state.owed().requests > 0 && !blocks && now.since(state.progress) > patience
    }
}

impl State {
    pub(super) fn owed_over(&self, bounds: &Bounds) -> bool {
        bounds.passed(&self.owed()).is_some()
    }

    /// Notes that a frame is settled, for the cursor file and for who reads back.
    pub(super) fn settle(&mut self, signal: Signal, at: Position) {
        if !at.is_in_files() {
            return;
        }
        let lane = &mut self.lanes[signal as usize];
        lane.cold.done.insert(at);
        let low = lane.low(Position(u64::MAX));
        lane.cold.done = lane.cold.done.split_off(&low);
        self.settled.push((signal, at));
    }
}

impl Owed {
    pub(super) fn add(&mut self, records: u64, bytes: u64) {
        self.requests += 1;
        self.records += records;
        self.bytes += bytes;
    }

    pub(super) fn remove(&mut self, records: u64, bytes: u64) {
        self.requests -= 1;
        self.records -= records;
        self.bytes -= bytes;
    }
}

impl DestinationSeries {
    pub(super) fn owe(&self, records: u64, bytes: u64) {
        self.pending.inc_by(gauge(records));
        self.pending_bytes.inc_by(gauge(bytes));
    }

    pub(super) fn release(&self, records: u64, bytes: u64) {
        self.pending.dec_by(gauge(records));
        self.pending_bytes.dec_by(gauge(bytes));
    }
}

fn gauge(count: u64) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}
