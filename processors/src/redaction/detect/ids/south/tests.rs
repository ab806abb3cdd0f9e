//! Published examples of southern Europe.

use crate::redaction::detect::ids::tests::check;

#[test]
fn spain() {
    check("ES_NIF", &["54362315K", "54362315-K", "12345678z"], &["54362315A"]);
    check("ES_NIE", &["X2482300W", "x-2482300-w"], &["X2482300A", "W2482300W"]);
    check("ES_CIF", &["A13585625", "J99216582"], &["A13585624"]);
    check("ES_NUSS", &["281234577843"], &["281234577844"]);
    check("ES_LICENSE_PLATE", &["1234 BCD"], &["1234 ABO", "2026 THE", "1234 BCQ"]);
}

#[test]
fn portugal() {
    check("PT_NIF", &["501964843", "501 964 843"], &["501964842"]);
    check("PT_CC", &["00000000 0 ZZ4"], &["00000000 0 ZZ3"]);
}

#[test]
fn italy() {
    check(
        "IT_FISCAL_CODE",
        &["RCCMNL83S18D969H", "RSSMRA85T10A562S", "RCC MNL 83S18 D969H"],
        &["RCCMNL83S18D969A", "RCCMNL83S32D969H"],
    );
    check("IT_VAT_CODE", &["00743110157", "IT00743110157"], &["00743110158"]);
    check("IT_DRIVER_LICENSE", &["AA0123456B", "U1K711J11M"], &["U1H00A000B"]);
    check("IT_IDENTITY_CARD", &["CA00000AA"], &["C00000AA"]);
}

#[test]
fn greece_and_cyprus() {
    check("GR_AMKA", &["01013099997"], &["01013099998", "32013099997"]);
    check("GR_TIN", &["094259216", "EL094259216"], &["094259217"]);
    check("CY_TIN", &["10259033P"], &["10259033Z"]);
}
