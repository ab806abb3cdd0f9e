//! What is remembered is of exactly that text, and came twice; nothing grows.

use super::*;

/// How many there are where nothing else is said.
const PLACES: usize = 1024;

const LONGEST: usize = 47;

#[test]
fn answers_are_of_the_whole_text_once_it_came_twice() {
    let mut memo = Memo::<_, LONGEST>::default();
    let texts: Vec<String> = (0..=LONGEST + 1).map(|length| "x".repeat(length)).collect();
    for (answer, text) in texts.iter().enumerate() {
        memo.put(text.as_bytes(), answer);
        assert_eq!(memo.get(text.as_bytes()), None, "{text}");
        memo.put(text.as_bytes(), answer);
        assert_eq!(memo.get(text.as_bytes()), (text.len() <= LONGEST).then_some(answer), "{text}");
    }
    memo.put(b"x", 100);
    assert_eq!((memo.get(b"x"), memo.get(b"y")), (Some(100), None));
}

#[test]
fn what_comes_once_takes_no_place() {
    let mut memo = Memo::<_, LONGEST>::default();
    let model = || b"gpt-4o-mini".as_slice();
    (0..2).for_each(|_| memo.put(model(), usize::MAX));
    let session = |number: usize| format!("session-{number}").into_bytes();
    (0..100 * PLACES).for_each(|number| memo.put(&session(number), number));
    assert_eq!(memo.get(model()), Some(usize::MAX));
    let kept = (0..100 * PLACES).filter(|number| memo.get(&session(*number)).is_some()).count();
    assert_eq!(kept, 0);
}

#[test]
fn a_later_text_takes_the_place_of_an_earlier_one() {
    let mut memo = Memo::<_, LONGEST>::default();
    let model = |number: usize| format!("model-{number}").into_bytes();
    for number in 0..100 * PLACES {
        (0..2).for_each(|_| memo.put(&model(number), number));
    }
    let kept = (0..100 * PLACES).filter(|number| memo.get(&model(*number)) == Some(*number)).count();
    assert!((PLACES / 2..=PLACES).contains(&kept), "{kept} of {PLACES}");
}

#[test]
fn the_order_of_texts_changes_no_answer() {
    let mut memo = Memo::<_, LONGEST>::default();
    let model = |number: usize| format!("model-{}", number * number % 97).into_bytes();
    for number in 0..10_000 {
        let expected = memo.get(&model(number));
        assert_eq!(memo.get_in_turn(&model(number)).ok(), expected);
        assert!(memo.get_in_turn(b"never").is_err());
        memo.put(&model(number), number * number % 97);
        assert!(expected.is_none_or(|answer| answer == number * number % 97));
    }
}
