//! Keys that nothing tells but their entropy.

use super::random::{has_bits, random};
use super::runs::{self, ALNUM, HEX, UPPER};
use super::shapes::{JOINED_MAX, Word, is_part, joins};
use crate::redaction::detect::{Class, Detector};

/// The shortest token of high entropy, as it is joined.
const LEAST: usize = 20;

/// A token of a run that has the entropy of a key and no shape that tells whose.
pub(super) const HIGH_ENTROPY: Detector = Detector {
    entity: "HIGH_ENTROPY",
    class: Class::C,
    words: &[],
    about: "20 or more characters of base64 or hexadecimal with the entropy of a key",
};

/// The end of the token of high entropy that begins with this word, which is `joined` to so much. It follows nothing
/// that joins it.
pub(super) fn high_entropy(word: Word<'_>, joined: usize) -> Option<usize> {
    let (run, start) = (word.run, word.start);
    const BITS_OF_HEX: f32 = 3.0;
    const BITS_OF_BASE64: f32 = 4.3;
    if (1..LEAST).contains(&joined) || is_part(run, start, run.len()) {
        return None;
    }
    let all = || run[start..].iter().take_while(|byte| joins(**byte)).count();
    let body = if (1..JOINED_MAX).contains(&joined) { joined } else { all() };
    if body < LEAST {
        return None;
    }
    let padding = run[start + body..].iter().take(2).take_while(|byte| **byte == b'=').count();
    let token = &run[start..start + body];
    let whole = body == word.len();
    let hex = if whole { word.all(HEX) } else { runs::span(token, HEX) == body };
    let chance = || if whole { word.is_random() } else { random(token) };
    let cased = hex || token.iter().any(|byte| runs::is(*byte, UPPER));
    let enough = || has_bits(token, if hex { BITS_OF_HEX } else { BITS_OF_BASE64 });
    (cased && !like_address(token) && chance() && enough()).then_some(start + body + padding)
}

/// Whether a token has the prefix and length of a Bitcoin or Monero address: no key, whether its checksum is right
/// or not.
fn like_address(token: &[u8]) -> bool {
    let like = match token {
        [b'b' | b'B', b'c' | b'C', b'1', ..] => matches!(token.len(), 42 | 62),
        [b'1' | b'3', ..] => (26..=36).contains(&token.len()),
        [b'4' | b'8', ..] => token.len() == 95,
        _ => false,
    };
    like && runs::span(token, ALNUM) == token.len()
}
