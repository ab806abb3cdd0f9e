//! `tollgate run`: from a plan to a running graph, and back down in order.

use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use clap::Args;
use pipeline::Timestamp;
use pipeline::config::{Loaded, Plan, Report, Service};
use pipeline::drain::Drained;
use pipeline::graph::{Decisions, Parts, Running};
use pipeline::ledger::Ledger;
use pipeline::memory::Memory;
use pipeline::registry::Stage;
use pipeline::stop::{Phase, Stop, Stopper};
use tokio::signal::unix::{SignalKind, signal};
use tracing::{error, info, warn};

use crate::admin::{self, Admin};
use crate::answer::{self, ConfigArgs};
use crate::registry::RULES;
use crate::{disk, logging, machine, process};

/// The arguments of `run`.
#[derive(Debug, Args)]
pub(crate) struct RunArgs {
    #[command(flatten)]
    config: ConfigArgs,
    /// Means nothing here: taken for the Collector's sake.
    #[arg(long, value_name = "GATES")]
    feature_gates: Vec<String>,
}

/// Checks, then runs until a signal.
pub(crate) fn run(args: &RunArgs) -> ExitCode {
    if !args.feature_gates.is_empty() {
        answer::say("note: `--feature-gates` means nothing here: there are none");
    }
    with_runtime(&args.config.load(), until_stopped)
}

/// A plan whose components are built, before any socket is open.
pub(crate) struct Built {
    parts: Parts,
    ledger: Arc<Ledger>,
    settings: Service,
}

impl Built {
    /// Who is owed frames of the journal.
    pub(crate) fn owed(&self) -> Vec<String> {
        self.parts.owed()
    }
}

/// Checks and builds, tells everything that is wrong at once, starts the log and a runtime, and
/// hands over to `main`.
pub(crate) fn with_runtime<F: Future<Output = ExitCode>>(loaded: &Loaded, main: impl FnOnce(Built) -> F) -> ExitCode {
    let (plan, report, built) = match checked(loaded) {
        Ok(checked) => checked,
        Err(report) => return answer::diagnose(&report),
    };
    let report = report.and(disk::look(loaded, &plan));
    let (level, json) = (&built.settings.log_level, built.settings.log_json);
    if json {
        // Who reads JSON reads a line at a time.
        logging::init(level, json);
        logging::report(&report);
    } else {
        answer::diagnose(&report);
        logging::init(level, json);
    }
    logging::report_panics();
    match tokio::runtime::Builder::new_multi_thread().worker_threads(cores()).thread_name("io").enable_all().build() {
        Ok(runtime) => {
            let code = runtime.block_on(main(built));
            // A write that hangs (a full pipe, a dead mount) must not keep a process that has drained.
            runtime.shutdown_timeout(Duration::from_secs(1));
            code
        }
        Err(reason) => {
            error!("cannot start: {reason}");
            ExitCode::FAILURE
        }
    }
}

/// Checks and builds, as far as that goes without a socket; everything that is wrong at once, which of the components with
/// which nothing else is wrong is what shows only when they are built.
pub(crate) fn checked(loaded: &Loaded) -> Result<(Plan, Report, Built), Report> {
    let worse = |report: Report, unbuilt: Vec<Report>| unbuilt.into_iter().fold(report, Report::and);
    match loaded.plan(&RULES) {
        Ok((plan, report)) => match build(loaded, &plan) {
            Ok(built) => Ok((plan, report, built)),
            Err(unbuilt) => Err(worse(report, unbuilt)),
        },
        Err(report) => Err(match build(loaded, &loaded.sound(&RULES)) {
            Ok(_) => report,
            Err(unbuilt) => worse(report, unbuilt),
        }),
    }
}

/// Builds every component; what could not be, each with its place.
fn build(loaded: &Loaded, plan: &Plan) -> Result<Built, Vec<Report>> {
    let ledger = Ledger::new(env!("CARGO_PKG_VERSION"));
    let settings = plan.service.clone();
    let limit = usize::try_from(settings.memory_ceiling(machine::memory())).unwrap_or(usize::MAX);
    let samples = plan.processors.iter().any(|processor| processor.entry.declaration.stage == Stage::Samples);
    let memory = Memory::new(budget(limit, samples && settings.storage.is_none()));
    process::observe(&ledger, memory.clone());
    let workers = settings.workers.unwrap_or_else(cores);
    let parts = Parts::build(plan, &ledger, memory, workers).map_err(|unbuilt| {
        let explain = |(kind, id, error): &_| loaded.explain(&RULES, *kind, id, error);
        unbuilt.iter().map(explain).collect::<Vec<_>>()
    })?;
    Ok(Built { parts, ledger, settings })
}

/// What the process takes beside what is held, bytes: its code, its threads, its tables, and under load the
/// buffers of its sockets.
const OWN: usize = 28 << 20;

