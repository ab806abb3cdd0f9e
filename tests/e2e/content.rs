//! Scenario: one pipeline, two files, one of them stricter about prompts than the other.
//! Guarantee: what must not leave through one exporter does not, and the other is not affected.

use std::time::Duration;

use serde_json::json;
use tempfile::TempDir;

use crate::stage::{Tollgate, lines, wait_for};

#[test]
fn an_exporter_is_stricter_than_its_pipeline() {
    let folder = TempDir::new().unwrap();
    let file = |name: &str| folder.path().join(name);
    let sections = format!(
        "
exporters:
  file/all: {{path: {}}}
  file/hashed: {{path: {}, content: hash_length}}
  file/none: {{path: {}, content: drop}}
service:
  pipelines:
    traces: {{receivers: [otlp], exporters: [file/all, file/hashed, file/none]}}
",
        file("all").display(),
        file("hashed").display(),
        file("none").display(),
    );
    let tollgate = Tollgate::start(&folder, &sections);
    let attributes = json!([
        {"key": "gen_ai.request.model", "value": {"stringValue": "gpt-5"}},
        {"key": "gen_ai.input.messages", "value": {"stringValue": "what was said"}},
    ]);
    let span = json!({"traceId": "0af7651916cd43dd8448eb211c80319c", "spanId": "b7ad6b7169203331", "name": "chat",
        "attributes": attributes});
    let request = json!({"resourceSpans": [{"scopeSpans": [{"spans": [span]}]}]});
    let answer = tollgate.post("/v1/traces", "application/json", request.to_string().as_bytes());
    assert_eq!(answer.status, 200);
    let written = |name: &str| {
        wait_for(name, Duration::from_secs(20), || {
            let path = file(name);
            path.exists().then(|| lines(&path)).filter(|lines| !lines.is_empty())
        })[0]["resourceSpans"][0]["scopeSpans"][0]["spans"][0]["attributes"]
            .clone()
    };
    assert_eq!(written("all"), attributes);
    let hashed = written("hashed");
    let stands = hashed[1]["value"]["stringValue"].as_str().unwrap();
    assert!(stands.starts_with("[CONTENT sha256:") && stands.ends_with(" len:13]"), "{stands}");
    assert_eq!(written("none"), json!([attributes[0]]));
}
