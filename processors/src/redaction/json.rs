//! JSON inside a text: each of its strings and numbers as a person reads it, rewritten in place.
//!
//! What leaves is JSON of the same shape: only the tokens that change are written anew. The reader keeps a stack
//! and no tree, so that a value costs its bytes once, whatever it holds.

use std::borrow::Cow;

/// How deep arrays and objects may stand in one another.
const MAX_DEPTH: usize = 256;

/// How much of the keys around a value is kept for context, in bytes.
const MAX_PATH: usize = 256;

/// What a token is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Token {
    /// The name of a member.
    Key,
    /// A string.
    String,
    /// A number.
    Number,
}

/// A token and where it stands.
pub(super) struct Part<'a> {
    pub(super) token: Token,
    /// Unescaped.
    pub(super) text: &'a str,
    /// As it stands in the text around it, quotes and all, and where that starts.
    pub(super) raw: &'a str,
    pub(super) at: usize,
    /// The nearest key; empty where there is none.
    pub(super) key: &'a str,
    /// The keys around it, the outermost first, joined by `.`; cut at [`MAX_PATH`].
    pub(super) path: &'a str,
    around: &'a [Open],
}

impl<'a> Part<'a> {
    /// The objects around it, the nearest first: where each begins, and the key in it that leads here.
    pub(super) fn objects(&self) -> impl Iterator<Item = (usize, &'a str)> {
        let (path, around) = (self.path, self.around);
        let end = move |at: usize| around.get(at + 1).map_or(path.len(), |open| open.path);
        let objects = around.iter().enumerate().rev().filter(|(_, open)| open.object);
        objects.map(move |(at, open)| (open.at, path.get(open.key..end(at)).unwrap_or_default()))
    }

    /// Each key around it with those around that, joined by `.`, up to `most`: the nearest first, and of each the longest first.
    pub(super) fn subpaths(&self, most: usize) -> impl Iterator<Item = &'a str> {
        let (path, around) = (self.path, self.around);
        let end = move |at: usize| around.get(at + 1).map_or(path.len(), |open| open.path);
        (0..around.len()).rev().filter(|at| around[*at].object).flat_map(move |last| {
            let first = (last + 1).saturating_sub(most);
            let from = (first..=last).filter(|at| around[*at].object).map(|at| around[at].key);
            from.filter_map(move |from| path.get(from..end(last)))
        })
    }

    /// Where it stands in the text around it, in bytes.
    pub(super) fn place(&self) -> std::ops::Range<usize> {
        self.at..self.at + self.raw.len()
    }
}

/// What a text was, and became.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Rewritten {
    /// Not JSON, or not all of it.
    NotJson,
    /// JSON that is nested too deep to be read.
    TooDeep,
    /// JSON in which nothing changes.
    Same,
    /// JSON of the same shape.
    Changed(String),
}

/// What some writers begin a text with, to tell its order of bytes.
const MARK: char = '\u{feff}';

/// Whether a text could be JSON with something in it: an object, an array or a string.
pub(super) fn looks_like(text: &str) -> bool {
    let text = text.trim_start_matches(MARK).trim_ascii();
    matches!(
        (text.as_bytes().first(), text.as_bytes().last()),
        (Some(b'{'), Some(b'}')) | (Some(b'['), Some(b']')) | (Some(b'"'), Some(b'"'))
    ) && text.len() > 1
}

/// Shows every key, string and number to `each`; what it returns stands instead, as a string.
pub(super) fn rewrite(text: &str, each: &mut dyn FnMut(&Part<'_>) -> Option<String>) -> Rewritten {
    let mut reader =
        Reader { text, at: 0, stack: Vec::new(), path: String::new(), out: String::new(), copied: 0, each };
    reader.at = text.len() - text.trim_start_matches(MARK).len();
    match reader.document() {
        Err(Stop::NotJson) => Rewritten::NotJson,
        Err(Stop::TooDeep) => Rewritten::TooDeep,
        Ok(()) if reader.copied == 0 => Rewritten::Same,
        Ok(()) => {
            let rest = reader.copied;
            reader.out.push_str(&text[rest..]);
            Rewritten::Changed(reader.out)
        }
    }
}

enum Stop {
    NotJson,
    TooDeep,
}

/// An open array or object.
struct Open {
    object: bool,
    /// Where its bracket stands.
    at: usize,
    /// How long the path was when it was opened, and where in it the current member's key starts.
    path: usize,
    key: usize,
}

struct Reader<'t, 'e> {
    text: &'t str,
    at: usize,
    stack: Vec<Open>,
    path: String,
    out: String,
    /// How much of the text is in `out`, or is left out of it.
    copied: usize,
    each: &'e mut dyn FnMut(&Part<'_>) -> Option<String>,
}

