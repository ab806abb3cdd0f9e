//! Phone numbers: international ones by the plan of their country, national ones by the way they are written.

mod national;
pub(super) mod plans;
mod spelled;

use std::ops::Range;

use super::edges;
use crate::redaction::detect::marks::Ahead;
use spelled::{Gap, Spelled};

/// An international number has at least so many digits, unless its groups show that it is one.
const SHORT: usize = 7;
/// A number in one run has at least so many digits.
const BARE_MIN: usize = 6;
/// How far after a number the digits of an extension may begin: ` , extension: `.
const EXTENSION_GAP: usize = 14;
/// Room for the digits of an international number and a few too many.
const DIGITS_KEPT: usize = 24;
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

/// The number whose first digit is at `first`, the start of a run of digits.
pub(super) fn at(text: &str, first: usize, ahead: Ahead) -> Option<Phone> {
    let bytes = text.as_bytes();
    if !is_worth(bytes, first, ahead) {
        return None;
    }
    if let Some((start, code, from)) = plus(bytes, first) {
        return if edges::free_before(text, start) {
            international(text, start, code, from, (first, ahead))
        } else {
            None
        };
    }
    let head = &bytes[first..first + ahead.run(0).min(national::HEAD)];
    if !national::may_begin(head) || ahead.digits_of(spelled::GROUPS_MAX) < national::fewest(head) {
        return None;
    }
    let mut start = first - enclosed(bytes, first);
    // A parenthesis sets off by itself: `tel(415) 555-0132`.
    if (start == first && !edges::free_before(text, start)) || part_of_more(bytes, start) {
        return None;
    }
    let mut spelled = Spelled::read(bytes, start, (first, ahead));
    if spelled.groups().is_empty() {
        // All of it stands in parentheses: `phone (212-555-0147)`.
        start = first;
        spelled = Spelled::read(bytes, start, (first, ahead));
    }
    let closing = |groups: usize| closed(text, &spelled, groups);
    let general = national::groups_of(&spelled).and_then(closing);
    let philippine = national::philippine_groups(&spelled).and_then(closing);
    let turkish = national::turkish_groups(&spelled).and_then(closing);
    let end = [general, philippine, turkish].into_iter().flatten().max()?;
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
fn is_worth(bytes: &[u8], first: usize, ahead: Ahead) -> bool {
    let digits = ahead.run(0).min(BARE_MIN);
    digits == BARE_MIN
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
    (1..=spelled.groups().len()).rev().find_map(|groups| {
        let (room, length) = without_trunk(code, &spelled, groups);
        let digits = &room[..length];
        // A signed decimal number: `+48.8582221`
        let decimal = groups == 2 && spelled.groups()[1].gap == Gap::Dot;
        // Very short ones are told from signed numbers by their groups.
        let signed = digits.len() < SHORT && groups < 3;
        if decimal || signed || !plans::is_international(digits) {
            return None;
        }
        let end = spelled.groups()[groups - 1].end;
        let end = extension(text, end).or_else(|| edges::free_after(text, end).then_some(end))?;
        Some(Phone {
            span: start..end,
            international: true,
            general: true,
            philippine: digits.starts_with(b"639") && digits.len() == 12,
            turkish: digits.starts_with(b"90"),
        })
    })
}

/// The country code of `(+49)`, whose first digit is at `first`, and where the rest begins.
fn code_in_parentheses(bytes: &[u8], first: usize) -> Option<(&[u8], usize)> {
    let digits = bytes[first..].iter().take(4).take_while(|byte| byte.is_ascii_digit()).count();
    let close = first + digits;
    let next = close + 1 + usize::from(matches!(bytes.get(close + 1), Some(b' ' | b'-' | b'.')));
    (bytes.get(close) == Some(&b')')).then_some((&bytes[first..close], next))
}

/// The digits of the first groups with the code before them, without the trunk prefix that `+44 (0) 20` shows.
fn without_trunk(code: &[u8], spelled: &Spelled, groups: usize) -> ([u8; DIGITS_KEPT], usize) {
    let (mut room, mut length, mut read) = ([0; DIGITS_KEPT], 0, 0);
    let mut keep = |digits: &[u8]| {
        let fits = digits.len().min(DIGITS_KEPT - length);
        room[length..length + fits].copy_from_slice(&digits[..fits]);
        length += fits;
    };
    keep(code);
    let all = spelled.digits(groups);
    for (at, group) in spelled.groups()[..groups].iter().enumerate() {
        let digits = &all[read..read + group.digits()];
        read += group.digits();
        let trunk = group.enclosed && digits.first() == Some(&b'0') && (at > 0 || !code.is_empty());
        keep(&digits[usize::from(trunk)..]);
    }
    (room, length)
}

/// Whether the number would be the rest of something longer: of a decimal number, an identifier with hyphens, a path.
fn part_of_more(bytes: &[u8], start: usize) -> bool {
    match &bytes[..start] {
        [.., before, b'-' | b'.' | b'/'] if before.is_ascii_digit() => true,
        [.., before, b'-'] => before.is_ascii_alphanumeric(),
        [.., b'$' | b'#' | b'\\' | b'%'] => true,
        _ => false,
    }
}

/// Where a number of the first `groups` groups ends, its extension included; none where it goes on as something else.
fn closed(text: &str, spelled: &Spelled, groups: usize) -> Option<usize> {
    let bytes = text.as_bytes();
    let end = spelled.groups()[groups - 1].end;
    if let Some(end) = extension(text, end) {
        return Some(end);
    }
    let goes_on = match spelled.groups().get(groups) {
        Some(next) => next.gap != Gap::Space,
        None => match &bytes[end..] {
            [b':' | b'-' | b'.' | b'/' | b'+', next, ..] => next.is_ascii_digit(),
            _ => false,
        },
    };
    (!goes_on && edges::free_after(text, end)).then_some(end)
}

/// The end of an extension after `end`: `x 12`, `ext. 503`, `#7`.
fn extension(text: &str, end: usize) -> Option<usize> {
    const SIGNS: [&str; 7] = ["extension", "extn", "ext", "доб", "anexo", "x", "#"];
    let bytes = text.as_bytes();
    let skip = |at: usize, skipped: &[u8]| {
        let run = bytes[at..].iter().take(EXTENSION_GAP).take_while(|byte| skipped.contains(byte));
        at + run.count()
    };
    let sign = skip(end, b" ,;");
    let length = SIGNS.iter().find_map(|sign_text| {
        let piece = bytes.get(sign..sign + sign_text.len())?;
        piece.eq_ignore_ascii_case(sign_text.as_bytes()).then_some(sign_text.len())
    })?;
    let first = skip(sign + length, b" .:=");
    let digits = bytes[first..].iter().take(EXTENSION_MAX + 1).take_while(|byte| byte.is_ascii_digit()).count();
    let last = first + digits;
    ((1..=EXTENSION_MAX).contains(&digits) && edges::free_after(text, last)).then_some(last)
}

#[cfg(test)]
mod tests;
