//! From policies as configured to predicates and trees over them.

use pipeline::Signal;
use pipeline::registry::BuildError;
use regex::bytes::{Regex, RegexBuilder};

use super::failure::{FailureParts, PARTS, ToolCall};
use super::keys::Keys;
use super::limits::Rate;
use super::node::{Composite, Leaf, Node};
use super::ottl::{Condition, Context, ParseError};
use super::plan::{Ask, Summed, failure};
use super::policies::{self, Count, ErrorMode, OttlCondition, Policy, Quantifier, Sum};
use super::predicate::{MAX_ENTRIES, Matcher, Predicate, Sight, entry};
use super::randomness::{most, rejection};
use super::words::Words;
use crate::redaction::contrib::translated;

/// The most that a regex may take when compiled, bytes: enough for letters of any script a hundred times over.
const REGEX_SIZE: usize = 10 << 20;

/// What policies come to beside their trees: it grows with each policy that is compiled.
#[derive(Default)]
pub(super) struct Compiled {
    /// Whether the Collector's traps are kept.
    pub(super) contrib: bool,
    /// The keys that any predicate looks at.
    pub(super) keys: Keys,
    /// What is asked of each record.
    pub(super) predicates: Vec<Predicate>,
    /// Where the answers are noted.
    pub(super) asks: Vec<Ask>,
    /// How many bits that takes.
    pub(super) bits: u32,
    /// Ranges of bits of which the first to be set stands.
    pub(super) first_wins: Vec<(u32, u32)>,
    /// What is summed.
    pub(super) sums: Vec<Summed>,
    /// The slots of the keys of budgets.
    pub(super) owners: Vec<usize>,
    /// What hashes are seeded with.
    pub(super) salts: Vec<String>,
    /// How many token buckets, composites and keys with budgets there are.
    pub(super) limits: (usize, usize, usize),
    /// Whether the times of each span have to be kept.
    pub(super) keeps_times: bool,
}

/// A predicate with what is to be made of its answers.
struct Single {
    predicate: Predicate,
    entries: usize,
    quantifier: Quantifier,
    invert: bool,
    /// That it cannot be evaluated is an answer of its own.
    fails: bool,
}

impl Compiled {
    pub(super) fn new(contrib: bool) -> Self {
        Self { contrib, keys: Keys::new(contrib), ..Self::default() }
    }

    /// The bits of `failure` policies, wherever they stand, from the ask `from` on.
    pub(super) fn failures(&self, from: usize) -> impl Iterator<Item = (u32, u32)> {
        let fails =
            |ask: &&Ask| matches!(ask.of[..], [(at, _)] if matches!(self.predicates[at], Predicate::Failure(_)));
        self.asks[from..].iter().filter(fails).map(|ask| (ask.bit, ask.count))
    }

    /// The tree of a policy; `at` is its key.
    pub(super) fn policy(&mut self, policy: &Policy, at: &str) -> Result<Node, BuildError> {
        if let Some(single) = self.single(policy, at)? {
            return Ok(self.leaf(single, policy));
        }
        let missing = || BuildError::at(at, format!("`{}` has no settings", policy.kind));
        Ok(match policy.kind.as_str() {
            "always_sample" => Node::Always,
            "latency" => self.latency(policy.latency.as_ref().ok_or_else(missing)?),
            "span_count" => {
                let config = policy.span_count.as_ref().ok_or_else(missing)?;
                Node::SpanCount { least: config.min_spans, most: config.max_spans }
            }
            "sum" => self.sum(policy.sum.as_ref().ok_or_else(missing)?),
            "probabilistic" => self.probabilistic(policy.probabilistic.as_ref().ok_or_else(missing)?),
            "rate_limiting" => {
                let config = policy.rate_limiting.as_ref().ok_or_else(missing)?;
                self.limit(Rate::new(config.spans_per_second, config.burst_capacity), false)
            }
            "bytes_limiting" => {
                let config = policy.bytes_limiting.as_ref().ok_or_else(missing)?;
                self.limit(Rate::new(config.bytes_per_second, config.burst_capacity), true)
            }
            "budget" => self.budget(policy.budget.as_ref().ok_or_else(missing)?),
            "and" => Node::And(self.conjunction(policy, at)?),
            "drop" => Node::Drop(self.conjunction(policy, at)?),
            "or" => Node::Or(self.inner(policy, at)?),
            "not" => Node::Not(Box::new(self.inner(policy, at)?.pop().ok_or_else(missing)?)),
            "composite" => self.composite(policy, at)?,
            other => return Err(BuildError::at(format!("{at}.type"), format!("there is no policy type `{other}`"))),
        })
    }

