//! France, Belgium, the Netherlands and Luxembourg.

use super::checksum::{luhn, mod97, number, sum, value, verhoeff};
use super::date::{is_short, yyyymmdd};
use super::row::{Row, shape_only, sure, vouched};

const NIR: &[&str] =
    &["nir", "insee", "securite sociale", "numero de securite sociale", "secu", "carte vitale", "social security"];
const SIREN: &[&str] = &["siren", "siret", "rcs", "entreprise", "societe", "numero siren", "numero siret"];
const SPI: &[&str] = &["spi", "numero fiscal", "nif", "impots", "reference fiscale", "tax id", "tin"];
const NRN: &[&str] = &[
    "rijksregister",
    "rijksregisternummer",
    "registre national",
    "numero national",
    "nrn",
    "niss",
    "insz",
    "rrn",
    "nationaal nummer",
    "national register",
    "national number",
];
const KBO: &[&str] =
    &["kbo", "bce", "ondernemingsnummer", "numero d entreprise", "btw", "tva", "vat", "enterprise number"];
const BSN: &[&str] = &[
    "bsn",
    "burgerservicenummer",
    "sofinummer",
    "sofi",
    "persoonsnummer",
    "citizen service number",
    "burger service nummer",
];
const LUX: &[&str] =
    &["matricule", "numero d identification", "ccss", "cns", "identification number", "luxembourg", "national id"];

pub(super) const ROWS: &[Row] = &[
    sure(
        "FR_NIR",
        &["%###############", "%#####2@########"],
        usual_nir,
        "social security number: sex, month, department, key modulo 97",
    ),
    vouched("FR_NIR", &["%###############", "%#####2@########"], nir, NIR, "social security number: key modulo 97"),
    vouched("FR_NIR", &["%#############"], nir_without_key, NIR, "social security number without its key"),
    vouched("FR_SIREN", &["###?###?###"], luhn, SIREN, "company number: Luhn"),
    vouched("FR_SIRET", &["###?###?###?#####"], luhn, SIREN, "establishment number: Luhn"),
    sure(
        "FR_VAT_ID",
        &["^FR###########", "^FR~##~###~###~###", "^FR ## #########"],
        french_vat,
        "French VAT number: key modulo 97 of the company number",
    ),
    vouched(
        "FR_VAT_ID",
        &["%FR###########"],
        french_vat,
        &["tva", "vat", "intracommunautaire", "numero de tva"],
        "French VAT number in another form",
    ),
    vouched("FR_SPI", &["##?##?###?###?###"], spi, SPI, "tax number: key modulo 511"),
    vouched(
        "FR_CNI",
        &["############", "@*****#**"],
        shape_only,
        &["cni", "carte d identite", "carte nationale d identite", "identite", "identity card", "national id"],
        "identity card, old and new form",
    ),
    vouched(
        "FR_PASSPORT",
        &["##@@#####"],
        shape_only,
        &["passeport", "passport", "numero de passeport"],
        "passport number",
    ),
    vouched(
        "FR_LICENSE_PLATE",
        &["@@~###~@@", "@@###@@"],
        plate,
        &["immatriculation", "plaque", "vehicule", "voiture", "license plate"],
        "vehicle registration since 2009",
    ),
    sure("BE_NRN", &["##.##.##-###.##"], belgian, "national register number, dotted: date, key modulo 97"),
    vouched(
        "BE_NRN",
        &["%###########", "######-###.##", "##.##.##-###-##"],
        belgian,
        NRN,
        "national register number: date, key modulo 97",
    ),
    sure(
        "BE_VAT_ID",
        &["^BE##########", "^BE####.###.###", "^BE ####.###.###", "^BE ##########"],
        enterprise,
        "Belgian VAT number: key modulo 97",
    ),
    vouched(
        "BE_VAT_ID",
        &["####?###?###", "%BE##########"],
        enterprise,
        KBO,
        "Belgian enterprise number: key modulo 97",
    ),
    vouched("NL_BSN", &["%#########", "########"], bsn, BSN, "citizen service number: eleven test"),
    sure(
        "NL_VAT_ID",
        &["^NL#########B##", "^NL.###.###.###.B.##", "^NL####.##.###.B##"],
        dutch_vat,
        "Dutch VAT number: modulo 97, or the eleven test",
    ),
    vouched(
        "NL_PASSPORT",
        &["@@******#"],
        dutch_passport,
        &["paspoort", "paspoortnummer", "documentnummer", "identiteitskaart", "passport"],
        "passport or identity card number",
    ),
    vouched(
        "NL_LICENSE_PLATE",
        &[
            "##-@@-##", "##-##-@@", "@@-##-##", "@@-@@-##", "@@-##-@@", "##-@@-@@", "##-@@@-#", "#-@@@-##", "@@-###-@",
            "@-###-@@", "@@@-##-@", "@-##-@@@",
        ],
        shape_only,
        &["kenteken", "voertuig", "nummerplaat", "license plate"],
        "Dutch vehicle registration",
    ),
    vouched("LU_NIN", &["%#############"], luxembourg, LUX, "national identification number: date, Luhn and Verhoeff"),
    sure("LU_VAT_ID", &["^LU########", "^LU ########"], luxembourg_vat, "Luxembourg VAT number: modulo 89"),
];

