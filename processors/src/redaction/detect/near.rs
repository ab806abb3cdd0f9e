//! What the words near a match may vouch for, by the passage of the text: found out once for all that stands in a passage,
//! and told to families, so that they check nothing that could not count.

use crate::redaction::lanes::BLOCK;

/// How far before a match a word counts, and how far behind it, in bytes.
pub(in crate::redaction) const BEFORE: usize = 50;
pub(in crate::redaction) const BEHIND: usize = 24;

/// Bytes of a passage: about as many as a match has around it, and as are compared together.
pub(in crate::redaction) const PASSAGE: usize = BLOCK;

/// What words vouch for: entities, a bit each, of which several may share one. The last bit is of what needs no word, and the
/// two before it no entity's.
pub type Wards = u64;

/// What needs no word.
const SURE: Wards = 1 << (Wards::BITS - 1);

/// In a passage stands a word of which a match might take a part, or a placeholder with a digit.
pub(in crate::redaction) const BROKEN: Wards = SURE >> 1;

/// In a passage stands a placeholder, or a part of one.
pub(in crate::redaction) const MASKED: Wards = BROKEN >> 1;

/// Every entity.
pub(in crate::redaction) const ALL: Wards = !0;

/// The bit of an entity, as the configuration numbers them.
#[inline]
pub(in crate::redaction) fn ward(entity: u16) -> Wards {
    1 << (u32::from(entity) % MASKED.trailing_zeros())
}

/// Letters and digits, and every byte of a character that is not ASCII.
#[inline]
pub(in crate::redaction) const fn is_word(byte: u8) -> bool {
    WORD[byte as usize]
}

static WORD: [bool; 256] = {
    let (mut words, mut byte) = ([false; 256], 0);
    while byte < 256 {
        words[byte] = (byte as u8).is_ascii_alphanumeric() || byte >= 128;
        byte += 1;
    }
    words
};

/// Whether what stands between these texts begins or ends within a word. No-break spaces and dashes are no words.
#[inline]
fn is_cut(before: &[u8], behind: &[u8]) -> bool {
    let joins = |byte: &u8| is_word(*byte);
    let begins = || !matches!(before, [.., 0xc2, 0xa0] | [.., 0xe2, 0x80, _]) && before.last().is_some_and(joins);
    let ends = || !matches!(behind, [0xc2, 0xa0, ..] | [0xe2, 0x80, ..]) && behind.first().is_some_and(joins);
    begins() || ends()
}

/// Whether it may stand in a placeholder: what of that is before it is read as words.
#[inline]
fn is_open(before: &[u8], behind: &[u8]) -> bool {
    let opens = |byte: Option<&u8>| matches!(byte, Some(b'[' | b'_'));
    opens(before.last()) || opens(behind.first())
}

/// The passages of one text, and what the words that begin in each may vouch for; kept, and filled again for each text, so
/// that it allocates once.
#[derive(Clone, Debug, Default)]
pub(in crate::redaction) struct Near(Vec<Wards>);

impl Near {
    /// Forgets the text before.
    pub(in crate::redaction) fn forget(&mut self) {
        self.0.clear();
    }

    /// Keeps what is told of each passage.
    pub(in crate::redaction) fn fill(&mut self, passages: impl Iterator<Item = Wards>) {
        self.0.clear();
        self.0.extend(passages);
    }

    /// Whether it is known of this text.
    pub(in crate::redaction) fn is_known(&self) -> bool {
        !self.0.is_empty()
    }

    /// What the words may vouch for that are near bytes `start..end` of `text`; nothing else is vouched for, but by a key
    /// around it. Of a match that stands within a word nothing is said: what of the word is near is another word.
    #[inline]
    pub(in crate::redaction) fn of(&self, text: &[u8], (start, end): (usize, usize)) -> Wards {
        let (before, behind) = (&text[..start], &text[end..]);
        let broken = || (start / PASSAGE..=end / PASSAGE).any(|passage| self.told(passage) & MASKED != 0);
        let unclear = !self.is_known() || is_cut(before, behind) || is_open(before, behind) && broken();
        if unclear { ALL } else { self.around((start, end)) }
    }

    /// What the words may vouch for that begin near bytes `start..end`, where it is known of this text. What is left of a word
    /// that these cut may be another.
    #[inline]
    pub(in crate::redaction) fn around(&self, (start, end): (usize, usize)) -> Wards {
        let before = start.saturating_sub(BEFORE) / PASSAGE..=start / PASSAGE;
        let behind = end / PASSAGE..=(end + BEHIND) / PASSAGE;
        before.chain(behind).fold(SURE, |all, passage| all | self.told(passage))
    }

    /// Whether no word vouches for anything that begins and ends between bytes `start` and `end`, where it is known of this
    /// text. Of what begins or ends within a word of ASCII nothing is said.
    #[inline]
    pub(in crate::redaction) fn is_calm(&self, start: usize, end: usize) -> bool {
        let mut passages = start.saturating_sub(BEFORE) / PASSAGE..=(end + BEHIND) / PASSAGE;
        self.is_known() && passages.all(|passage| self.told(passage) & !MASKED == 0)
    }

    #[inline]
    fn told(&self, passage: usize) -> Wards {
        self.0.get(passage).copied().unwrap_or_default()
    }
}
