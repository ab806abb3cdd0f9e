//! Canada and Latin America.

use super::checksum::{complement, luhn, number, sum, value};
use super::date::yymmdd;
use super::row::{Row, shape_only, sure, vouched};

const SIN: &[&str] =
    &["sin", "social insurance", "social insurance number", "nas", "assurance sociale", "numero d assurance sociale"];
const CURP: &[&str] = &["curp", "clave unica", "registro de poblacion"];
const RFC: &[&str] = &["rfc", "registro federal", "contribuyente", "contribuyentes", "tax id"];
const CPF: &[&str] = &["cpf", "cadastro de pessoas fisicas", "cadastro de pessoa fisica", "contribuinte", "tax id"];
const CNPJ: &[&str] = &["cnpj", "cadastro nacional", "pessoa juridica", "empresa", "company", "tax id"];
const RUT: &[&str] = &["rut", "rol unico", "rol unico tributario", "cedula", "tax id"];
const CUIT: &[&str] = &["cuit", "cuil", "clave unica", "tributaria", "tax id"];

pub(super) const ROWS: &[Row] = &[
    vouched("CA_SIN", &["%#########"], sin, SIN, "social insurance number: Luhn, a first digit in use"),
    sure(
        "CA_BN",
        &["#########R@####", "##### #### R@ ####", "######### R@ ####"],
        business,
        "Canadian business number with its programme: Luhn",
    ),
    vouched(
        "CA_OHIP",
        &["####?###?###", "####?###?###?@@"],
        ohip,
        &["ohip", "health card", "health number", "ontario health", "hcn"],
        "Ontario health number: Luhn",
    ),
    vouched(
        "CA_PASSPORT",
        &["@@######", "@######@@"],
        shape_only,
        &["passport", "passeport", "travel document"],
        "Canadian passport number",
    ),
    sure("MX_CURP", &["^@@@@######@@@@@@*#"], curp, "Mexican population code: date, state, check digit"),
    vouched("MX_CURP", &["%@@@@######@@@@@@*#"], curp, CURP, "Mexican population code in another form"),
    sure(
        "MX_RFC",
        &["^@@@@######***", "^@@@@~######~***"],
        rfc,
        "Mexican taxpayer code of a person: date, check digit",
    ),
    vouched("MX_RFC", &["@@@@?######?***", "@@@?######?***"], rfc, RFC, "Mexican taxpayer code in another form"),
    vouched(
        "MX_NSS",
        &["##?##?##?####?#"],
        luhn,
        &["nss", "imss", "seguro social", "numero de seguridad social"],
        "Mexican social security number: Luhn",
    ),
    vouched(
        "MX_CLABE",
        &["%#{18}"],
        clabe,
        &["clabe", "cuenta", "interbancaria", "spei", "bank account"],
        "Mexican bank account: 3-7-1 weights",
    ),
    sure("BR_CPF", &["###.###.###-##"], cpf, "Brazilian taxpayer number, dotted: two check digits"),
    vouched("BR_CPF", &["%#{11}"], cpf, CPF, "Brazilian taxpayer number: two check digits"),
    sure(
        "BR_CNPJ",
        &["^**.***.***/****-##"],
        cnpj,
        "Brazilian company number, dotted, letters since 2026: two check digits",
    ),
    vouched("BR_CNPJ", &["%#{14}", "************##"], cnpj, CNPJ, "Brazilian company number: two check digits"),
    vouched(
        "BR_PIS",
        &["###.#####.##-#", "#{11}"],
        pis,
        &["pis", "pasep", "nis", "nit", "pis pasep"],
        "Brazilian worker number: mod 11",
    ),
    vouched(
        "BR_CNH",
        &["#{11}"],
        cnh,
        &["cnh", "habilitacao", "carteira de motorista", "driver license", "registro cnh"],
        "Brazilian driving licence: two check digits",
    ),
    vouched(
        "BR_LICENSE_PLATE",
        &["@@@?####", "@@@#@##"],
        shape_only,
        &["placa", "veiculo", "carro", "license plate", "mercosul"],
        "Brazilian plate, old or Mercosul",
    ),
    sure("CL_RUT", &["#{1,2}.###.###-*"], rut, "Chilean number, dotted: mod 11"),
    vouched("CL_RUT", &["#{7,8}?*"], rut, RUT, "Chilean number: mod 11"),
    sure("AR_CUIT", &["##-########-#"], cuit, "Argentine taxpayer number with dashes: prefix, mod 11"),
    vouched("AR_CUIT", &["%#{11}"], cuit, CUIT, "Argentine taxpayer number: prefix, mod 11"),
    vouched(
        "AR_DNI",
        &["#{1,2}.###.###", "#{7,8}"],
        shape_only,
        &["dni", "documento", "documento nacional", "nro documento"],
        "Argentine identity document: 7 or 8 digits",
    ),
    vouched(
        "CO_NIT",
        &["#{8,9}-#", "###.###.###-#", "#{10}"],
        nit,
        &["nit", "rut", "dian", "tributaria", "tax id"],
        "Colombian taxpayer number: mod 11",
    ),
    vouched(
        "CO_CEDULA",
        &["#.###.###.###", "#{2}.###.###", "#{8}", "#{10}"],
        shape_only,
        &["cedula", "cedula de ciudadania", "c c", "cc no", "ciudadania", "nuip"],
        "Colombian citizen card: 8 or 10 digits",
    ),
    vouched(
        "PE_RUC",
        &["#{11}"],
        ruc,
        &["ruc", "sunat", "contribuyente", "tax id"],
        "Peruvian taxpayer number: prefix, mod 11",
    ),
    vouched(
        "EC_CEDULA",
        &["#########?#"],
        ecuador,
        &["cedula", "identidad", "ecuador"],
        "Ecuadorian identity card: province, Luhn",
    ),
    vouched(
        "UY_CI",
        &["#?###?###?#", "#.###.###-#", "#######-#"],
        uruguay,
        &["cedula", "cedula de identidad", "documento"],
        "Uruguayan identity card: check digit",
    ),
    vouched(
        "VE_RIF",
        &["@?########?#"],
        rif,
        &["rif", "registro de informacion fiscal", "seniat", "tax id"],
        "Venezuelan taxpayer number: mod 11",
    ),
    vouched("DO_CEDULA", &["###?#######?#"], luhn, &["cedula", "identidad", "jce"], "Dominican identity card: Luhn"),
];

