//! On the decider's thread: traces come in as facts, wait, are judged, and are remembered.

use std::collections::{HashMap, VecDeque};
use std::sync::Arc;

use pipeline::ledger::SamplingSeries;
use pipeline::sampling::{
    Course, Decision, Effect, Mark, Observed, OnShutdown, Sampler, TraceId, Trigger, Verdict, Vote,
};
use pipeline::{Signal, Timestamp};

use super::clock::{Clock, SECOND};
use super::config::OrphanLogs;
use super::decide::{Judgement, Stand};
use super::facts::{FAILED, FIRM, Facts, ROOT};
use super::limits::{Limits, Owners, Second};
use super::memory::{Memo, Memory, memo_of};
use super::plan::Plan;
use super::pressure::Pressure;
use super::regret::{Held, Regrets};
use super::waiting::{Room, Waiting, Waits};
use pipeline::sampling::IdHash;

/// Most decisions of each kind that are remembered where nothing is configured.
const REMEMBERED: usize = 1_000_000;
/// Most traces in the Collector's tables where nothing is configured.
const CONTRIB_TRACES: u64 = 50_000;

/// The part that decides.
pub(super) struct TailSampler {
    plan: Arc<Plan>,
    series: SamplingSeries,
    clock: Clock,
    room: Room,
    limits: Limits,
    memory: Memory,
    regrets: Regrets,
    pressure: Pressure,
    /// The Collector's: decided traces that no cache remembers stay in its table until others push them out.
    settled: HashMap<TraceId, Settled, IdHash>,
    settled_queue: VecDeque<TraceId>,
    most: usize,
}

/// A decided trace in the Collector's table.
#[derive(Clone, Copy, Debug)]
struct Settled {
    memo: Memo,
    first: u64,
}

impl TailSampler {
    pub(super) fn new(plan: Arc<Plan>, series: SamplingSeries, memory: usize) -> Self {
        let config = &plan.config;
        let room = |configured: u64| match (configured, plan.compiled.contrib) {
            (0, false) => REMEMBERED,
            (size, _) => usize::try_from(size).unwrap_or(usize::MAX),
        };
        let cache = config.decision_cache;
        let (kept, gone) = (room(cache.sampled_cache_size), room(cache.non_sampled_cache_size));
        let memory = Memory::new(kept, gone, memory, plan.compiled.contrib);
        let most = config.num_traces.or(plan.compiled.contrib.then_some(CONTRIB_TRACES)).unwrap_or(u64::MAX);
        let (buckets, seconds, owners) = plan.compiled.limits;
        let limits = Limits {
            buckets: vec![None; buckets],
            seconds: vec![Second::default(); seconds],
            owners: vec![Owners::default(); owners],
        };
        Self {
            series,
            clock: Clock::default(),
            room: Room::new(Waits::of(config), most < u64::MAX),
            limits,
            memory,
            regrets: Regrets::new(config.regret_window.0),
            pressure: Pressure::default(),
            settled: HashMap::default(),
            settled_queue: VecDeque::new(),
            most: usize::try_from(most).unwrap_or(usize::MAX),
            plan,
        }
    }

    /// What one request brought of one trace.
    fn take_in(&mut self, signal: Signal, id: TraceId, facts: &Facts, now: u64, effects: &mut Vec<Effect>) {
        // The Collector looks into its caches first, where ids have 8 bytes.
        if !self.plan.compiled.contrib && self.join(id, facts, now, effects) {
            return;
        }
        let mut shed = false;
        if let Some(memo) = self.memory.get(id).or_else(|| self.settled.get(&id).map(|settled| settled.memo)) {
            shed = memo.shed;
            // What was decided on logs alone is no answer to spans, nor what was turned away unseen one to a failure.
            let open = memo.orphan && facts.spans > 0 || shed && facts.is(FAILED);
            if !open {
                return self.follow(signal, id, facts, memo, now, effects);
            }
            self.memory.forget(id);
            self.settled.remove(&id);
        }
        if !self.plan.compiled.contrib || !self.join(id, facts, now, effects) {
            self.enter(id, facts, shed, now, effects);
        }
    }

