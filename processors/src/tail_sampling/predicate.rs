//! What can be asked of a single record: each answers with the configured entries that matched, as bits.

use pipeline::Signal;
use pipeline::batch::{Record, SpanFields, Text, ValueRef};
use regex::bytes::Regex;

use super::failure::FailureParts;
use super::keys::{Slots, bit};
use super::ottl::{Condition, Subject};
use super::policies::ErrorMode;
use super::randomness::member;
use super::words::Words;

/// Entries that a vote can name of one predicate; further ones share the last bit.
pub(super) const MAX_ENTRIES: usize = 32;

/// Entries that matched.
pub(super) type Matches = u32;

/// The bit of entry `at`.
pub(super) fn entry(at: usize) -> Matches {
    1 << at.min(MAX_ENTRIES - 1)
}

/// What is asked of a record.
pub(super) enum Predicate {
    /// An attribute of a span or its resource; which slot.
    Attribute(usize, Matcher),
    /// A span's status, by the entries for UNSET, OK and ERROR.
    Status([Matches; 3]),
    /// An entry of the W3C trace state.
    TraceState { key: String, values: Vec<String> },
    /// The sampled flag of a span.
    Sampled,
    /// Conditions in the Collector's language.
    Ottl { span: Vec<Condition>, event: Vec<Condition>, mode: ErrorMode },
    /// What went wrong.
    Failure(FailureParts),
    /// A log record's severity, at least.
    Severity(i32),
    /// An attribute of a log record; which slot.
    LogAttribute(usize, Matcher),
}

/// What is asked of a value.
pub(super) enum Matcher {
    /// A text of these.
    Texts { texts: Words, entries: Vec<Matches>, contrib: bool },
    /// A text in which one of these is found.
    Regexes { regexes: Vec<Regex>, contrib: bool },
    /// A number within bounds.
    Number { least: f64, most: f64 },
    /// An integer within bounds; anything else is 0 to the Collector.
    ContribNumber { least: i64, most: i64 },
    /// A boolean; anything else is false to the Collector.
    Boolean { value: bool, contrib: bool },
    /// Anything.
    Present,
}

/// Where an attribute stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    Resource,
    Record,
}

/// A record, and what was read of it once for all predicates.
pub(super) struct Row<'r, 'b> {
    pub(super) record: Record<'b>,
    pub(super) signal: Signal,
    /// The values of the keys that are asked for.
    pub(super) slots: &'r Slots<'b>,
    /// The same of its resource.
    pub(super) around: &'r Slots<'b>,
    pub(super) fields: SpanFields<'b>,
    /// The severity of a log record, derived where its number is left out.
    pub(super) severity: i32,
}

/// Where a predicate has to look.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Sight {
    /// The slots of a record or its resource, as [`Slots::any`] takes them.
    pub(super) slots: u64,
    /// And elsewhere.
    pub(super) beyond: bool,
}

impl Sight {
    /// Of both.
    pub(super) fn and(self, other: Self) -> Self {
        Self { slots: self.slots | other.slots, beyond: self.beyond || other.beyond }
    }
}

/// A condition could not be evaluated.
pub(super) struct Failed;

impl Predicate {
    /// Whether it is about log records.
    pub(super) fn reads(&self, signal: Signal) -> bool {
        match self {
            Self::Failure(_) => true,
            Self::Severity(_) | Self::LogAttribute(..) => signal == Signal::Logs,
            _ => signal == Signal::Traces,
        }
    }

    /// Where it has to look: where there is nothing, nothing matches.
    pub(super) fn sight(&self) -> Sight {
        match self {
            Self::Attribute(slot, _) | Self::LogAttribute(slot, _) => Sight { slots: bit(*slot), beyond: false },
            _ => Sight { slots: 0, beyond: true },
        }
    }

    /// The slot whose text alone says what matches, where that costs more than to remember it.
    pub(super) fn sole_text(&self) -> Option<usize> {
        match self {
            Self::Attribute(slot, Matcher::Regexes { .. }) | Self::LogAttribute(slot, Matcher::Regexes { .. }) => {
                Some(*slot)
            }
            Self::Ottl { span, event, .. } if event.is_empty() => Condition::sole_slot(span),
            _ => None,
        }
    }

