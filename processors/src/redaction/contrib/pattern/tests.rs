//! RE2's syntax and classes: what Go takes, and what it means.

use super::*;

/// What `pattern` finds in `text`, as Go's `FindAllString` has it.
fn check(pattern: &str, text: &str, expected: &[&str]) {
    let regex = compile(pattern).unwrap_or_else(|error| panic!("{pattern}: {error}"));
    let found: Vec<&str> = regex.find_iter(text).map(|found| found.as_str()).collect();
    assert_eq!(found, expected, "{pattern} on {text:?} as {}", regex.as_str());
}

#[test]
fn perl_classes_are_ascii() {
    check(r"\d+", "12 ٣٤ ５", &["12"]);
    check(r"\w+", "naïve_1", &["na", "ve_1"]);
    check(r"\W+", "aéb", &["é"]);
    check(r"\S+", "a\u{a0}b c", &["a\u{a0}b", "c"]);
    check(r"\s", "a\u{b}b\u{2003}", &[]);
    check(r"\bna\b", "naï na", &["na", "na"]);
    check(r"\B", "ab", &[""]);
    check(r"[^\W\d]+", "a1b_", &["a", "b_"]);
    check(r"[\D]", "1a", &["a"]);
}

#[test]
fn all_else_is_unicode() {
    check(r".", "é", &["é"]);
    check(r"[^a]", "aé", &["é"]);
    check(r"(?i)É", "é", &["é"]);
    check(r"\pL+", "1é2", &["é"]);
    check(r"\p{Greek}+|\p{^Latin}", "aαβ", &["αβ"]);
    check(r"[\p{Greek}x]+", "xα", &["xα"]);
}

#[test]
fn classes_mean_what_they_mean_in_go() {
    check(r"[\w-.]+@", "a-b.c@", &["a-b.c@"]);
    check(r"[\w-\.]+@", "a-b.c@", &["a-b.c@"]);
    check(r"[a&&b]+", "a&b", &["a&b"]);
    check(r"[[a]+", "[a", &["[a"]);
    check(r"[]a]+", "]a", &["]a"]);
    check(r"[^]a]+", "]ab", &["b"]);
    check(r"[a-]+", "a-b", &["a-"]);
    check(r"[~~&&\-]+", "~-&.", &["~-&"]);
    check(r"[[:digit:]a]+", "1a", &["1a"]);
    check(r"[[:^digit:]]", "1a", &["a"]);
    check(r"[\x41-\x43]+", "ABCD", &["ABC"]);
    check(r"[+--]+", "+,-.", &["+,-"]);
    check(r"[\n\t ]", "a b", &[" "]);
}

#[test]
fn braces_that_repeat_nothing_are_literal() {
    check(r"a{,2}", "a{,2}", &["a{,2}"]);
    check(r"{x}", "{x}", &["{x}"]);
    check(r#"\{"a":"#, r#"{"a":"#, &[r#"{"a":"#]);
    check(r"a{2}", "aaa", &["aa"]);
    check(r"a{2,}", "aaa", &["aaa"]);
}

#[test]
fn escapes_are_those_of_go() {
    check(r"\Qa.b\E+", "a.bb", &["a.bb"]);
    check(r"\Qa.b", "a.b", &["a.b"]);
    check(r"\101\0", "A\0", &["A\0"]);
    check(r"\<\>", "<>", &["<>"]);
    check(r"\x{1F600}", "😀", &["😀"]);
    check(r"\_\-\/", "_-/", &["_-/"]);
    check(r"(?i)(?P<word>AB)\z", "ab", &["ab"]);
    check(r"\v", "\u{b}", &["\u{b}"]);
}

#[test]
fn what_go_refuses_is_refused() {
    for pattern in [r"(a)\1", r"(?=a)", r"[a", r"a\", r"[b-a]", r"\y", r"(", r"*", r"[a-\d]", r"\x{110000}"] {
        let error = compile(pattern).expect_err(pattern);
        assert!(!error.0.is_empty() && !error.0.contains('\n'), "{pattern}: {error}");
    }
}

#[test]
fn patterns_are_capped() {
    assert!(compile(r"(?:\pL{1,200}){1,50}").unwrap_err().0.contains("compiles to more"));
    assert!(compile(&"a".repeat(MAX_SOURCE + 1)).unwrap_err().0.contains("longer than"));
}

#[test]
fn an_anchored_pattern_matches_whole_texts_only() {
    let regex = compile_anchored(".+@corp.com|x").unwrap();
    assert!(regex.is_match("bob@corp.com") && regex.is_match("x"));
    assert!(!regex.is_match("bob@corp.com, ssn 1") && !regex.is_match("ax"));
}
