//! `tollgate redact` from outside: what it makes of text, lines of JSON and OTLP JSON, by whose rules.

use std::io::{BufRead, BufReader, Write};
use std::process::{Child, Command, Stdio};

use serde_json::{Value, json};

fn start(arguments: &[&str]) -> Child {
    Command::new(env!("CARGO_BIN_EXE_tollgate"))
        .arg("redact")
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("it runs")
}

/// The exit code, and what it wrote to stdout and stderr.
fn redact(arguments: &[&str], input: &str) -> (i32, String, String) {
    let mut child = start(arguments);
    let mut stdin = child.stdin.take().expect("stdin");
    // One that ends before it has read everything closes its end.
    let _ = stdin.write_all(input.as_bytes());
    drop(stdin);
    let output = child.wait_with_output().expect("it ends");
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    (output.status.code().expect("an exit code"), text(&output.stdout), text(&output.stderr))
}

fn ndjson(arguments: &[&str], input: &[Value]) -> Vec<Value> {
    let input: String = input.iter().map(|line| format!("{line}\n")).collect();
    let (code, data, said) = redact(&[&["--format", "ndjson"], arguments].concat(), &input);
    assert_eq!(code, 0, "{said}");
    data.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect()
}

/// A configuration whose pipeline runs these processors.
fn config(processors: &str, listed: &str) -> String {
    format!(
        "yaml:{{receivers: {{otlp: {{protocols: {{grpc: }}}}}}, exporters: {{debug: }}, processors: {{{processors}}}, \
         service: {{pipelines: {{traces: {{receivers: [otlp], processors: [{listed}], exporters: [debug]}}}}}}}}"
    )
}

const DOCUMENT: &str = r#"{
  "resourceSpans": [{"scopeSpans": [{"spans": [{
    "traceId": "0af7651916cd43dd8448eb211c80319c", "spanId": "b7ad6b7169203331", "name": "chat",
    "attributes": [
      {"key": "gen_ai.prompt", "value": {"stringValue": "mail bob@example.com"}},
      {"key": "gen_ai.usage.input_tokens", "value": {"intValue": "4111111111111111"}}
    ]
  }]}]}]
}
"#;

#[test]
fn people_get_a_diff_and_a_summary() {
    let (code, data, said) = redact(&[], "mail bob@example.com\nnothing here\n");
    assert_eq!(code, 0);
    assert_eq!(data, "- mail bob@example.com\n+ mail [EMAIL_ADDRESS]\n  nothing here\n");
    assert_eq!(said, "2 read, 1 changed:\n      1  EMAIL_ADDRESS\n");
}

