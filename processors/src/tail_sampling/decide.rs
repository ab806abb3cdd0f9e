//! One trace judged: the policies' votes, what they come to, and what is written on what is kept.

use pipeline::sampling::{Answer, Mark, TraceId, Verdict, Vote};

use super::facts::{CONSISTENT, Facts, NONE};
use super::limits::Limits;
use super::node::{ARRIVED, Case, Chance, Node, Outcome, arrived, hashed, likeliest};
use super::plan::Plan;

/// What the policies come to.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Judgement {
    pub(super) verdict: Verdict,
    pub(super) votes: Vec<Vote>,
    pub(super) mark: Mark,
}

/// When a trace is judged, and what it has passed before.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Stand {
    pub(super) now: u64,
    pub(super) waited: u64,
    /// The threshold that it passed when it was let in under pressure.
    pub(super) shed: u64,
}

impl Plan {
    /// Asks the policies: those that drop first, then the others, until what one says settles it.
    pub(super) fn judge(&self, id: TraceId, facts: &Facts, stand: Stand, limits: &mut Limits) -> Judgement {
        let Stand { now, waited, .. } = stand;
        let mut case =
            Case { id, facts, now, waited, salts: &self.compiled.salts, contrib: self.compiled.contrib, wanted: false };
        let unasked = Vote { answer: Answer::Unasked, entry: None, value: None };
        let mut votes = vec![unasked; self.policies.len()];
        let mut asked = 0;
        let mut verdict = Verdict::NotSampled;
        let mut wanting: Vec<(usize, Option<Chance>)> = Vec::new();
        // A policy that drops by chance spared it.
        let mut spared = false;
        for (place, at) in self.order.iter().enumerate() {
            let policy = &self.policies[*at];
            let outcome = policy.node.ask(&case, limits);
            votes[*at] = if policy.dry_run { watched(&outcome) } else { outcome.vote() };
            asked = asked.max(at + 1);
            match outcome.answer {
                _ if policy.dry_run => {}
                Answer::Dropped => {
                    verdict = Verdict::Dropped;
                    break;
                }
                Answer::Sampled => {
                    verdict = Verdict::Sampled;
                    case.wanted = true;
                    wanting.push((*at, outcome.chance));
                    if self.config.sample_on_first_match {
                        wanting.extend(self.unasked(place + 1, &case, limits));
                        break;
                    }
                }
                _ => spared |= matches!(policy.node, Node::Drop(_)) && outcome.chance.is_none(),
            }
        }
        votes.truncate(asked);
        let mut mark = Mark::default();
        if verdict == Verdict::Sampled {
            mark = self.mark(id, facts, &wanting, stand.shed);
            mark.threshold = mark.threshold.filter(|_| !spared);
        }
        Judgement { verdict, votes, mark }
    }

    /// What the policies from `place` on would have said of a trace that one before them wants: they have no vote, but
    /// without them it would look less likely to be kept than it was. What one would have said that spends, nobody can
    /// tell.
    fn unasked(&self, place: usize, case: &Case<'_>, limits: &mut Limits) -> Vec<(usize, Option<Chance>)> {
        let rest = self.order[place..].iter().filter(|at| !self.compiled.contrib && !self.policies[**at].dry_run);
        let asked = rest.filter_map(|at| match &self.policies[*at].node {
            node if node.is_limited() || node.spends() => Some((*at, None)),
            node => Some(node.ask(case, limits)).filter(Outcome::sampled).map(|outcome| (*at, outcome.chance)),
        });
        asked.collect()
    }

    /// What is written on a trace that these policies want.
    fn mark(&self, id: TraceId, facts: &Facts, wanting: &[(usize, Option<Chance>)], shed: u64) -> Mark {
        let policy = wanting.first().and_then(|(at, _)| u16::try_from(*at).ok());
        let mark = Mark { policy, ..Mark::default() };
        if self.compiled.contrib {
            return mark;
        }
        let chance = likeliest(wanting.iter().map(|(_, chance)| *chance));
        let let_in = Chance { threshold: shed, salt: (shed > 0).then_some(self.shedding_salt(facts)) };
        // By hashes of different seeds a trace had more than one chance, which no one threshold tells.
        let apart = self.salts_differ && !facts.is(CONSISTENT);
        let chance = chance.filter(|chance| chance.threshold == 0 || !apart);
        let Some(Chance { threshold, salt }) = chance.and_then(|chance| chance.both(let_in)) else {
            return mark;
        };
        // What decided is written where it is not the id's own; what arrived, on those spans that came without it.
        let randomness = match salt.filter(|_| threshold > 0) {
            Some(ARRIVED) => Some(facts.randomness).filter(|randomness| *randomness != NONE),
            salt => salt.and_then(|salt| self.compiled.salts.get(usize::from(salt))).map(|salt| hashed(salt, &id)),
        };
        // The Collector's rounding may keep a hash that lies one step under the threshold.
        let threshold = randomness.map_or(threshold, |randomness| threshold.min(randomness));
        Mark { threshold: Some(threshold), randomness, ..mark }
    }

    fn shedding_salt(&self, facts: &Facts) -> u16 {
        if facts.is(CONSISTENT) { ARRIVED } else { 0 }
    }

    /// The randomness by which a trace is let in under pressure: that of the first policy by chance, so that both
    /// look at the same.
    pub(super) fn randomness(&self, id: TraceId, facts: &Facts) -> u64 {
        match self.shedding_salt(facts) {
            ARRIVED => arrived(id, facts),
            salt => hashed(self.compiled.salts.get(usize::from(salt)).map_or("", String::as_str), &id),
        }
    }
}

/// The vote of a policy that only watches.
fn watched(outcome: &Outcome) -> Vote {
    let answer = match outcome.answer {
        Answer::Sampled => Answer::WouldSample,
        Answer::Dropped => Answer::WouldDrop,
        answer => answer,
    };
    Vote { answer, ..outcome.vote() }
}
