//! How an answer ended: whether it was cut off, refused or failed, as providers and SDKs say it.

use memchr::memmem::Finder;
use pipeline::batch::{Record, ValueRef};

use super::super::keys::{Keys, bit};
use super::super::predicate::Row;
use super::is_said;

/// Finish reasons of an answer that was cut off or refused, or that failed, as providers and SDKs spell them.
const REASONS: [&str; 15] = [
    "length",
    "max_tokens",
    "max_output_tokens",
    "model_length",
    "model_context_window_exceeded",
    "content_filter",
    "content_filtered",
    "guardrail_intervened",
    REFUSAL,
    "safety",
    "prohibited_content",
    "blocklist",
    "recitation",
    "spii",
    "error",
];
/// The reason that stands for a refusal told otherwise: it counts where this does.
const REFUSAL: &str = "refusal";

const KEYS: [&str; 7] = [
    "gen_ai.response.finish_reasons",
    "gen_ai.response.finish_reason",
    "ai.response.finishReason",
    "llm.finish_reason",
    "llm.response.finish_reason",
    "llm.response.stop_reason",
    "stop_reason",
];
/// What the keys of answers begin with that are numbered, as OpenLLMetry has them, and how such keys then end:
/// `gen_ai.completion.0.finish_reason`.
const NUMBERED: [&str; 2] = ["gen_ai.completion.", "llm.completions."];
const FINISH: &str = ".finish_reason";
const REFUSED: &str = ".refusal";
/// Where one of the first so many has a reason, every one is looked at: slots are few.
const FIRST: usize = 10;

/// The messages of an answer, as JSON in a text or as a list of maps, each with its reason.
const MESSAGES: &str = "gen_ai.output.messages";
/// OpenInference's kinds of span, and what a span brought: the provider's answer in JSON, where a model was called.
const KIND: (&str, &[u8]) = ("openinference.span.kind", b"llm");
const OUTPUT: &str = "output.value";
/// What has a reason in the attributes of an event, beside [`KEYS`], and what has the whole answer.
const OF_EVENT: &[u8] = b"finish_reason";
const CONTENTS: [&[u8]; 3] = [MESSAGES.as_bytes(), b"gen_ai.event.content", b"message"];

/// Names of a reason in maps and in JSON, and with which bytes and the closing quote all of them end.
const NAMES: [&[u8]; 4] = [b"finish_reason", b"finishReason", b"stop_reason", b"stopReason"];
const NAMES_END: &[u8] = b"eason\"";
const QUOTED_REFUSAL: &[u8] = b"\"refusal\"";

/// Bytes of one value in which reasons are looked for.
const LOOKED_AT: usize = 1024;
/// Bytes that a reason has at most.
const LONGEST: usize = 128;

/// What a policy looks for.
pub(super) struct Reasons {
    listed: Vec<Box<[u8]>>,
    /// Which lengths they have, those of 63 and more as one.
    lengths: u64,
    refusals: bool,
    keys: [usize; KEYS.len()],
    messages: usize,
    kind: usize,
    output: usize,
    /// What has to be there for a look at the keys, and at those that are numbered, as `Slots::any` takes them.
    named: u64,
    numbered: u64,
    names: Finder<'static>,
    refusal: Finder<'static>,
}

impl Reasons {
    pub(super) fn new(listed: Option<&[String]>, keys: &mut Keys) -> Self {
        let usual = || REASONS.iter().map(|reason| (*reason).to_owned()).collect();
        let listed: Vec<String> = listed.map_or_else(usual, <[String]>::to_vec);
        let listed: Vec<Box<[u8]>> = listed.iter().map(|reason| reason.bytes().map(plain).collect()).collect();
        let slots = KEYS.map(|key| keys.slot(key));
        let numbered = numbered_keys().fold(0, |bits, key| bits | bit(keys.slot(&key)));
        Self {
            lengths: listed.iter().fold(0, |bits, reason| bits | length(reason)),
            refusals: listed.iter().any(|reason| **reason == *REFUSAL.as_bytes()),
            listed,
            named: slots.iter().fold(0, |bits, slot| bits | bit(*slot)),
            keys: slots,
            numbered,
            messages: keys.slot(MESSAGES),
            kind: keys.slot(KIND.0),
            output: keys.slot(OUTPUT),
            names: Finder::new(NAMES_END),
            refusal: Finder::new(QUOTED_REFUSAL),
        }
    }

