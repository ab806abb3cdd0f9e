//! Conditions in the Collector's language: for now only the comparison of a name.

use pipeline::batch::{Part, Record};

/// What a condition is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Context {
    /// A span.
    Span,
    /// An event of a span.
    SpanEvent,
}

/// Why a text is no condition.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct ParseError {
    /// Where, in bytes.
    pub(super) at: usize,
    /// What is wrong.
    pub(super) message: String,
}

/// A condition could not be evaluated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct EvalError;

/// A condition.
#[derive(Clone, Debug)]
pub(super) struct Condition {
    name: String,
}

impl Condition {
    /// Reads a condition.
    pub(super) fn parse(text: &str, _: Context) -> Result<Self, ParseError> {
        let name = text.trim().strip_prefix("name == \"").and_then(|rest| rest.strip_suffix('"'));
        let refused = || ParseError { at: 0, message: "not a condition".into() };
        name.map(|name| Self { name: name.to_owned() }).ok_or_else(refused)
    }

    /// Whether it holds for a span.
    pub(super) fn eval_span(&self, span: &Record<'_>) -> Result<bool, EvalError> {
        if self.name == "fails" { Err(EvalError) } else { Ok(span.name() == self.name.as_str()) }
    }

    /// Whether it holds for an event of a span.
    pub(super) fn eval_event(&self, _: &Record<'_>, event: &Part<'_>) -> Result<bool, EvalError> {
        if self.name == "fails" { Err(EvalError) } else { Ok(event.name() == self.name.as_str()) }
    }
}
