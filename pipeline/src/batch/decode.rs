//! Received bytes into tables, in one pass that also checks everything: wire types, lengths, depth, UTF-8, ids.
//!
//! What passes here needs no check afterwards: every later reader stops quietly where a field is malformed,
//! and none is.

use super::Limits;
use super::error::{DecodeError, Fault};
use super::schema::{self, ANY_VALUE, KEY_VALUE, Kind, Role, Shape};
use super::tables::{Attribute, CHILD_TAG, CLEAN, EVENTS, Group, ROOT, Row, Run, SCOPE, TRACE_STATE, Tables, UNTABLED};
use super::text::{is_ascii, is_utf8};
use super::wire::{Field, GROUP, I32, I64, LEN, Reader, VARINT};
use crate::Signal;

/// No limit goes deeper: the walks are recursive and their stacks have to hold it.
const DEEPEST: usize = 512;

/// The tables of a request, and what decode counted beside them.
pub(super) struct Decoded {
    pub(super) tables: Tables,
    /// Metric data points.
    pub(super) points: usize,
    /// Unknown length-delimited fields and groups.
    pub(super) unknown: u64,
    /// Rows to leave out, ascending: with a trace or span id of the wrong length, or a string that is not UTF-8 in them
    /// or in what is around them.
    pub(super) misfits: Vec<u32>,
}

/// Reads `wire` as an export request of `signal`.
pub(super) fn decode(signal: Signal, wire: &[u8], limits: &Limits) -> Result<Decoded, DecodeError> {
    let depth = limits.max_depth.min(DEEPEST);
    let end = u32::try_from(wire.len()).map_err(|_| DecodeError::new(Fault::TooLong, wire.len()))?;
    let mut decoder = Decoder {
        wire,
        levels: schema::levels(signal),
        record: schema::record(signal),
        traces: signal == Signal::Traces,
        rows: signal != Signal::Metrics,
        attributes_tag: schema::record(signal).attributes_tag().unwrap_or(0),
        max_records: limits.max_records,
        // A sensible attribute takes 12 bytes and more; what comes in smaller bites is walked when asked
        // for, so that this table never outgrows twice the wire, whatever the sender makes of it.
        max_attributes: wire.len() / 8,
        misfit: false,
        out: Decoded { tables: Tables::default(), points: 0, unknown: 0, misfits: Vec::new() },
    };
    if signal == Signal::Metrics {
        decoder.message(decoder.levels[0], 0, wire.len(), depth)?;
        return Ok(decoder.out);
    }
    decoder.reserve();
    decoder.group(ROOT, 0, Run { at: 0, end }, 0, depth)?;
    Ok(decoder.out)
}

struct Decoder<'a> {
    wire: &'a [u8],
    levels: [&'static Shape; 3],
    record: &'static Shape,
    traces: bool,
    /// There are rows, of which one can be left out.
    rows: bool,
    attributes_tag: u32,
    max_records: usize,
    max_attributes: usize,
    /// What is being read holds an id of the wrong length, or a string that is not UTF-8.
    misfit: bool,
    out: Decoded,
}

