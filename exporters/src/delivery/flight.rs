//! One parcel on its way: attempts, delays, halves, and the settlement at the end.

use std::collections::VecDeque;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;

use futures_util::FutureExt;
use pipeline::journal::{Cursor, Parcel, Settlement};
use pipeline::ledger::{DestinationSeries, Expired};
use pipeline::stop::{Phase, Stop};
use pipeline::{Sealed, Signal, Timestamp};
use tokio::time::{Instant, sleep};

use super::batching::{row_halves, split};
use super::breaker::{Breaker, Pass};
use super::complaints::Complaints;
use super::{Backoff, Blame, Plan, Request, Sender, Verdict};

/// How often who waits looks whether a full journal needs its room.
const LOOK: Duration = Duration::from_millis(100);

/// The longest delay between attempts once we are shutting down, whatever the server asks: what is
/// not delivered by the deadline may be lost with the process.
const DRAINING_DELAY: Duration = Duration::from_secs(1);

/// What all flights to one destination share.
pub(super) struct Engine {
    sender: Arc<dyn Sender>,
    plan: Plan,
    pub(super) cursor: Cursor,
    complaints: Complaints,
    /// One for each signal: a refused one leaves the others alone.
    breakers: [Breaker; 3],
    series: [DestinationSeries; 3],
}

/// How a request ended.
enum End {
    /// Taken, but for some records.
    Taken { rejected: u64 },
    /// Refused for what is in it, or for how `large` it is: to be sent in halves, where it has them.
    Refused { reason: String, large: bool },
    /// Given up past a bound.
    Expired(Expired),
}

/// What became of a parcel so far, in records.
#[derive(Default)]
struct Tally {
    delivered: u64,
    rejected: u64,
}

impl Engine {
    pub(super) fn new(sender: Arc<dyn Sender>, plan: Plan, cursor: Cursor) -> Self {
        let series = Signal::ALL.map(|signal| cursor.series(signal).clone());
        let breakers = series.clone().map(Breaker::new);
        Self { sender, plan, complaints: Complaints::new(cursor.name()), breakers, series, cursor }
    }

    /// Sends a request until it is taken, refused or given up. Dropped at [`Phase::Now`].
    async fn attempt(&self, request: &Request, parcel: &Parcel, since: Instant, stop: &mut Stop) -> End {
        let retry = &self.plan.retry;
        let series = &self.series[request.signal as usize];
        let mut backoff = Backoff::new(retry);
        loop {
            let pass = match self.leave(request.signal, parcel, since, stop).await {
                Ok(pass) => pass,
                Err(end) => return end,
            };
            series.attempts.inc();
            let (after, reason) = match self.send(request).await {
                Verdict::Retry { after, reason } => (after, reason),
                Verdict::Rejected { blame: Blame::Credentials, reason } => (None, reason),
                answer => {
                    pass.worked();
                    return self.answered(request, answer);
                }
            };
            self.cursor.failed();
            if !retry.enabled {
                return self.refuse(request, &format!("{reason} (retry_on_failure.enabled is false)"));
            }
            let delay = backoff.delay(after);
            pass.failed(delay);
            if retry.max_elapsed().is_some_and(|most| since.elapsed().saturating_add(delay) > most) {
                self.complaints.lost(request.signal, request.records(), &format!("max_elapsed_time passed; {reason}"));
                return End::Expired(Expired::Elapsed);
            }
            self.complaints.delayed(request.signal, delay, &reason);
            self.rest(delay.min(self.life_left(parcel)), parcel, stop).await;
            if self.aged(parcel) {
                return End::Expired(Expired::Age);
            }
            if parcel.is_in_the_way() {
                return self.in_the_way(request.signal, parcel);
            }
            series.retries.inc();
        }
    }

