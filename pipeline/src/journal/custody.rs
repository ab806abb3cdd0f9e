//! The one place where custody is taken: in RAM at once, in files by the thread that writes them.

use std::io;
use std::sync::Arc;
use std::thread;

use crossbeam_channel::{Sender, TrySendError, bounded};

use super::files::{Gone, Opened, Storage, scan};
use super::format::{Routed, Table};
use super::outbox::{Destination, Outbox};
use super::volume::{Folder, Volume};
use super::writer::{Commit, Writer};
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
    Files(Sender<Commit>),
}

impl Custody {
    /// Takes custody of what a request became, or says why not; the receipt and what to tell with it, unless that is
    /// left to who writes.
    pub(crate) fn take(&self, commit: Commit) -> Option<(Receipt, Outcome)> {
        match self {
            Self::Memory(outbox) => {
                let Commit { parts, permit, receipt, outcome, now } = commit;
                outbox.append(parts, permit, now);
                Some((receipt, outcome))
            }
            Self::Files(writer) => match writer.try_send(commit) {
                Ok(()) => None,
                Err(TrySendError::Full(commit)) => Some((commit.receipt, Outcome::Refused(Refusal::Busy))),
                Err(TrySendError::Disconnected(commit)) => Some((commit.receipt, Outcome::Refused(Refusal::Storage))),
            },
        }
    }
}

/// The threads behind the files. They end once every [`Custody`] is gone and this is closed.
#[derive(Debug)]
pub(crate) struct Keeper {
    done: Sender<()>,
    writer: thread::JoinHandle<()>,
}

impl Keeper {
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
    ledger: &Ledger,
) -> io::Result<(Arc<Outbox>, Custody, Keeper)> {
    let volume: Arc<dyn Volume> = Arc::new(Folder::open(&storage.directory)?);
    open_on(volume, storage, memory, routes, destinations, ledger)
}

/// The same, on any volume.
pub(super) fn open_on(
    volume: Arc<dyn Volume>,
    storage: &Storage,
    memory: Arc<Memory>,
    routes: Vec<Vec<usize>>,
    destinations: Vec<Destination>,
    ledger: &Ledger,
) -> io::Result<(Arc<Outbox>, Custody, Keeper)> {
    let exporters: Vec<String> = destinations.iter().map(|destination| destination.name.clone()).collect();
    let routed = |fed: &Vec<usize>| Routed { exporters: fed.iter().map(|at| exporters[*at].clone()).collect() };
    let table = Table { pipelines: routes.iter().map(routed).collect() };
    let (wake, settled) = bounded(1);
    let mut opened = Opened::open(&volume, storage, &table, &exporters, &wake, ledger)?;
    let outbox = Outbox::with(memory, routes, destinations, Some(opened.files.clone()));
    opened.owe(&outbox);
    let (done, ended) = bounded(0);
    let (sender, inbox) = bounded(WAITING);
    let (files, gone) = (opened.files.clone(), std::mem::take(&mut opened.gone));
    let writer = Writer::new(opened, outbox.clone(), volume.clone(), storage.clone(), [settled, ended], inbox);
    let writer = thread::Builder::new().name("journal".into()).spawn(|| writer.run())?;
    let found = outbox.clone();
    thread::Builder::new().name("recovery".into()).spawn(move || {
        let begin = Timestamp::now();
        scan(&files, &found, &gone);
        for Gone { exporter, .. } in &gone {
            if let Err(error) = super::settled::Settled::forget(&*volume, exporter) {
                tracing::warn!(exporter, "its cursor file stays: {error}");
            }
        }
        let took = Timestamp::now().since(begin);
        tracing::debug!(seconds = took.as_secs_f64(), "the journal has been looked through");
    })?;
    Ok((outbox, Custody::Files(sender), Keeper { done, writer }))
}
