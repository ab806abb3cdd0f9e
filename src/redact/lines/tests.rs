//! Lines come whole, or not at all.

use super::*;

fn lines(input: &'static [u8], most: usize) -> Lines {
    let read: Box<dyn Read> = Box::new(input);
    Lines { most, ..Lines::new(BufReader::with_capacity(4, read)) }
}

fn all(mut lines: Lines) -> Vec<Option<String>> {
    let mut all = Vec::new();
    loop {
        match lines.next().expect("memory reads") {
            Line::Text(text) => all.push(Some(String::from_utf8_lossy(text).into_owned())),
            Line::TooLong => all.push(None),
            Line::End => return all,
        }
    }
}

#[test]
fn a_line_is_what_stands_before_a_newline_or_the_end() {
    let text = |text: &str| Some(text.to_owned());
    assert_eq!(all(lines(b"", 9)), []);
    assert_eq!(all(lines(b"one\n\nlonger\r\nlast", 9)), [text("one"), text(""), text("longer\r"), text("last")]);
    assert_eq!(all(lines(b"one\n", 9)), [text("one")]);
}

#[test]
fn a_line_over_the_bound_is_skipped_to_its_end() {
    let text = |text: &str| Some(text.to_owned());
    assert_eq!(all(lines(b"123456789\n1234567890\nok", 9)), [text("123456789"), None, text("ok")]);
}

#[test]
fn the_rest_is_one_text_with_its_newlines() {
    assert!(matches!(lines(b"a\nb\n", 9).rest(), Ok(Line::Text(b"a\nb\n"))));
    assert!(matches!(lines(b"0123456789", 9).rest(), Ok(Line::TooLong)));
}
