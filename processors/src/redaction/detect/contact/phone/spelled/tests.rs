//! Groups are read as written, and end where they no longer belong together.

use super::*;

fn check(text: &str, groups: &[(&str, Gap)]) {
    let spelled = Spelled::read(text.as_bytes(), 0, (0, Ahead::of(text.as_bytes(), 0)));
    let mut start = 0;
    let mut read = Vec::new();
    for group in spelled.groups() {
        let digits = &spelled.digits(read.len() + 1)[start..];
        read.push((std::str::from_utf8(digits).unwrap(), group.gap));
        start += group.digits();
    }
    assert_eq!(read, groups, "{text:?}");
}

#[test]
fn groups_are_read_with_what_stands_between() {
    use Gap::{Dash, Dot, None, Slash, Space};
    check("415-555-0132", &[("415", None), ("555", Dash), ("0132", Dash)]);
    check("( 415 ) 555.0132 x", &[("415", None), ("555", Space), ("0132", Dot)]);
    check("(415)555 - 0132", &[("415", None), ("555", Space), ("0132", Dash)]);
    check("030/123 45", &[("030", None), ("123", Slash), ("45", Space)]);
    check("01\u{a0}23\u{202f}45\u{2011}67", &[("01", None), ("23", Space), ("45", Space), ("67", Dash)]);
    check("415  555", &[("415", None)]);
    check("415--555", &[("415", None)]);
    check("(415 555", &[]);
    check("415 (555", &[("415", None)]);
    check(&"1".repeat(30), &[]);
    check(&format!("12 {}", "1".repeat(30)), &[("12", None)]);
}
