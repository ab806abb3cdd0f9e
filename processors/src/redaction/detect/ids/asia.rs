//! South and south-east Asia.

use super::checksum::{complement, luhn, number, sum, value, verhoeff};
use super::date::{is_short, yymmdd};
use super::row::{Row, shape_only, sure, vouched};

const AADHAAR: &[&str] = &["aadhaar", "aadhar", "adhaar", "uidai", "aadhaar number", "uid number", "आधार"];
const PAN: &[&str] = &["pan", "pan number", "pan card", "permanent account", "permanent account number", "income tax"];
const GSTIN: &[&str] = &["gstin", "gst", "gst number", "goods and services tax", "tax identification"];
const VEHICLE: &[&str] = &["vehicle", "registration", "rto", "plate", "bike", "car", "vehicle number", "license plate"];
const NRIC: &[&str] =
    &["nric", "fin", "ic", "identity card", "foreign identification", "singapore", "identification number"];
const UEN: &[&str] = &["uen", "unique entity", "acra", "company registration", "business registration", "gst reg"];
const THAI: &[&str] = &[
    "thai id",
    "thai national id",
    "national id",
    "bat prachachon",
    "citizen id",
    "identification number",
    "tnin",
    "บัตรประชาชน",
    "เลขประจำตัวประชาชน",
];
const TIN_PH: &[&str] = &[
    "tin",
    "bir",
    "tax id",
    "taxpayer identification",
    "taxpayer identification number",
    "bureau of internal revenue",
];

pub(super) const ROWS: &[Row] = &[
    vouched("IN_AADHAAR", &["####?####?####", "####:####:####"], aadhaar, AADHAAR, "Aadhaar: Verhoeff, no palindrome"),
    vouched(
        "IN_PAN",
        &["@@@@@####@"],
        shape_only,
        PAN,
        "permanent account number: five letters, four digits, a letter",
    ),
    sure("IN_GSTIN", &["^##@@@@@####@*Z*"], gstin_checked, "goods and services tax number: state, PAN, checksum"),
    vouched("IN_GSTIN", &["##@@@@@####@*Z*"], gstin, GSTIN, "goods and services tax number: state, PAN"),
    vouched(
        "IN_PASSPORT",
        &["@#######", "@##?####?#"],
        passport_in,
        &["passport", "passport number", "indian passport", "travel document"],
        "Indian passport: letter, seven digits, neither end 0",
    ),
    vouched(
        "IN_VOTER",
        &["@@@?#######"],
        shape_only,
        &["voter", "voter id", "epic", "elector", "election", "vote", "electoral"],
        "voter card: three letters, seven digits",
    ),
    vouched(
        "IN_VEHICLE_REGISTRATION",
        &["@@?#{1,2}?@{0,3}?#{4}", "@@?#@?@{1,2}?####", "##?BH?####?@{1,2}"],
        vehicle,
        VEHICLE,
        "vehicle registration: state, district, series",
    ),
    vouched(
        "IN_DRIVING_LICENCE",
        &["@@##?###########", "@@-##-####-#######", "@@-#############"],
        driving,
        &["driving licence", "driving license", "dl no", "licence number"],
        "driving licence: state, office, year",
    ),
    vouched(
        "IN_ABHA",
        &["##-####-####-####", "##############"],
        verhoeff,
        &["abha", "health id", "ayushman", "abdm"],
        "health account: Verhoeff",
    ),
    vouched(
        "PK_CNIC",
        &["#####-#######-#", "#############"],
        cnic,
        &["cnic", "nicop", "nadra", "shanakhti", "national identity"],
        "Pakistani identity card: province",
    ),
    vouched(
        "LK_NIC",
        &["#########V", "#########@", "############"],
        lanka,
        &["national identity card", "sri lanka", "id card", "nic no", "nic number"],
        "Sri Lankan identity card: day of the year",
    ),
    vouched(
        "BD_NID",
        &["##########", "#############", "#################"],
        shape_only,
        &["national id", "smart card", "bangladesh", "nid no", "nid number"],
        "Bangladeshi identity number: 10, 13 or 17 digits",
    ),
    sure("SG_NRIC_FIN", &["^@#######@"], nric, "identity number: kind, weights, check letter"),
    vouched("SG_NRIC_FIN", &["@#######@"], nric_shape, NRIC, "identity number: kind, whatever its check letter"),
    vouched(
        "SG_UEN",
        &["########@", "#########@", "@##@@####*", "@##@*####@"],
        uen,
        UEN,
        "entity number: check letter of each form",
    ),
    sure("TH_TNIN", &["#-####-#####-##-#"], thai, "Thai identity number in its groups: mod 11"),
    vouched("TH_TNIN", &["%#############"], thai, THAI, "Thai identity number: mod 11"),
    vouched(
        "PH_TIN",
        &["###?###?###", "###?###?###?###", "###?###?###?#####"],
        tin_ph,
        TIN_PH,
        "Philippine taxpayer number: mod 11",
    ),
    vouched(
        "PH_UMID",
        &["####-#######-#", "##-#######-#", "##-#########-#"],
        shape_only,
        &["umid", "crn", "sss", "gsis", "philhealth", "social security"],
        "Philippine social security and health numbers",
    ),
    sure("MY_NRIC", &["######-##-####"], mykad, "Malaysian identity card with dashes: date of birth, place"),
    vouched(
        "MY_NRIC",
        &["############"],
        mykad,
        &["nric", "mykad", "ic", "kad pengenalan", "ic number", "identity card"],
        "Malaysian identity card: date of birth, place",
    ),
    vouched(
        "ID_NIK",
        &["%################"],
        nik,
        &["nik", "ktp", "nomor induk kependudukan", "kartu tanda penduduk", "e ktp"],
        "Indonesian identity number: province, date of birth",
    ),
    vouched(
        "ID_NPWP",
        &["##.###.###.#-###.###", "###############"],
        npwp,
        &["npwp", "nomor pokok wajib pajak", "pajak", "tax id"],
        "Indonesian taxpayer number: Luhn",
    ),
    vouched(
        "VN_CCCD",
        &["############"],
        vietnam,
        &["cccd", "can cuoc", "can cuoc cong dan", "cmnd", "citizen id"],
        "Vietnamese citizen card: province, century",
    ),
    vouched(
        "VN_TAX_CODE",
        &["##########", "##########-###"],
        vietnam_tax,
        &["ma so thue", "mst", "tax code"],
        "Vietnamese tax code: mod 11",
    ),
];

