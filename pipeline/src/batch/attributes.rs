//! Attribute lists edited as a whole: for what needs all attributes of one thing to say what becomes of each, and
//! values of any kind as one.

use super::edit::Target;
use super::patch::Patches;
use super::read::Attributes;
use super::schema::{self, Kind, Role, Shape};
use super::tables::{RESOURCE, SCOPE};
use super::value::put_key_value;
use super::visit::{Edit, Owner, length_at};
use super::wire::{Reader, put_bytes, put_head};
use super::{Batch, Text, Value, ValueRef};
use crate::Signal;

/// What becomes of the attributes of one thing.
#[derive(Debug, Default)]
pub struct AttributeEdits {
    /// What changes, by its place in the list, in ascending order: a value is replaced, an attribute removed.
    pub changed: Vec<(usize, Edit)>,
    /// What is added behind all others.
    pub added: Vec<(&'static str, Value)>,
}

/// The attributes of one thing, in order.
pub type AttributeList<'a> = [(Text<'a>, ValueRef<'a>)];

impl Batch {
    /// Shows the attributes of record `row`, then those of each of its events and links, to `editor`. What has none is
    /// left out.
    pub fn edit_attributes(
        &mut self,
        row: usize,
        editor: &mut impl FnMut(Owner, &AttributeList<'_>) -> AttributeEdits,
    ) {
        let shape = schema::record(self.signal());
        self.rewrite(Target::Row(row), |bytes, patches| {
            Lists { bytes, editor, patches }.message(shape, 0, bytes.len(), Owner::Log);
        });
    }

    /// As [`Self::edit_attributes`], those of each resource and scope, each once.
    pub fn edit_attributes_of_groups(&mut self, editor: &mut impl FnMut(Owner, &AttributeList<'_>) -> AttributeEdits) {
        for level in [RESOURCE, SCOPE] {
            let shape = schema::levels(self.signal())[level];
            for group in 0..self.tables.levels[level].groups.len() {
                self.rewrite(Target::Own(level, group), |bytes, patches| {
                    Lists { bytes, editor, patches }.message(shape, 0, bytes.len(), Owner::Resource);
                });
            }
        }
    }

    // message Span { ... string trace_state = 3; ... }
    /// Sets the `trace_state` of span `row`. Rows of other signals are ignored.
    pub fn set_trace_state(&mut self, row: usize, state: &str) {
        const TRACE_STATE: u32 = 3;
        if self.signal() != Signal::Traces {
            return;
        }
        self.rewrite(Target::Row(row), |message, patches| {
            let mut fields = Reader::checked(message);
            while let Some(field) = fields.next_checked() {
                if field.tag == TRACE_STATE {
                    patches.remove(field.start, field.end);
                }
            }
            patches.replace(message.len(), message.len(), |out| put_bytes(out, TRACE_STATE, state.as_bytes()));
        });
    }

    // message LogRecord { ... AnyValue body = 5; ... }
    /// Sets the body of log record `row`. Other rows are ignored.
    pub fn set_body(&mut self, row: usize, value: &Value) {
        const BODY: u32 = 5;
        if !matches!(schema::record(self.signal()).kind(BODY), Kind::Body(_)) {
            return;
        }
        self.rewrite(Target::Row(row), |message, patches| {
            // Several merge: the new one stands for all.
            let mut written = false;
            let put = |out: &mut Vec<u8>| {
                put_head(out, BODY, value.encoded_len());
                value.encode(out);
            };
            let mut fields = Reader::checked(message);
            while let Some(field) = fields.next_checked() {
                if field.tag == BODY && !std::mem::replace(&mut written, true) {
                    patches.replace(field.start, field.end, put);
                } else if field.tag == BODY {
                    patches.remove(field.start, field.end);
                }
            }
            if !written {
                patches.replace(message.len(), message.len(), put);
            }
        });
    }
}

/// A walk over the attribute lists of one message.
struct Lists<'a, 'v, E> {
    bytes: &'a [u8],
    editor: &'v mut E,
    patches: &'v mut Patches,
}

impl<'a, E: FnMut(Owner, &AttributeList<'_>) -> AttributeEdits> Lists<'a, '_, E> {
    fn message(&mut self, shape: &'static Shape, at: usize, end: usize, around: Owner) {
        let owner = match shape.role {
            Role::Owner(owner) => owner,
            _ => around,
        };
        let message: &'a [u8] = self.bytes.get(..end).unwrap_or_default();
        let tag = shape.attributes_tag();
        let own = message.get(at..).unwrap_or_default();
        let list: Vec<_> = tag.map(|tag| Attributes::new(own, tag).collect()).unwrap_or_default();
        let edits = if list.is_empty() { AttributeEdits::default() } else { (self.editor)(owner, &list) };
        let mut changed = edits.changed.into_iter().peekable();
        let mut place = 0;
        let mut fields = Reader::new(message, at, usize::MAX);
        while let Some(field) = fields.next_checked() {
            if Some(field.tag) == tag {
                let edit = changed.next_if(|(changed, _)| *changed == place).map(|(_, edit)| edit);
                let key = list.get(place).map(|(key, _)| *key).unwrap_or_default();
                place += 1;
                match edit {
                    None | Some(Edit::Keep) => {}
                    Some(Edit::Remove) => self.patches.remove(field.start, field.end),
                    Some(Edit::Replace(value)) => self
                        .patches
                        .replace(field.start, field.end, |out| put_key_value(out, field.tag, key.as_str(), &value)),
                }
            } else if let Kind::Message(inner) = *shape.kind(field.tag) {
                let mark = self.patches.mark();
                self.message(inner, field.body, field.end, owner);
                self.patches.close(mark, length_at(self.bytes, &field), field.body, field.end);
            }
        }
        for (key, value) in edits.added {
            self.patches.replace(end, end, |out| put_key_value(out, tag.unwrap_or_default(), key, &value));
        }
    }
}
