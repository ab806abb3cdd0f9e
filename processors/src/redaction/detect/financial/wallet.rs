//! Addresses and keys of blockchains, each by its own checksum.
//!
//! All of them are one run of letters and digits, so that a run is looked at once, by all.

use sha3::{Digest, Keccak256};

use super::base58::{BITCOIN, RIPPLE, checked, decode, monero};
use super::{base32, bech32};

/// The shortest run that may be one: a Bitcoin address with leading zero bytes.
pub(super) const LENGTH_MIN: usize = 25;
/// The longest: an extended key.
pub(super) const LENGTH_MAX: usize = 112;

/// The longest readable prefix: `cosmosvaloper`.
const PREFIX_MAX: usize = 13;

/// What a run is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Wallet {
    Bitcoin,
    /// With the mixed case of EIP-55, which checks it.
    Ethereum,
    /// In one case: forty hexadecimal digits.
    EthereumUnchecked,
    Monero,
    Litecoin,
    Dogecoin,
    Tron,
    Ripple,
    Dash,
    Zcash,
    BitcoinCash,
    Cardano,
    Cosmos,
    Tezos,
    Stellar,
    Algorand,
    /// What signs: a private key, an extended one, a seed.
    PrivateKey,
    /// What tells every address of a wallet: an extended public key.
    ExtendedKey,
}

/// What the run is, if it is a wallet.
pub(super) fn wallet(run: &[u8]) -> Option<Wallet> {
    if run.starts_with(b"0x") {
        return ethereum(run);
    }
    match run.len() {
        25..=36 => legacy(run),
        _ => None,
    }
    .or_else(|| prefixed(run))
    .or_else(|| long(run))
}

/// Addresses in base58check: what they are is in the version byte, which shows in the first letter.
fn legacy(run: &[u8]) -> Option<Wallet> {
    if run[0] == b'r' {
        let decoded = decode(run, &RIPPLE)?;
        let is = matches!(decoded.payload()?, [0, rest @ ..] if rest.len() == 20);
        return (is && decoded.is_checked()).then_some(Wallet::Ripple);
    }
    if !b"123ADLMXTntmKk79".contains(&run[0]) {
        return None;
    }
    let decoded = decode(run, &BITCOIN)?;
    let payload = decoded.payload()?;
    let wallet = match (payload.len(), payload) {
        (21, [0x00 | 0x05 | 0x6f | 0xc4, ..]) => Wallet::Bitcoin,
        (21, [0x30 | 0x32 | 0x3a, ..]) => Wallet::Litecoin,
        (21, [0x1e | 0x16, ..]) => Wallet::Dogecoin,
        (21, [0x41, ..]) => Wallet::Tron,
        (21, [0x4c | 0x10, ..]) => Wallet::Dash,
        (22, [0x1c, 0xb8 | 0xbd, ..]) => Wallet::Zcash,
        (23, [0x06, 0xa1, 0x9f | 0xa1 | 0xa4 | 0xa6, ..] | [0x02, 0x5a, 0x79, ..]) => Wallet::Tezos,
        _ => return None,
    };
    // What it would be is known for less than what it takes to check it.
    decoded.is_checked().then_some(wallet)
}

