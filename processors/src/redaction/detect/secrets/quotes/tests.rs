//! Quotes close where they are closed, blanks are told from letters.

use super::*;

fn inside(text: &str) -> Option<&str> {
    let quote = open(text.as_bytes())?;
    let text = &text[quote.len..];
    Some(&text[..quote.closed(text.as_bytes())])
}

#[test]
fn quotes_hold_what_they_close() {
    for text in ["“ab c” d", "„ab c“ d", "‘ab c’ d", "「ab c」 d", "&quot;ab c&quot; d", "&#39;ab c&#39; d", "“ab c\nd"]
    {
        assert_eq!(inside(text), Some("ab c"), "{text}");
    }
    for text in ["ab", "\"ab\"", "&amp;ab", "é"] {
        assert_eq!(inside(text), None, "{text}");
    }
}

#[test]
fn what_ends_a_name_or_value_is_known() {
    for (text, len) in [("x”", 3), ("x\u{a0}", 2), ("x&quot;", 6), ("x\u{3000}", 3), ("x;", 0), ("é", 0), ("码", 0)]
    {
        assert_eq!(before(text.as_bytes()), len, "{text}");
    }
    for text in ["，", "。", "\u{a0}", "”", "」"] {
        assert!(ends(text.as_bytes()), "{text}");
    }
    assert!(!ends("é".as_bytes()) && !ends("码".as_bytes()));
}
