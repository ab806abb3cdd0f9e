//! The threads behind the samplers of a graph: one that decides and one that releases for each; how they begin and end.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{self, JoinHandle};

use crossbeam_channel::{Receiver, Sender, unbounded};

use super::{Budget, Decider, Order, Recovery, Releaser};
use crate::Signal;
use crate::journal::custody::Custody;
use crate::journal::room::Room;
use crate::journal::{Recorded, Rooms};
use crate::ledger::{Ledger, WaitingSeries};
use crate::memory::Memory;
use crate::registry::ProcessorFactory;
use crate::sampling::{OnShutdown, Sampling};

/// One sampler, before it works.
pub(crate) struct Post {
    /// Its id.
    pub(crate) id: String,
    pub(crate) sampling: Arc<dyn Sampling>,
    pub(crate) series: WaitingSeries,
    /// By signal, the pipeline whose records wait for it.
    pub(crate) pipelines: [Option<usize>; 3],
    room: Arc<Room>,
    orders: (Sender<Order>, Receiver<Order>),
}

/// The samplers at work.
pub(crate) struct Staff {
    threads: Vec<JoinHandle<()>>,
    /// How each is told to stop, and what becomes of what waits then.
    stops: Vec<(Sender<Order>, OnShutdown)>,
    series: Vec<(String, WaitingSeries)>,
    ended: Vec<(String, Arc<AtomicBool>)>,
}

/// Says, however a thread ends, that its sampler works no more.
struct Mark(Arc<AtomicBool>);

impl Drop for Mark {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

/// What waits for each sampler, however that ends.
pub(crate) struct Left(Vec<(String, WaitingSeries)>);

impl Left {
    /// Records that wait, by sampler; none that nothing waits for.
    pub(crate) fn records(&self) -> Vec<(String, u64)> {
        let waits = |series: &WaitingSeries| {
            [Signal::Traces, Signal::Logs].map(|signal| series.of(signal).pending.get()).iter().sum::<i64>()
        };
        let left = self.0.iter().map(|(id, series)| (id.clone(), u64::try_from(waits(series)).unwrap_or_default()));
        left.filter(|(_, records)| *records > 0).collect()
    }
}

impl Post {
    /// The post of a sampler, under a memory limit of `memory` bytes.
    pub(crate) fn new(
        id: String,
        sampling: Arc<dyn Sampling>,
        pipelines: [Option<usize>; 3],
        memory: usize,
        ledger: &Ledger,
    ) -> Self {
        let orders = queue();
        let room = Room::new(id.clone(), sampling.legend(), orders.0.clone(), memory);
        let series = ledger.waiting(&id);
        Self { id, sampling, series, pipelines, room, orders }
    }
}

/// The waiting rooms of `posts`, over `pipelines` pipelines.
pub(crate) fn rooms(posts: &[Post], pipelines: usize) -> Rooms {
    let of = |pipeline: usize| posts.iter().position(|post| post.pipelines.contains(&Some(pipeline)));
    Rooms { all: posts.iter().map(|post| post.room.clone()).collect(), of: (0..pipelines).map(of).collect() }
}

impl Staff {
    /// Sets every sampler to work. `chains`: for each pipeline, what the chain behind its sampler is made from.
    pub(crate) fn begin(
        posts: Vec<Post>,
        chains: &[Vec<ProcessorFactory>],
        custody: &Custody,
        (memory, storage): (&Arc<Memory>, Option<u64>),
        recorded: &mut dyn FnMut() -> io::Result<Option<Recorded>>,
    ) -> io::Result<Self> {
        let mut staff = Self { threads: Vec::new(), stops: Vec::new(), series: Vec::new(), ended: Vec::new() };
        // All of them before the first decides: who opens a folder puts right what looks unfinished there.
        let earlier = posts.iter().map(|_| recorded()).collect::<io::Result<Vec<_>>>()?;
        for ((at, post), recorded) in posts.into_iter().enumerate().zip(earlier) {
            let Post { id, sampling, series, pipelines, room, orders: (tell, orders) } = post;
            let files = room.files().cloned();
            let recovery = match (&files, recorded) {
                (Some(files), Some(recorded)) => {
                    Some(Recovery { files: files.clone(), observer: sampling.observer(), pipelines, recorded })
                }
                _ => None,
            };
            let asked = sampling.settings().on_shutdown;
            if asked == Some(OnShutdown::Keep) && files.is_none() {
                tracing::warn!(
                    sampler = id,
                    "on_shutdown: keep needs service.storage: what waits at the end is decided"
                );
            }
            let stop = match asked {
                Some(OnShutdown::Keep) | None if files.is_some() => OnShutdown::Keep,
                Some(OnShutdown::Drop) => OnShutdown::Drop,
                _ => OnShutdown::Decide,
            };
            staff.stops.push((tell.clone(), stop));
            staff.series.push((id.clone(), series.clone()));
            let (releases, inbox) = queue();
            let releaser = Releaser {
                sampler: at,
                sampling: sampling.clone(),
                factories: chains.to_vec(),
                inbox,
                orders: tell,
                custody: custody.clone(),
                memory: memory.clone(),
                files,
            };
            let budget = Budget::of(memory.limit(), storage);
            let decider =
                Decider::new(sampling.sampler(budget.remembered), room, (orders, releases), series, budget, memory);
            let ended = Arc::new(AtomicBool::new(false));
            let marks = [ended.clone(), ended.clone()].map(Mark);
            staff.ended.push((id.clone(), ended));
            let [decides, releases] = marks;
            staff.threads.push(named(&format!("decide-{id}"), decides, move || decider.run(recovery))?);
            staff.threads.push(named(&format!("release-{id}"), releases, move || releaser.run())?);
        }
        Ok(staff)
    }

