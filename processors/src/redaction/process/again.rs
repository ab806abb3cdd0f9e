//! Attributes that are edited and come again, as ids of runs and sessions do: what becomes of one follows from its bytes
//! alone, so it is found out once.

use pipeline::batch::{Edit, Place, Spot, Value};

use super::scrub::Scrubbed;
use super::{Redactor, is_top, place};

/// So many are remembered, a power of two: what comes again comes soon.
const PLACES: usize = 256;

/// What is known of an attribute by its bytes.
#[derive(Clone, Copy, Debug)]
pub(super) enum Known {
    /// It stays, and so much of it was scanned to know it.
    Stays(u16),
    /// It is edited; the number of what becomes of it.
    Becomes(u64),
}

/// What became of the value of an attribute whose key stayed.
#[derive(Clone, Debug)]
struct Became {
    number: u64,
    text: String,
    /// What was found: entities, and what is done with them.
    counted: Vec<(u16, Option<u16>)>,
    scanned: u64,
}

/// The attribute at hand, as far as it is to be remembered.
#[derive(Clone, Debug, Default)]
enum Learnt {
    /// It is new, or not of the kind that is remembered.
    #[default]
    No,
    /// It came before, and nothing in it was edited so far; what was scanned before its value.
    Since(u64),
    /// Only its value was edited.
    Value(Became),
}

/// What became of attributes, and of the one at hand.
#[derive(Clone, Debug, Default)]
pub(super) struct Again {
    became: Vec<Became>,
    /// The number of the next.
    next: u64,
    /// What becomes of the attribute at hand, by its place.
    known: Option<usize>,
    learnt: Learnt,
}

impl Again {
    /// The attribute at hand is this one; if others have taken its place since, it is learnt again.
    pub(super) fn is(&mut self, number: u64, scanned: u64) {
        let at = number as usize % PLACES;
        let there = self.became.get(at).is_some_and(|became| became.number == number);
        self.known = there.then_some(at);
        self.learnt = if there { Learnt::No } else { Learnt::Since(scanned) };
    }

    /// The attribute at hand is not known; `since` tells what was scanned before, if it is to be remembered.
    #[inline]
    pub(super) fn is_unknown(&mut self, since: Option<u64>) {
        self.known = None;
        self.learnt = since.map_or(Learnt::No, Learnt::Since);
    }

    /// The attribute at hand is not to be remembered.
    pub(super) fn spoil(&mut self) {
        self.learnt = Learnt::No;
    }

    /// A leaf became this, and that was found in it.
    #[inline]
    pub(super) fn saw(&mut self, spot: &Spot<'_>, edit: &Edit, counted: &[(u16, Option<u16>)], scanned: u64) {
        if matches!(self.learnt, Learnt::No) {
            return;
        }
        // Of an array with several leaves it could not be told which was edited.
        self.learnt = match (&self.learnt, edit) {
            (Learnt::Since(_), Edit::Keep) if spot.place == Place::Key && counted.is_empty() => Learnt::Since(scanned),
            (Learnt::Since(before), Edit::Replace(Value::String(text))) if is_value(spot) => Learnt::Value(Became {
                number: self.next,
                text: text.clone(),
                counted: counted.to_vec(),
                scanned: scanned - before,
            }),
            _ => Learnt::No,
        };
    }

    /// Remembers the attribute at hand; its number, unless it is not of the kind that is remembered.
    pub(super) fn remember(&mut self) -> Option<u64> {
        let Learnt::Value(became) = std::mem::take(&mut self.learnt) else { return None };
        let (number, at) = (became.number, became.number as usize % PLACES);
        if at < self.became.len() {
            self.became[at] = became;
        } else {
            self.became.push(became);
        }
        self.next += 1;
        Some(number)
    }
}

/// Whether a leaf is the value of an attribute, or in an array that is it.
fn is_value(spot: &Spot<'_>) -> bool {
    spot.place == Place::Value && is_top(spot)
}

impl Redactor {
    /// What became of the value at hand when its attribute came before.
    pub(super) fn known_edit(&mut self, spot: &Spot<'_>) -> Option<Edit> {
        let became = &self.again.became[self.again.known.take()?];
        self.scanned += became.scanned;
        for (entity, other) in &became.counted {
            self.plan.strategy(*entity, *other).2.inc();
        }
        Some(self.replaced(Scrubbed::New(became.text.clone()), place(spot.owner)))
    }
}
