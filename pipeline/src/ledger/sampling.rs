//! What a tail sampler decided and why, in the Collector's names where it has one. Policies by name, never what they saw.

use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::Registry;

use crate::Signal;
use crate::sampling::{Trigger, Verdict};

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct ProcessorLabels {
    processor: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct PolicyLabels {
    processor: String,
    policy: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct VoteLabels {
    processor: String,
    policy: String,
    sampled: &'static str,
    decision: &'static str,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct VerdictLabels {
    processor: String,
    sampled: &'static str,
    decision: &'static str,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct SampledLabels {
    processor: String,
    sampled: &'static str,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct TriggerLabels {
    processor: String,
    trigger: &'static str,
    decision: &'static str,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct LateLabels {
    processor: String,
    signal: &'static str,
    sampled: &'static str,
}

/// A family of histograms, which have to be told their buckets.
type Histograms = Family<ProcessorLabels, Histogram, fn() -> Histogram>;

fn seconds() -> Histogram {
    Histogram::new([1.0, 2.0, 5.0, 10.0, 20.0, 30.0, 60.0, 120.0, 300.0, 600.0, 1800.0])
}

/// The families of every tail sampler of the process.
#[derive(Clone, Debug)]
pub(super) struct Families {
    traces: Family<VoteLabels, Counter>,
    spans: Family<VoteLabels, Counter>,
    bytes: Family<VoteLabels, Counter>,
    executions: Family<PolicyLabels, Counter>,
    credited: Family<PolicyLabels, Counter>,
    all: Family<VerdictLabels, Counter>,
    triggers: Family<TriggerLabels, Counter>,
    followed: Family<SampledLabels, Counter>,
    late: Family<LateLabels, Counter>,
    new_traces: Family<ProcessorLabels, Counter>,
    errors: Family<ProcessorLabels, Counter>,
    too_early: Family<ProcessorLabels, Counter>,
    too_large: Family<ProcessorLabels, Counter>,
    unparseable: Family<ProcessorLabels, Counter>,
    waiting: Family<ProcessorLabels, Gauge>,
    remembered: Family<ProcessorLabels, Gauge>,
    late_age: Histograms,
    removal_age: Histograms,
}

impl Default for Families {
    fn default() -> Self {
        Self {
            traces: Family::default(),
            spans: Family::default(),
            bytes: Family::default(),
            executions: Family::default(),
            credited: Family::default(),
            all: Family::default(),
            triggers: Family::default(),
            followed: Family::default(),
            late: Family::default(),
            new_traces: Family::default(),
            errors: Family::default(),
            too_early: Family::default(),
            too_large: Family::default(),
            unparseable: Family::default(),
            waiting: Family::default(),
            remembered: Family::default(),
            late_age: Family::new_with_constructor(seconds),
            removal_age: Family::new_with_constructor(seconds),
        }
    }
}

/// Counters for each verdict.
#[derive(Clone, Debug)]
pub struct ByVerdict([Counter; 3]);

/// The series of one policy.
#[derive(Clone, Debug)]
pub struct PolicySeries {
    /// Traces it was asked about, by what it said.
    pub traces: ByVerdict,
    /// Their spans.
    pub spans: ByVerdict,
    /// The bytes of those.
    pub bytes: ByVerdict,
    /// How often it was asked.
    pub executions: Counter,
    /// Traces that were kept for it: it was the first that wanted them.
    pub credited: Counter,
}

/// The series of one tail sampler.
#[derive(Clone, Debug)]
pub struct SamplingSeries {
    /// Those of its policies, in their order.
    pub policies: Vec<PolicySeries>,
    /// Traces decided.
    pub traces: ByVerdict,
    triggers: Vec<ByVerdict>,
    followed: [Counter; 2],
    late: [[Counter; 2]; 2],
    /// Traces that were new.
    pub new_traces: Counter,
    /// Policies that could not say.
    pub errors: Counter,
    /// Traces that were deleted undecided (with `compat: contrib`).
    pub too_early: Counter,
    /// Traces that grew past the limit of their size.
    pub too_large: Counter,
    /// Spans whose trace state could not be read.
    pub unparseable: Counter,
    /// Traces that wait.
    pub waiting: Gauge,
    /// Traces held in its tables, decided ones included.
    pub remembered: Gauge,
    /// How long after its first span late spans of a trace came, seconds.
    pub late_age: Histogram,
    /// How old traces were when they were decided, seconds.
    pub removal_age: Histogram,
}

const VERDICTS: [(&str, &str); 3] = [("true", "sampled"), ("false", "not_sampled"), ("false", "dropped")];
const TRIGGERS: [&str; 9] =
    ["root", "idle", "timeout", "early", "evicted", "pressure", "too_large", "drained", "regret"];

impl ByVerdict {
    /// The counter of a verdict.
    pub fn of(&self, verdict: Verdict) -> &Counter {
        &self.0[verdict as usize]
    }
}

impl SamplingSeries {
    /// The counter of decisions made for this reason.
    pub fn trigger(&self, trigger: Trigger) -> &ByVerdict {
        &self.triggers[trigger as usize]
    }

    /// Counts records that followed a decision that was made before.
    pub fn follow(&self, signal: Signal, records: u64, sampled: bool) {
        let at = usize::from(!sampled);
        if signal == Signal::Traces {
            self.followed[at].inc_by(records);
        }
        self.late[usize::from(signal != Signal::Traces)][at].inc_by(records);
    }
}

impl Families {
    pub(super) fn register(&self, registry: &mut Registry) {
        let f = self.clone();
        let mut add = |name: &str, help: &str, metric: Family<VoteLabels, Counter>| {
            registry.register(format!("tail_sampling_{name}"), help, metric);
        };
        add("count_traces_sampled", "Traces a policy was asked about, by what it said", f.traces);
        add("count_spans_sampled", "Spans of traces a policy was asked about, by what it said", f.spans);
        add("count_bytes_sampled", "Bytes of spans a policy was asked about, by what it said", f.bytes);
        let help = "Traces decided";
        registry.register("tail_sampling_global_count_traces_sampled", help, f.all);
        let help = "Spans that followed a decision that was made before";
        registry.register("tail_sampling_early_releases_from_cache_decision", help, f.followed);
        let mut add = |name: &str, help: &str, metric: Family<PolicyLabels, Counter>| {
            registry.register(format!("tail_sampling_{name}"), help, metric);
        };
        add("sampling_policy_execution_count", "How often a policy was asked", f.executions);
        add("credited_traces", "Traces kept, by the first policy that wanted them", f.credited);
        let mut add = |name: &str, help: &str, metric: Family<ProcessorLabels, Counter>| {
            registry.register(format!("tail_sampling_{name}"), help, metric);
        };
        add("new_trace_id_received", "Traces that were new", f.new_traces);
        add("sampling_policy_evaluation_error", "Policies that could not say", f.errors);
        add("sampling_trace_dropped_too_early", "Traces deleted undecided (compat: contrib)", f.too_early);
        add("traces_dropped_too_large", "Traces not kept because they grew past the limit of their size", f.too_large);
        add("count_spans_with_unparseable_tracestate", "Spans whose trace state could not be read", f.unparseable);
        registry.register("tail_sampling_decisions", "Traces decided, by what made it so then", f.triggers);
        registry.register("tail_sampling_late_records", "Records that came after the decision", f.late);
        registry.register("tail_sampling_waiting_traces", "Traces that wait", f.waiting);
        let help = "Traces held in the sampler's tables, decided ones included";
        registry.register("tail_sampling_sampling_traces_on_memory", help, f.remembered);
        let mut add = |name: &str, help: &str, metric: Histograms| {
            registry.register(format!("tail_sampling_{name}"), help, metric);
        };
        add("sampling_late_span_age", "How long after its first span late spans of a trace came, seconds", f.late_age);
        add("sampling_trace_removal_age", "How old traces were when they were decided, seconds", f.removal_age);
    }

    /// All at zero when first asked for. `processor` is `tail_sampling` or `tail_sampling/name`; a policy's label has
    /// the name before it, as the Collector's.
    pub(super) fn of(&self, processor: &str, policies: &[String]) -> SamplingSeries {
        let own = ProcessorLabels { processor: processor.into() };
        let counter = |family: &Family<ProcessorLabels, Counter>| family.get_or_create_owned(&own);
        let by_verdict = |(sampled, decision): (&'static str, &'static str)| {
            self.all.get_or_create_owned(&VerdictLabels { processor: processor.into(), sampled, decision })
        };
        let trigger = |trigger: &&'static str| {
            ByVerdict(VERDICTS.map(|(_, decision)| {
                let labels = TriggerLabels { processor: processor.into(), trigger, decision };
                self.triggers.get_or_create_owned(&labels)
            }))
        };
        let late = |signal: Signal| {
            ["true", "false"].map(|sampled| {
                let labels = LateLabels { processor: processor.into(), signal: signal.name(), sampled };
                self.late.get_or_create_owned(&labels)
            })
        };
        let followed =
            |sampled| self.followed.get_or_create_owned(&SampledLabels { processor: processor.into(), sampled });
        SamplingSeries {
            policies: policies.iter().map(|policy| self.policy(processor, policy)).collect(),
            traces: ByVerdict(VERDICTS.map(by_verdict)),
            triggers: TRIGGERS.iter().map(trigger).collect(),
            followed: ["true", "false"].map(followed),
            late: [late(Signal::Traces), late(Signal::Logs)],
            new_traces: counter(&self.new_traces),
            errors: counter(&self.errors),
            too_early: counter(&self.too_early),
            too_large: counter(&self.too_large),
            unparseable: counter(&self.unparseable),
            waiting: self.waiting.get_or_create_owned(&own),
            remembered: self.remembered.get_or_create_owned(&own),
            late_age: self.late_age.get_or_create_owned(&own),
            removal_age: self.removal_age.get_or_create_owned(&own),
        }
    }

    fn policy(&self, processor: &str, policy: &str) -> PolicySeries {
        let policy = match processor.split_once('/') {
            Some((_, name)) => format!("{name}.{policy}"),
            None => policy.to_owned(),
        };
        let votes = |family: &Family<VoteLabels, Counter>| {
            ByVerdict(VERDICTS.map(|(sampled, decision)| {
                let (processor, policy) = (processor.to_owned(), policy.clone());
                family.get_or_create_owned(&VoteLabels { processor, policy, sampled, decision })
            }))
        };
        let own = PolicyLabels { processor: processor.into(), policy: policy.clone() };
        PolicySeries {
            traces: votes(&self.traces),
            spans: votes(&self.spans),
            bytes: votes(&self.bytes),
            executions: self.executions.get_or_create_owned(&own),
            credited: self.credited.get_or_create_owned(&own),
        }
    }
}
