//! Protobuf wire bytes to OTLP JSON, in two walks over each message: find the fields, then print them in the table's order.

use std::ops::Range;

use super::error::WriteError;
use super::number::unzigzag;
use super::schema::{Field, Kind, Message, Shape, wire_type};
use super::text;
use super::wire::{Raw, take_field, take_scalar};
use crate::Signal;

/// Appends `wire`, an OTLP export request of `signal` in protobuf, to `out` as one line of OTLP JSON without its line end.
///
/// The bytes are those the Collector's file exporter writes (the module's head says how). What occurs more than once is
/// merged as protobuf merges: the last scalar, the last member of a oneof, and the fields of all occurrences of a message.
/// Fields the table does not know are left out. Text that needs no escape takes as many bytes as on the wire; the worst cases are 6
/// bytes for a control character and 15 for each byte of empty exponential histogram points.
///
/// # Errors
/// [`WriteError`] when the bytes are no such request: cut short, a known field in a foreign wire type, invalid UTF-8, or
/// more than 500 messages deep. `out` is then as long as before.
pub fn write(signal: Signal, wire: &[u8], out: &mut Vec<u8>) -> Result<(), WriteError> {
    let before = out.len();
    let mut writer = Writer { out, parts: vec![wire], slots: Vec::new() };
    let written = writer.message(super::request_of(signal), 0, 0);
    if written.is_err() {
        out.truncate(before);
    }
    written
}

struct Writer<'w, 'o> {
    out: &'o mut Vec<u8>,
    /// A stack: each message under way is a run of byte ranges which protobuf merges into one. Mostly the run is one range.
    parts: Vec<&'w [u8]>,
    /// A stack too: a slot for each field of each message under way.
    slots: Vec<Slot<'w>>,
}

/// What the first walk found of one field.
#[derive(Clone, Copy)]
struct Slot<'w> {
    count: usize,
    /// Before the first occurrence.
    first: Cursor<'w>,
    last: Raw<'w>,
}

/// A place in a run of parts.
#[derive(Clone, Copy)]
struct Cursor<'w> {
    part: usize,
    rest: &'w [u8],
}

const EMPTY: Slot<'static> = Slot { count: 0, first: Cursor { part: 0, rest: &[] }, last: Raw::Bytes(&[]) };

impl<'w> Cursor<'w> {
    /// The next field of the run that ends before `end`.
    fn next(&mut self, parts: &[&'w [u8]], end: usize) -> Result<Option<(u32, Option<Raw<'w>>)>, WriteError> {
        while self.rest.is_empty() {
            self.part += 1;
            if self.part >= end {
                return Ok(None);
            }
            self.rest = parts[self.part];
        }
        take_field(&mut self.rest).map(Some)
    }
}

impl<'w> Writer<'w, '_> {
    /// Prints the message whose parts are the stack's from `run` on.
    fn message(&mut self, message: &'static Message, run: usize, depth: usize) -> Result<(), WriteError> {
        if depth > super::MAX_DEPTH {
            return Err(WriteError::new("messages are nested too deep").inside(message.name));
        }
        let end = self.parts.len();
        if let Some((field, value)) = self.only_member(message, run..end) {
            self.out.push(b'{');
            self.key(field, false);
            self.scalar(field.kind, &value).map_err(|error| error.inside(message.name))?;
            self.out.push(b'}');
            return Ok(());
        }
        let base = self.slots.len();
        self.slots.resize(base + message.fields.len(), EMPTY);
        self.find(message, base, run..end).map_err(|error| error.inside(message.name))?;
        self.out.push(b'{');
        let mut comma = false;
        for (index, field) in message.fields.iter().enumerate() {
            let slot = self.slots[base + index];
            comma |= self.field(field, &slot, end, depth, comma).map_err(|error| error.inside(message.name))?;
        }
        self.out.push(b'}');
        self.slots.truncate(base);
        Ok(())
    }

