//! What a sampler is at run time: an observer on each worker, the sampler on the decider's thread, an editor on whoever
//! releases. All three are pure: no IO, no clock, no error; effects are returned, and the decider carries them out.

mod id_hash;

use std::any::Any;
use std::fmt;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::{Batch, Signal, Timestamp};

pub use id_hash::{Folded, IdHash, slacken};

/// A trace's id. All zeros is the id of nothing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct TraceId(pub [u8; 16]);

/// A sampler as the configuration declares it: makes the parts.
pub trait Sampling: Send + Sync {
    /// A worker's own copy of what looks at requests.
    fn observer(&self) -> Box<dyn Observer>;
    /// The part that decides; one for each process. What it remembers of decided traces may take `memory` bytes.
    fn sampler(&self, memory: usize) -> Box<dyn Sampler>;
    /// A releaser's own copy of what writes the marks.
    fn editor(&self) -> Box<dyn Editor>;
    /// Names for [`Vote`]s, in the order of the votes.
    fn legend(&self) -> Legend;
    /// What the decider has to know.
    fn settings(&self) -> Settings;
}

/// What the decider has to know of a sampler.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Settings {
    /// What becomes of waiting traces at a stop; none: kept where there are files, decided where there are not.
    pub on_shutdown: Option<OnShutdown>,
}

/// What becomes of waiting traces at a stop.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OnShutdown {
    /// They wait in the journal for the next start.
    Keep,
    /// They are decided with what there is.
    Decide,
    /// They are dropped with what there is (the Collector's `drop_pending_traces_on_shutdown`).
    Drop,
}

/// On a worker: looks at every record of a request, once, after the processors before the sampler.
pub trait Observer: Send {
    /// What the sampler has to know of `batch`, so that no decision touches payload.
    fn observe(&mut self, batch: &Batch) -> Observed;
}

/// What an observer saw of one request.
pub struct Observed {
    /// For each record of the batch, in its order, what becomes of it for now.
    pub rows: Vec<Fate>,
    /// The traces that wait, each once, by which [`Fate::Waits`] and [`Fate::Ahead`] count.
    pub traces: Vec<TraceId>,
    /// What the sampler has to know of them, in a shape of its own; made by its observer and read by its `fold`.
    pub facts: Box<dyn Any + Send>,
}

/// What becomes of one record of a request, as far as its observer can say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    /// It waits with its trace.
    Waits {
        /// Which of [`Observed::traces`].
        trace: u32,
        /// It leaves even where only firm records of its trace do ([`Course::ReleaseFirm`]).
        firm: bool,
    },
    /// It leaves at once, ahead of its trace, which counts it all the same.
    Ahead {
        /// Which of [`Observed::traces`].
        trace: u32,
    },
    /// It follows no trace and leaves at once.
    Leaves,
    /// It follows no trace and is sampled out at once, for this reason (a `policy` label).
    Goes(&'static str),
}

/// On the decider's thread: folds what observers saw into traces, and decides.
pub trait Sampler: Send {
    /// Takes in what one request brought; `observed` is of this sampler's own observer. Called once for each request, in
    /// the order in which custody was taken. A trace that is decided already follows its decision.
    fn fold(&mut self, signal: Signal, observed: &Observed, now: Timestamp, effects: &mut Vec<Effect>);
    /// Decides what is due at `now`; when to be called next, if anything waits.
    fn wake(&mut self, now: Timestamp, effects: &mut Vec<Effect>) -> Option<Timestamp>;
    /// How full the waiting room is: 0 empty, 1 the budget is used up. Past its own threshold the sampler sheds new traces.
    fn press(&mut self, used: f64);
    /// Decides the oldest waiting trace now, because there is no room; `false` where none waits.
    fn evict(&mut self, now: Timestamp, effects: &mut Vec<Effect>) -> bool;
    /// Decides everything that waits, because the process stops.
    fn finish(&mut self, how: OnShutdown, now: Timestamp, effects: &mut Vec<Effect>);
    /// Remembers a decision of an earlier life, so that late records follow it; whether what is left of the trace is to be
    /// held on ([`Course::Hold`]), for the window in which it can be brought back is still open.
    fn recall(&mut self, decision: &Decision, now: Timestamp) -> bool;
    /// Bytes of RAM its own tables take.
    fn heap_bytes(&self) -> usize;
}

/// What the decider is to do.
#[derive(Clone, Debug, PartialEq)]
pub enum Effect {
    /// A trace is decided: all that waits of it, the request just folded included, takes this course. The decision is
    /// kept for whoever asks why, and for late records of later lives.
    Decided(Box<Decision>, Course),
    /// Late records: what just came of a trace that was decided before takes this course.
    Follows {
        /// The trace.
        trace: TraceId,
        /// Where they go.
        course: Course,
        /// What is written on them where they leave.
        mark: Mark,
    },
    /// The regret window of a trace is over: what is held of it goes.
    Forget(TraceId),
    /// What is held of a trace goes before that, for want of room or for the end of the process.
    GiveUp(TraceId),
}

