//! Copies in RAM: the memory of what is decided comes back, records keep their order, and whoever is on the way out is not
//! disturbed.

use std::sync::Arc;

use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use opentelemetry_proto::tonic::trace::v1::{ResourceSpans, ScopeSpans, Span};
use prost::Message;

use super::*;
use crate::Timestamp;
use crate::batch::layout::Layout;
use crate::decider::Seen;
use crate::decider::places::Arrived;
use crate::memory::Memory;
use crate::sampling::{Legend, Observed};

/// A table of frames in RAM, each of one span of these traces, `size` bytes a name.
struct Table {
    places: Places,
    memory: Arc<Memory>,
    room: Arc<Room>,
    at: u64,
}

fn trace(number: u8) -> TraceId {
    TraceId([number; 16])
}

impl Table {
    fn new() -> Self {
        let (tell, _) = crossbeam_channel::bounded(1);
        let room = Room::new("room".into(), Legend::default(), tell, usize::MAX);
        Self { places: Places::default(), memory: Memory::new(1 << 20), room, at: 0 }
    }

    fn add(&mut self, traces: &[u8], size: usize) {
        let span = |trace: &u8| Span {
            trace_id: vec![*trace; 16],
            name: format!("{trace} {} {}", self.at, "x".repeat(size)),
            ..Span::default()
        };
        let scope = ScopeSpans { spans: traces.iter().map(span).collect(), ..ScopeSpans::default() };
        let resource = ResourceSpans { scope_spans: vec![scope], ..ResourceSpans::default() };
        let body: Bytes = ExportTraceServiceRequest { resource_spans: vec![resource] }.encode_to_vec().into();
        let observed =
            Observed { rows: Vec::new(), traces: traces.iter().map(|at| trace(*at)).collect(), facts: Box::new(()) };
        let rows = (0..traces.len() as u32).map(|at| (at, true)).collect();
        let seen = Seen { rows, observed, layout: Layout::of(&body), echo: false };
        let (position, bytes) = (Position(self.at), body.len() as u64);
        let held = self.room.hold(self.memory.force(body.len()));
        let (signal, pipeline, now) = (Signal::Traces, 0, Timestamp(self.at));
        let body = Some((body, held));
        self.at += 1;
        self.places.add(Arrived { position, origin: position, signal, pipeline, bytes, body, now }, &seen);
    }

    /// What a releaser makes of it.
    fn copy(&self, of: Move) -> Moved {
        let mut body = Vec::new();
        let source = of.piece.source.body.clone().unwrap();
        let read = |(at, end): (u32, u32), out: &mut Vec<u8>| {
            out.extend_from_slice(&source[at as usize..end as usize]);
            true
        };
        assert!(of.piece.source.envelopes.gather(&of.piece.chosen, read, &mut body));
        let layout = Layout::of(&body);
        let runs =
            of.runs.iter().zip(&layout.records).map(|((_, old), (range, scope))| old.to(*scope, *range)).collect();
        let (permit, position) = (Some(self.memory.force(body.len())), Some(of.piece.source.position));
        Moved { of, position, body: body.into(), permit, envelopes: Arc::new(layout.envelopes), runs }
    }

    fn compact(&mut self) -> usize {
        let moves = self.places.ripe(u64::MAX);
        let count = moves.len();
        for of in moves {
            let moved = self.copy(of);
            assert_eq!(self.places.moved(moved, &self.room), Placed::Instead(None));
        }
        count
    }

    /// Decides a trace and gives back what it held: the beginnings of its spans' names.
    fn take(&mut self, number: u8) -> Vec<String> {
        let runs = self.places.take(trace(number));
        let backs: Vec<_> = runs.iter().map(Run::back).collect();
        let names = self.names(&self.places.pieces(runs));
        backs.into_iter().for_each(|back| _ = self.places.give_back(back));
        names
    }

    fn names(&self, pieces: &[Piece]) -> Vec<String> {
        let mut body = Vec::new();
        for piece in pieces {
            let source = piece.source.body.clone().unwrap();
            let read = |(at, end): (u32, u32), out: &mut Vec<u8>| {
                out.extend_from_slice(&source[at as usize..end as usize]);
                true
            };
            assert!(piece.source.envelopes.gather(&piece.chosen, read, &mut body));
        }
        let request = ExportTraceServiceRequest::decode(&*body).unwrap();
        let scopes = request.resource_spans.into_iter().flat_map(|resource| resource.scope_spans);
        let names = scopes.flat_map(|scope| scope.spans).map(|span| span.name);
        names.map(|name| name.split(' ').take(2).collect::<Vec<_>>().join(" ")).collect()
    }
}

