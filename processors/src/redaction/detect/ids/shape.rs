//! How identifiers are written, compiled into masks that a candidate is compared with.
//!
//! | notation | stands for |
//! |---|---|
//! | `#` | a digit |
//! | `@` | a letter, in either case |
//! | `*` | a letter or a digit |
//! | a letter, a digit | itself; letters in either case |
//! | space `-` `.` `/` `:` `_` `(` `+` | exactly this separator |
//! | `~` | a separator: space, `-`, `.` or `/`; the same wherever the shape has `~` or `?` |
//! | `?` | such a separator or none |
//! | `{1,3}` | one to three times what stands before |
//! | `%` in front | separators anywhere, of one kind, between groups of two on average; none of it to a number beside |
//! | `^` in front | letters in upper case only |
//! | `<` in front | a lower-case word may stand directly before, with no separator |

use super::candidate::{Candidate, kind};
use super::wanted::{self, ANY_KIND, Form, LONGEST, Wanted};

/// One compiled shape.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Shape {
    /// The row it belongs to.
    pub(super) row: u16,
    len: usize,
    /// Positions of digits, and of letters; wildcards are in neither.
    digits: u32,
    letters: u32,
    literals: Vec<(usize, u8)>,
    /// Positions with a separator before them: exactly this one, some one, or none or one.
    exact: Vec<(usize, u8)>,
    must: u32,
    may: u32,
    free: bool,
    upper: bool,
    glued: bool,
}

/// The separators that `~` and `?` stand for.
const USUAL: u8 = kind::SPACE | kind::DASH | kind::DOT | kind::SLASH;

/// Whether these are separators of one kind that `~` and `?` stand for.
pub(super) fn is_usual(kinds: u8) -> bool {
    kinds & !USUAL == 0 && kinds.is_power_of_two()
}

impl Shape {
    /// Compiles one shape of row `row`: several, where it counts `{1,3}`.
    pub(super) fn compile(shape: &str, row: u16) -> Vec<Self> {
        spelled_out(shape).iter().map(|shape| Self::one(shape, row)).collect()
    }

    fn one(shape: &str, row: u16) -> Self {
        let body = shape.trim_start_matches(['%', '^', '<']);
        let flags = &shape[..shape.len() - body.len()];
        let mut compiled = Self {
            row,
            len: 0,
            digits: 0,
            letters: 0,
            literals: Vec::new(),
            exact: Vec::new(),
            must: 0,
            may: 0,
            free: flags.contains('%'),
            upper: flags.contains('^'),
            glued: flags.contains('<'),
        };
        for byte in body.bytes() {
            compiled.push(byte);
        }
        debug_assert!(compiled.len <= LONGEST, "{shape} is longer than a candidate");
        compiled
    }

    fn push(&mut self, byte: u8) {
        let bit = 1 << self.len;
        match byte {
            b'~' => self.must |= bit,
            b'?' => self.may |= bit,
            b'#' | b'0'..=b'9' => self.digits |= bit,
            b'@' | b'A'..=b'Z' => self.letters |= bit,
            b'*' => {}
            separator => {
                self.must |= bit;
                self.exact.push((self.len, kind::of(separator)));
            }
        }
        if byte.is_ascii_alphanumeric() {
            self.literals.push((self.len, byte));
        }
        if byte.is_ascii_alphanumeric() || matches!(byte, b'#' | b'@' | b'*') {
            self.len += 1;
        }
    }

    /// Whether it says of each position what it is.
    fn is_told(&self) -> bool {
        self.digits | self.letters == (1 << self.len) - 1
    }

    /// Every set of positions before which it may have separators; not those of one that may have them anywhere.
    fn cuts(&self) -> Vec<u32> {
        if self.free {
            return vec![0];
        }
        let (mut all, mut some) = (Vec::new(), self.may);
        loop {
            all.push(some | self.must);
            if some == 0 {
                return all;
            }
            some = (some - 1) & self.may;
        }
    }

    /// The forms of what has this shape; `None` where it does not say of each position what it is.
    pub(super) fn forms(&self) -> Option<Vec<Form>> {
        let forms = self.cuts().into_iter().map(|cuts| wanted::form(self.digits, self.len, cuts));
        let anywhere = self.free.then(|| wanted::cut_anywhere(self.digits, self.len));
        self.is_told().then(|| forms.chain(anywhere).collect())
    }

