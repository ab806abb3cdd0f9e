//! Words that vouch for a match: near it in the text, in the key, or on the path of keys around it.

mod passages;

use std::collections::BTreeMap;
use std::ops::Range;

use super::detect::contact::edges::unspaced;
use super::detect::near::{BEFORE, BEHIND, Digits, Wards, is_word};
use super::lanes::{BLOCK, Lanes, padded, places};

/// The longest placeholder that is told from words, in bytes.
const PLACEHOLDER: usize = 80;

/// The letters from U+00C0 to U+017F as those write them who have no accents: two bytes each, the second often a blank.
#[rustfmt::skip]
const LATIN: [&[u8; 64]; 6] = [
    b"a a a a a a aec e e e e i i i i d n o o o o o x o u u u u y thss",
    b"a a a a a a aec e e e e i i i i d n o o o o o x o u u u u y thy ",
    b"a a a a a a c c c c c c c c d d d d e e e e e e e e e e g g g g ",
    b"g g g g h h h h i i i i i i i i i i ijijj j k k k l l l l l l l ",
    b"l l l n n n n n n n n n o o o o o o oeoer r r r r r s s s s s s ",
    b"s s t t t t t t u u u u u u u u u u u u w w y y y z z z z z z s ",
];

/// Words that vouch, so kept that a text is compared with the few that begin as it does.
#[derive(Clone, Debug, Default)]
pub(super) struct Vouchers {
    /// Sorted.
    words: Vec<Box<[u8]>>,
    /// A bit for each first letter there is.
    first: u64,
}

impl Vouchers {
    /// Of words as text may have them. What is written with `ae`, `oe` or `ue` in place of an umlaut is found with the
    /// umlaut, too.
    pub(super) fn of<W: AsRef<str>>(words: &[W]) -> Self {
        let folded = |word: &str| {
            let mut folded = Words::default();
            folded.fill(word.as_bytes(), false);
            folded.text.trim_ascii().into()
        };
        let plain = |word: &W| folded(&word.as_ref().replace("ae", "a").replace("oe", "o").replace("ue", "u"));
        let mut all: Vec<Box<[u8]>> = words.iter().map(|word| folded(word.as_ref())).collect();
        all.extend(words.iter().map(plain));
        all.retain(|word| !word.is_empty());
        all.sort_unstable();
        all.dedup();
        let first = all.iter().filter_map(|word| word.first()).fold(0, |first, byte| first | 1 << (byte & 63));
        Self { words: all, first }
    }

    /// Whether one of them begins `text` and ends where a word of it ends.
    fn begin(&self, text: &[u8]) -> bool {
        let Some(first) = text.first().filter(|byte| self.first >> (**byte & 63) & 1 == 1) else { return false };
        let from = self.words.partition_point(|word| word.first() < Some(first));
        let mut near = self.words[from..].iter().take_while(|word| word.first() == Some(first));
        near.any(|word| text.starts_with(word) && text.get(word.len()) == Some(&b' '))
    }
}

/// Words that vouch, to tell texts that have none of them: at little cost, and with a few texts too many.
#[derive(Clone, Debug, Default)]
pub(super) struct Phrases {
    /// All there are, those that begin with the same word in a row.
    phrases: Vec<Phrase>,
    /// The words they begin with, by [`Self::place`].
    heads: Vec<Head>,
    places: Vec<Bucket>,
    /// The length of the longest of these words, and the digits that one of them begins or ends with.
    longest: usize,
    digits: Digits,
    last_digits: Digits,
}

/// The words of one [`Phrases::place`] that phrases begin with.
#[derive(Clone, Copy, Debug, Default)]
struct Bucket {
    /// Where they are.
    start: u16,
    end: u16,
    /// A bit for each of their lengths, the last of all that are longer.
    lengths: u32,
}

impl Bucket {
    #[inline]
    fn length(length: usize) -> u32 {
        1 << length.min(31)
    }
}

/// A word that phrases begin with.
#[derive(Clone, Debug)]
struct Head {
    word: Box<[u8]>,
    /// Where these phrases are.
    start: u16,
    end: u16,
}

/// What stands behind the first word, and what all of it vouches for.
#[derive(Clone, Debug)]
struct Phrase {
    /// With a blank between any two.
    words: Box<[u8]>,
    wards: Wards,
}

impl Phrases {
    const PLACES: usize = 1024;