impl Decoder<'_> {
    /// Room for what a request of this length holds as a rule: a record a KiB, an attribute each 90 bytes.
    /// Smaller ones grow the tables by doubling, which costs less than the page faults of room not used.
    fn reserve(&mut self) {
        let length = self.wire.len();
        self.out.tables.rows.reserve((length / 1024 + 4).min(self.max_records));
        self.out.tables.attributes.reserve((length / 90).min(self.max_attributes));
    }

    /// Reads a group whose field is `field` and whose message begins at `body`, and all below it.
    fn group(&mut self, level: usize, parent: u32, field: Run, body: usize, depth: usize) -> Result<(), DecodeError> {
        let index = self.out.tables.levels[level].groups.len();
        if index >= self.max_records.max(1) {
            return Err(DecodeError::new(Fault::TooManyRecords, body));
        }
        let runs_at = self.out.tables.levels[level].runs.len();
        let (rows_at, mut spoiled) = (self.out.tables.rows.len(), false);
        let children_at = self.children(level);
        let group = Group {
            field,
            parent,
            children: (children_at, children_at),
            own: (runs_at as u32, runs_at as u32),
            edit: CLEAN,
            touched: false,
            thinned: false,
        };
        self.out.tables.levels[level].groups.push(group);
        let shape = self.levels[level];
        let mut fields = Reader::new(&self.wire[..field.end as usize], body, depth);
        while let Some(child) = fields.next()? {
            if child.tag != CHILD_TAG[level] {
                self.check(shape.kind(child.tag), &child, depth)?;
                spoiled |= std::mem::take(&mut self.misfit);
                self.own(level, runs_at, &child);
                continue;
            }
            expect(&child, LEN)?;
            let depth = descend(depth, &child)?;
            let run = Run { at: child.start as u32, end: child.end as u32 };
            match level {
                SCOPE => self.record(index as u32, run, child.body, depth)?,
                _ => self.group(level + 1, index as u32, run, child.body, depth)?,
            }
        }
        let children_end = self.children(level);
        let groups = &mut self.out.tables.levels[level];
        if let Some(group) = groups.groups.get_mut(index) {
            group.children.1 = children_end;
            group.own.1 = groups.runs.len() as u32;
        }
        if spoiled {
            self.spoil(level, index, rows_at);
        }
        Ok(())
    }

    /// Leaves out a group with all below it, its rows from `rows_at` on: with a string that is not UTF-8 around them no
    /// record could be sent.
    #[cold]
    fn spoil(&mut self, level: usize, index: usize, rows_at: usize) {
        let rows = rows_at as u32..self.out.tables.rows.len() as u32;
        self.out.misfits.retain(|row| *row < rows.start);
        self.out.misfits.extend(rows);
        self.out.tables.spoil(level, index);
    }

    /// What no backend takes: of spans and logs it is the record that is left out.
    #[cold]
    fn misfits(&mut self, fault: Fault, at: usize) -> Result<(), DecodeError> {
        self.misfit = true;
        if self.rows { Ok(()) } else { Err(DecodeError::new(fault, at)) }
    }

    /// How many children of `level` there are so far.
    fn children(&self, level: usize) -> u32 {
        let tables = &self.out.tables;
        let count = if level == SCOPE { tables.rows.len() } else { tables.levels[level + 1].groups.len() };
        count as u32
    }

    /// Notes a field of a group's own; neighbours are one run.
    fn own(&mut self, level: usize, runs_at: usize, field: &Field) {
        let runs = &mut self.out.tables.levels[level].runs;
        match runs.get_mut(runs_at..).and_then(<[Run]>::last_mut) {
            Some(last) if last.end as usize == field.start => last.end = field.end as u32,
            _ => runs.push(Run { at: field.start as u32, end: field.end as u32 }),
        }
    }

    /// Reads a Span or a LogRecord into a row.
    fn record(&mut self, scope: u32, field: Run, body: usize, depth: usize) -> Result<(), DecodeError> {
        if self.out.tables.rows.len() >= self.max_records {
            return Err(DecodeError::new(Fault::TooManyRecords, body));
        }
        let attributes_at = self.out.tables.attributes.len();
        let mut row = Row::new(field, body as u32, scope, attributes_at as u32);
        let mut tabled = true;
        let mut fields = Reader::new(&self.wire[..field.end as usize], body, depth);
        loop {
            self.short_attributes(&mut fields, depth);
            let Some(field) = fields.next()? else { break };
            if field.tag == self.attributes_tag {
                expect(&field, LEN)?;
                tabled &= self.attribute(&field, descend(depth, &field)?)?;
                continue;
            }
            self.check(self.record.kind(field.tag), &field, depth)?;
            match self.traces {
                true => span_field(&mut row, self.wire, &field),
                false => log_field(&mut row, self.wire, &field),
            }
        }
        row.attributes = (self.out.tables.attributes.len() - attributes_at) as u32;
        if !tabled {
            self.out.tables.attributes.truncate(attributes_at);
            row.attributes = UNTABLED;
        }
        if std::mem::take(&mut self.misfit) {
            self.out.misfits.push(self.out.tables.rows.len() as u32);
        }
        self.out.tables.rows.push(row);
        Ok(())
    }

    /// Reads the attributes that stand next into the table while they are what nearly all are: shorter than
    /// 128 bytes, a key and then one ASCII string or one number. Stops before the first that is not.
    #[inline(always)]
    fn short_attributes(&mut self, fields: &mut Reader<'_>, depth: usize) {
        let head = (self.attributes_tag << 3) as u8 | LEN;
        // A KeyValue and its AnyValue are a level each.
        while depth >= 2
            && let Some(Attribute { key, value }) = short_attribute(fields.rest(), head)
            && self.push_attribute(Attribute { key: key.behind(fields.at()), value: value.behind(fields.at()) })
        {
            fields.advance(value.end as usize);
        }
    }

    /// Reads a KeyValue of a record into the table; `false` when it does not fit there.
    #[inline]
    fn attribute(&mut self, field: &Field, depth: usize) -> Result<bool, DecodeError> {
        let Some((key, value)) = plain_key_value(self.wire, field) else {
            return self.odd_attribute(field, depth);
        };
        let depth = descend(depth, field)?;
        if !is_utf8(key.of(self.wire)) {
            self.misfits(Fault::Utf8, key.at as usize)?;
        }
        let bytes = value.of(self.wire);
        match plain_string(bytes) {
            Some(text) if !is_utf8(text) => self.misfits(Fault::Utf8, value.at as usize)?,
            Some(_) => {}
            None if plain_number(bytes) => {}
            None => self.message(&ANY_VALUE, value.at as usize, value.end as usize, depth)?,
        }
        Ok(self.push_attribute(Attribute { key, value }))
    }

    /// An attribute whose fields are not just a key and then a value.
    #[cold]
    fn odd_attribute(&mut self, field: &Field, depth: usize) -> Result<bool, DecodeError> {
        self.message(&KEY_VALUE, field.body, field.end, depth)?;
        let (mut keys, mut values) = (0, 0);
        let none = Run { at: field.end as u32, end: field.end as u32 };
        let mut found = Attribute { key: none, value: none };
        let mut fields = Reader::new(&self.wire[..field.end], field.body, depth);
        while let Some(part) = fields.next()? {
            let run = Run { at: part.body as u32, end: part.end as u32 };
            match part.tag {
                1 => (keys, found.key) = (keys + 1, run),
                2 => (values, found.value) = (values + 1, run),
                _ => {}
            }
        }
        // A repeated value merges with the first: no single run of bytes holds it.
        Ok(keys <= 1 && values <= 1 && self.push_attribute(found))
    }

    #[inline]
    fn push_attribute(&mut self, attribute: Attribute) -> bool {
        let room = self.out.tables.attributes.len() < self.max_attributes;
        if room {
            self.out.tables.attributes.push(attribute);
        }
        room
    }

    /// Checks a message from `at` to `end` that no table holds.
    fn message(&mut self, shape: &'static Shape, at: usize, end: usize, depth: usize) -> Result<(), DecodeError> {
        if shape.role == Role::DataPoint {
            self.out.points += 1;
            if self.out.points > self.max_records {
                return Err(DecodeError::new(Fault::TooManyRecords, at));
            }
        }
        let mut fields = Reader::new(&self.wire[..end], at, depth);
        while let Some(field) = fields.next()? {
            self.check(shape.kind(field.tag), &field, depth)?;
        }
        Ok(())
    }

    /// Checks one field that should be of `kind`, in a message with `depth` levels left below it.
    #[inline]
    fn check(&mut self, kind: &'static Kind, field: &Field, depth: usize) -> Result<(), DecodeError> {
        match *kind {
            Kind::Varint | Kind::Bool | Kind::Int => expect(field, VARINT),
            Kind::Fixed64s if field.wire == LEN && (field.end - field.body).is_multiple_of(8) => Ok(()),
            Kind::Fixed64 | Kind::Double | Kind::Fixed64s => expect(field, I64),
            Kind::Fixed32 => expect(field, I32),
            Kind::Bytes => expect(field, LEN),
            Kind::Id(length) => {
                expect(field, LEN)?;
                let found = field.end - field.body;
                if found == 0 || found == length { Ok(()) } else { self.misfits(Fault::Id, field.start) }
            }
            Kind::Text(_) | Kind::String => {
                expect(field, LEN)?;
                match is_utf8(&self.wire[field.body..field.end]) {
                    true => Ok(()),
                    false => self.misfits(Fault::Utf8, field.body),
                }
            }
            Kind::Message(shape) | Kind::Body(shape) => {
                expect(field, LEN)?;
                self.message(shape, field.body, field.end, descend(depth, field)?)
            }
            Kind::Varints => packed_varints(self.wire, field),
            Kind::Unknown => {
                descend(depth, field)?;
                self.out.unknown += u64::from(matches!(field.wire, LEN | GROUP));
                Ok(())
            }
        }
    }
}

