//! Which attributes hold what people and models said: prompts, completions, tool arguments and results, in every
//! dialect; and what may leave of them.
//!
//! The table is here rather than in the processor because exporters may be stricter than the pipeline.

mod policy;

use hmac::{Hmac, KeyInit, Mac};
use schemars::JsonSchema;
use serde::Deserialize;
use sha2::{Digest, Sha256};

pub use policy::{ContentEvents, ContentPolicy};

/// What leaves of prompts, completions, tool arguments and results. From lenient to strict: of two, the greater holds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Content {
    /// All of it.
    #[default]
    Keep,
    /// A hash and the length, so that repeats and sizes can be seen: `[CONTENT sha256:0f1e2d3c4b5a6978 len:1234]`.
    HashLength,
    /// Nothing: the attribute is removed.
    Drop,
}

/// Makes what stands for content: with a key nobody can try out what was said.
#[derive(Clone, Default)]
pub struct ContentHash(Option<Hmac<Sha256>>);

impl std::fmt::Debug for ContentHash {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(if self.0.is_some() { "ContentHash(keyed)" } else { "ContentHash(unkeyed)" })
    }
}

/// The longest run of decimal digits in a hash that stands for content: detectors of cards, phones and ids look for
/// seven or more, and must find nothing in what was masked.
const MAX_DIGITS: usize = 6;

impl ContentHash {
    /// SHA-256: short or guessable texts can be tried out.
    pub fn unkeyed() -> Self {
        Self(None)
    }

    /// HMAC-SHA256 with `key`.
    pub fn keyed(key: &[u8]) -> Self {
        Self(Hmac::new_from_slice(key).ok())
    }

    /// What stands for `text`: `[CONTENT sha256:0f1e2d3c4b5a6978 len:1234]`, or `hmac` where there is a key; the
    /// length in bytes. What stands for something already stays.
    pub fn replacement(&self, text: &str) -> String {
        if stands_for_content(text) {
            return text.to_owned();
        }
        let (name, digest) = match &self.0 {
            None => ("sha256", Sha256::digest(text.as_bytes())),
            Some(key) => ("hmac", key.clone().chain_update(text.as_bytes()).finalize().into_bytes()),
        };
        format!("[CONTENT {name}:{} len:{}]", digits(&digest), text.len())
    }
}

/// 16 hex digits of `digest`: its first eight bytes, or the first eight after them without a long run of decimal digits.
fn digits(digest: &[u8]) -> String {
    let hex: String = digest.iter().map(|byte| format!("{byte:02x}")).collect();
    let calm = |text: &&str| !text.split(|digit: char| !digit.is_ascii_digit()).any(|run| run.len() > MAX_DIGITS);
    let windows = (0..digest.len().saturating_sub(7)).map(|at| &hex[2 * at..2 * at + 16]);
    match windows.into_iter().find(calm) {
        Some(digits) => digits.to_owned(),
        None => digits(&Sha256::digest(digest)),
    }
}

/// The most digits of a length: a value has fewer bytes than there are such numbers, and a card has more digits.
const LENGTH: usize = 9;

/// Whether `text` is what [`ContentHash::replacement`] makes.
fn stands_for_content(text: &str) -> bool {
    let inside = text.strip_prefix("[CONTENT ").and_then(|rest| rest.strip_suffix(']'));
    let Some((hash, length)) = inside.and_then(|inside| inside.split_once(" len:")) else { return false };
    let Some((name, digits)) = hash.split_once(':') else { return false };
    matches!(name, "sha256" | "hmac")
        && digits.len() == 16
        && digits.bytes().all(|byte| byte.is_ascii_hexdigit())
        && (1..=LENGTH).contains(&length.len())
        && length.bytes().all(|byte| byte.is_ascii_digit())
}

/// Whether the attribute `key` holds content.
pub fn is_content(key: &str) -> bool {
    let named = match key.split_once('.').map_or("", |(root, _)| root) {
        "gen_ai" => GEN_AI.contains(&key),
        "llm" | "input" | "output" | "tool" | "retrieval" | "reranker" | "embedding" | "document" | "message"
        | "openinference" => OPENINFERENCE.contains(&key),
        "ai" => VERCEL.contains(&key),
        _ => OTHERS.contains(&key),
    };
    named || in_list(key)
}

/// Whether the body and attributes of an event, or of a log record with this event name, are content.
pub fn is_content_event(name: &str) -> bool {
    let Some(rest) = name.strip_prefix("gen_ai.") else { return false };
    rest == "choice"
        || rest == "client.inference.operation.details"
        || rest.starts_with("content.")
        || rest.ends_with(".message")
}

