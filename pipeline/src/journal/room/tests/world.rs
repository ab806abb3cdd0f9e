//! One life with two signals, in files or in RAM alone, whose parts work one step at a time.

use std::sync::Mutex;

use opentelemetry_proto::tonic::collector::logs::v1::ExportLogsServiceRequest;
use opentelemetry_proto::tonic::common::v1::{AnyValue, any_value};
use opentelemetry_proto::tonic::logs::v1::{LogRecord, ResourceLogs, ScopeLogs};

use super::judge::{Many, of};
use super::*;
use crate::journal::Parcel;

pub(super) fn spans(names: &[String]) -> Bytes {
    let span = |name: &String| Span { trace_id: vec![of(name) + 1; 16], name: name.clone(), ..Span::default() };
    let scope = |spans| ScopeSpans { spans, schema_url: "scope ".repeat(9), ..ScopeSpans::default() };
    let resource = |scope_spans| ResourceSpans { scope_spans, ..ResourceSpans::default() };
    let scopes = names.chunks(3).map(|some| scope(some.iter().map(span).collect())).collect();
    ExportTraceServiceRequest { resource_spans: vec![resource(scopes)] }.encode_to_vec().into()
}

pub(super) fn logs(names: &[String]) -> Bytes {
    let log = |name: &String| {
        let body = Some(AnyValue { value: Some(any_value::Value::StringValue(name.clone())) });
        LogRecord { trace_id: vec![of(name) + 1; 16], body, ..LogRecord::default() }
    };
    let scope = |log_records| ScopeLogs { log_records, ..ScopeLogs::default() };
    let resource = |scope_logs| ResourceLogs { scope_logs, schema_url: "resource".into(), ..ResourceLogs::default() };
    ExportLogsServiceRequest { resource_logs: vec![resource(vec![scope(names.iter().map(log).collect())])] }
        .encode_to_vec()
        .into()
}

/// One life, in files or in RAM alone.
pub(super) struct World {
    pub(super) writer: Option<Writer>,
    pub(super) outbox: Arc<Outbox>,
    pub(super) memory: Arc<Memory>,
    pub(super) decider: Decider,
    pub(super) orders: Receiver<Order>,
    pub(super) releases: Receiver<Release>,
    pub(super) releaser: Releaser,
    pub(super) many: Many,
    /// Could not be committed yet; nothing else is released before it.
    pub(super) stuck: Option<(Vec<Part>, Vec<u8>, crate::decider::Released)>,
    pub(super) held: Vec<Parcel>,
    pub(super) series: crate::ledger::WaitingSeries,
}

pub(super) fn world(
    files_of: Option<(&Fake, &Storage)>,
    many: &Many,
    now: Timestamp,
    budget: u64,
) -> io::Result<World> {
    let (ledger, memory) = (Ledger::new("test"), Memory::new(1 << 20));
    let series = Signal::ALL.map(|signal| ledger.destination("out", signal));
    let destinations = vec![Destination { name: "out".into(), bounds: Bounds::default(), series }];
    let (tell, orders) = bounded(1 << 12);
    let room = Room::new("many".into(), Legend::default(), tell.clone(), usize::MAX);
    let rooms = Rooms { all: vec![room.clone()], of: vec![Some(0), Some(0)] };
    let routes = vec![vec![0], vec![0]];
    let (hand, releases) = bounded(1 << 12);
    let waiting = ledger.waiting("many");
    let (mut writer, mut files, mut recovery) = (None, None, None);
    let outbox = match files_of {
        None => Outbox::with(memory.clone(), routes, destinations, rooms, None),
        Some((volume, storage)) => {
            let volume: Arc<dyn Volume> = Arc::new(volume.clone());
            let table = table(&routes, &["out".into()], &rooms);
            let (wake, settled) = bounded(1);
            let opened = Opened::open(&volume, storage, &table, &["out".into(), room.name()], &wake, &ledger)?;
            let outbox = Outbox::with(memory.clone(), routes, destinations, rooms, Some(opened.files.clone()));
            opened.owe(&outbox);
            scan(&opened.files, &outbox, &opened.gone);
            let recorded = Recorded(Segments::open(volume.clone(), crate::journal::segments::DECIDED)?);
            let pipelines = [Some(0), Some(1), None];
            files = Some(opened.files.clone());
            recovery = Some(Recovery { files: opened.files.clone(), observer: many.observer(), pipelines, recorded });
            let settled = [settled, never()];
            writer = Some(Writer::new(opened, outbox.clone(), volume, storage.clone(), settled, never()));
            outbox
        }
    };
    let limits = Budget::of((budget / 3 * 5) as usize, files.is_some().then_some(budget / 3 * 4));
    let channels = (orders.clone(), hand);
    let mut decider = Decider::new(many.sampler(0), room, channels, waiting.clone(), limits, &memory);
    if let Some(recovery) = recovery {
        recovery.run(&mut decider, now);
    }
    let releaser = Releaser {
        sampler: 0,
        sampling: Arc::new(many.clone()),
        factories: vec![Vec::new(), Vec::new()],
        inbox: never(),
        orders: tell,
        custody: Custody::Memory(outbox.clone()),
        memory: memory.clone(),
        files,
    };
    let (stuck, held) = (None, Vec::new());
    let (many, series) = (many.clone(), waiting);
    Ok(World { writer, outbox, memory, decider, orders, releases, releaser, many, stuck, held, series })
}

