//! Letters are kept, bounded, listed, owed again and taken away.

use super::*;
use crate::journal::stream::SEGMENT;
use crate::journal::volume::fake::Fake;

fn letter(exporter: &str, text: &str) -> Letter {
    Letter {
        exporter: exporter.into(),
        signal: Signal::Logs,
        records: 1,
        rejected: None,
        refused: Timestamp(7),
        reason: "400: no".into(),
        body: Bytes::from(text.to_owned()),
    }
}

#[test]
fn what_is_written_is_read_and_past_the_bound_the_oldest_go() {
    let volume: Arc<dyn Volume> = Arc::new(Fake::default());
    let mut letters = Letters::open(&volume, 3 * SEGMENT).unwrap();
    let long = "x".repeat(300_000);
    let all: Vec<Letter> = (0..12).map(|number| letter("a", &format!("{number} {long}"))).collect();
    all.iter().for_each(|letter| letters.write(std::slice::from_ref(letter), false).unwrap());
    let read: Vec<Letter> =
        read(&Segments::open(volume, DEAD).unwrap()).unwrap().into_iter().map(|(_, letter)| letter).collect();
    assert!(read.len() >= 6 && read.len() < 12, "{}", read.len());
    assert_eq!(read, all[12 - read.len()..]);
}

#[test]
fn letters_of_one_exporter_are_owed_again_and_those_of_another_stay() {
    let folder = tempfile::tempdir().unwrap();
    let volume: Arc<dyn Volume> = Arc::new(Folder::open(folder.path()).unwrap());
    let both = [letter("a", "one"), letter("b", "two"), letter("a", "three")];
    Letters::open(&volume, u64::MAX).unwrap().write(&both, true).unwrap();
    let found = |exporter: &str| {
        let letters = letters(folder.path()).unwrap().into_iter();
        letters.filter(|(_, letter)| letter.exporter == exporter).count()
    };
    assert_eq!((found("a"), found("b")), (2, 1));
    assert!(replay(folder.path(), Some("a"), true).is_err(), "somebody uses the folder");
    drop(volume);
    assert_eq!(replay(folder.path(), Some("a"), false).unwrap(), (2, 0));
    assert_eq!((found("a"), found("b")), (0, 1));
    assert_eq!(crate::journal::status(folder.path()).unwrap().requests, 2);
    assert_eq!(drop_letters(folder.path(), None).unwrap(), 1);
    assert_eq!(found("b"), 0);
}

#[test]
fn what_was_refused_in_part_says_so_and_is_sent_again_only_when_that_is_asked_for() {
    let folder = tempfile::tempdir().unwrap();
    let volume: Arc<dyn Volume> = Arc::new(Folder::open(folder.path()).unwrap());
    let part = Letter { records: 9, rejected: Some(2), ..letter("a", "some of it") };
    Letters::open(&volume, u64::MAX).unwrap().write(&[part.clone(), letter("a", "all of it")], true).unwrap();
    drop(volume);
    assert_eq!(letters(folder.path()).unwrap()[0].1, part);
    assert_eq!(replay(folder.path(), None, false).unwrap(), (1, 1));
    assert_eq!(letters(folder.path()).unwrap().into_iter().map(|(_, letter)| letter).collect::<Vec<_>>(), [part]);
    assert_eq!(crate::journal::status(folder.path()).unwrap().records, 1);
    assert_eq!(replay(folder.path(), None, true).unwrap(), (1, 0));
    assert_eq!(crate::journal::status(folder.path()).unwrap().records, 10);
}
