//! The body layer over bodies made by hand: what is copied, what is kept, what is charged.

use std::collections::VecDeque;
use std::convert::Infallible;
use std::pin::pin;

use pipeline::testkit;

use super::*;

/// A body of these pieces.
struct Pieces(VecDeque<Bytes>);

impl Body for Pieces {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        Poll::Ready(self.0.pop_front().map(|bytes| Ok(Frame::data(bytes))))
    }
}

impl Source for Pieces {}

impl Source for &mut Pieces {}

fn pieces(bytes: &[u8], size: usize) -> Pieces {
    Pieces(bytes.chunks(size).map(Bytes::copy_from_slice).collect())
}

fn bounds(intake: &Intake, max: usize) -> Bounds<'_> {
    let deadline = Instant::now() + Duration::from_secs(60);
    Bounds { intake, signal: Signal::Logs, max, times: 1, deadline, expects: false }
}

fn framed(message: &[u8]) -> Vec<u8> {
    let length = u32::try_from(message.len()).unwrap();
    [&[0], &length.to_be_bytes()[..], message].concat()
}

#[tokio::test]
async fn a_message_is_the_same_however_it_is_cut() {
    let (intake, worker) = testkit::intake(1 << 20, &Signal::ALL);
    let sent: Vec<u8> = (0..50_000_u32).map(|at| (at % 251) as u8).collect();
    for size in [1, 4, 5, 6, 1000, 16_384, 50_004, 50_005] {
        let message = bounds(&intake, 1 << 20).message(pieces(&framed(&sent), size)).await.unwrap();
        assert!(message.taken.bytes == sent && !message.compressed, "pieces of {size}");
        assert_eq!(message.taken.permit.bytes(), sent.len());
        assert_eq!(worker.memory.used(), sent.len());
    }
    assert_eq!(worker.memory.used(), 0);
}

#[tokio::test]
async fn a_large_body_in_one_piece_is_kept_and_a_small_one_copied() {
    let (intake, _worker) = testkit::intake(1 << 20, &Signal::ALL);
    for (length, kept) in [(KEEP, true), (KEEP - 1, false)] {
        let body = Bytes::from(vec![7; length]);
        let at = body.as_ptr();
        let taken =
            bounds(&intake, 1 << 20).whole(Pieces([body].into()), Some(length as u64), &mut true).await.unwrap();
        assert_eq!(taken.bytes.as_ptr() == at, kept, "{length}");
    }
}

#[tokio::test]
async fn an_undeclared_body_is_charged_as_it_grows_and_shrinks_to_its_size() {
    let (intake, worker) = testkit::intake(100_000, &Signal::ALL);
    let taken = bounds(&intake, 1 << 20).whole(pieces(&[1; 70_000], 1000), None, &mut true).await.unwrap();
    assert_eq!((taken.bytes.len(), worker.memory.used()), (70_000, 70_000));
    drop(taken);
    let refused = bounds(&intake, 1 << 20).whole(pieces(&[1; 100_001], 1000), None, &mut true).await.unwrap_err();
    assert_eq!(refused, Fault::Refused(Refusal::Memory));
    let large = bounds(&intake, 5000).whole(pieces(&[1; 5001], 1000), None, &mut true).await.unwrap_err();
    assert!(matches!(large, Fault::Rejected(Rejection::TooLarge(_))));
    assert_eq!(worker.memory.used(), 0);
}

#[tokio::test]
async fn lengths_that_lie_are_found_out() {
    let (intake, worker) = testkit::intake(100_000, &Signal::ALL);
    let mut long = framed(b"abc");
    long.push(0);
    for body in [&long[..], &framed(b"abc")[..7], b"\0\0", b""] {
        let fault = bounds(&intake, 1000).message(pieces(body, 2)).await.unwrap_err();
        assert!(matches!(fault, Fault::Framing(_)), "{fault:?}");
    }
    let fault = bounds(&intake, 2).message(pieces(&framed(b"abc"), 100)).await.unwrap_err();
    assert!(matches!(fault, Fault::Rejected(Rejection::TooLarge(_))));
    assert_eq!(worker.memory.used(), 0);
}

