//! A passage that is called silent has no word that vouches; one that is not may have one.

use proptest::prelude::*;

use super::super::{Vouchers, Words};
use super::*;
use crate::redaction::detect::near::Near;

const WORDS: [&str; 9] = ["tax id", "phone", "0x", "id", "größe", "steuernummer", "a", "電話", "number 2"];

/// The words, each with a bit of its own.
fn phrases() -> Phrases {
    Phrases::of(WORDS.iter().enumerate().map(|(at, word)| (word, 1 << at)))
}

/// What is known of the passages of a text.
fn known(text: &str) -> Near {
    let mut near = Near::default();
    phrases().fill(&mut near, text.as_bytes());
    near
}

/// Which of the words may vouch for what is there, a bit each.
fn telling(near: &Near, text: &str, place: (usize, usize)) -> Wards {
    let may = phrases().vouching(near, text.as_bytes(), place);
    assert_eq!(may & !near.of(text.as_bytes(), place), 0, "what passages alone tell is told: {text:?}");
    may & ((1 << WORDS.len()) - 1)
}

fn silent(text: &str, start: usize, end: usize) -> bool {
    telling(&known(text), text, (start, end)) == 0
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
    assert!(!silent("phone123", 5, 8) && !silent("123phone", 0, 3), "what is left of a word is a word");
    assert!(silent("telephone123", 9, 12) && silent("_123_phone", 1, 4) != silent("_123_ph", 1, 4));
    assert!(!silent("123number 2", 0, 3) && silent("123number 3", 0, 3), "also of several");
    assert!(!silent("große 123", 7, 10), "an accent may be any");
    let far = format!("phone {} 123 {} phone", "word ".repeat(40), "word ".repeat(40));
    let at = far.find("123").unwrap();
    assert!(silent(&far, at, at + 3));
}

/// Letters and digits of ASCII in a row, with a digit among them.
fn numbers(text: &str) -> impl Iterator<Item = (usize, usize)> + '_ {
    let words =
        text.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| word.contains(|c: char| c.is_ascii_digit()));
    words.map(|word| word.as_ptr() as usize - text.as_ptr() as usize).map(|start| {
        let length = text[start..].find(|c: char| !c.is_ascii_alphanumeric()).unwrap_or(text.len() - start);
        (start, start + length)
    })
}

const PIECES: [&str; 35] = [
    "tax",
    "ID",
    " ",
    "-",
    "phone",
    "0x",
    "[A_B]",
    "[A_B:x]",
    "[ID_PHONE]",
    "[PHONE_A",
    "[ID_7_PHONE]",
    "[8_TAX]",
    "[",
    "]",
    "_",
    "größe",
    "grosse",
    "1",
    "Steuer",
    "nummer",
    "a",
    ". ",
    "12 34",
    "\u{a0}",
    "–",
    "電",
    "話",
    "１",
    "２",
    "987",
    "ｐｈ",
    "ｏｎｅ",
    "\u{308}",
    "number",
    " 2",
];

/// Of these pieces, and numbers beyond the last.
fn text_of(pieces: &[usize]) -> String {
    pieces.iter().map(|piece| PIECES.get(*piece).copied().unwrap_or("98 ")).collect()
}

#[test]
fn numbers_among_placeholders_are_calm() {
    let calm = |text: &str| {
        let near = known(text);
        numbers(text).all(|(start, end)| near.is_calm(start, end))
    };
    assert!(calm(&"4111 [TAX_ID] 1234 ".repeat(20)) && calm(&"1234 5678 ".repeat(30)));
    assert!(calm("1234[TAX_ID]") && calm("1234_TAX") && calm("[1234") && calm("1234_ID") != calm("1234_TAX"));
    assert!(!calm("[A_1234]") && !calm("[1234_A] 1") && !calm(&format!("{}phone", "1 ".repeat(20))));
}

proptest! {
    #[test]
    fn silence_holds_no_word(
        // Few kinds of pieces in one text, so that words of several pieces come about.
        kinds in prop::collection::vec(0..35_usize, 2..8),
        order in prop::collection::vec(any::<prop::sample::Index>(), 1..60),
        length in 1..12_usize,
    ) {
        let text = text_of(&order.iter().map(|at| *at.get(&kinds)).collect::<Vec<_>>());
        let (near, mut words) = (known(&text), Words::default());
        for (start, _) in text.char_indices() {
            let end = (start + length..text.len()).find(|at| text.is_char_boundary(*at)).unwrap_or(text.len());
            let may = telling(&near, &text, (start, end));
            words.fill_near(&text, start, end);
            for (at, word) in WORDS.iter().enumerate() {
                let silent = may >> at & 1 == 0;
                prop_assert!(!silent || !words.have(&Vouchers::of(&[word])), "{word} near {start}..{end} of {text:?}");
            }
        }
    }

    #[test]
    fn calm_holds_no_word(pieces in prop::collection::vec(0..600_usize, 1..160)) {
        let text = text_of(&pieces);
        let near = known(&text);
        for (start, end) in numbers(&text).filter(|(start, end)| near.is_calm(*start, *end)) {
            let mut words = Words::default();
            words.fill_near(&text, start, end);
            prop_assert!(!words.have(&Vouchers::of(&WORDS)), "{text:?} {start}..{end}");
        }
    }
}
