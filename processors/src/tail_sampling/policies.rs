//! A policy as it is configured: a name, a type, and the settings under a key named like the type.

use pipeline::config::Duration;
use schemars::JsonSchema;
use serde::Deserialize;

use super::config::Severity;

/// One policy.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Policy {
    /// Its name in metrics and in answers to why a trace was kept. Required, once.
    pub name: String,
    /// Its type, one of the keys below, or `always_sample`, `trace_flags`, `failure`. Required.
    #[serde(rename = "type")]
    pub kind: String,
    /// It votes, and decides nothing. Default false.
    pub dry_run: bool,
    /// `always_sample`: every trace. It has no settings; an empty block is one of the Collector's.
    pub always_sample: Option<NoSettings>,
    /// `trace_flags`: a span that was sampled by its flags. It has no settings.
    pub trace_flags: Option<NoSettings>,
    /// `latency`: traces that took longer than a bound.
    pub latency: Option<Latency>,
    /// `numeric_attribute`: an attribute with a number within bounds.
    pub numeric_attribute: Option<NumericAttribute>,
    /// `probabilistic`: a share of all traces.
    pub probabilistic: Option<Probabilistic>,
    /// `status_code`: a span with one of these statuses.
    pub status_code: Option<StatusCode>,
    /// `string_attribute`: an attribute with one of these texts.
    pub string_attribute: Option<StringAttribute>,
    /// `boolean_attribute`: an attribute that is true, or false.
    pub boolean_attribute: Option<BooleanAttribute>,
    /// `trace_state`: a span whose W3C trace state has this entry.
    pub trace_state: Option<TraceState>,
    /// `rate_limiting`: as many spans a second, by a token bucket.
    pub rate_limiting: Option<RateLimiting>,
    /// `bytes_limiting`: as many bytes of spans a second, by a token bucket.
    pub bytes_limiting: Option<BytesLimiting>,
    /// `span_count`: traces of so many spans.
    pub span_count: Option<SpanCount>,
    /// `ottl_condition`: conditions in the Collector's language.
    pub ottl_condition: Option<OttlCondition>,
    /// `and`: all of these.
    pub and: Option<And>,
    /// `or`: any of these. Ours.
    pub or: Option<Or>,
    /// `not`: anything but this.
    pub not: Option<Not>,
    /// `drop`: traces that all of these match go, whoever wants them.
    pub drop: Option<DropPolicy>,
    /// `composite`: a budget of spans a second, shared out.
    pub composite: Option<Composite>,
    /// `failure`: anything that went wrong. Ours.
    pub failure: Option<Failure>,
    /// `sum`: a sum over all spans of a trace. Ours.
    pub sum: Option<Sum>,
    /// `log_severity`: a log record of this severity. Ours.
    pub log_severity: Option<LogSeverity>,
    /// `log_attribute`: a log record with this attribute. Ours.
    pub log_attribute: Option<LogAttribute>,
    /// `budget`: spans or bytes a second, for each value of a key; what is over is for the next policy. Ours.
    pub budget: Option<Budget>,
}

/// Nothing to set.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NoSettings {}

/// Over how many spans of a trace a condition is meant.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Quantifier {
    /// Any span.
    #[default]
    Any,
    /// Every span.
    All,
    /// The same span that the other `same_span` conditions of an `and` match.
    SameSpan,
    /// The root span.
    Root,
}

/// Traces that took longer than a bound, from the first start to the last end.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Latency {
    /// Longer than this, milliseconds. Default 0.
    pub threshold_ms: i64,
    /// At most this, milliseconds; 0 is no bound. Default 0.
    pub upper_threshold_ms: i64,
}

/// An attribute of a span or its resource with a number within bounds.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct NumericAttribute {
    /// The attribute's key. Required.
    pub key: String,
    /// At least this. Default: no bound (with `compat: contrib`, 0 is none too).
    pub min_value: Option<f64>,
    /// At most this. Default: no bound (with `compat: contrib`, 0 is none too).
    pub max_value: Option<f64>,
    /// Traces that do not match. Default false.
    pub invert_match: bool,
    /// `any`, `all`, `same_span` or `root`. Default `any`.
    pub quantifier: Quantifier,
}

