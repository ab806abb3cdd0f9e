//! Dates, with the time of day after them, as machines and people write them.

use std::ops::Range;

use crate::redaction::detect::contact::edges;
use crate::redaction::detect::marks::Ahead;

/// Names of months in English, and what they are cut to.
const MONTHS: [&str; 12] = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
];
/// The fewest letters of a month.
const MONTH_MIN: usize = 3;
/// As many digits are too many.
const NUMBER_MAX: usize = 10;
/// The longest name of a month.
const MONTH_MAX: usize = 9;

/// A number in the text.
#[derive(Clone, Copy, Debug)]
struct Number {
    value: u32,
    digits: usize,
    end: usize,
}

/// May stand between the parts of a date.
const JOINS: u8 = 1;
/// May stand between two numbers of a date.
const PARTS: u8 = 1 << 1;
const DIGIT: u8 = 1 << 2;
const LETTER: u8 = 1 << 3;
const WIDE: u8 = 1 << 4;

/// What each byte is, of these.
static KINDS: [u8; 256] = {
    let (mut kinds, mut byte) = ([0; 256], 0);
    while byte < 256 {
        kinds[byte] = match byte as u8 {
            b' ' | b',' => JOINS,
            b'-' | b'.' | b'/' => JOINS | PARTS,
            b'0'..=b'9' => DIGIT,
            b'a'..=b'z' | b'A'..=b'Z' => LETTER,
            0x80.. => WIDE,
            _ => 0,
        };
        byte += 1;
    }
    kinds
};

/// Whether a date may have the number that begins at `first`, by what stands on both sides: most numbers stand alone.
/// Of how the digits `ahead` are cut most of it is told.
#[inline]
pub(super) fn is_worth(bytes: &[u8], first: usize, ahead: Ahead) -> bool {
    let digits = ahead.run(0);
    let end = first + digits;
    let kind = |at: usize| bytes.get(at).map_or(0, |byte| KINDS[usize::from(*byte)]);
    let after = kind(end);
    let behind = if after & JOINS != 0 {
        match kind(end + 1) {
            DIGIT => after & PARTS != 0 && !part_of_more(bytes, first) && is_cut(bytes, first, ahead),
            LETTER => digits <= 2 && begins_month(bytes, end + 1),
            second => second & JOINS != 0 && digits <= 2 && begins_month(bytes, end + 2),
        }
    } else if after == LETTER {
        digits <= 2 && begins_month(bytes, end) || digits == 8 && bytes[end] == b'T'
    } else {
        // `年` and `년`
        after == WIDE && matches!(bytes[end], 0xe5 | 0xeb)
    };
    let follows = || match kind(first.wrapping_sub(2)) {
        DIGIT => false,
        LETTER => ends_month(&bytes[..first - 1]),
        second => second & JOINS != 0 && ends_month(&bytes[..first - 2]),
    };
    let before = || matches!(digits, 1 | 2 | 4) && kind(first.wrapping_sub(1)) & JOINS != 0 && follows();
    digits < NUMBER_MAX && (behind || before())
}

/// Whether the numbers from `first` on have the lengths of a date's.
fn is_cut(bytes: &[u8], first: usize, ahead: Ahead) -> bool {
    let one = ahead.run(0);
    let two = ahead.run(one + 1);
    if two > 4 {
        return false;
    }
    let third = one + 1 + two;
    let three = if bytes.get(first + third) == Some(&bytes[first + one]) { ahead.run(third + 1) } else { 0 };
    match three {
        1..NUMBER_MAX => matches!((one, two, three), (4, 1 | 2, 1 | 2) | (1 | 2, 1 | 2, 2 | 4)),
        _ => bytes[first + one] == b'/' && one <= 2 && matches!(two, 1 | 2 | 4),
    }
}

