//! Secrets that begin with their issuer's prefix: one line each, in tables by trade.

mod ai;
mod business;
mod checks;
mod cloud;
mod code;
mod formats;

use std::sync::LazyLock;

use super::random::random;
use super::runs::{self, ALNUM, DASH, Run, WORD};
use super::shapes::is_nothing;
use crate::redaction::detect::{Class, Detector};

pub(super) use checks::base64;
#[cfg(any(test, feature = "samples"))]
pub(super) use checks::checksum62;

/// A prefix and what must stand behind it.
#[derive(Clone, Copy)]
pub(super) struct Issuer {
    pub(super) detector: Detector,
    /// Any of these, in this case, at the start of a word.
    pub(super) prefixes: &'static [&'static str],
    /// What the token is made of behind the prefix.
    pub(super) made_of: u8,
    /// How much of that there is at least. A token is hit to its end, however long: a fixed length leaves tails.
    pub(super) least: usize,
    /// Whether prefix and body are sound; sees the first [`Self::near`] bytes of the token.
    pub(super) sound: fn(&[u8]) -> bool,
    /// How much of a token is looked at before it is taken: what bounds the work on prefix after prefix.
    pub(super) near: usize,
    /// Whether it never follows a `-` or `_`.
    pub(super) apart: bool,
}

/// Enough to tell a random token.
const NEAR: usize = 160;

/// An issuer of random tokens with an unmistakable prefix.
const fn issuer(
    entity: &'static str,
    prefixes: &'static [&'static str],
    made_of: u8,
    least: usize,
    about: &'static str,
) -> Issuer {
    let detector = Detector { entity, class: Class::A, words: &[], about };
    Issuer { detector, prefixes, made_of, least, sound: random, near: NEAR, apart: false }
}

impl Issuer {
    /// With a check of its own in place of the look of chance.
    const fn checked(mut self, sound: fn(&[u8]) -> bool) -> Self {
        self.sound = sound;
        self
    }

    /// With more to look at before it is taken.
    const fn near(mut self, near: usize) -> Self {
        self.near = near;
        self
    }

    /// Where nothing joins it to a word before.
    const fn apart(mut self) -> Self {
        self.apart = true;
        self
    }

    /// With a prefix that is also found elsewhere, so that one of `words` has to vouch.
    const fn vouched(mut self, words: &'static [&'static str]) -> Self {
        self.detector.class = Class::B;
        self.detector.words = words;
        self
    }
}

const TABLES: [&[Issuer]; 5] = [ai::ISSUERS, cloud::ISSUERS, code::ISSUERS, business::ISSUERS, formats::ISSUERS];

/// How many there are.
pub(super) const COUNT: usize = {
    let mut count = 0;
    let mut table = 0;
    while table < TABLES.len() {
        count += TABLES[table].len();
        table += 1;
    }
    count
};

/// All of them; their indices are those of their detectors.
pub(super) static ISSUERS: [Issuer; COUNT] = {
    let mut all = [TABLES[0][0]; COUNT];
    let (mut count, mut table) = (0, 0);
    while table < TABLES.len() {
        let mut row = 0;
        while row < TABLES[table].len() {
            all[count] = TABLES[table][row];
            count += 1;
            row += 1;
        }
        table += 1;
    }
    all
};

const BUCKETS: usize = 256;

/// The bytes that may follow each in a prefix, a bit for each: most words are told by their first two.
static SECONDS: [[u64; 2]; 128] = {
    let (mut seconds, mut at) = ([[0; 2]; 128], 0);
    while at < COUNT {
        let mut prefix = 0;
        while prefix < ISSUERS[at].prefixes.len() {
            let letters = ISSUERS[at].prefixes[prefix].as_bytes();
            seconds[letters[0] as usize][letters[1] as usize / 64] |= 1 << (letters[1] % 64);
            prefix += 1;
        }
        at += 1;
    }
    seconds
};

/// Whether a prefix may begin at `at` of a run.
fn may_begin(bytes: &[u8], at: usize) -> bool {
    let (Some(first), Some(second)) = (bytes.get(at), bytes.get(at + 1)) else { return false };
    let seconds = SECONDS[usize::from(first & 127)][usize::from(second >> 6 & 1)];
    seconds >> (second & 63) & 1 == 1
}

/// A prefix, and its first eight bytes as one number.
struct Prefix {
    letters: &'static [u8],
    head: u64,
    /// Which of the eight it has.
    mask: u64,
    issuer: u16,
}

impl Prefix {
    fn new(letters: &'static str, issuer: u16) -> Self {
        let letters = letters.as_bytes();
        Self { letters, head: head(letters), mask: head(&vec![!0; letters.len()]), issuer }
    }
}

/// The first eight bytes as one number; zeros where there are fewer.
fn head(bytes: &[u8]) -> u64 {
    let whole = bytes.first_chunk().map(|head| u64::from_le_bytes(*head));
    whole.unwrap_or_else(|| bytes.iter().rev().fold(0, |head, byte| head << 8 | u64::from(*byte)))
}

/// The prefixes, by their first two bytes; in each bucket the longest first, so that `sk-ant-` is not taken for `sk-`.
struct Prefixes {
    buckets: [(u16, u16); BUCKETS],
    sorted: Vec<Prefix>,
}

static PREFIXES: LazyLock<Prefixes> = LazyLock::new(Prefixes::new);

fn bucket(first: u8, second: u8) -> usize {
    usize::from(first.wrapping_mul(31).wrapping_add(second)) % BUCKETS
}

