//! The conditions of `ottl_condition`: the part of the OpenTelemetry Transformation Language that people write there.
//!
//! A condition compares, by `==`, `!=`, `<`, `<=`, `>`, `>=`, paths (`attributes["k"]`, `span.status.code`,
//! `resource.attributes["service.name"]`, with the prefix of the context or without), literals, enums, functions and
//! what is calculated of them by `+`, `-`, `*`, `/`, and joins comparisons by `not`, `and`, `or` and parentheses. What
//! it lacks is refused when the file is read, with the place: editors, lists, maps, and most functions.
//!
//! It reads text of bounded length and depth in one pass, and evaluates without recursion deeper than that. What
//! comparisons mean is in `value.rs`.

mod bind;
mod eval;
mod lexer;
mod parser;
mod path;
mod value;

use std::fmt;

#[cfg(test)]
use pipeline::batch::{Part, Record};
use regex::Regex;

pub(super) use eval::Subject;
use path::Path;
use value::Kind;

/// What a condition is asked of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Context {
    /// Each span; paths without a prefix are the span's.
    Span,
    /// Each event of each span; paths without a prefix are the event's.
    SpanEvent,
}

/// A condition, ready to be asked.
#[derive(Clone, Debug)]
pub(super) struct Condition(Test);

/// Why a text is no condition.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct ParseError {
    /// Where in the text, in bytes.
    pub(super) at: usize,
    /// What is wrong there, and what would be right.
    pub(super) message: String,
}

/// Why a condition cannot be answered for one span or event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum EvalError {
    /// A function was given a value that it does not take.
    Argument {
        /// Which.
        function: &'static str,
        /// What it takes.
        takes: &'static str,
        /// What there was.
        found: &'static str,
    },
    /// There is a key for the inside of a value that has none of the kind.
    Key {
        /// What the key would need.
        needs: &'static str,
        /// What there was.
        found: &'static str,
    },
    /// A list is too short for the index.
    Index {
        /// Which was asked for.
        index: usize,
        /// How many there are.
        length: usize,
    },
    /// A condition about events was asked of a span.
    NoEvent,
    /// There is nothing to calculate with.
    Number {
        /// What there was in place of a number.
        found: &'static str,
    },
    /// By 0.
    Division,
}

impl Condition {
    /// Reads a condition.
    ///
    /// # Errors
    /// Where the text is no condition of this subset, or longer or deeper than it may be.
    pub(super) fn parse(text: &str, context: Context) -> Result<Self, ParseError> {
        parser::parse(text, context).map(Self)
    }

    /// Whether it holds.
    ///
    /// # Errors
    /// Where a value is of a type that a function does not take. Comparisons never fail.
    pub(super) fn eval(&self, subject: &Subject<'_>) -> Result<bool, EvalError> {
        self.0.holds(subject)
    }

    /// Whether it holds for a span.
    #[cfg(test)]
    fn eval_span(&self, record: &Record<'_>) -> Result<bool, EvalError> {
        self.eval(&Subject { record: *record, event: None, slots: None })
    }

    /// Whether it holds for an event of a span.
    #[cfg(test)]
    fn eval_event(&self, record: &Record<'_>, event: &Part<'_>) -> Result<bool, EvalError> {
        self.eval(&Subject { record: *record, event: Some(*event), slots: None })
    }
}

/// What is true or false.
#[derive(Clone, Debug)]
enum Test {
    Always(bool),
    Not(Box<Test>),
    All(Vec<Test>),
    Any(Vec<Test>),
    Compare(Term, Op, Term),
    Call(Call),
}

/// A comparison.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Op {
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

/// What has a value.
#[derive(Clone, Debug)]
enum Term {
    Literal(Literal),
    Path(Path),
    Call(Box<Call>),
    Negative(Box<Term>),
    /// A value, and what is done to it, from left to right.
    Math(Box<Term>, Vec<(Math, Term)>),
}

/// What is done with two numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Math {
    Add,
    Subtract,
    Multiply,
    Divide,
}

/// A value that stands in the text.
#[derive(Clone, Debug, PartialEq)]
enum Literal {
    Nil,
    Bool(bool),
    Int(i64),
    Double(f64),
    Text(String),
    Bytes(Vec<u8>),
    /// Of a trace or a span.
    Id(Vec<u8>),
}

/// A function with its arguments.
#[derive(Clone, Debug)]
enum Call {
    IsRootSpan,
    IsMatch(Term, Regex),
    HasPrefix(Term, Term),
    HasSuffix(Term, Term),
    /// `IsString` and its like.
    Is(Kind, Term),
    Len(Term),
    ToLowerCase(Term),
    ToUpperCase(Term),
}

impl Call {
    /// Whether it answers true or false, and can stand for a condition.
    fn is_test(&self) -> bool {
        !matches!(self, Self::Len(_) | Self::ToLowerCase(_) | Self::ToUpperCase(_))
    }
}

impl fmt::Display for ParseError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "at byte {}: {}", self.at, self.message)
    }
}

impl std::error::Error for ParseError {}

impl fmt::Display for EvalError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Argument { function, takes, found } => write!(f, "`{function}` takes {takes} and was given {found}"),
            Self::Key { needs, found } => write!(f, "a key needs {needs} to look into and there is {found}"),
            Self::Index { index, length } => write!(f, "the list has {length} elements and no [{index}]"),
            Self::NoEvent => f.write_str("the condition is about events and was asked of a span"),
            Self::Number { found } => write!(f, "numbers are calculated with and there is {found}"),
            Self::Division => f.write_str("nothing is divided by 0"),
        }
    }
}

impl std::error::Error for EvalError {}

#[cfg(test)]
mod tests;
