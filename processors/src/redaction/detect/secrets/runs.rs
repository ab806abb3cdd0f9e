//! Where secrets can be at all: runs of sixteen or more bytes without a blank.
//!
//! Every secret that its own text gives away is long and has no blank in it; prose has few such runs. So no
//! prefix is searched for in the text: the marks say where runs can be, and only there is anything compared. The cost on clean text does not grow with the number of
//! issuers; a search for eighty prefixes costs five times as much as a DFA does in memory speed, and Teddy takes
//! no more than 64 of them.

use crate::redaction::detect::Marks;

/// The shortest run worth a look. An AWS access key id has 20, a bearer token in prose hardly less than 16.
const SHORTEST: usize = 16;

/// `0` to `9`
pub(super) const DIGIT: u8 = 1;
/// `a` to `f`
pub(super) const A_TO_F: u8 = 1 << 1;
/// `g` to `z`
pub(super) const G_TO_Z: u8 = 1 << 2;
/// `A` to `Z`
pub(super) const UPPER: u8 = 1 << 3;
/// `_` and `-`
pub(super) const DASH: u8 = 1 << 4;
/// `.`
pub(super) const DOT: u8 = 1 << 5;
/// `+`, `/` and `=`
pub(super) const BASE64: u8 = 1 << 6;
/// What else a run may hold: `~`, `:`, `@`, and the bytes of zero-width characters.
pub(super) const REST: u8 = 1 << 7;

/// Hexadecimal in lower case.
pub(super) const HEX: u8 = DIGIT | A_TO_F;
/// Lower-case letters.
pub(super) const LOWER: u8 = A_TO_F | G_TO_Z;
/// Letters and digits.
pub(super) const ALNUM: u8 = DIGIT | LOWER | UPPER;
/// Letters, digits, `_` and `-`.
pub(super) const WORD: u8 = ALNUM | DASH;

static CLASS: [u8; 256] = classes();

const fn classes() -> [u8; 256] {
    let mut of = [0; 256];
    let mut byte = 0;
    while byte < 256 {
        of[byte] = match byte as u8 {
            b'0'..=b'9' => DIGIT,
            b'a'..=b'f' => A_TO_F,
            b'g'..=b'z' => G_TO_Z,
            b'A'..=b'Z' => UPPER,
            b'_' | b'-' => DASH,
            b'.' => DOT,
            b'+' | b'/' | b'=' => BASE64,
            // Behind the marks: U+200B to U+200D, U+2060, U+FEFF; whether they are in this order is for `Run` to say.
            b'~' | b':' | b'@' | 0xe2 | 0x80 | 0x8b | 0x8c | 0x8d | 0x81 | 0xa0 | 0xef | 0xbb | 0xbf => REST,
            _ => 0,
        };
        byte += 1;
    }
    of
}

/// What a byte is, of the classes above.
pub(super) const fn class(byte: u8) -> u8 {
    CLASS[byte as usize]
}

/// Whether a byte is one of `classes`.
pub(super) fn is(byte: u8, classes: u8) -> bool {
    class(byte) & classes != 0
}

/// How many bytes at the head of `bytes` are of `classes`.
#[inline]
pub(super) fn span(bytes: &[u8], classes: u8) -> usize {
    bytes.iter().position(|byte| !is(*byte, classes)).unwrap_or(bytes.len())
}

/// Bytes of the zero-width character that `bytes` begins with; 0 if it begins with none.
pub(super) fn zero_width(bytes: &[u8]) -> usize {
    let is = matches!(bytes, [0xe2, 0x80, 0x8b..=0x8d, ..] | [0xe2, 0x81, 0xa0, ..] | [0xef, 0xbb, 0xbf, ..]);
    if is { 3 } else { 0 }
}

/// A long run, read without the zero-width characters in it.
pub(super) struct Run<'a> {
    text: &'a [u8],
    start: usize,
    end: usize,
    folded: Option<Folded>,
}

/// A run that had zero-width characters in it, and where each of the bytes that are left stands in the text.
struct Folded {
    bytes: Vec<u8>,
    places: Vec<usize>,
}

impl<'a> Run<'a> {
    /// Bytes `start..end` of `text`, as [`each`] found them.
    pub(super) fn new(text: &'a [u8], start: usize, end: usize) -> Self {
        let hidden = !text[start..end].is_ascii();
        Self { text, start, end, folded: hidden.then(|| Folded::of(text, start, end)) }
    }

    /// What is read.
    pub(super) fn bytes(&self) -> &[u8] {
        self.folded.as_ref().map_or(&self.text[self.start..self.end], |folded| &folded.bytes)
    }

    /// The text before it.
    pub(super) fn before(&self) -> &'a [u8] {
        &self.text[..self.start]
    }

    /// Bytes `from..to` of [`Self::bytes`], which is not empty, as a range of the text.
    pub(super) fn range(&self, from: usize, to: usize) -> (usize, usize) {
        match &self.folded {
            None => (self.start + from, self.start + to),
            Some(folded) => (folded.places[from], folded.places[to - 1] + 1),
        }
    }
}

impl Folded {
    /// Bytes that are neither ASCII nor of a zero-width character become blanks, so that nothing is found across them.
    fn of(text: &[u8], start: usize, end: usize) -> Self {
        let mut folded = Self { bytes: Vec::with_capacity(end - start), places: Vec::with_capacity(end - start) };
        let mut at = start;
        while at < end {
            let hidden = zero_width(&text[at..]);
            if hidden == 0 {
                folded.bytes.push(if text[at].is_ascii() { text[at] } else { b' ' });
                folded.places.push(at);
            }
            at += hidden.max(1);
        }
        folded
    }
}

/// The long runs of `text`, in order: `found(start, end)`.
///
/// The marks are of bytes from `+` up, so blanks, quotes and brackets end a run; a run is then cut to what [`CLASS`]
/// knows. Linear: each byte is looked at once more if it is near a mark.
pub(super) fn each(text: &[u8], marks: &Marks, mut found: impl FnMut(usize, usize)) {
    let (mut done, mut places) = (0, marks.runs());
    while let Some(at) = places.next_from(done) {
        done = examine(text, at, done, &mut found);
    }
}

/// Looks at the run around `at..at + SHORTEST`; where to go on.
fn examine(text: &[u8], at: usize, done: usize, found: &mut impl FnMut(usize, usize)) -> usize {
    let Some(window) = text.get(at..at + SHORTEST) else { return text.len() };
    if let Some(last) = window.iter().rposition(|byte| class(*byte) == 0) {
        return at + last + 1;
    }
    let start = text[done..at].iter().rposition(|byte| class(*byte) == 0).map_or(done, |last| done + last + 1);
    let end = at + window.len() + span(&text[at + window.len()..], !0);
    found(start, end);
    end
}

#[cfg(test)]
mod tests;