impl World {
    pub(super) fn commit(&mut self, commit: Commit) {
        match &mut self.writer {
            Some(writer) => writer.group(commit.framed(2)),
            None => {
                if let Some((receipt, outcome)) = self.releaser.custody.take(commit) {
                    receipt.settle(outcome);
                }
            }
        }
    }

    pub(super) fn send(&mut self, signal: Signal, names: &[String], now: Timestamp) -> bool {
        let body = if signal == Signal::Traces { spans(names) } else { logs(names) };
        let batch = Batch::decode(signal, body, &Limits::default()).unwrap();
        let Looked { waits, leaves, echo, .. } = look(&mut self.many, batch);
        let (receipt, answer) = Receipt::new();
        let Some(permit) = self.memory.permit(1000) else { return false };
        let then = Then::Answer(receipt, Outcome::Accepted { records: 1, rejected: 0 });
        let [waits, echo] = [waits, echo].map(|of| of.map(|(sealed, seen)| (sealed, Some(seen))));
        let parts = waits.into_iter().chain(leaves.map(|sealed| (sealed, None))).chain(echo);
        let pipeline = usize::from(signal != Signal::Traces);
        let parts = parts.map(|(sealed, seen)| Part { pipeline, sealed, seen }).collect();
        self.commit(Commit { parts, permit, now, counts: Vec::new(), then });
        matches!(answer.wait(), Outcome::Accepted { .. })
    }

    /// Has the decider do as it is told, so many times at most.
    pub(super) fn fold(&mut self, most: usize, now: Timestamp) {
        for _ in 0..most {
            let Ok(order) = self.orders.try_recv() else { return };
            self.decider.order(order, now);
        }
    }

    /// Has the releaser do one thing; whether there was any that it could.
    pub(super) fn step(&mut self, now: Timestamp) -> bool {
        if let Some((parts, entries, released)) = self.stuck.take() {
            return self.release(parts, entries, released, now);
        }
        let Ok(mut release) = self.releases.try_recv() else { return false };
        if let Some((moves, frees)) = release.moves() {
            let moved = self.copy(moves, frees, now);
            self.releaser.orders.send(Order::Moved(moved)).unwrap();
            return true;
        }
        let (parts, entries, released) = self.releaser.prepare(release, &mut self.releaser.hands(), now);
        self.release(parts, entries, released, now)
    }

