//! Decisions about traces, as bytes: kept for late records, for the next life, and for whoever asks why.
//!
//! Little-endian, one behind the other, 62 bytes and 6 for each vote:
//!
//! ```text
//! length of the rest u16 | trace [16] | at u64 (ns) | waited u32 (ms) | verdict u8 | trigger u8 | flags u8 | votes u8 |
//! spans u32 | logs u32 | bytes u64 | threshold, randomness: u64 each, where the flags say so | policy u16 |
//! covered u64 (position) | votes: answer u8 | entry u8 (255: none) | value f32 (NaN: none)
//! ```

use std::cell::RefCell;
use std::io;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use super::files::Files;
use super::fill::behind;
use super::format::{FrameHead, Kind, Table};
use super::frame::Position;
use super::segments::{DECIDED, OWED, Segments, Step};
use super::settled::Settled;
use super::volume::{Looking, Volume};
use crate::sampling::{Answer, Decision, Legend, Mark, TraceId, Trigger, Verdict, Vote};

const THRESHOLD: u8 = 1;
const RANDOMNESS: u8 = 2;
const POLICY: u8 = 4;
const PARTIAL: u8 = 8;
const LATE: u8 = 16;

/// Most votes that are kept of one decision.
const VOTES: usize = 255;

/// A decision and how far into the journal it looked.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Entry {
    pub(crate) decision: Decision,
    /// The last position whose records of the trace have taken their course.
    pub(crate) covered: Position,
}

/// A decision as it is found for who asks why.
#[derive(Clone, Debug, PartialEq)]
pub struct Found {
    /// The decision.
    pub decision: Decision,
    /// The sampler that made it.
    pub sampler: String,
    /// Names for its votes.
    pub legend: Legend,
    /// Where what was released went; nothing where that is not known any more, or nothing was.
    pub deliveries: Vec<Delivery>,
}

/// How far a released trace has come.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Delivery {
    /// The exporter's id.
    pub exporter: String,
    /// Whether it is owed nothing of it any more: it took all, or refused or gave up some, which its counters tell.
    pub settled: bool,
}

const VERDICTS: [Verdict; 3] = [Verdict::Sampled, Verdict::NotSampled, Verdict::Dropped];
const TRIGGERS: [Trigger; 9] = [
    Trigger::Root,
    Trigger::Idle,
    Trigger::Timeout,
    Trigger::Early,
    Trigger::Evicted,
    Trigger::Pressure,
    Trigger::TooLarge,
    Trigger::Drained,
    Trigger::Regret,
];
const ANSWERS: [Answer; 7] = [
    Answer::Sampled,
    Answer::NotSampled,
    Answer::Dropped,
    Answer::Error,
    Answer::Unasked,
    Answer::WouldSample,
    Answer::WouldDrop,
];

fn place<T: PartialEq>(all: &[T], one: &T) -> u8 {
    all.iter().position(|other| other == one).unwrap_or_default() as u8
}

impl Entry {
    /// Whether it says why `trace` was decided as it was, and not only that more of it has left.
    pub(super) fn tells_of(&self, trace: TraceId) -> bool {
        self.decision.trace == trace && !self.decision.mark.late
    }

