//! Fuzzes the redaction of JSON in a text: any arrays and objects, with values of any entity in their strings and
//! names, encoded again as far as the input says.
//!
//! What leaves is JSON of the same shape, and a second pass changes nothing. Run with
//! `cargo +nightly fuzz run redaction_json fuzz/corpus/redaction_json fuzz/seeds/redaction_json`.

#![no_main]

mod planted;

use libfuzzer_sys::fuzz_target;
use processors::redaction::trial::Trial;
use serde_json::Value;

/// How deep arrays and objects stand in one another.
const DEPTH: usize = 12;

/// How often JSON is put into a string of JSON.
const ENCODINGS: u8 = 4;

fuzz_target!(|input: &[u8]| {
    let [first, bytes @ ..] = input else { return };
    // A number alone is a text like any other.
    let mut text = String::from("[");
    value(&mut bytes.iter(), DEPTH, &mut text);
    text.push(']');
    for _ in 0..(first >> 1) % ENCODINGS {
        text = format!("[{}]", Value::String(text));
    }
    if serde_json::from_str::<Value>(&text).is_err() {
        panic!("the input is JSON: {text}");
    }
    planted::tried(first & 1 == 1, |trial| same_shape(trial, &text));
});

fn same_shape(trial: &mut Trial, text: &str) {
    let Some(after) = trial.text("", text).after else { panic!("a body is not removed") };
    // A value over a limit goes as a whole.
    if after != "[REDACTED]" {
        assert!(serde_json::from_str::<Value>(&after).is_ok(), "{text} left as {after}");
        assert_eq!(shape(text), shape(&after), "{text} left as {after}");
    }
    let again = trial.text("", &after);
    assert_eq!(again.after.as_ref(), Some(&after), "a second pass changes what the first left of {text}");
}

/// Writes the value that `bytes` describe.
fn value(bytes: &mut std::slice::Iter<'_, u8>, depth: usize, out: &mut String) {
    let kind = bytes.next().copied().unwrap_or(0);
    let members = if depth == 0 { 0 } else { usize::from(kind >> 4) };
    match kind % 8 {
        0 | 1 if depth > 0 => {
            out.push('[');
            for at in 0..members {
                out.push_str(if at == 0 { "" } else { ", " });
                value(bytes, depth - 1, out);
            }
            out.push(']');
        }
        2 | 3 if depth > 0 => {
            out.push('{');
            for at in 0..members {
                out.push_str(if at == 0 { "" } else { "," });
                string(bytes, out);
                out.push_str(": ");
                value(bytes, depth - 1, out);
            }
            out.push('}');
        }
        4 => out.push_str(["true", "false", "null"][usize::from(kind >> 4) % 3]),
        5 => {
            let number = bytes.by_ref().take(8).fold(0, |number, byte| number << 8 | u64::from(*byte));
            out.push_str(&(number >> (kind >> 4)).to_string());
        }
        _ => string(bytes, out),
    }
}

/// Writes a string, up to the byte 0.
fn string(bytes: &mut std::slice::Iter<'_, u8>, out: &mut String) {
    let raw: Vec<u8> = bytes.by_ref().copied().take_while(|byte| *byte != 0).collect();
    out.push_str(&Value::String(planted::text(&raw)).to_string());
}

/// JSON without what its strings and numbers say.
fn shape(json: &str) -> String {
    let mut shape = String::new();
    let mut rest = json.chars().peekable();
    while let Some(c) = rest.next() {
        match c {
            '"' => {
                while let Some(c) = rest.next().filter(|c| *c != '"') {
                    if c == '\\' {
                        rest.next();
                    }
                }
                shape.push('_');
            }
            '0'..='9' => {
                while rest.next_if(char::is_ascii_digit).is_some() {}
                shape.push('_');
            }
            c => shape.push(c),
        }
    }
    shape
}
