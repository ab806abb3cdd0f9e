//! Addresses in base32 (RFC 4648): Stellar and Algorand.

use sha2::{Digest, Sha512_256};

const ALPHABET: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
/// The version bytes of Stellar's public keys and of its secret seeds.
const STELLAR_PUBLIC: u8 = 6 << 3;
const STELLAR_SEED: u8 = 18 << 3;
/// The characters of a Stellar key, and of an Algorand address.
pub(super) const STELLAR_LENGTH: usize = 56;
pub(super) const ALGORAND_LENGTH: usize = 58;

/// What a sound text is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// An account of Stellar.
    Stellar,
    /// The secret of one.
    StellarSeed,
    /// An account of Algorand.
    Algorand,
}

/// What the text is, if its check is right.
pub(super) fn kind(text: &[u8]) -> Option<Kind> {
    match text.len() {
        STELLAR_LENGTH => {
            let bytes: [u8; 35] = decode(text)?;
            let sound = crc16(&bytes[..33]).to_le_bytes() == bytes[33..];
            match bytes[0] {
                STELLAR_PUBLIC if sound => Some(Kind::Stellar),
                STELLAR_SEED if sound => Some(Kind::StellarSeed),
                _ => None,
            }
        }
        ALGORAND_LENGTH => {
            let bytes: [u8; 36] = decode(text)?;
            (Sha512_256::digest(&bytes[..32])[28..] == bytes[32..]).then_some(Kind::Algorand)
        }
        _ => None,
    }
}

/// CRC-16 of XMODEM.
fn crc16(bytes: &[u8]) -> u16 {
    bytes.iter().fold(0, |crc, byte| {
        (0..8).fold(crc ^ u16::from(*byte) << 8, |crc, _| if crc >> 15 == 1 { crc << 1 ^ 0x1021 } else { crc << 1 })
    })
}

/// Decodes; bits that are left over are zero.
fn decode<const N: usize>(text: &[u8]) -> Option<[u8; N]> {
    let mut bytes = [0; N];
    let (mut bits, mut held, mut read) = (0_u32, 0, 0);
    for byte in text {
        bits = bits << 5 | ALPHABET.iter().position(|letter| letter == byte)? as u32;
        held += 5;
        if held >= 8 {
            held -= 8;
            *bytes.get_mut(read)? = (bits >> held) as u8;
            bits &= (1 << held) - 1;
            read += 1;
        }
    }
    (read == N && bits == 0).then_some(bytes)
}

/// Writes a made-up key of a kind.
#[cfg(any(test, feature = "samples"))]
pub(super) fn encode(kind: Kind, key: &[u8; 32]) -> String {
    let mut bytes = key.to_vec();
    match kind {
        Kind::Algorand => bytes.extend_from_slice(&Sha512_256::digest(key)[28..]),
        Kind::Stellar | Kind::StellarSeed => {
            bytes.insert(0, if kind == Kind::Stellar { STELLAR_PUBLIC } else { STELLAR_SEED });
            bytes.extend_from_slice(&crc16(&bytes).to_le_bytes());
        }
    }
    let bit = |at: usize| bytes.get(at / 8).is_some_and(|byte| byte >> (7 - at % 8) & 1 == 1);
    let letter = |at: usize| (0..5).fold(0, |value, n| value << 1 | usize::from(bit(at * 5 + n)));
    (0..(bytes.len() * 8).div_ceil(5)).map(|at| char::from(ALPHABET[letter(at)])).collect()
}

#[cfg(test)]
mod tests;
