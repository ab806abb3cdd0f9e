//! What may leave of content, done to a batch: the same for the processor that redacts and for an exporter that is
//! stricter than its pipeline.

use super::{Content, ContentHash, is_content, is_content_event};
use crate::batch::{Edit, Leaf, Owner, Place, Spot, Value};
use crate::{Batch, Signal};

/// What is done with content. The default keeps it.
#[derive(Clone, Debug, Default)]
pub struct ContentPolicy {
    content: Content,
    hash: ContentHash,
}

/// What a record says about the leaves below it: which of them are content, whatever their keys are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ContentEvents {
    /// The record is an event of content: its body and attributes are.
    pub record: bool,
    /// A span has such an event.
    pub events: bool,
}

impl ContentEvents {
    /// Of record `row`. Which of a span's events an attribute is of is not told to a visitor: one event of content
    /// makes all of them so.
    pub fn of(batch: &Batch, row: usize) -> Self {
        let Some(record) = batch.record(row) else { return Self::default() };
        if batch.signal() == Signal::Traces {
            let events = record.events().any(|event| is_content_event(event.name().as_str()));
            return Self { record: false, events };
        }
        let named = record.attribute("event.name").and_then(|value| value.as_text());
        let is = |name: &str| is_content_event(name);
        Self { record: is(record.name().as_str()) || named.is_some_and(|name| is(name.as_str())), events: false }
    }
}

impl ContentPolicy {
    /// Leaves `content` of content; hashes by `hash`.
    pub fn new(content: Content, hash: ContentHash) -> Self {
        Self { content, hash }
    }

    /// Whether all of it leaves as it is.
    pub fn keeps(&self) -> bool {
        self.content == Content::Keep
    }

    /// What becomes of a leaf; `None` where it is no content, or all of that is kept. `named` says whether its
    /// attribute's key is one of content.
    pub fn edit(&self, spot: &Spot<'_>, leaf: Leaf<'_>, named: bool, around: ContentEvents) -> Option<Edit> {
        if self.keeps() || !(named || in_event(spot, around)) {
            return None;
        }
        match (self.content, spot.place) {
            // The whole attribute goes with its key; a body has none.
            (Content::Drop, Place::Key) if spot.owner != Owner::Body && spot.attribute == spot.key => {
                Some(Edit::Remove)
            }
            (Content::Drop, Place::Value | Place::Key) => Some(Edit::Remove),
            (Content::HashLength, Place::Value) => self.hashed(spot, leaf),
            _ => None,
        }
    }

    fn hashed(&self, spot: &Spot<'_>, leaf: Leaf<'_>) -> Option<Edit> {
        // Roles, types and ids inside a message say what it is, not what was said in it.
        if spot.attribute != spot.key && spot.key.is_some_and(|key| is_frame(key.as_str())) {
            return None;
        }
        let text = match leaf {
            Leaf::String(text) => text.as_str().to_owned(),
            Leaf::Bytes(bytes) => String::from_utf8_lossy(bytes).into_owned(),
            Leaf::Int(number) => number.to_string(),
            Leaf::Double(number) => number.to_string(),
            Leaf::Bool(_) => return None,
        };
        if text.is_empty() {
            return None;
        }
        let replaced = self.hash.replacement(&text);
        Some(if replaced == text { Edit::Keep } else { Edit::Replace(Value::String(replaced)) })
    }

    /// Does it to every record of a batch.
    pub fn apply(&self, batch: &mut Batch) {
        if self.keeps() {
            return;
        }
        let named = |spot: &Spot<'_>| spot.attribute.is_some_and(|key| is_content(key.as_str()));
        batch.visit_groups(&mut |spot: &Spot<'_>, leaf: Leaf<'_>| {
            self.edit(spot, leaf, named(spot), ContentEvents::default()).unwrap_or_default()
        });
        for row in 0..batch.len() {
            let around = ContentEvents::of(batch, row);
            batch.visit(row, &mut |spot: &Spot<'_>, leaf: Leaf<'_>| {
                self.edit(spot, leaf, named(spot), around).unwrap_or_default()
            });
        }
    }
}

/// Whether a leaf is content because of the event it stands in.
fn in_event(spot: &Spot<'_>, around: ContentEvents) -> bool {
    let event = match spot.owner {
        Owner::Log | Owner::Body => around.record,
        Owner::Event => around.events,
        _ => false,
    };
    // Attributes with a namespace are known by name; in a body a dot says nothing, and a label is one for a value of its own.
    let named = |key: &str| {
        spot.owner != Owner::Body && key.contains('.')
            || is_label(key) && spot.key.is_some_and(|own| own.as_str() == key)
    };
    event && matches!(spot.place, Place::Key | Place::Value) && !spot.attribute.is_some_and(|key| named(key.as_str()))
}

/// Whether a key of a message says what it is, and nothing that was said in it.
fn is_frame(key: &str) -> bool {
    matches!(key, "role" | "type" | "finish_reason" | "mime_type")
}

/// Whether an attribute of an event says which it is.
fn is_label(key: &str) -> bool {
    is_frame(key) || matches!(key, "id" | "index" | "tool_call_id")
}

#[cfg(test)]
mod tests;
