//! `tollgate run`: from a plan to a running graph, and back down in order.

use std::process::ExitCode;
use std::sync::Arc;
use std::time::SystemTime;

use pipeline::config::{Plan, Service};
use pipeline::drain::Drained;
use pipeline::graph::Running;
use pipeline::ledger::Ledger;
use pipeline::memory::Memory;
use pipeline::stop::{Phase, Stop, Stopper};
use tokio::signal::unix::{SignalKind, signal};
use tracing::{error, info, warn};

use crate::admin::{self, Admin};
use crate::process;

/// A plan that runs: the graph, and what tells about it.
pub(crate) struct Started {
    pub(crate) running: Running,
    pub(crate) ledger: Arc<Ledger>,
    settings: Service,
}

/// Runs `plan` until a signal, or until a part of it fails.
pub(crate) async fn until_stopped(plan: Plan) -> ExitCode {
    match start(plan).await {
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

/// Builds and starts what `plan` says, with its listeners for metrics and health.
pub(crate) async fn start(plan: Plan) -> Result<Started, String> {
    let began = SystemTime::now();
    let settings = plan.service.clone();
    let ledger = Ledger::new(env!("CARGO_PKG_VERSION"));
    let limit = settings.memory_limit.and_then(|limit| usize::try_from(limit).ok());
    let memory = Memory::new(limit.unwrap_or_else(process::default_memory_limit));
    process::observe(&ledger, memory.clone());
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let workers = settings.workers.unwrap_or(cores);
    let parts = plan.build(&ledger, memory, workers)?;
    let running = parts.start(&ledger).await.map_err(|error| error.to_string())?;
    for address in &running.listening {
        info!("listening: {address}");
    }
    let admin = Arc::new(Admin { ledger: ledger.clone(), health: running.health(), started: began });
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
    if drained.lost.is_empty() {
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
