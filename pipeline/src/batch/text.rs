//! Strings of the wire: checked once as UTF-8 at decode, handed out as bytes that are known to be text.

use std::fmt;

/// A string of the wire. Its bytes are UTF-8: decode leaves out records with any other.
///
/// A type of its own because Rust can only make a `&str` of bytes by checking them again (or by `unsafe`,
/// which this workspace denies): hot paths compare and search [`Text::as_bytes`], others pay for
/// [`Text::as_str`].
#[derive(Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Text<'a>(&'a [u8]);

impl<'a> Text<'a> {
    /// Bytes that decode has checked.
    #[inline(always)]
    pub(super) fn checked(bytes: &'a [u8]) -> Self {
        Self(bytes)
    }

    /// The bytes, which are valid UTF-8. Free.
    #[inline(always)]
    pub fn as_bytes(self) -> &'a [u8] {
        self.0
    }

    /// The string. Costs one more check of its bytes, about 0.1 ns each.
    pub fn as_str(self) -> &'a str {
        simdutf8::basic::from_utf8(self.0).unwrap_or_default()
    }

    /// How many bytes.
    #[inline(always)]
    pub fn len(self) -> usize {
        self.0.len()
    }

    /// Whether the string is empty, which in proto3 is also what an absent one reads as.
    #[inline(always)]
    pub fn is_empty(self) -> bool {
        self.0.is_empty()
    }
}

impl<'a> From<&'a str> for Text<'a> {
    fn from(text: &'a str) -> Self {
        Self(text.as_bytes())
    }
}

impl PartialEq<str> for Text<'_> {
    fn eq(&self, other: &str) -> bool {
        self.0 == other.as_bytes()
    }
}

impl PartialEq<&str> for Text<'_> {
    fn eq(&self, other: &&str) -> bool {
        self.0 == other.as_bytes()
    }
}

impl fmt::Display for Text<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Debug for Text<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self.as_str(), f)
    }
}

/// Whether `bytes` are UTF-8.
///
/// Most strings of telemetry are short and ASCII: keys, model names, ids. A few loads answer for those; a call
/// into simdutf8 costs several times as much and pays only above 64 bytes or beyond ASCII.
#[inline(always)]
pub(super) fn is_utf8(bytes: &[u8]) -> bool {
    (bytes.len() <= 64 && is_ascii(bytes)) || simdutf8::basic::from_utf8(bytes).is_ok()
}

/// Whether no byte is above 0x7f: sixteen at a time, the last sixteen perhaps twice, with no branch on what
/// they hold. For short texts.
#[inline(always)]
pub(super) fn is_ascii(bytes: &[u8]) -> bool {
    const HIGH: u64 = 0x8080_8080_8080_8080;
    const WIDE: u128 = (HIGH as u128) << 64 | HIGH as u128;
    if let Some(last) = bytes.last_chunk::<16>() {
        let chunks = bytes.as_chunks::<16>().0;
        let all = chunks.iter().fold(u128::from_le_bytes(*last), |all, chunk| all | u128::from_le_bytes(*chunk));
        return all & WIDE == 0;
    }
    match (bytes.first_chunk::<8>(), bytes.last_chunk::<8>()) {
        (Some(first), Some(last)) => (u64::from_le_bytes(*first) | u64::from_le_bytes(*last)) & HIGH == 0,
        _ => bytes.iter().fold(0, |all, byte| all | byte) < 0x80,
    }
}
