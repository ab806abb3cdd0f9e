//! The United Kingdom and Ireland.

use super::checksum::{number, sum, value};
use super::date::{ddmmyy, is_day};
use super::row::{Row, shape_only, sure, vouched};

const NHS: &[&str] = &["nhs", "nhs number", "national health", "health service", "nhs no", "patient"];
const NINO: &[&str] = &["nino", "ni number", "ni no", "national insurance", "national insurance number", "nin"];
const UTR: &[&str] = &[
    "utr",
    "trn",
    "unique taxpayer",
    "tax reference",
    "taxpayer reference",
    "tax reference number",
    "hmrc",
    "self assessment",
];
const PLATE: &[&str] = &[
    "registration",
    "vehicle",
    "vehicle registration",
    "number plate",
    "license plate",
    "licence plate",
    "reg",
    "car",
    "dvla",
    "vrm",
    "mot",
];

pub(super) const ROWS: &[Row] = &[
    vouched("UK_NHS", &["%##########"], nhs, NHS, "NHS number: mod 11"),
    vouched(
        "UK_CHI",
        &["######?####"],
        chi,
        &["chi", "community health", "chi number"],
        "Scottish health number: date, mod 11",
    ),
    sure(
        "UK_NINO",
        &["^@@ ## ## ## @", "^@@-##-##-##-@"],
        nino,
        "national insurance number in pairs: allowed prefix, suffix A to D",
    ),
    vouched(
        "UK_NINO",
        &["@@?##?##?##?@", "@@?######?@"],
        nino,
        NINO,
        "national insurance number: allowed prefix, suffix A to D",
    ),
    vouched(
        "UK_TRN",
        &["%##########", "%##########K", "%K##########", "%#############", "%K#############", "%#############K"],
        utr,
        UTR,
        "unique taxpayer reference: mod 11",
    ),
    vouched(
        "UK_PASSPORT",
        &["@@#######"],
        shape_only,
        &["passport", "passport number", "passport no", "travel document", "hmpo"],
        "passport number: two letters, seven digits",
    ),
    sure(
        "UK_DRIVING_LICENCE",
        &["*****######@****", "*****######9****", "***** ###### ** ***", "***** ###### *****"],
        driver,
        "driving licence: surname, date of birth, initials",
    ),
    vouched(
        "UK_POSTCODE",
        POSTCODES,
        postcode,
        &["postcode", "post code", "postal code", "address", "zip", "uk", "london", "street", "road"],
        "postcode: area, and letters in use at each place",
    ),
    vouched(
        "UK_VEHICLE_REGISTRATION",
        &["@@##?@@@", "@#{1,3}?@@@", "@@@?#{1,3}@"],
        plate,
        PLATE,
        "vehicle registration, present, prefix or suffix form",
    ),
    sure("UK_VAT_ID", &["^GB#########", "^GB~###~####~##"], vat, "British VAT number: mod 97"),
    vouched(
        "UK_VAT_ID",
        &["%GB#########", "###?####?##"],
        vat,
        &["vat", "vat no", "vat number", "vat reg", "vat registration"],
        "British VAT number: mod 97",
    ),
    vouched(
        "UK_COMPANY_NUMBER",
        &["########", "SC######", "NI######", "OC######", "SO######"],
        shape_only,
        &["company number", "companies house", "company registration", "crn", "registered in england", "company no"],
        "company number: 8 digits, or a register and 6",
    ),
    vouched(
        "IE_PPS",
        &["#######?@", "#######?@?@"],
        pps,
        &["pps", "ppsn", "pps number", "personal public service", "pps no", "irish"],
        "Irish public service number: mod 23",
    ),
    sure("IE_VAT_ID", &["^IE#######@", "^IE#######@@"], irish_vat, "Irish VAT number: mod 23"),
    vouched(
        "IE_EIRCODE",
        &["@##?****", "D6W?****"],
        eircode,
        &["eircode", "postcode", "post code", "ireland", "dublin"],
        "Irish postcode: letters in use",
    ),
];

fn nhs(id: &[u8]) -> bool {
    eleven(id, &[10, 9, 8, 7, 6, 5, 4, 3, 2])
}

fn chi(id: &[u8]) -> bool {
    ddmmyy(id) && nhs(id)
}

/// Weights over all but the last digit, which is what is missing to a multiple of 11; 10 is not given out.
fn eleven(id: &[u8], weights: &[u64]) -> bool {
    (11 - sum(id, weights) % 11) % 11 == value(id[id.len() - 1])
}

fn nino(id: &[u8]) -> bool {
    matches!(id[8], b'A'..=b'D')
        && !matches!(id[0], b'D' | b'F' | b'I' | b'Q' | b'U' | b'V')
        && !matches!(id[1], b'D' | b'F' | b'I' | b'Q' | b'U' | b'V' | b'O')
        && !matches!(&id[..2], b"BG" | b"GB" | b"NK" | b"KN" | b"NT" | b"TN" | b"ZZ")
}

/// Ten digits, the check digit first; three digits of a tax office may stand before them, and a K at either end.
fn utr(id: &[u8]) -> bool {
    let digits = id.strip_prefix(b"K").or(id.strip_suffix(b"K")).unwrap_or(id);
    let reference = &digits[digits.len() - 10..];
    let rest = sum(&reference[1..], &[6, 7, 8, 9, 10, 5, 4, 3, 2]) % 11;
    b"21987654321".get(rest as usize) == Some(&reference[0])
}

