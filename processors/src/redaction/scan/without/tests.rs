//! What is remembered is what a look would say.

use proptest::prelude::*;

use super::*;

proptest! {
    #[test]
    fn a_stretch_is_as_a_look_has_it(
        gaps in prop::collection::vec(0..6000_usize, 0..8),
        asked in prop::collection::vec((0..20_000_usize, 0..200_usize), 1..60),
    ) {
        let text: Vec<u8> = gaps.iter().flat_map(|gap| [vec![b'a'; *gap], vec![b'[']].concat()).chain([b'a'; 300]).collect();
        let mut without = Without::default();
        for (at, length) in asked {
            let start = at % text.len();
            let asked = start..text.len().min(start + length);
            let expected = !text[asked.clone()].contains(&b'[');
            prop_assert_eq!(without.has(b'[', &text, asked.clone()), expected, "{:?}", asked);
        }
    }
}
