//! Where candidates begin and end, and that there are only so many.

use super::*;

fn candidates(text: &str) -> Vec<String> {
    let mut marks = Marks::default();
    marks.fill(text.as_bytes());
    let mut all = Vec::new();
    let anything = Wanted::anything();
    let look = |candidate: &Candidate, _: Ends| {
        all.push(text[candidate.start..candidate.end].to_owned());
    };
    each(text, &marks, &mut (&anything, look));
    all
}

#[test]
fn each_end_of_a_group_is_one() {
    assert_eq!(candidates("a number 4111 1111 123"), ["4111", "4111 1111", "4111 1111 123", "1111", "1111 123", "123"]);
    assert_eq!(candidates("RSS MRA 85T10"), ["85T10", "MRA 85T10", "RSS MRA 85T10"]);
    assert_eq!(candidates("12  34"), ["12", "34"]);
    assert_eq!(candidates("plates 12 parking"), ["12"]);
}

#[test]
fn what_stands_around_may_forbid_one() {
    assert_eq!(candidates("+4912345, 0.1234, 1-2345"), ["0.1234", "1-2345"]);
    assert_eq!(candidates("é123 123é Ж1"), Vec::<String>::new());
    assert_eq!(candidates("番号123です"), ["123"]);
    assert_eq!(candidates(&"a1".repeat(13)), Vec::<String>::new());
}

#[test]
fn escapes_are_no_part_of_one() {
    assert_eq!(candidates("\\n123, a%20456, \\u0020789, %20"), ["123", "456", "789"]);
}

#[test]
fn a_word_may_be_glued_to_one() {
    assert_eq!(candidates("is030594W"), ["is030594W", "030594W"]);
    assert_eq!(candidates("deadbeef12"), ["deadbeef12"]);
}

#[test]
fn the_work_is_linear() {
    for unit in ["1 ", "a1-", "1.", "ab cd 1 ", "11111111111111111", "9/", "é1", "a", "1a", "\\u", "%1"] {
        let text = unit.repeat(20_000 / unit.len());
        assert!(candidates(&text).len() <= 24 * text.len(), "{unit}");
    }
}
