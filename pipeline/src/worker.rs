//! The loop that owns a processor chain: open, process, seal, append, answer. No locks of its own.
//!
//! Custody is taken at the append and nowhere else. Before it, a batch that makes the chain panic is
//! refused for good (the same bytes would panic again) and the chain is built anew.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use crossbeam_channel::Receiver;

use crate::component::Processor;
use crate::decider::{Looked, look};
use crate::intake::{Job, Unopened};
use crate::journal::commit::{Commit, Part, Then};
use crate::journal::custody::Custody;
use crate::ledger::{Counter, SignalSeries, WaitingSeries};
use crate::memory::Permit;
use crate::receipt::{Outcome, Receipt, Refusal, Rejection};
use crate::registry::ProcessorFactory;
use crate::sampling::{Observer, Sampling};
use crate::{Batch, Timestamp};

/// A worker busy with one request for longer than this makes the process unready: the largest
/// request the receivers take is worked off in well under a second.
const STUCK_AFTER: Duration = Duration::from_secs(10);

/// Requests worked off before their senders are answered, where they wait in a row: an answer wakes an IO
/// thread, which costs 5 us and, on a full machine, the core. Few enough that the first of usual requests waits for
/// milliseconds.
const ANSWERS: usize = 8;

/// What a worker tells of itself, so that readiness follows progress and not a mere thread.
#[derive(Debug, Default)]
pub(crate) struct Progress {
    /// When the request in hand was taken up, nanoseconds since the epoch; 0 while idle.
    since: AtomicU64,
    gone: AtomicBool,
}

impl Progress {
    /// What keeps the worker from being ready at `now`.
    pub(crate) fn trouble(&self, now: Timestamp) -> Option<&'static str> {
        if self.gone.load(Ordering::Relaxed) {
            return Some("has ended");
        }
        let since = self.since.load(Ordering::Relaxed);
        let stuck = since != 0 && now.since(Timestamp(since)) > STUCK_AFTER;
        stuck.then_some("has made no progress for 10 s")
    }
}

/// One worker: its inbox, its own copy of every pipeline's chain, the outbox it appends to.
pub(crate) struct Worker {
    pub(crate) inbox: Receiver<Job>,
    /// For each pipeline, what its chain is made from, in the order of the file.
    pub(crate) factories: Arc<[Vec<ProcessorFactory>]>,
    /// For each pipeline, the sampler its records wait for, if they do, and what that counts.
    pub(crate) samplers: Arc<[Option<Sampled>]>,
    pub(crate) custody: Custody,
    pub(crate) progress: Arc<Progress>,
}

/// A sampler, and what its waiting room counts.
pub(crate) type Sampled = (Arc<dyn Sampling>, WaitingSeries);

/// A worker's own copy of what works on the records of a pipeline.
struct Chain {
    steps: Vec<Box<dyn Processor>>,
    observer: Option<(Box<dyn Observer>, WaitingSeries)>,
}

impl Worker {
    /// Works until every way in is closed and the inbox is empty.
    pub(crate) fn run(self) {
        let _mark = Gone(&self.progress);
        let mut chains = self.chains();
        let mut answers = Vec::with_capacity(ANSWERS);
        while let Ok(job) = self.inbox.recv() {
            answers.extend(self.work(job, &mut chains));
            while answers.len() < ANSWERS
                && let Ok(job) = self.inbox.try_recv()
            {
                answers.extend(self.work(job, &mut chains));
            }
            answers.drain(..).for_each(|(receipt, outcome): (Receipt, _)| receipt.settle(outcome));
            self.progress.since.store(0, Ordering::Relaxed);
        }
    }

    fn chains(&self) -> Vec<Chain> {
        let chain = |(pipeline, factories): (usize, &Vec<ProcessorFactory>)| {
            let sampler = self.samplers.get(pipeline).and_then(Option::as_ref);
            let observer = sampler.map(|(sampling, series)| (sampling.observer(), series.clone()));
            Chain { steps: factories.iter().map(|make| make()).collect(), observer }
        };
        self.factories.iter().enumerate().map(chain).collect()
    }