    /// Adds to a trace that waits, if it does.
    fn join(&mut self, id: TraceId, facts: &Facts, now: u64, effects: &mut Vec<Effect>) -> bool {
        let Some(trace) = self.room.get_mut(id) else { return false };
        let begins = trace.facts.spans == 0 && facts.spans > 0;
        if begins {
            trace.since = now;
            self.make_room(now, effects);
        }
        let Some(trace) = self.room.get_mut(id) else { return false };
        trace.last = now;
        if facts.is(ROOT) {
            trace.root.get_or_insert(now);
        }
        trace.facts.merge(facts, &self.plan);
        if begins {
            self.room.spans_came(id);
        }
        self.room.schedule(id);
        self.check(id, now, effects);
        true
    }

    /// A trace that is new, or what is left of one that was shed before it failed.
    fn enter(&mut self, id: TraceId, facts: &Facts, partial: bool, now: u64, effects: &mut Vec<Effect>) {
        self.series.new_traces.inc_by(u64::from(!partial));
        let shed = if self.plan.compiled.contrib { 0 } else { self.pressure.threshold() };
        if shed > 0 && !facts.is(FAILED) && self.plan.randomness(id, facts) < shed {
            let judgement = Judgement { verdict: Verdict::NotSampled, votes: Vec::new(), mark: Mark::default() };
            let decision = decision(id, facts, Trigger::Pressure, judgement, self.clock.outside(now), 0);
            return self.conclude(decision, Course::Discard, facts, now, effects);
        }
        if facts.spans > 0 {
            self.make_room(now, effects);
        }
        // What is held of it, and forgotten, waits with it from now on: the end of its window would take both.
        self.regrets.release(id);
        self.room.enter(id, facts.clone(), shed, partial, now);
        self.check(id, now, effects);
    }

    /// Decides the oldest where there are too many; the Collector deletes it. It knows no logs, so a trace of which only
    /// logs came neither counts nor goes.
    fn make_room(&mut self, now: u64, effects: &mut Vec<Effect>) {
        while self.room.with_spans() + self.settled.len() >= self.most {
            if let Some(id) = self.settled_queue.pop_front() {
                self.settled.remove(&id);
            } else if let Some(id) = self.room.oldest_with_spans() {
                self.let_go(id, now, effects);
            } else {
                return;
            }
        }
    }

    fn evict_oldest(&mut self, now: u64, effects: &mut Vec<Effect>) -> bool {
        let oldest = self.room.oldest();
        oldest.is_some_and(|id| self.let_go(id, now, effects))
    }

    fn let_go(&mut self, id: TraceId, now: u64, effects: &mut Vec<Effect>) -> bool {
        if !self.plan.compiled.contrib {
            self.decide(id, Trigger::Evicted, now, effects);
            return true;
        }
        let Some(trace) = self.room.leave(id) else { return false };
        self.series.too_early.inc();
        let judgement = Judgement { verdict: Verdict::NotSampled, votes: Vec::new(), mark: Mark::default() };
        let waited = now.saturating_sub(trace.first);
        let decision = decision(id, &trace.facts, Trigger::Evicted, judgement, self.clock.outside(now), waited);
        self.series.trigger(Trigger::Evicted).of(decision.verdict).inc();
        effects.push(Effect::Decided(Box::new(decision), Course::Discard));
        true
    }

    /// Whether what just came settles the trace before its time.
    fn check(&mut self, id: TraceId, now: u64, effects: &mut Vec<Effect>) {
        let most = self.plan.config.maximum_trace_size_bytes.0;
        let Some(trace) = self.room.get_mut(id) else { return };
        if most > 0 && trace.facts.span_bytes > most {
            self.series.too_large.inc();
            return self.give_up(id, Trigger::TooLarge, now, effects);
        }
        if trace.facts.spans > 0 && self.plan.is_certain(&trace.facts.bits) {
            self.decide(id, Trigger::Early, now, effects);
        }
    }

