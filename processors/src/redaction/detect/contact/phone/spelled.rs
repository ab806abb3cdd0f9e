//! Numbers as people write them: groups of digits with spaces, hyphens, dots, slashes and parentheses between.
//!
//! Numbers are read at every digit of some texts. So nothing is copied: how many digits the groups have is kept as the
//! bytes of a word, which a cut is compared with at once, and the digits are left where they stand.

use super::plans::DIGITS_MAX;
use crate::redaction::detect::marks::Ahead;

/// More groups than any country writes: a byte each in a word.
pub(super) const GROUPS_MAX: usize = 8;
/// The most digits read: a whole international number with its prefix, and one more to see that it is too long.
pub(super) const DIGITS_ROOM: usize = DIGITS_MAX + 4;
/// The widest gap: parentheses with a space inside, and three separators of three bytes.
const GAP_MAX: usize = 13;
/// A one in every byte.
const ONES: u64 = 0x0101_0101_0101_0101;
/// The highest bit of every byte.
const HIGHS: u64 = 0x8080_8080_8080_8080;

/// In the byte of each group how many are before it.
const GAPS_BEFORE: u64 = 0x0706_0504_0302_0100;

/// What stands before a group.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub(super) enum Gap {
    /// Nothing: the first group.
    None,
    /// A space of any width, or a parenthesis.
    Space,
    /// A hyphen or dash.
    Dash,
    /// A dot.
    Dot,
    /// A slash.
    Slash,
}

/// A number read group by group. A byte for each group, the first in the lowest, has how many digits it has, what stands
/// before it, and where it is.
#[derive(Clone, Copy, Debug)]
pub(super) struct Spelled<'a> {
    text: &'a [u8],
    /// Where the places below begin.
    start: usize,
    read: usize,
    lengths: Lengths,
    gaps: u64,
    /// Where the digits begin.
    firsts: u64,
    /// The byte after, the closing parenthesis included.
    ends: u64,
    /// Whether it stands in parentheses.
    enclosed: u64,
}

impl<'a> Spelled<'a> {
    fn none(text: &'a [u8], start: usize) -> Self {
        Self { text, start, read: 0, lengths: Lengths(0), gaps: 0, firsts: 0, ends: 0, enclosed: 0 }
    }

    /// Reads the groups from `first` on, of which all gaps are one byte, as nearly all are. None where there is another,
    /// that more may stand behind.
    #[inline]
    pub(super) fn narrow(text: &'a [u8], first: usize, ahead: Ahead) -> Option<Self> {
        let (mut lengths, mut gaps, mut place) = (0, 0, 0);
        let (mut skip, mut room, mut gap) = (0, DIGITS_ROOM, Gap::None);
        // So few digits and gaps are told of.
        while place < 8 * GROUPS_MAX {
            let digits = ahead.run(skip);
            if digits == 0 {
                // Where no digit is near, nothing goes on.
                let near = ahead.gap(skip) < GAP_MAX && text.get(first + skip).is_some_and(|byte| separates(*byte));
                if near {
                    return None;
                }
                break;
            }
            if digits > room {
                break;
            }
            lengths |= (digits as u64) << place;
            gaps |= (gap as u64) << place;
            (place, room, skip) = (place + 8, room - digits, skip + digits);
            let Some(byte) = text.get(first + skip) else { break };
            gap = GAPS[usize::from(*byte)]?;
            if gap == Gap::None {
                break;
            }
            skip += 1;
        }
        let (lengths, read) = (Lengths(lengths), place / 8);
        // Each ends behind its digits and all before it, and a gap for each of them.
        let ends = Lengths(lengths.0.wrapping_mul(ONES) + GAPS_BEFORE).first(read).0;
        Some(Self { text, start: first, read, lengths, gaps, firsts: ends - lengths.0, ends, enclosed: 0 })
    }

