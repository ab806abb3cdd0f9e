//! How severe a log record is: by its number, or, where a logger left that out, by what it wrote elsewhere. The first
//! that says anything counts: the severity's text, an attribute such as `level`, the body.
//!
//! What a body says is looked for where loggers put it, and only there: a field of a map or of a JSON object, at its top
//! level; `level=error` as logfmt has it; a leading word, `[error]`, `Error:` or `ERROR`. A sentence that begins with
//! "Error" or "info" says nothing.

use pipeline::batch::{Record, ValueRef};

/// What loggers write, in lower case, and the lowest `SeverityNumber` it means.
const WORDS: [(&str, i32); 22] = [
    ("trace", 1),
    ("verbose", 1),
    ("finest", 1),
    ("debug", 5),
    ("fine", 5),
    ("info", 9),
    ("information", 9),
    ("informational", 9),
    ("notice", 10),
    ("warn", 13),
    ("warning", 13),
    ("error", 17),
    ("err", 17),
    ("severe", 17),
    ("failure", 17),
    ("fatal", 21),
    ("critical", 21),
    ("crit", 21),
    ("alert", 21),
    ("panic", 21),
    ("emerg", 21),
    ("emergency", 21),
];

/// The keys under which loggers keep it, in attributes and in bodies.
const KEYS: [&[u8]; 9] = [
    b"level",
    b"severity",
    b"log.level",
    b"severity_text",
    b"severityText",
    b"loglevel",
    b"log_level",
    b"levelname",
    b"lvl",
];

/// Bytes of a body that are looked at.
const LOOKED_AT: usize = 4096;

/// The severity of a log record; 0 for none.
pub(super) fn of(record: &Record<'_>) -> i32 {
    let by_attribute = || {
        let mut found = 0;
        record.pick(is_key, |(), value| found = if found == 0 { of_value(&value.read()) } else { found });
        found
    };
    let some = |found: i32| (found != 0).then_some(found);
    some(record.severity_number())
        .or_else(|| some(number(record.severity_text().as_bytes())))
        .or_else(|| some(by_attribute()))
        .unwrap_or_else(|| of_body(&record.body()))
}

fn is_key(key: &[u8]) -> Option<()> {
    KEYS.contains(&key).then_some(())
}

/// The number that a severity's text means, or 0: `WARN`, `warning` and `Warn2` are 13, 13 and 14.
fn number(text: &[u8]) -> i32 {
    let text = text.trim_ascii();
    let (word, level) = match text.split_last() {
        Some((digit @ b'1'..=b'4', word)) => (word, i32::from(digit - b'1')),
        _ => (text, 0),
    };
    let known = WORDS.iter().find(|(known, _)| known.as_bytes().eq_ignore_ascii_case(word.trim_ascii()));
    known.map_or(0, |(_, number)| number + level)
}

/// The same of a value: numbers are those of pino and bunyan, 10 to 60.
fn of_value(value: &ValueRef<'_>) -> i32 {
    match value {
        ValueRef::String(text) => number(text.as_bytes()),
        ValueRef::Int(level) => of_level(*level),
        _ => 0,
    }
}

fn of_level(level: i64) -> i32 {
    match level {
        10 => 1,
        20 => 5,
        30 => 9,
        40 => 13,
        50 => 17,
        60 => 21,
        _ => 0,
    }
}

fn of_body(body: &ValueRef<'_>) -> i32 {
    match body {
        ValueRef::String(text) => of_text(text.as_bytes()),
        ValueRef::KvList(fields) => {
            let levels = fields.entries().filter(|(key, _)| is_key(key.as_bytes()).is_some());
            levels.map(|(_, value)| of_value(&value)).find(|number| *number != 0).unwrap_or(0)
        }
        _ => 0,
    }
}

fn of_text(text: &[u8]) -> i32 {
    let text = text.get(..LOOKED_AT).unwrap_or(text).trim_ascii_start();
    match text.first() {
        Some(b'{') => of_json(text),
        Some(_) => match leading(text) {
            0 => of_logfmt(text),
            found => found,
        },
        None => 0,
    }
}

/// What the first word says, where it stands as loggers have it.
fn leading(text: &[u8]) -> i32 {
    let bracket = matches!(text.first(), Some(b'[' | b'(' | b'<'));
    let rest = text.get(usize::from(bracket)..).unwrap_or_default();
    let length = rest.iter().take_while(|byte| byte.is_ascii_alphabetic()).count();
    let (word, behind) = rest.split_at(length);
    let stands = match behind.first() {
        Some(b']' | b')' | b'>') => bracket,
        Some(b':' | b'|') => !bracket,
        // A sentence may begin with such a word, but not in capitals.
        Some(b' ' | b'\t' | b'-') | None => !bracket && word.iter().all(u8::is_ascii_uppercase),
        _ => false,
    };
    if stands { number(word) } else { 0 }
}

/// `level=error` or `level="error"`, among the first pairs.
fn of_logfmt(text: &[u8]) -> i32 {
    let pairs = text.split(|byte| *byte == b' ').filter_map(|pair| {
        let at = pair.iter().position(|byte| *byte == b'=')?;
        is_key(&pair[..at]).map(|()| &pair[at + 1..])
    });
    let quotes = |word: &[u8]| word.strip_prefix(b"\"").and_then(|word| word.strip_suffix(b"\"")).map(<[u8]>::to_vec);
    pairs.map(|word| quotes(word).map_or_else(|| number(word), |word| number(&word))).find(|n| *n != 0).unwrap_or(0)
}

/// The field of a JSON object, at its top level. What is no JSON says nothing, or what it said before it ceased to be.
fn of_json(text: &[u8]) -> i32 {
    let (mut depth, mut at, mut key) = (0_usize, 0, None);
    while let Some(byte) = text.get(at) {
        let mut next = at + 1;
        match byte {
            b'{' | b'[' => depth += 1,
            b'}' | b']' => depth = depth.saturating_sub(1),
            b',' => key = None,
            b'"' => {
                let inside = string(text.get(next..).unwrap_or_default());
                next += inside.len() + 1;
                let told = if depth == 1 && key.is_some() { number(inside) } else { 0 };
                if told != 0 {
                    return told;
                }
                let is_before_colon = text.get(next..).unwrap_or_default().trim_ascii_start().first() == Some(&b':');
                key = if depth == 1 && is_before_colon { is_key(inside) } else { None };
            }
            b'0'..=b'9' if depth == 1 && key.take().is_some() => {
                let digits = text[at..].iter().take_while(|byte| byte.is_ascii_digit()).count();
                let level =
                    text[at..at + digits.min(4)].iter().fold(0, |all, digit| all * 10 + i64::from(digit - b'0'));
                match of_level(level) {
                    0 => next = at + digits,
                    told => return told,
                }
            }
            _ => {}
        }
        at = next;
    }
    0
}

/// What stands before the quote that ends a string.
fn string(text: &[u8]) -> &[u8] {
    let mut at = 0;
    while let Some(byte) = text.get(at) {
        match byte {
            b'"' => break,
            b'\\' => at += 2,
            _ => at += 1,
        }
    }
    &text[..at.min(text.len())]
}

#[cfg(test)]
mod tests;
