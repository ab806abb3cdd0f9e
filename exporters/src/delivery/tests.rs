//! The engine over a sender that is told what to answer.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use pipeline::component::BoxFuture;
use pipeline::config::Duration as Span;
use pipeline::journal::{Bounds, Limit};
use pipeline::ledger::Expired;
use pipeline::stop::Phase;
use tokio::sync::{Semaphore, mpsc};

use super::batching::MERGED_BYTES;
use super::*;
use crate::tests::owed::{Owed, Running, names};

/// Answers with a script, then with `Delivered`; what it is sent comes out of the channel.
struct Scripted {
    script: Mutex<VecDeque<Verdict>>,
    sent: mpsc::UnboundedSender<Vec<String>>,
    gate: Arc<Semaphore>,
}

impl Sender for Scripted {
    fn send<'a>(&'a self, request: &'a Request) -> BoxFuture<'a, Verdict> {
        Box::pin(async move {
            let names = names(&request.merged());
            assert!(!names.contains(&"panic".to_owned()), "told to");
            self.sent.send(names).ok();
            self.gate.acquire().await.unwrap().forget();
            self.script.lock().unwrap().pop_front().unwrap_or(Verdict::Delivered)
        })
    }
}

struct Bench {
    owed: Owed,
    running: Running,
    sent: mpsc::UnboundedReceiver<Vec<String>>,
    gate: Arc<Semaphore>,
}

fn plan() -> Plan {
    let retry = RetryOnFailure {
        initial_interval: Span::millis(1),
        max_interval: Span::millis(1),
        ..RetryOnFailure::default()
    };
    Plan { consumers: 10, batching: Batching::default(), retry, max_age: None, content: ContentPolicy::default() }
}

/// Appends what waits, then runs the delivery; `open` answers may be given before the gate must be opened.
#[allow(clippy::disallowed_methods, reason = "bounded by what the test sends")]
fn bench(plan: Plan, script: Vec<Verdict>, waits: &[&[&str]], open: usize) -> Bench {
    let owed = Owed::to(&[Bounds { max_age: plan.max_age, ..Bounds::default() }]);
    waits.iter().for_each(|names| owed.spans(names));
    let (sender, sent) = mpsc::unbounded_channel();
    let gate = Arc::new(Semaphore::new(open));
    let scripted = Scripted { script: Mutex::new(script.into()), sent: sender, gate: gate.clone() };
    let running = owed.run(0, Box::new(Delivery::new(scripted, plan)));
    Bench { owed, running, sent, gate }
}

fn retry(after: Option<Duration>) -> Verdict {
    Verdict::Retry { after, reason: "busy".into() }
}

fn rejected(blame: Blame) -> Verdict {
    Verdict::Rejected { blame, reason: "bad".into() }
}

#[tokio::test]
async fn what_waits_goes_out_as_one() {
    let mut bench = bench(plan(), vec![], &[&["a", "b"], &["c"], &["d"]], 9);
    assert_eq!(bench.sent.recv().await.unwrap(), ["a", "b", "c", "d"]);
    bench.running.settled().await;
    assert_eq!((bench.running.series().delivered.get(), bench.running.series().attempts.get()), (4, 1));
    assert_eq!(bench.owed.memory.used(), 0);
}

#[tokio::test]
async fn what_is_not_taken_is_sent_again_whole() {
    let mut bench = bench(plan(), vec![retry(None), retry(None)], &[&["a"]], 9);
    for _ in 0..3 {
        assert_eq!(bench.sent.recv().await.unwrap(), ["a"]);
    }
    bench.running.settled().await;
    let series = bench.running.series();
    assert_eq!((series.delivered.get(), series.attempts.get(), series.retries.get()), (1, 3, 2));
}

#[tokio::test]
async fn partial_success_is_counted_and_never_sent_again() {
    let partial = Verdict::Partial { rejected: 2, reason: "two".into() };
    let mut bench = bench(plan(), vec![partial], &[&["a", "b", "c"]], 9);
    bench.running.settled().await;
    assert_eq!((bench.running.series().delivered.get(), bench.running.series().rejected.get()), (1, 2));
    assert_eq!(bench.sent.recv().await.unwrap().len(), 3);
    assert!(bench.sent.try_recv().is_err());
}

#[tokio::test]
async fn one_bad_request_does_not_take_its_neighbours_with_it() {
    let script = vec![rejected(Blame::Request), Verdict::Delivered, rejected(Blame::Request), rejected(Blame::Request)];
    let mut bench = bench(plan(), script, &[&["a"], &["b"], &["bad"], &["d"]], 99);
    let mut sent = Vec::new();
    bench.running.settled().await;
    while let Ok(names) = bench.sent.try_recv() {
        sent.push(names.concat());
    }
    assert_eq!(sent, ["abbadd", "ab", "badd", "bad", "d"]);
    assert_eq!((bench.running.series().delivered.get(), bench.running.series().rejected.get()), (3, 1));
}

