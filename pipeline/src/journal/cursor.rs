//! A destination's place in the outbox: what waits, what is being sent, what is settled.
//!
//! A parcel that is dropped unsettled goes back to the front of its lane: silence is never delivery.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Weak};

use super::bounds::{Bounds, Limit, Owed};
use super::fill::Cold;
use super::frame::{Frame, Position};
use super::letters::Letter;
use super::outbox::{Debt, State};
use super::volatile::Scope;
use crate::ledger::{DestinationSeries, Expired};
use crate::{Sealed, Signal, Timestamp};

/// The reading end of the outbox for one destination. Clones read the same place.
#[derive(Clone, Debug)]
pub struct Cursor {
    pub(super) debt: Arc<Debt>,
}

/// How much a reader wants in one parcel. At least one frame is given, whatever its size.
#[derive(Clone, Copy, Debug)]
pub struct Want {
    /// The signal; a parcel holds one.
    pub signal: Signal,
    /// Most of it.
    pub most: Limit,
}

/// What waits in one lane.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Waiting {
    /// Frames.
    pub requests: u64,
    /// Spans, log records or data points.
    pub records: u64,
    /// Bytes of OTLP protobuf.
    pub bytes: u64,
    /// When the first of them was appended.
    pub oldest: Option<Timestamp>,
}

/// Frames of one signal on their way to a destination.
#[derive(Debug)]
pub struct Parcel {
    debt: Arc<Debt>,
    signal: Signal,
    frames: Vec<Arc<Frame>>,
}

/// What became of a parcel.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Settlement {
    /// The destination took all records but these, which it refused for good.
    Delivered {
        /// Records refused for good.
        rejected: u64,
    },
    /// The destination refused all of it for good.
    Rejected,
    /// Given up past a bound, except for what was already sent of it in part.
    Expired {
        /// The bound.
        bound: Expired,
        /// Records the destination took before.
        delivered: u64,
        /// Records it refused for good before.
        rejected: u64,
    },
}

/// Frames of one signal that wait, in order.
#[derive(Debug, Default)]
pub(super) struct Lane {
    pub(super) frames: VecDeque<Arc<Frame>>,
    /// What waits in RAM, is being sent, or waits in files.
    pub(super) owed: Owed,
    /// What waits in RAM.
    pub(super) size: Owed,
    /// Bytes of it that are nowhere else, beside files.
    pub(super) volatile: u64,
    /// What is being sent.
    sending: Owed,
    /// What is being sent, by where it stands now.
    pub(super) flying: BTreeMap<Position, Weak<Frame>>,
    /// Of what is being sent and was moved to the tail of the journal: where it stood when it was taken, and where it stands.
    pub(super) moved: BTreeMap<Position, Position>,
    /// The reader sleeps until this much waits; see [`Cursor::wait`].
    wake_at: Option<Limit>,
    /// What of it is in files only.
    pub(super) cold: Cold,
}

impl Cursor {
    /// The exporter's id.
    pub fn name(&self) -> &str {
        &self.debt.destination.name
    }

    /// The exporter's ledger for `signal`.
    pub fn series(&self, signal: Signal) -> &DestinationSeries {
        self.debt.series(signal)
    }

    /// What waits of `signal` and may be taken now: nothing while what is being sent fills its share of
    /// the destination's bounds.
    pub fn waiting(&self, signal: Signal) -> Waiting {
        let state = self.debt.lock();
        let lane = &state.lanes[signal as usize];
        if !state.may_take(signal, &self.debt.destination.bounds) {
            return Waiting::default();
        }
        let Owed { requests, records, bytes } = lane.size;
        Waiting { requests, records, bytes, oldest: lane.oldest() }
    }

