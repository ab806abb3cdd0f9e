//! Undecided traces against a file system that tears, forgets and fails: a trace leaves whole or not at all, whatever dies.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::io;

use bytes::Bytes;
use crossbeam_channel::{Receiver, bounded, never};
use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use opentelemetry_proto::tonic::trace::v1::{ResourceSpans, ScopeSpans, Span};
use proptest::prelude::*;
use prost::Message;

use super::*;
use crate::decider::{Budget, Decider, Looked, Move, Moved, Recovery, Release, Releaser, look, parts, place};
use crate::journal::commit::{Commit, Decided, Part, Then};
use crate::journal::copies::Copying;
use crate::journal::custody::{Custody, table};
use crate::journal::files::{Durability, OnError, Opened, Storage, scan};
use crate::journal::segments::Segments;
use crate::journal::volume::Volume;
use crate::journal::volume::fake::{Fake, Faults};
use crate::journal::writer::Writer;
use crate::journal::{Bounds, Destination, Limit, Outbox, Recorded, Rooms, Settlement, Want};
use crate::ledger::Ledger;
use crate::memory::Memory;
use crate::receipt::{Outcome, Receipt};
use crate::sampling::*;
use crate::{Batch, Limits};

mod coin;
mod judge;
mod orders;
mod plays;
mod world;

use coin::{AHEAD, Coin, KEPT, LONG};

/// One life of a process whose one pipeline waits for one sampler and feeds one exporter.
struct Life {
    writer: Writer,
    outbox: Arc<Outbox>,
    memory: Arc<Memory>,
    decider: Decider,
    orders: Receiver<Order>,
    releases: Receiver<Release>,
    releaser: Releaser,
    coin: Coin,
    now: Timestamp,
    /// Committed in vain so far.
    stuck: Vec<(Vec<Part>, Vec<u8>, crate::decider::Released)>,
    /// Copied, and not told yet.
    moved: Vec<Vec<Moved>>,
    series: crate::ledger::WaitingSeries,
}

fn life(volume: &Fake, storage: &Storage, coin: &Coin, now: Timestamp) -> io::Result<Life> {
    let volume: Arc<dyn Volume> = Arc::new(volume.clone());
    let (ledger, memory) = (Ledger::new("test"), Memory::new(1 << 20));
    let series = Signal::ALL.map(|signal| ledger.destination("out", signal));
    let destinations = vec![Destination { name: "out".into(), bounds: Bounds::default(), series }];
    let (tell, orders) = bounded(1 << 10);
    let room = Room::new("coin".into(), Legend::default(), tell.clone(), usize::MAX);
    let rooms = Rooms { all: vec![room.clone()], of: vec![Some(0)] };
    let table = table(&[vec![0]], &["out".into()], &rooms);
    let (wake, settled) = bounded(1);
    let opened = Opened::open(&volume, storage, &table, &["out".into(), room.name()], &wake, &ledger)?;
    let outbox = Outbox::with(memory.clone(), vec![vec![0]], destinations, rooms, Some(opened.files.clone()));
    opened.owe(&outbox);
    scan(&opened.files, &outbox, &opened.gone);
    let recorded = Recorded(Segments::open(volume.clone(), crate::journal::segments::DECIDED)?);
    let files = opened.files.clone();
    let recovery =
        Recovery { files: files.clone(), observer: coin.observer(), pipelines: [Some(0), None, None], recorded };
    let writer = Writer::new(opened, outbox.clone(), volume, storage.clone(), [settled, never()], never());
    let (hand, releases) = bounded(1 << 10);
    let series = ledger.waiting("coin");
    let counted = series.clone();
    let budget = Budget::of(1 << 20, Some(1 << 20));
    let mut decider = Decider::new(coin.sampler(1 << 20), room, (orders.clone(), hand), series, budget, &memory);
    recovery.run(&mut decider, now);
    let releaser = Releaser {
        sampler: 0,
        sampling: Arc::new(coin.clone()),
        factories: vec![Vec::new()],
        inbox: never(),
        orders: tell,
        custody: Custody::Memory(outbox.clone()),
        memory: memory.clone(),
        files: Some(files),
    };
    let (coin, stuck, moved, series) = (coin.clone(), Vec::new(), Vec::new(), counted);
    Ok(Life { writer, outbox, memory, decider, orders, releases, releaser, coin, now, stuck, moved, series })
}

