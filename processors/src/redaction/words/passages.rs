//! What the words in each passage of a text may vouch for: looked up once for all matches in a passage, as text full of
//! near misses has a match every few bytes, and most words vouch for little.

use super::{PLACEHOLDER, Phrases, Words, is_alone, is_blank, placeholder, wide};
use crate::redaction::detect::near::{ALL, BEFORE, BROKEN, Near, PASSAGE, Wards, is_break, is_word};
use crate::redaction::lanes::Lanes;

impl Phrases {
    /// What the words that begin in each passage of `text` may vouch for.
    pub(in crate::redaction) fn passages(&self, text: &[u8]) -> impl Iterator<Item = Wards> {
        let mut folded = Words::default();
        (0..=text.len() / PASSAGE).map(move |passage| telling(self, text, passage * PASSAGE, &mut folded))
    }

    /// What the words near bytes `start..end` of `text` may vouch for, with what is `known` of its passages: also where those
    /// begin or end within a word, as [`Near::of`] does not tell.
    pub(in crate::redaction) fn vouching(&self, known: &Near, text: &[u8], (start, end): (usize, usize)) -> Wards {
        let (told, within) = (known.of(text, (start, end)), |at: usize| begun_before(text, at).is_some());
        if told != ALL || !known.is_known() || within(start) || within(end) {
            return told;
        }
        match (last_of(&text[..start], self.longest), first_of(&text[end..], self.longest)) {
            (Some(last), Some(first)) => known.around((start, end)) | self.left(last) | self.left(first),
            _ => ALL,
        }
    }

    /// What is left of a word may vouch for.
    #[inline]
    fn left(&self, word: &[u8]) -> Wards {
        if word.is_empty() { 0 } else { self.telling(word, word.len()) }
    }
}

/// The letters and digits that end `text`, or more than `longest` of them; `None` where a letter stands before them that is not
/// ASCII.
#[inline]
fn last_of(text: &[u8], longest: usize) -> Option<&[u8]> {
    let near = &text[text.len().saturating_sub(longest + 1)..];
    let last = near.iter().rev().take_while(|byte| byte.is_ascii_alphanumeric()).count();
    let (before, last) = text.split_at(text.len() - last);
    let cut =
        before.iter().rev().take(4).position(|byte| !matches!(byte, 0x80..=0xbf)).map(|back| before.len() - 1 - back);
    let parts = last.len() > longest || cut.is_none_or(|at| parts(&before[at..]));
    parts.then_some(last)
}

/// As [`last_of`], of what `text` begins with.
#[inline]
fn first_of(text: &[u8], longest: usize) -> Option<&[u8]> {
    let first = text.iter().take(longest + 1).take_while(|byte| byte.is_ascii_alphanumeric()).count();
    let (first, behind) = text.split_at(first);
    (first.len() > longest || parts(behind)).then_some(first)
}

/// Whether what `text` begins with is no part of a word that has others: nothing, a blank, a character of a script without
/// spaces.
fn parts(text: &[u8]) -> bool {
    match text.first() {
        Some(byte) if byte.is_ascii() => !byte.is_ascii_alphanumeric(),
        Some(_) => wide(text).is_some_and(|(letter, _)| is_blank(letter) || is_alone(letter)),
        None => true,
    }
}

