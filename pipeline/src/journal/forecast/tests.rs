//! What a start would do: foretold from a real folder, and then seen in a start.

use std::fs;

use bytes::Bytes;
use tempfile::TempDir;

use super::*;
use crate::journal::commit::{Commit, Part, Then};
use crate::journal::custody::open;
use crate::journal::format::{SegmentHead, Table};
use crate::journal::{Bounds, Destination, Durability, OnError, Rooms, Storage};
use crate::ledger::Ledger;
use crate::memory::Memory;
use crate::receipt::{Outcome, Receipt};
use crate::{Sealed, Signal, Timestamp};

/// A process that takes `requests` of two records each for `exporters`, and delivers none.
fn live(folder: &Path, exporters: &[&str], requests: usize) {
    let ledger = Ledger::new("test");
    let memory = Memory::new(1 << 20);
    let destination = |name: &&str| {
        let series = Signal::ALL.map(|signal| ledger.destination(name, signal));
        Destination { name: (*name).into(), bounds: Bounds::default(), series }
    };
    let destinations = exporters.iter().map(destination).collect();
    let routes = vec![(0..exporters.len()).collect()];
    let (durability, on_error) = (Durability::Process, OnError::Refuse);
    let storage = Storage { directory: folder.into(), durability, max_size: 16 << 20, on_error };
    let (_outbox, custody, keeper) =
        open(&storage, memory.clone(), routes, destinations, Rooms::default(), &ledger).unwrap();
    for _ in 0..requests {
        let (receipt, _answer) = Receipt::new();
        let sealed = Sealed::new(Signal::Logs, Bytes::from_static(b"twelve bytes"), 2);
        let parts = vec![Part { pipeline: 0, sealed, seen: None }];
        let (permit, outcome) = (memory.permit(12).unwrap(), Outcome::Accepted { records: 2, rejected: 0 });
        assert!(
            custody
                .take(Commit {
                    parts,
                    permit,
                    now: Timestamp(1),
                    counts: Vec::new(),
                    then: Then::Answer(receipt, outcome)
                })
                .is_none()
        );
    }
    drop(custody);
    keeper.close();
}

fn ids(ids: &[&str]) -> Vec<String> {
    ids.iter().map(|id| (*id).to_owned()).collect()
}

#[test]
fn each_exporter_is_told_its_fate() {
    let folder = TempDir::new().unwrap();
    live(folder.path(), &["otlp/a", "gone"], 3);
    let before = names(folder.path());
    let forecast = forecast(folder.path(), &ids(&["otlp/a", "new"])).unwrap();
    assert_eq!(before, names(folder.path()), "nothing is changed");
    let told = forecast.exporters.iter().map(|owed| {
        let Lag { exporter, requests, records, bytes, .. } = &owed.lag;
        (owed.fate, exporter.as_str(), *requests, *records, *bytes)
    });
    let mut told: Vec<_> = told.collect();
    told.sort_by_key(|(_, exporter, ..)| *exporter);
    assert_eq!(
        told,
        [(Fate::Expired, "gone", 3, 6, 36), (Fate::New, "new", 0, 0, 0), (Fate::Delivered, "otlp/a", 3, 6, 36)]
    );
    assert!(forecast.exists && forecast.segments == 1 && forecast.unreadable == 0);
}

#[test]
fn a_folder_that_is_not_there_is_made_by_a_start() {
    let folder = TempDir::new().unwrap();
    let forecast = forecast(&folder.path().join("none"), &ids(&["otlp"])).unwrap();
    assert!(!forecast.exists);
    assert_eq!(forecast.exporters[0].fate, Fate::New);
}

#[test]
fn a_later_version_is_an_error_and_a_damaged_header_is_none() {
    let folder = TempDir::new().unwrap();
    live(folder.path(), &["otlp"], 1);
    fs::write(folder.path().join("segment-00000007"), b"no header of ours, and not blank").unwrap();
    assert_eq!(forecast(folder.path(), &[]).unwrap().unreadable, 1);
    let newer = SegmentHead { version: 9, ..SegmentHead::new(1, Table::default()) }.encode(8);
    fs::write(folder.path().join("segment-00000008"), newer).unwrap();
    let error = forecast(folder.path(), &[]).unwrap_err();
    assert!(error.kind() == ErrorKind::Unsupported && error.to_string().contains("version 9"), "{error}");
}

fn names(folder: &Path) -> Vec<(String, u64)> {
    let entries = fs::read_dir(folder).unwrap().map(|entry| {
        let entry = entry.unwrap();
        (entry.file_name().into_string().unwrap(), entry.metadata().unwrap().len())
    });
    let mut names: Vec<_> = entries.collect();
    names.sort();
    names
}

#[test]
fn a_file_is_no_folder() {
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("file");
    fs::write(&file, "x").unwrap();
    assert_eq!(forecast(&file, &[]).unwrap_err().kind(), ErrorKind::NotADirectory);
}
