//! The journal against a file system that tears, forgets, fails and fills up: what is acknowledged is delivered.

mod model;
mod retried;
mod woken;

use std::collections::BTreeSet;

use bytes::Bytes;
use crossbeam_channel::bounded;
use futures_util::FutureExt;

use super::*;
use crate::Sealed;
use crate::journal::commit::Part;
use crate::journal::custody::table;
use crate::journal::files::scan;
use crate::journal::format;
use crate::journal::volume::fake::{Fake, Faults};
use crate::journal::{Bounds, Cursor, Destination, Durability, Limit, Recovery, Rooms, Settlement, Want};
use crate::ledger::Ledger;
use crate::memory::Memory;
use crate::receipt::{Outcome, Receipt};

const AT: Timestamp = Timestamp(1_000_000_000);

/// One life of a process on `volume`: two pipelines, of which the first feeds both exporters and the second one.
struct Life {
    writer: Writer,
    outbox: Arc<Outbox>,
    memory: Arc<Memory>,
    /// Two seconds pass between requests.
    clock: Timestamp,
}

fn storage(durability: Durability, max_size: u64) -> Storage {
    Storage { directory: "fake".into(), durability, max_size, on_error: OnError::Refuse }
}

fn lenient(durability: Durability, max_size: u64) -> Storage {
    Storage { on_error: OnError::Memory, ..storage(durability, max_size) }
}

fn life(volume: &Fake, storage: &Storage, exporters: &[&str], limit: usize) -> io::Result<Life> {
    life_on(Arc::new(volume.clone()), storage, exporters, limit, &Bounds::default())
}

fn life_on(
    volume: Arc<dyn Volume>,
    storage: &Storage,
    exporters: &[&str],
    limit: usize,
    bounds: &Bounds,
) -> io::Result<Life> {
    let ledger = Ledger::new("test");
    let memory = Memory::new(limit);
    let destination = |name: &&str| {
        let series = Signal::ALL.map(|signal| ledger.destination(name, signal));
        Destination { name: (*name).into(), bounds: bounds.clone(), series }
    };
    let destinations: Vec<Destination> = exporters.iter().map(destination).collect();
    let routes = vec![(0..exporters.len()).collect(), vec![0]];
    let names: Vec<String> = exporters.iter().map(|name| (*name).to_owned()).collect();
    let table = table(&routes, &names, &Rooms::default());
    let (wake, settled) = bounded(1);
    let opened = Opened::open(&volume, storage, &table, &names, &wake, &ledger)?;
    let outbox = Outbox::with(memory.clone(), routes, destinations, Rooms::default(), Some(opened.files.clone()));
    opened.owe(&outbox);
    let found = opened.files.found_bytes;
    assert_eq!(outbox.recovery(), Some(Recovery { unread_bytes: found, total_bytes: found }));
    scan(&opened.files, &outbox, &opened.gone);
    assert_eq!(outbox.recovery(), None);
    let (inbox, done) = (never(), never());
    let writer = Writer::new(opened, outbox.clone(), volume, storage.clone(), [settled, done], inbox);
    Ok(Life { writer, outbox, memory, clock: AT })
}

impl Life {
    /// Sends a request with this text through a pipeline; whether it was acknowledged.
    fn send(&mut self, pipeline: usize, text: &str) -> bool {
        let (receipt, answer) = Receipt::new();
        let sealed = Sealed::new(Signal::Logs, Bytes::from(text.to_owned()), 1);
        let Some(permit) = self.memory.permit(text.len()) else { return false };
        let outcome = Outcome::Accepted { records: 1, rejected: 0 };
        self.clock.0 += 2_000_000_000;
        let commit = Commit {
            parts: vec![Part { pipeline, sealed, seen: None }],
            permit,
            now: self.clock,
            counts: Vec::new(),
            then: Then::Answer(receipt, outcome.clone()),
        };
        self.writer.group(commit.framed(self.outbox.pipelines()));
        answer.outcome().now_or_never() == Some(outcome)
    }

    fn cursor(&self, exporter: usize) -> Cursor {
        self.outbox.cursor(exporter)
    }

    /// Takes up to `most` requests for an exporter, reading back as needed.
    fn take(&self, exporter: usize, most: u64) -> Option<crate::journal::Parcel> {
        let want = Want { signal: Signal::Logs, most: Limit::Requests(most) };
        self.cursor(exporter).take(want, AT).or_else(|| {
            self.outbox.owed[exporter].fill(Signal::Logs);
            self.cursor(exporter).take(want, AT)
        })
    }

