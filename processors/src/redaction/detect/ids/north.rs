//! The Nordic and the Baltic countries.

use super::checksum::{complement, luhn, number, sum, value};
use super::date::{ddmmyy, is_day, is_short};
use super::row::{Row, shape_only, sure, vouched};

const PNR: &[&str] = &[
    "personnummer",
    "pnr",
    "personnr",
    "personal identity number",
    "svensk",
    "swedish id",
    "swedish",
    "id nummer",
    "samordningsnummer",
];
const ORGNR: &[&str] = &[
    "organisationsnummer",
    "orgnr",
    "org nr",
    "orgnummer",
    "company identity",
    "company id",
    "foretag",
    "organisation number",
];
const FNR: &[&str] =
    &["fodselsnummer", "fnr", "personnummer", "d nummer", "norwegian id", "national id", "birth number"];
const CPR: &[&str] = &["cpr", "cpr nr", "cpr nummer", "personnummer", "danish id", "civil registration"];
const KENNITALA: &[&str] = &["kennitala", "kt", "icelandic id", "national id"];
const ISIKUKOOD: &[&str] =
    &["isikukood", "ik", "personal code", "estonian id", "personal identification code", "national id"];
const ASMENS: &[&str] = &["asmens kodas", "asmens", "personal code", "lithuanian id", "national id"];
const PERSONAS: &[&str] = &["personas kods", "personal code", "latvian id", "national id"];

/// How personal and coordination numbers are written.
const PNR_FORMS: &[&str] = &[
    "<############",
    "<########-####",
    "########+####",
    "######-####",
    "######+####",
    "##########",
    "######## ####",
    "###### ####",
];

pub(super) const ROWS: &[Row] = &[
    vouched("SE_PERSONNUMMER", PNR_FORMS, personnummer, PNR, "personal number: date of birth, Luhn"),
    vouched("SE_SAMORDNINGSNUMMER", PNR_FORMS, samordning, PNR, "coordination number: day of birth plus 60, Luhn"),
    vouched(
        "SE_ORGANISATIONSNUMMER",
        &["<######-####", "<##########", "###### ####", "16######-####", "16##########"],
        organisation,
        ORGNR,
        "organisation number: third digit above 1, Luhn",
    ),
    sure(
        "FI_PERSONAL_IDENTITY_CODE",
        &["<######-###*", "<######+###*", "<######@###*"],
        finnish,
        "personal identity code: date of birth, check modulo 31",
    ),
    vouched(
        "FI_BUSINESS_ID",
        &["#######-#", "FI########"],
        y_tunnus,
        &["y tunnus", "ytunnus", "business id", "fo nummer", "alv", "vat"],
        "business id: mod 11",
    ),
    sure(
        "NO_FODSELSNUMMER",
        &["###### #####", "###### ### ##"],
        norwegian,
        "birth number in groups: date of birth, two check digits",
    ),
    vouched("NO_FODSELSNUMMER", &["%###########"], norwegian, FNR, "birth number: date of birth, two check digits"),
    vouched(
        "NO_ORGNR",
        &["###?###?###"],
        norwegian_organisation,
        &["orgnr", "org nr", "organisasjonsnummer", "foretaksnummer", "mva", "brreg"],
        "organisation number: mod 11",
    ),
    vouched("DK_CPR", &["######?####"], cpr, CPR, "civil registration number: date of birth"),
    vouched(
        "DK_CVR",
        &["########", "##~##~##~##", "DK########"],
        cvr,
        &["cvr", "cvr nr", "cvr nummer", "se nr", "virksomhed", "moms", "vat"],
        "company number: mod 11",
    ),
    vouched("IS_KENNITALA", &["######?####"], kennitala, KENNITALA, "national number: date of birth, mod 11"),
    vouched("EE_ISIKUKOOD", &["%###########"], baltic, ISIKUKOOD, "personal code: date of birth, two rounds of mod 11"),
    vouched("LT_ASMENS_KODAS", &["%###########"], baltic, ASMENS, "personal code: date of birth, two rounds of mod 11"),
    vouched(
        "LV_PERSONAS_KODS",
        &["%###########"],
        latvian,
        PERSONAS,
        "personal code: date of birth, mod 11; without either from 32 on",
    ),
    vouched(
        "FI_PASSPORT",
        &["@@#######", "F@#######"],
        shape_only,
        &["passi", "passin numero", "passport", "passnummer"],
        "Finnish passport number",
    ),
];

