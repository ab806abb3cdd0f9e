//! What people see: lines that changed beside what they became, and nothing that steers their terminal.

use processors::redaction::Redaction;
use processors::redaction::trial::Trial;

use super::*;

const QUIET: Painter = Painter { coloured: false, explain: false };

fn change(text: &str) -> Change {
    Trial::new(&Redaction::default()).expect("the defaults").text("", text)
}

#[test]
fn lines_that_change_stand_beside_what_they_become() {
    let text = "one\nto bob@corp.com, ann@corp.com\nthree\n";
    assert_eq!(
        QUIET.text(&change(text)),
        "  one\n- to bob@corp.com, ann@corp.com\n+ to [EMAIL_ADDRESS], [EMAIL_ADDRESS]\n  three\n"
    );
    assert_eq!(
        QUIET.value(&change(text)),
        "@@ body @@\n- to bob@corp.com, ann@corp.com\n+ to [EMAIL_ADDRESS], [EMAIL_ADDRESS]\n"
    );
    assert_eq!(QUIET.text(&change("")), "  \n");
}

#[test]
fn json_that_is_written_anew_stays_in_its_lines() {
    let text = "{\"a\":\n\"caf\\u00e9 bob@corp.com\"}";
    assert_eq!(QUIET.text(&change(text)), "  {\"a\":\n- \"caf\\u00e9 bob@corp.com\"}\n+ \"café [EMAIL_ADDRESS]\"}\n");
}

#[test]
fn what_changed_is_coloured_and_nothing_else_steers_the_terminal() {
    let painter = Painter { coloured: true, explain: false };
    let painted = painter.text(&change("\u{1b}[2J to bob@corp.com"));
    assert!(painted.contains("\x1b[1;7mbob@corp.com\x1b[22;27m"), "{painted:?}");
    assert!(painted.contains("\x1b[1;7m[EMAIL_ADDRESS]\x1b[22;27m"), "{painted:?}");
    assert!(painted.contains("\\u{1b}[2J") && !painted.contains("\x1b[2J"), "{painted:?}");
}

#[test]
fn each_finding_is_explained_by_its_detector_and_what_vouched() {
    let painted = Painter { coloured: false, explain: true }.text(&change("é ssn 536904399"));
    let line = painted.lines().last().expect("a line");
    assert!(line.starts_with("      6..15 US_SSN:B (class B): "), "{line}");
    assert!(line.ends_with("; `ssn` near it vouches for it"), "{line}");
}

#[test]
fn a_value_that_leaves_with_its_key_has_no_second_line() {
    let removed = Change { after: None, ..change("to bob@corp.com") };
    assert_eq!(QUIET.text(&removed), "- to bob@corp.com\n");
}

#[test]
fn a_value_over_lines_is_replaced_as_one() {
    let begin = format!("-----{} PRIVATE KEY-----", "BEGIN");
    let painted = QUIET.text(&change(&format!("key:\n{begin}\nMIIEvQIBADANBgkqhkiG9w0BAQEFAASC\nend\n")));
    assert!(painted.starts_with(&format!("  key:\n- {begin}\\nMIIEvQ")), "{painted}");
    assert!(painted.contains("\n+ [PRIVATE_KEY]\n"), "{painted}");
}
