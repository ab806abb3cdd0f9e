//! Marks are where the bytes are, over block edges too.

use super::*;

#[test]
fn every_mark_is_found_in_order() {
    let text = format!("{}12@a:3={}4", "x".repeat(62), "y".repeat(70));
    let mut marks = Marks::default();
    for _ in 0..2 {
        marks.fill(text.as_bytes());
        for (mark, is) in [(Mark::Digit, "0123456789"), (Mark::At, "@"), (Mark::Colon, ":"), (Mark::Equals, "=")] {
            let want: Vec<_> = text.char_indices().filter(|(_, c)| is.contains(*c)).map(|(at, _)| at).collect();
            assert_eq!(marks.each(mark).collect::<Vec<_>>(), want, "{mark:?}");
            assert!(marks.any(mark));
        }
        assert_eq!(marks.digit_runs().collect::<Vec<_>>(), [62, 67, 139]);
    }
    marks.fill(b"");
    assert!(!marks.any(Mark::Digit));
}
