//! Bank account numbers after ISO 13616: the country's length and structure, and the remainder by 97.

use std::ops::Range;

use crate::redaction::detect::contact::edges;
use crate::redaction::detect::marks::Ahead;

/// The countries of the SWIFT registry and, marked so, those that issue such numbers without being in it: the
/// country and the structure of what follows the check digits. `4a14n` is four letters and fourteen digits; `c` is
/// either.
#[rustfmt::skip]
const COUNTRIES: &[([u8; 2], &str)] = &[
    (*b"AD", "8n12c"), (*b"AE", "19n"), (*b"AL", "8n16c"), (*b"AT", "16n"), (*b"AZ", "4a20c"), (*b"BA", "16n"),
    (*b"BE", "12n"), (*b"BG", "4a6n8c"), (*b"BH", "4a14c"), (*b"BI", "23n"), (*b"BR", "23n1a1c"), (*b"BY", "4c4n16c"),
    (*b"CH", "5n12c"), (*b"CR", "18n"), (*b"CY", "8n16c"), (*b"CZ", "20n"), (*b"DE", "18n"), (*b"DJ", "23n"),
    (*b"DK", "14n"), (*b"DO", "4c20n"), (*b"EE", "16n"), (*b"EG", "25n"), (*b"ES", "20n"), (*b"FI", "14n"),
    (*b"FK", "2a12n"), (*b"FO", "14n"), (*b"FR", "10n11c2n"), (*b"GB", "4a14n"), (*b"GE", "2a16n"), (*b"GI", "4a15c"),
    (*b"GL", "14n"), (*b"GR", "7n16c"), (*b"GT", "24c"), (*b"HN", "4a20n"), (*b"HR", "17n"), (*b"HU", "24n"),
    (*b"IE", "4a14n"), (*b"IL", "19n"), (*b"IQ", "4a15n"), (*b"IS", "22n"), (*b"IT", "1a10n12c"), (*b"JO", "4a4n18c"),
    (*b"KW", "4a22c"), (*b"KZ", "3n13c"), (*b"LB", "4n20c"), (*b"LC", "4a24c"), (*b"LI", "5n12c"), (*b"LT", "16n"),
    (*b"LU", "3n13c"), (*b"LV", "4a13c"), (*b"LY", "21n"), (*b"MC", "10n11c2n"), (*b"MD", "20c"), (*b"ME", "18n"),
    (*b"MK", "3n10c2n"), (*b"MN", "16n"), (*b"MR", "23n"), (*b"MT", "4a5n18c"), (*b"MU", "4a19n3a"), (*b"NI", "4a20n"),
    (*b"NL", "4a10n"), (*b"NO", "11n"), (*b"OM", "3n16c"), (*b"PK", "4a16c"), (*b"PL", "24n"), (*b"PS", "4a21c"),
    (*b"PT", "21n"), (*b"QA", "4a21c"), (*b"RO", "4a16c"), (*b"RS", "18n"), (*b"RU", "14n15c"), (*b"SA", "2n18c"),
    (*b"SC", "4a20n3a"), (*b"SD", "14n"), (*b"SE", "20n"), (*b"SI", "15n"), (*b"SK", "20n"), (*b"SM", "1a10n12c"),
    (*b"SO", "19n"), (*b"ST", "21n"), (*b"SV", "4a20n"), (*b"TL", "19n"), (*b"TN", "20n"), (*b"TR", "6n16c"),
    (*b"UA", "6n19c"), (*b"VA", "18n"), (*b"VG", "4a16n"), (*b"XK", "16n"), (*b"YE", "4a4n18c"),
    // Not in the registry
    (*b"AO", "21n"), (*b"BF", "24c"), (*b"BJ", "24c"), (*b"CF", "23n"), (*b"CG", "23n"), (*b"CI", "24c"),
    (*b"CM", "23n"), (*b"CV", "21n"), (*b"DZ", "22n"), (*b"GA", "23n"), (*b"GQ", "23n"), (*b"GW", "21c"),
    (*b"IR", "22n"), (*b"KM", "23n"), (*b"MA", "24n"), (*b"MG", "23n"), (*b"ML", "24c"), (*b"MZ", "21n"),
    (*b"NE", "24c"), (*b"SN", "24c"), (*b"TD", "23n"), (*b"TG", "24c"),
];