impl<'t> Reader<'t, '_> {
    /// A document, or several with blanks between them, as in JSON lines.
    fn document(&mut self) -> Result<(), Stop> {
        loop {
            self.value()?;
            while !self.stack.is_empty() {
                self.member()?;
            }
            let end = self.at;
            self.blank();
            if self.at == self.text.len() {
                return Ok(());
            }
            if self.at == end {
                return Err(Stop::NotJson);
            }
        }
    }

    /// Behind a value inside a container: its end, or the next member.
    fn member(&mut self) -> Result<(), Stop> {
        let object = self.stack.last().is_some_and(|open| open.object);
        self.blank();
        let close = if object { b'}' } else { b']' };
        match self.peek() {
            Some(byte) if byte == close => {
                self.at += 1;
                self.close();
                Ok(())
            }
            Some(b',') => {
                self.at += 1;
                if object { self.pair() } else { self.value() }
            }
            _ => Err(Stop::NotJson),
        }
    }

    fn close(&mut self) {
        if let Some(open) = self.stack.pop() {
            self.path.truncate(open.path);
        }
    }

    fn open(&mut self, object: bool) -> Result<(), Stop> {
        let at = self.at;
        self.at += 1;
        if self.stack.len() == MAX_DEPTH {
            return Err(Stop::TooDeep);
        }
        let key = self.stack.last().map_or(0, |around| around.key);
        let end = self.path.len().min(MAX_PATH);
        let path = (0..=end).rfind(|at| self.path.is_char_boundary(*at)).unwrap_or_default();
        self.stack.push(Open { object, at, path, key });
        self.blank();
        match self.peek() {
            Some(b'}') if object => self.at += 1,
            Some(b']') if !object => self.at += 1,
            _ if object => return self.pair(),
            _ => return self.value(),
        }
        self.close();
        Ok(())
    }

    /// `"key": value`
    fn pair(&mut self) -> Result<(), Stop> {
        if let Some(open) = self.stack.last() {
            let length = open.path;
            self.path.truncate(length);
        }
        self.blank();
        let name = self.string(Token::Key)?;
        let start = self.path.len();
        if start > 0 {
            self.path.push('.');
        }
        // The nearest key is told whatever stands before it.
        let from = name.len().saturating_sub(MAX_PATH);
        let name = &name[(from..name.len()).find(|at| name.is_char_boundary(*at)).unwrap_or(from)..];
        let key = self.path.len();
        self.path.push_str(name);
        if let Some(open) = self.stack.last_mut() {
            open.key = key;
        }
        self.blank();
        if self.peek() != Some(b':') {
            return Err(Stop::NotJson);
        }
        self.at += 1;
        self.value()
    }

    fn value(&mut self) -> Result<(), Stop> {
        self.blank();
        match self.peek() {
            Some(b'{') => self.open(true),
            Some(b'[') => self.open(false),
            Some(b'"') => self.string(Token::String).map(drop),
            Some(b'-' | b'0'..=b'9') if !self.text[self.at..].starts_with("-I") => self.number(),
            _ => {
                let rest = &self.text[self.at..];
                // The last three are Python's.
                let words = ["true", "false", "null", "NaN", "Infinity", "-Infinity"];
                let word = words.into_iter().find(|word| rest.starts_with(word));
                self.at += word.ok_or(Stop::NotJson)?.len();
                Ok(())
            }
        }
    }

    fn number(&mut self) -> Result<(), Stop> {
        let start = self.at;
        let is = |byte: &u8| matches!(byte, b'-' | b'+' | b'.' | b'e' | b'E' | b'0'..=b'9');
        let length = self.text.as_bytes()[start..].iter().take_while(|byte| is(byte)).count();
        self.at += length;
        let text = self.text;
        let number = &text[start..self.at];
        if !number.bytes().all(|byte| byte.is_ascii_digit()) && number.parse::<f64>().is_err() {
            return Err(Stop::NotJson);
        }
        self.show(Token::Number, number, start..self.at);
        Ok(())
    }

    /// A string; of a key its text, unescaped, as it leaves: another pass sees the same.
    fn string(&mut self, token: Token) -> Result<Cow<'t, str>, Stop> {
        if self.peek() != Some(b'"') {
            return Err(Stop::NotJson);
        }
        let start = self.at;
        let bytes = self.text.as_bytes();
        let mut end = start + 1;
        let mut escaped = false;
        loop {
            let found = memchr::memchr2(b'"', b'\\', &bytes[end..]).ok_or(Stop::NotJson)?;
            end += found;
            if bytes[end] == b'"' {
                break;
            }
            escaped = true;
            end += 2;
            if end > bytes.len() {
                return Err(Stop::NotJson);
            }
        }
        self.at = end + 1;
        let text = self.text;
        let raw = text.get(start + 1..end).ok_or(Stop::NotJson)?;
        let plain = if escaped { Cow::Owned(unescape(raw).ok_or(Stop::NotJson)?) } else { Cow::Borrowed(raw) };
        let new = self.show(token, &plain, start..end + 1);
        Ok(new.map_or(plain, Cow::Owned))
    }

    /// What stands instead of a token, if anything does.
    fn show(&mut self, token: Token, text: &str, token_at: std::ops::Range<usize>) -> Option<String> {
        let key = self.stack.last().map_or(0, |open| open.key).min(self.path.len());
        let key = if token == Token::Key { "" } else { &self.path[key..] };
        let (raw, at) = (&self.text[token_at.clone()], token_at.start);
        let part =
            Part { token, text, raw, at, key: key.trim_start_matches('.'), path: &self.path, around: &self.stack };
        let new = (self.each)(&part)?;
        self.out.push_str(&self.text[self.copied..token_at.start]);
        let quoted = serde_json::Value::String(new);
        self.out.push_str(&quoted.to_string());
        self.copied = token_at.end;
        quoted.as_str().filter(|_| token == Token::Key).map(str::to_owned)
    }

    fn blank(&mut self) {
        let rest = &self.text.as_bytes()[self.at..];
        self.at += rest.iter().take_while(|byte| matches!(byte, b' ' | b'\t' | b'\n' | b'\r')).count();
    }

    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }
}

