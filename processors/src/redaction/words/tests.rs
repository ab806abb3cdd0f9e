//! Whole words only, in any case, over `_`, `-` and camel case.

use super::*;

fn near(text: &str, found: &str) -> Words {
    let start = text.find(found).unwrap();
    let mut words = Words::default();
    words.fill_near(text, start, start + found.len());
    words
}

#[test]
fn words_near_a_match_are_whole_words() {
    let words = near("Your Tax-ID: 123, the Steuer ID", "123");
    assert!(words.have(&["tax id"]) && words.have(&["nothing", "your"]) && words.have(&["steuer id"]));
    assert!(
        !words.have(&["ax id"]) && !words.have(&["tax i"]) && !words.have::<&str>(&[]) && !words.have(&["id the id"])
    );
    assert!(!near("taxid 1", "1").have(&["tax"]));
}

#[test]
fn words_far_from_a_match_do_not_count() {
    let far = format!("ssn {} 123", "word ".repeat(20));
    assert!(!near(&far, "123").have(&["ssn"]));
    assert!(near("123 is my ssn", "123").have(&["ssn"]));
    let cut = format!("{}passn {} 123", "", "x".repeat(45));
    assert!(!near(&cut, "123").have(&["ssn"]), "a word cut at the edge is another word");
}

#[test]
fn keys_fall_into_their_words() {
    let mut words = Words::default();
    for key in ["user.taxId", "user.tax_id", "user-tax-id", "TAX ID", "http.tax_id.value"] {
        words.fill_key(key);
        assert!(words.have(&["tax id"]), "{key}");
    }
    words.fill_key("syntaxIdle");
    assert!(!words.have(&["tax id"]));
}
