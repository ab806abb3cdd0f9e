//! What the family finds in whole texts.

use super::*;
use proving::{found, found_of};

#[test]
fn samples_are_found_and_clean_text_is_clean() {
    proving::samples_are_found(&Contact, samples::sample);
}

#[test]
fn hostile_text_is_survived() {
    proving::hostile_text_is_survived(&Contact);
}

#[test]
fn wide_numbers_are_found_in_their_place() {
    let text = "電話：＋８１　３－１２３４－５６７８。";
    assert_eq!(found_of(&Contact, "PHONE_NUMBER", text), ["＋８１　３－１２３４－５６７８"]);
}

#[test]
fn everything_in_a_text_is_found() {
    let text = "Bob <bob@example.com>, +90 532 123 45 67; ann%40example.org";
    let want = [
        ("EMAIL_ADDRESS", "bob@example.com"),
        ("PHONE_NUMBER", "+90 532 123 45 67"),
        ("TR_PHONE_NUMBER", "+90 532 123 45 67"),
        ("EMAIL_ADDRESS", "ann%40example.org"),
    ];
    assert_eq!(found(&Contact, text), want);
}
