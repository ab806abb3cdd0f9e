//! What each strategy writes, and that nothing it writes is found again.

use std::sync::Arc;

use pipeline::config::Secret;
use proptest::prelude::{any, prop_assert, proptest};
use regex::Regex;

use super::Strategy;
use super::*;

fn key(id: &str, text: &str) -> Result<Arc<Key>, Refusal> {
    Key::new(&PseudonymKey { id: id.into(), key: Secret::from(text.to_owned()) }).map(Arc::new)
}

fn k1() -> Arc<Key> {
    key("k1", &"0123456789abcdef".repeat(2)).unwrap()
}

fn apply(kind: Kind, entity: &str, matched: &str) -> String {
    let mut out = String::new();
    Strategy::of(kind, entity, Some(&k1())).unwrap().apply(entity, matched, &mut out);
    out
}

#[test]
fn a_placeholder_says_what_went() {
    assert_eq!(apply(Kind::Placeholder, "EMAIL_ADDRESS", "ada@example.com"), "[EMAIL_ADDRESS]");
    assert_eq!(apply(Kind::Keep, "EMAIL_ADDRESS", "ada@example.com"), "ada@example.com");
    assert_eq!(apply(Kind::DropValue, "EMAIL_ADDRESS", "ada@example.com"), "");
}

#[test]
fn a_strategy_says_how_far_it_reaches() {
    let reach = |kind| Strategy::of(kind, "URL", Some(&k1())).unwrap().reach();
    assert_eq!(reach(Kind::Placeholder), Reach::Match);
    assert_eq!(reach(Kind::DropValue), Reach::Value);
    assert_eq!(reach(Kind::DropKey), Reach::Attribute);
    assert_eq!(reach(Kind::Keep), Reach::Nothing);
}

#[test]
fn a_pseudonym_has_entity_key_id_and_eight_bytes() {
    let text = apply(Kind::Pseudonym, "EMAIL_ADDRESS", "ada@example.com");
    assert!(Regex::new("^email_address_k1_[0-9a-f]{16}$").unwrap().is_match(&text), "{text}");
}

#[test]
fn one_value_written_in_several_ways_has_one_pseudonym() {
    let same = |entity, one, other| {
        assert_eq!(apply(Kind::Pseudonym, entity, one), apply(Kind::Pseudonym, entity, other), "{one} {other}");
    };
    same("EMAIL_ADDRESS", "Ada@Example.com ", "ada@example.COM");
    same("CREDIT_CARD", "4111 1111 1111 1111", "4111-1111-1111-1111");
    same("PHONE_NUMBER", "+49 30 1234567", "0049-30-1234567");
    same("PHONE_NUMBER", "+49 30 1234567", "＋49 30 1234567");
    same("IBAN_CODE", "DE89 3704 0044 0532 0130 00", "de89370400440532013000");
    same("US_SSN", "536-90-4399", "536904399");
    same("IP_ADDRESS", "2001:DB8::1", "2001:db8::1");
}

#[test]
fn other_values_entities_and_keys_have_other_pseudonyms() {
    let one = apply(Kind::Pseudonym, "IP_ADDRESS", "1.11.1.1");
    assert_ne!(one, apply(Kind::Pseudonym, "IP_ADDRESS", "11.1.1.1"));
    let tail = |text: &str| text[text.len() - 16..].to_owned();
    assert_ne!(tail(&apply(Kind::Pseudonym, "US_SSN", "123")), tail(&apply(Kind::Pseudonym, "US_ITIN", "123")));
    assert_ne!(apply(Kind::Pseudonym, "OPENAI_API_KEY", "aB"), apply(Kind::Pseudonym, "OPENAI_API_KEY", "ab"));
    let mut rotated = String::new();
    let other = key("k2", &"another key of at least 32 bytes".repeat(2)).unwrap();
    Strategy::Pseudonym(other).apply("IP_ADDRESS", "1.11.1.1", &mut rotated);
    assert!(rotated.starts_with("ip_address_k2_"));
    assert_ne!(tail(&one), tail(&rotated));
}

#[test]
fn what_normalises_to_nothing_still_differs() {
    assert_ne!(apply(Kind::Pseudonym, "PERSON", "!!"), apply(Kind::Pseudonym, "PERSON", "??"));
}

#[test]
fn keys_and_ids_are_checked() {
    assert_eq!(key("k1", "short").unwrap_err(), Refusal::ShortKey(5));
    let padded = format!("{}\n", "a".repeat(31));
    assert_eq!(key("k1", &padded).unwrap_err(), Refusal::ShortKey(31));
    for id in ["", "K1", "k_1", "a0123456789012345"] {
        assert_eq!(key(id, &"a".repeat(32)).unwrap_err(), Refusal::KeyId(id.into()));
    }
    assert_eq!(Strategy::of(Kind::Pseudonym, "URL", None).unwrap_err(), Refusal::NoKey);
    assert!(!format!("{:?}", k1()).contains("0123"), "a key is never printed");
}

#[test]
fn unkeyed_hashes_are_for_secrets_only() {
    for entity in ["EMAIL_ADDRESS", "US_SSN", "IP_ADDRESS", "PASSWORD", "PERSON", "CRYPTO"] {
        assert_eq!(Strategy::of(Kind::Hash, entity, None).unwrap_err(), Refusal::Guessable(entity.into()));
    }
    let text = apply(Kind::Hash, "OPENAI_API_KEY", "abc");
    assert!(text.starts_with("openai_api_key_sha256_"), "{text}");
}

