//! Secrets behind their names: `password=...`, `"client_secret": "..."`, `x-api-key: ...`, `Authorization: Bearer ...`.
//!
//! Found from the `=` and `:` marks: the name is what stands before, so no name is searched for.

use super::keys::{self, Says};
use super::runs::{self, ALNUM, DASH};
use super::values;
use crate::redaction::detect::Marks;
use crate::redaction::detect::marks::Mark;

/// A value behind a mark: where it is, and how it stands there.
#[derive(Clone, Copy)]
struct Value {
    start: usize,
    end: usize,
    quoted: bool,
    /// With blanks between mark and value, as prose and YAML have it.
    spaced: bool,
}

/// The secrets of `text` behind marks: `found(entity, start, end)`.
pub(super) fn find(text: &[u8], marks: &Marks, mut found: impl FnMut(&'static str, usize, usize)) {
    for mark in [Mark::Colon, Mark::Equals] {
        let mut done = 0;
        for at in marks.each(mark) {
            if at < done {
                continue;
            }
            if let Some((entity, start, end)) = pair(text, at, mark) {
                found(entity, start, end);
                done = end;
            }
        }
    }
}

/// As much of a value as is looked at before it is taken: what bounds the work on mark after mark.
const NEAR: usize = 1024;

/// The secret behind the mark at `at`.
fn pair(text: &[u8], at: usize, mark: Mark) -> Option<(&'static str, usize, usize)> {
    // `std::secret::Value` is a path.
    if mark == Mark::Colon && (text.get(at + 1) == Some(&b':') || at > 0 && text[at - 1] == b':') {
        return None;
    }
    let name = name(text, at);
    let (entity, says) = keys::says(name)?;
    let named = Named { name, entity, says, at, mark };
    let near = text.len().min(at + NEAR);
    let (start, end) = named.secret(&text[..near])?;
    if end < near || near == text.len() {
        return Some((entity, start, end));
    }
    // It goes on behind what was looked at. Whatever comes, what was seen goes: whole characters of it.
    let rest = text[end..].iter().take_while(|byte| **byte & 0xc0 == 0x80).count();
    let (start, end) = named.secret(text).unwrap_or((start, end + rest));
    Some((entity, start, end))
}

/// A name that says something, before a mark.
struct Named<'a> {
    name: &'a [u8],
    entity: &'static str,
    says: Says,
    at: usize,
    mark: Mark,
}

impl Named<'_> {
    /// The secret it names.
    fn secret(&self, text: &[u8]) -> Option<(usize, usize)> {
        let value = value(text, self.at, self.mark)?;
        match self.entity {
            "AUTHORIZATION" => credentials(text, value, self.says),
            "COOKIE" => cookies(text, value, self.says),
            _ => {
                let bytes = &text[value.start..value.end];
                let secret = values::is_secret(bytes, self.entity, self.says) && self.as_written(bytes, value);
                secret.then_some((value.start, value.end))
            }
        }
    }

    /// Whether a value is what its writing says: without quotes it may be code, a structure or prose.
    fn as_written(&self, bytes: &[u8], value: Value) -> bool {
        if value.quoted {
            return true;
        }
        // The shell's working directory has the name of a password.
        let directory = matches!(bytes[0], b'/' | b'~') && self.name.to_ascii_lowercase().ends_with(b"pwd");
        let structure = matches!(bytes[0], b'{' | b'[' | b'|');
        let prose = value.spaced && self.mark == Mark::Colon && values::is_word(bytes);
        !(directory || structure || prose || values::is_code(bytes, self.name))
    }
}