/// Ten digits, the century before them or not; `more` is what the day has above the calendar.
fn swedish(id: &[u8], more: u64) -> bool {
    let (century, short) = id.split_at(id.len() - 10);
    let (year, month, day) = (number(&short[..2]), number(&short[2..4]), number(&short[4..6]));
    let Some(day) = day.checked_sub(more) else { return false };
    let date = match number(century) {
        _ if century.is_empty() => is_short(year, month, day),
        century @ 18..=20 => is_day(century * 100 + year, month, day),
        _ => false,
    };
    date && luhn(short)
}

fn personnummer(id: &[u8]) -> bool {
    swedish(id, 0)
}

fn samordning(id: &[u8]) -> bool {
    swedish(id, 60)
}

fn organisation(id: &[u8]) -> bool {
    let short = &id[id.len() - 10..];
    short[2] >= b'2' && !matches!(short[0], b'0' | b'4') && luhn(short)
}

/// The sign after the date tells the century, and is a dash, a plus or, since 2023, one of more letters.
fn finnish(id: &[u8]) -> bool {
    let century = match id.len() {
        10 => 1900,
        _ => match id[6] {
            b'U'..=b'Y' => 1900,
            b'A'..=b'F' => 2000,
            _ => return false,
        },
    };
    let person = &id[id.len() - 4..id.len() - 1];
    let rest = (number(&id[..6]) * 1000 + number(person)) % 31;
    is_day(century + number(&id[4..6]), number(&id[2..4]), number(&id[..2]))
        && number(person) >= 2
        && id.last() == Some(&b"0123456789ABCDEFHJKLMNPRSTUVWXY"[rest as usize])
}

fn y_tunnus(id: &[u8]) -> bool {
    let digits = id.strip_prefix(b"FI").unwrap_or(id);
    complement(sum(digits, &[7, 9, 10, 5, 8, 4, 2]), 11) == value(digits[7])
}

/// Days are 40 above for those without a residence, months 40 or 80 in test data.
fn norwegian(id: &[u8]) -> bool {
    let day = number(&id[..2]);
    let day = if day > 40 { day - 40 } else { day };
    is_short(number(&id[4..6]), number(&id[2..4]) % 40, day)
        && complement(sum(id, &[3, 7, 6, 1, 8, 9, 4, 5, 2]), 11) == value(id[9])
        && complement(sum(id, &[5, 4, 3, 2, 7, 6, 5, 4, 3, 2]), 11) == value(id[10])
}

fn norwegian_organisation(id: &[u8]) -> bool {
    matches!(id[0], b'8' | b'9') && complement(sum(id, &[3, 2, 7, 6, 5, 4, 3, 2]), 11) == value(id[8])
}

/// Numbers issued since 2007 need not pass the checksum.
fn cpr(id: &[u8]) -> bool {
    ddmmyy(id)
}

fn cvr(id: &[u8]) -> bool {
    let digits = id.strip_prefix(b"DK").unwrap_or(id);
    digits[0] != b'0' && sum(digits, &[2, 7, 6, 5, 4, 3, 2, 1]).is_multiple_of(11)
}

/// Companies have 40 more in the day.
fn kennitala(id: &[u8]) -> bool {
    let day = number(&id[..2]);
    let day = if day > 40 { day - 40 } else { day };
    is_short(number(&id[4..6]), number(&id[2..4]), day)
        && matches!(id[9], b'0' | b'8' | b'9')
        && complement(sum(id, &[3, 2, 7, 6, 5, 4, 3, 2]), 11) == value(id[8])
}

/// Sex and century, the date of birth, a serial and a check digit.
fn baltic(id: &[u8]) -> bool {
    let century = match id[0] {
        b'1' | b'2' => 1800,
        b'3' | b'4' => 1900,
        b'5' | b'6' => 2000,
        b'7' | b'8' => 2100,
        _ => return false,
    };
    let check = match sum(id, &[1, 2, 3, 4, 5, 6, 7, 8, 9, 1]) % 11 {
        10 => sum(id, &[3, 4, 5, 6, 7, 8, 9, 1, 2, 3]) % 11 % 10,
        check => check,
    };
    is_day(century + number(&id[1..3]), number(&id[3..5]), number(&id[5..7])) && check == value(id[10])
}

fn latvian(id: &[u8]) -> bool {
    let check = (1101 - sum(id, &[1, 6, 3, 7, 9, 10, 5, 8, 4, 2])) % 11 % 10;
    let new = matches!(number(&id[..2]), 32..=39);
    new || matches!(id[6], b'0'..=b'2') && ddmmyy(id) && check == value(id[10])
}

#[cfg(test)]
mod tests;
