//! Which names say that what they name is a secret: of attributes, JSON members, headers, parameters.
//!
//! The end of a name tells: `http.request.header.authorization`, `dbPassword`, `AWS_SECRET_ACCESS_KEY`,
//! `"client_secret"` are; `password_policy`, `token_type`, `max_tokens` are not.

use super::runs::{self, ALNUM, LOWER, UPPER, zero_width};

/// As much of a name's end as is looked at: the longest tail, or the longest word before `token` with it, and a letter
/// more, so that a word is seen to begin.
const LONGEST: usize = 21;

/// How much a name says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Says {
    /// What it names is a secret, whatever it looks like.
    Sure,
    /// What it names is a secret if it looks like one: `token`, `auth`.
    Perhaps,
}

/// The ends of names: letters only, without what joins words; the first that fits counts.
struct Tail {
    letters: &'static str,
    /// Whether a word has to begin where it begins: `pass`, but not `compass`.
    word: bool,
    entity: &'static str,
    says: Says,
}

const fn sure(letters: &'static str, entity: &'static str) -> Tail {
    Tail { letters, word: false, entity, says: Says::Sure }
}

const fn perhaps(letters: &'static str, entity: &'static str) -> Tail {
    Tail { letters, word: true, entity, says: Says::Perhaps }
}

/// The entity of what has a name that is no surer.
pub(super) const KEY_VALUE_SECRET: &str = "KEY_VALUE_SECRET";

const TAILS: &[Tail] = &[
    sure("password", "PASSWORD"),
    sure("passwords", "PASSWORD"),
    sure("passwd", "PASSWORD"),
    Tail { letters: "pwd", word: true, entity: "PASSWORD", says: Says::Sure },
    sure("userpwd", "PASSWORD"),
    sure("dbpwd", "PASSWORD"),
    sure("passphrase", "PASSWORD"),
    sure("passcode", "PASSWORD"),
    sure("passwordhash", "PASSWORD"),
    sure("passwort", "PASSWORD"),
    sure("kennwort", "PASSWORD"),
    sure("motdepasse", "PASSWORD"),
    sure("contrasena", "PASSWORD"),
    sure("senha", "PASSWORD"),
    sure("wachtwoord", "PASSWORD"),
    Tail { letters: "haslo", word: true, entity: "PASSWORD", says: Says::Sure },
    sure("losenord", "PASSWORD"),
    sure("passwordconfirmation", "PASSWORD"),
    sure("passwordrepeat", "PASSWORD"),
    sure("passwordagain", "PASSWORD"),
    sure("dbpass", "PASSWORD"),
    sure("userpass", "PASSWORD"),
    sure("smtppass", "PASSWORD"),
    sure("mysqlpass", "PASSWORD"),
    sure("rootpass", "PASSWORD"),
    sure("adminpass", "PASSWORD"),
    sure("sshpass", "PASSWORD"),
    perhaps("pass", "PASSWORD"),
    perhaps("pw", "PASSWORD"),
    sure("authorization", "AUTHORIZATION"),
    perhaps("auth", "AUTHORIZATION"),
    perhaps("bearer", "AUTHORIZATION"),
    Tail { letters: "cookie", word: true, entity: "COOKIE", says: Says::Sure },
    sure("setcookie", "COOKIE"),
    perhaps("cookies", "COOKIE"),
    sure("phpsessid", "COOKIE"),
    sure("jsessionid", "COOKIE"),
    sure("connectsid", "COOKIE"),
    sure("secretaccesskey", "AWS_SECRET_ACCESS_KEY"),
    sure("accountkey", "AZURE_STORAGE_KEY"),
    sure("sharedaccesskey", "AZURE_STORAGE_KEY"),
    sure("privatekey", "PRIVATE_KEY"),
    sure("privatekeypem", "PRIVATE_KEY"),
    sure("apikey", "API_KEY"),
    sure("apikeys", "API_KEY"),
    sure("xfunctionskey", "API_KEY"),
    sure("subscriptionkey", "API_KEY"),
    sure("appkey", "API_KEY"),
    sure("authkey", "API_KEY"),
    sure("adminkey", "API_KEY"),
    sure("servicerolekey", "API_KEY"),
    perhaps("accesskey", "API_KEY"),
    perhaps("licensekey", "API_KEY"),
    perhaps("openaikey", "API_KEY"),
    perhaps("anthropickey", "API_KEY"),
    perhaps("geminikey", "API_KEY"),
    perhaps("deeplkey", "API_KEY"),
    perhaps("speechkey", "API_KEY"),
    perhaps("cosmoskey", "API_KEY"),
    perhaps("azurekey", "API_KEY"),
    perhaps("azuresearchkey", "API_KEY"),
    perhaps("azurestoragekey", "API_KEY"),
    sure("signingkey", KEY_VALUE_SECRET),
    sure("encryptionkey", KEY_VALUE_SECRET),
    sure("masterkey", KEY_VALUE_SECRET),
    sure("secretkey", KEY_VALUE_SECRET),
    sure("secretkeybase", KEY_VALUE_SECRET),
    sure("hmackey", KEY_VALUE_SECRET),
    sure("secret", KEY_VALUE_SECRET),
    sure("secretstring", KEY_VALUE_SECRET),
    sure("secretvalue", KEY_VALUE_SECRET),
    perhaps("secrets", KEY_VALUE_SECRET),
    perhaps("credential", KEY_VALUE_SECRET),
    perhaps("credentials", KEY_VALUE_SECRET),
    perhaps("creds", KEY_VALUE_SECRET),
    sure("mnemonic", KEY_VALUE_SECRET),
    sure("seedphrase", KEY_VALUE_SECRET),
    sure("accesstoken", "ACCESS_TOKEN"),
    sure("refreshtoken", "ACCESS_TOKEN"),
    sure("authtoken", "ACCESS_TOKEN"),
    sure("sessiontoken", "ACCESS_TOKEN"),
    sure("securitytoken", "ACCESS_TOKEN"),
    sure("bearertoken", "ACCESS_TOKEN"),
    sure("apitoken", "ACCESS_TOKEN"),
    sure("bottoken", "ACCESS_TOKEN"),
    sure("privatetoken", "ACCESS_TOKEN"),
    sure("jwttoken", "ACCESS_TOKEN"),
    Tail { letters: "idtoken", word: true, entity: "ACCESS_TOKEN", says: Says::Sure },
    perhaps("token", "ACCESS_TOKEN"),
    perhaps("jwt", "ACCESS_TOKEN"),
    perhaps("amzsignature", "URL_SIGNATURE"),
    perhaps("googsignature", "URL_SIGNATURE"),
    perhaps("sig", "URL_SIGNATURE"),
];