    /// Whether it is written with separators, or without.
    pub(super) fn may_be(&self, cut: bool) -> bool {
        if cut { self.free || self.must | self.may != 0 } else { self.must == 0 }
    }

    /// Whether `kinds` of separators stand in something of this shape, perhaps among others.
    fn mixes(&self, kinds: u8) -> bool {
        let exact = self.exact.iter().fold(0, |all, (_, kind)| all | kind);
        let others = kinds & !exact;
        let usual = self.must.count_ones() as usize > self.exact.len() || self.may != 0;
        others == 0 || others.count_ones() == 1 && (self.free || usual && others & USUAL != 0)
    }

    /// Adds it to what is looked for.
    pub(super) fn add_to(&self, wanted: &mut Wanted) {
        for (kinds, mixes) in (0..=u8::MAX).zip(&mut wanted.mixes) {
            *mixes |= self.mixes(kinds);
        }
        let told = self.told();
        for cuts in self.cuts() {
            let first = (cuts & !1).trailing_zeros() as usize;
            let cut = first < self.len;
            wanted.add_head(told, first.min(self.len), cut.then(|| self.kinds_at(first)));
            match self.is_told() {
                true => wanted.add(self.digits, self.len, cuts, |at| self.kinds_at(at)),
                false => wanted.add_wild(told, self.len, cuts, |at| self.kinds_at(at)),
            }
        }
        let anywhere = if self.free { 1..self.len } else { 0..0 };
        anywhere.for_each(|at| wanted.add_head(told, at, Some(ANY_KIND)));
        match (self.free, self.is_told()) {
            (false, _) => {}
            (true, true) => wanted.add_anywhere(self.digits, self.len),
            (true, false) => wanted.add_wild_anywhere(told, self.len),
        }
    }

    /// The kinds of separators that may stand before a position, where one stands.
    fn kinds_at(&self, at: usize) -> u8 {
        self.exact.iter().find(|(exact, _)| *exact == at).map_or(USUAL, |(_, kind)| *kind)
    }

    /// Which positions are told, and which of these are digits.
    pub(super) fn told(&self) -> (u32, u32) {
        (self.digits | self.letters, self.digits)
    }

    /// Whether its form says all about what is cut by one kind of the usual separators, or not at all, and before which
    /// no word stands directly.
    pub(super) fn is_plain(&self) -> bool {
        self.exact.is_empty() && !self.upper && self.literals.is_empty()
    }

    /// How many letters and digits it has.
    pub(super) fn len(&self) -> usize {
        self.len
    }

    /// Whether `candidate` is written so.
    pub(super) fn fits(&self, candidate: &Candidate) -> bool {
        candidate.digits & (self.digits | self.letters) == self.digits
            && (self.glued || !candidate.glued)
            && !(self.upper && candidate.lower)
            && self.cut_like(candidate)
            && self.literals.iter().all(|(at, byte)| candidate.compact()[*at] == *byte)
    }

    fn cut_like(&self, candidate: &Candidate) -> bool {
        let cuts = candidate.cuts;
        if cuts == 0 {
            return self.must == 0;
        }
        if self.free {
            return candidate.apart && candidate.mix.is_power_of_two() && candidate.groups * 2 <= self.len;
        }
        if cuts & self.must != self.must || cuts & !(self.must | self.may) != 0 {
            return false;
        }
        let mut usual = cuts;
        for &(at, kind) in &self.exact {
            if candidate.kind_at(at) != kind {
                return false;
            }
            usual &= !(1 << at);
        }
        let kinds = if usual == candidate.cuts { candidate.mix } else { candidate.kinds_among(usual) };
        kinds == 0 || is_usual(kinds)
    }
}

/// A shape without counts, for each number of times that they allow.
fn spelled_out(shape: &str) -> Vec<String> {
    let Some((head, rest)) = shape.split_once('{') else { return vec![shape.to_owned()] };
    let Some((counts, tail)) = rest.split_once('}') else { return Vec::new() };
    let (least, most) = counts.split_once(',').unwrap_or((counts, counts));
    let (Ok(least), Ok(most)) = (least.parse(), most.parse()) else { return Vec::new() };
    let (kept, repeated) = head.split_at(head.len().saturating_sub(1));
    let one = |times: usize| spelled_out(&format!("{kept}{}{tail}", repeated.repeat(times)));
    (least..=most).flat_map(one).collect()
}

#[cfg(test)]
mod tests;
