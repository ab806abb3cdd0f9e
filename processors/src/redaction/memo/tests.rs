//! What is remembered is of exactly that text; nothing grows.

use super::*;

#[test]
fn answers_are_of_the_whole_text() {
    let mut memo = Memo::default();
    let texts: Vec<String> = (0..=LONGEST + 1).map(|length| "x".repeat(length)).collect();
    for (answer, text) in texts.iter().enumerate() {
        assert_eq!(memo.get(text.as_bytes()), None, "{text}");
        memo.put(text.as_bytes(), answer);
        assert_eq!(memo.get(text.as_bytes()), (text.len() <= LONGEST).then_some(answer), "{text}");
    }
    memo.put(b"x", 100);
    assert_eq!((memo.get(b"x"), memo.get(b"y")), (Some(100), None));
}

#[test]
fn a_later_text_takes_the_place_of_an_earlier_one() {
    let mut memo = Memo::default();
    for number in 0..100 * PLACES {
        memo.put(format!("session-{number}").as_bytes(), number);
    }
    let kept =
        (0..100 * PLACES).filter(|number| memo.get(format!("session-{number}").as_bytes()) == Some(*number)).count();
    assert!((PLACES / 2..=PLACES).contains(&kept), "{kept} of {PLACES}");
}