/// A request of spans with these names, of these traces.
fn request(spans: &[(u8, String)]) -> Bytes {
    let span =
        |(trace, name): &(u8, String)| Span { trace_id: vec![*trace + 1; 16], name: name.clone(), ..Span::default() };
    let scope = |spans| ScopeSpans { spans, schema_url: "scope".into(), ..ScopeSpans::default() };
    let resource =
        |scope_spans| ResourceSpans { scope_spans, schema_url: "resource".into(), ..ResourceSpans::default() };
    let spans = spans.iter().map(span).collect();
    ExportTraceServiceRequest { resource_spans: vec![resource(vec![scope(spans)])] }.encode_to_vec().into()
}

impl Life {
    /// Sends a request; whether it was acknowledged.
    fn send(&mut self, spans: &[(u8, String)]) -> bool {
        let batch = Batch::decode(Signal::Traces, request(spans), &Limits::default()).unwrap();
        let Looked { waits, leaves, echo, .. } = look(&mut self.coin, batch);
        let (receipt, answer) = Receipt::new();
        let Some(permit) = self.memory.permit(1000) else { return false };
        let then = Then::Answer(receipt, Outcome::Accepted { records: 1, rejected: 0 });
        let waits = [waits, echo].into_iter().flatten().map(|(sealed, seen)| (sealed, Some(seen)));
        let parts = waits.chain(leaves.map(|sealed| (sealed, None)));
        let parts = parts.map(|(sealed, seen)| Part { pipeline: 0, sealed, seen }).collect();
        self.writer
            .group(Commit { parts, permit, now: self.now, counts: Vec::new(), then }.framed(self.outbox.pipelines()));
        matches!(answer.wait(), Outcome::Accepted { .. })
    }

    /// Lets decider and releaser work off what there is.
    fn pump(&mut self) {
        loop {
            while let Ok(order) = self.orders.try_recv() {
                self.decider.order(order, self.now);
            }
            self.decider.tick(self.now);
            if !self.work() {
                break;
            }
        }
        // One after the other, as the releaser does: what was decided later is never in custody before what was decided first.
        let mut stuck = std::mem::take(&mut self.stuck).into_iter();
        while self.stuck.is_empty()
            && let Some((parts, entries, released)) = stuck.next()
        {
            self.commit(parts, entries, released);
        }
        self.stuck.extend(stuck);
        while let Ok(order) = self.orders.try_recv() {
            self.decider.order(order, self.now);
        }
    }

    /// Lets the releaser work off what there is, but for its commits; whether there was anything.
    fn work(&mut self) -> bool {
        let mut hands = self.releaser.hands();
        let before = (self.stuck.len(), self.moved.len());
        while let Ok(mut release) = self.releases.try_recv() {
            match release.moves() {
                Some((moves, frees)) => self.copy(moves, frees),
                None => self.stuck.push(self.releaser.prepare(release, &mut hands, self.now)),
            }
        }
        before != (self.stuck.len(), self.moved.len())
    }

    /// Has what waits in the oldest segment copied; it is told with the next [`Self::hear`].
    fn compact(&mut self) {
        self.decider.compact_all();
        self.work();
    }