/// Whether three letters at `at` may begin a month, or what stands between a day and a month.
fn begins_month(bytes: &[u8], at: usize) -> bool {
    /// A bit for each letter that begins one.
    const FIRST: u32 = {
        let (letters, mut bits, mut at) = (b"jfmasondrt", 0, 0);
        while at < letters.len() {
            bits |= 1 << (letters[at] & 31);
            at += 1;
        }
        bits
    };
    let Some([one, two, three, ..]) = bytes.get(at..) else { return false };
    FIRST >> (one & 31) & 1 == 1
        && match (&[one | 0x20, two | 0x20], three | 0x20) {
            (b"ja", three) => three == b'n',
            (b"fe", three) => three == b'b',
            (b"ma", three) => matches!(three, b'r' | b'y'),
            (b"ap", three) => three == b'r',
            (b"ju", three) => matches!(three, b'n' | b'l'),
            (b"au", three) => three == b'g',
            (b"se", three) => three == b'p',
            (b"oc", three) => three == b't',
            (b"no", three) => three == b'v',
            (b"de", three) => three == b'c',
            // Behind these the word ends.
            (b"of" | b"st" | b"nd" | b"rd" | b"th", _) => !three.is_ascii_alphanumeric(),
            _ => false,
        }
}

/// What a month may end with: the last three letters of its name, and what it is cut to.
const MONTH_ENDS: [[u8; MONTH_MIN]; 20] = [
    *b"jan", *b"feb", *b"mar", *b"apr", *b"may", *b"jun", *b"jul", *b"aug", *b"sep", *b"oct", *b"nov", *b"dec",
    *b"ary", *b"rch", *b"ril", *b"une", *b"uly", *b"ust", *b"ber", *b"ept",
];

/// Of the last letter of a month and the one before it, a bit for each that stands before it in one of those.
static BEFORE_LAST: [u32; 32] = {
    let (mut before, mut at) = ([0; 32], 0);
    while at < MONTH_ENDS.len() {
        let [_, two, three] = MONTH_ENDS[at];
        before[(three & 31) as usize] |= 1 << (two & 31);
        at += 1;
    }
    before
};

/// Whether a month may end `text`: three letters tell its name, or are what it is cut to.
#[inline]
fn ends_month(text: &[u8]) -> bool {
    let [.., one, two, three] = text else { return false };
    BEFORE_LAST[usize::from(three & 31)] >> (two & 31) & 1 == 1
        && three.is_ascii_alphabetic()
        && MONTH_ENDS.contains(&[one, two, three].map(|byte| byte | 0x20))
}

/// The date with a number that begins at `first`, the start of a run of digits.
pub(super) fn at(text: &str, first: usize) -> Option<Range<usize>> {
    let bytes = text.as_bytes();
    if !edges::free_before(text, first) {
        return None;
    }
    let number = number(bytes, first)?;
    let after_month = || after_month(text, first, number);
    let whole = |end: usize| first..end;
    let span = numeric(bytes, first, number)
        .or_else(|| compact(bytes, number))
        .or_else(|| ideographic(text, number))
        .or_else(|| before_month(text, number))
        .map(whole)
        .or_else(after_month)?;
    let goes_on = matches!(bytes[span.end..], [b'-' | b'/' | b'.', next, ..] if next.is_ascii_digit());
    let end = time(bytes, span.end).filter(|end| edges::free_after(text, *end)).unwrap_or(span.end);
    (!goes_on && edges::free_after(text, end)).then_some(span.start..end)
}

/// Three numbers with one separator between, or a day and a month with a slash.
fn numeric(bytes: &[u8], first: usize, one: Number) -> Option<usize> {
    let separator = *bytes.get(one.end).filter(|byte| matches!(byte, b'-' | b'/' | b'.'))?;
    if part_of_more(bytes, first) {
        return None;
    }
    let two = number(bytes, one.end + 1).filter(|two| two.digits <= 4)?;
    if bytes.get(two.end) == Some(&separator)
        && let Some(three) = number(bytes, two.end + 1)
    {
        let date = match (one.digits, two.digits, three.digits) {
            (4, 1 | 2, 1 | 2) => year(one) && day_and_month(two, three),
            (1 | 2, 1 | 2, 4) => year(three) && day_and_month(one, two),
            // Short dates with dots are versions unless they are long enough.
            (1 | 2, 1 | 2, 2) => {
                let dots = separator == b'.' && one.digits + two.digits < 3;
                !dots && (day_and_month(one, two) || day_and_month(two, three))
            }
            _ => false,
        };
        return date.then_some(three.end);
    }
    let month_of_year = one.digits <= 2 && (1..=12).contains(&one.value) && two.digits == 4 && year(two);
    let day = one.digits <= 2 && two.digits <= 2 && one.digits + two.digits > 2 && day_and_month(one, two);
    (separator == b'/' && (month_of_year || day)).then_some(two.end)
}