/// Corsica's departments count as 19 and 18.
fn nir(id: &[u8]) -> bool {
    let mut digits = [0; 15];
    digits.copy_from_slice(id);
    if id[6].is_ascii_alphabetic() {
        digits[5] = b'1';
        digits[6] = match id[6] {
            b'A' => b'9',
            b'B' => b'8',
            _ => return false,
        };
    }
    person(&digits) && 97 - number(&digits[..13]) % 97 == number(&digits[13..])
}

/// As most have it: a sex that is no provisional number's, a month that is known, a department or a place abroad.
fn usual_nir(id: &[u8]) -> bool {
    nir_without_key(id) && nir(id)
}

/// Sex, and a month; those above 12 say that it is not known.
fn person(id: &[u8]) -> bool {
    matches!(id[0], b'1'..=b'4' | b'7' | b'8') && matches!(number(&id[3..5]), 1..=12 | 20..=42 | 50..=99)
}

fn nir_without_key(id: &[u8]) -> bool {
    let corsican = id[5] == b'2' && id[6].is_ascii_alphabetic();
    matches!(id[0], b'1' | b'2') && matches!(number(&id[3..5]), 1..=12) && (corsican || number(&id[5..7]) > 0)
}

fn french_vat(id: &[u8]) -> bool {
    luhn(&id[4..]) && (12 + 3 * (number(&id[4..]) % 97)) % 97 == number(&id[2..4])
}

fn spi(id: &[u8]) -> bool {
    id[0] <= b'3' && number(&id[..10]) % 511 == number(&id[10..])
}

fn plate(id: &[u8]) -> bool {
    ![0, 1, 5, 6].iter().any(|at| b"IOU".contains(&id[*at]))
}

/// Months are 20 or 40 above for those without a residence; the key of those born since 2000 has a 2 before it.
fn belgian(id: &[u8]) -> bool {
    let (year, month, day) = (number(&id[..2]), number(&id[2..4]) % 20, number(&id[4..6]));
    let unknown = month == 0 || day == 0 && month <= 12;
    let date = number(&id[2..4]) < 60 && (unknown || is_short(year, month, day));
    let (first, key) = (number(&id[..9]), number(&id[9..]));
    date && (97 - first % 97 == key || 97 - (2_000_000_000 + first) % 97 == key)
}

fn enterprise(id: &[u8]) -> bool {
    let digits = id.strip_prefix(b"BE").unwrap_or(id);
    matches!(digits[0], b'0' | b'1') && digits[1] != b'0' && 97 - number(&digits[..8]) % 97 == number(&digits[8..])
}

/// The eleven test: the last digit counts negative.
fn bsn(id: &[u8]) -> bool {
    let (last, rest) = (value(id[id.len() - 1]), &id[..id.len() - 1]);
    let weights = [9, 8, 7, 6, 5, 4, 3, 2];
    (sum(rest, &weights[8 - rest.len()..]) + 10 * last).is_multiple_of(11) && number(id) > 9_999
}

fn dutch_vat(id: &[u8]) -> bool {
    id[12..] != *b"00" && (mod97(id) == 1 || bsn(&id[2..11]))
}

fn dutch_passport(id: &[u8]) -> bool {
    !id.contains(&b'O') && id[2..].iter().any(u8::is_ascii_digit)
}

fn luxembourg(id: &[u8]) -> bool {
    let mut second = [0; 12];
    second[..11].copy_from_slice(&id[..11]);
    second[11] = id[12];
    yyyymmdd(id) && luhn(&id[..12]) && verhoeff(&second)
}

fn luxembourg_vat(id: &[u8]) -> bool {
    number(&id[2..8]) % 89 == number(&id[8..]) && number(&id[2..8]) > 0
}

#[cfg(test)]
mod tests;