    /// Takes the oldest frames of a signal, in order; none when nothing may be taken ([`Self::waiting`]).
    /// What has passed `sending_queue.max_age` at `now` is given up first.
    pub fn take(&self, want: Want, now: Timestamp) -> Option<Parcel> {
        let mut state = self.debt.lock();
        if let Some(max_age) = self.debt.destination.bounds.max_age {
            while state.lanes[want.signal as usize].oldest().is_some_and(|at| now.since(at) > max_age) {
                let Some(frame) = state.lanes[want.signal as usize].pop() else { break };
                self.debt.expire(&mut state, &frame, Expired::Age, now);
            }
        }
        let bounds = &self.debt.destination.bounds;
        if !state.may_take(want.signal, bounds) {
            return None;
        }
        let sending = state.sending();
        let lane = &mut state.lanes[want.signal as usize];
        let mut frames = vec![lane.pop()?];
        let mut size = Owed::default();
        size.add(frames[0].records(), frames[0].bytes());
        while let Some(next) = lane.frames.front() {
            let mut more = size;
            more.add(next.records(), next.bytes());
            if more.over(want.most) || bounds.sending_full(&sending.plus(&more)) {
                break;
            }
            size = more;
            frames.extend(lane.pop());
        }
        lane.sending = lane.sending.plus(&size);
        lane.flying.extend(frames.iter().map(|frame| (frame.position, Arc::downgrade(frame))));
        Some(Parcel { debt: self.debt.clone(), signal: want.signal, frames })
    }

    /// Keeps what the destination refused for good, with its reason in its own words, where there are files; call it before
    /// the parcel is settled.
    pub fn bury(&self, refused: &Sealed, reason: &str, now: Timestamp) {
        self.keep_letter(refused, None, reason, now);
    }

    /// The same of a request of which it refused so many records, without a word of which they are.
    pub fn bury_partly(&self, refused: &Sealed, rejected: u32, reason: &str, now: Timestamp) {
        self.keep_letter(refused, Some(rejected), reason, now);
    }

    fn keep_letter(&self, refused: &Sealed, rejected: Option<u32>, reason: &str, now: Timestamp) {
        if self.debt.files.is_none() {
            return;
        }
        let letter = Letter {
            exporter: self.name().to_owned(),
            signal: refused.signal(),
            records: refused.records(),
            rejected,
            refused: now,
            reason: reason.to_owned(),
            body: refused.body().clone(),
        };
        self.debt.lock().letters.push(letter);
    }

    /// Says that an attempt has failed: until something is settled the destination is failing, and gives
    /// way to others where memory is short.
    pub fn failed(&self) {
        self.debt.lock().failing = true;
    }

    /// Waits until the lane of `signal` holds `at_least` so much, or the outbox is closed. One reader of a
    /// lane waits at a time.
    pub async fn wait(&self, signal: Signal, at_least: Limit) {
        // A wake-up may be stale (an earlier wait that was let go of) or for less (a parcel that
        // came back), so each is only a reason to look again.
        loop {
            let changed = self.debt.changed[signal as usize].notified();
            {
                let mut state = self.debt.lock();
                state.lanes[signal as usize].wake_at = Some(at_least);
                if state.wakes(signal, &self.debt.destination.bounds) || state.closed && !state.behind(signal) {
                    return;
                }
                if state.lanes[signal as usize].begin_filling() {
                    let debt = self.debt.clone();
                    drop(tokio::task::spawn_blocking(move || debt.fill(signal)));
                }
            }
            changed.await;
        }
    }

    /// Whether nothing more will be appended.
    pub fn closed(&self) -> bool {
        self.debt.lock().closed
    }

    /// Whether something of `signal` waits in files that has not been read back yet.
    pub fn behind(&self, signal: Signal) -> bool {
        self.debt.lock().behind(signal)
    }

    /// Whether nothing waits and nothing is being sent.
    pub fn settled(&self) -> bool {
        self.debt.lock().owed().requests == 0
    }
}

impl Parcel {
    /// What it carries.
    pub fn signal(&self) -> Signal {
        self.signal
    }

    /// Its frames, in order; never empty.
    pub fn frames(&self) -> &[Arc<Frame>] {
        &self.frames
    }

    /// Records in it.
    pub fn records(&self) -> u64 {
        self.frames.iter().map(|frame| frame.records()).sum()
    }

