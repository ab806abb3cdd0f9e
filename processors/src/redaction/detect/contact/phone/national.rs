//! Numbers as they are dialled within a country: groups that a plan writes, or a trunk prefix.

use super::plans;
use super::spelled::{Gap, Group, Spelled};

/// How the groups of a number without a trunk prefix are cut, and the digits it may begin with.
const CUTS: &[(&[usize], &str)] = &[
    // North America, and others with ten digits
    (&[3, 3, 4], "123456789"),
    (&[3, 7], "23456789"),
    // Spain, Poland, Czechia and others with nine digits; Portugal
    (&[3, 3, 3], "2356789"),
    (&[2, 3, 4], "2"),
    (&[3, 2, 2, 2], "56789"),
    (&[2, 3, 2, 2], "123456789"),
    // Turkey
    (&[3, 3, 2, 2], "2345"),
    // Denmark, Norway, Singapore, Hong Kong and others with eight
    (&[2, 2, 2, 2], "23456789"),
    (&[4, 4], "235689"),
    (&[3, 2, 3], "489"),
    // China; India
    (&[3, 4, 4], "1"),
    (&[5, 5], "6789"),
    // Brazil, Mexico
    (&[2, 4, 4], "123456789"),
    (&[2, 5, 4], "123456789"),
    // Russia, with its trunk prefix
    (&[1, 3, 3, 2, 2], "8"),
    (&[1, 3, 3, 4], "8"),
];

/// How numbers of Turkey are cut.
const TURKISH: &[&[usize]] = &[&[3, 3, 2, 2], &[3, 3, 4], &[3, 7], &[10]];

/// The fewest digits of a national number: an international one's, with its code first.
const DIGITS_MIN: usize = 6;
/// How many digits tell a first group from others.
pub(super) const HEAD: usize = 12;

/// Whether a number as dialled within a country may have this run of digits first, of which [`HEAD`] are enough: by
/// the cuts known here, and the codes of countries of that length.
pub(super) fn may_begin(run: &[u8]) -> bool {
    match *run {
        [b'0', ..] | [_, _] | [_, _, _] | [b'1', b'3' | b'8' | b'9', b'0', b'0'] => true,
        [first] => matches!(first, b'1' | b'7' | b'8'),
        [first, _, _, _] => b"235689".contains(&first),
        [first, _, _, _, _] => (b'6'..=b'9').contains(&first),
        _ => matches!(run.len(), 10 | 11),
    }
}

/// The fewest digits of a number that has this run of digits first.
pub(super) fn fewest(run: &[u8]) -> usize {
    match *run {
        // With a trunk prefix, which two of them are not.
        [b'0', b'1'..=b'9', ..] => 9,
        [b'0', ..] | [_, _, _, _] => 8,
        // Of one digit are the codes of North America and Russia, and the trunk prefixes.
        [_] => 11,
        _ => DIGITS_MIN,
    }
}

/// How many of the groups are a national number, the most that are. Dates are none.
pub(super) fn groups_of(spelled: &Spelled) -> Option<usize> {
    let groups = spelled.groups();
    if is_date(spelled) {
        return None;
    }
    // A dot before or after a single digit is of a decimal number or a version.
    let dotted =
        |at: usize, group: &Group| group.gap == Gap::Dot && (group.digits() == 1 || at == 1 && groups[0].digits() == 1);
    let most = groups.iter().enumerate().position(|(at, group)| dotted(at, group)).unwrap_or(groups.len());
    let slash = groups.iter().skip(2).position(|group| group.gap == Gap::Slash).map_or(groups.len(), |at| at + 2);
    (1..=most).rev().find(|count| {
        let (groups, digits) = (&groups[..*count], spelled.digits(*count));
        let american = || groups.iter().map(Group::digits).eq([3, 3, 4]);
        digits.len() >= DIGITS_MIN && (*count <= slash || american()) && is_national(groups, digits)
    })
}

/// The groups that are a mobile number of the Philippines: `09` and nine digits.
pub(super) fn philippine_groups(spelled: &Spelled) -> Option<usize> {
    let is = |digits: &[u8]| digits.len() == 11 && digits.starts_with(b"09");
    (1..=spelled.groups().len()).find(|count| is(spelled.digits(*count)))
}