    /// What matched of the record itself.
    pub(super) fn matches(&self, row: &Row<'_, '_>) -> Result<Matches, Failed> {
        Ok(match self {
            Self::Attribute(slot, matcher) | Self::LogAttribute(slot, matcher) => {
                row.slots.get(*slot).map_or(0, |value| matcher.matches(&value, Place::Record))
            }
            Self::Status(entries) => {
                usize::try_from(row.record.status_code()).ok().and_then(|code| entries.get(code)).copied().unwrap_or(0)
            }
            Self::TraceState { key, values } => trace_state(row.fields.trace_state, key, values),
            Self::Sampled => row.fields.flags & 1,
            Self::Ottl { span, event, mode } => return ottl(row, span, event, *mode),
            Self::Failure(parts) => parts.matches(row),
            Self::Severity(least) => u32::from(row.severity >= *least),
        })
    }

    /// What matched of the resource, which counts for each of its spans.
    pub(super) fn matches_resource(&self, slots: &Slots<'_>) -> Matches {
        match self {
            Self::Attribute(slot, matcher) => {
                slots.get(*slot).map_or(0, |value| matcher.matches(&value, Place::Resource))
            }
            _ => 0,
        }
    }
}

impl Matcher {
    fn matches(&self, value: &ValueRef<'_>, place: Place) -> Matches {
        let text = |contrib: bool| match value.as_text() {
            // What is no text reads as an empty one, which is looked at on resources only.
            None if contrib && place == Place::Resource => Some(Text::default()),
            found => found.filter(|text| !contrib || place == Place::Resource || !text.is_empty()),
        };
        match self {
            Self::Texts { texts, entries, contrib } => {
                let found = text(*contrib).and_then(|text| texts.find(text.as_bytes()));
                found.and_then(|number| entries.get(number)).copied().unwrap_or(0)
            }
            Self::Regexes { regexes, contrib } => text(*contrib)
                .and_then(|text| regexes.iter().position(|regex| regex.is_match(text.as_bytes())))
                .map_or(0, entry),
            Self::Number { least, most } => {
                u32::from(number(value).is_some_and(|number| number >= *least && number <= *most))
            }
            Self::ContribNumber { least, most } => {
                let number = value.as_int().unwrap_or(0);
                u32::from(number >= *least && number <= *most)
            }
            Self::Boolean { value: wanted, contrib } => match value {
                ValueRef::Bool(found) => u32::from(found == wanted),
                _ => u32::from(*contrib && !wanted),
            },
            Self::Present => 1,
        }
    }
}

/// The number that a value is.
#[allow(clippy::cast_precision_loss, reason = "bounds are doubles")]
pub(super) fn number(value: &ValueRef<'_>) -> Option<f64> {
    match value {
        ValueRef::Int(number) => Some(*number as f64),
        ValueRef::Double(number) => Some(*number),
        _ => None,
    }
}

/// Whether a value says false.
pub(super) fn is_false(value: &ValueRef<'_>) -> bool {
    match value {
        ValueRef::Bool(value) => !value,
        ValueRef::String(text) => text.as_bytes().eq_ignore_ascii_case(b"false"),
        _ => false,
    }
}

/// Any span, then any event, that fulfils any condition. The first that cannot be evaluated ends it, where errors
/// are to be told.
fn ottl(row: &Row<'_, '_>, span: &[Condition], event: &[Condition], mode: ErrorMode) -> Result<Matches, Failed> {
    let told = |result: Result<bool, _>| match result {
        Ok(holds) => Ok(holds),
        Err(_) if mode == ErrorMode::Propagate => Err(Failed),
        Err(_) => Ok(false),
    };
    let subject = Subject { record: row.record, event: None, slots: Some((row.slots, row.around)) };
    for (at, condition) in span.iter().enumerate() {
        if told(condition.eval(&subject))? {
            return Ok(entry(at));
        }
    }
    if event.is_empty() || !row.fields.events {
        return Ok(0);
    }
    for part in row.record.events() {
        let subject = Subject { event: Some(part), ..subject };
        for (at, condition) in event.iter().enumerate() {
            if told(condition.eval(&subject))? {
                return Ok(entry(span.len() + at));
            }
        }
    }
    Ok(0)
}

/// The entry for the value that `key` has in a trace state; none in one that cannot be read.
fn trace_state(state: Text<'_>, key: &str, values: &[String]) -> Matches {
    let found = member(state.as_str(), key).ok().flatten();
    found.and_then(|found| values.iter().position(|value| value == found)).map_or(0, entry)
}