/// What stands before the mark and ends where a name can end: without blanks, quotes and what Markdown adds.
fn name(text: &[u8], at: usize) -> &[u8] {
    const BEFORE: usize = 6;
    const LONGEST: usize = 64;
    let floor = at.saturating_sub(BEFORE);
    let mut end = at;
    while end > floor && matches!(text[end - 1], b' ' | b'"' | b'\'' | b'`' | b'\\' | b'*' | b']' | b':') {
        end -= 1;
    }
    let name = &text[end.saturating_sub(LONGEST)..end];
    // `password: str = ...` has its type between the name and the mark.
    let typed = [": str", ": string", ": String", ": &str", ":string", ": SecretStr"];
    let may = matches!(name, [.., b'r' | b'g']);
    let plain = may.then(|| typed.iter().find_map(|of| name.strip_suffix(of.as_bytes()))).flatten();
    plain.map_or(name, |plain| plain.trim_ascii_end().strip_suffix(b"?").unwrap_or(plain))
}

/// Where the value behind a mark is: in quotes, escaped ones too, or up to a blank, a quote, `&`, `;`, `,` or `<`.
fn value(text: &[u8], at: usize, mark: Mark) -> Option<Value> {
    let mut start = at + 1;
    // `=>`, `==`, `===` and `:=`; `://` begins no value.
    let arrow = mark == Mark::Equals && text.get(start) == Some(&b'>');
    let compared = mark == Mark::Equals && text.get(start) == Some(&b'=');
    start += usize::from(arrow);
    start += text[start..].iter().take(2).take_while(|byte| **byte == b'=').count();
    let before = start;
    start += text[start..].iter().take(16).take_while(|byte| matches!(byte, b' ' | b'\t' | b'*')).count();
    let spaced = start > before;
    let escapes = text[start..].iter().take(8).take_while(|byte| **byte == b'\\').count();
    let quote = match text.get(start + escapes) {
        Some(quote @ (b'"' | b'\'' | b'`')) => Some(*quote),
        _ if escapes > 0 || compared => return None,
        _ => None,
    };
    let Some(quote) = quote else {
        let end = start + bare(&text[start..]);
        return (end > start).then_some(Value { start, end, quoted: false, spaced });
    };
    start += escapes + 1;
    Some(Value { start, end: start + quoted(&text[start..], quote, escapes), quoted: true, spaced })
}

/// Length of a value in quotes that `escapes` backslashes escape; to the end of the line where they do not close.
fn quoted(text: &[u8], quote: u8, escapes: usize) -> usize {
    let mut at = 0;
    while let Some(next) = memchr::memchr3(quote, b'\\', b'\n', &text[at..]) {
        at += next;
        let slashes = text[at..].iter().take_while(|byte| **byte == b'\\').count();
        if slashes == 0 {
            return at;
        }
        let closes = if escapes == 0 { slashes % 2 == 0 } else { slashes <= escapes };
        if text.get(at + slashes) == Some(&quote) {
            if closes {
                return if escapes == 0 { at + slashes } else { at };
            }
            at += 1;
        }
        at += slashes;
    }
    text.len()
}

/// Length of a value without quotes.
fn bare(text: &[u8]) -> usize {
    let ends = |at: usize| match text[at] {
        b' ' | b'\t' | b'\r' | b'\n' | b'"' | b'\'' | b'`' | b'&' | b';' | b',' => true,
        b'<' | b'>' => at > 0,
        b'\\' => matches!(text.get(at + 1), Some(b'n' | b'r' | b't' | b'"' | b'\'' | b'u')),
        _ => false,
    };
    let mut end = (0..text.len()).find(|at| ends(*at)).unwrap_or(text.len());
    // The bracket of what stands around it: `(password=x)`, `{"pin":1}`.
    while end > 0 {
        let open = match text[end - 1] {
            b')' => b'(',
            b']' => b'[',
            b'}' => b'{',
            _ => break,
        };
        if text[..end].iter().take(64).any(|byte| *byte == open) {
            break;
        }
        end -= 1;
    }
    end
}

