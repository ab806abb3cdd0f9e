//! Built components, wired and running: threads for the workers, tasks for the doors, one outbox between.

use std::io;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use tokio::task::JoinSet;

use crate::component::{Exporter, Receiver};
use crate::config::{ComponentId, Kind, PipelinePlan, Plan, Planned};
use crate::decider::{self, Post, Staff, shared};
use crate::intake::{Intake, Job};
use crate::journal::custody::{self, Custody, Keeper};
use crate::journal::{Bounds, Destination, Found, Outbox, Recovery, Storage, decision, waiting_room};
use crate::ledger::Ledger;
use crate::memory::Memory;
use crate::registry::{AUTHENTICATOR, BuildCx, BuildError, Extension, ProcessorFactory, Step};
use crate::sampling::{Sampling, TraceId};
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
    /// What its chain is made from, in the order of the file, up to the sampler if there is one.
    pub chain: Vec<ProcessorFactory>,
    /// What happens to the records of traces that are kept.
    pub sampled: Option<Sampled>,
    /// The exporters it feeds.
    pub exporters: Vec<usize>,
}

/// A sampler and its id.
type Named = (ComponentId, Arc<dyn Sampling>);

/// The same, where it stands.
type NamedRef<'a> = (&'a ComponentId, &'a Arc<dyn Sampling>);

/// The threads of the workers, and what each tells of itself.
type Workforce = (Vec<thread::JoinHandle<()>>, Vec<Arc<Progress>>);

/// The rest of a pipeline whose records wait for a decision about their trace.
pub struct Sampled {
    /// Which of [`Parts::samplers`].
    pub sampler: usize,
    /// What the chain behind the sampler is made from, in the order of the file.
    pub chain: Vec<ProcessorFactory>,
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
    /// Those who decide, each for all pipelines that list it.
    pub samplers: Vec<Named>,
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
    pub(crate) staff: Staff,
    pub(crate) custody: Custody,
    pub(crate) stop_receivers: Stopper,
    pub(crate) stop_exporters: Stopper,
    pub(crate) outbox: Arc<Outbox>,
    pub(crate) keeper: Option<Keeper>,
    health: Health,
    decisions: Decisions,
    /// What the receivers listen on, for people: `otlp: grpc 127.0.0.1:4317`.
    pub listening: Vec<String>,
}