/// OpenTelemetry's conventions old and new, and what OpenLLMetry, OpenLIT, Pydantic AI, LangSmith and Sentry add there.
const GEN_AI: &[&str] = &[
    "gen_ai.prompt",
    "gen_ai.completion",
    "gen_ai.input.messages",
    "gen_ai.output.messages",
    "gen_ai.input.text",
    "gen_ai.output.text",
    "gen_ai.system_instructions",
    "gen_ai.tool.definitions",
    "gen_ai.tool.call.arguments",
    "gen_ai.tool.call.result",
    "gen_ai.tool.arguments",
    "gen_ai.tool.result",
    "gen_ai.tool.input",
    "gen_ai.tool.output",
    "gen_ai.tool.message",
    "gen_ai.content.prompt",
    "gen_ai.content.completion",
    "gen_ai.content.reasoning",
    "gen_ai.event.content",
    "gen_ai.request.messages",
    "gen_ai.request.available_tools",
    "gen_ai.response.text",
    "gen_ai.response.tool_calls",
    "gen_ai.retrieval.query.text",
    "gen_ai.retrieval.documents",
    "gen_ai.evaluation.explanation",
    "gen_ai.system.message",
    "gen_ai.user.message",
    "gen_ai.assistant.message",
    "gen_ai.choice",
    "gen_ai.agent.input",
    "gen_ai.agent.output",
    "gen_ai.workflow.input",
    "gen_ai.workflow.output",
];

/// OpenInference, whose names others write under `llm.` too.
const OPENINFERENCE: &[&str] = &[
    "input.value",
    "output.value",
    "llm.input_messages",
    "llm.output_messages",
    "llm.prompts",
    "llm.completions",
    "llm.choices",
    "llm.tools",
    "llm.function_call",
    "llm.prompt_template.template",
    "llm.prompt_template.variables",
    "llm.request.functions",
    "llm.content.prompt",
    "llm.content.completion",
    "tool.parameters",
    "tool.input",
    "tool.output",
    "tool.json_schema",
    "retrieval.documents",
    "reranker.query",
    "reranker.input_documents",
    "reranker.output_documents",
    "embedding.text",
    "embedding.embeddings",
    "document.content",
    "message.content",
    "message.contents",
    "message.tool_calls",
    "message.function_call_arguments_json",
];

/// The Vercel AI SDK, and Sentry's older names.
const VERCEL: &[&str] = &[
    "ai.prompt",
    "ai.prompt.messages",
    "ai.prompt.tools",
    "ai.response.text",
    "ai.response.object",
    "ai.response.toolCalls",
    "ai.response.reasoning",
    "ai.response.files",
    "ai.result.text",
    "ai.result.object",
    "ai.result.toolCalls",
    "ai.toolCall.args",
    "ai.toolCall.result",
    "ai.value",
    "ai.values",
    "ai.embedding",
    "ai.embeddings",
    "ai.schema",
    "ai.input_messages",
    "ai.responses",
];

/// Traceloop, Langfuse, LangSmith, MLflow, Laminar, Pydantic AI and Logfire, LiteLLM, and the logs of command lines.
const OTHERS: &[&str] = &[
    "traceloop.entity.input",
    "traceloop.entity.output",
    "traceloop.prompt.template",
    "traceloop.prompt.template_variables",
    "langfuse.observation.input",
    "langfuse.observation.output",
    "langfuse.trace.input",
    "langfuse.trace.output",
    "langfuse.span.input",
    "langfuse.span.output",
    "langfuse.generation.input",
    "langfuse.generation.output",
    "langsmith.inputs",
    "langsmith.outputs",
    "mlflow.spanInputs",
    "mlflow.spanOutputs",
    "mlflow.chat.messages",
    "lmnr.span.input",
    "lmnr.span.output",
    "pydantic_ai.all_messages",
    "all_messages_events",
    "events",
    "final_result",
    "request_data",
    "response_data",
    "tool_arguments",
    "tool_response",
    "tool_input",
    "tool_output",
    "tool_parameters",
    "tool_result",
    "model_request_parameters",
    "litellm.request.messages",
    "litellm.response.content",
    "metadata.messages",
    "prompt",
    "completion",
    "request_text",
    "response_text",
    "function_args",
];

/// Lists spread over keys with an index: `llm.input_messages.0.message.content`.
const LISTS: &[&str] = &[
    "gen_ai.prompt.",
    "gen_ai.completion.",
    "gen_ai.input.messages.",
    "gen_ai.output.messages.",
    "gen_ai.system_instructions.",
    "gen_ai.retrieval.documents.",
    "gen_ai.tool.definitions.",
    "llm.input_messages.",
    "llm.output_messages.",
    "llm.prompts.",
    "llm.completions.",
    "llm.choices.",
    "llm.tools.",
    "llm.request.functions.",
    "retrieval.documents.",
    "reranker.input_documents.",
    "reranker.output_documents.",
    "embedding.embeddings.",
];

/// Whether `key` is an item of such a list, or of one of its items, and neither its role nor an id.
fn in_list(key: &str) -> bool {
    let rest = LISTS.iter().find_map(|list| key.strip_prefix(list));
    let variables = || key.starts_with("traceloop.prompt.template_variables.");
    let Some(rest) = rest else { return variables() };
    // `gen_ai.prompt.name` is no item.
    if !rest.starts_with(|first: char| first.is_ascii_digit()) {
        return false;
    }
    let last = rest.rsplit('.').next().unwrap_or_default();
    !matches!(
        last,
        "role" | "id" | "name" | "type" | "finish_reason" | "score" | "index" | "tool_call_id" | "mime_type"
    )
}

#[cfg(test)]
mod tests;