#[tokio::test]
async fn a_destination_that_refuses_us_is_not_asked_in_pieces() {
    let mut bench = bench(plan(), vec![rejected(Blame::Destination)], &[&["a"], &["b"]], 9);
    bench.running.settled().await;
    assert_eq!(bench.sent.recv().await.unwrap(), ["a", "b"]);
    assert!(bench.sent.try_recv().is_err());
    assert_eq!(bench.running.series().rejected.get(), 2);
}

#[tokio::test]
async fn what_is_refused_for_our_credentials_is_held() {
    let script = vec![rejected(Blame::Credentials), rejected(Blame::Credentials)];
    let bench = bench(plan(), script, &[&["a"], &["b"]], 9);
    bench.running.settled().await;
    let series = bench.running.series();
    assert_eq!((series.delivered.get(), series.rejected.get(), series.attempts.get()), (2, 0, 3));
}

#[tokio::test]
async fn while_a_destination_is_away_one_request_at_a_time_asks() {
    let one_each = Batching { most: Limit::Requests(1), ..Batching::default() };
    let retry_on_failure =
        RetryOnFailure { initial_interval: Span::millis(30), max_interval: Span::millis(30), ..plan().retry };
    let plan = Plan { consumers: 8, batching: one_each, retry: retry_on_failure, ..plan() };
    let waits: Vec<[&str; 1]> = (0..8).map(|_| ["a"]).collect();
    let waits: Vec<&[&str]> = waits.iter().map(<[&str; 1]>::as_slice).collect();
    let bench = bench(plan, vec![retry(None); 12], &waits, 99);
    bench.running.settled().await;
    let series = bench.running.series();
    // Eight at once, four that asked alone, and all eight again.
    assert_eq!((series.delivered.get(), series.attempts.get(), series.holding.get()), (8, 20, 0));
}

#[tokio::test]
async fn a_sender_that_panics_loses_what_it_was_given_and_nothing_else() {
    let bench = bench(plan(), vec![], &[&["a"], &["panic"]], 9);
    bench.running.settled().await;
    assert_eq!((bench.running.series().delivered.get(), bench.running.series().rejected.get()), (1, 1));
}

#[tokio::test]
async fn no_more_are_in_flight_than_consumers() {
    let one_each = Batching { most: Limit::Requests(1), ..Batching::default() };
    let plan = Plan { consumers: 2, batching: one_each, ..plan() };
    let mut bench = bench(plan, vec![], &[&["a"], &["b"], &["c"]], 0);
    assert_eq!(bench.sent.recv().await.unwrap().len(), 1);
    assert_eq!(bench.sent.recv().await.unwrap().len(), 1);
    assert!(bench.sent.try_recv().is_err());
    assert_eq!(bench.running.cursor.waiting(Signal::Traces).requests, 1);
    bench.gate.add_permits(9);
    bench.running.settled().await;
    assert_eq!(bench.running.series().delivered.get(), 3);
}

#[tokio::test]
async fn one_consumer_keeps_the_order_through_retries() {
    let one_each = Batching { most: Limit::Requests(1), ..Batching::default() };
    let plan = Plan { consumers: 1, batching: one_each, ..plan() };
    let mut bench = bench(plan, vec![retry(None)], &[&["a"], &["b"]], 9);
    bench.running.settled().await;
    let mut sent = Vec::new();
    while let Ok(names) = bench.sent.try_recv() {
        sent.extend(names);
    }
    assert_eq!(sent, ["a", "a", "b"]);
}

#[tokio::test]
async fn a_batch_waits_for_its_size_and_is_flushed_when_draining() {
    let batching = Batching {
        least: Limit::Items(3),
        most: Limit::Items(3),
        flush_after: Duration::from_secs(3600),
        eager: false,
    };
    let mut bench = bench(Plan { batching, ..plan() }, vec![], &[&["a"], &["b"]], 9);
    bench.owed.spans(&["c"]);
    assert_eq!(bench.sent.recv().await.unwrap(), ["a", "b", "c"]);
    bench.owed.spans(&["d"]);
    bench.running.settled_except(1).await;
    let cursor = bench.running.drain().await;
    assert_eq!(bench.sent.recv().await.unwrap(), ["d"]);
    assert!(cursor.settled());
}

#[tokio::test]
async fn a_batch_is_flushed_when_its_first_has_waited_long_enough() {
    let batching =
        Batching { least: Limit::Items(9), most: Limit::Items(9), flush_after: Duration::from_millis(5), eager: false };
    let mut bench = bench(Plan { batching, ..plan() }, vec![], &[], 9);
    bench.owed.spans(&["a"]);
    assert_eq!(bench.sent.recv().await.unwrap(), ["a"]);
    bench.running.settled().await;
}

#[tokio::test]
async fn draining_cuts_long_delays_short_and_ends_when_all_is_settled() {
    let mut bench = bench(plan(), vec![retry(Some(Duration::from_secs(3600)))], &[&["a"]], 9);
    bench.sent.recv().await.unwrap();
    let cursor = bench.running.drain().await;
    assert_eq!(cursor.series(Signal::Traces).delivered.get(), 1);
}

