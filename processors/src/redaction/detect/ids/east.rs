//! Central and eastern Europe.

use super::checksum::{complement, mod11_10, number, sum, value};
use super::date::{is_day, is_short, yymmdd};
use super::row::{Row, shape_only, sure, vouched};

const PESEL: &[&str] = &["pesel", "numer pesel", "nr pesel", "identification number", "national id"];
const NIP: &[&str] = &["nip", "numer identyfikacji podatkowej", "podatnik", "vat", "tax id", "nr nip"];
const DOWOD: &[&str] = &["dowod", "dowod osobisty", "dowodu", "seria i numer", "identity card", "id card", "pesel"];
const RODNE: &[&str] = &["rodne cislo", "rc", "r c", "rodneho cisla", "birth number", "personal id"];
const DIC: &[&str] = &["dic", "ic dph", "danove identifikacni cislo", "dph", "vat", "tax id", "platce"];
const ADO: &[&str] = &["adoazonosito", "adoazonosito jel", "adoszam", "ado", "tax id", "tin"];
const CNP: &[&str] = &["cnp", "cod numeric personal", "buletin", "carte de identitate", "personal numeric code"];
const EGN: &[&str] =
    &["egn", "edinen grazhdanski nomer", "lnch", "uniform civil number", "personal number", "егн", "лнч"];
const EMSO: &[&str] = &["emso", "enotna maticna stevilka", "maticna stevilka", "national id"];
const JMBG: &[&str] = &["jmbg", "maticni broj", "jedinstveni maticni broj", "mbg", "national id", "јмбг"];
const DAVCNA: &[&str] = &["davcna", "davcna stevilka", "id za ddv", "ddv", "tax number", "vat"];
const OIB: &[&str] = &["oib", "osobni identifikacijski broj", "pdv", "vat"];
const INN: &[&str] = &["inn", "identifikacionny nomer", "nalogoplatelshchik", "taxpayer", "tax id", "инн"];

