//! What is taken for a document, and when it is whole.

use super::*;

fn documents(text: &str) -> (Vec<String>, String) {
    let mut document = Document::default();
    let mut found = Vec::new();
    for line in text.lines() {
        if !document.takes(line.as_bytes()) {
            break;
        }
        found.extend(document.whole());
    }
    let string = |bytes: Vec<u8>| String::from_utf8_lossy(&bytes).into_owned();
    (found.into_iter().map(string).collect(), string(document.take()))
}

#[test]
fn a_document_spans_lines_until_its_last_bracket() {
    let one = "{\"resourceSpans\": [{\"x\": \"}]\\\"}\"}]}";
    assert_eq!(documents(one), (vec![one.to_owned()], String::new()));
    assert_eq!(documents(&format!("{one}\n{one}")).0.len(), 2);
    let several = "{\n\n  \"resourceLogs\":\n [\n{}]\n}";
    assert_eq!(documents(several), (vec![several.to_owned()], String::new()));
    assert_eq!(documents("{\n \"resourceLogs\": ["), (vec![], "{\n \"resourceLogs\": [".to_owned()));
}

#[test]
fn what_only_begins_like_a_document_is_given_back() {
    assert_eq!(documents("{\n\"other\": 1}"), (vec![], "{".to_owned()));
    assert_eq!(documents("plain text"), (vec![], String::new()));
    assert_eq!(documents("\n{"), (vec![], String::new()), "a blank line is a line");
    assert_eq!(signal(b"{\"resource\""), None);
    assert_eq!(signal(b" { \"resource_logs\" : []}"), Some(Signal::Logs));
}
