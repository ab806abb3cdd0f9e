//! A policy as it is asked: a tree over what is known of a trace. Asking costs a few comparisons and no payload.

use pipeline::sampling::{Answer, TraceId, Vote};

use super::clock::MILLISECOND;
use super::facts::{Bits, CONSISTENT, Facts, NONE, ROOT};
use super::failure::MISSING_ROOT;
use super::limits::{Bucket, Limits, Rate};
use super::randomness::{NEVER, hash, randomness, randomness_of_hash};

/// A policy, or a part of one.
#[derive(Clone, Debug)]
pub(super) enum Node {
    /// Always.
    Always,
    /// A predicate over records.
    Leaf(Leaf),
    /// Longer than `over`, at most `most`, milliseconds.
    Latency { over: i64, most: Option<i64>, contrib: bool },
    /// So many spans.
    SpanCount { least: u32, most: u32 },
    /// Sum `at`, in billionths, over a bound.
    Sum { at: usize, over: i128 },
    /// A share of all traces: by the salt of this number.
    Probabilistic { salt: u16, most: u64, reject: u64 },
    /// A token bucket of this number, of spans or bytes.
    Limit { at: usize, rate: Rate, bytes: bool },
    /// A bucket for each value of a key.
    Budget { at: usize, owner: Option<usize>, rate: Rate, bytes: bool },
    /// What went wrong: the parts, and how long a root may be missing, nanoseconds.
    Failure(Leaf, Option<u64>),
    /// All of them.
    And(Vec<Self>),
    /// Any of them.
    Or(Vec<Self>),
    /// Not this.
    Not(Box<Self>),
    /// Gone, where all of them want it.
    Drop(Vec<Self>),
    /// A budget shared out.
    Composite(Composite),
}

/// Where the answer of a predicate lies.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Leaf {
    /// Its first bit.
    pub(super) bit: u32,
    /// How many entries it has, each a bit.
    pub(super) count: u32,
    /// The bit says that a span did not match: all did where it is not set.
    pub(super) all: bool,
    /// Traces that do not match.
    pub(super) invert: bool,
    /// The bit after the entries says that it could not be evaluated.
    pub(super) fails: bool,
}

/// A budget of spans a second, shared out.
#[derive(Clone, Debug)]
pub(super) struct Composite {
    /// Which [`Limits::seconds`].
    pub(super) at: usize,
    /// Spans in each second.
    pub(super) most: u64,
    /// The sub-policies in the order in which they are asked, with their place as configured and their share.
    pub(super) subs: Vec<(usize, u64, Node)>,
    /// The Collector's: the first that matches decides.
    pub(super) contrib: bool,
}

/// A trace to be judged.
pub(super) struct Case<'a> {
    pub(super) id: TraceId,
    pub(super) facts: &'a Facts,
    pub(super) now: u64,
    pub(super) waited: u64,
    pub(super) salts: &'a [String],
    pub(super) contrib: bool,
    /// An earlier policy has said to keep it.
    pub(super) wanted: bool,
}

/// How likely it was that a trace would be kept: the threshold that its randomness passed, and whose randomness.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Chance {
    pub(super) threshold: u64,
    pub(super) salt: Option<u16>,
}

impl Chance {
    /// It was certain.
    pub(super) const CERTAIN: Self = Self { threshold: 0, salt: None };

    /// Of both having to say yes; unknown where they do not look at the same randomness.
    pub(super) fn both(self, other: Self) -> Option<Self> {
        match (self.salt, other.salt) {
            (None, _) => Some(other),
            (_, None) => Some(self),
            (own, theirs) if own == theirs => Some(if self.threshold > other.threshold { self } else { other }),
            _ => None,
        }
    }
}

/// An answer, and what is to be said of it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Outcome {
    pub(super) answer: Answer,
    pub(super) entry: Option<u8>,
    pub(super) value: Option<f32>,
    /// Where it is to be kept; none: nobody can tell.
    pub(super) chance: Option<Chance>,
}

impl Outcome {
    fn of(sampled: bool) -> Self {
        let answer = if sampled { Answer::Sampled } else { Answer::NotSampled };
        Self { answer, entry: None, value: None, chance: Some(Chance::CERTAIN) }
    }