/// A share of all traces, by a hash of their ids.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Probabilistic {
    /// What the hash is seeded with. Default empty, which is `default-hash-seed`.
    pub hash_salt: String,
    /// The share, percent. Default 0.
    pub sampling_percentage: f64,
}

/// A span with one of these statuses.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct StatusCode {
    /// `OK`, `ERROR`, `UNSET`. At least one.
    pub status_codes: Vec<String>,
    /// `any`, `all`, `same_span` or `root`. Default `any`.
    pub quantifier: Quantifier,
}

/// An attribute of a span or its resource with one of these texts.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct StringAttribute {
    /// The attribute's key. Required.
    pub key: String,
    /// The texts, exactly, or as regexes.
    pub values: Vec<String>,
    /// Whether `values` are regexes (RE2), which may match anywhere in the text. Default false.
    pub enabled_regex_matching: bool,
    /// Means nothing here: regexes are fast enough without. Default 0.
    pub cache_max_size: u64,
    /// Traces that do not match. Default false.
    pub invert_match: bool,
    /// `any`, `all`, `same_span` or `root`. Default `any`.
    pub quantifier: Quantifier,
}

/// An attribute of a span or its resource that is true, or false.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct BooleanAttribute {
    /// The attribute's key. Required.
    pub key: String,
    /// What it is. Default false.
    pub value: bool,
    /// Traces that do not match. Default false.
    pub invert_match: bool,
    /// `any`, `all`, `same_span` or `root`. Default `any`.
    pub quantifier: Quantifier,
}

/// A span whose W3C trace state has this entry.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct TraceState {
    /// The entry's key. Required.
    pub key: String,
    /// The values it may have, exactly. Those with which key and value take 256 bytes or more are left out.
    pub values: Vec<String>,
}

/// As many spans a second.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct RateLimiting {
    /// Spans a second. Default 0.
    pub spans_per_second: u64,
    /// Spans at once; a trace that has more never passes. Default 0: twice `spans_per_second`.
    pub burst_capacity: u64,
}

/// As many bytes of spans a second.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct BytesLimiting {
    /// Bytes a second. Default 0.
    pub bytes_per_second: u64,
    /// Bytes at once; a trace that has more never passes. Default 0: twice `bytes_per_second`.
    pub burst_capacity: u64,
}

/// Traces of so many spans.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct SpanCount {
    /// At least so many. Default 0.
    pub min_spans: u32,
    /// At most so many; 0 is no bound. Default 0.
    pub max_spans: u32,
}

/// What becomes of a condition that cannot be evaluated.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ErrorMode {
    /// It does not match.
    #[default]
    Ignore,
    /// The policy's vote is an error.
    Propagate,
    /// It does not match.
    Silent,
}

/// Conditions in the Collector's language: any of them is enough.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct OttlCondition {
    /// What becomes of errors: `ignore`, `propagate`, `silent`. Default `ignore`.
    pub error_mode: ErrorMode,
    /// Conditions over spans. Default none.
    pub span: Vec<String>,
    /// Conditions over events of spans. Default none.
    pub spanevent: Vec<String>,
}

/// All of these.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct And {
    /// Each may match another span, unless their `quantifier` is `same_span`. At least one.
    pub and_sub_policy: Vec<Policy>,
}

/// Any of these.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Or {
    /// The first that matches is the one that is named. At least one.
    pub or_sub_policy: Vec<Policy>,
}

/// Anything but this.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Not {
    /// The policy. Required.
    pub not_sub_policy: Option<Box<Policy>>,
}

/// Traces that all of these match go.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct DropPolicy {
    /// At least one.
    pub drop_sub_policy: Vec<Policy>,
}

