//! The places of a text worth a look, found in one pass: digits, `@`, `:`, `=`, and runs without a blank. Clean text
//! has next to none of them, and is read at memory speed; every family goes by these places and reads no other.
//!
//! Eight bytes are looked at as one word: an addition that cannot carry into the neighbour sets the high bit of each
//! byte that is at least so much. Most blocks hold nothing between `0` and `@`, which is asked first; only for those
//! that do are the high bits gathered into masks, and kept with the number of their block.

/// Bytes of a block: a bit each in a word.
const BLOCK: usize = 64;
/// Bytes of a word.
const WORD: usize = 8;

const LOW: u64 = 0x7f7f_7f7f_7f7f_7f7f;
const HIGH: u64 = !LOW;
/// The last byte of a word.
const LAST: u64 = 0xff << 56;

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
    capitals: Vec<u32>,
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
        self.0.iter().flat_map(|(block, bits)| {
            let (start, mut bits) = (*block as usize * BLOCK, *bits);
            std::iter::from_fn(move || {
                let bit = bits.trailing_zeros() as usize;
                (bits != 0).then(|| {
                    bits &= bits - 1;
                    start + bit
                })
            })
        })
    }
}

impl Marks {
    /// Finds the marks of `text`, which has less than 4 GiB.
    pub fn fill(&mut self, text: &[u8]) {
        let all =
            [&mut self.digits, &mut self.starts, &mut self.ats, &mut self.colons, &mut self.equals, &mut self.runs];
        all.into_iter().for_each(|bits| bits.0.clear());
        self.capitals.clear();
        let (blocks, rest) = text.as_chunks::<BLOCK>();
        let mut tail = [0; BLOCK];
        tail[..rest.len()].copy_from_slice(rest);
        let last = (!rest.is_empty()).then_some(&tail);
        let mut before = Before::default();
        for (number, block) in (0..).zip(blocks.iter().chain(last)) {
            self.block(number, block, &mut before);
        }
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
        (marks.starts, marks.runs) = (marks.digits.clone(), Bits(all));
        marks.capitals = (0..).take(blocks).collect();
        marks
    }

    #[inline]
    fn block(&mut self, number: u32, block: &[u8; BLOCK], before: &mut Before) {
        let words = words(block);
        let seen = Seen::of(&words);
        let unbroken = if seen.wide { gather(&words, unbroken_wide) } else { gather(&words, unbroken) };
        let both = u128::from(unbroken) << BLOCK | u128::from(before.unbroken);
        before.unbroken = unbroken;
        let pairs = both & both >> 1;
        let fours = pairs & pairs >> 2;
        let eights = fours & fours >> 4;
        let runs = eights & eights >> (RUN - WORD);
        if runs == 0 {
            before.runs = 0;
        } else {
            self.add_runs(number, runs, before);
        }
        if seen.capital {
            self.capitals.push(number);
        }
        if seen.marked {
            self.add_marks(number, &words, before);
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

    fn add_marks(&mut self, number: u32, words: &[u64; WORD], before: &mut Before) {
        let digits = gather(words, |word| between(word, b'0', b'9'));
        self.digits.push(number, digits);
        self.starts.push(number, digits & !(digits << 1 | before.digits >> (BLOCK - 1)));
        before.digits = digits;
        let (mut ats, mut colons, mut equals) = (0, 0, 0);
        for word in words {
            ats |= between(*word, b'@', b'@');
            colons |= between(*word, b':', b':');
            equals |= between(*word, b'=', b'=');
        }
        if ats != 0 {
            self.ats.push(number, gather(words, |word| between(word, b'@', b'@')));
        }
        if colons != 0 {
            self.colons.push(number, gather(words, |word| between(word, b':', b':')));
        }
        if equals != 0 {
            self.equals.push(number, gather(words, |word| between(word, b'=', b'=')));
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

    /// The first places of each run of adjacent digits, in order.
    pub fn digit_runs(&self) -> impl Iterator<Item = usize> + '_ {
        self.starts.each()
    }

    /// Every place, in order, from which [`RUN`] bytes and more are without a blank, quote or bracket: in a run of
    /// twenty, seven of them.
    pub(super) fn runs(&self) -> impl Iterator<Item = usize> + '_ {
        self.runs.each()
    }

    /// Every eighth byte (7, 15, ...) that may be a capital or a digit, with others: no eight of them in a row are
    /// without one.
    pub(super) fn capitals(&self) -> impl Iterator<Item = usize> + '_ {
        let eighths = |block: &u32| {
            let start = *block as usize * BLOCK;
            (start + WORD - 1..start + BLOCK).step_by(WORD)
        };
        self.capitals.iter().flat_map(eighths)
    }
}

/// What goes on from the block before.
#[derive(Clone, Copy, Debug, Default)]
struct Before {
    digits: u64,
    unbroken: u64,
    runs: u64,
}

/// What a block holds at all.
struct Seen {
    /// A byte between `0` and `@`.
    marked: bool,
    /// A capital or digit at the end of a word.
    capital: bool,
    /// A byte that is not ASCII.
    wide: bool,
}

impl Seen {
    #[inline(always)]
    fn of(words: &[u64; WORD]) -> Self {
        let (mut marked, mut capital, mut wide) = (0, 0, 0);
        for word in words {
            let least = at_least(*word, b'0') & !word;
            marked |= least & !at_least(*word, b'@' + 1);
            capital |= least & !at_least(*word, b'Z' + 1);
            wide |= word;
        }
        let (marked, capital, wide) = (marked & HIGH, capital & HIGH & LAST, wide & HIGH);
        Self { marked: marked != 0, capital: capital != 0, wide: wide != 0 }
    }
}

#[inline(always)]
fn words(block: &[u8; BLOCK]) -> [u64; WORD] {
    let (words, _) = block.as_chunks::<WORD>();
    std::array::from_fn(|at| u64::from_le_bytes(words[at]))
}

/// The high bits of the bytes that are at least `least`, of which the high bit is not looked at.
#[inline(always)]
fn at_least(word: u64, least: u8) -> u64 {
    (word & LOW) + u64::from(0x80 - least) * 0x0101_0101_0101_0101
}

/// The high bits of the ASCII bytes from `least` to `most`.
#[inline(always)]
fn between(word: u64, least: u8, most: u8) -> u64 {
    at_least(word, least) & !at_least(word, most + 1) & !word & HIGH
}

/// The high bits of bytes that are no blank: `+` and above.
#[inline(always)]
fn unbroken(word: u64) -> u64 {
    (at_least(word, b'+') | word) & HIGH
}

/// The same, without the first bytes of the characters that never stand in a secret: all beyond ASCII but those of
/// zero width, which begin with `e2` and `ef`.
#[inline(always)]
fn unbroken_wide(word: u64) -> u64 {
    let other = |byte: u8| ((word & LOW) ^ (u64::from(byte) * 0x0101_0101_0101_0101)) + LOW;
    let leads = word & at_least(word, 0x40) & other(0x62) & other(0x6f);
    unbroken(word) & !leads
}

/// A bit for each high bit that `of` sets, gathered by a multiplication.
#[inline(always)]
fn gather(words: &[u64; WORD], of: impl Fn(u64) -> u64) -> u64 {
    const GATHER: u64 = 0x0002_0408_1020_4081;
    words.iter().enumerate().fold(0, |bits, (at, word)| bits | (of(*word).wrapping_mul(GATHER) >> 56) << (WORD * at))
}

#[cfg(test)]
mod tests;
