//! Australia and New Zealand.

use super::checksum::{complement, number, sum, value};
use super::row::{Row, shape_only, sure, vouched};

const ABN: &[&str] = &["abn", "australian business", "australian business number", "business number"];
const ACN: &[&str] = &["acn", "australian company", "australian company number", "company number"];
const TFN: &[&str] = &["tfn", "tax file", "tax file number", "australian tax"];
const MEDICARE: &[&str] = &["medicare", "medicare number", "medicare card", "medicare no"];
const IRD: &[&str] = &["ird", "ird number", "inland revenue", "gst", "tax number"];
const NHI: &[&str] = &["nhi", "national health index", "nhi number", "patient"];

pub(super) const ROWS: &[Row] = &[
    sure("AU_ABN", &["## ### ### ###"], abn, "business number in its groups: modulo 89"),
    vouched("AU_ABN", &["%###########"], abn, ABN, "business number: modulo 89"),
    vouched("AU_ACN", &["%#########"], acn, ACN, "company number: weights, mod 10"),
    vouched("AU_TFN", &["%#########", "%########"], tfn, TFN, "tax file number: weights, mod 11"),
    vouched(
        "AU_MEDICARE",
        &["%##########", "%#########", "####?#####?#?#", "#### ##### #-#", "#### ##### #/#"],
        medicare,
        MEDICARE,
        "Medicare card: weights, mod 10",
    ),
    vouched(
        "AU_PASSPORT",
        &["@#######", "@@#######"],
        shape_only,
        &["passport", "passport number", "australian passport"],
        "Australian passport number",
    ),
    vouched("NZ_IRD", &["##?###?###", "###?###?###"], ird, IRD, "tax number: two rounds of mod 11"),
    vouched("NZ_NHI", &["@@@####", "@@@##@@"], nhi, NHI, "health number: mod 11, or mod 23 in the new form"),
];

fn abn(id: &[u8]) -> bool {
    const WEIGHTS: [u64; 11] = [10, 1, 3, 5, 7, 9, 11, 13, 15, 17, 19];
    id[0] != b'0' && (sum(id, &WEIGHTS) - WEIGHTS[0]).is_multiple_of(89)
}

fn acn(id: &[u8]) -> bool {
    complement(sum(id, &[8, 7, 6, 5, 4, 3, 2, 1]), 10) == value(id[8])
}

fn tfn(id: &[u8]) -> bool {
    let sum = match id.len() {
        8 => sum(id, &[10, 7, 8, 4, 6, 3, 5, 1]),
        _ => sum(id, &[1, 4, 3, 7, 5, 8, 6, 9, 10]),
    };
    sum.is_multiple_of(11)
}

fn medicare(id: &[u8]) -> bool {
    matches!(id[0], b'2'..=b'6') && sum(id, &[1, 3, 7, 9, 1, 3, 7, 9]) % 10 == value(id[8])
}

/// Eight digits stand for nine with a 0 before them.
fn ird(id: &[u8]) -> bool {
    let (check, rest) = (value(id[id.len() - 1]), &id[..id.len() - 1]);
    let from = 8 - rest.len();
    let expect = match complement(sum(rest, &[3, 2, 7, 6, 5, 4, 3, 2][from..]), 11) {
        10 => complement(sum(rest, &[7, 4, 3, 2, 5, 2, 7, 6][from..]), 11),
        expect => expect,
    };
    matches!(number(id), 10_000_001..150_000_000) && expect == check
}

/// Letters without I and O count from 1.
fn nhi(id: &[u8]) -> bool {
    let place = |byte: &u8| match byte {
        b'0'..=b'9' => Some(value(*byte)),
        b'I' | b'O' => None,
        letter => Some(value(*letter) - 9 - u64::from(*letter > b'I') - u64::from(*letter > b'O')),
    };
    let mut total = 0;
    for (byte, weight) in id[..6].iter().zip((2..=7).rev()) {
        let Some(place) = place(byte) else { return false };
        total += place * weight;
    }
    match id[6] {
        digit @ b'0'..=b'9' => total % 11 != 0 && (11 - total % 11) % 10 == value(digit),
        letter => place(&letter) == Some(24 - total % 24),
    }
}

#[cfg(test)]
mod tests;