    /// Decides against a trace without asking the policies.
    fn give_up(&mut self, id: TraceId, trigger: Trigger, now: u64, effects: &mut Vec<Effect>) {
        let Some(trace) = self.room.leave(id) else { return };
        let judgement = Judgement { verdict: Verdict::NotSampled, votes: Vec::new(), mark: Mark::default() };
        let waited = now.saturating_sub(trace.first);
        let decision = decision(id, &trace.facts, trigger, judgement, self.clock.outside(now), waited);
        self.conclude(decision, Course::Discard, &trace.facts, now, effects);
    }

    /// Asks the policies about a trace that waits.
    fn decide(&mut self, id: TraceId, trigger: Trigger, now: u64, effects: &mut Vec<Effect>) {
        let Some(trace) = self.room.leave(id) else { return };
        let waited = now.saturating_sub(trace.first);
        let (mut judgement, course) = if trace.facts.spans == 0 && !trace.partial {
            self.orphan(&trace)
        } else {
            // Had it been shed it would have been kept when it failed, if in part: it stands for itself alone.
            let shed = if trace.facts.is(FAILED) { 0 } else { trace.shed };
            let stand = Stand { now, waited: now.saturating_sub(trace.since), shed };
            let judgement = self.plan.judge(id, &trace.facts, stand, &mut self.limits);
            self.count_votes(&judgement.votes, &trace.facts);
            // Holding a trace that goes for want of room would make none.
            let room = !matches!(trigger, Trigger::Drained | Trigger::Evicted);
            let held = judgement.verdict == Verdict::NotSampled && self.regrets.on() && room;
            let course = match judgement.verdict {
                Verdict::Sampled => Course::Release,
                _ if held => Course::Hold,
                _ => Course::Discard,
            };
            (judgement, course)
        };
        judgement.mark.partial = trace.partial;
        let decision = decision(id, &trace.facts, trigger, judgement, self.clock.outside(now), waited);
        self.conclude(decision, course, &trace.facts, now, effects);
    }

    /// A trace of which only logs came.
    fn orphan(&self, trace: &Waiting) -> (Judgement, Course) {
        let (kept, course) = match self.plan.config.orphan_logs {
            OrphanLogs::Keep => (true, Course::Release),
            OrphanLogs::Drop => (false, Course::Discard),
            OrphanLogs::KeepFrom(_) => (trace.facts.is(FIRM), Course::ReleaseFirm),
        };
        let verdict = if kept { Verdict::Sampled } else { Verdict::NotSampled };
        (Judgement { verdict, votes: Vec::new(), mark: Mark::default() }, course)
    }

    /// Counts a decision, remembers it and hands it out.
    fn conclude(&mut self, decision: Decision, course: Course, facts: &Facts, now: u64, effects: &mut Vec<Effect>) {
        let shed = decision.trigger == Trigger::Pressure;
        // What is left of a trace that was shed is none, even where only its logs are.
        let orphan = facts.spans == 0 && !decision.mark.partial;
        self.series.traces.of(decision.verdict).inc();
        self.series.trigger(decision.trigger).of(decision.verdict).inc();
        // Seconds to look at.
        self.series.removal_age.observe(decision.waited.as_secs_f64());
        if let Some(policy) = decision.mark.policy.and_then(|at| self.series.policies.get(usize::from(at))) {
            policy.credited.inc();
        }
        let mut memo = Memo { course, orphan, shed, mark: decision.mark };
        // Whatever comes of it now is missing from what was judged for want of room.
        memo.mark.partial |= decision.trigger == Trigger::Evicted;
        if course == Course::Hold {
            let first = now.saturating_sub(nanos(decision.waited));
            self.regrets.hold(decision.trace, Held::of(facts, first), now);
        }
        self.remember(decision.trace, memo, now.saturating_sub(nanos(decision.waited)));
        effects.push(Effect::Decided(Box::new(decision), course));
    }

