//! Why bytes are no OTLP request: a reason and a place, never payload (invariant 2 of ARCHITECTURE.md).

use std::fmt;

/// Why bytes are no OTLP request. Opaque: holds a reason and a byte offset, never payload.
///
/// The same bytes would fail again: answer INVALID_ARGUMENT or 400, never a retryable code.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct DecodeError {
    fault: Fault,
    at: u32,
}

/// The reasons, named after what the reader met.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fault {
    Varint,
    Key,
    WireType,
    Group,
    Truncated,
    Utf8,
    Id,
    TooDeep,
    TooManyRecords,
    TooLong,
}

impl DecodeError {
    /// `fault`, met at byte `at` of the request. Offsets past 4 GiB are reported as 4 GiB.
    #[cold]
    pub(super) fn new(fault: Fault, at: usize) -> Self {
        Self { fault, at: u32::try_from(at).unwrap_or(u32::MAX) }
    }

    /// Where reading stopped: bytes from the start of the request.
    pub fn offset(&self) -> usize {
        self.at as usize
    }

    /// Whether the request broke a bound of [`Limits`](super::Limits) rather than the format.
    pub fn is_limit(&self) -> bool {
        matches!(self.fault, Fault::TooDeep | Fault::TooManyRecords | Fault::TooLong)
    }
}

impl Fault {
    const fn words(self) -> &'static str {
        match self {
            Self::Varint => "malformed varint",
            Self::Key => "invalid field key",
            Self::WireType => "wrong wire type for the field",
            Self::Group => "group not ended as it began",
            Self::Truncated => "field runs past the end of its message",
            Self::Utf8 => "string is not UTF-8",
            Self::Id => "id of the wrong length",
            Self::TooDeep => "messages nested deeper than the limit",
            Self::TooManyRecords => "more records than the limit",
            Self::TooLong => "request longer than 4 GiB",
        }
    }
}

impl fmt::Display for DecodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} at byte {}", self.fault.words(), self.at)
    }
}

impl fmt::Debug for DecodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "DecodeError({self})")
    }
}

impl std::error::Error for DecodeError {}
