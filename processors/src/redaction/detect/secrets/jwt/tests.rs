//! A token is one by its header.

use super::*;

#[test]
fn a_header_with_alg_makes_a_token() {
    let header = concat!("eyJhbGciOiJIUzI1NiIs", "InR5cCI6IkpXVCJ9");
    for rest in [".eyJzdWIiOiIxIn0.abc", ".eyJzdWIiOiIxIn0.", ".eyJzdWIiOiIxIn0", ".key.iv.text.tag"] {
        let known = is(format!("{header}{rest}").as_bytes());
        assert_eq!(known, rest != ".key.iv.text.tag", "{rest}");
    }
    assert!(!is(header.as_bytes()));
    assert!(!is(format!("{header}.").as_bytes()));
}

#[test]
fn other_base64_is_none() {
    // {"sub":"1234567890"}, and what is no JSON
    for header in ["eyJzdWIiOiIxMjM0NTY3ODkwIn0", "eyJhbGciOiJIUzI1NiIs"] {
        assert!(!is(format!("{header}.eyJzdWIiOiIxIn0.abc").as_bytes()), "{header}");
    }
}
