//! Spain, Portugal, Italy, Greece, Cyprus and Malta.

use super::checksum::{complement, luhn, luhn_sum, number, sum, value};
use super::date::{ddmmyy, is_short};
use super::row::{Row, shape_only, sure, vouched};

const NIF: &[&str] = &[
    "nif",
    "dni",
    "documento nacional de identidad",
    "documento nacional",
    "identificacion",
    "identificacion fiscal",
    "id card",
];
const NIE: &[&str] =
    &["nie", "numero de identificacion de extranjero", "extranjero", "tarjeta de residencia", "residencia"];
const CIF: &[&str] = &["cif", "nif", "empresa", "sociedad", "codigo de identificacion fiscal", "vat", "iva"];
const NUSS: &[&str] =
    &["nuss", "naf", "seguridad social", "numero de seguridad social", "afiliacion", "social security"];
const PASAPORTE: &[&str] = &["pasaporte", "passport", "numero de pasaporte", "passport number"];
const NIF_PT: &[&str] = &[
    "nif",
    "nipc",
    "contribuinte",
    "numero de contribuinte",
    "numero de identificacao fiscal",
    "identificacao fiscal",
    "tax id",
    "vat",
];
const FISCAL: &[&str] = &["codice fiscale", "cf", "cod fisc", "cod fiscale", "fiscal code", "tax code"];
const IVA: &[&str] = &["partita iva", "p iva", "piva", "iva", "vat", "codice fiscale", "vat number"];
const PATENTE: &[&str] =
    &["patente", "patente di guida", "licenza", "licenza di guida", "driving licence", "driver license"];
const CARTA: &[&str] =
    &["carta d identita", "carta identita", "identita", "cie", "documento", "identity card", "id card"];
const AMKA: &[&str] = &["amka", "social security", "koinonikis asfalisis", "arithmos mitroou", "αμκα"];
const AFM: &[&str] = &["afm", "tin", "vat", "tax id", "forologiko mitroo", "arithmos forologikou mitroou", "αφμ"];

pub(super) const ROWS: &[Row] = &[
    vouched("ES_NIF", &["#{7,8}?@", "##.###.###?@", "##.###.###-@"], nif, NIF, "identity number: letter modulo 23"),
    sure(
        "ES_NIE",
        &["^X#######?@", "^Y#######?@", "^Z#######?@"],
        nie,
        "number of a foreigner: X, Y or Z, letter modulo 23",
    ),
    vouched("ES_NIE", &["@?#######?@"], nie, NIE, "number of a foreigner in another form"),
    vouched(
        "ES_CIF",
        &["@?#######?*", "ES@########", "ES@#######@"],
        cif,
        CIF,
        "organisation number: kind, control digit or letter",
    ),
    vouched("ES_NUSS", &["%#{11,12}"], nuss, NUSS, "social security number: modulo 97"),
    vouched("ES_PASSPORT", &["@@@######", "@@######"], shape_only, PASAPORTE, "passport: letters and six digits"),
    vouched(
        "ES_LICENSE_PLATE",
        &["####?@@@"],
        matricula,
        &["matricula", "vehiculo", "coche", "license plate"],
        "vehicle registration: four digits, three consonants",
    ),
    vouched("PT_NIF", &["%#########", "%PT#########"], nif_pt, NIF_PT, "tax number: mod 11"),
    vouched(
        "PT_CC",
        &["########?#?**#", "######## # ** #"],
        citizen,
        &["cartao de cidadao", "cidadao", "citizen card", "numero de documento"],
        "citizen card with its check digits",
    ),
    vouched(
        "PT_NISS",
        &["%###########"],
        niss,
        &["niss", "seguranca social", "numero de seguranca social", "social security"],
        "social security number: weights of primes",
    ),
    sure(
        "IT_FISCAL_CODE",
        &["%@@@@@@**@**@***@"],
        fiscal,
        "tax code: date of birth, place, check letter; digits may be letters",
    ),
    vouched("IT_FISCAL_CODE", &["%#{11}"], iva, FISCAL, "tax code of an organisation: Luhn"),
    sure("IT_VAT_CODE", &["^IT###########"], iva, "VAT number with its country: Luhn, office"),
    vouched("IT_VAT_CODE", &["%#{11}", "%IT#{11}"], iva, IVA, "VAT number: Luhn, office"),
    vouched("IT_DRIVER_LICENSE", &["@@#######@", "U1*******@"], licence, PATENTE, "driving licence: province or U1"),
    vouched(
        "IT_PASSPORT",
        &["@@#######"],
        shape_only,
        &["passaporto", "numero passaporto", "passport", "passport number"],
        "passport: two letters, seven digits",
    ),
    vouched(
        "IT_IDENTITY_CARD",
        &["@@#####@@", "@@?#######", "#######@@"],
        shape_only,
        CARTA,
        "identity card, on paper or electronic",
    ),
    vouched(
        "IT_LICENSE_PLATE",
        &["@@?###?@@"],
        targa,
        &["targa", "veicolo", "license plate", "automobile", "autovettura"],
        "vehicle registration since 1994",
    ),
    vouched("GR_AMKA", &["%###########"], amka, AMKA, "social security number: date of birth, Luhn"),
    vouched("GR_TIN", &["%#########", "%EL#########"], afm, AFM, "tax number: powers of two, mod 11"),
    vouched(
        "GR_ID_CARD",
        &["@@?######"],
        shape_only,
        &["taftotita", "adt", "deltio taftotitas", "identity card", "id card"],
        "identity card: two letters, six digits",
    ),
    vouched(
        "CY_TIN",
        &["########@", "CY########@"],
        cyprus,
        &["tic", "tin", "vat", "fpa", "tax id", "cyprus"],
        "Cypriot tax number: check letter",
    ),
    vouched(
        "MT_ID",
        &["#{6,7}@"],
        malta,
        &["identity card", "id card", "karta tal identita", "malta"],
        "Maltese identity card",
    ),
];

