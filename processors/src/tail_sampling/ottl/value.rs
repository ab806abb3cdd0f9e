//! What the values of a condition are, and what comparing them means: as in the Collector, where nothing fails.
//!
//! Like is compared with like: texts by their bytes, `false` before `true`, integers with doubles as doubles, nil equal
//! to nil. Values of different types are different, and in no order. Lists and maps are only equal or different.

use std::borrow::Cow;
use std::cmp::Ordering;

use pipeline::batch::{Text, ValueRef};

use super::{EvalError, Literal, Math, Op};
use crate::redaction::contrib::as_text;

/// A value.
#[derive(Clone, Debug)]
pub(super) enum Value<'a> {
    Nil,
    Bool(bool),
    Int(i64),
    Double(f64),
    Text(Text<'a>),
    /// A text that was made here.
    Made(String),
    Bytes(Cow<'a, [u8]>),
    /// Of a trace or a span; whether it is nil where it has no digit but 0.
    Id(&'a [u8], bool),
    /// A list or a map, as it lies in the bytes.
    Nested(ValueRef<'a>),
    /// A list or a map inside of another.
    Inner(Inner),
}

/// What can be asked of a list or a map inside of another.
#[derive(Clone, Debug)]
pub(super) struct Inner {
    kind: Kind,
    count: usize,
    json: String,
}

/// A type.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Nil,
    Bool,
    Int,
    Double,
    Text,
    Bytes,
    Id,
    List,
    Map,
}

impl Kind {
    /// The type of a value of the telemetry.
    pub(super) fn of(value: &ValueRef<'_>) -> Self {
        match value {
            ValueRef::Empty | ValueRef::Bytes([]) => Self::Nil,
            ValueRef::String(_) => Self::Text,
            ValueRef::Bool(_) => Self::Bool,
            ValueRef::Int(_) => Self::Int,
            ValueRef::Double(_) => Self::Double,
            ValueRef::Bytes(_) => Self::Bytes,
            ValueRef::Array(_) => Self::List,
            ValueRef::KvList(_) => Self::Map,
        }
    }

    /// With its article, for messages.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Nil => "nothing",
            Self::Bool => "a bool",
            Self::Int => "an integer",
            Self::Double => "a double",
            Self::Text => "a string",
            Self::Bytes => "bytes",
            Self::Id => "an id",
            Self::List => "a list",
            Self::Map => "a map",
        }
    }
}

impl<'a> Value<'a> {
    /// A value of the telemetry. No bytes at all are nil, as in the Collector.
    pub(super) fn of(value: ValueRef<'a>) -> Self {
        match value {
            ValueRef::Empty | ValueRef::Bytes([]) => Self::Nil,
            ValueRef::String(text) => Self::Text(text),
            ValueRef::Bool(value) => Self::Bool(value),
            ValueRef::Int(value) => Self::Int(value),
            ValueRef::Double(value) => Self::Double(value),
            ValueRef::Bytes(bytes) => Self::Bytes(Cow::Borrowed(bytes)),
            ValueRef::Array(_) | ValueRef::KvList(_) => Self::Nested(value),
        }
    }

    /// The same for a value inside of another, which does not live on.
    pub(super) fn kept(value: &ValueRef<'_>) -> Self {
        match value {
            ValueRef::Empty | ValueRef::Bytes([]) => Self::Nil,
            ValueRef::String(text) => Self::Made(text.as_str().to_owned()),
            ValueRef::Bool(value) => Self::Bool(*value),
            ValueRef::Int(value) => Self::Int(*value),
            ValueRef::Double(value) => Self::Double(*value),
            ValueRef::Bytes(bytes) => Self::Bytes(Cow::Owned(bytes.to_vec())),
            ValueRef::Array(list) => Self::inner(Kind::List, list.values().count(), value),
            ValueRef::KvList(map) => Self::inner(Kind::Map, map.entries().count(), value),
        }
    }

    fn inner(kind: Kind, count: usize, value: &ValueRef<'_>) -> Self {
        Self::Inner(Inner { kind, count, json: as_text(value) })
    }

    pub(super) fn literal(literal: &'a Literal) -> Self {
        match literal {
            Literal::Nil => Self::Nil,
            Literal::Bool(value) => Self::Bool(*value),
            Literal::Int(value) => Self::Int(*value),
            Literal::Double(value) => Self::Double(*value),
            Literal::Text(text) => Self::Text(Text::from(text.as_str())),
            Literal::Bytes(bytes) => Self::Bytes(Cow::Borrowed(bytes)),
            Literal::Id(id) => Self::Id(id, false),
        }
    }

    pub(super) fn kind(&self) -> Kind {
        match self {
            Self::Nil => Kind::Nil,
            Self::Bool(_) => Kind::Bool,
            Self::Int(_) => Kind::Int,
            Self::Double(_) => Kind::Double,
            Self::Text(_) | Self::Made(_) => Kind::Text,
            Self::Bytes(_) => Kind::Bytes,
            Self::Id(..) => Kind::Id,
            Self::Nested(value) => Kind::of(value),
            Self::Inner(inner) => inner.kind,
        }
    }

    /// The bytes of a text.
    pub(super) fn text(&self) -> Option<&[u8]> {
        match self {
            Self::Text(text) => Some(text.as_bytes()),
            Self::Made(text) => Some(text.as_bytes()),
            _ => None,
        }
    }

