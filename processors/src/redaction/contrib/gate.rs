//! What makes many patterns cheap: a text that cannot match any of them is told so in one pass, without a regex.
//!
//! From each pattern follows what every match must hold: so many bytes, so many digits, a rare byte such as `@`, and
//! a window, a run of places each of which must be one of a set of bytes. One survey of a text, at memory speed,
//! counts the digits and sees which rare bytes there are; tables turn that into the patterns still possible; their
//! windows are then looked for by skips. What remains is for the regex. All of it is necessary and nothing sufficient:
//! `tests.rs` holds that whatever a pattern matches, the gate lets through.

mod need;
mod window;

use std::ops::Range;

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
    longest: Vec<Option<usize>>,
}

/// Windows after which the rest of a text is one place to look at.
const MAX_WINDOWS: usize = 32;

/// The longest match that is looked for around windows only.
const MAX_AROUND: usize = 256;

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
            longest: needs.iter().map(|need| need.longest.filter(|longest| *longest <= MAX_AROUND)).collect(),
            rare,
        }
    }

    /// The patterns that may match in `text`, a bit each.
    #[inline]
    pub(super) fn possible(&self, text: &[u8]) -> u64 {
        let by_length = self.by_length[text.len().min(LENGTHS - 1)];
        if by_length == 0 {
            return 0;
        }
        let (digits, present) = self.survey(text);
        let possible = by_length & self.by_digits[digits.min(DIGITS - 1)] & self.by_presence[present];
        if possible == 0 { 0 } else { self.with_windows(possible, text) }
    }

    /// Those of `possible` whose windows stand in `text`.
    fn with_windows(&self, mut possible: u64, text: &[u8]) -> u64 {
        let mut left = possible;
        while left != 0 {
            let at = left.trailing_zeros() as usize;
            left &= left - 1;
            if self.windows[at].as_ref().is_some_and(|window| window.find(text, 0).is_none()) {
                possible &= !(1 << at);
            }
        }
        possible
    }

    /// The parts of `text` in which the pattern at `at` may match: around its windows, as far as a match reaches. A
    /// match is wholly in one of them.
    pub(super) fn around(&self, at: usize, text: &[u8], mut look: impl FnMut(Range<usize>)) {
        let (Some(window), Some(longest)) = (&self.windows[at], self.longest[at]) else {
            return look(0..text.len());
        };
        let mut part: Range<usize> = 0..0;
        let mut from = 0;
        for count in 0.. {
            let Some(found) = window.find(text, from) else { break };
            let start = (found + window.length()).saturating_sub(longest);
            if start > part.end || part.is_empty() {
                if !part.is_empty() {
                    look(part.clone());
                }
                part.start = start;
            }
            part.end = if count < MAX_WINDOWS { (found + longest).min(text.len()) } else { text.len() };
            if part.end == text.len() {
                break;
            }
            from = found + 1;
        }
        if !part.is_empty() {
            look(part);
        }
    }

    /// The digits (up to 255 a lane, more than anyone asks for), and the set of rare bytes present.
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

/// Digits of all lanes.
const ALL: [u8; LANES] = [1; LANES];

/// Digits of the last lanes only, by how many.
const LAST: [[u8; LANES]; LANES] = last();

const fn last() -> [[u8; LANES]; LANES] {
    let mut masks = [[0; LANES]; LANES];
    let mut count = 0;
    while count < LANES {
        let mut lane = LANES - count;
        while lane < LANES {
            masks[count][lane] = 1;
            lane += 1;
        }
        count += 1;
    }
    masks
}

fn survey<const N: usize>(text: &[u8], rare: [u8; N]) -> (usize, usize) {
    let mut lanes = Lanes { digits: [0; LANES], seen: [0; LANES] };
    let (chunks, rest) = text.as_chunks::<LANES>();
    for chunk in chunks {
        lanes.add(chunk, &rare, &ALL);
    }
    if !rest.is_empty() {
        match text.last_chunk::<LANES>() {
            Some(last) => lanes.add(last, &rare, &LAST[rest.len()]),
            None => {
                let mut padded = [0; LANES];
                padded[..rest.len()].copy_from_slice(rest);
                lanes.add(&padded, &rare, &ALL);
            }
        }
    }
    (sum(lanes.digits), usize::from(any(lanes.seen)))
}

struct Lanes {
    digits: [u8; LANES],
    /// A bit for each rare byte.
    seen: [u8; LANES],
}

impl Lanes {
    /// Adds a chunk, the digits of which count in some lanes.
    #[inline(always)]
    fn add<const N: usize>(&mut self, chunk: &[u8; LANES], rare: &[u8; N], counts: &[u8; LANES]) {
        for ((digits, byte), counts) in self.digits.iter_mut().zip(chunk).zip(counts) {
            *digits = digits.saturating_add(u8::from(byte.wrapping_sub(b'0') < 10) & counts);
        }
        for (bit, rare) in rare.iter().enumerate() {
            for (seen, byte) in self.seen.iter_mut().zip(chunk) {
                *seen |= u8::from(byte == rare) << bit;
            }
        }
    }
}

/// What is set in any lane.
fn any(lanes: [u8; LANES]) -> u8 {
    let lanes = u128::from_ne_bytes(lanes);
    let lanes = (lanes | lanes >> 64) as u64;
    lanes.to_ne_bytes().iter().fold(0, |any, lane| any | lane)
}

/// The sum of all lanes, in pairs at first.
fn sum(lanes: [u8; LANES]) -> usize {
    const EVEN: u128 = u128::MAX / 0xFFFF * 0xFF;
    let lanes = u128::from_ne_bytes(lanes);
    let pairs = (lanes & EVEN) + (lanes >> 8 & EVEN);
    // Each pair fits 16 bits, and so do all eight.
    (pairs.wrapping_mul(u128::MAX / 0xFFFF) >> 112) as usize
}

#[cfg(test)]
mod tests;