    fn remember(&mut self, id: TraceId, memo: Memo, first: u64) {
        // The Collector's caches know no logs: those that come later of such a trace wait anew.
        if memo.orphan && self.plan.compiled.contrib {
            return;
        }
        let kept = matches!(memo.course, Course::Release | Course::ReleaseFirm);
        if self.memory.has_room(kept) {
            self.memory.put(id, &memo);
        } else if self.settled.insert(id, Settled { memo, first }).is_none() {
            self.settled_queue.push_back(id);
        }
    }

    /// Records of a trace that is decided.
    fn follow(&mut self, signal: Signal, id: TraceId, facts: &Facts, memo: Memo, now: u64, effects: &mut Vec<Effect>) {
        let kept = matches!(memo.course, Course::Release | Course::ReleaseFirm);
        if let Some(settled) = self.settled.get(&id) {
            // Seconds to look at.
            #[allow(clippy::cast_precision_loss)]
            self.series.late_age.observe(now.saturating_sub(settled.first) as f64 / SECOND as f64);
        }
        if !kept && let Some(held) = self.regrets.get(id, now) {
            if facts.is(FAILED) {
                return self.regret(id, &held, facts, now, effects);
            }
            self.series.follow(signal, records(facts), false);
            held_too(id, effects);
            return self.regrets.add(id, facts);
        }
        self.series.follow(signal, records(facts), kept);
        let mark = Mark { late: true, ..memo.mark };
        effects.push(Effect::Follows { trace: id, course: memo.course, mark });
    }

    /// An error came of a trace that was not kept, and what was held of it is still there.
    fn regret(&mut self, id: TraceId, held: &Held, facts: &Facts, now: u64, effects: &mut Vec<Effect>) {
        self.regrets.release(id);
        let mut whole = held.facts(&self.plan);
        whole.merge(facts, &self.plan);
        // Nothing of chance kept it: an error did.
        let threshold = (!self.plan.compiled.contrib).then_some(0);
        let mark = Mark { threshold, ..Mark::default() };
        let judgement = Judgement { verdict: Verdict::Sampled, votes: Vec::new(), mark };
        let waited = now.saturating_sub(held.first);
        self.memory.forget(id);
        let decision = decision(id, &whole, Trigger::Regret, judgement, self.clock.outside(now), waited);
        self.conclude(decision, Course::Release, &whole, now, effects);
    }

    fn count_votes(&self, votes: &[Vote], facts: &Facts) {
        use pipeline::sampling::Answer;
        for (policy, vote) in self.series.policies.iter().zip(votes) {
            let verdict = match vote.answer {
                Answer::Unasked => continue,
                Answer::Error => {
                    policy.executions.inc();
                    self.series.errors.inc();
                    continue;
                }
                Answer::Sampled | Answer::WouldSample => Verdict::Sampled,
                Answer::Dropped | Answer::WouldDrop => Verdict::Dropped,
                Answer::NotSampled => Verdict::NotSampled,
            };
            policy.executions.inc();
            policy.traces.of(verdict).inc();
            policy.spans.of(verdict).inc_by(facts.spans.into());
            policy.bytes.of(verdict).inc_by(facts.span_bytes);
        }
    }

    fn gauge(&self) {
        let count = |number: usize| i64::try_from(number).unwrap_or(i64::MAX);
        self.series.waiting.set(count(self.room.len()));
        self.series.remembered.set(count(self.room.len() + self.settled.len()));
    }
}

impl Sampler for TailSampler {
    fn fold(&mut self, signal: Signal, observed: &Observed, now: Timestamp, effects: &mut Vec<Effect>) {
        let now = self.clock.tell(now);
        // Its own observer made them.
        let Some(facts) = observed.facts.downcast_ref::<Vec<Facts>>() else { return };
        for (id, facts) in observed.traces.iter().zip(facts) {
            self.take_in(signal, *id, facts, now, effects);
        }
        self.gauge();
    }