/// What is known of a country's numbers.
#[derive(Clone, Copy, Debug)]
struct Country {
    /// How many letters and digits they have.
    length: usize,
    /// Which of them are digits, and which are letters: a bit each, the first in the lowest.
    digits: u64,
    letters: u64,
}

/// The countries in the order of [`COUNTRIES`].
static KNOWN: [Country; COUNTRIES.len()] = {
    let (mut known, mut at) = ([Country::of("0n"); COUNTRIES.len()], 0);
    while at < COUNTRIES.len() {
        known[at] = Country::of(COUNTRIES[at].1);
        at += 1;
    }
    known
};

impl Country {
    const fn of(structure: &str) -> Self {
        // Two letters and the check digits are before all structures.
        let mut country = Self { length: 4, digits: 0b1100, letters: 0b0011 };
        let (structure, mut at, mut count) = (structure.as_bytes(), 0, 0);
        while at < structure.len() {
            let part = ((1 << count) - 1) << country.length;
            match structure[at] {
                digit @ b'0'..=b'9' => count = count * 10 + (digit - b'0') as usize,
                class => {
                    country.digits |= if class == b'n' { part } else { 0 };
                    country.letters |= if class == b'a' { part } else { 0 };
                    country.length += count;
                    count = 0;
                }
            }
            at += 1;
        }
        country
    }
}

/// The number whose check digits begin at `first`, the start of a run of digits.
pub(super) fn at(text: &str, first: usize, ahead: Ahead) -> Option<Range<usize>> {
    let bytes = text.as_bytes();
    let start = first.checked_sub(2)?;
    let [one, two, _, second, ..] = bytes[start..] else { return None };
    // All letters are of one case.
    let lower = one & LOWER;
    if !one.is_ascii_alphabetic() || two & LOWER != lower || !second.is_ascii_digit() {
        return None;
    }
    let country = country([one, two].map(|byte| byte.to_ascii_uppercase()))?;
    if !edges::free_before(text, start) {
        return None;
    }
    let end = read(bytes, start, ahead, country)?;
    edges::free_after(text, end).then_some(start..end)
}

/// The bit that lower-case letters have, and capitals have not.
const LOWER: u8 = 0x20;

/// Reads a number of the country from `start`, skipping single separators of one kind, and tells where it ends. None
/// where its structure is another, or its remainder.
fn read(bytes: &[u8], start: usize, ahead: Ahead, country: &Country) -> Option<usize> {
    let (lower, checks) = (bytes[start] & LOWER, start + 2);
    let (mut at, mut gap, mut rest, mut place) = (start + 4, None, Remainder::default(), 4);
    while place < country.length {
        // Digits are most of it, and taken together.
        let known = at - checks + Remainder::MOST < Ahead::BYTES;
        let digits = if known { ahead.run(at - checks).min(Remainder::MOST).min(country.length - place) } else { 0 };
        if digits > 0 {
            if country.letters >> place & ((1 << digits) - 1) != 0 {
                return None;
            }
            rest.add_digits(&bytes[at..at + digits]);
            (at, place) = (at + digits, place + digits);
            continue;
        }
        let mut byte = *bytes.get(at)?;
        if !byte.is_ascii_alphanumeric() {
            let (separator, width) = edges::separator(&bytes[at..]).filter(|(kind, _)| matches!(kind, b' ' | b'-'))?;
            if *gap.get_or_insert(separator) != separator {
                return None;
            }
            at += width;
            byte = *bytes.get(at).filter(|byte| byte.is_ascii_alphanumeric())?;
            if known && byte.is_ascii_digit() {
                continue;
            }
        }
        let (of_others, case) = match byte {
            b'0'..=b'9' => (country.letters, lower),
            _ => (country.digits, byte & LOWER),
        };
        if of_others >> place & 1 == 1 || case != lower {
            return None;
        }
        rest.add(byte);
        (at, place) = (at + 1, place + 1);
    }
    bytes[start..start + 4].iter().for_each(|byte| rest.add(*byte));
    (rest.get() == 1).then_some(at)
}

