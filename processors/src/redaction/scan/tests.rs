//! Matches that overlap become one; pseudonyms are left alone.

use super::*;

fn found(start: usize, end: usize, entity: u16, class: Class) -> Found {
    Found { start, end, entity, detector: entity, class, joined: false }
}

#[test]
fn overlaps_become_one_of_the_surest_and_longest() {
    let mut all = vec![
        found(30, 40, 3, Class::A),
        found(0, 10, 0, Class::B),
        found(5, 8, 1, Class::A),
        found(8, 12, 2, Class::B),
    ];
    join(&mut all, &[]);
    assert_eq!(all[0], Found { start: 0, end: 12, entity: 1, detector: 1, class: Class::A, joined: true });
    assert_eq!(all[1], found(30, 40, 3, Class::A));
    let mut same = vec![found(0, 10, 0, Class::A), found(0, 10, 1, Class::A), found(2, 4, 2, Class::A)];
    join(&mut same, &[]);
    assert_eq!(same, [found(0, 10, 0, Class::A)]);
}

#[test]
fn what_is_only_counted_hides_nothing_of_the_same_place() {
    let mut all = Vec::new();
    for next in [found(0, 10, 0, Class::A), found(0, 10, 1, Class::B), found(0, 10, 0, Class::A)] {
        push(&mut all, next, &[true, false]);
    }
    assert_eq!(all, [found(0, 10, 1, Class::B)]);
}

#[test]
fn pseudonyms_are_recognised() {
    let hand = Hand::default();
    let text = "from credit_card_k1_41111a1111111111 on";
    assert!(
        !is_pseudonym(text, text.find("4111").unwrap(), &hand, &mut Without::default()),
        "too many digits in a row"
    );
    let text = "from credit_card_k1_41111a11111b1111 on";
    assert!(is_pseudonym(text, text.find("4111").unwrap(), &hand, &mut Without::default()));
    assert!(!is_pseudonym("card 4111111111111111", 5, &hand, &mut Without::default()));
}
