//! Secrets behind their names with neither `=` nor `:` between: `<password>...</password>`, `IDENTIFIED BY '...'`,
//! `--password ...`, and `password%3D...`, whose mark is encoded.
//!
//! Found from `</`, quotes, `--` and `%3`, each with a bounded look around it.

use memchr::memmem::Finder;
use std::sync::LazyLock;

use super::keys::{self, Says};
use super::pairs::{bare, quoted};
use super::runs::{self, ALNUM, DASH};
use super::values;
use crate::redaction::lanes::{Lanes, Span};

/// As much as a value, a tag or the words before one may have.
const NEAR: usize = 1024;
const TAG: usize = 256;

static OPTION: LazyLock<Finder<'static>> = LazyLock::new(|| Finder::new(" --"));

/// What is found: the entity, and from where to where.
type Found = Option<(&'static str, usize, usize)>;

/// Whether there may be one in a text that is no longer than this.
pub(super) fn may_be_in(text: &Lanes) -> bool {
    let dashes = text.equal(b'-');
    text.any(&Span::of(b'%', b'\'')) | text.any(&Span::of(b'<', b'<')) != 0 || dashes & dashes >> 1 != 0
}

/// The secrets of `text`: `found(entity, start, end)`.
pub(super) fn find(text: &[u8], mut found: impl FnMut(&'static str, usize, usize)) {
    let mut tell = |secret: Found| {
        if let Some((entity, start, end)) = secret {
            found(entity, start, whole(text, end));
        }
    };
    for at in memchr::memchr3_iter(b'<', b'\'', b'%', text) {
        tell(match text[at] {
            b'<' => element(text, at),
            b'%' => encoded(text, at),
            _ => statement(text, at),
        });
    }
    for at in OPTION.find_iter(text) {
        tell(option(text, at + 1));
    }
    if text.starts_with(b"--") {
        tell(option(text, 0));
    }
}

/// The end of the character that a bounded look may have ended in.
fn whole(text: &[u8], end: usize) -> usize {
    end + text[end..].iter().take_while(|byte| **byte & 0xc0 == 0x80).count()
}

/// The text of the element that is closed at `at`.
fn element(text: &[u8], at: usize) -> Found {
    let rest = text[at..].strip_prefix(b"</")?;
    let part = |byte: &u8| runs::is(*byte, ALNUM | DASH | runs::DOT) || *byte == b':';
    let name = &rest[..rest.iter().take(64).take_while(|byte| part(byte)).count()];
    let (entity, says) = keys::says(name).filter(|_| rest.get(name.len()) == Some(&b'>'))?;
    let floor = at.saturating_sub(NEAR);
    let start = floor + memchr::memrchr(b'>', &text[floor..at])? + 1;
    let head = &text[start.saturating_sub(TAG)..start];
    let tag = &head[memchr::memrchr(b'<', head)? + 1..];
    let opens = tag.starts_with(name) && matches!(tag[name.len()], b'>' | b' ' | b'\n' | b'\t');
    let value = &text[start..at];
    // The text of a page is prose.
    let prose = value.contains(&b' ') || entity != "PASSWORD" && values::is_word(value);
    (opens && !prose && values::is_secret(value, entity, says)).then_some((entity, start, at))
}

/// The string of SQL that begins with the quote at `at`, behind `IDENTIFIED BY` or `PASSWORD`.
fn statement(text: &[u8], at: usize) -> Found {
    let Some(b' ') = at.checked_sub(1).map(|before| text[before]) else { return None };
    let words = text[at.saturating_sub(TAG)..at].trim_ascii_end();
    let ends = |words: &[u8], with: &[u8]| {
        words.len() >= with.len() && words[words.len() - with.len()..].eq_ignore_ascii_case(with)
    };
    let has = |word: &[u8]| words.windows(word.len()).any(|at| at.eq_ignore_ascii_case(word));
    let told = ends(words, b" BY") && has(b"IDENTIFIED ")
        || ends(words, b" PASSWORD") && (has(b"USER ") || has(b"ROLE ") || has(b"WITH "));
    let start = at + 1;
    let near = &text[start..text.len().min(start + NEAR)];
    let end = told.then(|| start + quoted(near, b'\'', 0))?;
    values::is_secret(&text[start..end], "PASSWORD", Says::Sure).then_some(("PASSWORD", start, end))
}

/// The value of the option whose dashes are at `at`.
fn option(text: &[u8], at: usize) -> Found {
    let rest = &text[at + 2..];
    let name = &rest[..rest.iter().take(64).take_while(|byte| runs::is(**byte, ALNUM | DASH)).count()];
    let (entity, says) = keys::says(name).filter(|_| rest.get(name.len()) == Some(&b' '))?;
    let start = at + 2 + name.len() + 1;
    let near = &text[start..text.len().min(start + NEAR)];
    let (start, end, bound) = match near.first()? {
        quote @ (b'"' | b'\'') => (start + 1, start + 1 + quoted(&near[1..], *quote, 0), true),
        b'-' => return None,
        _ => (start, start + bare(near), false),
    };
    let value = &text[start..end];
    // A manual goes on with a word, a help text with a metavariable.
    let told = bound || !values::is_word(value) && !values::is_code(value, name) && !value.starts_with(b"<");
    (told && values::is_secret(value, entity, says)).then_some((entity, start, end))
}

/// The value behind the encoded mark at `at`: `password%3DPW%26`.
fn encoded(text: &[u8], at: usize) -> Found {
    const QUOTE: &[u8] = b"%22";
    let (b'3', b'D' | b'd' | b'A' | b'a') = (*text.get(at + 1)?, *text.get(at + 2)?) else { return None };
    let name = &text[at.saturating_sub(64)..at];
    let (entity, says) = keys::says(name.strip_suffix(QUOTE).unwrap_or(name))?;
    let mut start = at + 3;
    start += if text[start..].starts_with(QUOTE) { QUOTE.len() } else { 0 };
    let near = &text[start..text.len().min(start + NEAR)];
    let bare = &near[..bare(near)];
    let ends = |at: &usize| {
        [&b"%26"[..], b"%22", b"%3B", b"%2C", b"%7D", b"%0A", b"%20"].contains(&&bare[*at..(*at + 3).min(bare.len())])
    };
    let len = memchr::memchr_iter(b'%', bare).find(ends).unwrap_or(bare.len());
    let value = &bare[..len];
    // `%` begins what is encoded here, and no variable.
    (values::is_secret(value, entity, says) && !values::is_code(value, name)).then_some((entity, start, start + len))
}

#[cfg(test)]
mod tests;
