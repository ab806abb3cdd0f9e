//! China, Hong Kong, Taiwan, Japan and Korea.

use super::checksum::{complement, mod11_2, number, sum, sum_of_digits, value};
use super::date::{is_day, yyyymmdd};
use super::row::{Row, shape_only, sure, vouched};

const CHINA: &[&str] = &[
    "shenfenzheng",
    "sfz",
    "resident identity",
    "identity card",
    "id card",
    "id number",
    "chinese id",
    "身份证",
    "身份證",
    "公民身份号码",
];
const USCC: &[&str] = &[
    "uscc",
    "unified social credit",
    "social credit code",
    "tongyi shehui xinyong daima",
    "business license",
    "统一社会信用代码",
    "营业执照",
];
const RRN: &[&str] = &[
    "rrn",
    "resident registration",
    "resident registration number",
    "jumin",
    "jumin deungnok beonho",
    "korean id",
    "주민등록",
    "주민번호",
];
const FRN: &[&str] = &[
    "frn",
    "foreigner registration",
    "foreigner registration number",
    "alien registration",
    "arc",
    "korean id",
    "외국인등록",
];
const BRN: &[&str] = &[
    "brn",
    "business registration",
    "business registration number",
    "saeopja",
    "saeopja deungnok beonho",
    "사업자등록",
    "사업자번호",
];
const DRIVER: &[&str] = &[
    "driver license",
    "drivers license",
    "driving license",
    "license",
    "unjeon myeonheo",
    "license number",
    "운전면허",
];

pub(super) const ROWS: &[Row] = &[
    sure("CN_ID", &["#################*"], china, "resident identity number: region, date of birth, ISO 7064 MOD 11-2"),
    vouched("CN_ID", &["%#################*"], china, CHINA, "resident identity number in groups"),
    vouched("CN_USCC", &["**######**********"], credit, USCC, "unified social credit code: modulo 31"),
    vouched(
        "CN_PASSPORT",
        &["@########", "@@#######"],
        china_passport,
        &["passport", "huzhao", "passport number", "chinese passport", "护照", "護照"],
        "Chinese passport: kind and digits",
    ),
    sure(
        "HK_ID",
        &["^@######(#", "^@######(A", "^@@######(#", "^@@######(A"],
        hong_kong,
        "Hong Kong identity card with its check digit in parentheses: mod 11",
    ),
    vouched(
        "HK_ID",
        &["@?######?*", "@@?######?*"],
        hong_kong,
        &["hkid", "hong kong id", "hong kong identity", "identity card", "id card", "身份證", "身份证"],
        "Hong Kong identity card: mod 11",
    ),
    vouched(
        "TW_ID",
        &["@#########"],
        taiwan,
        &["taiwan id", "national id", "shenfenzheng", "arc", "id number", "identity card", "身分證", "身份證"],
        "Taiwanese identity card: region, mod 10",
    ),
    vouched(
        "TW_UBN",
        &["########"],
        unified,
        &["ubn", "unified business", "tongyi bianhao", "tongbian", "vat", "統一編號", "統編"],
        "Taiwanese business number: mod 5",
    ),
    vouched(
        "JP_MY_NUMBER",
        &["####?####?####"],
        my_number,
        &["my number", "mynumber", "kojin bango", "individual number", "maina", "マイナンバー", "個人番号"],
        "Japanese individual number: mod 11",
    ),
    vouched(
        "JP_CORPORATE_NUMBER",
        &["#?####?####?####", "T#############"],
        corporate,
        &["corporate number", "hojin bango", "invoice number", "houjin bangou", "法人番号"],
        "Japanese corporate number: mod 9",
    ),
    vouched(
        "JP_PASSPORT",
        &["@@#######"],
        shape_only,
        &["passport", "passport number", "ryoken", "japanese passport", "旅券", "パスポート"],
        "Japanese passport: two letters, seven digits",
    ),
    sure(
        "KR_RRN",
        &["######-#######"],
        korean_checked,
        "resident registration number with its dash: date of birth, region, mod 11",
    ),
    vouched(
        "KR_RRN",
        &["######?#######"],
        korean,
        RRN,
        "resident registration number: date of birth; those since 2020 have no check digit",
    ),
    vouched("KR_FRN", &["######?#######"], foreigner, FRN, "foreigner registration number: date of birth"),
    vouched("KR_BRN", &["###?##?#####"], business, BRN, "business registration number: weights"),
    vouched(
        "KR_CRN",
        &["######-#######"],
        company,
        &["corporate registration", "beobin", "beobin deungnok beonho", "company registration", "법인등록"],
        "Korean corporate registration number: mod 10",
    ),
    vouched("KR_DRIVER_LICENSE", &["##?##?######?##"], driver, DRIVER, "driving licence: region"),
    vouched(
        "KR_PASSPORT",
        &["@########", "@###@####"],
        passport,
        &["passport", "passport number", "yeogwon", "korean passport", "korea passport", "여권"],
        "Korean passport: kind and digits",
    ),
];

