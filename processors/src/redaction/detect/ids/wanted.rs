//! What is looked for, as bits: they tell of most groups of letters and digits that they are nothing, before a letter is
//! read again.

/// Letters and digits that the longest identifier has.
pub(super) const LONGEST: usize = 24;

/// A group of letters alone is part of an identifier up to this length; longer ones are words.
pub(super) const LETTERS: usize = 5;

/// Which positions are digits, how many positions there are, and before which of them is a separator.
pub(super) type Form = u64;

/// In place of separators: anywhere, between groups of two on average.
const ANYWHERE: u32 = 1 << 31;

/// The [`Form`] of so many letters and digits.
#[inline]
pub(super) fn form(digits: u32, len: usize, cuts: u32) -> Form {
    u64::from(cuts) << 32 | u64::from(digits | 1 << len)
}

/// The form of what may be cut anywhere.
#[inline]
pub(super) fn cut_anywhere(digits: u32, len: usize) -> Form {
    form(digits, len, ANYWHERE)
}

/// Where a form is in a table of so many places, a power of two.
#[inline]
pub(super) fn place(form: Form, places: usize) -> usize {
    (form.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> (64 - places.trailing_zeros())) as usize
}

/// Bits of a set: enough for about a thousand to meet seldom.
const BITS: usize = 1 << 14;

/// A set of forms; it may hold more than was put in.
#[derive(Clone, Debug)]
struct Set(Box<[u64]>);

impl Set {
    fn new() -> Self {
        Self(vec![0; BITS / 64].into())
    }

    #[inline]
    fn at(form: Form) -> usize {
        place(form, BITS)
    }

    fn put(&mut self, form: Form) {
        let at = Self::at(form);
        self.0[at / 64] |= 1 << (at % 64);
    }

    #[inline]
    fn may_have(&self, form: Form) -> bool {
        let at = Self::at(form);
        self.0[at / 64] >> (at % 64) & 1 == 1
    }
}

/// Of which positions it is told what they are, and which of these are digits.
type Told = (u32, u32);

/// What is looked for of which not each position is told, by length.
type Wild = [Vec<Told>; LONGEST + 1];

fn wild(digits: u32, mut of_length: impl Iterator<Item = Told>) -> bool {
    of_length.any(|(told, wanted)| digits & told == wanted)
}

/// How what is looked for may be written.
#[derive(Clone, Debug)]
pub(super) struct Wanted {
    /// For each set of kinds of separators, whether something has them all.
    pub(super) mixes: [bool; 256],
    /// For each number of letters, whether something has them before its first cut, and no digit.
    pub(super) leads: [bool; LETTERS + 1],
    /// Of what each position is told: its forms, and those of what stands before a cut.
    whole: Set,
    begun: Set,
    /// The rest, without separators and with, and what stands before a cut.
    wild: [Wild; 2],
    wild_begun: Wild,
    /// How the rest may be cut, as forms without digits.
    cuts: Set,
    cuts_begun: Set,
    /// How long the longest is that may be cut anywhere.
    free: usize,
}

impl Wanted {
    /// Nothing yet.
    pub(super) fn nothing() -> Self {
        Self {
            mixes: [false; 256],
            leads: [false; LETTERS + 1],
            whole: Set::new(),
            begun: Set::new(),
            wild: [const { [const { Vec::new() }; LONGEST + 1] }; 2],
            wild_begun: [const { Vec::new() }; LONGEST + 1],
            cuts: Set::new(),
            cuts_begun: Set::new(),
            free: 0,
        }
    }

    /// Everything.
    #[cfg(test)]
    pub(super) fn anything() -> Self {
        let (set, wild) = (Set(vec![!0; BITS / 64].into()), std::array::from_fn(|_| vec![(0, 0)]));
        Self {
            mixes: [true; 256],
            leads: [true; LETTERS + 1],
            whole: set.clone(),
            begun: set.clone(),
            wild: [wild.clone(), wild.clone()],
            wild_begun: wild,
            cuts: set.clone(),
            cuts_begun: set,
            free: LONGEST,
        }
    }

