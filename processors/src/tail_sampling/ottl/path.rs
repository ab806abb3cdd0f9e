//! The paths of a condition: which fields there are, under which names, and what may stand in brackets.

use pipeline::config::nearest;

use super::lexer::fault;
use super::{Context, ParseError};

/// A field of what is sampled, and the way into it.
#[derive(Clone, Debug)]
pub(super) struct Path {
    pub(super) field: Field,
    /// Where it is attributes, the first is text.
    pub(super) keys: Vec<Key>,
    /// Where the attribute it begins with is kept once for all conditions; see `bind.rs`.
    pub(super) slot: Option<usize>,
    /// To the Collector an id without a digit is not nil.
    pub(super) ids_are_never_nil: bool,
}

/// What stands in brackets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Key {
    Name(String),
    Index(usize),
}

/// A field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Field {
    TraceId,
    SpanId,
    ParentSpanId,
    /// The same as hexadecimal digits.
    TraceIdText,
    SpanIdText,
    ParentSpanIdText,
    TraceState,
    Name,
    Kind,
    /// As the Collector spells them: `Server`.
    KindName,
    /// As the protocol spells them: `SPAN_KIND_SERVER`.
    KindSymbol,
    Start,
    End,
    StatusCode,
    StatusMessage,
    Attributes,
    EventName,
    EventTime,
    EventAttributes,
    ResourceAttributes,
    ResourceSchemaUrl,
    ScopeName,
    ScopeVersion,
    ScopeAttributes,
    ScopeSchemaUrl,
}

/// Whose a field is, by the prefixes that say so.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Root {
    Span,
    Event,
    Resource,
    Scope,
}

const ROOTS: &[(&str, Root)] = &[
    ("span", Root::Span),
    ("spanevent", Root::Event),
    ("resource", Root::Resource),
    ("scope", Root::Scope),
    ("instrumentation_scope", Root::Scope),
];

const FIELDS: &[(Root, &str, Field)] = &[
    (Root::Span, "attributes", Field::Attributes),
    (Root::Span, "name", Field::Name),
    (Root::Span, "kind", Field::Kind),
    (Root::Span, "kind.string", Field::KindName),
    (Root::Span, "kind.deprecated_string", Field::KindSymbol),
    (Root::Span, "status.code", Field::StatusCode),
    (Root::Span, "status.message", Field::StatusMessage),
    (Root::Span, "start_time_unix_nano", Field::Start),
    (Root::Span, "end_time_unix_nano", Field::End),
    (Root::Span, "trace_state", Field::TraceState),
    (Root::Span, "trace_id", Field::TraceId),
    (Root::Span, "span_id", Field::SpanId),
    (Root::Span, "parent_span_id", Field::ParentSpanId),
    (Root::Span, "trace_id.string", Field::TraceIdText),
    (Root::Span, "span_id.string", Field::SpanIdText),
    (Root::Span, "parent_span_id.string", Field::ParentSpanIdText),
    (Root::Event, "attributes", Field::EventAttributes),
    (Root::Event, "name", Field::EventName),
    (Root::Event, "time_unix_nano", Field::EventTime),
    (Root::Resource, "attributes", Field::ResourceAttributes),
    (Root::Resource, "schema_url", Field::ResourceSchemaUrl),
    (Root::Scope, "attributes", Field::ScopeAttributes),
    (Root::Scope, "name", Field::ScopeName),
    (Root::Scope, "version", Field::ScopeVersion),
    (Root::Scope, "schema_url", Field::ScopeSchemaUrl),
];

/// A name between two dots, with its place and its brackets.
pub(super) struct Segment<'t> {
    pub(super) at: usize,
    pub(super) name: &'t str,
    pub(super) keys: Vec<Key>,
}

