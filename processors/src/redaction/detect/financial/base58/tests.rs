//! What is encoded decodes, and a changed character is seen.

use super::*;
use crate::redaction::detect::contact::samples::Draw;

#[test]
fn checked_round_trip() {
    for seed in 0..100 {
        let mut payload = Draw::new(seed).bytes::<21>();
        payload[0] = (seed % 3) as u8;
        for alphabet in [&BITCOIN, &RIPPLE] {
            let text = encode_checked(&payload, alphabet).into_bytes();
            assert_eq!(checked(&text, alphabet).unwrap().bytes(), payload);
            let mut changed = text.clone();
            let last = changed.last_mut().unwrap();
            *last = if *last == alphabet.letters[1] { alphabet.letters[2] } else { alphabet.letters[1] };
            assert!(checked(&changed, alphabet).is_none());
        }
    }
}

#[test]
fn monero_round_trip() {
    for seed in 0..100 {
        let mut draw = Draw::new(seed);
        assert_eq!(monero(encode_monero(&draw.bytes::<65>()).as_bytes()).unwrap().length, 65);
        assert_eq!(monero(encode_monero(&draw.bytes::<73>()).as_bytes()).unwrap().length, 73);
    }
    assert!(monero(&[b'z'; 95]).is_none());
}

#[test]
fn nonsense_does_not_decode() {
    for text in ["", "1", "0OIl", "zzzz", &"z".repeat(200)] {
        assert!(checked(text.as_bytes(), &BITCOIN).is_none(), "{text:?}");
    }
}
