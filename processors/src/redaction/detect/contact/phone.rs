//! Phone numbers: international ones by the plan of their country, national ones by the way they are written.

mod national;
pub(super) mod plans;
mod spelled;

use std::ops::Range;

use super::edges;
use crate::redaction::detect::marks::Ahead;
use spelled::{Counts, Gap, Lengths, Spelled};

/// An international number has at least so many digits, unless its groups show that it is one.
const SHORT: usize = 7;
/// A number in one run has at least so many digits.
const BARE_MIN: usize = 6;
/// How far after a number the digits of an extension may begin: ` , extension: `.
const EXTENSION_GAP: usize = 14;
/// How many digits of an international number tell its plan.
const HEAD: usize = 5;
/// The longest extension.
const EXTENSION_MAX: usize = 7;

/// A number, what country it tells, and whether it is international.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Phone {
    /// Where it stands, extension included.
    pub(super) span: Range<usize>,
    /// With `+` and country code.
    pub(super) international: bool,
    /// Written as numbers are; a row of digits may be a number of a single country only.
    pub(super) general: bool,
    /// A mobile number of the Philippines.
    pub(super) philippine: bool,
    /// A number of Turkey.
    pub(super) turkish: bool,
}

/// What the byte before a number means for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Before {
    /// Nothing.
    Free,
    /// A letter or digit, or a sign that no number has: none begins here.
    Barred,
    /// It ties the digits to what stands before them, if that is a digit, or a letter before a hyphen.
    Tie,
    /// A number begins with it, or may: `+`, `(`, the `b` of `%2b`.
    Sign,
    /// A blank, which may stand behind a parenthesis.
    Blank,
    /// The last byte of a character that is not ASCII.
    Wide,
}

static BEFORE: [Before; 256] = {
    let (mut classes, mut byte) = ([Before::Free; 256], 0);
    while byte < 256 {
        classes[byte] = match byte as u8 {
            b'+' | b'(' | b'b' | b'B' => Before::Sign,
            b'$' | b'#' | b'\\' | b'%' => Before::Barred,
            b'-' | b'.' | b'/' => Before::Tie,
            b' ' => Before::Blank,
            0x80.. => Before::Wide,
            other if other.is_ascii_alphanumeric() => Before::Barred,
            _ => Before::Free,
        };
        byte += 1;
    }
    classes
};

/// The number whose first digit is at `first`, the start of a run of digits.
///
/// Most begin in the middle of something: what turns those away is made one with the loop that goes from one to the next.
#[inline(always)]
pub(super) fn at(text: &str, first: usize, ahead: Ahead) -> Option<Phone> {
    let bytes = text.as_bytes();
    let (before, digits) = (first.checked_sub(1).map_or(b'\n', |before| bytes[before]), ahead.run(0));
    let class = BEFORE[usize::from(before)];
    let sign = match class {
        Before::Barred => return None,
        Before::Tie if is_tied(bytes, first) => return None,
        Before::Sign => true,
        Before::Blank => bytes[..first - 1].last() == Some(&b'('),
        _ => false,
    };
    if sign {
        return if is_worth(bytes, first, digits) { behind_sign(text, first, ahead) } else { None };
    }
    let group = &bytes[first..first + digits];
    let sound = national::may_begin(group)
        && is_worth(bytes, first, digits)
        && national::may_go_on(bytes, first, ahead)
        && (class != Before::Wide || edges::free_before(text, first))
        // Lists of single digits are longer than all numbers.
        && (digits > 1 || ahead.digits_of(spelled::GROUPS_MAX) >= national::fewest(bytes[first]));
    if sound { plain(text, first, ahead) } else { None }
}

/// A number that may begin with a sign or a parenthesis, before `first`.
fn behind_sign(text: &str, first: usize, ahead: Ahead) -> Option<Phone> {
    let bytes = text.as_bytes();
    if let Some((start, code, from)) = plus(bytes, first) {
        return if edges::free_before(text, start) {
            international(text, start, code, from, (first, ahead))
        } else {
            None
        };
    }
    let start = first - enclosed(bytes, first);
    // A parenthesis sets off by itself: `tel(415) 555-0132`.
    let apart = start < first || edges::free_before(text, start);
    if !apart || part_of_more(bytes, start) || !national::may_begin(&bytes[first..first + ahead.run(0)]) {
        return None;
    }
    let spelled = Spelled::read(bytes, start, (first, ahead));
    if spelled.groups() > 0 {
        return national(text, start, &spelled);
    }
    // All of it may stand in parentheses: `phone (212-555-0147)`.
    national(text, first, &Spelled::read(bytes, first, (first, ahead)))
}

