//! What makes many patterns cheap: a text that cannot match any of them is told so in one pass, without a regex.
//!
//! From each pattern follows what every match must hold: so many bytes, so many digits, a rare byte such as `@`, and
//! a window, a run of places each of which must be one of a set of bytes. A survey of a text, at memory speed, sees
//! which rare bytes there are and counts the digits; tables turn that into the patterns still possible; their
//! windows are then looked for by skips. What remains is for the regex. All of it is necessary and nothing sufficient:
//! `tests.rs` holds that whatever a pattern matches, the gate lets through.

mod need;
mod window;

use std::ops::Range;

use need::Need;
use window::Window;

/// Patterns in a group: one bit each.
const GROUP: usize = u64::BITS as usize;

/// Bytes that the survey of a group looks for: each is a pass, and doubles a table.
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
        let possible = by_length & self.by_presence[self.present(text)];
        if possible == 0 {
            return 0;
        }
        let possible = possible & self.by_digits[digits(text).min(DIGITS - 1)];
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

    /// The set of rare bytes present, a bit each.
    fn present(&self, text: &[u8]) -> usize {
        let (words, last) = text.as_chunks::<WORD>();
        let last = padded(last);
        let has = |byte: u8| {
            if text.len() >= LONG {
                return memchr::memchr(byte, text).is_some();
            }
            // The high bit of each byte that is equal stays clear.
            let differs = |word: u64| {
                let differs = word ^ (u64::from(byte) * ONES);
                ((differs & LOW) + LOW) | differs
            };
            let all = words.iter().fold(differs(last), |all, word| all & differs(u64::from_le_bytes(*word)));
            all & !LOW != !LOW
        };
        self.rare.iter().enumerate().fold(0, |present, (at, byte)| present | usize::from(has(*byte)) << at)
    }
}

/// Bytes looked at in one go.
const WORD: usize = 8;

/// From here on a search that is made for long texts pays.
const LONG: usize = 64;

/// Bytes of a loop over a vector or two, and as many of them as a byte can count.
const CHUNK: usize = 32;
const CHUNKS: usize = 255 / CHUNK;

const LOW: u64 = 0x7f7f_7f7f_7f7f_7f7f;
const ONES: u64 = 0x0101_0101_0101_0101;

/// How many digits there are.
fn digits(text: &[u8]) -> usize {
    let (chunks, rest) = text.as_chunks::<CHUNK>();
    let count = |chunks: &[[u8; CHUNK]]| {
        let digit = |byte: &u8| u8::from(byte.wrapping_sub(b'0') < 10);
        usize::from(chunks.as_flattened().iter().fold(0_u8, |count, byte| count.wrapping_add(digit(byte))))
    };
    let (words, last) = rest.as_chunks::<WORD>();
    let digits_of = |word: u64| {
        let low = word & LOW;
        let least = low + u64::from(0x80 - b'0') * ONES;
        let more = low + u64::from(0x80 - b'0' - 10) * ONES;
        (least & !more & !word & !LOW) >> 7
    };
    let lanes = words.iter().fold(digits_of(padded(last)), |lanes, word| lanes + digits_of(u64::from_le_bytes(*word)));
    chunks.chunks(CHUNKS).map(count).sum::<usize>() + (lanes.wrapping_mul(ONES) >> 56) as usize
}

/// The bytes behind the last whole word, with zeros.
fn padded(last: &[u8]) -> u64 {
    let mut word = [0; WORD];
    word[..last.len()].copy_from_slice(last);
    u64::from_le_bytes(word)
}

#[cfg(test)]
mod tests;