/// Where waiting records go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Course {
    /// Out, marked.
    Release,
    /// Those that are firm out, marked; the others are sampled out.
    ReleaseFirm,
    /// Sampled out.
    Discard,
    /// Sampled out unless a later decision says otherwise, so held until [`Effect::Forget`] or [`Effect::GiveUp`].
    Hold,
}

/// Why a trace was decided when it was.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Trigger {
    /// Its root came, and `decision_wait_after_root_received` passed.
    Root,
    /// Nothing came for `decision_idle`.
    Idle,
    /// `decision_wait` passed.
    Timeout,
    /// The outcome was certain before its time.
    Early,
    /// There was no room for it any longer.
    Evicted,
    /// It was new while the waiting room was nearly full.
    Pressure,
    /// It grew past `maximum_trace_size_bytes`.
    TooLarge,
    /// The process stopped.
    Drained,
    /// It was dropped, and an error came within the regret window.
    Regret,
}

/// What a decision says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// Kept.
    Sampled,
    /// No policy wanted it.
    NotSampled,
    /// A `drop` policy wanted it gone.
    Dropped,
}

/// What is written on records that leave.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mark {
    /// The rejection threshold, 56 bits, for `ot=th:`; none: unknown, nothing is written.
    pub threshold: Option<u64>,
    /// The randomness to be written as `ot=rv:`, 56 bits, where the decision was not by one that arrived.
    pub randomness: Option<u64>,
    /// Which policy kept it, by its place in the [`Legend`].
    pub policy: Option<u16>,
    /// Some of the trace is missing.
    pub partial: bool,
    /// The record came after the decision.
    pub late: bool,
}

/// One decision about one trace.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Decision {
    /// The trace.
    #[serde(with = "hex")]
    pub trace: TraceId,
    /// When.
    pub at: u64,
    /// How long its first record had waited.
    pub waited: Duration,
    /// What.
    pub verdict: Verdict,
    /// What made it then.
    pub trigger: Trigger,
    /// Spans it was decided on.
    pub spans: u32,
    /// Log records it was decided on.
    pub logs: u32,
    /// Bytes of OTLP it was decided on.
    pub bytes: u64,
    /// What is written on what is kept, and on what comes late.
    pub mark: Mark,
    /// Each policy's answer, in the order of the [`Legend`]; those after the last that was asked are missing.
    pub votes: Vec<Vote>,
}

/// A policy's answer.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Vote {
    /// What it said.
    pub answer: Answer,
    /// Which configured entry matched, by its place in the policy's legend.
    pub entry: Option<u8>,
    /// The aggregate it looked at (ms, spans, sums), where it looks at one.
    pub value: Option<f32>,
}

/// What a policy says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Answer {
    /// Keep it.
    Sampled,
    /// No opinion.
    NotSampled,
    /// Drop it.
    Dropped,
    /// It could not say.
    Error,
    /// It was not asked: another had settled it.
    Unasked,
    /// It would keep it, and only watches (`dry_run`).
    WouldSample,
    /// It would drop it, and only watches (`dry_run`).
    WouldDrop,
}

/// What the numbers in votes stand for.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Legend {
    /// The policies, in the order of the votes.
    pub policies: Vec<PolicyLegend>,
}

/// One policy's names.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PolicyLegend {
    /// As configured.
    pub name: String,
    /// Its type.
    pub kind: String,
    /// What is configured in it that can match, as configured.
    pub entries: Vec<String>,
    /// The unit of its aggregate: `ms`, `spans`, or a key.
    pub unit: Option<String>,
}

/// On whoever releases: writes marks on what leaves.
pub trait Editor: Send {
    /// Edits the records of `batch`; `mark` tells what is to be written on the records of a trace.
    fn edit(&mut self, batch: &mut Batch, mark: &dyn Fn(TraceId) -> Mark);
}

impl TraceId {
    /// The id in `bytes`, where they are one that is not all zeros.
    pub fn of(bytes: &[u8]) -> Option<Self> {
        bytes.try_into().ok().map(Self).filter(|id| *id != Self::default())
    }

    /// The id that `text`, 32 hexadecimal digits, spells.
    pub fn parse(text: &str) -> Option<Self> {
        let mut id = [0; 16];
        if text.len() != 32 || !text.is_ascii() {
            return None;
        }
        for (byte, at) in id.iter_mut().zip((0..32).step_by(2)) {
            *byte = u8::from_str_radix(text.get(at..at + 2)?, 16).ok()?;
        }
        Some(Self(id))
    }
}

impl fmt::Display for TraceId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for Observed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Observed").field("rows", &self.rows.len()).field("traces", &self.traces.len()).finish()
    }
}

impl Decision {
    /// Whether the trace was kept.
    pub fn kept(&self) -> bool {
        self.verdict == Verdict::Sampled
    }
}

/// A trace id as 32 hexadecimal digits.
mod hex {
    use serde::{Deserialize, Deserializer, Serializer};

    use super::TraceId;

    pub(super) fn serialize<S: Serializer>(id: &TraceId, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(id)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<TraceId, D::Error> {
        let text = String::deserialize(deserializer)?;
        TraceId::parse(&text).ok_or_else(|| serde::de::Error::custom("not a trace id"))
    }
}
