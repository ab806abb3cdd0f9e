//! Reading a batch: one view for a span and a log record, and the resource and scope around it.

use super::schema;
use super::tables::{Attribute, CLEAN, EVENTS, RESOURCE, Row, Run, SCOPE, TRACE_STATE, UNTABLED};
use super::value_ref::{Unread, key, last};
use super::visit::key_of;
use super::wire::Reader;
use super::{Batch, Text, ValueRef};
use crate::{Signal, Timestamp};

/// A span or a log record of a batch, as it currently stands. A view: free to copy.
#[derive(Clone, Copy)]
pub struct Record<'a> {
    batch: &'a Batch,
    row: &'a Row,
    index: usize,
}

/// What surrounds records: a resource, or a scope, with its schema URL.
#[derive(Clone, Copy)]
pub struct Group<'a> {
    batch: &'a Batch,
    level: usize,
    index: usize,
}

/// What a sampler reads of a span beside what the tables hold, found in one walk over its fields.
#[derive(Clone, Copy, Debug, Default)]
pub struct SpanFields<'a> {
    /// `trace_state`.
    pub trace_state: Text<'a>,
    /// `flags`.
    pub flags: u32,
    /// Whether it has events.
    pub events: bool,
}

/// A message inside a span: a `Span.Event` or a `Span.Link`.
#[derive(Clone, Copy)]
pub struct Part<'a> {
    message: &'a [u8],
    attributes: u32,
}

impl Batch {
    /// Record `row`, counted from 0 in the order of the request.
    pub fn record(&self, row: usize) -> Option<Record<'_>> {
        self.tables.rows.get(row).map(|entry| Record { batch: self, row: entry, index: row })
    }

    /// Every record, in the order of the request; none for metrics.
    pub fn records(&self) -> impl ExactSizeIterator<Item = Record<'_>> + Clone {
        self.tables.rows.iter().enumerate().map(|(index, row)| Record { batch: self, row, index })
    }

    /// The first attribute of record `row` with this key.
    pub fn attribute(&self, row: usize, key: &str) -> Option<ValueRef<'_>> {
        self.record(row)?.attribute(key)
    }

    /// The first attribute with this key of the resource of record `row`.
    pub fn resource_attribute(&self, row: usize, key: &str) -> Option<ValueRef<'_>> {
        self.record(row)?.resource().attribute(key)
    }

    /// The fields of a group that are not its children: one piece if edited, else as they lie in the wire.
    fn own_parts(&self, level: usize, group: usize) -> impl Iterator<Item = &[u8]> {
        let edit = self.tables.levels[level].groups.get(group).map_or(CLEAN, |group| group.edit);
        let (edited, runs) = match edit {
            CLEAN => (None, self.tables.own_runs(level, group)),
            slot => (Some(self.overlay.body(slot)), Default::default()),
        };
        edited.into_iter().chain(runs.iter().map(|run| run.of(&self.wire)))
    }
}

impl<'a> Record<'a> {
    /// Its place in the batch.
    pub fn row(self) -> usize {
        self.index
    }

