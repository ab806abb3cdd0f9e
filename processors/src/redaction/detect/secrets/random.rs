//! Whether a token looks drawn by chance, as keys are, or made of words, as placeholders and class names are.

use super::runs::{DIGIT, LOWER, UPPER, class};

/// As much of a token as is looked at: a bound on the work, and more than any key needs.
const ENOUGH: usize = 256;

/// Whether letters, digits and cases alternate as they do by chance, and more than a few differ.
///
/// In base62 six of ten neighbours are of another kind, in hexadecimal almost half; in `kebab-case-words` none.
pub(super) fn random(token: &[u8]) -> bool {
    let token = &token[..token.len().min(ENOUGH)];
    let mut seen = [0u64; 2];
    let (mut counted, mut turns, mut before) = (0, 0, 0);
    // What is drawn by chance turns where nobody foresees it, so that nothing here branches on what a byte is.
    for byte in token {
        let kind = KINDS[usize::from(*byte)];
        let some = kind != 0;
        seen[usize::from(*byte >> 6 & 1)] |= u64::from(some) << (byte & 63);
        counted += usize::from(some);
        turns += usize::from(some & (before != 0) & (before != kind));
        before = kind;
    }
    seen[0].count_ones() + seen[1].count_ones() >= 7 && turns > counted / 8
}

/// Digits, capitals, small letters; 0 for the rest.
static KINDS: [u8; 256] = {
    let (mut kinds, mut byte) = ([0; 256], 0);
    while byte < 256 {
        kinds[byte] = match byte as u8 {
            b'0'..=b'9' => 1,
            b'A'..=b'Z' => 2,
            b'a'..=b'z' => 3,
            _ => 0,
        };
        byte += 1;
    }
    kinds
};

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
