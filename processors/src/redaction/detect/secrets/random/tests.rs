//! Keys look drawn by chance; placeholders, identifiers and paths do not.

use super::*;

#[test]
fn keys_look_random() {
    for key in ["T3BlbkFJabc123XYZ789", "0f3a9c7d5e1b2468ace0", "qKxTvWmZaBnCdLpRsYuE", "1a2b3c4d-5e6f-7a8b-9c0d"] {
        assert!(random(key.as_bytes()), "{key}");
    }
}

#[test]
fn words_do_not() {
    for word in
        ["your-api-key-goes-here", "learn-more-about-it", "xxxxxxxxxxxxxxxxxxxx", "YOUR_API_KEY_HERE", "", "1111111111"]
    {
        assert!(!random(word.as_bytes()), "{word}");
    }
}

#[test]
fn entropy_is_in_bits() {
    assert!((bits(b"aaaa") - 0.0).abs() < 1e-6);
    assert!((bits(b"abcd") - 2.0).abs() < 1e-6);
    assert!(mixed(b"wJalrXUtnFEMIK7MDENGbPxRfiCYzEXAMPLEKEYq"));
    assert!(!mixed(b"docs/Getting/started/with/the/pipeline12"));
}

proptest::proptest! {
    #[test]
    fn letters_and_digits_that_differ_are_counted(token in proptest::collection::vec(proptest::num::u8::ANY, 0..40)) {
        let own: std::collections::BTreeSet<&u8> = token.iter().filter(|byte| byte.is_ascii_alphanumeric()).collect();
        proptest::prop_assert_eq!(varied(&token), own.len() >= 7);
    }
}