/// What the allocator keeps for a second of the requests that a sampler has let go of, in whole or in part, bytes (overload at a
/// limit of 256 MiB, 2026-11-22: 317 MiB resident without this, 152 of them held).
const LET_GO: usize = 56 << 20;

/// The bytes that requests and queues may hold so that the process stays within `limit`. What it takes
/// itself is left out; of the rest the allocator loses up to a third between buffers of unlike sizes and
/// lifetimes (355 MB resident over 219 MB held, under overload from six connections, 2026-11-21), and an
/// eighth as much as is held waits unread (`pipeline::memory`).
fn budget(limit: usize, waits_in_ram: bool) -> usize {
    let left = limit.saturating_sub(own(waits_in_ram)).max(limit / 4);
    left / 8 * 5
}

/// The least `service.memory.limit`, bytes, of which requests and queues may hold `held`.
pub(crate) fn ceiling(held: u64, waits_in_ram: bool) -> u64 {
    held.div_ceil(5).saturating_mul(8).saturating_add(own(waits_in_ram) as u64)
}

fn own(waits_in_ram: bool) -> usize {
    if waits_in_ram { OWN + LET_GO } else { OWN }
}

fn cores() -> usize {
    std::thread::available_parallelism().map_or(1, usize::from)
}

/// What runs: the graph, and what tells about it.
pub(crate) struct Started {
    running: Running,
    pub(crate) ledger: Arc<Ledger>,
    settings: Service,
}

async fn until_stopped(built: Built) -> ExitCode {
    match start(built).await {
        Ok(started) => stay(started).await,
        Err(reason) => {
            error!("cannot start: {reason}");
            ExitCode::FAILURE
        }
    }
}

/// Stays up until a signal, or until a part fails; then goes down in order.
pub(crate) async fn stay(mut started: Started) -> ExitCode {
    let (hurry, hurried) = Stopper::new();
    let failed = tokio::select! {
        reason = started.running.failed() => Some(reason),
        () = stop_signal() => None,
    };
    match &failed {
        Some(reason) => error!("stopping, for a part has failed: {reason}"),
        None => info!("stopping: nothing new is taken, what is held is delivered; a second signal ends it at once"),
    }
    tokio::spawn(async move {
        stop_signal().await;
        hurry.ask(Phase::Now);
        // Kept, so that the hand is not dropped, which would mean the same to those who watch it.
        std::future::pending::<()>().await;
    });
    let clean = report(&started.drain(hurried).await) && failed.is_none();
    if clean { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// Starts what is built, with its listeners for metrics and health.
pub(crate) async fn start(built: Built) -> Result<Started, String> {
    let Built { parts, ledger, settings } = built;
    let running = parts.start(&ledger).await.map_err(|error| error.to_string())?;
    for address in &running.listening {
        info!("listening: {address}");
    }
    let admin = Arc::new(Admin {
        ledger: ledger.clone(),
        health: running.health(),
        decisions: running.decisions(),
        started: Timestamp::now(),
        health_path: settings.health_path.clone(),
    });
    let health = Some(settings.health.clone());
    for (what, address) in [("health", health), ("metrics", settings.metrics.clone())] {
        let Some(address) = address else { continue };
        match admin::serve(&address, admin.clone()).await {
            Ok(()) => info!("{what}: http://{address}"),
            // The pipeline is worth more than its gauges: telemetry flows without them.
            Err(busy) => warn!("no {what} on {address}: {busy}"),
        }
    }
    Ok(Started { running, ledger, settings })
}

impl Started {
    /// What tells why a trace was kept or not.
    pub(crate) fn decisions(&self) -> Decisions {
        self.running.decisions()
    }

    /// Goes down in order, within `service.shutdown_timeout`.
    pub(crate) async fn drain(self, hurry: Stop) -> Drained {
        self.running.drain(self.settings.shutdown_timeout, hurry).await
    }
}

/// Says how the shutdown went; whether nothing was lost.
pub(crate) fn report(drained: &Drained) -> bool {
    for (destination, records) in &drained.lost {
        error!(destination, records, "lost at shutdown: not delivered in time, and held in memory only");
    }
    for (destination, records) in &drained.kept {
        info!(destination, records, "kept in the journal for the next start");
    }
    if drained.lost.is_empty() && drained.kept.is_empty() {
        info!("stopped; everything accepted was settled");
    }
    drained.lost.is_empty()
}

/// Waits for SIGTERM or SIGINT.
async fn stop_signal() {
    let signals = (signal(SignalKind::terminate()), signal(SignalKind::interrupt()));
    let (Ok(mut terminate), Ok(mut interrupt)) = signals else {
        // Without handlers the kernel's own answer to these signals stands: the process ends.
        return std::future::pending().await;
    };
    tokio::select! {
        _ = terminate.recv() => {}
        _ = interrupt.recv() => {}
    }
}