    /// The slots that are looked at.
    pub(super) fn slots(&self) -> u64 {
        self.named | self.numbered | bit(self.messages) | bit(self.output)
    }

    /// Whether the attributes of a record tell one of them.
    pub(super) fn are_told(&self, row: &Row<'_, '_>) -> bool {
        let slots = row.slots;
        let told = |slot: &usize| slots.get(*slot).is_some_and(|value| self.are_listed(&value));
        slots.any(self.named) && self.keys.iter().any(told)
            || slots.get(self.messages).is_some_and(|messages| self.are_in(&messages))
            || slots.any(self.numbered) && self.are_numbered(row.record)
            || slots.get(self.output).is_some_and(|output| {
                let kind = slots.text(self.kind);
                kind.is_some_and(|kind| kind.as_bytes().eq_ignore_ascii_case(KIND.1)) && self.are_in(&output)
            })
    }

    /// Whether an attribute of an event about an answer does.
    pub(super) fn are_told_by(&self, key: &[u8], value: &ValueRef<'_>) -> bool {
        if key == OF_EVENT || KEYS.iter().any(|known| known.as_bytes() == key) {
            return self.are_listed(value);
        }
        CONTENTS.contains(&key) && self.are_in(value)
    }

    /// Whether one of the answers does whose keys are numbered.
    fn are_numbered(&self, record: Record<'_>) -> bool {
        let mut told = false;
        record.pick(numbered, |refusal, value| {
            told = told
                || match refusal {
                    true => self.refusals && is_said(&value.read()),
                    false => self.are_listed(&value.read()),
                };
        });
        told
    }

    /// Whether messages, or what else a provider answered, do: maps, or JSON in a text.
    pub(super) fn are_in(&self, answer: &ValueRef<'_>) -> bool {
        match answer {
            ValueRef::String(text) => self.are_in_json(text.as_bytes()),
            ValueRef::Array(messages) => messages.values().any(|message| self.are_in_map(&message)),
            // An event has its message in a map of its own.
            ValueRef::KvList(fields) => {
                self.are_in_map(answer)
                    || fields.entries().any(|(key, value)| key == "message" && self.are_in_map(&value))
            }
            _ => false,
        }
    }

    fn are_in_map(&self, message: &ValueRef<'_>) -> bool {
        let ValueRef::KvList(fields) = message else { return false };
        fields.entries().any(|(key, value)| match key.as_bytes() {
            b"refusal" => self.refusals && is_said(&value),
            b"parts" => self.refusals && has_refusal(&value),
            key => NAMES.contains(&key) && self.are_listed(&value),
        })
    }

    fn are_in_json(&self, text: &[u8]) -> bool {
        if !matches!(text.trim_ascii_start().first(), Some(b'{' | b'[')) {
            return false;
        }
        let reason = |at: usize| {
            let (before, behind) = text.split_at(at + NAMES_END.len());
            is_name(before) && self.counts(json_word(behind))
        };
        self.names.find_iter(text).any(reason)
            || self.refusals && self.refusal.find_iter(text).any(|at| is_refusal(text, at))
    }

    /// Whether a value is or lists one of them.
    fn are_listed(&self, value: &ValueRef<'_>) -> bool {
        match value {
            ValueRef::String(text) => self.are_words(text.as_bytes()),
            ValueRef::Array(values) => {
                values.values().any(|value| value.as_text().is_some_and(|text| self.are_words(text.as_bytes())))
            }
            _ => false,
        }
    }

    /// Some write a list as JSON in a text, or as Go and Python show it: `[stop length]`, `[<FinishReason.SPII: 'SPII'>]`.
    fn are_words(&self, text: &[u8]) -> bool {
        let text = text.get(..LOOKED_AT).unwrap_or(text);
        // Elsewhere a space is one of prose: "no error".
        let listed = text.starts_with(b"[");
        let between = |byte: &u8| match byte {
            b' ' => listed,
            _ => matches!(byte, b'[' | b']' | b'(' | b')' | b'<' | b'>' | b'"' | b'\'' | b',' | b':'),
        };
        text.split(between).any(|word| self.counts(word.trim_ascii()))
    }

