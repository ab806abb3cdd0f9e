//! Appends, cursors, bounds and what they count.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use futures_util::FutureExt;

use super::commit::Part;
use super::{Bounds, Cursor, Destination, Limit, Outbox, Settlement, Want};
use crate::ledger::{Expired, Ledger};
use crate::memory::Memory;
use crate::{Sealed, Signal, Timestamp};

const AT: Timestamp = Timestamp(1_000_000_000);

fn outbox(bounds: Bounds) -> (Arc<Memory>, Arc<Outbox>, Cursor) {
    let memory = Memory::new(1 << 20);
    let ledger = Ledger::new("test");
    let series = Signal::ALL.map(|signal| ledger.destination("debug", signal));
    let destination = Destination { name: "debug".into(), bounds, series };
    let outbox = Outbox::new(memory.clone(), vec![vec![0]], vec![destination]);
    let cursor = outbox.cursor(0);
    (memory, outbox, cursor)
}

fn append(memory: &Arc<Memory>, outbox: &Outbox, signal: Signal, records: u32, at: Timestamp) {
    let sealed = Sealed::new(signal, Bytes::from(vec![0; 10]), records);
    outbox.append(vec![Part { pipeline: 0, sealed, seen: None }], memory.permit(10).unwrap(), at);
}

fn want(most: Limit) -> Want {
    Want { signal: Signal::Traces, most }
}

#[test]
fn a_parcel_holds_what_fits_and_at_least_one_frame() {
    let (memory, outbox, cursor) = outbox(Bounds::default());
    for records in [5, 2, 2, 2] {
        append(&memory, &outbox, Signal::Traces, records, AT);
    }
    let first = cursor.take(want(Limit::Items(4)), AT).unwrap();
    let second = cursor.take(want(Limit::Items(4)), AT).unwrap();
    assert_eq!((first.records(), second.records(), second.frames().len()), (5, 4, 2));
    assert_eq!(cursor.waiting(Signal::Traces).records, 2);
}

#[test]
fn a_dropped_parcel_goes_back_in_order_and_a_settled_one_gives_its_memory_back() {
    let (memory, outbox, cursor) = outbox(Bounds::default());
    for records in 1..=3 {
        append(&memory, &outbox, Signal::Traces, records, AT);
    }
    drop(cursor.take(want(Limit::Requests(2)), AT).unwrap());
    let parcel = cursor.take(want(Limit::Requests(9)), AT).unwrap();
    assert_eq!(parcel.frames().iter().map(|frame| frame.records()).collect::<Vec<_>>(), [1, 2, 3]);
    assert!(!cursor.settled());
    parcel.settle(Settlement::Delivered { rejected: 1 }, AT);
    let series = cursor.series(Signal::Traces);
    assert_eq!((series.delivered.get(), series.rejected.get(), series.pending.get()), (5, 1, 0));
    assert!(cursor.settled());
    assert_eq!(memory.used(), 0);
}

#[test]
fn what_is_given_up_half_way_is_counted_for_what_became_of_it() {
    let (memory, outbox, cursor) = outbox(Bounds::default());
    append(&memory, &outbox, Signal::Traces, 10, AT);
    let parcel = cursor.take(want(Limit::Requests(1)), AT).unwrap();
    parcel.settle(Settlement::Expired { bound: Expired::Elapsed, delivered: 4, rejected: 1 }, AT);
    let series = cursor.series(Signal::Traces);
    let expired = series.expired(Expired::Elapsed).get();
    assert_eq!((series.delivered.get(), series.rejected.get(), expired, series.pending.get()), (4, 1, 5, 0));
}

