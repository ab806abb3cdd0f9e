//! Bech32 and its kin: a readable prefix, data of five bits a character, and a checksum over both.

/// The alphabet of the data.
pub(super) const CHARSET: &[u8; 32] = b"qpzry9x8gf2tvdw0s3jn54khce6mua7l";
/// What the checksum of bech32 (BIP 173) leaves.
pub(super) const BECH32: u32 = 1;
/// What the checksum of bech32m (BIP 350) leaves.
pub(super) const BECH32M: u32 = 0x2bc8_30a3;
/// The generator of that checksum.
const GENERATOR: [u32; 5] = [0x3b6a_57b2, 0x2650_8e6d, 0x1ea1_19fa, 0x3d42_33dd, 0x2a14_62b3];
/// The generator of Bitcoin Cash's, of forty bits.
const CASH_GENERATOR: [u64; 5] = [0x98_f2bc_8e61, 0x79_b76d_99e2, 0xf3_3e5f_b3c4, 0xae_2eab_e2a8, 0x1e_4f43_e470];
/// Characters of a bech32 checksum.
const CHECK: usize = 6;

/// A text of the kind: its prefix, its data without checksum, and which of the two checksums it has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Parts<'a> {
    /// The readable prefix, as written.
    pub(super) prefix: &'a [u8],
    /// The characters of the data.
    pub(super) data: &'a [u8],
    /// [`BECH32`] or [`BECH32M`].
    pub(super) kind: u32,
}

/// Takes a text apart if its checksum is right. All letters are of one case.
pub(super) fn parts(text: &[u8]) -> Option<Parts<'_>> {
    let one = text.iter().rposition(|byte| *byte == b'1').filter(|one| *one > 0)?;
    let (prefix, data) = (&text[..one], &text[one + 1..]);
    let mixed = text.iter().any(u8::is_ascii_lowercase) && text.iter().any(u8::is_ascii_uppercase);
    if mixed || data.len() < CHECK {
        return None;
    }
    let kind = checksum(prefix, data)?;
    let data = &data[..data.len() - CHECK];
    matches!(kind, BECH32 | BECH32M).then_some(Parts { prefix, data, kind })
}

/// Whether the data is a witness program of the version it names, under the checksum that version has.
pub(super) fn is_witness(parts: &Parts<'_>) -> bool {
    let Some(version) = parts.data.first().and_then(|first| value(*first)) else { return false };
    let bits = (parts.data.len() - 1) * 5;
    let (bytes, rest) = (bits / 8, bits % 8);
    let length = if version == 0 { matches!(bytes, 20 | 32) } else { (2..=40).contains(&bytes) };
    let kind = if version == 0 { BECH32 } else { BECH32M };
    version <= 16 && length && rest < 5 && parts.kind == kind
}

/// Whether the text is an address of Bitcoin Cash, without its prefix.
pub(super) fn is_cash(text: &[u8]) -> bool {
    let prefix = b"bitcoincash".iter().map(|byte| Some(byte & 31));
    let values = prefix.chain([Some(0)]).chain(text.iter().map(|byte| value(*byte)));
    cash_checksum(values) == Some(0)
}

fn checksum(prefix: &[u8], data: &[u8]) -> Option<u32> {
    let prefix = prefix.iter().map(u8::to_ascii_lowercase);
    let high = prefix.clone().map(|byte| Some(byte >> 5));
    let low = prefix.map(|byte| Some(byte & 31));
    let mut values = high.chain([Some(0)]).chain(low).chain(data.iter().map(|byte| value(*byte)));
    values.try_fold(1_u32, |sum, value| {
        let next = (sum & 0x1ff_ffff) << 5 ^ u32::from(value?);
        Some(GENERATOR.iter().enumerate().fold(
            next,
            |next, (bit, generator)| {
                if sum >> 25 >> bit & 1 == 1 { next ^ generator } else { next }
            },
        ))
    })
}

fn cash_checksum(mut values: impl Iterator<Item = Option<u8>>) -> Option<u64> {
    let sum = values.try_fold(1_u64, |sum, value| {
        let next = (sum & 0x07_ffff_ffff) << 5 ^ u64::from(value?);
        Some(
            CASH_GENERATOR
                .iter()
                .enumerate()
                .fold(next, |next, (bit, generator)| if sum >> 35 >> bit & 1 == 1 { next ^ generator } else { next }),
        )
    })?;
    Some(sum ^ 1)
}

fn value(byte: u8) -> Option<u8> {
    Some(VALUES[usize::from(byte)]).filter(|value| *value != NONE)
}

/// What is no character of the data.
const NONE: u8 = u8::MAX;

/// What each byte stands for in the data, in either case.
const VALUES: [u8; 256] = {
    let (mut values, mut at) = ([NONE; 256], 0);
    while at < CHARSET.len() {
        values[CHARSET[at] as usize] = at as u8;
        values[CHARSET[at].to_ascii_uppercase() as usize] = at as u8;
        at += 1;
    }
    values
};

/// Writes data under a prefix, for made-up wallets.
#[cfg(any(test, feature = "samples"))]
pub(super) fn encode(prefix: &str, data: &str, kind: u32) -> String {
    let open = format!("{data}qqqqqq");
    let sum = checksum(prefix.as_bytes(), open.as_bytes()).unwrap_or_default() ^ kind;
    let check: String = (0..CHECK).rev().map(|at| char::from(CHARSET[(sum >> (5 * at) & 31) as usize])).collect();
    format!("{prefix}1{data}{check}")
}

/// Writes data as an address of Bitcoin Cash, for made-up wallets.
#[cfg(any(test, feature = "samples"))]
pub(super) fn encode_cash(data: &str) -> String {
    let open = format!("{data}qqqqqqqq");
    let prefix = b"bitcoincash".iter().map(|byte| Some(byte & 31));
    let values = prefix.chain([Some(0)]).chain(open.bytes().map(value));
    let sum = cash_checksum(values).unwrap_or_default();
    let check: String = (0..8).rev().map(|at| char::from(CHARSET[(sum >> (5 * at) & 31) as usize])).collect();
    format!("{data}{check}")
}

#[cfg(test)]
mod tests;
