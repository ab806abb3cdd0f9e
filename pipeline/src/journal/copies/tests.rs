//! Copies, as bytes and among other frames.

use std::sync::Arc;

use super::*;
use crate::Signal;
use crate::journal::format::{FrameHead, Framed, SegmentHead, Table, VERSION};
use crate::journal::segments::OWED;
use crate::journal::volume::Volume;
use crate::journal::volume::fake::Fake;

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

/// A folder whose one segment, of `version`, holds these frames of one byte each.
fn folder(version: u16, kinds: &[Kind]) -> Segments {
    let fake = Fake::default();
    let segment = SegmentHead { version, ..SegmentHead::new(7, Table::default()) };
    // Before version 3 no header told a number.
    let mut bytes = segment.encode(if version < 3 { 0 } else { 1 });
    for kind in kinds {
        let body = if *kind == Kind::Copy { sign(b"x", Position(1)) } else { Bytes::from_static(b"x") };
        let head = FrameHead::request(Signal::Logs, 0, 1, Timestamp(1));
        let frame = Framed::new(FrameHead { kind: *kind, ..head }, body);
        bytes.extend(frame.encode(&segment));
        bytes.extend(&frame.body);
    }
    fake.create("segment-00000001", bytes.len() as u64).unwrap().write(0, &[&bytes]).unwrap();
    Segments::open(Arc::new(fake), OWED).unwrap()
}

fn kinds(segments: &Segments) -> Vec<Kind> {
    let (mut from, mut kinds) = (Position(0), Vec::new());
    while let Step::Frame { at, head, .. } = segments.step(from, |_, _| true) {
        kinds.push(head.kind);
        from = behind(at, &head);
    }
    kinds
}

#[test]
fn what_the_versions_before_wrote_is_read() {
    let frames = [Kind::Request, Kind::Decisions, Kind::Request];
    assert_eq!(kinds(&folder(1, &frames)), frames);
    let frames = [Kind::Request, Kind::Copy, Kind::Request, Kind::Copy];
    assert_eq!(kinds(&folder(2, &frames)), frames);
    let segments = folder(VERSION, &frames);
    assert_eq!(kinds(&segments), frames);
    let copies = Copies::among(&segments, Position(0), Position(u64::MAX));
    assert_eq!(copies.0.len(), 1);
    assert!(copies.replace(Position(1), Position(u64::from(u32::MAX))), "the last stands in the first segment");
}