    fn inner(&mut self, policy: &Policy, at: &str) -> Result<Vec<Node>, BuildError> {
        policy.inner().iter().map(|(key, sub)| self.policy(sub, &format!("{at}.{key}"))).collect()
    }

    /// The sub-policies of an `and`: those that are meant of the same span become one predicate.
    fn conjunction(&mut self, policy: &Policy, at: &str) -> Result<Vec<Node>, BuildError> {
        let (mut nodes, mut same, mut place) = (Vec::new(), Vec::new(), 0);
        for (key, sub) in policy.inner() {
            let at = format!("{at}.{key}");
            match self.single(sub, &at)? {
                Some(single) if single.quantifier == Quantifier::SameSpan => {
                    place = if same.is_empty() { nodes.len() } else { place };
                    same.push((self.predicates.len(), single.invert));
                    self.predicates.push(single.predicate);
                }
                Some(single) => nodes.push(self.leaf(single, sub)),
                None => nodes.push(self.policy(sub, &at)?),
            }
        }
        if !same.is_empty() {
            let (bit, count) = self.ask(same, 1, Quantifier::Any, false);
            nodes.insert(place, Node::Leaf(Leaf { bit, count, ..Leaf::default() }));
        }
        Ok(nodes)
    }

    /// A policy that asks one thing of each record, if it is one.
    fn single(&mut self, policy: &Policy, at: &str) -> Result<Option<Single>, BuildError> {
        let missing = || BuildError::at(at, format!("`{}` has no settings", policy.kind));
        let entries = entries(policy).len().max(1);
        let single = |predicate, quantifier, invert| Single { predicate, entries, quantifier, invert, fails: false };
        Ok(Some(match policy.kind.as_str() {
            "numeric_attribute" => {
                let config = policy.numeric_attribute.as_ref().ok_or_else(missing)?;
                let predicate = Predicate::Attribute(self.keys.slot(&config.key), self.bounds(config));
                single(predicate, config.quantifier, config.invert_match)
            }
            "string_attribute" => {
                let config = policy.string_attribute.as_ref().ok_or_else(missing)?;
                let (values, regex) = (&config.values, config.enabled_regex_matching);
                let matcher = texts(values, regex, self.contrib, &format!("{at}.string_attribute"))?;
                let predicate = Predicate::Attribute(self.keys.slot(&config.key), matcher);
                single(predicate, config.quantifier, config.invert_match)
            }
            "boolean_attribute" => {
                let config = policy.boolean_attribute.as_ref().ok_or_else(missing)?;
                let matcher = Matcher::Boolean { value: config.value, contrib: self.contrib };
                let predicate = Predicate::Attribute(self.keys.slot(&config.key), matcher);
                single(predicate, config.quantifier, config.invert_match)
            }
            "status_code" => {
                let config = policy.status_code.as_ref().ok_or_else(missing)?;
                let place = |code: &str| config.status_codes.iter().position(|listed| listed == code).map_or(0, entry);
                single(Predicate::Status([place("UNSET"), place("OK"), place("ERROR")]), config.quantifier, false)
            }
            "trace_state" => {
                let config = policy.trace_state.as_ref().ok_or_else(missing)?;
                // What the Collector leaves out keeps its place, so that votes name the right entry.
                let fits =
                    |value: &String| if config.key.len() + value.len() < 256 { value.clone() } else { String::new() };
                let (key, values) = (config.key.clone(), config.values.iter().map(fits).collect());
                single(Predicate::TraceState { key, values }, Quantifier::Any, false)
            }
            "trace_flags" => single(Predicate::Sampled, Quantifier::Any, false),
            "ottl_condition" => {
                let config = policy.ottl_condition.as_ref().ok_or_else(missing)?;
                let (mut span, mut event) = conditions(config, &format!("{at}.ottl_condition"))?;
                span.iter_mut().chain(&mut event).for_each(|condition| condition.bind(&mut self.keys));
                let fails = config.error_mode == ErrorMode::Propagate;
                let predicate = Predicate::Ottl { span, event, mode: config.error_mode };
                Single { fails, ..single(predicate, Quantifier::Any, false) }
            }
            "failure" => {
                let predicate = Predicate::Failure(FailureParts::new(&failure(policy), &mut self.keys));
                single(predicate, Quantifier::Any, false)
            }
            "log_severity" => {
                let config = policy.log_severity.clone().unwrap_or_default();
                let least = config.at_least.unwrap_or(super::config::Severity::Error);
                single(Predicate::Severity(least.number()), Quantifier::Any, false)
            }
            "log_attribute" => {
                let config = policy.log_attribute.as_ref().ok_or_else(missing)?;
                let regex = config.enabled_regex_matching;
                let matcher = match config.values.is_empty() {
                    true => Matcher::Present,
                    false => texts(&config.values, regex, false, &format!("{at}.log_attribute"))?,
                };
                single(Predicate::LogAttribute(self.keys.slot(&config.key), matcher), Quantifier::Any, false)
            }
            _ => return Ok(None),
        }))
    }

