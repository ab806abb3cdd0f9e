//! When copying pays.

use super::*;

#[test]
fn the_fuller_it_is_the_cheaper_is_copying() {
    assert_eq!([0, 39, 40, 79, 80, 200].map(|used| price(used, 100)), [4, 4, 1, 1, 0, 0]);
    assert_eq!(price(1, 0), 0);
}

#[test]
fn copying_is_paid_for_by_what_comes_in() {
    let mut compaction = Compaction::default();
    assert!(compaction.may(4));
    compaction.spend(BATCH, 4);
    assert!(!compaction.may(4) && !compaction.may(1) && compaction.may(0));
    compaction.earn(BATCH * 4);
    assert!(compaction.may(4));
    compaction.earn(u64::MAX / 2);
    assert!(compaction.saved == SAVED, "an idle hour is not made up for");
}