    fn wake(&mut self, now: Timestamp, effects: &mut Vec<Effect>) -> Option<Timestamp> {
        let now = self.clock.tell(now);
        for (id, trigger) in self.room.due(now) {
            self.decide(id, trigger, now, effects);
        }
        self.regrets.expire(now, |id| effects.push(Effect::Forget(id)));
        self.gauge();
        let next = [self.room.next(), self.regrets.next()].into_iter().flatten().min();
        next.map(|next| self.clock.outside(next))
    }

    fn press(&mut self, used: f64) {
        self.pressure.press(used);
    }

    fn evict(&mut self, now: Timestamp, effects: &mut Vec<Effect>) -> bool {
        let now = self.clock.tell(now);
        // What is held was not wanted once already.
        if let Some(id) = self.regrets.oldest() {
            effects.push(Effect::GiveUp(id));
            return true;
        }
        let evicted = self.evict_oldest(now, effects);
        self.gauge();
        evicted
    }

    fn finish(&mut self, how: OnShutdown, now: Timestamp, effects: &mut Vec<Effect>) {
        let now = self.clock.tell(now);
        if how == OnShutdown::Keep {
            return;
        }
        while let Some(id) = self.room.oldest() {
            match how {
                OnShutdown::Drop => self.give_up(id, Trigger::Drained, now, effects),
                _ => self.decide(id, Trigger::Drained, now, effects),
            }
        }
        // What is held was decided against, and nobody will bring it back now.
        while let Some(id) = self.regrets.oldest() {
            effects.push(Effect::GiveUp(id));
        }
        self.gauge();
    }

    fn recall(&mut self, decision: &Decision, now: Timestamp) -> bool {
        let firm = matches!(self.plan.config.orphan_logs, OrphanLogs::KeepFrom(_));
        let gone = decision.verdict == Verdict::NotSampled;
        if decision.mark.late && gone {
            self.regrets.release(decision.trace);
        }
        // Beside what was decided it says only what became of more of it.
        let known = self.memory.get(decision.trace).filter(|memo| gone || memo.course != Course::Discard);
        if decision.mark.late && known.is_some() {
            return false;
        }
        // What was said of it before counts no longer.
        self.memory.forget(decision.trace);
        self.remember(decision.trace, memo_of(decision, firm), 0);
        self.regrets.release(decision.trace);
        let asked = matches!(decision.trigger, Trigger::Root | Trigger::Idle | Trigger::Timeout | Trigger::Early);
        if decision.verdict != Verdict::NotSampled || !asked || decision.spans == 0 {
            return false;
        }
        let past = now.0.saturating_sub(decision.at);
        let now = self.clock.tell(now);
        let first = now.saturating_sub(past).saturating_sub(nanos(decision.waited));
        self.regrets.hold_on(decision.trace, Held::of_decision(decision, first), past, now)
    }

    fn heap_bytes(&self) -> usize {
        self.room.heap_bytes()
            + self.memory.heap_bytes()
            + self.limits.heap_bytes()
            + self.regrets.heap_bytes()
            + self.settled.capacity() * (size_of::<(TraceId, Settled)>() + 1)
            + self.settled_queue.capacity() * size_of::<TraceId>()
    }
}

fn decision(
    trace: TraceId,
    facts: &Facts,
    trigger: Trigger,
    judgement: Judgement,
    at: Timestamp,
    waited: u64,
) -> Decision {
    let Judgement { verdict, votes, mark } = judgement;
    let waited = std::time::Duration::from_nanos(waited);
    let (spans, logs, bytes) = (facts.spans, facts.logs, facts.bytes());
    Decision { trace, at: at.0, waited, verdict, trigger, spans, logs, bytes, mark, votes }
}

/// What came late of a trace that may yet be brought back waits with the rest.
fn held_too(trace: TraceId, effects: &mut Vec<Effect>) {
    effects.push(Effect::Follows { trace, course: Course::Hold, mark: Mark { late: true, ..Mark::default() } });
}

fn records(facts: &Facts) -> u64 {
    u64::from(facts.spans) + u64::from(facts.logs)
}

fn nanos(duration: std::time::Duration) -> u64 {
    u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX)
}
