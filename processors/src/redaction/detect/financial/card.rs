//! Payment card numbers: issuer range, length of the brand, Luhn, and digits grouped as cards show them.

use std::ops::Range;

use crate::redaction::detect::contact::edges;
use crate::redaction::detect::marks::Ahead;

/// The most digits of a card number (ISO/IEC 7812).
const DIGITS_MAX: usize = 19;
/// The fewest.
const DIGITS_MIN: usize = 12;
/// How many digits tell the issuer.
const ISSUER: usize = 6;
/// Fewer digits than this and one, in groups, are as likely a number of another kind (Aadhaar is 4-4-4).
const SHORT: usize = 13;
/// The most groups: 4-4-4-4-3.
const GROUPS_MAX: usize = 5;
/// The bytes of the widest separator.
const GAP_MAX: usize = 3;

/// Issuer ranges (the first six digits, from and to) and the lengths of their numbers (shortest, longest).
const BRANDS: &[(u32, u32, usize, usize)] = &[
    // Universal Air Travel Plan
    (100_000, 199_999, 15, 15),
    // Mir, Mastercard
    (220_000, 220_499, 16, 19),
    (222_100, 272_099, 16, 16),
    // Diners Club, JCB
    (300_000, 305_999, 14, 19),
    (309_500, 309_599, 14, 19),
    (340_000, 349_999, 15, 15),
    (352_800, 358_999, 16, 19),
    (360_000, 369_999, 14, 19),
    (370_000, 379_999, 15, 15),
    (380_000, 399_999, 14, 19),
    // Visa
    (400_000, 499_999, 16, 16),
    (400_000, 499_999, 13, 13),
    (400_000, 499_999, 19, 19),
    // Maestro, Verve, Elo, RuPay
    (500_000, 509_999, 12, 19),
    (510_000, 559_999, 16, 16),
    (560_000, 589_999, 12, 19),
    // Discover, UnionPay, InterPayment, InstaPayment, Hipercard, Maestro
    (600_000, 699_999, 16, 19),
    (630_400, 630_499, 12, 19),
    (670_000, 679_999, 12, 19),
    // RuPay, UnionPay, UzCard, Troy, Humo
    (810_000, 829_999, 16, 19),
    (860_000, 860_099, 16, 16),
    (979_200, 979_299, 16, 16),
    (986_000, 986_099, 16, 16),
];

/// How the groups of a card are cut, where not by four; none begins as those do.
const CUTS: [Cut; 7] = [
    Cut::of(&[4, 6, 5], true),
    Cut::of(&[4, 6, 4], true),
    Cut::of(&[8, 8], false),
    Cut::of(&[4, 5, 6], true),
    Cut::of(&[6, 13], false),
    Cut::of(&[8, 11], false),
    Cut::of(&[4, 7, 4], true),
];

/// The groups of a card: four bits each have how many digits, the first in the lowest.
#[derive(Clone, Copy, Debug)]
struct Cut {
    groups: u32,
    /// Whether cards show it. Two numbers beside one another are cut as the others, too.
    usual: bool,
}

impl Cut {
    const fn of(lengths: &[u32], usual: bool) -> Self {
        let (mut groups, mut at) = (0, 0);
        while at < lengths.len() {
            groups |= lengths[at] << (4 * at);
            at += 1;
        }
        Self { groups, usual }
    }
}

/// Brands whose bare numbers are common enough, and distinct enough from other numbers, to count without a word.
const SURE: &[(u32, u32, usize)] = &[
    (222_100, 272_099, 16),
    (340_000, 349_999, 15),
    (352_800, 358_999, 16),
    (370_000, 379_999, 15),
    (400_000, 499_999, 16),
    (510_000, 559_999, 16),
    (601_100, 601_199, 16),
    (620_000, 629_999, 16),
    (644_000, 659_999, 16),
];

/// A card number, and whether it says so by itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Card {
    pub(super) span: Range<usize>,
    pub(super) sure: bool,
}

/// With how many digits, a bit for each, the first group of a card begins: of four, or as [`CUTS`] has it, or all.
const BEGINS: u32 = 1 << 4 | 1 << 6 | 1 << 8 | ((2 << DIGITS_MAX) - (1 << DIGITS_MIN));

