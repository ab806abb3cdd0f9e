//! The journal against a file system that tears, forgets, fails and fills up: what is acknowledged is delivered.

use std::collections::BTreeSet;

use crossbeam_channel::bounded;
use futures_util::FutureExt;
use proptest::prelude::*;

use super::*;
use crate::journal::custody::table;
use crate::journal::files::scan;
use crate::journal::volume::fake::{Fake, Faults};
use crate::journal::{Bounds, Cursor, Destination, Limit, Rooms, Settlement, Want};
use crate::ledger::Ledger;
use crate::memory::Memory;
use crate::receipt::Receipt;

const AT: Timestamp = Timestamp(1_000_000_000);

/// One life of a process on `volume`: two pipelines, of which the first feeds both exporters and the second one.
struct Life {
    writer: Writer,
    outbox: Arc<Outbox>,
    memory: Arc<Memory>,
}

fn storage(durability: Durability, max_size: u64) -> Storage {
    Storage { directory: "fake".into(), durability, max_size }
}

fn life(volume: &Fake, storage: &Storage, exporters: &[&str], limit: usize) -> io::Result<Life> {
    let volume: Arc<dyn Volume> = Arc::new(volume.clone());
    let ledger = Ledger::new("test");
    let memory = Memory::new(limit);
    let destination = |name: &&str| {
        let series = Signal::ALL.map(|signal| ledger.destination(name, signal));
        Destination { name: (*name).into(), bounds: Bounds::default(), series }
    };
    let destinations: Vec<Destination> = exporters.iter().map(destination).collect();
    let routes = vec![(0..exporters.len()).collect(), vec![0]];
    let names: Vec<String> = exporters.iter().map(|name| (*name).to_owned()).collect();
    let table = table(&routes, &names, &Rooms::default());
    let (wake, settled) = bounded(1);
    let opened = Opened::open(&volume, storage, &table, &names, &wake, &ledger)?;
    let outbox = Outbox::with(memory.clone(), routes, destinations, Rooms::default(), Some(opened.files.clone()));
    opened.owe(&outbox);
    scan(&opened.files, &outbox, &opened.gone);
    let (inbox, done) = (never(), never());
    let writer = Writer::new(opened, outbox.clone(), volume, storage.clone(), [settled, done], inbox);
    Ok(Life { writer, outbox, memory })
}

