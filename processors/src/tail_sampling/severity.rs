//! How severe a log record is: by its number, or, where a logger left that out, by what it wrote elsewhere. The first
//! that says anything counts: the severity's text, an attribute such as `level`, the body.
//!
//! What a body says is looked for where loggers put it, and only there: a field of a map or of a JSON object, at its top
//! level; `level=error` as logfmt has it; a leading word, `[error]`, `Error:` or `ERROR`. A sentence that begins with
//! "Error" or "info" says nothing.

use pipeline::batch::{Record, ValueRef};

use super::json::{Fields, string};

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

/// The keys under which loggers keep it, in attributes and in bodies, in whatever case: pino's and zap's, ECS', Monolog's,
/// Microsoft's, Serilog's and hclog's among them.
const KEYS: [&[u8]; 11] = [
    b"level",
    b"severity",
    b"log.level",
    b"severity_text",
    b"severityText",
    b"loglevel",
    b"log_level",
    b"levelname",
    b"level_name",
    b"lvl",
    b"@l",
];
/// The same of a `SeverityNumber`.
const NUMBER_KEYS: [&[u8]; 2] = [b"severity_number", b"severityNumber"];
/// Bytes of the longest of these keys.
const LONGEST_KEY: usize = 15;

/// What a key is of.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// A word, or a number of pino's and bunyan's.
    Level,
    /// A `SeverityNumber`.
    Number,
}

/// Bytes of a body that are looked at.
const LOOKED_AT: usize = 4096;

/// The severity of a log record; 0 for none.
pub(super) fn of(record: &Record<'_>) -> i32 {
    let by_attribute = || {
        let mut found = 0;
        record.pick(kind, |kind, value| found = if found == 0 { of_value(kind, &value.read()) } else { found });
        found
    };
    let some = |found: i32| (found != 0).then_some(found);
    some(record.severity_number())
        .or_else(|| some(number(record.severity_text().as_bytes())))
        .or_else(|| some(by_attribute()))
        .unwrap_or_else(|| of_body(&record.body()))
}

/// What a key is of, if it is one of those.
#[inline]
fn kind(key: &[u8]) -> Option<Kind> {
    // Few keys begin like one.
    if !matches!(key.first(), Some(b'l' | b'L' | b's' | b'S' | b'@')) || key.len() > LONGEST_KEY {
        return None;
    }
    let among = |keys: &[&[u8]]| keys.iter().any(|known| known.eq_ignore_ascii_case(key));
    match among(&KEYS) {
        true => Some(Kind::Level),
        false => among(&NUMBER_KEYS).then_some(Kind::Number),
    }
}

/// The number that a severity's text means, or 0: `WARN`, `warning` and `Warn2` are 13, 13 and 14; so is `WARN+1`, as Go
/// writes it.
fn number(text: &[u8]) -> i32 {
    let text = text.trim_ascii();
    let digits = text.iter().rev().take(3).take_while(|byte| byte.is_ascii_digit()).count();
    let (word, digits) = text.split_at(text.len() - digits);
    let more = i32::try_from(integer(digits)).unwrap_or(0);
    let (word, more) = match (word.split_last(), more) {
        (Some((b'+', word)), _) => (word, more),
        (Some((b'-', word)), _) => (word, -more),
        (_, 1..=4) => (word, more - 1),
        _ => (text, 0),
    };
    let known = WORDS.iter().find(|(known, _)| known.as_bytes().eq_ignore_ascii_case(word.trim_ascii()));
    known.map_or(0, |(_, number)| (number + more).clamp(1, 24))
}

/// The number that a few digits are; 0 for none.
fn integer(digits: &[u8]) -> i64 {
    digits.iter().take(4).fold(0, |all, digit| all * 10 + i64::from(digit - b'0'))
}

/// The same of a value.
fn of_value(kind: Kind, value: &ValueRef<'_>) -> i32 {
    match value {
        ValueRef::String(text) => of_word(kind, text.as_bytes()),
        ValueRef::Int(level) => of_level(kind, *level),
        // No level has a fraction.
        #[allow(clippy::cast_possible_truncation, reason = "it saturates, and no such number is a level")]
        ValueRef::Double(level) if level.fract() == 0.0 => of_level(kind, *level as i64),
        _ => 0,
    }
}

/// The same of a text, which may be a number too: `50`, `50.0`.
fn of_word(kind: Kind, text: &[u8]) -> i32 {
    let digits = text.strip_suffix(b".0").unwrap_or(text);
    match digits.iter().all(u8::is_ascii_digit) && !digits.is_empty() {
        true => of_level(kind, integer(digits)),
        false if kind == Kind::Level => number(text),
        false => 0,
    }
}

/// The same of a number: a `SeverityNumber`, or one of pino's and bunyan's levels, 10 to 60.
fn of_level(kind: Kind, level: i64) -> i32 {
    match (kind, level) {
        (Kind::Number, 1..=24) => i32::try_from(level).unwrap_or(0),
        (Kind::Level, 10) => 1,
        (Kind::Level, 20) => 5,
        (Kind::Level, 30) => 9,
        (Kind::Level, 40) => 13,
        (Kind::Level, 50) => 17,
        (Kind::Level, 60) => 21,
        _ => 0,
    }
}

fn of_body(body: &ValueRef<'_>) -> i32 {
    match body {
        ValueRef::String(text) => of_text(text.as_bytes()),
        ValueRef::KvList(fields) => {
            let levels = fields.entries().filter_map(|(key, value)| Some(of_value(kind(key.as_bytes())?, &value)));
            { levels }.find(|number| *number != 0).unwrap_or(0)
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
        Some(b' ' | b'\t' | b'\r' | b'\n' | b'-') | None => !bracket && word.iter().all(u8::is_ascii_uppercase),
        _ => false,
    };
    if stands { number(word) } else { 0 }
}

/// `level=error` or `level="error"`, among the first pairs. Its keys are in lower case: `LogLevel=Error` is a setting of
/// which somebody speaks.
fn of_logfmt(text: &[u8]) -> i32 {
    let pairs = text.split(|byte| *byte == b' ').filter_map(|pair| {
        let at = pair.iter().position(|byte| *byte == b'=')?;
        let (key, word) = (&pair[..at], &pair[at + 1..]);
        (key.first().is_some_and(u8::is_ascii_lowercase) && kind(key)? == Kind::Level).then_some(word)
    });
    let bare = |word| <[u8]>::strip_prefix(word, b"\"").and_then(|word| word.strip_suffix(b"\"")).unwrap_or(word);
    pairs.map(|word| number(bare(word))).find(|number| *number != 0).unwrap_or(0)
}

/// The field of a JSON object, at its top level. What is no JSON says nothing, or what it said before it ceased to be.
fn of_json(text: &[u8]) -> i32 {
    let told = Fields::of(text).filter_map(|(key, value)| {
        let kind = kind(key)?;
        Some(match value.first()? {
            b'"' => of_word(kind, string(&value[1..])),
            _ => {
                let digits = value.iter().take(5).take_while(|byte| byte.is_ascii_digit()).count();
                of_level(kind, integer(&value[..digits]))
            }
        })
    });
    { told }.find(|number| *number != 0).unwrap_or(0)
}

#[cfg(test)]
mod tests;