fn aadhaar(id: &[u8]) -> bool {
    id[0] >= b'2' && verhoeff(id) && !id.iter().eq(id.iter().rev())
}

fn gstin(id: &[u8]) -> bool {
    matches!(number(&id[..2]), 1..=38 | 96 | 97 | 99) && id[12] != b'0'
}

fn gstin_checked(id: &[u8]) -> bool {
    let digits = |product: u64| product / 36 + product % 36;
    let sum: u64 = id[..14].iter().zip([1, 2].iter().cycle()).map(|(byte, factor)| digits(value(*byte) * factor)).sum();
    gstin(id) && complement(sum, 36) == value(id[14])
}

fn passport_in(id: &[u8]) -> bool {
    !b"QXZ".contains(&id[0]) && id[1] != b'0' && id[7] != b'0'
}

/// For each first letter of a state, the second ones.
const STATES: [u32; 26] = {
    let names = b"AN AP AR AS BR CG CH DD DL DN GA GJ HP HR JH JK KA KL LA LD MH ML MN MP MZ NL OD OR PB PY RJ SK TG TN TR TS UA UK UP UT WB";
    let (mut states, mut at) = ([0; 26], 0);
    while at < names.len() {
        states[(names[at] - b'A') as usize] |= 1 << (names[at + 1] - b'A');
        at += 3;
    }
    states
};

fn state(id: &[u8]) -> bool {
    let place = |byte: u8| usize::from(byte.wrapping_sub(b'A'));
    STATES.get(place(id[0])).is_some_and(|second| u64::from(*second) >> (place(id[1]) % 64) & 1 == 1)
}

fn vehicle(id: &[u8]) -> bool {
    id[0].is_ascii_digit() || state(id)
}

fn driving(id: &[u8]) -> bool {
    state(id) && matches!(number(&id[4..8]), 1950..=2099)
}