    fn leaf(&mut self, single: Single, policy: &Policy) -> Node {
        let Single { predicate, entries, quantifier, invert, fails } = single;
        let at = self.predicates.len();
        self.predicates.push(predicate);
        let all = quantifier == Quantifier::All;
        let entries = if all { 1 } else { entries };
        let (bit, count) = self.ask(vec![(at, false)], entries, quantifier, fails);
        let leaf = Leaf { bit, count, all, invert, fails };
        if fails && self.contrib {
            self.first_wins.push(leaf.range());
        }
        match policy.kind.as_str() {
            "failure" => {
                let limit = failure(policy).missing_root_after;
                Node::Failure(leaf, limit.map(|limit| u64::try_from(limit.0.as_nanos()).unwrap_or(u64::MAX)))
            }
            _ => Node::Leaf(leaf),
        }
    }

    /// Where answers are noted: the first bit, and how many entries.
    fn ask(&mut self, of: Vec<(usize, bool)>, entries: usize, quantifier: Quantifier, fails: bool) -> (u32, u32) {
        // At most MAX_ENTRIES.
        let count = u32::try_from(entries.min(MAX_ENTRIES)).unwrap_or(1);
        let bit = self.bits;
        self.bits += count + u32::from(fails);
        let sights = of.iter().map(|(at, _)| self.predicates[*at].sight());
        let mut sight = sights.reduce(Sight::and).unwrap_or_default();
        // These answer where nothing matches.
        sight.beyond |= quantifier == Quantifier::All || of.iter().any(|(_, invert)| *invert);
        let reads = [Signal::Traces, Signal::Logs].map(|signal| self.predicates[of[0].0].reads(signal));
        self.asks.push(Ask { of, bit, count, quantifier, sight, reads });
        (bit, count)
    }

    fn bounds(&self, config: &policies::NumericAttribute) -> Matcher {
        if !self.contrib {
            let (least, most) =
                (config.min_value.unwrap_or(f64::NEG_INFINITY), config.max_value.unwrap_or(f64::INFINITY));
            return Matcher::Number { least, most };
        }
        // To the Collector, bounds are integers, and a bound of 0 is none.
        #[allow(clippy::cast_possible_truncation)]
        let bound =
            |value: Option<f64>, none: i64| value.map(|value| value as i64).filter(|value| *value != 0).unwrap_or(none);
        Matcher::ContribNumber { least: bound(config.min_value, i64::MIN), most: bound(config.max_value, i64::MAX) }
    }

