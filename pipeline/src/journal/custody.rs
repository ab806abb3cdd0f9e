//! The one place where custody is taken: in RAM at once, in files by the thread that writes them.

use std::collections::BTreeSet;
use std::io;
use std::sync::Arc;
use std::thread;

use crossbeam_channel::{Sender, TrySendError, bounded};

use super::commit::{Commit, Handed, Then};
use super::decisions::Recorded;
use super::files::{Gone, Opened, Storage, scan};
use super::format::{Routed, Table};
use super::outbox::{Destination, Outbox, Rooms};
use super::segments::{DECIDED, Segments};
use super::volume::{Folder, Volume};
use super::writer::Writer;
use crate::Timestamp;
use crate::ledger::Ledger;
use crate::memory::Memory;
use crate::receipt::{Outcome, Receipt, Refusal};

/// Requests that may wait to be written. Their bytes are bounded by the memory limit.
const WAITING: usize = 1024;

/// A way into custody. Clones share it.
#[derive(Clone)]
pub(crate) enum Custody {
    /// Held in RAM.
    Memory(Arc<Outbox>),
    /// Written by the thread at the other end.
    Files {
        /// Its way in.
        writer: Sender<Handed>,
        /// How many pipelines there are.
        pipelines: usize,
    },
}

impl Custody {
    /// Takes custody of what a request became, or says why not; the receipt and what to tell with it, unless that is
    /// left to who writes.
    pub(crate) fn take(&self, commit: Commit) -> Option<(Receipt, Outcome)> {
        match self {
            // What is in RAM is copied there.
            Self::Memory(_) if matches!(commit.then, Then::Copy(_)) => commit.refused(Refusal::Storage),
            Self::Memory(outbox) => {
                commit.count();
                let Commit { parts, permit, now, then, .. } = commit;
                let placed = outbox.append(parts, permit, now);
                match then {
                    Then::Answer(receipt, outcome) => Some((receipt, outcome)),
                    Then::Decide(decided) => {
                        outbox.rooms.all[decided.sampler].remember(&decided.entries, placed);
                        (decided.told)(None);
                        None
                    }
                    Then::Copy(_) => None,
                }
            }
            Self::Files { writer, pipelines } => match writer.try_send(commit.framed(*pipelines)) {
                Ok(()) => None,
                Err(TrySendError::Full(handed)) => handed.commit.refused(Refusal::Busy),
                Err(TrySendError::Disconnected(handed)) => handed.commit.refused(Refusal::Storage),
            },
        }
    }
}

impl Custody {
    /// Waits until all that was handed over before is in custody, or refused. Blocks.
    pub(crate) fn settle(&self) {
        let Self::Files { writer, pipelines } = self else { return };
        let (receipt, answer) = Receipt::new();
        let permit = Memory::new(0).force(0);
        let then = Then::Answer(receipt, Outcome::Accepted { records: 0, rejected: 0 });
        let nothing = Commit { parts: Vec::new(), permit, now: Timestamp(0), counts: Vec::new(), then };
        if writer.send(nothing.framed(*pipelines)).is_ok() {
            let _answered = answer.wait();
        }
    }
}

/// The threads behind the files. They end once every [`Custody`] is gone and this is closed.
#[derive(Debug)]
pub(crate) struct Keeper {
    volume: Arc<dyn Volume>,
    done: Sender<()>,
    writer: thread::JoinHandle<()>,
}

impl Keeper {
    /// The decisions of earlier lives.
    pub(crate) fn recorded(&self) -> io::Result<Recorded> {
        Segments::open(self.volume.clone(), DECIDED).map(Recorded)
    }

    /// Waits until all that was settled is written down. Blocks.
    pub(crate) fn close(self) {
        drop(self.done);
        let _panicked = self.writer.join();
    }
}