pub(super) const ROWS: &[Row] = &[
    vouched("PL_PESEL", &["%###########"], pesel, PESEL, "personal number: date of birth, weights"),
    vouched("PL_NIP", &["%##########", "%PL##########"], nip, NIP, "tax number: mod 11"),
    vouched(
        "PL_REGON",
        &["###?###?###", "##############"],
        regon,
        &["regon", "numer regon", "gus", "nr regon"],
        "business number: mod 11",
    ),
    vouched(
        "PL_ID_CARD",
        &["@@@?######", "###########"],
        polish_card,
        DOWOD,
        "identity card: letters, check digit; or the personal number on it",
    ),
    vouched(
        "PL_PASSPORT",
        &["@@#######"],
        shape_only,
        &["paszport", "numer paszportu", "passport"],
        "Polish passport number",
    ),
    sure("CZ_SK_RODNE_CISLO", &["######/####"], rodne, "birth number with its slash: date, modulo 11"),
    vouched(
        "CZ_SK_RODNE_CISLO",
        &["######?###", "######?####"],
        rodne,
        RODNE,
        "birth number: date, modulo 11 where it has ten digits",
    ),
    vouched(
        "CZ_ICO",
        &["########"],
        ico,
        &["ico", "ic", "identifikacni cislo", "company id"],
        "Czech or Slovak company number: mod 11",
    ),
    vouched(
        "CZ_TIN",
        &[
            "CZ########",
            "CZ#########",
            "CZ##########",
            "CZ ######/####",
            "CZ ######/###",
            "CZ ######/##",
            "CZ ########",
            "CZ #########",
            "CZ ##########",
        ],
        dic,
        DIC,
        "tax number: CZ and a company or birth number",
    ),
    vouched("SK_VAT_ID", &["SK##########", "##########"], slovak, DIC, "Slovak VAT number: modulo 11"),
    vouched("HU_TIN", &["%##########"], hungarian, ADO, "tax identification of a person: mod 11"),
    vouched(
        "HU_VAT_ID",
        &["########-#-##", "########?#?##", "HU########"],
        adoszam,
        ADO,
        "tax number of a company: 9-7-3-1 weights",
    ),
    vouched(
        "HU_TAJ",
        &["###?###?###"],
        taj,
        &["taj", "taj szam", "tarsadalombiztositasi azonosito", "tb", "social security"],
        "social security number: 3-7 weights",
    ),
    vouched("RO_CNP", &["%#############"], cnp, CNP, "personal numeric code: date of birth, county, mod 11"),
    vouched(
        "RO_CUI",
        &["RO#{6,10}", "#{6,10}"],
        cui,
        &["cui", "cif", "cod fiscal", "cod unic", "tva", "vat"],
        "fiscal code: mod 11",
    ),
    vouched("BG_EGN", &["%##########"], egn, EGN, "civil number: date of birth, mod 11"),
    vouched(
        "BG_EIK",
        &["#########", "BG#########"],
        eik,
        &["eik", "bulstat", "edinen identifikatsionen kod", "dds", "vat"],
        "Bulgarian company number: mod 11",
    ),
    vouched("SI_EMSO", &["%#############"], jmbg, EMSO, "personal number: date of birth, mod 11"),
    vouched("SI_TIN", &["%########", "%SI########"], davcna, DAVCNA, "tax number: mod 11"),
    vouched("HR_OIB", &["%###########", "HR###########"], oib, OIB, "Croatian personal number: ISO 7064 MOD 11,10"),
    vouched(
        "RS_JMBG",
        &["%#############"],
        jmbg,
        JMBG,
        "personal number of Serbia, Bosnia, Montenegro, North Macedonia: date of birth, mod 11",
    ),
    vouched(
        "RS_PIB",
        &["#########"],
        mod11_10,
        &["pib", "poreski identifikacioni broj", "pdv", "vat"],
        "Serbian tax number: ISO 7064 MOD 11,10",
    ),
    vouched(
        "UA_RNOKPP",
        &["##########"],
        rnokpp,
        &["rnokpp", "ipn", "identyfikatsiynyy kod", "inn", "drfo", "tax id", "рнокпп", "ипн", "іпн"],
        "Ukrainian taxpayer number: mod 11",
    ),
    vouched("RU_INN", &["##########", "############"], inn, INN, "Russian taxpayer number: one or two check digits"),
    sure("RU_SNILS", &["###-###-### ##"], snils, "Russian pension number in groups: modulo 101"),
    vouched(
        "RU_SNILS",
        &["###?###?###?##"],
        snils,
        &["snils", "pensionnoe", "pfr", "pension insurance", "снилс"],
        "Russian pension number: modulo 101",
    ),
    vouched(
        "RU_OGRN",
        &["#############", "###############"],
        ogrn,
        &["ogrn", "ogrnip", "registratsionnyy nomer", "огрн", "огрнип"],
        "Russian registration number: modulo 11 or 13",
    ),
    vouched(
        "RU_PASSPORT",
        &["####?######", "## ## ######"],
        shape_only,
        &["pasport", "passport", "seriya", "seriya i nomer"],
        "Russian internal passport: series and number",
    ),
    vouched(
        "KZ_IIN",
        &["############"],
        kazakh,
        &["iin", "zhsn", "bin", "individual identification number"],
        "Kazakh number: date of birth, two rounds of mod 11",
    ),
];

const PESEL_WEIGHTS: [u64; 10] = [1, 3, 7, 9, 1, 3, 7, 9, 1, 3];

/// The month has 20 more for each century after 1900, and 80 more for the one before.
fn pesel(id: &[u8]) -> bool {
    let month = number(&id[2..4]);
    let century = match month / 20 {
        4 => 1800,
        later => 1900 + later * 100,
    };
    is_day(century + number(&id[..2]), month % 20, number(&id[4..6])) && pesel_sum(id)
}

