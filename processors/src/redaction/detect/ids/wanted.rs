//! What is looked for, as bits: they tell of most groups of letters and digits that they are nothing, before a letter is
//! read again.

use super::candidate::{LETTERS, LONGEST};

/// Bits that tell which cuts there are, and which keys: enough for few of some hundred to meet.
const BITS: usize = 1 << 14;

/// A set of hashes; it may hold more than was put in.
#[derive(Clone, Debug)]
struct Set([u64; BITS / 64]);

impl Set {
    const EMPTY: Self = Self([0; BITS / 64]);

    #[inline]
    fn at(number: u32) -> usize {
        (number.wrapping_mul(0x9E37_79B1) >> (32 - BITS.trailing_zeros())) as usize
    }

    fn put(&mut self, number: u32) {
        let at = Self::at(number);
        self.0[at / 64] |= 1 << (at % 64);
    }

    #[inline]
    fn may_have(&self, number: u32) -> bool {
        let at = Self::at(number);
        self.0[at / 64] >> (at % 64) & 1 == 1
    }
}

/// How what is looked for may be written.
#[derive(Clone, Debug)]
pub(super) struct Wanted {
    /// For each set of kinds of separators, whether something has them all.
    pub(super) mixes: [bool; 256],
    /// For each number of letters, whether something has them before its first cut, and no digit.
    pub(super) leads: [bool; LETTERS + 1],
    /// Where something has cuts up to one of them, and where all.
    begun: Set,
    whole: Set,
    /// How long the longest is that may be cut anywhere, in groups of two on average.
    free: usize,
    /// What there is by [`key`], and by length, without separators and with, where not each position is told.
    keys: Set,
    wild: [[Vec<Told>; 2]; LONGEST + 1],
}

/// Of which positions it is told what they are, and which of these are digits.
type Told = (u32, u32);

/// What there is to look shapes up by: which positions are digits, how many there are, and whether any has a
/// separator before it.
#[inline]
pub(super) fn key(digits: u32, len: usize, cut: bool) -> u32 {
    digits | 1 << len | u32::from(cut) << 31
}

#[inline]
fn of_length(cuts: u32, len: usize) -> u32 {
    cuts ^ (len as u32) << 27
}

impl Wanted {
    /// Nothing yet.
    pub(super) fn nothing() -> Self {
        Self {
            mixes: [false; 256],
            leads: [false; LETTERS + 1],
            begun: Set::EMPTY,
            whole: Set::EMPTY,
            free: 0,
            keys: Set::EMPTY,
            wild: [const { [Vec::new(), Vec::new()] }; LONGEST + 1],
        }
    }

    /// Everything.
    #[cfg(test)]
    pub(super) fn anything() -> Self {
        let all = Set([!0; BITS / 64]);
        Self {
            mixes: [true; 256],
            leads: [true; LETTERS + 1],
            begun: all.clone(),
            whole: all.clone(),
            free: LONGEST,
            keys: all,
            wild: std::array::from_fn(|_| [vec![(0, 0)], vec![(0, 0)]]),
        }
    }

    /// With something of this [`key`].
    pub(super) fn add_key(&mut self, key: u32) {
        self.keys.put(key);
    }

    /// With something of this length, with separators or without, of which only these positions are told: `digits`
    /// and `letters`.
    pub(super) fn add_wild(&mut self, len: usize, cut: bool, digits: u32, letters: u32) {
        let (told, all) = ((digits | letters, digits), &mut self.wild[len][usize::from(cut)]);
        if !all.contains(&told) {
            all.push(told);
        }
    }

    /// With something of so many letters and digits that is cut anywhere.
    pub(super) fn add_free(&mut self, len: usize) {
        self.free = self.free.max(len);
    }

    /// With something that is cut before the positions of `cuts`.
    pub(super) fn add_cuts(&mut self, cuts: u32, len: usize) {
        self.whole.put(of_length(cuts, len));
        let mut begun = cuts;
        while begun != 0 {
            self.begun.put(begun);
            begun &= !(1 << begun.ilog2());
        }
    }

    /// Whether anything is so long, has digits there and is cut so.
    #[inline]
    pub(super) fn has(&self, digits: u32, cuts: u32, len: usize) -> bool {
        let cut = cuts != 0;
        let wild = || self.wild[len][usize::from(cut)].iter().any(|(told, wanted)| digits & told == *wanted);
        (self.keys.may_have(key(digits, len, cut)) || wild())
            && (!cut || self.loose(cuts, len) || self.whole.may_have(of_length(cuts, len)))
    }

    /// Whether anything that is cut so may go on behind the last cut.
    #[inline]
    pub(super) fn begins(&self, cuts: u32) -> bool {
        self.loose(cuts, self.free) || self.begun.may_have(cuts)
    }

    /// Whether what is cut anywhere may have so many cuts at this length.
    #[inline]
    fn loose(&self, cuts: u32, len: usize) -> bool {
        (cuts.count_ones() as usize + 1) * 2 <= len && len <= self.free
    }
}
