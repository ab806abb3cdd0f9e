//! JSON Web Tokens: known by their header.

use super::issuers::base64;
use super::runs::{self, WORD};

/// Whether `token` is a header that is a JSON object with `alg`, a dot, and more: signed or encrypted, or its
/// signature cut off.
pub(super) fn is(token: &[u8]) -> bool {
    let (header, rest) = token.split_at(runs::span(token, WORD));
    let [b'.', payload @ ..] = rest else { return false };
    runs::span(payload, WORD) >= 4 && has_alg(&base64(header))
}

/// Whether `header` is an object, as far as its ends tell, with a string for `alg`.
fn has_alg(header: &[u8]) -> bool {
    let [b'{', inside @ .., b'}'] = header else { return false };
    let name = b"\"alg\"";
    let Some(at) = inside.windows(name.len()).position(|word| word == name) else { return false };
    let mut rest = inside[at + name.len()..].iter().filter(|byte| !byte.is_ascii_whitespace());
    rest.next() == Some(&b':') && rest.next() == Some(&b'"') && std::str::from_utf8(inside).is_ok()
}

#[cfg(test)]
mod tests;
