//! Rules as the configuration has them, over texts.

use super::*;

fn rule(pattern: &str) -> Rule {
    Rule {
        name: "EMPLOYEE_ID".into(),
        pattern: pattern.into(),
        capture: None,
        validator: None,
        words: Vec::new(),
        strategy: None,
    }
}

/// What a rule masks in `text`.
fn found(rule: &Rule, text: &str) -> Vec<String> {
    let rules = Rules::of(std::iter::once((rule, 0))).unwrap_or_else(|error| panic!("{}: {}", error.key, error.reason));
    let mut all = Vec::new();
    rules.find(text, &mut Vec::new(), |_, range| all.push(text[range].to_owned()));
    all
}

#[test]
fn a_capture_masks_only_its_part() {
    let whole = rule("badge ([0-9]+)");
    assert_eq!(found(&whole, "badge 12 and badge 34"), ["badge 12", "badge 34"]);
    let by_number = Rule { capture: Some(Capture::Number(1)), ..whole };
    assert_eq!(found(&by_number, "badge 12 and badge 34"), ["12", "34"]);
    let by_name = Rule { capture: Some(Capture::Name("id".into())), ..rule("badge (?P<id>[0-9]+)( extra)?") };
    assert_eq!(found(&by_name, "badge 12"), ["12"]);
    let absent = Rule { capture: Some(Capture::Number(2)), ..rule("badge ([0-9]+)( extra)?") };
    assert_eq!(found(&absent, "badge 12"), Vec::<String>::new(), "a group that takes no part masks nothing");
}

#[test]
fn a_capture_that_is_not_there_is_an_error() {
    for (capture, says) in [(Capture::Number(2), "group 2: the pattern has 1"), (Capture::Name("id".into()), "`id`")] {
        let rule = Rule { capture: Some(capture), ..rule("badge ([0-9]+)") };
        let error = Rules::of(std::iter::once((&rule, 0))).err().unwrap();
        assert!(error.key == "capture" && error.reason.contains(says), "{}", error.reason);
    }
}

#[test]
fn validators_are_the_checks_of_their_names() {
    for (validator, good, bad) in [
        (Validator::Luhn, "4111 1111-1111.1111", "4111111111111112"),
        (Validator::Mod97, "5493001KJTIIGC8Y1R12", "5493001KJTIIGC8Y1R13"),
        (Validator::Iban, "DE89 3704 0044 0532 0130 00", "DE88370400440532013000"),
        (Validator::Mod11_2, "0000-0002-1825-0097", "0000-0002-1825-0098"),
        (Validator::Mod11_10, "86095742719", "86095742718"),
        (Validator::Verhoeff, "234123412346", "234123412347"),
    ] {
        assert!(validator.passes(good), "{validator:?} {good}");
        for none in [bad, "", "1", "x", "é", "1é2", "----"] {
            assert!(!validator.passes(none), "{validator:?} {none}");
        }
    }
    let checked = Rule { validator: Some(Validator::Luhn), ..rule("[0-9]{4}") };
    assert_eq!(found(&checked, "1234 and 1230"), ["1230"]);
}

#[test]
fn patterns_too_large_are_refused() {
    let error = Rules::of(std::iter::once((&rule("(?:[\\x{0}-\\x{10ffff}]{1000}){1000}"), 0))).err();
    assert_eq!(error.map(|error| error.key), Some("pattern"));
}
