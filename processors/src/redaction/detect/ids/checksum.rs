//! The checksums that identifiers share, each over upper-case letters and digits.

/// What a letter or digit counts for: digits themselves, letters 10 to 35.
#[inline]
pub(super) fn value(byte: u8) -> u64 {
    VALUES[usize::from(byte)].into()
}

const VALUES: [u8; 256] = {
    let (mut values, mut byte) = ([0; 256], 0);
    while byte < 256 {
        values[byte] = match byte as u8 {
            digit @ b'0'..=b'9' => digit - b'0',
            letter @ b'A'..=b'Z' => letter - b'A' + 10,
            _ => 0,
        };
        byte += 1;
    }
    values
};

/// The number that digits write; at most 19 of them.
pub(super) fn number(digits: &[u8]) -> u64 {
    digits.iter().fold(0, |sum, digit| sum * 10 + value(*digit))
}

/// Each value times its weight, as far as there are weights.
///
/// Nearly all who call it have their weights written out, and identifiers as long: inlined, that is no loop at all, and
/// the products do not wait for each other.
#[inline(always)]
pub(super) fn sum(id: &[u8], weights: &[u64]) -> u64 {
    match id.get(..weights.len()) {
        Some(id) => (0..weights.len()).map(|at| value(id[at]) * weights[at]).sum(),
        None => sum_of_shorter(id, weights),
    }
}

/// [`sum`] of an identifier that has fewer letters and digits than there are weights.
fn sum_of_shorter(id: &[u8], weights: &[u64]) -> u64 {
    id.iter().zip(weights).map(|(byte, weight)| value(*byte) * weight).sum()
}

/// As [`sum`], of the digits of each product.
pub(super) fn sum_of_digits(id: &[u8], weights: &[u64]) -> u64 {
    let digits = |product: u64| product / 10 + product % 10;
    id.iter().zip(weights).map(|(byte, weight)| digits(value(*byte) * weight)).sum()
}

/// What is missing from `sum` to the next multiple of `modulus`.
pub(super) fn complement(sum: u64, modulus: u64) -> u64 {
    (modulus - sum % modulus) % modulus
}

/// ISO/IEC 7812-1: every second digit doubled, from the right.
pub(in crate::redaction) fn luhn(id: &[u8]) -> bool {
    luhn_sum(id).is_multiple_of(10)
}

/// The sum that [`luhn`] looks at.
pub(super) fn luhn_sum(id: &[u8]) -> u64 {
    let pair = |pair: &[u8]| match *pair {
        [doubled, plain] => u64::from(DOUBLED[usize::from(doubled)]) + value(plain),
        _ => value(pair[0]),
    };
    id.rchunks(2).map(pair).sum()
}

/// Twice what a letter or digit counts for, less nine where that is more.
const DOUBLED: [u8; 256] = {
    let (mut doubled, mut byte) = ([0; 256], 0);
    while byte < 256 {
        let twice = VALUES[byte] * 2;
        doubled[byte] = if twice > 9 { twice - 9 } else { twice };
        byte += 1;
    }
    doubled
};

/// ISO 7064 MOD 11,10: German tax ids and VAT numbers, the Croatian OIB.
pub(in crate::redaction) fn mod11_10(id: &[u8]) -> bool {
    let Some((check, rest)) = id.split_last() else { return false };
    let product = rest
        .iter()
        .fold(10, |product, byte| MOD11_10[usize::from(product)][usize::from(VALUES[usize::from(*byte)] % 10)]);
    (value(*check) + u64::from(product)) % 10 == 1
}

/// What follows on a product of [`mod11_10`] with each digit.
const MOD11_10: [[u8; 10]; 11] = {
    let (mut next, mut product) = ([[0; 10]; 11], 0);
    while product < 11 {
        let mut digit = 0;
        while digit < 10 {
            let sum = (product + digit) % 10;
            next[product][digit] = (if sum == 0 { 20 } else { sum * 2 } % 11) as u8;
            digit += 1;
        }
        product += 1;
    }
    next
};

