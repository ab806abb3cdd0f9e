//! What the words in each passage of a text may vouch for: looked up once for all matches in a passage, as text full of
//! near misses has a match every few bytes, and most words vouch for little.

use std::ops::Range;

use super::{PLACEHOLDER, Phrases, Words, is_alone, is_blank, is_full_width, narrow, placeholder, wide};
use crate::redaction::detect::near::{
    ALL, BEFORE, BROKEN, Digits, MASKED, Near, PASSAGE, Wards, first_digit, is_word, joins_last, last_digit,
};
use crate::redaction::lanes::Lanes;

impl Phrases {
    /// Finds out what the words that begin in each passage of `text` may vouch for.
    pub(in crate::redaction) fn fill(&self, near: &mut Near, text: &[u8]) {
        let mut folded = Words::default();
        let told = |passage| telling(self, text, passage * PASSAGE, &mut folded);
        near.fill((0..=text.len() / PASSAGE).map(told), self.digits);
    }

    /// What the words near bytes `start..end` of `text` may vouch for, with what is `known` of its passages: also where those
    /// begin or end within a word, as [`Near::of`] does not tell.
    pub(in crate::redaction) fn vouching(&self, known: &Near, text: &[u8], (start, end): (usize, usize)) -> Wards {
        let (told, within) = (known.of(text, (start, end)), |at: usize| begun_before(text, at).is_some());
        if told != ALL || !known.is_known() || self.longest > LEFT || within(start) || within(end) {
            return told;
        }
        known.around((start, end)) | self.left_before(&text[..start]) | self.left_behind(&text[end..])
    }

    /// What is left of a word may vouch for that is cut where `text` ends: behind it stands what it would vouch for.
    #[inline]
    fn left_before(&self, text: &[u8]) -> Wards {
        if last_digit(text).is_some_and(|(digit, _)| !self.last_digits.have(digit)) {
            return 0;
        }
        let (mut word, mut from, mut before) = ([0; LEFT], LEFT, text);
        while let Some((byte, rest)) = last_narrow(before) {
            if LEFT - from >= self.longest {
                return 0;
            }
            from -= 1;
            (word[from], before) = (byte, rest);
        }
        if !parts(last(before)) {
            return ALL;
        }
        if from == LEFT { 0 } else { self.telling(&word[from..], LEFT - from) }
    }

    /// As [`Self::left_before`], of a word that is cut where `text` begins, with those behind it.
    #[inline]
    fn left_behind(&self, text: &[u8]) -> Wards {
        if first_digit(text).is_some_and(|(digit, _)| !self.digits.have(digit)) {
            return 0;
        }
        let (mut word, mut length, mut behind) = ([0; LEFT + 1], 0, text);
        while let Some((byte, rest)) = first_narrow(behind) {
            if length >= self.longest {
                return 0;
            }
            (word[length], behind) = (byte, rest);
            length += 1;
        }
        if !parts(behind) {
            return ALL;
        }
        if length == 0 {
            return 0;
        }
        // What stands behind a word that had to be folded may be any.
        word[length] = 0xff;
        self.telling(if text.len() - behind.len() == length { text } else { &word[..=length] }, length)
    }
}

/// The longest of the words that phrases begin with, in bytes; what is left of a longer one may be any.
const LEFT: usize = 64;

/// The letter or digit that `text` begins with as ASCII has it, full-width ones too, and what is behind it.
#[inline]
fn first_narrow(text: &[u8]) -> Option<(u8, &[u8])> {
    match text {
        [byte, rest @ ..] if byte.is_ascii() => byte.is_ascii_alphanumeric().then_some((*byte, rest)),
        [0xef, ..] => {
            let (letter, length) = wide(text).filter(|(letter, _)| is_full_width(*letter))?;
            Some((narrow(letter), &text[length..]))
        }
        _ => None,
    }
}

/// The letter or digit that `text` ends with, as [`first_narrow`], and what is before it.
#[inline]
fn last_narrow(text: &[u8]) -> Option<(u8, &[u8])> {
    let (before, last) = text.split_at(text.len() - last(text).len());
    first_narrow(last).map(|(byte, _)| (byte, before))
}

/// The last character of `text`.
#[inline]
fn last(text: &[u8]) -> &[u8] {
    let rest = text.iter().rev().take(3).take_while(|byte| matches!(byte, 0x80..=0xbf)).count();
    &text[text.len().saturating_sub(rest + 1)..]
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
    let within = joins_last(&text[..from]);
    // Nearly all words of a table are numbers, and nothing that vouches begins as they do.
    let first = words.digits.each().fold(letters, |first, digit| first | lanes.equal(digit));
    let mut starts = own & !(own << 1 | u64::from(within)) & first;
    let mut wards = 0;
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
    let begun = (1 << blank_before(text, from)) - 1;
    let last = match text.get(from + PASSAGE) {
        Some(0xa0) => no_break,
        Some(0x80) => punctuation,
        _ => 0,
    };
    space | space >> 1 | second | second >> 1 | second << 1 | begun | last & 1 << LAST
}

