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

/// Where a value is fetched from, in many languages; no password begins so.
const FETCHED: [&str; 9] = [
    "os.environ",
    "os.getenv",
    "process.env",
    "import.meta.env",
    "getenv",
    "op://",
    "vault:",
    "@Microsoft.KeyVault",
    "arn:aws:",
];

/// As [`FETCHED`], in code: in quotes a password may begin so.
const FETCHED_IN_CODE: [&str; 11] =
    ["env.", "env[", "env(", "ENV[", "System.", "self.", "this.", "config.", "settings.", "args.", "secrets."];

/// Words of programming languages that no value is.
const KEYWORDS: [&str; 20] = [
    "await", "new", "yield", "typeof", "not", "match", "async", "lambda", "function", "func", "select", "case",
    "delete", "void", "super", "unsafe", "try", "require", "import", "return",
];

/// Types of what a secret is kept in, where they cannot be told from a value otherwise.
const TYPES: [&str; 8] = [
    "Uint8Array",
    "SecureString",
    "SensitiveString",
    "ArrayBuffer",
    "CryptoKey",
    "Optional[str]",
    "Optional[SecretStr]",
    "Vec<u8>",
];

/// Ends of files that hold keys.
const KEY_FILES: [&str; 5] = [".pem", ".key", ".crt", ".p12", ".json"];

/// Whether `value` is a secret, given what its name says.
pub(super) fn is_secret(value: &[u8], entity: &str, says: Says) -> bool {
    if value.len() < 3 || is_placeholder(value) || is_reference(value, entity) {
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
        b'[' => last == b']' || is_ours(value),
        b'<' => last == b'>' || !value.iter().any(u8::is_ascii_digit),
        b'{' => last == b'}' || value.starts_with(b"{{"),
        b'%' => last == b'%' || value.starts_with(b"%(") || value.len() <= 3,
        b'$' => match value.get(1) {
            Some(b'{' | b'(') | None => true,
            // A variable, and not bcrypt's `$2b$12$...`.
            Some(_) => is_variable(&value[1..]),
        },
        b'&' => value.starts_with(b"&lt;"),
        b'(' => last == b')' && !value.iter().any(u8::is_ascii_digit),
        b':' => runs::span(&value[1..], LETTER | DASH) == value.len() - 1,
        _ => false,
    };
    framed || is_filler(value) || is_nothing(value) || is_fetched(value)
}

/// Whether a value begins as our placeholders do, whatever is behind.
fn is_ours(value: &[u8]) -> bool {
    let name = runs::span(&value[1..], UPPER | DIGIT | DASH);
    name >= 2 && matches!(value.get(1 + name), Some(b']' | b':'))
}

/// Whether `name` is of a variable in a text: of one case, or said to hold a secret. `$uperSecret` is none.
fn is_variable(name: &[u8]) -> bool {
    let letters = name[0].is_ascii_alphabetic() && runs::span(name, LETTER | DASH) == name.len();
    let one_case = !name.iter().any(u8::is_ascii_uppercase) || !name.iter().any(u8::is_ascii_lowercase);
    letters && (one_case || matches!(super::keys::says(name), Some((_, Says::Sure))))
}

/// Whether a value says where a secret is: the path of a file, or of a secret in a vault. Base64 has slashes too, but
/// looks drawn by chance.
fn is_reference(value: &[u8], entity: &str) -> bool {
    let begins = ["./", "../", "~/", "file:", "projects/"].iter().any(|with| value.starts_with(with.as_bytes()));
    let deep = value.iter().filter(|byte| **byte == b'/').count();
    let file = deep > 0 && KEY_FILES.iter().any(|with| value.ends_with(with.as_bytes()));
    let path = unmasked(value).all(|byte| runs::is(byte, ALNUM | DASH | DOT) || matches!(byte, b'/' | b':' | b'~'));
    // `kv-v2/data/app`: of no password, which may have slashes.
    let lower = !unmasked(value).any(|byte| byte.is_ascii_uppercase());
    let vault = entity == super::keys::KEY_VALUE_SECRET && deep >= 2 && lower;
    path && (begins || value[0] == b'/' && deep >= 2 || file || vault) && !random(value)
}

/// One character over and over, stars somewhere, or nothing but marks.
fn is_filler(value: &[u8]) -> bool {
    let same = value.iter().all(|byte| byte.eq_ignore_ascii_case(&value[0]));
    let marks = !value.iter().any(|byte| runs::is(*byte, ALNUM) || !byte.is_ascii());
    let bullets = value.starts_with("\u{2022}".as_bytes()) || value.starts_with("\u{25cf}".as_bytes());
    let stars = value.windows(3).take(64).any(|three| three == b"***");
    same || marks || bullets || stars || is_cut(value)
}

/// Whether a value was cut for showing: `sk-...`. `Summer2024...` was not.
fn is_cut(value: &[u8]) -> bool {
    let Some(head) = value.strip_suffix(b"...").or(value.strip_suffix("\u{2026}".as_bytes())) else { return false };
    let has = |class: u8| head.iter().any(|byte| runs::is(*byte, class));
    let plain = runs::span(head, ALNUM) == head.len() && !head.starts_with(b"eyJ");
    !(plain && has(DIGIT) && has(LOWER) && has(UPPER))
}