/// What readiness is judged by. Clones judge the same graph.
#[derive(Clone)]
pub struct Health {
    progress: Arc<[Arc<Progress>]>,
    ended: Arc<[(String, Arc<AtomicBool>)]>,
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
            let ended = self.ended.iter().filter(|(_, ended)| ended.load(Ordering::Relaxed));
            troubles.extend(ended.map(|(sampler, _)| format!("sampler {sampler} has ended")));
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
        // Whether an extension may be missing that others ask for.
        let lacking = !unbuilt.is_empty() || plan.pipelines.is_empty();
        let (mut receivers, mut exporters, mut processors) = (Vec::new(), Vec::new(), Vec::new());
        for planned in &plan.receivers {
            let cx = BuildCx { id: &planned.id, ledger, extensions: &extensions };
            let made = (planned.entry.build)(&planned.block, &cx);
            receivers.extend(kept(Kind::Receiver, planned, made, &mut unbuilt).map(|made| (planned.id.clone(), made)));
        }
        for planned in &plan.processors {
            let cx = BuildCx { id: &planned.id, ledger, extensions: &extensions };
            let made = kept(Kind::Processor, planned, (planned.entry.build)(&planned.block, &cx), &mut unbuilt);
            processors.extend(made.map(|made| (planned.id.clone(), made)));
        }
        for planned in &plan.exporters {
            let cx = BuildCx { id: &planned.id, ledger, extensions: &extensions };
            let made = (planned.entry.build)(&planned.block, &cx);
            let made = kept(Kind::Exporter, planned, made, &mut unbuilt);
            exporters.extend(made.map(|(bounds, made)| (planned.id.clone(), bounds, made)));
        }
        unbuilt.extend(shared_files(&exporters));
        if lacking {
            // Whoever asks for it has nothing wrong of its own.
            unbuilt.retain(|(kind, _, error)| *kind == Kind::Extension || !error.key.ends_with(AUTHENTICATOR));
        }
        if !unbuilt.is_empty() {
            return Err(unbuilt);
        }
        let (samplers, pipelines) = pipelines(plan, &processors);
        let storage = plan.service.storage.clone();
        Ok(Self { memory, storage, workers, receivers, exporters, samplers, pipelines })
    }

    /// Opens every socket and every file, then starts samplers, workers, exporters and receivers, in this order, so that what
    /// is accepted always has somewhere to go. A busy port ends the start with its address, a file with its path.
    pub async fn start(mut self, ledger: &Ledger) -> io::Result<Running> {
        let listening = bind(&mut self.receivers).await?;
        let posts = self.posts(ledger);
        let (outbox, custody, keeper) = self.outbox(&posts, ledger)?;
        open(&mut self.exporters)?;
        let (stop_receivers, receivers_stop) = Stopper::new();
        let (stop_exporters, exporters_stop) = Stopper::new();
        let (sender, inbox) = crossbeam_channel::bounded(INBOX_PER_WORKER * self.workers);
        let (workers, progress) = self.workers(&posts, &inbox, &custody)?;
        let behind = |pipeline: &Pipeline| pipeline.sampled.as_ref().map_or_else(Vec::new, |rest| rest.chain.clone());
        let chains: Vec<_> = self.pipelines.iter().map(behind).collect();
        let storage = self.storage.as_ref().map(|storage| storage.max_size);
        let mut recorded = || keeper.as_ref().map(Keeper::recorded).transpose();
        let staff = Staff::begin(posts, &chains, &custody, (&self.memory, storage), &mut recorded)?;
        let (progress, ended) = (progress.into(), staff.ended());
        let health = Health { progress, ended, outbox: outbox.clone(), stop: receivers_stop.clone() };
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
        let (decided, folder) = (outbox.clone(), self.storage.map(|storage| storage.directory));
        let decisions = Decisions { outbox: decided, folder };
        Ok(Running {
            receivers,
            exporters,
            workers,
            staff,
            custody,
            stop_receivers,
            stop_exporters,
            outbox,
            keeper,
            health,
            decisions,
            listening,
        })
    }

    /// The samplers, each with the pipelines that share it; a second of the same block has a name of its own.
    fn posts(&self, ledger: &Ledger) -> Vec<Post> {
        let post = |(name, sampler, pipelines): (String, usize, _)| {
            Post::new(name, self.samplers[sampler].1.clone(), pipelines, self.memory.limit(), ledger)
        };
        self.sharing().into_iter().map(post).collect()
    }

    fn sharing(&self) -> Vec<(String, usize, [Option<usize>; 3])> {
        let sampler = |pipeline: &Pipeline| pipeline.sampled.as_ref().map(|rest| rest.sampler);
        let wired: Vec<_> = self.pipelines.iter().map(|pipeline| (pipeline.signal, sampler(pipeline))).collect();
        let mut sharing: Vec<(String, usize, _)> = Vec::new();
        for (sampler, pipelines) in shared(&wired) {
            let id = &self.samplers[sampler].0;
            let before = sharing.iter().filter(|(_, other, _)| *other == sampler).count();
            let name = if before == 0 { id.to_string() } else { format!("{id}#{}", before + 1) };
            sharing.push((name, sampler, pipelines));
        }
        sharing
    }

    /// Who is owed frames of the journal: exporters, and samplers by the name of their waiting room.
    pub fn owed(&self) -> Vec<String> {
        let exporters = self.exporters.iter().map(|(id, ..)| id.to_string());
        let rooms = self.sharing().into_iter().map(|(name, ..)| waiting_room(&name));
        exporters.chain(rooms).collect()
    }

    fn workers(
        &self,
        posts: &[Post],
        inbox: &crossbeam_channel::Receiver<Job>,
        custody: &Custody,
    ) -> io::Result<Workforce> {
        let factories: Arc<[_]> = self.pipelines.iter().map(|pipeline| pipeline.chain.clone()).collect();
        let waits = |at| posts.iter().find(|post| post.pipelines.contains(&Some(at)));
        let sampler = |at| waits(at).map(|post| (post.sampling.clone(), post.series.clone()));
        let samplers: Arc<[_]> = (0..self.pipelines.len()).map(sampler).collect();
        let mut workers = Vec::with_capacity(self.workers);
        let mut progress = Vec::with_capacity(self.workers);
        for at in 0..self.workers {
            let mine = Arc::new(Progress::default());
            progress.push(mine.clone());
            let (inbox, factories) = (inbox.clone(), factories.clone());
            let (samplers, custody) = (samplers.clone(), custody.clone());
            let worker = Worker { inbox, factories, samplers, custody, progress: mine };
            workers.push(thread::Builder::new().name(format!("worker-{at}")).spawn(|| worker.run())?);
        }
        Ok((workers, progress))
    }

    fn outbox(&self, posts: &[Post], ledger: &Ledger) -> io::Result<(Arc<Outbox>, Custody, Option<Keeper>)> {
        let destination = |(id, bounds, _): &(ComponentId, Bounds, _)| Destination {
            name: id.to_string(),
            bounds: bounds.clone(),
            series: Signal::ALL.map(|signal| ledger.destination(&id.to_string(), signal)),
        };
        let destinations = self.exporters.iter().map(destination).collect();
        let routes = self.pipelines.iter().map(|pipeline| pipeline.exporters.clone()).collect();
        let memory = self.memory.clone();
        let rooms = decider::rooms(posts, self.pipelines.len());
        let Some(storage) = &self.storage else {
            let outbox = Outbox::with(memory, routes, destinations, rooms, None);
            return Ok((outbox.clone(), Custody::Memory(outbox), None));
        };
        let folder = |error: io::Error| {
            io::Error::new(error.kind(), format!("service.storage.directory {}: {error}", storage.directory.display()))
        };
        let opened = custody::open(storage, memory, routes, destinations, rooms, ledger);
        let (outbox, custody, keeper) = opened.map_err(folder)?;
        Ok((outbox, custody, Some(keeper)))
    }
}