/// A budget of spans a second, shared out.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Composite {
    /// Spans in each second. Default 0.
    pub max_total_spans_per_second: u64,
    /// The names of the sub-policies in the order in which they are asked (with `compat: contrib` it is their own).
    /// Default: as they stand.
    pub policy_order: Vec<String>,
    /// The policies. At least one.
    pub composite_sub_policy: Vec<Policy>,
    /// What each may have. Default: all of it (with `compat: contrib`: an even share).
    pub rate_allocation: Vec<RateAllocation>,
}

/// A share of a composite's budget.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct RateAllocation {
    /// The sub-policy's name. Required.
    pub policy: String,
    /// Its share of the budget, percent. Default 0 (with `compat: contrib`, 0 is an even share).
    pub percent: u64,
}

/// Anything that went wrong. Each part can be switched.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Failure {
    /// A tool call that failed, even inside a run that ended well: by its status, an exception, an attribute that says so, or
    /// what it answered (`is_error`, `isError`, `status: error` of its own). Default true.
    pub tool_call: bool,
    /// An answer that was cut off, was refused or failed: `finish_reasons`. Default true.
    pub finish_reason: bool,
    /// The finish reasons that count; a refusal that is told by itself counts as `refusal`. Default `length`, `max_tokens`,
    /// `max_output_tokens`, `model_length`, `model_context_window_exceeded`, `content_filter`, `content_filtered`,
    /// `guardrail_intervened`, `refusal`, `safety`, `prohibited_content`, `blocklist`, `recitation`, `spii`, `error`.
    pub finish_reasons: Option<Vec<String>>,
    /// An event called `exception`, of a span or a log record (one of WARN and above, or without a severity). Default true.
    pub exception_event: bool,
    /// An attribute `success` that is false. Default true.
    pub success_false: bool,
    /// An attribute `error` or `error.type` that says anything but false, or Langfuse's level ERROR. Default true.
    pub error_attribute: bool,
    /// An attribute `status` that is `failure`, `failed`, `timeout` or `error`. Default true.
    pub status_attribute: bool,
    /// A span whose status is ERROR. Default true.
    pub status_error: bool,
    /// A log record of severity ERROR or above. Default true.
    pub error_log: bool,
    /// A trace whose root has not come this long after its first span. Default: off.
    pub missing_root_after: Option<Duration>,
    /// An evaluation (`gen_ai.evaluation.score.value`) under this. Default: off.
    pub evaluation_below: Option<f64>,
}

impl Default for Failure {
    fn default() -> Self {
        Self {
            tool_call: true,
            finish_reason: true,
            finish_reasons: None,
            exception_event: true,
            success_false: true,
            error_attribute: true,
            status_attribute: true,
            status_error: true,
            error_log: true,
            missing_root_after: None,
            evaluation_below: None,
        }
    }
}

/// What a `sum` counts where it sums no attribute.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Count {
    /// Spans that call a tool.
    ToolCalls,
    /// Spans whose status is ERROR.
    Errors,
}

/// A sum over all spans of a trace: of an attribute, or of what is counted.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Sum {
    /// The key of the attribute whose numbers are summed, over spans. This or `count`.
    pub key: Option<String>,
    /// `tool_calls` or `errors`. This or `key`.
    pub count: Option<Count>,
    /// More than this. Default 0.
    pub over: f64,
}

/// A log record of this severity.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct LogSeverity {
    /// This or above, by its number, or by its text where it has none. Default `ERROR`.
    pub at_least: Option<Severity>,
}

/// A log record with this attribute.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct LogAttribute {
    /// The attribute's key. Required.
    pub key: String,
    /// The texts, exactly, or as regexes; none: that it is there is enough.
    pub values: Vec<String>,
    /// Whether `values` are regexes (RE2), which may match anywhere in the text. Default false.
    pub enabled_regex_matching: bool,
}

