//! What becomes of a request on a worker: custody, refusals, panics, and what the sender hears.

use std::sync::Mutex;

use bytes::Bytes;

use super::*;
use crate::Signal;
use crate::intake::Intake;
use crate::journal::Outbox;
use crate::journal::{Bounds, Destination, Limit, Want};
use crate::ledger::Ledger;
use crate::memory::Memory;

/// A worker with a door on each side.
struct Bench {
    intake: Intake,
    outbox: Arc<Outbox>,
    memory: Arc<Memory>,
    _runtime: tokio::runtime::Runtime,
}

/// `chains[pipeline]`; every pipeline carries traces and goes to a destination of its own.
fn bench(limit: usize, chains: Vec<Vec<ProcessorFactory>>) -> Bench {
    let (memory, ledger) = (Memory::new(limit), Ledger::new("test"));
    let destination = |at: usize| Destination {
        name: format!("capture/{at}"),
        bounds: Bounds::default(),
        series: Signal::ALL.map(|signal| ledger.destination(&format!("capture/{at}"), signal)),
    };
    let routes = (0..chains.len()).map(|at| vec![at]).collect();
    let outbox = Outbox::new(memory.clone(), routes, (0..chains.len()).map(destination).collect());
    let (workers, inbox) = crossbeam_channel::bounded(8);
    let all: Arc<[usize]> = (0..chains.len()).collect();
    let none: Arc<[usize]> = Arc::new([]);
    let worker = Worker {
        inbox,
        factories: chains.into(),
        samplers: Arc::new([]),
        custody: Custody::Memory(outbox.clone()),
        progress: Arc::default(),
    };
    std::thread::spawn(|| worker.run());
    let intake = Intake { memory: memory.clone(), workers, outbox: outbox.clone(), routes: [all, none.clone(), none] };
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    Bench { intake, outbox, memory, _runtime: runtime }
}

impl Bench {
    fn submit(&self, wire: &'static [u8]) -> Outcome {
        let permit = self.intake.permit(Signal::Traces, wire.len()).unwrap();
        let open = Box::new(move |_: &mut Permit| {
            Batch::decode(Signal::Traces, Bytes::from_static(wire), &crate::Limits::default())
                .map_err(|error| Unopened::Rejected(Rejection::Malformed(error.to_string())))
        });
        self._runtime.block_on(self.intake.submit(Signal::Traces, permit, open))
    }

    fn waiting(&self, destination: usize) -> u64 {
        self.outbox.cursor(destination).waiting(Signal::Traces).requests
    }
}

/// An export request of one span named `a`: resource_spans { scope_spans { spans { name: "a" } } }.
const ONE_SPAN: &[u8] = &[0x0a, 0x07, 0x12, 0x05, 0x12, 0x03, 0x2a, 0x01, b'a'];

#[test]
fn a_request_goes_to_every_pipeline_and_is_charged_once() {
    let bench = bench(1000, vec![Vec::new(), Vec::new()]);
    assert_eq!(bench.submit(ONE_SPAN), Outcome::Accepted { records: 1, rejected: 0 });
    assert_eq!((bench.waiting(0), bench.waiting(1)), (1, 1));
    assert_eq!(bench.memory.used(), ONE_SPAN.len(), "both hold the same bytes");
    for destination in [0, 1] {
        let want = Want { signal: Signal::Traces, most: Limit::Requests(9) };
        let parcel = bench.outbox.cursor(destination).take(want, Timestamp(1)).unwrap();
        assert_eq!(&parcel.frames()[0].sealed.body()[..], ONE_SPAN);
        parcel.settle(crate::journal::Settlement::Delivered { rejected: 0 }, Timestamp(2));
    }
    assert_eq!(bench.memory.used(), 0);
}

#[test]
fn malformed_bytes_are_refused_for_good_and_leave_nothing() {
    let bench = bench(1000, vec![Vec::new()]);
    assert!(matches!(bench.submit(&[0x0a, 0x07, 0x12]), Outcome::Rejected(Rejection::Malformed(_))));
    assert_eq!((bench.waiting(0), bench.memory.used()), (0, 0));
}

#[test]
fn an_empty_request_is_accepted_and_owed_to_nobody() {
    let bench = bench(1000, vec![Vec::new()]);
    assert_eq!(bench.submit(&[]), Outcome::Accepted { records: 0, rejected: 0 });
    assert_eq!(bench.waiting(0), 0);
}

/// Panics, unless it works.
struct Faulty {
    works: bool,
}

impl Processor for Faulty {
    fn process(&mut self, _: &mut Batch, _: Timestamp) {
        assert!(self.works, "on purpose");
    }
}

#[test]
fn a_panic_refuses_the_batch_for_good_and_builds_the_chain_anew() {
    let made = Arc::new(Mutex::new(0));
    let count = made.clone();
    let factory: ProcessorFactory = Arc::new(move || {
        let mut made = count.lock().unwrap();
        *made += 1;
        Box::new(Faulty { works: *made > 1 })
    });
    let bench = bench(1000, vec![vec![factory]]);
    assert!(matches!(bench.submit(ONE_SPAN), Outcome::Rejected(Rejection::Internal(_))));
    assert_eq!(bench.memory.used(), 0, "its permit is back");
    assert_eq!(bench.submit(ONE_SPAN), Outcome::Accepted { records: 1, rejected: 0 });
    assert_eq!(*made.lock().unwrap(), 2);
}

#[test]
fn a_worker_that_is_gone_or_stuck_is_trouble() {
    let progress = Progress::default();
    assert_eq!(progress.trouble(Timestamp(u64::MAX)), None, "idle is no trouble");
    progress.since.store(1, Ordering::Relaxed);
    assert_eq!(progress.trouble(Timestamp(1).plus(STUCK_AFTER)), None);
    assert!(progress.trouble(Timestamp(2).plus(STUCK_AFTER)).is_some());
    drop(Gone(&progress));
    assert_eq!(progress.trouble(Timestamp(2)), Some("has ended"));
}

#[test]
fn closing_every_way_in_ends_the_worker() {
    let (workers, inbox) = crossbeam_channel::bounded(1);
    let outbox = Outbox::new(Memory::new(1), Vec::new(), Vec::new());
    let worker = Worker {
        inbox,
        factories: Arc::new([]),
        samplers: Arc::new([]),
        custody: Custody::Memory(outbox),
        progress: Arc::default(),
    };
    let progress = worker.progress.clone();
    let thread = std::thread::spawn(|| worker.run());
    drop(workers);
    thread.join().unwrap();
    assert_eq!(progress.trouble(Timestamp(1)), Some("has ended"));
}
