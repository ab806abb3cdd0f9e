//! Secrets without a prefix: known by their lengths and alphabets, by a mark in their middle, or by a word
//! before them.

use std::cell::Cell;
use std::sync::LazyLock;

use super::issuers::base64;
use super::random::{mixed, random};
use super::runs::{self, ALNUM, BASE64, DASH, DIGIT, DOT, HEX, LOWER, WORD};
use crate::redaction::detect::{Class, Detector};

/// What a shape is looked for by: the word it begins with, which is as long as it can be, and the run around it.
#[derive(Clone, Copy)]
pub(super) struct Word<'a> {
    /// The text before the run.
    pub(super) before: &'a [u8],
    /// The whole run.
    pub(super) run: &'a [u8],
    /// Where the word begins in it.
    pub(super) start: usize,
    /// Where its letters and digits end.
    pub(super) end: usize,
    /// What shapes have asked of it: several ask the same.
    pub(super) asked: &'a Asked,
}

/// What is known of a word once a shape has asked.
#[derive(Default)]
pub(super) struct Asked {
    /// Whether it looks drawn by chance.
    random: Cell<Option<bool>>,
    /// Whether it is named as a hash.
    hash: Cell<Option<bool>>,
    /// What its bytes are, together.
    classes: Cell<Option<u8>>,
}

/// What was asked before, or the answer.
fn once<T: Copy>(known: &Cell<Option<T>>, answer: impl FnOnce() -> T) -> T {
    known.get().unwrap_or_else(|| {
        let answer = answer();
        known.set(Some(answer));
        answer
    })
}

impl<'a> Word<'a> {
    pub(super) fn is_random(self) -> bool {
        once(&self.asked.random, || random(self.bytes()))
    }

    fn is_hash(self) -> bool {
        once(&self.asked.hash, || is_hash(self))
    }

    pub(super) fn len(self) -> usize {
        self.end - self.start
    }

    fn bytes(self) -> &'a [u8] {
        &self.run[self.start..self.end]
    }

    fn rest(self) -> &'a [u8] {
        &self.run[self.end..]
    }

    /// How long it is with all that `-`, `_`, `+` and `/` join to it, or more than any shape; 0 if it is joined to
    /// something before.
    pub(super) fn joined(self) -> usize {
        let first = self.start.checked_sub(1).is_none_or(|before| !joins(self.run[before]));
        let more = || self.rest().iter().take(JOINED_MAX).take_while(|byte| joins(**byte)).count();
        if first { (self.len() + more()).min(JOINED_MAX) } else { 0 }
    }

    /// Whether all of it is of `classes`.
    pub(super) fn all(self, classes: u8) -> bool {
        let all = || self.bytes().iter().fold(0, |all, byte| all | runs::class(*byte));
        once(&self.asked.classes, all) & !classes == 0
    }
}

/// As much as is told of how long a word is with what is joined to it: more than any shape.
pub(super) const JOINED_MAX: usize = 100;

/// Whether a byte joins words to one token, or is of one.
pub(super) fn joins(byte: u8) -> bool {
    runs::is(byte, ALNUM | DASH) || matches!(byte, b'+' | b'/')
}

