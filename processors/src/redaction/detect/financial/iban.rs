//! Bank account numbers after ISO 13616: the country's length and structure, and the remainder by 97.

use std::ops::Range;

use crate::redaction::detect::contact::edges;

/// The longest number of the registry.
const LENGTH_MAX: usize = 34;

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

/// The number whose check digits begin at `first`, the start of a run of digits.
pub(super) fn at(text: &str, first: usize) -> Option<Range<usize>> {
    let bytes = text.as_bytes();
    let start = first.checked_sub(2)?;
    if !bytes[start..first].iter().all(u8::is_ascii_alphabetic) || !bytes.get(first + 1).is_some_and(u8::is_ascii_digit)
    {
        return None;
    }
    let country = [bytes[start], bytes[start + 1]].map(|byte| byte.to_ascii_uppercase());
    let structure = structure(country)?;
    if !edges::free_before(text, start) {
        return None;
    }
    let length = 4 + parts(structure).map(|(count, _)| count).sum::<usize>();
    let (number, end) = read(bytes, start, length)?;
    let number = &number[..length];
    (edges::free_after(text, end) && is_iban(number)).then_some(start..end)
}

/// Whether a number in upper case, without separators, is sound.
pub(super) fn is_iban(number: &[u8]) -> bool {
    let [first, second, bban @ ..] = number else { return false };
    let Some(structure) = structure([*first, *second]) else { return false };
    let (mut rest, mut sound) = (&bban[2..], true);
    for (count, class) in parts(structure) {
        let Some((part, after)) = rest.split_at_checked(count) else { return false };
        sound &= part.iter().all(|byte| match class {
            b'n' => byte.is_ascii_digit(),
            b'a' => byte.is_ascii_uppercase(),
            _ => byte.is_ascii_digit() || byte.is_ascii_uppercase(),
        });
        rest = after;
    }
    sound && rest.is_empty() && bban[..2].iter().all(u8::is_ascii_digit) && remainder(number) == 1
}

/// The countries and their structures, for made-up numbers.
#[cfg(any(test, feature = "samples"))]
pub(super) fn countries() -> &'static [([u8; 2], &'static str)] {
    COUNTRIES
}

/// The parts of a structure: how many characters of what class.
pub(super) fn parts(structure: &str) -> impl Iterator<Item = (usize, u8)> + '_ {
    structure.split_inclusive(['n', 'a', 'c']).filter_map(|part| {
        let (count, class) = part.split_at(part.len() - 1);
        Some((count.parse().ok()?, class.as_bytes()[0]))
    })
}

/// The remainder by 97 of the number with its first four characters last, letters counting from ten.
pub(super) fn remainder(number: &[u8]) -> u32 {
    // Divided when there is no room for another character.
    const FULL: u64 = 1 << 56;
    let add = |sum: u64, byte: &u8| {
        let sum = if sum < FULL { sum } else { sum % 97 };
        match byte {
            b'0'..=b'9' => sum * 10 + u64::from(byte - b'0'),
            _ => sum * 100 + u64::from(byte.to_ascii_uppercase() - b'A') + 10,
        }
    };
    let (head, rest) = number.split_at(4);
    (head.iter().fold(rest.iter().fold(0, add), add) % 97) as u32
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

fn structure(country: [u8; 2]) -> Option<&'static str> {
    let letter = |byte: u8| byte.is_ascii_uppercase().then(|| usize::from(byte - b'A'));
    let place = BY_CODE[letter(country[0])? * 26 + letter(country[1])?];
    COUNTRIES.get(usize::from(place)).map(|known| known.1)
}

/// Reads so many letters and digits from `start`, skipping single separators of one kind, and where they end. All
/// letters are of one case; they are given in upper case.
fn read(bytes: &[u8], start: usize, length: usize) -> Option<([u8; LENGTH_MAX], usize)> {
    let mut number = [0; LENGTH_MAX];
    let (mut at, mut gap) = (start, None);
    for place in number.iter_mut().take(length) {
        let mut byte = *bytes.get(at)?;
        if !byte.is_ascii_alphanumeric() {
            let (separator, width) = edges::separator(&bytes[at..]).filter(|(kind, _)| matches!(kind, b' ' | b'-'))?;
            if *gap.get_or_insert(separator) != separator {
                return None;
            }
            at += width;
            byte = *bytes.get(at)?;
        }
        let other_case = byte.is_ascii_alphabetic() && byte.is_ascii_uppercase() != bytes[start].is_ascii_uppercase();
        if !byte.is_ascii_alphanumeric() || other_case {
            return None;
        }
        *place = byte.to_ascii_uppercase();
        at += 1;
    }
    Some((number, at))
}

#[cfg(test)]
mod tests;
