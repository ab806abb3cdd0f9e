//! A sampler of tests: it decides by tossing a coin, so that whoever decides twice is found out.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use crate::sampling::*;
use crate::{Batch, Signal, Timestamp};

const WAIT: Duration = Duration::from_secs(10);

/// Traces from this one to the hundredth, and from [`LONG`] on, are kept, whatever the coin says.
pub(super) const KEPT: u8 = 8;

/// Traces before this one are decided as soon as a third request has something of them.
const SOON: u8 = 4;

/// Traces from this one on are decided after an hour.
pub(super) const LONG: u8 = 200;

/// What the names of spans end with that leave ahead of their trace, which is kept for it.
pub(super) const AHEAD: char = '!';

/// A sampler that decides a trace after [`WAIT`], by `keep`, whose answers differ from time to time; it remembers. One
/// that `holds` has what it does not keep held, and brings it back for whatever comes late.
#[derive(Clone, Default)]
pub(super) struct Coin {
    pub(super) tossed: Arc<AtomicU64>,
    pub(super) holds: bool,
    /// Traces from the 150th to [`LONG`] follow none, and leave.
    pub(super) leaves: bool,
}

#[derive(Default)]
struct Tosser {
    coin: Arc<AtomicU64>,
    holds: bool,
    /// When the first request came that has something of it, and how many have come.
    since: HashMap<TraceId, (Timestamp, usize)>,
    /// Of which something has left ahead.
    ahead: BTreeSet<TraceId>,
    decided: HashMap<TraceId, bool>,
}

impl Sampling for Coin {
    fn observer(&self) -> Box<dyn Observer> {
        Box::new(self.clone())
    }
    fn sampler(&self, _memory: usize) -> Box<dyn Sampler> {
        Box::new(Tosser { coin: self.tossed.clone(), holds: self.holds, ..Tosser::default() })
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

impl Observer for Coin {
    fn observe(&mut self, batch: &Batch) -> Observed {
        let (mut traces, mut facts) = (Vec::new(), Vec::new());
        let row = |record: crate::batch::Record<'_>| {
            let id = TraceId::of(record.trace_id()).unwrap();
            if self.leaves && (150..LONG).contains(&id.0[0]) {
                return Fate::Leaves;
            }
            let trace = traces.iter().position(|known| *known == id).unwrap_or_else(|| {
                traces.push(id);
                facts.push(false);
                traces.len() - 1
            });
            let ahead = record.name().as_str().ends_with(AHEAD);
            facts[trace] |= ahead;
            let trace = trace as u32;
            if ahead { Fate::Ahead { trace } } else { Fate::Waits { trace, firm: true } }
        };
        let rows = batch.records().map(row).collect();
        Observed { rows, traces, facts: Box::new(facts) }
    }
}

impl Editor for Coin {
    fn edit(&mut self, _: &mut Batch, _: &dyn Fn(TraceId) -> Mark) {}
}

impl Tosser {
    fn decide(&mut self, trace: TraceId, now: Timestamp, effects: &mut Vec<Effect>) {
        let toss = self.coin.fetch_add(1, Ordering::Relaxed).wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 63 == 1;
        let keep = toss || self.ahead.contains(&trace) || (KEPT + 1..100).contains(&trace.0[0]) || trace.0[0] > LONG;
        self.conclude(trace, keep, now, effects);
    }

    fn conclude(&mut self, trace: TraceId, keep: bool, now: Timestamp, effects: &mut Vec<Effect>) {
        self.decided.insert(trace, keep);
        let verdict = if keep { Verdict::Sampled } else { Verdict::NotSampled };
        let decision = Decision {
            trace,
            at: now.0,
            waited: WAIT,
            verdict,
            trigger: Trigger::Timeout,
            spans: 1,
            logs: 0,
            bytes: 0,
            mark: Mark::default(),
            votes: Vec::new(),
        };
        let course = if self.holds && !keep { Course::Hold } else { course(keep) };
        effects.push(Effect::Decided(Box::new(decision), course));
    }
}

fn course(keep: bool) -> Course {
    if keep { Course::Release } else { Course::Discard }
}

impl Sampler for Tosser {
    fn fold(&mut self, _: Signal, observed: &Observed, now: Timestamp, effects: &mut Vec<Effect>) {
        let ahead = observed.facts.downcast_ref::<Vec<bool>>().unwrap();
        for (trace, ahead) in observed.traces.iter().zip(ahead) {
            if *ahead {
                self.ahead.insert(*trace);
            }
            match self.decided.get(trace) {
                Some(false) if self.holds => self.conclude(*trace, true, now, effects),
                Some(keep) => {
                    effects.push(Effect::Follows { trace: *trace, course: course(*keep), mark: Mark::default() });
                }
                None => {
                    let (_, requests) = self.since.entry(*trace).or_insert((now, 0));
                    *requests += 1;
                    if *requests == 3 && trace.0[0] <= SOON {
                        self.since.remove(trace);
                        self.decide(*trace, now, effects);
                    }
                }
            }
        }
    }
    fn wake(&mut self, now: Timestamp, effects: &mut Vec<Effect>) -> Option<Timestamp> {
        let wait = |trace: &TraceId| if trace.0[0] > LONG { WAIT * 360 } else { WAIT };
        let due = self.since.iter().filter(|(trace, (since, _))| now.since(*since) >= wait(trace));
        let due: BTreeSet<TraceId> = due.map(|(trace, _)| *trace).collect();
        for trace in due {
            self.since.remove(&trace);
            self.decide(trace, now, effects);
        }
        None
    }
    fn press(&mut self, _: f64) {}
    fn evict(&mut self, _: Timestamp, _: &mut Vec<Effect>) -> bool {
        false
    }
    fn finish(&mut self, _: OnShutdown, now: Timestamp, effects: &mut Vec<Effect>) {
        for trace in std::mem::take(&mut self.since).into_keys() {
            self.decide(trace, now, effects);
        }
    }
    fn recall(&mut self, decision: &Decision, _: Timestamp) -> bool {
        self.decided.insert(decision.trace, decision.kept());
        self.holds && !decision.kept()
    }
    fn heap_bytes(&self) -> usize {
        0
    }
}
