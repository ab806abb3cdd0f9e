//! Groups are read as written, and end where they no longer belong together.

use super::*;

fn check(text: &str, groups: &[(&str, Gap)]) {
    let spelled = Spelled::read(text.as_bytes(), 0, (0, Ahead::of(text.as_bytes(), 0)));
    let digits = |group: usize| std::str::from_utf8(spelled.digits(group)).unwrap();
    let gaps = [Gap::None, Gap::Space, Gap::Dash, Gap::Dot, Gap::Slash];
    let gap = |group: usize| gaps.into_iter().find(|gap| spelled.is_gap(group, *gap)).unwrap();
    let read: Vec<_> = (0..spelled.groups()).map(|group| (digits(group), gap(group))).collect();
    assert_eq!(read, groups, "{text:?}");
    if let Some(narrow) =
        Spelled::narrow(text.as_bytes(), 0, Ahead::of(text.as_bytes(), 0)).filter(|_| !read.is_empty())
    {
        assert_eq!(format!("{narrow:?}"), format!("{spelled:?}"));
    }
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

#[test]
fn counts_are_those_of_the_digits_together() {
    let lengths = Lengths::of(&[3, 3, 4, 2]);
    assert_eq!([1, 2, 3, 4].map(|groups| lengths.total(groups)), [3, 6, 10, 12]);
    let counts = lengths.having(6, 10);
    assert_eq!((counts.least(), counts.most()), (Some(2), Some(3)));
    assert_eq!(counts.from(3), Counts::only(3));
    assert_eq!(counts.up_to(2), Counts::only(2));
    assert_eq!(counts.without(Counts::only(3)).most(), Some(2));
    assert_eq!(lengths.having(7, 9), Counts::NONE);
    assert_eq!((Counts::NONE.least(), Counts::NONE.most()), (None, None));
}