    fn latency(&mut self, config: &policies::Latency) -> Node {
        let most = Some(config.upper_threshold_ms).filter(|most| *most != 0);
        self.keeps_times |= self.contrib;
        Node::Latency { over: config.threshold_ms, most, contrib: self.contrib }
    }

    fn sum(&mut self, config: &Sum) -> Node {
        let summed = match (&config.key, config.count) {
            (Some(key), _) => Summed::Key(self.keys.slot(key)),
            (None, Some(Count::Errors)) => Summed::Errors,
            (None, _) => Summed::ToolCalls(ToolCall::new(&mut self.keys)),
        };
        self.sums.push(summed);
        Node::Sum { at: self.sums.len() - 1, over: billionths(config.over) }
    }

    fn probabilistic(&mut self, config: &policies::Probabilistic) -> Node {
        let known = self.salts.iter().position(|salt| *salt == config.hash_salt);
        let salt = known.unwrap_or_else(|| {
            self.salts.push(config.hash_salt.clone());
            self.salts.len() - 1
        });
        let percentage = config.sampling_percentage;
        let salt = u16::try_from(salt).unwrap_or(0);
        Node::Probabilistic { salt, most: most(percentage), reject: rejection(percentage) }
    }

    fn limit(&mut self, rate: Rate, bytes: bool) -> Node {
        self.limits.0 += 1;
        Node::Limit { at: self.limits.0 - 1, rate, bytes }
    }

    fn budget(&mut self, config: &policies::Budget) -> Node {
        let bytes = config.bytes_per_second > 0;
        let per_second = if bytes { config.bytes_per_second } else { config.spans_per_second };
        let owner = config.key.as_ref().map(|key| {
            self.owners.push(self.keys.slot(key));
            self.owners.len() - 1
        });
        self.limits.2 += 1;
        Node::Budget { at: self.limits.2 - 1, owner, rate: Rate::new(per_second, config.burst_capacity), bytes }
    }

    fn composite(&mut self, policy: &Policy, at: &str) -> Result<Node, BuildError> {
        let config = policy.composite.clone().unwrap_or_default();
        let (most, names) = (config.max_total_spans_per_second, &config.composite_sub_policy);
        let share = |name: &str| {
            let entry = config.rate_allocation.iter().find(|entry| entry.policy == name);
            match (entry, self.contrib) {
                (None, false) => most,
                (Some(entry), true) if entry.percent > 0 => contrib_share(most, entry.percent),
                (_, true) => most / names.len().max(1) as u64,
                (Some(entry), false) => {
                    u64::try_from(u128::from(most) * u128::from(entry.percent) / 100).unwrap_or(u64::MAX)
                }
            }
        };
        let shares: Vec<u64> = names.iter().map(|sub| share(&sub.name)).collect();
        let nodes = self.inner(policy, at)?;
        let mut subs: Vec<_> =
            nodes.into_iter().zip(shares).enumerate().map(|(at, (node, share))| (at, share, node)).collect();
        if !self.contrib {
            let place = |at: usize| config.policy_order.iter().position(|name| *name == names[at].name);
            subs.sort_by_key(|(at, ..)| place(*at).unwrap_or(usize::MAX));
        }
        self.limits.1 += 1;
        Ok(Node::Composite(Composite { at: self.limits.1 - 1, most, subs, contrib: self.contrib }))
    }
}

/// A share as the Collector rounds it: 29 percent of 100 spans are 28.
#[allow(clippy::cast_possible_truncation, clippy::cast_precision_loss, clippy::cast_sign_loss)]
fn contrib_share(most: u64, percent: u64) -> u64 {
    (percent as f64 / 100.0 * most as f64) as u64
}

/// A number in billionths. Saturates far beyond what is counted.
#[allow(clippy::cast_possible_truncation)]
pub(super) fn billionths(number: f64) -> i128 {
    (number * 1e9).round() as i128
}

