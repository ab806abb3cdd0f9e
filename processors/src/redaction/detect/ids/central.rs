//! Austria, Switzerland and Liechtenstein.

use super::checksum::{complement, number, sum, sum_of_digits, value};
use super::date::is_short;
use super::row::{Row, shape_only, sure, vouched};

const SVNR: &[&str] = &[
    "svnr",
    "sv nr",
    "sv nummer",
    "sozialversicherungsnummer",
    "sozialversicherung",
    "versicherungsnummer",
    "e card",
    "ecard",
    "social security",
];
const AHV: &[&str] = &[
    "ahv",
    "ahv nummer",
    "ahv nr",
    "avs",
    "numero avs",
    "avs13",
    "ahvn13",
    "sozialversicherungsnummer",
    "oasi",
    "navs",
];

pub(super) const ROWS: &[Row] = &[
    vouched("AT_SVNR", &["%##########"], austrian, SVNR, "social insurance number: mod 11, date of birth"),
    sure("AT_VAT_ID", &["^ATU########"], uid, "Austrian VAT number: checksum"),
    vouched(
        "AT_VAT_ID",
        &["%ATU########"],
        uid,
        &["uid", "uid nummer", "umsatzsteuer", "ust", "vat"],
        "Austrian VAT number in another form",
    ),
    vouched(
        "AT_TAX_NUMBER",
        &["##-###/####", "##?###?####"],
        tax,
        &["steuernummer", "st nr", "abgabenkontonummer", "finanzamt", "tax number"],
        "Austrian tax number: mod 10",
    ),
    vouched(
        "AT_PASSPORT",
        &["@?#######", "@@#######"],
        shape_only,
        &["reisepass", "reisepassnummer", "passnummer", "passport", "pass nr"],
        "Austrian passport number",
    ),
    sure("CH_AHV", &["756.####.####.##", "756##########"], ean, "Swiss social insurance number: 756, EAN-13"),
    vouched("CH_AHV", &["%756##########"], ean, AHV, "Swiss social insurance number in another form"),
    sure("CH_UID", &["^CHE-###.###.###", "^CHE#########", "^CHE ### ### ###"], company, "Swiss company number: mod 11"),
    vouched(
        "CH_UID",
        &["%CHE#########"],
        company,
        &["uid", "ide", "mwst", "tva", "iva", "vat"],
        "Swiss company number in another form",
    ),
];

/// Three digits, a check digit, and the date of birth, whose month may be above 12 when numbers ran out.
fn austrian(id: &[u8]) -> bool {
    let check = sum(id, &[3, 7, 9, 0, 5, 8, 4, 2, 1, 6]) % 11;
    let month = number(&id[6..8]);
    let date = matches!(month, 13..=15) || is_short(number(&id[8..]), month, number(&id[4..6]));
    id[0] != b'0' && date && check == value(id[3])
}

fn uid(id: &[u8]) -> bool {
    complement(sum_of_digits(&id[3..], &[1, 2, 1, 2, 1, 2, 1]) + 4, 10) == value(id[10])
}

fn tax(id: &[u8]) -> bool {
    complement(sum_of_digits(id, &[1, 2, 1, 2, 1, 2, 1, 2]), 10) == value(id[8])
}

fn ean(id: &[u8]) -> bool {
    complement(sum(id, &[1, 3, 1, 3, 1, 3, 1, 3, 1, 3, 1, 3]), 10) == value(id[12])
}

fn company(id: &[u8]) -> bool {
    complement(sum(&id[3..], &[5, 4, 3, 2, 7, 6, 5, 4]), 11) == value(id[11])
}

#[cfg(test)]
mod tests;
