//! OTLP JSON to protobuf wire bytes, in one pass of serde_json's parser over the schema table.

use std::fmt;
use std::ops::Range;

use serde::de::{DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::error::Category;

use super::error::{JsonError, JsonErrorKind};
use super::number::{self, Number};
use super::schema::{Field, Kind, MAX_FIELDS, Message, Shape};
use super::text;
use super::wire::{OutOfBudget, Output};
use crate::{Limits, Signal};

/// Reads `json`, an OTLP export request of `signal` in JSON, into the same request as protobuf wire bytes.
///
/// The module's head says what is accepted. `{}` and `null` are empty requests. Strings of the result are valid UTF-8,
/// and fields stand in the order in which the sender wrote them.
///
/// Bounds: `limits.max_records` spans, log records or data points; `limits.max_depth` messages inside one another below
/// the request, never more than 500 (an attribute of a span is at 4, its value at 5; a list in a value adds 2 levels, a
/// map 3). The parser's own bound of 128 brackets is off, because it would refuse here what the protobuf door takes;
/// brackets nest only through messages, and values of unknown keys are skipped without recursion.
///
/// `grow` is asked for each block of the result's capacity, in bytes, before it is allocated; its refusal ends the reading
/// with [`JsonErrorKind::OutOfBudget`]. The capacity of the answer is exactly what was granted. It is at most the larger of
/// half the input and twice the output, and output is at most four times the input (a list of one-digit doubles).
///
/// # Errors
/// [`JsonError`], of a kind that says whether the sender may try again.
pub fn read(
    signal: Signal,
    json: &[u8],
    limits: &Limits,
    grow: &mut dyn FnMut(usize) -> bool,
) -> Result<Vec<u8>, JsonError> {
    let mut reader = Reader {
        out: Output::new(grow),
        limits: *limits,
        records: 0,
        failure: None,
        text_due: false,
        path: Vec::new(),
    };
    let mut parser = serde_json::Deserializer::from_slice(json);
    parser.disable_recursion_limit();
    // JSON of spans and logs is a good half wire bytes: most requests then need one block.
    let read = match reader.out.reserve(json.len() / 2) {
        Ok(()) => Request { reader: &mut reader, message: super::request_of(signal) }.deserialize(&mut parser),
        Err(refused) => Err(reader.refused(&refused)),
    };
    match read.and_then(|()| parser.end()) {
        Ok(()) => Ok(reader.out.into_bytes()),
        Err(error) => Err(reader.explain(&error)),
    }
}

/// What one reading carries through the levels.
struct Reader<'a> {
    out: Output<'a>,
    limits: Limits,
    records: usize,
    /// Set where an error begins, because serde's own errors would quote the payload.
    failure: Option<(JsonErrorKind, &'static str)>,
    /// A string was to come, and nothing else.
    text_due: bool,
    /// Filled from the inside out, and only once there is an error.
    path: Vec<Step>,
}

enum Step {
    Key(&'static str),
    Index(usize),
}

impl Reader<'_> {
    fn fail<E: Error>(&mut self, kind: JsonErrorKind, reason: &'static str) -> E {
        self.failure = Some((kind, reason));
        E::custom(reason)
    }

    fn malformed<E: Error>(&mut self, reason: &'static str) -> E {
        self.fail(JsonErrorKind::Malformed, reason)
    }

    fn refused<E: Error>(&mut self, _: &OutOfBudget) -> E {
        self.fail(JsonErrorKind::OutOfBudget, "no memory left for this request")
    }

    /// A message's fields, without tag and length.
    fn message<'de, A: MapAccess<'de>>(
        &mut self,
        message: &'static Message,
        depth: usize,
        mut map: A,
    ) -> Result<(), A::Error> {
        let mut seen = [false; MAX_FIELDS];
        let mut expected = 0;
        let mut member: Option<Range<usize>> = None;
        while let Some(key) = map.next_key_seed(Key { message, expected })? {
            let Some(index) = key else {
                map.next_value::<IgnoredAny>()?;
                continue;
            };
            let field = &message.fields[index];
            let start = self.out.len();
            let value = Value { reader: self, field, depth, element: false, again: seen[index] };
            map.next_value_seed(value).inspect_err(|_| self.path.push(Step::Key(field.name)))?;
            let written = start..self.out.len();
            if field.shape == Shape::OneOf && !written.is_empty() {
                member = Some(match member {
                    None => written,
                    Some(old) => {
                        let shift = old.len();
                        self.out.cut(old);
                        written.start - shift..written.end - shift
                    }
                });
            }
            seen[index] = true;
            expected = index + 1;
        }
        Ok(())
    }

    /// Counts a message that begins.
    fn enter<E: Error>(&mut self, message: &Message, depth: usize) -> Result<(), E> {
        if depth > self.limits.max_depth.min(super::MAX_DEPTH) {
            return Err(self.fail(JsonErrorKind::TooDeep, "values are nested too deep"));
        }
        if message.record {
            self.records += 1;
            if self.records > self.limits.max_records {
                return Err(self.fail(JsonErrorKind::TooManyRecords, "too many records in one request"));
            }
        }
        Ok(())
    }

    fn explain(mut self, error: &serde_json::Error) -> JsonError {
        let mut path = String::from("$");
        for step in self.path.drain(..).rev() {
            match step {
                Step::Key(key) => path.extend([".", key]),
                Step::Index(index) => path.push_str(&format!("[{index}]")),
            }
        }
        let (kind, reason) = match self.failure {
            Some((kind, reason)) => (kind, reason.to_owned()),
            // A syntax error is one of the parser's fixed texts; a data error could quote what it saw.
            None if error.classify() == Category::Data => {
                let reason = if self.text_due { "expected a string" } else { "expected an object" };
                (JsonErrorKind::Malformed, reason.to_owned())
            }
            None => {
                let text = error.to_string();
                let text = text.split(" at line ").next().unwrap_or_default();
                (JsonErrorKind::Malformed, text.to_owned())
            }
        };
        JsonError { kind, path, line: error.line(), column: error.column(), reason }
    }
}

/// The document itself.
struct Request<'r, 'a> {
    reader: &'r mut Reader<'a>,
    message: &'static Message,
}

impl<'de> DeserializeSeed<'de> for Request<'_, '_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, parser: D) -> Result<(), D::Error> {
        parser.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Request<'_, '_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_unit<E: Error>(self) -> Result<(), E> {
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<(), A::Error> {
        self.reader.message(self.message, 0, map)
    }
}

/// A key: the index of its field, or `None` when the table has no such field.
struct Key {
    message: &'static Message,
    /// The field after the last one: senders write fields in one order, so it is looked at first.
    expected: usize,
}

impl<'de> DeserializeSeed<'de> for Key {
    type Value = Option<usize>;

