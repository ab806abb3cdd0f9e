//! What is known of a trace: enough for every policy, so that no decision touches payload. A worker makes the facts
//! of one request, and facts of one trace merge in any order.

use super::plan::Plan;

/// Which predicates held, by number: one word in place, more where the configuration has more.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Bits {
    first: u64,
    more: Box<[u64]>,
}

impl Bits {
    /// Room for `count` bits.
    pub(super) fn new(count: u32) -> Self {
        Self { first: 0, more: vec![0; (count as usize).div_ceil(64).saturating_sub(1)].into() }
    }

    /// Sets a bit.
    pub(super) fn set(&mut self, bit: u32) {
        if let Some(word) = self.word(bit) {
            *word |= 1 << (bit % 64);
        }
    }

    /// Clears a bit.
    pub(super) fn clear(&mut self, bit: u32) {
        if let Some(word) = self.word(bit) {
            *word &= !(1 << (bit % 64));
        }
    }

    fn word(&mut self, bit: u32) -> Option<&mut u64> {
        if bit < 64 { Some(&mut self.first) } else { self.more.get_mut(bit as usize / 64 - 1) }
    }

    /// Whether a bit is set.
    pub(super) fn has(&self, bit: u32) -> bool {
        let word = if bit < 64 { Some(&self.first) } else { self.more.get(bit as usize / 64 - 1) };
        word.is_some_and(|word| word >> (bit % 64) & 1 == 1)
    }

    /// The lowest that is set of the `count` bits from `start`, counted from there.
    pub(super) fn lowest(&self, start: u32, count: u32) -> Option<u32> {
        let (word, shift) = (start / 64, start % 64);
        if count == 0 || shift + count > 64 {
            return (0..count).find(|at| self.has(start + at));
        }
        let bits = if word == 0 { self.first } else { self.more.get(word as usize - 1).copied().unwrap_or(0) };
        let found = (bits >> shift & (u64::MAX >> (64 - count))).trailing_zeros();
        (found < count).then_some(found)
    }

    fn merge(&mut self, other: &Self) {
        self.first |= other.first;
        for (word, other) in self.more.iter_mut().zip(&other.more) {
            *word |= other;
        }
    }
}

/// A span without a parent was there.
pub(super) const ROOT: u8 = 1;
/// A span with status ERROR, a log record of severity ERROR, or anything else that `failure` sees was there.
pub(super) const FAILED: u8 = 4;
/// A threshold or a randomness arrived in a trace state.
pub(super) const CONSISTENT: u8 = 8;
/// A log record that leaves where only firm ones do was there.
pub(super) const FIRM: u8 = 16;

/// No number yet, of those of which the least counts.
pub(super) const NONE: u64 = u64::MAX;

/// What is known of a trace, or of the part of it that one request brought.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Facts {
    /// Spans.
    pub(super) spans: u32,
    /// Log records.
    pub(super) logs: u32,
    /// Bytes of the spans' messages.
    pub(super) span_bytes: u64,
    /// Bytes of the log records' messages.
    pub(super) log_bytes: u64,
    /// The earliest start, of those that are not 0; [`NONE`].
    pub(super) start: u64,
    /// The latest end.
    pub(super) end: u64,
    /// The randomness that arrived, the least where several did; [`NONE`].
    pub(super) randomness: u64,
    /// [`ROOT`] and the like.
    pub(super) flags: u8,
    /// The predicates that held for a record.
    pub(super) bits: Bits,
    /// The sums, in billionths, so that their order does not matter.
    pub(super) sums: Box<[i128]>,
    /// Whose budget counts: hashes of the values of the budgets' keys, the least where several are; [`NONE`].
    pub(super) owners: Box<[u64]>,
    /// Start and end of each span in the order of arrival, where the Collector's trap about them is to be kept.
    pub(super) times: Vec<(u64, u64)>,
}

impl Facts {
    /// Nothing yet.
    pub(super) fn new(plan: &Plan) -> Self {
        Self {
            spans: 0,
            logs: 0,
            span_bytes: 0,
            log_bytes: 0,
            start: NONE,
            end: 0,
            randomness: NONE,
            flags: 0,
            bits: Bits::new(plan.compiled.bits),
            sums: vec![0; plan.compiled.sums.len()].into(),
            owners: vec![NONE; plan.compiled.owners.len()].into(),
            times: Vec::new(),
        }
    }

    /// Whether one of the flags is set.
    pub(super) fn is(&self, flags: u8) -> bool {
        self.flags & flags != 0
    }

    /// All bytes.
    pub(super) fn bytes(&self) -> u64 {
        self.span_bytes.saturating_add(self.log_bytes)
    }

    /// Takes in what came later.
    pub(super) fn merge(&mut self, later: &Self, plan: &Plan) {
        self.spans = self.spans.saturating_add(later.spans);
        self.logs = self.logs.saturating_add(later.logs);
        self.span_bytes = self.span_bytes.saturating_add(later.span_bytes);
        self.log_bytes = self.log_bytes.saturating_add(later.log_bytes);
        self.start = self.start.min(later.start);
        self.end = self.end.max(later.end);
        self.randomness = self.randomness.min(later.randomness);
        self.flags |= later.flags;
        self.merge_bits(&later.bits, plan);
        for (sum, more) in self.sums.iter_mut().zip(&later.sums) {
            *sum = sum.saturating_add(*more);
        }
        for (owner, other) in self.owners.iter_mut().zip(&later.owners) {
            *owner = (*owner).min(*other);
        }
        self.times.extend_from_slice(&later.times);
    }

    /// The Collector stops at the first span that matches or cannot be evaluated: what came first stands.
    fn merge_bits(&mut self, later: &Bits, plan: &Plan) {
        if plan.compiled.first_wins.is_empty() {
            return self.bits.merge(later);
        }
        let mut news = later.clone();
        for (start, count) in &plan.compiled.first_wins {
            if self.bits.lowest(*start, *count).is_some() {
                (*start..start + count).for_each(|bit| news.clear(bit));
            }
        }
        self.bits.merge(&news);
    }

    /// Bytes on the heap.
    pub(super) fn heap_bytes(&self) -> usize {
        self.bits.more.len() * 8 + self.sums.len() * 16 + self.owners.len() * 8 + self.times.capacity() * 16
    }
}
