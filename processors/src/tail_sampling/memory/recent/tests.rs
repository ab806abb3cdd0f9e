//! Both kinds forget what was not asked for the longest; one of them to the entry.

use proptest::prelude::*;

use super::*;

fn id(number: u8) -> TraceId {
    TraceId([number; 16])
}

#[derive(Clone, Copy, Debug)]
enum Step {
    Get(u8),
    Put(u8),
    Remove(u8),
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![(0..20_u8).prop_map(Step::Get), (0..20_u8).prop_map(Step::Put), (0..20_u8).prop_map(Step::Remove)]
}

proptest! {
    /// Against a list in order of use.
    #[test]
    fn exact_is_exact(room in 1..12_usize, steps in prop::collection::vec(step(), 0..200)) {
        let mut recent = Recent::new(room, usize::MAX, true);
        let mut used: Vec<(u8, usize)> = Vec::new();
        for (at, step) in steps.into_iter().enumerate() {
            let (Step::Get(number) | Step::Put(number) | Step::Remove(number)) = step;
            let held = used.iter().position(|(other, _)| *other == number).map(|place| used.remove(place));
            match step {
                Step::Get(_) => {
                    prop_assert_eq!(recent.get(id(number)), held.map(|(_, value)| value));
                    used.extend(held);
                }
                Step::Put(_) => {
                    recent.put(id(number), at);
                    used.push((number, at));
                    if used.len() > room {
                        used.remove(0);
                    }
                }
                Step::Remove(_) => recent.remove(id(number)),
            }
        }
        for (number, value) in used {
            prop_assert_eq!(recent.get(id(number)), Some(value));
        }
    }
}

#[test]
fn halves_keep_at_least_half_and_what_is_asked_for() {
    let mut recent = Recent::new(10, usize::MAX, false);
    for number in 0..100 {
        recent.put(id(number), number);
        assert_eq!(recent.get(id(0)), Some(0), "asked for all the time");
    }
    assert_eq!([97, 98, 99].map(|number| recent.get(id(number))), [Some(97), Some(98), Some(99)]);
    assert_eq!(recent.get(id(80)), None);
}

#[test]
fn no_room_remembers_nothing() {
    for exact in [false, true] {
        let mut recent = Recent::new(0, usize::MAX, exact);
        recent.put(id(1), 1);
        assert_eq!((recent.get(id(1)), recent.has_room(), recent.heap_bytes()), (None, false, 0));
    }
}
