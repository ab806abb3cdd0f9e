//! Base58, the alphabet of most wallets, and its checked forms.

use sha2::{Digest, Sha256};
use sha3::Keccak256;

/// The alphabet of Bitcoin and most others.
pub(super) static BITCOIN: Alphabet = Alphabet::of(b"123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz");
/// The alphabet of the XRP Ledger.
pub(super) static RIPPLE: Alphabet = Alphabet::of(b"rpshnaf39wBUDNEGHJKLM4PQRST7VWXYZ2bcdeCg65jkm8oFqi1tuvAxyz");
/// The most bytes decoded: an extended key and its check.
const DECODED_MAX: usize = 82;
/// The bytes of a check.
const CHECK: usize = 4;
/// The limbs of a number of so many bytes.
const LIMBS: usize = (DECODED_MAX + CHECK).div_ceil(4);
/// A block of Monero's way of writing base58: eight bytes in eleven characters, and a shorter last one.
const MONERO_BLOCK: (usize, usize) = (11, 8);
/// How many characters the last block of Monero's has, and how many bytes they are.
const MONERO_LAST: [usize; 8] = [2, 3, 5, 6, 7, 9, 10, 11];

/// The letters of a way to write base58, and what each stands for.
pub(super) struct Alphabet {
    letters: [u8; 58],
    /// By byte; [`Self::NONE`] for what is no letter.
    values: [u8; 256],
}

impl Alphabet {
    const NONE: u8 = 58;

    const fn of(letters: &[u8; 58]) -> Self {
        let (mut values, mut at) = ([Self::NONE; 256], 0);
        while at < letters.len() {
            values[letters[at] as usize] = at as u8;
            at += 1;
        }
        Self { letters: *letters, values }
    }

    fn value(&self, letter: u8) -> Option<u8> {
        Some(self.values[usize::from(letter)]).filter(|value| *value != Self::NONE)
    }
}

/// Bytes decoded without allocating.
#[derive(Clone, Copy, Debug)]
pub(super) struct Decoded {
    bytes: [u8; DECODED_MAX + CHECK],
    length: usize,
}

impl Decoded {
    /// The bytes.
    pub(super) fn bytes(&self) -> &[u8] {
        &self.bytes[..self.length]
    }

    /// Those before the check; none where there is no room for one.
    pub(super) fn payload(&self) -> Option<&[u8]> {
        self.bytes().split_last_chunk::<CHECK>().map(|(payload, _)| payload)
    }

    /// Whether the last bytes are the check of base58check.
    pub(super) fn is_checked(&self) -> bool {
        let Some((payload, check)) = self.bytes().split_last_chunk::<CHECK>() else { return false };
        Sha256::digest(Sha256::digest(payload))[..CHECK] == *check
    }
}

/// The payload of base58check (version and data, without the check), if its check is right.
pub(super) fn checked(text: &[u8], alphabet: &Alphabet) -> Option<Decoded> {
    let mut decoded = decode(text, alphabet).filter(Decoded::is_checked)?;
    decoded.length -= CHECK;
    Some(decoded)
}

/// The payload of a Monero address, if its check is right.
pub(super) fn monero(text: &[u8]) -> Option<Decoded> {
    let mut all = Decoded { bytes: [0; DECODED_MAX + CHECK], length: 0 };
    for block in text.chunks(MONERO_BLOCK.0) {
        let size = if block.len() == MONERO_BLOCK.0 {
            MONERO_BLOCK.1
        } else {
            MONERO_LAST.iter().position(|length| *length == block.len())? + 1
        };
        let mut number = 0_u128;
        for byte in block {
            number = number * 58 + u128::from(BITCOIN.value(*byte)?);
        }
        let bytes = number.to_be_bytes();
        let (zero, bytes) = bytes.split_at(bytes.len() - size);
        if zero.iter().any(|byte| *byte != 0) {
            return None;
        }
        all.bytes.get_mut(all.length..all.length + size)?.copy_from_slice(bytes);
        all.length += size;
    }
    let payload = all.length.checked_sub(CHECK)?;
    let sound = Keccak256::digest(&all.bytes[..payload])[..CHECK] == all.bytes[payload..all.length];
    all.length = payload;
    sound.then_some(all)
}

/// Decodes base58: a number of that base, each leading zero digit a zero byte.
pub(super) fn decode(text: &[u8], alphabet: &Alphabet) -> Option<Decoded> {
    let zeros = text.iter().take_while(|byte| **byte == alphabet.letters[0]).count();
    // The number, its lowest limb first: four bytes at a time.
    let mut number = [0_u32; LIMBS];
    let mut limbs = 0;
    // So many letters are less than a limb.
    for letters in text[zeros..].chunks(5) {
        let (mut carry, mut base) = (0, 1);
        for letter in letters {
            carry = carry * 58 + u64::from(alphabet.value(*letter)?);
            base *= 58;
        }
        for limb in &mut number[..limbs] {
            carry += u64::from(*limb) * base;
            *limb = carry as u32;
            carry >>= 32;
        }
        if carry > 0 {
            *number.get_mut(limbs)? = carry as u32;
            limbs += 1;
        }
    }
    let number = &number[..limbs];
    let length = limbs * 4 - number.last().map_or(0, |limb| limb.leading_zeros() as usize / 8);
    let mut decoded = Decoded { bytes: [0; DECODED_MAX + CHECK], length: zeros + length };
    let bytes = decoded.bytes.get_mut(zeros..zeros + length)?;
    for (place, byte) in bytes.iter_mut().rev().zip(number.iter().flat_map(|limb| limb.to_le_bytes())) {
        *place = byte;
    }
    Some(decoded)
}

/// Encodes bytes with their check, for made-up wallets.
#[cfg(any(test, feature = "samples"))]
pub(super) fn encode_checked(payload: &[u8], alphabet: &Alphabet) -> String {
    let check = Sha256::digest(Sha256::digest(payload));
    let bytes: Vec<u8> = payload.iter().chain(&check[..CHECK]).copied().collect();
    let mut digits: Vec<usize> = Vec::new();
    for byte in &bytes {
        let mut carry = usize::from(*byte);
        for digit in &mut digits {
            carry += *digit << 8;
            *digit = carry % 58;
            carry /= 58;
        }
        while carry > 0 {
            digits.push(carry % 58);
            carry /= 58;
        }
    }
    let zeros = bytes.iter().take_while(|byte| **byte == 0).map(|_| 0);
    zeros.chain(digits.into_iter().rev()).map(|digit| char::from(alphabet.letters[digit])).collect()
}

/// Encodes a Monero payload with its check, for made-up wallets.
#[cfg(any(test, feature = "samples"))]
pub(super) fn encode_monero(payload: &[u8]) -> String {
    let check = Keccak256::digest(payload);
    let bytes: Vec<u8> = payload.iter().chain(&check[..CHECK]).copied().collect();
    let mut text = String::new();
    for block in bytes.chunks(MONERO_BLOCK.1) {
        let mut number = block.iter().fold(0_u128, |number, byte| number << 8 | u128::from(*byte));
        let mut letters = vec![BITCOIN.letters[0]; MONERO_LAST[block.len() - 1]];
        for letter in letters.iter_mut().rev() {
            *letter = BITCOIN.letters[(number % 58) as usize];
            number /= 58;
        }
        text.extend(letters.into_iter().map(char::from));
    }
    text
}

#[cfg(test)]
mod tests;