impl Prefixes {
    fn new() -> Self {
        let each = ISSUERS.iter().zip(0..);
        let mut sorted: Vec<_> =
            each.flat_map(|(issuer, index)| issuer.prefixes.iter().map(move |p| Prefix::new(p, index))).collect();
        let of = |prefix: &Prefix| bucket(prefix.letters[0], prefix.letters[1]);
        sorted.sort_by_key(|prefix| (of(prefix), usize::MAX - prefix.letters.len()));
        let mut buckets = [(0, 0); BUCKETS];
        for (at, prefix) in (0..).zip(&sorted) {
            let (start, end) = &mut buckets[of(prefix)];
            if *end == 0 {
                *start = at;
            }
            *end = at + 1;
        }
        Self { buckets, sorted }
    }
}

/// How far what tokens are made of goes on in a run, as far as that was looked at: in a run of prefixes each asks it of
/// about the same bytes.
#[derive(Default)]
pub(super) struct Reaches([Reach; 8]);

/// All of bytes `from..end` are of the same classes.
#[derive(Clone, Copy, Default)]
struct Reach {
    from: usize,
    end: usize,
}

impl Reaches {
    /// How many of the first `most` bytes from `at` on are of [`WORD`] and `made_of`.
    fn span(&mut self, bytes: &[u8], at: usize, most: usize, made_of: u8) -> usize {
        const { assert!(runs::DOT | runs::BASE64 | runs::REST == 7 << 5, "what may stand beside words") };
        let reach = &mut self.0[usize::from(made_of >> 5)];
        if !(reach.from..=reach.end).contains(&at) {
            *reach = Reach { from: at, end: at };
        }
        let until = bytes.len().min(at.saturating_add(most));
        if reach.end < until {
            reach.end += runs::span(&bytes[reach.end..until], made_of | WORD);
        }
        reach.end.min(until) - at
    }

    /// The length of a token that goes on at `at`, as far as it is in the first `most` bytes: with the run of what it is
    /// made of and what words are, but not with the full stop, colon or slash of the sentence around it.
    fn length(&mut self, bytes: &[u8], at: usize, most: usize, made_of: u8) -> usize {
        let token = &bytes[at..at + self.span(bytes, at, most, made_of)];
        let around = token.iter().rev().take_while(|byte| matches!(byte, b'.' | b':' | b'/' | b'+' | b'~'));
        token.len() - around.count()
    }
}

/// The token that begins at `at` of a run, by its prefix: its issuer and its end.
pub(super) fn token(bytes: &[u8], at: usize, reaches: &mut Reaches) -> Option<(u16, usize)> {
    if !may_begin(bytes, at) {
        return None;
    }
    let (first, second) = (bytes[at], bytes[at + 1]);
    let (start, end) = PREFIXES.buckets[bucket(first, second)];
    let candidates = &PREFIXES.sorted[usize::from(start)..usize::from(end)];
    let begins = head(&bytes[at..]);
    let is = |prefix: &Prefix| {
        (begins ^ prefix.head) & prefix.mask == 0
            && (prefix.letters.len() <= 8 || bytes[at..].starts_with(prefix.letters))
    };
    candidates.iter().filter(|prefix| is(prefix)).find_map(|prefix| {
        let (index, prefix) = (prefix.issuer, prefix.letters);
        let issuer = &ISSUERS[usize::from(index)];
        let body = &bytes[at + prefix.len()..];
        let enough = body.len() >= issuer.least && runs::span(&body[..issuer.least], issuer.made_of) == issuer.least;
        let joined = issuer.apart && at > 0 && runs::is(bytes[at - 1], DASH);
        if !enough || joined {
            return None;
        }
        let from = at + prefix.len();
        let near = reaches.length(bytes, from, issuer.near, issuer.made_of);
        let sound = (issuer.sound)(&bytes[at..from + near]);
        sound.then(|| (index, from + reaches.length(bytes, from, usize::MAX, issuer.made_of)))
    })
}

/// Where words begin in a run: `each` is told the place and says where to go on, at the next word at the latest. Those
/// that are nothing are passed over.
///
/// A word begins where a letter or digit follows none, and behind what an escape leaves at the head of a run.
pub(super) fn words(run: &Run<'_>, mut each: impl FnMut(usize, usize) -> usize) {
    let bytes = run.bytes();
    let escape = escape(run.before(), bytes);
    let mut at = 0;
    if escape > 0 {
        let end = escape + runs::span(&bytes[escape..], ALNUM);
        let next = each(escape, end);
        if next > end {
            at = next;
        }
    }
    while at < bytes.len() {
        if !runs::is(bytes[at], ALNUM) {
            at += 1;
            continue;
        }
        let end = at + runs::span(&bytes[at..], ALNUM);
        let nothing = is_nothing(bytes, at, end) && !may_begin(bytes, at);
        at = if nothing { end } else { each(at, end).max(end) };
    }
}

/// How much of the head of a run belongs to an escape before it: `\n`, `\u003d`, `%3D`, an ANSI colour.
fn escape(before: &[u8], bytes: &[u8]) -> usize {
    let hex = |count: usize| bytes.iter().take(count).filter(|byte| byte.is_ascii_hexdigit()).count() == count;
    match (before, bytes) {
        ([.., b'\\'], [b'n' | b'r' | b't' | b'b' | b'f', ..]) => 1,
        ([.., b'\\'], [b'u', rest @ ..]) if rest.iter().take(4).all(u8::is_ascii_hexdigit) => 5.min(bytes.len()),
        ([.., b'%'], _) if hex(2) => 2,
        ([.., 0x1b, b'['], _) => match bytes.iter().position(|byte| !byte.is_ascii_digit()) {
            Some(digits) if bytes[digits] == b'm' => digits + 1,
            _ => 0,
        },
        _ => 0,
    }
}

#[cfg(test)]
mod tests;