#[tokio::test(start_paused = true)]
async fn who_finds_it_crowded_is_read_to_nothing_and_told_when_its_wait_would_end() {
    let (intake, _worker) = testkit::intake(1 << 20, &Signal::ALL);
    let all = intake.permit(Signal::Logs, 1 << 20).unwrap();
    let sent = framed(&[7; 100_000]);
    let limits = bounds(&intake, 1 << 20);
    let (mut waits, mut crowded) = (pieces(&sent, 1000), pieces(&sent, 1000));
    let mut first = pin!(limits.message(&mut waits));
    assert!(futures_util::poll!(first.as_mut()).is_pending());
    let began = Instant::now();
    let refused = limits.message(&mut crowded).await.unwrap_err();
    assert_eq!((refused, began.elapsed()), (Fault::Refused(Refusal::Memory), PATIENCE));
    assert!(crowded.0.is_empty(), "nothing of it is left in a window");
    drop(all);
    assert_eq!(first.await.unwrap().taken.bytes.len(), 100_000, "who waited has room");
}

#[tokio::test(start_paused = true)]
async fn what_waits_counts_with_its_own_length() {
    let (intake, _worker) = testkit::intake(1 << 20, &Signal::ALL);
    let most = intake.permit(Signal::Logs, (1 << 20) - 2 * HEAD).unwrap();
    let limits = bounds(&intake, 1 << 20);
    let large = framed(&[7; 100_000]);
    let mut first = pin!(limits.message(pieces(&large, 1000)));
    assert!(futures_util::poll!(first.as_mut()).is_pending());
    let mut small = pin!(limits.message(pieces(&framed(&[7; 10_000]), 1000)));
    assert!(futures_util::poll!(small.as_mut()).is_pending());
    let began = Instant::now();
    let crowded = limits.message(pieces(&large, 1000)).await.unwrap_err();
    assert_eq!((crowded, began.elapsed()), (Fault::Refused(Refusal::Memory), PATIENCE));
    drop(most);
    assert_eq!(first.await.unwrap().taken.bytes.len(), 100_000);
    assert_eq!(small.await.unwrap().taken.bytes.len(), 10_000);
}

/// A body whose pieces come at times.
struct Slow(VecDeque<(u64, Bytes)>, Option<Pin<Box<Sleep>>>);

impl Source for Slow {}

impl Body for Slow {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        let Some(&(after, _)) = self.0.front() else { return Poll::Ready(None) };
        let timer = self.1.get_or_insert_with(|| Box::pin(sleep_until(Instant::now() + Duration::from_millis(after))));
        std::task::ready!(timer.as_mut().poll(cx));
        self.1 = None;
        Poll::Ready(self.0.pop_front().map(|(_, bytes)| Ok(Frame::data(bytes))))
    }
}

#[tokio::test(start_paused = true)]
async fn a_slow_prefix_makes_the_promise_of_the_message_no_longer() {
    let (intake, worker) = testkit::intake(1 << 20, &Signal::ALL);
    let sent = framed(&[7; 100_000]);
    let (prefix, message) = (Bytes::copy_from_slice(&sent[..5]), Bytes::copy_from_slice(&sent[5..]));
    let limits = bounds(&intake, 1 << 20);
    let mut taken = pin!(limits.message(Slow([(1100, prefix), (5000, message)].into(), None)));
    assert!(timeout(Duration::from_millis(1500), taken.as_mut()).await.is_err());
    assert_eq!(worker.memory.used(), 100_000, "the message is still promised");
    assert!(timeout(Duration::from_millis(1000), taken.as_mut()).await.is_err());
    assert_eq!(worker.memory.used(), HEAD, "what has not come is given back");
    assert_eq!(taken.await.unwrap().taken.bytes.len(), 100_000);
}