    /// The member of a oneof that is all there is of the message, and needs no walk to be found: nearly every `AnyValue`.
    /// `schema` holds that no such message has a field which is printed without being there.
    fn only_member(&self, message: &'static Message, run: Range<usize>) -> Option<(&'static Field, Raw<'w>)> {
        let [part] = self.parts[run] else { return None };
        let mut rest = part;
        let (number, Some(value)) = take_field(&mut rest).ok()? else { return None };
        let field = message.fields.iter().find(|field| field.number == number)?;
        let scalar = field.shape == Shape::OneOf && !matches!(field.kind, Kind::Message(_));
        (scalar && rest.is_empty() && fits(field, &value)).then_some((field, value))
    }

    /// The first walk: fills the slots from `base` on.
    fn find(&mut self, message: &'static Message, base: usize, run: Range<usize>) -> Result<(), WriteError> {
        let fields = message.fields;
        let slots = &mut self.slots[base..];
        let mut cursor = Cursor { part: run.start, rest: self.parts.get(run.start).copied().unwrap_or_default() };
        let mut member = None;
        let mut last = 0;
        loop {
            let before = cursor;
            let Some((number, raw)) = cursor.next(&self.parts, run.end)? else { return Ok(()) };
            if fields[last].number != number {
                let Some(found) = fields.iter().position(|field| field.number == number) else { continue };
                last = found;
            }
            let field = &fields[last];
            let Some(raw) = raw.filter(|raw| fits(field, raw)) else {
                return Err(WriteError::new("a known field has a foreign wire type"));
            };
            if field.shape == Shape::OneOf && member.replace(last).is_some_and(|old| old != last) {
                for (slot, field) in slots.iter_mut().zip(fields) {
                    if field.shape == Shape::OneOf {
                        *slot = EMPTY;
                    }
                }
            }
            let slot = &mut slots[last];
            if slot.count == 0 {
                slot.first = before;
            }
            slot.count += 1;
            slot.last = raw;
        }
    }

    /// Prints one field with its key, if it is to be seen at all; answers whether it was.
    fn field(
        &mut self,
        field: &'static Field,
        slot: &Slot<'w>,
        end: usize,
        depth: usize,
        comma: bool,
    ) -> Result<bool, WriteError> {
        if field.shape == Shape::Repeated {
            return if slot.count == 0 { Ok(false) } else { self.list(field, slot, end, depth, comma) };
        }
        if let Kind::Message(message) = field.kind {
            if slot.count == 0 && field.shape != Shape::Singular {
                return Ok(false);
            }
            self.key(field, comma);
            self.merge(field, slot, end)?;
            self.message(message, end, depth + 1)?;
            self.parts.truncate(end);
            return Ok(true);
        }
        if slot.count == 0 || field.shape == Shape::Singular && is_default(field.kind, &slot.last) {
            return Ok(false);
        }
        self.key(field, comma);
        self.scalar(field.kind, &slot.last)?;
        Ok(true)
    }

    fn key(&mut self, field: &Field, comma: bool) {
        self.out.reserve(field.name.len() + 4);
        if comma {
            self.out.push(b',');
        }
        self.out.push(b'"');
        self.out.extend_from_slice(field.name.as_bytes());
        self.out.extend_from_slice(b"\":");
    }

    /// Puts all occurrences of a singular message on the stack of parts, as one run.
    fn merge(&mut self, field: &Field, slot: &Slot<'w>, end: usize) -> Result<(), WriteError> {
        let Raw::Bytes(last) = slot.last else { return Ok(()) };
        if slot.count > 1 {
            let mut cursor = slot.first;
            let mut earlier = slot.count - 1;
            while earlier > 0 {
                let Some((number, raw)) = cursor.next(&self.parts, end)? else { break };
                if let (true, Some(Raw::Bytes(bytes))) = (number == field.number, raw) {
                    self.parts.push(bytes);
                    earlier -= 1;
                }
            }
        }
        if slot.count > 0 {
            self.parts.push(last);
        }
        Ok(())
    }

