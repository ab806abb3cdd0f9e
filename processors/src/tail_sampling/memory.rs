//! What was decided, remembered for as long as there is room, so that late records follow.

use std::collections::HashMap;

use pipeline::sampling::{Course, Decision, Mark, TraceId, Trigger};

use pipeline::sampling::IdHash;

/// What late records of a trace do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Memo {
    pub(super) course: Course,
    /// Only logs were there: spans that come later are a trace of their own.
    pub(super) orphan: bool,
    /// It was turned away under pressure, before anything of it failed.
    pub(super) shed: bool,
    pub(super) mark: Mark,
}

/// What is remembered of a trace that was not kept; see [`Memo`].
#[derive(Clone, Copy, Debug)]
struct Gone {
    orphan: bool,
    shed: bool,
}

/// The mark of a kept trace in two words: thresholds and randomness have 56 bits.
#[derive(Clone, Copy, Debug)]
struct Packed([u64; 2], u16);

const KNOWN: u64 = 1 << 56;
const PARTIAL: u64 = 1 << 57;
const ORPHAN: u64 = 1 << 58;
const FIRM: u64 = 1 << 59;
const VALUE: u64 = KNOWN - 1;
const NO_POLICY: u16 = u16::MAX;

impl Packed {
    fn of(memo: &Memo) -> Self {
        let flag = |on: bool, flag: u64| if on { flag } else { 0 };
        let number = |number: Option<u64>| number.map_or(0, |number| number & VALUE | KNOWN);
        let flags = flag(memo.mark.partial, PARTIAL)
            | flag(memo.orphan, ORPHAN)
            | flag(memo.course == Course::ReleaseFirm, FIRM);
        Self([number(memo.mark.threshold) | flags, number(memo.mark.randomness)], memo.mark.policy.unwrap_or(NO_POLICY))
    }

    fn memo(self) -> Memo {
        let Self([first, second], policy) = self;
        let number = |word: u64| (word & KNOWN != 0).then_some(word & VALUE);
        let policy = Some(policy).filter(|policy| *policy != NO_POLICY);
        let (threshold, randomness, partial) = (number(first), number(second), first & PARTIAL != 0);
        let mark = Mark { threshold, randomness, policy, partial, late: false };
        let course = if first & FIRM != 0 { Course::ReleaseFirm } else { Course::Release };
        Memo { course, orphan: first & ORPHAN != 0, shed: false, mark }
    }
}

/// As many entries as there is room for, those not asked for the longest going first: two halves, of which the older
/// goes when the younger is full.
#[derive(Debug)]
struct Recent<V> {
    room: usize,
    young: HashMap<TraceId, V, IdHash>,
    old: HashMap<TraceId, V, IdHash>,
}

/// So many are remembered however little memory there is.
const LEAST: usize = 1024;

impl<V: Copy> Recent<V> {
    /// Room for `room` entries, or what fits into `bytes`: a half is a table of a power of two of places, of which seven
    /// eighths are used.
    fn new(room: usize, bytes: usize) -> Self {
        let places = (bytes / 2 / (size_of::<(TraceId, V)>() + 1)).checked_ilog2().map_or(0, |log| 1_usize << log);
        let room = room.min((places / 8 * 7 * 2).max(LEAST));
        Self { room, young: HashMap::default(), old: HashMap::default() }
    }

    fn get(&mut self, id: TraceId) -> Option<V> {
        if let Some(value) = self.young.get(&id) {
            return Some(*value);
        }
        let value = self.old.remove(&id)?;
        self.put(id, value);
        Some(value)
    }

    fn put(&mut self, id: TraceId, value: V) {
        if self.room == 0 {
            return;
        }
        if self.young.len() >= self.room.div_ceil(2) {
            std::mem::swap(&mut self.young, &mut self.old);
            self.young.clear();
        }
        self.young.insert(id, value);
    }

    fn remove(&mut self, id: TraceId) {
        self.young.remove(&id);
        self.old.remove(&id);
    }

    fn heap_bytes(&self) -> usize {
        (self.young.capacity() + self.old.capacity()) * (size_of::<(TraceId, V)>() + 1)
    }
}

/// Decisions about traces that no longer wait.
#[derive(Debug)]
pub(super) struct Memory {
    kept: Recent<Packed>,
    gone: Recent<Gone>,
    /// The Collector remembers the last 8 bytes of an id only.
    contrib: bool,
}

impl Memory {
    /// Room for so many traces that were kept and that are gone, within `bytes` in all.
    pub(super) fn new(kept: usize, gone: usize, bytes: usize, contrib: bool) -> Self {
        Self { kept: Recent::new(kept, bytes / 2), gone: Recent::new(gone, bytes / 2), contrib }
    }

    fn key(&self, mut id: TraceId) -> TraceId {
        if self.contrib {
            id.0[..8].fill(0);
        }
        id
    }

    /// What was decided.
    pub(super) fn get(&mut self, id: TraceId) -> Option<Memo> {
        let id = self.key(id);
        if let Some(packed) = self.kept.get(id) {
            return Some(packed.memo());
        }
        let Gone { orphan, shed } = self.gone.get(id)?;
        Some(Memo { course: Course::Discard, orphan, shed, mark: Mark::default() })
    }

    /// Remembers a decision, in the place of an earlier one.
    pub(super) fn put(&mut self, id: TraceId, memo: &Memo) {
        let id = self.key(id);
        // The Collector's caches know nothing of each other: the one of kept traces is asked first.
        if !self.contrib {
            self.forget(id);
        }
        match memo.course {
            Course::Release | Course::ReleaseFirm => self.kept.put(id, Packed::of(memo)),
            Course::Discard | Course::Hold => self.gone.put(id, Gone { orphan: memo.orphan, shed: memo.shed }),
        }
    }

    /// Forgets a trace.
    pub(super) fn forget(&mut self, id: TraceId) {
        let id = self.key(id);
        self.kept.remove(id);
        self.gone.remove(id);
    }

    /// Whether a trace of this kind is remembered at all.
    pub(super) fn has_room(&self, kept: bool) -> bool {
        if kept { self.kept.room > 0 } else { self.gone.room > 0 }
    }

    /// Bytes on the heap.
    pub(super) fn heap_bytes(&self) -> usize {
        self.kept.heap_bytes() + self.gone.heap_bytes()
    }
}

/// What an earlier life decided.
pub(super) fn memo_of(decision: &Decision, firm: bool) -> Memo {
    let orphan = decision.spans == 0 && decision.logs > 0;
    let course = match (decision.kept(), orphan && firm) {
        (_, true) => Course::ReleaseFirm,
        (true, _) => Course::Release,
        (false, _) => Course::Discard,
    };
    let shed = decision.trigger == Trigger::Pressure;
    Memo { course, orphan, shed, mark: Mark { late: false, ..decision.mark } }
}