    /// Reads as many groups as may belong together, from `start`: a digit or an opening parenthesis. No digit of them
    /// stands before `first`, from where `ahead` tells them.
    pub(super) fn read(text: &'a [u8], start: usize, (first, ahead): (usize, Ahead)) -> Self {
        let mut spelled = Self::none(text, start);
        let run = |at: usize| match at - first {
            near if near + DIGITS_ROOM < Ahead::BYTES => ahead.run(near),
            _ => text[at..].iter().take(DIGITS_ROOM + 1).take_while(|byte| byte.is_ascii_digit()).count(),
        };
        let (mut at, mut gap, mut room) = (start, Gap::None, DIGITS_ROOM);
        for group in 0..GROUPS_MAX {
            let enclosed = text.get(at) == Some(&b'(');
            let first = if enclosed { skip_spaces(text, at + 1) } else { at };
            let digits = run(first);
            if digits == 0 || digits > room {
                break;
            }
            let mut end = first + digits;
            if enclosed {
                end = skip_spaces(text, end);
                if text.get(end) != Some(&b')') {
                    break;
                }
                end += 1;
            }
            room -= digits;
            let place = 8 * group;
            spelled.lengths.0 |= (digits as u64) << place;
            spelled.gaps |= (gap as u64) << place;
            // Groups, gaps and parentheses of so many digits are far shorter than what a byte tells.
            spelled.firsts |= ((first - start) as u64) << place;
            spelled.ends |= ((end - start) as u64) << place;
            spelled.enclosed |= u64::from(enclosed) << place;
            spelled.read = group + 1;
            let Some((next, between)) = gap_after(text, end, enclosed) else { break };
            (at, gap) = (next, between);
        }
        spelled
    }

    /// How many groups there are.
    pub(super) fn groups(&self) -> usize {
        self.read
    }

    /// How many digits a group has: the first is 0.
    pub(super) fn length(&self, group: usize) -> usize {
        self.lengths.group(group)
    }

    /// How many digits the groups have.
    pub(super) fn lengths(&self) -> Lengths {
        self.lengths
    }

    /// Whether that stands before a group.
    pub(super) fn is_gap(&self, group: usize, gap: Gap) -> bool {
        self.gaps >> (8 * group) & 0xff == gap as u64
    }

    /// Whether the same stands before both groups.
    pub(super) fn is_same_gap(&self, group: usize, other: usize) -> bool {
        (self.gaps >> (8 * group) ^ self.gaps >> (8 * other)) & 0xff == 0
    }

    /// The first group from `least` on before which that stands.
    pub(super) fn first_gap(&self, least: usize, gap: Gap) -> Option<usize> {
        (least..self.read).find(|group| self.is_gap(*group, gap))
    }

    /// Whether all that stands between groups is a space or a hyphen.
    pub(super) fn is_plain(&self) -> bool {
        // Both others are more than two.
        (self.gaps + ONES) & (ONES << 2) == 0
    }

    /// Whether a group stands in parentheses.
    pub(super) fn is_enclosed(&self, group: usize) -> bool {
        self.enclosed >> (8 * group) & 1 == 1
    }

    /// The digits of a group.
    #[inline]
    pub(super) fn digits(&self, group: usize) -> &'a [u8] {
        let first = self.start + (self.firsts >> (8 * group) & 0xff) as usize;
        &self.text[first..first + self.length(group)]
    }

    /// The digit at a place, in whatever group it is.
    #[inline]
    pub(super) fn digit(&self, place: usize) -> Option<u8> {
        if place < self.length(0) { Some(self.digits(0)[place]) } else { self.digit_behind(place) }
    }

    /// As [`Self::digit`], of one that is not in the first group.
    fn digit_behind(&self, mut place: usize) -> Option<u8> {
        for group in 0..self.read {
            if let Some(digit) = self.digits(group).get(place) {
                return Some(*digit);
            }
            place -= self.length(group);
        }
        None
    }

    /// The first digits, as many as there are.
    pub(super) fn head<const N: usize>(&self) -> [Option<u8>; N] {
        std::array::from_fn(|place| self.digit(place))
    }

    /// Where the last of the first `groups` groups ends, the closing parenthesis included.
    pub(super) fn end(&self, groups: usize) -> usize {
        self.start + (self.ends >> (8 * (groups - 1)) & 0xff) as usize
    }

    /// The counts of groups which have `least` to `most` digits together.
    #[inline]
    pub(super) fn having(&self, least: usize, most: usize) -> Counts {
        self.lengths.having(least, most).up_to(self.read)
    }
}

