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

#[tokio::test]
async fn who_waits_for_room_gets_it_in_turn() {
    let memory = Memory::new(100);
    let held = memory.permit(100).unwrap();
    let mut first = pin!(memory.room(60, 0));
    let mut second = pin!(memory.room(40, 0));
    let mut third = pin!(memory.room(1, 0));
    for waiting in [&mut first, &mut second] {
        assert!(futures_util::poll!(waiting.as_mut()).is_pending());
    }
    assert!(futures_util::poll!(third.as_mut()).is_pending());
    assert!(memory.awaited());
    drop(held);
    let first = first.await.unwrap();
    let second = second.await.unwrap();
    assert_eq!(memory.used(), 100);
    assert!(futures_util::poll!(third.as_mut()).is_pending(), "nothing is left for it");
    drop(first);
    assert_eq!(third.await.unwrap().bytes(), 1);
    drop(second);
    assert!(!memory.awaited());
    assert_eq!(memory.used(), 0);
}

#[tokio::test]
async fn who_stops_waiting_passes_its_turn_on() {
    let memory = Memory::new(10);
    let held = memory.permit(10).unwrap();
    let mut first = Box::pin(memory.room(10, 0));
    let mut second = pin!(memory.room(10, 0));
    assert!(futures_util::poll!(first.as_mut()).is_pending());
    assert!(futures_util::poll!(second.as_mut()).is_pending());
    drop(held);
    drop(first);
    assert_eq!(second.await.unwrap().bytes(), 10);
}

#[tokio::test]
async fn no_more_wait_than_may_be_left_unread() {
    let memory = Memory::new(800);
    let held = memory.permit(800).unwrap();
    let mut large = Box::pin(memory.room(200, 101));
    assert!(futures_util::poll!(large.as_mut()).is_pending(), "the first waits, whatever its size");
    assert!(memory.room(1, 1).await.is_none(), "101 of 100 are unread");
    drop(large);
    let mut first = pin!(memory.room(60, 60));
    let mut second = pin!(memory.room(40, 40));
    assert!(futures_util::poll!(first.as_mut()).is_pending());
    assert!(futures_util::poll!(second.as_mut()).is_pending());
    assert!(memory.room(1, 1).await.is_none());
    drop(held);
    assert_eq!(first.await.unwrap().bytes() + second.await.unwrap().bytes(), 100);
    assert!(memory.room(1, 100).await.is_some(), "who waits no more leaves nothing unread");
}

#[test]
fn no_more_are_paused_than_have_a_place() {
    let memory = Memory::new(320);
    let first = memory.pause(6).unwrap();
    let _second = memory.pause(4).unwrap();
    assert!(memory.pause(1).is_none(), "ten of ten are taken");
    drop(first);
    assert!(memory.pause(6).is_some());
}
