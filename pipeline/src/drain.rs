//! The order of shutdown: doors in, workers, doors out; each with what is left of one deadline.

use std::time::Duration;

use tokio::task::JoinSet;
use tokio::time::{Instant, timeout, timeout_at};

use crate::Timestamp;
use crate::graph::Running;
use crate::stop::{Phase, Stop};

/// How long a part may take to notice that it must end at once.
const GRACE: Duration = Duration::from_millis(500);

/// How long what was settled may take to be written down; what is not is sent again after the next start.
const KEEPING: Duration = Duration::from_secs(2);

/// How a shutdown went.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Drained {
    /// Records that were still owed when the process ended, by destination: lost.
    pub lost: Vec<(String, u64)>,
    /// Records that are still owed and in files, by destination: for the next start.
    pub kept: Vec<(String, u64)>,
}

impl Running {
    /// Stops in order within `deadline`; `hurry` reaching [`Phase::Now`] (a second signal) cuts it short.
    ///
    /// 1. Receivers take nothing new and answer what is inside, for a third of the time at most.
    /// 2. Workers finish, for nobody is left to hand them a request.
    /// 3. Samplers decide what is left, or leave it to the next start, and what they keep is in the outbox.
    /// 4. The outbox is closed and exporters flush it.
    /// 5. What is still owed stays in the journal, where there are files; else it is given up, counted and named.
    pub async fn drain(mut self, deadline: Duration, mut hurry: Stop) -> Drained {
        let begin = Instant::now();
        let end = begin + deadline;
        self.stop_receivers.ask(Phase::Draining);
        // A peer that stalls within its request must not eat up the time of what was accepted long ago.
        finish(&mut self.receivers, begin + deadline / 3, &mut hurry).await;
        self.stop_receivers.ask(Phase::Now);
        abort(&mut self.receivers).await;
        let workers = std::mem::take(&mut self.workers);
        let joined = tokio::task::spawn_blocking(|| workers.into_iter().for_each(|worker| drop(worker.join())));
        tokio::select! {
            _ = timeout_at(end, joined) => {}
            () = hurry.reached(Phase::Now) => {}
        }
        let (staff, custody) = (self.staff, self.custody);
        let waits = staff.left();
        let decided = tokio::task::spawn_blocking(move || {
            // What was on its way to the files is with who decides before that is told to stop.
            custody.settle();
            staff.end();
        });
        tokio::select! {
            _ = timeout_at(end, decided) => {}
            () = hurry.reached(Phase::Now) => {}
        }
        self.outbox.close();
        self.stop_exporters.ask(Phase::Draining);
        finish(&mut self.exporters, end, &mut hurry).await;
        self.stop_exporters.ask(Phase::Now);
        abort(&mut self.exporters).await;
        let files = self.keeper.is_some();
        if let Some(keeper) = self.keeper.take() {
            let closed = tokio::task::spawn_blocking(|| keeper.close());
            let _slow_disk = timeout(KEEPING, closed).await;
        }
        let (mut lost, mut kept) = (self.outbox.abandon(Timestamp::now()), self.outbox.kept());
        if files { &mut kept } else { &mut lost }.extend(waits.records());
        Drained { lost, kept }
    }
}

/// Waits for every task, until `end` or until somebody is in a hurry.
async fn finish<T: 'static>(tasks: &mut JoinSet<T>, end: Instant, hurry: &mut Stop) {
    let all = async { while tasks.join_next().await.is_some() {} };
    tokio::select! {
        _ = timeout_at(end, all) => {}
        () = hurry.reached(Phase::Now) => {}
    }
}

/// Gives the rest a moment to end by themselves, then ends them.
async fn abort<T: 'static>(tasks: &mut JoinSet<T>) {
    let all = async { while tasks.join_next().await.is_some() {} };
    if timeout(GRACE, all).await.is_err() {
        tasks.shutdown().await;
    }
}
