//! Edges are judged by the character beside them, whatever its length in bytes.

use super::*;

#[test]
fn letters_and_digits_of_spaced_scripts_join() {
    for (text, at, before, after) in [
        ("", 0, true, true),
        ("a1", 1, false, false),
        ("-1", 1, true, false),
        ("é1", 2, false, false),
        ("号1", 3, true, false),
        ("1로", 1, false, true),
        ("1ж", 1, false, false),
        ("1_", 1, false, true),
    ] {
        assert_eq!((free_before(text, at), free_after(text, at)), (before, after), "{text:?} at {at}");
    }
}

#[test]
fn letters_and_digits_are_those_of_the_standard_library() {
    for c in '\0'..=char::MAX {
        assert_eq!(is_alphanumeric(c), c.is_alphanumeric(), "{c:?}");
    }
}
