//! Copies, as bytes and among other frames.

use super::*;

#[test]
fn a_copy_says_whose_it_is() {
    let (at, origin) = (Position(9 << 32), Position(3 << 32 | 70));
    let body = sign(b"request", origin);
    assert_eq!(request(Kind::Copy, at, body.clone()), (Bytes::from_static(b"request"), origin));
    assert_eq!(request(Kind::Request, at, body.clone()), (body, at));
    assert_eq!(request(Kind::Copy, at, Bytes::from_static(b"short")), (Bytes::from_static(b"short"), at));
}

#[test]
fn the_last_copy_counts() {
    let copies = Copies(HashMap::from([(Position(1), Position(7))]));
    let void = |origin, at| copies.replace(Position(origin), Position(at));
    assert!(void(1, 1) && void(1, 5));
    assert!(!void(1, 7) && !void(2, 2));
}