impl Life {
    /// Sends a request with this text through a pipeline; whether it was acknowledged.
    fn send(&mut self, pipeline: usize, text: &str) -> bool {
        let (receipt, answer) = Receipt::new();
        let sealed = Sealed::new(Signal::Logs, Bytes::from(text.to_owned()), 1);
        let Some(permit) = self.memory.permit(text.len()) else { return false };
        let outcome = Outcome::Accepted { records: 1, rejected: 0 };
        self.writer.group(Commit {
            parts: vec![Part { pipeline, sealed, seen: None }],
            permit,
            now: AT,
            then: Then::Answer(receipt, outcome.clone()),
        });
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
    volume.break_with(Faults { room: Some(0), tear: Some(10), sync: false });
    assert!(!life.send(0, "refused"));
    volume.break_with(Faults { room: Some(0), ..Faults::default() });
    assert!(!life.send(0, "refused as well: the segment that failed is not written again"));
    assert_eq!(life.drain(0), ["before"]);
    volume.break_with(Faults::default());
    assert!(life.send(0, "after"));
    assert_eq!(life.drain(0), ["after"]);
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
    // Ten in the segment that was there, and what thirty thousand bytes hold.
    assert!((13..=15).contains(&taken), "{taken}");
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
fn a_later_version_is_refused_in_words() {
    let (volume, storage) = (Fake::default(), storage(Durability::Process, 1 << 20));
    drop(life(&volume, &storage, &["otlp"], 1 << 20).unwrap());
    let name = volume.names().unwrap().into_iter().find(|name| name.starts_with("segment-")).unwrap();
    let head = SegmentHead { salt: 1, table: Table::default() };
    volume.open(&name).unwrap().write(0, &[&head.encode_as(9)]).unwrap();
    let error = life(&volume, &storage, &["otlp"], 1 << 20).err().unwrap();
    assert!(error.to_string().contains("version 9"), "{error}");
}

/// What may happen to a journal.
#[derive(Clone, Debug)]
enum Event {
    Send {
        pipeline: usize,
        size: usize,
    },
    Deliver {
        exporter: usize,
        most: u64,
    },
    /// Takes, and holds what it took.
    Hold {
        exporter: usize,
        most: u64,
    },
    /// Gives back one of those that are held, in whatever order.
    GiveBack {
        which: usize,
    },
    Keep,
    Crash {
        power: bool,
        chances: Vec<bool>,
    },
    Break(Faults),
}

fn event() -> impl Strategy<Value = Event> {
    let chances = prop::collection::vec(any::<bool>(), 1..40);
    let faults = (prop::option::weighted(0.5, 0..4000_u64), prop::option::weighted(0.5, 0..200_usize), any::<bool>());
    prop_oneof![
        8 => (0..2_usize, 1..4000_usize).prop_map(|(pipeline, size)| Event::Send { pipeline, size }),
        6 => (0..2_usize, 1..5_u64).prop_map(|(exporter, most)| Event::Deliver { exporter, most }),
        2 => (0..2_usize, 1..4_u64).prop_map(|(exporter, most)| Event::Hold { exporter, most }),
        2 => (0..9_usize).prop_map(|which| Event::GiveBack { which }),
        3 => Just(Event::Keep),
        2 => (any::<bool>(), chances).prop_map(|(power, chances)| Event::Crash { power, chances }),
        1 => faults.prop_map(|(room, tear, sync)| Event::Break(Faults { room, tear, sync })),
        2 => Just(Event::Break(Faults::default())),
    ]
}

/// Notes what was sent, which was not sent before.
fn once(sent: &mut BTreeSet<String>, texts: Vec<String>) {
    for text in texts {
        assert!(sent.insert(text), "sent twice in one life");
    }
}

/// Plays `events`; for each exporter what it was owed of what was acknowledged, and what it got.
fn play(events: Vec<Event>, durability: Durability, power_goes: bool) -> [(BTreeSet<String>, BTreeSet<String>); 2] {
    let (volume, storage) = (Fake::default(), storage(durability, 1 << 20));
    let start = || {
        volume.break_with(Faults::default());
        life(&volume, &storage, &["a", "b"], 20_000).unwrap()
    };
    let mut life = start();
    let mut held = Vec::new();
    // What went out in this life.
    let mut sent: [BTreeSet<String>; 2] = Default::default();
    let mut tally: [(BTreeSet<String>, BTreeSet<String>); 2] = Default::default();
    for (number, event) in events.into_iter().enumerate() {
        match event {
            Event::Send { pipeline, size } => {
                let text = format!("{number} {}", "x".repeat(size));
                if life.send(pipeline, &text) {
                    tally[0].0.insert(text.clone());
                    if pipeline == 0 {
                        tally[1].0.insert(text);
                    }
                }
            }
            Event::Deliver { exporter, most } => once(&mut sent[exporter], life.deliver(exporter, most)),
            Event::Hold { exporter, most } => held.extend(life.take(exporter, most)),
            Event::GiveBack { which } if !held.is_empty() => drop(held.swap_remove(which % held.len())),
            Event::GiveBack { .. } => {}
            Event::Keep => life.writer.keep(AT),
            Event::Break(faults) => volume.break_with(faults),
            Event::Crash { power, chances } => {
                if power && power_goes {
                    let mut chances = chances.into_iter().cycle();
                    volume.lose_power(|| chances.next().unwrap());
                }
                // The process ends before it hears what became of it.
                held.drain(..).for_each(std::mem::forget);
                for ((_, got), sent) in tally.iter_mut().zip(&mut sent) {
                    got.append(sent);
                }
                life = start();
            }
        }
    }
    // At a stop all comes back, and goes out without being sent twice.
    held.clear();
    for (exporter, (_, got)) in tally.iter_mut().enumerate() {
        once(&mut sent[exporter], life.drain(exporter));
        got.append(&mut sent[exporter]);
    }
    life = start();
    for (exporter, (_, got)) in tally.iter_mut().enumerate() {
        got.extend(life.drain(exporter));
    }
    let after = start();
    assert!(after.cursor(0).settled() && after.cursor(1).settled(), "a second recovery finds nothing more");
    tally
}

proptest! {
    #[test]
    fn under_process_nothing_acknowledged_is_lost_but_by_a_loss_of_power(
        events in prop::collection::vec(event(), 1..60)
    ) {
        for (owed, got) in play(events, Durability::Process, false) {
            prop_assert!(owed.is_subset(&got), "lost: {:?}", owed.difference(&got).map(|text| &text[..4]).collect::<Vec<_>>());
        }
    }

    #[test]
    fn under_disk_nothing_acknowledged_is_lost(events in prop::collection::vec(event(), 1..60)) {
        for (owed, got) in play(events, Durability::Disk, true) {
            prop_assert!(owed.is_subset(&got), "lost: {:?}", owed.difference(&got).map(|text| &text[..4]).collect::<Vec<_>>());
        }
    }

    #[test]
    fn one_flipped_bit_costs_one_request_at_most(sizes in prop::collection::vec(1..400_usize, 2..20), share in 0.0..0.1) {
        let (volume, storage) = (Fake::default(), storage(Durability::Process, 1 << 20));
        let mut first = life(&volume, &storage, &["a"], 1 << 20).unwrap();
        let sent: Vec<String> = sizes.iter().enumerate().map(|(at, size)| format!("{at} {}", "x".repeat(*size))).collect();
        for text in &sent {
            prop_assert!(first.send(0, text));
        }
        drop(first);
        volume.flip("segment-", share);
        let mut second = life(&volume, &storage, &["a"], 1 << 20).unwrap();
        let got = second.drain(0);
        let header = (share * (1 << 16) as f64) < 100.0;
        prop_assert!(header || got.len() + 1 >= sent.len(), "{} of {}", got.len(), sent.len());
        prop_assert!(got.iter().all(|text| sent.contains(text)));
        prop_assert_eq!(second.drain(0), Vec::<String>::new());
        prop_assert!(second.cursor(0).settled());
    }
}
