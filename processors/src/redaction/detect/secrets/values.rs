//! What stands behind a name that says "secret", and is one: not a placeholder, not a variable, not a type.

use super::keys::Says;
use super::random::random;
use super::runs::{self, ALNUM, DASH, DIGIT, DOT, LOWER, UPPER};

const LETTER: u8 = LOWER | UPPER;

/// A byte of no class.
const OTHER: u16 = 1 << 8;
/// `*`
const STAR: u16 = 1 << 9;
/// `/`
const SLASH: u16 = 1 << 10;
/// Beyond ASCII.
const HIGH: u16 = 1 << 11;

/// What each byte says of a value: its classes, and the above.
static TRAITS: [u16; 256] = {
    let (mut traits, mut byte) = ([0; 256], 0);
    while byte < 256 {
        let class = runs::class(byte as u8);
        let other = if class == 0 { OTHER } else { 0 };
        let more = match byte as u8 {
            b'*' => STAR,
            b'/' => SLASH,
            0x80.. => HIGH,
            _ => 0,
        };
        traits[byte] = class as u16 | other | more;
        byte += 1;
    }
    traits
};

/// What all bytes of a value say, together: most of what would make it no secret is told by that.
#[derive(Clone, Copy)]
struct Traits(u16);

impl Traits {
    fn of(value: &[u8]) -> Self {
        Self(value.iter().fold(0, |all, byte| all | TRAITS[usize::from(*byte)]))
    }

    /// Whether some byte is of `classes`.
    fn any(self, classes: u8) -> bool {
        self.0 & u16::from(classes) != 0
    }

    /// Whether some byte is `such`.
    fn has(self, such: u16) -> bool {
        self.0 & such != 0
    }

    /// Whether all bytes are of `classes`. What is beyond ASCII may be of a class too.
    fn all(self, classes: u8) -> bool {
        self.0 & !(u16::from(classes) | SLASH | HIGH) == 0
    }
}

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

/// Those that begin with each letter, a bit for each; what is no letter is taken for one.
static NOTHING_BY_FIRST: [u64; 32] = {
    let (mut all, mut at) = ([0; 32], 0);
    while at < NOTHING.len() {
        all[(NOTHING[at].as_bytes()[0] & 31) as usize] |= 1 << at;
        at += 1;
    }
    all
};

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

/// How paths begin.
const PATHS: [&str; 5] = ["./", "../", "~/", "file:", "projects/"];

/// Which of the lists above has something that begins with a byte, a bit for each list.
static BEGINNINGS: [u8; 256] = {
    let mut all = [0; 256];
    let lists: [&[&str]; 5] = [&FETCHED, &FETCHED_IN_CODE, &KEYWORDS, &TYPES, &PATHS];
    let mut list = 0;
    while list < lists.len() {
        let mut at = 0;
        while at < lists[list].len() {
            all[lists[list][at].as_bytes()[0] as usize] |= 1 << list;
            at += 1;
        }
        list += 1;
    }
    all
};
const IN_FETCHED: u8 = 1;
const IN_FETCHED_IN_CODE: u8 = 1 << 1;
const IN_KEYWORDS: u8 = 1 << 2;
const IN_TYPES: u8 = 1 << 3;
const IN_PATHS: u8 = 1 << 4;

/// Whether something of a list may begin `value`: its first byte tells that none does.
fn may_begin(value: &[u8], list: u8) -> bool {
    value.first().is_some_and(|first| BEGINNINGS[usize::from(*first)] & list != 0)
}

/// The shortest secret.
pub(super) const LEAST: usize = 3;

/// Whether `value` is a secret, given what its name says. Blanks around it, or what escapes leave of themselves, are no
/// part of it.
pub(super) fn is_secret(value: &[u8], entity: &str, says: Says) -> bool {
    let value = value.trim_ascii();
    if value.len() < LEAST || says == Says::Perhaps && (value.len() < 12 || !random(value)) {
        return false;
    }
    let traits = Traits::of(value);
    let number = traits.all(DIGIT | DOT | DASH);
    let none = number && (says == Says::Perhaps || entity == "ACCESS_TOKEN" && value.len() < 16);
    !none && !stands_for_another(value, traits) && !is_reference(value, entity, traits)
}

/// Whether `value` stands for another: `[OPENAI_API_KEY]` (ours too, so that what was masked stays as it is),
/// `<your-key>`, `${VAR}`, `{{ var }}`, `%(var)s`, `***`, `os.environ["X"]`, `null`.
pub(super) fn is_placeholder(value: &[u8]) -> bool {
    let value = value.trim_ascii();
    stands_for_another(value, Traits::of(value))
}