fn cnic(id: &[u8]) -> bool {
    matches!(id[0], b'1'..=b'7')
}

/// The day of the year of birth; women have 500 more.
fn lanka(id: &[u8]) -> bool {
    let day = match id.len() {
        10 if !matches!(id[9], b'V' | b'X') => return false,
        10 => number(&id[2..5]),
        _ if !matches!(number(&id[..4]), 1900..=2099) => return false,
        _ => number(&id[4..7]),
    };
    matches!(day, 1..=366 | 501..=866)
}

/// Many write one down wrongly, and make one up without the check letter.
fn nric_shape(id: &[u8]) -> bool {
    b"STFGM".contains(&id[0])
}

fn nric(id: &[u8]) -> bool {
    let (more, letters) = match id[0] {
        b'S' => (0, b"JZIHGFEDCBA"),
        b'T' => (4, b"JZIHGFEDCBA"),
        b'F' => (0, b"XWUTRQPNMLK"),
        b'G' => (4, b"XWUTRQPNMLK"),
        b'M' => (3, b"XWUTRQPNJLK"),
        _ => return false,
    };
    letters[((sum(&id[1..8], &[2, 7, 6, 5, 4, 3, 2]) + more) % 11) as usize] == id[8]
}

/// Businesses, local companies since 1968, and other entities by kind.
fn uen(id: &[u8]) -> bool {
    const OTHER: &[u8] = b"ABCDEFGHJKLMNPQRSTUVWX0123456789";
    let letter = |letters: &[u8], sum: u64| Some(&letters[(sum % 11) as usize]) == id.last();
    match id.len() {
        9 => letter(b"XMKECAWLJDB", sum(id, &[10, 4, 9, 3, 8, 2, 7, 1])),
        10 if id[0].is_ascii_digit() => {
            matches!(number(&id[..4]), 1900..=2099) && letter(b"ZKCMDNERGWH", sum(id, &[10, 8, 6, 4, 9, 7, 5, 3, 1]))
        }
        _ => {
            let place = |byte: &u8| OTHER.iter().position(|other| other == byte).map_or(0, |at| at as u64);
            let sum: u64 = id.iter().zip([4, 3, 5, 3, 10, 2, 2, 5, 7]).map(|(byte, weight)| place(byte) * weight).sum();
            // 6 is -5 modulo 11.
            matches!(id[0], b'R' | b'S' | b'T') && letter(&OTHER[..11], sum + 6)
        }
    }
}

/// Kind of person, province, district, serials.
fn thai(id: &[u8]) -> bool {
    let check = (11 - sum(id, &[13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2]) % 11) % 10;
    let province = matches!(number(&id[1..3]), 10..=27 | 30..=58 | 60..=67 | 70..=77 | 80..=86 | 90..=96);
    matches!(id[0], b'1'..=b'8') && province && check == value(id[12])
}

fn tin_ph(id: &[u8]) -> bool {
    sum(id, &[9, 8, 7, 6, 5, 4, 3, 2]) % 11 == value(id[8]) && id[..9] != *b"000000000"
}

fn mykad(id: &[u8]) -> bool {
    yymmdd(id) && matches!(number(&id[6..8]), 1..=16 | 21..=68 | 71 | 72 | 74..=79 | 82..=93 | 98 | 99)
}

/// Women have 40 more in the day.
fn nik(id: &[u8]) -> bool {
    let day = number(&id[6..8]);
    let day = if day > 40 { day - 40 } else { day };
    matches!(number(&id[..2]), 11..=21 | 31..=36 | 51..=53 | 61..=65 | 71..=76 | 81 | 82 | 91..=97)
        && is_short(number(&id[10..12]), number(&id[8..10]), day)
        && id[12..] != *b"0000"
}

fn npwp(id: &[u8]) -> bool {
    luhn(&id[..9])
}

fn vietnam(id: &[u8]) -> bool {
    matches!(number(&id[..3]), 1..=96) && id[3] <= b'3'
}

fn vietnam_tax(id: &[u8]) -> bool {
    sum(id, &[31, 29, 23, 19, 17, 13, 7, 5, 3]) % 11 + value(id[9]) == 10
}

#[cfg(test)]
mod tests;