/// A shape: what it is, and how it is told; `Some((start, end))` in the run.
pub(super) struct Shape {
    pub(super) detector: Detector,
    needs: Needs,
    pub(super) find: fn(Word<'_>) -> Option<(usize, usize)>,
}

/// What every word has that a shape begins with: most shapes are told by it from most words.
#[derive(Clone, Copy)]
enum Needs {
    /// One of these lengths.
    Length(&'static [usize]),
    /// This byte behind it.
    Behind(u8),
    /// So many bytes of the run from its start on.
    Room(usize),
}
use Needs::{Behind, Length, Room};

const fn sure(
    entity: &'static str,
    needs: Needs,
    find: fn(Word<'_>) -> Option<(usize, usize)>,
    about: &'static str,
) -> Shape {
    Shape { detector: Detector { entity, class: Class::A, words: &[], about }, needs, find }
}

const fn vouched(
    entity: &'static str,
    words: &'static [&'static str],
    needs: Needs,
    find: fn(Word<'_>) -> Option<(usize, usize)>,
    about: &'static str,
) -> Shape {
    Shape { detector: Detector { entity, class: Class::B, words, about }, needs, find }
}

/// All of them, in the order of their detectors.
pub(super) const SHAPES: &[Shape] = &[
    sure(
        "AZURE_CLIENT_SECRET",
        Behind(b'~'),
        azure_client_secret,
        "Microsoft Entra: three, a digit, `Q~` and 31 to 34",
    ),
    sure("AZURE_KEY", Room(84), azure_key, "Azure: 84 or 88 characters with the mark of the service that issued them"),
    sure("TERRAFORM_TOKEN", Behind(b'.'), terraform, "HCP Terraform: 14, `.atlasv1.` and 60 or more"),
    sure("TELEGRAM_BOT_TOKEN", Behind(b':'), telegram, "Telegram: the bot's number, `:AA` and 33"),
    sure("DISCORD_TOKEN", Behind(b'.'), discord, "Discord: an account's number in base64, and two parts after dots"),
    sure("MAILCHIMP_KEY", Behind(b'-'), mailchimp, "Mailchimp: 32 hexadecimal digits, `-us` and a number"),
    sure("MAILGUN_KEY", Behind(b'-'), mailgun, "Mailgun: 32, 8 and 8 hexadecimal digits"),
    sure("NEWRELIC_KEY", Length(&[40]), newrelic, "New Relic: 40 characters that end in `NRAL`"),
    sure(
        "AWS_SECRET_ACCESS_KEY",
        Room(40),
        aws_pair,
        "AWS: 40 of base64, cases and digits mixed, close behind an access key id",
    ),
    vouched("ASANA_TOKEN", &["asana"], Behind(b'/'), asana, "Asana: `1/`, a number, `:` and 32 hexadecimal digits"),
    vouched(
        "AZURE_STORAGE_KEY",
        &["azure", "storage", "account key", "accountkey", "cosmos", "blob", "key"],
        Room(88),
        azure_storage,
        "Azure: 86 of base64 and `==`",
    ),
    vouched(
        "AWS_SECRET_ACCESS_KEY",
        &["aws", "secret", "secret access key", "secretaccesskey", "aws secret access key", "secret key", "amazon"],
        Room(40),
        aws_secret,
        "AWS: 40 of base64, cases and digits mixed",
    ),
    vouched(
        "COHERE_API_KEY",
        &["cohere", "co api key", "cohere api key"],
        Length(&[40]),
        alnum_40,
        "Cohere: 40 letters and digits",
    ),
    vouched(
        "CLOUDFLARE_TOKEN",
        &["cloudflare", "cf api token", "cf token"],
        Room(40),
        cloudflare,
        "Cloudflare: 40 characters",
    ),
    vouched(
        "MISTRAL_API_KEY",
        &["mistral", "mistral api key"],
        Length(&[32]),
        alnum_32,
        "Mistral: 32 letters and digits",
    ),
    vouched(
        "DATADOG_KEY",
        &[
            "datadog key",
            "datadog api key",
            "datadog app key",
            "datadog application key",
            "datadog token",
            "datadog secret",
            "dd api key",
            "dd app key",
            "dd application key",
        ],
        Length(&[32, 40]),
        datadog,
        "Datadog: 32 or 40 hexadecimal digits",
    ),
    vouched(
        "TWILIO_KEY",
        &["twilio key", "twilio api key", "twilio token", "twilio secret", "auth token", "twilio auth token"],
        Length(&[32]),
        hex_32,
        "Twilio: 32 hexadecimal digits",
    ),
    vouched(
        "ALGOLIA_KEY",
        &["algolia key", "algolia api key", "algolia admin key", "algolia search key", "algolia admin api key"],
        Length(&[32]),
        hex_32,
        "Algolia: 32 hexadecimal digits",
    ),
    vouched(
        "WANDB_API_KEY",
        &["wandb api key", "weights biases", "wandb key", "wandb token", "wandb login"],
        Length(&[40]),
        hex_40,
        "Weights & Biases: 40 hexadecimal digits",
    ),
    vouched(
        "DEEPGRAM_API_KEY",
        &["deepgram key", "deepgram api key", "deepgram token", "deepgram secret"],
        Length(&[40]),
        hex_40,
        "Deepgram: 40 hexadecimal digits",
    ),
    vouched(
        "GCP_SERVICE_ACCOUNT",
        &["private key id", "service account key"],
        Length(&[40]),
        hex_40,
        "Google Cloud: the id of a service account's key, 40 hexadecimal digits",
    ),
    vouched(
        "HEROKU_API_KEY",
        &["heroku api key", "heroku key", "heroku token", "heroku auth token"],
        Behind(b'-'),
        uuid,
        "Heroku: a UUID",
    ),
    vouched(
        "POSTMARK_TOKEN",
        &["postmark token", "postmark server token", "postmark api token", "server token"],
        Behind(b'-'),
        uuid,
        "Postmark: a UUID",
    ),
    vouched("VAULT_TOKEN", &["vault"], Behind(b'.'), vault, "HashiCorp Vault before 1.10: `s.` and 24"),
    vouched(
        "AZURE_DEVOPS_TOKEN",
        &["azure devops", "azuredevops", "vsts", "devops", "azure"],
        Length(&[52]),
        azure_devops,
        "Azure DevOps: 52 of base32 in lower case",
    ),
    vouched("OKTA_TOKEN", &["okta", "ssws"], Room(42), okta, "Okta: `00` and 40"),
    vouched("PAYPAL_KEY", &["paypal"], Room(80), paypal, "PayPal: 80 characters that begin with `A` or `E`"),
];

/// Whether a word is too short for every shape, and is no part of a token of high entropy that begins with it: numbers
/// with dots between have thousands.
#[inline]
pub(super) fn is_nothing(run: &[u8], start: usize, end: usize) -> bool {
    if end - start >= SHORTEST {
        return false;
    }
    match run.get(end) {
        None | Some(b'.' | b':' | b'=' | b'@') if run[start] != b's' => true,
        Some(b'~' | b'.' | b'/') => false,
        // A token does not begin behind what joins it.
        _ => start > 0 && matches!(run[start - 1], b'-' | b'_' | b'+' | b'/'),
    }
}

/// No word before a dot or a colon is shorter, but the `s` of Vault; what is joined to more is longer.
const SHORTEST: usize = 8;

/// Whether any shape can begin with this word, which is `joined` to so much: almost none can.
pub(super) fn worth_it(word: Word<'_>, joined: usize) -> bool {
    let len = word.len();
    let marked = match word.rest() {
        [b'~', ..] => len >= 2,
        [b'.', ..] => len == 1 && word.run[word.start] == b's' || (14..=28).contains(&len),
        [b':', ..] => (8..=10).contains(&len) && word.all(DIGIT),
        [b'-', ..] => len == 8 || len == 32,
        [b'/', ..] => len == 1,
        _ => false,
    };
    marked || matches!(len, 32 | 40 | 52) || matches!(joined, 40 | 42 | 80 | 84 | 86)
}

/// The shapes that need each mark behind a word, each length of it, and no more room than so much: a bit each.
struct ByNeeds {
    mark: [u32; MARKS.len()],
    length: [u32; 53],
    room: [u32; 89],
}

const MARKS: [u8; 5] = *b"~.:-/";

static BY_NEEDS: LazyLock<ByNeeds> = LazyLock::new(|| {
    let those = |need: &dyn Fn(Needs) -> bool| {
        (0..).zip(SHAPES).filter(|(_, shape)| need(shape.needs)).fold(0, |all, (at, _)| all | 1 << at)
    };
    ByNeeds {
        mark: MARKS.map(|mark| those(&|needs| matches!(needs, Behind(byte) if byte == mark))),
        length: std::array::from_fn(|len| those(&|needs| matches!(needs, Length(all) if all.contains(&len)))),
        room: std::array::from_fn(|room| those(&|needs| matches!(needs, Room(least) if least <= room))),
    }
});

/// The shapes that may begin with this word, by what they need: places in [`SHAPES`].
pub(super) fn of(word: Word<'_>) -> impl Iterator<Item = usize> {
    let ByNeeds { mark, length, room } = &*BY_NEEDS;
    let behind = word.rest().first().and_then(|byte| MARKS.iter().position(|mark| mark == byte));
    let mut left = behind.map_or(0, |at| mark[at]) | length.get(word.len()).unwrap_or(&0);
    left |= room[(word.run.len() - word.start).min(room.len() - 1)];
    std::iter::from_fn(move || {
        let next = left.trailing_zeros() as usize;
        (left != 0).then(|| {
            left &= left - 1;
            next
        })
    })
}

/// Exactly `len` of `classes`, drawn by chance, and no part of something longer.
fn exactly(word: Word<'_>, len: usize, classes: u8) -> Option<(usize, usize)> {
    let alone = word.len() == len && word.all(classes) && !is_part(word.run, word.start, word.end);
    (alone && word.is_random()).then_some((word.start, word.end))
}

/// Whether `start..end` of a run is joined to more by `-`, `_`, `+` or `/`, as parts of a longer token or a path are.
pub(super) fn is_part(run: &[u8], start: usize, end: usize) -> bool {
    let joins = |byte: &u8| matches!(byte, b'-' | b'_' | b'+' | b'/');
    start.checked_sub(1).is_some_and(|before| joins(&run[before])) || run.get(end).is_some_and(joins)
}

fn hex_32(word: Word<'_>) -> Option<(usize, usize)> {
    exactly(word, 32, HEX).filter(|_| !word.is_hash())
}

fn hex_40(word: Word<'_>) -> Option<(usize, usize)> {
    exactly(word, 40, HEX).filter(|_| !word.is_hash())
}

/// Whether what stands directly before a word says that it names a commit, a trace or a file's contents.
fn is_hash(word: Word<'_>) -> bool {
    const NAMES: [&[u8]; 18] = [
        b"commit",
        b"commits",
        b"revision",
        b"rev",
        b"ref",
        b"sha",
        b"sha1",
        b"sha256",
        b"md5",
        b"trace",
        b"traceid",
        b"trace_id",
        b"trace-id",
        b"span",
        b"etag",
        b"digest",
        b"checksum",
        b"hash",
    ];
    const LONGEST: usize = 16;
    let joins = |byte: u8| !runs::is(byte, ALNUM | DASH);
    let last = |text: &[u8]| text.iter().rposition(|byte| !joins(*byte)).map_or(0, |at| at + 1);
    let head = &word.run[..word.start];
    if head.last() == Some(&b'@') {
        return true;
    }
    let near = if last(head) > 0 { head } else { word.before };
    let near = &near[near.len().saturating_sub(LONGEST)..];
    let near = &near[..last(near)];
    let len = near.iter().rev().take_while(|byte| !joins(**byte)).count();
    let name = &near[near.len() - len..];
    (3..=8).contains(&len) && NAMES.iter().any(|known| name.eq_ignore_ascii_case(known))
}

fn datadog(word: Word<'_>) -> Option<(usize, usize)> {
    hex_32(word).or_else(|| hex_40(word))
}

fn alnum_32(word: Word<'_>) -> Option<(usize, usize)> {
    no_hash(word, 32)
}

fn alnum_40(word: Word<'_>) -> Option<(usize, usize)> {
    no_hash(word, 40)
}

/// Letters and digits that are not all hexadecimal: models are named beside hashes and commits all day.
fn no_hash(word: Word<'_>, len: usize) -> Option<(usize, usize)> {
    exactly(word, len, ALNUM).filter(|_| !word.all(HEX))
}

/// Exactly `len` of `classes` from the word on, whatever joins its words.
fn token(word: Word<'_>, len: usize, classes: u8) -> Option<(usize, usize)> {
    if word.len() > len {
        return None;
    }
    let (run, start, end) = (word.run, word.start, word.start + len);
    let before = start.checked_sub(1).is_some_and(|before| runs::is(run[before], classes));
    let long = run.len() >= end && runs::span(&run[start..end], classes) == len;
    let after = run.get(end).is_some_and(|byte| runs::is(*byte, classes & !BASE64 | ALNUM));
    (long && !before && !after).then_some((start, end))
}

fn aws_secret(word: Word<'_>) -> Option<(usize, usize)> {
    // `=` is of base64's class, and stands before the key in `secret=...`.
    let (start, end) = (word.start, word.start + 40);
    let base64 = |byte: &u8| runs::is(*byte, ALNUM | BASE64) && *byte != b'=';
    let body = word.run.get(start..end)?;
    let before = start.checked_sub(1).is_some_and(|before| matches!(word.run[before], b'+' | b'/'));
    let after = word.run.get(end).is_some_and(|byte| base64(byte) || matches!(byte, b'=' | b'-' | b'_'));
    (word.len() <= 40 && !before && !after && body.iter().all(base64) && mixed(body)).then_some((start, end))
}

/// The secret beside its access key id: `AKIA...:...`, one to a line, or with a comma between.
fn aws_pair(word: Word<'_>) -> Option<(usize, usize)> {
    const NEAR: usize = 64;
    const ID: usize = 20;
    let found = aws_secret(word)?;
    let id = |text: &[u8]| {
        let near = &text[text.len().saturating_sub(NEAR)..];
        near.windows(ID).any(|id| {
            let rest = &id[4..];
            let base32 = || rest.iter().all(|byte| matches!(byte, b'A'..=b'Z' | b'2'..=b'7'));
            matches!(id, [b'A', b'K' | b'S', b'I', b'A', ..]) && base32()
        })
    };
    (id(&word.run[..word.start]) || id(word.before)).then_some(found)
}

fn cloudflare(word: Word<'_>) -> Option<(usize, usize)> {
    token(word, 40, WORD).filter(|(start, end)| mixed(&word.run[*start..*end]))
}

fn paypal(word: Word<'_>) -> Option<(usize, usize)> {
    let found = token(word, 80, WORD).filter(|(start, end)| mixed(&word.run[*start..*end]));
    found.filter(|(start, _)| matches!(word.run[*start], b'A' | b'E'))
}

fn okta(word: Word<'_>) -> Option<(usize, usize)> {
    let begun = word.run[word.start..].starts_with(b"00");
    begun.then(|| token(word, 42, WORD)).flatten().filter(|(start, end)| mixed(&word.run[*start..*end]))
}

fn azure_devops(word: Word<'_>) -> Option<(usize, usize)> {
    exactly(word, 52, LOWER | DIGIT)
}

fn vault(word: Word<'_>) -> Option<(usize, usize)> {
    let [b'.', body @ ..] = word.rest() else { return None };
    let len = runs::span(body, ALNUM);
    (word.bytes() == b"s" && len == 24 && random(&body[..len])).then_some((word.start, word.end + 1 + len))
}

fn azure_client_secret(word: Word<'_>) -> Option<(usize, usize)> {
    // The word is what ends in the digit and `Q`; three of any kind, `~` and `.` too, stand before them.
    let [b'~', body @ ..] = word.rest() else { return None };
    let start = word.end.checked_sub(5)?;
    let [first, second, third, digit, b'Q'] = word.run[start..word.end] else { return None };
    let head = [first, second, third].iter().all(|byte| runs::is(*byte, ALNUM | DASH | DOT) || *byte == b'~');
    let alone = start.checked_sub(1).is_none_or(|before| !runs::is(word.run[before], ALNUM));
    let tail = body.iter().take(41).take_while(|byte| runs::is(**byte, WORD | DOT) || **byte == b'~').count();
    let found = head && alone && digit.is_ascii_digit() && (31..=40).contains(&tail) && random(&body[..tail]);
    found.then_some((start, word.end + 1 + tail))
}

/// Keys of Azure that say who issued them: `JQQJ99`, or the mark of a service near the end.
fn azure_key(word: Word<'_>) -> Option<(usize, usize)> {
    const MARKS: [&[u8]; 12] =
        [b"+ASt", b"+AEh", b"+ASb", b"+ARm", b"+AMC", b"AIoT", b"ACDb", b"AzFu", b"AzSe", b"AzCa", b"AAAB", b"APIM"];
    if word.start.checked_sub(1).is_some_and(|before| matches!(word.run[before], b'+' | b'/')) {
        return None;
    }
    let body = &word.run[word.start..];
    let len = body.iter().take(96).take_while(|byte| runs::is(**byte, ALNUM | BASE64)).count();
    let marked = match len {
        84 => body[52..].starts_with(b"JQQJ99") || body[76..].starts_with(b"AZDO"),
        88 => body[..len].ends_with(b"==") && MARKS.iter().any(|mark| body[60..len].windows(4).any(|at| at == *mark)),
        _ => false,
    };
    (marked && mixed(&body[..len])).then_some((word.start, word.start + len))
}

fn azure_storage(word: Word<'_>) -> Option<(usize, usize)> {
    let body = word.run.get(word.start..word.start + 88)?;
    let before = word.start.checked_sub(1).is_some_and(|before| matches!(word.run[before], b'+' | b'/'));
    let whole = body.ends_with(b"==") && runs::span(&body[..86], ALNUM | BASE64) == 86;
    (whole && !before && mixed(body)).then_some((word.start, word.start + 88))
}

fn terraform(word: Word<'_>) -> Option<(usize, usize)> {
    let body = word.rest().strip_prefix(b".atlasv1.")?;
    let len = runs::span(body, WORD);
    let end = word.end + b".atlasv1.".len() + len;
    (word.len() >= 14 && len >= 60 && random(&body[..len])).then_some((word.start, end))
}

fn telegram(word: Word<'_>) -> Option<(usize, usize)> {
    let body = word.rest().strip_prefix(b":AA")?;
    let len = runs::span(body, WORD);
    let found = (8..=10).contains(&word.len()) && word.all(DIGIT) && (32..=34).contains(&len) && random(body);
    found.then_some((word.start, word.end + 3 + len))
}

fn discord(word: Word<'_>) -> Option<(usize, usize)> {
    let [b'.', rest @ ..] = word.rest() else { return None };
    if !(23..=28).contains(&word.len()) {
        return None;
    }
    let number = base64(word.bytes());
    let middle = runs::span(rest, WORD);
    let last = rest.get(middle + 1..).map_or(0, |last| runs::span(last, WORD));
    let dotted = rest.get(middle) == Some(&b'.') && (5..=8).contains(&middle) && last >= 27;
    let found = dotted && number.len() >= 17 && number.iter().all(u8::is_ascii_digit);
    found.then_some((word.start, word.end + 1 + middle + 1 + last))
}

fn mailchimp(word: Word<'_>) -> Option<(usize, usize)> {
    let body = word.rest().strip_prefix(b"-us")?;
    let len = runs::span(body, ALNUM);
    let found = word.len() == 32 && word.all(HEX) && (1..=2).contains(&len) && runs::span(body, DIGIT) == len;
    found.then_some((word.start, word.end + 3 + len))
}

fn mailgun(word: Word<'_>) -> Option<(usize, usize)> {
    let groups = groups(word, &[32, 8, 8])?;
    Some((word.start, groups))
}

fn uuid(word: Word<'_>) -> Option<(usize, usize)> {
    let end = groups(word, &[8, 4, 4, 4, 12])?;
    (!is_part(word.run, word.start, end)).then_some((word.start, end))
}

/// The end of groups of hexadecimal digits of these lengths with `-` between them.
fn groups(word: Word<'_>, lengths: &[usize]) -> Option<usize> {
    let mut at = word.start;
    for (index, length) in lengths.iter().enumerate() {
        if index > 0 {
            (word.run.get(at) == Some(&b'-')).then_some(())?;
            at += 1;
        }
        (runs::span(&word.run[at..word.run.len().min(at + length + 1)], ALNUM) == *length).then_some(())?;
        (runs::span(&word.run[at..at + length], HEX) == *length).then_some(())?;
        at += length;
    }
    Some(at)
}

fn newrelic(word: Word<'_>) -> Option<(usize, usize)> {
    let found = word.len() == 40 && word.bytes().ends_with(b"NRAL") && random(&word.bytes()[..36]);
    found.then_some((word.start, word.end))
}

fn asana(word: Word<'_>) -> Option<(usize, usize)> {
    let [b'/', rest @ ..] = word.rest() else { return None };
    let number = runs::span(rest, DIGIT);
    let [b':', key @ ..] = &rest[number..] else { return None };
    let found = word.len() == 1 && number >= 10 && runs::span(key, HEX) == 32;
    found.then_some((word.start, word.end + 1 + number + 1 + 32))
}

#[cfg(test)]
mod tests;
