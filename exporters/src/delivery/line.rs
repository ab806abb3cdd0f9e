//! The client in use. A connection that says nothing stays in the pool of an HTTP/2 client, since what ends an attempt
//! ends a stream: after some attempts in a row without an answer the next ones go over connections of their own.

use std::sync::{Mutex, MutexGuard, PoisonError};

use super::HttpClient;

/// Attempts in a row, over all requests, that may run out of time over the same connections: a destination that is
/// merely slow answers one of them.
const SILENT: u32 = 3;

/// The client of a destination, until it is given up for a new one.
#[derive(Debug)]
pub(super) struct Line(Mutex<State>);

#[derive(Debug)]
struct State {
    client: HttpClient,
    /// How many were given up.
    given_up: u64,
    /// Attempts without an answer since the last answer.
    silent: u32,
}

impl Line {
    pub(super) fn new(client: HttpClient) -> Self {
        Self(Mutex::new(State { client, given_up: 0, silent: 0 }))
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The client, and how many there were before it.
    pub(super) fn client(&self) -> (HttpClient, u64) {
        let state = self.lock();
        (state.client.clone(), state.given_up)
    }

    /// The `which`-th client has had an answer, whatever it says.
    pub(super) fn heard(&self, which: u64) {
        let mut state = self.lock();
        if state.given_up == which {
            state.silent = 0;
        }
    }

    /// An attempt of the `which`-th client has run out of time.
    pub(super) fn unheard(&self, which: u64) {
        let mut state = self.lock();
        if state.given_up != which {
            return;
        }
        state.silent += 1;
        if state.silent >= SILENT {
            // Requests that are still on their way keep the old connections until they end.
            *state = State { client: state.client.anew(), given_up: which + 1, silent: 0 };
        }
    }
}

#[cfg(test)]
mod tests;
