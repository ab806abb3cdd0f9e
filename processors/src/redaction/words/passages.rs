//! What the words in each passage of a text may vouch for: looked up once for all matches in a passage, as text full of
//! near misses has a match every few bytes, and most words vouch for little.

use super::{BEFORE, BEHIND, PLACEHOLDER, Phrases, Wards, is_word, placeholder};

/// Bytes of a passage: about as many as a match has around it.
pub(in crate::redaction) const PASSAGE: usize = 64;

/// It has been looked at.
const KNOWN: Wards = 1 << (Wards::BITS - 1);

/// Anything may be vouched for.
const ALL: Wards = !KNOWN;

/// The passages of one text, what the words that begin in each may vouch for; kept, and begun again for each text, so that
/// it allocates once.
#[derive(Clone, Debug, Default)]
pub(in crate::redaction) struct Passages(Vec<Wards>);

impl Passages {
    /// Forgets the text before.
    pub(in crate::redaction) fn forget(&mut self) {
        self.0.clear();
    }

    /// What those of `words` may vouch for that are near bytes `start..end` of `text`; nothing else is vouched for. Of a
    /// match that stands within a word nothing is said: what of the word is near is another word.
    pub(in crate::redaction) fn telling(&mut self, words: &Phrases, text: &str, (start, end): (usize, usize)) -> Wards {
        let bytes = text.as_bytes();
        // Of a placeholder, too: what of it is before the match is read as words.
        let within = |byte: Option<&u8>| byte.is_some_and(|byte| is_word(*byte) || matches!(byte, b'[' | b'_'));
        if within(bytes[..start].last()) || within(bytes.get(end)) {
            return ALL;
        }
        if self.0.is_empty() {
            self.0.resize(bytes.len() / PASSAGE + 1, 0);
        }
        let before = start.saturating_sub(BEFORE) / PASSAGE..=start / PASSAGE;
        let behind = end / PASSAGE..=(end + BEHIND).min(bytes.len()) / PASSAGE;
        before.chain(behind).fold(0, |wards, passage| wards | self.of_passage(words, bytes, passage)) & ALL
    }

    #[inline]
    fn of_passage(&mut self, words: &Phrases, text: &[u8], passage: usize) -> Wards {
        if self.0[passage] == 0 {
            self.0[passage] = telling(words, text, passage * PASSAGE) | KNOWN;
        }
        self.0[passage]
    }
}

/// What the words may vouch for that begin in the passage from `from` on. What is not ASCII may be any.
fn telling(words: &Phrases, text: &[u8], from: usize) -> Wards {
    let to = (from + PASSAGE).min(text.len());
    let word = |at: usize, limit: usize| {
        let length = text[at..limit].iter().take_while(|byte| is_word(**byte)).count();
        // In a script without spaces words begin anywhere.
        Some(length).filter(|length| text[at..at + length].is_ascii())
    };
    let mut at = begun_before(text, from).unwrap_or(from);
    if at == from && at > 0 && is_word(text[at - 1]) {
        let Some(rest) = word(at, to) else { return ALL };
        at += rest;
    }
    let mut wards = 0;
    while at < to {
        if !is_word(text[at]) {
            at += named(&text[at..]).unwrap_or(1);
            continue;
        }
        let Some(length) = word(at, text.len().min(to.max(at + words.longest + 1))) else { return ALL };
        wards |= words.telling(&text[at..], length);
        at += length;
    }
    wards
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