/// What an `Authorization` header holds, behind its scheme.
fn credentials(text: &[u8], value: Value, says: Says) -> Option<(usize, usize)> {
    let line = if value.quoted { value.end } else { line_end(text, value.start) };
    let (start, end) = match scheme(&text[value.start..line]) {
        Some((skip, Parts::One)) if !value.quoted => {
            (value.start + skip, value.start + skip + bare(&text[value.start + skip..line]))
        }
        Some((skip, _)) => (value.start + skip, line),
        None => (value.start, value.end),
    };
    let bytes = text.get(start..end)?;
    let secret = !values::is_placeholder(bytes)
        && bytes.len() >= 3
        && !values::is_word(bytes)
        && !values::is_code(bytes, b"authorization");
    (secret && (says == Says::Sure || super::random::random(bytes))).then_some((start, end))
}

/// How many parts the credentials of a scheme have.
enum Parts {
    /// A token.
    One,
    /// `name=value, ...` to the end of the line.
    Many,
}

/// The scheme a value begins with, and how long it is with the blanks behind it.
fn scheme(value: &[u8]) -> Option<(usize, Parts)> {
    const ONE: [&str; 14] = [
        "bearer",
        "basic",
        "token",
        "negotiate",
        "ntlm",
        "apikey",
        "api-key",
        "bot",
        "key",
        "sharedkey",
        "sharedkeylite",
        "geniekey",
        "dpop",
        "ssws",
    ];
    const MANY: [&str; 7] = ["digest", "aws4-hmac-sha256", "oauth", "hawk", "signature", "sso-key", "aws"];
    let word = runs::span(value, ALNUM | DASH);
    let blanks = value[word..].iter().take_while(|byte| **byte == b' ').count();
    let is = |known: &&str| value[..word].eq_ignore_ascii_case(known.as_bytes());
    let parts = match () {
        () if blanks == 0 => return None,
        () if ONE.iter().any(&is) => Parts::One,
        () if MANY.iter().any(is) => Parts::Many,
        () => return None,
    };
    Some((word + blanks, parts))
}

fn line_end(text: &[u8], start: usize) -> usize {
    memchr::memchr3(b'\n', b'"', b'\'', &text[start..]).map_or(text.len(), |len| start + len)
}

/// `name=value; name=value` behind `Cookie` and `Set-Cookie`: all of them, attributes with a value too.
fn cookies(text: &[u8], value: Value, says: Says) -> Option<(usize, usize)> {
    let bound = if value.quoted { value.end } else { line_end(text, value.start) };
    let mut end = value.start;
    let mut at = value.start;
    while at < bound {
        let crumb = &text[at..bound];
        let len = memchr::memchr(b';', crumb).unwrap_or(crumb.len());
        let name = runs::span(&crumb[..len], ALNUM | DASH | runs::DOT);
        if name == 0 || crumb.get(name) != Some(&b'=') {
            break;
        }
        let spaced = crumb[..len].iter().position(|byte| *byte == b' ' && !value.quoted);
        end = at + spaced.unwrap_or(len);
        if spaced.is_some() {
            break;
        }
        at += len + 1;
        at += text[at.min(bound)..bound].iter().take_while(|byte| **byte == b' ').count();
    }
    let all = if end > value.start { (value.start, end) } else { (value.start, value.end) };
    let bytes = &text[all.0..all.1];
    let sure = says == Says::Sure && end > value.start;
    let secret = !values::is_placeholder(bytes) && (sure || bytes.len() >= 16 && super::random::random(bytes));
    secret.then_some(all)
}

/// Whether the text ends in a scheme and a blank, so that what follows is its token.
pub(super) fn behind_scheme(before: &[u8]) -> bool {
    let words = before.trim_ascii_end();
    let blanks = before.len() - words.len();
    let tail = &words[words.len().saturating_sub(8)..];
    let is = |scheme: &[u8]| {
        let cut = tail.len().checked_sub(scheme.len());
        cut.is_some_and(|cut| {
            tail[cut..].eq_ignore_ascii_case(scheme) && cut.checked_sub(1).is_none_or(|at| !runs::is(tail[at], ALNUM))
        })
    };
    (1..=2).contains(&blanks) && (is(b"bearer") || is(b"basic"))
}

#[cfg(test)]
mod tests;