#[test]
fn programs_get_a_line_for_each_line_at_once() {
    let mut child = start(&["--format", "ndjson"]);
    let mut stdin = child.stdin.take().expect("stdin");
    let mut lines = BufReader::new(child.stdout.take().expect("stdout")).lines();
    let mut ask = |line: &str| -> Value {
        writeln!(stdin, "{line}").expect("it reads");
        serde_json::from_str(&lines.next().expect("an answer").expect("text")).expect("JSON")
    };
    let finding = json!({"entity": "US_SSN", "start": 2, "end": 13, "detector": "US_SSN:A", "class": "A"});
    assert_eq!(ask(r#"{"text": "é 536-90-4399"}"#), json!({"text": "é [US_SSN]", "findings": [finding]}));
    assert!(ask("no JSON, with secret words")["error"].as_str().is_some_and(|wrong| !wrong.contains("secret")));
    assert_eq!(ask(r#"{"text": "nothing"}"#), json!({"text": "nothing", "findings": []}));
    drop(stdin);
    assert_eq!(child.wait().expect("it ends").code(), Some(1), "a line was wrong");
}

#[test]
fn a_key_is_heeded_as_that_of_an_attribute() {
    let answers = ndjson(
        &["--explain"],
        &[
            json!({"text": "536904399"}),
            json!({"text": "536904399", "key": "customer.ssn"}),
            json!({"text": "correct horse", "key": "db.password"}),
        ],
    );
    assert_eq!(answers[0]["text"], "536904399");
    assert_eq!(answers[1]["text"], "[US_SSN]");
    assert_eq!(answers[1]["findings"][0]["vouched"], "`ssn` in its key vouches for it");
    assert_eq!(answers[2]["text"], "[PASSWORD]");
}

#[test]
fn entities_are_looked_for_alone_and_unknown_ones_are_named() {
    let text = json!({"text": "536904399, bob@example.com, 10.1.2.3"});
    let answers = ndjson(&["--entities", "US_SSN, IP_ADDRESS"], std::slice::from_ref(&text));
    assert_eq!(answers[0]["text"], "[US_SSN], bob@example.com, [IP_ADDRESS]");
    assert_eq!(answers[0]["findings"][1]["class"], "C");
    let (code, data, said) = redact(&["--format", "ndjson", "--entities", "NOBODY"], &format!("{text}\n"));
    assert_eq!((code, said.as_str()), (0, "warning: nothing finds `NOBODY`\n"));
    assert_eq!(data, format!("{}\n", json!({"text": text["text"], "findings": []})));
    // Of all, nobody named the one that needs a word.
    assert_eq!(ndjson(&["--entities", "all"], &[text])[0]["text"], "536904399, [EMAIL_ADDRESS], [IP_ADDRESS]");
    let vouched = json!({"text": "ssn 536904399"});
    assert_eq!(ndjson(&["--entities", "all"], &[vouched])[0]["text"], "ssn [US_SSN]");
}

#[test]
fn a_document_goes_through_the_processor() {
    let (code, data, said) = redact(&[], DOCUMENT);
    assert_eq!(
        (code, data.as_str()),
        (0, "@@ span attribute gen_ai.prompt @@\n- mail bob@example.com\n+ mail [EMAIL_ADDRESS]\n")
    );
    assert_eq!(said, "1 read, 1 changed:\n      1  EMAIL_ADDRESS\n");
    let line = serde_json::from_str::<Value>(DOCUMENT).expect("JSON").to_string();
    for (format, input) in [("plain", DOCUMENT), ("plain", &line), ("ndjson", &line)] {
        let (code, data, _) = redact(&["--format", format], input);
        let written: Value = serde_json::from_str(&data).expect("one document");
        let attributes = &written["resourceSpans"][0]["scopeSpans"][0]["spans"][0]["attributes"];
        assert_eq!((code, &attributes[0]["value"]["stringValue"]), (0, &json!("mail [EMAIL_ADDRESS]")));
        assert_eq!(attributes[1]["value"]["intValue"], "4111111111111111");
    }
}

#[test]
fn a_document_that_cannot_be_read_does_not_leave() {
    for format in ["human", "plain"] {
        let (code, data, said) = redact(&["--format", format], "{\"resourceSpans\": \"bob@example.com\"}\nfine\n");
        assert_eq!((code, data.trim()), (1, "fine"));
        assert!(said.starts_with("error: 1: no OTLP JSON: ") && !said.contains("bob"), "{said}");
    }
}

#[test]
fn a_file_is_read_by_the_line_or_whole() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("text");
    std::fs::write(&file, "{\n \"n\": 4111111111111111\n}\n").expect("it is written");
    let name = file.to_str().expect("a name");
    assert_eq!(redact(&["--format", "plain", name], "").1, "{\n \"n\": [CREDIT_CARD]\n}\n");
    assert_eq!(redact(&["--format", "plain", "--whole", name], "").1, "{\n \"n\": \"[CREDIT_CARD]\"\n}\n");
    let (code, data, said) = redact(&["--format", "plain", "/nowhere/at/all", "-"], "after\n");
    assert_eq!((code, data.as_str()), (1, "after\n"));
    assert!(said.starts_with("error: cannot go on with /nowhere/at/all: "), "{said}");
}

#[test]
fn the_rules_are_those_of_the_configuration() {
    let one = config("redaction: {strategy: partial}", "redaction");
    let answer = |arguments: &[&str]| redact(&[&["--format", "plain"], arguments].concat(), "to bob@example.com\n");
    assert_eq!(answer(&["--config", &one]), (0, "to [EMAIL_ADDRESS:example.com]\n".into(), String::new()));
    let set = ["--config", &one, "--set", "processors.redaction.strategy=placeholder"];
    assert_eq!(answer(&set).1, "to [EMAIL_ADDRESS]\n");
    let two = config("redaction: , redaction/kept: {strategy: keep}", "redaction/kept, redaction");
    let (code, data, said) = answer(&["--config", &two]);
    assert_eq!((code, data.as_str()), (0, "to bob@example.com\n"));
    assert_eq!(said, "note: `redaction/kept` is tried, the first of 2; --processor names another\n");
    assert_eq!(answer(&["--config", &two, "--processor", "redaction"]).1, "to [EMAIL_ADDRESS]\n");
    let (code, _, said) = answer(&["--config", &two, "--processor", "redaction/none"]);
    assert_eq!((code, said.contains("`redaction/kept`, `redaction`")), (78, true), "{said}");
}

#[test]
fn a_bad_configuration_is_told_as_validate_tells_it() {
    for bad in [
        config("redaction: {strategy: pseudonym, detectors: [NOBODY]}", "redaction"),
        "tests/config/broken/empty.yaml".into(),
    ] {
        let (code, data, said) = redact(&["--config", &bad], "text\n");
        assert_eq!((code, data.as_str()), (78, ""));
        let validated = Command::new(env!("CARGO_BIN_EXE_tollgate")).args(["validate", "--config", &bad]).output();
        assert_eq!(said, String::from_utf8_lossy(&validated.expect("it runs").stderr));
    }
    let (code, _, said) = redact(&["--config", "tests/config/good/minimal.yaml"], "");
    assert_eq!(
        (code, said.contains("no pipeline of the configuration runs a `redaction` processor")),
        (78, true),
        "{said}"
    );
}

#[test]
fn the_strict_profile_wants_no_word() {
    assert_eq!(redact(&["--profile", "strict", "--format", "plain"], "536904399\n").1, "[US_SSN]\n");
    assert_eq!(redact(&["--format", "plain"], "536904399\n").1, "536904399\n");
    assert_eq!(redact(&["--profile", "strict", "--entities", "all"], "").0, 2);
    assert_eq!(redact(&["--processor", "redaction"], "").0, 2);
}

#[test]
fn a_reader_that_goes_away_is_no_failure() {
    let mut child = start(&["--format", "ndjson"]);
    drop(child.stdout.take());
    let mut stdin = child.stdin.take().expect("stdin");
    // Until it ends, which closes its end.
    while writeln!(stdin, "{{\"text\": \"bob@example.com\"}}").is_ok() {}
    let output = child.wait_with_output().expect("it ends");
    assert_eq!((output.status.code(), output.stderr.as_slice()), (Some(0), &b""[..]));
}
