//! Keyed pseudonyms: the same person is the same text in every span, log and service, and nobody without the key can
//! tell whose it is or try all values.

use hmac::{Hmac, KeyInit, Mac};
use sha2::{Digest, Sha256};

use super::{PseudonymKey, Refusal, normal};

/// The shortest key: as long as the digest, below which HMAC-SHA256 loses strength.
const MIN_KEY: usize = 32;

/// Runs of decimal digits from this length on are left out of pseudonyms: detectors and everyday rules for cards,
/// phones and ids look for seven or more.
const MAX_DIGITS: usize = 6;

/// How many hex digits a pseudonym has.
pub(super) const LENGTH: usize = 16;

/// A key, ready to use.
#[derive(Clone)]
pub struct Key {
    id: String,
    state: Hmac<Sha256>,
}

impl std::fmt::Debug for Key {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Key").field("id", &self.id).finish_non_exhaustive()
    }
}

impl Key {
    /// A key from its configuration. White space around it, as a file may end in, does not count.
    pub fn new(config: &PseudonymKey) -> Result<Self, Refusal> {
        let bytes = config.key.expose().trim().as_bytes();
        if bytes.len() < MIN_KEY {
            return Err(Refusal::ShortKey(bytes.len()));
        }
        if !id_is_sound(&config.id) {
            return Err(Refusal::KeyId(config.id.clone()));
        }
        let state = Hmac::new_from_slice(bytes).map_err(|_| Refusal::ShortKey(bytes.len()))?;
        Ok(Self { id: config.id.clone(), state })
    }

    /// Writes `email_address_k1_0f1e2d3c4b5a6978`: entity, key id, eight bytes of the HMAC over the entity and the
    /// normalised value. Another entity with the same text is another pseudonym.
    pub(super) fn pseudonym(&self, entity: &str, matched: &str, out: &mut String) {
        let mut state = self.state.clone();
        state.update(b"tollgate pseudonym\0");
        state.update(entity.as_bytes());
        state.update(b"\0");
        state.update(normal::normalised(entity, matched).as_bytes());
        out.push_str(&entity.to_ascii_lowercase());
        out.push('_');
        out.push_str(&self.id);
        out.push('_');
        digits(&state.finalize().into_bytes(), out);
    }
}

/// Whether `id` keeps pseudonyms in their shape.
pub(super) fn id_is_sound(id: &str) -> bool {
    (1..=16).contains(&id.len()) && id.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit())
}

/// Writes [`LENGTH`] hex digits of `digest`: its first eight bytes, or the first eight after them in which no decimal digits
/// stand in a run long enough to be found again.
pub(super) fn digits(digest: &[u8], out: &mut String) {
    let mut digest = digest.to_vec();
    loop {
        let text = hex(&digest);
        // Whole bytes: every second digit. One window in six has a run too long.
        let sound =
            (0..digest.len().saturating_sub(7)).map(|at| &text[2 * at..2 * at + LENGTH]).find(|text| calm(text));
        if let Some(sound) = sound {
            return out.push_str(sound);
        }
        digest = Sha256::digest(&digest).to_vec();
    }
}

/// Whether a text can be what [`digits`] writes.
pub(in crate::redaction) fn are_digits(text: &str) -> bool {
    text.len() == LENGTH && text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f')) && calm(text)
}

fn calm(text: &str) -> bool {
    !text.split(|digit: char| !digit.is_ascii_digit()).any(|run| run.len() > MAX_DIGITS)
}

/// Lower-case hex.
pub(in crate::redaction) fn hex(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let digit = |four: u8| DIGITS[usize::from(four & 15)] as char;
    bytes.iter().flat_map(|byte| [digit(byte >> 4), digit(*byte)]).collect()
}