/// The groups that are a number of Turkey: ten digits of an area or mobile code, cut as there, with or without the
/// trunk prefix.
pub(super) fn turkish_groups(spelled: &Spelled) -> Option<usize> {
    let is = |count: &usize| {
        let (groups, digits) = (&spelled.groups()[..*count], spelled.digits(*count));
        if !(10..=11).contains(&digits.len()) {
            return false;
        }
        let national = digits.strip_prefix(b"0").unwrap_or(digits);
        let mut trunk = digits.len() - national.len();
        let groups = if trunk == 1 && groups[0].digits() == 1 { &groups[1..] } else { groups };
        if groups.len() < *count {
            trunk = 0;
        }
        let cut = |cut: &&[usize]| {
            let mut lengths =
                groups.iter().enumerate().map(|(at, group)| group.digits() - if at == 0 { trunk } else { 0 });
            cut.len() == groups.len() && cut.iter().all(|length| lengths.next() == Some(*length))
        };
        national.len() == 10 && (b'2'..=b'5').contains(&national[0]) && TURKISH.iter().any(cut)
    };
    (1..=spelled.groups().len()).find(is)
}

fn is_national(groups: &[Group], digits: &[u8]) -> bool {
    let whole = groups.len() == 1;
    match digits {
        [b'0', b'0', rest @ ..] => plans::is_international(rest),
        [b'0', b'1', b'1', rest @ ..] if plans::is_international(rest) && digits.len() > 11 => true,
        [b'0', ..] => (if whole { 10..=11 } else { 9..=12 }).contains(&digits.len()) && grouped(groups),
        _ if whole => is_bare(digits),
        [b'1', rest @ ..] if groups[0].digits() == 1 => rest.len() == 10 && rest[0] > b'0',
        // Freephone and shared-cost numbers of Australia, New Zealand, Malaysia and others
        [b'1', b'3' | b'8' | b'9', b'0', b'0', ..] => digits.len() == 10 && groups[0].digits() == 4,
        _ => cut_fits(groups, digits) || coded(groups, digits),
    }
}

/// Whether no group but those of trunk prefix and area is a single digit, as in a list of numbers.
fn grouped(groups: &[Group]) -> bool {
    groups.iter().skip(3).all(|group| group.digits() > 1)
}

fn cut_fits(groups: &[Group], digits: &[u8]) -> bool {
    let years = digits.len() == 8 && digits.starts_with(b"20") && digits[4..].starts_with(b"20");
    let cut = |cut: &&(&[usize], &str)| {
        cut.0.len() == groups.len()
            && cut.0.iter().zip(groups).all(|(length, group)| *length == group.digits())
            && cut.1.as_bytes().contains(&digits[0])
    };
    !years && CUTS.iter().any(|known| cut(&known))
}

/// A country code in a group of its own, without the `+`, and the length of its plan: `91-415-555-0132`.
fn coded(groups: &[Group], digits: &[u8]) -> bool {
    groups.len() >= 3 && plans::country_code(digits) == Some(groups[0].digits()) && plans::is_international(digits)
}

/// Ten digits of North America, or eleven with its prefix; a mobile number of China; one of Russia.
fn is_bare(digits: &[u8]) -> bool {
    let american = |digits: &[u8]| digits.len() == 10 && digits[0] > b'1' && digits[3] > b'1';
    match digits {
        [b'1', rest @ ..] => american(rest) || rest.len() == 10 && rest[0] > b'2',
        [b'8', b'9', ..] if digits.len() == 11 => true,
        _ => american(digits),
    }
}

/// Whether the groups begin as a date does: year, month, day, or the other way round.
fn is_date(spelled: &Spelled) -> bool {
    let [first, second, third, ..] = spelled.groups() else { return false };
    let long = first.digits() > 4 || third.digits() > 4;
    if first.enclosed || second.gap != third.gap || second.digits() > 2 || long {
        return false;
    }
    let digits = spelled.digits(3);
    let number = |from: usize, length: usize| {
        digits[from..from + length].iter().fold(0, |number, digit| number * 10 + u32::from(digit - b'0'))
    };
    let values = [(0, first), (first.digits(), second), (first.digits() + second.digits(), third)]
        .map(|(from, g)| number(from, g.digits()));
    let year = |value: u32| (1900..2100).contains(&value);
    let calendar = |one: u32, other: u32| one.min(other) <= 12 && one.max(other) <= 31 && one.min(other) > 0;
    match (first.digits(), third.digits()) {
        (4, 1 | 2) => year(values[0]) && calendar(values[1], values[2]),
        (1 | 2, 4) => year(values[2]) && calendar(values[0], values[1]),
        _ => false,
    }
}
