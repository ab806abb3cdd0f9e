//! Groups of letters and digits: what each is and what stands behind it, by a look at thirty-two bytes together.

use super::kind;
use crate::redaction::detect::ids::wanted::{LONGEST, Make, below, make};
use crate::redaction::lanes::{BLOCK, Lanes};

/// Bytes of which it is told what they are: more than the longest identifier has, and the two behind it.
const NEAR: usize = 32;

/// Which of the bytes from a place on are digits, and which are letters or digits: a bit for each.
#[derive(Clone, Copy)]
struct Near {
    digits: u32,
    both: u32,
}

/// The same of more bytes, from where it was looked last: groups are short, and nearly all are near the one before.
#[derive(Clone, Copy)]
pub(super) struct Window {
    at: usize,
    digits: u64,
    both: u64,
}

impl Window {
    /// Nowhere.
    pub(super) const NONE: Self = Self { at: usize::MAX / 2, digits: 0, both: 0 };

    #[inline]
    fn near(&mut self, bytes: &[u8], at: usize) -> Near {
        if at.wrapping_sub(self.at) > BLOCK - NEAR {
            *self = Self::from(bytes, at);
        }
        let beyond = at.wrapping_sub(self.at);
        Near { digits: (self.digits >> beyond) as u32, both: (self.both >> beyond) as u32 }
    }

    /// From there on.
    #[inline(never)]
    fn from(bytes: &[u8], at: usize) -> Self {
        if let Some(chunk) = bytes[at..].first_chunk() {
            return Self::of(chunk, at);
        }
        let (mut room, rest) = ([0; BLOCK], &bytes[at..]);
        room[..rest.len()].copy_from_slice(rest);
        Self::of(&room, at)
    }

    #[inline]
    fn of(bytes: &[u8; BLOCK], at: usize) -> Self {
        let lanes = Lanes::of(bytes);
        let digits = lanes.between(b'0', b'9');
        Self { at, digits, both: digits | lanes.letters() }
    }
}

/// Letters and digits in a row, and the separator behind them.
#[derive(Clone, Copy)]
pub(super) struct Group {
    /// Where it begins.
    at: u32,
    /// Which positions are digits.
    pub(super) digits: u32,
    pub(super) make: Make,
    /// Where what is behind the separator begins.
    pub(super) behind: u32,
    len: u8,
    /// The kind of the separator, 0 where there is none or nothing behind it, and where no digit is behind it.
    pub(super) kind: u8,
    pub(super) number: u8,
}

impl Group {
    /// None.
    pub(super) const NONE: Self = Self { at: u32::MAX, digits: 0, make: 0, behind: 0, len: 0, kind: 0, number: 0 };

    /// The group that begins at `at`, or as much of it as is one too many for the longest identifier.
    #[inline]
    pub(super) fn of(bytes: &[u8], at: usize, window: &mut Window) -> Self {
        let near = window.near(bytes, at);
        let len = (near.both.trailing_ones() as usize).min(LONGEST + 1);
        let digits = near.digits & below(len);
        let (kind, width) = match bytes.get(at + len) {
            Some(byte) if byte.is_ascii() => (kind::of(*byte), 1),
            Some(_) => separator(&bytes[at + len..]),
            None => (0, 0),
        };
        let next = 1 << (len + width);
        let is_next = |bits: u32| if bits & next != 0 { kind } else { 0 };
        Self {
            at: at as u32,
            digits,
            make: make(digits, len),
            behind: (at + len + width) as u32,
            len: len as u8,
            kind: is_next(near.both),
            number: is_next(near.digits),
        }
    }

    #[inline]
    pub(super) fn at(&self) -> usize {
        self.at as usize
    }

    #[inline]
    pub(super) fn len(&self) -> usize {
        usize::from(self.len)
    }

    #[inline]
    pub(super) fn end(&self) -> usize {
        self.at() + self.len()
    }
}

/// The kind and width of the separator that `bytes` begins with, ASCII, no-break spaces, hyphens and the en dash; the
/// kind is 0 where there is none.
#[inline]
pub(super) fn separator(bytes: &[u8]) -> (u8, usize) {
    match bytes {
        [byte, ..] if byte.is_ascii() => (kind::of(*byte), 1),
        [0xC2, 0xA0, ..] => (kind::SPACE, 2),
        [0xE2, 0x80, 0x87 | 0x89 | 0xAF, ..] => (kind::SPACE, 3),
        [0xE2, 0x80, 0x90 | 0x91 | 0x93, ..] => (kind::DASH, 3),
        _ => (0, 0),
    }
}