    fn copy(&mut self, moves: Vec<Move>, frees: bool) {
        let mut moved: Vec<Moved> = moves.into_iter().map(|of| self.releaser.copied(of)).collect();
        if let Some((parts, of)) = parts(&moved) {
            let (tell, told) = bounded(1);
            let copying = Copying { sampler: 0, of, frees, told: Box::new(move |places| drop(tell.send(places))) };
            let permit = self.memory.force(0);
            self.writer.group(
                Commit { parts, permit, now: self.now, counts: Vec::new(), then: Then::Copy(copying) }
                    .framed(self.outbox.pipelines()),
            );
            if !place(&mut moved, told.recv().unwrap()) {
                moved.clear();
            }
        }
        self.moved.push(moved);
    }

    /// Has the decider hear of copies, behind whatever else it is told before it looks at the clock.
    fn hear(&mut self) {
        while let Ok(order) = self.orders.try_recv() {
            self.decider.order(order, self.now);
        }
        for moved in std::mem::take(&mut self.moved) {
            self.decider.order(Order::Moved(moved), self.now);
        }
    }

    fn commit(&mut self, parts: Vec<Part>, entries: Vec<u8>, released: crate::decider::Released) {
        let (tell, told) = bounded(1);
        let decided =
            Decided { sampler: 0, entries: entries.clone(), told: Box::new(move |back| drop(tell.send(back))) };
        let permit = self.memory.force(0);
        self.writer.group(
            Commit { parts, permit, now: self.now, counts: Vec::new(), then: Then::Decide(decided) }
                .framed(self.outbox.pipelines()),
        );
        match told.recv().unwrap() {
            None => self.decider.order(Order::Released(Box::new(released)), self.now),
            Some(parts) => self.stuck.push((parts, entries, released)),
        }
    }

    fn pass(&mut self, seconds: u64) {
        self.now = Timestamp(self.now.0 + seconds * 1_000_000_000);
    }

    /// Delivers all that is owed: the names of spans.
    fn deliver(&mut self) -> Vec<String> {
        let mut names = Vec::new();
        Signal::ALL.into_iter().for_each(|signal| self.outbox.owed[0].fill(signal));
        let want = Want { signal: Signal::Traces, most: Limit::Requests(9) };
        while let Some(parcel) = self.outbox.cursor(0).take(want, self.now) {
            for frame in parcel.frames() {
                let request = ExportTraceServiceRequest::decode(frame.sealed.body().clone()).unwrap();
                for resource in request.resource_spans {
                    assert_eq!(resource.schema_url, "resource");
                    for scope in resource.scope_spans {
                        assert_eq!(scope.schema_url, "scope");
                        names.extend(scope.spans.into_iter().map(|span| span.name));
                    }
                }
            }
            parcel.settle(Settlement::Delivered { rejected: 0 }, self.now);
            self.outbox.owed[0].fill(Signal::Traces);
        }
        self.writer.keep(self.now);
        names
    }
}

fn storage(durability: Durability) -> Storage {
    Storage { directory: "fake".into(), durability, on_error: OnError::Refuse, max_size: 1 << 20 }
}

fn start(volume: &Fake, durability: Durability, coin: &Coin, now: Timestamp) -> Life {
    life(volume, &storage(durability), coin, now).unwrap()
}