/// Addresses under a readable prefix, and those of Bitcoin Cash, whose prefix may be left out.
fn prefixed(run: &[u8]) -> Option<Wallet> {
    if run.len() == 42 && matches!(run[0], b'q' | b'p') && bech32::is_cash(run) {
        return Some(Wallet::BitcoinCash);
    }
    // The data have no `1`, so that the first one ends the prefix. It is known before anything is summed up.
    let one = run.iter().take(PREFIX_MAX + 1).position(|byte| *byte == b'1')?;
    let mut prefix = [0; PREFIX_MAX];
    prefix[..one].copy_from_slice(&run[..one]);
    prefix.make_ascii_lowercase();
    let prefix = &prefix[..one];
    let is = |check: fn(&bech32::Parts<'_>) -> bool| bech32::parts(run).is_some_and(|parts| check(&parts));
    let wallet = match prefix {
        b"bc" | b"tb" | b"bcrt" => return is(bech32::is_witness).then_some(Wallet::Bitcoin),
        b"ltc" | b"tltc" => return is(bech32::is_witness).then_some(Wallet::Litecoin),
        b"addr" | b"stake" => Wallet::Cardano,
        b"zs" | b"u" => Wallet::Zcash,
        b"cosmos" | b"cosmosvaloper" | b"osmo" | b"juno" | b"celestia" | b"inj" | b"terra" | b"kava" | b"sei"
        | b"axelar" | b"akash" | b"stars" | b"secret" | b"thor" | b"bnb" | b"dydx" | b"neutron" | b"noble" => {
            Wallet::Cosmos
        }
        b"nsec" => Wallet::PrivateKey,
        _ => return None,
    };
    is(|_| true).then_some(wallet)
}

/// Keys, and addresses that carry keys.
fn long(run: &[u8]) -> Option<Wallet> {
    match (run.len(), run[0]) {
        (95 | 106, b'4' | b'8') => {
            let decoded = monero(run)?;
            matches!((decoded.bytes().len(), decoded.bytes()[0]), (65, 18 | 42) | (73, 19)).then_some(Wallet::Monero)
        }
        (51 | 52, b'5' | b'K' | b'L' | b'9' | b'c') => {
            let decoded = checked(run, &BITCOIN)?;
            matches!((decoded.bytes().len(), decoded.bytes()[0]), (33 | 34, 0x80 | 0xef)).then_some(Wallet::PrivateKey)
        }
        (107..=112, b'x' | b'y' | b'z' | b't' | b'u' | b'v') => {
            let kind = match &run[1..4] {
                b"prv" => Wallet::PrivateKey,
                b"pub" => Wallet::ExtendedKey,
                _ => return None,
            };
            (checked(run, &BITCOIN)?.bytes().len() == 78).then_some(kind)
        }
        (base32::STELLAR_LENGTH | base32::ALGORAND_LENGTH, _) => Some(match base32::kind(run)? {
            base32::Kind::Stellar => Wallet::Stellar,
            base32::Kind::StellarSeed => Wallet::PrivateKey,
            base32::Kind::Algorand => Wallet::Algorand,
        }),
        _ => None,
    }
}

/// `0x` and forty hexadecimal digits; where their case is mixed it follows the hash of the lower-case address.
fn ethereum(run: &[u8]) -> Option<Wallet> {
    let address: &[u8; 40] = run.get(2..)?.try_into().ok()?;
    if !address.iter().fold(true, |all, digit| all & digit.is_ascii_hexdigit())
        || address.iter().all(|digit| *digit == address[0])
    {
        return None;
    }
    // A few addresses have one case by right, so that the check comes first.
    let mut lower = *address;
    lower.make_ascii_lowercase();
    let hash = Keccak256::digest(lower);
    let upper = |at: usize| hash[at / 2] >> (4 * (1 - at % 2)) & 8 != 0;
    let sound = |(at, digit): (usize, &u8)| digit.is_ascii_digit() || digit.is_ascii_uppercase() == upper(at);
    if address.iter().enumerate().all(sound) {
        return Some(Wallet::Ethereum);
    }
    let mixed = address.iter().any(u8::is_ascii_lowercase) && address.iter().any(u8::is_ascii_uppercase);
    (!mixed).then_some(Wallet::EthereumUnchecked)
}

/// Writes an address with the case EIP-55 gives it.
#[cfg(any(test, feature = "samples"))]
pub(super) fn checked_case(address: &str) -> String {
    let hash = Keccak256::digest(address.as_bytes());
    let upper = |at: usize| hash[at / 2] >> (4 * (1 - at % 2)) & 8 != 0;
    address.char_indices().map(|(at, c)| if upper(at) { c.to_ascii_uppercase() } else { c }).collect()
}

#[cfg(test)]
mod tests;
