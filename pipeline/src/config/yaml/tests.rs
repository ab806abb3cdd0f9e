//! Places, aliases and the bounds on what a text may grow to.

use serde_json::json;

use super::{MAX_DEPTH, parse};

fn codes(text: &str) -> Vec<&'static str> {
    let mut wrong = Vec::new();
    parse(text, 0, &mut wrong);
    wrong.iter().map(|diagnostic| diagnostic.code).collect()
}

#[test]
fn a_tree_knows_where_its_keys_and_values_stand() {
    let text = "a:\n  b: [x, \"ü\", 3]\nc: {d: true}\n";
    let mut wrong = Vec::new();
    let root = parse(text, 0, &mut wrong).expect("a tree");
    assert!(wrong.is_empty());
    assert_eq!(root.value(), json!({"a": {"b": ["x", "ü", 3]}, "c": {"d": true}}));
    let (found, all) = root.find(&["a", "b", "1"]);
    assert!(all);
    assert_eq!(&text[found.value.place.start..found.value.place.end], "\"ü\"");
    let (found, _) = root.find(&["c", "d"]);
    assert_eq!(&text[found.key.start..found.key.end], "d");
    assert_eq!(&text[found.value.place.start..found.value.place.end], "true");
}

#[test]
fn a_byte_order_mark_moves_every_place() {
    let text = "\u{feff}a: 1\n";
    let root = parse(text, 0, &mut Vec::new()).expect("a tree");
    let entry = root.entry("a").expect("the key");
    assert_eq!(&text[entry.key_place.start..entry.key_place.end], "a");
}

#[test]
fn aliases_and_merge_keys_are_expanded() {
    let text = "a: &a {x: 1, y: 2}\nb: *a\nc: {<<: *a, y: 3}\nd: {<<: [{y: 4}, *a], z: 5}\n";
    let root = parse(text, 0, &mut Vec::new()).expect("a tree");
    assert_eq!(
        root.value(),
        json!({"a": {"x": 1, "y": 2}, "b": {"x": 1, "y": 2}, "c": {"y": 3, "x": 1}, "d": {"z": 5, "y": 4, "x": 1}})
    );
}

#[test]
fn a_billion_laughs_end_early() {
    let mut text = String::from("a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n");
    for level in 1..20 {
        let below = level - 1;
        let refs = vec![format!("*a{below}"); 10].join(", ");
        text.push_str(&format!("a{level}: &a{level} [{refs}]\n"));
    }
    assert_eq!(codes(&text), ["E004"]);
}

#[test]
fn nesting_is_bounded() {
    assert_eq!(codes(&"[".repeat(10_000)), ["E001"]);
    let deep = format!("{}x{}", "- ".repeat(MAX_DEPTH + 1), "");
    assert!(!codes(&deep).is_empty());
}

#[test]
fn duplicates_are_found_all_at_once() {
    assert_eq!(codes("a: 1\na: 2\nb: {c: 1, c: 2}\n"), ["E002", "E002"]);
}

#[test]
fn each_double_points_at_the_first() {
    let mut wrong = Vec::new();
    parse("a: 1\na: 2\na: 3\n", 0, &mut wrong);
    assert_eq!(wrong.iter().map(|each| each.first.map(|place| place.start)).collect::<Vec<_>>(), [Some(0), Some(0)]);
}
