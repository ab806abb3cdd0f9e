//! What a text holds: how many digits, how many of them in a row, which rare bytes.

use crate::redaction::lanes::{BLOCK, Lanes, Span, each_block, padded};

/// The digits of a text.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Digits {
    pub(super) count: usize,
    /// How many are next to each other; of more than [`Digits::RUN`] no more is told.
    pub(super) run: usize,
}

impl Digits {
    pub(super) const RUN: usize = 16;

    #[inline]
    pub(super) fn of(text: &[u8]) -> Self {
        let (mut digits, mut open) = (Self::default(), 0);
        each_block(text, |block| digits.add(Lanes::of(block).between(b'0', b'9'), &mut open));
        digits
    }

    /// Adds those of a block, a bit each, where so many end the block before.
    #[inline(always)]
    fn add(&mut self, digits: u64, open: &mut usize) {
        if digits == 0 {
            *open = 0;
            return;
        }
        self.count += digits.count_ones() as usize;
        let (mut rows, mut run) = (digits, 0);
        while rows != 0 && run < Self::RUN {
            rows &= rows << 1;
            run += 1;
        }
        let joined = *open + digits.trailing_ones() as usize;
        self.run = self.run.max(run).max(joined.min(Self::RUN));
        *open = if digits == !0 { joined } else { digits.leading_ones() as usize };
    }
}

/// Ranges of bytes that are looked for, a bit each.
#[derive(Clone, Debug)]
pub(super) struct Survey(Vec<Span>);

impl Survey {
    pub(super) fn of(ranges: &[(u8, u8)]) -> Self {
        Self(ranges.iter().map(|(least, most)| Span::of(*least, *most)).collect())
    }

    /// Of the `wanted` ranges those of which a byte is in `text`; zeros may be taken to be.
    #[inline]
    pub(super) fn see(&self, text: &[u8], wanted: usize) -> usize {
        let each = self.0.iter().enumerate().filter(|(at, _)| wanted >> at & 1 == 1);
        if text.len() < BLOCK {
            let lanes = Lanes::of(&padded(text));
            return each.fold(0, |seen, (at, span)| seen | usize::from(lanes.any(span) != 0) << at);
        }
        each.fold(0, |seen, (at, span)| seen | usize::from(span.is_in(text)) << at)
    }
}

#[cfg(test)]
mod tests;
