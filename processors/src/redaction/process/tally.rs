//! What was done to the record at hand, for the attributes that say so.

use pipeline::Batch;
use pipeline::batch::{Owner, Spot, Value};

use super::Redactor;
use crate::redaction::contrib::{Place, Tally, Verdict};

/// What was done to attributes and to a body. What is done to events and links is told with their span.
#[derive(Default)]
pub(super) struct Tallies {
    /// Whether anybody wants to know.
    pub(super) listens: bool,
    attributes: Tally,
    body: Tally,
    /// The attribute noted last: a value of many strings counts once.
    last: Option<(Owner, String, Verdict)>,
}

impl Tallies {
    /// Notes what became of a value; `path` of the keys to it.
    pub(super) fn note(&mut self, spot: &Spot<'_>, path: &str, verdict: Verdict) {
        if !self.listens || verdict == Verdict::Clean {
            return;
        }
        if spot.owner == Owner::Body {
            return self.body.note(path, verdict);
        }
        let attribute = spot.attribute.map_or(path, |key| key.as_str());
        let same = |(owner, key, last): &(Owner, String, Verdict)| {
            *owner == spot.owner && key == attribute && *last == verdict
        };
        if !self.last.as_ref().is_some_and(same) {
            self.last = Some((spot.owner, attribute.to_owned(), verdict));
            self.attributes.note(attribute, verdict);
        }
    }

    /// Forgets what nobody can be told: what was done to scopes, which take no attributes of ours.
    pub(super) fn forget(&mut self) {
        self.take();
    }

    fn take(&mut self) -> [(Place, Tally); 2] {
        self.last = None;
        [(Place::Attributes, std::mem::take(&mut self.attributes)), (Place::Body, std::mem::take(&mut self.body))]
    }
}

impl Redactor {
    /// Says on record `row` what was done to it.
    pub(super) fn summarise(&mut self, batch: &mut Batch, row: usize) {
        for (key, value) in self.summary(|key| batch.attribute(row, key).map(|value| value.to_value())) {
            batch.set_attribute(row, key, &value);
        }
    }

    /// Says on a resource what was done to it.
    pub(super) fn summarise_resource(&mut self, batch: &mut Batch, resource: usize) {
        if !self.tallies.listens {
            return;
        }
        let row = batch.records().position(|record| record.resource().index() == resource);
        let existing = |key: &str| batch.resource_attribute(row?, key).map(|value| value.to_value());
        for (key, value) in self.summary(existing) {
            batch.set_attribute_of_resource(resource, key, &value);
        }
    }

    fn summary(&mut self, existing: impl Fn(&str) -> Option<Value>) -> Vec<(&'static str, Value)> {
        let Some(contrib) = self.plan.contrib.as_ref().filter(|_| self.tallies.listens) else { return Vec::new() };
        let entries = self.tallies.take().into_iter();
        let entries = entries.flat_map(|(place, tally)| tally.entries(contrib.summary, place, &existing));
        entries.map(|(key, entry)| (key, entry.into())).collect()
    }
}
