//! What the words in each passage of a text may vouch for: looked up once for all matches in a passage, as text full of
//! near misses has a match every few bytes, and most words vouch for little.

use super::{PLACEHOLDER, Phrases, placeholder};
use crate::redaction::detect::near::{ALL, BROKEN, PASSAGE, Wards, is_break, is_word};
use crate::redaction::lanes::Lanes;

impl Phrases {
    /// What the words that begin in each passage of `text` may vouch for.
    pub(in crate::redaction) fn passages(&self, text: &[u8]) -> impl Iterator<Item = Wards> {
        (0..=text.len() / PASSAGE).map(move |passage| telling(self, text, passage * PASSAGE))
    }
}

/// What the words may vouch for that begin in the passage from `from` on, and whether it is [`BROKEN`]. What is not ASCII may
/// be any.
fn telling(words: &Phrases, text: &[u8], from: usize) -> Wards {
    let begun = begun_before(text, from);
    let whole = text[from..].first_chunk().map(Lanes::of);
    let Some(lanes) = whole.filter(|lanes| begun.is_none() && lanes.equal(b'[') == 0) else {
        return telling_slowly(words, text, from, begun.unwrap_or(from));
    };
    if lanes.wide() {
        return ALL;
    }
    let letters = lanes.letters();
    let own = lanes.between(b'0', b'9') | letters;
    let within = from > 0 && is_word(text[from - 1]);
    // Nearly all words of a table are numbers, and nothing that vouches begins as they do.
    let first = words.digits.iter().fold(letters, |first, digit| first | lanes.equal(*digit));
    let mut starts = own & !(own << 1 | u64::from(within)) & first;
    let mut wards = if lanes.equal(b'_') == 0 { 0 } else { BROKEN };
    while starts != 0 {
        let at = starts.trailing_zeros() as usize;
        let length = (own >> at).trailing_ones() as usize;
        let rest = &text[from + at..];
        let length = if at + length < PASSAGE { Some(length) } else { word(rest, words.longest) };
        let Some(length) = length else { return ALL };
        wards |= words.telling(rest, length);
        starts &= starts - 1;
    }
    wards
}

/// The same of one that has brackets, or is at the end of its text, from `at` on.
fn telling_slowly(words: &Phrases, text: &[u8], from: usize, mut at: usize) -> Wards {
    let to = (from + PASSAGE).min(text.len());
    // What is looked for has a digit and no bracket: in a placeholder without a digit it neither begins nor ends.
    let numbered = |name: &[u8]| name.iter().any(u8::is_ascii_digit);
    let mut wards = if numbered(&text[from..at.min(to)]) { BROKEN } else { 0 };
    if at == from && at > 0 && is_word(text[at - 1]) {
        let Some(rest) = word(&text[at..to], PASSAGE) else { return ALL };
        at += rest;
    }
    while at < to {
        if !is_word(text[at]) {
            let name = named(&text[at..]).map(|length| &text[at..at + length]);
            let joined = || at > 0 && is_word(text[at - 1]);
            let breaks = name.map_or(is_break(text[at]), |name| joined() || numbered(name));
            wards |= if breaks { BROKEN } else { 0 };
            at += name.map_or(1, <[u8]>::len);
            continue;
        }
        let Some(length) = word(&text[at..], words.longest.max(to - at)) else { return ALL };
        wards |= words.telling(&text[at..], length);
        at += length;
    }
    wards
}

/// The length of the word that `text` begins with, or one more than `longest`; `None` where it is not of ASCII: in a script
/// without spaces words begin anywhere.
#[inline]
fn word(text: &[u8], longest: usize) -> Option<usize> {
    let (mut bytes, text) = (0, &text[..text.len().min(longest + 1)]);
    let ends = |byte: &u8| {
        bytes |= byte;
        !is_word(*byte)
    };
    let length = text.iter().position(ends).unwrap_or(text.len());
    bytes.is_ascii().then_some(length)
}

/// The length of the placeholder that `text` begins with, if nothing of what it stands for was kept. Its words vouch for
/// nothing.
fn named(text: &[u8]) -> Option<usize> {
    if text.first() != Some(&b'[') {
        return None;
    }
    placeholder(text).filter(|length| !text[..*length].contains(&b':'))
}

/// Where such a placeholder ends that begins before `from` and ends behind it.
fn begun_before(text: &[u8], from: usize) -> Option<usize> {
    let floor = from.saturating_sub(PLACEHOLDER);
    let open = floor + memchr::memrchr(b'[', &text[floor..from])?;
    named(&text[open..]).map(|length| open + length).filter(|end| *end > from)
}

#[cfg(test)]
mod tests;
