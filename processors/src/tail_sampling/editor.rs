//! On whoever releases: what is written on spans that leave, so that whoever counts them counts right.

use std::sync::Arc;

use pipeline::batch::Value;
use pipeline::sampling::{Editor, Mark, TraceId};
use pipeline::{Batch, Signal};

use super::plan::Plan;
use super::randomness::{Ot, randomness, rewrite};

/// The policy that kept the trace.
const POLICY: &str = "tollgate.sampling.policy";
/// Some of the trace is missing.
const PARTIAL: &str = "tollgate.sampling.partial";

/// A releaser's own.
pub(super) struct Marker {
    plan: Arc<Plan>,
}

impl Marker {
    pub(super) fn new(plan: Arc<Plan>) -> Self {
        Self { plan }
    }

    fn mark(&self, batch: &mut Batch, row: usize, mark: &Mark) {
        // A policy that kept it without a threshold could not say how likely that was.
        let unknown = mark.threshold.is_none() && mark.policy.is_some();
        if (mark.threshold.is_some() || unknown) && !self.plan.compiled.contrib {
            write_threshold(batch, row, mark);
        }
        let policy = mark.policy.and_then(|at| self.plan.config.policies.get(usize::from(at)));
        if let Some(policy) = policy.filter(|_| self.plan.config.record_policy) {
            batch.set_attribute(row, POLICY, &Value::String(policy.name.clone()));
        }
        if mark.partial && !self.plan.compiled.contrib {
            batch.set_attribute(row, PARTIAL, &Value::Bool(true));
        }
    }
}

/// Writes how likely the span was to be kept; takes away what is there where nobody can tell any more, and where it
/// cannot be true: a span under its own threshold would not have come.
fn write_threshold(batch: &mut Batch, row: usize, mark: &Mark) {
    let Some(record) = batch.record(row) else { return };
    let state = record.trace_state().as_str().to_owned();
    let known = Ot::parse(&state).ok().flatten().unwrap_or_default();
    let own = TraceId::of(record.trace_id()).map_or(0, |id| randomness(&id));
    let honest = known.th.is_none_or(|th| th <= known.rv.unwrap_or(own));
    let threshold = mark.threshold.filter(|_| honest);
    if let Some(state) = rewrite(&state, threshold, mark.randomness.filter(|_| threshold.is_some())) {
        batch.set_trace_state(row, &state);
    }
}

impl Editor for Marker {
    fn edit(&mut self, batch: &mut Batch, mark: &dyn Fn(TraceId) -> Mark) {
        // A threshold has no place on a log record.
        if batch.signal() != Signal::Traces {
            return;
        }
        for row in 0..batch.len() {
            let id = batch.record(row).and_then(|record| TraceId::of(record.trace_id()));
            if let Some(id) = id {
                self.mark(batch, row, &mark(id));
            }
        }
    }
}
