//! A search finds what a look at every position finds, whatever it skips.

use proptest::prelude::*;

use super::*;

/// Sets of some of the letters from `a` to `e`, by the bits of a number.
fn places(sets: &[u8]) -> Vec<Bytes> {
    let set = |set: &u8| Bytes::of((0..5).filter(|bit| set >> bit & 1 == 1).map(|bit| (b'a' + bit, b'a' + bit)));
    sets.iter().map(set).collect()
}

proptest! {
    #[test]
    fn nothing_is_skipped(sets in prop::collection::vec(1..31_u8, 2..8), text in "[a-f]{0,80}", from in 0..20_usize) {
        let places = places(&sets);
        prop_assume!(Window::of(&places).is_some());
        let window = Window::of(&places).unwrap();
        let naive = (from..text.len()).find(|at| window.stands(text.as_bytes(), *at));
        prop_assert_eq!(window.find(text.as_bytes(), from), naive);
        prop_assert_eq!(window.skipped_to(text.as_bytes(), from), naive);
    }
}