/// Five of the surname, filled with 9; the decade, month (50 more for women), day and year of birth; two initials.
fn driver(id: &[u8]) -> bool {
    let letters = id[..5].iter().take_while(|byte| byte.is_ascii_alphabetic()).count();
    let month = number(&id[6..8]);
    let month = if month > 50 { month - 50 } else { month };
    // The year's digits stand apart; a leap day is taken for one.
    let day = is_day(2000, month, number(&id[8..10]));
    let initial = |byte: u8| byte.is_ascii_alphabetic() || byte == b'9';
    letters > 0
        && id[letters..5].iter().all(|byte| *byte == b'9')
        && day
        && initial(id[11])
        && initial(id[12])
        && id[14..].iter().all(u8::is_ascii_alphabetic)
}

const POSTCODES: &[&str] = &["@#{1,2}?#@@", "@@#{1,2}?#@@", "@#@?#@@", "@@#@?#@@", "GIR?0AA"];

const AREAS: &[&str] = &[
    "AB", "AL", "B", "BA", "BB", "BD", "BF", "BH", "BL", "BN", "BR", "BS", "BT", "BX", "CA", "CB", "CF", "CH", "CM",
    "CO", "CR", "CT", "CV", "CW", "DA", "DD", "DE", "DG", "DH", "DL", "DN", "DT", "DY", "E", "EC", "EH", "EN", "EX",
    "FK", "FY", "G", "GL", "GU", "GY", "HA", "HD", "HG", "HP", "HR", "HS", "HU", "HX", "IG", "IM", "IP", "IV", "JE",
    "KA", "KT", "KW", "KY", "L", "LA", "LD", "LE", "LL", "LN", "LS", "LU", "M", "ME", "MK", "ML", "N", "NE", "NG",
    "NN", "NP", "NR", "NW", "OL", "OX", "PA", "PE", "PH", "PL", "PO", "PR", "RG", "RH", "RM", "S", "SA", "SE", "SG",
    "SK", "SL", "SM", "SN", "SO", "SP", "SR", "SS", "ST", "SW", "SY", "TA", "TD", "TF", "TN", "TQ", "TR", "TS", "TW",
    "UB", "W", "WA", "WC", "WD", "WF", "WN", "WR", "WS", "WV", "YO", "ZE",
];

fn postcode(id: &[u8]) -> bool {
    if id == b"GIR0AA" {
        return true;
    }
    let area = id.iter().take_while(|byte| byte.is_ascii_alphabetic()).count();
    let known = AREAS.binary_search_by(|known| known.as_bytes().cmp(&id[..area])).is_ok();
    let district = &id[area + 1..id.len() - 3];
    let letter = match (area, district) {
        (1, [letter @ b'A'..=b'Z']) => b"ABCDEFGHJKPSTUW".contains(letter),
        (_, [letter @ b'A'..=b'Z']) => b"ABEHMNPRVWXY".contains(letter),
        _ => true,
    };
    known && letter && id[id.len() - 2..].iter().all(|byte| !b"CIKMOV".contains(byte))
}

fn plate(id: &[u8]) -> bool {
    let letters = id.iter().take_while(|byte| byte.is_ascii_alphabetic()).count();
    let unused = |byte: &u8| matches!(byte, b'I' | b'Q');
    match letters {
        1 => !b"IOQUZ".contains(&id[0]) && !id[id.len() - 3..].iter().any(unused),
        2 => {
            let area = id[..2].iter().all(|byte| !b"IQZ".contains(byte));
            area && matches!(number(&id[2..4]), 2..=29 | 51..=79) && !id[4..].iter().any(unused)
        }
        _ => !b"IOQUZ".contains(&id[id.len() - 1]) && !id[..3].iter().any(unused),
    }
}

fn vat(id: &[u8]) -> bool {
    let digits = id.strip_prefix(b"GB").unwrap_or(id);
    let sum = sum(digits, &[8, 7, 6, 5, 4, 3, 2]) + number(&digits[7..]);
    // Numbers since 2010 are 55 off.
    sum.is_multiple_of(97) || (sum + 55).is_multiple_of(97)
}

/// Seven digits and a check letter; a second letter, where there is one, counts nine times.
fn pps(id: &[u8]) -> bool {
    let second = match id.get(8) {
        Some(b'W' | b'T') | None => 0,
        Some(letter @ b'A'..=b'I') => value(*letter) - 9,
        Some(_) => return false,
    };
    let sum = sum(&id[..7], &[8, 7, 6, 5, 4, 3, 2]) + second * 9;
    b"WABCDEFGHIJKLMNOPQRSTUV".get((sum % 23) as usize) == Some(&id[7])
}

fn irish_vat(id: &[u8]) -> bool {
    pps(&id[2..])
}

fn eircode(id: &[u8]) -> bool {
    let unique = |byte: &u8| byte.is_ascii_digit() || b"ACDEFHKNPRTVWXY".contains(byte);
    b"ACDEFHKNPRTVWXY".contains(&id[0]) && id[3..].iter().all(unique) && id[3..].iter().any(u8::is_ascii_digit)
}

#[cfg(test)]
mod tests;