#[test]
fn what_is_too_old_is_given_up_before_it_is_taken() {
    let bounds = Bounds { max_age: Some(Duration::from_secs(60)), ..Bounds::default() };
    let (memory, outbox, cursor) = outbox(bounds);
    append(&memory, &outbox, Signal::Traces, 1, AT);
    append(&memory, &outbox, Signal::Traces, 2, AT.plus(Duration::from_secs(50)));
    let parcel = cursor.take(want(Limit::Requests(9)), AT.plus(Duration::from_secs(61))).unwrap();
    assert_eq!(parcel.records(), 2);
    assert_eq!(cursor.series(Signal::Traces).expired(Expired::Age).get(), 1);
}

#[tokio::test]
async fn waiting_ends_when_there_is_enough_and_not_before() {
    let (memory, outbox, cursor) = outbox(Bounds::default());
    let mut wait = Box::pin(cursor.wait(Signal::Traces, Limit::Items(3)));
    assert!(wait.as_mut().now_or_never().is_none());
    append(&memory, &outbox, Signal::Traces, 2, AT);
    drop(cursor.take(want(Limit::Requests(1)), AT));
    assert!(wait.as_mut().now_or_never().is_none(), "a parcel that came back is a reason to look, not to go");
    append(&memory, &outbox, Signal::Traces, 1, AT);
    assert!(wait.as_mut().now_or_never().is_some());
}

#[tokio::test]
async fn a_wait_that_was_let_go_of_leaves_no_wake_up_behind() {
    let (memory, outbox, cursor) = outbox(Bounds::default());
    assert!(cursor.wait(Signal::Traces, Limit::Requests(1)).now_or_never().is_none());
    append(&memory, &outbox, Signal::Logs, 1, AT);
    assert!(cursor.wait(Signal::Traces, Limit::Requests(2)).now_or_never().is_none());
    outbox.close();
    assert!(cursor.wait(Signal::Traces, Limit::Requests(2)).now_or_never().is_some());
}

/// Two destinations of one pipeline, and a limit that eight requests fill to the outbox's share.
fn pair() -> (Arc<Memory>, Arc<Outbox>, Cursor, Cursor) {
    let memory = Memory::new(112);
    let ledger = Ledger::new("test");
    let destination = |name: &str| {
        let series = Signal::ALL.map(|signal| ledger.destination(name, signal));
        Destination { name: name.into(), bounds: Bounds::default(), series }
    };
    let outbox = Outbox::new(memory.clone(), vec![vec![0, 1]], vec![destination("dead"), destination("live")]);
    let (dead, live) = (outbox.cursor(0), outbox.cursor(1));
    (memory, outbox, dead, live)
}

#[test]
fn short_of_memory_the_stalled_give_up_what_only_they_are_owed() {
    let (memory, outbox, dead, live) = pair();
    for _ in 0..8 {
        append(&memory, &outbox, Signal::Traces, 1, AT);
    }
    let later = AT.plus(Duration::from_secs(61));
    live.take(want(Limit::Requests(2)), later).unwrap().settle(Settlement::Delivered { rejected: 0 }, later);
    append(&memory, &outbox, Signal::Traces, 1, later);
    append(&memory, &outbox, Signal::Traces, 1, later);
    let expired = dead.series(Signal::Traces).expired(Expired::Memory).get();
    assert_eq!((expired, live.series(Signal::Traces).expired(Expired::Memory).get()), (2, 0));
    append(&memory, &outbox, Signal::Traces, 1, later);
    assert_eq!(dead.series(Signal::Traces).expired(Expired::Memory).get(), 2, "the rest is owed to the live one too");
}

#[test]
fn short_of_memory_with_all_stalled_all_give_up_their_oldest() {
    let (memory, outbox, dead, other) = pair();
    for _ in 0..8 {
        append(&memory, &outbox, Signal::Traces, 1, AT);
    }
    append(&memory, &outbox, Signal::Traces, 1, AT.plus(Duration::from_secs(61)));
    let expired = |cursor: &Cursor| cursor.series(Signal::Traces).expired(Expired::Memory).get();
    assert_eq!((expired(&dead), expired(&other)), (1, 1));
    assert!(memory.used() <= 84);
}