    /// Of words as [`Vouchers::of`] takes them, each with what it vouches for.
    pub(super) fn of<W: AsRef<str>>(words: impl IntoIterator<Item = (W, Wards)>) -> Self {
        let mut all: BTreeMap<(usize, Box<[u8]>), Wards> = BTreeMap::new();
        for (word, wards) in words {
            for word in Vouchers::of(&[word]).words {
                *all.entry((Self::place(&word), word)).or_default() |= wards;
            }
        }
        let mut phrases = Self { places: vec![Bucket::default(); Self::PLACES], ..Self::default() };
        for ((place, words), wards) in all {
            phrases.add(place, &words, wards);
        }
        phrases
    }

    /// Adds words that stand in order behind those before: the first word of a phrase, then that with more.
    fn add(&mut self, place: usize, words: &[u8], wards: Wards) {
        let (word, behind) = words.split_at(words.iter().position(|byte| *byte == b' ').unwrap_or(words.len()));
        let at = self.phrases.len() as u16;
        self.phrases.push(Phrase { words: behind.trim_ascii_start().into(), wards });
        match self.heads.last_mut().filter(|head| *head.word == *word) {
            Some(head) => head.end = at + 1,
            None => {
                let (bucket, head) = (&mut self.places[place], self.heads.len() as u16);
                bucket.start = if bucket.end == 0 { head } else { bucket.start };
                bucket.end = head + 1;
                bucket.lengths |= Bucket::length(word.len());
                self.heads.push(Head { word: word.into(), start: at, end: at + 1 });
            }
        }
        self.longest = self.longest.max(word.len());
        self.digits.add(word);
        self.last_digits.add(&word[word.len() - 1..]);
    }

    /// Whether there are none.
    pub(super) fn is_empty(&self) -> bool {
        self.phrases.is_empty()
    }

    /// What those vouch for that may begin `text` with its first word, which is of ASCII and ends at `length`.
    #[inline]
    fn telling(&self, text: &[u8], length: usize) -> Wards {
        let may_be = length <= self.longest && self.bucket(text).lengths & Bucket::length(length) != 0;
        if may_be { self.told(text, length) } else { 0 }
    }

    #[inline(never)]
    fn told(&self, text: &[u8], length: usize) -> Wards {
        let (first, behind) = text.split_at(length);
        let is = |head: &&Head| head.word.len() == length && head.word.eq_ignore_ascii_case(first);
        let Some(head) = self.near(text).iter().find(is) else { return 0 };
        let mut next = None;
        let mut may_go_on = |second: u8| {
            let letter = || behind.iter().take(BEFORE).find(|byte| is_word(**byte)).map(u8::to_ascii_lowercase);
            next.get_or_insert_with(letter).is_some_and(|next| !next.is_ascii() || next == second)
        };
        let all = self.behind(head).iter();
        let may_be = all.filter(|phrase| phrase.words.first().is_none_or(|second| may_go_on(*second)));
        may_be.fold(0, |wards, phrase| wards | phrase.wards)
    }

    /// The place of words that begin as `word` does, in any case.
    #[inline]
    fn place(word: &[u8]) -> usize {
        const CASE: u8 = 0x20;
        let second = word.get(1).map_or(0, |second| second | CASE);
        let second = if second.is_ascii_lowercase() { second & 31 } else { 0 };
        usize::from(word[0] & 31) << 5 | usize::from(second)
    }

    /// Whether `text` may have one of them: also where a digit or a capital parts it from others, as a match or a key
    /// may, and of several words whatever stands between them.
    pub(super) fn are_in(&self, text: &[u8]) -> bool {
        if self.is_empty() {
            return false;
        }
        // Accents are rare where this is asked, and folding is not for here.
        if text.len() >= BLOCK {
            return !text.is_ascii() || starts(text).any(|rest| self.begin(rest));
        }
        let lanes = Lanes::of(&padded(text));
        lanes.wide() || places(self.starts(&lanes)).any(|at| self.begin(&text[at..]))
    }

    /// As the function of that name: in a block of ASCII, a bit each, those words that one may begin as.
    #[inline]
    fn starts(&self, lanes: &Lanes) -> u64 {
        let (letters, capitals) = (lanes.letters(), lanes.between(b'A', b'Z'));
        let small = letters & !capitals;
        let own = self.digits.each().fold(letters, |own, digit| own | lanes.equal(digit));
        own & (!(letters << 1) | capitals & small << 1)
    }

