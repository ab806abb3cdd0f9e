//! Turkey, Israel, Iran and the Gulf.

use super::checksum::{complement, luhn, number, sum, value};
use super::date::yymmdd;
use super::row::{Row, shape_only, sure, vouched};

const TCKN: &[&str] = &[
    "tc kimlik",
    "tckn",
    "tc kimlik no",
    "kimlik numarasi",
    "kimlik no",
    "kimlik",
    "tc no",
    "turkish id",
    "vatandaslik",
    "national id",
];
const PLAKA: &[&str] =
    &["plaka", "plakasi", "arac", "arac plakasi", "plaka numarasi", "license plate", "plate", "otomobil"];

pub(super) const ROWS: &[Row] = &[
    vouched("TR_NATIONAL_ID", &["%###########"], turkish, TCKN, "identity number: two check digits"),
    vouched("TR_LICENSE_PLATE", &["##?@{1,3}?#{2,5}"], plate, PLAKA, "licence plate: province 01 to 81"),
    vouched(
        "TR_TAX_NUMBER",
        &["##########"],
        vkn,
        &["vkn", "vergi", "vergi no", "vergi kimlik", "vergi numarasi", "tax number"],
        "Turkish tax number: powers of two, mod 9",
    ),
    vouched(
        "TR_PASSPORT",
        &["@########"],
        shape_only,
        &["pasaport", "pasaport no", "passport"],
        "Turkish passport number",
    ),
    vouched(
        "IL_ID",
        &["########?#"],
        luhn,
        &["teudat zehut", "israeli id", "id number", "mispar zehut", "תעודת זהות", "מספר זהות"],
        "Israeli identity number: Luhn",
    ),
    sure("AE_EMIRATES_ID", &["784-####-#######-#"], emirates, "Emirates identity number with dashes: 784, year, Luhn"),
    vouched(
        "AE_EMIRATES_ID",
        &["%784############"],
        emirates,
        &["emirates id", "eid", "emirati id", "uae id", "identity card", "الهوية", "هوية"],
        "Emirates identity number: 784, year, Luhn",
    ),
    vouched(
        "SA_NATIONAL_ID",
        &["##########"],
        saudi,
        &["iqama", "national id", "saudi id", "huwiya", "absher", "الهوية", "رقم الهوية"],
        "Saudi identity number or residence permit: Luhn",
    ),
    vouched(
        "KW_CIVIL_ID",
        &["############"],
        kuwait,
        &["civil id", "paci", "kuwait id"],
        "Kuwaiti civil identity number: date of birth, mod 11",
    ),
    vouched(
        "IR_NATIONAL_CODE",
        &["##########", "###-######-#"],
        iranian,
        &["code melli", "kode melli", "national code", "iranian id"],
        "Iranian national code: mod 11",
    ),
];

fn turkish(id: &[u8]) -> bool {
    let odd = sum(id, &[1, 0, 1, 0, 1, 0, 1, 0, 1]);
    let even = sum(id, &[0, 1, 0, 1, 0, 1, 0, 1]);
    // 9 is -1 modulo 10.
    id[0] != b'0' && (odd * 7 + even * 9) % 10 == value(id[9]) && sum(id, &[1; 10]) % 10 == value(id[10])
}

fn plate(id: &[u8]) -> bool {
    // One letter to three, and as many digits as make eight of all.
    matches!(number(&id[..2]), 1..=81) && id.len() <= 8
}

fn vkn(id: &[u8]) -> bool {
    let counts = |(at, byte): (u64, &u8)| match (value(*byte) + 9 - at) % 10 {
        9 => 9,
        digit => digit * (1 << (9 - at)) % 9,
    };
    complement((0..9).zip(id).map(counts).sum(), 10) == value(id[9])
}

fn emirates(id: &[u8]) -> bool {
    matches!(number(&id[3..7]), 1900..=2099) && luhn(id)
}

fn saudi(id: &[u8]) -> bool {
    matches!(id[0], b'1' | b'2') && luhn(id)
}

fn kuwait(id: &[u8]) -> bool {
    let check = complement(sum(id, &[2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2]), 11);
    matches!(id[0], b'2' | b'3') && yymmdd(&id[1..]) && check == value(id[11])
}

fn iranian(id: &[u8]) -> bool {
    let check = match sum(id, &[10, 9, 8, 7, 6, 5, 4, 3, 2]) % 11 {
        rest @ 0..=1 => rest,
        rest => 11 - rest,
    };
    check == value(id[9])
}

#[cfg(test)]
mod tests;
