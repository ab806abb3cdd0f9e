//! What escapes of a text stand for, as far as it parts what stands beside them: the last letter or digit of one sticks to
//! nothing.
//!
//! JSON that was cut short is read as the text it is, so that its escapes are still there, doubly encoded or not; and
//! what a terminal shows in colour has them around it.

use crate::redaction::lanes::{BLOCK, Lanes, Span, each_block};
use crate::redaction::words::bracketed;

/// The escape that begins the sequences of a terminal (ECMA-48).
const ESC: u8 = 0x1b;

/// A text in which escapes no longer stick to what they stand beside, as long as it was: `\n`, `\t`, `\r`, `\"` and `\u003c`
/// of JSON, those encoded twice where there are quotes that are, and a terminal's `ESC [ 31 m`.
pub(in crate::redaction) fn without_escapes<'t>(text: &'t str, blank: &'t mut String) -> &'t str {
    if !may_escape(text.as_bytes()) {
        return text;
    }
    let nested = memchr::memmem::find(text.as_bytes(), b"\\\"").is_some();
    blank.clear();
    let mut rest = text;
    while let Some(at) = memchr::memchr2(b'\\', ESC, rest.as_bytes()) {
        blank.push_str(&rest[..at]);
        let bytes = &rest.as_bytes()[at..];
        let escape = if bytes[0] == ESC { terminal(bytes) } else { escape(bytes, nested) };
        let length = match escape {
            Some(length) => {
                let quote = bytes[length - 1] == b'"';
                blank.extend(std::iter::repeat_n(' ', length - usize::from(quote)));
                blank.extend(quote.then_some('"'));
                length
            }
            // Of two backslashes the second begins nothing.
            None => {
                let length = if bytes.starts_with(br"\\") { 2 } else { 1 };
                blank.push_str(&rest[at..at + length]);
                length
            }
        };
        rest = &rest[at + length..];
    }
    blank.push_str(rest);
    blank
}

/// Whether there is anything that may begin an escape. In a text of a block or two a search takes longer to begin than to
/// end.
#[inline]
fn may_escape(text: &[u8]) -> bool {
    const SHORT: usize = 2 * BLOCK;
    if text.len() > SHORT {
        return memchr::memchr2(b'\\', ESC, text).is_some();
    }
    let mut may = false;
    each_block(text, |block| {
        let lanes = Lanes::of(block);
        may |= lanes.any(&Span::of(b'\\', b'\\')) | lanes.any(&Span::of(ESC, ESC)) != 0;
    });
    may
}

/// The length of a control sequence that begins `bytes`, if one does.
fn terminal(bytes: &[u8]) -> Option<usize> {
    const LONGEST: usize = 32;
    let inside = bytes.strip_prefix(b"\x1b[").filter(|_| !is_named(&bytes[1..]))?;
    let length = inside.iter().take(LONGEST).take_while(|byte| matches!(byte, 0x20..=0x3f)).count();
    inside.get(length).is_some_and(|byte| matches!(byte, 0x40..=0x7e)).then_some(length + 3)
}

/// Whether a placeholder begins so: behind a lone escape `[HIGH_ENTROPY]` is no `ESC [ H`. What has more digits than a name
/// may be a number behind one.
fn is_named(text: &[u8]) -> bool {
    const DIGITS: usize = 2;
    let Some(length) = bracketed(text) else { return false };
    let name = text[..length].iter().take_while(|byte| **byte != b':');
    text[1].is_ascii_uppercase() && name.filter(|byte| byte.is_ascii_digit()).count() <= DIGITS
}

/// The length of an escape of JSON that begins `bytes`, if one does that parts what stands beside it. In `nested` JSON each
/// may have several backslashes.
fn escape(bytes: &[u8], nested: bool) -> Option<usize> {
    let most = if nested { 4 } else { 1 };
    let slashes = bytes.iter().take(most).take_while(|byte| **byte == b'\\').count();
    match bytes.get(slashes..)? {
        [b'n' | b'r' | b't' | b'"', ..] => Some(slashes + 1),
        [b'u', code @ ..] if code.first_chunk().is_some_and(parts) => Some(slashes + 5),
        _ => None,
    }
}

/// Whether these four hexadecimal digits are of a character of ASCII that parts words and is no part of an address.
fn parts(code: &[u8; 4]) -> bool {
    let code = std::str::from_utf8(code).ok().and_then(|code| u8::from_str_radix(code, 16).ok());
    code.is_some_and(|code| code.is_ascii() && !code.is_ascii_alphanumeric() && !b"@._%+-".contains(&code))
}

#[cfg(test)]
mod tests;