#[test]
fn what_waits_is_decided_after_a_crash_and_what_was_decided_is_not_decided_again() {
    let (volume, coin) = (Fake::default(), Coin::default());
    let mut first = start(&volume, Durability::Process, &coin, Timestamp(0));
    let spans: Vec<(u8, String)> = (0..40).map(|at| (at % 20 + 100, format!("span {at}"))).collect();
    assert!(spans.chunks(8).all(|some| first.send(some)));
    first.pump();
    assert_eq!(first.deliver(), Vec::<String>::new());
    drop(first);

    let mut second = start(&volume, Durability::Process, &coin, Timestamp(1));
    second.pump();
    second.pass(11);
    second.pump();
    let kept: BTreeSet<String> = second.deliver().into_iter().collect();
    assert!(kept.len() > 4 && kept.len() < 36 && kept.len().is_multiple_of(2), "{}", kept.len());
    let verdicts: HashMap<u8, bool> = spans.iter().map(|(trace, name)| (*trace, kept.contains(name))).collect();
    assert!(spans.iter().all(|(trace, name)| verdicts[trace] == kept.contains(name)), "a trace is whole or not there");
    drop(second);

    let mut third = start(&volume, Durability::Process, &coin, Timestamp(20_000_000_000));
    third.pump();
    third.pass(11);
    third.pump();
    assert_eq!(third.deliver(), Vec::<String>::new());
    let late: Vec<(u8, String)> = (100..120).map(|trace| (trace, format!("late {trace}"))).collect();
    assert!(third.send(&late));
    third.pump();
    let came: BTreeSet<String> = third.deliver().into_iter().collect();
    let due = late.iter().filter(|(trace, _)| verdicts[trace]).map(|(_, name)| name.clone()).collect();
    assert_eq!(came, due, "late records follow the decision of an earlier life");
    let segments: Vec<String> = volume.dump().into_keys().filter(|name| name.starts_with("segment-")).collect();
    assert_eq!(segments.len(), 1, "all that was decided is given back: {segments:?}");
}

#[test]
fn what_has_left_ahead_of_its_trace_counts_in_the_next_life() {
    let (volume, coin) = (Fake::default(), Coin::default());
    let mut first = start(&volume, Durability::Process, &coin, Timestamp(0));
    let spans: Vec<(u8, String)> = (100..120).map(|trace| (trace, format!("span {trace}"))).collect();
    let ahead: Vec<(u8, String)> = (100..120).map(|trace| (trace, format!("ahead {trace}{AHEAD}"))).collect();
    let names = |spans: &[(u8, String)]| spans.iter().map(|(_, name)| name.clone()).collect::<BTreeSet<_>>();
    assert!(first.send(&spans) && first.send(&ahead));
    first.pump();
    assert_eq!(first.deliver().into_iter().collect::<BTreeSet<_>>(), names(&ahead), "at once");
    assert_eq!(first.series.of(Signal::Traces).pending.get(), 20, "what has left does not wait");
    first.compact();
    first.hear();
    first.pump();
    first.writer.keep(first.now);
    drop(first);

    let mut second = start(&volume, Durability::Process, &coin, Timestamp(1));
    second.pump();
    second.pass(11);
    second.pump();
    assert_eq!(
        second.deliver().into_iter().collect::<BTreeSet<_>>(),
        names(&spans),
        "all are kept, what left leaves once"
    );
    assert_eq!(second.series.of(Signal::Traces).pending.get(), 0);
    second.writer.keep(second.now);
    drop(second);
    let third = start(&volume, Durability::Process, &coin, Timestamp(1));
    assert_eq!(third.series.of(Signal::Traces).recovered.get(), 0, "nothing waits any more");
}

#[test]
fn what_is_held_outlives_a_restart_and_comes_back_whole() {
    let (volume, coin) = (Fake::default(), Coin { holds: true, ..Coin::default() });
    let mut first = start(&volume, Durability::Process, &coin, Timestamp(0));
    let spans: Vec<(u8, String)> = (0..40).map(|at| (at % 20, format!("span {at}"))).collect();
    assert!(spans.chunks(8).all(|some| first.send(some)));
    first.pump();
    first.pass(11);
    first.pump();
    let kept: BTreeSet<String> = first.deliver().into_iter().collect();
    assert!(kept.len() > 4 && kept.len() < 36, "{}", kept.len());
    drop(first);

    // Nothing of what is folded again is taken for late.
    let mut second = start(&volume, Durability::Process, &coin, Timestamp(20_000_000_000));
    second.pump();
    assert_eq!(second.deliver(), Vec::<String>::new());
    drop(second);

    let mut third = start(&volume, Durability::Process, &coin, Timestamp(30_000_000_000));
    let late: Vec<(u8, String)> = (0..20).map(|trace| (trace, format!("late {trace}"))).collect();
    assert!(third.send(&late));
    third.pump();
    let came: BTreeSet<String> = third.deliver().into_iter().collect();
    let held = spans.iter().filter(|(_, name)| !kept.contains(name));
    let due = held.chain(&late).map(|(_, name)| name.clone()).collect();
    assert_eq!(came, due, "what was held, and what came late of all");
    drop(third);

    let mut fourth = start(&volume, Durability::Process, &coin, Timestamp(40_000_000_000));
    fourth.pump();
    assert_eq!(fourth.deliver(), Vec::<String>::new(), "once");
}