    /// The first words that begin about as `text` does, which is not empty.
    fn near(&self, text: &[u8]) -> &[Head] {
        let Bucket { start, end, .. } = *self.bucket(text);
        &self.heads[usize::from(start)..usize::from(end)]
    }

    #[inline]
    fn bucket(&self, text: &[u8]) -> &Bucket {
        &self.places[Self::place(text)]
    }

    /// The phrases that begin with this word.
    fn behind(&self, head: &Head) -> &[Phrase] {
        &self.phrases[usize::from(head.start)..usize::from(head.end)]
    }

    fn begin(&self, text: &[u8]) -> bool {
        let mut letters = None;
        let mut heads = self.near(text).iter().filter(|head| begins(text, &head.word));
        heads.any(|head| {
            self.behind(head).iter().any(|phrase| {
                // What the words behind it begin with, a bit each.
                let behind = || starts(&text[1..]).fold(0, |letters, rest| letters | letter(rest[0]));
                let has = |letters: u64, word: &[u8]| {
                    letter(word[0]) & letters != 0 && starts(&text[1..]).any(|rest| begins(rest, word))
                };
                phrase.words.is_empty() || {
                    let letters: u64 = *letters.get_or_insert_with(behind);
                    phrase.words.split(|byte| *byte == b' ').all(|word| has(letters, word))
                }
            })
        })
    }
}

/// A bit for a letter, in any case, or a digit.
fn letter(byte: u8) -> u64 {
    1 << (byte.to_ascii_lowercase() & 63)
}

/// What is left of `text` from each word on.
fn starts(text: &[u8]) -> impl Iterator<Item = &[u8]> {
    let mut before = b' ';
    text.iter().enumerate().filter_map(move |(at, &byte)| {
        let last = std::mem::replace(&mut before, byte);
        let apart = !last.is_ascii_alphabetic() || byte.is_ascii_uppercase() && last.is_ascii_lowercase();
        (byte.is_ascii_alphanumeric() && apart).then(|| &text[at..])
    })
}

/// Whether `word` ends where one of `text` does that begins it.
fn begins(text: &[u8], word: &[u8]) -> bool {
    text.len() >= word.len()
        && text[..word.len()].eq_ignore_ascii_case(word)
        && !text.get(word.len()).is_some_and(u8::is_ascii_lowercase)
}

/// A text as words are looked for in: in lower case, without accents, one space between words and at both ends. A key in
/// camel case falls into its words, and what is written in a script without spaces into its characters.
#[derive(Clone, Debug, Default)]
pub(super) struct Words {
    text: Vec<u8>,
    /// Where each begins.
    starts: Vec<usize>,
    /// A bit for what each begins with, as [`Vouchers`] have it.
    first: u64,
}

impl Words {
    /// The words of a key or path.
    pub(super) fn fill_key(&mut self, key: &[u8]) {
        self.fill(key, true);
    }

    /// The words near bytes `start..end` of a text, the match itself left out.
    pub(super) fn fill_near(&mut self, text: &str, start: usize, end: usize) {
        let bytes = text.as_bytes();
        // A word that is cut at the edge would be another word.
        let from = start.saturating_sub(BEFORE);
        let from = if let Some(behind) = behind_placeholder(bytes, from, start) {
            behind
        } else if from == 0 {
            0
        } else {
            edges(bytes, from..start).next().unwrap_or(start)
        };
        let to = (end + BEHIND).min(bytes.len());
        let to = if to == bytes.len() { to } else { edges(bytes, end..to).last().unwrap_or(end) };
        self.fill(&bytes[from..start], false);
        // Several words vouch where they stand in a row, not around what they would vouch for.
        self.text.push(b' ');
        let near = &bytes[end..to];
        let open = memchr::memchr_iter(b'[', near).find(|at| placeholder(&bytes[end + at..]).is_some());
        self.push(&near[..open.unwrap_or(near.len())], false);
    }

    /// Whether one of `vouchers` is among them.
    pub(super) fn have(&self, vouchers: &Vouchers) -> bool {
        vouchers.first & self.first != 0 && self.starts.iter().any(|start| vouchers.begin(&self.text[*start..]))
    }

    fn fill(&mut self, text: &[u8], camel: bool) {
        self.text.clear();
        self.text.push(b' ');
        self.starts.clear();
        self.first = 0;
        self.push(text, camel);
    }

