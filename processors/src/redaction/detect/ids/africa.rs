//! Africa.

use super::checksum::{luhn, number, sum, value, verhoeff};
use super::date::{is_day, yymmdd};
use super::row::{Row, shape_only, vouched};

const ZA: &[&str] = &[
    "south african",
    "sa id",
    "id no",
    "id number",
    "identity number",
    "rsa id",
    "permanent resident",
    "resident number",
];
const NIN: &[&str] =
    &["nin", "national identification", "national identity", "nimc", "national identity number", "nigeria"];
const PLATE: &[&str] = &["plate", "plates", "plate number", "vehicle", "registration", "license plate", "frsc", "car"];

pub(super) const ROWS: &[Row] = &[
    vouched(
        "ZA_ID_NUMBER",
        &["######?####?#?#?#", "######?####?###"],
        south_african,
        ZA,
        "identity number: date of birth, status, Luhn",
    ),
    vouched("NG_NIN", &["%###########"], verhoeff, NIN, "national identification number: Verhoeff"),
    vouched(
        "NG_BVN",
        &["22#########"],
        shape_only,
        &["bvn", "bank verification", "bank verification number"],
        "Nigerian bank verification number: 22 and nine digits",
    ),
    vouched(
        "NG_VEHICLE_REGISTRATION",
        &["@@@?###?@@"],
        shape_only,
        PLATE,
        "vehicle registration: office, serial, year",
    ),
    vouched(
        "EG_NATIONAL_ID",
        &["%##############"],
        egyptian,
        &["egyptian id", "national id", "raqam qawmi", "id number"],
        "Egyptian national number: century, date of birth, governorate, mod 11",
    ),
    vouched(
        "GH_CARD",
        &["GHA-#########-#", "GHA##########"],
        shape_only,
        &["ghana card", "ghanacard", "nia", "national id"],
        "Ghanaian identity card",
    ),
    vouched(
        "KE_PIN",
        &["@#########@"],
        kenyan,
        &["kra pin", "kra", "pin", "tax id"],
        "Kenyan taxpayer number: A or P, nine digits, a letter",
    ),
    vouched(
        "TN_MF",
        &["#######@@@###", "#######/@/@/@/###", "#######@/@/@/###"],
        shape_only,
        &["matricule fiscal", "matricule fiscale", "mf", "tax id"],
        "Tunisian taxpayer number",
    ),
    vouched(
        "MA_CIN",
        &["@#{5,6}", "@@#{5,6}"],
        shape_only,
        &["cin", "cnie", "carte nationale", "carte d identite nationale"],
        "Moroccan identity card",
    ),
];

fn south_african(id: &[u8]) -> bool {
    yymmdd(id) && matches!(id[10], b'0'..=b'2') && luhn(id)
}

fn egyptian(id: &[u8]) -> bool {
    let century = match id[0] {
        b'2' => 1900,
        b'3' => 2000,
        _ => return false,
    };
    let check = (11 - sum(id, &[2, 7, 6, 5, 4, 3, 2, 7, 6, 5, 4, 3, 2]) % 11) % 10;
    is_day(century + number(&id[1..3]), number(&id[3..5]), number(&id[5..7]))
        && matches!(number(&id[7..9]), 1..=4 | 11..=19 | 21..=29 | 31..=35 | 88)
        && check == value(id[13])
}

fn kenyan(id: &[u8]) -> bool {
    matches!(id[0], b'A' | b'P')
}

#[cfg(test)]
mod tests;