/// The next life after a crash between what a release commits: of a trace in many requests, all or nothing.
#[test]
fn a_trace_of_megabytes_leaves_at_once() {
    let (volume, coin) = (Fake::default(), Coin::default());
    let storage = Storage { max_size: 64 << 20, ..storage(Durability::Process) };
    let mut first = life(&volume, &storage, &coin, Timestamp(0)).unwrap();
    first.memory = Memory::new(64 << 20);
    // The first toss is tails, the second heads.
    assert!(first.send(&[(100, "100".into()), (101, "101".into())]));
    for at in 0..40 {
        assert!(first.send(&[(101, format!("{at} {}", "x".repeat(100_000)))]));
    }
    first.pump();
    first.pass(11);
    first.decider.tick(first.now);
    let releases: Vec<Release> = first.releases.try_iter().collect();
    let mut hands = first.releaser.hands();
    let requests = |release| first.releaser.prepare(release, &mut hands, Timestamp(0)).0.len();
    let requests: Vec<usize> = releases.into_iter().map(requests).collect();
    assert_eq!(requests.len(), 1, "one commit: {requests:?}");
    assert!(requests[0] >= 4, "of requests of a mebibyte: {requests:?}");
}

#[test]
fn a_journal_full_of_what_waits_still_lets_go() {
    let (volume, coin) = (Fake::default(), Coin::default());
    let mut life = start(&volume, Durability::Process, &coin, Timestamp(0));
    let mut sent = 0;
    while life.send(&[(sent, format!("{sent} {}", "x".repeat(8000)))]) {
        life.pump();
        sent += 1;
    }
    assert!(sent > 80, "{sent}");
    life.pass(11);
    life.pump();
    let names = life.deliver();
    assert!(names.len() > 20 && names.len() < usize::from(sent), "{}", names.len());
    assert!(life.send(&[(250, "250 later".into())]), "room has returned");
}

#[test]
fn what_waits_of_an_old_segment_is_copied_and_its_room_comes_back() {
    let (volume, coin) = (Fake::default(), Coin::default());
    let mut life = start(&volume, Durability::Disk, &coin, Timestamp(0));
    let mut sent = BTreeSet::new();
    for at in 0..240_u8 {
        // One in sixty requests has a span of a trace that goes on.
        let mut spans = vec![(100 + at % 90, format!("short {at} {}", "x".repeat(4000)))];
        if at % 60 == 0 {
            spans.push((LONG + at % 7, format!("long {at}")));
            sent.insert(format!("long {at}"));
        }
        assert!(life.send(&spans), "{at}");
        life.pass(1);
        life.pump();
        life.hear();
        life.pump();
        life.deliver();
    }
    life.writer.keep(life.now);
    assert!(life.series.compacted.get() > 0);
    let segments = volume.dump().into_keys().filter(|name| name.starts_with("segment-")).count();
    assert!(segments <= 6, "{segments} of sixteen");
    let now = life.now;
    drop(life);
    let mut life = start(&volume, Durability::Disk, &coin, now);
    life.pump();
    life.pass(3601);
    life.pump();
    let long = life.deliver().into_iter().filter(|name| name.starts_with("long"));
    assert_eq!(long.collect::<BTreeSet<String>>(), sent);
}

