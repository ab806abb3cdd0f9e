//! Numbers of every brand in every spelling, and what looks like them.

use super::*;
use crate::redaction::detect::contact::samples::Draw;
use crate::redaction::detect::financial::samples;

fn found(text: &str) -> Vec<(&str, bool)> {
    let bytes = text.as_bytes();
    let run = |at: &usize| bytes[*at].is_ascii_digit() && (*at == 0 || !bytes[at - 1].is_ascii_digit());
    let cards = (0..bytes.len()).filter(run).filter_map(|first| at(text, first, Ahead::of(bytes, first)));
    cards.map(|card| (&text[card.span], card.sure)).collect()
}

#[test]
fn cards_are_found_as_they_are_written() {
    for (text, card, sure) in [
        ("4111111111111111", "4111111111111111", true),
        ("4111111111111111 123", "4111111111111111", true),
        ("123 4111111111111111", "4111111111111111", true),
        ("4111 1111 1111 1111 123", "4111 1111 1111 1111", true),
        ("4111-1111-1111-1111.", "4111-1111-1111-1111", true),
        ("4111+1111+1111+1111&", "4111+1111+1111+1111", true),
        ("3782 822463 10005", "3782 822463 10005", true),
        ("40128888 88881881", "40128888 88881881", false),
        ("卡号4111111111111111。", "4111111111111111", true),
        ("card_4111111111111111_x", "4111111111111111", true),
        ("4111\u{a0}1111\u{a0}1111\u{a0}1111", "4111\u{a0}1111\u{a0}1111\u{a0}1111", true),
        ("4111\u{2011}1111\u{2011}1111\u{2011}1111", "4111\u{2011}1111\u{2011}1111\u{2011}1111", true),
        ("4222222222222", "4222222222222", false),
        ("122000000000003", "122000000000003", false),
    ] {
        assert_eq!(found(text), [(card, sure)], "{text:?}");
    }
}

#[test]
fn two_cards_in_a_row_are_two() {
    let text = "4111 1111 1111 1111 5500 0000 0000 0004";
    assert_eq!(found(text), [("4111 1111 1111 1111", true), ("5500 0000 0000 0004", true)]);
}

#[test]
fn what_is_no_card_is_not_found() {
    for text in [
        "4111111111111112",
        "1748503543012",
        "20261121031500",
        "0000000000000000",
        "0.4111111111111111",
        "4111111111111111.5",
        "a4111111111111111",
        "4111111111111111a",
        "41111111111111110000000",
        "4111 1111-1111 1111",
        "4111  1111  1111  1111",
        "12345678-4111-1111-1111-111111111111",
        "411111 1111111111",
    ] {
        assert_eq!(found(text), [], "{text:?}");
    }
}

#[test]
fn a_changed_digit_is_no_card() {
    for seed in 0..200 {
        let card = samples::card(&mut Draw::new(seed));
        assert!(is_card(card.as_bytes()), "{card}");
        let mut changed = card.clone().into_bytes();
        let last = changed.len() - 1;
        changed[last] = b'0' + (changed[last] - b'0' + 1) % 10;
        assert!(!is_card(&changed), "{card}");
    }
}

#[test]
fn the_first_two_digits_tell_what_all_six_do() {
    for issuer in (0..10_000).flat_map(|hundred| [hundred * 100, hundred * 100 + 99]) {
        let digits = format!("{issuer:06}");
        assert_eq!(lengths_of(digits.as_bytes()), lengths_among(issuer, issuer), "{issuer}");
    }
}

#[test]
fn eight_digits_at_a_time_are_summed_as_one_by_one() {
    use crate::redaction::detect::ids::checksum::luhn;
    let mut draw = Draw::new(3);
    for _ in 0..20_000 {
        let length = DIGITS_MIN + draw.below(DIGITS_MAX - DIGITS_MIN + 1);
        let text = draw.digits(length);
        let mut digits = Digits::default();
        digits.add(text.as_bytes());
        assert_eq!(digits.luhn(), luhn(text.as_bytes()), "{text}");
    }
}
