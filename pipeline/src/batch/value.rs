//! Values to write: what an edit puts into an attribute or in a leaf's place.

use std::borrow::Cow;
use std::fmt;

use super::wire::{I64, VARINT, field_len, put_bytes, put_head, put_key, put_varint, varint_len};

/// A typed attribute value, owned: OTLP's `AnyValue`.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Value {
    /// No value: an `AnyValue` with nothing set.
    #[default]
    Empty,
    /// `string_value`
    String(String),
    /// `bool_value`
    Bool(bool),
    /// `int_value`
    Int(i64),
    /// `double_value`
    Double(f64),
    /// `bytes_value`
    Bytes(Vec<u8>),
    /// `array_value`
    Array(Vec<Value>),
    /// `kvlist_value`; keys should be unique, nothing enforces it.
    KvList(Vec<(String, Value)>),
}

impl Value {
    // message AnyValue { oneof value {
    //   string string_value = 1; bool bool_value = 2; int64 int_value = 3; double double_value = 4;
    //   ArrayValue array_value = 5; KeyValueList kvlist_value = 6; bytes bytes_value = 7;
    // } }
    /// Bytes of the value as an `AnyValue` message.
    pub(super) fn encoded_len(&self) -> usize {
        match self {
            Self::Empty => 0,
            Self::String(text) => field_len(text.len()),
            Self::Bool(_) => 2,
            Self::Int(value) => 1 + varint_len(*value as u64),
            Self::Double(_) => 9,
            Self::Bytes(bytes) => field_len(bytes.len()),
            Self::Array(values) => field_len(array_len(values)),
            Self::KvList(entries) => field_len(kvlist_len(entries)),
        }
    }

    /// Writes the value as an `AnyValue` message.
    pub(super) fn encode(&self, out: &mut Vec<u8>) {
        match self {
            Self::Empty => {}
            Self::String(text) => put_bytes(out, 1, text.as_bytes()),
            Self::Bool(value) => {
                put_key(out, 2, VARINT);
                out.push(u8::from(*value));
            }
            Self::Int(value) => {
                put_key(out, 3, VARINT);
                put_varint(out, *value as u64);
            }
            Self::Double(value) => {
                put_key(out, 4, I64);
                out.extend_from_slice(&value.to_le_bytes());
            }
            Self::Array(values) => {
                put_head(out, 5, array_len(values));
                for value in values {
                    put_head(out, 1, value.encoded_len());
                    value.encode(out);
                }
            }
            Self::KvList(entries) => {
                put_head(out, 6, kvlist_len(entries));
                for (key, value) in entries {
                    put_key_value(out, 1, key, value);
                }
            }
            Self::Bytes(bytes) => put_bytes(out, 7, bytes),
        }
    }

    /// The value where only a string can stand: numbers in decimal, bytes, arrays and maps as nothing.
    pub(super) fn text(&self) -> Cow<'_, str> {
        match self {
            Self::String(text) => Cow::Borrowed(text),
            Self::Bool(value) => Cow::Owned(value.to_string()),
            Self::Int(value) => Cow::Owned(value.to_string()),
            Self::Double(value) => Cow::Owned(value.to_string()),
            Self::Empty | Self::Bytes(_) | Self::Array(_) | Self::KvList(_) => Cow::Borrowed(""),
        }
    }
}

// message ArrayValue { repeated AnyValue values = 1; }
fn array_len(values: &[Value]) -> usize {
    values.iter().map(|value| field_len(value.encoded_len())).sum()
}

// message KeyValueList { repeated KeyValue values = 1; }
fn kvlist_len(entries: &[(String, Value)]) -> usize {
    entries.iter().map(|(key, value)| field_len(key_value_len(key, value))).sum()
}

fn key_value_len(key: &str, value: &Value) -> usize {
    field_len(key.len()) + field_len(value.encoded_len())
}

// message KeyValue { string key = 1; AnyValue value = 2; }
/// Writes field `tag`, a KeyValue.
pub(super) fn put_key_value(out: &mut Vec<u8>, tag: u32, key: &str, value: &Value) {
    put_head(out, tag, key_value_len(key, value));
    put_bytes(out, 1, key.as_bytes());
    put_head(out, 2, value.encoded_len());
    value.encode(out);
}

impl fmt::Display for Value {
    /// The text form used where only a string can stand: numbers in decimal, other kinds as nothing.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text())
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::String(text.to_owned())
    }
}

impl From<String> for Value {
    fn from(text: String) -> Self {
        Self::String(text)
    }
}

impl From<bool> for Value {
    fn from(value: bool) -> Self {
        Self::Bool(value)
    }
}

impl From<i64> for Value {
    fn from(value: i64) -> Self {
        Self::Int(value)
    }
}

impl From<f64> for Value {
    fn from(value: f64) -> Self {
        Self::Double(value)
    }
}
