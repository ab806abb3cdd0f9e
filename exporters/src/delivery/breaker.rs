//! Holds what a destination would not take anyway: after a few failures in a row one request at a time asks whether it is
//! back, and the others wait. It delays, and never drops: what waits is owed as before.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use pipeline::ledger::DestinationSeries;
use tokio::sync::Notify;
use tokio::time::{Instant, sleep_until};

/// Failures in a row, over all requests, before the rest is held: more than a blip costs.
const FAILURES: u32 = 5;

/// The breaker of one signal of one destination.
#[derive(Debug)]
pub(super) struct Breaker {
    state: Mutex<State>,
    changed: Notify,
    /// Where it says whether it holds.
    series: DestinationSeries,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    /// All pass; so many have failed in a row.
    Closed { failures: u32 },
    /// Nobody passes before this.
    Open { until: Instant },
    /// One has passed and not come back.
    HalfOpen,
}

/// Leave to send once. Dropped without a word, somebody else may ask.
#[derive(Debug)]
pub(super) struct Pass<'b> {
    breaker: &'b Breaker,
    told: bool,
}

impl Breaker {
    pub(super) fn new(series: DestinationSeries) -> Self {
        Self { state: Mutex::new(State::Closed { failures: 0 }), changed: Notify::new(), series }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits for leave to send.
    pub(super) async fn pass(&self) -> Pass<'_> {
        loop {
            let mut changed = std::pin::pin!(self.changed.notified());
            // From here on no change is missed.
            changed.as_mut().enable();
            let until = {
                let mut state = self.lock();
                match *state {
                    State::Closed { .. } => return self.leave(),
                    State::Open { until } if until <= Instant::now() => {
                        *state = State::HalfOpen;
                        return self.leave();
                    }
                    State::Open { until } => Some(until),
                    State::HalfOpen => None,
                }
            };
            match until {
                Some(until) => tokio::select! {
                    () = changed => {}
                    () = sleep_until(until) => {}
                },
                None => changed.await,
            }
        }
    }

    /// Leave to send at once, whatever the state: for the last attempts before the end.
    pub(super) fn leave(&self) -> Pass<'_> {
        Pass { breaker: self, told: false }
    }

    fn turn(&self, state: State) {
        *self.lock() = state;
        self.series.holding.set(i64::from(!matches!(state, State::Closed { .. })));
        self.changed.notify_waiters();
    }
}

impl Pass<'_> {
    /// The destination has answered: it is there.
    pub(super) fn worked(mut self) {
        self.told = true;
        if *self.breaker.lock() != (State::Closed { failures: 0 }) {
            self.breaker.turn(State::Closed { failures: 0 });
        }
    }

    /// It has not, or not for us; nobody needs to ask again before `delay` has passed.
    pub(super) fn failed(mut self, delay: Duration) {
        self.told = true;
        let state = *self.breaker.lock();
        let open = State::Open { until: Instant::now() + delay };
        match state {
            State::Closed { failures } if failures + 1 < FAILURES => {
                *self.breaker.lock() = State::Closed { failures: failures + 1 };
            }
            State::Closed { .. } | State::HalfOpen => self.breaker.turn(open),
            State::Open { .. } => {}
        }
    }
}

impl Drop for Pass<'_> {
    fn drop(&mut self) {
        let state = *self.breaker.lock();
        if !self.told && state == State::HalfOpen {
            self.breaker.turn(State::Open { until: Instant::now() });
        }
    }
}

#[cfg(test)]
mod tests;