    /// 16 bytes, or none.
    pub fn trace_id(self) -> &'a [u8] {
        self.id(self.row.trace_id, 16)
    }

    /// 8 bytes, or none.
    pub fn span_id(self) -> &'a [u8] {
        self.id(self.row.span_id, 8)
    }

    /// 8 bytes, or none: a root span, or a log record.
    pub fn parent_span_id(self) -> &'a [u8] {
        self.id(self.row.parent_span_id, 8)
    }

    fn id(self, at: u32, length: usize) -> &'a [u8] {
        let at = at as usize;
        if at == 0 { &[] } else { self.batch.wire.get(at..at + length).unwrap_or_default() }
    }

    /// `start_time_unix_nano`, or a log record's `time_unix_nano`.
    pub fn start_time(self) -> Timestamp {
        Timestamp(self.row.start)
    }

    /// `end_time_unix_nano`, or a log record's `observed_time_unix_nano`.
    pub fn end_time(self) -> Timestamp {
        Timestamp(self.row.end)
    }

    /// `SpanKind` by its number; 0 for logs.
    pub fn kind(self) -> i32 {
        self.row.kind
    }

    /// `StatusCode` by its number (2 is an error); 0 for logs.
    pub fn status_code(self) -> i32 {
        if self.batch.signal == Signal::Traces { self.row.grade } else { 0 }
    }

    /// `SeverityNumber`; 0 for spans.
    pub fn severity_number(self) -> i32 {
        if self.batch.signal == Signal::Logs { self.row.grade } else { 0 }
    }

    /// A span's name, or a log record's `event_name`.
    pub fn name(self) -> Text<'a> {
        match self.row.edit {
            CLEAN => Text::checked(self.row.name.of(&self.batch.wire)),
            _ => self.text(if self.batch.signal == Signal::Traces { 5 } else { 12 }),
        }
    }

    /// A span's `Status.message`.
    pub fn status_message(self) -> Text<'a> {
        let mut found = Text::default();
        for status in self.fields(Signal::Traces, 15) {
            found = last(status, 2).map_or(found, Text::checked);
        }
        found
    }

    /// A span's `trace_state`.
    pub fn trace_state(self) -> Text<'a> {
        if self.batch.signal == Signal::Traces { self.text(3) } else { Text::default() }
    }

    // message Span { ... string trace_state = 3; ... repeated Event events = 11; ... fixed32 flags = 16; }
    /// A span's `trace_state`, `flags`, and whether it has events; the defaults for a log record.
    pub fn span_fields(self) -> SpanFields<'a> {
        if self.row.edit == CLEAN && self.row.rare & TRACE_STATE == 0 {
            let (flags, events) = (self.row.flags, self.row.rare & EVENTS != 0);
            return SpanFields { flags, events, ..SpanFields::default() };
        }
        let mut found = SpanFields::default();
        let message = if self.batch.signal == Signal::Traces { self.message() } else { &[] };
        let mut fields = Reader::checked(message);
        while let Some(field) = fields.next_checked() {
            let bytes = || message.get(field.body..field.end).unwrap_or_default();
            match field.tag {
                3 => found.trace_state = Text::checked(bytes()),
                11 => found.events = true,
                16 => found.flags = bytes().first_chunk().map_or(0, |bytes| u32::from_le_bytes(*bytes)),
                _ => {}
            }
        }
        found
    }

    /// A log record's `severity_text`.
    pub fn severity_text(self) -> Text<'a> {
        if self.batch.signal == Signal::Logs { self.text(3) } else { Text::default() }
    }

    /// A log record's body.
    pub fn body(self) -> ValueRef<'a> {
        self.fields(Signal::Logs, 5).fold(ValueRef::Empty, ValueRef::merge)
    }

    /// A span's events.
    pub fn events(self) -> impl Iterator<Item = Part<'a>> {
        self.fields(Signal::Traces, 11).map(|message| Part { message, attributes: 3 })
    }

    /// A span's links.
    pub fn links(self) -> impl Iterator<Item = Part<'a>> {
        self.fields(Signal::Traces, 13).map(|message| Part { message, attributes: 4 })
    }

    /// The attributes, in order.
    pub fn attributes(self) -> impl Iterator<Item = (Text<'a>, ValueRef<'a>)> {
        let wire: &[u8] = &self.batch.wire;
        let table = self.table();
        let walked = match table {
            Some(_) => Attributes::new(&[], 0),
            None => Attributes::new(self.message(), self.attributes_tag()),
        };
        let tabled = table.unwrap_or_default().iter();
        tabled.map(|entry| (Text::checked(entry.key.of(wire)), ValueRef::read(entry.value.of(wire)))).chain(walked)
    }

    /// Hands over the attributes of which `wanted` makes something of the key, in order.
    #[inline]
    pub fn pick<T>(self, wanted: impl Fn(&[u8]) -> Option<T>, mut found: impl FnMut(T, Unread<'a>)) {
        let wire: &[u8] = &self.batch.wire;
        if let Some(table) = self.table() {
            for entry in table {
                if let Some(wanted) = wanted(entry.key.of(wire)) {
                    found(wanted, Unread::Value(entry.value.of(wire)));
                }
            }
            return;
        }
        pick(self.message(), self.attributes_tag(), &wanted, &mut found);
    }

    /// The first attribute with this key.
    pub fn attribute(self, key: &str) -> Option<ValueRef<'a>> {
        let wire: &[u8] = &self.batch.wire;
        match self.table() {
            Some(table) => table
                .iter()
                .find(|entry| entry.key.of(wire) == key.as_bytes())
                .map(|entry| ValueRef::read(entry.value.of(wire))),
            None => Attributes::new(self.message(), self.attributes_tag()).find_key(key),
        }
    }

    /// The resource it belongs to. Records of one resource give groups of equal [`Group::index`].
    pub fn resource(self) -> Group<'a> {
        self.group(RESOURCE)
    }

    /// The scope it belongs to.
    pub fn scope(self) -> Group<'a> {
        self.group(SCOPE)
    }

    /// The `Span` or `LogRecord` message, encoded, without key and length.
    pub fn message(self) -> &'a [u8] {
        match self.row.edit {
            CLEAN => self.row.body().of(&self.batch.wire),
            slot => self.batch.overlay.body(slot),
        }
    }

    /// Whether the record was edited since it was decoded.
    pub fn is_edited(self) -> bool {
        self.row.edit != CLEAN
    }

    fn group(self, level: usize) -> Group<'a> {
        let index = self.batch.tables.group_of(self.index, level).unwrap_or_default();
        Group { batch: self.batch, level, index }
    }

    fn attributes_tag(self) -> u32 {
        schema::record(self.batch.signal).attributes_tag().unwrap_or_default()
    }

    /// The record's entries of the attribute table, when they are current.
    pub(super) fn table(self) -> Option<&'a [Attribute]> {
        if self.row.edit != CLEAN || self.row.attributes == UNTABLED {
            return None;
        }
        let at = self.row.attributes_at as usize;
        self.batch.tables.attributes.get(at..at + self.row.attributes as usize)
    }

    fn text(self, tag: u32) -> Text<'a> {
        Text::checked(last(self.message(), tag).unwrap_or_default())
    }

    /// The payloads of every field `tag`, if the record is of `signal`.
    fn fields(self, signal: Signal, tag: u32) -> impl Iterator<Item = &'a [u8]> {
        let message = if self.batch.signal == signal { self.message() } else { &[] };
        payloads(message, tag)
    }
}

