//! The gate lets through whatever a pattern matches.

use proptest::prelude::*;
use proptest::string::string_regex;

use super::*;
use crate::redaction::contrib::pattern::{compile, translated};

/// Everyday patterns and odd ones: what they need is read off each.
const PATTERNS: &[&str] = &[
    r"[a-zA-Z0-9._%+-]+@[a-zA-Z0-9.-]+\.[a-zA-Z]{2,}",
    r"\b\d{3}-\d{2}-\d{4}\b",
    r"4[0-9]{12}(?:[0-9]{3})?",
    r"(5[1-5][0-9]{14})",
    r"\b(?:\d[ -]*?){13,16}\b",
    r"\(?\d{3}\)?[-. ]?\d{3}[-. ]?\d{4}",
    r"(?:[0-9]{1,3}\.){3}[0-9]{1,3}",
    r"sk-[A-Za-z0-9]{20,}",
    r"AKIA[0-9A-Z]{16}",
    r"(?i)bearer\s+[a-z0-9._-]+",
    r"eyJ[\w-]+\.eyJ[\w-]+\.[\w-]+",
    r"(?i)(password|secret|token)\s*[:=]\s*\S+",
    r"[A-Z]{2}\d{2}[A-Z0-9]{11,30}",
    r"(?:[0-9a-fA-F]{1,4}:){7}[0-9a-fA-F]{1,4}",
    r"-----BEGIN [A-Z ]*PRIVATE KEY-----",
    r"aa--aa|--aa--",
    r"x*",
    r"(?:ab|cd)?e{2,4}f",
    r"é+1",
    r"(?:a{0,2}b){2}c",
    r"a{40}",
    r"(?:\d{20}){3}",
    r"",
    r"^\s*$",
    r"(?i)kelvin",
];

fn gates(patterns: &[&str]) -> Vec<Gate> {
    let translated: Vec<String> = patterns.iter().map(|pattern| translated(pattern).unwrap()).collect();
    Gate::of(translated.iter().map(String::as_str))
}

fn possible(pattern: &str, text: &str) -> bool {
    gates(&[pattern])[0].possible(text.as_bytes()) == 1
}

#[test]
fn clean_text_is_told_so() {
    let clean = "Summarise the attached complaint, and propose a friendly answer. It is about an order of 12 chairs.";
    for pattern in &PATTERNS[..15] {
        assert!(!possible(pattern, clean), "{pattern}");
    }
    let gates = gates(&PATTERNS[..15]);
    assert_eq!(gates[0].possible(clean.as_bytes()), 0);
    assert_eq!(gates[0].possible(b"7f9c24e8-3b12-4fb0-9a51-6f3c2f0e8d11"), 0);
    assert_eq!(gates[0].possible(b"gpt-4o-mini-2024-07-18"), 0);
}

#[test]
fn a_literal_that_overlaps_itself_is_found() {
    assert!(possible(r"\d--", "1---") && possible(r"[a-z]--b", "--a--b") && possible(r"--[0-9]x", "---1x"));
}

#[test]
fn more_than_64_patterns_are_in_groups() {
    let patterns: Vec<String> = (0..130).map(|number| format!("key{number}=x")).collect();
    let patterns: Vec<&str> = patterns.iter().map(String::as_str).collect();
    let gates = gates(&patterns);
    let found: Vec<u64> = gates.iter().map(|gate| gate.possible(b"a key70=x")).collect();
    assert_eq!(found, [0, 1 << 6, 0]);
}

#[test]
fn bytes_that_do_not_fit_the_survey_are_taken_as_there() {
    let patterns: Vec<String> = "@=+%#~^$!&*".chars().map(|byte| format!(r"\{byte}q")).collect();
    let patterns: Vec<&str> = patterns.iter().map(String::as_str).collect();
    let gate = &gates(&patterns)[0];
    for (at, text) in ["@q", "=q", "+q", "%q", "#q", "~q", "^q", "$q", "!q", "&q", "*q"].iter().enumerate() {
        assert_eq!(gate.possible(text.as_bytes()), 1 << at, "{text}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    /// Scenario: a match of each pattern somewhere in a text. Guarantees: the gate never holds it back, alone or with
    /// all others.
    #[test]
    fn whatever_matches_is_let_through(
        before in "[ -~é]{0,40}",
        after in "[ -~é\n]{0,40}",
        matches in PATTERNS.iter().map(|p| string_regex(&generator(p)).unwrap()).collect::<Vec<_>>(),
    ) {
        let together = gates(PATTERNS);
        for ((at, pattern), inside) in PATTERNS.iter().enumerate().zip(&matches) {
            let regex = compile(pattern).unwrap();
            for text in [inside.clone(), format!("{before}{inside}{after}"), format!("{before} {inside} {after}")] {
                if regex.is_match(&text) {
                    prop_assert!(possible(pattern, &text), "{} in {:?}", pattern, text);
                    prop_assert_eq!(together[0].possible(text.as_bytes()) >> at & 1, 1, "{} in {:?}", pattern, text);
                }
            }
        }
    }
}

/// The pattern without what a generator of matches cannot read: looks, and lazy repetition.
fn generator(pattern: &str) -> String {
    let translated = translated(pattern).unwrap();
    translated.replace(r"(?-u:\b)", "").replace("*?", "*").replace(['^', '$'], "")
}