#[test]
fn partial_keeps_what_support_needs() {
    let check = |entity, matched, expected| assert_eq!(apply(Kind::Partial, entity, matched), expected);
    check("CREDIT_CARD", "4111 1111 1111 1234", "[CREDIT_CARD:1234]");
    check("CREDIT_CARD", "4111", "[CREDIT_CARD]");
    check("EMAIL_ADDRESS", "ada@Mail.Example.com", "[EMAIL_ADDRESS:mail.example.com]");
    check("EMAIL_ADDRESS", "ada@\"x\"", "[EMAIL_ADDRESS]");
    check("IP_ADDRESS", "203.0.113.7", "[IP_ADDRESS:203.0.113.*]");
    check("IP_ADDRESS", "203.0.113.7/32", "[IP_ADDRESS:203.0.113.*]");
    check("IP_ADDRESS", "2001:0db8:85a3::8a2e:370:7334", "[IP_ADDRESS:2001:db8:85a3:*]");
    check("IP_ADDRESS", "2001:db8::1", "[IP_ADDRESS:2001:db8:0:*]");
    check("IP_ADDRESS", "::1", "[IP_ADDRESS:0:0:0:*]");
    check("PHONE_NUMBER", "+49 30 123456 12", "[PHONE_NUMBER:+49..12]");
    check("PHONE_NUMBER", "+1 415 555 2671", "[PHONE_NUMBER:+1..71]");
    check("PHONE_NUMBER", "00353 1 234 5678", "[PHONE_NUMBER:+353..78]");
    check("PHONE_NUMBER", "(415) 555-2671", "[PHONE_NUMBER:..71]");
    check("US_SSN", "536-90-4399", "[US_SSN]");
    check("OPENAI_API_KEY", "abcdefghijkl", "[OPENAI_API_KEY]");
}

fn hand() -> Hand {
    let entities = ["EMAIL_ADDRESS", "CREDIT_CARD", "PHONE_NUMBER", "IP_ADDRESS", "PERSON"].map(str::to_owned);
    Hand::new(entities.into(), Some("prod".to_owned()))
}

#[test]
fn what_is_written_is_told_from_what_was_sent() {
    let ours = [
        "[EMAIL_ADDRESS]",
        "[CREDIT_CARD:1234]",
        "[EMAIL_ADDRESS:example.com]",
        "[IP_ADDRESS:203.0.113.*]",
        "[IP_ADDRESS:2001:db8:0:*]",
        "[PHONE_NUMBER:+49..12]",
        "[PHONE_NUMBER:..71]",
        "email_address_k1_00ff00ff00ff00ff",
        "email_address_prod_00ff00ff00ff00ff",
        "credit_card_sha256_00ff00ff00ff00ff",
    ];
    for text in ours {
        assert!(hand().wrote(text), "{text}");
    }
    let theirs = [
        "",
        "[]",
        "[x]",
        "EMAIL_ADDRESS",
        "[EMAIL_ADDRESS] x",
        "[VIP]",
        "[PERSON: John Smith]",
        "[CREDIT_CARD:4111 1111 1111 1111]",
        "[EMAIL_ADDRESS:bob@example.com]",
        "[IP_ADDRESS:203.0.113.7]",
        "[PHONE_NUMBER:+49..1234567]",
        "email_address_k1_00ff",
        "email_address_k1_4111111111111111",
        "email_address_app_00ff00ff00ff00ff",
        "order_k1_00ff00ff00ff00ff",
        "k1_00ff00ff00ff00ff",
    ];
    for text in theirs {
        assert!(!hand().wrote(text), "{text}");
    }
}

/// Everyday patterns, looser than any detector.
const EVERYDAY: &[&str] = &[
    r"[A-Za-z0-9._%+-]+@[A-Za-z0-9.-]+\.[A-Za-z]{2,}",
    r"\d{3}[-. ]?\d{2}[-. ]?\d{4}",
    r"\d{13,19}",
    r"(\+\d{1,3}[- ]?)?\(?\d{3}\)?[-. ]?\d{3}[-. ]?\d{4}",
    r"(?:\d{1,3}\.){3}\d{1,3}",
    r"(?:[0-9a-fA-F]{1,4}:){7}[0-9a-fA-F]{1,4}|(?:[0-9a-fA-F]{1,4}:)+:[0-9a-fA-F]{0,4}",
    r"\b[A-Z]{2}\d{2}[A-Z0-9]{11,30}\b",
    r"(?i)bearer\s+\S+",
    r"(?:sk|pk)-[A-Za-z0-9]{20,}|AKIA[0-9A-Z]{16}|ghp_[A-Za-z0-9]{36}|eyJ[\w-]+\.",
];

proptest! {
    #[test]
    fn nothing_written_is_found_again(value in "\\PC{1,40}", digits in "[0-9+() .-]{7,20}", ip in any::<[u8; 4]>()) {
        let everyday: Vec<Regex> = EVERYDAY.iter().map(|pattern| Regex::new(pattern).unwrap()).collect();
        let ip = ip.map(|octet| octet.to_string()).join(".");
        let mail = format!("a{}@example.com", value.len());
        let entities =
            [("EMAIL_ADDRESS", &mail), ("CREDIT_CARD", &digits), ("PHONE_NUMBER", &digits), ("IP_ADDRESS", &ip), ("PERSON", &value)];
        for (entity, value) in entities {
            for kind in [Kind::Placeholder, Kind::Pseudonym, Kind::Partial] {
                let text = apply(kind, entity, value);
                prop_assert!(hand().wrote(&text), "{}", text);
                for pattern in &everyday {
                    prop_assert!(!pattern.is_match(&text), "{} finds {}", pattern, text);
                }
            }
        }
    }
}
