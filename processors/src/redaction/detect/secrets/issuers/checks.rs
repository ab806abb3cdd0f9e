//! What issuers build into their tokens, and what a token must hold to be one.

use crate::redaction::detect::secrets::random::{has_bits, random};
use crate::redaction::detect::secrets::runs::{self, ALNUM, HEX};

/// CRC-32 as in zlib, bit by bit: tokens are short.
pub(in crate::redaction::detect::secrets) fn crc32(bytes: &[u8]) -> u32 {
    const POLYNOMIAL: u32 = 0xedb8_8320;
    !bytes.iter().fold(!0, |crc, byte| {
        (0..8).fold(crc ^ u32::from(*byte), |crc, _| if crc & 1 == 1 { crc >> 1 ^ POLYNOMIAL } else { crc >> 1 })
    })
}

/// The six base62 digits that end the tokens of GitHub and npm: the CRC-32 of what is before them.
pub(in crate::redaction::detect::secrets) fn checksum62(body: &[u8]) -> [u8; 6] {
    const DIGITS: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    let mut left = crc32(body) as usize;
    let mut digits = [0; 6];
    for digit in digits.iter_mut().rev() {
        *digit = DIGITS[left % DIGITS.len()];
        left /= DIGITS.len();
    }
    digits
}

/// `ghp_` and the like: thirty by chance, six of checksum; what follows is a tail that goes with it.
pub(super) fn github(token: &[u8]) -> bool {
    token.get(4..40).is_some_and(|body| checksum62(&body[..30]) == body[30..])
}

/// `ghs_`, the id of the app, `_` and a JWT: installation tokens since 2026.
pub(super) fn github_stateless(token: &[u8]) -> bool {
    token.iter().filter(|byte| **byte == b'.').count() == 2 && random(token)
}

/// Sixteen of base32 behind four letters, and no letter or digit more: an AWS access key id.
pub(super) fn access_key_id(token: &[u8]) -> bool {
    let base32 = token[4..20].iter().all(|byte| matches!(byte, b'A'..=b'Z' | b'2'..=b'7'));
    base32 && token.get(20).is_none_or(|byte| !runs::is(*byte, ALNUM))
}

/// A prefix of two letters and 32 hexadecimal digits, and nothing more.
pub(super) fn two_and_32_hex(token: &[u8]) -> bool {
    token.len() == 34 && random(token)
}

/// `SG.`, 22 characters, a dot and 43.
pub(super) fn sendgrid(token: &[u8]) -> bool {
    token.get(25) == Some(&b'.') && token.len() >= 60 && random(token)
}

/// A token of Slack: its last part is by chance, and what stands before are numbers, which never turn.
pub(super) fn slack(token: &[u8]) -> bool {
    let last = token.rsplit(|byte| *byte == b'-').next().unwrap_or(token);
    random(token) || last.len() >= 16 && random(last)
}

/// A key of New Relic: capitals and digits, which turn less often than most.
pub(super) fn newrelic(token: &[u8]) -> bool {
    random(token) || token.iter().any(u8::is_ascii_digit) && has_bits(&token[5..], 3.5)
}

/// `pat`, fourteen, a dot and 64 hexadecimal digits.
pub(super) fn airtable(token: &[u8]) -> bool {
    token.get(17) == Some(&b'.') && token.get(18..82).is_some_and(|body| runs::span(body, HEX) == 64)
}

/// Two dots or more, as in `dt0c01.ID.SECRET`.
pub(super) fn two_dots(token: &[u8]) -> bool {
    token.iter().filter(|byte| **byte == b'.').count() >= 2 && random(token)
}

/// `LS0t...`: base64 of a PEM block of a private key, not of a certificate.
pub(super) fn private_key(token: &[u8]) -> bool {
    let head = base64(&token[..token.len().min(88)]);
    head.windows(11).any(|word| word == b"PRIVATE KEY")
}

/// A path of a webhook that ends in something random.
pub(super) fn webhook(token: &[u8]) -> bool {
    let path = token.iter().position(|byte| *byte == b'/').map_or(&token[..0], |slash| &token[slash..]);
    random(path)
}

/// What base64 or base64url in `text` stands for, to the first byte that is neither.
pub(in crate::redaction::detect::secrets) fn base64(text: &[u8]) -> Vec<u8> {
    let (mut bits, mut count) = (0u32, 0);
    let mut bytes = Vec::with_capacity(text.len() * 3 / 4);
    for byte in text {
        let six = match byte {
            b'A'..=b'Z' => byte - b'A',
            b'a'..=b'z' => byte - b'a' + 26,
            b'0'..=b'9' => byte - b'0' + 52,
            b'+' | b'-' => 62,
            b'/' | b'_' => 63,
            _ => break,
        };
        bits = bits << 6 | u32::from(six);
        count += 6;
        if count >= 8 {
            count -= 8;
            bytes.push((bits >> count) as u8);
        }
    }
    bytes
}