    /// With something of which each position is told, and which is cut before those of `cuts`.
    pub(super) fn add(&mut self, digits: u32, len: usize, cuts: u32) {
        self.whole.put(form(digits, len, cuts));
        for (at, before) in beginnings(cuts) {
            self.begun.put(form(digits & ((1 << at) - 1), at, before));
        }
    }

    /// With something of which each position is told, and which may be cut anywhere.
    pub(super) fn add_anywhere(&mut self, digits: u32, len: usize) {
        self.free = self.free.max(len);
        self.whole.put(cut_anywhere(digits, len));
        for at in 1..len {
            self.begun.put(cut_anywhere(digits & ((1 << at) - 1), at));
        }
    }

    /// With something of which only these positions are told, and which is cut before those of `cuts`.
    pub(super) fn add_wild(&mut self, told: Told, len: usize, cuts: u32) {
        put(&mut self.wild[usize::from(cuts != 0)][len], told);
        self.cuts.put(form(0, len, cuts));
        for (at, before) in beginnings(cuts) {
            self.begin_wild(told, at);
            self.cuts_begun.put(form(0, at, before));
        }
    }

    /// With something of which only these positions are told, and which may be cut anywhere.
    pub(super) fn add_wild_anywhere(&mut self, told: Told, len: usize) {
        self.free = self.free.max(len);
        put(&mut self.wild[1][len], told);
        self.cuts.put(cut_anywhere(0, len));
        for at in 1..len {
            self.begin_wild(told, at);
            self.cuts_begun.put(cut_anywhere(0, at));
        }
    }

    fn begin_wild(&mut self, (told, digits): Told, at: usize) {
        let before = (1 << at) - 1;
        put(&mut self.wild_begun[at], (told & before, digits & before));
    }

    /// Whether anything may be written so; what may be cut anywhere only if it stands `apart`.
    #[inline]
    pub(super) fn has(&self, digits: u32, len: usize, cuts: u32, apart: bool) -> bool {
        let loose = apart && self.is_loose(cuts, len);
        self.whole.may_have(form(digits, len, cuts))
            || loose && self.whole.may_have(cut_anywhere(digits, len))
            || (self.cuts.may_have(form(0, len, cuts)) || loose && self.cuts.may_have(cut_anywhere(0, len)))
                && wild(digits, self.wild[usize::from(cuts != 0)][len].iter().copied())
    }

    /// Whether anything may be written so up to its next cut; `cuts` before that.
    #[inline]
    pub(super) fn begins(&self, digits: u32, len: usize, cuts: u32, apart: bool) -> bool {
        let loose = apart && self.is_loose(cuts | 1 << len, self.free);
        self.begun.may_have(form(digits, len, cuts))
            || loose && self.begun.may_have(cut_anywhere(digits, len))
            || (self.cuts_begun.may_have(form(0, len, cuts)) || loose && self.cuts_begun.may_have(cut_anywhere(0, len)))
                && wild(digits, self.wild_begun[len].iter().copied())
    }

    /// Whether what is cut anywhere may have these cuts at this length.
    #[inline]
    pub(super) fn is_loose(&self, cuts: u32, len: usize) -> bool {
        cuts != 0 && (cuts.count_ones() as usize + 1) * 2 <= len && len <= self.free
    }
}

/// For each cut, where it is and those before it.
fn beginnings(mut cuts: u32) -> impl Iterator<Item = (usize, u32)> {
    std::iter::from_fn(move || {
        let last = cuts.checked_ilog2()?;
        cuts &= !(1 << last);
        Some((last as usize, cuts))
    })
}

fn put(all: &mut Vec<Told>, told: Told) {
    if !all.contains(&told) {
        all.push(told);
    }
}