    /// Adds it to `out`.
    pub(crate) fn encode(&self, out: &mut Vec<u8>) {
        let Decision { trace, at, waited, verdict, trigger, spans, logs, bytes, mark, votes } = &self.decision;
        let votes = &votes[..votes.len().min(VOTES)];
        let begin = out.len();
        out.extend([0; 2]);
        out.extend(trace.0);
        out.extend(at.to_le_bytes());
        out.extend(u32::try_from(waited.as_millis()).unwrap_or(u32::MAX).to_le_bytes());
        let flag = |set: bool, flag: u8| if set { flag } else { 0 };
        let flags = flag(mark.threshold.is_some(), THRESHOLD)
            | flag(mark.randomness.is_some(), RANDOMNESS)
            | flag(mark.policy.is_some(), POLICY)
            | flag(mark.partial, PARTIAL)
            | flag(mark.late, LATE);
        out.extend([place(&VERDICTS, verdict), place(&TRIGGERS, trigger), flags, votes.len() as u8]);
        out.extend(spans.to_le_bytes());
        out.extend(logs.to_le_bytes());
        out.extend(bytes.to_le_bytes());
        let numbers = [mark.threshold, mark.randomness];
        numbers.iter().flatten().for_each(|number| out.extend(number.to_le_bytes()));
        out.extend(mark.policy.unwrap_or_default().to_le_bytes());
        out.extend(self.covered.0.to_le_bytes());
        for Vote { answer, entry, value } in votes {
            out.extend([place(&ANSWERS, answer), entry.unwrap_or(u8::MAX)]);
            out.extend(value.unwrap_or(f32::NAN).to_le_bytes());
        }
        let length = (out.len() - begin - 2) as u16;
        out[begin..begin + 2].copy_from_slice(&length.to_le_bytes());
    }

    /// Takes the first entry off `bytes`; none where they are not one.
    pub(crate) fn decode(bytes: &mut &[u8]) -> Option<Self> {
        let mut whole = Reader(bytes);
        let length = u16::from_le_bytes(whole.take()?);
        let mut from = Reader(whole.slice(usize::from(length))?);
        let rest = whole.0;
        let trace = TraceId(from.take()?);
        let at = u64::from_le_bytes(from.take()?);
        let waited = Duration::from_millis(u32::from_le_bytes(from.take()?).into());
        let [verdict, trigger, flags, votes] = from.take()?;
        let [spans, logs] = [u32::from_le_bytes(from.take()?), u32::from_le_bytes(from.take()?)];
        let bytes_decided = u64::from_le_bytes(from.take()?);
        let mut number = |flag: u8| match flags & flag {
            0 => Some(None),
            _ => from.take().map(|bytes| Some(u64::from_le_bytes(bytes))),
        };
        let (threshold, randomness) = (number(THRESHOLD)?, number(RANDOMNESS)?);
        let policy = Some(u16::from_le_bytes(from.take()?)).filter(|_| flags & POLICY != 0);
        let covered = Position(u64::from_le_bytes(from.take()?));
        let mark = Mark { threshold, randomness, policy, partial: flags & PARTIAL != 0, late: flags & LATE != 0 };
        let vote = |_| {
            let [answer, entry] = from.take()?;
            let value = f32::from_le_bytes(from.take()?);
            let (entry, value) = (Some(entry).filter(|at| *at != u8::MAX), Some(value).filter(|one| !one.is_nan()));
            Some(Vote { answer: *ANSWERS.get(usize::from(answer))?, entry, value })
        };
        let decision = Decision {
            trace,
            at,
            waited,
            verdict: *VERDICTS.get(usize::from(verdict))?,
            trigger: *TRIGGERS.get(usize::from(trigger))?,
            spans,
            logs,
            bytes: bytes_decided,
            mark,
            votes: (0..votes).map(vote).collect::<Option<_>>()?,
        };
        *bytes = rest;
        Some(Self { decision, covered })
    }
}

/// The entries in `bytes`, up to the first that is none.
pub(crate) fn entries(mut bytes: &[u8]) -> impl Iterator<Item = Entry> + '_ {
    std::iter::from_fn(move || Entry::decode(&mut bytes))
}

struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    fn take<const N: usize>(&mut self) -> Option<[u8; N]> {
        let (first, rest) = self.0.split_first_chunk()?;
        self.0 = rest;
        Some(*first)
    }

    fn slice(&mut self, length: usize) -> Option<&'a [u8]> {
        let (first, rest) = self.0.split_at_checked(length)?;
        self.0 = rest;
        Some(first)
    }
}

/// The decisions of earlier lives.
#[derive(Debug)]
pub(crate) struct Recorded(pub(super) Segments);