    /// Whether the journal is full, and the room of this is what it needs: `service.storage.max_size` is a bound of what
    /// is tried again, too.
    pub fn is_in_the_way(&self) -> bool {
        let Some(files) = &self.debt.files else { return false };
        let state = self.debt.lock();
        let lane = &state.lanes[self.signal as usize];
        self.frames.iter().any(|frame| files.is_pressed(lane.stands(frame.position)))
    }

    /// Bytes of OTLP protobuf in it.
    pub fn bytes(&self) -> u64 {
        self.frames.iter().map(|frame| frame.bytes()).sum()
    }

    /// Closes the account of these frames.
    pub fn settle(mut self, settlement: Settlement, now: Timestamp) {
        let frames = std::mem::take(&mut self.frames);
        let series = self.debt.series(self.signal);
        let records: u64 = frames.iter().map(|frame| frame.records()).sum();
        match settlement {
            Settlement::Delivered { rejected } => {
                let rejected = rejected.min(records);
                series.delivered.inc_by(records - rejected);
                series.rejected.inc_by(rejected);
            }
            Settlement::Rejected => {
                series.rejected.inc_by(records);
            }
            Settlement::Expired { bound, delivered, rejected } => {
                let delivered = delivered.min(records);
                let rejected = rejected.min(records - delivered);
                series.delivered.inc_by(delivered);
                series.rejected.inc_by(rejected);
                series.expired(bound).inc_by(records - delivered - rejected);
            }
        }
        let mut state = self.debt.lock();
        for frame in &frames {
            let lane = &mut state.lanes[self.signal as usize];
            let (records, bytes) = (frame.records(), frame.bytes());
            lane.sending.remove(records, bytes);
            let at = lane.land(frame.position);
            lane.owed.remove(records, bytes);
            series.release(records, bytes);
            if self.debt.files.is_some() {
                state.settle(self.signal, at);
            }
        }
        state.progress = now;
        state.failing = false;
        if let Some(files) = &self.debt.files {
            files.wake();
        }
        self.debt.refresh(&state);
        // The room this makes under the bounds is every lane's.
        for signal in Signal::ALL {
            if state.wakes(signal, &self.debt.destination.bounds) {
                self.debt.changed[signal as usize].notify_one();
            }
        }
    }
}

impl Drop for Parcel {
    fn drop(&mut self) {
        let frames = std::mem::take(&mut self.frames);
        if frames.is_empty() {
            return;
        }
        let mut state = self.debt.lock();
        let lane = &mut state.lanes[self.signal as usize];
        for frame in frames.into_iter().rev() {
            lane.sending.remove(frame.records(), frame.bytes());
            let at = lane.land(frame.position);
            lane.put_back(if at == frame.position { frame } else { Arc::new(frame.moved_to(at)) });
        }
        drop(state);
        self.debt.changed[self.signal as usize].notify_one();
    }
}

impl State {
    /// What is owed over all lanes.
    pub(super) fn owed(&self) -> Owed {
        self.lanes.iter().fold(Owed::default(), |sum, lane| sum.plus(&lane.owed))
    }

    /// By signal, the first place that is not settled; `end` where everything is.
    pub(super) fn low(&self, end: Position) -> [Position; 3] {
        std::array::from_fn(|signal| self.lanes[signal].low(end))
    }

    /// Whether something of `signal` waits in files only.
    pub(super) fn behind(&self, signal: Signal) -> bool {
        self.lanes[signal as usize].cold.from.is_some()
    }

    /// What is being sent, over all lanes.
    fn sending(&self) -> Owed {
        self.lanes.iter().fold(Owed::default(), |sum, lane| sum.plus(&lane.sending))
    }

    /// Whether the first frame of a lane may be sent beside what is being sent. One parcel of each signal
    /// may always be, so that no signal waits for another.
    fn may_take(&self, signal: Signal, bounds: &Bounds) -> bool {
        let lane = &self.lanes[signal as usize];
        let Some(first) = lane.frames.front() else { return false };
        let mut sending = self.sending();
        sending.add(first.records(), first.bytes());
        lane.sending.requests == 0 || !bounds.sending_full(&sending)
    }

