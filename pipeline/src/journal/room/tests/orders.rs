//! Orders of things that cost something once, found by reading.

use std::sync::atomic::Ordering;

use super::*;

fn heads(coin: &Coin) {
    coin.tossed.store(1, Ordering::Relaxed);
}

fn tails(coin: &Coin) {
    coin.tossed.store(0, Ordering::Relaxed);
}

fn filler(trace: u8) -> (u8, String) {
    (trace, format!("{trace} {}", "x".repeat(6000)))
}

impl Life {
    /// Commits the first of what the releaser has prepared.
    fn commit_first(&mut self) {
        let mut stuck = std::mem::take(&mut self.stuck).into_iter();
        if let Some((parts, entries, released)) = stuck.next() {
            self.commit(parts, entries, released);
        }
        self.stuck.extend(stuck);
    }

    fn fold(&mut self) {
        while let Ok(order) = self.orders.try_recv() {
            self.decider.order(order, self.now);
        }
    }
}

/// A copy stands behind requests that came after its own: a decision in between has not covered it.
#[test]
fn a_decision_while_folding_again_does_not_cover_a_copy_that_stands_behind() {
    let (volume, coin) = (Fake::default(), Coin::default());
    let mut first = start(&volume, Durability::Process, &coin, Timestamp(0));
    // Trace 0 is decided as soon as a third request has something of it.
    assert!(first.send(&[(0, "a".into()), filler(LONG + 1)]));
    assert!(first.send(&[filler(LONG + 2)]));
    first.fold();
    first.decider.tick(first.now);
    first.decider.compact_all();
    heads(&coin);
    for name in ["b", "c", "d"] {
        assert!(first.send(&[(0, name.into())]));
    }
    first.fold();
    first.decider.tick(first.now);
    // The copy is there, what was decided since is not.
    first.work();
    assert_eq!((first.moved.len(), first.stuck.len()), (1, 1));
    drop(first);

    heads(&coin);
    let mut second = start(&volume, Durability::Process, &coin, Timestamp(0));
    second.decider.tick(second.now);
    second.work();
    second.commit_first();
    let mut got = second.deliver();
    drop(second);

    let mut third = start(&volume, Durability::Process, &coin, Timestamp(0));
    third.pump();
    third.pass(11);
    third.pump();
    got.extend(third.deliver());
    got.sort();
    assert_eq!(got, ["a", "b", "c", "d"]);
}

/// The same of what is held, and is told to nobody again: who brings it back must have it.
#[test]
fn what_is_held_in_a_copy_comes_back_with_what_stands_before_it() {
    let (volume, coin) = (Fake::default(), Coin { holds: true, ..Coin::default() });
    let mut first = start(&volume, Durability::Process, &coin, Timestamp(0));
    assert!(first.send(&[(100, "held".into()), filler(LONG + 1)]));
    assert!(first.send(&[filler(LONG + 2)]));
    first.pump();
    tails(&coin);
    first.pass(11);
    first.pump();
    assert_eq!(first.deliver(), Vec::<String>::new());
    first.decider.compact_all();
    assert!(first.send(&[(100, "late".into())]));
    first.fold();
    first.decider.tick(first.now);
    first.work();
    assert_eq!((first.moved.len(), first.stuck.len()), (1, 1));
    drop(first);

    let mut second = start(&volume, Durability::Process, &coin, Timestamp(20_000_000_000));
    for _ in 0..3 {
        second.pump();
        second.pass(11);
    }
    let mut got = second.deliver();
    let pending = second.series.of(Signal::Traces).pending.get();
    drop(second);
    let mut third = start(&volume, Durability::Process, &coin, Timestamp(60_000_000_000));
    third.pump();
    third.pass(11);
    third.pump();
    got.extend(third.deliver());
    got.sort();
    assert_eq!((got, pending), (vec!["held".to_owned(), "late".to_owned()], 2), "of two long ones it waits for");
}

/// What stands behind records in a request stands before them in a copy, so they move towards the end.
#[test]
fn a_copy_moves_records_to_where_others_of_their_trace_stood() {
    for length in 0..200 {
        let (volume, coin) = (Fake::default(), Coin::default());
        let mut life = start(&volume, Durability::Process, &coin, Timestamp(0));
        let span = |trace: u8, name: &str| Span { trace_id: vec![trace + 1; 16], name: name.into(), ..Span::default() };
        let spans = vec![span(10, "first"), span(11, "other"), span(10, "third and longer"), span(12, "fourth")];
        let scope = ScopeSpans { spans, schema_url: "s".repeat(length), ..ScopeSpans::default() };
        let resource = ResourceSpans { scope_spans: vec![scope], ..ResourceSpans::default() };
        let body: Bytes = ExportTraceServiceRequest { resource_spans: vec![resource] }.encode_to_vec().into();
        let batch = Batch::decode(Signal::Traces, body, &Limits::default()).unwrap();
        let (sealed, seen) = look(&mut life.coin, batch).waits.unwrap();
        let (receipt, answer) = Receipt::new();
        let permit = life.memory.force(sealed.body().len());
        let then = Then::Answer(receipt, Outcome::Accepted { records: 1, rejected: 0 });
        let parts = vec![Part { pipeline: 0, sealed, seen: Some(seen) }];
        let pipelines = life.outbox.pipelines();
        life.writer.group(Commit { parts, permit, now: life.now, counts: Vec::new(), then }.framed(pipelines));
        assert!(matches!(answer.wait(), Outcome::Accepted { .. }));
        life.pump();
        life.compact();
        life.hear();
        life.pump();
        life.pass(11);
        life.pump();
        let mut names = Vec::new();
        let want = Want { signal: Signal::Traces, most: Limit::Requests(9) };
        while let Some(parcel) = life.outbox.cursor(0).take(want, life.now) {
            for frame in parcel.frames() {
                let request = ExportTraceServiceRequest::decode(frame.sealed.body().clone()).unwrap();
                let scopes = request.resource_spans.into_iter().flat_map(|resource| resource.scope_spans);
                names.extend(scopes.flat_map(|scope| scope.spans).map(|span| span.name));
            }
            parcel.settle(Settlement::Delivered { rejected: 0 }, life.now);
        }
        names.sort();
        assert_eq!(names, ["first", "fourth", "other", "third and longer"], "with a schema of {length}");
    }
}

/// A changed configuration has some of what waits leave: once.
#[test]
fn what_waits_no_more_leaves_once() {
    let (volume, coin) = (Fake::default(), Coin::default());
    let mut first = start(&volume, Durability::Process, &coin, Timestamp(0));
    assert!(first.send(&[(150, "leaves".into()), (LONG + 1, "long".into())]));
    first.pump();
    drop(first);
    let coin = Coin { leaves: true, ..coin };
    let mut got = Vec::new();
    for _ in 0..3 {
        let mut life = start(&volume, Durability::Process, &coin, Timestamp(0));
        life.pump();
        got.extend(life.deliver());
        life.pump();
        life.writer.keep(life.now);
    }
    assert_eq!(got, ["leaves"]);
}