    /// Delivers up to `most` requests; their texts.
    fn deliver(&self, exporter: usize, most: u64) -> Vec<String> {
        let Some(parcel) = self.take(exporter, most) else { return Vec::new() };
        let text = |frame: &Arc<crate::journal::Frame>| String::from_utf8_lossy(frame.sealed.body()).into_owned();
        let texts = parcel.frames().iter().map(text).collect();
        parcel.settle(Settlement::Delivered { rejected: 0 }, AT);
        texts
    }

    /// Delivers all that is owed.
    fn drain(&mut self, exporter: usize) -> Vec<String> {
        Signal::ALL.into_iter().for_each(|signal| self.outbox.owed[exporter].fill(signal));
        let mut all = Vec::new();
        loop {
            let some = self.deliver(exporter, 7);
            if some.is_empty() {
                self.writer.keep(AT);
                return all;
            }
            all.extend(some);
        }
    }
}

fn texts(numbers: std::ops::Range<u32>) -> Vec<String> {
    numbers.map(|number| format!("request {number}")).collect()
}

#[test]
fn what_was_acknowledged_is_there_after_a_crash_and_what_was_delivered_is_not_sent_again() {
    let (volume, storage) = (Fake::default(), storage(Durability::Process, 1 << 20));
    let mut first = life(&volume, &storage, &["otlp", "file/2"], 1 << 20).unwrap();
    assert!(texts(0..10).iter().all(|text| first.send(0, text)));
    assert!(first.send(1, "for one"));
    assert_eq!(first.deliver(0, 4), texts(0..4));
    let held = first.take(0, 2).unwrap();
    assert_eq!(first.deliver(0, 2), texts(6..8));
    first.writer.keep(AT);
    std::mem::forget(held);
    drop(first);

    let mut second = life(&volume, &storage, &["otlp", "file/2"], 1 << 20).unwrap();
    let series = second.cursor(0).series(Signal::Logs).clone();
    assert_eq!((series.recovered.get(), series.pending.get()), (5, 5));
    assert!(second.send(0, "new"));
    assert_eq!(second.drain(0), ["request 4", "request 5", "request 8", "request 9", "for one", "new"]);
    assert_eq!(second.drain(1), [texts(0..10), vec!["new".into()]].concat());
    assert_eq!(series.pending.get(), 0);
    assert!(second.cursor(0).settled() && second.cursor(1).settled());
    drop(second);

    let third = life(&volume, &storage, &["otlp", "file/2"], 1 << 20).unwrap();
    assert_eq!((third.deliver(0, 9), third.deliver(1, 9)), (vec![], vec![]));
    let segments = volume.dump().keys().filter(|name| name.starts_with("segment-")).count();
    assert_eq!(segments, 2, "the last of the second life, and the third's own");
}

#[test]
fn a_backlog_that_memory_cannot_hold_is_read_back_in_order() {
    let (volume, storage) = (Fake::default(), storage(Durability::Process, 1 << 20));
    let mut life = life(&volume, &storage, &["otlp", "file"], 400).unwrap();
    let all = texts(0..300);
    let mut live = Vec::new();
    for text in &all {
        assert!(life.send(0, text), "{text}");
        live.extend(life.deliver(1, 1));
    }
    assert!(life.memory.used() <= 400);
    assert_eq!(live, all);
    assert_eq!(life.drain(0), all);
    assert!(life.cursor(0).settled());
    assert_eq!(life.memory.used(), 0);
}

#[test]
fn a_new_exporter_begins_at_the_end_and_what_one_that_is_gone_was_owed_expires() {
    let (volume, storage) = (Fake::default(), storage(Durability::Process, 1 << 20));
    let mut first = life(&volume, &storage, &["otlp", "gone"], 1 << 20).unwrap();
    assert!(texts(0..3).iter().all(|text| first.send(0, text)));
    assert_eq!(first.drain(0).len(), 3);
    drop(first);
    let mut second = life(&volume, &storage, &["otlp", "new"], 1 << 20).unwrap();
    assert_eq!(second.drain(1), Vec::<String>::new());
    assert!(second.send(0, "later"));
    assert_eq!((second.drain(0), second.drain(1)), (vec!["later".into()], vec!["later".into()]));
}

#[test]
fn a_full_disk_refuses_drains_and_recovers() {
    let (volume, storage) = (Fake::default(), storage(Durability::Process, 1 << 20));
    let mut life = life(&volume, &storage, &["otlp"], 1 << 20).unwrap();
    assert!(life.send(0, "before"));
    volume.break_with(Faults { room: Some(0), tear: Some(10), ..Faults::default() });
    assert!(!life.send(0, "refused"));
    volume.break_with(Faults { room: Some(0), ..Faults::default() });
    assert!(!life.send(0, "refused as well: the segment that failed is not written again"));
    assert_eq!(life.drain(0), ["before"]);
    volume.break_with(Faults::default());
    assert!(life.send(0, "after"));
    assert_eq!(life.drain(0), ["after"]);
}

