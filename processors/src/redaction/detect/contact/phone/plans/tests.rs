//! The table can be searched, and says what plans say.

use super::*;

#[test]
fn the_table_is_sorted_and_no_code_begins_another() {
    assert!(PLANS.is_sorted_by(|one, next| one.0 < next.0));
    for (code, shortest, longest) in PLANS {
        assert!(shortest <= longest && usize::from(*longest) < DIGITS_MAX, "{code}");
        for prefix in [code / 10, code / 100].into_iter().filter(|prefix| *prefix > 0) {
            assert!(PLANS.iter().all(|plan| plan.0 != prefix), "{prefix} begins {code}");
        }
    }
}

#[test]
fn lengths_are_those_of_the_plan() {
    let is_international = |number: &str| totals(number.as_bytes()).is_some_and(|all| all.contains(&number.len()));
    for number in ["14155550132", "442079460958", "4930123456", "639171234567", "85221234567", "37254123456"] {
        assert!(is_international(number), "{number}");
    }
    for number in ["1415555013", "10155550132", "14151550132", "99912345678", "2531234", "0123456789", "", "86"] {
        assert!(!is_international(number), "{number}");
    }
    assert_eq!(totals_of(b"852"), Some(11..=12));
    assert_eq!(totals_of(b"85"), None);
}
