//! A body of one message: its prefix, then the message in one piece or in those that come.

use std::pin::pin;

use futures_util::poll;
use http_body_util::BodyExt;

use super::*;

fn body() -> (Arc<Inbox>, Body, Arc<Link>) {
    let (inbox, link) = (Arc::new(Inbox::new()), Arc::<Link>::default());
    (inbox.clone(), Body::new(inbox, link.clone(), 1), link)
}

async fn next(body: &mut Body) -> Option<Bytes> {
    body.frame().await.map(|frame| frame.unwrap().into_data().unwrap())
}

#[tokio::test]
async fn a_message_that_is_expected_comes_in_one_piece() {
    let (inbox, mut body, _link) = body();
    inbox.push(b"\0\0", 1000);
    assert!(poll!(pin!(next(&mut body))).is_pending());
    inbox.push(b"\0\0\x06abc", 1000);
    assert_eq!(next(&mut body).await.unwrap(), &b"\0\0\0\0\x06"[..]);
    body.expect(6);
    assert!(poll!(pin!(next(&mut body))).is_pending());
    inbox.push(b"def", 1000);
    inbox.end();
    assert_eq!(next(&mut body).await.unwrap(), &b"abcdef"[..]);
    assert_eq!(next(&mut body).await, None);
}

#[tokio::test]
async fn a_slow_message_comes_in_pieces_and_they_are_given_back() {
    let (inbox, mut body, link) = body();
    inbox.push(b"\0\0\x02\0\0abc", 1000);
    next(&mut body).await.unwrap();
    body.expect(2 << 16);
    assert_eq!(body.held(), 3);
    body.piecemeal();
    assert_eq!(next(&mut body).await.unwrap(), &b"abc"[..]);
    inbox.push(&[7; 500], 1000);
    assert_eq!(next(&mut body).await.unwrap().len(), 500);
    let mut orders = Vec::new();
    link.take(&mut orders);
    let released = orders.iter().map(|order| if let Order::Release { bytes, .. } = order { *bytes } else { 0 });
    assert_eq!(released.collect::<Vec<_>>(), [0, 3, 500]);
}

#[tokio::test]
async fn a_message_without_a_byte_ends_when_the_request_does() {
    let (inbox, mut body, _link) = body();
    inbox.push(&[0; 5], 1000);
    next(&mut body).await.unwrap();
    body.expect(0);
    assert!(poll!(pin!(next(&mut body))).is_pending());
    inbox.end();
    assert_eq!(next(&mut body).await, None);
}

#[tokio::test]
async fn what_is_lost_is_an_error_and_nothing_of_it_is_kept() {
    let (inbox, mut body, _link) = body();
    inbox.push(&[0; 100], 1000);
    inbox.lose();
    assert!(body.frame().await.unwrap().is_err());
    assert_eq!(body.held(), 0);
    inbox.push(&[0; 100], 1000);
    assert_eq!(body.held(), 0);
}

#[test]
fn a_peer_is_believed_as_far_as_it_has_sent() {
    let (inbox, body, _link) = body();
    inbox.push(b"\0\xff\xff\xff\xffa", 512 << 10);
    assert!(inbox.state().data.capacity() <= 64, "{}", inbox.state().data.capacity());
    inbox.push(&[7; 16 << 10], 512 << 10);
    assert_eq!(inbox.state().data.capacity(), 512 << 10);
    drop(body);
    assert_eq!(inbox.state().data.capacity(), 0);
}

#[tokio::test]
async fn what_is_sent_behind_a_message_is_not_kept() {
    let (inbox, mut body, _link) = body();
    inbox.push(b"\0\0\0\0\x03abcdef", 1000);
    inbox.push(&[7; 1000], 1000);
    inbox.end();
    assert_eq!(body.held(), 4);
    assert_eq!(next(&mut body).await.unwrap().len(), 5);
    body.expect(3);
    assert_eq!(next(&mut body).await.unwrap(), &b"abcd"[..], "and that there is more is seen");
}
