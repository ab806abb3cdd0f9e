//! When the breaker holds, and who may ask. Time is tokio's, and paused.

use futures_util::FutureExt;
use pipeline::Signal;
use pipeline::ledger::Ledger;

use super::*;

const DELAY: Duration = Duration::from_secs(10);

fn breaker() -> (Breaker, DestinationSeries) {
    let series = Ledger::new("test").destination("otlp", Signal::Traces);
    (Breaker::new(series.clone()), series)
}

async fn opened() -> (Breaker, DestinationSeries) {
    let (breaker, series) = breaker();
    for _ in 0..FAILURES {
        assert_eq!(series.holding.get(), 0);
        breaker.pass().await.failed(DELAY);
    }
    assert_eq!(series.holding.get(), 1);
    (breaker, series)
}

#[tokio::test(start_paused = true)]
async fn after_failures_in_a_row_one_asks_and_the_others_wait() {
    let (breaker, series) = opened().await;
    assert!(breaker.pass().now_or_never().is_none());
    tokio::time::advance(DELAY).await;
    let probe = breaker.pass().now_or_never().expect("one may ask");
    assert!(breaker.pass().now_or_never().is_none(), "one at a time");
    probe.failed(DELAY);
    assert!(breaker.pass().now_or_never().is_none());
    tokio::time::advance(DELAY).await;
    breaker.pass().await.worked();
    assert_eq!(series.holding.get(), 0);
    assert!(breaker.pass().now_or_never().is_some());
}

#[tokio::test(start_paused = true)]
async fn one_that_is_let_go_of_leaves_the_question_to_others() {
    let (breaker, _) = opened().await;
    tokio::time::advance(DELAY).await;
    drop(breaker.pass().await);
    assert!(breaker.pass().now_or_never().is_some());
}

#[tokio::test(start_paused = true)]
async fn an_answer_between_failures_starts_the_count_anew() {
    let (breaker, series) = breaker();
    for _ in 0..3 {
        for _ in 1..FAILURES {
            breaker.pass().await.failed(DELAY);
        }
        breaker.pass().await.worked();
    }
    assert_eq!(series.holding.get(), 0);
}

#[tokio::test(start_paused = true)]
async fn who_waits_is_told_when_it_is_back() {
    let (breaker, _) = opened().await;
    tokio::time::advance(DELAY).await;
    let probe = breaker.pass().await;
    let mut waiting = Box::pin(breaker.pass());
    assert!(waiting.as_mut().now_or_never().is_none());
    probe.worked();
    assert!(waiting.as_mut().now_or_never().is_some());
}
