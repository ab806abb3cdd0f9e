//! Built components, wired and running: threads for the workers, tasks for the doors, one outbox between.

use std::io;
use std::sync::Arc;
use std::thread;

use tokio::task::JoinSet;

use crate::component::{Exporter, Receiver};
use crate::config::{ComponentId, Kind, Plan, Planned};
use crate::intake::Intake;
use crate::journal::custody::{self, Custody, Keeper};
use crate::journal::{Bounds, Destination, Outbox, Recovery, Storage};
use crate::ledger::Ledger;
use crate::memory::Memory;
use crate::registry::{BuildCx, BuildError, Extension, ProcessorFactory};
use crate::stop::{Stop, Stopper};
use crate::worker::{Progress, Worker};
use crate::{Signal, Timestamp};

/// Requests that may wait for a worker, for each worker. Their bytes are bounded by the memory limit;
/// this bounds their number, so that tiny requests wait at most some tens of milliseconds.
const INBOX_PER_WORKER: usize = 1024;

/// A pipeline's wiring, by index into the lists of [`Parts`].
pub struct Pipeline {
    /// What it carries.
    pub signal: Signal,
    /// The receivers that feed it.
    pub receivers: Vec<usize>,
    /// What its chain is made from, in the order of the file.
    pub chain: Vec<ProcessorFactory>,
    /// The exporters it feeds.
    pub exporters: Vec<usize>,
}

/// Everything that is built and not yet running.
pub struct Parts {
    /// The byte budget.
    pub memory: Arc<Memory>,
    /// The journal in files, if there is to be one.
    pub storage: Option<Storage>,
    /// Worker threads.
    pub workers: usize,
    /// Doors in.
    pub receivers: Vec<(ComponentId, Box<dyn Receiver>)>,
    /// Doors out, with what the outbox may owe them.
    pub exporters: Vec<(ComponentId, Bounds, Box<dyn Exporter>)>,
    /// How they are wired.
    pub pipelines: Vec<Pipeline>,
}

/// A component that could not be built: its kind and id, and why.
pub type Unbuilt = (Kind, ComponentId, BuildError);

/// A running graph.
pub struct Running {
    pub(crate) receivers: JoinSet<(String, io::Result<()>)>,
    pub(crate) exporters: JoinSet<String>,
    pub(crate) workers: Vec<thread::JoinHandle<()>>,
    pub(crate) stop_receivers: Stopper,
    pub(crate) stop_exporters: Stopper,
    pub(crate) outbox: Arc<Outbox>,
    pub(crate) keeper: Option<Keeper>,
    health: Health,
    /// What the receivers listen on, for people: `otlp: grpc 127.0.0.1:4317`.
    pub listening: Vec<String>,
}

/// What readiness is judged by. Clones judge the same graph.
#[derive(Clone)]
pub struct Health {
    progress: Arc<[Arc<Progress>]>,
    outbox: Arc<Outbox>,
    stop: Stop,
}

impl Health {
    /// What keeps the process from being ready, in words; empty when it is ready.
    pub fn troubles(&self, now: Timestamp) -> Vec<String> {
        let stuck = |(at, progress): (usize, &Arc<Progress>)| {
            progress.trouble(now).map(|trouble| format!("worker {at} {trouble}"))
        };
        let mut troubles: Vec<_> = self.progress.iter().enumerate().filter_map(stuck).collect();
        if self.stop.phase() != crate::stop::Phase::Running {
            troubles.push("shutting down".into());
        } else {
            troubles.extend(self.outbox.trouble().map(Into::into));
        }
        troubles
    }

    /// How far the look at what the journal held at the start has come; none once it is over. It keeps nobody from
    /// being ready: what is found is delivered meanwhile.
    pub fn recovery(&self) -> Option<Recovery> {
        self.outbox.recovery()
    }
}

impl Parts {
    /// Builds what `plan` names, extensions first, since others ask for them. Touches files
    /// (certificates, passwords), opens no socket. Tells every component that could not be built.
    pub fn build(plan: &Plan, ledger: &Arc<Ledger>, memory: Arc<Memory>, workers: usize) -> Result<Self, Vec<Unbuilt>> {
        let mut unbuilt = Vec::new();
        let mut extensions: Vec<(ComponentId, Extension)> = Vec::new();
        for planned in &plan.extensions {
            let cx = BuildCx { id: &planned.id, ledger, extensions: &extensions };
            let made = (planned.entry.build)(&planned.block, &cx);
            extensions
                .extend(kept(Kind::Extension, planned, made, &mut unbuilt).map(|made| (planned.id.clone(), made)));
        }
        let (mut receivers, mut exporters, mut processors) = (Vec::new(), Vec::new(), Vec::new());
        for planned in &plan.receivers {
            let cx = BuildCx { id: &planned.id, ledger, extensions: &extensions };
            let made = (planned.entry.build)(&planned.block, &cx);
            receivers.extend(kept(Kind::Receiver, planned, made, &mut unbuilt).map(|made| (planned.id.clone(), made)));
        }
        for planned in &plan.processors {
            let cx = BuildCx { id: &planned.id, ledger, extensions: &extensions };
            processors.extend(kept(Kind::Processor, planned, (planned.entry.build)(&planned.block, &cx), &mut unbuilt));
        }
        for planned in &plan.exporters {
            let cx = BuildCx { id: &planned.id, ledger, extensions: &extensions };
            let made = (planned.entry.build)(&planned.block, &cx);
            let made = kept(Kind::Exporter, planned, made, &mut unbuilt);
            exporters.extend(made.map(|(bounds, made)| (planned.id.clone(), bounds, made)));
        }
        if !unbuilt.is_empty() {
            return Err(unbuilt);
        }
        let pipelines = plan.pipelines.iter().map(|pipeline| Pipeline {
            signal: pipeline.signal,
            receivers: pipeline.receivers.clone(),
            chain: pipeline.processors.iter().filter_map(|at| processors[*at].clone()).collect(),
            exporters: pipeline.exporters.clone(),
        });
        let pipelines = pipelines.collect();
        let storage = plan.service.storage.clone();
        Ok(Self { memory, storage, workers, receivers, exporters, pipelines })
    }