    /// Whether the reader of a lane is to look again; it is told once.
    pub(super) fn wakes(&mut self, signal: Signal, bounds: &Bounds) -> bool {
        let lane = &self.lanes[signal as usize];
        let wakes = lane.wake_at.is_some_and(|limit| lane.reaches(limit)) && self.may_take(signal, bounds);
        if wakes {
            self.lanes[signal as usize].wake_at = None;
        }
        wakes
    }
}

impl Lane {
    /// Puts a frame in its place.
    pub(super) fn push(&mut self, frame: Arc<Frame>) {
        self.size.add(frame.records(), frame.bytes());
        self.volatile += if frame.position.is_in_files() { 0 } else { frame.bytes() };
        match self.frames.back() {
            Some(last) if frame.position < last.position => {
                let place = self.frames.partition_point(|other| other.position < frame.position);
                self.frames.insert(place, frame);
            }
            _ => self.frames.push_back(frame),
        }
    }

    /// Puts a frame back in its place, unless it will be read back anyway.
    fn put_back(&mut self, frame: Arc<Frame>) {
        if self.cold.from.is_some_and(|from| from <= frame.position) {
            return;
        }
        self.push(frame);
    }

    /// Whether the frame at `at` is owed.
    pub(super) fn holds(&self, at: Position) -> bool {
        let cold = self.cold.from.is_some_and(|from| from <= at) && !self.cold.done.contains(&at);
        cold || self.is_flying(at)
            || self.moved.contains_key(&at)
            || self.frames.iter().any(|frame| frame.position == at)
    }

    /// Whether the frame at `at` is being sent.
    pub(super) fn is_flying(&self, at: Position) -> bool {
        self.flying.contains_key(&at)
    }

    pub(super) fn pop(&mut self) -> Option<Arc<Frame>> {
        self.remove(0)
    }

    /// What is owed and neither waits in RAM nor is being sent: in files, or nowhere.
    pub(super) fn elsewhere(&self) -> Owed {
        self.owed.minus(&self.size.plus(&self.sending))
    }

    /// Bytes that wait in RAM and are in files as well.
    pub(super) fn warm(&self) -> u64 {
        self.size.bytes - self.volatile
    }

    /// Whether nothing of it is in RAM: neither waiting nor being sent.
    pub(super) fn is_bare(&self) -> bool {
        self.frames.is_empty() && self.flying.is_empty()
    }

    /// The first place in files of what waits, in RAM as well or not; none where nothing does.
    pub(super) fn waits(&self) -> Option<Position> {
        [self.first(Scope::Files).map(|(_, at)| at), self.cold.from].into_iter().flatten().min()
    }

    /// The first place in files that is not settled; `end` where everything is.
    pub(super) fn low(&self, end: Position) -> Position {
        let flying = self.flying.range(Position::FILES..).next().map(|(at, _)| *at);
        let first = [flying, self.first(Scope::Files).map(|(_, position)| position), self.cold.from];
        first.into_iter().flatten().min().unwrap_or(end)
    }

    pub(super) fn oldest(&self) -> Option<Timestamp> {
        self.frames.front().map(|frame| frame.appended)
    }

    pub(super) fn reaches(&self, limit: Limit) -> bool {
        match limit {
            Limit::Requests(least) => self.size.requests >= least,
            Limit::Items(least) => self.size.records >= least,
            Limit::Bytes(least) => self.size.bytes >= least,
        }
    }
}

impl Owed {
    fn plus(&self, more: &Self) -> Self {
        Self {
            requests: self.requests + more.requests,
            records: self.records + more.records,
            bytes: self.bytes + more.bytes,
        }
    }

    fn minus(&self, less: &Self) -> Self {
        Self {
            requests: self.requests.saturating_sub(less.requests),
            records: self.records.saturating_sub(less.records),
            bytes: self.bytes.saturating_sub(less.bytes),
        }
    }

    fn over(&self, limit: Limit) -> bool {
        match limit {
            Limit::Requests(most) => self.requests > most,
            Limit::Items(most) => self.records > most,
            Limit::Bytes(most) => self.bytes > most,
        }
    }
}