/// The disk fails in these ways; a write of ten bytes gets through.
const FAILURES: [Faults; 2] = [
    Faults { room: Some(0), tear: Some(10), sync: false, rename: false },
    Faults { room: None, tear: Some(0), sync: true, rename: false },
];

#[test]
fn a_disk_that_fails_costs_durability_alone_where_that_is_asked_for() {
    for failure in FAILURES {
        let (volume, storage) = (Fake::default(), lenient(Durability::Disk, 1 << 20));
        let mut first = life(&volume, &storage, &["otlp", "slow"], 1 << 20).unwrap();
        let series = first.writer.files.series.clone();
        assert!(first.send(0, "before"));
        volume.break_with(failure);
        assert!(texts(0..5).iter().all(|text| first.send(0, text)));
        assert_eq!((series.degraded.get(), series.bypassed.get()), (1, 5));
        volume.break_with(Faults::default());
        assert!(first.send(0, "after"));
        assert_eq!((series.degraded.get(), series.bypassed.get()), (0, 5));
        let all = [texts(0..5), vec!["before".into(), "after".into()]].concat();
        assert_eq!(first.drain(0), all, "what a crash would take goes first");
        assert_eq!(first.deliver(1, 3), texts(0..3));
        drop(first);
        let mut second = life(&volume, &storage, &["otlp", "slow"], 1 << 20).unwrap();
        assert_eq!(second.drain(0), Vec::<String>::new());
        assert_eq!(second.drain(1), ["before", "after"], "what was in files alone is still there");
    }
}

#[test]
fn a_disk_that_failed_is_not_asked_for_each_request() {
    let (volume, storage) = (Fake::default(), lenient(Durability::Process, 1 << 20));
    let mut life = life(&volume, &storage, &["otlp"], 1 << 20).unwrap();
    volume.break_with(FAILURES[0]);
    assert!(life.send(0, "one"));
    volume.break_with(Faults::default());
    life.clock.0 -= 1_500_000_000;
    assert!(life.send(0, "at once"));
    assert_eq!(life.writer.files.series.bypassed.get(), 2);
    assert!(life.send(0, "later"));
    assert_eq!(life.writer.files.series.bypassed.get(), 2);
    assert_eq!(life.drain(0), ["one", "at once", "later"]);
}

#[test]
fn what_is_in_ram_alone_is_never_let_go_of_as_if_it_were_in_files() {
    let (volume, storage) = (Fake::default(), lenient(Durability::Process, 1 << 20));
    let mut life = life(&volume, &storage, &["otlp"], 4000).unwrap();
    let long = |texts: Vec<String>| texts.into_iter().map(|text| format!("{text:400}")).collect::<Vec<_>>();
    let (filed, held, later) = (long(texts(0..5)), long(texts(5..8)), long(texts(8..30)));
    assert!(filed.iter().all(|text| life.send(0, text)));
    volume.break_with(FAILURES[0]);
    assert!(held.iter().all(|text| life.send(0, text)));
    volume.break_with(Faults::default());
    for text in &later {
        assert!(life.send(0, text), "what is in files makes room");
        life.writer.keep(AT);
    }
    assert!(life.cursor(0).behind(Signal::Logs));
    let parcel = life.take(0, 2).unwrap();
    assert_eq!(parcel.frames().len(), 2);
    drop(parcel);
    assert_eq!(life.drain(0), [held, filed, later].concat());
    assert!(life.cursor(0).settled());
    assert_eq!(life.memory.used(), 0);
}

#[test]
fn what_is_in_ram_alone_is_bounded_by_memory_and_lost_at_the_end_in_words() {
    let (volume, storage) = (Fake::default(), lenient(Durability::Process, 1 << 20));
    let mut life = life(&volume, &storage, &["otlp"], 1000).unwrap();
    assert!(life.send(0, "in files"));
    volume.break_with(FAILURES[0]);
    let taken = (0..40).filter(|number| life.send(0, &format!("{number:100}"))).count();
    assert!((5..=10).contains(&taken), "{taken}");
    let series = life.cursor(0).series(Signal::Logs).clone();
    // Who makes no progress gives up what is in RAM alone, as it would without files.
    life.cursor(0).failed();
    let late = Timestamp(life.clock.0 + 10_000_000_000);
    life.outbox.reclaim(late);
    let given_up = series.expired(Expired::Memory).get();
    assert!(given_up > 0 && given_up < taken as u64, "{given_up} of {taken}");
    let left = taken as u64 - given_up;
    assert_eq!(life.outbox.abandon(late), [("otlp".to_owned(), left)]);
    assert_eq!(life.outbox.kept(), [("otlp".to_owned(), 1)]);
    assert_eq!(series.received.get(), 1 + series.expired(Expired::Shutdown).get() + given_up);
    assert_eq!(series.pending.get(), 1);
}

