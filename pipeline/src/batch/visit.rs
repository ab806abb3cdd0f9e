//! The visitor: every string of a message, and every other leaf of its values, read and rewritten in place.
//!
//! The walk follows the tables of `schema.rs` and the bytes as they lie: what a later field of the same
//! number overrides is offered too, since it would leave with the record all the same.

use super::Text;
use super::decode::{plain_key_value, plain_string};
use super::patch::{Mark, Patches};
use super::schema::{ANY_VALUE, Kind, Role, Shape};
use super::value::Value;
use super::wire::{Field, LEN, Reader, put_bytes};

/// Whose string a visitor is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Owner {
    /// A Resource, and the schema URL beside it.
    Resource,
    /// An entity reference of a Resource.
    Entity,
    /// An InstrumentationScope, and the schema URL beside it.
    Scope,
    /// A Span and its Status.
    Span,
    /// A Span.Event.
    Event,
    /// A Span.Link.
    Link,
    /// A LogRecord.
    Log,
    /// The body of a LogRecord.
    Body,
}

/// Which string of its [`Owner`] a visitor is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Place {
    /// A key: of an attribute, or of a map inside a value.
    Key,
    /// A value, or part of one: of an attribute, or of a log body.
    Value,
    /// The name of a scope, span, event, or (`event_name`) log record.
    Name,
    /// `InstrumentationScope.version`
    Version,
    /// `schema_url` of a resource's group, a scope's group or an entity.
    SchemaUrl,
    /// `Status.message`
    StatusMessage,
    /// `trace_state` of a span or link.
    TraceState,
    /// `LogRecord.severity_text`
    SeverityText,
    /// `EntityRef.type`
    EntityType,
    /// `EntityRef.id_keys` and `description_keys`
    EntityKey,
}

/// Where a leaf stands.
#[derive(Clone, Copy, Debug)]
pub struct Spot<'a> {
    /// Whose it is.
    pub owner: Owner,
    /// Which of the owner's.
    pub place: Place,
    /// The attribute around it, for keys and values below one.
    pub attribute: Option<Text<'a>>,
    /// The nearest key: the attribute's own, or that of a map inside its value.
    pub key: Option<Text<'a>>,
    /// How many keys stand around it, its own among them: 1 for an attribute and its value. Arrays do not count.
    pub depth: u16,
}

impl<'a> Spot<'a> {
    /// Of the value of `key` in what stands here.
    #[inline(always)]
    fn below(&self, key: Text<'a>) -> Self {
        let depth = self.depth.saturating_add(1);
        Self { attribute: self.attribute.or(Some(key)), key: Some(key), depth, ..*self }
    }
}

/// What a visitor is shown. Strings everywhere; other kinds as values only.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Leaf<'a> {
    /// A string field, a key, or a `string_value`.
    String(Text<'a>),
    /// `bytes_value`
    Bytes(&'a [u8]),
    /// `int_value`
    Int(i64),
    /// `double_value`
    Double(f64),
    /// `bool_value`
    Bool(bool),
}

/// What becomes of a leaf.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Edit {
    /// It stays, byte for byte.
    #[default]
    Keep,
    /// This stands instead. A [`Place::Value`] takes any kind; elsewhere a string stands as it is, a number
    /// or bool in its text form, and any other kind as the empty string. (Where a sender set several
    /// alternatives of one `AnyValue`, which no SDK does, an array or map joins its like beside it.)
    Replace(Value),
    /// At [`Place::Key`] the whole attribute (or map entry) goes, unseen values included; anywhere else the
    /// field is taken out, which in proto3 reads as empty.
    Remove,
}

/// Sees every leaf, and says what becomes of it. Any `FnMut(&Spot, Leaf) -> Edit` is one.
pub trait Visitor {
    /// Called for each leaf, in the order of the bytes. A key comes before its value unless the sender wrote
    /// them the other way round; `spot` names it either way.
    fn leaf(&mut self, spot: &Spot<'_>, leaf: Leaf<'_>) -> Edit;

    /// Whether an attribute stays as it is: then its leaves are not shown. `entry` is its KeyValue, key and all, as
    /// it lies on the wire; attributes of telemetry are the same few, over and over. By default all are shown.
    #[inline(always)]
    fn stays(&mut self, _entry: &[u8]) -> bool {
        false
    }

    /// Told of an attribute that was shown, and of which every leaf stayed.
    #[inline(always)]
    fn stayed(&mut self, _entry: &[u8]) {}

    /// Told of an attribute that was shown, and in which something was edited.
    #[inline(always)]
    fn edited(&mut self, _entry: &[u8]) {}
}