fn sin(id: &[u8]) -> bool {
    !matches!(id[0], b'0' | b'8') && luhn(id)
}

fn business(id: &[u8]) -> bool {
    luhn(&id[..9]) && matches!(id[10], b'C' | b'M' | b'P' | b'R' | b'T' | b'Z' | b'D' | b'E' | b'N' | b'G')
}

fn ohip(id: &[u8]) -> bool {
    id[0] != b'0' && luhn(&id[..10])
}

/// Letters of the alphabet with a Ñ between N and O.
fn spanish(byte: u8) -> u64 {
    value(byte) + u64::from(byte.is_ascii_alphabetic() && byte > b'N')
}

const STATES: [&[u8; 2]; 33] = [
    b"AS", b"BC", b"BS", b"CC", b"CL", b"CM", b"CS", b"CH", b"DF", b"DG", b"GT", b"GR", b"HG", b"JC", b"MC", b"MN",
    b"MS", b"NT", b"NL", b"OC", b"PL", b"QT", b"QR", b"SP", b"SL", b"SR", b"TC", b"TS", b"TL", b"VZ", b"YN", b"ZS",
    b"NE",
];

fn curp(id: &[u8]) -> bool {
    let sum: u64 = id[..17].iter().zip((2..=18).rev()).map(|(byte, weight)| spanish(*byte) * weight).sum();
    yymmdd(&id[4..])
        && matches!(id[10], b'H' | b'M' | b'X')
        && STATES.iter().any(|state| state[..] == id[11..13])
        && complement(sum, 10) == value(id[17])
}

/// A person has four letters, a company three. The letter & does not count as one here.
fn rfc(id: &[u8]) -> bool {
    let (letters, pad) = match id.len() {
        13 => (4, 0),
        _ => (3, 37 * 13),
    };
    let letter = |byte: u8| value(byte) + u64::from(byte.is_ascii_alphabetic() && byte > b'N');
    let weights = (2..2 + id.len() as u64 - 1).rev();
    let sum: u64 = pad + id.iter().zip(weights).map(|(byte, weight)| letter(*byte) * weight).sum::<u64>();
    let check = match 11 - sum % 11 {
        11 => b'0',
        10 => b'A',
        digit => b'0' + digit as u8,
    };
    yymmdd(&id[letters..]) && id.last() == Some(&check)
}

fn clabe(id: &[u8]) -> bool {
    let sum: u64 = id[..17].iter().zip([3, 7, 1].iter().cycle()).map(|(byte, weight)| value(*byte) * weight % 10).sum();
    id[..3] != *b"000" && complement(sum, 10) == value(id[17])
}

