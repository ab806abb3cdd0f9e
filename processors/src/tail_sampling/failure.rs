//! The `failure` policy: what counts as having gone wrong, part by part, so that a vote can say which it was.

mod reasons;
mod tools;

use pipeline::Signal;
use pipeline::batch::{Text, ValueRef};

use self::reasons::Reasons;
use self::tools::Answers;
pub(super) use self::tools::ToolCall;
use super::keys::{Keys, bit};
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

/// Langfuse's level of an observation, of which `ERROR` is one.
const LEVEL: &str = "langfuse.observation.level";
/// Attributes that say how a call went: `status`, and Strands' of a tool, new and old.
const STATUSES: [&str; 3] = ["status", "gen_ai.tool.status", "tool.status"];
const TOOL_ERROR: &str = "is_error";
/// Where a log record has its event's name that was written before there was a field for it.
const EVENT_NAME: &str = "event.name";
const SCORE: &str = "gen_ai.evaluation.score.value";
const EVALUATED: &[u8] = b"gen_ai.evaluation.result";
const EXCEPTION_EVENT: &[u8] = b"exception";
/// Events that say how an answer ended: one for each answer, and one for a whole call.
const ANSWERED: [&[u8]; 2] = [b"gen_ai.choice", b"gen_ai.client.inference.operation.details"];

/// The lowest `SeverityNumber` of an error.
pub(super) const SEVERE: i32 = 17;

/// From here on a log record that is an exception is one that mattered.
const WARNING: i32 = 13;

