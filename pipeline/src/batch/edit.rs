//! Changing a batch: attributes of records and resources, trace states, every leaf by a visitor, unknown fields.
//!
//! Each edit rewrites the one message it touches into the overlay; everything else stays on the wire.

use super::patch::Patches;
use super::read::has_key;
use super::schema::{self, Kind, Shape};
use super::tables::{CLEAN, RESOURCE, ROOT, SCOPE, Tables};
use super::value::put_key_value;
use super::visit::{Owner, Visitor, Walk, key_of, length_at};
use super::wire::{GROUP, LEN, Reader, put_bytes, put_head};
use super::{Batch, Value};
use crate::Signal;

/// A message that has an overlay body of its own.
#[derive(Clone, Copy)]
pub(super) enum Target {
    Row(usize),
    /// The own fields of a group: level, index.
    Own(usize, usize),
}

impl Batch {
    /// Sets attribute `key` of record `row`: where the first one stood, else at the end. Further attributes of
    /// the same key go. Rows beyond the end are ignored.
    pub fn set_attribute(&mut self, row: usize, key: &str, value: &Value) {
        let Some(record) = self.record(row) else { return };
        let absent = record.table().is_some_and(|table| !has_key(table, &self.wire, key));
        let tag = self.attributes_tag();
        self.rewrite(Target::Row(row), |message, patches| {
            if absent || !set_in(message, 0, message.len(), tag, key, &mut Some(value), patches) {
                patches.replace(message.len(), message.len(), |out| put_key_value(out, tag, key, value));
            }
        });
    }

    /// Removes every attribute `key` of record `row`; whether there was one.
    pub fn remove_attribute(&mut self, row: usize, key: &str) -> bool {
        let Some(record) = self.record(row) else { return false };
        if record.table().is_some_and(|table| !has_key(table, &self.wire, key)) {
            return false;
        }
        let tag = self.attributes_tag();
        self.rewrite(Target::Row(row), |message, patches| {
            set_in(message, 0, message.len(), tag, key, &mut None, patches);
        })
    }

    /// Sets attribute `key` of the resource of record `row`, which every record of the resource shares.
    pub fn set_resource_attribute(&mut self, row: usize, key: &str, value: &Value) {
        if let Some(resource) = self.tables.group_of(row, RESOURCE) {
            self.set_attribute_of_resource(resource, key, value);
        }
    }

    /// As [`Self::set_resource_attribute`], by the resource's index.
    pub fn set_attribute_of_resource(&mut self, resource: usize, key: &str, value: &Value) {
        self.rewrite(Target::Own(RESOURCE, resource), |own, patches| set_in_resource(own, key, value, patches));
    }

    /// Removes every attribute `key` of the resource of record `row`; whether there was one.
    pub fn remove_resource_attribute(&mut self, row: usize, key: &str) -> bool {
        let Some(resource) = self.tables.group_of(row, RESOURCE) else { return false };
        self.rewrite(Target::Own(RESOURCE, resource), |own, patches| {
            replace_in_resource(own, key, &mut None, patches);
        })
    }

    // message Span { ... string trace_state = 3; ... }
    /// Sets the `trace_state` of span `row`. Rows beyond the end, log records and metrics are ignored.
    pub fn set_trace_state(&mut self, row: usize, text: &str) {
        if self.signal == Signal::Traces {
            self.rewrite(Target::Row(row), |message, patches| set_text(message, 3, text, patches));
        }
    }

    /// Shows every leaf of record `row` to `visitor`, and not those of its resource and scope.
    pub fn visit(&mut self, row: usize, visitor: &mut impl Visitor) {
        let shape = schema::record(self.signal);
        let owner = self.record_owner();
        self.rewrite(Target::Row(row), |bytes, patches| Walk { bytes, visitor, patches }.all(shape, owner));
    }

    /// Shows every leaf of the batch to `visitor`: each resource and scope once, and each record, in order.
    ///
    /// A visit that keeps everything allocates nothing.
    pub fn visit_all(&mut self, visitor: &mut impl Visitor) {
        self.visit_groups(visitor);
        for row in 0..self.tables.rows.len() {
            self.visit(row, visitor);
        }
    }