/// What is left of a number by 97, letters counting from ten.
#[derive(Clone, Copy, Debug, Default)]
struct Remainder(u64);

impl Remainder {
    /// Divided when there is no room for another character.
    const FULL: u64 = 1 << 56;
    /// So many digits have room behind what is left by 97.
    const MOST: usize = 16;

    fn add(&mut self, byte: u8) {
        let sum = if self.0 < Self::FULL { self.0 } else { self.0 % 97 };
        self.0 = match byte {
            b'0'..=b'9' => sum * 10 + u64::from(byte - b'0'),
            _ => sum * 100 + u64::from((byte | LOWER) - b'a') + 10,
        };
    }

    /// Adds digits, [`Self::MOST`] or fewer: four, as most groups have, at once.
    #[inline]
    fn add_digits(&mut self, digits: &[u8]) {
        self.0 %= 97;
        self.0 = match digits.try_into() {
            Ok(four) => self.0 * 10_000 + four_digits(four),
            Err(_) => digits.iter().fold(self.0, |sum, digit| sum * 10 + u64::from(digit - b'0')),
        };
    }

    fn get(self) -> u64 {
        self.0 % 97
    }
}

/// The number that four digits write: pairs of them first, each in the lower of two bytes, then both pairs.
fn four_digits(digits: [u8; 4]) -> u64 {
    let each = u32::from_le_bytes(digits) ^ 0x3030_3030;
    let pairs = each.wrapping_mul(10).wrapping_add(each >> 8) & 0x00ff_00ff;
    u64::from(pairs.wrapping_mul(100 << 16 | 1) >> 16)
}

/// The countries and their structures, for made-up numbers.
#[cfg(any(test, feature = "samples"))]
pub(super) fn countries() -> &'static [([u8; 2], &'static str)] {
    COUNTRIES
}

/// The parts of a structure: how many characters of what class, for made-up numbers.
#[cfg(any(test, feature = "samples"))]
pub(super) fn parts(structure: &str) -> impl Iterator<Item = (usize, u8)> + '_ {
    structure.split_inclusive(['n', 'a', 'c']).filter_map(|part| {
        let (count, class) = part.split_at(part.len() - 1);
        Some((count.parse().ok()?, class.as_bytes()[0]))
    })
}

/// The remainder by 97 of the number with its first four characters last, for made-up numbers.
#[cfg(any(test, feature = "samples"))]
pub(super) fn remainder(number: &[u8]) -> u64 {
    let (head, bban) = number.split_at(4);
    let mut rest = Remainder::default();
    bban.iter().chain(head).for_each(|byte| rest.add(*byte));
    rest.get()
}

/// Where a country stands in [`COUNTRIES`], by its letters; behind its end where it is none.
const BY_CODE: [u8; 26 * 26] = {
    let (mut by_code, mut at) = ([u8::MAX; 26 * 26], 0);
    while at < COUNTRIES.len() {
        let [first, second] = COUNTRIES[at].0;
        by_code[(first - b'A') as usize * 26 + (second - b'A') as usize] = at as u8;
        at += 1;
    }
    by_code
};

fn country(country: [u8; 2]) -> Option<&'static Country> {
    let letter = |byte: u8| byte.is_ascii_uppercase().then(|| usize::from(byte - b'A'));
    let place = BY_CODE[letter(country[0])? * 26 + letter(country[1])?];
    KNOWN.get(usize::from(place))
}

#[cfg(test)]
mod tests;
