//! A line of JSON in, a line of JSON out.

use pipeline::Signal;
use processors::redaction::trial::Trial;
use serde::Serialize;
use serde_json::{Value, json};

use super::{characters, otlp};

const WANTED: &str = "a line is {\"text\": \"…\"}, with a \"key\" if it has one, or OTLP JSON";

#[derive(Serialize)]
struct Answer<'a> {
    text: &'a str,
    findings: Vec<Told<'a>>,
}

#[derive(Serialize)]
struct Told<'a> {
    entity: &'a str,
    start: usize,
    end: usize,
    detector: &'a str,
    class: &'static str,
    #[serde(flatten)]
    why: Option<Why<'a>>,
}

#[derive(Serialize)]
struct Why<'a> {
    about: &'static str,
    vouched: String,
    replacement: &'a str,
}

/// The answer to a line; or what is wrong with it, without a word of it.
pub(super) fn answer(trial: &mut Trial, line: &[u8], explain: bool) -> Result<String, String> {
    if let Some(signal) = otlp::signal(line) {
        return document(trial, signal, line);
    }
    let wanted = |what: &str| format!("{what}: {WANTED}");
    // serde_json's own messages may quote the line.
    let place =
        |error: &serde_json::Error| wanted(&format!("no JSON (line {} column {})", error.line(), error.column()));
    let input: Value = serde_json::from_slice(line).map_err(|error| place(&error))?;
    let text = input.get("text").ok_or_else(|| wanted("no \"text\""))?;
    let text = text.as_str().ok_or_else(|| wanted("\"text\" is no string"))?;
    let key = match input.get("key") {
        None | Some(Value::Null) => "",
        Some(key) => key.as_str().ok_or_else(|| wanted("\"key\" is no string"))?,
    };
    let change = trial.text(key, text);
    let findings = change.findings.iter().zip(characters(&change)).map(|(finding, (start, end))| Told {
        entity: &finding.entity,
        start,
        end,
        detector: &finding.detector,
        class: finding.class,
        why: explain.then(|| Why {
            about: finding.about,
            vouched: finding.vouched.to_string(),
            replacement: &finding.replacement,
        }),
    });
    // Of an attribute that is removed nothing leaves.
    let answer = Answer { text: change.after.as_deref().unwrap_or_default(), findings: findings.collect() };
    serde_json::to_string(&answer).map_err(|error| error.to_string())
}

fn document(trial: &mut Trial, signal: Signal, line: &[u8]) -> Result<String, String> {
    let (written, _) = otlp::redact(trial, signal, line)?;
    String::from_utf8(written).map_err(|_| "not UTF-8".to_owned())
}

/// A line that says what is wrong.
pub(super) fn error(what: &str) -> String {
    json!({ "error": what }).to_string()
}

#[cfg(test)]
mod tests;
