//! Dates in their spellings, and other numbers with separators.

use super::*;

fn found(text: &str) -> Vec<&str> {
    let bytes = text.as_bytes();
    let run = |at: &usize| bytes[*at].is_ascii_digit() && (*at == 0 || !bytes[at - 1].is_ascii_digit());
    let mut done = 0;
    let mut spans = Vec::new();
    for first in (0..bytes.len()).filter(run) {
        if first >= done
            && let Some(span) = at(text, first)
        {
            assert!(is_worth(bytes, first, Ahead::of(bytes, first)), "{text:?} is turned away");
            done = span.end;
            spans.push(&text[span]);
        }
    }
    spans
}

#[test]
fn dates() {
    for (text, date) in [
        ("on 2021-05-21.", "2021-05-21"),
        ("21.5.21", "21.5.21"),
        ("5/21/2021, or", "5/21/2021"),
        ("5/21", "5/21"),
        ("05/2021", "05/2021"),
        ("13-06-31", "13-06-31"),
        ("5-MAY-2021", "5-MAY-2021"),
        ("21-May", "21-May"),
        ("May-21", "May-21"),
        ("December 2015", "December 2015"),
        ("November 22nd, 1999 was", "November 22nd, 1999"),
        ("May 1 st", "May 1 st"),
        ("the 5th of June 2020", "5th of June 2020"),
        ("5 Sept 2020", "5 Sept 2020"),
        ("dec 4", "dec 4"),
        ("oct 1st", "oct 1st"),
        ("2024-03-15T14:30:00.123456Z or", "2024-03-15T14:30:00.123456Z"),
        ("2024-12-31T23:59:59+00:00 or", "2024-12-31T23:59:59+00:00"),
        ("2014-04-12 04:04 PM", "2014-04-12 04:04 PM"),
        ("20240315T143000Z", "20240315T143000Z"),
        ("生于2024年3月15日。", "2024年3月15日"),
        ("02-31-19@12:00", "02-31-19"),
    ] {
        assert_eq!(found(text), [date], "{text:?}");
    }
}

#[test]
fn other_numbers() {
    for text in [
        "is2024-06-05",
        "1/2",
        "1.2.3",
        "v1.2.30",
        "10.0.0.1",
        "2024-13-41",
        "415-555-0132",
        "you may 5",
        "3.14",
        "12:34:56",
        "5/21and",
        "1234567890",
        "550e8400-e29b-41d4",
        "99/99",
    ] {
        assert_eq!(found(text), [] as [&str; 0], "{text:?}");
    }
}

#[test]
fn numbers_too_long_for_a_date_are_none() {
    for text in ["9999999999", "99999999999-01-02", "2024-9999999999-01"] {
        assert_eq!(at(text, 0), None, "{text}");
    }
}
