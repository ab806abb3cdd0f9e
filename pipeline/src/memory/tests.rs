//! The budget never passes its limit and gets every byte back.

use super::*;

#[test]
fn permits_sum_up_to_the_limit_and_come_back() {
    let memory = Memory::new(100);
    let mut first = memory.permit(60).unwrap();
    assert!(memory.permit(41).is_none(), "60 + 41 passes 100");
    assert!(first.grow(40));
    assert!(!first.grow(1));
    assert_eq!(memory.used(), 100);
    first.shrink_to(10);
    assert_eq!((memory.used(), first.bytes()), (10, 10));
    first.shrink_to(50);
    assert_eq!(first.bytes(), 10, "shrinking never grows");
    drop(first);
    assert_eq!(memory.used(), 0);
}

#[test]
fn a_sum_that_overflows_is_refused() {
    let memory = Memory::new(usize::MAX);
    let _held = memory.permit(1).unwrap();
    assert!(memory.permit(usize::MAX).is_none());
}