/// What may happen.
#[derive(Clone, Debug)]
enum Event {
    Send(Vec<(u8, u8)>),
    Pump,
    Pass(u64),
    Deliver,
    Keep,
    Compact,
    Hear,
    Crash { power: bool, chances: Vec<bool> },
    Break(Faults),
}

fn event() -> impl Strategy<Value = Event> {
    let chances = prop::collection::vec(any::<bool>(), 1..40);
    let faults = (prop::option::weighted(0.5, 0..4000_u64), prop::option::weighted(0.5, 0..200_usize), any::<bool>());
    let spans = prop::collection::vec((0..12_u8, 1..200_u8), 1..6);
    prop_oneof![
        8 => spans.prop_map(Event::Send),
        6 => Just(Event::Pump),
        4 => (1..6_u64).prop_map(Event::Pass),
        2 => Just(Event::Deliver),
        2 => Just(Event::Keep),
        4 => Just(Event::Compact),
        4 => Just(Event::Hear),
        2 => (any::<bool>(), chances).prop_map(|(power, chances)| Event::Crash { power, chances }),
        1 => faults.prop_map(|(room, tear, sync)| Event::Break(Faults { room, tear, sync, ..Faults::default() })),
        2 => Just(Event::Break(Faults::default())),
    ]
}

/// The number under which all are tallied that leave ahead of their traces: they arrive, whatever becomes of those.
const LEFT: u8 = u8::MAX;

/// Under which number a span is tallied: its trace's.
fn key(name: &str) -> u8 {
    if name.ends_with(AHEAD) { LEFT } else { name.split(' ').next().unwrap().parse().unwrap() }
}

/// Plays `events`. By trace, what was acknowledged, and what of it arrived.
fn play(
    events: Vec<Event>,
    durability: Durability,
    power_goes: bool,
) -> BTreeMap<u8, (BTreeSet<String>, BTreeSet<String>)> {
    let (volume, coin) = (Fake::default(), Coin::default());
    let mut life = start(&volume, durability, &coin, Timestamp(0));
    let mut tally: BTreeMap<u8, (BTreeSet<String>, BTreeSet<String>)> = BTreeMap::new();
    let arrive = |names: Vec<String>, tally: &mut BTreeMap<u8, (BTreeSet<String>, BTreeSet<String>)>| {
        for name in names {
            tally.entry(key(&name)).or_default().1.insert(name);
        }
    };
    for (number, event) in events.into_iter().enumerate() {
        match event {
            Event::Send(spans) => {
                let name = |(at, (trace, size)): (usize, &(u8, u8))| {
                    let ahead = if size % 5 == 0 { AHEAD } else { '.' };
                    (*trace, format!("{trace} {number} {at} {}{ahead}", "x".repeat(usize::from(*size))))
                };
                let spans: Vec<(u8, String)> = spans.iter().enumerate().map(name).collect();
                if life.send(&spans) {
                    spans.into_iter().for_each(|(_, name)| _ = tally.entry(key(&name)).or_default().0.insert(name));
                }
            }
            Event::Pump => life.pump(),
            Event::Pass(seconds) => life.pass(seconds),
            Event::Deliver => arrive(life.deliver(), &mut tally),
            Event::Keep => life.writer.keep(life.now),
            Event::Compact => life.compact(),
            Event::Hear => life.hear(),
            Event::Break(faults) => volume.break_with(faults),
            Event::Crash { power, chances } => {
                if power && power_goes {
                    let mut chances = chances.into_iter().cycle();
                    volume.lose_power(|| chances.next().unwrap());
                }
                volume.break_with(Faults::default());
                let now = life.now;
                drop(life);
                life = start(&volume, durability, &coin, now);
            }
        }
    }
    volume.break_with(Faults::default());
    let now = life.now;
    drop(life);
    life = start(&volume, durability, &coin, now);
    for _ in 0..3 {
        life.pump();
        life.pass(11);
    }
    life.pump();
    arrive(life.deliver(), &mut tally);
    assert_eq!(life.series.of(Signal::Traces).pending.get(), 0, "everything has taken its course");
    let mut after = start(&volume, durability, &coin, life.now);
    after.pump();
    after.pass(11);
    after.pump();
    assert_eq!(after.deliver(), Vec::<String>::new(), "a second recovery finds nothing more");
    tally
}