fn is_nothing(value: &[u8]) -> bool {
    let word = value.trim_ascii_end();
    let word = word.strip_suffix(b".").unwrap_or(word);
    let begins = |with: &str| word.len() > with.len() && word[..with.len()].eq_ignore_ascii_case(with.as_bytes());
    NOTHING.iter().any(|nothing| word.eq_ignore_ascii_case(nothing.as_bytes()))
        || ["your-", "your_", "<your", "insert-", "replace-", "xxxx", "enter your"].iter().any(|with| begins(with))
        || begins("my-secret-") && !word.iter().any(u8::is_ascii_digit)
        || memchr::memchr2_iter(b'-', b'_', word).any(|at| {
            [&b"-your-"[..], b"_your_", b"-YOUR-", b"_YOUR_"].iter().any(|inside| word[at..].starts_with(inside))
        })
}

fn is_fetched(value: &[u8]) -> bool {
    let from = |all: &[&str]| all.iter().any(|from| value.starts_with(from.as_bytes()));
    from(&FETCHED) || !value.iter().any(u8::is_ascii_digit) && from(&FETCHED_IN_CODE)
}

/// Whether a value without quotes, behind `name`, is code: a call, an index, a path of names, a variable that is named
/// after what it holds, a word of the language.
pub(super) fn is_code(value: &[u8], name: &[u8]) -> bool {
    let head = runs::span(value, ALNUM | DASH | DOT);
    let letter = value.first().is_some_and(|byte| byte.is_ascii_alphabetic() || *byte == b'_');
    let rest = &value[head..];
    let goes_on = [&b"("[..], b"[", b"{", b"?.", b"->", b"::"].iter().any(|mark| rest.starts_with(mark));
    let called = head > 0 && goes_on;
    let plain = head == value.len() && !value.iter().any(u8::is_ascii_digit);
    let compound = value.contains(&b'_') || value.iter().any(u8::is_ascii_uppercase);
    let variable = name.ends_with(value) || begins_as(value, name) || compound && super::keys::says(value).is_some();
    let is = |known: &&str| known.as_bytes() == value;
    let open = value.first() == Some(&b'(') && !value.contains(&b')');
    let sigil = matches!(value, [b'$', rest @ ..] if !rest.is_empty() && runs::span(rest, LETTER | DASH) == rest.len());
    let fetched = FETCHED_IN_CODE.iter().any(|from| value.starts_with(from.as_bytes()));
    let told = open || sigil || fetched || KEYWORDS.iter().any(is) || TYPES.iter().any(is);
    told || letter && (called || plain && (value.contains(&b'.') || variable))
}

/// Whether `value` goes on from the last word of `name` with another word: `apiKey: apiKeyFromEnv`.
fn begins_as(value: &[u8], name: &[u8]) -> bool {
    let len = name.iter().rev().take_while(|byte| runs::is(**byte, ALNUM) || **byte == b'_').count();
    let word = &name[name.len() - len..];
    let goes_on = value.get(len).is_some_and(|byte| byte.is_ascii_uppercase() || *byte == b'_');
    len >= 4 && goes_on && value[0].is_ascii_lowercase() && value[..len].eq_ignore_ascii_case(word)
}

/// Whether a value is written as types are: `AuthProvider`.
pub(super) fn is_type(value: &[u8]) -> bool {
    let letters = runs::span(value, LETTER) == value.len();
    let capitals = value.iter().filter(|byte| byte.is_ascii_uppercase()).count();
    letters && value[0].is_ascii_uppercase() && capitals >= 2 && capitals < value.len()
}

/// Whether a value is of a script that puts no blanks between words, and has no more of ASCII than numbers: a sentence.
pub(super) fn is_unspaced(value: &[u8]) -> bool {
    value.iter().any(|byte| *byte >= 0xe3) && !unmasked(value).any(|byte| byte.is_ascii_alphabetic())
}

/// The bytes of a value outside of brackets: what was masked in it must not make a secret of the rest.
fn unmasked(value: &[u8]) -> impl Iterator<Item = u8> {
    let mut inside = false;
    value.iter().copied().filter(move |byte| {
        inside = inside && *byte != b']' || *byte == b'[';
        !inside && *byte != b']'
    })
}

/// Whether a value is a word of prose: letters in the case of a word, marks around them.
pub(super) fn is_word(value: &[u8]) -> bool {
    let trimmed = value.strip_suffix(b".").or(value.strip_suffix(b"!")).or(value.strip_suffix(b"?")).unwrap_or(value);
    let joins = |byte: u8| matches!(byte, b'-' | b'\'' | b'/' | b'_');
    let letters = trimmed.iter().all(|byte| byte.is_ascii_alphabetic() || !byte.is_ascii() || joins(*byte));
    let count = |classes: u8| trimmed.iter().skip(1).filter(|byte| runs::is(**byte, classes)).count();
    let capitals = count(UPPER);
    is_unspaced(trimmed) || letters && (!trimmed.is_ascii() || capitals == 0 || capitals == count(LETTER))
}

#[cfg(test)]
mod tests;