fn china(id: &[u8]) -> bool {
    let province =
        matches!(number(&id[..2]), 11..=15 | 21..=23 | 31..=37 | 41..=46 | 50..=54 | 61..=65 | 71 | 81..=83 | 91);
    let check = id[17].is_ascii_digit() || id[17] == b'X';
    province && check && yyyymmdd(&id[6..]) && mod11_2(id)
}

/// Letters without I, O, S, V and Z count from 10 on.
fn credit(id: &[u8]) -> bool {
    const ALPHABET: &[u8] = b"0123456789ABCDEFGHJKLMNPQRTUWXY";
    let mut weight = 1;
    let mut total = 0;
    for byte in &id[..17] {
        let Some(place) = ALPHABET.iter().position(|letter| letter == byte) else { return false };
        total += place as u64 * weight;
        weight = weight * 3 % 31;
    }
    ALPHABET[complement(total, 31) as usize] == id[17]
}

fn china_passport(id: &[u8]) -> bool {
    b"EGDSPHKM".contains(&id[0])
}

/// One letter or two, six digits; a space in place of the first letter counts 36.
fn hong_kong(id: &[u8]) -> bool {
    let letters = id.len() - 7;
    let pad = if letters == 1 { 36 * 9 } else { 0 };
    let check = complement(pad + sum(&id[..letters + 6], &[9, 8, 7, 6, 5, 4, 3, 2][2 - letters..]), 11);
    value(id[id.len() - 1]) == check
}

/// Regions count by when they were given their letters.
fn taiwan(id: &[u8]) -> bool {
    let Some(region) = b"ABCDEFGHJKLMNPQRSTUVXYWZIO".iter().position(|letter| *letter == id[0]) else { return false };
    let region = region as u64 + 10;
    let sum = region / 10 + region % 10 * 9 + sum(&id[1..], &[8, 7, 6, 5, 4, 3, 2, 1, 1]);
    matches!(id[1], b'1' | b'2' | b'8' | b'9') && sum.is_multiple_of(10)
}

fn unified(id: &[u8]) -> bool {
    let sum = sum_of_digits(id, &[1, 2, 1, 2, 1, 2, 4, 1]);
    // A 7 in the seventh place may count 10 or 1.
    sum.is_multiple_of(5) || id[6] == b'7' && (sum + 1).is_multiple_of(5)
}

fn my_number(id: &[u8]) -> bool {
    let check = match complement(sum(id, &[6, 5, 4, 3, 2, 7, 6, 5, 4, 3, 2]), 11) {
        10 => 0,
        check => check,
    };
    check == value(id[11])
}

fn corporate(id: &[u8]) -> bool {
    let digits = id.strip_prefix(b"T").unwrap_or(id);
    9 - sum(&digits[1..], &[2, 1, 2, 1, 2, 1, 2, 1, 2, 1, 2, 1]) % 9 == value(digits[0])
}

/// A date of birth in the century that the seventh digit tells.
fn born(id: &[u8], century: u64) -> bool {
    is_day(century + number(&id[..2]), number(&id[2..4]), number(&id[4..6]))
}

fn korean(id: &[u8]) -> bool {
    match id[6] {
        b'1' | b'2' => born(id, 1900),
        b'3' | b'4' => born(id, 2000),
        _ => false,
    }
}

fn korean_checked(id: &[u8]) -> bool {
    let check = (11 - sum(id, &[2, 3, 4, 5, 6, 7, 8, 9, 2, 3, 4, 5]) % 11) % 10;
    korean(id) && number(&id[7..9]) <= 96 && check == value(id[12])
}

fn foreigner(id: &[u8]) -> bool {
    match id[6] {
        b'5' | b'6' => born(id, 1900),
        b'7' | b'8' => born(id, 2000),
        _ => false,
    }
}

fn business(id: &[u8]) -> bool {
    let sum = sum(id, &[1, 3, 7, 1, 3, 7, 1, 3, 5]) + value(id[8]) * 5 / 10;
    id[0] != b'0' && complement(sum, 10) == value(id[9])
}

fn company(id: &[u8]) -> bool {
    complement(sum(id, &[1, 2, 1, 2, 1, 2, 1, 2, 1, 2, 1, 2]), 10) == value(id[12])
}

fn driver(id: &[u8]) -> bool {
    matches!(number(&id[..2]), 11..=28)
}

fn passport(id: &[u8]) -> bool {
    b"MSROGD".contains(&id[0])
}

#[cfg(test)]
mod tests;
