//! Fuzzes the redaction of a text: any bytes as one, with values of any entity planted in it.
//!
//! Nothing panics, what is found lies on the boundaries of characters, in order, and a second pass changes nothing.
//! Run with `cargo +nightly fuzz run redaction_text fuzz/corpus/redaction_text fuzz/seeds/redaction_text`.

#![no_main]

mod planted;

use libfuzzer_sys::fuzz_target;
use processors::redaction::trial::Trial;

fuzz_target!(|input: &[u8]| {
    let Some((&first, bytes)) = input.split_first() else { return };
    let text = planted::text(bytes);
    planted::tried(first & 1 == 1, |trial| unchanged(trial, &text));
});

fn unchanged(trial: &mut Trial, text: &str) {
    let change = trial.text("", text);
    let mut end = 0;
    for finding in &change.findings {
        assert!(end <= finding.start && finding.start < finding.end, "{change:?}");
        assert!(text.is_char_boundary(finding.start) && text.is_char_boundary(finding.end), "{change:?}");
        end = finding.end;
    }
    assert!(end <= text.len(), "{change:?}");
    let Some(after) = change.after else { panic!("a body is not removed") };
    assert_eq!(after == text, change.findings.is_empty());
    let again = trial.text("", &after);
    assert_eq!(again.after.as_ref(), Some(&after), "a second pass changes what the first left of {text:?}");
}