/// Words for a password in scripts without capitals, or that need none: the end of a name tells here too.
const FOREIGN: [&str; 8] = [
    "\u{5bc6}\u{7801}",
    "\u{5bc6}\u{78bc}",
    "\u{53e3}\u{4ee4}",
    "\u{43f}\u{430}\u{440}\u{43e}\u{43b}\u{44c}",
    "\u{41f}\u{430}\u{440}\u{43e}\u{43b}\u{44c}",
    "\u{41f}\u{410}\u{420}\u{41e}\u{41b}\u{42c}",
    "\u{be44}\u{bc00}\u{bc88}\u{d638}",
    "\u{30d1}\u{30b9}\u{30ef}\u{30fc}\u{30c9}",
];

/// Entities that only a name tells, each once, for the list of detectors.
pub(super) const ENTITIES: [&str; 10] = [
    "PASSWORD",
    "AUTHORIZATION",
    "COOKIE",
    "AWS_SECRET_ACCESS_KEY",
    "AZURE_STORAGE_KEY",
    "PRIVATE_KEY",
    "API_KEY",
    "ACCESS_TOKEN",
    "URL_SIGNATURE",
    KEY_VALUE_SECRET,
];

/// Words before `token` that make it something else: of a vocabulary, of a page, of a count.
const NO_CREDENTIAL: [&str; 34] = [
    "page",
    "next",
    "previous",
    "prev",
    "continuation",
    "sync",
    "cursor",
    "start",
    "end",
    "first",
    "last",
    "pad",
    "eos",
    "bos",
    "unk",
    "sep",
    "cls",
    "mask",
    "stop",
    "special",
    "max",
    "min",
    "num",
    "per",
    "input",
    "output",
    "prompt",
    "completion",
    "total",
    "image",
    "audio",
    "text",
    "cached",
    "reasoning",
];

