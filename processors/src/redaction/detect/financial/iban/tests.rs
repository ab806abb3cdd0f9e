//! Numbers of the registry's examples in their spellings, and near misses.

use proptest::prelude::*;

use super::*;
use crate::redaction::detect::contact::samples::Draw;
use crate::redaction::detect::financial::samples;

fn found(text: &str) -> Vec<&str> {
    let bytes = text.as_bytes();
    let run = |at: &usize| bytes[*at].is_ascii_digit() && (*at == 0 || !bytes[at - 1].is_ascii_digit());
    (0..bytes.len())
        .filter(run)
        .filter_map(|first| at(text, first, Ahead::of(bytes, first)))
        .map(|span| &text[span])
        .collect()
}

#[test]
fn numbers_are_found_as_they_are_written() {
    for (text, number) in [
        ("GB29NWBK60161331926819", "GB29NWBK60161331926819"),
        ("iban: DE89 3704 0044 0532 0130 00 thanks", "DE89 3704 0044 0532 0130 00"),
        ("DE89-3704-0044-0532-0130-00", "DE89-3704-0044-0532-0130-00"),
        ("NO93\u{a0}8601\u{a0}1117\u{a0}947", "NO93\u{a0}8601\u{a0}1117\u{a0}947"),
        ("de89370400440532013000", "de89370400440532013000"),
        ("DE89 3704 0044 0532 0130 00 1234", "DE89 3704 0044 0532 0130 00"),
        ("LC55 HEMM 0001 0001 0012 0012 0002 3015", "LC55 HEMM 0001 0001 0012 0012 0002 3015"),
        ("UA213223130000026007233566001", "UA213223130000026007233566001"),
        ("IBAN为DE89370400440532013000。", "DE89370400440532013000"),
    ] {
        assert_eq!(found(text), [number], "{text:?}");
    }
}

#[test]
fn near_misses_are_not_found() {
    for text in [
        "DE89370400440532013001",
        "DE8937040044053201300",
        "DE893704004405320130000",
        "XDE89370400440532013000",
        "DE89 3704-0044 0532 0130 00",
        "Gb29NWBK60161331926819",
        "GB291WBK60161331926819",
        "ZZ29NWBK60161331926819",
        "G B29 NWBK 6016 1331 9268 19",
        "29",
    ] {
        assert_eq!(found(text), [] as [&str; 0], "{text:?}");
    }
}

#[test]
fn structures_are_whole() {
    let mut seen = std::collections::BTreeSet::new();
    for (country, structure) in COUNTRIES {
        let length: usize = parts(structure).map(|(count, _)| count).sum();
        assert!(seen.insert(country) && (11..=30).contains(&length), "{country:?}");
        let spelled: String = parts(structure).map(|(count, class)| format!("{count}{}", char::from(class))).collect();
        assert_eq!(spelled, *structure);
    }
}

#[test]
fn samples_of_every_country_are_sound_until_changed() {
    for seed in 0..400 {
        let number = samples::iban(&mut Draw::new(seed));
        assert_eq!(at(&number, 2, Ahead::of(number.as_bytes(), 2)), Some(0..number.len()));
        let next = char::from(b'0' + (number.as_bytes()[3] - b'0' + 1) % 10);
        let other = format!("{}{next}{}", &number[..3], &number[4..]);
        assert_eq!(at(&other, 2, Ahead::of(other.as_bytes(), 2)), None);
    }
}

proptest! {
    #[test]
    fn remainders_are_those_of_a_division_at_each_character(number in "[A-Z0-9]{4,34}") {
        let step = |rest: u32, c: char| match c.to_digit(36).unwrap_or_default() {
            digit @ ..10 => (rest * 10 + digit) % 97,
            letter => (rest * 100 + letter) % 97,
        };
        let plain = number[4..].chars().chain(number[..4].chars()).fold(0, step);
        prop_assert_eq!(remainder(number.as_bytes()), u64::from(plain));
    }
}

#[test]
fn every_country_is_found_by_its_letters() {
    for (code, structure) in COUNTRIES {
        let known = country(*code).unwrap();
        let classes = parts(structure).flat_map(|(count, class)| std::iter::repeat_n(class, count));
        for (place, class) in b"aann".iter().copied().chain(classes).enumerate() {
            let told = (known.digits >> place & 1 == 1, known.letters >> place & 1 == 1);
            assert_eq!(told, (class == b'n', class == b'a'), "{structure} at {place}");
        }
        assert_eq!(known.length, 4 + parts(structure).map(|(count, _)| count).sum::<usize>());
    }
    assert!(country(*b"ZZ").is_none());
    assert!(country(*b"dE").is_none());
}
