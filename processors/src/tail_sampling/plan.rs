//! What a block comes to: the keys to look up, the predicates to ask of each record, and the policies as trees over
//! their answers. Made once; workers and the decider share it.

use pipeline::registry::BuildError;
use pipeline::sampling::{Legend, PolicyLegend};

use super::compile::Compiled;
use super::config::{OrphanLogs, Severity, TailSampling};
use super::facts::Bits;
use super::failure::ToolCall;
use super::node::{Node, set};
use super::policies::{Failure, Policy, Quantifier};
use super::predicate::{Predicate, Sight};

/// Predicates that have to hold for one record, and where it is noted.
pub(super) struct Ask {
    /// Each with whether it is not to hold. More than one: of the same span.
    pub(super) of: Vec<(usize, bool)>,
    /// The first bit.
    pub(super) bit: u32,
    /// How many.
    pub(super) count: u32,
    /// Over which spans.
    pub(super) quantifier: Quantifier,
    /// Where the predicates look, all of them together; where they look and find nothing, the answer is no.
    pub(super) sight: Sight,
    /// Whether it is about spans, and about log records.
    pub(super) reads: [bool; 2],
}

/// What is summed over spans.
pub(super) enum Summed {
    /// The numbers of an attribute, by slot.
    Key(usize),
    /// Calls of tools.
    ToolCalls(ToolCall),
    /// Spans with status ERROR.
    Errors,
}

/// A policy, ready to be asked.
pub(super) struct Asked {
    pub(super) node: Node,
    pub(super) dry_run: bool,
}

/// What a block comes to.
pub(super) struct Plan {
    /// The block itself.
    pub(super) config: TailSampling,
    /// What is asked of each record, and noted of it.
    pub(super) compiled: Compiled,
    /// For each predicate, the slot whose text alone says what matches, where that is worth remembering.
    pub(super) sole_texts: Vec<Option<usize>>,
    /// The policies, in the order of the legend.
    pub(super) policies: Vec<Asked>,
    /// The order in which they are asked: those that drop first.
    pub(super) order: Vec<usize>,
    /// The bits of `failure` policies.
    pub(super) failures: Vec<(u32, u32)>,
    /// Policies, and bits that settle a trace as soon as one is set.
    pub(super) certain: Vec<(usize, (u32, u32))>,
    /// The severity from which on log records always leave; none.
    pub(super) floor: Option<i32>,
    /// The severity from which on log records are firm; none.
    pub(super) firm: Option<i32>,
}

impl Plan {
    /// The plan of a block.
    pub(super) fn new(config: TailSampling) -> Result<Self, BuildError> {
        let mut compiled = Compiled::new(config.contrib());
        let mut policies = Vec::with_capacity(config.policies.len());
        for (at, policy) in config.policies.iter().enumerate() {
            let node = compiled.policy(policy, &format!("policies.{at}"))?;
            policies.push(Asked { node, dry_run: policy.dry_run });
        }
        let drops = |at: &usize| matches!(policies[*at].node, Node::Drop(_));
        let order: Vec<usize> =
            (0..policies.len()).filter(drops).chain((0..policies.len()).filter(|at| !drops(at))).collect();
        let failures = compiled.failures();
        let certain = certain(&config, &policies);
        if compiled.salts.is_empty() {
            compiled.salts.push(String::new());
        }
        let sole_texts = compiled.predicates.iter().map(Predicate::sole_text).collect();
        let floor = config.always_keep.map(|keep| keep.severity.number());
        let firm = match config.orphan_logs {
            OrphanLogs::KeepFrom(severity) => Some(severity.number()),
            _ => None,
        };
        Ok(Self { config, compiled, sole_texts, policies, order, failures, certain, floor, firm })
    }

    /// Whether a `failure` policy saw something.
    pub(super) fn has_failed(&self, bits: &Bits) -> bool {
        self.failures.iter().any(|range| set(bits, *range))
    }

    /// The policy by which a trace is certain to be kept, whatever else comes of it.
    pub(super) fn is_certain(&self, bits: &Bits) -> bool {
        self.certain.iter().any(|(_, range)| set(bits, *range))
    }

    /// Names for votes.
    pub(super) fn legend(&self) -> Legend {
        Legend { policies: self.config.policies.iter().map(legend).collect() }
    }
}

/// What settles a trace at once. Nothing, where something to come could still change what is decided or written: a
/// policy that drops, a limit on its size, a limit that counts every trace, the name of a policy before this one.
fn certain(config: &TailSampling, policies: &[Asked]) -> Vec<(usize, (u32, u32))> {
    let wanted = config.early_release.unwrap_or(true) && !config.contrib();
    let open = config.maximum_trace_size_bytes.0 > 0
        || policies.iter().any(|policy| matches!(policy.node, Node::Drop(_)) || policy.node.is_limited());
    if !wanted || open {
        return Vec::new();
    }
    let found = policies.iter().enumerate().filter(|(_, policy)| !policy.dry_run);
    let found = found.filter_map(|(at, policy)| Some((at, policy.node.certain()?)));
    found.filter(|(at, _)| !config.record_policy || *at == 0).collect()
}

fn legend(policy: &Policy) -> PolicyLegend {
    let (name, kind) = (policy.name.clone(), policy.kind.clone());
    let listed = super::compile::entries(policy);
    let entries = if listed.is_empty() { told(policy).into_iter().collect() } else { listed };
    let unit = match policy.kind.as_str() {
        "latency" => Some("ms".to_owned()),
        "span_count" | "rate_limiting" => Some("spans".to_owned()),
        "bytes_limiting" => Some("bytes".to_owned()),
        "budget" => policy
            .budget
            .as_ref()
            .map(|budget| if budget.bytes_per_second > 0 { "bytes".to_owned() } else { "spans".to_owned() }),
        "sum" => {
            policy.sum.as_ref().map(|sum| sum.key.clone().unwrap_or_else(|| super::compile::counted(sum).to_owned()))
        }
        _ => None,
    };
    PolicyLegend { name, kind, entries, unit }
}

/// What is configured in a policy that lists nothing, in words: what its one answer stands for.
fn told(policy: &Policy) -> Option<String> {
    match policy.kind.as_str() {
        "numeric_attribute" => policy.numeric_attribute.as_ref().map(|config| {
            let bound =
                |word: &str, bound: Option<f64>| bound.map(|bound| format!(" {word} {bound}")).unwrap_or_default();
            format!("{}{}{}", config.key, bound("from", config.min_value), bound("to", config.max_value))
        }),
        "boolean_attribute" => {
            policy.boolean_attribute.as_ref().map(|config| format!("{} is {}", config.key, config.value))
        }
        "log_severity" => {
            let least = policy.log_severity.as_ref().and_then(|config| config.at_least).unwrap_or(Severity::Error);
            Some(format!("{least:?} or above").to_uppercase().replace(" OR ABOVE", " or above"))
        }
        "and" => policy
            .and
            .as_ref()
            .map(|config| config.and_sub_policy.iter().map(|sub| sub.name.as_str()).collect::<Vec<_>>().join(" and ")),
        "not" => {
            let sub = policy.not.as_ref().and_then(|config| config.not_sub_policy.as_ref());
            sub.map(|sub| format!("not {}", sub.name))
        }
        _ => None,
    }
}

/// The `failure` block of a policy, or the default where it has none.
pub(super) fn failure(policy: &Policy) -> Failure {
    policy.failure.clone().unwrap_or_default()
}
