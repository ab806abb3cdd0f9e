//! The places of a text worth a look, found in one pass: digits, `@`, `:`, `=`, and runs without a blank. Clean text
//! has next to none of them, and is read at memory speed; every family goes by these places and reads no other.
//!
//! Sixteen bytes are compared at once, and what is found of 64 is a bit each in a word. Most blocks hold nothing between
//! `0` and `@`, which is asked first; only of those that do are the marks told apart, and kept with the number of their
//! block.

use wide::u8x16;

use crate::redaction::lanes::{BLOCK, Lanes, Span, each_block, places};

/// Every eighth byte.
const ENDS: u64 = 0x8080_8080_8080_8080;

/// Bytes in a row without a blank that make a long run.
pub(super) const RUN: usize = 14;

/// Where the marks of a text are. One is kept and filled again for each text, so that it allocates once.
#[derive(Clone, Debug, Default)]
pub struct Marks {
    digits: Bits,
    starts: Bits,
    ats: Bits,
    colons: Bits,
    equals: Bits,
    runs: Bits,
    capitals: Bits,
    wide: bool,
    full: bool,
}

/// What a byte can be marked as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mark {
    /// `0` to `9`
    Digit,
    /// `@`
    At,
    /// `:`
    Colon,
    /// `=`
    Equals,
}

/// The blocks in which a mark stands, and where in each.
#[derive(Clone, Debug, Default)]
struct Bits(Vec<(u32, u64)>);

impl Bits {
    #[inline]
    fn push(&mut self, block: u32, bits: u64) {
        if bits != 0 {
            self.0.push((block, bits));
        }
    }

    /// The places, in order.
    fn each(&self) -> impl Iterator<Item = usize> + '_ {
        self.0.iter().flat_map(|(block, bits)| places(*bits).map(move |at| *block as usize * BLOCK + at))
    }
}

impl Marks {
    /// Finds the marks of `text`, which has less than 4 GiB.
    pub fn fill(&mut self, text: &[u8]) {
        let Self { digits, starts, ats, colons, equals, runs, capitals, wide, full } = self;
        [digits, starts, ats, colons, equals, runs, capitals].into_iter().for_each(|bits| bits.0.clear());
        (*wide, *full) = (false, false);
        let (mut before, mut number) = (Before::default(), 0);
        each_block(text, |block| {
            self.block(number, block, &mut before);
            number += 1;
        });
    }

    /// Those of somebody who leaves nothing out: every digit begins a run of them, every place may begin a run without
    /// a blank or end eight capitals. What is found with these is all that there is.
    #[cfg(test)]
    pub(crate) fn everywhere(text: &[u8]) -> Self {
        let mut marks = Self::default();
        marks.fill(text);
        let blocks = text.len().div_ceil(BLOCK);
        let mut all: Vec<(u32, u64)> = (0..).take(blocks).map(|block| (block, !0)).collect();
        if let Some((_, bits)) = all.last_mut() {
            *bits >>= blocks * BLOCK - text.len();
        }
        (marks.starts, marks.runs, marks.capitals) = (marks.digits.clone(), Bits(all.clone()), Bits(all));
        (marks.wide, marks.full) = (true, true);
        marks
    }

    #[inline]
    fn block(&mut self, number: u32, block: &[u8; BLOCK], before: &mut Before) {
        let lanes = Lanes::of(block);
        let wide = lanes.wide();
        self.wide |= wide;
        self.full |= wide && lanes.full(&mut before.leads);
        let unbroken = lanes.unbroken(wide);
        let both = u128::from(unbroken) << BLOCK | u128::from(before.unbroken);
        before.unbroken = unbroken;
        let pairs = both & both >> 1;
        let fours = pairs & pairs >> 2;
        let eights = fours & fours >> 4;
        let runs = eights & eights >> (RUN - 8);
        if runs == 0 {
            before.runs = 0;
        } else {
            self.add_runs(number, runs, before);
        }
        if lanes.any(&Span::of(b'0', b'Z')) & ENDS as u32 != 0 {
            let rows = in_rows(lanes.between(b'0', b'9') | lanes.between(b'A', b'Z'));
            self.capitals.push(number, rows & ENDS);
        }
        if lanes.any(&Span::of(b'0', b'@')) != 0 {
            self.add_marks(number, &lanes, before);
        } else {
            before.digits = 0;
        }
    }

    /// `runs` has the block before in its lower half: runs are known when they have their length.
    fn add_runs(&mut self, number: u32, runs: u128, before: &mut Before) {
        let (earlier, here) = (runs as u64, (runs >> BLOCK) as u64);
        // What was seen of it from the block before alone is there already.
        if let Some(earlier) = Some(earlier & !before.runs).filter(|bits| *bits != 0) {
            let block = number.saturating_sub(1);
            match self.runs.0.last_mut() {
                Some((last, bits)) if *last == block => *bits |= earlier,
                _ => self.runs.push(block, earlier),
            }
        }
        self.runs.push(number, here);
        before.runs = here;
    }

