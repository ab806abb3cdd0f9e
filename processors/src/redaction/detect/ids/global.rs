//! Identifiers that no country issues: vehicles, devices, researchers, legal entities.

use super::checksum::{luhn, mod11_2, mod97, number, value};
use super::row::{Row, sure, vouched};

const VEHICLE: &[&str] = &[
    "vin",
    "vehicle identification",
    "vehicle identification number",
    "chassis",
    "chassis number",
    "fahrgestellnummer",
    "fin",
    "vehicle",
];
const LEI_WORDS: &[&str] = &["lei", "legal entity", "legal entity identifier"];

pub(super) const ROWS: &[Row] = &[
    sure(
        "VIN",
        &["^************#####"],
        vin_checked,
        "vehicle identification number: ISO 3779 letters, North American check digit",
    ),
    vouched("VIN", &["*************####"], vin, VEHICLE, "vehicle identification number: ISO 3779 letters"),
    vouched(
        "IMEI",
        &["##?######?######?#", "###############"],
        imei,
        &["imei", "device id", "handset", "imei number"],
        "device identity: Luhn",
    ),
    sure("ORCID", &["0000-00##-####-###*", "0009-00##-####-###*"], orcid, "researcher identifier: ISO 7064 MOD 11-2"),
    vouched("LEI", &["^******************##"], lei, LEI_WORDS, "legal entity identifier: ISO 7064 MOD 97-10"),
];

/// At least a letter, and no I, O or Q.
fn vin(id: &[u8]) -> bool {
    id.iter().any(u8::is_ascii_alphabetic) && !id.iter().any(|byte| b"IOQ".contains(byte))
}

/// Letters count as digits, in three rows of the alphabet.
fn vin_checked(id: &[u8]) -> bool {
    const WEIGHTS: [u64; 17] = [8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2];
    let counts = |byte: u8| match byte {
        b'0'..=b'9' => value(byte),
        b'A'..=b'I' => u64::from(byte - b'A') + 1,
        b'J'..=b'R' => u64::from(byte - b'J') + 1,
        _ => u64::from(byte.saturating_sub(b'S')) + 2,
    };
    let sum: u64 = id.iter().zip(WEIGHTS).map(|(byte, weight)| counts(*byte) * weight).sum();
    let check = match sum % 11 {
        10 => b'X',
        digit => b'0' + digit as u8,
    };
    let made_by = id[..3].iter().filter(|byte| byte.is_ascii_alphabetic()).count();
    let letters = id[..12].iter().filter(|byte| byte.is_ascii_alphabetic()).count();
    vin(id) && made_by > 0 && letters > 2 && id[8] == check
}

fn imei(id: &[u8]) -> bool {
    luhn(id) && matches!(number(&id[..2]), 1 | 10 | 35 | 44 | 45 | 49..=54 | 86 | 91 | 98 | 99)
}

fn orcid(id: &[u8]) -> bool {
    matches!(id[15], b'0'..=b'9' | b'X') && mod11_2(id)
}

fn lei(id: &[u8]) -> bool {
    id.iter().any(u8::is_ascii_alphabetic) && mod97(id) == 1
}

#[cfg(test)]
mod tests;