/// With how many digits, a bit for each, a second group goes on behind a first one of so many.
static FOLLOWS: [u32; DIGITS_MIN] = {
    let (mut follows, mut at) = ([0; DIGITS_MIN], 0);
    follows[4] |= 1 << 4;
    while at < CUTS.len() {
        let groups = CUTS[at].groups;
        follows[(groups & 15) as usize] |= 1 << (groups >> 4 & 15);
        at += 1;
    }
    follows
};

/// The card number that begins at `first`, the start of a run of digits.
#[inline(always)]
pub(super) fn at(text: &str, first: usize, ahead: Ahead) -> Option<Card> {
    let digits = ahead.run(0);
    if digits > DIGITS_MAX || BEGINS >> digits & 1 == 0 {
        return None;
    }
    let bytes = text.as_bytes();
    let [ten, one, ..] = bytes[first..] else { return None };
    // Nobody issues most numbers, however they go on.
    let lengths = BY_TWO[usize::from((ten - b'0') * 10 + one - b'0')];
    let (cut, counts) = if digits < DIGITS_MIN { cut_of(ahead, lengths) } else { (0, lengths >> digits & 1) };
    if counts == 0 || !edges::free_before(text, first) || part_of_more(bytes, first) {
        return None;
    }
    if digits < DIGITS_MIN { grouped(text, first, ahead, (cut, counts)) } else { whole(text, first..first + digits) }
}

/// A card number in one run of digits, of which the length may be one.
fn whole(text: &str, span: Range<usize>) -> Option<Card> {
    let mut digits = Digits::default();
    digits.add(&text.as_bytes()[span.clone()]);
    (digits.are_card() && ends(text, span.end, None)).then(|| Card { sure: is_sure(digits.read()), span })
}

/// How the groups that may be a card are cut, as [`Cut`] has it, and which counts of them may be one, a bit each: without
/// a look at the text, of an issuer that gives out the `lengths`.
#[inline(always)]
fn cut_of(ahead: Ahead, lengths: u32) -> (u32, u32) {
    let (one, fours) = (ahead.run(0), ahead.fours());
    let (totals, cut) = BY_FOUR[fours];
    if cut != 0 {
        let totals = totals & lengths;
        let [of_four, of_five] = [totals & 0b1111 << 13, totals >> 17].map(|totals| u32::from(totals != 0));
        return (cut, (totals >> 12 & 1) << 3 | of_four << 4 | of_five << 5);
    }
    let gap = ahead.gap(one);
    if lengths == 0 || gap > GAP_MAX {
        return (0, 0);
    }
    let two = ahead.run(one + gap);
    if two >= u32::BITS as usize || FOLLOWS[one] >> two & 1 == 0 {
        return (0, 0);
    }
    let skip = one + gap + two;
    if two == 4 { cut_by_four(ahead, skip, lengths) } else { cut_known(ahead, skip, (one, two, lengths)) }
}

/// By how many bytes are [cut by four](Ahead::fours): how many digits, a bit each, the groups of a card have together that
/// begins so, and how they are cut, as [`Cut`] has it. Nothing where it may be cut otherwise, or a gap is wider.
static BY_FOUR: [(u32, u32); Ahead::FOURS + 1] = {
    let (mut all, mut fours) = ([(0, 0); Ahead::FOURS + 1], 5);
    while fours < all.len() {
        // A wider gap, or a second group of more.
        if fours % 5 == 0 || fours == 9 {
            fours += 1;
            continue;
        }
        // A group that goes on where a gap should be is longer.
        let (mut groups, last) = (fours / 5, if fours % 5 < 4 { fours % 5 } else { 0 });
        let total = groups * 4 + last;
        let mut totals = if last > 0 && total >= DIGITS_MIN && total <= DIGITS_MAX { 1 << total } else { 0 };
        let mut cut = (last as u32) << (4 * groups);
        while groups > 0 {
            if groups * 4 >= DIGITS_MIN && groups * 4 <= DIGITS_MAX {
                totals |= 1 << (groups * 4);
            }
            groups -= 1;
            cut |= 4 << (4 * groups);
        }
        all[fours] = (totals, cut);
        fours += 1;
    }
    all
};

