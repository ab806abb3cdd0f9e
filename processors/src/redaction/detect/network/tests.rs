//! What the family finds in whole texts.

use super::*;
use crate::redaction::detect::contact::proving::{self, found, found_of};

#[test]
fn samples_are_found_and_clean_text_is_clean() {
    proving::samples_are_found(&Network, samples::sample);
}

#[test]
fn hostile_text_is_survived() {
    proving::hostile_text_is_survived(&Network);
}

#[test]
fn everything_in_a_text_is_found() {
    let secret = ["s3", "cr3t"].concat();
    let text = format!("2024-01-02 GET https://bob:{secret}@8.8.8.8:80/a?sig={secret} from 00:1a:2b:3c:4d:5e");
    let url = format!("https://bob:{secret}@8.8.8.8:80/a?sig={secret}");
    let credentials = format!("bob:{secret}");
    let want = [
        ("DATE_TIME", "2024-01-02"),
        ("URL", url.as_str()),
        ("URL_CREDENTIALS", credentials.as_str()),
        ("IP_ADDRESS", "8.8.8.8"),
        ("IP_ADDRESS_PUBLIC", "8.8.8.8:80"),
        ("URL_SECRET", secret.as_str()),
        ("MAC_ADDRESS", "00:1a:2b:3c:4d:5e"),
    ];
    assert_eq!(found(&Network, &text), want);
}

#[test]
fn names_are_found_between_urls() {
    let text = "http://a.com/x.de and google.com, https://b.com www.example.org/c";
    assert_eq!(found_of(&Network, "URL", text).len(), 4);
}
