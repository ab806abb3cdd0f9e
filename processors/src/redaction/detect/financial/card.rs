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
const CUTS: &[&[usize]] = &[&[4, 6, 5], &[4, 6, 4], &[8, 8], &[4, 5, 6], &[6, 13], &[8, 11], &[4, 7, 4]];

/// Those that no card shows: two numbers beside one another are cut so, too.
const UNUSUAL: &[&[usize]] = &[&[8, 8], &[6, 13], &[8, 11]];

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

/// The card number that begins at `first`, the start of a run of digits.
pub(super) fn at(text: &str, first: usize, ahead: Ahead) -> Option<Card> {
    let bytes = text.as_bytes();
    if !is_worth(bytes, first, ahead) || !edges::free_before(text, first) || part_of_more(bytes, first) {
        return None;
    }
    let mut groups = [0; GROUPS_MAX];
    let mut digits = [0; 2 * DIGITS_MAX];
    let (mut count, mut read, mut at, mut gap) = (0, 0, first, None);
    let (mut card, mut lengths) = (None, None);
    while count < GROUPS_MAX {
        let room = DIGITS_MAX - read;
        let length = ahead.run(at - first);
        if length == 0 || length > room {
            break;
        }
        // As many as there may be are copied, which is one move; what is too much the next group stands over.
        match bytes[at..].first_chunk::<DIGITS_MAX>() {
            Some(chunk) => digits[read..read + DIGITS_MAX].copy_from_slice(chunk),
            None => digits[read..read + length].copy_from_slice(&bytes[at..at + length]),
        }
        groups[count] = length;
        (count, read, at) = (count + 1, read + length, at + length);
        let known = if read < ISSUER { !0 } else { *lengths.get_or_insert_with(|| lengths_of(&digits[..read])) };
        // Nobody issues such numbers, however they go on.
        if known == 0 {
            return None;
        }
        if known >> read == 0 {
            break;
        }
        let whole = read >= DIGITS_MIN && known >> read & 1 == 1 && is_cut(&groups[..count]);
        if whole && luhn(&digits[..read]) && ends(text, at, gap) {
            let usual = !UNUSUAL.contains(&&groups[..count]);
            let sure = if count > 1 { read > SHORT && usual } else { is_sure(&digits[..read]) };
            card = Some(Card { span: first..at, sure });
        }
        // One kind of separator, and one of it: what comes after two spaces is another number.
        let Some((separator, width)) = edges::separator(&bytes[at..]) else { break };
        if gap.is_some_and(|gap| gap != separator) {
            break;
        }
        (gap, at) = (Some(separator), at + width);
    }
    card
}

/// Whether a card may begin here, by a glance: four digits, and then eight more or a separator and more.
fn is_worth(bytes: &[u8], first: usize, ahead: Ahead) -> bool {
    let digits = ahead.run(0).min(DIGITS_MIN);
    let goes_on = || {
        let at = first + digits;
        edges::separator(&bytes[at..]).is_some_and(|(_, width)| bytes.get(at + width).is_some_and(u8::is_ascii_digit))
    };
    digits == DIGITS_MIN || matches!(digits, 4 | 6 | 8) && goes_on() && ahead.digits_of(GROUPS_MAX) >= DIGITS_MIN
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

/// Whether the groups are those of a card: all digits in one, by four, or as few brands have it.
fn is_cut(groups: &[usize]) -> bool {
    let [start @ .., last] = groups else { return false };
    let by_four = start.iter().all(|group| *group == 4) && *last <= 4;
    start.is_empty() || by_four || CUTS.contains(&groups)
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