/// How many bytes at `at` belong to such a blank that begins before.
fn blank_before(text: &[u8], at: usize) -> usize {
    match (&text[..at], &text[at..]) {
        ([.., 0xc2], [0xa0, ..]) | ([.., 0xe2, 0x80], [_, ..]) => 1,
        ([.., 0xe2], [0x80, _, ..]) => 2,
        _ => 0,
    }
}

/// The length of such a blank that `text` begins with, or nothing.
#[inline]
fn blank(text: &[u8]) -> usize {
    match text {
        [0xc2, 0xa0, ..] => 2,
        [0xe2, 0x80, _, ..] => 3,
        _ => 0,
    }
}

/// The same of one that is not of ASCII alone: of its words as they are compared. Where letters of ASCII and others stand in
/// one word, a match may begin between them.
fn telling_folded(words: &Phrases, text: &[u8], from: usize, folded: &mut Words) -> Wards {
    let rest = |byte: &&u8| matches!(byte, 0x80..=0xbf);
    let from = from + text[from..].iter().take_while(rest).count();
    let to = (from + PASSAGE).min(text.len());
    let Some(to) = word_end(text, to, words.longest) else { return ALL };
    let more = (to + BEFORE).min(text.len());
    let more = more + text[more..].iter().take_while(rest).count();
    folded.fill(b"", false);
    // Of placeholders the words are taken as well, for a match may stand in what one kept.
    text[from..to].split(|byte| *byte == b'[').for_each(|part| folded.push(part, false));
    let begun = folded.starts.len();
    folded.push(&text[to..more], false);
    let mut wards = if mixed(text, from..to, words.digits) { BROKEN } else { 0 };
    let masked = || text[from..to].contains(&b'[') || begun_before(text, from).is_some();
    wards |= if masked() { MASKED } else { 0 };
    for start in &folded.starts[..begun] {
        let word = &folded.text[*start..];
        let length = word.iter().position(|byte| *byte == b' ').unwrap_or(word.len());
        wards |= words.telling(word, length);
    }
    wards
}

/// Where the word ends that goes on at `at`, or is too long for any; `None` where accents that follow their letters, which are
/// nothing when folded, keep that from being told.
fn word_end(text: &[u8], at: usize, longest: usize) -> Option<usize> {
    let (mut end, mut letters) = (at, 0);
    let most = at + 4 * (longest + 1);
    while end < text.len() && letters <= longest && !parts(&text[end..]) {
        if end >= most {
            return None;
        }
        // What is left of a character is none.
        let (letter, length) =
            if text[end].is_ascii() { (' ', 1) } else { wide(&text[end..]).unwrap_or(('\u{300}', 1)) };
        letters += usize::from(!matches!(letter, '\u{300}'..='\u{36f}'));
        end += length;
    }
    Some(end)
}

/// Whether in these bytes of `text` a letter or digit of ASCII stands beside one that is not, and makes a word with it; unless
/// that is a number with which no word begins.
fn mixed(text: &[u8], range: Range<usize>, digits: Digits) -> bool {
    let mut at = range.start;
    while let Some(next) = text[at..range.end].iter().position(|byte| !byte.is_ascii()) {
        let start = at + next;
        if let Some(length) = digits.number_around(text, start) {
            at = (start + length).min(range.end);
            continue;
        }
        let end = (start + wide(&text[start..]).map_or(1, |(_, length)| length)).min(range.end);
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
    let masked = |name: &[u8]| if numbered(name) { MASKED | BROKEN } else { MASKED };
    let mut wards = if at > from { masked(&text[from..at.min(to)]) } else { 0 };
    if at == from {
        at += blank_before(text, at);
    }
    if at == from && joins_last(&text[..at]) {
        let Some(rest) = word(&text[at..to], PASSAGE) else { return ALL };
        at += rest;
    }
    while at < to {
        let blank = blank(&text[at..]);
        if blank > 0 {
            at += blank;
            continue;
        }
        if !is_word(text[at]) {
            let name = named(&text[at..]).map(|length| &text[at..at + length]);
            wards |= name.map_or(0, masked);
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
    let near = &text[..text.len().min(longest + 1)];
    let length = near.iter().position(|byte| !byte.is_ascii_alphanumeric()).unwrap_or(near.len());
    let ends = length == near.len() || near[length].is_ascii() || blank(&text[length..]) > 0;
    ends.then_some(length)
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