    fn add_marks(&mut self, number: u32, lanes: &Lanes, before: &mut Before) {
        let digits = lanes.between(b'0', b'9');
        self.digits.push(number, digits);
        self.starts.push(number, digits & !(digits << 1 | before.digits >> (BLOCK - 1)));
        before.digits = digits;
        if lanes.any(&Span::of(b':', b'@')) != 0 {
            self.ats.push(number, lanes.equal(b'@'));
            self.colons.push(number, lanes.equal(b':'));
            self.equals.push(number, lanes.equal(b'='));
        }
    }

    fn of(&self, mark: Mark) -> &Bits {
        match mark {
            Mark::Digit => &self.digits,
            Mark::At => &self.ats,
            Mark::Colon => &self.colons,
            Mark::Equals => &self.equals,
        }
    }

    /// Whether there is any.
    pub fn any(&self, mark: Mark) -> bool {
        !self.of(mark).0.is_empty()
    }

    /// The places of a mark, in order.
    pub fn each(&self, mark: Mark) -> impl Iterator<Item = usize> + '_ {
        self.of(mark).each()
    }

    /// How many runs of adjacent digits there are.
    pub(in crate::redaction) fn numbers(&self) -> usize {
        self.starts.0.iter().map(|(_, starts)| starts.count_ones() as usize).sum()
    }

    /// The first places of each run of adjacent digits, in order.
    pub fn digit_runs(&self) -> impl Iterator<Item = usize> + '_ {
        self.starts.each()
    }

    /// As [`Self::digit_runs`], each with the digits that stand from there on.
    pub(super) fn digits_ahead(&self) -> impl Iterator<Item = (usize, Ahead)> + '_ {
        self.digit_blocks().flat_map(|mut block| std::iter::from_fn(move || block.next()))
    }

    /// Goes through [`Self::digits_ahead`]: in some texts that is every second byte, and what is done with most of them
    /// is less than what an iterator in an iterator takes.
    #[inline(always)]
    pub(super) fn each_ahead(&self, mut found: impl FnMut(usize, Ahead)) {
        for mut block in self.digit_blocks() {
            while let Some((at, ahead)) = block.next() {
                found(at, ahead);
            }
        }
    }

    /// The blocks in which a run of digits begins.
    #[inline(always)]
    fn digit_blocks(&self) -> impl Iterator<Item = Digits> + '_ {
        let mut digits = self.digits.0.as_slice();
        self.starts.0.iter().map(move |(block, starts)| {
            while digits.first().is_some_and(|(other, _)| other < block) {
                digits = &digits[1..];
            }
            let here = digits.first().map_or(0, |(_, bits)| *bits);
            let next = digits.get(1).filter(|(other, _)| *other == block + 1).map_or(0, |(_, bits)| *bits);
            Digits { start: *block as usize * BLOCK, starts: *starts, here, next }
        })
    }

    /// Every place, in order, from which [`RUN`] bytes and more are without a blank, quote or bracket: in a run of
    /// twenty, seven of them.
    pub(super) fn runs(&self) -> Places<'_> {
        Places { blocks: self.runs.0.iter(), start: 0, bits: 0 }
    }

    /// Every eighth byte (7, 15, ...) that is a capital or a digit, of most shorter rows none: no eight of them in a row
    /// are without one.
    pub(super) fn capitals(&self) -> impl Iterator<Item = usize> + '_ {
        self.capitals.each()
    }

    /// Whether anything is not ASCII.
    pub fn wide(&self) -> bool {
        self.wide
    }

    /// Whether there may be a full-width digit.
    pub(super) fn full(&self) -> bool {
        self.full
    }

    /// Whether nothing is marked at all, as in most prose, and all is ASCII.
    pub fn none(&self) -> bool {
        let Self { digits, starts: _, ats, colons, equals, runs, capitals, wide, full: _ } = self;
        !wide && [digits, ats, colons, equals, runs, capitals].iter().all(|bits| bits.0.is_empty())
    }
}

/// Places in order, of which those may be passed over that have been read.
#[derive(Clone, Debug)]
pub(super) struct Places<'m> {
    blocks: std::slice::Iter<'m, (u32, u64)>,
    start: usize,
    /// What is left of the block at `start`.
    bits: u64,
}

impl Places<'_> {
    /// The next place that is not before `from`.
    #[inline]
    pub(super) fn next_from(&mut self, from: usize) -> Option<usize> {
        loop {
            if let Some(read) = from.checked_sub(self.start) {
                self.bits = if read < BLOCK { self.bits & !0 << read } else { 0 };
            }
            if self.bits != 0 {
                let bit = self.bits.trailing_zeros() as usize;
                self.bits &= self.bits - 1;
                return Some(self.start + bit);
            }
            let (block, bits) = self.blocks.next()?;
            (self.start, self.bits) = (*block as usize * BLOCK, *bits);
        }
    }
}

impl Iterator for Places<'_> {
    type Item = usize;

    fn next(&mut self) -> Option<usize> {
        self.next_from(0)
    }
}

/// The digits of a block and of the next one.
#[derive(Clone, Copy, Debug)]
struct Digits {
    start: usize,
    /// Where runs of them begin that nobody has seen.
    starts: u64,
    here: u64,
    next: u64,
}