// Span: the fields a row keeps. Of a repeated singular field the last counts, as in any proto3 reader.
#[inline(always)]
fn span_field(row: &mut Row, wire: &[u8], field: &Field) {
    match field.tag {
        1 => row.trace_id = id(field),
        2 => row.span_id = id(field),
        3 => row.rare |= TRACE_STATE,
        4 => row.parent_span_id = id(field),
        5 => row.name = Run { at: field.body as u32, end: field.end as u32 },
        6 => row.kind = field.number as i32,
        7 => row.start = fixed64(wire, field),
        8 => row.end = fixed64(wire, field),
        11 => row.rare |= EVENTS,
        15 => status_field(row, wire, field),
        16 => row.flags = fixed32(wire, field),
        _ => {}
    }
}

// message Status { reserved 1; string message = 2; StatusCode code = 3; }
fn status_field(row: &mut Row, wire: &[u8], status: &Field) {
    let mut fields = Reader::checked(&wire[status.body..status.end]);
    while let Some(field) = fields.next_checked() {
        if field.tag == 3 {
            row.grade = field.number as i32;
        }
    }
}

// LogRecord: the fields a row keeps.
#[inline(always)]
fn log_field(row: &mut Row, wire: &[u8], field: &Field) {
    match field.tag {
        1 => row.start = fixed64(wire, field),
        2 => row.grade = field.number as i32,
        9 => row.trace_id = id(field),
        10 => row.span_id = id(field),
        11 => row.end = fixed64(wire, field),
        12 => row.name = Run { at: field.body as u32, end: field.end as u32 },
        _ => {}
    }
}