const LETTERS: &[u8] = b"TRWAGMYFPDXBNJZSQVHLCKE";

fn nif(id: &[u8]) -> bool {
    let Some((letter, digits)) = id.split_last() else { return false };
    LETTERS[(number(digits) % 23) as usize] == *letter
}

fn nie(id: &[u8]) -> bool {
    let first = match id[0] {
        b'X' => 0,
        b'Y' => 10_000_000,
        b'Z' => 20_000_000,
        _ => return false,
    };
    LETTERS[((first + number(&id[1..8])) % 23) as usize] == id[8]
}

/// Some kinds have a letter as control, some a digit, the others either.
fn cif(id: &[u8]) -> bool {
    let id = id.strip_prefix(b"ES").filter(|rest| rest.len() == 9).unwrap_or(id);
    // Luhn with the control digit left out: a 0 stands in for it.
    let mut digits = [b'0'; 8];
    digits[..7].copy_from_slice(&id[1..8]);
    let control = complement(luhn_sum(&digits), 10);
    let letter = b"JABCDEFGHI"[control as usize] == id[8];
    let digit = id[8].is_ascii_digit() && value(id[8]) == control;
    match id[0] {
        b'P' | b'Q' | b'R' | b'S' | b'N' | b'W' => letter,
        b'A' | b'B' | b'E' | b'H' => digit,
        b'C' | b'D' | b'F' | b'G' | b'J' | b'U' | b'V' => letter || digit,
        _ => false,
    }
}

/// Eleven digits are a company's, twelve a person's. Leading zeros of the middle do not count.
fn nuss(id: &[u8]) -> bool {
    let (province, middle, key) = (number(&id[..2]), &id[2..id.len() - 2], number(&id[id.len() - 2..]));
    let digits = if middle.len() == 8 && middle[0] == b'0' { 10_000_000 } else { 10_u64.pow(middle.len() as u32) };
    (1..=66).contains(&province) && (province * digits + number(middle)) % 97 == key
}

/// No vowels, so that no words come about, and no Q.
fn matricula(id: &[u8]) -> bool {
    id.iter().all(|byte| !b"AEIOUQ".contains(byte))
}

