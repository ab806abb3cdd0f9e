//! The `failure` policy: what counts as having gone wrong, part by part, so that a vote can say which it was.

use memchr::memmem;
use pipeline::Signal;
use pipeline::batch::ValueRef;

use super::keys::{Keys, Slots, bit};
use super::policies::Failure;
use super::predicate::{Matches, Row, is_false, number};

/// The parts, the most telling first: that is the one a vote names. The last is judged by what is missing.
pub(super) const PARTS: [&str; 10] = [
    "tool_call",
    "finish_reason",
    "exception_event",
    "success_false",
    "error_attribute",
    "status_attribute",
    "evaluation_below",
    "status_error",
    "error_log",
    "missing_root_after",
];

/// The part that no record shows.
pub(super) const MISSING_ROOT: u8 = 9;

const TOOL: usize = 0;
const REASON: usize = 1;
const EXCEPTION: usize = 2;
const SUCCESS: usize = 3;
const ERROR: usize = 4;
const STATUS: usize = 5;
const EVALUATION: usize = 6;
const SPAN_STATUS: usize = 7;
const LOG: usize = 8;

/// Finish reasons of an answer that was cut off or refused, as providers and SDKs spell them.
const REASONS: [&str; 13] = [
    "length",
    "max_tokens",
    "max_output_tokens",
    "model_context_window_exceeded",
    "content_filter",
    "content_filtered",
    "guardrail_intervened",
    "refusal",
    "safety",
    "prohibited_content",
    "blocklist",
    "recitation",
    "spii",
];
const REASON_KEYS: [&str; 5] = [
    "gen_ai.response.finish_reasons",
    "gen_ai.response.finish_reason",
    "ai.response.finishReason",
    "llm.finish_reason",
    "stop_reason",
];
/// Keys that number the answers to one prompt, as OpenLLMetry has them: `gen_ai.completion.0.finish_reason`.
const NUMBERED_KEYS: [&str; 2] = ["gen_ai.completion", "llm.completions"];
/// How many such answers are looked at.
const ANSWERS: usize = 8;
/// The messages of an answer, as JSON in a text or as a list of maps, each with its reason.
const MESSAGES: &str = "gen_ai.output.messages";
/// An event for each answer, with its reason.
const CHOICE: &str = "gen_ai.choice";
const FINISH_REASON: &str = "finish_reason";

/// Keys that say that a record is a call of a tool, by what they then hold; empty: by being there.
const TOOL_KEYS: [(&str, &str); 5] = [
    ("gen_ai.operation.name", "execute_tool"),
    ("openinference.span.kind", "tool"),
    ("traceloop.span.kind", "tool"),
    ("gen_ai.tool.name", ""),
    ("tool_name", ""),
];
const TOOL_ERROR: &str = "is_error";
/// What a tool answered, as JSON in a text, and the names under which that says that it is an error: Anthropic's, and MCP's.
const TOOL_RESULTS: [&str; 3] = ["gen_ai.tool.call.result", "output.value", "traceloop.entity.output"];
const RESULT_ERRORS: [&[u8]; 2] = [b"\"is_error\"", b"\"isError\""];
const SCORE: &str = "gen_ai.evaluation.score.value";
const EVALUATED: &str = "gen_ai.evaluation.result";

/// The lowest `SeverityNumber` of an error.
pub(super) const SEVERE: i32 = 17;

/// A `failure` policy, ready to look at records.
pub(super) struct FailureParts {
    parts: Matches,
    /// The slots that are looked at, as [`Slots::any`] takes them.
    slots: u64,
    reasons: Vec<Box<[u8]>>,
    reason_slots: Vec<usize>,
    messages: usize,
    /// The name of a reason in JSON, with its closing quote.
    named: Box<memmem::Finder<'static>>,
    tools: ToolCall,
    success: usize,
    /// `error`, and the semantic conventions' `error.type`.
    errors: [usize; 2],
    status: usize,
    tool_error: usize,
    tool_results: [usize; 3],
    score: usize,
    below: f64,
}

/// What tells a call of a tool.
pub(super) struct ToolCall {
    keys: Vec<(usize, &'static str)>,
    /// Their slots, as [`Slots::any`] takes them.
    slots: u64,
}

impl ToolCall {
    pub(super) fn new(keys: &mut Keys) -> Self {
        let keys: Vec<_> = TOOL_KEYS.iter().map(|(key, holds)| (keys.slot(key), *holds)).collect();
        Self { slots: keys.iter().fold(0, |slots, (slot, _)| slots | bit(*slot)), keys }
    }

