//! Where a receiver's request enters: a permit for its bytes, a receipt for its answer, a worker for its work.

use std::sync::Arc;

use crossbeam_channel::{Sender, TrySendError};

use crate::journal::Outbox;
use crate::memory::{Aside, Memory, Permit};
use crate::receipt::{Outcome, Receipt, Refusal, Rejection};
use crate::{Batch, Signal, Timestamp};

/// Turns a request's bytes into a batch: decompression, the JSON door, decoding. Runs on a worker.
///
/// The permit covers the bytes as received; what the opening makes grow is charged to it as it grows.
pub type Open = Box<dyn FnOnce(&mut Permit) -> Result<Batch, Unopened> + Send>;

/// Why a request could not be opened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unopened {
    /// For good.
    Rejected(Rejection),
    /// For now: the permit could not grow.
    Refused(Refusal),
}

/// Why there is no room for a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoRoom {
    /// Waiting would not help.
    Refused(Refusal),
    /// So many wait already that no more may be left unread.
    Crowded,
}

/// A request on its way to a worker.
pub(crate) struct Job {
    pub(crate) route: Arc<[usize]>,
    pub(crate) open: Open,
    pub(crate) permit: Permit,
    pub(crate) receipt: Receipt,
}

/// A receiver's way in. Clones share one way.
#[derive(Clone)]
pub struct Intake {
    pub(crate) memory: Arc<Memory>,
    pub(crate) workers: Sender<Job>,
    pub(crate) outbox: Arc<Outbox>,
    /// For each signal, the pipelines this receiver feeds, by index.
    pub(crate) routes: [Arc<[usize]>; 3],
}

impl Intake {
    /// Whether a pipeline of `signal` takes what this receiver gets.
    pub fn takes(&self, signal: Signal) -> bool {
        !self.routes[signal as usize].is_empty()
    }

    /// Takes `bytes` of the memory limit for a request of `signal`; where there is no room, once there is.
    /// `unread` bytes of it may have been sent already and wait with it. The caller bounds the wait and then
    /// calls [`Self::permit`]: a refusal at once costs an impatient peer nothing, and us what it sends again.
    pub async fn room(&self, signal: Signal, bytes: usize, unread: usize) -> Result<Permit, NoRoom> {
        let never = bytes > self.memory.limit();
        if never || !self.memory.awaited() {
            match self.permit(signal, bytes) {
                Err(Refusal::Memory) if !never => {}
                taken => return taken.map_err(NoRoom::Refused),
            }
        }
        self.memory.room(bytes, unread).await.ok_or(NoRoom::Crowded)
    }

    /// `bytes`, or the whole memory limit where that is less: more no request can have.
    pub fn most(&self, bytes: usize) -> usize {
        bytes.min(self.memory.limit())
    }

    /// Whether others wait for room, and who comes now should too.
    pub fn awaited(&self) -> bool {
        self.memory.awaited()
    }

    /// A place of `bytes` for a request that found it crowded, until it is told.
    pub fn pause(&self, bytes: usize) -> Option<Aside<'_>> {
        self.memory.pause(bytes)
    }

    /// Takes `bytes` of the memory limit for a request of `signal`, or says why not. Never waits.
    pub fn permit(&self, signal: Signal, bytes: usize) -> Result<Permit, Refusal> {
        if self.outbox.blocked(&self.routes[signal as usize]) {
            return Err(Refusal::Blocked);
        }
        self.memory.permit(bytes).or_else(|| self.reclaimed(bytes)).ok_or(Refusal::Memory)
    }

    /// Asks stalled destinations to make room, then tries once more.
    #[cold]
    fn reclaimed(&self, bytes: usize) -> Option<Permit> {
        self.outbox.reclaim(Timestamp::now());
        self.memory.permit(bytes)
    }

    /// Hands a request to a worker and waits for what becomes of it.
    pub async fn submit(&self, signal: Signal, permit: Permit, open: Open) -> Outcome {
        let (receipt, answer) = Receipt::new();
        let route = self.routes[signal as usize].clone();
        match self.workers.try_send(Job { route, open, permit, receipt }) {
            Ok(()) => answer.outcome().await,
            Err(TrySendError::Full(_)) => Outcome::Refused(Refusal::Busy),
            Err(TrySendError::Disconnected(_)) => Outcome::Refused(Refusal::Draining),
        }
    }
}
