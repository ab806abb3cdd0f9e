//! Which passages of a text hold no word that vouches for anything: looked up once for all matches in a passage, as
//! text full of near misses has a match every few bytes.

use super::{BEFORE, BEHIND, PLACEHOLDER, Phrases, is_word, placeholder};

/// Bytes of a passage: about as many as a match has around it.
pub(in crate::redaction) const PASSAGE: usize = 64;

/// What is known of a passage.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Known {
    Nothing,
    /// No word that begins in it is the first of those that vouch.
    Silent,
    /// One may be.
    Telling,
}

/// The passages of one text; kept, and begun again for each text, so that it allocates once.
#[derive(Clone, Debug, Default)]
pub(in crate::redaction) struct Passages(Vec<Known>);

impl Passages {
    /// Forgets the text before.
    pub(in crate::redaction) fn forget(&mut self) {
        self.0.clear();
    }

    /// Whether no word near bytes `start..end` of `text` can be one of `words`: there are none that a voucher begins
    /// with. Of a match that stands within a word nothing is said: what of the word is near is another word.
    pub(in crate::redaction) fn are_silent(
        &mut self,
        words: &Phrases,
        text: &str,
        (start, end): (usize, usize),
    ) -> bool {
        let bytes = text.as_bytes();
        // Of a placeholder, too: what of it is before the match is read as words.
        let within = |byte: Option<&u8>| byte.is_some_and(|byte| is_word(*byte) || matches!(byte, b'[' | b'_'));
        if within(bytes[..start].last()) || within(bytes.get(end)) {
            return false;
        }
        if self.0.is_empty() {
            self.0.resize(bytes.len() / PASSAGE + 1, Known::Nothing);
        }
        let before = start.saturating_sub(BEFORE) / PASSAGE..=start / PASSAGE;
        let behind = end / PASSAGE..=(end + BEHIND).min(bytes.len()) / PASSAGE;
        before.chain(behind).all(|passage| self.is_silent(words, bytes, passage))
    }

    fn is_silent(&mut self, words: &Phrases, text: &[u8], passage: usize) -> bool {
        if self.0[passage] == Known::Nothing {
            let silent = is_silent(words, text, passage * PASSAGE);
            self.0[passage] = if silent { Known::Silent } else { Known::Telling };
        }
        self.0[passage] == Known::Silent
    }
}

/// Whether no word that begins in the passage from `from` on is one that a voucher begins with. What is not ASCII may be
/// any.
fn is_silent(words: &Phrases, text: &[u8], from: usize) -> bool {
    let to = (from + PASSAGE).min(text.len());
    let mut at = begun_before(text, from).unwrap_or(from);
    if at == from && at > 0 && is_word(text[at - 1]) {
        let rest = text[at..to].iter().take_while(|byte| is_word(**byte)).count();
        // In a script without spaces words begin anywhere.
        if !text[at..at + rest].is_ascii() {
            return false;
        }
        at += rest;
    }
    while at < to {
        if !is_word(text[at]) {
            at += named(&text[at..]).unwrap_or(1);
            continue;
        }
        let length = text[at..].iter().take(words.longest + 1).take_while(|byte| is_word(**byte)).count();
        let word = &text[at..at + length];
        if !word.is_ascii() || words.has(word) {
            return false;
        }
        at += length;
        at += text[at.min(to)..to].iter().take_while(|byte| is_word(**byte)).count();
    }
    true
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