impl<'a> Group<'a> {
    /// Which resource (or scope) of the batch it is, counted from 0.
    pub fn index(self) -> usize {
        self.index
    }

    /// The first attribute with this key.
    pub fn attribute(self, key: &str) -> Option<ValueRef<'a>> {
        let tag = self.attributes_tag();
        self.messages().find_map(|message| Attributes::new(message, tag).find_key(key))
    }

    /// The attributes, in order.
    pub fn attributes(self) -> impl Iterator<Item = (Text<'a>, ValueRef<'a>)> {
        let tag = self.attributes_tag();
        self.messages().flat_map(move |message| Attributes::new(message, tag))
    }

    /// Hands over the attributes of which `wanted` makes something of the key, in order.
    pub fn pick<T>(self, wanted: impl Fn(&[u8]) -> Option<T>, mut found: impl FnMut(T, Unread<'a>)) {
        let tag = self.attributes_tag();
        self.messages().for_each(|message| pick(message, tag, &wanted, &mut found));
    }

    /// A scope's name; empty for a resource.
    pub fn name(self) -> Text<'a> {
        self.scope_text(1)
    }

    /// A scope's version; empty for a resource.
    pub fn version(self) -> Text<'a> {
        self.scope_text(2)
    }

    /// Bytes of its `Resource` or `InstrumentationScope` message.
    pub fn message_len(self) -> usize {
        self.messages().map(<[u8]>::len).sum()
    }

    // message ResourceSpans { ... string schema_url = 3; } message ScopeSpans { ... string schema_url = 3; }
    /// The schema URL beside it.
    pub fn schema_url(self) -> Text<'a> {
        let urls = self.batch.own_parts(self.level, self.index).filter_map(|part| last(part, 3));
        Text::checked(urls.last().unwrap_or_default())
    }

    // message Resource { repeated KeyValue attributes = 1; ... }
    // message InstrumentationScope { ... repeated KeyValue attributes = 3; ... }
    fn attributes_tag(self) -> u32 {
        if self.level == RESOURCE { 1 } else { 3 }
    }

    fn scope_text(self, tag: u32) -> Text<'a> {
        let found = self.messages().filter(|_| self.level == SCOPE).filter_map(|message| last(message, tag)).last();
        Text::checked(found.unwrap_or_default())
    }

    /// The Resource or InstrumentationScope messages: one, unless the sender wrote several, which merge.
    fn messages(self) -> impl Iterator<Item = &'a [u8]> {
        self.batch.own_parts(self.level, self.index).flat_map(|part| payloads(part, 1))
    }
}

