//! A stretch of a text that a byte is not in: asked of each of many matches, looked at once.

use std::ops::Range;

/// How much further a text is looked at than was asked, in bytes.
const FURTHER: usize = 4096;

/// The last such stretch, of one byte and one text.
#[derive(Clone, Debug, Default)]
pub(super) struct Without(Range<usize>);

impl Without {
    /// Whether `byte` is nowhere in the `asked` bytes of `text`, always the same two.
    #[inline]
    pub(super) fn has(&mut self, byte: u8, text: &[u8], asked: Range<usize>) -> bool {
        self.0.start <= asked.start && asked.end <= self.0.end || self.look(byte, text, asked)
    }

    #[inline(never)]
    fn look(&mut self, byte: u8, text: &[u8], asked: Range<usize>) -> bool {
        let to = text.len().min(asked.end + FURTHER);
        let end = memchr::memchr(byte, &text[asked.start.min(to)..to]).map_or(to, |at| asked.start + at);
        self.0 = asked.start..end;
        asked.end <= end
    }
}

#[cfg(test)]
mod tests;
