//! Whether a token looks drawn by chance, as keys are, or made of words, as placeholders and class names are.

use wide::u8x16;

use super::runs::{DIGIT, LOWER, UPPER, class};

/// As much of a token as is looked at: a bound on the work, and more than any key needs.
const ENOUGH: usize = 256;
/// As much of it as shows whether it looks drawn by chance: most keys are shorter.
const TELLING: usize = 128;
/// Bytes of a block: a bit each in a word.
const BLOCK: usize = 64;
/// Bytes compared at once.
const LANE: usize = 16;
/// So many letters and digits differ in what is drawn by chance, at least.
const VARIED: u32 = 7;

/// Whether letters, digits and cases alternate as they do by chance, and more than a few differ.
///
/// In base62 six of ten neighbours are of another kind, in hexadecimal almost half; in `kebab-case-words` none.
pub(super) fn random(token: &[u8]) -> bool {
    let token = &token[..token.len().min(TELLING)];
    varied(token) && turns(token)
}

/// Whether more than an eighth of the letters and digits are of another kind than the one before.
fn turns(token: &[u8]) -> bool {
    let (mut counted, mut turns, mut before) = (0, 0, [0; 3]);
    for block in token.chunks(BLOCK) {
        let (mut any, mut joined, mut same) = (0, 0, 0);
        for (kind, before) in kinds(block).into_iter().zip(&mut before) {
            let earlier = kind << 1 | *before >> (BLOCK - 1);
            any |= kind;
            joined |= earlier;
            same |= kind & earlier;
            *before = kind;
        }
        counted += any.count_ones();
        turns += (any & joined & !same).count_ones();
    }
    turns > counted / 8
}

/// A bit for each digit, each capital, each small letter of a block.
fn kinds(block: &[u8]) -> [u64; 3] {
    let (lanes, rest) = block.as_chunks::<LANE>();
    let mut tail = [0; LANE];
    tail[..rest.len()].copy_from_slice(rest);
    let mut kinds = [0; 3];
    for (at, lane) in lanes.iter().chain((!rest.is_empty()).then_some(&tail)).enumerate() {
        let lane = u8x16::new(*lane);
        for (kind, (least, most)) in kinds.iter_mut().zip([(b'0', b'9'), (b'A', b'Z'), (b'a', b'z')]) {
            let within = (lane - u8x16::splat(least)).simd_le(u8x16::splat(most - least));
            *kind |= u64::from(within.to_bitmask()) << (LANE * at);
        }
    }
    kinds
}

/// Whether [`VARIED`] letters and digits differ: of most tokens the first few bytes show it.
fn varied(token: &[u8]) -> bool {
    // A bit for each byte below 64, and for each from there to 127; what of those are digits, and letters.
    const DIGITS: u64 = 0x3ff << b'0';
    const LETTERS: u64 = 0x07ff_fffe_07ff_fffe;
    let (mut low, mut high) = (0u64, 0u64);
    token.chunks(8).any(|near| {
        for byte in near {
            let bit = 1 << (byte & 63);
            low |= if byte >> 6 == 0 { bit } else { 0 };
            high |= if byte >> 6 == 1 { bit } else { 0 };
        }
        (low & DIGITS).count_ones() + (high & LETTERS).count_ones() >= VARIED
    })
}

/// Whether upper case, lower case and digits are all there, and nothing comes up too often: what 40 characters of
/// base64 by chance are, and a path or an identifier seldom is.
pub(super) fn mixed(token: &[u8]) -> bool {
    let token = &token[..token.len().min(ENOUGH)];
    let has = |classes: u8| token.iter().any(|byte| class(*byte) & classes != 0);
    has(DIGIT) && has(LOWER) && has(UPPER) && random(token) && has_bits(token, 4.0)
}

/// Whether a token has this entropy or more: see [`bits`].
pub(super) fn has_bits(token: &[u8], least: f32) -> bool {
    /// More than all that is lost by rounding.
    const UNCLEAR: f32 = 0.01;
    let token = &token[..token.len().min(ENOUGH)];
    let (mut counts, mut sum) = ([0u16; 256], 0);
    for byte in token {
        let count = &mut counts[usize::from(*byte)];
        let known = usize::from(*count) % ENOUGH;
        sum += LOGS[known + 1] - LOGS[known];
        *count += 1;
    }
    let about = (LOGS[token.len()] - sum) as f32 / (UNIT * token.len() as f32);
    if (about - least).abs() > UNCLEAR { about > least } else { bits(token) >= least }
}

/// What 1 is in [`LOGS`].
const UNIT: f32 = 65_536.0;

/// `n log n` for each length: a token's entropy is told by what each of its bytes adds to this, and no logarithm is
/// taken.
static LOGS: [u32; ENOUGH + 1] = {
    let (mut logs, mut count) = ([0; ENOUGH + 1], 1);
    while count <= ENOUGH {
        logs[count] = (count as f64 * log2(count as f64) * UNIT as f64) as u32;
        count += 1;
    }
    logs
};

/// The logarithm of what is 1 or more, to a millionth.
const fn log2(mut of: f64) -> f64 {
    let (mut log, mut place) = (0.0, 0.5);
    while of >= 2.0 {
        of /= 2.0;
        log += 1.0;
    }
    while place > 1e-7 {
        of *= of;
        if of >= 2.0 {
            of /= 2.0;
            log += place;
        }
        place /= 2.0;
    }
    log
}

/// Shannon entropy, in bits a byte.
pub(super) fn bits(token: &[u8]) -> f32 {
    let token = &token[..token.len().min(ENOUGH)];
    let mut counts = [0u16; 256];
    for byte in token {
        counts[usize::from(*byte)] += 1;
    }
    let share = |count: &u16| f32::from(*count) / token.len() as f32;
    let shares = counts.iter().filter(|count| **count > 0).map(share);
    shares.fold(0.0, |sum, share| sum + -share * share.log2())
}

#[cfg(test)]
mod tests;