    /// The value as text, whatever it is, as the Collector writes it; none for nil.
    pub(super) fn written(&self) -> Option<Cow<'_, str>> {
        Some(match self {
            Self::Nil => return None,
            Self::Text(text) => Cow::Borrowed(text.as_str()),
            Self::Made(text) => Cow::Borrowed(text),
            Self::Inner(inner) => Cow::Borrowed(&inner.json),
            Self::Bool(value) => Cow::Owned(value.to_string()),
            Self::Int(value) => Cow::Owned(value.to_string()),
            Self::Double(value) => Cow::Owned(as_text(&ValueRef::Double(*value))),
            Self::Bytes(bytes) => Cow::Owned(hex(bytes)),
            Self::Id(id, _) => Cow::Owned(hex(id)),
            Self::Nested(value) => Cow::Owned(as_text(value)),
        })
    }

    /// How many bytes of a text, or elements of a list or a map.
    pub(super) fn length(&self) -> Option<usize> {
        match self {
            Self::Bytes(bytes) => Some(bytes.len()),
            Self::Nested(ValueRef::Array(list)) => Some(list.values().count()),
            Self::Nested(ValueRef::KvList(map)) => Some(map.entries().count()),
            Self::Inner(inner) => Some(inner.count),
            text => text.text().map(<[u8]>::len),
        }
    }

    /// What is calculated of the two: of integers an integer, which wraps around, else a double.
    pub(super) fn calculate(&self, math: Math, other: &Self) -> Result<Self, EvalError> {
        let doubles = |left: f64, right: f64| match math {
            Math::Add => Ok(Self::Double(left + right)),
            Math::Subtract => Ok(Self::Double(left - right)),
            Math::Multiply => Ok(Self::Double(left * right)),
            Math::Divide if right == 0.0 => Err(EvalError::Division),
            Math::Divide => Ok(Self::Double(left / right)),
        };
        match (self, other) {
            (Self::Int(left), Self::Int(right)) => Ok(Self::Int(match math {
                Math::Add => left.wrapping_add(*right),
                Math::Subtract => left.wrapping_sub(*right),
                Math::Multiply => left.wrapping_mul(*right),
                Math::Divide if *right == 0 => return Err(EvalError::Division),
                Math::Divide => left.wrapping_div(*right),
            })),
            (Self::Int(left), Self::Double(right)) => doubles(*left as f64, *right),
            (Self::Double(left), Self::Int(right)) => doubles(*left, *right as f64),
            (Self::Double(left), Self::Double(right)) => doubles(*left, *right),
            (Self::Int(_) | Self::Double(_), other) | (other, _) => {
                Err(EvalError::Number { found: other.kind().name() })
            }
        }
    }

    /// With the other sign.
    pub(super) fn negative(&self) -> Result<Self, EvalError> {
        match self {
            Self::Int(number) => Ok(Self::Int(number.wrapping_neg())),
            Self::Double(number) => Ok(Self::Double(-number)),
            other => Err(EvalError::Number { found: other.kind().name() }),
        }
    }

    /// Whether the comparison holds.
    pub(super) fn compare(&self, op: Op, other: &Self) -> bool {
        if let (Some(left), Some(right)) = (self.text(), other.text()) {
            return ordered(op, left.cmp(right));
        }
        match (self, other) {
            (Self::Nil, Self::Nil) => ordered(op, Ordering::Equal),
            (Self::Bool(left), Self::Bool(right)) => ordered(op, left.cmp(right)),
            (Self::Int(left), Self::Int(right)) => ordered(op, left.cmp(right)),
            (Self::Int(left), Self::Double(right)) => doubles(op, *left as f64, *right),
            (Self::Double(left), Self::Int(right)) => doubles(op, *left, *right as f64),
            (Self::Double(left), Self::Double(right)) => doubles(op, *left, *right),
            (Self::Bytes(left), Self::Bytes(right)) => ordered(op, left.cmp(right)),
            // Ids are in no order. One that was left out has no bytes.
            (Self::Id(left, _), Self::Id(right, _)) => same(op, left == right || is_zero(left) && is_zero(right)),
            (Self::Id(id, true), Self::Nil) | (Self::Nil, Self::Id(id, true)) => same(op, is_zero(id)),
            (Self::Nested(_) | Self::Inner(_), Self::Nested(_) | Self::Inner(_)) => {
                same(op, self.kind() == other.kind() && self.written() == other.written())
            }
            _ => op == Op::NotEqual,
        }
    }
}

/// What is equal or not, and in no order.
fn same(op: Op, equal: bool) -> bool {
    matches!((op, equal), (Op::Equal, true) | (Op::NotEqual, false))
}

fn is_zero(id: &[u8]) -> bool {
    id.iter().all(|byte| *byte == 0)
}

fn doubles(op: Op, left: f64, right: f64) -> bool {
    left.partial_cmp(&right).map_or(op == Op::NotEqual, |order| ordered(op, order))
}

fn ordered(op: Op, order: Ordering) -> bool {
    match op {
        Op::Equal => order.is_eq(),
        Op::NotEqual => order.is_ne(),
        Op::Less => order.is_lt(),
        Op::LessOrEqual => order.is_le(),
        Op::Greater => order.is_gt(),
        Op::GreaterOrEqual => order.is_ge(),
    }
}

/// Bytes as hexadecimal digits.
pub(super) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
