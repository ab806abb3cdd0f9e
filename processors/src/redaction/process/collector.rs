//! The Collector's own way through a batch, for `compat: contrib`: by attributes, whole values of any type, rather than
//! by strings. What else the block asks for is done afterwards, in the pass over every string.
//!
//! It reads attributes of resources, scopes, spans, events and log records, bodies, and names of spans; links, status
//! messages, names of all else and what is inside of attributes it does not.

use std::sync::Arc;

use pipeline::batch::{AttributeEdits, AttributeList, Edit, Leaf, Owner, Place, Spot, Text, Value, ValueRef};
use pipeline::{Batch, Signal};

use super::{Redactor, place};
use crate::redaction::contrib::{self, Contrib, KeyVerdict, Surface, Tally, Verdict, as_text};
use crate::redaction::plan::{PLACES, Plan};
use crate::redaction::witness::Witness;

/// Attributes by which it takes a span for one of HTTP.
const HTTP: &[&str] = &[
    "http.route",
    "http.request.method",
    "http.request.method_original",
    "http.response.status_code",
    "url.full",
    "http.scheme",
    "http.target",
    "http.method",
    "http.url",
];

/// The kind of database that a list of attributes names, in lower case; empty if it names none.
fn system(attributes: &AttributeList<'_>) -> String {
    let of = |wanted: &str| {
        let (_, value) = attributes.iter().find(|(key, _)| *key == wanted)?;
        Some(value.as_text()?.as_str().to_lowercase()).filter(|system| !system.is_empty())
    };
    of("db.system.name").or_else(|| of("db.system")).unwrap_or_default()
}

impl Redactor {
    /// Does to a batch what the Collector's processor does.
    pub(super) fn as_collector(&mut self, batch: &mut Batch) {
        let plan = Arc::clone(&self.plan);
        let Some(contrib) = plan.exact.as_ref() else { return };
        let logs = batch.signal() == Signal::Logs;
        let mut pass =
            Pass { contrib, plan: &plan, logs, witness: &mut self.witness, masked: std::mem::take(&mut self.masked) };
        batch.edit_attributes_of_groups(&mut |owner, list: &AttributeList<'_>| pass.attributes(owner, list));
        for row in 0..batch.len() {
            batch.edit_attributes(row, &mut |owner, list: &AttributeList<'_>| pass.attributes(owner, list));
            if logs {
                pass.body(batch, row);
            } else if contrib.names_spans() {
                pass.span_name(batch, row);
            }
        }
        self.masked = pass.masked;
    }
}

struct Pass<'a> {
    contrib: &'a Contrib,
    plan: &'a Plan,
    logs: bool,
    witness: &'a mut Witness,
    masked: String,
}

impl Pass<'_> {
    /// What becomes of the attributes of one thing, and what is said of that.
    fn attributes(&mut self, owner: Owner, list: &AttributeList<'_>) -> AttributeEdits {
        let mut edits = AttributeEdits::default();
        if owner == Owner::Link {
            return edits;
        }
        let surface = if self.logs { Surface::LogAttribute } else { Surface::Attribute };
        let (system, mut tally) = (system(list), Tally::default());
        for (at, (key, value)) in list.iter().enumerate() {
            let name = key.as_str();
            let whole;
            let text = match value {
                ValueRef::String(text) => text.as_str(),
                // A value that is no string is empty to it, unless it is told otherwise.
                _ if !self.contrib.all_types => "",
                _ => {
                    whole = as_text(value);
                    &whole
                }
            };
            let verdict = self.contrib.value(surface, name, text, &system, &mut self.masked);
            tally.note(name, verdict);
            let edit = match verdict {
                Verdict::Masked => Edit::Replace(Value::String(self.masked.clone())),
                Verdict::Removed => Edit::Remove,
                Verdict::Clean | Verdict::Ignored | Verdict::Allowed => continue,
            };
            self.changed(owner, Some(*key), text, &edit);
            edits.changed.push((at, edit));
        }
        self.say(&tally, list, &mut edits);
        edits
    }

    /// Appends what is said of `tally`, or puts it where it was said before.
    fn say(&self, tally: &Tally, list: &AttributeList<'_>, edits: &mut AttributeEdits) {
        if !self.contrib.says() {
            return;
        }
        let now = |wanted: &str, edits: &AttributeEdits| {
            let gone = |at: &usize| edits.changed.iter().any(|(place, edit)| place == at && *edit == Edit::Remove);
            (0..list.len()).find(|at| list[*at].0 == wanted && !gone(at))
        };
        let existing = |key: &str| {
            let at = now(key, edits)?;
            let edited = edits.changed.iter().find(|(place, _)| *place == at);
            Some(edited.map_or_else(
                || list[at].1.to_value(),
                |(_, edit)| match edit {
                    Edit::Replace(value) => value.clone(),
                    Edit::Keep | Edit::Remove => Value::Empty,
                },
            ))
        };
        for (key, entry) in tally.entries(self.contrib.summary, contrib::Place::Attributes, existing) {
            match now(key, edits) {
                None => edits.added.push((key, entry.into())),
                Some(at) => {
                    edits.changed.retain(|(place, _)| *place != at);
                    let before = edits.changed.partition_point(|(place, _)| *place < at);
                    edits.changed.insert(before, (at, Edit::Replace(entry.into())));
                }
            }
        }
    }

