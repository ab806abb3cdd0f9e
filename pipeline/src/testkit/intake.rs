//! An intake whose worker opens each request and answers as told, so that a receiver is tested without the pipeline.

use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;
use crossbeam_channel::{Receiver, bounded};

use crate::Signal;
use crate::intake::{Intake, Job, Unopened};
use crate::journal::Outbox;
use crate::memory::Memory;
use crate::receipt::{Outcome, Receipt};

/// Requests the queue to the worker holds.
const QUEUE: usize = 1024;

/// The worker behind a test's [`Intake`], and what it saw.
pub struct TestWorker {
    shared: Arc<Shared>,
    /// The budget the intake's permits are taken from.
    pub memory: Arc<Memory>,
}

#[derive(Default)]
struct Shared {
    script: Mutex<Script>,
    opened: Mutex<Vec<Opened>>,
    held: Mutex<Vec<Receipt>>,
    changed: tokio::sync::Notify,
}

#[derive(Clone, Debug, Default)]
enum Script {
    /// Taken: every record of the batch.
    #[default]
    Accept,
    Answer(Outcome),
    /// Nothing is answered until [`TestWorker::release`].
    Hold,
}

/// A request as the worker saw it after opening.
#[derive(Clone, Debug)]
pub struct Opened {
    /// What it carried.
    pub signal: Signal,
    /// The bytes of the batch.
    pub wire: Bytes,
    /// What its permit held then.
    pub permit: usize,
}

/// An intake for `signals` over a memory limit of `memory_limit` bytes, and its worker: a thread that lives as long as
/// a clone of the intake does.
pub fn intake(memory_limit: usize, signals: &[Signal]) -> (Intake, TestWorker) {
    let memory = Memory::new(memory_limit);
    let (workers, jobs) = bounded(QUEUE);
    let shared = Arc::new(Shared::default());
    let (none, one): (Arc<[usize]>, Arc<[usize]>) = (Arc::new([]), Arc::new([0]));
    let route = |signal| if signals.contains(&signal) { one.clone() } else { none.clone() };
    let outbox = Outbox::new(memory.clone(), vec![Vec::new()], Vec::new());
    let intake = Intake { memory: memory.clone(), workers, outbox, routes: Signal::ALL.map(route) };
    let theirs = shared.clone();
    std::thread::spawn(move || work(&jobs, &theirs));
    (intake, TestWorker { shared, memory })
}

impl TestWorker {
    /// Every request from now on gets this answer; those that cannot be opened get what the opening says.
    pub fn answer(&self, outcome: Outcome) {
        *lock(&self.shared.script) = Script::Answer(outcome);
    }

    /// Every request from now on waits for [`release`](Self::release).
    pub fn hold(&self) {
        *lock(&self.shared.script) = Script::Hold;
    }

    /// Answers what is held, and what comes from now on, as accepted.
    pub fn release(&self) {
        *lock(&self.shared.script) = Script::Accept;
        for receipt in lock(&self.shared.held).drain(..) {
            receipt.settle(Outcome::Accepted { records: 0, rejected: 0 });
        }
    }

    /// Waits until `count` requests were opened, in all; what they were.
    pub async fn opened(&self, count: usize) -> Vec<Opened> {
        loop {
            let changed = self.shared.changed.notified();
            let opened = lock(&self.shared.opened).clone();
            if opened.len() >= count {
                return opened;
            }
            changed.await;
        }
    }

    /// How many requests were opened so far.
    pub fn count(&self) -> usize {
        lock(&self.shared.opened).len()
    }
}

fn work(jobs: &Receiver<Job>, shared: &Shared) {
    for job in jobs {
        let Job { open, mut permit, receipt, .. } = job;
        let batch = match open(&mut permit) {
            Ok(batch) => batch,
            Err(Unopened::Rejected(rejection)) => {
                receipt.settle(Outcome::Rejected(rejection));
                continue;
            }
            Err(Unopened::Refused(refusal)) => {
                receipt.settle(Outcome::Refused(refusal));
                continue;
            }
        };
        let (signal, records) = (batch.signal(), batch.len() as u64);
        let opened = Opened { signal, wire: batch.seal().body().clone(), permit: permit.bytes() };
        drop(permit);
        let answer = match lock(&shared.script).clone() {
            Script::Accept => Some((receipt, Outcome::Accepted { records, rejected: 0 })),
            Script::Answer(outcome) => Some((receipt, outcome)),
            Script::Hold => {
                lock(&shared.held).push(receipt);
                None
            }
        };
        // Before the answer: who has it may ask what was opened.
        lock(&shared.opened).push(opened);
        shared.changed.notify_waiters();
        if let Some((receipt, outcome)) = answer {
            receipt.settle(outcome);
        }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