fn targa(id: &[u8]) -> bool {
    id.iter().all(|byte| !b"IOUQ".contains(byte))
}

fn nif_pt(id: &[u8]) -> bool {
    let digits = id.strip_prefix(b"PT").unwrap_or(id);
    let check = match sum(digits, &[9, 8, 7, 6, 5, 4, 3, 2]) % 11 {
        0 | 1 => 0,
        rest => 11 - rest,
    };
    matches!(digits[0], b'1'..=b'9') && check == value(digits[8])
}

fn citizen(id: &[u8]) -> bool {
    let doubled = |at: usize, value: u64| match (at % 2, value * 2) {
        (1, _) => value,
        (_, twice @ 10..) => twice - 9,
        (_, twice) => twice,
    };
    let sum: u64 = id.iter().enumerate().map(|(at, byte)| doubled(at, value(*byte))).sum();
    sum.is_multiple_of(10)
}

fn niss(id: &[u8]) -> bool {
    matches!(id[0], b'1' | b'2') && 9 - sum(id, &[29, 23, 19, 17, 13, 11, 7, 5, 3, 2]) % 10 == value(id[10])
}

/// What a character at an odd place (counted from 1) counts for.
const ODD: [u64; 36] = [
    1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 2, 4, 18, 20, 11, 3, 6, 8, 12, 14, 16, 10,
    22, 25, 24, 23,
];

/// Where two people had the same code, digits were replaced by letters, from the right.
fn fiscal(id: &[u8]) -> bool {
    let mut plain = [0; 16];
    plain.copy_from_slice(id);
    for at in [6, 7, 9, 10, 12, 13, 14] {
        if plain[at].is_ascii_alphabetic() {
            let Some(digit) = b"LMNPQRSTUV".iter().position(|letter| *letter == plain[at]) else { return false };
            plain[at] = b'0' + digit as u8;
        }
    }
    let Some(month) = b"ABCDEHLMPRST".iter().position(|letter| *letter == plain[8]) else { return false };
    let day = number(&plain[9..11]);
    let day = if day > 40 { day - 40 } else { day };
    let even = |byte: u8| if byte.is_ascii_digit() { value(byte) } else { value(byte) - 10 };
    let counts = |(at, byte): (usize, &u8)| if at % 2 == 0 { ODD[value(*byte) as usize] } else { even(*byte) };
    let sum: u64 = id[..15].iter().enumerate().map(counts).sum();
    is_short(number(&plain[6..8]), month as u64 + 1, day) && sum % 26 == value(id[15]) - 10
}

/// Seven digits, the office of the province, a check digit.
fn iva(id: &[u8]) -> bool {
    let digits = id.strip_prefix(b"IT").unwrap_or(id);
    let office = matches!(number(&digits[7..10]), 0..=100 | 120 | 121 | 888 | 999);
    number(&digits[..7]) > 0 && office && luhn(digits)
}

fn licence(id: &[u8]) -> bool {
    !id.starts_with(b"U1") || id[2..9].iter().all(|byte| !b"AEIOQV".contains(byte))
}

fn amka(id: &[u8]) -> bool {
    ddmmyy(id) && luhn(id)
}

fn afm(id: &[u8]) -> bool {
    let digits = id.strip_prefix(b"EL").unwrap_or(id);
    sum(digits, &[256, 128, 64, 32, 16, 8, 4, 2]) % 11 % 10 == value(digits[8])
}

/// Digits at odd places (counted from 1) count as in the Italian tax code.
fn cyprus(id: &[u8]) -> bool {
    let id = id.strip_prefix(b"CY").unwrap_or(id);
    let counts = |(at, byte): (usize, &u8)| if at % 2 == 0 { ODD[value(*byte) as usize] } else { value(*byte) };
    let sum: u64 = id[..8].iter().enumerate().map(counts).sum();
    id[..2] != *b"12" && sum % 26 == value(id[8]) - 10
}

fn malta(id: &[u8]) -> bool {
    id.last().is_some_and(|letter| b"MGAPLHBZ".contains(letter))
}

#[cfg(test)]
mod tests;