    /// By sampler, whether it works no more.
    pub(crate) fn ended(&self) -> Arc<[(String, Arc<AtomicBool>)]> {
        self.ended.clone().into()
    }

    /// Tells what waits, also after the end.
    pub(crate) fn left(&self) -> Left {
        Left(self.series.clone())
    }

    /// Tells every sampler that nothing more will come, and waits until what is decided is in custody. Blocks.
    pub(crate) fn end(self) {
        for (tell, how) in &self.stops {
            let _ended = tell.send(Order::Stop(*how));
        }
        for thread in self.threads {
            // A panic has been logged where it was; what waited stays in the journal, or is lost with RAM.
            let _panicked = thread.join();
        }
    }
}

/// A queue of what holds memory: each message holds a permit, or frames that do, so the memory limit bounds it; a count
/// would let the two threads of a sampler wait for one another.
#[allow(clippy::disallowed_methods, reason = "bounded by the memory limit")]
fn queue<T>() -> (Sender<T>, Receiver<T>) {
    unbounded()
}

fn named(name: &str, mark: Mark, work: impl FnOnce() + Send + 'static) -> io::Result<JoinHandle<()>> {
    // The kernel shows fifteen bytes of it.
    thread::Builder::new().name(name.chars().take(15).collect()).spawn(move || {
        let _mark = mark;
        work();
    })
}

/// The pipelines of a sampler by signal, told from how `pipelines` are wired: which sampler each has, if any. A second
/// pipeline of a signal has a sampler of its own.
pub(crate) fn shared(signals: &[(Signal, Option<usize>)]) -> Vec<(usize, [Option<usize>; 3])> {
    let mut posts: Vec<(usize, [Option<usize>; 3])> = Vec::new();
    for (pipeline, (signal, sampler)) in signals.iter().enumerate() {
        let Some(sampler) = *sampler else { continue };
        let free = posts.iter_mut().find(|(of, at)| *of == sampler && at[*signal as usize].is_none());
        match free {
            Some((_, at)) => at[*signal as usize] = Some(pipeline),
            None => {
                let mut at = [None; 3];
                at[*signal as usize] = Some(pipeline);
                posts.push((sampler, at));
            }
        }
    }
    posts
}