/// `20240315T143000`.
fn compact(bytes: &[u8], date: Number) -> Option<usize> {
    if date.digits != 8 || bytes.get(date.end) != Some(&b'T') {
        return None;
    }
    let (year, month, day) = (date.value / 10_000, date.value / 100 % 100, date.value % 100);
    let clock = number(bytes, date.end + 1).filter(|clock| matches!(clock.digits, 4 | 6));
    let sound = (1900..2100).contains(&year) && (1..=12).contains(&month) && (1..=31).contains(&day);
    clock.filter(|_| sound).map(|clock| zone(bytes, clock.end))
}

/// `2024年3月15日`.
fn ideographic(text: &str, one: Number) -> Option<usize> {
    let bytes = text.as_bytes();
    if bytes.get(one.end).is_none_or(u8::is_ascii) {
        return None;
    }
    let unit = |number: Number, units: [&str; 2]| {
        let rest = text.get(number.end..)?;
        units.iter().find(|unit| rest.starts_with(**unit)).map(|unit| number.end + unit.len())
    };
    let month = number(bytes, unit(one, ["年", "년 "])?)?;
    let end = unit(month, ["月", "월 "])?;
    let day = number(bytes, end).and_then(|day| unit(day, ["日", "일"]));
    Some(day.unwrap_or(end))
}

/// A day before a month: `5th of May 2021`, `5-May-21`, `21-May`.
fn before_month(text: &str, day: Number) -> Option<usize> {
    let bytes = text.as_bytes();
    if !(1..=31).contains(&day.value) || day.digits > 2 {
        return None;
    }
    let mut at = skip(bytes, ordinal(bytes, day.end), b" -/.,", 2);
    if !bytes.get(at).is_some_and(u8::is_ascii_alphabetic) {
        return None;
    }
    if bytes[at..].starts_with(b"of ") {
        at += 3;
    }
    if at == day.end {
        return None;
    }
    let month = month(bytes, at)?;
    Some(year_after(text, month).unwrap_or(month))
}

/// A day or a year after a month: `May 5th, 2021`, `May-21`, `May 2021`.
fn after_month(text: &str, first: usize, one: Number) -> Option<Range<usize>> {
    let bytes = text.as_bytes();
    let gap = bytes[..first].iter().rev().take(2).take_while(|byte| b" -.,/".contains(byte)).count();
    if !bytes[..first - gap].last().is_some_and(u8::is_ascii_alphabetic) {
        return None;
    }
    let letters = |byte: &&u8| byte.is_ascii_alphabetic();
    let name = bytes[..first - gap].iter().rev().take(MONTH_MAX + 1).take_while(letters).count();
    let start = first - gap - name;
    if gap == 0 || name == 0 || month(bytes, start)? != first - gap || !edges::free_before(text, start) {
        return None;
    }
    if one.digits == 4 {
        return year(one).then_some(start..one.end);
    }
    let short_year = one.digits == 2 && bytes[first - 1] == b'-';
    if one.digits > 2 || !(short_year || (1..=31).contains(&one.value)) {
        return None;
    }
    let end = ordinal(bytes, one.end);
    let year = year_after(text, end);
    // `may 5` is a verb as often as a month, `mar` a sea.
    let verb = matches!(&bytes[start..start + name], b"may" | b"mar") && bytes[first - 1] == b' ' && year.is_none();
    (!verb).then_some(start..year.unwrap_or(end))
}

/// The end of a year after a day or a month.
fn year_after(text: &str, at: usize) -> Option<usize> {
    let bytes = text.as_bytes();
    let start = skip(bytes, at, b" -/.,'", 2);
    let found = number(bytes, start).filter(|_| start > at)?;
    let short = found.digits == 2 && matches!(bytes[start - 1], b'-' | b'/' | b'\'' | b'.');
    ((found.digits == 4 && year(found) || short) && edges::free_after(text, found.end)).then_some(found.end)
}

