//! The vectors of BIP 173 and BIP 350, and what is written reads.

use super::*;

#[test]
fn vectors_of_the_standards() {
    for text in
        ["A12UEL5L", "an83characterlonghumanreadablepartthatcontainsthenumber1andtheexcludedcharactersbio1tt5tgs"]
    {
        assert_eq!(parts(text.as_bytes()).map(|parts| parts.kind), Some(BECH32), "{text}");
    }
    assert_eq!(parts(b"A1LQFN3A").map(|parts| parts.kind), Some(BECH32M));
    for text in ["A12uEL5L", "1qzzfhee", "x1b4n0q5v", "li1dgmt3", "A1LQFN3B", "", "1"] {
        assert_eq!(parts(text.as_bytes()), None, "{text}");
    }
}

#[test]
fn witness_programs() {
    let witness = |text: &str| parts(text.as_bytes()).is_some_and(|parts| is_witness(&parts));
    assert!(witness("BC1QW508D6QEJXTDG4Y5R3ZARVARY0C5XW7KV8F3T4"));
    assert!(witness("bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vqzk5jj0"));
    // Version 1 under the checksum of version 0, and the other way round
    assert!(!witness("bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vqh2y7hd"));
    assert!(!witness("BC1QW508D6QEJXTDG4Y5R3ZARVARY0C5XW7KEMEAWH"));
}

#[test]
fn cash_addresses() {
    assert!(is_cash(b"qpm2qsznhks23z7629mms6s4cwef74vcwvy22gdx6a"));
    assert!(!is_cash(b"qpm2qsznhks23z7629mms6s4cwef74vcwvy22gdx6q"));
    assert!(is_cash(encode_cash(&"qz".repeat(17)).as_bytes()));
}