    /// Adds words, and a blank behind the last: they are no part of those that were there before.
    fn push(&mut self, text: &[u8], camel: bool) {
        let mut at = 0;
        while let Some(&byte) = text.get(at) {
            if !byte.is_ascii()
                && let Some((letter, length)) = wide(&text[at..])
            {
                self.push_wide(letter);
                at += length;
                continue;
            }
            let begins = camel && byte.is_ascii_uppercase() && at > 0 && text[at - 1].is_ascii_lowercase();
            let skipped = if byte == b'[' { placeholder(&text[at..]) } else { None };
            at += skipped.unwrap_or(1);
            match FOLDED[usize::from(byte)] {
                b' ' => self.end_word(),
                folded => {
                    if begins {
                        self.end_word();
                    }
                    self.push_byte(folded);
                }
            }
        }
        self.end_word();
    }

    #[inline]
    fn push_byte(&mut self, byte: u8) {
        if self.text.last() == Some(&b' ') {
            self.first |= 1 << (byte & 63);
            self.starts.push(self.text.len());
        }
        self.text.push(byte);
    }

    /// A character that is not ASCII: a letter without its accent, in lower case; one of a script without spaces as a
    /// word of its own, so that words of such characters are found wherever they begin.
    fn push_wide(&mut self, letter: char) {
        let code = letter as u32;
        match code {
            _ if is_full_width(letter) => self.push_byte(narrow(letter)),
            0xc0..=0x17f => {
                let at = (code - 0xc0) as usize;
                let plain = &LATIN[at / 32][at % 32 * 2..][..2];
                plain.iter().filter(|byte| **byte != b' ').for_each(|byte| self.push_byte(*byte));
            }
            // A combining accent, behind its letter
            0x300..=0x36f => {}
            _ if is_blank(letter) => self.end_word(),
            _ if is_alone(letter) => {
                self.end_word();
                self.push_letter(letter);
                self.end_word();
            }
            _ => {
                letter.to_lowercase().for_each(|letter| self.push_letter(without_tonos(letter)));
            }
        }
    }

    fn push_letter(&mut self, letter: char) {
        letter.encode_utf8(&mut [0; 4]).bytes().for_each(|byte| self.push_byte(byte));
    }

    #[inline]
    fn end_word(&mut self) {
        if self.text.last() != Some(&b' ') {
            self.text.push(b' ');
        }
    }
}

/// The character that is not ASCII with which `text` begins, and its length.
#[inline]
fn wide(text: &[u8]) -> Option<(char, usize)> {
    let length = match text.first()? {
        0xc2..=0xdf => 2,
        0xe0..=0xef => 3,
        0xf0..=0xf4 => 4,
        _ => return None,
    };
    let letter = std::str::from_utf8(text.get(..length)?).ok()?.chars().next()?;
    Some((letter, length))
}

/// Whether a character that is not ASCII stands between words: blanks, quotes, dashes, and the full-width forms of
/// ASCII's punctuation.
fn is_blank(letter: char) -> bool {
    matches!(u32::from(letter), 0x80..=0xa9 | 0xab..=0xb4 | 0xb6..=0xb9 | 0xbb..=0xbf | 0x2000..=0x206f | 0x3000..=0x3003
        | 0x3008..=0x3020 | 0x30fb | 0xfe30..=0xfe6f | 0xff00..=0xff0f | 0xff1a..=0xff20 | 0xff3b..=0xff40 | 0xff5b..=0xff65)
}

/// Whether a character is a word by itself, as those of scripts without spaces are.
fn is_alone(letter: char) -> bool {
    unspaced(letter) && !is_full_width(letter)
}

/// Full-width letters and digits, which make words as narrow ones do.
fn is_full_width(letter: char) -> bool {
    matches!(letter, '０'..='９' | 'Ａ'..='Ｚ' | 'ａ'..='ｚ')
}

/// A full-width letter or digit as ASCII has it, in lower case.
fn narrow(letter: char) -> u8 {
    ((letter as u32).wrapping_sub(0xfee0) as u8).to_ascii_lowercase()
}

/// A Greek letter without its accent, and a final sigma as any other.
fn without_tonos(letter: char) -> char {
    match letter {
        'ά' => 'α',
        'έ' => 'ε',
        'ή' => 'η',
        'ί' | 'ϊ' | 'ΐ' => 'ι',
        'ό' => 'ο',
        'ύ' | 'ϋ' | 'ΰ' => 'υ',
        'ώ' => 'ω',
        'ς' => 'σ',
        letter => letter,
    }
}