/// The usual mod 11 digit of Brazil: 10 and 11 become 0.
fn brazil(sum: u64) -> u64 {
    match sum % 11 {
        0 | 1 => 0,
        rest => 11 - rest,
    }
}

fn cpf(id: &[u8]) -> bool {
    brazil(sum(&id[..9], &[10, 9, 8, 7, 6, 5, 4, 3, 2])) == value(id[9])
        && brazil(sum(&id[..10], &[11, 10, 9, 8, 7, 6, 5, 4, 3, 2])) == value(id[10])
}

fn cnpj(id: &[u8]) -> bool {
    const WEIGHTS: [u64; 13] = [6, 5, 4, 3, 2, 9, 8, 7, 6, 5, 4, 3, 2];
    // Letters count as their place after the digit 0 in ASCII.
    let sum = |id: &[u8], weights: &[u64]| -> u64 {
        id.iter().zip(weights).map(|(byte, weight)| u64::from(byte - b'0') * weight).sum()
    };
    id[..8] != *b"00000000"
        && brazil(sum(&id[..12], &WEIGHTS[1..])) == value(id[12])
        && brazil(sum(&id[..13], &WEIGHTS)) == value(id[13])
}

fn pis(id: &[u8]) -> bool {
    brazil(sum(&id[..10], &[3, 2, 9, 8, 7, 6, 5, 4, 3, 2])) == value(id[10])
}

fn cnh(id: &[u8]) -> bool {
    let first = sum(&id[..9], &[9, 8, 7, 6, 5, 4, 3, 2, 1]) % 11;
    let second = sum(&id[..9], &[1, 2, 3, 4, 5, 6, 7, 8, 9]) % 11;
    let (first, less) = if first == 10 { (0, 2) } else { (first, 0) };
    let second = match (second + 11 - less) % 11 {
        10 => 0,
        digit => digit,
    };
    first == value(id[9]) && second == value(id[10])
}

fn rut(id: &[u8]) -> bool {
    let Some((check, rest)) = id.split_last() else { return false };
    let sum: u64 =
        rest.iter().rev().zip([2, 3, 4, 5, 6, 7].iter().cycle()).map(|(byte, weight)| value(*byte) * weight).sum();
    let expect = match complement(sum, 11) {
        10 => b'K',
        digit => b'0' + digit as u8,
    };
    id[0] != b'0' && expect == *check
}

fn cuit(id: &[u8]) -> bool {
    let prefix = matches!(number(&id[..2]), 20 | 23..=27 | 30 | 33 | 34);
    prefix && complement(sum(&id[..10], &[5, 4, 3, 2, 7, 6, 5, 4, 3, 2]), 11) == value(id[10])
}

fn nit(id: &[u8]) -> bool {
    const WEIGHTS: [u64; 9] = [3, 7, 13, 17, 19, 23, 29, 37, 41];
    let Some((check, rest)) = id.split_last() else { return false };
    let sum: u64 = rest.iter().rev().zip(WEIGHTS).map(|(byte, weight)| value(*byte) * weight).sum();
    let expect = match sum % 11 {
        rest @ 0..=1 => rest,
        rest => 11 - rest,
    };
    expect == value(*check)
}

fn ruc(id: &[u8]) -> bool {
    let prefix = matches!(number(&id[..2]), 10 | 15..=17 | 20);
    prefix && (11 - sum(&id[..10], &[5, 4, 3, 2, 7, 6, 5, 4, 3, 2]) % 11) % 10 == value(id[10])
}

fn ecuador(id: &[u8]) -> bool {
    matches!(number(&id[..2]), 1..=24 | 30) && id[2] < b'6' && luhn(id)
}

fn uruguay(id: &[u8]) -> bool {
    complement(sum(&id[..7], &[2, 9, 8, 7, 6, 3, 4]), 10) == value(id[7])
}

fn rif(id: &[u8]) -> bool {
    let kind = match id[0] {
        b'V' => 4,
        b'E' => 8,
        b'J' => 12,
        b'P' => 16,
        b'G' => 20,
        _ => return false,
    };
    let expect = match 11 - (kind + sum(&id[1..9], &[3, 2, 7, 6, 5, 4, 3, 2])) % 11 {
        10.. => 0,
        digit => digit,
    };
    expect == value(id[9])
}

#[cfg(test)]
mod tests;
