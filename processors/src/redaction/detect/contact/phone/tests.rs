//! Numbers are found whole, and what only looks like one is not.

use super::*;

fn found(text: &str) -> Vec<(&str, bool)> {
    let bytes = text.as_bytes();
    let run = |at: &usize| bytes[*at].is_ascii_digit() && (*at == 0 || !bytes[at - 1].is_ascii_digit());
    let mut done = 0;
    let mut found = Vec::new();
    for first in (0..bytes.len()).filter(run) {
        if first >= done
            && let Some(phone) = at(text, first, Ahead::of(bytes, first)).filter(|phone| phone.general)
        {
            done = phone.span.end;
            found.push((&text[phone.span], phone.international));
        }
    }
    found
}

#[test]
fn international_numbers() {
    for (text, number) in [
        ("+14155550132", "+14155550132"),
        ("tel:+1-415-555-0132;", "+1-415-555-0132"),
        ("+1 (415) 555-0132 ext. 5", "+1 (415) 555-0132 ext. 5"),
        ("+1 415-555-0132 20 items", "+1 415-555-0132"),
        ("+44 (0) 20 7946 0958.", "+44 (0) 20 7946 0958"),
        ("(+49) 30 123456", "(+49) 30 123456"),
        ("(+49 30 123456)", "+49 30 123456"),
        ("+(49) 30 123456", "+(49) 30 123456"),
        ("+494949 49", "+494949 49"),
        ("+49-49-34", "+49-49-34"),
        ("?to=%2B14155550132&", "%2B14155550132"),
        ("+65 6123\u{a0}4567", "+65 6123\u{a0}4567"),
        ("电话+8613812345678请", "+8613812345678"),
    ] {
        assert_eq!(found(text), [(number, true)], "{text:?}");
    }
}

#[test]
fn national_numbers() {
    for (text, number) in [
        ("415-555-0132", "415-555-0132"),
        ("(123) 456-7890", "(123) 456-7890"),
        ("1-123-456-7890", "1-123-456-7890"),
        ("call (415) 555-0132 x12", "(415) 555-0132 x12"),
        ("( 800 ) 123-4567", "( 800 ) 123-4567"),
        ("415.555.0132", "415.555.0132"),
        ("Phone (212-555-0147)", "212-555-0147"),
        ("phone (07700 900123)", "07700 900123"),
        ("(06 12 34 56 78)", "06 12 34 56 78"),
        ("412 34 567", "412 34 567"),
        ("21 123 4567", "21 123 4567"),
        ("415/666-7777", "415/666-7777"),
        ("1 415 666 7777 x 123", "1 415 666 7777 x 123"),
        ("415-666-7777 1234", "415-666-7777"),
        ("1001,4156667777,Bob", "4156667777"),
        ("01 23 45 67 89", "01 23 45 67 89"),
        ("01.23.45.67.89", "01.23.45.67.89"),
        ("415/666/7777", "415/666/7777"),
        ("030/1234567", "030/1234567"),
        ("020 7946 0958", "020 7946 0958"),
        ("010-1234-5678로", "010-1234-5678"),
        ("电话13812345678。", "13812345678"),
        ("8 (495) 123-45-67", "8 (495) 123-45-67"),
        ("91-415-555-0132", "91-415-555-0132"),
        ("0049 30 123456", "0049 30 123456"),
        ("tel(415) 555-0132", "(415) 555-0132"),
        ("(11) 98456-5666", "(11) 98456-5666"),
    ] {
        assert_eq!(found(text), [(number, false)], "{text:?}");
    }
}

#[test]
fn what_is_no_number_is_not_found() {
    for text in [
        "2012-01-02 08",
        "2012-01-02 08:00",
        "20120102 08:00",
        "2014-04-12 04:04 PM",
        "01/02/2024 1015",
        "3/10/1984",
        "650x253",
        "650x2531234",
        "650+253+1234",
        "192.168.100.200",
        "1.2.3.4",
        "v2.10.415.555.0132",
        "0.4155550132",
        "+48.8582221",
        "+0530",
        "1700000000",
        "1700000000000",
        "415-666-7777-1234",
        "550e8400-e29b-41d4-a716-446655440000",
        "2023 2024",
        "a4155550132",
        "4155550132a",
        "$4155550132",
        "+999 12345678",
        "+494934",
        "12",
    ] {
        assert_eq!(found(text), [], "{text:?}");
    }
}

#[test]
fn no_number_begins_with_a_run_that_is_turned_away() {
    use super::super::samples::Draw;
    let mut draw = Draw::new(5);
    for _ in 0..200_000 {
        let groups = 1 + draw.below(5);
        let texts: Vec<String> = (0..groups)
            .map(|_| {
                let length = 1 + draw.below(if groups == 1 { 14 } else { 6 });
                draw.string(b"00112345678999", length)
            })
            .collect();
        let text = texts.join([" ", "-", ".", "\u{a0}", " - ", "("][draw.below(6)]);
        let (bytes, ahead) = (text.as_bytes(), Ahead::of(text.as_bytes(), 0));
        let spelled = Spelled::read(bytes, 0, (0, ahead));
        let kinds = [national::groups_of, national::philippine_groups, national::turkish_groups];
        let found = kinds.iter().any(|groups| groups(&spelled).is_some());
        let goes_on = || national::may_go_on(bytes, 0, ahead);
        let may = national::may_begin(texts[0].as_bytes()) && goes_on() && national::may_be(&spelled);
        assert!(!found || may, "{text:?}");
    }
}
