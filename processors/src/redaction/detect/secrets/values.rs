//! What stands behind a name that says "secret", and is one: not a placeholder, not a variable, not a type.

use super::keys::Says;
use super::random::random;
use super::runs::{self, ALNUM, DASH, DIGIT, DOT, LOWER, UPPER};

const LETTER: u8 = LOWER | UPPER;

/// What says nothing, whatever its case.
const NOTHING: [&str; 40] = [
    "null",
    "none",
    "nil",
    "undefined",
    "true",
    "false",
    "yes",
    "no",
    "on",
    "off",
    "string",
    "str",
    "bytes",
    "text",
    "number",
    "int",
    "integer",
    "boolean",
    "bool",
    "any",
    "object",
    "array",
    "unknown",
    "required",
    "optional",
    "empty",
    "redacted",
    "masked",
    "hidden",
    "filtered",
    "omitted",
    "removed",
    "missing",
    "invalid",
    "expired",
    "include",
    "omit",
    "same-origin",
    "secretstr",
    "n/a",
];

/// Where a value is fetched from, in many languages.
const FETCHED: [&str; 20] = [
    "os.environ",
    "os.getenv",
    "process.env",
    "import.meta.env",
    "getenv",
    "env.",
    "env[",
    "env(",
    "ENV[",
    "System.",
    "self.",
    "this.",
    "config.",
    "settings.",
    "args.",
    "secrets.",
    "op://",
    "vault:",
    "@Microsoft.KeyVault",
    "arn:aws:",
];

/// Whether `value` is a secret, given what its name says.
pub(super) fn is_secret(value: &[u8], entity: &str, says: Says) -> bool {
    if value.len() < 3 || is_placeholder(value) {
        return false;
    }
    let number = runs::span(value, DIGIT | DOT | DASH) == value.len();
    match says {
        Says::Perhaps => value.len() >= 12 && !number && random(value),
        Says::Sure => !(number && entity == "ACCESS_TOKEN" && value.len() < 16),
    }
}

/// Whether `value` stands for another: `[OPENAI_API_KEY]` (ours too, so that what was masked stays as it is),
/// `<your-key>`, `${VAR}`, `{{ var }}`, `%(var)s`, `***`, `os.environ["X"]`, `null`.
pub(super) fn is_placeholder(value: &[u8]) -> bool {
    let (first, last) = (value.first().copied().unwrap_or(0), value.last().copied().unwrap_or(0));
    let framed = match first {
        b'[' => value.contains(&b']'),
        b'<' => true,
        b'{' => last == b'}' || value.starts_with(b"{{"),
        b'%' => last == b'%' || value.starts_with(b"%(") || value.len() <= 3,
        b'$' => match value.get(1) {
            Some(b'{' | b'(') | None => true,
            // A variable, and not bcrypt's `$2b$12$...`.
            Some(byte) => byte.is_ascii_alphabetic() && runs::span(&value[1..], LETTER | DASH) == value.len() - 1,
        },
        b'&' => value.starts_with(b"&lt;"),
        b'(' => last == b')',
        b':' => runs::span(&value[1..], LETTER | DASH) == value.len() - 1,
        _ => false,
    };
    framed || is_filler(value) || is_nothing(value) || is_fetched(value)
}

/// One character over and over, stars somewhere, or nothing but marks.
fn is_filler(value: &[u8]) -> bool {
    let same = value.iter().all(|byte| byte.eq_ignore_ascii_case(&value[0]));
    let marks = !value.iter().any(|byte| runs::is(*byte, ALNUM) || !byte.is_ascii());
    let bullets = value.starts_with("\u{2022}".as_bytes()) || value.starts_with("\u{25cf}".as_bytes());
    let stars = value.windows(3).take(64).any(|three| three == b"***") || value.ends_with(b"...");
    same || marks || bullets || stars || value.ends_with("\u{2026}".as_bytes())
}

fn is_nothing(value: &[u8]) -> bool {
    let word = value.trim_ascii_end();
    let word = word.strip_suffix(b".").unwrap_or(word);
    let begins = |with: &str| word.len() > with.len() && word[..with.len()].eq_ignore_ascii_case(with.as_bytes());
    NOTHING.iter().any(|nothing| word.eq_ignore_ascii_case(nothing.as_bytes()))
        || ["your-", "your_", "<your", "my-secret-", "insert-", "replace-", "xxxx", "enter your"]
            .iter()
            .any(|with| begins(with))
        || memchr::memchr2_iter(b'-', b'_', word).any(|at| {
            [&b"-your-"[..], b"_your_", b"-YOUR-", b"_YOUR_"].iter().any(|inside| word[at..].starts_with(inside))
        })
}

fn is_fetched(value: &[u8]) -> bool {
    FETCHED.iter().any(|from| value.starts_with(from.as_bytes()))
}

/// Whether a value without quotes, behind `name`, is code: a call, an index, a path of names, a variable that is named
/// after what it holds.
pub(super) fn is_code(value: &[u8], name: &[u8]) -> bool {
    let head = runs::span(value, ALNUM | DASH | DOT);
    let letter = value.first().is_some_and(|byte| byte.is_ascii_alphabetic() || *byte == b'_');
    let called = head > 0 && matches!(value.get(head), Some(b'(' | b'[' | b'{'));
    let plain = head == value.len() && !value.iter().any(u8::is_ascii_digit);
    let compound = value.contains(&b'_') || value.iter().any(u8::is_ascii_uppercase);
    let variable = name.ends_with(value) || compound && super::keys::says(value).is_some();
    letter && (called || plain && (value.contains(&b'.') || variable))
}

/// Whether a value is a word of prose: letters in the case of a word, marks around them.
pub(super) fn is_word(value: &[u8]) -> bool {
    let trimmed = value.strip_suffix(b".").or(value.strip_suffix(b"!")).or(value.strip_suffix(b"?")).unwrap_or(value);
    let letters = trimmed.iter().all(|byte| byte.is_ascii_alphabetic() || matches!(byte, b'-' | b'\'' | b'/' | b'_'));
    let count = |classes: u8| trimmed.iter().skip(1).filter(|byte| runs::is(**byte, classes)).count();
    let capitals = count(UPPER);
    !trimmed.is_ascii() || letters && (capitals == 0 || capitals == count(LETTER))
}

#[cfg(test)]
mod tests;