    /// Prints a repeated field; a packed one of no elements is not seen.
    fn list(
        &mut self,
        field: &'static Field,
        slot: &Slot<'w>,
        end: usize,
        depth: usize,
        comma: bool,
    ) -> Result<bool, WriteError> {
        let start = self.out.len();
        self.key(field, comma);
        self.out.push(b'[');
        let first = self.out.len();
        let mut cursor = slot.first;
        let mut left = slot.count;
        while left > 0 {
            let Some((number, raw)) = cursor.next(&self.parts, end)? else { break };
            let (true, Some(raw)) = (number == field.number, raw) else { continue };
            left -= 1;
            match raw {
                Raw::Bytes(mut packed) if field.packed() => {
                    while !packed.is_empty() {
                        let wire_type = field.kind.wire_type();
                        let value = Raw::Scalar(wire_type, take_scalar(&mut packed, wire_type)?);
                        self.element(field, &value, depth, first)?;
                    }
                }
                _ => self.element(field, &raw, depth, first)?,
            }
        }
        if self.out.len() == first {
            self.out.truncate(start);
            return Ok(false);
        }
        self.out.push(b']');
        Ok(true)
    }

    fn element(&mut self, field: &Field, raw: &Raw<'w>, depth: usize, first: usize) -> Result<(), WriteError> {
        if self.out.len() > first {
            self.out.push(b',');
        }
        let (Kind::Message(message), Raw::Bytes(bytes)) = (field.kind, raw) else {
            return self.scalar(field.kind, raw);
        };
        let run = self.parts.len();
        self.parts.push(bytes);
        self.message(message, run, depth + 1)?;
        self.parts.truncate(run);
        Ok(())
    }

    fn scalar(&mut self, kind: Kind, raw: &Raw<'w>) -> Result<(), WriteError> {
        match *raw {
            Raw::Bytes(bytes) => match kind {
                Kind::Id(_) => text::push_hex(self.out, bytes),
                Kind::Bytes => text::push_base64(self.out, bytes),
                _ => {
                    let text = simdutf8::basic::from_utf8(bytes).map_err(|_| WriteError::new("text is not UTF-8"))?;
                    text::push_string(self.out, text);
                }
            },
            Raw::Scalar(_, bits) => self.number(kind, bits),
        }
        Ok(())
    }

    fn number(&mut self, kind: Kind, bits: u64) {
        let out = &mut *self.out;
        let quoted = matches!(kind, Kind::Uint64 | Kind::Int64 | Kind::Fixed64 | Kind::Sfixed64);
        if quoted {
            out.push(b'"');
        }
        match kind {
            Kind::Bool => out.extend_from_slice(if bits == 0 { b"false" } else { b"true" }),
            Kind::Double => text::push_double(out, f64::from_bits(bits)),
            _ => {
                let value = integer(kind, bits);
                text::push_integer(out, value < 0, value.unsigned_abs() as u64);
            }
        }
        if quoted {
            out.push(b'"');
        }
    }
}

/// The integer that a varint or fixed field of `kind` holds; what is longer than the kind is cut, as protobuf cuts it.
fn integer(kind: Kind, bits: u64) -> i128 {
    match kind {
        Kind::Uint32 | Kind::Fixed32 => i128::from(bits as u32),
        Kind::Int32 | Kind::Enum(_) => i128::from(bits as u32 as i32),
        Kind::Sint32 => i128::from(unzigzag(bits)),
        Kind::Int64 | Kind::Sfixed64 => i128::from(bits as i64),
        _ => i128::from(bits),
    }
}

/// Whether the value stands in the wire type of its field, or as the packed list it may be.
fn fits(field: &Field, raw: &Raw<'_>) -> bool {
    match raw {
        Raw::Scalar(wire_type, _) => *wire_type == field.kind.wire_type(),
        Raw::Bytes(_) => field.kind.wire_type() == wire_type::LEN || field.packed(),
    }
}

/// Whether the Collector would leave the value out: zero of either sign, no text, an id of zeros.
fn is_default(kind: Kind, raw: &Raw<'_>) -> bool {
    match *raw {
        Raw::Bytes(bytes) => match kind {
            Kind::Id(_) => bytes.iter().all(|&byte| byte == 0),
            _ => bytes.is_empty(),
        },
        Raw::Scalar(_, bits) => match kind {
            Kind::Double => f64::from_bits(bits) == 0.0,
            Kind::Bool => bits == 0,
            _ => integer(kind, bits) == 0,
        },
    }
}