    /// Shows the leaves of every resource and scope, schema URLs included, to `visitor`, each once.
    pub fn visit_groups(&mut self, visitor: &mut impl Visitor) {
        for resource in 0..self.resources() {
            self.visit_resource(resource, visitor);
        }
        for scope in 0..self.scopes() {
            self.visit_scope(scope, visitor);
        }
    }

    /// How many resources there are, whether or not they have records.
    pub fn resources(&self) -> usize {
        self.tables.levels[RESOURCE].groups.len()
    }

    /// Shows the leaves of a resource and the schema URL beside it.
    pub fn visit_resource(&mut self, resource: usize, visitor: &mut impl Visitor) {
        self.visit_group(RESOURCE, Owner::Resource, resource, visitor);
    }

    /// How many scopes there are, whether or not they have records.
    pub fn scopes(&self) -> usize {
        self.tables.levels[SCOPE].groups.len()
    }

    /// Shows the leaves of a scope and the schema URL beside it.
    pub fn visit_scope(&mut self, scope: usize, visitor: &mut impl Visitor) {
        self.visit_group(SCOPE, Owner::Scope, scope, visitor);
    }

    fn visit_group(&mut self, level: usize, owner: Owner, group: usize, visitor: &mut impl Visitor) {
        let shape = schema::levels(self.signal)[level];
        self.rewrite(Target::Own(level, group), |bytes, patches| {
            Walk { bytes, visitor, patches }.all(shape, owner);
        });
    }

    /// Takes out every length-delimited field and group that OTLP does not define, at any depth; how many.
    ///
    /// For chains with redaction: what cannot be read cannot be cleared. Costs nothing when there are none.
    /// Metrics are left alone: no processor reads them.
    pub fn drop_unknown(&mut self) -> u64 {
        let unknown = std::mem::take(&mut self.unknown);
        if unknown == 0 || self.tables.levels[ROOT].groups.is_empty() {
            return 0;
        }
        let levels = schema::levels(self.signal);
        let mut dropped = 0;
        for (level, shape) in levels.into_iter().enumerate() {
            for group in 0..self.tables.levels[level].groups.len() {
                self.rewrite(Target::Own(level, group), |own, patches| {
                    dropped += strip(shape, own, 0, own.len(), patches);
                });
            }
        }
        let shape = schema::record(self.signal);
        for row in 0..self.tables.rows.len() {
            self.rewrite(Target::Row(row), |message, patches| {
                dropped += strip(shape, message, 0, message.len(), patches);
            });
        }
        dropped
    }

    #[inline]
    fn record_owner(&self) -> Owner {
        if self.signal == Signal::Traces { Owner::Span } else { Owner::Log }
    }

    fn attributes_tag(&self) -> u32 {
        schema::record(self.signal).attributes_tag().unwrap_or_default()
    }

    /// Lets `edit` patch the current bytes of `target`; whether it did.
    #[inline]
    pub(super) fn rewrite(&mut self, target: Target, edit: impl FnOnce(&[u8], &mut Patches)) -> bool {
        let Self { wire, tables, overlay, patches, .. } = self;
        patches.clear();
        let joined;
        let (slot, clean): (u32, &[u8]) = match target {
            Target::Row(row) => match tables.rows.get(row) {
                Some(row) => (row.edit, row.body().of(wire)),
                None => return false,
            },
            Target::Own(level, group) => match tables.own_runs(level, group) {
                [] => (slot_of(tables, level, group), &[]),
                [run] => (slot_of(tables, level, group), run.of(wire)),
                runs => {
                    joined = runs.iter().flat_map(|run| run.of(wire)).copied().collect::<Vec<u8>>();
                    (slot_of(tables, level, group), &joined)
                }
            },
        };
        if slot != CLEAN {
            edit(overlay.body(slot), patches);
            if !patches.is_empty() {
                overlay.update(slot, patches);
            }
            return !patches.is_empty();
        }
        edit(clean, patches);
        if patches.is_empty() {
            return false;
        }
        let slot = overlay.add(clean, patches);
        mark_edited(tables, target, slot);
        true
    }
}

fn slot_of(tables: &Tables, level: usize, group: usize) -> u32 {
    tables.levels[level].groups.get(group).map_or(CLEAN, |group| group.edit)
}

