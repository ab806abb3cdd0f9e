//! Scenario: the README's first command, without any backend.
//! Guarantee: what it says it kept is in the files it names, and the rest was sampled out.

use std::process::Command;

use tempfile::TempDir;

use crate::stage::{spans_in, tollgate};

#[test]
fn the_demo_keeps_what_it_says_it_sent() {
    let folder = TempDir::new().unwrap();
    let output = demo(&mut tollgate(), &folder);
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success(), "{said}{}", String::from_utf8_lossy(&output.stderr));
    let came_in = said.lines().find(|line| line.contains("came in")).expect("it says what came in");
    let spans = |line: &str| line.split_whitespace().find_map(|word| word.parse::<usize>().ok()).unwrap();
    let said_of = |what: &str| spans(said.lines().find(|line| line.contains(what)).expect(what));
    let (kept, dropped) = (said_of("kept  "), said_of("dropped  "));
    assert!(kept > 0 && dropped > kept, "{said}");
    assert_eq!(spans(came_in), kept + dropped, "{said}");
    assert_eq!(spans_in(&folder.path().join("tollgate-data/traces.jsonl")), kept, "{said}");
    assert!(said.contains("tollgate-data/logs.jsonl"));
    let redacted = said.lines().find(|line| line.contains("redacted")).expect("it says what it redacted");
    assert!(redacted.contains("EMAIL_ADDRESS") && redacted.contains("CREDIT_CARD"), "{said}");
    for file in ["traces.jsonl", "logs.jsonl"] {
        let kept = std::fs::read_to_string(folder.path().join("tollgate-data").join(file)).unwrap();
        assert!(kept.contains("[EMAIL_ADDRESS]"), "{file}");
        assert!(!kept.contains("@example.") && !kept.contains("4111 1111"), "{file}: personal data was written");
    }
}

fn demo(command: &mut Command, folder: &TempDir) -> std::process::Output {
    command.args(["demo", "--duration", "1s", "--once"]).current_dir(folder.path()).output().unwrap()
}