/// Those that end in each letter, a bit for each; what is no letter is taken for one.
static NO_CREDENTIAL_BY_LAST: [u64; 32] = {
    let (mut all, mut at) = ([0; 32], 0);
    while at < NO_CREDENTIAL.len() {
        let word = NO_CREDENTIAL[at].as_bytes();
        all[(word[word.len() - 1] & 31) as usize] |= 1 << at;
        at += 1;
    }
    all
};

const _: () = {
    let mut at = 0;
    while at < TAILS.len() {
        assert!(TAILS[at].letters.len() < LONGEST, "longer than what is looked at");
        at += 1;
    }
    at = 0;
    while at < NO_CREDENTIAL.len() {
        assert!(NO_CREDENTIAL[at].len() + "token".len() < LONGEST, "longer than what is looked at");
        at += 1;
    }
};

/// Letters, from the end of a tail, that tell it from others: those of `token` are of many.
const TELLING: [usize; 4] = [0, 1, 2, 5];

/// The tails that have each letter at each of these places, a bit for each; and those that are shorter.
static BY_LETTER: [[u128; 32]; TELLING.len()] = {
    let mut tails = [[0; 32]; TELLING.len()];
    let mut at = 0;
    while at < TAILS.len() {
        let letters = TAILS[at].letters.as_bytes();
        let mut place = 0;
        while place < TELLING.len() {
            let mut letter = 0;
            while letter < 32 {
                let back = TELLING[place];
                if back >= letters.len() || letters[letters.len() - 1 - back] & 31 == letter {
                    tails[place][letter as usize] |= 1 << at;
                }
                letter += 1;
            }
            place += 1;
        }
        at += 1;
    }
    tails
};

/// As much of a name's end, in words of eight letters.
const WORDS: usize = LONGEST.div_ceil(8);

/// The letters of each tail backwards, as [`Name::words`] has them, and which bytes of these they are.
static BACKWARDS: [([u64; WORDS], [u64; WORDS]); TAILS.len()] = {
    let (mut all, mut at) = ([([0; WORDS], [0; WORDS]); TAILS.len()], 0);
    while at < TAILS.len() {
        let letters = TAILS[at].letters.as_bytes();
        let mut letter = 0;
        while letter < letters.len() {
            let (word, shift) = (letter / 8, letter % 8 * 8);
            all[at].0[word] |= (letters[letters.len() - 1 - letter] as u64) << shift;
            all[at].1[word] |= 0xff << shift;
            letter += 1;
        }
        at += 1;
    }
    all
};

/// The end of a name, backwards: its last letter or digit first.
struct Name {
    letters: [u8; WORDS * 8],
    len: usize,
    /// A bit for each letter that begins a word.
    begins: u64,
    /// How many letters the last segment has: what stands behind the last dot, slash or blank.
    segment: Option<usize>,
}

impl Name {
    /// Of the name that ends `text`. It ends where `stops` says, and at anything that names are not made of.
    fn ending(text: &[u8]) -> Self {
        let mut name = Self { letters: [0; WORDS * 8], len: 0, begins: 0, segment: None };
        let mut at = text.len();
        let mut after = 0;
        while at > 0 && name.len < LONGEST {
            let byte = text[at - 1];
            at -= 1;
            if runs::is(byte, ALNUM) {
                name.push(byte, after);
                after = byte;
                continue;
            }
            match byte {
                b'_' | b'-' | b'.' | b' ' | b'/' => {
                    name.word_begins();
                    if !matches!(byte, b'_' | b'-') && name.segment.is_none() {
                        name.segment = Some(name.len);
                    }
                    after = 0;
                }
                0x80.. if at >= 2 && zero_width(&text[at - 2..]) == 3 => at -= 2,
                0x80.. => {
                    let Some(letter) = unaccented(&text[..=at]) else { break };
                    name.push(letter, after);
                    after = letter;
                    at -= 1;
                }
                _ => break,
            }
        }
        name.word_begins();
        name
    }