#[test]
fn the_bound_of_a_journal_is_no_failure_of_its_disk() {
    let (volume, storage) = (Fake::default(), lenient(Durability::Process, 1 << 20));
    let mut life = life(&volume, &storage, &["otlp"], 8 << 20).unwrap();
    let text = "x".repeat(60_000);
    // What is being sent cannot be given up.
    let mut flying = Vec::new();
    let taken = (0..40).filter(|_| {
        let taken = life.send(0, &text);
        flying.extend(life.take(0, 1));
        taken
    });
    let taken = taken.count();
    assert!(taken < 20, "{taken}");
    assert_eq!(life.writer.files.series.bypassed.get() + life.writer.files.series.degraded.get() as u64, 0);
}

#[test]
fn what_is_damaged_while_it_waits_is_counted_and_the_account_closes() {
    let (volume, storage) = (Fake::default(), storage(Durability::Process, 1 << 20));
    let mut life = life(&volume, &storage, &["otlp"], 40_000).unwrap();
    let sent: Vec<String> = (0..9).map(|number| format!("{number} {}", "x".repeat(4000))).collect();
    assert!(sent.iter().all(|text| life.send(0, text)));
    volume.flip("segment-00000001", 0.5);
    let got = life.drain(0);
    assert!(got.len() < sent.len() && got.iter().all(|text| sent.contains(text)), "{}", got.len());
    let series = life.cursor(0).series(Signal::Logs).clone();
    assert_eq!(series.expired(Expired::Damaged).get(), (sent.len() - got.len()) as u64);
    assert!(life.cursor(0).settled() && series.pending.get() == 0);
}

#[test]
fn a_start_on_a_full_disk_spends_the_reserve_and_delivers() {
    let (volume, storage) = (Fake::default(), storage(Durability::Process, 1 << 20));
    let mut first = life(&volume, &storage, &["otlp"], 1 << 20).unwrap();
    assert!(first.send(0, "before"));
    drop(first);
    volume.break_with(Faults { room: Some(0), ..Faults::default() });
    let mut second = life(&volume, &storage, &["otlp"], 1 << 20).unwrap();
    assert_eq!(second.drain(0), ["before"]);
    volume.break_with(Faults::default());
    assert!(second.send(0, "after"));
    assert_eq!(second.drain(0), ["after"]);
}

#[test]
fn the_last_room_of_a_disk_is_used() {
    let (volume, storage) = (Fake::default(), storage(Durability::Process, 1 << 20));
    let mut life = life(&volume, &storage, &["otlp"], 1 << 20).unwrap();
    let text = "x".repeat(6000);
    volume.break_with(Faults { room: Some(30_000), ..Faults::default() });
    let taken = (0..40).filter(|_| life.send(0, &text)).count();
    // One in the segment that was there, and what thirty thousand bytes hold.
    assert!((4..=5).contains(&taken), "{taken}");
    assert_eq!(life.drain(0).len(), taken);
}

#[test]
fn past_its_size_a_journal_gives_up_the_oldest_of_who_makes_no_progress() {
    let (volume, storage) = (Fake::default(), storage(Durability::Process, 16 << 20));
    let mut life = life(&volume, &storage, &["dead", "live"], 64 << 20).unwrap();
    life.cursor(0).failed();
    let text = "x".repeat(1 << 19);
    for number in 0..64 {
        assert!(life.send(0, &format!("{number} {text}")), "{number}");
        assert_eq!(life.deliver(1, 1).len(), 1);
        life.writer.keep(AT);
    }
    assert!(life.writer.files.segments.bytes() <= 16 << 20);
    let series = life.cursor(0).series(Signal::Logs).clone();
    let (expired, pending) = (series.expired(Expired::Storage).get(), series.pending.get());
    assert_eq!(expired + u64::try_from(pending).unwrap(), 64);
    assert!(expired > 30 && pending > 10, "{expired} {pending}");
    let left = life.drain(0);
    assert_eq!(left.len(), 64 - usize::try_from(expired).unwrap());
    assert!(left[0].starts_with(&format!("{expired} ")), "the oldest went");
}

