//! Calls of tools: what is one, and what of its answer says that it failed.

use memchr::memmem;
use memchr::memmem::Finder;
use pipeline::batch::ValueRef;

use super::super::json::Fields;
use super::super::keys::{Keys, Slots, bit};
use super::{is_failure, is_true};

/// Keys that say that a record is a call of a tool, by what they then hold; empty: by being there.
const KEYS: [(&str, &str); 11] = [
    ("gen_ai.operation.name", "execute_tool"),
    ("openinference.span.kind", "tool"),
    ("traceloop.span.kind", "tool"),
    ("langsmith.span.kind", "tool"),
    ("langfuse.observation.type", "tool"),
    ("ai.operationId", "ai.toolCall"),
    ("mcp.method.name", "tools/call"),
    ("gen_ai.tool.name", ""),
    ("ai.toolCall.name", ""),
    ("tool.name", ""),
    ("tool_name", ""),
];

/// What a tool answered.
const RESULTS: [&str; 5] = [
    "gen_ai.tool.call.result",
    "output.value",
    "traceloop.entity.output",
    "ai.toolCall.result",
    "langfuse.observation.output",
];
/// The names under which JSON and maps say that it is an error: Anthropic's, and MCP's.
const FLAGS: [&[u8]; 2] = [b"is_error", b"isError"];
/// With what these end, and the status that is one.
const ERROR_END: &[u8] = b"rror\"";
/// What stands beside a status that is the call's own and not one of what the tool looked up: LangChain's, Strands',
/// Anthropic's name for the call.
const CALLS: [&[u8]; 3] = [b"\"tool_call_id\"", b"\"toolUseId\"", b"\"tool_use_id\""];
/// How Python's texts of LangChain's and MCP's answers end.
const SHOWN: [&[u8]; 3] = [b"status='error", b"isError=True", b"is_error=True"];
const SHOWN_CALL: &[u8] = b"tool_call_id='";
/// Bytes of such a text that are looked at, its last.
const SHOWN_WITHIN: usize = 1024;

/// What tells a call of a tool.
pub(in super::super) struct ToolCall {
    keys: Vec<(usize, &'static str)>,
    /// Their slots, as [`Slots::any`] takes them.
    pub(super) slots: u64,
}

impl ToolCall {
    pub(in super::super) fn new(keys: &mut Keys) -> Self {
        let keys: Vec<_> = KEYS.iter().map(|(key, holds)| (keys.slot(key), *holds)).collect();
        Self { slots: keys.iter().fold(0, |slots, (slot, _)| slots | bit(*slot)), keys }
    }

    /// Whether the record is one.
    pub(in super::super) fn is(&self, slots: &Slots<'_>) -> bool {
        if !slots.any(self.slots) {
            return false;
        }
        self.keys.iter().any(|(slot, holds)| {
            let text = slots.text(*slot);
            text.is_some_and(|text| match holds.is_empty() {
                true => !text.is_empty(),
                false => text.as_bytes().eq_ignore_ascii_case(holds.as_bytes()),
            })
        })
    }
}

/// What tools answered.
pub(super) struct Answers {
    results: [usize; RESULTS.len()],
    /// Their slots, as [`Slots::any`] takes them.
    pub(super) slots: u64,
    error: Box<Finder<'static>>,
}

impl Answers {
    pub(super) fn new(keys: &mut Keys) -> Self {
        let results = RESULTS.map(|key| keys.slot(key));
        let slots = results.iter().fold(0, |slots, slot| slots | bit(*slot));
        Self { results, slots, error: Box::new(Finder::new(ERROR_END)) }
    }

    /// Whether one says that it is an error, of a record that is a call of a tool.
    pub(super) fn say_error(&self, slots: &Slots<'_>) -> bool {
        slots.any(self.slots)
            && self.results.iter().any(|slot| match slots.get(*slot) {
                Some(ValueRef::String(text)) => self.is_error(text.as_bytes()),
                Some(ValueRef::Array(parts)) => parts.values().any(|part| is_error_map(&part)),
                Some(answer) => is_error_map(&answer),
                None => false,
            })
    }

    fn is_error(&self, text: &[u8]) -> bool {
        let mut status = false;
        for at in self.error.find_iter(text) {
            let (before, behind) = text.split_at(at + ERROR_END.len());
            if is_flag(before) && is_json_true(behind) {
                return true;
            }
            status = status || is_status(before);
        }
        status && is_own_status(text) || is_shown(text)
    }
}

fn is_error_map(answer: &ValueRef<'_>) -> bool {
    let ValueRef::KvList(fields) = answer else { return false };
    fields.entries().any(|(key, value)| match key.as_bytes() {
        b"status" => is_failure(&value),
        key => FLAGS.contains(&key) && is_true(&value),
    })
}

/// Whether JSON up to here ends with the name of a flag.
fn is_flag(before: &[u8]) -> bool {
    let name = before.strip_suffix(b"\"").unwrap_or_default();
    FLAGS.iter().any(|flag| name.strip_suffix(*flag).is_some_and(|before| before.ends_with(b"\"")))
}

fn is_json_true(behind: &[u8]) -> bool {
    let value = behind.trim_ascii_start().strip_prefix(b":").unwrap_or_default();
    value.trim_ascii_start().starts_with(b"true")
}

/// Whether JSON up to here ends with a status that is an error.
fn is_status(before: &[u8]) -> bool {
    let name =
        before.strip_suffix(b"\"error\"").map(<[u8]>::trim_ascii_end).and_then(|before| before.strip_suffix(b":"));
    name.is_some_and(|before| before.trim_ascii_end().ends_with(b"\"status\""))
}

/// Whether a status in JSON is that of the call: at its top level, or beside what names the call.
fn is_own_status(text: &[u8]) -> bool {
    CALLS.iter().any(|name| memmem::find(text, name).is_some())
        || text.trim_ascii_start().starts_with(b"{")
            && Fields::of(text).any(|(key, value)| key == b"status" && value.starts_with(b"\"error\""))
}

/// The same of a text that Python made of an answer: at its end, or behind the call's name, which is near it.
fn is_shown(text: &[u8]) -> bool {
    let text = &text[text.len().saturating_sub(SHOWN_WITHIN)..];
    let closing = |byte: &u8| matches!(byte, b')' | b']' | b'}' | b'"' | b'\'' | b' ' | b'\n');
    let end = text.iter().rposition(|byte| !closing(byte)).map_or(0, |at| at + 1);
    let apart = |before: &[u8]| matches!(before.last(), None | Some(b' ' | b',' | b'('));
    let (status, ends) = (SHOWN[0], &text[..end]);
    SHOWN.iter().any(|shown| ends.strip_suffix(*shown).is_some_and(apart))
        || memmem::rfind(text, SHOWN_CALL).is_some_and(|at| memmem::find(&text[at..], status).is_some())
}