/// What tells why a trace was kept or not. Clones tell of the same graph.
#[derive(Clone)]
pub struct Decisions {
    outbox: Arc<Outbox>,
    /// Where decisions are kept, if in files.
    folder: Option<PathBuf>,
}

impl Decisions {
    /// The last decision about `trace`, as far back as they are kept. Reads files, if there are any.
    pub fn of(&self, trace: TraceId) -> io::Result<Option<Found>> {
        match (self.outbox.decision(trace), &self.folder) {
            (None, Some(folder)) => decision(folder, trace),
            (found, _) => Ok(found),
        }
    }
}

impl Running {
    /// What tells why a trace was kept or not.
    pub fn decisions(&self) -> Decisions {
        self.decisions.clone()
    }

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

/// The samplers of a plan, and its pipelines, which share those they list.
fn pipelines(plan: &Plan, processors: &[(ComponentId, Step)]) -> (Vec<Named>, Vec<Pipeline>) {
    let mut samplers: Vec<Named> = Vec::new();
    let pipeline = |pipeline: &PipelinePlan| {
        let mut steps = pipeline.processors.iter().map(|at| &processors[*at]);
        let (before, sampler) = chain(&mut steps);
        let sampled = sampler.map(|(id, sampling)| {
            let known = samplers.iter().position(|(other, _)| other == id);
            let sampler = known.unwrap_or(samplers.len());
            if known.is_none() {
                samplers.push((id.clone(), sampling.clone()));
            }
            Sampled { sampler, chain: chain(&mut steps).0 }
        });
        let (receivers, exporters) = (pipeline.receivers.clone(), pipeline.exporters.clone());
        Pipeline { signal: pipeline.signal, receivers, chain: before, sampled, exporters }
    };
    let pipelines = plan.pipelines.iter().map(pipeline).collect();
    (samplers, pipelines)
}

/// The steps up to the next sampler, and that.
fn chain<'a>(
    steps: &mut impl Iterator<Item = &'a (ComponentId, Step)>,
) -> (Vec<ProcessorFactory>, Option<NamedRef<'a>>) {
    let mut chain = Vec::new();
    for (id, step) in steps {
        match step {
            Step::Nothing => {}
            Step::Each(factory) => chain.push(factory.clone()),
            Step::Sampler(sampling) => return (chain, Some((id, sampling))),
        }
    }
    (chain, None)
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

/// Exporters that write the file of one before them, which would empty and cut one another's.
fn shared_files(exporters: &[(ComponentId, Bounds, Box<dyn Exporter>)]) -> Vec<Unbuilt> {
    let mut files: Vec<(&ComponentId, PathBuf)> = Vec::new();
    let mut shared = Vec::new();
    for (id, _, exporter) in exporters {
        let Some(file) = exporter.writes() else { continue };
        match files.iter().find(|(_, other)| *other == file) {
            Some((other, _)) => {
                let reason = format!("exporter `{other}` writes {} too", file.display());
                shared.push((Kind::Exporter, id.clone(), BuildError::at("path", reason)));
            }
            None => files.push((id, file)),
        }
    }
    shared
}

fn open(exporters: &mut [(ComponentId, Bounds, Box<dyn Exporter>)]) -> io::Result<()> {
    for (id, _, exporter) in exporters {
        exporter.open().map_err(|error| io::Error::new(error.kind(), format!("exporter {id}: {error}")))?;
    }
    Ok(())
}

/// The pipelines of `signal` that receiver `receiver` feeds.
fn route(pipelines: &[Pipeline], receiver: usize, signal: Signal) -> Arc<[usize]> {
    let fed = |(_, pipeline): &(usize, &Pipeline)| pipeline.signal == signal && pipeline.receivers.contains(&receiver);
    pipelines.iter().enumerate().filter(fed).map(|(at, _)| at).collect()
}
