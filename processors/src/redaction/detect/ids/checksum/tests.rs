//! Each algorithm against the examples of its standard or its most public use.

use proptest::collection::vec;
use proptest::prelude::*;

use super::*;

fn plain(text: &str) -> Vec<u8> {
    text.bytes().filter(u8::is_ascii_alphanumeric).collect()
}

/// Asserts that `valid` holds for `good`, and for none of the texts with one of its digits changed.
fn catches_each_change(good: &str, valid: fn(&[u8]) -> bool) {
    let good = plain(good);
    assert!(valid(&good), "{}", String::from_utf8_lossy(&good));
    for at in (0..good.len()).filter(|at| good[*at].is_ascii_digit()) {
        for digit in b'0'..=b'9' {
            let mut changed = good.clone();
            changed[at] = digit;
            assert!(changed == good || !valid(&changed), "{}", String::from_utf8_lossy(&changed));
        }
    }
}

#[test]
fn luhn_catches_each_change() {
    for good in ["79927398713", "4111 1111 1111 1111", "490154203237518"] {
        catches_each_change(good, luhn);
    }
}

#[test]
fn iso_7064_catches_each_change() {
    for good in ["36574261809", "86095742719", "33392005961", "DE136695976"] {
        catches_each_change(good.trim_start_matches("DE"), mod11_10);
    }
    for good in ["0000-0002-1825-0097", "0000-0001-5109-3700", "11010519491231002X"] {
        catches_each_change(good, mod11_2);
    }
    catches_each_change("5493001KJTIIGC8Y1R12", |id| mod97(id) == 1);
}

#[test]
fn verhoeff_catches_each_change() {
    for good in ["2363", "234123412346", "399876543211"] {
        catches_each_change(good, verhoeff);
    }
    assert!(!verhoeff(b"2X63"));
}

#[test]
fn travel_documents_have_their_check_digit() {
    for good in ["L898902C36", "D231458907", "7408122", "C01X00T478"] {
        assert!(icao(good.as_bytes()), "{good}");
    }
    assert!(!icao(b"L898902C35") && !icao(b""));
}

#[test]
fn sums_end_with_the_weights() {
    assert_eq!(sum(b"123", &[1, 2]), 5);
    assert_eq!(sum_of_digits(b"89", &[2, 2]), 7 + 9);
    assert_eq!((complement(22, 11), complement(23, 11)), (0, 10));
    assert_eq!(number(b"0123456789012345678"), 123_456_789_012_345_678);
}

proptest! {
    #[test]
    fn sums_are_those_of_each_value_and_weight(id in "[0-9A-Z]{0,20}", weights in vec(0..40_u64, 0..20)) {
        let plain = |byte: u8| u64::from(char::from(byte).to_digit(36).unwrap_or_default());
        let products = id.bytes().zip(&weights).map(|(byte, weight)| plain(byte) * weight);
        prop_assert_eq!(sum(id.as_bytes(), &weights), products.sum::<u64>());
    }
}
