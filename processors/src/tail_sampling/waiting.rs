//! The traces that wait: by id, by when they are due, and by when they came.

use std::collections::{BTreeMap, HashMap, VecDeque};

use pipeline::sampling::{IdHash, TraceId, Trigger, slacken};

use super::clock::{MILLISECOND, SECOND};
use super::config::TailSampling;
use super::facts::{Facts, ROOT};

/// A trace that waits.
#[derive(Debug)]
pub(super) struct Waiting {
    pub(super) facts: Facts,
    /// When its first record came.
    pub(super) first: u64,
    /// When its wait began: with its first span, or with its first log record while there is none.
    pub(super) since: u64,
    /// When its last record came.
    pub(super) last: u64,
    /// When its root came.
    pub(super) root: Option<u64>,
    /// The threshold that it passed when it was let in under pressure.
    pub(super) shed: u64,
    /// What came of it before was shed.
    pub(super) partial: bool,
    due: u64,
    trigger: Trigger,
    /// The bucket in which it is found when it may be due.
    queued: u64,
    /// How many came before it.
    order: u64,
}

/// How long traces wait, nanoseconds; 0 is off but for the first.
#[derive(Clone, Copy, Debug)]
pub(super) struct Waits {
    wait: u64,
    after_root: u64,
    idle: u64,
    /// The Collector's whole seconds.
    ticks: bool,
}

impl Waits {
    pub(super) fn of(config: &TailSampling) -> Self {
        let nanos = |wait: pipeline::config::Duration| u64::try_from(wait.0.as_nanos()).unwrap_or(u64::MAX);
        Self {
            wait: nanos(config.decision_wait),
            after_root: nanos(config.decision_wait_after_root_received),
            idle: nanos(config.decision_idle),
            ticks: config.contrib(),
        }
    }

    /// When a trace is due, and why.
    fn due(&self, trace: &Waiting) -> (u64, Trigger) {
        let after = |since: u64, wait: u64, least: u64| match self.ticks {
            // The bucket closes at the next tick, and as many ticks follow as there are whole seconds.
            true => (since / SECOND + 1).saturating_add((wait / SECOND).max(least)).saturating_mul(SECOND),
            false => since.saturating_add(wait),
        };
        let mut due = (after(trace.since, self.wait, 1), Trigger::Timeout);
        if let Some(root) = trace.root.filter(|_| self.after_root > 0) {
            let rooted = after(root, self.after_root, 0);
            due = if rooted < due.0 { (rooted, Trigger::Root) } else { due };
        }
        if self.idle > 0 {
            let idle = trace.last.saturating_add(self.idle);
            due = if idle < due.0 { (idle, Trigger::Idle) } else { due };
        }
        due
    }
}

/// The traces that wait.
#[derive(Debug)]
pub(super) struct Room {
    waits: Waits,
    traces: HashMap<TraceId, Waiting, IdHash>,
    /// By milliseconds; what is no longer due then is passed over.
    buckets: BTreeMap<u64, Vec<TraceId>>,
    /// In the order in which they came; what no longer waits is passed over.
    queue: VecDeque<(TraceId, u64)>,
    /// Those of which spans came, in the order of their first ones, where their number is bounded.
    spanned: VecDeque<(TraceId, u64)>,
    bounded: bool,
    with_spans: usize,
    came: u64,
    /// How many entries the buckets have.
    listed: usize,
    facts_bytes: usize,
}

impl Room {
    /// A room in which the number of traces with spans is bounded, or not: the Collector's bound knows no logs.
    pub(super) fn new(waits: Waits, bounded: bool) -> Self {
        let (traces, buckets, queue, spanned) = Default::default();
        Self { waits, traces, buckets, queue, spanned, bounded, with_spans: 0, came: 0, listed: 0, facts_bytes: 0 }
    }

    /// How many wait.
    pub(super) fn len(&self) -> usize {
        self.traces.len()
    }

    /// Of how many of them spans came.
    pub(super) fn with_spans(&self) -> usize {
        self.with_spans
    }

    /// The first spans of a trace came.
    pub(super) fn spans_came(&mut self, id: TraceId) {
        let Some(trace) = self.traces.get(&id) else { return };
        self.with_spans += 1;
        if self.bounded {
            self.spanned.push_back((id, trace.order));
        }
    }

