//! A survey sees what a look at every byte sees, wherever blocks end.

use proptest::prelude::*;

use super::*;

const RANGES: [(u8, u8); 3] = [(b'@', b'@'), (b'A', b'Z'), (0xC3, 0xC3)];

fn digits(text: &str) -> Digits {
    let count = text.bytes().filter(u8::is_ascii_digit).count();
    let run = text.as_bytes().split(|byte| !byte.is_ascii_digit()).map(<[u8]>::len).max();
    Digits { count, run: run.unwrap_or(0).min(Digits::RUN) }
}

fn present(text: &str) -> usize {
    let has = |(least, most): (u8, u8)| text.bytes().any(|byte| (least..=most).contains(&byte));
    RANGES.iter().enumerate().fold(0, |set, (at, range)| set | usize::from(has(*range)) << at)
}

#[test]
fn every_length_is_seen_whole() {
    for length in 0..300 {
        for text in ["7".repeat(length), "/9:é".repeat(length), "x".repeat(length), "1234567x".repeat(length)] {
            for text in [text.clone(), format!("{text}@"), format!("7{text}"), format!("{text}Q77")] {
                assert_eq!(Digits::of(text.as_bytes()), digits(&text), "{text}");
                assert_eq!(Survey::of(&RANGES).see(text.as_bytes(), 7), present(&text), "{text}");
            }
        }
    }
}

proptest! {
    #[test]
    fn what_is_there_is_seen(text in "([0-9]{0,20}|[a-z]{0,9}|[@AZé/:]|[ -~]){0,40}", wanted in 0..8_usize) {
        prop_assert_eq!(Digits::of(text.as_bytes()), digits(&text));
        prop_assert_eq!(Survey::of(&RANGES).see(text.as_bytes(), wanted), present(&text) & wanted);
    }
}
