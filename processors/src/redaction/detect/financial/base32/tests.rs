//! Known accounts are sound, and what is written reads.

use super::*;
use crate::redaction::detect::contact::samples::Draw;

#[test]
fn known_accounts() {
    let stellar = b"GA7QYNF7SOWQ3GLR2BGMZEHXAVIRZA4KVWLTJJFC7MGXUA74P7UJVSGZ";
    assert_eq!(kind(stellar), Some(Kind::Stellar));
    let algorand = b"7777777777777777777777777777777777777777777777777774MSJUVU";
    assert_eq!(kind(algorand), Some(Kind::Algorand));
    assert_eq!(kind(&stellar[1..]), None);
}

#[test]
fn round_trip_and_changes() {
    for seed in 0..100 {
        for want in [Kind::Stellar, Kind::StellarSeed, Kind::Algorand] {
            let text = encode(want, &Draw::new(seed).bytes()).into_bytes();
            assert_eq!(kind(&text), Some(want));
            let mut changed = text.clone();
            changed[20] = if changed[20] == b'A' { b'B' } else { b'A' };
            assert_eq!(kind(&changed), None);
        }
    }
}
