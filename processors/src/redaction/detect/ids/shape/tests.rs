//! Shapes fit what is written so, and nothing else.

use super::super::candidate;
use super::super::wanted::Ends;
use super::*;
use crate::redaction::detect::Marks;

/// Whether `text` as a whole is written like `shape`.
fn fits(shape: &str, text: &str) -> bool {
    let shapes = Shape::compile(shape, 0);
    let mut marks = Marks::default();
    marks.fill(text.as_bytes());
    let mut fits = false;
    let anything = Wanted::anything();
    let look = |candidate: &Candidate, _: Ends| {
        let whole = candidate.end - candidate.start == text.len() || candidate.glued;
        fits |= whole && shapes.iter().any(|shape| shape.len() == candidate.compact().len() && shape.fits(candidate));
    };
    candidate::each(text, &marks, &mut (&anything, look));
    fits
}

#[test]
fn places_are_digits_letters_either_or_literal() {
    for (shape, good, bad) in [
        ("##@", ["12a", "12B"], ["123", "1a2"]),
        ("#**", ["123", "1ab"], ["a12", "1a-"]),
        ("DE##", ["DE12", "de12"], ["DF12", "D112"]),
        ("^DE##", ["DE12", "DE99"], ["de12", "De12"]),
        ("7#{1,2}", ["71", "712"], ["81", "7123"]),
        ("<##@", ["12a", "is12a"], ["IS12a", "beef12a"]),
    ] {
        assert!(good.iter().all(|text| fits(shape, text)), "{shape}");
        assert!(!bad.iter().any(|text| fits(shape, text)), "{shape}");
    }
}

#[test]
fn separators_are_where_the_shape_has_them() {
    for (shape, good, bad) in [
        ("##-##", ["12-34", "12\u{2011}34"], ["12 34", "1234"]),
        ("##~##~#", ["12-34-5", "12 34 5"], ["12-34 5", "12345"]),
        ("##?##?#", ["12-345", "12345"], ["12-34 5", "1-2345"]),
        ("##/## ##", ["12/34 56", "12/34\u{a0}56"], ["12/34/56", "123456"]),
        ("%######", ["123-456", "12 34 56"], ["12-34 56", "1-2-34-56"]),
    ] {
        assert!(good.iter().all(|text| fits(shape, text)), "{shape}");
        assert!(!bad.iter().any(|text| fits(shape, text)), "{shape}");
    }
}

#[test]
fn counts_are_spelled_out() {
    assert_eq!(spelled_out("@{0,1}-#{2}"), ["-##", "@-##"]);
    assert_eq!(Shape::compile("#{8,17}", 3).len(), 10);
    assert!(Shape::compile("#{8", 0).is_empty() && Shape::compile("#{a,b}", 0).is_empty());
}
