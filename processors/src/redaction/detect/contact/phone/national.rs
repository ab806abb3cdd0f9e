//! Numbers as they are dialled within a country: groups that a plan writes, or a trunk prefix.

use super::plans;
use super::spelled::{self, Counts, DIGITS_ROOM, Gap, Lengths, Spelled};
use crate::redaction::detect::marks::Ahead;

/// How the groups of a number without a trunk prefix are cut, and the digits it may begin with; by the length of the
/// first group, from one digit on.
const CUTS: [&[Cut]; 5] = [
    // Russia, with its trunk prefix
    &[cut(&[1, 3, 3, 2, 2], b"8"), cut(&[1, 3, 3, 4], b"8")],
    &[
        cut(&[2, 3, 4], b"2"),
        cut(&[2, 3, 2, 2], b"123456789"),
        // Denmark, Norway, Singapore, Hong Kong and others with eight
        cut(&[2, 2, 2, 2], b"23456789"),
        // Brazil, Mexico
        cut(&[2, 4, 4], b"123456789"),
        cut(&[2, 5, 4], b"123456789"),
    ],
    &[
        // North America, and others with ten digits
        cut(&[3, 3, 4], b"123456789"),
        cut(&[3, 7], b"23456789"),
        // Spain, Poland, Czechia and others with nine digits; Portugal
        cut(&[3, 3, 3], b"2356789"),
        cut(&[3, 2, 2, 2], b"56789"),
        // Turkey
        cut(&[3, 3, 2, 2], b"2345"),
        cut(&[3, 2, 3], b"489"),
        // China
        cut(&[3, 4, 4], b"1"),
    ],
    &[cut(&[4, 4], b"235689")],
    // India
    &[cut(&[5, 5], b"6789")],
];

/// How numbers of Turkey are cut.
const TURKISH: [Cut; 4] =
    [cut(&[3, 3, 2, 2], b"2345"), cut(&[3, 3, 4], b"2345"), cut(&[3, 7], b"2345"), cut(&[10], b"2345")];
/// The cut of North America.
const AMERICAN: Cut = cut(&[3, 3, 4], b"123456789");

/// How many digits the groups of a number have, as [`Spelled::lengths`] has it, and with which digits it may begin.
#[derive(Clone, Copy, Debug)]
struct Cut {
    lengths: Lengths,
    /// All bits of those.
    mask: Lengths,
    groups: usize,
    /// A bit for each digit.
    firsts: u16,
}

impl Cut {
    /// The count of groups that are cut so, of those that have the lengths and begin with the digit.
    #[inline]
    fn of(&self, lengths: Lengths, first: u8) -> Counts {
        let is = lengths.of_mask(self.mask) == self.lengths && self.firsts >> (first - b'0') & 1 == 1;
        if is { Counts::only(self.groups) } else { Counts::NONE }
    }
}

const fn cut(groups: &[usize], firsts: &[u8]) -> Cut {
    let (lengths, mask) = (Lengths::of(groups), Lengths::mask(groups.len()));
    let mut cut = Cut { lengths, mask, groups: groups.len(), firsts: 0 };
    let mut at = 0;
    while at < firsts.len() {
        cut.firsts |= 1 << (firsts[at] - b'0');
        at += 1;
    }
    cut
}

/// The fewest digits of a national number: an international one's, with its code first.
const DIGITS_MIN: usize = 6;
/// With which digits, a bit each, a first group of so many may begin: by the cuts known here, and the codes of countries
/// of that length. One that begins with a zero may have any.
const FIRSTS: [u16; 12] = {
    let mut firsts = [1; 12];
    firsts[1] |= 1 << 1 | 1 << 7 | 1 << 8;
    firsts[2] = !0;
    firsts[3] = !0;
    firsts[4] |= 1 << 2 | 1 << 3 | 1 << 5 | 1 << 6 | 1 << 8 | 1 << 9;
    firsts[5] |= 1 << 6 | 1 << 7 | 1 << 8 | 1 << 9;
    firsts[10] = !0;
    firsts[11] = !0;
    firsts
};

/// Whether a number as dialled within a country may have these digits for its first group.
#[inline]
pub(super) fn may_begin(digits: &[u8]) -> bool {
    let first = digits[0];
    first == b'0'
        || FIRSTS.get(digits.len()).is_some_and(|firsts| firsts >> (first - b'0') & 1 == 1)
        || first == b'1' && matches!(digits, [_, b'3' | b'8' | b'9', b'0', b'0'])
}

