//! A thousand spans and log records without personal data leave as they came.

use pipeline::Signal;
use serde_json::{Value as Json, json};

use crate::block::Block;
use crate::corpus::{Draw, record, span};

const RECORDS: u64 = 1000;

/// Each text that left otherwise than it came.
fn changes(before: &Json, after: &Json, found: &mut Vec<(String, String)>) {
    match (before, after) {
        (Json::Object(one), Json::Object(other)) => {
            one.iter().for_each(|(name, value)| changes(value, &other[name], found));
        }
        (Json::Array(one), Json::Array(other)) if one.len() == other.len() => {
            one.iter().zip(other).for_each(|(one, other)| changes(one, other, found));
        }
        (one, other) if one != other => found.push((one.to_string(), other.to_string())),
        _ => {}
    }
}

/// Each text that a redaction changes, and what it makes of it.
fn findings(block: &Json, requests: impl Iterator<Item = (Signal, Json)>) -> Vec<(String, String)> {
    let (mut block, mut none, mut found) = (Block::of(block), Block::of(&json!({"detectors": []})), Vec::new());
    for (signal, request) in requests {
        changes(&none.request(signal, &request), &block.request(signal, &request), &mut found);
    }
    found
}

fn corpus(seed: u64) -> impl Iterator<Item = (Signal, Json)> {
    let mut draw = Draw::new(seed);
    (0..RECORDS).map(move |_| match draw.below(2) {
        0 => (Signal::Traces, span(&mut draw)),
        _ => (Signal::Logs, record(&mut draw)),
    })
}

#[test]
fn default_detectors_find_nothing_in_clean_telemetry() {
    let found = findings(&json!({}), corpus(1));
    for (before, after) in &found {
        let same = before.bytes().zip(after.bytes()).take_while(|(one, other)| one == other).count();
        let shown = |text: &str| {
            text[text.floor_char_boundary(same.saturating_sub(60))..].chars().take(120).collect::<String>()
        };
        println!("{}\n    {}", shown(before), shown(after));
    }
    assert!(found.is_empty(), "{} texts changed", found.len());
}

#[test]
fn what_is_planted_is_found() {
    let planted = corpus(1).take(20).map(|(signal, request)| {
        let planted = request.to_string().replace("llm-gateway\"", "for bob@corp.com\"");
        (signal, serde_json::from_str(&planted).unwrap())
    });
    let found = findings(&json!({}), planted);
    assert_eq!(found.len(), 20);
    assert!(found.iter().all(|(_, after)| after.contains("[EMAIL_ADDRESS]")), "{found:?}");
}
