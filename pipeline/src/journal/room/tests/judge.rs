//! A sampler of tests that does what a real one does: it decides early, keeps firm records alone, holds traces and brings them back
//! or gives them up, forgets, and decides the oldest for want of room. What it does with a trace the trace's number says.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use crate::sampling::*;
use crate::{Batch, Signal, Timestamp};

pub(super) const WAIT: Duration = Duration::from_secs(10);
pub(super) const WINDOW: Duration = Duration::from_secs(20);
pub(super) const TRACES: u8 = 16;

/// What is done with a trace, by its number.
pub(super) fn kept(trace: u8) -> bool {
    trace >= 8
}
pub(super) fn soon(trace: u8) -> bool {
    trace.is_multiple_of(4)
}
pub(super) fn holds(trace: u8) -> bool {
    trace % 4 == 1
}
pub(super) fn firm(trace: u8) -> bool {
    trace % 4 == 2
}
pub(super) fn wait(trace: u8) -> Duration {
    if trace % 8 == 3 { WAIT * 4 } else { WAIT }
}

/// Its records' names: number of the trace, what they are (`f` firm, `e` an error, `a` an error that leaves ahead, `-`), what tells them apart.
pub(super) fn name(trace: u8, kind: char, rest: &str) -> String {
    format!("{trace} {kind} {rest}")
}

pub(super) fn kind(name: &str) -> char {
    name.split(' ').nth(1).and_then(|kind| kind.chars().next()).unwrap()
}

pub(super) fn of(name: &str) -> u8 {
    name.split(' ').next().unwrap().parse().unwrap()
}

#[derive(Clone, Default)]
pub(super) struct Many {
    tossed: Arc<AtomicU64>,
    /// Traces whose decisions are to be forgotten, for want of room.
    pub(super) forgets: Arc<Mutex<BTreeSet<u8>>>,
}

#[derive(Clone, Copy, Debug)]
pub(super) enum Memo {
    Course(Course),
    Held(u64),
}

pub(super) struct Judge {
    coin: Arc<AtomicU64>,
    forgets: Arc<Mutex<BTreeSet<u8>>>,
    since: BTreeMap<TraceId, (Timestamp, usize)>,
    decided: HashMap<TraceId, Memo>,
}

impl Sampling for Many {
    fn observer(&self) -> Box<dyn Observer> {
        Box::new(self.clone())
    }
    fn sampler(&self, _: usize) -> Box<dyn Sampler> {
        Box::new(Judge {
            coin: self.tossed.clone(),
            forgets: self.forgets.clone(),
            since: BTreeMap::new(),
            decided: HashMap::new(),
        })
    }
    fn editor(&self) -> Box<dyn Editor> {
        Box::new(self.clone())
    }
    fn legend(&self) -> Legend {
        Legend::default()
    }
    fn settings(&self) -> Settings {
        Settings::default()
    }
}

impl Editor for Many {
    fn edit(&mut self, _: &mut Batch, _: &dyn Fn(TraceId) -> Mark) {}
}

impl Observer for Many {
    fn observe(&mut self, batch: &Batch) -> Observed {
        let (mut traces, mut errors) = (Vec::new(), Vec::new());
        let mut rows = Vec::new();
        for record in batch.records() {
            let id = TraceId::of(record.trace_id()).unwrap();
            let at = traces.iter().position(|known| *known == id).unwrap_or_else(|| {
                traces.push(id);
                errors.push(false);
                traces.len() - 1
            });
            let text = String::from_utf8_lossy(record.message()).into_owned();
            let has = |kind: &str| text.contains(&format!("{} {kind} ", id.0[0] - 1));
            let (trace, ahead) = (at as u32, has("a"));
            errors[at] |= has("e") || ahead;
            rows.push(if ahead { Fate::Ahead { trace } } else { Fate::Waits { trace, firm: has("f") } });
        }
        Observed { rows, traces, facts: Box::new(errors) }
    }
}

impl Judge {
    fn decide(&mut self, trace: TraceId, trigger: Trigger, now: Timestamp, effects: &mut Vec<Effect>) {
        self.since.remove(&trace);
        let number = trace.0[0] - 1;
        let toss = self.coin.fetch_add(1, Ordering::Relaxed).wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 63 == 1;
        let keep = (toss || kept(number)) && !(holds(number) && kept(number));
        let course = match (keep, holds(number) && trigger == Trigger::Timeout, firm(number)) {
            (true, _, true) => Course::ReleaseFirm,
            (true, ..) => Course::Release,
            (false, true, _) => Course::Hold,
            (false, ..) => Course::Discard,
        };
        self.conclude(trace, keep, course, trigger, now, effects);
    }