#[test]
fn a_rename_that_is_lost_by_itself_costs_no_delivery() {
    let (volume, storage) = (Fake::default(), storage(Durability::Disk, 1 << 20));
    volume.break_with(Faults { rename: true, ..Faults::default() });
    let mut first = life(&volume, &storage, &["otlp", "gone"], 1 << 20).unwrap();
    assert!(texts(0..3).iter().all(|text| first.send(0, text)));
    drop(first);
    // The files of both cursors have the names again that they had until they were whole.
    volume.lose_power(|| true);
    let names = volume.names().unwrap();
    assert!(names.contains(&"new-cursor-otlp".into()) && !names.contains(&"cursor-otlp".into()), "{names:?}");
    let mut second = life(&volume, &storage, &["otlp"], 1 << 20).unwrap();
    assert_eq!(second.drain(0), texts(0..3), "it is no new exporter, which would begin at the end");
    drop(second);
    // The file that was there before is back: it knows of no delivery, and what it tells is sent again.
    volume.lose_power(|| true);
    let mut third = life(&volume, &storage, &["otlp"], 1 << 20).unwrap();
    assert!(third.send(0, "new"));
    let got = third.drain(0);
    assert!(got == ["new"] || got == [texts(0..3), vec!["new".into()]].concat(), "{got:?}");
}

#[test]
fn a_cursor_that_was_never_whole_is_not_taken_for_one() {
    let (volume, storage) = (Fake::default(), storage(Durability::Disk, 1 << 20));
    let mut first = life(&volume, &storage, &["otlp"], 1 << 20).unwrap();
    assert!(first.send(0, "before"));
    drop(first);
    // The process ended while it made the cursor of a new exporter.
    drop(volume.create("new-cursor-late", 0).unwrap());
    let mut second = life(&volume, &storage, &["otlp", "late"], 1 << 20).unwrap();
    assert_eq!((second.drain(0), second.drain(1)), (vec!["before".into()], vec![]));
}

#[test]
fn what_is_being_sent_holds_a_full_journal_no_longer_than_it_must_and_costs_no_backlog() {
    let (volume, storage) = (Fake::default(), storage(Durability::Process, 16 << 20));
    let mut life = life(&volume, &storage, &["dead"], 64 << 20).unwrap();
    let text = "x".repeat(1 << 19);
    assert!(life.send(0, &text));
    let held = life.take(0, 1).unwrap();
    life.cursor(0).failed();
    let sent = (0..64).take_while(|_| life.send(0, &text)).count();
    assert!((10..32).contains(&sent), "{sent}");
    let expired = life.cursor(0).series(Signal::Logs).expired(Expired::Storage).get();
    assert!(expired < 4, "only what is in its segment: {expired}");
    assert!(held.is_in_the_way());
    held.settle(Settlement::Expired { bound: Expired::Storage, delivered: 0, rejected: 0 }, AT);
    assert!(life.send(0, &text), "its room is there again");
    let next = life.take(0, 1).unwrap();
    assert!(!next.is_in_the_way());
}

#[test]
fn a_later_version_is_refused_in_words() {
    let (volume, storage) = (Fake::default(), storage(Durability::Process, 1 << 20));
    drop(life(&volume, &storage, &["otlp"], 1 << 20).unwrap());
    let head = |version, number| SegmentHead { version, ..SegmentHead::new(1, Table::default()) }.encode(number);
    let file = |name: &str, bytes: &[u8]| volume.create(name, 4096).unwrap().write(0, &[bytes]).unwrap();
    let names = || volume.names().unwrap().into_iter().collect::<BTreeSet<_>>();
    // What a process of this version would put right: an empty file, a name that was lost, a damaged head, a spare file.
    file("segment-00000100", &[]);
    file("segment-00000101", &head(format::VERSION, 0x102));
    file("segment-00000103", b"no head");
    file("spare-00000104", &head(format::VERSION, 0x104));
    file("segment-00000105", &head(9, 0x105));
    let before = names();
    let error = life(&volume, &storage, &["otlp"], 1 << 20).err().unwrap();
    assert!(error.to_string().contains("version 9"), "{error}");
    assert_eq!(names(), before, "nothing is touched");
    volume.remove("segment-00000105").unwrap();
    drop(life(&volume, &storage, &["otlp"], 1 << 20).unwrap());
    let after = names();
    let lost = ["segment-00000100", "segment-00000101", "segment-00000103", "spare-00000104"];
    assert!(lost.iter().all(|name| !after.contains(*name)), "{after:?}");
    assert!(after.contains("quarantine-segment-00000103"), "{after:?}");
}