    /// With the entry that matched, where it says yes.
    fn entry(self, entry: Option<usize>) -> Self {
        let entry = entry.filter(|_| self.sampled()).and_then(|entry| u8::try_from(entry).ok());
        Self { entry, ..self }
    }

    /// With the number it looked at.
    fn value(self, value: f64) -> Self {
        // Seven digits are enough to see why.
        #[allow(clippy::cast_possible_truncation)]
        Self { value: Some(value as f32), ..self }
    }

    /// It took room that was left over: how likely that was depends on what else came, and nobody can tell.
    fn by_load(self) -> Self {
        Self { chance: None, ..self }
    }

    fn answer(answer: Answer) -> Self {
        Self { answer, ..Self::of(false) }
    }

    pub(super) fn sampled(&self) -> bool {
        self.answer == Answer::Sampled
    }

    /// As a vote.
    pub(super) fn vote(&self) -> Vote {
        Vote { answer: self.answer, entry: self.entry, value: self.value }
    }
}

impl Node {
    /// What it says of a trace.
    #[allow(clippy::cast_precision_loss, reason = "a number to look at")]
    pub(super) fn ask(&self, case: &Case<'_>, limits: &mut Limits) -> Outcome {
        let facts = case.facts;
        match self {
            Self::Always => Outcome::of(true),
            Self::Leaf(leaf) => leaf.ask(facts),
            Self::Latency { over, most, contrib } => latency(facts, *over, *most, *contrib),
            Self::SpanCount { least, most } => {
                let within = facts.spans >= *least && (*most == 0 || facts.spans <= *most);
                Outcome::of(within).value(facts.spans.into())
            }
            Self::Sum { at, over } => {
                let sum = facts.sums.get(*at).copied().unwrap_or_default();
                Outcome::of(sum > *over).value(sum as f64 / 1e9)
            }
            Self::Probabilistic { salt, most, reject } => probabilistic(case, *salt, *most, *reject),
            Self::Limit { at, rate, bytes } => {
                let cost = cost(facts, *bytes);
                let bucket = limits.buckets[*at].get_or_insert_with(|| Bucket::full(*rate, case.now));
                Outcome::of(bucket.take(*rate, cost, case.now)).value(cost as f64).by_load()
            }
            Self::Budget { .. } if case.wanted => Outcome::answer(Answer::Unasked),
            Self::Budget { at, owner, rate, bytes } => {
                let cost = cost(facts, *bytes);
                let owner = owner.and_then(|owner| facts.owners.get(owner)).copied().unwrap_or(NONE);
                Outcome::of(limits.owners[*at].take(owner, *rate, cost, case.now)).value(cost as f64).by_load()
            }
            Self::Failure(leaf, missing_root) => {
                let rootless = missing_root.is_some_and(|limit| !facts.is(ROOT) && case.waited >= limit);
                match leaf.ask(facts) {
                    seen if seen.sampled() => seen,
                    _ => Outcome::of(rootless).entry(Some(MISSING_ROOT.into())),
                }
            }
            Self::And(subs) => all(subs, case, limits),
            Self::Or(subs) => any(subs, case, limits),
            Self::Not(sub) => sub.deny(case, limits),
            Self::Drop(subs) => match all(subs, case, limits) {
                outcome if outcome.sampled() => Outcome { entry: Some(0), ..Outcome::answer(Answer::Dropped) },
                outcome if outcome.answer == Answer::Error => outcome,
                _ => Outcome { chance: spared(subs, case, limits), ..Outcome::of(false) },
            },
            Self::Composite(composite) => composite.ask(case, limits),
        }
    }

    fn deny(&self, case: &Case<'_>, limits: &mut Limits) -> Outcome {
        let outcome = self.ask(case, limits);
        let chance = if self.is_chance() { None } else { Some(Chance::CERTAIN) };
        match outcome.answer {
            Answer::Sampled => Outcome::of(false),
            Answer::NotSampled => Outcome { chance, ..Outcome::of(true).entry(Some(0)) },
            _ => outcome,
        }
    }