/// A number that begins with its first digit.
fn plain(text: &str, first: usize, ahead: Ahead) -> Option<Phone> {
    match Spelled::narrow(text.as_bytes(), first, ahead) {
        Some(spelled) => national(text, first, &spelled),
        None => national(text, first, &Spelled::read(text.as_bytes(), first, (first, ahead))),
    }
}

/// A number as it is dialled within a country, which begins at `start`.
fn national(text: &str, start: usize, spelled: &Spelled<'_>) -> Option<Phone> {
    if spelled.groups() == 0 || !national::may_be(spelled) {
        return None;
    }
    let closing = |groups: usize| closed(text, spelled, groups);
    let of_all = national::groups_of(spelled);
    let general = of_all.and_then(closing);
    let end_of = |groups: Option<usize>| if groups == of_all { general } else { groups.and_then(closing) };
    let philippine = end_of(national::philippine_groups(spelled));
    let turkish = end_of(national::turkish_groups(spelled));
    let end = general.max(philippine).max(turkish)?;
    Some(Phone {
        span: start..end,
        international: false,
        general: general.is_some(),
        philippine: philippine.is_some(),
        turkish: turkish.is_some(),
    })
}

/// Whether a number may begin here, by a glance at the run of digits and what is around: most numbers in a text are
/// short and stand alone.
#[inline]
fn is_worth(bytes: &[u8], first: usize, digits: usize) -> bool {
    digits >= BARE_MIN
        || match bytes[first + digits..] {
            [b' ' | b'-' | b'.' | b'/', next, ..] => next.is_ascii_digit() || matches!(next, b'(' | b')' | b'-' | b' '),
            [b'(' | b')' | 0xc2 | 0xe2, ..] => true,
            _ => false,
        }
}

/// How many bytes of an opening parenthesis stand before a digit.
fn enclosed(bytes: &[u8], first: usize) -> usize {
    match &bytes[..first] {
        [.., b'('] => 1,
        [.., b'(', b' '] => 2,
        _ => 0,
    }
}

/// Where a number with a `+` begins, its country code if that stands in parentheses with it, and where the rest does.
fn plus(bytes: &[u8], first: usize) -> Option<(usize, &[u8], usize)> {
    match &bytes[..first] {
        [.., b'(', b'+'] => match code_in_parentheses(bytes, first) {
            Some((code, next)) => Some((first - 2, code, next)),
            None => Some((first - 1, b"", first)),
        },
        [.., b'+', b'('] => Some((first - 2, b"", first - 1)),
        [.., b'+'] => Some((first - 1, b"", first)),
        // A `+` in a URL
        [.., b'%', b'2', b'B' | b'b'] => Some((first - 3, b"", first)),
        _ => None,
    }
}

/// A number whose `+` is at `start`.
fn international(text: &str, start: usize, code: &[u8], from: usize, ahead: (usize, Ahead)) -> Option<Phone> {
    let spelled = Spelled::read(text.as_bytes(), from, ahead);
    let (head, lengths) = without_trunk(code, &spelled);
    let totals = plans::totals(&head[..lengths.total(spelled.groups()).min(HEAD)])?;
    let mut counts = lengths.having(*totals.start(), *totals.end()).up_to(spelled.groups());
    // Very short ones are told from signed numbers by their groups.
    counts = counts.and(lengths.having(SHORT, plans::DIGITS_MAX)).or(counts.from(3));
    if spelled.groups() > 1 && spelled.is_gap(1, Gap::Dot) {
        // A signed decimal number: `+48.8582221`
        counts = counts.without(Counts::only(2));
    }
    while let Some(groups) = counts.most() {
        let end = spelled.end(groups);
        if let Some(end) = extension(text, end).or_else(|| edges::free_after(text, end).then_some(end)) {
            return Some(Phone {
                span: start..end,
                international: true,
                general: true,
                philippine: head.starts_with(b"639") && lengths.total(groups) == 12,
                turkish: head.starts_with(b"90"),
            });
        }
        counts = counts.up_to(groups - 1);
    }
    None
}