/// How many digits a second group has, a bit for each, behind a first one of so many that begins with the digit.
static SECOND: [[u16; 10]; CUTS.len() + 1] = {
    let (mut second, mut length) = ([[0; 10]; CUTS.len() + 1], 0);
    while length < CUTS.len() {
        let mut at = 0;
        while at < CUTS[length].len() {
            let (cut, mut first) = (CUTS[length][at], 0);
            while first < 10 {
                second[length + 1][first] |= (cut.firsts >> first & 1) << cut.lengths.group(1);
                first += 1;
            }
            at += 1;
        }
        length += 1;
    }
    second
};
/// How many digits a third group has, a bit for each, behind two of so many; the lowest where there need be none.
static THIRD: [[u16; 8]; CUTS.len() + 1] = {
    let (mut third, mut length) = ([[0; 8]; CUTS.len() + 1], 0);
    while length < CUTS.len() {
        let mut at = 0;
        while at < CUTS[length].len() {
            let lengths = CUTS[length][at].lengths;
            third[length + 1][lengths.group(1)] |= 1 << lengths.group(2);
            at += 1;
        }
        length += 1;
    }
    third
};
/// Whether a number goes on behind its first group, with which it [`may_begin`], as far as that is told by how many
/// digits the next ones have.
#[inline]
pub(super) fn may_go_on(text: &[u8], start: usize, ahead: Ahead) -> bool {
    let (first, length) = (text[start], ahead.run(0));
    let digits = &text[start..start + length];
    // Of one digit is the code of North America, of four the code of numbers that are shared: those go on in any way.
    if first == b'0' || first == b'1' && matches!(length, 1 | 4) {
        return true;
    }
    let (Some(second), Some(third)) = (SECOND.get(length), THIRD.get(length)) else { return may_stand_alone(digits) };
    // Wider gaps and parentheses are read.
    if ahead.gap(length) > 1 || text.get(start + length) == Some(&b'(') {
        return true;
    }
    let two = ahead.run(length + 1);
    let known = two < third.len() && second[usize::from(first - b'0')] >> two & 1 == 1;
    let coded = || length <= plans::CODE_MAX && plans::is_code(digits);
    let end = length + 1 + two;
    if known && third[two] & 1 == 1 {
        return true;
    }
    // A number with a code has three groups, too.
    if end >= Ahead::BYTES || !spelled::goes_on(text, start + end) {
        return false;
    }
    let next = || if ahead.gap(end) == 1 { third[two] >> ahead.run(end + 1).min(15) & 1 == 1 } else { true };
    known && next() || coded()
}

/// Whether digits in a row may be a number of any kind, alone or with others behind them.
fn may_stand_alone(digits: &[u8]) -> bool {
    is_bare(digits) || digits.len() == 10 && matches!(digits[0], b'2'..=b'5')
}

/// The fewest digits of a number whose first group is this digit.
pub(super) fn fewest(first: u8) -> usize {
    // Of one digit are the codes of North America and Russia, and the trunk prefixes.
    if first == b'0' { 8 } else { 11 }
}

/// Whether any of the groups may be a number of any kind, by a glance at their lengths; the first is one that
/// [`may_begin`] lets pass.
#[inline]
pub(super) fn may_be(spelled: &Spelled<'_>) -> bool {
    let (digits, lengths) = (spelled.digits(0), spelled.lengths());
    let first = digits[0];
    match (first, digits.len()) {
        (b'0', _) => lengths.having(8, DIGITS_ROOM) != Counts::NONE,
        (b'1', 1) => lengths.having(11, 11) != Counts::NONE,
        (b'1', 4) => lengths.having(10, 10) != Counts::NONE,
        (_, 6..) => may_stand_alone(digits),
        _ => known_cut(lengths, (first, digits.len())) != Counts::NONE || coded(spelled) != Counts::NONE,
    }
}

/// How many of the groups are a national number, the most that are. Dates are none.
pub(super) fn groups_of(spelled: &Spelled<'_>) -> Option<usize> {
    let mut counts = national(spelled).and(spelled.having(DIGITS_MIN, DIGITS_ROOM));
    if !spelled.is_plain() {
        // A dot before or after a single digit is of a decimal number or a version.
        let single = |at: &usize| spelled.length(*at) == 1 || *at == 1 && spelled.length(0) == 1;
        let dotted = (1..spelled.groups()).find(|at| spelled.is_gap(*at, Gap::Dot) && single(at));
        counts = counts.up_to(dotted.unwrap_or(spelled.groups()));
        if let Some(slash) = spelled.first_gap(2, Gap::Slash) {
            let american = counts.and(AMERICAN.of(spelled.lengths(), b'1'));
            counts = counts.up_to(slash).or(american);
        }
    }
    counts.most().filter(|_| !is_date(spelled))
}

/// The groups that are a mobile number of the Philippines: `09` and nine digits.
#[inline]
pub(super) fn philippine_groups(spelled: &Spelled<'_>) -> Option<usize> {
    let mobile = spelled.digits(0)[0] == b'0' && spelled.digit(1) == Some(b'9');
    if mobile { spelled.having(11, 11).least() } else { None }
}

