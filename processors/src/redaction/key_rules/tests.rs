//! Which rule holds for which key.

use super::*;

fn rules(block: &serde_json::Value) -> KeyRules {
    let rules: Vec<KeyRule> = serde_json::from_value(block.clone()).unwrap();
    KeyRules::of(&rules).unwrap_or_else(|error| panic!("{}", error.reason))
}

fn rule(rules: &KeyRules, key: &str, usage: bool) -> Option<usize> {
    rules.of_key(key, usage).and_then(|at| rules.get(at)).map(|check| check.rule)
}

#[test]
fn globs_and_regexes_match_keys() {
    let rules = rules(&serde_json::json!([
        {"key": "app.*.email"}, {"key": "x-?"}, {"pattern": "(?i)secret"}, {"key": "a+b"},
    ]));
    for (key, wanted) in [
        ("app.user.email", Some(0)),
        ("app.user.emails", None),
        ("my.app.user.email", None),
        ("x-1", Some(1)),
        ("x-12", None),
        ("theSECRETone", Some(2)),
        ("a+b", Some(3)),
        ("aab", None),
    ] {
        assert_eq!(rule(&rules, key, false), wanted, "{key}");
    }
}

#[test]
fn counts_are_meant_by_their_full_names_only() {
    let key = "gen_ai.usage.input_tokens";
    let wide = rules(&serde_json::json!([{"key": "gen_ai.*"}, {"pattern": "token"}]));
    assert_eq!((rule(&wide, key, true), rule(&wide, key, false)), (None, Some(0)));
    let exact = rules(&serde_json::json!([{"key": "gen_ai.*"}, {"key": key}]));
    assert_eq!(rule(&exact, key, true), Some(1));
}

#[test]
fn what_masks_more_wins_whatever_the_order() {
    let mut list = vec![
        serde_json::json!({"key": "user.*", "mask": "matches"}),
        serde_json::json!({"key": "user.*", "name": "WIDE"}),
        serde_json::json!({"key": "user.id", "name": "EXACT"}),
    ];
    for _ in 0..3 {
        list.rotate_left(1);
        let parsed: Vec<KeyRule> = serde_json::from_value(list.clone().into()).unwrap();
        let rules = rules(&list.clone().into());
        assert_eq!(rule(&rules, "user.id", false).map(|at| parsed[at].name.as_str()), Some("EXACT"));
        assert_eq!(rule(&rules, "user.name", false).map(|at| parsed[at].name.as_str()), Some("WIDE"));
    }
}

#[test]
fn a_rule_has_one_of_key_and_pattern() {
    for block in [serde_json::json!({}), serde_json::json!({"key": "a", "pattern": "a"})] {
        let rule: KeyRule = serde_json::from_value(block).unwrap();
        assert!(KeyRules::of(std::slice::from_ref(&rule)).is_err());
    }
}