/// The country code of `(+49)`, whose first digit is at `first`, and where the rest begins.
fn code_in_parentheses(bytes: &[u8], first: usize) -> Option<(&[u8], usize)> {
    let digits = bytes[first..].iter().take(4).take_while(|byte| byte.is_ascii_digit()).count();
    let close = first + digits;
    let next = close + 1 + usize::from(matches!(bytes.get(close + 1), Some(b' ' | b'-' | b'.')));
    (bytes.get(close) == Some(&b')')).then_some((&bytes[first..close], next))
}

/// The first digits with the code before them, and how many digits the groups have, that with the code first: without
/// the trunk prefix that `+44 (0) 20` shows.
fn without_trunk(code: &[u8], spelled: &Spelled<'_>) -> ([u8; HEAD], Lengths) {
    let (mut head, mut read, mut lengths) = ([0; HEAD], 0, spelled.lengths());
    let mut keep = |digits: &[u8]| {
        for digit in digits.iter().take(HEAD - read) {
            head[read] = *digit;
            read += 1;
        }
    };
    keep(code);
    for group in 0..spelled.groups() {
        let digits = spelled.digits(group);
        let trunk = spelled.is_enclosed(group) && digits[0] == b'0' && (group > 0 || !code.is_empty());
        keep(&digits[usize::from(trunk)..]);
        lengths = if trunk { lengths.shortened(group) } else { lengths };
    }
    (head, lengths.with_code(code.len()))
}

/// Whether the number would be the rest of something longer: of a decimal number, an identifier with hyphens, a path.
fn part_of_more(bytes: &[u8], start: usize) -> bool {
    is_tied(bytes, start) || matches!(bytes[..start].last(), Some(b'$' | b'#' | b'\\' | b'%'))
}

/// Whether a digit stands before, and a mark between that ties both; or a letter, and a hyphen.
#[inline]
fn is_tied(bytes: &[u8], start: usize) -> bool {
    match &bytes[..start] {
        [.., before, b'-'] => before.is_ascii_alphanumeric(),
        [.., before, b'.' | b'/'] => before.is_ascii_digit(),
        _ => false,
    }
}

/// Where a number of the first `groups` groups ends, its extension included; none where it goes on as something else.
fn closed(text: &str, spelled: &Spelled<'_>, groups: usize) -> Option<usize> {
    let bytes = text.as_bytes();
    let end = spelled.end(groups);
    if let Some(end) = extension(text, end) {
        return Some(end);
    }
    let goes_on = if groups < spelled.groups() {
        !spelled.is_gap(groups, Gap::Space)
    } else {
        matches!(&bytes[end..], [b':' | b'-' | b'.' | b'/' | b'+', next, ..] if next.is_ascii_digit())
    };
    (!goes_on && edges::free_after(text, end)).then_some(end)
}

/// The end of an extension after `end`: `x 12`, `ext. 503`, `#7`.
fn extension(text: &str, end: usize) -> Option<usize> {
    const SIGNS: [&str; 7] = ["extension", "extn", "ext", "доб", "anexo", "x", "#"];
    let bytes = text.as_bytes();
    // Another number, most often.
    if matches!(bytes[end..], [b' ', next, ..] if next.is_ascii_digit()) {
        return None;
    }
    let skip = |at: usize, skipped: fn(u8) -> bool| {
        let run = bytes[at..].iter().take(EXTENSION_GAP).take_while(|byte| skipped(**byte));
        at + run.count()
    };
    let sign = skip(end, |byte| matches!(byte, b' ' | b',' | b';'));
    // What none of them begins with is most of what stands behind numbers.
    if !matches!(bytes.get(sign)?, b'e' | b'E' | 0xd0 | b'a' | b'A' | b'x' | b'X' | b'#') {
        return None;
    }
    let length = SIGNS.iter().find_map(|sign_text| {
        let piece = bytes.get(sign..sign + sign_text.len())?;
        piece.eq_ignore_ascii_case(sign_text.as_bytes()).then_some(sign_text.len())
    })?;
    let first = skip(sign + length, |byte| matches!(byte, b' ' | b'.' | b':' | b'='));
    let digits = bytes[first..].iter().take(EXTENSION_MAX + 1).take_while(|byte| byte.is_ascii_digit()).count();
    let last = first + digits;
    ((1..=EXTENSION_MAX).contains(&digits) && edges::free_after(text, last)).then_some(last)
}

#[cfg(test)]
mod tests;
