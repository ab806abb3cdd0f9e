//! Marks are where the bytes are, over block edges too: those of the fast way are those of a look at each byte.

use proptest::prelude::*;

use super::*;

fn filled(text: &[u8]) -> Marks {
    let mut marks = Marks::default();
    // What was there before is forgotten.
    marks.fill("1@:=AAAAAAAAAAAAAAAAAAAA ".repeat(9).as_bytes());
    marks.fill(text);
    marks
}

fn places(text: &[u8], is: impl Fn(u8) -> bool) -> Vec<usize> {
    (0..text.len()).filter(|at| is(text[*at])).collect()
}

#[test]
fn every_mark_is_found_in_order() {
    let text = format!("{}12@a:3={}4", "x".repeat(62), "y".repeat(70));
    let marks = filled(text.as_bytes());
    for (mark, is) in [(Mark::Digit, "0123456789"), (Mark::At, "@"), (Mark::Colon, ":"), (Mark::Equals, "=")] {
        let want: Vec<_> = text.char_indices().filter(|(_, c)| is.contains(*c)).map(|(at, _)| at).collect();
        assert_eq!(marks.each(mark).collect::<Vec<_>>(), want, "{mark:?}");
        assert!(marks.any(mark));
    }
    assert_eq!(marks.digit_runs().collect::<Vec<_>>(), [62, 67, 139]);
    assert!(!filled(b"").any(Mark::Digit) && filled(b"").runs().next().is_none());
}

#[test]
fn a_run_is_marked_at_every_length_and_place() {
    for before in 0..140 {
        for length in RUN - 1..150 {
            let text = format!("{}{} tail", " ".repeat(before), "k".repeat(length));
            let want: Vec<_> = (before..(before + length + 1).saturating_sub(RUN)).collect();
            assert_eq!(filled(text.as_bytes()).runs().collect::<Vec<_>>(), want, "{before} {length}");
        }
    }
}

#[test]
fn eight_capitals_in_a_row_are_marked_wherever_they_stand() {
    for before in 0..140 {
        for length in 8..20 {
            let text = format!("{}{} tail", " ".repeat(before), "K".repeat(length));
            let want: Vec<_> = (before..before + length).filter(|at| at % 8 == 7).collect();
            assert_eq!(filled(text.as_bytes()).capitals().collect::<Vec<_>>(), want, "{before} {length}");
        }
    }
}

#[test]
fn groups_of_four_are_counted_by_what_stands_between() {
    for (text, fours) in [
        ("4111 1111 1111 1111", 20),
        ("4111-1111-11", 12),
        ("4111  1111", 5),
        ("41111", 4),
        ("1111 2222 3333 4444 5555 6666", Ahead::FOURS),
    ] {
        assert_eq!(Ahead::of(text.as_bytes(), 0).fours(), fours, "{text:?}");
    }
}

#[test]
fn only_what_hides_in_secrets_goes_on_beyond_ascii() {
    let runs = |text: &str| filled(text.as_bytes()).runs().count();
    assert_eq!(runs("你好，模型回答了计划。很好很好很好很好很好很好很好"), 0);
    assert_eq!(runs("großeÄnderungénormémentÜberraschung"), 0);
    assert!(runs("abcdefg\u{200b}hijklmnop") > 0 && runs("abcdefg\u{feff}hijklmnop") > 0);
}

proptest! {
    /// Scenario: any bytes, those that are marked more often than others. Guarantees: exactly the marks that a look
    /// at each byte finds, and capitals or digits wherever eight stand in a row.
    #[test]
    fn marks_are_those_of_each_byte(text in prop::collection::vec(
        prop_oneof![any::<u8>(), prop::sample::select(b"/09:;=<>?@AZ[+* \"aA5".to_vec())], 0..400,
    )) {
        let marks = filled(&text);
        prop_assert_eq!(marks.each(Mark::Digit).collect::<Vec<_>>(), places(&text, |byte| byte.is_ascii_digit()));
        prop_assert_eq!(marks.each(Mark::At).collect::<Vec<_>>(), places(&text, |byte| byte == b'@'));
        prop_assert_eq!(marks.each(Mark::Colon).collect::<Vec<_>>(), places(&text, |byte| byte == b':'));
        prop_assert_eq!(marks.each(Mark::Equals).collect::<Vec<_>>(), places(&text, |byte| byte == b'='));
        let digit = |at: usize| text[at].is_ascii_digit();
        let starts = (0..text.len()).filter(|at| digit(*at) && (*at == 0 || !digit(at - 1)));
        prop_assert_eq!(marks.digit_runs().collect::<Vec<_>>(), starts.collect::<Vec<_>>());
        let whole = |byte: &u8| *byte >= b'+' && (byte.is_ascii() || matches!(byte, 0x80..0xc0 | 0xe2 | 0xef));
        let unbroken = (0..text.len()).filter(|at| text.get(*at..at + RUN).is_some_and(|run| run.iter().all(whole)));
        prop_assert_eq!(marks.runs().collect::<Vec<_>>(), unbroken.collect::<Vec<_>>());
        let capitals: Vec<_> = marks.capitals().collect();
        let capital = |byte: u8| byte.is_ascii_uppercase() || byte.is_ascii_digit();
        let row = |at: usize| (at.saturating_sub(7)..=at).any(|from| {
            text.get(from..from + 8).is_some_and(|eight| eight.iter().all(|byte| capital(*byte)))
        });
        for at in (7..text.len()).step_by(8) {
            let marked = capitals.contains(&at);
            prop_assert!(capital(text[at]) || !marked, "{} of {:?}", at, text);
            prop_assert!(marked || !row(at), "{} of {:?}", at, text);
        }
    }
}

#[test]
fn behind_a_number_as_long_as_is_seen_nothing_is() {
    let ahead = Ahead::of("2".repeat(70).as_bytes(), 0);
    assert_eq!((ahead.run(0), ahead.run(Ahead::BYTES), ahead.gap(Ahead::BYTES)), (Ahead::BYTES, 0, Ahead::BYTES));
}
