//! Identifiers are seen wherever they stand.

use super::*;

fn found(text: &str) -> Vec<&str> {
    let mut marks = Marks::default();
    marks.fill(text.as_bytes());
    let mut all = Vec::new();
    each(text, &marks, |span| all.push(&text[span]));
    all
}

#[test]
fn identifiers_are_found_at_every_offset() {
    for offset in 0..20 {
        for bic in ["DEUTDEFF", "DEUTDEFF500", concat!("BNPAFRPP", "X", "XX")] {
            let text = format!("{}{bic}.", " ".repeat(offset));
            assert_eq!(found(&text), [bic], "{text:?}");
        }
    }
}

#[test]
fn other_words_are_not() {
    for text in ["PASSWORD", "DEUTDEF", "DEUTDEFF5", "A_DEUTDEFF", "xDEUTDEFF", "DEUTDE1F", "deutdeff", "DEUTDEFF5000"]
    {
        assert_eq!(found(text), [] as [&str; 0], "{text:?}");
    }
}