    /// What becomes of a body, and what is said of that among the attributes.
    fn body(&mut self, batch: &mut Batch, row: usize) {
        let Some(record) = batch.record(row) else { return };
        let mut tally = Tally::default();
        let new = match record.body() {
            nested @ (ValueRef::Array(_) | ValueRef::KvList(_)) => self.nested("", &nested, &mut tally),
            single => {
                let new = self.single("body", &single, &mut tally);
                // One that is allowed is not told of.
                if new.is_none() {
                    tally = Tally::default();
                }
                new
            }
        };
        if let Some(new) = new {
            batch.set_body(row, &new);
        }
        if self.contrib.says() {
            let existing = |key: &str| batch.attribute(row, key).map(|value| value.to_value());
            let said = tally.entries(self.contrib.summary, contrib::Place::Body, existing);
            for (key, entry) in said {
                batch.set_attribute(row, key, &entry.into());
            }
        }
    }

    /// What becomes of a value in a body, if it changes; `path` of the keys to it.
    fn nested(&mut self, path: &str, value: &ValueRef<'_>, tally: &mut Tally) -> Option<Value> {
        let below = |key: &str| if path.is_empty() { key.to_owned() } else { format!("{path}.{key}") };
        let mut changed = false;
        match value {
            ValueRef::KvList(entries) => {
                let (mut kept, mut removed) = (Vec::new(), Vec::new());
                for (key, value) in entries.entries() {
                    let path = below(key.as_str());
                    let new = match self.contrib.key(key.as_str()) {
                        KeyVerdict::Ignored => {
                            tally.note(&path, Verdict::Ignored);
                            None
                        }
                        KeyVerdict::Removed => {
                            self.changed(Owner::Body, Some(Text::from(path.as_str())), "", &Edit::Remove);
                            removed.push(path);
                            continue;
                        }
                        KeyVerdict::Blocked => Some(self.blocked(key, &path, &value, tally)),
                        KeyVerdict::Free => self.nested(&path, &value, tally),
                    };
                    changed |= new.is_some();
                    kept.push((key.as_str().to_owned(), new.unwrap_or_else(|| value.to_value())));
                }
                removed.iter().for_each(|path| tally.note(path, Verdict::Removed));
                (changed || !removed.is_empty()).then_some(Value::KvList(kept))
            }
            ValueRef::Array(values) => {
                let each = values.values().enumerate().map(|(at, value)| {
                    let new = self.nested(&below(&format!("[{at}]")), &value, tally);
                    changed |= new.is_some();
                    new.unwrap_or_else(|| value.to_value())
                });
                let values = each.collect();
                changed.then_some(Value::Array(values))
            }
            single => self.single(path, single, tally),
        }
    }

    /// A value of a blocked key in a body: whatever is no string is masked as an empty one.
    fn blocked(&mut self, key: Text<'_>, path: &str, value: &ValueRef<'_>, tally: &mut Tally) -> Value {
        let text = value.as_text().unwrap_or_default();
        let verdict = self.contrib.value(Surface::Body, key.as_str(), text.as_str(), "", &mut self.masked);
        tally.note(path, verdict);
        let new = Value::String(self.masked.clone());
        self.changed(Owner::Body, Some(Text::from(path)), text.as_str(), &Edit::Replace(new.clone()));
        new
    }

    /// A body, or a value in one, that is neither map nor array.
    fn single(&mut self, path: &str, value: &ValueRef<'_>, tally: &mut Tally) -> Option<Value> {
        let text = as_text(value);
        let verdict = self.contrib.body(&text, &mut self.masked);
        tally.note(path, verdict);
        let new = (verdict == Verdict::Masked).then(|| Value::String(self.masked.clone()))?;
        self.changed(Owner::Body, Some(Text::from(path)), &text, &Edit::Replace(new.clone()));
        Some(new)
    }

    /// The name of a span, by its kind and by what is left of its attributes.
    fn span_name(&mut self, batch: &mut Batch, row: usize) {
        // SpanKind
        const INTERNAL: i32 = 1;
        const SERVER: i32 = 2;
        const CLIENT: i32 = 3;
        let Some(span) = batch.record(row) else { return };
        let list: Vec<_> = span.attributes().collect();
        let outer = matches!(span.kind(), SERVER | CLIENT);
        let name = span.name().as_str();
        let http = outer && (name.contains('/') || list.iter().any(|(key, _)| HTTP.contains(&key.as_str())));
        let database = outer || span.kind() == INTERNAL;
        if self.contrib.span_name(name, http, database, &system(&list), &mut self.masked) != Verdict::Masked {
            return;
        }
        let edit = Edit::Replace(Value::String(self.masked.clone()));
        let is_name = |spot: &Spot<'_>| spot.owner == Owner::Span && spot.place == Place::Name;
        batch.visit(row, &mut |spot: &Spot<'_>, leaf: Leaf<'_>| {
            if !is_name(spot) {
                return Edit::Keep;
            }
            self.witness.leaf(spot, leaf, &edit);
            edit.clone()
        });
        self.count(Owner::Span);
    }

    /// Tells and counts a change.
    fn changed(&mut self, owner: Owner, key: Option<Text<'_>>, before: &str, edit: &Edit) {
        let place = if *edit == Edit::Remove { Place::Key } else { Place::Value };
        let before = if *edit == Edit::Remove { key.unwrap_or_default() } else { before.into() };
        let attribute = key.filter(|_| owner != Owner::Body);
        self.witness.leaf(&Spot { owner, place, attribute, key, depth: 1 }, Leaf::String(before), edit);
        if *edit != Edit::Remove {
            self.count(owner);
        }
    }

    fn count(&self, owner: Owner) {
        if let Some(at) = PLACES.iter().position(|known| *known == place(owner)) {
            self.plan.series.places[at].inc();
        }
    }
}