#[test]
fn the_memory_of_what_is_decided_comes_back_and_order_stays() {
    let mut table = Table::new();
    for _ in 0..100 {
        table.add(&[1, 2, 3, 4], 500);
    }
    let before = (table.memory.used(), table.places.held());
    assert!(table.take(2).len() == 100 && table.compact() == 0, "three quarters wait");
    assert!(table.take(1).len() == 100 && table.compact() == 0, "a half waits");
    assert!(table.take(4).len() == 100 && table.compact() == 100);
    assert!(table.memory.used() * 3 < before.0, "{} of {}", table.memory.used(), before.0);
    assert_eq!(table.places.held(), table.memory.used() as u64);
    assert!(table.places.held() < before.1);
    assert_eq!(table.compact(), 0, "all that is left waits");
    table.add(&[3], 10);
    assert_eq!(table.take(3), (0..=100).map(|at| format!("3 {at}")).collect::<Vec<_>>());
    assert_eq!((table.memory.used(), table.places.held(), table.places.heap_bytes() < 100_000), (0, 0, true));
}

#[test]
fn what_is_decided_while_it_is_copied_leaves_from_where_it_was() {
    let mut table = Table::new();
    table.add(&[1, 2, 3, 4, 5], 500);
    [1, 2, 3].into_iter().for_each(|number| assert_eq!(table.take(number).len(), 1));
    let of = table.places.ripe(u64::MAX).pop().unwrap();
    // The fourth is decided after it was chosen, and leaves after the copy is there.
    let runs = table.places.take(trace(4));
    let (back, pieces) = (runs[0].back(), table.places.pieces(runs));
    let moved = table.copy(of);
    assert_eq!(table.places.moved(moved, &table.room), Placed::Instead(None));
    assert_eq!(table.names(&pieces), ["4 0"]);
    drop(pieces);
    assert_eq!(table.places.give_back(back), None);
    assert_eq!(table.take(5), ["5 0"]);
    assert_eq!((table.memory.used(), table.places.held()), (0, 0));
}

#[test]
fn a_copy_that_comes_too_late_takes_nobodys_place() {
    let mut table = Table::new();
    table.add(&[1, 2, 3], 500);
    [1, 2].into_iter().for_each(|number| assert_eq!(table.take(number).len(), 1));
    let of = table.places.ripe(u64::MAX).pop().unwrap();
    assert_eq!(table.take(3), ["3 0"]);
    // The slot is another's by now.
    table.add(&[7], 20);
    let moved = table.copy(of);
    assert_eq!(table.places.moved(moved, &table.room), Placed::InVain(Signal::Traces, Position(0)));
    assert_eq!(table.take(7), ["7 1"]);
    assert_eq!((table.memory.used(), table.places.held()), (0, 0));
}

#[test]
fn what_is_ripe_while_there_is_plenty_takes_no_more_room_than_frames_do() {
    let mut table = Table::new();
    for _ in 0..1000 {
        table.add(&[1, 2, 3], 9);
        [1, 2, 3].into_iter().for_each(|number| _ = table.take(number));
    }
    assert!(table.places.tenancies.ripe.len() <= LEAST * 2 + 1);
    table.add(&[1, 2, 3], 9);
    [1, 2].into_iter().for_each(|number| _ = table.take(number));
    assert_eq!(table.compact(), 1, "once, however often its slot was ripe before");
    assert_eq!(table.take(3), ["3 1000"]);
}

#[test]
fn slots_are_taken_again_and_given_back() {
    let mut table = Table::new();
    (0..3000).for_each(|number| table.add(&[if number % 2 == 0 { 1 } else { 2 }], 1));
    let most = table.places.heap_bytes();
    assert_eq!(table.take(1).len(), 1500);
    (0..1500).for_each(|_| table.add(&[3], 1));
    assert_eq!(table.places.frames.len(), 3000, "the free ones first");
    assert_eq!((table.take(2).len(), table.take(3).len()), (1500, 1500));
    assert!(table.places.frames.is_empty() && table.places.heap_bytes() < most / 20);
    // Whatever is still noted as free of slots that went is not taken for one that is free now.
    (0..10).for_each(|number| table.add(&[number], 1));
    assert_eq!((table.places.frames.len(), table.take(7).len()), (10, 1));
}