/// The places within `range` where a word ends or begins: before what is none, and around each character of a script
/// without spaces.
#[inline]
fn edges(text: &[u8], range: Range<usize>) -> impl Iterator<Item = usize> {
    let mut at = range.start;
    let mut behind = None;
    std::iter::from_fn(move || {
        if let Some(edge) = behind.take() {
            return Some(edge);
        }
        while at < range.end {
            let here = at;
            if text[here].is_ascii() {
                at += 1;
                if is_word(text[here]) { continue } else { return Some(here) }
            }
            // Before the rest of a character that is cut there is no edge.
            let Some((letter, length)) = wide(&text[at..]) else {
                at += 1;
                continue;
            };
            at += length;
            if is_alone(letter) {
                behind = Some(at).filter(|edge| *edge <= range.end);
                return Some(here);
            }
            if is_blank(letter) {
                return Some(here);
            }
        }
        None
    })
}

/// The length of the placeholder of several words that `text` begins with. Its words are ours, and vouch for nothing;
/// nor do those beyond it, which stood farther away from what is beside it. One word, `[SSN]`, may be a sender's.
fn placeholder(text: &[u8]) -> Option<usize> {
    bracketed(text).filter(|length| text[..*length].contains(&b'_'))
}

/// The length of the name of an entity in brackets that `text` begins with, with what a strategy kept behind a `:`.
pub(super) fn bracketed(text: &[u8]) -> Option<usize> {
    let inside = text.strip_prefix(b"[")?;
    let name = |byte: &&u8| byte.is_ascii_uppercase() || byte.is_ascii_digit() || **byte == b'_';
    let named = inside.iter().take(PLACEHOLDER).take_while(name).count();
    if named == 0 {
        return None;
    }
    let kept = match inside.get(named)? {
        b']' => 0,
        b':' => memchr::memchr(b']', inside[named..].get(..PLACEHOLDER).unwrap_or(&inside[named..]))?,
        _ => return None,
    };
    Some(named + kept + 2)
}

/// What of a key stands behind the last placeholder in it: a name that we wrote says nothing of the value. An index is
/// none: `env[API_KEY]`.
pub(super) fn own_name(key: &str) -> &str {
    let bytes = key.as_bytes();
    let index = |at: usize| at > 0 && bytes[at - 1].is_ascii_alphanumeric() && !ends_escaped(&bytes[..at]);
    let last =
        memchr::memrchr_iter(b'[', bytes).find_map(|at| Some(at + bracketed(&bytes[at..])?).filter(|_| !index(at)));
    last.and_then(|end| key.get(end..)).unwrap_or(key)
}

/// Whether the last letter or digit is of an escape, behind which secrets are found as well: `%72`, `\n`, `\u0072`, a
/// terminal's `ESC [ 1 m`.
fn ends_escaped(text: &[u8]) -> bool {
    let hex = |digits: &[u8]| digits.iter().all(u8::is_ascii_hexdigit);
    match text {
        [.., b'%', one, two] => hex(&[*one, *two]),
        [.., b'\\', b'n' | b'r' | b't' | b'b' | b'f'] => true,
        [before @ .., b'm'] => {
            let digits = before.iter().rev().take(PLACEHOLDER).take_while(|byte| byte.is_ascii_digit()).count();
            before[..before.len() - digits].ends_with(b"\x1b[")
        }
        [.., b'\\', b'u', one, two, three, four] => hex(&[*one, *two, *three, *four]),
        _ => false,
    }
}

/// Where the last placeholder that ends in `from..start` does.
fn behind_placeholder(bytes: &[u8], from: usize, start: usize) -> Option<usize> {
    memchr::memchr(b']', &bytes[from..start])?;
    let floor = from.saturating_sub(2 * PLACEHOLDER);
    let ends = |open: usize| placeholder(&bytes[floor + open..]).map(|length| floor + open + length);
    let ended = |end: &usize| (from + 1..=start).contains(end);
    memchr::memrchr_iter(b'[', &bytes[floor..start]).filter_map(ends).find(ended)
}

/// A byte of a word in lower case, and a blank for what is none.
const FOLDED: [u8; 256] = {
    let (mut folded, mut byte) = ([b' '; 256], 0);
    while byte < 256 {
        let own = byte as u8;
        if own.is_ascii_alphanumeric() || !own.is_ascii() {
            folded[byte] = own.to_ascii_lowercase();
        }
        byte += 1;
    }
    folded
};

#[cfg(test)]
mod tests;
