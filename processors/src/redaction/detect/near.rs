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

/// Whether what stands between these texts may stand in a placeholder, or cut one: what of that is before it is read as words.
#[inline]
fn is_open(before: &[u8], behind: &[u8]) -> bool {
    matches!(before, [.., b'[' | b'_'])
        || matches!(behind, [b'[' | b'_', ..])
        || joins_last(before)
        || joins_first(behind)
}

/// The digits with which words that vouch begin, or end, a bit each: what is left of a number that a match cuts vouches for
/// nothing where it begins with another.
#[derive(Clone, Copy, Debug, Default)]
pub(in crate::redaction) struct Digits(u16);

impl Digits {
    /// The most digits of a number that are looked at: no word has as many.
    const MOST: usize = 24;

    /// Adds the digit that a word begins with; all of them for a word so long that it might have too many.
    pub(in crate::redaction) fn add(&mut self, word: &[u8]) {
        match word {
            _ if word.len() >= Self::MOST && word.iter().any(u8::is_ascii_digit) => self.0 = u16::MAX,
            [digit @ b'0'..=b'9', ..] => self.0 |= 1 << (digit & 15),
            _ => {}
        }
    }

    /// Whether a word begins, or ends, with this digit of ASCII.
    #[inline]
    pub(in crate::redaction) fn have(self, digit: u8) -> bool {
        self.0 >> (digit & 15) & 1 == 1
    }

    /// Each of them, as ASCII has it.
    pub(in crate::redaction) fn each(self) -> impl Iterator<Item = u8> {
        (b'0'..=b'9').filter(move |digit| self.have(*digit))
    }

    /// Whether what stands between these texts begins or ends within a word of which what is left may vouch.
    #[inline]
    fn are_cut(self, before: &[u8], behind: &[u8]) -> bool {
        let is_number = || first_digit(behind).is_some_and(|(digit, _)| !self.have(digit));
        joins_last(before) && !self.number_ends(before) || joins_first(behind) && !is_number()
    }

    /// Whether what is left of a word is a number that ends `text`, and none begins so.
    fn number_ends(self, text: &[u8]) -> bool {
        let (mut rest, mut first) = (text, None);
        for _ in 0..Self::MOST {
            let Some((digit, before)) = last_digit(rest) else {
                return first.is_some_and(|first| !self.have(first)) && !joins_last(rest);
            };
            (first, rest) = (Some(digit), before);
        }
        true
    }

    /// How much of the number that goes on at `at` in `text` is such that no word begins as what is left of it may, wherever
    /// a match cuts it; `None` if it is not a word with the digits before it.
    pub(in crate::redaction) fn number_around(self, text: &[u8], at: usize) -> Option<usize> {
        let (before, mut behind) = text.split_at(at);
        for _ in 0..Self::MOST {
            let Some((_, rest)) = first_digit(behind).filter(|(digit, _)| !self.have(*digit)) else { break };
            behind = rest;
        }
        let length = text.len() - at - behind.len();
        let ends = length >= Self::MOST || length > 0 && !joins_first(behind);
        (ends && (!joins_last(before) || self.number_ends(before))).then_some(length)
    }
}

/// The digit that `text` begins with, as ASCII has it: a full-width one, too; and what is behind it.
#[inline]
pub(in crate::redaction) fn first_digit(text: &[u8]) -> Option<(u8, &[u8])> {
    match text {
        [digit @ b'0'..=b'9', rest @ ..] => Some((*digit, rest)),
        [0xef, 0xbc, digit @ 0x90..=0x99, rest @ ..] => Some((digit - 0x60, rest)),
        _ => None,
    }
}

/// The same of what `text` ends with, and what is before it.
#[inline]
pub(in crate::redaction) fn last_digit(text: &[u8]) -> Option<(u8, &[u8])> {
    match text {
        [rest @ .., digit @ b'0'..=b'9'] => Some((*digit, rest)),
        [rest @ .., 0xef, 0xbc, digit @ 0x90..=0x99] => Some((digit - 0x60, rest)),
        _ => None,
    }
}

/// Whether `text` begins with a part of a word. No-break spaces and dashes are no words.
#[inline]
fn joins_first(text: &[u8]) -> bool {
    !matches!(text, [0xc2, 0xa0, ..] | [0xe2, 0x80, ..]) && text.first().is_some_and(|byte| is_word(*byte))
}

/// Whether `text` ends with a part of a word.
#[inline]
pub(in crate::redaction) fn joins_last(text: &[u8]) -> bool {
    !matches!(text, [.., 0xc2, 0xa0] | [.., 0xe2, 0x80, _]) && text.last().is_some_and(|byte| is_word(*byte))
}

/// The passages of one text, and what the words that begin in each may vouch for; kept, and filled again for each text, so
/// that it allocates once.
#[derive(Clone, Debug, Default)]
pub(in crate::redaction) struct Near {
    passages: Vec<Wards>,
    digits: Digits,
}

impl Near {
    /// Forgets the text before.
    pub(in crate::redaction) fn forget(&mut self) {
        self.passages.clear();
    }

    /// Keeps what is told of each passage, and which digits words begin with.
    pub(in crate::redaction) fn fill(&mut self, passages: impl Iterator<Item = Wards>, digits: Digits) {
        self.passages.clear();
        self.passages.extend(passages);
        self.digits = digits;
    }

    /// Whether it is known of this text.
    pub(in crate::redaction) fn is_known(&self) -> bool {
        !self.passages.is_empty()
    }

    /// What the words may vouch for that are near bytes `start..end` of `text`; nothing else is vouched for, but by a key
    /// around it. Of a match that stands within a word nothing is said, unless what is left of that is a number: what of the
    /// word is near is another word.
    #[inline]
    pub(in crate::redaction) fn of(&self, text: &[u8], (start, end): (usize, usize)) -> Wards {
        let (before, behind) = (&text[..start], &text[end..]);
        let broken = || (start / PASSAGE..=end / PASSAGE).any(|passage| self.told(passage) & MASKED != 0);
        let unclear = !self.is_known() || self.digits.are_cut(before, behind) || is_open(before, behind) && broken();
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
        self.passages.get(passage).copied().unwrap_or_default()
    }
}