impl<F: FnMut(&Spot<'_>, Leaf<'_>) -> Edit> Visitor for F {
    #[inline(always)]
    fn leaf(&mut self, spot: &Spot<'_>, leaf: Leaf<'_>) -> Edit {
        self(spot, leaf)
    }
}

/// A walk over one message.
pub(super) struct Walk<'a, 'v, V> {
    pub(super) bytes: &'a [u8],
    pub(super) visitor: &'v mut V,
    pub(super) patches: &'v mut Patches,
}

impl<'a, V: Visitor> Walk<'a, '_, V> {
    /// Visits the whole of `bytes`, a message of `shape`.
    pub(super) fn all(&mut self, shape: &'static Shape, owner: Owner) {
        let spot = Spot { owner, place: Place::Value, attribute: None, key: None, depth: 0 };
        self.message(shape, 0, self.bytes.len(), &spot);
    }

    fn message(&mut self, shape: &'static Shape, at: usize, end: usize, around: &Spot<'a>) {
        let mut spot = *around;
        if let Role::Owner(owner) = shape.role {
            spot.owner = owner;
        }
        let mut fields = Reader::new(&self.bytes[..end], at, usize::MAX);
        while let Some(field) = fields.next_checked() {
            match *shape.kind(field.tag) {
                Kind::Message(inner) if inner.role == Role::KeyValue => {
                    let mut entry = Some(field);
                    while let Some(field) = entry {
                        self.key_value(&field, &spot);
                        entry = fields.next_like(&field);
                    }
                }
                Kind::Message(inner) => self.nested(inner, &field, &spot),
                Kind::Body(inner) => self.nested(inner, &field, &Spot { owner: Owner::Body, ..spot }),
                Kind::Text(place) => self.string(&field, &Spot { place, ..spot }),
                Kind::String | Kind::Bool | Kind::Int | Kind::Double | Kind::Bytes => {
                    let leaf = self.any_leaf(shape, &field);
                    self.value_leaf(&field, &Spot { place: Place::Value, ..spot }, leaf);
                }
                _ => {}
            }
        }
    }

    #[inline]
    fn nested(&mut self, shape: &'static Shape, field: &Field, spot: &Spot<'a>) {
        let mark = self.patches.mark();
        self.message(shape, field.body, field.end, spot);
        self.close(mark, field);
    }

    // message KeyValue { string key = 1; AnyValue value = 2; int32 key_strindex = 3; }
    #[inline(always)]
    fn key_value(&mut self, field: &Field, around: &Spot<'a>) {
        let attribute = around.depth == 0 && around.owner != Owner::Body;
        if !attribute || !self.visitor.stays(self.slice(field)) {
            self.shown_key_value(field, around, attribute);
        }
    }

    /// A KeyValue that is not known to stay, as most attributes are.
    #[inline(never)]
    fn shown_key_value(&mut self, field: &Field, around: &Spot<'a>, attribute: bool) {
        let Some((key, value)) = plain_key_value(self.bytes, field) else {
            return self.odd_key_value(field, around);
        };
        let name = Text::checked(key.of(self.bytes));
        let mut spot = Spot { place: Place::Key, ..around.below(name) };
        let mark = self.patches.mark();
        let (key_end, value_at, end) = (key.end as usize, value.at as usize, field.end);
        let part = Field { tag: 1, start: field.body, body: key.at as usize, end: key_end, ..*field };
        if self.key(&part, &spot) {
            return self.remove_all(mark, field);
        }
        spot.place = Place::Value;
        self.value(&Field { tag: 2, start: key_end, body: value_at, end, ..*field }, &spot);
        let edited = self.patches.grew_since(mark);
        if edited {
            self.close(mark, field);
        }
        match (attribute, edited) {
            (true, true) => self.visitor.edited(self.slice(field)),
            (true, false) => self.visitor.stayed(self.slice(field)),
            (false, _) => {}
        }
    }

    /// A KeyValue whose fields are not just a key and then a value.
    #[cold]
    fn odd_key_value(&mut self, field: &Field, around: &Spot<'a>) {
        let name = Text::checked(key_of(self.bytes, field));
        let mut spot = around.below(name);
        let mark = self.patches.mark();
        let mut parts = Reader::new(&self.bytes[..field.end], field.body, usize::MAX);
        while let Some(part) = parts.next_checked() {
            spot.place = if part.tag == 1 { Place::Key } else { Place::Value };
            match part.tag {
                1 if self.key(&part, &spot) => return self.remove_all(mark, field),
                2 => self.value(&part, &spot),
                _ => {}
            }
        }
        self.close(mark, field);
    }

    #[inline(always)]
    fn close(&mut self, mark: Mark, field: &Field) {
        if self.patches.grew_since(mark) {
            self.patches.close(mark, length_at(self.bytes, field), field.body, field.end);
        }
    }

    /// Takes the whole of `entry` out, and back what was edited in it since `mark`.
    fn remove_all(&mut self, mark: Mark, entry: &Field) {
        self.patches.rewind(mark);
        self.patches.remove(entry.start, entry.end);
    }

    /// Offers the key of a KeyValue; whether the KeyValue goes.
    #[inline]
    fn key(&mut self, part: &Field, spot: &Spot<'a>) -> bool {
        match self.visitor.leaf(spot, Leaf::String(Text::checked(self.slice(part)))) {
            Edit::Keep => return false,
            Edit::Replace(value) => self.write_string(part, &value),
            Edit::Remove => return true,
        }
        false
    }

    /// An AnyValue: the one string it mostly is, or whatever else.
    #[inline]
    fn value(&mut self, field: &Field, spot: &Spot<'a>) {
        let Some(text) = plain_string(self.slice(field)) else {
            return self.other_value(field, spot);
        };
        match self.visitor.leaf(spot, Leaf::String(Text::checked(text))) {
            Edit::Keep => {}
            edit => {
                let mark = self.patches.mark();
                let inner = Field { tag: 1, wire: LEN, start: field.body, ..*field };
                self.apply_value(&inner, edit);
                self.close(mark, field);
            }
        }
    }

    /// An AnyValue: a single number, or whatever else.
    fn other_value(&mut self, field: &Field, spot: &Spot<'a>) {
        let mut fields = Reader::new(&self.bytes[..field.end], field.body, usize::MAX);
        let leaf = match fields.next_checked() {
            Some(only) if only.end == field.end && matches!(only.tag, 2..=4) => only,
            _ => return self.nested(&ANY_VALUE, field, spot),
        };
        let mark = self.patches.mark();
        let value = self.any_leaf(&ANY_VALUE, &leaf);
        self.value_leaf(&leaf, spot, value);
        self.close(mark, field);
    }

    fn string(&mut self, field: &Field, spot: &Spot<'a>) {
        match self.visitor.leaf(spot, Leaf::String(Text::checked(self.slice(field)))) {
            Edit::Keep => {}
            Edit::Replace(value) => self.write_string(field, &value),
            Edit::Remove => self.patches.remove(field.start, field.end),
        }
    }

    fn write_string(&mut self, field: &Field, value: &Value) {
        self.patches.replace(field.start, field.end, |out| put_bytes(out, field.tag, value.text().as_bytes()));
    }

    fn any_leaf(&self, shape: &'static Shape, field: &Field) -> Leaf<'a> {
        match *shape.kind(field.tag) {
            Kind::Bool => Leaf::Bool(field.number != 0),
            Kind::Int => Leaf::Int(field.number as i64),
            Kind::Double => Leaf::Double(double(self.slice(field))),
            Kind::Bytes => Leaf::Bytes(self.slice(field)),
            _ => Leaf::String(Text::checked(self.slice(field))),
        }
    }

    fn value_leaf(&mut self, field: &Field, spot: &Spot<'a>, leaf: Leaf<'a>) {
        match self.visitor.leaf(spot, leaf) {
            Edit::Keep => {}
            edit => self.apply_value(field, edit),
        }
    }

    /// Edits one field of an AnyValue.
    #[cold]
    fn apply_value(&mut self, field: &Field, edit: Edit) {
        match edit {
            Edit::Keep => {}
            Edit::Replace(value) => self.patches.replace(field.start, field.end, |out| value.encode(out)),
            Edit::Remove => self.patches.remove(field.start, field.end),
        }
    }

    #[inline(always)]
    fn slice(&self, field: &Field) -> &'a [u8] {
        self.bytes.get(field.body..field.end).unwrap_or_default()
    }
}

/// Where the length of a length-delimited field begins: behind its key.
#[inline(always)]
pub(super) fn length_at(bytes: &[u8], field: &Field) -> usize {
    let key = bytes.get(field.start..field.body).unwrap_or_default();
    field.start + key.iter().position(|byte| *byte < 0x80).map_or(0, |last| last + 1)
}

/// The key of a KeyValue; of several the last, as in any proto3 reader.
#[inline(always)]
pub(super) fn key_of<'a>(bytes: &'a [u8], field: &Field) -> &'a [u8] {
    let mut key: &[u8] = &[];
    let mut parts = Reader::new(bytes.get(..field.end).unwrap_or_default(), field.body, usize::MAX);
    while let Some(part) = parts.next_checked() {
        if part.tag == 1 {
            key = bytes.get(part.body..part.end).unwrap_or_default();
        }
    }
    key
}

/// A little-endian double; 0 when the bytes are not eight.
pub(super) fn double(bytes: &[u8]) -> f64 {
    bytes.first_chunk().map_or(0.0, |bytes| f64::from_le_bytes(*bytes))
}
