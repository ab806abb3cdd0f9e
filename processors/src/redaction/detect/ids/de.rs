//! Germany.

use super::checksum::{icao, mod11_10, number, sum, sum_of_digits, value};
use super::date::is_short;
use super::row::{Row, shape_only, sure, vouched};

const TAX_ID: &[&str] = &[
    "steuer id",
    "steuerid",
    "steueridentifikationsnummer",
    "steuerliche identifikationsnummer",
    "identifikationsnummer",
    "idnr",
    "id nr",
    "tin",
    "tax id",
    "tax identification",
];
const TAX_NUMBER: &[&str] =
    &["steuernummer", "steuer nr", "steuernr", "st nr", "stnr", "finanzamt", "elster", "tax number"];
const VAT: &[&str] = &[
    "ust idnr",
    "ust id",
    "ustid",
    "ust id nr",
    "umsatzsteuer",
    "umsatzsteuer id",
    "umsatzsteueridentifikationsnummer",
    "mehrwertsteuer",
    "vat",
    "vat id",
    "vat number",
];
const ID_CARD: &[&str] = &[
    "personalausweis",
    "personalausweisnummer",
    "ausweis",
    "ausweisnummer",
    "ausweisnr",
    "ausweis nr",
    "perso",
    "identity card",
    "id card",
    "identitatskarte",
];
const PASSPORT: &[&str] =
    &["reisepass", "reisepassnummer", "pass nr", "passnummer", "passnr", "passport", "passport number", "pass no"];
const HEALTH: &[&str] = &[
    "krankenversicherung",
    "krankenversichertennummer",
    "versichertennummer",
    "kvnr",
    "kv nummer",
    "krankenkasse",
    "gesundheitskarte",
    "egk",
    "gkv",
    "health insurance",
];
const PENSION: &[&str] = &[
    "sozialversicherungsnummer",
    "sozialversicherung",
    "rentenversicherungsnummer",
    "rentenversicherung",
    "versicherungsnummer",
    "svnr",
    "sv nummer",
    "rvnr",
    "rv nummer",
    "social security",
];
const LICENCE: &[&str] = &[
    "fuhrerschein",
    "fuehrerschein",
    "fuhrerscheinnummer",
    "fuehrerscheinnummer",
    "fahrerlaubnis",
    "driving licence",
    "driver license",
    "drivers license",
];
const REGISTER: &[&str] = &[
    "handelsregister",
    "handelsregisternummer",
    "amtsgericht",
    "registergericht",
    "hrb",
    "hra",
    "commercial register",
];
const DOCTOR: &[&str] = &["lanr", "arztnummer", "lebenslange arztnummer", "arzt", "vertragsarzt", "physician number"];
const PRACTICE: &[&str] = &["bsnr", "betriebsstattennummer", "betriebsstaettennummer", "betriebsstatte", "praxis"];
const POSTCODE: &[&str] =
    &["plz", "postleitzahl", "postal code", "postcode", "ort", "wohnort", "anschrift", "adresse", "zip code"];
const PLATE: &[&str] = &[
    "kennzeichen",
    "kfz",
    "kfz kennzeichen",
    "nummernschild",
    "autokennzeichen",
    "fahrzeug",
    "license plate",
    "number plate",
    "zulassung",
];

pub(super) const ROWS: &[Row] = &[
    vouched(
        "DE_TAX_ID",
        &["%#{11}"],
        tax_id,
        TAX_ID,
        "tax identification number: ISO 7064 MOD 11,10, digits not repeated too often",
    ),
    vouched(
        "DE_TAX_NUMBER",
        &[
            "#{2,3}/###/#{4,5}",
            "#{2,3}/####/####",
            "#{2,3} ### #{4,5}",
            "#{2,3} #### ####",
            "#####/#####",
            "#############",
        ],
        tax_number,
        TAX_NUMBER,
        "tax number of a state, or of all states in 13 digits",
    ),
    sure("DE_VAT_ID", &["^DE#########"], vat, "VAT number: ISO 7064 MOD 11,10"),
    vouched("DE_VAT_ID", &["%DE#########"], shape_only, VAT, "VAT number: DE and nine digits"),
    vouched(
        "DE_ID_CARD",
        &["*########", "@********", "**********", "**********D"],
        id_card,
        ID_CARD,
        "identity card: letters in use, check digit; older forms",
    ),
    vouched(
        "DE_PASSPORT",
        &["@********", "@*********", "@*********D"],
        passport,
        PASSPORT,
        "passport: letters in use, check digit",
    ),
    vouched("DE_HEALTH_INSURANCE", &["@?###?###?###"], health, HEALTH, "health insurance number: letter, mod 10"),
    sure(
        "DE_SOCIAL_SECURITY",
        &["^########@###", "^##~######~@~###"],
        pension,
        "pension insurance number: area, date of birth, mod 10",
    ),
    vouched("DE_SOCIAL_SECURITY", &["%########@###"], pension, PENSION, "pension insurance number in another form"),
    vouched(
        "DE_FUEHRERSCHEIN",
        &["@@########*"],
        shape_only,
        LICENCE,
        "driving licence: two letters, eight digits, issue",
    ),
    vouched("DE_FUEHRERSCHEIN", &["@********#*"], licence, LICENCE, "driving licence: authority, mod 11"),
    sure("DE_HANDELSREGISTER", &["^HRB?#{4,6}", "^HRA?#{4,6}"], shape_only, "commercial register: section and number"),
    vouched(
        "DE_HANDELSREGISTER",
        &["HRB?#{1,6}", "HRA?#{1,6}"],
        shape_only,
        REGISTER,
        "commercial register: section and number; Rockwell hardness looks the same",
    ),
    vouched("DE_LANR", &["#########"], lanr, DOCTOR, "physician number: mod 10 over six digits"),
    vouched("DE_BSNR", &["#########"], bsnr, PRACTICE, "practice number: area of a physicians' association"),
    vouched("DE_PLZ", &["#####"], postcode, POSTCODE, "postcode: 01001 to 99998"),
    vouched(
        "DE_KFZ",
        &[
            "@{1,3}~@{1,2}~#{1,4}",
            "@{1,3}-@{1,2} #{1,4}",
            "@{1,3}~@{1,2}#{1,4}",
            "@{1,3}~@{1,2}~#{1,4}E",
            "@{1,3}~@{1,2}~#{1,4}H",
            "@{1,3}-@{1,2} #{1,4}E",
            "@{1,3}-@{1,2} #{1,4}H",
        ],
        plate,
        PLATE,
        "licence plate: district, letters, number",
    ),
];

