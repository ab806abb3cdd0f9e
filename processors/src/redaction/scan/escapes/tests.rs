//! Escapes are blanked in place, and nothing else is.

use super::*;

#[test]
fn escapes_are_blanked_in_place() {
    let mut blank = String::new();
    for (text, want) in [
        ("a\\nb", "a  b"),
        ("é\\\"x\\n\\q", "é \"x  \\q"),
        ("end\\", "end\\"),
        ("none", "none"),
        // A path, not JSON in JSON.
        ("C:\\\\new", "C:\\\\new"),
        ("{\\\"a\\\":\\\"card\\\\n4111", "{ \"a \": \"card   4111"),
        ("a\\u003c4111\\u0040b\\u00e9", "a      4111\\u0040b\\u00e9"),
        // What we wrote behind a lone escape stays whole; a number behind a sequence stands alone.
        ("\u{1b}[HIGH_ENTROPY] \u{1b}[K", "\u{1b}[HIGH_ENTROPY]    "),
        ("\u{1b}[K4111] \u{1b}[38:2:1m4111]", "   4111]          4111]"),
        ("\u{1b}[31m4111\u{1b}[0m \u{1b}x \u{1b}", "     4111     \u{1b}x \u{1b}"),
    ] {
        let got = without_escapes(text, &mut blank);
        assert_eq!((got, got.len()), (want, text.len()));
    }
}
