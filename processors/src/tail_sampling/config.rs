//! The block of a tail sampler: the Collector's keys, and ours beside them.

use pipeline::config::{ByteSize, Duration};
use schemars::JsonSchema;
use serde::Deserialize;

use super::policies::Policy;

/// Whose semantics the Collector's keys have.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Compat {
    /// The documented ones, without the Collector's traps.
    #[default]
    None,
    /// Exactly the Collector's (contrib 0.159.0).
    Contrib,
}

/// A severity of log records, by name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize, JsonSchema)]
#[serde(rename_all = "UPPERCASE")]
pub enum Severity {
    /// 1 to 4.
    Trace,
    /// 5 to 8.
    Debug,
    /// 9 to 12.
    Info,
    /// 13 to 16.
    Warn,
    /// 17 to 20.
    Error,
    /// 21 to 24.
    Fatal,
}

impl Severity {
    /// As it is written.
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Trace => "TRACE",
            Self::Debug => "DEBUG",
            Self::Info => "INFO",
            Self::Warn => "WARN",
            Self::Error => "ERROR",
            Self::Fatal => "FATAL",
        }
    }

    /// The lowest `SeverityNumber` of this name.
    pub(super) const fn number(self) -> i32 {
        match self {
            Self::Trace => 1,
            Self::Debug => 5,
            Self::Info => 9,
            Self::Warn => 13,
            Self::Error => 17,
            Self::Fatal => 21,
        }
    }
}

/// What becomes of log records that follow no trace.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum OrphanLogs {
    /// They leave.
    #[default]
    Keep,
    /// They are sampled out.
    Drop,
    /// Those of this severity and above leave, the others are sampled out.
    KeepFrom(Severity),
}

/// Log records that leave whatever their trace does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AlwaysKeep {
    /// Log records of this severity and above leave at once.
    pub severity: Severity,
}

/// What becomes of waiting traces at a stop.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Stop {
    /// They wait for the next start.
    Keep,
    /// They are decided with what there is.
    Decide,
}

/// How many decisions are remembered, so that late records follow them: of either kind never more than fit into a
/// twenty-fifth of `service.memory.limit`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct DecisionCache {
    /// Kept traces, about 40 bytes each. 0 is the default: 1000000 (with `compat: contrib`: none beside `num_traces`).
    pub sampled_cache_size: u64,
    /// Traces that were not kept, about 20 bytes each. 0 is the default: 1000000 (with `compat: contrib`: none beside
    /// `num_traces`).
    pub non_sampled_cache_size: u64,
}

/// The Collector's two ways of deciding.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Strategy {
    /// A trace is decided when it has waited.
    #[default]
    TraceComplete,
    /// Each part of a trace is decided as it comes.
    SpanIngest,
}

/// Keeps or drops whole traces, with their logs, when they have waited: by what any of their spans and logs was.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct TailSampling {
    /// What traces are kept for: any of them is enough, unless a `drop` policy wants a trace gone. Required.
    pub policies: Vec<Policy>,
    /// How long a trace waits from its first span. Default 30s. With `compat: contrib` in whole seconds.
    pub decision_wait: Duration,
    /// How long it still waits once its root has come, where that is sooner; `0` is off. Default 0s.
    pub decision_wait_after_root_received: Duration,
    /// Decide when nothing has come of a trace for this long; `0` is off. Default 0s.
    pub decision_idle: Duration,
    /// Most traces that wait at once; past it the oldest is decided with what there is (with `compat: contrib`: is
    /// deleted). Default: none, bytes alone bound them (with `compat: contrib`: 50000).
    #[schemars(range(min = 1))]
    pub num_traces: Option<u64>,
    /// How many decisions are remembered.
    pub decision_cache: DecisionCache,
    /// Ask no further policy once one wants the trace. Default false.
    pub sample_on_first_match: bool,
    /// A trace whose spans take more bytes is not kept; `0` is no limit. Default 0.
    pub maximum_trace_size_bytes: ByteSize,
    /// At a stop, drop the traces that wait. Default false.
    pub drop_pending_traces_on_shutdown: bool,
    /// At a stop: `keep` waiting traces for the next start, or `decide` them with what there is. Default: `keep` where
    /// the journal is in files, else `decide`; `decide` with `compat: contrib`.
    pub on_shutdown: Option<Stop>,
    /// What becomes of log records without a trace, and of traces of which only logs have come: `keep`, `drop`, or
    /// `{keep_from: WARN}`. Default `keep`.
    pub orphan_logs: OrphanLogs,
    /// Log records that leave at once, whatever becomes of their trace. Default none.
    pub always_keep: Option<AlwaysKeep>,
    /// How long a trace that was not kept can still be brought back by an error that comes late; `0` is off.
    /// Default 0s.
    pub regret_window: Duration,
    /// Release a trace as soon as nothing to come could change what is decided and written. Default true; false with
    /// `compat: contrib`.
    pub early_release: Option<bool>,
    /// Write which policy kept a trace on its spans, as `tollgate.sampling.policy`. Default false.
    pub record_policy: bool,
    /// `contrib`: the Collector's exact semantics, traps included. Default: ours, which differ where its are a trap.
    pub compat: Compat,
    /// Means nothing here: senders are held back by bytes, not by traces. Default false.
    pub block_on_overflow: bool,
    /// Means nothing here: tables grow as they must. Default 0.
    pub expected_new_traces_per_sec: u64,
    /// Means nothing here: deciding takes no share of the workers' time. Default 1.
    pub num_shards: Option<u32>,
    /// Means nothing here: traces are always decided whole, `trace-complete`.
    pub sampling_strategy: Strategy,
    /// Means nothing here: what waits is in the journal. Default none.
    pub tail_storage: Option<String>,
}

impl Default for TailSampling {
    fn default() -> Self {
        Self {
            policies: Vec::new(),
            decision_wait: Duration::secs(30),
            decision_wait_after_root_received: Duration::default(),
            decision_idle: Duration::default(),
            num_traces: None,
            decision_cache: DecisionCache::default(),
            sample_on_first_match: false,
            maximum_trace_size_bytes: ByteSize(0),
            drop_pending_traces_on_shutdown: false,
            on_shutdown: None,
            orphan_logs: OrphanLogs::Keep,
            always_keep: None,
            regret_window: Duration::default(),
            early_release: None,
            record_policy: false,
            compat: Compat::None,
            block_on_overflow: false,
            expected_new_traces_per_sec: 0,
            num_shards: None,
            sampling_strategy: Strategy::TraceComplete,
            tail_storage: None,
        }
    }
}

impl TailSampling {
    /// Whether the Collector's traps are kept.
    pub(super) fn contrib(&self) -> bool {
        self.compat == Compat::Contrib
    }
}
