//! Whether a token looks drawn by chance, as keys are, or made of words, as placeholders and class names are.

use super::runs::{DIGIT, LOWER, UPPER, class};

/// As much of a token as is looked at: a bound on the work, and more than any key needs.
const ENOUGH: usize = 256;

/// Whether letters, digits and cases alternate as they do by chance, and more than a few differ.
///
/// In base62 six of ten neighbours are of another kind, in hexadecimal almost half; in `kebab-case-words` none.
pub(super) fn random(token: &[u8]) -> bool {
    let token = &token[..token.len().min(ENOUGH)];
    let mut seen = 0u128;
    let (mut counted, mut turns, mut before) = (0, 0, 0);
    for byte in token {
        let kind = kind(*byte);
        if kind != 0 {
            seen |= 1 << (byte & 0x7f);
            counted += 1;
            turns += usize::from(before != 0 && before != kind);
        }
        before = kind;
    }
    seen.count_ones() >= 7 && turns > counted / 8
}

fn kind(byte: u8) -> u8 {
    match class(byte) {
        DIGIT => 1,
        UPPER => 2,
        class if class & LOWER != 0 => 3,
        _ => 0,
    }
}

/// Whether upper case, lower case and digits are all there, and nothing comes up too often: what 40 characters of
/// base64 by chance are, and a path or an identifier seldom is.
pub(super) fn mixed(token: &[u8]) -> bool {
    let token = &token[..token.len().min(ENOUGH)];
    let has = |classes: u8| token.iter().any(|byte| class(*byte) & classes != 0);
    has(DIGIT) && has(LOWER) && has(UPPER) && random(token) && bits(token) >= 4.0
}

/// Shannon entropy, in bits a byte.
pub(super) fn bits(token: &[u8]) -> f32 {
    let token = &token[..token.len().min(ENOUGH)];
    let (mut counts, mut seen) = ([0u16; 256], [0u128; 2]);
    for byte in token {
        counts[usize::from(*byte)] += 1;
        seen[usize::from(*byte >> 7)] |= 1 << (byte & 0x7f);
    }
    // Few bytes come up, and most of them as often as others: a logarithm is taken once for each number of times.
    let total = token.len() as f32;
    let mut known = [None; 8];
    let mut weigh = |count: u16| {
        let weight = || {
            let share = f32::from(count) / total;
            -share * share.log2()
        };
        known.get_mut(usize::from(count)).map_or_else(weight, |known| *known.get_or_insert_with(weight))
    };
    let mut sum = 0.0;
    for (from, mut seen) in (0..).step_by(128).zip(seen) {
        while seen != 0 {
            sum += weigh(counts[from + seen.trailing_zeros() as usize]);
            seen &= seen - 1;
        }
    }
    sum
}

#[cfg(test)]
mod tests;