impl Digits {
    #[inline(always)]
    fn next(&mut self) -> Option<(usize, Ahead)> {
        if self.starts == 0 {
            return None;
        }
        let bit = self.starts.trailing_zeros() as usize;
        self.starts &= self.starts - 1;
        Some((self.start + bit, Ahead(self.here >> bit | self.next << 1 << (BLOCK - 1 - bit))))
    }
}

/// Which of the bytes from a place on are digits, a bit for each: how a number is cut is told from that without a look at
/// the text.
#[derive(Clone, Copy, Debug)]
pub(super) struct Ahead(u64);

impl Ahead {
    /// Of so many bytes it is told.
    pub(super) const BYTES: usize = BLOCK;

    /// Of what stands in `text` from `at` on.
    pub(super) fn of(text: &[u8], at: usize) -> Self {
        let near = text[at..].iter().take(BLOCK).enumerate();
        Self(near.fold(0, |bits, (at, byte)| bits | u64::from(byte.is_ascii_digit()) << at))
    }

    /// How many digits are there in a row, `skip` bytes further on; of many, those that are seen.
    #[inline]
    pub(super) fn run(self, skip: usize) -> usize {
        self.from(skip).trailing_ones() as usize
    }

    /// How many bytes in a row are no digits, `skip` bytes further on; of many, those that are seen and more.
    #[inline]
    pub(super) fn gap(self, skip: usize) -> usize {
        self.from(skip).trailing_zeros() as usize
    }

    /// What is seen `skip` bytes further on: nothing, behind a number that fills all that is.
    #[inline(always)]
    fn from(self, skip: usize) -> u64 {
        self.0.checked_shr(skip as u32).unwrap_or(0)
    }

    /// The most that [`Self::fours`] gives: five groups and what stands between them.
    pub(super) const FOURS: usize = 24;

    /// How many bytes are cut by four: four digits, a byte that is none, four digits, and so on.
    #[inline]
    pub(super) fn fours(self) -> usize {
        const GROUPS: u64 = 0b01111_01111_01111_01111_01111;
        ((self.0 ^ GROUPS) | 1 << Self::FOURS).trailing_zeros() as usize
    }

    /// How many digits the first `groups` runs of them have, of those that one number may have; more where that is not
    /// known.
    pub(super) fn digits_of(self, groups: usize) -> usize {
        // No gap in a number is wider than fifteen bytes: a parenthesis, three separators of three bytes, another one.
        let gap = [1, 2, 4, 8].iter().fold(self.0, |all, gap| all | all << gap).trailing_ones();
        let (near, known) = if gap < u64::BITS { (self.0 & ((1 << gap) - 1), true) } else { (self.0, false) };
        let starts = (0..groups).fold(near & !(near << 1), |starts, _| starts & starts.wrapping_sub(1));
        match (starts, known) {
            (0, true) => near.count_ones() as usize,
            (0, false) => BLOCK,
            _ => (near & (starts & starts.wrapping_neg()).wrapping_sub(1)).count_ones() as usize,
        }
    }
}

/// What goes on from the block before.
#[derive(Clone, Copy, Debug, Default)]
struct Before {
    digits: u64,
    unbroken: u64,
    runs: u64,
    /// First bytes of what may be full-width; those of a block that is not ASCII.
    leads: u64,
}

/// What marks ask of a block.
impl Lanes {
    /// Whether any may be the third byte of a full-width digit (`ef bc 90` to `99`), whose second is not looked at.
    /// Full-width punctuation, of which texts are full, is told from it by the third. `before` has the first bytes that
    /// ended the block before, and has those that end this one then.
    #[inline(always)]
    fn full(&self, before: &mut u64) -> bool {
        let leads = self.equal(0xEF);
        let thirds = leads << 2 | std::mem::replace(before, leads) >> (BLOCK - 2);
        thirds != 0 && thirds & self.between(0x90, 0x99) != 0
    }

    /// The bytes that are no blank: `+` and above, without the first bytes of the characters that never stand in a
    /// secret. Those are all beyond ASCII but the ones of zero width, which begin with `e2` and `ef`.
    #[inline(always)]
    fn unbroken(&self, wide: bool) -> u64 {
        let unbroken = self.bits(|lane| lane.simd_ge(u8x16::splat(b'+')));
        if !wide {
            return unbroken;
        }
        let is = |lane: u8x16, byte| lane.simd_eq(u8x16::splat(byte));
        unbroken & !self.bits(|lane| lane.simd_ge(u8x16::splat(0xC0)) & !(is(lane, 0xE2) | is(lane, 0xEF)))
    }
}

/// Those of the bits that may be of eight in a row: with four more before them, or behind. Of what stands before and
/// behind all of them that is not known.
#[inline(always)]
fn in_rows(bits: u64) -> u64 {
    let gaps = !bits;
    let pairs = gaps | gaps >> 1;
    let gaps_behind = pairs | pairs >> 2 | gaps >> 4;
    let gaps_before = gaps | gaps << 1 | gaps << 2 | gaps << 3 | gaps << 4;
    bits & !(gaps_behind & gaps_before)
}

#[cfg(test)]
mod tests;
