//! Money: cards, bank accounts, wallets.

mod base32;
mod base58;
mod bech32;
mod bic;
mod card;
mod iban;
#[cfg(any(test, feature = "samples"))]
pub mod samples;
mod wallet;

use wide::u8x16;

use super::contact::edges::{self, hit, wanted};
use super::{Class, Detector, Family, Hits, Marks};
use wallet::Wallet;

const CARD: usize = 0;
const CARD_UNSURE: usize = 1;
const IBAN: usize = 2;
const SWIFT: usize = 3;
/// Wallets begin here, in the order of [`Wallet`].
const WALLETS: usize = 4;

const CARD_WORDS: &[&str] = &[
    "card",
    "cards",
    "credit",
    "credit card",
    "debit",
    "creditcard",
    "cc",
    "ccn",
    "pan",
    "payment",
    "pay",
    "visa",
    "mastercard",
    "maestro",
    "amex",
    "american express",
    "diners",
    "discover",
    "jcb",
    "unionpay",
    "rupay",
    "mir",
    "uatp",
    "cardholder",
    "card number",
    "cvv",
    "cvc",
    "karte",
    "kreditkarte",
    "kartennummer",
    "carte",
    "tarjeta",
    "carta",
    "cartao",
    "kaart",
    "kort",
    "karta",
    "kart",
    "kartu",
    "信用卡",
    "银行卡",
    "卡号",
    "卡號",
    "カード番号",
    "クレジットカード",
    "카드번호",
    "신용카드",
    "บัตรเครดิต",
    "карта",
    "карты",
    "карте",
    "καρτα",
    "καρτασ",
    "כרטיס אשראי",
    "بطاقة",
];
const SWIFT_WORDS: &[&str] = &[
    "swift",
    "bic",
    "swift code",
    "bic code",
    "bank",
    "bank identifier",
    "iban",
    "wire transfer",
    "beneficiary",
    "remittance",
    "sepa",
];
const ETH_WORDS: &[&str] = &[
    "eth",
    "ethereum",
    "ether",
    "erc20",
    "erc 20",
    "evm",
    "wallet",
    "address",
    "wallet address",
    "usdt",
    "usdc",
    "metamask",
    "polygon",
    "matic",
    "bsc",
    "bnb",
    "arbitrum",
    "optimism",
    "base",
    "crypto",
    "token",
    "contract",
    "nft",
    "opensea",
    "sender",
    "recipient",
    "0x",
];

/// Financial numbers, each with a check of its own.
#[derive(Clone, Copy, Debug, Default)]
pub struct Financial;

/// A detector of wallets whose checksum says enough.
const fn sure(entity: &'static str, about: &'static str) -> Detector {
    Detector { entity, class: Class::A, words: &[], about }
}

#[rustfmt::skip]
const DETECTORS: [Detector; 22] = [
    sure("CREDIT_CARD", "a payment card: issuer range, length of the brand, Luhn; bare or in the groups of a card"),
    Detector {
        entity: "CREDIT_CARD",
        class: Class::B,
        words: CARD_WORDS,
        about: "a payment card of a rarer range or length: issuer range, length of the brand, Luhn",
    },
    sure("IBAN_CODE", "a bank account: length and structure of its country, remainder by 97"),
    Detector {
        entity: "SWIFT_CODE",
        class: Class::B,
        words: SWIFT_WORDS,
        about: "a bank identifier (ISO 9362): party, country, place, branch",
    },
    sure("CRYPTO", "a Bitcoin address: base58check, bech32, bech32m"),
    sure("CRYPTO_ETH", "an Ethereum address in the mixed case that checks it (EIP-55)"),
    Detector {
        entity: "CRYPTO_ETH",
        class: Class::B,
        words: ETH_WORDS,
        about: "an Ethereum address in one case: 0x and forty hexadecimal digits",
    },
    sure("CRYPTO_XMR", "a Monero address: base58 in blocks, Keccak-256"),
    sure("CRYPTO_LTC", "a Litecoin address: base58check, bech32"),
    sure("CRYPTO_DOGE", "a Dogecoin address: base58check"),
    sure("CRYPTO_TRX", "a Tron address: base58check"),
    sure("CRYPTO_XRP", "an XRP Ledger address: base58check in its own alphabet"),
    sure("CRYPTO_DASH", "a Dash address: base58check"),
    sure("CRYPTO_ZEC", "a Zcash address: base58check, bech32"),
    sure("CRYPTO_BCH", "a Bitcoin Cash address: CashAddr"),
    sure("CRYPTO_ADA", "a Cardano address: bech32"),
    sure("CRYPTO_COSMOS", "an address of Cosmos or a chain built like it: bech32"),
    sure("CRYPTO_XTZ", "a Tezos address: base58check"),
    sure("CRYPTO_XLM", "a Stellar account: base32, CRC-16"),
    sure("CRYPTO_ALGO", "an Algorand account: base32, SHA-512/256"),
    sure("CRYPTO_PRIVATE_KEY", "what signs for a wallet: WIF, an extended private key, a Stellar seed, a Nostr key"),
    sure("CRYPTO_XPUB", "an extended public key, which tells every address of a wallet"),
];