    /// A trace that waits.
    pub(super) fn get_mut(&mut self, id: TraceId) -> Option<&mut Waiting> {
        self.traces.get_mut(&id)
    }

    /// Lets a trace in.
    pub(super) fn enter(&mut self, id: TraceId, facts: Facts, shed: u64, partial: bool, now: u64) {
        self.came += 1;
        self.facts_bytes = facts.heap_bytes();
        let root = facts.is(ROOT).then_some(now);
        let trace = Waiting {
            facts,
            first: now,
            since: now,
            last: now,
            root,
            shed,
            partial,
            due: u64::MAX,
            trigger: Trigger::Timeout,
            queued: u64::MAX,
            order: self.came,
        };
        self.queue.push_back((id, trace.order));
        let spans = trace.facts.spans > 0;
        self.traces.insert(id, trace);
        if spans {
            self.spans_came(id);
        }
        self.schedule(id);
    }

    /// Puts a trace where it is found when it is due.
    pub(super) fn schedule(&mut self, id: TraceId) {
        let Some(trace) = self.traces.get_mut(&id) else { return };
        (trace.due, trace.trigger) = self.waits.due(trace);
        let bucket = trace.due.div_ceil(MILLISECOND);
        // Where it is due later than it is found, it is put back then.
        if bucket < trace.queued {
            trace.queued = bucket;
            self.listed += 1;
            self.buckets.entry(bucket).or_default().push(id);
        }
    }

    /// The traces that are due, with why.
    pub(super) fn due(&mut self, now: u64) -> Vec<(TraceId, Trigger)> {
        let mut due = Vec::new();
        while let Some(entry) = self.buckets.first_entry().filter(|entry| *entry.key() <= now / MILLISECOND) {
            let (bucket, ids) = entry.remove_entry();
            self.listed -= ids.len();
            for id in ids {
                let Some(trace) = self.traces.get_mut(&id).filter(|trace| trace.queued == bucket) else { continue };
                if trace.due <= now {
                    due.push((id, trace.trigger));
                } else {
                    trace.queued = u64::MAX;
                    self.schedule(id);
                }
            }
        }
        due
    }

    /// When to look again.
    pub(super) fn next(&self) -> Option<u64> {
        self.buckets.first_key_value().map(|(bucket, _)| bucket.saturating_mul(MILLISECOND))
    }

    /// Lets a trace out.
    pub(super) fn leave(&mut self, id: TraceId) -> Option<Waiting> {
        let trace = self.traces.remove(&id);
        slacken(&mut self.traces);
        self.with_spans -= usize::from(trace.as_ref().is_some_and(|trace| trace.facts.spans > 0));
        // Those that have left are found at the front of a queue, or all at once where they are most of it.
        let traces = &self.traces;
        for queue in [&mut self.queue, &mut self.spanned] {
            if queue.len() > 1024 && queue.len() / 2 > traces.len() {
                queue.retain(|(id, order)| traces.get(id).is_some_and(|trace| trace.order == *order));
                queue.shrink_to(queue.len() * 2);
            }
        }
        trace
    }

    /// The one that came first of those that wait.
    pub(super) fn oldest(&mut self) -> Option<TraceId> {
        first(&mut self.queue, &self.traces)
    }

    /// The one whose first span came first, where their number is bounded.
    pub(super) fn oldest_with_spans(&mut self) -> Option<TraceId> {
        first(&mut self.spanned, &self.traces)
    }

    /// Bytes on the heap; of the facts as much as the last to come had.
    pub(super) fn heap_bytes(&self) -> usize {
        let buckets = self.buckets.len() * 64 + self.listed * 2 * size_of::<TraceId>();
        self.traces.capacity() * (size_of::<(TraceId, Waiting)>() + 1)
            + (self.queue.capacity() + self.spanned.capacity()) * size_of::<(TraceId, u64)>()
            + self.traces.len() * self.facts_bytes
            + buckets
    }
}

/// The first of a queue that still waits; those before it go.
fn first(queue: &mut VecDeque<(TraceId, u64)>, traces: &HashMap<TraceId, Waiting, IdHash>) -> Option<TraceId> {
    loop {
        let (id, order) = *queue.front()?;
        if traces.get(&id).is_some_and(|trace| trace.order == order) {
            return Some(id);
        }
        queue.pop_front();
    }
}