    /// Opens every socket, then starts workers, exporters and receivers, in this order, so that what
    /// is accepted always has somewhere to go. A busy port ends the start with its address.
    pub async fn start(mut self, ledger: &Ledger) -> io::Result<Running> {
        let listening = bind(&mut self.receivers).await?;
        let (outbox, custody, keeper) = self.outbox(ledger)?;
        let (stop_receivers, receivers_stop) = Stopper::new();
        let (stop_exporters, exporters_stop) = Stopper::new();
        let (sender, inbox) = crossbeam_channel::bounded(INBOX_PER_WORKER * self.workers);
        let factories: Arc<[_]> = self.pipelines.iter().map(|pipeline| pipeline.chain.clone()).collect();
        let mut workers = Vec::with_capacity(self.workers);
        let mut progress = Vec::with_capacity(self.workers);
        for at in 0..self.workers {
            let mine = Arc::new(Progress::default());
            progress.push(mine.clone());
            let (inbox, factories, custody) = (inbox.clone(), factories.clone(), custody.clone());
            let worker = Worker { inbox, factories, custody, progress: mine };
            workers.push(thread::Builder::new().name(format!("worker-{at}")).spawn(|| worker.run())?);
        }
        let health = Health { progress: progress.into(), outbox: outbox.clone(), stop: receivers_stop.clone() };
        let mut exporters = JoinSet::new();
        for (at, (id, _, exporter)) in self.exporters.into_iter().enumerate() {
            let run = exporter.run(outbox.cursor(at), exporters_stop.clone());
            exporters.spawn(async move {
                run.await;
                id.to_string()
            });
        }
        let mut receivers = JoinSet::new();
        for (at, (id, receiver)) in self.receivers.into_iter().enumerate() {
            let routes = Signal::ALL.map(|signal| route(&self.pipelines, at, signal));
            let (memory, outbox) = (self.memory.clone(), outbox.clone());
            let serve =
                receiver.serve(Intake { memory, workers: sender.clone(), outbox, routes }, receivers_stop.clone());
            receivers.spawn(async move { (id.to_string(), serve.await) });
        }
        Ok(Running { receivers, exporters, workers, stop_receivers, stop_exporters, outbox, keeper, health, listening })
    }

    fn outbox(&self, ledger: &Ledger) -> io::Result<(Arc<Outbox>, Custody, Option<Keeper>)> {
        let destination = |(id, bounds, _): &(ComponentId, Bounds, _)| Destination {
            name: id.to_string(),
            bounds: bounds.clone(),
            series: Signal::ALL.map(|signal| ledger.destination(&id.to_string(), signal)),
        };
        let destinations = self.exporters.iter().map(destination).collect();
        let routes = self.pipelines.iter().map(|pipeline| pipeline.exporters.clone()).collect();
        let memory = self.memory.clone();
        let Some(storage) = &self.storage else {
            let outbox = Outbox::new(memory, routes, destinations);
            return Ok((outbox.clone(), Custody::Memory(outbox), None));
        };
        let folder = |error: io::Error| {
            io::Error::new(error.kind(), format!("service.storage.directory {}: {error}", storage.directory.display()))
        };
        let (outbox, custody, keeper) = custody::open(storage, memory, routes, destinations, ledger).map_err(folder)?;
        Ok((outbox, custody, Some(keeper)))
    }
}

impl Running {
    /// What readiness is judged by.
    pub fn health(&self) -> Health {
        self.health.clone()
    }

    /// Waits for a part that ended though nobody asked it to; says which and why.
    pub async fn failed(&mut self) -> String {
        tokio::select! {
            Some(ended) = self.receivers.join_next() => match ended {
                Ok((id, Err(error))) => format!("receiver {id}: {error}"),
                Ok((id, Ok(()))) => format!("receiver {id} has ended"),
                Err(_panic) => "a receiver has failed".into(),
            },
            Some(ended) = self.exporters.join_next() => match ended {
                Ok(id) => format!("exporter {id} has ended"),
                Err(_panic) => "an exporter has failed".into(),
            },
            else => std::future::pending().await,
        }
    }
}

/// What was made, or nothing and a line in `unbuilt`.
fn kept<E, T>(kind: Kind, of: &Planned<E>, made: Result<T, BuildError>, unbuilt: &mut Vec<Unbuilt>) -> Option<T> {
    made.map_err(|error| unbuilt.push((kind, of.id.clone(), error))).ok()
}

async fn bind(receivers: &mut [(ComponentId, Box<dyn Receiver>)]) -> io::Result<Vec<String>> {
    let mut listening = Vec::new();
    for (id, receiver) in receivers {
        let named = |error: io::Error| io::Error::new(error.kind(), format!("receiver {id}: {error}"));
        listening.extend(receiver.bind().await.map_err(named)?.into_iter().map(|at| format!("{id}: {at}")));
    }
    Ok(listening)
}

/// The pipelines of `signal` that receiver `receiver` feeds.
fn route(pipelines: &[Pipeline], receiver: usize, signal: Signal) -> Arc<[usize]> {
    let fed = |(_, pipeline): &(usize, &Pipeline)| pipeline.signal == signal && pipeline.receivers.contains(&receiver);
    pipelines.iter().enumerate().filter(fed).map(|(at, _)| at).collect()
}