    /// Waits until the breaker lets it pass; not past a bound, nor once we are shutting down.
    async fn leave<'e>(
        &'e self,
        signal: Signal,
        parcel: &Parcel,
        since: Instant,
        stop: &mut Stop,
    ) -> Result<Pass<'e>, End> {
        let breaker = &self.breakers[signal as usize];
        if stop.phase() >= Phase::Draining {
            return Ok(breaker.leave());
        }
        let most = self.plan.retry.max_elapsed().unwrap_or(Duration::MAX);
        let mut pass = std::pin::pin!(breaker.pass());
        loop {
            let left = self.life_left(parcel).min(most.saturating_sub(since.elapsed()));
            tokio::select! {
                biased;
                pass = &mut pass => return Ok(pass),
                () = stop.reached(Phase::Draining) => return Ok(breaker.leave()),
                () = sleep(left.min(LOOK)) => {}
            }
            if parcel.is_in_the_way() {
                return Err(self.in_the_way(signal, parcel));
            }
            if self.aged(parcel) {
                return Err(End::Expired(Expired::Age));
            }
            if since.elapsed() >= most {
                self.complaints.lost(signal, parcel.records(), "max_elapsed_time passed; the destination is away");
                return Err(End::Expired(Expired::Elapsed));
            }
        }
    }

    /// Waits before the next attempt, unless a full journal cannot wait so long.
    async fn rest(&self, delay: Duration, parcel: &Parcel, stop: &mut Stop) {
        let drains = stop.phase() >= Phase::Draining;
        let end = Instant::now() + if drains { delay.min(DRAINING_DELAY) } else { delay };
        while Instant::now() < end && !parcel.is_in_the_way() {
            let left = end.saturating_duration_since(Instant::now()).min(LOOK);
            tokio::select! {
                () = sleep(left) => {}
                () = stop.reached(Phase::Draining), if !drains => return,
            }
        }
    }

    /// Gives up what holds a full journal.
    fn in_the_way(&self, signal: Signal, parcel: &Parcel) -> End {
        self.complaints.lost(signal, parcel.records(), "service.storage.max_size is reached");
        End::Expired(Expired::Storage)
    }

    /// What an answer means that is not to be asked for again.
    fn answered(&self, request: &Request, answer: Verdict) -> End {
        match answer {
            Verdict::Delivered => End::Taken { rejected: 0 },
            Verdict::Partial { rejected, reason } => self.partial(request, rejected, &reason),
            Verdict::Rejected { blame: Blame::Request, reason } => End::Refused { reason, large: false },
            Verdict::Rejected { blame: Blame::Size, reason } => End::Refused { reason, large: true },
            Verdict::Rejected { reason, .. } | Verdict::Retry { reason, .. } => self.refuse(request, &reason),
        }
    }

    /// A sender that panics would panic again over the same bytes, so what it was given is refused.
    async fn send(&self, request: &Request) -> Verdict {
        let sent = AssertUnwindSafe(async { self.sender.send(request).await }).catch_unwind();
        sent.await.unwrap_or_else(|_panic| Verdict::Rejected {
            blame: Blame::Request,
            reason: "a fault of ours: the exporter panicked".into(),
        })
    }

    fn partial(&self, request: &Request, rejected: u64, reason: &str) -> End {
        if rejected == 0 {
            self.complaints.said(request.signal, reason);
        } else if rejected >= request.records() {
            return self.refuse(request, reason);
        } else {
            self.complaints.lost(request.signal, rejected, reason);
            // It does not say which, so all of it is kept to look at.
            let whole = Sealed::new(request.signal, request.merged(), small(request.records()));
            self.cursor.bury_partly(&whole, small(rejected), reason, Timestamp::now());
        }
        End::Taken { rejected: rejected.min(request.records()) }
    }

    fn refuse(&self, request: &Request, reason: &str) -> End {
        let now = Timestamp::now();
        request.parts.iter().for_each(|part| self.cursor.bury(part, reason, now));
        self.complaints.lost(request.signal, request.records(), reason);
        End::Taken { rejected: request.records() }
    }

    /// Whether the first of it has passed `sending_queue.max_age`.
    fn aged(&self, parcel: &Parcel) -> bool {
        self.plan.max_age.is_some() && self.life_left(parcel).is_zero()
    }

    /// How long it is until the first of it passes `sending_queue.max_age`.
    fn life_left(&self, parcel: &Parcel) -> Duration {
        let oldest = parcel.frames().first().map(|frame| frame.appended);
        let age = oldest.map(|at| Timestamp::now().since(at)).unwrap_or_default();
        self.plan.max_age.map_or(Duration::MAX, |most| most.saturating_sub(age))
    }
}

/// Takes a parcel to its destination and closes its account.
pub(super) async fn fly(engine: Arc<Engine>, parcel: Parcel, mut stop: Stop) {
    let since = Instant::now();
    let mut tally = Tally::default();
    // A fault of ours in cutting must not put the parcel back, to be cut again at once: it goes whole, unless
    // there is content in it that must not.
    let cut = std::panic::catch_unwind(AssertUnwindSafe(|| split(&parcel, &engine.plan)));
    let mut queue = match cut {
        Ok(Some(requests)) => VecDeque::from(requests),
        Err(_panic) if engine.plan.content.keeps() => VecDeque::from([Request::of(&parcel)]),
        _ => {
            engine.refuse(&Request::of(&parcel), "its content cannot be taken out");
            let rejected = parcel.records();
            return parcel.settle(Settlement::Delivered { rejected }, Timestamp::now());
        }
    };
    while let Some(request) = queue.pop_front() {
        match engine.attempt(&request, &parcel, since, &mut stop).await {
            End::Taken { rejected } => {
                tally.rejected += rejected;
                tally.delivered += request.records() - rejected;
            }
            End::Refused { reason, large } => match request.halves().or_else(|| smaller(&request, large)) {
                Some([left, right]) => {
                    queue.push_front(right);
                    queue.push_front(left);
                }
                None => {
                    engine.refuse(&request, &reason);
                    tally.rejected += request.records();
                }
            },
            // Nothing of it is sent: back in the outbox its frames are looked at one by one, and
            // those that are not too old yet get another chance.
            End::Expired(Expired::Age) if tally.delivered + tally.rejected == 0 => return,
            End::Expired(bound) => {
                let Tally { delivered, rejected } = tally;
                if bound == Expired::Age {
                    let left = parcel.records() - delivered - rejected;
                    engine.complaints.lost(parcel.signal(), left, "max_age passed");
                }
                let settlement = Settlement::Expired { bound, delivered, rejected };
                return parcel.settle(settlement, Timestamp::now());
            }
        }
    }
    parcel.settle(Settlement::Delivered { rejected: tally.rejected }, Timestamp::now());
}

/// The halves of a request that is too large, by its records.
fn smaller(request: &Request, large: bool) -> Option<[Request; 2]> {
    // A fault of ours in cutting leaves it whole.
    large.then(|| std::panic::catch_unwind(AssertUnwindSafe(|| row_halves(request))).ok().flatten()).flatten()
}

fn small(records: u64) -> u32 {
    u32::try_from(records).unwrap_or(u32::MAX)
}
