//! Keys of every dialect, and what stands for content.

use super::*;

#[test]
fn content_is_known_in_every_dialect() {
    for key in [
        "gen_ai.input.messages",
        "gen_ai.output.messages",
        "gen_ai.system_instructions",
        "gen_ai.prompt",
        "gen_ai.prompt.0.content",
        "gen_ai.completion.0.tool_calls.0.arguments",
        "gen_ai.tool.call.arguments",
        "gen_ai.tool.call.result",
        "llm.input_messages",
        "llm.input_messages.0.message.content",
        "llm.input_messages.12.message.contents.0.message_content.text",
        "llm.output_messages.0.message.tool_calls.0.tool_call.function.arguments",
        "llm.prompts.0.prompt.text",
        "llm.prompt_template.variables",
        "retrieval.documents.0.document.content",
        "retrieval.documents.0.document.metadata",
        "embedding.embeddings.0.embedding.text",
        "input.value",
        "output.value",
        "traceloop.entity.input",
        "traceloop.entity.output",
        "traceloop.prompt.template_variables.name",
        "ai.prompt",
        "ai.prompt.messages",
        "ai.response.text",
        "ai.toolCall.args",
        "ai.toolCall.result",
        "langfuse.observation.input",
        "langfuse.trace.output",
        "mlflow.spanInputs",
        "lmnr.span.output",
        "pydantic_ai.all_messages",
        "prompt",
        "tool_input",
    ] {
        assert!(is_content(key), "{key}");
    }
}

#[test]
fn what_is_said_about_content_is_none() {
    for key in [
        "",
        "gen_ai.prompt.name",
        "gen_ai.prompt.version",
        "gen_ai.prompt.0.role",
        "gen_ai.completion.0.finish_reason",
        "gen_ai.completion.0.tool_calls.0.name",
        "gen_ai.request.model",
        "gen_ai.usage.input_tokens",
        "gen_ai.tool.name",
        "gen_ai.tool.call.id",
        "llm.input_messages.0.message.role",
        "llm.input_messages.0.message.tool_calls.0.tool_call.id",
        "llm.token_count.prompt",
        "llm.model_name",
        "input.mime_type",
        "ai.usage.promptTokens",
        "ai.model.id",
        "traceloop.entity.name",
        "langfuse.user.id",
        "http.route",
        "event.name",
    ] {
        assert!(!is_content(key), "{key}");
    }
}

#[test]
fn events_of_messages_are_content() {
    for name in ["gen_ai.user.message", "gen_ai.choice", "gen_ai.client.inference.operation.details"] {
        assert!(is_content_event(name), "{name}");
    }
    for name in ["exception", "gen_ai.evaluation.result", "user.message"] {
        assert!(!is_content_event(name), "{name}");
    }
}

#[test]
fn a_hash_and_the_length_stand_for_content() {
    let text = ContentHash::unkeyed().replacement("hello");
    assert_eq!(text, "[CONTENT sha256:2cf24dba5fb0a30e len:5]");
    assert_eq!(ContentHash::unkeyed().replacement("é"), ContentHash::unkeyed().replacement("é"));
    let keyed = ContentHash::keyed(b"a key").replacement("hello");
    assert!(keyed.starts_with("[CONTENT hmac:") && keyed.ends_with(" len:5]"), "{keyed}");
    assert_ne!(keyed, ContentHash::keyed(b"another").replacement("hello"));
}

#[test]
fn what_stands_for_content_stays() {
    for hash in [ContentHash::unkeyed(), ContentHash::keyed(b"a key")] {
        let once = hash.replacement("hello");
        assert_eq!(hash.replacement(&once), once);
        assert_eq!(ContentHash::unkeyed().replacement(&once), once);
    }
    assert_ne!(ContentHash::unkeyed().replacement("[CONTENT x]"), "[CONTENT x]");
}

#[test]
fn no_hash_has_a_long_run_of_digits() {
    for number in 0..2000 {
        let text = ContentHash::unkeyed().replacement(&number.to_string());
        let digits = text.split("sha256:").nth(1).unwrap().split(' ').next().unwrap();
        assert_eq!(digits.len(), 16);
        assert!(digits.split(|letter: char| !letter.is_ascii_digit()).all(|run| run.len() <= MAX_DIGITS), "{text}");
    }
}

#[test]
fn the_stricter_of_two_policies_is_the_greater() {
    assert!(Content::Keep < Content::HashLength && Content::HashLength < Content::Drop);
    assert_eq!(serde_json::from_str::<Content>("\"hash_length\"").unwrap(), Content::HashLength);
}