/// An outbox over the files of `storage`, and the way into it.
pub(crate) fn open(
    storage: &Storage,
    memory: Arc<Memory>,
    routes: Vec<Vec<usize>>,
    destinations: Vec<Destination>,
    rooms: Rooms,
    ledger: &Ledger,
) -> io::Result<(Arc<Outbox>, Custody, Keeper)> {
    let volume: Arc<dyn Volume> = Arc::new(Folder::open(&storage.directory)?);
    open_on(volume, storage, memory, routes, destinations, rooms, ledger)
}

/// The same, on any volume.
pub(super) fn open_on(
    volume: Arc<dyn Volume>,
    storage: &Storage,
    memory: Arc<Memory>,
    routes: Vec<Vec<usize>>,
    destinations: Vec<Destination>,
    rooms: Rooms,
    ledger: &Ledger,
) -> io::Result<(Arc<Outbox>, Custody, Keeper)> {
    let mut names: Vec<String> = destinations.iter().map(|destination| destination.name.clone()).collect();
    let table = table(&routes, &names, &rooms);
    names.extend(rooms.all.iter().map(|room| room.name()));
    let (wake, settled) = bounded(1);
    let mut opened = Opened::open(&volume, storage, &table, &names, &wake, ledger)?;
    let outbox = Outbox::with(memory, routes, destinations, rooms, Some(opened.files.clone()));
    opened.owe(&outbox);
    let (done, ended) = bounded(0);
    let (sender, inbox) = bounded(WAITING);
    let (files, gone) = (opened.files.clone(), std::mem::take(&mut opened.gone));
    let writer = Writer::new(opened, outbox.clone(), volume.clone(), storage.clone(), [settled, ended], inbox);
    let writer = thread::Builder::new().name("journal".into()).spawn(|| writer.run())?;
    let found = outbox.clone();
    let kept = volume.clone();
    thread::Builder::new().name("recovery".into()).spawn(move || {
        let begin = Timestamp::now();
        scan(&files, &found, &gone);
        for Gone { exporter, .. } in &gone {
            if let Err(error) = super::settled::Settled::forget(&*kept, exporter) {
                tracing::warn!(exporter, "its cursor file stays: {error}");
            }
        }
        let took = Timestamp::now().since(begin);
        tracing::debug!(seconds = took.as_secs_f64(), "the journal has been looked through");
    })?;
    let custody = Custody::Files { writer: sender, pipelines: outbox.pipelines() };
    Ok((outbox, custody, Keeper { volume, done, writer }))
}

/// Where the frames of a segment go: first those that are owed, by pipeline, then those that wait, then those that are owed
/// to one destination alone ([`Outbox::alone`]).
pub(super) fn table(routes: &[Vec<usize>], exporters: &[String], rooms: &Rooms) -> Table {
    let routed = |fed: &Vec<usize>| Routed::to(fed.iter().map(|at| exporters[*at].clone()).collect());
    let mut pipelines: Vec<Routed> = routes.iter().map(routed).collect();
    if !rooms.all.is_empty() {
        let waits = |room: &Option<usize>| Routed::to(room.iter().map(|at| rooms.all[*at].name()).collect());
        pipelines.extend(rooms.of.iter().map(waits));
        pipelines.extend(rooms.of.iter().map(|room| Routed { echo: true, ..waits(room) }));
    }
    pipelines.extend(exporters.iter().map(|exporter| Routed::to(vec![exporter.clone()])));
    let samplers = rooms.all.iter().map(|room| (room.sampler.clone(), room.legend.clone())).collect();
    let reached = |room: usize| {
        let released = routes.iter().zip(&rooms.of).filter(|(_, of)| **of == Some(room));
        let reached: BTreeSet<usize> = released.flat_map(|(fed, _)| fed.iter().copied()).collect();
        reached.into_iter().map(|at| exporters[at].clone()).collect()
    };
    Table { pipelines, samplers, reached: (0..rooms.all.len()).map(reached).collect() }
}
