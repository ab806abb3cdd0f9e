//! Asking a condition of a span or an event.

use pipeline::batch::{Part, Record, Text, ValueRef};

use super::path::{Field, Key, Path};
use super::value::{Kind, Value, hex};
use super::{Call, EvalError, Term, Test};
use crate::tail_sampling::keys::Slots;
use crate::tail_sampling::randomness::member;

/// What is asked about.
#[derive(Clone, Copy)]
pub(in crate::tail_sampling) struct Subject<'a> {
    pub(in crate::tail_sampling) record: Record<'a>,
    pub(in crate::tail_sampling) event: Option<Part<'a>>,
    /// The attributes of the record and of its resource, where they are gathered.
    pub(in crate::tail_sampling) slots: Option<(&'a Slots<'a>, &'a Slots<'a>)>,
}

impl Test {
    /// Whether it holds. An error ends the whole condition, as in the Collector, unless it was answered before.
    pub(super) fn holds(&self, subject: &Subject<'_>) -> Result<bool, EvalError> {
        match self {
            Self::Always(value) => Ok(*value),
            Self::Not(test) => test.holds(subject).map(|holds| !holds),
            Self::All(tests) => every(tests, subject, true),
            Self::Any(tests) => every(tests, subject, false).map(|none| !none),
            Self::Compare(left, op, right) => Ok(left.value(subject)?.compare(*op, &right.value(subject)?)),
            Self::Call(call) => call.holds(subject),
        }
    }
}

/// Whether every test comes out as `wanted`; those after the first that does not are not asked.
fn every(tests: &[Test], subject: &Subject<'_>, wanted: bool) -> Result<bool, EvalError> {
    for test in tests {
        if test.holds(subject)? != wanted {
            return Ok(false);
        }
    }
    Ok(true)
}

impl Term {
    fn value<'a>(&'a self, subject: &Subject<'a>) -> Result<Value<'a>, EvalError> {
        match self {
            Self::Literal(literal) => Ok(Value::literal(literal)),
            Self::Path(path) => path.value(subject),
            Self::Call(call) => call.value(subject),
            Self::Negative(term) => term.value(subject)?.negative(),
            Self::Math(first, rest) => rest.iter().try_fold(first.value(subject)?, |value, (math, term)| {
                let other = term.value(subject)?;
                value.calculate(*math, &other)
            }),
        }
    }

    /// The value, which has to be a text for `function`.
    fn text<'a>(&'a self, subject: &Subject<'a>, function: &'static str) -> Result<Value<'a>, EvalError> {
        let value = self.value(subject)?;
        match value.kind() {
            Kind::Text => Ok(value),
            kind => Err(EvalError::Argument { function, takes: "a string", found: kind.name() }),
        }
    }
}

impl Call {
    fn value<'a>(&'a self, subject: &Subject<'a>) -> Result<Value<'a>, EvalError> {
        Ok(match self {
            Self::Len(term) => {
                let value = term.value(subject)?;
                let takes = "a string, a list or a map";
                let wrong = || EvalError::Argument { function: "Len", takes, found: value.kind().name() };
                let length = value.length().ok_or_else(wrong)?;
                Value::Int(i64::try_from(length).unwrap_or(i64::MAX))
            }
            // One letter for one letter, as in Go: `ß` has no capital, and `İ` becomes `i`.
            Self::ToLowerCase(term) => {
                let value = term.text(subject, "ToLowerCase")?;
                let lower = |letter: char| letter.to_lowercase().next().unwrap_or(letter);
                Value::Made(value.written().unwrap_or_default().chars().map(lower).collect())
            }
            Self::ToUpperCase(term) => {
                let value = term.text(subject, "ToUpperCase")?;
                let upper = |letter: char| {
                    let mut upper = letter.to_uppercase();
                    upper.next().filter(|_| upper.next().is_none()).unwrap_or(letter)
                };
                Value::Made(value.written().unwrap_or_default().chars().map(upper).collect())
            }
            test => Value::Bool(test.holds(subject)?),
        })
    }

    /// The answer of a test; `false` of what is none, which the parser lets stand for no condition.
    fn holds(&self, subject: &Subject<'_>) -> Result<bool, EvalError> {
        Ok(match self {
            Self::IsRootSpan => subject.record.parent_span_id().iter().all(|byte| *byte == 0),
            Self::IsMatch(term, regex) => term.value(subject)?.written().is_some_and(|text| regex.is_match(&text)),
            Self::HasPrefix(term, prefix) => {
                let (value, prefix) = (term.text(subject, "HasPrefix")?, prefix.text(subject, "HasPrefix")?);
                value.text().unwrap_or_default().starts_with(prefix.text().unwrap_or_default())
            }
            Self::HasSuffix(term, suffix) => {
                let (value, suffix) = (term.text(subject, "HasSuffix")?, suffix.text(subject, "HasSuffix")?);
                value.text().unwrap_or_default().ends_with(suffix.text().unwrap_or_default())
            }
            Self::Is(kind, term) => term.value(subject)?.kind() == *kind,
            Self::Len(_) | Self::ToLowerCase(_) | Self::ToUpperCase(_) => false,
        })
    }
}