/// How many digits each group has, the first in the lowest byte.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Lengths(u64);

impl Lengths {
    /// Those of groups; the first eight.
    pub(super) const fn of(groups: &[usize]) -> Self {
        let (mut lengths, mut at) = (0, 0);
        while at < groups.len() {
            lengths |= (groups[at] as u64) << (8 * at);
            at += 1;
        }
        Self(lengths)
    }

    /// All bits of the lengths of so many groups, fewer than all.
    pub(super) const fn mask(groups: usize) -> Self {
        Self((1 << (8 * groups)) - 1)
    }

    /// Those that a mask has.
    #[inline]
    pub(super) const fn of_mask(self, mask: Self) -> Self {
        Self(self.0 & mask.0)
    }

    /// That of a group.
    pub(super) const fn group(self, group: usize) -> usize {
        (self.0 >> (8 * group) & 0xff) as usize
    }

    /// Those of the first `groups` groups.
    pub(super) fn first(self, groups: usize) -> Self {
        Self(if groups < GROUPS_MAX { self.0 & ((1 << (8 * groups)) - 1) } else { self.0 })
    }

    /// Those behind the first group.
    pub(super) fn rest(self) -> Self {
        Self(self.0 >> 8)
    }

    /// With one digit less in a group, which has one.
    pub(super) fn shortened(self, group: usize) -> Self {
        Self(self.0 - (1 << (8 * group)))
    }

    /// With so many digits before the first group.
    pub(super) fn with_code(self, digits: usize) -> Self {
        Self(self.0 + digits as u64)
    }

    /// How many digits the first `groups` groups have together.
    pub(super) fn total(self, groups: usize) -> usize {
        self.first(groups).0.wrapping_mul(ONES) as usize >> (8 * (GROUPS_MAX - 1))
    }

    /// The counts of groups which have `least` to `most` digits together; whether there are so many is not looked at.
    #[inline]
    pub(super) fn having(self, least: usize, most: usize) -> Counts {
        // Each byte with all before it. No sum reaches the highest bit, so that nothing is borrowed from the next.
        let sums = self.0.wrapping_mul(ONES);
        let (least, most) = (ONES * least as u64, ONES * most as u64);
        Counts((sums | HIGHS).wrapping_sub(least) & (most | HIGHS).wrapping_sub(sums) & HIGHS)
    }
}

/// Some of the counts of groups that a number may have: the highest bit of the first byte for one of them, and so on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Counts(u64);

impl Counts {
    pub(super) const NONE: Self = Self(0);

    /// This count alone.
    pub(super) const fn only(count: usize) -> Self {
        Self(0x80 << (8 * (count - 1)))
    }

    /// Those of so many groups and fewer.
    pub(super) fn up_to(self, most: usize) -> Self {
        Self(if most < GROUPS_MAX { self.0 & ((1 << (8 * most)) - 1) } else { self.0 })
    }

    /// Those of so many groups and more.
    pub(super) fn from(self, least: usize) -> Self {
        Self(self.0 >> (8 * (least - 1)) << (8 * (least - 1)))
    }