    /// Whether chance has a part in it, or what else comes.
    fn is_chance(&self) -> bool {
        match self {
            Self::Probabilistic { .. } | Self::Limit { .. } | Self::Budget { .. } | Self::Composite(_) => true,
            Self::And(subs) | Self::Or(subs) | Self::Drop(subs) => subs.iter().any(Self::is_chance),
            Self::Not(sub) => sub.is_chance(),
            _ => false,
        }
    }

    /// Whether asking changes what is answered next, whoever wants the trace before.
    pub(super) fn is_limited(&self) -> bool {
        match self {
            Self::Limit { .. } | Self::Composite(_) => true,
            Self::And(subs) | Self::Or(subs) | Self::Drop(subs) => subs.iter().any(Self::is_limited),
            Self::Not(sub) => sub.is_limited(),
            _ => false,
        }
    }

    /// Whether there is a budget in it, which a trace spends from by its size where no policy before wants it.
    pub(super) fn spends(&self) -> bool {
        match self {
            Self::Budget { .. } => true,
            Self::And(subs) | Self::Or(subs) | Self::Drop(subs) => subs.iter().any(Self::spends),
            Self::Not(sub) => sub.spends(),
            Self::Composite(composite) => composite.subs.iter().any(|(_, _, sub)| sub.spends()),
            _ => false,
        }
    }

    /// The bits of which any, once set, means a yes that stays.
    pub(super) fn certain(&self) -> Option<(u32, u32)> {
        match self {
            Self::Leaf(leaf) | Self::Failure(leaf, _) if !leaf.all && !leaf.invert && !leaf.fails => {
                Some((leaf.bit, leaf.count))
            }
            _ => None,
        }
    }
}

impl Leaf {
    fn ask(&self, facts: &Facts) -> Outcome {
        let seen = facts.bits.lowest(self.bit, self.count);
        if self.fails && seen.is_none() && facts.bits.has(self.bit + self.count) {
            return Outcome::answer(Answer::Error);
        }
        if self.all {
            return Outcome::of((facts.spans > 0 && seen.is_none()) != self.invert).entry(Some(0));
        }
        // Behind the entries stands what none of them says alone.
        Outcome::of(seen.is_some() != self.invert).entry(Some(seen.unwrap_or(self.count) as usize))
    }

    /// What is cleared where an earlier record settled it.
    pub(super) fn range(&self) -> (u32, u32) {
        (self.bit, self.count + u32::from(self.fails))
    }
}

/// Whether any of the bits is set.
pub(super) fn set(bits: &Bits, range: (u32, u32)) -> bool {
    bits.lowest(range.0, range.1).is_some()
}

impl Composite {
    fn ask(&self, case: &Case<'_>, limits: &mut Limits) -> Outcome {
        for (at, share, sub) in &self.subs {
            let outcome = sub.ask(case, limits);
            if outcome.answer == Answer::Error {
                return outcome;
            }
            if !outcome.sampled() {
                continue;
            }
            let second = &mut limits.seconds[self.at];
            if second.take(*at, case.facts.spans.into(), (*share, self.most), self.contrib, case.now) {
                return outcome.entry(Some(*at)).by_load();
            }
            if self.contrib {
                break;
            }
        }
        Outcome::of(false)
    }
}

/// Asks until one says no, as the Collector does: limits spend nothing where they are not asked.
fn all(subs: &[Node], case: &Case<'_>, limits: &mut Limits) -> Outcome {
    let mut chance = Some(Chance::CERTAIN);
    for sub in subs {
        let outcome = sub.ask(case, limits);
        if !outcome.sampled() {
            return Outcome { entry: None, value: None, ..outcome };
        }
        chance = chance.zip(outcome.chance).and_then(|(own, other)| own.both(other));
    }
    Outcome { chance, ..Outcome::of(!subs.is_empty()).entry(Some(0)) }
}

/// How likely it was that a policy that drops would spare a trace, which it did: certain where one of its parts says no
/// without chance; else nobody can tell, for a threshold only says how much is kept.
fn spared(subs: &[Node], case: &Case<'_>, limits: &mut Limits) -> Option<Chance> {
    let mut sure = subs.iter().filter(|sub| !sub.is_chance());
    let chance = subs.iter().any(Node::is_chance) && sure.all(|sub| sub.ask(case, limits).sampled());
    (!chance).then_some(Chance::CERTAIN)
}