/// A `failure` policy, ready to look at records.
pub(super) struct FailureParts {
    parts: Matches,
    /// The slots that are looked at, as [`Slots::any`] takes them.
    slots: u64,
    reasons: Box<Reasons>,
    tools: ToolCall,
    answers: Answers,
    success: usize,
    /// `error`, and the semantic conventions' `error.type`.
    errors: [usize; 2],
    level: usize,
    statuses: [usize; 3],
    tool_error: usize,
    event_name: usize,
    score: usize,
    below: f64,
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
        let mut made = Self {
            parts: switches.iter().enumerate().fold(0, |parts, (at, on)| parts | Matches::from(*on) << at),
            reasons: Box::new(Reasons::new(config.finish_reasons.as_deref(), keys)),
            tools: ToolCall::new(keys),
            answers: Answers::new(keys),
            success: keys.slot("success"),
            errors: ["error", "error.type"].map(|key| keys.slot(key)),
            level: keys.slot(LEVEL),
            statuses: STATUSES.map(|key| keys.slot(key)),
            tool_error: keys.slot(TOOL_ERROR),
            event_name: keys.slot(EVENT_NAME),
            score: keys.slot(SCORE),
            below: config.evaluation_below.unwrap_or(f64::NEG_INFINITY),
            slots: 0,
        };
        let single = [made.success, made.level, made.tool_error, made.score];
        let all = single.iter().chain(&made.errors).chain(&made.statuses);
        let several = made.reasons.slots() | made.tools.slots | made.answers.slots;
        made.slots = all.fold(several, |slots, slot| slots | bit(*slot));
        made
    }

    /// The parts that a record shows.
    pub(super) fn matches(&self, row: &Row<'_, '_>) -> Matches {
        let error = row.record.status_code() == 2;
        let logged = row.signal == Signal::Logs;
        let severe = logged && row.severity >= SEVERE;
        let told = row.slots.any(self.slots);
        // Most records show nothing that could be one.
        if !(told || error || logged || row.fields.events) {
            return 0;
        }
        let part = |at: usize, shown: bool| Matches::from(shown) << at;
        let events = match (logged, row.fields.events) {
            (true, _) => self.log_event(row),
            (false, true) => self.events(row),
            (false, false) => 0,
        };
        let mut shown = part(SPAN_STATUS, error) | part(LOG, severe) | events;
        if told {
            let failed = error || severe || events >> EXCEPTION & 1 == 1;
            shown |= self.attributes(row, failed);
        }
        shown & self.parts
    }

    /// The parts that attributes show, of a record that `failed` or not as far as its fields say.
    fn attributes(&self, row: &Row<'_, '_>, failed: bool) -> Matches {
        let slots = row.slots;
        let is = |slot: usize, such: fn(&ValueRef<'_>) -> bool| slots.get(slot).is_some_and(|value| such(&value));
        let part = |at: usize, shown: bool| Matches::from(shown) << at;
        let [status, of_tool @ ..] = self.statuses;
        let error = self.errors.iter().any(|slot| is(*slot, is_said)) || is(self.level, is_failure);
        let mut shown =
            part(SUCCESS, is(self.success, is_false)) | part(ERROR, error) | part(STATUS, is(status, is_failure));
        if self.asks(TOOL) && self.tools.is(slots) {
            let failed = failed || shown != 0 || is(self.tool_error, is_true);
            let told = || of_tool.iter().any(|slot| is(*slot, is_failure)) || self.answers.say_error(slots);
            shown |= part(TOOL, failed || told());
        }
        let low = || slots.get(self.score).as_ref().and_then(number).is_some_and(|score| score < self.below);
        shown | part(REASON, self.asks(REASON) && self.reasons.are_told(row)) | part(EVALUATION, low())
    }

    /// The parts that events show: an exception, an answer that was cut off, an evaluation under the bound.
    fn events(&self, row: &Row<'_, '_>) -> Matches {
        let mut shown = 0;
        for event in row.record.events() {
            let name = event.name();
            shown |= match name.as_bytes() {
                EXCEPTION_EVENT => 1 << EXCEPTION,
                name if ANSWERED.contains(&name) && self.asks(REASON) => {
                    let told = event.attributes().any(|(key, value)| self.reasons.are_told_by(key.as_bytes(), &value));
                    Matches::from(told) << REASON
                }
                EVALUATED if self.asks(EVALUATION) => {
                    let scores = event.attributes().filter(|(key, _)| *key == SCORE);
                    let low = scores.filter_map(|(_, value)| number(&value)).any(|score| score < self.below);
                    Matches::from(low) << EVALUATION
                }
                _ => 0,
            };
        }
        shown
    }

    /// The parts that a log record shows by being an event, as those that were a span's are told now.
    fn log_event(&self, row: &Row<'_, '_>) -> Matches {
        let name = Some(row.record.name()).filter(|name| !name.is_empty());
        let Some(name) = name.or_else(|| row.slots.text(self.event_name)) else { return 0 };
        match name.as_bytes() {
            // A lower severity says that it did no harm.
            EXCEPTION_EVENT => Matches::from(row.severity == 0 || row.severity >= WARNING) << EXCEPTION,
            name if ANSWERED.contains(&name) && self.asks(REASON) => {
                let told_by = |(key, value): (Text<'_>, _)| self.reasons.are_told_by(key.as_bytes(), &value);
                let told = self.reasons.are_in(&row.record.body()) || row.record.attributes().any(told_by);
                Matches::from(told) << REASON
            }
            _ => 0,
        }
    }

    fn asks(&self, part: usize) -> bool {
        self.parts >> part & 1 == 1
    }
}

fn is_true(value: &ValueRef<'_>) -> bool {
    match value {
        ValueRef::Bool(value) => *value,
        ValueRef::String(text) => text.as_bytes().eq_ignore_ascii_case(b"true"),
        _ => false,
    }
}

/// Whether an attribute that is there where something went wrong says that it did: anything but false, 0 and nothing.
fn is_said(value: &ValueRef<'_>) -> bool {
    let nothing: [&[u8]; 4] = [b"", b"false", b"null", b"none"];
    match value {
        ValueRef::Empty => false,
        ValueRef::Bool(value) => *value,
        ValueRef::Int(number) => *number != 0,
        // Under `compat: contrib` an attribute without a value reads so.
        ValueRef::Bytes(bytes) => !bytes.is_empty(),
        ValueRef::String(text) => !nothing.iter().any(|word| text.as_bytes().eq_ignore_ascii_case(word)),
        _ => true,
    }
}

/// Whether an attribute `status` says that it went wrong.
fn is_failure(value: &ValueRef<'_>) -> bool {
    let words: [&[u8]; 4] = [b"failure", b"failed", b"timeout", b"error"];
    value.as_text().is_some_and(|text| words.iter().any(|word| text.as_bytes().eq_ignore_ascii_case(word)))
}