fn mark_edited(tables: &mut Tables, target: Target, slot: u32) {
    match target {
        Target::Row(row) => {
            if let Some(row) = tables.rows.get_mut(row) {
                row.edit = slot;
                let scope = row.scope as usize;
                tables.touch(SCOPE, scope);
            }
        }
        Target::Own(level, group) => {
            if let Some(found) = tables.levels[level].groups.get_mut(group) {
                found.edit = slot;
            }
            tables.touch(level, group);
        }
    }
}

/// Puts `value` in the place of the first attribute `key` of a message and takes out the others; taken
/// from `value` when used. Whether there was one.
fn set_in(
    bytes: &[u8],
    at: usize,
    end: usize,
    tag: u32,
    key: &str,
    value: &mut Option<&Value>,
    patches: &mut Patches,
) -> bool {
    let mut found = false;
    let mut fields = Reader::new(bytes.get(..end).unwrap_or_default(), at, usize::MAX);
    while let Some(field) = fields.next_checked() {
        if field.tag != tag || key_of(bytes, &field) != key.as_bytes() {
            continue;
        }
        found = true;
        match value.take() {
            Some(value) => patches.replace(field.start, field.end, |out| put_key_value(out, tag, key, value)),
            None => patches.remove(field.start, field.end),
        }
    }
    found
}

/// Puts `text` in the place of the first string field `tag` (1 to 15) of a message, else at its end, and takes out the
/// others: of several the last would count. An empty text is what an absent one reads as, and is not written.
fn set_text(message: &[u8], tag: u32, text: &str, patches: &mut Patches) {
    let mut text = Some(text).filter(|text| !text.is_empty());
    let mut fields = Reader::checked(message);
    while let Some(field) = fields.next_checked() {
        match text.take_if(|_| field.tag == tag) {
            Some(text) => patches.replace(field.start, field.end, |out| put_bytes(out, tag, text.as_bytes())),
            None if field.tag == tag => patches.remove(field.start, field.end),
            None => {}
        }
    }
    if let Some(text) = text {
        patches.replace(message.len(), message.len(), |out| put_bytes(out, tag, text.as_bytes()));
    }
}

// message ResourceSpans { Resource resource = 1; ... } message Resource { repeated KeyValue attributes = 1; ... }
fn set_in_resource(own: &[u8], key: &str, value: &Value, patches: &mut Patches) {
    if replace_in_resource(own, key, &mut Some(value), patches) {
        return;
    }
    // Several Resource messages merge: the end of the last one is the end of the list.
    let mut fields = Reader::checked(own);
    let resources = std::iter::from_fn(|| fields.next_checked()).filter(|field| field.tag == 1);
    if let Some(field) = resources.last() {
        let mark = patches.mark();
        patches.replace(field.end, field.end, |out| put_key_value(out, 1, key, value));
        return patches.close(mark, length_at(own, &field), field.body, field.end);
    }
    let mut attribute = Vec::new();
    put_key_value(&mut attribute, 1, key, value);
    patches.replace(own.len(), own.len(), |out| {
        put_head(out, 1, attribute.len());
        out.extend_from_slice(&attribute);
    });
}

fn replace_in_resource(own: &[u8], key: &str, value: &mut Option<&Value>, patches: &mut Patches) -> bool {
    let mut found = false;
    let mut fields = Reader::checked(own);
    while let Some(field) = fields.next_checked() {
        if field.tag == 1 {
            let mark = patches.mark();
            found |= set_in(own, field.body, field.end, 1, key, value, patches);
            patches.close(mark, length_at(own, &field), field.body, field.end);
        }
    }
    found
}

/// Takes unknown length-delimited fields and groups out of a message; how many.
fn strip(shape: &'static Shape, bytes: &[u8], at: usize, end: usize, patches: &mut Patches) -> u64 {
    let mut dropped = 0;
    let mut fields = Reader::new(bytes.get(..end).unwrap_or_default(), at, usize::MAX);
    while let Some(field) = fields.next_checked() {
        match *shape.kind(field.tag) {
            Kind::Unknown if matches!(field.wire, LEN | GROUP) => {
                patches.remove(field.start, field.end);
                dropped += 1;
            }
            Kind::Message(inner) | Kind::Body(inner) => {
                let mark = patches.mark();
                dropped += strip(inner, bytes, field.body, field.end, patches);
                patches.close(mark, length_at(bytes, &field), field.body, field.end);
            }
            _ => {}
        }
    }
    dropped
}