    fn conclude(
        &mut self,
        trace: TraceId,
        keep: bool,
        course: Course,
        trigger: Trigger,
        now: Timestamp,
        effects: &mut Vec<Effect>,
    ) {
        let held = Memo::Held(now.0 + WINDOW.as_nanos() as u64);
        self.decided.insert(trace, if course == Course::Hold { held } else { Memo::Course(course) });
        let verdict = if keep { Verdict::Sampled } else { Verdict::NotSampled };
        let (waited, mark) = (WAIT, Mark::default());
        let (spans, logs, bytes, votes) = (1, 0, 0, Vec::new());
        let decision = Decision { trace, at: now.0, waited, verdict, trigger, spans, logs, bytes, mark, votes };
        effects.push(Effect::Decided(Box::new(decision), course));
    }
}

impl Sampler for Judge {
    fn fold(&mut self, _: Signal, observed: &Observed, now: Timestamp, effects: &mut Vec<Effect>) {
        let errors = observed.facts.downcast_ref::<Vec<bool>>().unwrap();
        for trace in std::mem::take(&mut *self.forgets.lock().unwrap()) {
            let id = TraceId([trace + 1; 16]);
            if matches!(self.decided.get(&id), Some(Memo::Course(_))) {
                self.decided.remove(&id);
            }
        }
        for (trace, error) in observed.traces.iter().zip(errors) {
            let (trace, mark) = (*trace, Mark::default());
            match self.decided.get(&trace) {
                Some(Memo::Held(until)) if now.0 < *until && *error => {
                    self.conclude(trace, true, Course::Release, Trigger::Regret, now, effects);
                }
                Some(Memo::Held(until)) if now.0 < *until => {
                    effects.push(Effect::Follows { trace, course: Course::Hold, mark });
                }
                Some(Memo::Held(_)) => effects.push(Effect::Follows { trace, course: Course::Discard, mark }),
                Some(Memo::Course(course)) => effects.push(Effect::Follows { trace, course: *course, mark }),
                None => {
                    let (_, requests) = self.since.entry(trace).or_insert((now, 0));
                    *requests += 1;
                    if *requests == 3 && soon(trace.0[0] - 1) {
                        self.decide(trace, Trigger::Early, now, effects);
                    }
                }
            }
        }
    }
    fn wake(&mut self, now: Timestamp, effects: &mut Vec<Effect>) -> Option<Timestamp> {
        let due = self.since.iter().filter(|(trace, (since, _))| now.since(*since) >= wait(trace.0[0] - 1));
        let due: Vec<TraceId> = due.map(|(trace, _)| *trace).collect();
        due.into_iter().for_each(|trace| self.decide(trace, Trigger::Timeout, now, effects));
        for (trace, memo) in &mut self.decided {
            if let Memo::Held(until) = *memo
                && until <= now.0
            {
                *memo = Memo::Course(Course::Discard);
                effects.push(Effect::Forget(*trace));
            }
        }
        None
    }
    fn press(&mut self, _: f64) {}
    fn evict(&mut self, now: Timestamp, effects: &mut Vec<Effect>) -> bool {
        let oldest = self.since.iter().min_by_key(|(_, (since, _))| *since).map(|(trace, _)| *trace);
        oldest.inspect(|trace| self.decide(*trace, Trigger::Evicted, now, effects)).is_some()
    }
    fn finish(&mut self, _: OnShutdown, now: Timestamp, effects: &mut Vec<Effect>) {
        let all: Vec<TraceId> = self.since.keys().copied().collect();
        all.into_iter().for_each(|trace| self.decide(trace, Trigger::Drained, now, effects));
        for (trace, memo) in &mut self.decided {
            if let Memo::Held(_) = *memo {
                *memo = Memo::Course(Course::Discard);
                effects.push(Effect::GiveUp(*trace));
            }
        }
    }
    fn recall(&mut self, decision: &Decision, now: Timestamp) -> bool {
        let number = decision.trace.0[0] - 1;
        let until = decision.at + WINDOW.as_nanos() as u64;
        let held = !decision.mark.late
            && holds(number)
            && !decision.kept()
            && decision.trigger == Trigger::Timeout
            && now.0 < until;
        let memo = match (held, decision.kept(), firm(number)) {
            (true, ..) => Memo::Held(until),
            (_, true, true) => Memo::Course(Course::ReleaseFirm),
            (_, true, false) => Memo::Course(Course::Release),
            _ => Memo::Course(Course::Discard),
        };
        self.decided.insert(decision.trace, memo);
        held
    }
    fn heap_bytes(&self) -> usize {
        0
    }
}
