//! On whoever releases: what is written on spans that leave, so that whoever counts them counts right.

use std::sync::Arc;

use pipeline::batch::Value;
use pipeline::sampling::{Editor, Mark, TraceId};
use pipeline::{Batch, Signal};

use super::plan::Plan;
use super::randomness::rewrite;

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
        if let Some(threshold) = mark.threshold {
            let state = batch.record(row).map(|record| record.trace_state().as_str().to_owned()).unwrap_or_default();
            if let Some(state) = rewrite(&state, Some(threshold), mark.randomness) {
                batch.set_trace_state(row, &state);
            }
        }
        let policy = mark.policy.and_then(|at| self.plan.config.policies.get(usize::from(at)));
        if let Some(policy) = policy.filter(|_| self.plan.config.record_policy) {
            batch.set_attribute(row, POLICY, &Value::String(policy.name.clone()));
        }
        if mark.partial && !self.plan.contrib {
            batch.set_attribute(row, PARTIAL, &Value::Bool(true));
        }
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