proptest! {
    #[test]
    fn under_process_a_trace_leaves_whole_or_not_at_all(events in prop::collection::vec(event(), 1..60)) {
        let events = events.into_iter().filter(|event| !matches!(event, Event::Break(_))).collect();
        for (trace, (sent, got)) in play(events, Durability::Process, false) {
            let none = trace != LEFT && got.is_empty();
            prop_assert!(none || sent.is_subset(&got), "{trace}: {} of {}", got.len(), sent.len());
        }
    }

    #[test]
    fn under_disk_a_trace_leaves_whole_or_not_at_all(events in prop::collection::vec(event(), 1..60)) {
        let events = events.into_iter().filter(|event| !matches!(event, Event::Break(_))).collect();
        for (trace, (sent, got)) in play(events, Durability::Disk, true) {
            let none = trace != LEFT && got.is_empty();
            prop_assert!(none || sent.is_subset(&got), "{trace}: {} of {}", got.len(), sent.len());
        }
    }

    #[test]
    fn on_a_disk_that_fails_nothing_is_lost_of_a_trace_that_is_kept(
        events in prop::collection::vec(event(), 1..60), disk in any::<bool>()
    ) {
        let durability = if disk { Durability::Disk } else { Durability::Process };
        for (trace, (sent, got)) in play(events, durability, disk).into_iter().filter(|(trace, _)| *trace >= KEPT) {
            prop_assert!(sent.is_subset(&got), "{trace}: {} of {}", got.len(), sent.len());
        }
    }

    #[test]
    fn one_flipped_bit_costs_one_request_or_copy_at_most(
        sent in prop::collection::vec((0..4_u8, 1..200_u8), 4..40), share in 0.0..0.2, which in 1..4_u8, copies in 0..3
    ) {
        let (volume, coin) = (Fake::default(), Coin::default());
        let mut life = start(&volume, Durability::Process, &coin, Timestamp(0));
        let name = |at: usize, size: u8| format!("{at} {}", "x".repeat(usize::from(size)));
        for (at, (trace, size)) in sent.iter().enumerate() {
            prop_assert!(life.send(&[(trace + KEPT, name(at, *size))]));
        }
        life.pump();
        for _ in 0..copies {
            life.compact();
            life.hear();
            life.pump();
            life.writer.keep(life.now);
            let now = life.now;
            drop(life);
            life = start(&volume, Durability::Process, &coin, now);
        }
        drop(life);
        let name_of = format!("segment-0000000{which}");
        let bytes = volume.dump().remove(&name_of).unwrap_or_default();
        let table = bytes.get(8..12).map_or(0, |length| u32::from_le_bytes(length.try_into().unwrap()));
        volume.flip(&name_of, share);
        let mut life = start(&volume, Durability::Process, &coin, Timestamp(0));
        for _ in 0..2 {
            life.pump();
            life.compact();
            life.hear();
            life.pass(11);
        }
        life.pump();
        let got: BTreeSet<String> = life.deliver().into_iter().collect();
        // A flip in the head of a segment puts all of it aside.
        let header = share * (bytes.len() as f64) < f64::from(24 + table);
        prop_assert!(header || got.len() + 1 >= sent.len(), "{} of {}", got.len(), sent.len());
        let all: BTreeSet<String> = sent.iter().enumerate().map(|(at, (_, size))| name(at, *size)).collect();
        prop_assert!(got.is_subset(&all));
    }
}
