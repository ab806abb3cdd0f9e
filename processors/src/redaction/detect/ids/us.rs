//! The United States: social security, taxes, health, banks and documents.

use super::checksum::{complement, luhn_sum, number, sum};
use super::row::{Row, shape_only, sure, vouched};

const SSN: &[&str] = &["ssn", "social security", "social security number", "soc sec", "social"];
const DEA: &[&str] = &["dea", "dea number", "medical license", "license", "prescriber", "physician", "certificate"];
const MBI: &[&str] = &["mbi", "medicare", "medicare id", "medicare beneficiary", "beneficiary"];
const ITIN: &[&str] = &["itin", "taxpayer", "taxpayer id", "tax id", "tax identification", "individual taxpayer"];
const EIN: &[&str] = &["ein", "employer identification", "fein", "federal tax id", "tax id", "irs"];
const NPI: &[&str] = &["npi", "national provider", "provider identifier", "provider number", "provider id"];
const ABA: &[&str] = &["aba", "routing number", "rtn", "bank", "transit number", "routing no"];
const BANK: &[&str] = &[
    "bank account",
    "bank account number",
    "account number",
    "acct",
    "account no",
    "bank no",
    "checking account",
    "savings account",
];
const PASSPORT: &[&str] = &["passport", "passport number", "passport no", "travel document", "us passport"];
const LICENSE: &[&str] = &[
    "driver license",
    "drivers license",
    "driver s license",
    "driving license",
    "drivers licence",
    "driver licence",
    "license number",
    "dl number",
    "dmv",
    "identification card",
    "dl no",
    "learner permit",
];

pub(super) const ROWS: &[Row] = &[
    sure("US_SSN", &["###-##-####"], ssn, "social security number with dashes; area, group and serial are checked"),
    vouched("US_SSN", &["###?##?####"], ssn, SSN, "social security number in another form"),
    vouched("US_ITIN", &["9##?##?####"], itin, ITIN, "individual taxpayer number: 9, and a group in use"),
    vouched("US_EIN", &["##-#######", "#########"], ein, EIN, "employer number: a prefix that the IRS gives out"),
    vouched("US_NPI", &["%##########"], npi, NPI, "national provider identifier: Luhn over 80840 and it"),
    vouched(
        "US_DEA",
        &["@@?#######", "@9#######"],
        dea,
        DEA,
        "registration to prescribe: registrant letter and checksum",
    ),
    vouched("MEDICAL_LICENSE", &["@@?#######", "@9#######"], dea, DEA, "certificate number of a prescriber, as US_DEA"),
    sure("US_MBI", &["#@*#-@*#-@@##"], mbi, "Medicare beneficiary identifier with dashes; the kind of each place"),
    vouched("US_MBI", &["#@*#?@*#?@@##"], mbi, MBI, "Medicare beneficiary identifier in another form"),
    vouched("ABA_ROUTING_NUMBER", &["%#########"], aba, ABA, "bank routing number: 3-7-1 weights and a district"),
    vouched("US_BANK_NUMBER", &["#{8,17}"], shape_only, BANK, "bank account number: 8 to 17 digits"),
    vouched(
        "US_PASSPORT",
        &["#########", "@########"],
        shape_only,
        PASSPORT,
        "passport number: 9 digits, or a letter and 8",
    ),
    vouched("US_DRIVER_LICENSE", LICENSES, shape_only, LICENSE, "driving licence in the forms of the states"),
];

/// One line for each make: letters, digits and dashes as the states print them.
const LICENSES: &[&str] = &[
    "#{6,14}",
    "#{16}",
    "@#{3,14}",
    "@###-####-####",
    "@###-###-##-###-#",
    "@##-##-####",
    "@###-###-###-###",
    "@####-#####-#####",
    "@@#{3,7}",
    "@@@######",
    "@@@**#####",
    "@@@@@**###@@",
    "@#####@",
    "@@@##@####",
    "#@#######@",
    "##@@@#####",
    "###@@####",
    "#######@",
    "########@",
    "#########@",
    "##~###~####",
    "###~###~###",
];

/// Numbers that were printed in advertisements and are nobody's.
const ADVERTISED: [u64; 3] = [78_051_120, 219_099_999, 457_555_462];

fn ssn(id: &[u8]) -> bool {
    let (area, group, serial) = (number(&id[..3]), number(&id[3..5]), number(&id[5..]));
    let whole = (area * 100 + group) * 10_000 + serial;
    area != 0 && area != 666 && area < 900 && group != 0 && serial != 0 && !ADVERTISED.contains(&whole)
}

fn itin(id: &[u8]) -> bool {
    matches!(number(&id[3..5]), 50..=65 | 70..=88 | 90..=92 | 94..=99)
}

fn ein(id: &[u8]) -> bool {
    !matches!(number(&id[..2]), 0 | 7..=9 | 17..=19 | 28 | 29 | 49 | 69 | 70 | 78 | 79 | 89 | 96 | 97)
}

fn npi(id: &[u8]) -> bool {
    // 80840, the prefix of United States health applications, adds 24.
    matches!(id[0], b'1' | b'2') && (luhn_sum(id) + 24).is_multiple_of(10)
}

fn dea(id: &[u8]) -> bool {
    let sum = sum(&id[2..8], &[1, 2, 1, 2, 1, 2]);
    b"ABCDEFGHJKLMPRSTUX".contains(&id[0]) && sum % 10 == number(&id[8..])
}

fn mbi(id: &[u8]) -> bool {
    let letter = |at: &usize| !b"SLOIBZ".contains(&id[*at]);
    id[0] != b'0' && [1, 2, 4, 5, 7, 8].iter().all(letter)
}

fn aba(id: &[u8]) -> bool {
    let district = matches!(number(&id[..2]), 0..=12 | 21..=32 | 61..=72 | 80);
    district && complement(sum(id, &[3, 7, 1, 3, 7, 1, 3, 7]), 10) == number(&id[8..])
}

#[cfg(test)]
mod tests;