    pub(super) fn release(
        &mut self,
        parts: Vec<Part>,
        entries: Vec<u8>,
        released: crate::decider::Released,
        now: Timestamp,
    ) -> bool {
        let back = Arc::new(Mutex::new(None));
        let tell = back.clone();
        let told = Box::new(move |parts| *tell.lock().unwrap() = Some(parts));
        let decided = Decided { sampler: 0, entries: entries.clone(), told };
        let permit = self.memory.force(parts.iter().map(|part| part.sealed.body().len()).sum());
        self.commit(Commit { parts, permit, now, counts: Vec::new(), then: Then::Decide(decided) });
        let back = back.lock().unwrap().take();
        match back {
            Some(None) => {
                self.releaser.orders.send(Order::Released(Box::new(released))).unwrap();
                true
            }
            Some(Some(parts)) => {
                self.stuck = Some((parts, entries, released));
                false
            }
            None => panic!("nobody was told"),
        }
    }

    pub(super) fn copy(&mut self, moves: Vec<Move>, frees: bool, now: Timestamp) -> Vec<Moved> {
        let mut moved: Vec<Moved> = moves.into_iter().map(|of| self.releaser.copied(of)).collect();
        if let Some((parts, of)) = parts(&moved) {
            let (tell, told) = bounded(1);
            let copying = Copying { sampler: 0, of, frees, told: Box::new(move |places| drop(tell.send(places))) };
            let permit = self.memory.force(0);
            self.commit(Commit { parts, permit, now, counts: Vec::new(), then: Then::Copy(copying) });
            if !place(&mut moved, told.recv().unwrap()) {
                moved.clear();
            }
        }
        moved
    }

    /// Lets everybody work until nobody has anything to do.
    pub(super) fn rest(&mut self, now: Timestamp) {
        loop {
            self.fold(usize::MAX, now);
            self.decider.tick(now);
            let stepped = self.step(now);
            if !stepped && self.orders.is_empty() {
                return;
            }
        }
    }

    pub(super) fn take(&mut self, now: Timestamp) -> Option<(Parcel, Vec<String>)> {
        if self.writer.is_some() {
            Signal::ALL.into_iter().for_each(|signal| self.outbox.owed[0].fill(signal));
        }
        for signal in [Signal::Traces, Signal::Logs] {
            let want = Want { signal, most: Limit::Requests(2) };
            let Some(parcel) = self.outbox.cursor(0).take(want, now) else { continue };
            let bodies = parcel.frames().iter().map(|frame| frame.sealed.body().clone());
            let names = |body: Bytes| -> Vec<String> {
                if signal == Signal::Traces {
                    let request = ExportTraceServiceRequest::decode(body).unwrap();
                    let scopes = request.resource_spans.into_iter().flat_map(|resource| resource.scope_spans);
                    return scopes.flat_map(|scope| scope.spans).map(|span| span.name).collect();
                }
                let request = ExportLogsServiceRequest::decode(body).unwrap();
                let scopes = request.resource_logs.into_iter().flat_map(|resource| resource.scope_logs);
                let text = |log: LogRecord| match log.body.and_then(|body| body.value) {
                    Some(any_value::Value::StringValue(text)) => text,
                    other => panic!("{other:?}"),
                };
                scopes.flat_map(|scope| scope.log_records).map(text).collect()
            };
            let names = bodies.flat_map(names).collect();
            return Some((parcel, names));
        }
        None
    }

    pub(super) fn deliver(&mut self, most: usize, now: Timestamp) -> Vec<String> {
        let mut all = Vec::new();
        for _ in 0..most {
            let Some((parcel, names)) = self.take(now) else { break };
            all.extend(names);
            parcel.settle(Settlement::Delivered { rejected: 0 }, now);
        }
        all
    }

    pub(super) fn keep(&mut self, now: Timestamp) {
        if let Some(writer) = &mut self.writer {
            writer.keep(now);
        }
    }

    pub(super) fn adds_up(&self) {
        for signal in [Signal::Traces, Signal::Logs] {
            let series = self.series.of(signal);
            let came = series.received.get() + series.recovered.get();
            let went = series.released.get() + series.sampled_out_in_all();
            assert_eq!(came as i64, went as i64 + series.pending.get(), "{signal}");
        }
    }
}
