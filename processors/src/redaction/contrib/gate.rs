//! What makes many patterns cheap: a text that cannot match any of them is told so in one pass, without a regex.
//!
//! From each pattern follows what every match must hold: so many bytes, so many digits, a rare byte such as `@`, and
//! a window, a run of places each of which must be one of a set of bytes. One survey of a text, at memory speed,
//! counts the digits and sees which rare bytes there are; tables turn that into the patterns still possible; their
//! windows are then looked for by skips. What remains is for the regex. All of it is necessary and nothing sufficient:
//! `tests.rs` holds that whatever a pattern matches, the gate lets through.

mod need;
mod window;

use need::Need;
use window::Window;

/// Patterns in a group: one bit each.
const GROUP: usize = u64::BITS as usize;

/// Bytes that the survey of a group looks for. Eight keep its accumulators in registers and its table small.
const RARE: usize = 8;

/// Digit counts told apart; a match that needs more is let through by as many.
const DIGITS: usize = 17;

/// Lengths told apart.
const LENGTHS: usize = 64;

/// The gate of up to 64 patterns.
#[derive(Clone, Debug)]
pub(super) struct Gate {
    rare: Vec<u8>,
    /// For each set of rare bytes present, the patterns that it leaves possible.
    by_presence: Vec<u64>,
    by_digits: [u64; DIGITS],
    by_length: [u64; LENGTHS],
    windows: Vec<Option<Window>>,
}

impl Gate {
    /// The gates of `patterns`, as translated, 64 to each.
    pub(super) fn of<'a>(patterns: impl Iterator<Item = &'a str>) -> Vec<Self> {
        let needs: Vec<Need> = patterns.map(Need::of).collect();
        needs.chunks(GROUP).map(Self::group).collect()
    }

    fn group(needs: &[Need]) -> Self {
        let mut rare: Vec<u8> = Vec::new();
        for byte in needs.iter().filter_map(|need| need.rare.as_ref()).flatten() {
            if !rare.contains(byte) && rare.len() < RARE {
                rare.push(*byte);
            }
        }
        let bits = |possible: &dyn Fn(&Need) -> bool| {
            needs.iter().enumerate().fold(0, |bits, (at, need)| bits | u64::from(possible(need)) << at)
        };
        let present = |set: usize, byte: &u8| match rare.iter().position(|known| known == byte) {
            Some(at) => set >> at & 1 == 1,
            // Not surveyed: it may be there.
            None => true,
        };
        let possible =
            |set: usize, need: &Need| need.rare.as_ref().is_none_or(|bytes| bytes.iter().any(|b| present(set, b)));
        Self {
            by_presence: (0..1 << rare.len()).map(|set| bits(&|need| possible(set, need))).collect(),
            by_digits: std::array::from_fn(|count| bits(&|need| need.digits.min(DIGITS - 1) <= count)),
            by_length: std::array::from_fn(|length| bits(&|need| need.length.min(LENGTHS - 1) <= length)),
            windows: needs.iter().map(|need| need.window.clone()).collect(),
            rare,
        }
    }

    /// The patterns that may match in `text`, a bit each.
    pub(super) fn possible(&self, text: &[u8]) -> u64 {
        let by_length = self.by_length[text.len().min(LENGTHS - 1)];
        if by_length == 0 {
            return 0;
        }
        let (digits, present) = self.survey(text);
        let mut possible = by_length & self.by_digits[digits.min(DIGITS - 1)] & self.by_presence[present];
        let mut left = possible;
        while left != 0 {
            let at = left.trailing_zeros() as usize;
            left &= left - 1;
            if self.windows[at].as_ref().is_some_and(|window| !window.is_in(text)) {
                possible &= !(1 << at);
            }
        }
        possible
    }

    /// At least as many digits as there are (up to 255 a lane, which is more than anyone asks for), and the set of rare bytes present.
    fn survey(&self, text: &[u8]) -> (usize, usize) {
        match *self.rare.as_slice() {
            [] => survey(text, []),
            [a] => survey(text, [a]),
            [a, b] => survey(text, [a, b]),
            [a, b, c] => survey(text, [a, b, c]),
            [a, b, c, d] => survey(text, [a, b, c, d]),
            [a, b, c, d, e] => survey(text, [a, b, c, d, e]),
            [a, b, c, d, e, f] => survey(text, [a, b, c, d, e, f]),
            [a, b, c, d, e, f, g] => survey(text, [a, b, c, d, e, f, g]),
            [a, b, c, d, e, f, g, h, ..] => survey(text, [a, b, c, d, e, f, g, h]),
        }
    }
}

/// Bytes looked at in one go: a vector register of the oldest machines in use.
const LANES: usize = 16;

fn survey<const N: usize>(text: &[u8], rare: [u8; N]) -> (usize, usize) {
    let mut lanes = Lanes::<N> { digits: [0; LANES], seen: [[0; LANES]; N] };
    let (chunks, rest) = text.as_chunks::<LANES>();
    for chunk in chunks {
        lanes.add(chunk, &rare);
    }
    if !rest.is_empty() {
        match text.last_chunk::<LANES>() {
            // Some bytes twice: more digits than there are, which lets through what need not be.
            Some(last) => lanes.add(last, &rare),
            None => {
                let mut padded = [0; LANES];
                padded[..rest.len()].copy_from_slice(rest);
                lanes.add(&padded, &rare);
            }
        }
    }
    lanes.total()
}

struct Lanes<const N: usize> {
    digits: [u8; LANES],
    seen: [[u8; LANES]; N],
}

impl<const N: usize> Lanes<N> {
    #[inline(always)]
    fn add(&mut self, chunk: &[u8; LANES], rare: &[u8; N]) {
        for (count, byte) in self.digits.iter_mut().zip(chunk) {
            *count = count.saturating_add(u8::from(byte.wrapping_sub(b'0') < 10));
        }
        for (seen, rare) in self.seen.iter_mut().zip(rare) {
            for (seen, byte) in seen.iter_mut().zip(chunk) {
                *seen |= u8::from(byte == rare);
            }
        }
    }

    fn total(&self) -> (usize, usize) {
        let digits = self.digits.iter().map(|count| usize::from(*count)).sum();
        let seen = |at: usize| usize::from(self.seen[at].iter().fold(0, |any, lane| any | lane)) << at;
        (digits, (0..N).map(seen).sum())
    }
}

#[cfg(test)]
mod tests;