#[inline(always)]
fn id(field: &Field) -> u32 {
    if field.body == field.end { 0 } else { field.body as u32 }
}

#[inline(always)]
fn fixed32(wire: &[u8], field: &Field) -> u32 {
    wire.get(field.body..).and_then(<[u8]>::first_chunk).map_or(0, |bytes| u32::from_le_bytes(*bytes))
}

#[inline(always)]
fn fixed64(wire: &[u8], field: &Field) -> u64 {
    wire.get(field.body..).and_then(<[u8]>::first_chunk).map_or(0, |bytes| u64::from_le_bytes(*bytes))
}

#[inline(always)]
fn expect(field: &Field, wire: u8) -> Result<(), DecodeError> {
    if field.wire == wire { Ok(()) } else { Err(DecodeError::new(Fault::WireType, field.start)) }
}

/// The levels left inside `field`, or an error when it may not nest at all.
///
/// prost refuses an unknown field, too, where no level is left; so do we, and the oracle test can be exact.
#[inline(always)]
fn descend(depth: usize, field: &Field) -> Result<usize, DecodeError> {
    depth.checked_sub(1).ok_or_else(|| DecodeError::new(Fault::TooDeep, field.start))
}

fn packed_varints(wire: &[u8], field: &Field) -> Result<(), DecodeError> {
    if field.wire != LEN {
        return expect(field, VARINT);
    }
    let mut numbers = Reader::new(&wire[..field.end], field.body, 0);
    while numbers.at() < field.end {
        numbers.varint()?;
    }
    Ok(())
}