/// What the words may vouch for that begin in the passage from `from` on, and whether it is [`BROKEN`].
fn telling(words: &Phrases, text: &[u8], from: usize, folded: &mut Words) -> Wards {
    let rest = &text[from..];
    let Some(lanes) = rest.first_chunk().map(Lanes::of) else {
        return if rest.is_ascii() {
            telling_slowly(words, text, from)
        } else {
            telling_folded(words, text, from, folded)
        };
    };
    if lanes.wide() && lanes.between(0x80, 0xff) & !blanks(&lanes, text, from) != 0 {
        return telling_folded(words, text, from, folded);
    }
    if lanes.equal(b'[') != 0 || begun_before(text, from).is_some() {
        return telling_slowly(words, text, from);
    }
    let letters = lanes.letters();
    let own = lanes.between(b'0', b'9') | letters;
    let within = goes_on(text, from);
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

/// The bytes of blanks that are not ASCII in the passage from `from` on, a bit each: no-break spaces, and what General
/// Punctuation has up to U+203F.
#[inline]
fn blanks(lanes: &Lanes, text: &[u8], from: usize) -> u64 {
    const LAST: usize = PASSAGE - 1;
    let (no_break, punctuation) = (lanes.equal(0xc2), lanes.equal(0xe2));
    let (space, second) = (no_break << 1 & lanes.equal(0xa0), punctuation << 1 & lanes.equal(0x80));
    // Those that began before, and the last.
    let begun = match (&text[..from], &text[from..]) {
        ([.., 0xc2], [0xa0, ..]) | ([.., 0xe2, 0x80], _) => 1,
        ([.., 0xe2], [0x80, ..]) => 3,
        _ => 0,
    };
    let last = match text.get(from + PASSAGE) {
        Some(0xa0) => no_break,
        Some(0x80) => punctuation,
        _ => 0,
    };
    space | space >> 1 | second | second >> 1 | second << 1 | begun | last & 1 << LAST
}

/// Whether a word goes on at `at`.
fn goes_on(text: &[u8], at: usize) -> bool {
    let before = &text[..at];
    !matches!(before, [.., 0xc2, 0xa0] | [.., 0xe2, 0x80, _]) && before.last().is_some_and(|byte| is_word(*byte))
}

/// The same of one that is not of ASCII alone: of its words as they are compared. Where letters of ASCII and others stand in
/// one word, a match may begin between them.
fn telling_folded(words: &Phrases, text: &[u8], from: usize, folded: &mut Words) -> Wards {
    let rest = |byte: &&u8| matches!(byte, 0x80..=0xbf);
    let from = from + text[from..].iter().take_while(rest).count();
    let to = (from + PASSAGE).min(text.len());
    // A character has four bytes at most. A word without an end may be any.
    let near = to..text.len().min(to + 4 * (words.longest + 1));
    let end = near.clone().find(|at| parts(&text[*at..]));
    let Some(to) = end.or((near.end == text.len()).then_some(text.len())) else { return ALL };
    let more = (to + BEFORE).min(text.len());
    let more = more + text[more..].iter().take_while(rest).count();
    folded.fill(b"", false);
    // Of placeholders the words are taken as well, for a match may stand in what one kept.
    text[from..to].split(|byte| *byte == b'[').for_each(|part| folded.push(part, false));
    let begun = folded.starts.len();
    folded.push(&text[to..more], false);
    let mut wards =
        if text[from..to].iter().any(|byte| is_break(*byte)) || mixed(&text[from..to]) { BROKEN } else { 0 };
    for start in &folded.starts[..begun] {
        let word = &folded.text[*start..];
        let length = word.iter().position(|byte| *byte == b' ').unwrap_or(word.len());
        wards |= words.telling(word, length);
    }
    wards
}

/// Whether a letter or digit of ASCII stands beside one that is not, and makes a word with it.
fn mixed(text: &[u8]) -> bool {
    let mut at = 0;
    while let Some(next) = text[at..].iter().position(|byte| !byte.is_ascii()) {
        let start = at + next;
        let end = start + wide(&text[start..]).map_or(1, |(_, length)| length);
        let beside = |at: usize| text.get(at).is_some_and(u8::is_ascii_alphanumeric);
        if !parts(&text[start..]) && (start > 0 && beside(start - 1) || beside(end)) {
            return true;
        }
        at = end;
    }
    false
}

/// The same of one that has brackets, or is at the end of its text.
fn telling_slowly(words: &Phrases, text: &[u8], from: usize) -> Wards {
    let mut at = begun_before(text, from).unwrap_or(from);
    let to = (from + PASSAGE).min(text.len());
    // What is looked for has a digit and no bracket: in a placeholder without a digit it neither begins nor ends.
    let numbered = |name: &[u8]| name.iter().any(u8::is_ascii_digit);
    let mut wards = if numbered(&text[from..at.min(to)]) { BROKEN } else { 0 };
    if at == from && goes_on(text, at) {
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