    fn deserialize<D: Deserializer<'de>>(self, parser: D) -> Result<Option<usize>, D::Error> {
        parser.deserialize_str(self)
    }
}

impl Visitor<'_> for Key {
    type Value = Option<usize>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a key")
    }

    fn visit_str<E: Error>(self, key: &str) -> Result<Option<usize>, E> {
        let fields = self.message.fields;
        if fields.get(self.expected).is_some_and(|field| field.name == key) {
            return Ok(Some(self.expected));
        }
        let found = fields.iter().position(|field| field.name == key);
        if found.is_some() || !key.contains('_') {
            return Ok(found);
        }
        Ok(fields.iter().position(|field| text::is_snake_case_of(key, field.name)))
    }
}

/// The value of a field, or one element of a list.
struct Value<'r, 'a> {
    reader: &'r mut Reader<'a>,
    field: &'static Field,
    /// Levels of messages around this value, the request not counted.
    depth: usize,
    element: bool,
    /// The key stood before in this object: a default must be written to win over the earlier value.
    again: bool,
}

impl<'de> DeserializeSeed<'de> for Value<'_, '_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, parser: D) -> Result<(), D::Error> {
        if matches!(self.field.kind, Kind::String) && !self.is_list() {
            self.reader.text_due = true;
            return parser.deserialize_option(self);
        }
        parser.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Value<'_, '_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value")
    }

    fn visit_none<E: Error>(self) -> Result<(), E> {
        self.reader.text_due = false;
        self.visit_unit()
    }

    /// As bytes, for a text that was cut inside a character is still one.
    fn visit_some<D: Deserializer<'de>>(self, parser: D) -> Result<(), D::Error> {
        parser.deserialize_bytes(self)
    }

    fn visit_bytes<E: Error>(self, value: &[u8]) -> Result<(), E> {
        self.reader.text_due = false;
        match std::str::from_utf8(value) {
            Ok(_) => self.bytes(value),
            Err(_) => self.bytes(text::mended(value).as_bytes()),
        }
    }

    fn visit_unit<E: Error>(self) -> Result<(), E> {
        match self.field.kind {
            _ if !self.element => Ok(()),
            Kind::String => self.bytes(b""),
            Kind::Message(message) => {
                self.reader.enter(message, self.depth + 1)?;
                self.bytes(b"")
            }
            _ => Err(self.reader.malformed("null in a list of numbers")),
        }
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<(), E> {
        match self.field.kind {
            Kind::Bool if !self.is_list() => self.scalar(value.into()),
            _ => Err(self.unexpected()),
        }
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<(), E> {
        self.number(Number::Unsigned(value))
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<(), E> {
        self.number(Number::Signed(value))
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<(), E> {
        self.number(Number::Float(value))
    }

    fn visit_str<E: Error>(self, value: &str) -> Result<(), E> {
        if self.is_list() {
            return Err(self.unexpected());
        }
        match self.field.kind {
            Kind::Id(len) => self.id(len, value),
            Kind::Bytes => self.base64(value),
            kind => match number::bits_of_text(kind, value) {
                Ok(bits) => self.scalar(bits),
                Err(reason) => Err(self.reader.malformed(reason)),
            },
        }
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<(), A::Error> {
        let Kind::Message(message) = self.field.kind else { return Err(self.unexpected()) };
        if self.is_list() {
            return Err(self.unexpected());
        }
        let reader = self.reader;
        reader.enter(message, self.depth + 1)?;
        let open = reader.out.open(self.field.number).map_err(|refused| reader.refused(&refused))?;
        reader.message(message, self.depth + 1, map)?;
        reader.out.close(&open).map_err(|refused| reader.refused(&refused))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<(), A::Error> {
        if !self.is_list() {
            return Err(self.unexpected());
        }
        let Self { reader, field, depth, .. } = self;
        let packed = match field.packed() {
            true => Some(reader.out.open(field.number).map_err(|refused| reader.refused(&refused))?),
            false => None,
        };
        let mut index = 0;
        loop {
            let element = Value { reader, field, depth, element: true, again: false };
            let more = list.next_element_seed(element).inspect_err(|_| reader.path.push(Step::Index(index)))?;
            if more.is_none() {
                break;
            }
            index += 1;
        }
        match packed {
            Some(open) if reader.out.is_empty_since(&open) => reader.out.abandon(&open),
            Some(open) => reader.out.close(&open).map_err(|refused| reader.refused(&refused))?,
            None => {}
        }
        Ok(())
    }
}

impl Value<'_, '_> {
    /// Whether a list is to come, and nothing else.
    fn is_list(&self) -> bool {
        self.field.shape == Shape::Repeated && !self.element
    }

    fn unexpected<E: Error>(self) -> E {
        let reason = match self.field.kind {
            _ if self.is_list() => "expected a list",
            Kind::Message(_) => "expected an object",
            Kind::String | Kind::Id(_) | Kind::Bytes => "expected a string",
            Kind::Bool => "expected true or false",
            _ => "expected a number",
        };
        self.reader.malformed(reason)
    }

    fn number<E: Error>(self, number: Number) -> Result<(), E> {
        if self.is_list() {
            return Err(self.unexpected());
        }
        match number::bits(self.field.kind, number) {
            Ok(bits) => self.scalar(bits),
            Err(reason) => Err(self.reader.malformed(reason)),
        }
    }

    /// Whether a value at its default says nothing here.
    fn defaults_vanish(&self) -> bool {
        self.field.shape == Shape::Singular && !self.again
    }

    fn scalar<E: Error>(self, bits: u64) -> Result<(), E> {
        if bits == 0 && self.defaults_vanish() {
            return Ok(());
        }
        let wire_type = self.field.kind.wire_type();
        let out = &mut self.reader.out;
        let tagged = if self.field.packed() { Ok(()) } else { out.tag(self.field.number, wire_type) };
        tagged.and_then(|()| out.scalar(wire_type, bits)).map_err(|refused| self.reader.refused(&refused))
    }

    fn bytes<E: Error>(self, bytes: &[u8]) -> Result<(), E> {
        if bytes.is_empty() && self.defaults_vanish() {
            return Ok(());
        }
        self.reader.out.bytes(self.field.number, bytes).map_err(|refused| self.reader.refused(&refused))
    }

    fn id<E: Error>(self, len: usize, hex: &str) -> Result<(), E> {
        if hex.is_empty() {
            return self.bytes(b"");
        }
        let mut id = [0; 16];
        if text::unhex(hex, &mut id[..len]) {
            return self.bytes(&id[..len]);
        }
        Err(self.reader.malformed(if len == 16 { "expected 32 hex digits" } else { "expected 16 hex digits" }))
    }

    fn base64<E: Error>(self, text: &str) -> Result<(), E> {
        if text.is_empty() {
            return self.bytes(b"");
        }
        let Self { reader, field, .. } = self;
        let open = reader.out.open(field.number).map_err(|refused| reader.refused(&refused))?;
        match reader.out.fill(text::base64_bound(text), |into| text::unbase64(text, into)) {
            Ok(Ok(())) => reader.out.close(&open).map_err(|refused| reader.refused(&refused)),
            Ok(Err(reason)) => Err(reader.malformed(reason)),
            Err(refused) => Err(reader.refused(&refused)),
        }
    }
}
