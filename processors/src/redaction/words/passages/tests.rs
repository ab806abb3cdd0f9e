//! A passage that is called silent has no word that vouches; one that is not may have one.

use proptest::prelude::*;

use super::super::{Vouchers, Words};
use super::*;
use crate::redaction::detect::near::Near;

const WORDS: [&str; 7] = ["tax id", "phone", "0x", "id", "größe", "steuernummer", "a"];

fn silent(text: &str, start: usize, end: usize) -> bool {
    {
        let mut near = Near::default();
        near.fill(Phrases::of(WORDS.map(|word| (word, 1))).passages(text.as_bytes()));
        near.of(text.as_bytes(), (start, end)) & 1 == 0
    }
}

#[test]
fn what_stands_alone_is_silent() {
    let text = "1 2 3 4 ".repeat(40);
    assert!(silent(&text, 100, 101) && silent(&text, 0, 1) && silent(&text, text.len() - 2, text.len()));
    assert!(silent("no word here 123", 13, 16) && !silent("my PHONE 123", 9, 12) && !silent("123 0x", 0, 3));
    assert!(silent("[TAX_ID] 123 [PHONE_ID]", 9, 12), "placeholders are ours");
    let masked = format!("{} [TAX_ID_AND_PHONE] 123", "1 ".repeat(29));
    assert!(silent(&masked, masked.len() - 3, masked.len()), "also one that is in two passages");
    assert!(!silent("[TAX_ID]", 5, 7) && !silent("[phone] 123", 8, 11));
    assert!(!silent("phone123", 5, 8), "a word that a match is within");
    assert!(!silent("große 123", 7, 10), "an accent may be any");
    let far = format!("phone {} 123 {} phone", "word ".repeat(40), "word ".repeat(40));
    let at = far.find("123").unwrap();
    assert!(silent(&far, at, at + 3));
}

proptest! {
    #[test]
    fn silence_holds_no_word(pieces in prop::collection::vec(0..18_usize, 1..60), from in 0..200_usize, length in 1..12_usize) {
        const PIECES: [&str; 18] = [
            "tax", "ID", " ", "-", "phone", "0x", "[A_B]", "[A_B:x]", "[ID_PHONE]", "[PHONE_A", "größe", "grosse", "1", "Steuer", "nummer", "a", ". ", "12 34",
        ];
        let text: String = pieces.iter().map(|piece| PIECES[*piece]).collect();
        let start = (0..=from.min(text.len())).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0);
        let end = (start..=(start + length).min(text.len())).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(start);
        let mut near = Words::default();
        near.fill_near(&text, start, end);
        prop_assert!(!silent(&text, start, end) || !near.have(&Vouchers::of(&WORDS)), "{text:?} {start}..{end}");
    }
}