fn pesel_sum(id: &[u8]) -> bool {
    complement(sum(id, &PESEL_WEIGHTS), 10) == value(id[10])
}

fn nip(id: &[u8]) -> bool {
    let digits = id.strip_prefix(b"PL").unwrap_or(id);
    digits[0] != b'0' && sum(digits, &[6, 5, 7, 2, 3, 4, 5, 6, 7]) % 11 == value(digits[9])
}

fn regon(id: &[u8]) -> bool {
    let short = sum(id, &[8, 9, 2, 3, 4, 5, 6, 7]) % 11 % 10 == value(id[8]);
    short && (id.len() == 9 || sum(id, &[2, 4, 8, 5, 0, 9, 7, 3, 6, 1, 2, 4, 8]) % 11 % 10 == value(id[13]))
}

fn polish_card(id: &[u8]) -> bool {
    match id.len() {
        9 => sum(id, &[7, 3, 1, 9, 7, 3, 1, 7, 3]).is_multiple_of(10),
        _ => pesel_sum(id),
    }
}

/// Women have 50 more in the month; 20 more where numbers ran out. Nine digits, until 1953, have no check.
fn rodne(id: &[u8]) -> bool {
    let month = number(&id[2..4]) % 50;
    let month = if month > 20 { month - 20 } else { month };
    let check = || number(&id[..9]) % 11 % 10 == value(id[9]);
    is_short(number(&id[..2]), month, number(&id[4..6])) && (id.len() == 9 || check())
}

fn ico(id: &[u8]) -> bool {
    let check = match complement(sum(id, &[8, 7, 6, 5, 4, 3, 2]), 11) {
        0 => 1,
        check => check % 10,
    };
    check == value(id[7])
}

/// A company number, a birth number, or a number of its own that begins with 6.
fn dic(id: &[u8]) -> bool {
    let digits = &id[2..];
    let own = |digits: &[u8]| {
        let rest = sum(&digits[1..], &[8, 7, 6, 5, 4, 3, 2]) % 11;
        digits[0] == b'6' && (18 - (21 - rest) % 11) % 10 == value(digits[8])
    };
    match digits.len() {
        8 => digits[0] != b'9' && ico(digits),
        9 => own(digits) || rodne(digits),
        _ => rodne(digits),
    }
}

fn slovak(id: &[u8]) -> bool {
    let digits = id.strip_prefix(b"SK").unwrap_or(id);
    digits[0] != b'0'
        && matches!(digits[2], b'2' | b'3' | b'4' | b'7' | b'8' | b'9')
        && number(digits).is_multiple_of(11)
}

fn hungarian(id: &[u8]) -> bool {
    sum(id, &[1, 2, 3, 4, 5, 6, 7, 8, 9]) % 11 == value(id[9])
}

fn adoszam(id: &[u8]) -> bool {
    let digits = id.strip_prefix(b"HU").unwrap_or(id);
    let kind = digits.len() == 8 || matches!(digits[8], b'1'..=b'5');
    kind && complement(sum(digits, &[9, 7, 3, 1, 9, 7, 3]), 10) == value(digits[7])
}

fn taj(id: &[u8]) -> bool {
    sum(id, &[3, 7, 3, 7, 3, 7, 3, 7]) % 10 == value(id[8])
}

fn cnp(id: &[u8]) -> bool {
    let (year, month, day) = (number(&id[1..3]), number(&id[3..5]), number(&id[5..7]));
    let date = match id[0] {
        b'1' | b'2' => is_day(1900 + year, month, day),
        b'3' | b'4' => is_day(1800 + year, month, day),
        b'5' | b'6' => is_day(2000 + year, month, day),
        b'7'..=b'9' => is_short(year, month, day),
        _ => false,
    };
    let check = match sum(id, &[2, 7, 9, 1, 4, 6, 3, 5, 8, 2, 7, 9]) % 11 {
        10 => 1,
        check => check,
    };
    date && matches!(number(&id[7..9]), 1..=48 | 51 | 52 | 70) && check == value(id[12])
}