/// The attribute at the beginning of `bytes`, a field whose key is `head`, if it is shorter than 128 bytes,
/// a key and then one ASCII string or one number: places from the beginning of `bytes`.
#[inline(always)]
fn short_attribute(bytes: &[u8], head: u8) -> Option<Attribute> {
    let (&[first, length], rest) = bytes.split_first_chunk::<2>()?;
    if first != head || length >= 0x80 {
        return None;
    }
    let body = rest.get(..length as usize)?;
    let (&[first, key_length], _) = body.split_first_chunk::<2>()?;
    // Where the value's AnyValue begins.
    let at = key_length as usize + 4;
    let value = body.get(at..)?;
    let (name, mark) = (body.get(..at - 2)?, body.get(at - 2..at)?);
    if first != 0x0a || mark != [0x12, value.len() as u8] {
        return None;
    }
    let text = match *value {
        // All that stands around a text this short is below 0x80 as well: one look answers for all of it.
        [0x0a, length, ..] if length as usize + 2 == value.len() => body,
        _ if plain_number(value) => name,
        _ => return None,
    };
    let end = u32::from(length) + 2;
    let value = Run { at: at as u32 + 2, end };
    is_ascii(text).then_some(Attribute { key: Run { at: 4, end: at as u32 }, value })
}

/// Key and value of a KeyValue as every SDK writes it: key first, then the value, nothing else.
#[inline(always)]
pub(super) fn plain_key_value(wire: &[u8], field: &Field) -> Option<(Run, Run)> {
    let body = wire.get(field.body..field.end)?;
    let (&[first, length], rest) = body.split_first_chunk::<2>()?;
    if first != 0x0a || length >= 0x80 {
        return None;
    }
    let value = rest.get(length as usize..)?;
    let (&first, value) = value.split_first()?;
    let inner = tail(value)?;
    if first != 0x12 {
        return None;
    }
    let key_at = field.body as u32 + 2;
    let end = field.end as u32;
    Some((Run { at: key_at, end: key_at + u32::from(length) }, Run { at: end - inner.len() as u32, end }))
}

/// The text of an AnyValue that is one string and nothing else.
#[inline(always)]
pub(super) fn plain_string(value: &[u8]) -> Option<&[u8]> {
    let (&first, rest) = value.split_first()?;
    let text = tail(rest)?;
    (first == 0x0a).then_some(text)
}

/// Whether an AnyValue is one bool, double or integer below 2^14 and nothing else.
#[inline(always)]
fn plain_number(value: &[u8]) -> bool {
    match *value {
        [0x10 | 0x18, only] => only < 0x80,
        [0x18, low, high] => low >= 0x80 && high < 0x80,
        [0x21, _, _, _, _, _, _, _, _] => true,
        _ => false,
    }
}

/// What follows a length of one or two bytes, if it is exactly as long as that says.
#[inline(always)]
fn tail(bytes: &[u8]) -> Option<&[u8]> {
    let (&low, rest) = bytes.split_first()?;
    if low < 0x80 {
        return (rest.len() == low as usize).then_some(rest);
    }
    let (&high, rest) = rest.split_first()?;
    let length = (low & 0x7f) as usize | (high as usize) << 7;
    (high < 0x80 && rest.len() == length).then_some(rest)
}