    /// Whether the record is one.
    pub(super) fn is(&self, slots: &Slots<'_>) -> bool {
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

impl FailureParts {
    pub(super) fn new(config: &Failure, keys: &mut Keys) -> Self {
        let switches = [
            config.tool_call,
            config.finish_reason,
            config.exception_event,
            config.success_false,
            config.error_attribute,
            config.status_attribute,
            config.evaluation_below.is_some(),
            config.status_error,
            config.error_log,
        ];
        let listed = config.finish_reasons.clone();
        let reasons = listed.unwrap_or_else(|| REASONS.map(str::to_owned).to_vec());
        let mut made = Self {
            parts: switches.iter().enumerate().fold(0, |parts, (at, on)| parts | Matches::from(*on) << at),
            reasons: reasons.iter().map(|reason| reason.bytes().map(plain).collect()).collect(),
            reason_slots: reason_keys().map(|key| keys.slot(&key)).collect(),
            messages: keys.slot(MESSAGES),
            named: Box::new(memmem::Finder::new(b"finish_reason\"")),
            tools: ToolCall::new(keys),
            success: keys.slot("success"),
            errors: ["error", "error.type"].map(|key| keys.slot(key)),
            status: keys.slot("status"),
            tool_error: keys.slot(TOOL_ERROR),
            tool_results: TOOL_RESULTS.map(|key| keys.slot(key)),
            score: keys.slot(SCORE),
            below: config.evaluation_below.unwrap_or(f64::NEG_INFINITY),
            slots: 0,
        };
        let single = [made.success, made.status, made.tool_error, made.score, made.messages];
        let all = single.iter().chain(&made.errors).chain(&made.tool_results).chain(&made.reason_slots);
        made.slots = all.fold(made.tools.slots, |slots, slot| slots | bit(*slot));
        made
    }

    /// The parts that a record shows.
    pub(super) fn matches(&self, row: &Row<'_, '_>) -> Matches {
        let error = row.record.status_code() == 2;
        let severe = row.signal == Signal::Logs && row.severity >= SEVERE;
        let told = row.slots.any(self.slots);
        // Most records show nothing that could be one.
        if !(told || error || severe || row.fields.events) {
            return 0;
        }
        let part = |at: usize, shown: bool| Matches::from(shown) << at;
        let events = if row.fields.events { self.events(row) } else { 0 };
        let mut shown = part(SPAN_STATUS, error) | part(LOG, severe) | events;
        if told {
            let failed = error || severe || events >> EXCEPTION & 1 == 1;
            shown |= self.attributes(row.slots, failed);
        }
        shown & self.parts
    }

    /// The parts that attributes show, of a record that `failed` or not as far as its fields say.
    fn attributes(&self, slots: &Slots<'_>, failed: bool) -> Matches {
        let is = |slot: usize, such: fn(&ValueRef<'_>) -> bool| slots.get(slot).is_some_and(|value| such(&value));
        let part = |at: usize, shown: bool| Matches::from(shown) << at;
        let mut shown = part(SUCCESS, is(self.success, is_false))
            | part(ERROR, self.errors.iter().any(|slot| is(*slot, is_error)))
            | part(STATUS, is(self.status, is_failure));
        let answered = || self.tool_results.iter().any(|slot| is(*slot, is_result_error));
        let failed = failed || shown != 0 || is(self.tool_error, is_true);
        shown |= part(TOOL, self.tools.is(slots) && (failed || answered()));
        let cut_off = |slot: &usize| slots.get(*slot).is_some_and(|value| self.is_cut_off(&value));
        let messages = slots.get(self.messages).is_some_and(|value| self.has_cut_off(&value));
        shown |= part(REASON, messages || self.reason_slots.iter().any(cut_off));
        shown
            | part(EVALUATION, slots.get(self.score).as_ref().and_then(number).is_some_and(|score| score < self.below))
    }

    /// The parts that events show: an exception, an answer that was cut off, an evaluation under the bound.
    fn events(&self, row: &Row<'_, '_>) -> Matches {
        let mut shown = 0;
        let asked = |at: usize| self.parts >> at & 1 == 1;
        for event in row.record.events() {
            let of =
                |key: &'static str| event.attributes().filter(move |(name, _)| *name == key).map(|(_, value)| value);
            let name = event.name();
            shown |= match name.as_str() {
                "exception" => 1 << EXCEPTION,
                CHOICE if asked(REASON) => {
                    Matches::from(of(FINISH_REASON).any(|value| self.is_cut_off(&value))) << REASON
                }
                EVALUATED if asked(EVALUATION) => {
                    let low = of(SCORE).filter_map(|value| number(&value)).any(|score| score < self.below);
                    Matches::from(low) << EVALUATION
                }
                _ => 0,
            };
        }
        shown
    }

    /// Whether one of the messages says that it was cut off.
    fn has_cut_off(&self, messages: &ValueRef<'_>) -> bool {
        match messages {
            ValueRef::String(text) => {
                let text = text.as_bytes();
                let behind = self.named.find_iter(text).map(|at| &text[at + self.named.needle().len()..]);
                behind.map(json_word).any(|word| self.reasons.iter().any(|reason| is_reason(word, reason)))
            }
            ValueRef::Array(messages) => messages.values().any(|message| match message {
                ValueRef::KvList(fields) => {
                    fields.entries().any(|(key, value)| key == FINISH_REASON && self.is_cut_off(&value))
                }
                _ => false,
            }),
            _ => false,
        }
    }

    fn is_cut_off(&self, value: &ValueRef<'_>) -> bool {
        let listed = |text: &[u8]| {
            // Some write the list as JSON in a text.
            let mut words = text.split(|byte| b"[]\", ".contains(byte)).filter(|word| !word.is_empty());
            words.any(|word| self.reasons.iter().any(|reason| is_reason(word, reason)))
        };
        match value {
            ValueRef::String(text) => listed(text.as_bytes()),
            ValueRef::Array(values) => {
                values.values().any(|value| value.as_text().is_some_and(|text| listed(text.as_bytes())))
            }
            _ => false,
        }
    }
}

/// Every key that holds reasons.
fn reason_keys() -> impl Iterator<Item = String> {
    let numbered =
        NUMBERED_KEYS.iter().flat_map(|key| (0..ANSWERS).map(move |at| format!("{key}.{at}.{FINISH_REASON}")));
    REASON_KEYS.iter().map(|key| (*key).to_owned()).chain(numbered)
}

/// The word that JSON has behind the name of a key; empty where it has something else.
fn json_word(behind: &[u8]) -> &[u8] {
    let value = behind.trim_ascii_start().strip_prefix(b":").map(<[u8]>::trim_ascii_start);
    let word = value.and_then(|value| value.strip_prefix(b"\"")).unwrap_or_default();
    word.split(|byte| *byte == b'"').next().unwrap_or_default()
}

/// `content-filter`, `CONTENT_FILTER` and `content_filter` are one.
fn plain(byte: u8) -> u8 {
    if byte == b'-' { b'_' } else { byte.to_ascii_lowercase() }
}

/// Whether a word is this reason, which is plain.
fn is_reason(word: &[u8], reason: &[u8]) -> bool {
    word.len() == reason.len() && word.iter().zip(reason).all(|(byte, plainly)| plain(*byte) == *plainly)
}

fn is_true(value: &ValueRef<'_>) -> bool {
    match value {
        ValueRef::Bool(value) => *value,
        ValueRef::String(text) => text.as_bytes().eq_ignore_ascii_case(b"true"),
        _ => false,
    }
}

/// Whether a tool's answer says that it is an error.
fn is_result_error(value: &ValueRef<'_>) -> bool {
    let said = |text: &[u8], name: &[u8]| {
        let value = |at: usize| text[at + name.len()..].trim_ascii_start().strip_prefix(b":");
        memmem::find_iter(text, name).filter_map(value).any(|value| value.trim_ascii_start().starts_with(b"true"))
    };
    value.as_text().is_some_and(|text| RESULT_ERRORS.iter().any(|name| said(text.as_bytes(), name)))
}

/// Whether an attribute `error` says that there was one.
fn is_error(value: &ValueRef<'_>) -> bool {
    match value {
        ValueRef::Empty => false,
        ValueRef::Bool(value) => *value,
        ValueRef::Int(number) => *number != 0,
        ValueRef::String(text) => !text.is_empty() && !is_false(value),
        _ => true,
    }
}

/// Whether an attribute `status` says that it went wrong.
fn is_failure(value: &ValueRef<'_>) -> bool {
    let words: [&[u8]; 4] = [b"failure", b"failed", b"timeout", b"error"];
    value.as_text().is_some_and(|text| words.iter().any(|word| text.as_bytes().eq_ignore_ascii_case(word)))
}