/// The path that `segments`, at least one, spell.
pub(super) fn resolve(mut segments: Vec<Segment<'_>>, context: Context) -> Result<Path, ParseError> {
    let own = if context == Context::Span { Root::Span } else { Root::Event };
    let at = segments.first().map_or(0, |segment| segment.at);
    let prefix = segments.first().filter(|first| segments.len() > 1 && first.keys.is_empty());
    let prefix = prefix.and_then(|first| ROOTS.iter().find(|(name, _)| *name == first.name));
    if prefix.is_some_and(|(_, root)| *root == Root::Event && context == Context::Span) {
        return Err(fault(at, "a span's events are asked by conditions under `spanevent:`, not under `span:`"));
    }
    if prefix.is_some() {
        segments.remove(0);
    }
    let root = prefix.map_or(own, |(_, root)| *root);
    let dotted = segments.iter().map(|segment| segment.name).collect::<Vec<_>>().join(".");
    let found = FIELDS.iter().find(|(of, name, _)| *of == root && *name == dotted);
    let Some((_, _, field)) = found else {
        return Err(fault(at, unknown(prefix.map(|(name, _)| *name), &dotted, context)));
    };
    let keys = segments.pop().map(|last| last.keys).unwrap_or_default();
    if segments.iter().any(|segment| !segment.keys.is_empty()) {
        return Err(fault(at, format!("`{dotted}` takes nothing in brackets before its end")));
    }
    match (field, keys.first()) {
        (Field::Attributes | Field::EventAttributes | Field::ResourceAttributes | Field::ScopeAttributes, first) => {
            match first {
                Some(Key::Name(_)) => {}
                Some(Key::Index(_)) => return Err(fault(at, "attributes have names: `attributes[\"key\"]`")),
                None => return Err(fault(at, "which attribute: `attributes[\"key\"]`?")),
            }
        }
        (_, None) => {}
        (Field::TraceState, Some(Key::Name(_))) if keys.len() == 1 => {}
        (Field::TraceState, _) => return Err(fault(at, "`trace_state` takes one key: `trace_state[\"ot\"]`")),
        _ => return Err(fault(at, format!("`{dotted}` takes nothing in brackets"))),
    }
    Ok(Path { field: *field, keys, slot: None, ids_are_never_nil: false })
}

/// What to say of a path that there is not.
fn unknown(prefix: Option<&str>, dotted: &str, context: Context) -> String {
    let whole = prefix.map_or_else(|| dotted.to_owned(), |prefix| format!("{prefix}.{dotted}"));
    let known = names(context);
    let all = || known.iter().map(String::as_str);
    let near = match prefix {
        Some(prefix) => {
            // What is measured is what is wrong: not the prefix.
            let of = |name: &str| name.strip_prefix(prefix).is_some_and(|rest| rest.starts_with('.'));
            let own = all().filter(|name| of(name)).filter_map(|name| name.split_once('.').map(|(_, rest)| rest));
            nearest(dotted, own).map(|name| format!("{prefix}.{name}"))
        }
        None => {
            let elsewhere = || all().find(|name| name.split_once('.').is_some_and(|(_, rest)| rest == dotted));
            elsewhere().or_else(|| nearest(dotted, all())).map(str::to_owned)
        }
    };
    let attribute =
        format!("{}attributes[\"{dotted}\"]", prefix.map(|prefix| format!("{prefix}.")).unwrap_or_default());
    if let Some(name) = near {
        return format!("there is no `{whole}`: did you mean `{name}`, or the attribute `{attribute}`?");
    }
    let listed = all().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ");
    format!("there is no `{whole}`; an attribute is written `{attribute}`, and else there is {listed}")
}

/// Every path of a context, its own first and without prefix.
fn names(context: Context) -> Vec<String> {
    let own = if context == Context::Span { Root::Span } else { Root::Event };
    let plain = FIELDS.iter().filter(|(root, ..)| *root == own).map(|(_, name, _)| (*name).to_owned());
    let rooted = ROOTS.iter().filter(|(_, root)| *root != Root::Event || context == Context::SpanEvent);
    let prefixed = rooted.flat_map(|(prefix, of)| {
        let fields = FIELDS.iter().filter(move |(root, ..)| root == of);
        fields.map(move |(_, name, _)| format!("{prefix}.{name}"))
    });
    plain.chain(prefixed).collect()
}
