//! What was decided, remembered for as long as there is room, so that late records follow.

use pipeline::sampling::{Course, Decision, Mark, TraceId, Trigger};

use recent::Recent;

mod recent;

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
        let (kept, gone) = (Recent::new(kept, bytes / 2, contrib), Recent::new(gone, bytes / 2, contrib));
        Self { kept, gone, contrib }
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

    /// Remembers a decision; of a trace that had one, the caller forgets that first.
    pub(super) fn put(&mut self, id: TraceId, memo: &Memo) {
        let id = self.key(id);
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
        if kept { self.kept.has_room() } else { self.gone.has_room() }
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