/// What a sum without a key counts.
pub(super) fn counted(sum: &Sum) -> &'static str {
    if sum.count == Some(Count::Errors) { "errors" } else { "tool_calls" }
}

/// A regex of the configuration, in the Collector's dialect, which may match anywhere in a text.
pub(super) fn regex(pattern: &str) -> Result<Regex, String> {
    let translated = translated(pattern).map_err(|error| error.to_string())?;
    let built = RegexBuilder::new(&translated).size_limit(REGEX_SIZE).build();
    built.map_err(|error| match error {
        regex::Error::CompiledTooBig(_) => format!("compiles to more than {REGEX_SIZE} bytes"),
        // The rest of it draws the pattern, which is not quite the one that was written.
        error => error.to_string().lines().last().unwrap_or_default().trim_start_matches("error: ").to_owned(),
    })
}

fn texts(values: &[String], is_regex: bool, contrib: bool, at: &str) -> Result<Matcher, BuildError> {
    if !is_regex {
        let listed = values.iter().enumerate().filter(|(_, value)| !value.is_empty());
        let (mut texts, mut entries) = (Words::default(), Vec::new());
        for (at, value) in listed {
            // The first of equal ones is the one that is named.
            if texts.number(value.as_bytes()) == entries.len() {
                entries.push(entry(at));
            }
        }
        return Ok(Matcher::Texts { texts, entries, contrib });
    }
    let compiled = values.iter().enumerate().map(|(place, pattern)| {
        regex(pattern).map_err(|reason| BuildError::at(format!("{at}.values.{place}"), reason))
    });
    Ok(Matcher::Regexes { regexes: compiled.collect::<Result<_, _>>()?, contrib })
}

/// The conditions of a block, over spans and over events.
fn conditions(config: &OttlCondition, at: &str) -> Result<(Vec<Condition>, Vec<Condition>), BuildError> {
    let all = |key: &str, texts: &[String], context: Context| {
        let parsed = texts.iter().enumerate().map(|(place, text)| {
            let told = |ParseError { at: offset, message }| {
                BuildError::at(format!("{at}.{key}.{place}"), format!("{message} (at {offset})"))
            };
            Condition::parse(text, context).map_err(told)
        });
        parsed.collect::<Result<Vec<_>, _>>()
    };
    Ok((all("span", &config.span, Context::Span)?, all("spanevent", &config.spanevent, Context::SpanEvent)?))
}

/// What is configured in a policy that can match, in the order of its bits.
pub(super) fn entries(policy: &Policy) -> Vec<String> {
    let named = |policies: &[Policy]| policies.iter().map(|sub| sub.called().to_owned()).collect();
    let listed: Vec<String> = match policy.kind.as_str() {
        "string_attribute" => policy.string_attribute.as_ref().map(|config| config.values.clone()).unwrap_or_default(),
        "status_code" => policy.status_code.as_ref().map(|config| config.status_codes.clone()).unwrap_or_default(),
        "trace_state" => policy.trace_state.as_ref().map(|config| config.values.clone()).unwrap_or_default(),
        "log_attribute" => policy.log_attribute.as_ref().map(|config| config.values.clone()).unwrap_or_default(),
        "ottl_condition" => policy
            .ottl_condition
            .as_ref()
            .map(|config| config.span.iter().chain(&config.spanevent).cloned().collect())
            .unwrap_or_default(),
        "failure" => PARTS.map(str::to_owned).to_vec(),
        "or" => policy.or.as_ref().map(|config| named(&config.or_sub_policy)).unwrap_or_default(),
        "composite" => policy.composite.as_ref().map(|config| named(&config.composite_sub_policy)).unwrap_or_default(),
        _ => Vec::new(),
    };
    // Those beyond share a bit.
    let more = listed.len().saturating_sub(MAX_ENTRIES - 1);
    let bitwise = !matches!(policy.kind.as_str(), "or" | "composite");
    if !bitwise || more <= 1 {
        return listed;
    }
    let mut short: Vec<String> = listed.into_iter().take(MAX_ENTRIES - 1).collect();
    short.push(format!("one of {more} more"));
    short
}