impl Path {
    fn value<'a>(&'a self, subject: &Subject<'a>) -> Result<Value<'a>, EvalError> {
        let record = subject.record;
        let event = || subject.event.ok_or(EvalError::NoEvent);
        let made = |text: String| Ok(Value::Made(text));
        let text = |text: Text<'a>| Ok(Value::Text(text));
        match self.field {
            Field::Attributes => match (self.slot, subject.slots) {
                (Some(slot), Some((own, _))) => self.attribute(|_| own.get(slot)),
                _ => self.attribute(|key| record.attribute(key)),
            },
            Field::EventAttributes => {
                let event = event()?;
                self.attribute(|key| event.attributes().find(|(known, _)| *known == key).map(|(_, value)| value))
            }
            Field::ResourceAttributes => match (self.slot, subject.slots) {
                (Some(slot), Some((_, around))) => self.attribute(|_| around.get(slot)),
                _ => self.attribute(|key| record.resource().attribute(key)),
            },
            Field::ScopeAttributes => self.attribute(|key| record.scope().attribute(key)),
            Field::Name => text(record.name()),
            Field::EventName => text(event()?.name()),
            Field::StatusMessage => text(record.status_message()),
            Field::ResourceSchemaUrl => text(record.resource().schema_url()),
            Field::ScopeName => text(record.scope().name()),
            Field::ScopeVersion => text(record.scope().version()),
            Field::ScopeSchemaUrl => text(record.scope().schema_url()),
            Field::TraceState => Ok(self.trace_state(record.trace_state())),
            Field::Kind => Ok(Value::Int(record.kind().into())),
            Field::KindName => text(Text::from(kind(record).0)),
            Field::KindSymbol => text(Text::from(kind(record).1)),
            Field::StatusCode => Ok(Value::Int(record.status_code().into())),
            // Times past 2262 wrap around, as in the Collector.
            Field::Start => Ok(Value::Int(record.start_time().0 as i64)),
            Field::End => Ok(Value::Int(record.end_time().0 as i64)),
            Field::EventTime => Ok(Value::Int(event()?.time().0 as i64)),
            Field::TraceId => Ok(Value::Id(record.trace_id(), !self.ids_are_never_nil)),
            Field::SpanId => Ok(Value::Id(record.span_id(), !self.ids_are_never_nil)),
            Field::ParentSpanId => Ok(Value::Id(record.parent_span_id(), !self.ids_are_never_nil)),
            Field::TraceIdText => made(id::<16>(record.trace_id())),
            Field::SpanIdText => made(id::<8>(record.span_id())),
            Field::ParentSpanIdText => made(id::<8>(record.parent_span_id())),
        }
    }

    fn attribute<'a>(&self, find: impl FnOnce(&str) -> Option<ValueRef<'a>>) -> Result<Value<'a>, EvalError> {
        // The parser has seen to it that the first key is a name.
        let Some((Key::Name(name), inside)) = self.keys.split_first() else { return Ok(Value::Nil) };
        match find(name) {
            None => Ok(Value::Nil),
            Some(value) if inside.is_empty() => Ok(Value::of(value)),
            Some(value) => look_into(&value, inside),
        }
    }

    /// The whole, or one member: empty where it is missing, nil where none can be told.
    fn trace_state<'a>(&self, whole: Text<'a>) -> Value<'a> {
        match self.keys.first() {
            Some(Key::Name(key)) => match member(whole.as_str(), key) {
                Ok(found) => Value::Text(Text::from(found.unwrap_or_default())),
                Err(_) => Value::Nil,
            },
            _ => Value::Text(whole),
        }
    }
}

/// What stands inside of a value under `keys`; nil where a map has no such key.
fn look_into(value: &ValueRef<'_>, keys: &[Key]) -> Result<Value<'static>, EvalError> {
    let Some((key, inside)) = keys.split_first() else { return Ok(Value::kept(value)) };
    match (value, key) {
        (ValueRef::KvList(map), Key::Name(name)) => {
            let found = map.entries().find(|(known, _)| *known == name.as_str());
            found.map_or(Ok(Value::Nil), |(_, value)| look_into(&value, inside))
        }
        (ValueRef::Array(list), Key::Index(index)) => match list.values().nth(*index) {
            Some(value) => look_into(&value, inside),
            None => Err(EvalError::Index { index: *index, length: list.values().count() }),
        },
        (_, key) => {
            let needs = if matches!(key, Key::Name(_)) { Kind::Map } else { Kind::List };
            Err(EvalError::Key { needs: needs.name(), found: Kind::of(value).name() })
        }
    }
}

/// The names of a span's kind: the Collector's, and the protocol's.
fn kind(record: Record<'_>) -> (&'static str, &'static str) {
    match record.kind() {
        0 => ("Unspecified", "SPAN_KIND_UNSPECIFIED"),
        1 => ("Internal", "SPAN_KIND_INTERNAL"),
        2 => ("Server", "SPAN_KIND_SERVER"),
        3 => ("Client", "SPAN_KIND_CLIENT"),
        4 => ("Producer", "SPAN_KIND_PRODUCER"),
        5 => ("Consumer", "SPAN_KIND_CONSUMER"),
        _ => ("", ""),
    }
}

/// An id in hexadecimal; zeros where there is none.
fn id<const N: usize>(bytes: &[u8]) -> String {
    hex(bytes.first_chunk::<N>().unwrap_or(&[0; N]))
}
