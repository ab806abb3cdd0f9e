//! What a block comes to: the keys to look up, the predicates to ask of each record, and the policies as trees over
//! their answers. Made once; workers and the decider share it.

use pipeline::registry::BuildError;
use pipeline::sampling::Legend;

use super::compile::Compiled;
use super::config::{OrphanLogs, TailSampling};
use super::facts::Bits;
use super::failure::ToolCall;
use super::legend;
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
    /// The bits of `failure` policies that decide.
    pub(super) failures: Vec<(u32, u32)>,
    /// Whether policies look at hashes of different seeds.
    pub(super) salts_differ: bool,
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
        let mut failures = Vec::new();
        for (at, policy) in config.policies.iter().enumerate() {
            let asks = compiled.asks.len();
            let node = compiled.policy(policy, &format!("policies.{at}"))?;
            // One that only watches brings nothing back, either.
            failures.extend(compiled.failures(asks).filter(|_| !policy.dry_run));
            policies.push(Asked { node, dry_run: policy.dry_run });
        }
        let drops = |at: &usize| matches!(policies[*at].node, Node::Drop(_));
        let order: Vec<usize> =
            (0..policies.len()).filter(drops).chain((0..policies.len()).filter(|at| !drops(at))).collect();
        let certain = certain(&config, &policies);
        let salts_differ = compiled.salts.len() > 1;
        if compiled.salts.is_empty() {
            compiled.salts.push(String::new());
        }
        let sole_texts = compiled.predicates.iter().map(Predicate::sole_text).collect();
        let floor = config.always_keep.map(|keep| keep.severity.number());
        let firm = match config.orphan_logs {
            OrphanLogs::KeepFrom(severity) => Some(severity.number()),
            _ => None,
        };
        Ok(Self { config, compiled, sole_texts, policies, order, failures, salts_differ, certain, floor, firm })
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
        Legend { policies: self.config.policies.iter().map(legend::of).collect() }
    }
}

/// What settles a trace at once. Nothing, where something to come could still change what is decided or written: a
/// policy that drops, a limit on its size, a limit that counts every trace, a budget that is asked before this one,
/// the name of a policy before it.
fn certain(config: &TailSampling, policies: &[Asked]) -> Vec<(usize, (u32, u32))> {
    let wanted = config.early_release.unwrap_or(true) && !config.contrib();
    let open = config.maximum_trace_size_bytes.0 > 0
        || policies.iter().any(|policy| matches!(policy.node, Node::Drop(_)) || policy.node.is_limited());
    if !wanted || open {
        return Vec::new();
    }
    let found = policies.iter().enumerate().filter(|(_, policy)| !policy.dry_run);
    let found = found.filter_map(|(at, policy)| Some((at, policy.node.certain()?)));
    let first_budget = policies.iter().position(|policy| policy.node.spends()).unwrap_or(usize::MAX);
    found.filter(|(at, _)| *at < first_budget && (!config.record_policy || *at == 0)).collect()
}

/// The `failure` block of a policy, or the default where it has none.
pub(super) fn failure(policy: &Policy) -> Failure {
    policy.failure.clone().unwrap_or_default()
}
