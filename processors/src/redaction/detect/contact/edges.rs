//! Where a find may begin and end: a number inside a longer word or number is a part of something else.

use std::ops::Range;

use crate::redaction::detect::Hit;

/// A hit of the detector over these bytes.
#[inline]
pub(crate) fn hit(span: &Range<usize>, detector: usize) -> Hit {
    Hit { start: span.start as u32, end: span.end as u32, detector: detector as u16 }
}

/// Whether the detector at this place is wanted.
#[inline]
pub(crate) fn wanted(on: &[bool], detector: usize) -> bool {
    on.get(detector).copied().unwrap_or(false)
}

/// Whether no letter or digit stands directly before `at`, a character boundary.
#[inline]
pub(crate) fn free_before(text: &str, at: usize) -> bool {
    match text.as_bytes()[..at].last() {
        None => true,
        Some(byte) if byte.is_ascii() => !byte.is_ascii_alphanumeric(),
        Some(_) => free_before_wide(text, at),
    }
}

fn free_before_wide(text: &str, at: usize) -> bool {
    text.get(..at).and_then(|text| text.chars().next_back()).is_none_or(|c| !joins(c))
}

/// Whether no letter or digit stands directly at `at`, a character boundary.
#[inline]
pub(crate) fn free_after(text: &str, at: usize) -> bool {
    match text.as_bytes().get(at) {
        None => true,
        Some(byte) if byte.is_ascii() => !byte.is_ascii_alphanumeric(),
        Some(_) => free_after_wide(text, at),
    }
}

fn free_after_wide(text: &str, at: usize) -> bool {
    text.get(at..).and_then(|text| text.chars().next()).is_none_or(|c| !joins(c))
}

/// The separator that `bytes` begins with, as a space or a hyphen where it is a kind of one, and its width. Numbers from
/// web pages and word processors hold together by spaces that do not break.
#[inline]
pub(crate) fn separator(bytes: &[u8]) -> Option<(u8, usize)> {
    match bytes {
        [0xc2, 0xa0, ..] => Some((b' ', 2)),
        [0xe2, 0x80, 0x80..=0x8a | 0xaf, ..] => Some((b' ', 3)),
        [0xe2, 0x80, 0x90..=0x95, ..] => Some((b'-', 3)),
        [byte @ (b' ' | b'-' | b'.' | b'+'), ..] => Some((*byte, 1)),
        _ => None,
    }
}

/// Whether the character makes one word with a letter or digit beside it.
///
/// Scripts written without spaces do not: in `电话13812345678` the number stands alone.
pub(crate) fn joins(c: char) -> bool {
    !unspaced(c) && is_alphanumeric(c)
}

/// [`char::is_alphanumeric`], without a look at its tables for what stands in most texts: Latin letters with their accents,
/// Cyrillic, Han, Hangul, full-width forms, dashes and quotes.
pub(crate) fn is_alphanumeric(c: char) -> bool {
    match c {
        '\0'..='\x7f' => c.is_ascii_alphanumeric(),
        '\u{c0}'..='\u{24f}' => !matches!(c, '\u{d7}' | '\u{f7}'),
        '\u{400}'..='\u{481}'
        | '\u{4e00}'..='\u{9fff}'
        | '\u{ac00}'..='\u{d7a3}'
        | '０'..='９'
        | 'Ａ'..='Ｚ'
        | 'ａ'..='ｚ' => true,
        '\u{2000}'..='\u{206f}' => false,
        _ => c.is_alphanumeric(),
    }
}

/// Whether the character is of a script that puts no space around a number: Han, kana, Hangul (whose particles
/// follow directly), Thai, Lao, Burmese, Khmer.
pub(crate) fn unspaced(c: char) -> bool {
    matches!(u32::from(c), 0x0e00..=0x0eff | 0x1000..=0x109f | 0x1100..=0x11ff | 0x1780..=0x17ff
        | 0x2e80..=0x9fff | 0xa960..=0xa97f | 0xac00..=0xd7ff | 0xf900..=0xfaff | 0xff00..=0xffef
        | 0x20000..=0x3ffff)
}

#[cfg(test)]
mod tests;