    /// Whether a word is one of them, or the name of one as an enum has it: `FinishReason.MAX_TOKENS`,
    /// `FINISH_REASON_MAX_TOKENS`.
    fn counts(&self, word: &[u8]) -> bool {
        let is =
            |word: &[u8]| self.lengths & length(word) != 0 && self.listed.iter().any(|reason| is_reason(word, reason));
        let name = word.iter().rposition(|byte| *byte == b'.').map_or(word, |at| &word[at + 1..]);
        let bare = match name.split_at_checked(OF_ENUM.len()) {
            Some((before, bare)) if is_reason(before, OF_ENUM) => bare,
            _ => name,
        };
        is(word) || bare.len() < word.len() && is(bare)
    }
}

const OF_ENUM: &[u8] = b"finish_reason_";

/// The keys whose presence is looked for, of all that are numbered.
fn numbered_keys() -> impl Iterator<Item = String> {
    let [completion, old] = NUMBERED;
    let first = (0..FIRST).map(move |at| format!("{completion}{at}{FINISH}"));
    first.chain([format!("{completion}0{REFUSED}"), format!("{old}0{FINISH}")])
}

/// Whether a key is that of a numbered answer: its reason, or, true, its refusal.
fn numbered(key: &[u8]) -> Option<bool> {
    let rest = NUMBERED.iter().find_map(|prefix| key.strip_prefix(prefix.as_bytes()))?;
    let digits = rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
    match rest.split_at(digits).1 {
        end if end == FINISH.as_bytes() => Some(false),
        end if end == REFUSED.as_bytes() => Some(true),
        _ => None,
    }
}

/// Whether a list of a message's parts has one that is a refusal.
fn has_refusal(parts: &ValueRef<'_>) -> bool {
    let ValueRef::Array(parts) = parts else { return false };
    parts.values().any(|part| match part {
        ValueRef::KvList(fields) => {
            fields.entries().any(|(key, value)| key == "type" && value.as_text().is_some_and(|text| text == REFUSAL))
        }
        _ => false,
    })
}

/// Whether JSON up to here ends with the name of a reason, in quotes.
fn is_name(before: &[u8]) -> bool {
    let name = before.strip_suffix(b"\"").unwrap_or_default();
    NAMES.iter().any(|known| name.strip_suffix(*known).is_some_and(|before| before.ends_with(b"\"")))
}

/// Whether the word at this place of JSON is the type of a part, or the name of a text that is there.
fn is_refusal(text: &[u8], at: usize) -> bool {
    let (before, behind) = text.split_at(at);
    // Somebody quotes it.
    if before.ends_with(b"\\") {
        return false;
    }
    let typed = before.trim_ascii_end().strip_suffix(b":").map(<[u8]>::trim_ascii_end);
    typed.is_some_and(|before| before.ends_with(b"\"type\"")) || !json_word(&behind[QUOTED_REFUSAL.len()..]).is_empty()
}

/// The word that JSON has behind the name of a key, or the first of a list; empty where it has something else.
fn json_word(behind: &[u8]) -> &[u8] {
    let value = behind.trim_ascii_start().strip_prefix(b":").map(<[u8]>::trim_ascii_start).unwrap_or_default();
    let value = value.strip_prefix(b"[").map_or(value, <[u8]>::trim_ascii_start);
    let word = value.strip_prefix(b"\"").unwrap_or_default();
    let word = word.get(..LONGEST).unwrap_or(word);
    word.split(|byte| *byte == b'"').next().unwrap_or_default()
}

fn length(word: &[u8]) -> u64 {
    1 << word.len().min(63)
}

/// `content-filter`, `CONTENT_FILTER` and `content_filter` are one.
fn plain(byte: u8) -> u8 {
    if byte == b'-' { b'_' } else { byte.to_ascii_lowercase() }
}

/// Whether a word is this reason, which is plain.
fn is_reason(word: &[u8], reason: &[u8]) -> bool {
    word.len() == reason.len() && word.iter().zip(reason).all(|(byte, plainly)| plain(*byte) == *plainly)
}