/// As [`cut_of`], of two groups of four, which end after `skip` bytes.
fn cut_by_four(ahead: Ahead, mut skip: usize, lengths: u32) -> (u32, u32) {
    let (mut cut, mut counts, mut total) = (0x44, 0, 8);
    for group in 2..GROUPS_MAX {
        let gap = ahead.gap(skip);
        let digits = ahead.run((skip + gap).min(Ahead::BYTES - 1));
        (total, skip) = (total + digits, skip + gap + digits);
        if gap > GAP_MAX || digits > 4 || total > DIGITS_MAX {
            break;
        }
        cut |= (digits as u32) << (4 * group);
        counts |= (u32::from(total >= DIGITS_MIN) & lengths >> total) << (group + 1);
        if digits < 4 {
            break;
        }
    }
    (cut, counts)
}

/// As [`cut_of`], of two groups that begin one of [`CUTS`], and end after `skip` bytes.
fn cut_known(ahead: Ahead, skip: usize, (one, two, lengths): (usize, usize, u32)) -> (u32, u32) {
    let is = |cut: u32, total: usize| {
        let known = || CUTS.iter().any(|known| known.groups == cut);
        u32::from((DIGITS_MIN..=DIGITS_MAX).contains(&total) && lengths >> total & 1 == 1 && known())
    };
    let (cut, total, gap) = ((two << 4 | one) as u32, one + two, ahead.gap(skip));
    let of_two = is(cut, total) << 2;
    if gap > GAP_MAX {
        return (cut, of_two);
    }
    let three = ahead.run(skip + gap);
    if total + three > DIGITS_MAX {
        return (cut, of_two);
    }
    let cut = cut | (three as u32) << 8;
    (cut, of_two | is(cut, total + three) << 3)
}

/// A card number in groups, the longest that is one: they are cut so, and so many of them may be.
fn grouped(text: &str, first: usize, ahead: Ahead, (cut, counts): (u32, u32)) -> Option<Card> {
    let bytes = text.as_bytes();
    let groups = u32::BITS - 1 - counts.leading_zeros();
    let (mut digits, mut at, mut gap, mut card) = (Digits::default(), first, None, None);
    for group in 0..groups {
        let length = (cut >> (4 * group) & 15) as usize;
        // One kind of separator, and one of it: what comes after two spaces is another number.
        if group > 0 {
            let Some((separator, width)) = edges::separator(&bytes[at..]) else { break };
            if width != ahead.gap(at - first) || *gap.get_or_insert(separator) != separator {
                break;
            }
            at += width;
        }
        let next = &bytes[at..at + length];
        match next.first_chunk::<4>().filter(|_| length == 4) {
            Some(four) => digits.add(four),
            None => digits.add(next),
        }
        at += length;
        if counts >> (group + 1) & 1 == 1 && digits.are_card() && ends(text, at, gap) {
            let cut = cut & ((1 << (4 * (group + 1))) - 1);
            let unusual = CUTS.iter().any(|known| known.groups == cut && !known.usual);
            card = Some(Card { span: first..at, sure: digits.read > SHORT && !unusual });
        }
    }
    card
}

/// The digits of a number, the first of them first: as many words as the longest takes.
#[derive(Clone, Copy, Debug)]
struct Digits {
    bytes: [u8; DIGITS_MAX.next_multiple_of(WORD)],
    read: usize,
}

/// The bytes of a word.
const WORD: usize = size_of::<u64>();

/// None yet: zeros stand for those that are not read, and count for nothing.
impl Default for Digits {
    fn default() -> Self {
        Self { bytes: [b'0'; _], read: 0 }
    }
}

impl Digits {
    #[inline(always)]
    fn add(&mut self, digits: &[u8]) {
        self.bytes[self.read..self.read + digits.len()].copy_from_slice(digits);
        self.read += digits.len();
    }

    fn read(&self) -> &[u8] {
        &self.bytes[..self.read]
    }

