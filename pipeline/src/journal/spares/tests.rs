//! Files that become other segments: nothing of what they were comes back, and nobody who reads is written over.

use std::sync::Arc;

use bytes::Bytes;

use crate::journal::format::{FrameHead, Framed, SegmentHead, Table};
use crate::journal::frame::Position;
use crate::journal::segments::{Active, OWED, Segments, Step, position};
use crate::journal::volume::Volume;
use crate::journal::volume::fake::{Fake, Faults};
use crate::{Signal, Timestamp};

const SIZE: u64 = 4096;

fn folder() -> (Fake, Segments) {
    let volume = Fake::default();
    let segments = Segments::open(Arc::new(volume.clone()), OWED).unwrap();
    (volume, segments)
}

/// A new segment with these bodies.
fn written(segments: &Segments, salt: u64, bodies: &[&'static [u8]]) -> Active {
    let head = SegmentHead::new(salt, Table::default());
    let mut active = Active::new(segments.create(head, SIZE, true).unwrap());
    let frame = |body: &&'static [u8]| {
        Framed::new(FrameHead::request(Signal::Traces, 0, 1, Timestamp(1)), Bytes::from_static(body))
    };
    active.write(&bodies.iter().map(frame).collect::<Vec<_>>(), true).unwrap();
    active
}

fn read(segments: &Segments) -> Vec<Bytes> {
    let (mut from, mut bodies) = (Position(0), Vec::new());
    while let Step::Frame { at, head, body } = segments.step(from, |_, _| true) {
        bodies.push(body);
        from = Position(at.0 + head.size());
    }
    bodies
}

/// What the next process finds.
fn found(volume: &Fake) -> Vec<Bytes> {
    read(&Segments::open(Arc::new(volume.clone()), OWED).unwrap())
}

fn names(volume: &Fake) -> Vec<String> {
    let mut names = volume.names().unwrap();
    names.sort();
    names
}

/// A segment that was settled, one that holds "three" in the file of the first, and one between them.
fn used_again() -> (Fake, Segments) {
    let (volume, segments) = folder();
    written(&segments, 1, &[b"one", b"of the first, and longer than what comes", b"the end of the first"]);
    written(&segments, 2, &[b"two"]);
    segments.release(position(2, 0)).unwrap();
    assert_eq!(names(&volume), ["segment-00000002", "spare-00000001"]);
    written(&segments, 3, &[b"three"]);
    assert_eq!(names(&volume), ["segment-00000002", "segment-00000003"]);
    (volume, segments)
}

#[test]
fn nothing_of_what_a_file_was_is_read_again() {
    let (volume, segments) = used_again();
    for read in [read(&segments), found(&volume), found(&volume)] {
        assert_eq!(read, [&b"two"[..], b"three"]);
    }
    let open = Segments::open(Arc::new(volume), OWED).unwrap();
    read(&open);
    assert_eq!(open.damage(), 0, "what stood there before is no damage");
}

#[test]
fn a_file_that_somebody_reads_is_not_written_over() {
    let (volume, segments) = folder();
    let reader = written(&segments, 1, &[b"one"]);
    written(&segments, 2, &[b"two"]);
    segments.release(position(2, 0)).unwrap();
    assert_eq!(names(&volume), ["segment-00000002"], "taken away, for one holds it");
    drop(reader);
}

#[test]
fn who_looks_at_a_folder_in_use_takes_no_new_segment_for_damage() {
    let (volume, segments) = folder();
    written(&segments, 1, &[b"one", b"which is longer than what comes", b"the end"]);
    written(&segments, 2, &[b"two"]);
    let looking = Segments::open(Arc::new(volume), OWED).unwrap();
    segments.release(position(2, 0)).unwrap();
    written(&segments, 3, &[b"three"]);
    assert_eq!(read(&looking), [&b"two"[..]], "the first is gone, and the third came later");
    assert_eq!(looking.damage(), 0);
}

#[test]
fn a_file_that_failed_is_not_used_again() {
    let (volume, segments) = folder();
    let mut failing = written(&segments, 1, &[b"one"]);
    volume.break_with(Faults { sync: true, ..Faults::default() });
    let head = FrameHead::request(Signal::Traces, 0, 1, Timestamp(1));
    assert!(failing.write(&[Framed::new(head, Bytes::from_static(b"lost"))], true).is_err());
    volume.break_with(Faults::default());
    drop(failing);
    written(&segments, 2, &[b"two"]);
    segments.release(position(2, 0)).unwrap();
    assert_eq!(names(&volume), ["segment-00000002"]);
}

#[test]
fn a_few_of_the_wanted_size_are_kept() {
    let (volume, segments) = folder();
    for salt in 1..=6 {
        written(&segments, salt, &[b"one"]);
    }
    segments.release(position(6, 0)).unwrap();
    assert_eq!(names(&volume), ["segment-00000006", "spare-00000001", "spare-00000002", "spare-00000003"]);
    assert!(segments.bytes() > segments.held() + 3 * SIZE, "they count");
    let head = SegmentHead::new(7, Table::default());
    segments.create(head, 4 * SIZE, false).unwrap();
    assert_eq!(names(&volume), ["segment-00000006", "segment-00000007"], "the journal has grown");
    assert!(!segments.give_back_spares().unwrap());
}

#[test]
fn what_an_earlier_process_kept_is_taken_away() {
    let (volume, segments) = folder();
    written(&segments, 1, &[b"one"]);
    written(&segments, 2, &[b"two"]);
    segments.release(position(2, 0)).unwrap();
    assert_eq!(found(&volume), [&b"two"[..]]);
    assert_eq!(names(&volume), ["segment-00000002"]);
}

#[test]
fn a_file_whose_new_name_was_lost_is_found_by_its_head() {
    for earlier in ["spare-00000001", "segment-00000001"] {
        let (volume, _) = used_again();
        volume.rename("segment-00000003", earlier).unwrap();
        assert_eq!(found(&volume), [&b"two"[..], b"three"], "{earlier}");
        assert_eq!(names(&volume), ["segment-00000002", "segment-00000003"]);
    }
}

#[test]
fn the_lower_half_of_a_number_may_be_nought() {
    let volume = Fake::default();
    let head = SegmentHead::new(1, Table::default()).encode(0x1_0000);
    volume.create("segment-0000ffff", SIZE).unwrap().write(0, &[&head]).unwrap();
    let segments = Segments::open(Arc::new(volume.clone()), OWED).unwrap();
    assert_eq!((names(&volume), segments.next().unwrap()), (vec!["segment-00010000".to_owned()], 0x1_0001));
}

#[test]
fn no_number_is_used_twice() {
    let volume = Fake::default();
    let head = SegmentHead::new(1, Table::default()).encode(u32::MAX);
    volume.create("segment-ffffffff", SIZE).unwrap().write(0, &[&head]).unwrap();
    let segments = Segments::open(Arc::new(volume), OWED).unwrap();
    assert_eq!(read(&segments), Vec::<Bytes>::new());
    let error = segments.create(SegmentHead::new(2, Table::default()), SIZE, false).unwrap_err();
    assert!(error.to_string().contains("used up"), "{error}");
}

#[test]
fn a_file_with_its_new_name_and_its_old_head_is_put_aside() {
    let (volume, segments) = folder();
    written(&segments, 1, &[b"one"]);
    written(&segments, 2, &[b"two"]);
    volume.rename("segment-00000001", "segment-00000003").unwrap();
    assert_eq!(found(&volume), [&b"two"[..]]);
    assert_eq!(names(&volume), ["quarantine-segment-00000003", "segment-00000002"]);
}
