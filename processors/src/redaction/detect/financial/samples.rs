//! Made-up numbers and wallets that the detectors of this family find.

use super::{base32, base58, bech32, iban, wallet};
use crate::redaction::detect::contact::samples::Draw;
use crate::redaction::detect::ids::checksum::luhn;

/// A value of the entity, the same for the same seed.
pub fn sample(entity: &str, seed: u64) -> Option<String> {
    let draw = &mut Draw::new(seed);
    let base58 = |version: &[u8], draw: &mut Draw| {
        let payload: Vec<u8> = version.iter().copied().chain(draw.bytes::<20>()).collect();
        Some(base58::encode_checked(&payload, &base58::BITCOIN))
    };
    match entity {
        "CREDIT_CARD" => Some(card(draw)),
        "IBAN_CODE" => Some(iban(draw)),
        "SWIFT_CODE" => Some(format!("{}{}FF", draw.string(b"ABCDEFGH", 4), ["DE", "FR", "GB", "US"][draw.below(4)])),
        "CRYPTO" if draw.below(2) == 0 => Some(witness("bc", draw)),
        "CRYPTO" => base58(&[[0, 5][draw.below(2)]], draw),
        "CRYPTO_ETH" => Some(format!("0x{}", wallet::checked_case(&draw.string(b"0123456789abcdef", 40)))),
        "CRYPTO_XMR" => {
            let mut payload = draw.bytes::<65>();
            payload[0] = 18;
            Some(base58::encode_monero(&payload))
        }
        "CRYPTO_LTC" => Some(witness("ltc", draw)),
        "CRYPTO_DOGE" => base58(&[0x1e], draw),
        "CRYPTO_TRX" => base58(&[0x41], draw),
        "CRYPTO_XRP" => {
            let mut payload = draw.bytes::<21>();
            payload[0] = 0;
            Some(base58::encode_checked(&payload, &base58::RIPPLE))
        }
        "CRYPTO_DASH" => base58(&[0x4c], draw),
        "CRYPTO_ZEC" => base58(&[0x1c, 0xb8], draw),
        "CRYPTO_BCH" => Some(bech32::encode_cash(&format!("q{}", data(33, draw)))),
        "CRYPTO_ADA" => Some(bech32::encode("addr", &data(92, draw), bech32::BECH32)),
        "CRYPTO_COSMOS" => Some(bech32::encode("cosmos", &data(32, draw), bech32::BECH32)),
        "CRYPTO_XTZ" => base58(&[0x06, 0xa1, 0x9f], draw),
        "CRYPTO_XLM" => Some(base32::encode(base32::Kind::Stellar, &draw.bytes())),
        "CRYPTO_ALGO" => Some(base32::encode(base32::Kind::Algorand, &draw.bytes())),
        "CRYPTO_PRIVATE_KEY" => {
            let key: Vec<u8> = [0x80].into_iter().chain(draw.bytes::<32>()).chain([1]).collect();
            Some(base58::encode_checked(&key, &base58::BITCOIN))
        }
        "CRYPTO_XPUB" => {
            let key: Vec<u8> = [0x04, 0x88, 0xb2, 0x1e].into_iter().chain(draw.bytes::<74>()).collect();
            Some(base58::encode_checked(&key, &base58::BITCOIN))
        }
        _ => None,
    }
}

/// A bare card number of a common brand.
pub(super) fn card(draw: &mut Draw) -> String {
    let (start, length) = [("4", 16), ("51", 16), ("2221", 16), ("37", 15), ("6011", 16)][draw.below(5)];
    let open = format!("{start}{}", draw.digits(length - start.len() - 1));
    with_check_digit(&open, |number| luhn(number.as_bytes()))
}

/// A number of any country.
pub(super) fn iban(draw: &mut Draw) -> String {
    let countries = iban::countries();
    let (country, structure) = countries[draw.below(countries.len())];
    let mut bban = String::new();
    for (count, class) in iban::parts(structure) {
        bban += &match class {
            b'n' => draw.digits(count),
            b'a' => draw.string(b"ABCDEFGHIJKLMNOPQRSTUVWXYZ", count),
            _ => draw.string(b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ", count),
        };
    }
    let number = format!("{}{}00{bban}", char::from(country[0]), char::from(country[1]));
    let check = 98 - iban::remainder(number.as_bytes());
    format!("{}{check:02}{bban}", &number[..2])
}

fn witness(prefix: &str, draw: &mut Draw) -> String {
    // Twenty bytes are thirty-two characters of five bits, with none left over.
    bech32::encode(prefix, &format!("q{}", data(32, draw)), bech32::BECH32)
}

fn data(length: usize, draw: &mut Draw) -> String {
    draw.string(bech32::CHARSET, length)
}

fn with_check_digit(open: &str, sound: impl Fn(&str) -> bool) -> String {
    let closed = (0..10).map(|digit| format!("{open}{digit}")).find(|number| sound(number));
    closed.unwrap_or_default()
}
