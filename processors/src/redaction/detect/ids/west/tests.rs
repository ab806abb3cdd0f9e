//! Published examples of France, Belgium, the Netherlands and Luxembourg.

use crate::redaction::detect::ids::tests::check;

#[test]
fn france() {
    check(
        "FR_NIR",
        &["2 95 10 99 126 111 93", "253072B07300470", "295109912611193"],
        &["295109912611194", "253072C07300470"],
    );
    check("FR_SIREN", &["552 008 443"], &["552 008 444"]);
    check("FR_SIRET", &["73282932000074"], &["73282932000079"]);
    check("FR_VAT_ID", &["FR40303265045"], &["FR41303265045"]);
    check("FR_LICENSE_PLATE", &["AB-123-CD"], &["AI-123-CD"]);
}

#[test]
fn belgium() {
    check("BE_NRN", &["85.07.30-033.28", "85073003328"], &["850730-033.26", "85.07.30-033.29"]);
    check("BE_VAT_ID", &["BE0428759497", "0428.759.497"], &["BE0428759498"]);
}

#[test]
fn netherlands() {
    check("NL_BSN", &["111222333", "1112.22.333"], &["111222334", "000000000"]);
    check("NL_VAT_ID", &["NL004495445B01", "NL000099998B57"], &["NL004495446B01"]);
    check("NL_LICENSE_PLATE", &["12-ABC-3"], &["1-2-3"]);
}

#[test]
fn luxembourg() {
    check("LU_NIN", &["1893120105732"], &["1893120105733"]);
    check("LU_VAT_ID", &["LU15027442"], &["LU15027443"]);
}