/// The groups that are a number of Turkey: ten digits of an area or mobile code, cut as there, with or without the
/// trunk prefix.
pub(super) fn turkish_groups(spelled: &Spelled<'_>) -> Option<usize> {
    let cut = |lengths: Lengths, first: u8| {
        let counts = TURKISH.iter().fold(Counts::NONE, |counts, cut| counts.or(cut.of(lengths, first)));
        counts.least()
    };
    match spelled.digits(0)[0] {
        b'0' => {
            // The trunk prefix stands alone, or with the first group.
            let second = spelled.digit(1).filter(|second| matches!(second, b'2'..=b'5'))?;
            let alone = spelled.length(0) == 1;
            let lengths = if alone { spelled.lengths().rest() } else { spelled.lengths().shortened(0) };
            Some(cut(lengths, second)? + usize::from(alone))
        }
        first @ b'2'..=b'5' => cut(spelled.lengths(), first),
        _ => None,
    }
}

/// The counts of groups that are a national number by their digits.
fn national(spelled: &Spelled<'_>) -> Counts {
    let (first, length, all) = (spelled.digits(0)[0], spelled.length(0), spelled.groups());
    if first == b'0' {
        return with_trunk(spelled);
    }
    let bare = if is_bare(spelled.digits(0)) { Counts::only(1) } else { Counts::NONE };
    if all == 1 {
        return bare;
    }
    let counts = match (first, length) {
        (b'1', 1) if spelled.digits(1)[0] > b'0' => spelled.having(11, 11),
        (b'1', 1) => Counts::NONE,
        (b'1', _) if is_shared(spelled) => {
            if length == 4 {
                spelled.having(10, 10)
            } else {
                Counts::NONE
            }
        }
        _ => cut_fits(spelled, first).or(coded(spelled)),
    };
    counts.from(2).or(bare)
}

/// Numbers with a trunk prefix, or that of a call to another country.
fn with_trunk(spelled: &Spelled<'_>) -> Counts {
    let abroad = |skip: usize, least: usize| {
        let head: [u8; 5] = std::array::from_fn(|place| spelled.digit(skip + place).unwrap_or_default());
        let read = head.iter().take_while(|digit| **digit != 0).count();
        let totals = plans::totals(&head[..read]);
        totals.map_or(Counts::NONE, |totals| spelled.having(least.max(totals.start() + skip), totals.end() + skip))
    };
    let second = spelled.digit(1);
    if second == Some(b'0') {
        return abroad(2, 0);
    }
    // No group but those of trunk prefix and area is a single digit, as in a list of numbers.
    let listed = (3..spelled.groups()).find(|group| spelled.length(*group) == 1).unwrap_or(spelled.groups());
    let grouped = spelled.having(9, 12).up_to(listed).from(2);
    let bare = spelled.having(10, 11).and(Counts::only(1));
    let international =
        if second == Some(b'1') && spelled.digit(2) == Some(b'1') { abroad(3, 12) } else { Counts::NONE };
    grouped.or(bare).or(international)
}

/// Freephone and shared-cost numbers of Australia, New Zealand, Malaysia and others
fn is_shared(spelled: &Spelled<'_>) -> bool {
    matches!(spelled.head(), [Some(b'1'), Some(b'3' | b'8' | b'9'), Some(b'0'), Some(b'0')])
}

fn cut_fits(spelled: &Spelled<'_>, first: u8) -> Counts {
    let counts = known_cut(spelled.lengths(), (first, spelled.length(0)));
    let eight = counts.and(spelled.having(8, 8));
    let years = || first == b'2' && matches!(spelled.head(), [_, Some(b'0'), _, _, Some(b'2'), Some(b'0')]);
    if eight != Counts::NONE && years() { counts.without(eight) } else { counts }
}

/// The counts of groups that are cut in a known way, of those that have the lengths: with the first digit, and the
/// length of the first group.
#[inline]
fn known_cut(lengths: Lengths, (first, length): (u8, usize)) -> Counts {
    let cuts = CUTS.get(length - 1).copied().unwrap_or_default();
    cuts.iter().fold(Counts::NONE, |counts, cut| counts.or(cut.of(lengths, first)))
}

/// A country code in a group of its own, without the `+`, and the length of its plan: `91-415-555-0132`.
fn coded(spelled: &Spelled<'_>) -> Counts {
    if spelled.groups() < 3 || spelled.length(0) > 3 {
        return Counts::NONE;
    }
    let totals = plans::totals_of(spelled.digits(0));
    totals.map_or(Counts::NONE, |totals| spelled.having(*totals.start(), *totals.end()).from(3))
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
fn is_date(spelled: &Spelled<'_>) -> bool {
    if spelled.groups() < 3 || spelled.is_enclosed(0) || !spelled.is_same_gap(1, 2) || spelled.length(1) > 2 {
        return false;
    }
    let value =
        |group: usize| spelled.digits(group).iter().fold(0, |number: u32, digit| number * 10 + u32::from(digit - b'0'));
    let year = |value: u32| (1900..2100).contains(&value);
    let calendar = |one: u32, other: u32| one.min(other) <= 12 && one.max(other) <= 31 && one.min(other) > 0;
    match (spelled.length(0), spelled.length(2)) {
        (4, 1 | 2) => year(value(0)) && calendar(value(1), value(2)),
        (1 | 2, 4) => year(value(2)) && calendar(value(0), value(1)),
        _ => false,
    }
}