    /// Whether they have the range and length of a brand, and a right check digit.
    fn are_card(&self) -> bool {
        // Most have a wrong check digit.
        self.luhn() && lengths_of(&self.bytes) >> self.read & 1 == 1
    }

    /// ISO/IEC 7812-1: every second digit doubled, from the right; eight digits at a time.
    #[inline]
    fn luhn(&self) -> bool {
        const ONES: u64 = 0x0101_0101_0101_0101;
        // The first digit is in the lowest byte, and the one before the last is doubled.
        let doubled = if self.read.is_multiple_of(2) { 0x00ff_00ff_00ff_00ff } else { 0xff00_ff00_ff00_ff00 };
        let (words, _) = self.bytes.as_chunks::<WORD>();
        let sums = words.iter().fold(0, |sums, word| {
            let digits = u64::from_le_bytes(*word) ^ (ONES * u64::from(b'0'));
            let twice = digits & doubled;
            // From five on twice a digit is more than nine, and nine is taken off: three more, and a bit tells.
            let over = (twice + ONES * 3) >> 3 & ONES;
            sums + digits + twice - over * 9
        });
        // No byte has more than three nines, and all bytes together less than a byte holds.
        (sums.wrapping_mul(ONES) >> (u64::BITS - 8)).is_multiple_of(10)
    }
}

/// Whether the digits have the range and length of a brand, and a right check digit.
#[cfg(test)]
pub(super) fn is_card(digits: &[u8]) -> bool {
    if !(DIGITS_MIN..=DIGITS_MAX).contains(&digits.len()) {
        return false;
    }
    let mut all = Digits::default();
    all.add(digits);
    all.are_card()
}

/// The lengths of the numbers that the issuer gives out who has the first digits: a bit for each.
fn lengths_of(digits: &[u8]) -> u32 {
    let issuer = issuer(digits);
    match BY_TWO[(issuer / 10_000) as usize] {
        MIXED => lengths_among(issuer, issuer),
        lengths => lengths,
    }
}

/// In place of lengths: not all issuers with these two digits have the same.
const MIXED: u32 = !0;

/// The lengths by the first two digits, which tell them of most issuers.
static BY_TWO: [u32; 100] = {
    let (mut by_two, mut two) = ([0; 100], 0);
    while two < 100 {
        let from = two as u32 * 10_000;
        by_two[two] = lengths_among(from, from + 9_999);
        two += 1;
    }
    by_two
};

/// The lengths that all these issuers give out, or [`MIXED`].
const fn lengths_among(first: u32, last: u32) -> u32 {
    let (mut lengths, mut at) = (0, 0);
    while at < BRANDS.len() {
        let (from, to, shortest, longest) = BRANDS[at];
        if from <= first && last <= to {
            lengths |= (2 << longest) - (1 << shortest);
        } else if from <= last && first <= to {
            return MIXED;
        }
        at += 1;
    }
    lengths
}

fn issuer(digits: &[u8]) -> u32 {
    digits[..ISSUER].iter().fold(0, |issuer, digit| issuer * 10 + u32::from(digit - b'0'))
}

fn is_sure(digits: &[u8]) -> bool {
    let issuer = issuer(digits);
    SURE.iter().any(|(from, to, length)| (*from..=*to).contains(&issuer) && *length == digits.len())
}

/// Whether the number ends here, and not in a longer row with the same separator, a fraction or a word.
fn ends(text: &str, at: usize, gap: Option<u8>) -> bool {
    let after = &text.as_bytes()[at..];
    let goes_on = match after {
        [separator @ (b'.' | b'-' | b'+'), next, ..] => {
            next.is_ascii_digit() && (*separator == b'.' || gap == Some(*separator))
        }
        _ => false,
    };
    !goes_on && edges::free_after(text, at)
}

/// Whether the digits are the rest of a decimal number or of an identifier with hyphens.
fn part_of_more(bytes: &[u8], first: usize) -> bool {
    match &bytes[..first] {
        [.., before, b'.'] => before.is_ascii_digit(),
        [.., before, b'-'] => before.is_ascii_digit() && bytes.get(first + 4) == Some(&b'-'),
        _ => false,
    }
}

#[cfg(test)]
mod tests;