impl Family for Financial {
    fn detectors(&self) -> &'static [Detector] {
        &DETECTORS
    }

    fn find(&self, text: &str, marks: &Marks, on: &[bool], hits: &mut Hits) {
        let cards = wanted(on, CARD) || wanted(on, CARD_UNSURE);
        let (ibans, wallets) = (wanted(on, IBAN), on.iter().skip(WALLETS).any(|on| *on));
        let (mut card_done, mut run_done) = (0, 0);
        let bytes = text.as_bytes();
        marks.each_ahead(|at, ahead| {
            let digits = ahead.run(0);
            let behind_letter = at > 0 && bytes[at - 1].is_ascii_alphabetic();
            if behind_letter {
                if ibans
                    && digits > 1
                    && let Some(span) = iban::at(text, at, ahead)
                {
                    push(&span, IBAN, on, hits);
                }
            } else if cards
                && at >= card_done
                && let Some(card) = card::at(text, at, ahead)
            {
                card_done = card.span.end;
                let detector = if card.sure { CARD } else { CARD_UNSURE };
                push(&card.span, detector, on, hits);
            }
            // Most digits are no part of a word, and too few for a wallet.
            let in_word = || behind_letter || bytes.get(at + digits).is_some_and(u8::is_ascii_alphabetic);
            if wallets && at >= run_done && (digits >= wallet::LENGTH_MIN || in_word()) {
                run_done = find_wallet(text, at, run_done, on, hits);
            }
        });
        if wanted(on, SWIFT) {
            bic::each(text, marks, |span| hits.push(hit(&span, SWIFT)));
        }
    }
}

/// Looks at the run of letters and digits around `at`, which begins at `from` or later, and gives its end.
fn find_wallet(text: &str, at: usize, from: usize, on: &[bool], hits: &mut Hits) -> usize {
    let bytes = text.as_bytes();
    let before = bytes[from..at].iter().rev().take_while(|byte| byte.is_ascii_alphanumeric()).count();
    let after = alphanumerics(&bytes[at..]);
    let (mut start, end) = (at - before, at + after);
    if !(wallet::LENGTH_MIN..=wallet::LENGTH_MAX).contains(&(end - start))
        || !edges::free_before(text, start)
        || !edges::free_after(text, end)
    {
        return end;
    }
    if let Some(wallet) = wallet::wallet(&bytes[start..end]) {
        if wallet == Wallet::BitcoinCash && bytes[..start].ends_with(b"bitcoincash:") {
            start -= b"bitcoincash:".len();
        }
        push(&(start..end), WALLETS + wallet as usize, on, hits);
    }
    end
}

/// How many letters and digits `bytes` begins with.
fn alphanumerics(bytes: &[u8]) -> usize {
    const LANE: usize = 16;
    let within = |lane: u8x16, least: u8, most: u8| (lane - u8x16::splat(least)).simd_le(u8x16::splat(most - least));
    let (lanes, rest) = bytes.as_chunks::<LANE>();
    for (number, lane) in lanes.iter().enumerate() {
        let lane = u8x16::new(*lane);
        // With that bit letters are small, and no other byte is one.
        let letters = within(lane | u8x16::splat(0x20), b'a', b'z');
        let is = (letters | within(lane, b'0', b'9')).to_bitmask();
        if is != (1 << LANE) - 1 {
            return number * LANE + is.trailing_ones() as usize;
        }
    }
    lanes.len() * LANE + rest.iter().take_while(|byte| byte.is_ascii_alphanumeric()).count()
}

fn push(span: &std::ops::Range<usize>, detector: usize, on: &[bool], hits: &mut Hits) {
    if wanted(on, detector) {
        hits.push(hit(span, detector));
    }
}

#[cfg(test)]
mod tests;
