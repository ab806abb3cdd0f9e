//! Values to read: an `AnyValue` as it lies in the bytes.

use std::borrow::Cow;

use super::Text;
use super::decode::plain_string;
use super::value::Value;
use super::visit::double;
use super::wire::Reader;

/// A typed attribute value, read in place. Nested values stay bytes until they are asked for.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum ValueRef<'a> {
    /// Nothing set, or nothing we know.
    #[default]
    Empty,
    /// `string_value`
    String(Text<'a>),
    /// `bool_value`
    Bool(bool),
    /// `int_value`
    Int(i64),
    /// `double_value`
    Double(f64),
    /// `bytes_value`
    Bytes(&'a [u8]),
    /// `array_value`
    Array(Nested<'a>),
    /// `kvlist_value`
    KvList(Nested<'a>),
}

/// The inside of an array or a map: repeated fields, still encoded.
#[derive(Clone, Debug, PartialEq)]
pub struct Nested<'a>(Cow<'a, [u8]>);

/// The value of an attribute that nobody has read yet: free to keep, for who may never ask.
#[derive(Clone, Copy, Debug)]
pub enum Unread<'a> {
    /// An AnyValue message.
    Value(&'a [u8]),
    /// A KeyValue message.
    Pair(&'a [u8]),
}

impl<'a> Unread<'a> {
    /// The value.
    #[inline]
    pub fn read(self) -> ValueRef<'a> {
        match self {
            Self::Value(message) => ValueRef::read(message),
            Self::Pair(message) => ValueRef::of_key_value(message),
        }
    }
}

impl<'a> ValueRef<'a> {
    /// Reads an AnyValue message.
    #[inline]
    pub(super) fn read(message: &'a [u8]) -> Self {
        match plain_string(message) {
            Some(text) => Self::String(Text::checked(text)),
            None => Self::Empty.merge(message),
        }
    }

    // message KeyValue { string key = 1; AnyValue value = 2; int32 key_strindex = 3; }
    /// Reads the value of a KeyValue message; several merge.
    pub(super) fn of_key_value(message: &'a [u8]) -> Self {
        let mut fields = Reader::checked(message);
        let mut value = Self::Empty;
        while let Some(field) = fields.next_checked() {
            if field.tag == 2 {
                value = value.merge(message.get(field.body..field.end).unwrap_or_default());
            }
        }
        value
    }

    // message AnyValue { oneof value {
    //   string string_value = 1; bool bool_value = 2; int64 int_value = 3; double double_value = 4;
    //   ArrayValue array_value = 5; KeyValueList kvlist_value = 6; bytes bytes_value = 7; int32 string_value_strindex = 8;
    // } }
    /// Reads one more AnyValue message into `self`: the last alternative counts, two of a message kind join.
    pub(super) fn merge(mut self, message: &'a [u8]) -> Self {
        let mut fields = Reader::checked(message);
        while let Some(field) = fields.next_checked() {
            let bytes = message.get(field.body..field.end).unwrap_or_default();
            self = match (field.tag, self) {
                (1, _) => Self::String(Text::checked(bytes)),
                (2, _) => Self::Bool(field.number != 0),
                (3, _) => Self::Int(field.number as i64),
                (4, _) => Self::Double(double(bytes)),
                (5, Self::Array(nested)) => Self::Array(nested.join(bytes)),
                (5, _) => Self::Array(Nested(Cow::Borrowed(bytes))),
                (6, Self::KvList(nested)) => Self::KvList(nested.join(bytes)),
                (6, _) => Self::KvList(Nested(Cow::Borrowed(bytes))),
                (7, _) => Self::Bytes(bytes),
                (8, _) => Self::Empty,
                (_, value) => value,
            };
        }
        self
    }

    /// The string, if it is one.
    pub fn as_text(&self) -> Option<Text<'a>> {
        match self {
            Self::String(text) => Some(*text),
            _ => None,
        }
    }

    /// The integer, if it is one.
    pub fn as_int(&self) -> Option<i64> {
        match self {
            Self::Int(value) => Some(*value),
            _ => None,
        }
    }

    /// A copy that owns everything.
    pub fn to_value(&self) -> Value {
        match self {
            Self::Empty => Value::Empty,
            Self::String(text) => Value::String(text.as_str().to_owned()),
            Self::Bool(value) => Value::Bool(*value),
            Self::Int(value) => Value::Int(*value),
            Self::Double(value) => Value::Double(*value),
            Self::Bytes(bytes) => Value::Bytes(bytes.to_vec()),
            Self::Array(nested) => Value::Array(nested.values().map(|value| value.to_value()).collect()),
            Self::KvList(nested) => Value::KvList(
                nested.entries().map(|(key, value)| (key.as_str().to_owned(), value.to_value())).collect(),
            ),
        }
    }
}

impl<'a> Nested<'a> {
    /// Protobuf merges two messages of repeated fields by having one behind the other.
    fn join(self, more: &[u8]) -> Self {
        let mut bytes = self.0.into_owned();
        bytes.extend_from_slice(more);
        Self(Cow::Owned(bytes))
    }

    /// The elements of an array, in order. Of a map: nothing sensible.
    pub fn values(&self) -> impl Iterator<Item = ValueRef<'_>> {
        self.items().map(ValueRef::read)
    }

    /// The entries of a map, in order. Of an array: nothing sensible.
    pub fn entries(&self) -> impl Iterator<Item = (Text<'_>, ValueRef<'_>)> {
        self.items().map(|item| (key(item), ValueRef::of_key_value(item)))
    }

    // message ArrayValue { repeated AnyValue values = 1; } message KeyValueList { repeated KeyValue values = 1; }
    fn items(&self) -> impl Iterator<Item = &[u8]> {
        let mut fields = Reader::checked(&self.0);
        std::iter::from_fn(move || fields.next_checked())
            .filter(|field| field.tag == 1)
            .map(|field| self.0.get(field.body..field.end).unwrap_or_default())
    }
}

/// The key of a KeyValue message.
pub(super) fn key(message: &[u8]) -> Text<'_> {
    Text::checked(last(message, 1).unwrap_or_default())
}

/// The payload of the last field `tag` of a message.
pub(super) fn last(message: &[u8], tag: u32) -> Option<&[u8]> {
    let mut fields = Reader::checked(message);
    let mut found = None;
    while let Some(field) = fields.next_checked() {
        if field.tag == tag {
            found = message.get(field.body..field.end);
        }
    }
    found
}