/// Spans or bytes a second, for each value of a key.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Budget {
    /// The key of the attribute whose values have a budget each, of a span or its resource. Default: one budget.
    pub key: Option<String>,
    /// Spans a second. This or `bytes_per_second`.
    pub spans_per_second: u64,
    /// Bytes of spans a second. This or `spans_per_second`.
    pub bytes_per_second: u64,
    /// How much at once. Default 0: twice as much.
    pub burst_capacity: u64,
}

/// Every type, in the order of the documents.
pub(super) const TYPES: [&str; 23] = [
    "always_sample",
    "failure",
    "latency",
    "numeric_attribute",
    "probabilistic",
    "status_code",
    "string_attribute",
    "boolean_attribute",
    "trace_state",
    "trace_flags",
    "rate_limiting",
    "bytes_limiting",
    "span_count",
    "ottl_condition",
    "and",
    "or",
    "not",
    "drop",
    "composite",
    "sum",
    "log_severity",
    "log_attribute",
    "budget",
];

/// The types that are ours alone.
pub(super) const OURS: [&str; 6] = ["failure", "or", "sum", "log_severity", "log_attribute", "budget"];

/// The types that need no settings.
pub(super) const BARE: [&str; 4] = ["always_sample", "trace_flags", "failure", "log_severity"];

impl Policy {
    /// The names of the blocks of settings it has.
    pub(super) fn blocks(&self) -> Vec<&'static str> {
        let blocks = [
            ("always_sample", self.always_sample.is_some()),
            ("trace_flags", self.trace_flags.is_some()),
            ("latency", self.latency.is_some()),
            ("numeric_attribute", self.numeric_attribute.is_some()),
            ("probabilistic", self.probabilistic.is_some()),
            ("status_code", self.status_code.is_some()),
            ("string_attribute", self.string_attribute.is_some()),
            ("boolean_attribute", self.boolean_attribute.is_some()),
            ("trace_state", self.trace_state.is_some()),
            ("rate_limiting", self.rate_limiting.is_some()),
            ("bytes_limiting", self.bytes_limiting.is_some()),
            ("span_count", self.span_count.is_some()),
            ("ottl_condition", self.ottl_condition.is_some()),
            ("and", self.and.is_some()),
            ("or", self.or.is_some()),
            ("not", self.not.is_some()),
            ("drop", self.drop.is_some()),
            ("composite", self.composite.is_some()),
            ("failure", self.failure.is_some()),
            ("sum", self.sum.is_some()),
            ("log_severity", self.log_severity.is_some()),
            ("log_attribute", self.log_attribute.is_some()),
            ("budget", self.budget.is_some()),
        ];
        blocks.into_iter().filter(|(_, set)| *set).map(|(name, _)| name).collect()
    }

    /// What it is called in words for votes.
    pub(super) fn called(&self) -> &str {
        if self.name.is_empty() { &self.kind } else { &self.name }
    }

    /// The policies inside it, with the keys under which they stand.
    pub(super) fn inner(&self) -> Vec<(String, &Policy)> {
        let (key, policies): (&str, &[Policy]) = match self.kind.as_str() {
            "and" => ("and.and_sub_policy", self.and.as_ref().map_or(&[], |and| &and.and_sub_policy)),
            "or" => ("or.or_sub_policy", self.or.as_ref().map_or(&[], |or| &or.or_sub_policy)),
            "drop" => ("drop.drop_sub_policy", self.drop.as_ref().map_or(&[], |drop| &drop.drop_sub_policy)),
            "composite" => {
                let inner = self.composite.as_ref().map_or(&[][..], |composite| &composite.composite_sub_policy);
                ("composite.composite_sub_policy", inner)
            }
            "not" => {
                let inner = self.not.as_ref().and_then(|not| not.not_sub_policy.as_deref());
                return inner.map(|inner| ("not.not_sub_policy".to_owned(), inner)).into_iter().collect();
            }
            _ => return Vec::new(),
        };
        policies.iter().enumerate().map(|(at, policy)| (format!("{key}.{at}"), policy)).collect()
    }
}
