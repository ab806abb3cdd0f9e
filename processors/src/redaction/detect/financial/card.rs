//! Payment card numbers: issuer range, length of the brand, Luhn, and digits grouped as cards show them.

use std::ops::Range;

use crate::redaction::detect::contact::edges;
use crate::redaction::detect::ids::checksum::luhn;
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

/// How the groups of a card are cut, where not by four.
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

/// The card number that begins at `first`, the start of a run of digits.
#[inline]
pub(super) fn at(text: &str, first: usize, ahead: Ahead) -> Option<Card> {
    let digits = ahead.run(0);
    if digits > DIGITS_MAX || BEGINS >> digits & 1 == 0 {
        return None;
    }
    let bytes = text.as_bytes();
    let [ten, one, ..] = bytes[first..] else { return None };
    // Nobody issues most numbers, however they go on.
    let lengths = BY_TWO[usize::from((ten - b'0') * 10 + one - b'0')];
    if lengths == 0 || !edges::free_before(text, first) || part_of_more(bytes, first) {
        return None;
    }
    if digits < DIGITS_MIN { grouped(text, first, ahead, lengths) } else { whole(text, first..first + digits) }
}

/// A card number in one run of digits.
fn whole(text: &str, span: Range<usize>) -> Option<Card> {
    let digits = &text.as_bytes()[span.clone()];
    let is = lengths_of(digits) >> digits.len() & 1 == 1 && luhn(digits) && ends(text, span.end, None);
    is.then(|| Card { sure: is_sure(digits), span })
}

/// How the groups that may be a card are cut, as [`Cut`] has it, and which counts of them may be one, a bit each: without
/// a look at the text, of an issuer that gives out the `lengths`.
fn cut_of(ahead: Ahead, lengths: u32) -> (u32, u32) {
    let (mut cut, mut counts, mut total, mut skip) = (0, 0, 0, 0);
    let mut by_four = true;
    for group in 0..GROUPS_MAX {
        let digits = ahead.run(skip);
        (total, skip) = (total + digits, skip + digits);
        if total > DIGITS_MAX || lengths >> total == 0 {
            break;
        }
        cut |= (digits as u32) << (4 * group);
        let known = total >= DIGITS_MIN && lengths >> total & 1 == 1;
        if known && (by_four && digits <= 4 || CUTS.iter().any(|known| known.groups == cut)) {
            counts |= 2 << group;
        }
        by_four &= digits == 4;
        let gap = ahead.gap(skip);
        // No other cut has more than three groups.
        if gap > GAP_MAX || group == 2 && !by_four {
            break;
        }
        skip += gap;
    }
    (cut, counts)
}

/// A card number in groups, the longest that is one; its issuer gives out the `lengths`.
fn grouped(text: &str, first: usize, ahead: Ahead, lengths: u32) -> Option<Card> {
    let bytes = text.as_bytes();
    let (cut, counts) = cut_of(ahead, lengths);
    let groups = (u32::BITS - counts.leading_zeros()).saturating_sub(1);
    let (mut digits, mut read, mut at, mut gap, mut card) = ([0; DIGITS_MAX], 0, first, None, None);
    for group in 0..groups {
        let length = (cut >> (4 * group) & 15) as usize;
        // One kind of separator, and one of it: what comes after two spaces is another number.
        if group > 0 {
            let Some((separator, width)) = edges::separator(&bytes[at..]) else { break };
            if ahead.run(at + width - first) != length || *gap.get_or_insert(separator) != separator {
                break;
            }
            at += width;
        }
        for digit in &bytes[at..at + length] {
            digits[read] = *digit;
            read += 1;
        }
        at += length;
        let whole = counts >> (group + 1) & 1 == 1 && lengths_of(&digits) >> read & 1 == 1;
        if whole && luhn(&digits[..read]) && ends(text, at, gap) {
            let cut = cut & ((1 << (4 * (group + 1))) - 1);
            let unusual = CUTS.iter().any(|known| known.groups == cut && !known.usual);
            card = Some(Card { span: first..at, sure: read > SHORT && !unusual });
        }
    }
    card
}

/// Whether the digits have the range and length of a brand, and a right check digit.
#[cfg(test)]
pub(super) fn is_card(digits: &[u8]) -> bool {
    if !(DIGITS_MIN..=DIGITS_MAX).contains(&digits.len()) {
        return false;
    }
    lengths_of(digits) >> digits.len() & 1 == 1 && luhn(digits)
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
const BY_TWO: [u32; 100] = {
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