/// The text of a string with escapes; lone surrogates become U+FFFD, as most readers make of them.
pub(super) fn unescape(raw: &str) -> Option<String> {
    let mut text = String::with_capacity(raw.len());
    let mut rest = raw;
    while let Some(at) = memchr::memchr(b'\\', rest.as_bytes()) {
        text.push_str(&rest[..at]);
        let escape = *rest.as_bytes().get(at + 1).filter(|byte| byte.is_ascii())?;
        rest = &rest[at + 2..];
        text.push(match escape {
            b'"' | b'\\' | b'/' => char::from(escape),
            b'b' => '\u{8}',
            b'f' => '\u{c}',
            b'n' => '\n',
            b'r' => '\r',
            b't' => '\t',
            b'u' => {
                let (code, behind) = unit(rest)?;
                rest = behind;
                pair_of(code, &mut rest)
            }
            _ => return None,
        });
    }
    text.push_str(rest);
    Some(text)
}

/// Four hexadecimal digits, and what is behind them.
fn unit(text: &str) -> Option<(u32, &str)> {
    let digits = text.get(..4).filter(|digits| digits.bytes().all(|byte| byte.is_ascii_hexdigit()))?;
    Some((u32::from_str_radix(digits, 16).ok()?, &text[4..]))
}

/// The character of a unit, with the second of a pair of surrogates taken from `rest`.
fn pair_of(code: u32, rest: &mut &str) -> char {
    if !(0xd800..0xdc00).contains(&code) {
        return char::from_u32(code).unwrap_or('\u{fffd}');
    }
    let second = rest.strip_prefix("\\u").and_then(unit).filter(|(low, _)| (0xdc00..0xe000).contains(low));
    let Some((low, behind)) = second else { return '\u{fffd}' };
    *rest = behind;
    char::from_u32(0x10000 + ((code - 0xd800) << 10) + (low - 0xdc00)).unwrap_or('\u{fffd}')
}

#[cfg(test)]
mod tests;