    /// What became of a request, and the receipt to say so; none where nobody asks any more.
    fn work(&self, job: Job, chains: &mut Vec<Chain>) -> Option<(Receipt, Outcome)> {
        let now = Timestamp::now();
        self.progress.since.store(now.0, Ordering::Relaxed);
        let Job { route, open, mut permit, receipt } = job;
        if receipt.abandoned() {
            // Its sender will send it again, or has given it up: taken now it would be there twice.
            return None;
        }
        let worked = catch_unwind(AssertUnwindSafe(|| {
            let batch = open(&mut permit)?;
            Ok(process(batch, &route, chains, now))
        }));
        let failure = match worked {
            Ok(Ok(parts)) => return self.take(parts, permit, receipt, now),
            Ok(Err(Unopened::Rejected(rejection))) => Outcome::Rejected(rejection),
            Ok(Err(Unopened::Refused(refusal))) => Outcome::Refused(refusal),
            Err(_panic) => {
                // Its message may quote payload; the hook has logged the place.
                *chains = self.chains();
                Outcome::Rejected(Rejection::Internal("the request made a processor fail"))
            }
        };
        // Its bytes are given back before the sender hears of it, and sends again.
        drop(permit);
        Some((receipt, failure))
    }

    /// Takes custody, after which the sender is answered: here, or by the thread that writes the journal.
    fn take(&self, parts: Parts, mut permit: Permit, receipt: Receipt, now: Timestamp) -> Option<(Receipt, Outcome)> {
        let Parts { records, rejected, sealed: parts, counts } = parts;
        if !charge(&mut permit, &parts) {
            return Some((receipt, Outcome::Refused(Refusal::Memory)));
        }
        let then = Then::Answer(receipt, Outcome::Accepted { records, rejected });
        self.custody.take(Commit { parts, permit, now, counts, then })
    }
}

/// What one request became.
struct Parts {
    records: u64,
    rejected: u64,
    /// For each pipeline it went through, what it became there.
    sealed: Vec<Part>,
    /// What counts once they are in custody.
    counts: Vec<(Counter, u64)>,
}

fn process(batch: Batch, route: &[usize], chains: &mut [Chain], now: Timestamp) -> Parts {
    let (records, rejected) = (batch.len() as u64, batch.misfits());
    let (mut sealed, mut counts) = (Vec::with_capacity(route.len()), Vec::new());
    let mut seal = |pipeline: usize, mut batch: Batch| {
        let Chain { steps, observer } = &mut chains[pipeline];
        for step in steps {
            step.process(&mut batch, now);
        }
        match observer {
            Some((observer, series)) => {
                let series = series.of(batch.signal());
                sealed.extend(sampled(pipeline, &mut **observer, series, batch, &mut counts));
            }
            None => sealed.push(Part { pipeline, sealed: batch.seal(), seen: None }),
        }
    };
    if let Some((last, others)) = route.split_last() {
        for pipeline in others {
            seal(*pipeline, batch.clone());
        }
        seal(*last, batch);
    }
    Parts { records, rejected, sealed, counts }
}

/// What a request becomes whose records wait for decisions about their traces: a part that does, one that leaves, and one that
/// tells of what leaves ahead of its trace.
fn sampled(
    pipeline: usize,
    observer: &mut dyn Observer,
    series: &SignalSeries,
    batch: Batch,
    counts: &mut Vec<(Counter, u64)>,
) -> impl Iterator<Item = Part> {
    let Looked { leaves, gone, waits, echo } = look(observer, batch);
    for (reason, records) in gone {
        counts.extend([&series.received, series.sampled_out(reason)].map(|counter| (counter.clone(), records)));
    }
    if let Some(leaves) = &leaves {
        let records = u64::from(leaves.records());
        counts.extend([&series.received, &series.released].map(|counter| (counter.clone(), records)));
    }
    let [waits, echo] = [waits, echo].map(|of| of.map(|(sealed, seen)| Part { pipeline, sealed, seen: Some(seen) }));
    let leaves = leaves.map(|sealed| Part { pipeline, sealed, seen: None });
    waits.into_iter().chain(leaves).chain(echo)
}

/// Makes the permit cover what will be held: each distinct buffer once.
fn charge(permit: &mut Permit, parts: &[Part]) -> bool {
    let mut held = 0;
    let place = |part: &Part| part.sealed.body().as_ptr();
    for (at, one) in parts.iter().enumerate() {
        let shared = parts[..at].iter().any(|other| place(other) == place(one));
        if !shared {
            held += one.sealed.body().len();
        }
    }
    let more = held.saturating_sub(permit.bytes());
    let fits = permit.grow(more);
    permit.shrink_to(held);
    fits
}

/// Says, however the loop ends, that this worker is gone.
struct Gone<'a>(&'a Progress);

impl Drop for Gone<'_> {
    fn drop(&mut self) {
        self.0.gone.store(true, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests;