    /// Adds what stands before: `after` is the letter that follows it.
    #[inline(always)]
    fn push(&mut self, byte: u8, after: u8) {
        // `dbPassword`: a capital after a small letter; `APIKey`: the last capital before a small letter.
        let (capital, after) = (runs::is(byte, UPPER), runs::class(after));
        let inner = capital & (after & LOWER != 0);
        let outer = !capital & (after & UPPER != 0);
        // The first is of the letter that was added last, if any was.
        self.begins |= u64::from(outer) << self.len >> 1 | u64::from(inner) << self.len;
        // Of letters this is the small one, and digits have the bit.
        self.letters[self.len] = byte | 0x20;
        self.len += 1;
    }

    /// The letter that was added last begins a word.
    fn word_begins(&mut self) {
        self.begins |= 1 << self.len >> 1;
    }

    /// Eight letters each, the last of the name in the lowest byte of the first.
    fn words(&self) -> [u64; WORDS] {
        let (words, _) = self.letters.as_chunks();
        std::array::from_fn(|at| u64::from_le_bytes(words[at]))
    }

    /// The first tail that it ends with.
    fn tail(&self) -> Option<&'static Tail> {
        let of = |(tails, at): (&[u128; 32], usize)| tails[usize::from(self.letters[at] & 31)];
        let mut left = BY_LETTER.iter().zip(TELLING).map(of).fold(!0, |left, tails| left & tails);
        let words = self.words();
        while left != 0 {
            let at = left.trailing_zeros() as usize;
            let ((letters, mask), tail) = (&BACKWARDS[at], &TAILS[at]);
            let other = (0..WORDS).fold(0, |other, at| other | (words[at] ^ letters[at]) & mask[at]);
            if other == 0 && (!tail.word || self.begins >> (tail.letters.len() - 1) & 1 == 1) {
                return Some(tail);
            }
            left &= left - 1;
        }
        None
    }

    fn says(&self) -> Option<(&'static str, Says)> {
        let tail = self.tail()?;
        if tail.letters != "token" {
            return Some((tail.entity, tail.says));
        }
        // What stands before `token` tells: `github_token` is one, `eos_token` none, and a bare `token` may be.
        let segment = self.segment.unwrap_or(self.len).max(tail.letters.len());
        let rest = &self.letters[tail.letters.len()..segment];
        let Some(last) = rest.first() else { return Some((tail.entity, Says::Perhaps)) };
        let ends = |word: &[u8]| word.len() <= rest.len() && word.iter().rev().eq(&rest[..word.len()]);
        let mut left = NO_CREDENTIAL_BY_LAST[usize::from(last & 31)];
        while left != 0 {
            if ends(NO_CREDENTIAL[left.trailing_zeros() as usize].as_bytes()) {
                return None;
            }
            left &= left - 1;
        }
        Some((tail.entity, Says::Sure))
    }
}

/// The letter under the accent that ends `text`, of the words above: `\u{f1}`, `\u{142}`, `\u{f6}` and their capitals.
fn unaccented(text: &[u8]) -> Option<u8> {
    Some(match text {
        [.., 0xc3, 0xb1] => b'n',
        [.., 0xc3, 0x91] => b'N',
        [.., 0xc5, 0x82] => b'l',
        [.., 0xc5, 0x81] => b'L',
        [.., 0xc3, 0xb6] => b'o',
        [.., 0xc3, 0x96] => b'O',
        _ => return None,
    })
}

/// What the name that ends `text` says of its value. Almost all names are turned away by their last three letters.
pub(super) fn says(text: &[u8]) -> Option<(&'static str, Says)> {
    let text = unnumbered(text);
    if text.last().is_some_and(|last| !last.is_ascii()) && FOREIGN.iter().any(|word| text.ends_with(word.as_bytes())) {
        return Some(("PASSWORD", Says::Sure));
    }
    plausible(text).then(|| Name::ending(text).says()).flatten()
}

/// Whether the name that ends `text` may say something: without this, [`says`] has nothing.
pub(super) fn may_say(text: &[u8]) -> bool {
    plausible(unnumbered(text))
}