#[tokio::test]
async fn now_returns_at_once_and_gives_back_what_is_in_flight() {
    let mut bench = bench(plan(), vec![], &[&["a"]], 0);
    bench.sent.recv().await.unwrap();
    bench.running.stopper.ask(Phase::Now);
    bench.running.task.await.unwrap();
    assert_eq!(bench.running.cursor.waiting(Signal::Traces).records, 1);
}

#[tokio::test]
async fn a_closed_outbox_ends_the_delivery_when_it_is_empty() {
    let bench = bench(plan(), vec![], &[&["a"]], 9);
    bench.owed.outbox.close();
    bench.running.task.await.unwrap();
    assert!(bench.running.cursor.settled());
}

#[tokio::test]
async fn what_is_written_as_the_end_of_patience_is() {
    let mut plan = plan();
    plan.retry.max_elapsed_time = Some(Span::millis(1));
    let bench = bench(plan, vec![retry(Some(Duration::from_secs(9)))], &[&["a"]], 9);
    bench.running.settled().await;
    assert_eq!(bench.running.series().expired(Expired::Elapsed).get(), 1);
}

#[tokio::test]
async fn what_is_retried_past_its_age_expires() {
    let plan = Plan { max_age: Some(Duration::from_millis(20)), ..plan() };
    let script = (0..10_000).map(|_| retry(None)).collect();
    let bench = bench(plan, script, &[&["a"]], 20_000);
    bench.running.settled().await;
    assert_eq!(bench.running.series().expired(Expired::Age).get(), 1);
}

#[tokio::test]
async fn without_retries_what_is_not_taken_is_lost_and_counted() {
    let mut plan = plan();
    plan.retry.enabled = false;
    let bench = bench(plan, vec![retry(None)], &[&["a"]], 9);
    bench.running.settled().await;
    assert_eq!(bench.running.series().rejected.get(), 1);
}

#[tokio::test]
#[allow(clippy::disallowed_methods, reason = "bounded by what the test sends")]
async fn a_dead_destination_stops_nobody_else() {
    let owed = Owed::to(&[Bounds::default(), Bounds::default()]);
    let (dead_sender, mut dead_sent) = mpsc::unbounded_channel();
    let (live_sender, _live_sent) = mpsc::unbounded_channel();
    let scripted = |sent, open| Scripted { script: Mutex::default(), sent, gate: Arc::new(Semaphore::new(open)) };
    let dead = owed.run(0, Box::new(Delivery::new(scripted(dead_sender, 0), plan())));
    let live = owed.run(1, Box::new(Delivery::new(scripted(live_sender, 1000), plan())));
    for _ in 0..100 {
        owed.spans(&["a"]);
    }
    live.settled().await;
    dead_sent.recv().await.unwrap();
    assert_eq!((live.series().delivered.get(), dead.series().delivered.get()), (100, 0));
    assert_eq!(dead.series().pending.get(), 100);
}

/// Takes requests up to a size, as every gRPC server does.
struct Narrow(usize, Blame);

impl Sender for Narrow {
    fn send<'a>(&'a self, request: &'a Request) -> BoxFuture<'a, Verdict> {
        let fits = request.bytes() <= self.0;
        Box::pin(async move { if fits { Verdict::Delivered } else { rejected(self.1) } })
    }
}

/// Delivers large records that stand together, and small ones behind them; how many were taken, and refused.
async fn narrow(most: usize, blame: Blame) -> (u64, u64) {
    let (large, small) = ("l".repeat(10_000), "s".repeat(100));
    let spans: Vec<&str> = (0..2000).map(|at| if at < 500 { large.as_str() } else { &small }).collect();
    let owed = Owed::to(&[Bounds::default()]);
    owed.spans(&spans);
    let running = owed.run(0, Box::new(Delivery::new(Narrow(most, blame), plan())));
    running.settled().await;
    (running.series().delivered.get(), running.series().rejected.get())
}

#[tokio::test]
async fn records_that_would_be_taken_are_not_lost_for_standing_beside_others() {
    let merged = usize::try_from(MERGED_BYTES).unwrap();
    assert_eq!(narrow(merged, Blame::Request).await, (2000, 0), "what is cut stays within the bound");
    assert_eq!(narrow(merged / 8, Blame::Size).await, (2000, 0), "what is too large is cut again");
    assert_eq!(narrow(merged / 8, Blame::Request).await, (0, 2000), "what is bad is not");
}

/// What the server asks for is heeded up to `DRAINING_DELAY` while we are shutting down.
#[tokio::test(start_paused = true)]
async fn a_destination_that_asks_for_time_is_not_hammered_while_we_are_shutting_down() {
    let script = vec![retry(Some(Duration::from_secs(1))); 100];
    let bench = bench(plan(), script, &[&["a"]], 200);
    bench.running.stopper.ask(Phase::Draining);
    tokio::time::sleep(Duration::from_millis(1_500)).await;
    let attempts = bench.running.series().attempts.get();
    bench.running.stopper.ask(Phase::Now);
    assert!(attempts <= 3, "{attempts} attempts in 1.5 s");
}
