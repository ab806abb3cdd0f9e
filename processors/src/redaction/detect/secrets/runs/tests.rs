//! Runs are where sixteen bytes of a run are, over block edges too, and are read without what is hidden in them.

use super::*;

fn found(text: &str) -> Vec<&str> {
    let mut marks = Marks::default();
    marks.fill(text.as_bytes());
    let mut all = Vec::new();
    each(text.as_bytes(), &marks, |start, end| all.push(&text[start..end]));
    all
}

/// What [`each`] should find: maximal runs of what [`CLASS`] knows, found byte by byte.
fn by_byte(text: &str) -> Vec<&str> {
    let bytes = text.as_bytes();
    let mut all = Vec::new();
    let mut at = 0;
    while at < bytes.len() {
        let len = span(&bytes[at..], !0);
        if len >= SHORTEST {
            all.push(&text[at..at + len]);
        }
        at += len.max(1);
    }
    all
}

#[test]
fn runs_of_every_length_are_found_at_every_place() {
    for before in 0..140 {
        for len in [1, 15, 16, 17, 31, 64, 65, 130, 200] {
            let text = format!("{}{} {}", " ".repeat(before), "k".repeat(len), "x".repeat(16));
            let want = if len >= SHORTEST { 2 } else { 1 };
            assert_eq!(found(&text).len(), want, "{before} {len}");
            assert_eq!(found(&text), by_byte(&text));
        }
    }
}

#[test]
fn a_run_is_cut_by_what_no_secret_holds() {
    let text = "abcdefghijklmnop,abcdefghijklmnopq;0123456789abcdef|abc{abcdefghijklmnopqrst}";
    let want = ["abcdefghijklmnop", "abcdefghijklmnopq", "0123456789abcdef", "abcdefghijklmnopqrst"];
    assert_eq!(found(text), want);
    assert_eq!(found("\u{4f60}\u{597d}".repeat(50).as_str()), Vec::<&str>::new());
    assert_eq!(found(""), Vec::<&str>::new());
}

#[test]
fn chance_text_has_the_runs_that_a_look_at_each_byte_finds() {
    let alphabet: Vec<char> = "abcdefghijklmnoqrstuvwxyzABCXYZ0189+/=_-.: ,\u{200b}\u{e9}".chars().collect();
    let mut state = 1u64;
    for _ in 0..300 {
        let text: String = (0..400)
            .map(|_| {
                state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
                alphabet[(state >> 33) as usize % alphabet.len()]
            })
            .collect();
        let ascii: String = text.chars().filter(char::is_ascii).collect();
        assert_eq!(found(&ascii), by_byte(&ascii));
    }
}

#[test]
fn zero_width_characters_are_read_over() {
    let text = "a\u{200b}b\u{2060}\u{feff}c0123456789";
    let run = Run::new(text.as_bytes(), 0, text.len());
    assert_eq!(run.bytes(), b"abc0123456789");
    assert_eq!(run.range(0, 2), (0, 5));
    assert_eq!(run.range(2, 3), (11, 12));
}