/// Names the first that says yes, and asks the others too, for one may have been surer.
fn any(subs: &[Node], case: &Case<'_>, limits: &mut Limits) -> Outcome {
    let mut found: Option<Outcome> = None;
    let mut failed = None;
    for (at, sub) in subs.iter().enumerate() {
        let outcome = sub.ask(case, limits);
        match outcome.answer {
            Answer::Sampled => {
                let first = found.get_or_insert(Outcome { value: None, ..outcome }.entry(Some(at)));
                first.chance = likeliest([first.chance, outcome.chance].into_iter());
            }
            Answer::Error => failed = Some(outcome),
            _ => {}
        }
    }
    found.or(failed).unwrap_or_else(|| Outcome::of(false))
}

/// The surest of several chances, each of which was enough; unknown where one is, unless another was certain.
pub(super) fn likeliest(chances: impl Iterator<Item = Option<Chance>> + Clone) -> Option<Chance> {
    if chances.clone().any(|chance| chance.is_some_and(|chance| chance.threshold == 0)) {
        return Some(Chance::CERTAIN);
    }
    let known: Option<Vec<Chance>> = chances.collect();
    known.and_then(|known| known.into_iter().min_by_key(|chance| chance.threshold))
}

fn cost(facts: &Facts, bytes: bool) -> u64 {
    if bytes { facts.span_bytes } else { facts.spans.into() }
}

/// Whole milliseconds, as the Collector counts them; a clock that went back counts less than none.
fn millis(start: u64, end: u64) -> i64 {
    let nanos = i128::from(end) - i128::from(start);
    i64::try_from(nanos / i128::from(MILLISECOND)).unwrap_or(i64::MAX)
}

#[allow(clippy::cast_precision_loss, reason = "a number to look at")]
fn latency(facts: &Facts, over: i64, most: Option<i64>, contrib: bool) -> Outcome {
    let within = |took: i64| took > over && most.is_none_or(|most| took <= most);
    let took = match facts.start {
        _ if facts.spans == 0 => 0,
        // Spans that start at 0 say nothing of when the trace did.
        NONE => 0,
        start => millis(start, facts.end),
    };
    let sampled = if contrib { prefixes(&facts.times).any(within) } else { within(took) };
    Outcome::of(sampled).value(took as f64)
}

/// How long the trace had taken after each span, as the Collector reckons: it stops at the first that fits. A span that
/// starts at 0 makes the trace as long as the epoch is old, unless it ends at 0 too, and times past 2262 lie before 1970.
fn prefixes(times: &[(u64, u64)]) -> impl Iterator<Item = i64> {
    let (mut first, mut last) = (0, 0);
    times.iter().map(move |(start, end)| {
        first = if first == 0 || *start < first { *start } else { first };
        last = last.max(*end);
        last.cast_signed().saturating_sub(first.cast_signed()) / MILLISECOND.cast_signed()
    })
}

/// By the randomness that arrived, where one did; else by the Collector's hash.
fn probabilistic(case: &Case<'_>, salt: u16, most: u64, reject: u64) -> Outcome {
    if case.facts.is(CONSISTENT) && !case.contrib {
        let chance = Chance { threshold: reject.min(NEVER - 1), salt: Some(ARRIVED) };
        return Outcome { chance: Some(chance), ..Outcome::of(arrived(case.id, case.facts) >= reject) };
    }
    let text = case.salts.get(usize::from(salt)).map_or("", String::as_str);
    let chance = Chance { threshold: reject.min(NEVER - 1), salt: Some(salt) };
    Outcome { chance: Some(chance), ..Outcome::of(hash(text, &case.id) <= most) }
}

/// In place of a salt: the randomness is the one that arrived.
pub(super) const ARRIVED: u16 = u16::MAX;

/// The randomness of a trace of which a threshold or a randomness arrived.
pub(super) fn arrived(id: TraceId, facts: &Facts) -> u64 {
    if facts.randomness == NONE { randomness(&id) } else { facts.randomness }
}

/// The randomness that a hash stands for.
pub(super) fn hashed(salt: &str, id: &TraceId) -> u64 {
    randomness_of_hash(hash(salt, id))
}