fn stands_for_another(value: &[u8], traits: Traits) -> bool {
    let (first, last) = (value.first().copied().unwrap_or(0), value.last().copied().unwrap_or(0));
    let framed = match first {
        b'[' => last == b']' || is_ours(value),
        b'<' => last == b'>' || !traits.any(DIGIT),
        b'{' => last == b'}' || value.starts_with(b"{{"),
        b'%' => last == b'%' || value.starts_with(b"%(") || value.len() <= 3,
        b'$' => match value.get(1) {
            Some(b'{' | b'(') | None => true,
            // A variable, and not bcrypt's `$2b$12$...`.
            Some(_) => is_variable(&value[1..]),
        },
        b'&' => value.starts_with(b"&lt;"),
        b'(' => last == b')' && !traits.any(DIGIT),
        b':' => runs::span(&value[1..], LETTER | DASH) == value.len() - 1,
        _ => false,
    };
    framed || is_filler(value, traits) || is_nothing(value, traits) || is_fetched(value, traits)
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
fn is_reference(value: &[u8], entity: &str, traits: Traits) -> bool {
    let begins = may_begin(value, IN_PATHS) && PATHS.iter().any(|with| value.starts_with(with.as_bytes()));
    if !begins && !traits.has(SLASH) {
        return false;
    }
    let deep = value.iter().filter(|byte| **byte == b'/').count();
    let file = deep > 0 && KEY_FILES.iter().any(|with| value.ends_with(with.as_bytes()));
    let path = || unmasked(value).all(|byte| runs::is(byte, ALNUM | DASH | DOT) || matches!(byte, b'/' | b':' | b'~'));
    // `kv-v2/data/app`: of no password, which may have slashes.
    let lower = || !unmasked(value).any(|byte| byte.is_ascii_uppercase());
    let vault = || entity == super::keys::KEY_VALUE_SECRET && deep >= 2 && lower();
    (begins || value[0] == b'/' && deep >= 2 || file || vault()) && path() && !random(value)
}

/// One character over and over, stars somewhere, or nothing but marks.
fn is_filler(value: &[u8], traits: Traits) -> bool {
    let same = value.iter().all(|byte| byte.eq_ignore_ascii_case(&value[0]));
    let marks = !traits.any(ALNUM) && !traits.has(HIGH);
    let bullets = matches!(value, [0xe2, 0x80, 0xa2, ..] | [0xe2, 0x97, 0x8f, ..]);
    let stars = traits.has(STAR) && value.windows(3).take(64).any(|three| three == b"***");
    same || marks || bullets || stars || is_cut(value)
}

/// Whether a value was cut for showing: `sk-...`. `Summer2024...` was not.
fn is_cut(value: &[u8]) -> bool {
    if !matches!(value, [.., b'.'] | [.., 0xa6]) {
        return false;
    }
    let Some(head) = value.strip_suffix(b"...").or(value.strip_suffix("\u{2026}".as_bytes())) else { return false };
    let has = |class: u8| head.iter().any(|byte| runs::is(*byte, class));
    let plain = runs::span(head, ALNUM) == head.len() && !head.starts_with(b"eyJ");
    !(plain && has(DIGIT) && has(LOWER) && has(UPPER))
}

fn is_nothing(value: &[u8], traits: Traits) -> bool {
    let word = value.trim_ascii_end();
    let word = word.strip_suffix(b".").unwrap_or(word);
    let Some(first) = word.first() else { return false };
    let mut left = NOTHING_BY_FIRST[usize::from(first & 31)];
    while left != 0 {
        if word.eq_ignore_ascii_case(NOTHING[left.trailing_zeros() as usize].as_bytes()) {
            return true;
        }
        left &= left - 1;
    }
    let begins = |with: &str| word.len() > with.len() && word[..with.len()].eq_ignore_ascii_case(with.as_bytes());
    let told = match first | 0x20 {
        b'y' => begins("your-") || begins("your_"),
        b'<' => begins("<your"),
        b'i' => begins("insert-"),
        b'r' => begins("replace-"),
        b'x' => begins("xxxx"),
        b'e' => begins("enter your"),
        b'm' => begins("my-secret-") && !traits.any(DIGIT),
        _ => false,
    };
    told || traits.any(DASH) && memchr::memchr2_iter(b'-', b'_', word).any(|at| is_yours(&word[at..]))
}

fn is_yours(inside: &[u8]) -> bool {
    matches!(inside, [dash @ (b'-' | b'_'), b'y', b'o', b'u', b'r', end, ..] | [dash @ (b'-' | b'_'), b'Y', b'O', b'U', b'R', end, ..] if dash == end)
}

fn is_fetched(value: &[u8], traits: Traits) -> bool {
    let from = |all: &[&str]| all.iter().any(|from| value.starts_with(from.as_bytes()));
    may_begin(value, IN_FETCHED) && from(&FETCHED)
        || may_begin(value, IN_FETCHED_IN_CODE) && !traits.any(DIGIT) && from(&FETCHED_IN_CODE)
}

/// Whether a value without quotes, behind `name`, is code: a call, an index, a path of names, a variable that is named
/// after what it holds, a word of the language.
pub(super) fn is_code(value: &[u8], name: &[u8]) -> bool {
    let is = |list: u8, known: &[&str]| may_begin(value, list) && known.iter().any(|known| known.as_bytes() == value);
    let begins = |from: &&str| value.starts_with(from.as_bytes());
    if may_begin(value, IN_FETCHED_IN_CODE) && FETCHED_IN_CODE.iter().any(begins)
        || is(IN_KEYWORDS, &KEYWORDS)
        || is(IN_TYPES, &TYPES)
    {
        return true;
    }
    match value {
        [b'(', rest @ ..] => !rest.contains(&b')'),
        [b'$', rest @ ..] => !rest.is_empty() && runs::span(rest, LETTER | DASH) == rest.len(),
        [b'a'..=b'z' | b'A'..=b'Z' | b'_', ..] => is_path(value, name),
        _ => false,
    }
}

/// Whether a value that begins as a name is a call, an index, a path of names, or a variable.
fn is_path(value: &[u8], name: &[u8]) -> bool {
    let head = runs::span(value, ALNUM | DASH | DOT);
    if head < value.len() {
        return matches!(
            value[head..],
            [b'(' | b'[' | b'{', ..] | [b'?', b'.', ..] | [b'-', b'>', ..] | [b':', b':', ..]
        );
    }
    let traits = Traits::of(value);
    let compound = || value.contains(&b'_') || traits.any(UPPER);
    let variable =
        || name.ends_with(value) || begins_as(value, name) || compound() && super::keys::says(value).is_some();
    !traits.any(DIGIT) && (traits.any(DOT) || variable())
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
