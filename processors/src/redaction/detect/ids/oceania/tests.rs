//! Published examples of Australia and New Zealand.

use crate::redaction::detect::ids::tests::check;

#[test]
fn australia() {
    check("AU_ABN", &["51 824 753 556", "83914571673"], &["52 824 753 556", "00000000560"]);
    check("AU_ACN", &["004 085 616", "004-085-616", "0040 8561 6"], &["004 085 617"]);
    check("AU_TFN", &["123 456 782", "37-118-660"], &["123 456 783", "37 113 655"]);
    check(
        "AU_MEDICARE",
        &["2123456701", "2123-456-701", "2123 45670 1", "2123 45670 1/1"],
        &["2123258701", "7123456701"],
    );
}

#[test]
fn new_zealand() {
    check("NZ_IRD", &["49091850", "136410132"], &["136410133"]);
    check("NZ_NHI", &["ZZZ0016"], &["ZZZ0044"]);
}