impl<'a> Part<'a> {
    /// An event's name.
    pub fn name(self) -> Text<'a> {
        Text::checked(if self.attributes == 3 { last(self.message, 2).unwrap_or_default() } else { &[] })
    }

    /// An event's time.
    pub fn time(self) -> Timestamp {
        let bytes = if self.attributes == 3 { last(self.message, 1) } else { None };
        Timestamp(bytes.and_then(<[u8]>::first_chunk).map_or(0, |bytes| u64::from_le_bytes(*bytes)))
    }

    /// A link's trace id: 16 bytes, or none.
    pub fn trace_id(self) -> &'a [u8] {
        if self.attributes == 4 { last(self.message, 1).unwrap_or_default() } else { &[] }
    }

    /// A link's span id: 8 bytes, or none.
    pub fn span_id(self) -> &'a [u8] {
        if self.attributes == 4 { last(self.message, 2).unwrap_or_default() } else { &[] }
    }

    /// The attributes, in order.
    pub fn attributes(self) -> impl Iterator<Item = (Text<'a>, ValueRef<'a>)> {
        Attributes::new(self.message, self.attributes)
    }
}

/// The KeyValue fields `tag` of a message.
pub(super) struct Attributes<'a> {
    message: &'a [u8],
    fields: Reader<'a>,
    tag: u32,
}

impl<'a> Attributes<'a> {
    pub(super) fn new(message: &'a [u8], tag: u32) -> Self {
        Self { message, fields: Reader::checked(message), tag }
    }

    fn find_key(&mut self, key: &str) -> Option<ValueRef<'a>> {
        while let Some(field) = self.fields.next_checked() {
            if field.tag == self.tag && key_of(self.message, &field) == key.as_bytes() {
                return Some(ValueRef::of_key_value(self.message.get(field.body..field.end)?));
            }
        }
        None
    }
}

impl<'a> Iterator for Attributes<'a> {
    type Item = (Text<'a>, ValueRef<'a>);

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            let field = self.fields.next_checked()?;
            if field.tag == self.tag {
                let entry = self.message.get(field.body..field.end)?;
                return Some((key(entry), ValueRef::of_key_value(entry)));
            }
        }
    }
}

/// The KeyValue fields `tag` of a message of which `wanted` makes something of the key.
fn pick<'a, T>(
    message: &'a [u8],
    tag: u32,
    wanted: &impl Fn(&[u8]) -> Option<T>,
    found: &mut impl FnMut(T, Unread<'a>),
) {
    let mut fields = Reader::checked(message);
    while let Some(field) = fields.next_checked() {
        let wanted = if field.tag == tag { wanted(key_of(message, &field)) } else { None };
        if let Some(wanted) = wanted {
            found(wanted, Unread::Pair(message.get(field.body..field.end).unwrap_or_default()));
        }
    }
}

fn payloads(message: &[u8], tag: u32) -> impl Iterator<Item = &[u8]> {
    let mut fields = Reader::checked(message);
    std::iter::from_fn(move || fields.next_checked())
        .filter(move |field| field.tag == tag)
        .map(move |field| message.get(field.body..field.end).unwrap_or_default())
}

/// Whether a table of `wire` has an entry with this key.
pub(super) fn has_key(table: &[Attribute], wire: &[u8], key: &str) -> bool {
    table.iter().any(|entry| Run::of(entry.key, wire) == key.as_bytes())
}
