//! What can be wrong with JSON or wire bytes, said without a byte of payload.

use std::fmt;

/// What a refused JSON request means for its sender.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum JsonErrorKind {
    /// The bytes are no OTLP JSON and never will be: HTTP 400, not to be sent again.
    Malformed,
    /// Messages are nested deeper than `Limits::max_depth`: HTTP 400, not to be sent again.
    TooDeep,
    /// More spans, log records or data points than `Limits::max_records`: HTTP 400, not to be sent again.
    TooManyRecords,
    /// `grow` refused memory for the output: HTTP 503, to be sent again later.
    OutOfBudget,
}

/// Why JSON was refused and where. Holds keys of the schema, indexes and positions, never a value or an unknown key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JsonError {
    pub(super) kind: JsonErrorKind,
    pub(super) path: String,
    pub(super) line: usize,
    pub(super) column: usize,
    pub(super) reason: String,
}

impl JsonError {
    /// What the refusal means for the sender.
    pub fn kind(&self) -> JsonErrorKind {
        self.kind
    }

    /// The place in the document, like `$.resourceSpans[0].scopeSpans[2].spans[7].traceId`; `$` is the document itself.
    pub fn path(&self) -> &str {
        &self.path
    }

    /// The line at which reading stopped, from 1.
    pub fn line(&self) -> usize {
        self.line
    }

    /// The byte in the line at which reading stopped, from 1; 0 when it stopped before the line's first byte.
    pub fn column(&self) -> usize {
        self.column
    }

    /// What was expected or which bound was passed.
    pub fn reason(&self) -> &str {
        &self.reason
    }
}

impl fmt::Display for JsonError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} at {} (line {} column {})", self.reason, self.path, self.line, self.column)
    }
}

impl std::error::Error for JsonError {}

/// Why wire bytes cannot be written as JSON. `Batch::decode` refuses such bytes first, so this reports a bug or garbage.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WriteError {
    reason: &'static str,
    /// The innermost message that was being read; empty until it is known.
    message: &'static str,
}

impl WriteError {
    pub(super) const fn new(reason: &'static str) -> Self {
        Self { reason, message: "" }
    }

    /// Names the message, unless one inside of it was named already.
    pub(super) fn inside(self, message: &'static str) -> Self {
        if self.message.is_empty() { Self { message, ..self } } else { self }
    }
}

impl fmt::Display for WriteError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} in {}", self.reason, self.message)
    }
}

impl std::error::Error for WriteError {}
