//! The attributes that say what was done, as the Collector writes them.

use super::*;

fn tally() -> Tally {
    let mut tally = Tally::default();
    tally.note("b", Verdict::Masked);
    tally.note("a", Verdict::Masked);
    tally.note("c", Verdict::Removed);
    tally.note("d", Verdict::Ignored);
    tally.note("e", Verdict::Clean);
    tally
}

#[test]
fn silence_says_nothing() {
    assert_eq!(tally().entries(Summary::Silent, Place::Attributes, |_| None), []);
}

#[test]
fn counts_and_sorted_keys_are_said() {
    let info = tally().entries(Summary::Info, Place::Attributes, |_| None);
    let expected = [
        ("redaction.redacted.count", Entry::Count(1)),
        ("redaction.masked.count", Entry::Count(2)),
        ("redaction.ignored.count", Entry::Count(1)),
    ];
    assert_eq!(info, expected);
    let debug = tally().entries(Summary::Debug, Place::Body, |_| None);
    assert!(debug.contains(&("redaction.body.masked.keys", Entry::Keys("a,b".into()))));
    assert!(debug.contains(&("redaction.body.ignored.count", Entry::Count(1))));
}

#[test]
fn what_a_processor_before_said_is_counted_in() {
    let before = |key: &str| match key {
        "redaction.masked.keys" => Some(Value::String("aa,z".into())),
        "redaction.masked.count" => Some(Value::Int(2)),
        _ => None,
    };
    let debug = tally().entries(Summary::Debug, Place::Attributes, before);
    assert!(debug.contains(&("redaction.masked.keys", Entry::Keys("a,aa,b,z".into()))));
    assert!(debug.contains(&("redaction.masked.count", Entry::Count(4))));
}