/// ISO 7064 MOD 11-2: Chinese identity numbers, ORCID. The last may be `X`.
pub(in crate::redaction) fn mod11_2(id: &[u8]) -> bool {
    let Some((check, rest)) = id.split_last() else { return false };
    let check = if *check == b'X' { 10 } else { value(*check) };
    let sum = rest.iter().fold(0, |sum, byte| (sum + value(*byte)) * 2 % 11);
    check <= 10 && (sum + check) % 11 == 1
}

/// What remains modulo 97 of the number that letters (as two digits each) and digits write: ISO 7064 MOD 97-10.
pub(in crate::redaction) fn mod97(id: &[u8]) -> u64 {
    id.iter().fold(0, |sum, byte| match value(*byte) {
        digit @ ..10 => (sum * 10 + digit) % 97,
        letter => (sum * 100 + letter) % 97,
    })
}

/// ICAO 9303: weights 7, 3, 1; the last is the check digit.
pub(super) fn icao(id: &[u8]) -> bool {
    let Some((check, rest)) = id.split_last() else { return false };
    let sum: u64 = rest.iter().zip([7, 3, 1].iter().cycle()).map(|(byte, weight)| value(*byte) * weight).sum();
    sum % 10 == value(*check) && check.is_ascii_digit()
}

const VERHOEFF_PRODUCT: [[u8; 10]; 10] = [
    [0, 1, 2, 3, 4, 5, 6, 7, 8, 9],
    [1, 2, 3, 4, 0, 6, 7, 8, 9, 5],
    [2, 3, 4, 0, 1, 7, 8, 9, 5, 6],
    [3, 4, 0, 1, 2, 8, 9, 5, 6, 7],
    [4, 0, 1, 2, 3, 9, 5, 6, 7, 8],
    [5, 9, 8, 7, 6, 0, 4, 3, 2, 1],
    [6, 5, 9, 8, 7, 1, 0, 4, 3, 2],
    [7, 6, 5, 9, 8, 2, 1, 0, 4, 3],
    [8, 7, 6, 5, 9, 3, 2, 1, 0, 4],
    [9, 8, 7, 6, 5, 4, 3, 2, 1, 0],
];

/// One step of the permutation: where each digit goes.
const VERHOEFF_STEP: [u8; 10] = [1, 5, 7, 6, 2, 8, 3, 0, 9, 4];

/// Where each digit goes after none to seven steps; eight are none.
const VERHOEFF_STEPS: [[u8; 10]; 8] = {
    let (mut steps, mut at) = ([[0, 1, 2, 3, 4, 5, 6, 7, 8, 9]; 8], 1);
    while at < 8 {
        let mut digit = 0;
        while digit < 10 {
            steps[at][digit] = VERHOEFF_STEP[steps[at - 1][digit] as usize];
            digit += 1;
        }
        at += 1;
    }
    steps
};

/// What follows at each place on each check with each digit.
const VERHOEFF: [[[u8; 10]; 10]; 8] = {
    let (mut next, mut at) = ([[[0; 10]; 10]; 8], 0);
    while at < 8 {
        let mut digit = 0;
        while digit < 10 {
            let (moved, mut check) = (VERHOEFF_STEPS[at][digit] as usize, 0);
            while check < 10 {
                next[at][digit][check] = VERHOEFF_PRODUCT[check][moved];
                check += 1;
            }
            digit += 1;
        }
        at += 1;
    }
    next
};

/// Verhoeff's check over the dihedral group of the pentagon, the check digit last.
pub(in crate::redaction) fn verhoeff(id: &[u8]) -> bool {
    let mut check = 0;
    for (at, byte) in id.iter().rev().enumerate() {
        let digit = usize::from(byte.wrapping_sub(b'0'));
        if digit > 9 {
            return false;
        }
        check = VERHOEFF[at % 8][digit][usize::from(check)];
    }
    check == 0
}

#[cfg(test)]
mod tests;