/// The end of the time of day after a date: `T14:30:00.5Z`, ` 04:04 PM`.
fn time(bytes: &[u8], at: usize) -> Option<usize> {
    let start = match bytes.get(at..)? {
        [b'T' | b't' | b' ' | b'_', ..] => at + 1,
        [b',', b' ', ..] => at + 2,
        _ => return None,
    };
    let hour = number(bytes, start).filter(|hour| hour.digits <= 2 && hour.value < 25)?;
    let part = |before: Number| {
        bytes.get(before.end).filter(|byte| **byte == b':')?;
        number(bytes, before.end + 1).filter(|part| part.digits == 2 && part.value < 61)
    };
    let minute = part(hour)?;
    let mut end = minute.end;
    if let Some(second) = part(minute) {
        end = second.end;
        if matches!(bytes.get(end), Some(b'.' | b',')) {
            end = number(bytes, end + 1).map_or(end, |fraction| fraction.end);
        }
    }
    Some(zone(bytes, end))
}

/// The end of a zone or half of the day after a time.
fn zone(bytes: &[u8], at: usize) -> usize {
    let rest = &bytes[at..];
    if rest.first().is_some_and(|byte| matches!(byte, b'Z' | b'z')) {
        return at + 1;
    }
    let spaced = usize::from(rest.first() == Some(&b' '));
    if let [first, second, ..] = rest[spaced..]
        && matches!(first, b'A' | b'a' | b'P' | b'p')
        && matches!(second, b'M' | b'm')
    {
        return at + spaced + 2;
    }
    if matches!(rest.get(spaced), Some(b'+' | b'-'))
        && let Some(offset) = number(bytes, at + spaced + 1).filter(|offset| matches!(offset.digits, 2 | 4))
    {
        let minutes = number(bytes, offset.end + 1).filter(|minutes| minutes.digits == 2);
        return minutes.filter(|_| bytes[offset.end] == b':').map_or(offset.end, |minutes| minutes.end);
    }
    at
}

/// Whether the number is the rest of a longer one, of a version or a path.
fn part_of_more(bytes: &[u8], first: usize) -> bool {
    matches!(bytes[..first], [.., before, b'.' | b'-' | b'/'] if before.is_ascii_digit())
}

/// The end of the name of a month that begins at `at`, or of its beginning with three letters.
fn month(bytes: &[u8], at: usize) -> Option<usize> {
    let rest = bytes.get(at..)?;
    // Three letters tell the month; most words have others.
    let head = rest.first_chunk::<MONTH_MIN>()?.map(|byte| byte.to_ascii_lowercase());
    let month = MONTHS.iter().find(|month| month.as_bytes().first_chunk() == Some(&head))?;
    let length = rest.iter().take(MONTH_MAX + 1).take_while(|byte| byte.is_ascii_alphabetic()).count();
    let word = &rest[..length];
    let whole = length == MONTH_MIN
        || word.eq_ignore_ascii_case(month.as_bytes())
        || *month == "september" && word.eq_ignore_ascii_case(b"sept");
    whole.then_some(at + length)
}

/// The end of the ending of an ordinal, at `at`: `st`, ` nd`.
fn ordinal(bytes: &[u8], at: usize) -> usize {
    let spaced = usize::from(bytes.get(at) == Some(&b' '));
    let ending = bytes.get(at + spaced..).and_then(<[u8]>::first_chunk::<2>);
    let ending = ending.is_some_and(|ending| matches!(&ending.map(|byte| byte | 0x20), b"st" | b"nd" | b"rd" | b"th"));
    let closed = bytes.get(at + spaced + 2).is_none_or(|byte| !byte.is_ascii_alphanumeric());
    if ending && closed { at + spaced + 2 } else { at }
}

fn skip(bytes: &[u8], at: usize, skipped: &[u8], most: usize) -> usize {
    at + bytes[at..].iter().take(most).take_while(|byte| skipped.contains(byte)).count()
}

fn year(number: Number) -> bool {
    (1900..2100).contains(&number.value)
}

fn day_and_month(one: Number, other: Number) -> bool {
    let (low, high) = (one.value.min(other.value), one.value.max(other.value));
    (1..=12).contains(&low) && high <= 31
}

/// The number at `at`, of no more digits than a compact date has.
fn number(bytes: &[u8], at: usize) -> Option<Number> {
    let digits = bytes.get(at..)?.iter().take(NUMBER_MAX).take_while(|byte| byte.is_ascii_digit()).count();
    let value = || bytes[at..at + digits].iter().fold(0, |value, digit| value * 10 + u32::from(digit - b'0'));
    (1..NUMBER_MAX).contains(&digits).then(|| Number { value: value(), digits, end: at + digits })
}

#[cfg(test)]
mod tests;
