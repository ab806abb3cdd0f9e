//! Secrets behind their names: `password=...`, `"client_secret": "..."`, `x-api-key: ...`, `Authorization: Bearer ...`.
//!
//! Found from the `=` and `:` marks, full-width ones too: the name is what stands before, so no name is searched for.

use memchr::memmem::Finder;
use std::sync::LazyLock;

use super::keys::{self, Says};
use super::quotes;
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

/// The secrets of `text` behind marks: `found(entity, start, end)`. The steps it took: where values lie in values, as in
/// `token=token=token=`, they are many, and there is an end of it when they are more than `most`.
pub(super) fn find(
    text: &[u8],
    marks: &Marks,
    most: usize,
    found: &mut impl FnMut(&'static str, usize, usize),
) -> usize {
    let mut pairs = Pairs { text, most, steps: 0, done: 0 };
    for mark in [Mark::Colon, Mark::Equals] {
        pairs.at_signs(marks.each(mark).map(|at| Sign { at, len: 1, mark }), found);
    }
    if marks.wide() {
        for (finder, mark) in &*WIDE {
            let len = finder.needle().len();
            pairs.at_signs(finder.find_iter(text).map(|at| Sign { at, len, mark: *mark }), found);
        }
    }
    pairs.steps
}

/// The signs that Chinese and Japanese are typed with.
static WIDE: LazyLock<[(Finder<'static>, Mark); 2]> =
    LazyLock::new(|| [(Finder::new("\u{ff1a}"), Mark::Colon), (Finder::new("\u{ff1d}"), Mark::Equals)]);

/// What was looked at of a text.
struct Pairs<'t> {
    text: &'t [u8],
    most: usize,
    steps: usize,
    done: usize,
}

impl Pairs<'_> {
    /// Finds what stands behind signs of a kind.
    fn at_signs(&mut self, signs: impl Iterator<Item = Sign>, found: &mut impl FnMut(&'static str, usize, usize)) {
        self.done = 0;
        for sign in signs {
            if self.steps > self.most {
                return;
            }
            if sign.at >= self.done
                && let Some((entity, start, end)) = pair(self.text, sign, &mut self.steps)
            {
                found(entity, start, end);
                self.done = end;
            }
        }
    }
}

/// A mark that parts a name from its value.
#[derive(Clone, Copy)]
struct Sign {
    at: usize,
    len: usize,
    mark: Mark,
}

/// As much of a value as is looked at before it is taken: what bounds the work on mark after mark.
const NEAR: usize = 1024;

/// How often a value is read until it is known whether it is a secret, about.
const READINGS: usize = 4;

/// The secret behind a mark; `steps` grows by what it takes to tell.
fn pair(text: &[u8], sign: Sign, steps: &mut usize) -> Option<(&'static str, usize, usize)> {
    let at = sign.at;
    // `std::secret::Value` is a path.
    if sign.mark == Mark::Colon && (text.get(at + 1) == Some(&b':') || at > 0 && text[at - 1] == b':') {
        return None;
    }
    let name = name(text, at);
    if !keys::may_say(name) {
        return login(text, sign);
    }
    let near = text.len().min(at + NEAR);
    let behind = value(&text[..near], sign);
    *steps += behind.map_or(0, |value| READINGS * (value.end - value.start));
    let Some(behind) = behind.filter(|value| value.may_be_secret(text)) else {
        return login(text, sign).filter(|_| keys::says(name).is_none());
    };
    let Some((entity, says)) = keys::says(name) else { return login(text, sign) };
    let named = Named { name, entity, says, sign };
    let (start, end) = named.secret(&text[..near], behind)?;
    if end < near || near == text.len() {
        return Some((entity, start, end));
    }
    // It goes on behind what was looked at. Whatever comes, what was seen goes: whole characters of it.
    let rest = text[end..].iter().take_while(|byte| **byte & 0xc0 == 0x80).count();
    let whole = value(text, sign).and_then(|value| named.secret(text, value));
    let (start, end) = whole.unwrap_or((start, end + rest));
    Some((entity, start, end))
}

impl Value {
    /// Whether it is long enough for a secret, or the head of a cookie: most near misses are told by that.
    fn may_be_secret(self, text: &[u8]) -> bool {
        self.end - self.start >= values::LEAST || text[self.start..self.end].contains(&b'=')
    }
}

/// A name that says something, before a mark.
struct Named<'a> {
    name: &'a [u8],
    entity: &'static str,
    says: Says,
    sign: Sign,
}

impl Named<'_> {
    /// The secret it names, if the value behind it is one.
    fn secret(&self, text: &[u8], value: Value) -> Option<(usize, usize)> {
        match self.entity {
            "AUTHORIZATION" => credentials(text, value, self.says).filter(|_| !self.is_type(text, value)),
            "COOKIE" => cookies(text, value, self.says),
            _ => {
                let bytes = &text[value.start..value.end];
                let secret = values::is_secret(bytes, self.entity, self.says) && self.as_written(text, value);
                secret.then_some((value.start, value.end))
            }
        }
    }

    /// Whether a value is what its writing says: without quotes it may be code, a structure or prose.
    fn as_written(&self, text: &[u8], value: Value) -> bool {
        if value.quoted {
            return true;
        }
        let bytes = &text[value.start..value.end];
        // The shell's working directory has the name of a password.
        let directory = matches!(bytes[0], b'/' | b'~') && self.name.to_ascii_lowercase().ends_with(b"pwd");
        let structure = matches!(bytes[0], b'{' | b'[' | b'|' | b'<');
        let spaced = || value.spaced || values::is_unspaced(bytes);
        let prose = self.sign.mark == Mark::Colon && spaced() && self.is_prose(bytes);
        // `!Ref Database` of YAML: what a tag makes is not known.
        let tag = bytes[0] == b'!' && bytes[1..].iter().all(u8::is_ascii_alphabetic);
        let tag = tag && text.get(value.end) == Some(&b' ');
        !(directory || structure || prose || tag || self.is_type(text, value) || values::is_code(bytes, self.name))
    }

    fn is_prose(&self, value: &[u8]) -> bool {
        // `correct-horse-battery-staple`: no word of prose is of four.
        let joined = || value.len() >= 16 && value.iter().filter(|byte| **byte == b'-').count() >= 3;
        values::is_word(value) && !(self.entity == "PASSWORD" && joined())
    }

    /// Whether a value without quotes is the type of what a program names: `auth: AuthProvider = ...`.
    fn is_type(&self, text: &[u8], value: Value) -> bool {
        if value.quoted || self.sign.mark != Mark::Colon {
            return false;
        }
        let behind = &text[value.end..];
        let set = behind.starts_with(b" = ");
        let ends = set || matches!(behind, [b',' | b';' | b')', ..]) && self.entity != "PASSWORD";
        ends && values::is_type(&text[value.start..value.end])
    }
}