    /// Those of either.
    pub(super) fn or(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// Those of both.
    pub(super) fn and(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }

    /// Without those of the other.
    pub(super) fn without(self, other: Self) -> Self {
        Self(self.0 & !other.0)
    }

    /// The least.
    pub(super) fn least(self) -> Option<usize> {
        (self.0 != 0).then(|| self.0.trailing_zeros() as usize / 8 + 1)
    }

    /// The most.
    pub(super) fn most(self) -> Option<usize> {
        (self.0 != 0).then(|| GROUPS_MAX - self.0.leading_zeros() as usize / 8)
    }
}

/// Whether more groups may stand behind digits that end at `at`, and that no parenthesis encloses.
#[inline]
pub(super) fn goes_on(text: &[u8], at: usize) -> bool {
    let Some([first, second, ..]) = text.get(at..) else { return false };
    match GAPS[usize::from(*first)] {
        None => true,
        Some(Gap::None) => false,
        Some(_) => second.is_ascii_digit() || separates(*second),
    }
}

/// Whether the byte may stand in a gap, behind its first.
#[inline]
fn separates(byte: u8) -> bool {
    matches!(byte, b' ' | b'-' | b'.' | b'/' | b'(' | 0x80..)
}

/// The gaps that one byte is, where a digit follows: [`Gap::None`] is none. Nothing for what may begin a wider one.
static GAPS: [Option<Gap>; 256] = {
    let (mut gaps, mut byte) = ([Some(Gap::None); 256], 0);
    while byte < 256 {
        gaps[byte] = match byte as u8 {
            b'(' | 0xc2 | 0xe2 => None,
            byte => match narrow_gap(byte) {
                None => Some(Gap::None),
                gap => gap,
            },
        };
        byte += 1;
    }
    gaps
};

/// Where the next group begins, and what stands between. After a parenthesis nothing need.
#[inline]
fn gap_after(text: &[u8], end: usize, enclosed: bool) -> Option<(usize, Gap)> {
    // Nearly all gaps are one byte before a digit.
    if let [byte, next, ..] = text.get(end..)?
        && let Some(gap) = narrow_gap(*byte)
        && next.is_ascii_digit()
    {
        return Some((end + 1, gap));
    }
    wide_gap_after(text, end, enclosed)
}

fn wide_gap_after(text: &[u8], end: usize, enclosed: bool) -> Option<(usize, Gap)> {
    let starts = |at: usize| text.get(at).is_some_and(|byte| byte.is_ascii_digit() || *byte == b'(');
    if starts(end) && (enclosed || text[end] == b'(') {
        return Some((end, Gap::Space));
    }
    let (end, gap) = one_gap(text, end)?;
    if starts(end) {
        return Some((end, gap));
    }
    // ` - ` and `) - ` are one gap, two spaces are none: columns of a table have them.
    let (end, inner) = one_gap(text, end).filter(|(_, inner)| *inner != gap)?;
    if starts(end) {
        return Some((end, if gap == Gap::Space { inner } else { gap }));
    }
    let (end, outer) = one_gap(text, end)?;
    (starts(end) && gap == Gap::Space && inner == Gap::Dash && outer == Gap::Space).then_some((end, Gap::Dash))
}

/// One separator, whatever its length in bytes.
fn one_gap(text: &[u8], at: usize) -> Option<(usize, Gap)> {
    match text.get(at..)? {
        // No-break space; thin and narrow spaces; hyphens and dashes.
        [0xc2, 0xa0, ..] => Some((at + 2, Gap::Space)),
        [0xe2, 0x80, 0x80..=0x8a | 0xaf, ..] => Some((at + 3, Gap::Space)),
        [0xe2, 0x80, 0x90..=0x95, ..] => Some((at + 3, Gap::Dash)),
        [byte, ..] => narrow_gap(*byte).map(|gap| (at + 1, gap)),
        [] => None,
    }
}

/// The separator that a byte is.
#[inline]
const fn narrow_gap(byte: u8) -> Option<Gap> {
    match byte {
        b' ' => Some(Gap::Space),
        b'-' => Some(Gap::Dash),
        b'.' => Some(Gap::Dot),
        b'/' => Some(Gap::Slash),
        _ => None,
    }
}

fn skip_spaces(text: &[u8], at: usize) -> usize {
    if text.get(at) == Some(&b' ') { at + 1 } else { at }
}

#[cfg(test)]
mod tests;