/// No digit may stand more than three times among the first ten. (That one must stand twice is not asked for:
/// published examples break it.)
fn tax_id(id: &[u8]) -> bool {
    let often = |digit: u8| id[..10].iter().filter(|byte| **byte == digit).count() > 3;
    id[0] != b'0' && !(b'0'..=b'9').any(often) && mod11_10(id)
}

/// The form for all states begins with the number of a tax office, or with one of the sixteen states, and has a 0 as
/// the fifth digit only in the first case.
fn tax_number(id: &[u8]) -> bool {
    const OFFICES: [&[u8]; 16] =
        [b"10", b"11", b"21", b"22", b"23", b"24", b"26", b"27", b"28", b"30", b"31", b"32", b"40", b"41", b"5", b"9"];
    if id.len() < 13 {
        return true;
    }
    let office = id[4] == b'0' && OFFICES.iter().any(|office| id.starts_with(office));
    office || matches!(number(&id[..2]), 1..=16)
}

fn vat(id: &[u8]) -> bool {
    id[2] != b'0' && mod11_10(&id[2..])
}

/// Letters that serial numbers of documents have: no vowels, none that looks like a digit.
const SERIAL: &[u8] = b"0123456789CFGHJKLMNPRTVWXYZ";

fn serial(id: &[u8]) -> bool {
    id.iter().all(|byte| SERIAL.contains(byte))
}

/// Nine places of which the last is a check digit, ten of which the last is one, or the two older forms: T and eight
/// digits, ten digits. A D for the nationality may follow.
fn id_card(id: &[u8]) -> bool {
    let card = id.strip_suffix(b"D").filter(|_| id.len() == 11).unwrap_or(id);
    let first = b"LMNPRTVWXYCFGHJK0123456789".contains(&card[0]);
    let old = card.len() == 9 && card[0] == b'T' && card[1..].iter().all(u8::is_ascii_digit);
    let bare = card.len() == 9 && card[0].is_ascii_digit();
    card.len() < 11 && (old || first && !bare && serial(card) && icao(card))
}

fn passport(id: &[u8]) -> bool {
    let pass = id.strip_suffix(b"D").filter(|_| id.len() == 11).unwrap_or(id);
    pass.len() < 11 && b"CFGHJKLMNPRTVWXYZ".contains(&pass[0]) && serial(pass) && icao(pass)
}

/// The letter counts as its two-digit place in the alphabet.
fn letter_out(id: &[u8], at: usize) -> Vec<u8> {
    let place = value(id[at]) as u8 - 9;
    let mut digits = id.to_vec();
    digits.splice(at..=at, [b'0' + place / 10, b'0' + place % 10]);
    digits
}

fn health(id: &[u8]) -> bool {
    sum_of_digits(&letter_out(id, 0)[..10], &[1, 2, 1, 2, 1, 2, 1, 2, 1, 2]) % 10 == value(id[9])
}

fn pension(id: &[u8]) -> bool {
    // A day may be 50 more where two numbers would be the same.
    let day = number(&id[2..4]);
    let day = if day > 50 { day - 50 } else { day };
    let area = matches!(number(&id[..2]), 2..=29 | 38..=40 | 42..=44 | 46..=89);
    let sum = sum_of_digits(&letter_out(id, 8)[..12], &[2, 1, 2, 5, 7, 1, 2, 1, 2, 1, 2, 1]);
    area && is_short(number(&id[6..8]), number(&id[4..6]), day) && sum % 10 == value(id[11])
}

fn licence(id: &[u8]) -> bool {
    let check = match sum(&id[..9], &[9, 8, 7, 6, 5, 4, 3, 2, 1]) % 11 {
        10 => b'X',
        digit => b'0' + digit as u8,
    };
    id[1..4].iter().filter(|byte| byte.is_ascii_digit()).count() >= 1 && id[9] == check
}

fn lanr(id: &[u8]) -> bool {
    (10 - sum(&id[..6], &[4, 9, 4, 9, 4, 9]) % 10) % 10 == value(id[6]) && id[..6] != *b"000000"
}

fn bsnr(id: &[u8]) -> bool {
    matches!(number(&id[..2]), 1..=3 | 5..=21 | 24 | 25 | 27 | 28 | 31 | 35..=39 | 40..=52 | 55 | 58..=73 | 78..=81 | 83 | 85..=88 | 93..=99 | 74)
}

fn postcode(id: &[u8]) -> bool {
    (1001..=99_998).contains(&number(id))
}

fn plate(id: &[u8]) -> bool {
    let digits = id.iter().position(u8::is_ascii_digit).unwrap_or_default();
    id[digits] != b'0'
}

#[cfg(test)]
mod tests;