/// What stands before the mark and ends where a name can end: without blanks, quotes and what Markdown adds.
fn name(text: &[u8], at: usize) -> &[u8] {
    const BEFORE: usize = 6;
    const LONGEST: usize = 64;
    let floor = at.saturating_sub(BEFORE);
    let mut end = at;
    while end > floor {
        end -= match text[end - 1] {
            b' ' | b'"' | b'\'' | b'`' | b'\\' | b'*' | b']' | b':' => 1,
            b';' | 0x80.. => match quotes::before(&text[..end]) {
                0 => break,
                len => len,
            },
            _ => break,
        };
    }
    let name = &text[end.saturating_sub(LONGEST)..end];
    // `password: str = ...` has its type between the name and the mark.
    let typed = [": str", ": string", ": String", ": &str", ":string", ": SecretStr"];
    let may = matches!(name, [.., b's' | b'S', b't', b'r'] | [.., b'i', b'n', b'g']);
    let plain = may.then(|| typed.iter().find_map(|of| name.strip_suffix(of.as_bytes()))).flatten();
    plain.map_or(name, |plain| plain.trim_ascii_end().strip_suffix(b"?").unwrap_or(plain))
}

/// Where the value behind a mark is: in quotes, escaped ones too, or up to a blank, a quote, `&`, `;`, `,` or `<`.
fn value(text: &[u8], sign: Sign) -> Option<Value> {
    let mut start = sign.at + sign.len;
    // `=>`, `==`, `===` and `:=`; `://` begins no value.
    let arrow = sign.mark == Mark::Equals && text.get(start) == Some(&b'>');
    let compared = sign.mark == Mark::Equals && text.get(start) == Some(&b'=');
    start += usize::from(arrow);
    start += text[start..].iter().take(2).take_while(|byte| **byte == b'=').count();
    let before = start;
    start += blanks(&text[start..]);
    // A full-width mark has its blank in it.
    let spaced = start > before || sign.len > 1;
    if let Some(quote) = quotes::open(&text[start..]) {
        start += quote.len;
        return Some(Value { start, end: start + quote.closed(&text[start..]), quoted: true, spaced });
    }
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

/// Length of the blanks before a value, and of what Markdown adds.
fn blanks(text: &[u8]) -> usize {
    let mut at = 0;
    while at < 16 {
        at += match text.get(at) {
            Some(b' ' | b'\t' | b'*') => 1,
            Some(0x80..) if quotes::blank(&text[at..]) > 0 => quotes::blank(&text[at..]),
            _ => break,
        };
    }
    at
}

/// Length of a value in quotes that `escapes` backslashes escape; to the end of the line where they do not close.
pub(super) fn quoted(text: &[u8], quote: u8, escapes: usize) -> usize {
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

/// What a value without quotes may end at.
static MAY_END: [bool; 256] = {
    let (mut may, mut byte) = ([false; 256], 0);
    while byte < 256 {
        may[byte] = matches!(
            byte as u8,
            b' ' | b'\t'
                | b'\r'
                | b'\n'
                | b'"'
                | b'\''
                | b'`'
                | b'&'
                | b';'
                | b','
                | b'<'
                | b'>'
                | b'\\'
                | 0xc2
                | 0xe2
                | 0xe3
                | 0xef
        );
        byte += 1;
    }
    may
};

/// Length of a value without quotes.
pub(super) fn bare(text: &[u8]) -> usize {
    let ends = |at: usize| match text[at] {
        b'<' | b'>' => at > 0,
        0x80.. => quotes::ends(&text[at..]),
        b'\\' => matches!(text.get(at + 1), Some(b'n' | b'r' | b't' | b'"' | b'\'' | b'u')),
        _ => true,
    };
    let may = |at: usize| MAY_END[usize::from(text[at])] && ends(at);
    let mut end = (0..text.len()).find(|at| may(*at)).unwrap_or(text.len());
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

/// The password of `curl -u user:password`: what stands behind the first colon of the option's value.
fn login(text: &[u8], sign: Sign) -> Option<(&'static str, usize, usize)> {
    const USER: usize = 64;
    const COMMAND: usize = 256;
    let (at, floor) = (sign.at, sign.at.saturating_sub(USER));
    let part = |byte: &u8| runs::is(*byte, ALNUM | DASH | runs::DOT) || matches!(byte, b'@' | b'%' | b'+');
    let user = text[floor..at].iter().rev().take_while(|byte| part(byte)).count();
    let (before, quote) = match &text[..at - user] {
        [before @ .., quote @ (b'"' | b'\'')] => (before, Some(*quote)),
        before => (before, None),
    };
    if user == 0 || !matches!(before, [.., b' ' | b'=' | b'u']) {
        return None;
    }
    let option =
        [&b" -u "[..], b" --user ", b" --user=", b" -u"].iter().find_map(|option| before.strip_suffix(*option))?;
    let command = &option[option.len().saturating_sub(COMMAND)..];
    if !command.windows(4).any(|word| word == b"curl" || word == b"wget" || word == b"http") {
        return None;
    }
    let start = at + sign.len;
    let near = &text[start..text.len().min(start + NEAR)];
    let end = start + quote.map_or_else(|| bare(near), |quote| quoted(near, quote, 0));
    let value = &text[start..end];
    values::is_secret(value, "PASSWORD", Says::Sure).then_some(("PASSWORD", start, end))
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
        && bytes.len() >= values::LEAST
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
    if !matches!((blanks, words.last()), (1..=2, Some(b'r' | b'R' | b'c' | b'C'))) {
        return false;
    }
    let tail = &words[words.len().saturating_sub(8)..];
    let is = |scheme: &[u8]| {
        let cut = tail.len().checked_sub(scheme.len());
        cut.is_some_and(|cut| {
            tail[cut..].eq_ignore_ascii_case(scheme) && cut.checked_sub(1).is_none_or(|at| !runs::is(tail[at], ALNUM))
        })
    };
    is(b"bearer") || is(b"basic")
}

#[cfg(test)]
mod tests;
