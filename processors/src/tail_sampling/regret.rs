//! Traces that were not kept and can still be brought back: for as long as the window, an error that comes late does.

use std::collections::{HashMap, VecDeque};
use std::time::Duration;

use pipeline::sampling::{Decision, IdHash, TraceId, slacken};

use super::facts::Facts;
use super::plan::Plan;

/// What a decision to bring it back says of the trace.
#[derive(Clone, Copy, Debug)]
pub(super) struct Held {
    /// When its first record came.
    pub(super) first: u64,
    until: u64,
    spans: u32,
    logs: u32,
    span_bytes: u64,
    log_bytes: u64,
}

impl Held {
    /// Of a trace that was just decided against.
    pub(super) fn of(facts: &Facts, first: u64) -> Self {
        let Facts { spans, logs, span_bytes, log_bytes, .. } = *facts;
        Self { first, until: 0, spans, logs, span_bytes, log_bytes }
    }

    /// Of a trace that an earlier life decided against.
    pub(super) fn of_decision(decision: &Decision, first: u64) -> Self {
        let Decision { spans, logs, bytes, .. } = *decision;
        Self { first, until: 0, spans, logs, span_bytes: bytes, log_bytes: 0 }
    }

    /// As facts, without what policies ask.
    pub(super) fn facts(&self, plan: &Plan) -> Facts {
        let Self { spans, logs, span_bytes, log_bytes, .. } = *self;
        Facts { spans, logs, span_bytes, log_bytes, ..Facts::new(plan) }
    }
}

/// The traces that are held.
#[derive(Debug)]
pub(super) struct Regrets {
    window: u64,
    held: HashMap<TraceId, Held, IdHash>,
    /// In the order in which their windows end, for all are as long; those of an earlier life end before all others.
    queue: VecDeque<(u64, TraceId)>,
}

impl Regrets {
    pub(super) fn new(window: Duration) -> Self {
        let window = u64::try_from(window.as_nanos()).unwrap_or(u64::MAX);
        Self { window, held: HashMap::default(), queue: VecDeque::new() }
    }

    /// Whether any trace is held at all.
    pub(super) fn on(&self) -> bool {
        self.window > 0
    }

    /// Holds a trace from now on.
    pub(super) fn hold(&mut self, id: TraceId, held: Held, now: u64) {
        let until = now.saturating_add(self.window);
        self.held.insert(id, Held { until, ..held });
        self.queue.push_back((until, id));
    }

    /// Holds a trace that was decided against so long ago, for what is left of its window, if anything is.
    pub(super) fn hold_on(&mut self, id: TraceId, held: Held, past: u64, now: u64) -> bool {
        let left = self.window.saturating_sub(past);
        if left > 0 {
            let until = now.saturating_add(left);
            self.held.insert(id, Held { until, ..held });
            self.queue.push_back((until, id));
        }
        left > 0
    }

    /// A trace that is held, if its window is still open.
    pub(super) fn get(&self, id: TraceId, now: u64) -> Option<Held> {
        self.held.get(&id).filter(|held| now < held.until).copied()
    }

    /// Holds what came late of it too.
    pub(super) fn add(&mut self, id: TraceId, facts: &Facts) {
        if let Some(held) = self.held.get_mut(&id) {
            held.spans = held.spans.saturating_add(facts.spans);
            held.logs = held.logs.saturating_add(facts.logs);
            held.span_bytes = held.span_bytes.saturating_add(facts.span_bytes);
            held.log_bytes = held.log_bytes.saturating_add(facts.log_bytes);
        }
    }

    /// It is held no longer.
    pub(super) fn release(&mut self, id: TraceId) {
        self.held.remove(&id);
    }

    /// Lets go of the one whose window would be over first.
    pub(super) fn oldest(&mut self) -> Option<TraceId> {
        while let Some((until, id)) = self.queue.pop_front() {
            if self.held.get(&id).is_some_and(|held| held.until == until) {
                self.held.remove(&id);
                return Some(id);
            }
        }
        None
    }

    /// Lets go of those whose window is over.
    pub(super) fn expire(&mut self, now: u64, mut forget: impl FnMut(TraceId)) {
        while let Some((until, id)) = self.queue.front().copied().filter(|(until, _)| *until <= now) {
            self.queue.pop_front();
            if self.held.get(&id).is_some_and(|held| held.until == until) {
                self.held.remove(&id);
                forget(id);
            }
        }
        slacken(&mut self.held);
    }

    /// When the next window is over.
    pub(super) fn next(&self) -> Option<u64> {
        self.queue.front().map(|(until, _)| *until)
    }

    /// Bytes on the heap.
    pub(super) fn heap_bytes(&self) -> usize {
        self.held.capacity() * (size_of::<(TraceId, Held)>() + 1) + self.queue.capacity() * size_of::<(u64, TraceId)>()
    }
}