/// Without the number of one of several: `password1`, `API_KEY_2`.
fn unnumbered(text: &[u8]) -> &[u8] {
    if !text.last().is_some_and(u8::is_ascii_digit) {
        return text;
    }
    let digits = text.iter().rev().take(3).take_while(|byte| byte.is_ascii_digit()).count();
    let plain = &text[..text.len() - digits];
    match digits {
        1 | 2 => plain.strip_suffix(b"_").or(plain.strip_suffix(b"-")).unwrap_or(plain),
        _ => text,
    }
}

/// The last three letters of the tails.
const ENDINGS: [&[u8; 3]; 37] = [
    b"ord", b"rds", b"swd", b"pwd", b"ase", b"ode", b"ash", b"ort", b"sse", b"ena", b"ass", b"ion", b"uth", b"rer",
    b"kie", b"ies", b"sid", b"nid", b"key", b"pem", b"eys", b"ret", b"ets", b"ial", b"als", b"eds", b"nic", b"ken",
    b"jwt", b"ure", b"sig", b"nha", b"slo", b"eat", b"ain", b"ing", b"lue",
];

/// Of their last letter and the one before it, a bit for each letter that stands before these.
static BEFORE: [[u32; 32]; 32] = {
    let (mut before, mut at) = ([[0; 32]; 32], 0);
    while at < ENDINGS.len() {
        let [first, second, third] = *ENDINGS[at];
        before[(third & 31) as usize][(second & 31) as usize] |= 1 << (first & 31);
        at += 1;
    }
    before
};

fn plausible(text: &[u8]) -> bool {
    let [.., first, second, third] = *text else { return text.eq_ignore_ascii_case(b"pw") };
    if !(first | second | third).is_ascii() {
        return true;
    }
    let place = |byte: u8| usize::from(byte & 31);
    let letters = || [first, second, third].iter().all(u8::is_ascii_alphabetic);
    BEFORE[place(third)][place(second)] >> (first & 31) & 1 == 1 && letters()
        || matches!((second, third), (b'p' | b'P', b'w' | b'W')) && !first.is_ascii_alphanumeric()
}

/// The entity of what an attribute, member or header of this name holds, where the name alone says that the whole
/// value is a secret: `PASSWORD` of `db.password`, `AUTHORIZATION` of `http.request.header.authorization`, `API_KEY`
/// of `x-api-key`.
///
/// In any case and with any of `.`, `-`, `_`, `/` or capitals between words; an index behind (`.0`, `[0]`) is passed
/// over. `None` for names that say too little by themselves (`token`, `auth`: see [`secret_value`]), for counters
/// (`gen_ai.usage.input_tokens`, `max_tokens`), for what describes a secret (`token_type`, `password_policy`), and for
/// `next_page_token`: a cursor opens nothing, and who debugs needs it.
pub fn sensitive_key(key: &str) -> Option<&'static str> {
    match says(name(key)) {
        Some((entity, Says::Sure)) => Some(entity),
        _ => None,
    }
}

/// Whether the name says of some values that they are secrets: without this, [`secret_value`] finds none.
pub fn names_secret(key: &str) -> bool {
    says(name(key)).is_some()
}

/// As [`sensitive_key`], with the value at hand: names that say little count where the value looks drawn by chance,
/// and no name counts where the value is a placeholder (`${DB_PASSWORD}`, `[PASSWORD]`, `null`).
pub fn secret_value(key: &str, value: &str) -> Option<&'static str> {
    let (entity, says) = says(name(key))?;
    super::values::is_secret(value.as_bytes(), entity, says).then_some(entity)
}

/// A key without an index or quotes behind it.
fn name(key: &str) -> &[u8] {
    let trimmed = key.trim_end_matches(['"', '\'', ']', ' ']);
    let plain = trimmed.trim_end_matches(|c: char| c.is_ascii_digit()).trim_end_matches(['.', '[', '_']);
    let indexed = trimmed.len() > plain.len() && trimmed[plain.len()..].starts_with(['.', '[']);
    (if indexed { plain } else { trimmed }).as_bytes()
}

#[cfg(test)]
mod tests;
