//! Published examples of Austria and Switzerland.

use crate::redaction::detect::ids::tests::check;

#[test]
fn austria() {
    check("AT_SVNR", &["1237 010180", "1237010180"], &["1236 010180", "0234010180"]);
    check("AT_VAT_ID", &["ATU13585627"], &["ATU13585626"]);
    check("AT_TAX_NUMBER", &["59-119/9013"], &["59-119/9012"]);
}

#[test]
fn switzerland() {
    check("CH_AHV", &["756.9217.0769.85", "7569217076985"], &["756.9217.0769.84"]);
    check("CH_UID", &["CHE-100.155.212", "CHE100155212"], &["CHE-100.155.213"]);
}