impl Recorded {
    /// Gives `each` the bytes of all that were made by `sampler`: of the stream that keeps them, then of those that were
    /// committed with what they release, of which the stream may lack the last.
    pub(crate) fn each(&self, files: &Files, sampler: &str, each: &mut dyn FnMut(&[u8])) {
        let wanted = |head: &FrameHead, table: &Table| {
            let by = table.samplers.get(usize::from(head.pipeline)).is_some_and(|(name, _)| name == sampler);
            head.kind == Kind::Decisions && by
        };
        for (segments, last) in [(&self.0, Position(u64::MAX)), (&files.segments, files.found)] {
            let mut from = Position(0);
            loop {
                let (at, head, body) = match segments.step(from, wanted) {
                    Step::Frame { at, head, body } => (at, head, Some(body)),
                    Step::Passed { at, head } => (at, head, None),
                    Step::End => break,
                };
                if at > last {
                    break;
                }
                body.iter().for_each(|body| each(body));
                from = behind(at, &head);
            }
        }
    }
}

/// The last decision about `trace` in the journal at `folder`. Nothing is locked and nothing is changed.
pub fn decision(folder: &Path, trace: TraceId) -> io::Result<Option<Found>> {
    let volume: Arc<dyn Volume> = Arc::new(Looking::at(folder));
    let segments = Segments::open(volume.clone(), DECIDED)?;
    let (mut from, mut found) = (Position(0), None);
    let sampler = RefCell::new(None);
    while let Step::Frame { at, head, body } = segments.step(from, |head, table| {
        let at = usize::from(head.pipeline);
        let reached = table.reached.get(at).cloned().unwrap_or_default();
        *sampler.borrow_mut() =
            table.samplers.get(at).map(|(sampler, legend)| (sampler.clone(), legend.clone(), reached));
        head.kind == Kind::Decisions
    }) {
        from = behind(at, &head);
        for Entry { decision, .. } in entries(&body).filter(|entry| entry.tells_of(trace)) {
            let (sampler, legend, reached) = sampler.borrow().clone().unwrap_or_default();
            let reached = if decision.kept() { reached } else { Vec::new() };
            let reached = reached.into_iter().map(|exporter| Delivery { exporter, settled: true });
            found = Some(Found { decision, sampler, legend, deliveries: reached.collect() });
        }
    }
    if let Some(found) = &mut found {
        owed(&volume, trace, &mut found.deliveries)?;
    }
    Ok(found)
}

/// Notes who is owed something yet of what was released of `trace`: what is there of that has decisions behind it which tell of it.
fn owed(volume: &Arc<dyn Volume>, trace: TraceId, deliveries: &mut [Delivery]) -> io::Result<()> {
    let segments = Segments::open(volume.clone(), OWED)?;
    // One without a cursor file is owed nothing.
    let lanes: Vec<_> = deliveries.iter().map(|one| Settled::lanes(&**volume, &one.exporter).ok()).collect();
    let fed = RefCell::new(Vec::new());
    let (mut from, mut released) = (Position(0), Vec::new());
    loop {
        let step = segments.step(from, |head, table| {
            *fed.borrow_mut() = deliveries.iter().map(|one| table.feeds(head, &one.exporter)).collect();
            head.kind == Kind::Decisions
        });
        let (at, head, body) = match step {
            Step::Passed { at, head } => {
                from = behind(at, &head);
                if head.chain > 0 {
                    released.push((at, head, fed.take()));
                }
                continue;
            }
            Step::Frame { at, head, body } => (at, head, body),
            Step::End => return Ok(()),
        };
        from = behind(at, &head);
        released.retain(|(place, head, _)| place.0 + u64::from(head.chain) == at.0);
        let tells = entries(&body).any(|entry| entry.decision.trace == trace);
        for (place, head, fed) in released.drain(..).filter(|_| tells) {
            for ((one, lanes), _) in deliveries.iter_mut().zip(&lanes).zip(fed).filter(|(_, fed)| *fed) {
                let done = lanes.as_ref().map(|lanes| &lanes[head.signal as usize]);
                one.settled &= done.is_none_or(|done| place < done.below || done.above.contains(&place));
            }
        }
    }
}

#[cfg(test)]
mod tests;
