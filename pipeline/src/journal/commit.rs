//! What goes into custody, and the frames that it is written as.

use bytes::Bytes;

use super::copies::{Copying, Original};
use super::format::{FrameHead, Framed, Kind};
use crate::decider::Seen;
use crate::ledger::Counter;
use crate::memory::Permit;
use crate::receipt::{Outcome, Receipt, Refusal};
use crate::{Sealed, Signal, Timestamp};

/// What one request became, or what a sampler lets go, on its way into custody.
pub(crate) struct Commit {
    pub(crate) parts: Vec<Part>,
    pub(crate) permit: Permit,
    pub(crate) now: Timestamp,
    /// What counts once it is in custody, beside what is owed: records that took their course at once.
    pub(crate) counts: Vec<(Counter, u64)>,
    /// Who is told when it is in custody.
    pub(crate) then: Then,
}

/// What a pipeline made of it.
#[derive(Debug)]
pub(crate) struct Part {
    pub(crate) pipeline: usize,
    pub(crate) sealed: Sealed,
    /// It waits for decisions about its traces; none: it is owed to the destinations.
    pub(crate) seen: Option<Seen>,
}

/// Who is told when something is in custody.
pub(crate) enum Then {
    /// Its sender, this.
    Answer(Receipt, Outcome),
    /// Who decided about it.
    Decide(Decided),
    /// Who has it copied, for it waits.
    Copy(Copying),
}

/// The decisions that go with what they release: both are in custody, or neither.
pub(crate) struct Decided {
    /// Whose they are.
    pub(crate) sampler: usize,
    /// Encoded.
    pub(crate) entries: Vec<u8>,
    /// Called when it is done; with the parts, where it could not be.
    pub(crate) told: Box<dyn FnOnce(Option<Vec<Part>>) + Send>,
}

/// The same, with its frames: made by who hands it over, so that the one thread that writes sums nothing up.
pub(crate) struct Handed {
    pub(super) commit: Commit,
    pub(super) frames: Vec<Framed>,
}

impl Commit {
    /// Bytes of its requests.
    pub(super) fn bytes(&self) -> usize {
        self.parts.iter().map(|part| part.sealed.body().len()).sum()
    }

    /// Counts what has taken its course.
    pub(crate) fn count(&self) {
        self.counts.iter().for_each(|(counter, records)| _ = counter.inc_by(*records));
    }

    /// Whether its parts hold only with the decisions behind them.
    pub(super) fn is_chained(&self) -> bool {
        matches!(&self.then, Then::Decide(decided) if !decided.entries.is_empty()) && !self.parts.is_empty()
    }

    /// Says that it is not taken; to a sender by its receipt, which is then the caller's.
    pub(crate) fn refused(self, why: Refusal) -> Option<(Receipt, Outcome)> {
        let Self { parts, permit, then, .. } = self;
        // Its bytes are given back before anybody hears of it, and sends again.
        drop(permit);
        match then {
            Then::Answer(receipt, _) => Some((receipt, Outcome::Refused(why))),
            Then::Decide(decided) => {
                (decided.told)(Some(parts));
                None
            }
            Then::Copy(copying) => {
                (copying.told)(Vec::new());
                None
            }
        }
    }

    /// With what is written of it, by a process of `pipelines` pipelines: its parts, and behind those that a sampler releases the
    /// decisions, without which they do not hold.
    pub(crate) fn framed(mut self, pipelines: usize) -> Handed {
        self.parts.retain(|part| part.sealed.records() > 0);
        let frame =
            |(at, part): (usize, &Part)| Framed::new(self.head(at, part, pipelines), part.sealed.body().clone());
        let mut frames: Vec<_> = self.parts.iter().enumerate().map(frame).collect();
        if let Then::Decide(Decided { sampler, entries, .. }) = &self.then
            && self.is_chained()
        {
            let mut left = 0;
            for frame in frames.iter_mut().rev() {
                left += frame.head.size();
                frame.head.chain = left as u32;
            }
            frames.push(decisions(*sampler, entries, self.now));
        }
        Handed { commit: self, frames }
    }

    /// The head of its part `at`.
    fn head(&self, at: usize, part: &Part, pipelines: usize) -> FrameHead {
        let (kind, appended, echo) = match &self.then {
            Then::Copy(copying) => {
                let Original { since, echo } =
                    copying.of.get(at).copied().unwrap_or(Original { since: self.now, echo: false });
                (Kind::Copy, since, echo)
            }
            _ => (Kind::Request, self.now, part.seen.as_ref().is_some_and(|seen| seen.echo)),
        };
        // Frames that wait are told from others by the numbers of their pipelines, and echoes from those.
        let waits = part.seen.is_some() || kind == Kind::Copy;
        let pipeline = part.pipeline + pipelines * (usize::from(waits) + usize::from(echo));
        let head = FrameHead::request(part.sealed.signal(), pipeline as u16, part.sealed.records(), appended);
        FrameHead { kind, ..head }
    }
}

/// Decisions as a frame; their signal says nothing.
pub(super) fn decisions(sampler: usize, entries: &[u8], now: Timestamp) -> Framed {
    let head = FrameHead::request(Signal::Traces, sampler as u16, 0, now);
    Framed::new(FrameHead { kind: Kind::Decisions, ..head }, Bytes::copy_from_slice(entries))
}
