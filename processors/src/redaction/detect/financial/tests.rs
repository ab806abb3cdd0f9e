//! What the family finds in whole texts.

use super::*;
use crate::redaction::detect::contact::proving::{self, found, found_of};

#[test]
fn samples_are_found_and_clean_text_is_clean() {
    proving::samples_are_found(&Financial, samples::sample);
}

#[test]
fn hostile_text_is_survived() {
    proving::hostile_text_is_survived(&Financial);
}

#[test]
fn detectors_stand_in_the_order_of_wallets() {
    for (wallet, entity) in [
        (Wallet::Bitcoin, "CRYPTO"),
        (Wallet::EthereumUnchecked, "CRYPTO_ETH"),
        (Wallet::Tezos, "CRYPTO_XTZ"),
        (Wallet::ExtendedKey, "CRYPTO_XPUB"),
    ] {
        assert_eq!(DETECTORS[WALLETS + wallet as usize].entity, entity);
    }
}

#[test]
fn everything_in_a_text_is_found() {
    let text = "Visa 4111 1111 1111 1111, account GB29 NWBK 6016 1331 9268 19 at NWBKGB2L; \
                bitcoincash:qpm2qsznhks23z7629mms6s4cwef74vcwvy22gdx6a";
    let want = [
        ("CREDIT_CARD", "4111 1111 1111 1111"),
        ("IBAN_CODE", "GB29 NWBK 6016 1331 9268 19"),
        ("SWIFT_CODE", "NWBKGB2L"),
        ("CRYPTO_BCH", "bitcoincash:qpm2qsznhks23z7629mms6s4cwef74vcwvy22gdx6a"),
    ];
    assert_eq!(found(&Financial, text), want);
    assert_eq!(found_of(&Financial, "CRYPTO", text), [] as [&str; 0]);
}