fn cui(id: &[u8]) -> bool {
    let digits = id.strip_prefix(b"RO").unwrap_or(id);
    let Some((check, rest)) = digits.split_last() else { return false };
    let weights = [7, 5, 3, 2, 1, 7, 5, 3, 2];
    digits[0] != b'0' && sum(rest, &weights[9 - rest.len()..]) * 10 % 11 % 10 == value(*check)
}

/// The month has 20 more before 1900, 40 more since 2000.
fn egn(id: &[u8]) -> bool {
    let month = number(&id[2..4]);
    let century = match month / 20 {
        0 => 1900,
        1 => 1800,
        2 => 2000,
        _ => return false,
    };
    let check = sum(id, &[2, 4, 8, 5, 10, 9, 7, 3, 6]) % 11 % 10;
    is_day(century + number(&id[..2]), month % 20, number(&id[4..6])) && check == value(id[9])
}

fn eik(id: &[u8]) -> bool {
    let digits = id.strip_prefix(b"BG").unwrap_or(id);
    let check = match sum(digits, &[1, 2, 3, 4, 5, 6, 7, 8]) % 11 {
        10 => sum(digits, &[3, 4, 5, 6, 7, 8, 9, 10]) % 11 % 10,
        check => check,
    };
    check == value(digits[8])
}

/// The year has three digits.
fn jmbg(id: &[u8]) -> bool {
    let year = match number(&id[4..7]) {
        year @ 800.. => 1000 + year,
        year => 2000 + year,
    };
    let check = complement(sum(id, &[7, 6, 5, 4, 3, 2, 7, 6, 5, 4, 3, 2]), 11);
    is_day(year, number(&id[2..4]), number(&id[..2])) && check == value(id[12])
}

fn davcna(id: &[u8]) -> bool {
    let digits = id.strip_prefix(b"SI").unwrap_or(id);
    let check = 11 - sum(digits, &[8, 7, 6, 5, 4, 3, 2]) % 11;
    digits[0] != b'0' && check != 11 && check % 10 == value(digits[7])
}

fn oib(id: &[u8]) -> bool {
    mod11_10(id.strip_prefix(b"HR").unwrap_or(id))
}

fn rnokpp(id: &[u8]) -> bool {
    // The first weight is -1.
    sum(id, &[10, 5, 7, 9, 4, 6, 10, 5, 7]) % 11 % 10 == value(id[9])
}

fn inn(id: &[u8]) -> bool {
    const WEIGHTS: [u64; 11] = [3, 7, 2, 4, 10, 3, 5, 9, 4, 6, 8];
    let check = |weights: &[u64], at: usize| sum(&id[..at], weights) % 11 % 10 == value(id[at]);
    match id.len() {
        10 => check(&WEIGHTS[2..], 9),
        _ => check(&WEIGHTS[1..], 10) && check(&WEIGHTS, 11),
    }
}

fn snils(id: &[u8]) -> bool {
    let check = sum(id, &[9, 8, 7, 6, 5, 4, 3, 2, 1]) % 101 % 100;
    number(&id[..9]) > 1_001_998 && check == number(&id[9..])
}

fn ogrn(id: &[u8]) -> bool {
    let (rest, modulus) = (number(&id[..id.len() - 1]), id.len() as u64 - 2);
    matches!(id[0], b'1' | b'2' | b'3' | b'5') && rest % modulus % 10 == value(id[id.len() - 1])
}

fn kazakh(id: &[u8]) -> bool {
    let check = match sum(id, &[1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]) % 11 {
        10 => sum(id, &[3, 4, 5, 6, 7, 8, 9, 10, 11, 1, 2]) % 11,
        check => check,
    };
    yymmdd(id) && matches!(id[6], b'0'..=b'6') && check == value(id[11])
}

#[cfg(test)]
mod tests;
