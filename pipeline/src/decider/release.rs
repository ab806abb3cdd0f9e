//! Lets kept traces go: takes their records out of where they waited, writes the marks, runs what is listed behind the
//! sampler, and takes custody of what leaves together with the decisions. On a thread of its own, for it reads files.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use crossbeam_channel::{Receiver, Sender, bounded};

use super::places::{Back, Move, Piece, Run};
use super::{Marks, Order, RELEASE, Released};
use crate::component::Processor;
use crate::journal::Position;
use crate::journal::commit::{Commit, Decided, Part, Then};
use crate::journal::custody::Custody;
use crate::journal::files::Files;
use crate::memory::Memory;
use crate::registry::ProcessorFactory;
use crate::sampling::{Editor, Sampling, TraceId};
use crate::{Batch, Limits, Sealed, Signal, Timestamp};

/// How long a disk that takes nothing is left alone.
const PAUSE: Duration = Duration::from_millis(200);

/// So often a release is tried as a whole. A disk that is full to the brim may have room for one request and not for
/// several, and then what leaves twice after a crash is better than what never leaves.
const WHOLE: u32 = 25;

/// Decisions, and what they release.
#[derive(Debug, Default)]
pub(crate) struct Release {
    /// Stretches of records that leave, before they are told apart.
    pub(super) runs: Vec<Run>,
    pub(super) pieces: Vec<Piece>,
    pub(super) marks: Marks,
    /// The decisions, encoded.
    pub(super) entries: Vec<u8>,
    /// What has taken its course once this is in custody.
    pub(super) backs: Vec<Back>,
    pub(super) bytes: u64,
    /// Frames that nobody reads any more once what was handed on before has been read.
    pub(super) replaced: Vec<(Signal, Position)>,
    /// What still waits of frames, to be copied; then it is nothing else.
    pub(super) moves: Vec<Move>,
    /// Whether a segment is needed no more once they are there.
    pub(super) frees: bool,
}

impl Release {
    pub(super) fn is_empty(&self) -> bool {
        self.entries.is_empty() && self.backs.is_empty() && self.runs.is_empty() && self.replaced.is_empty()
    }

    /// What is to be copied, and whether a segment is then needed no more, where it is that.
    pub(crate) fn moves(&mut self) -> Option<(Vec<Move>, bool)> {
        let moves = std::mem::take(&mut self.moves);
        (!moves.is_empty()).then_some((moves, self.frees))
    }
}

/// See the head of this file.
pub(crate) struct Releaser {
    pub(crate) sampler: usize,
    pub(crate) sampling: Arc<dyn Sampling>,
    /// For each pipeline, what the chain behind the sampler is made from.
    pub(crate) factories: Vec<Vec<ProcessorFactory>>,
    pub(crate) inbox: Receiver<Release>,
    pub(crate) orders: Sender<Order>,
    pub(crate) custody: Custody,
    pub(crate) memory: Arc<Memory>,
    pub(crate) files: Option<Arc<Files>>,
}

/// What edits: made anew where one failed.
pub(crate) struct Hands {
    editor: Box<dyn Editor>,
    chains: Vec<Vec<Box<dyn Processor>>>,
}

impl Releaser {
    /// Releases until nobody decides any more.
    pub(crate) fn run(self) {
        let mut hands = self.hands();
        while let Ok(mut release) = self.inbox.recv() {
            let now = Timestamp::now();
            if let Some((moves, frees)) = release.moves() {
                let _ended = self.orders.send(Order::Moved(self.compact(moves, frees, now)));
                continue;
            }
            let (parts, entries, released) = self.prepare(release, &mut hands, now);
            self.commit(parts, &entries, now);
            // The decider waits for its releases before it ends.
            let _ended = self.orders.send(Order::Released(Box::new(released)));
        }
    }

    pub(crate) fn hands(&self) -> Hands {
        let chain = |factories: &Vec<ProcessorFactory>| factories.iter().map(|make| make()).collect();
        Hands { editor: self.sampling.editor(), chains: self.factories.iter().map(chain).collect() }
    }

    /// What is to be taken custody of: what leaves, and the decisions; and what is to be told when it is.
    pub(crate) fn prepare(
        &self,
        release: Release,
        hands: &mut Hands,
        now: Timestamp,
    ) -> (Vec<Part>, Vec<u8>, Released) {
        let Release { pieces, marks, entries, backs, replaced, .. } = release;
        let mut released = Released { backs, replaced, ..Released::default() };
        let mut parts = Vec::new();
        for pieces in pieces.chunk_by(|one, other| one.source.pipeline == other.source.pipeline) {
            let Some(source) = pieces.first().map(|piece| &piece.source) else { continue };
            let (signal, pipeline) = (source.signal, source.pipeline);
            for request in requests(pieces) {
                let (body, records) = self.gather_all(signal, request, &mut released);
                let edited =
                    catch_unwind(AssertUnwindSafe(|| finish(signal, pipeline, body.into(), &marks, hands, now)));
                let Ok(Some(sealed)) = edited else {
                    // Its message may quote payload; the hook has logged the place. Unedited it must not leave.
                    tracing::error!(%signal, records, "records of kept traces could not be edited: lost");
                    *hands = self.hands();
                    released.lost.push((signal, "failed", records));
                    continue;
                };
                released.out[signal as usize] += records;
                parts.push(Part { pipeline, sealed, seen: None });
            }
        }
        (parts, entries, released)
    }

    /// The records of pieces as one request, and how many; what could not be read of them is noted.
    fn gather_all(&self, signal: Signal, pieces: &[Piece], released: &mut Released) -> (Vec<u8>, u64) {
        let (mut body, mut records) = (Vec::new(), 0);
        for piece in pieces {
            let before = body.len();
            if self.gather(piece, &mut body) {
                records += u64::from(piece.records);
            } else {
                body.truncate(before);
                released.lost.push((signal, "damaged", u64::from(piece.records)));
            }
        }
        (body, records)
    }

    /// Adds the records of a piece to a request; whether they could be read.
    pub(super) fn gather(&self, piece: &Piece, out: &mut Vec<u8>) -> bool {
        let source = &piece.source;
        let read = |(at, end): (u32, u32), out: &mut Vec<u8>| match (&source.body, &self.files) {
            (Some(body), _) => body.get(at as usize..end as usize).map(|bytes| out.extend_from_slice(bytes)).is_some(),
            (None, Some(files)) => files.segments.read(source.position, at, end, out),
            (None, None) => false,
        };
        source.envelopes.gather(&piece.chosen, read, out)
    }

    /// Takes custody of what leaves and of the decisions; waits until that is done.
    fn commit(&self, mut parts: Vec<Part>, entries: &[u8], now: Timestamp) {
        for tried in 0_u32.. {
            if tried == WHOLE {
                let first = parts.len().saturating_sub(1);
                parts.drain(..first).for_each(|part| self.commit(vec![part], &[], now));
            }
            let bytes = parts.iter().map(|part| part.sealed.body().len()).sum();
            let (tell, told) = bounded(1);
            let decided = Decided {
                sampler: self.sampler,
                entries: entries.to_vec(),
                told: Box::new(move |back| drop(tell.send(back))),
            };
            // More than the limit for a moment: what waited is given back for it.
            let permit = self.memory.force(bytes);
            self.custody.take(Commit { parts, permit, now, counts: Vec::new(), then: Then::Decide(decided) });
            match told.recv() {
                Ok(Some(back)) => parts = back,
                Ok(None) | Err(_) => return,
            }
            std::thread::sleep(PAUSE);
        }
    }
}

/// Pieces of one pipeline as requests of [`RELEASE`] bytes, or what a piece has more.
fn requests(mut pieces: &[Piece]) -> Vec<&[Piece]> {
    let mut requests = Vec::new();
    while !pieces.is_empty() {
        let mut bytes = 0;
        let fits = pieces.iter().take_while(|piece| {
            let room = bytes < RELEASE;
            bytes += piece.bytes();
            room
        });
        let (request, rest) = pieces.split_at(fits.count());
        requests.push(request);
        pieces = rest;
    }
    requests
}

/// Marks and works on what leaves; none where it is no request.
fn finish(
    signal: Signal,
    pipeline: usize,
    body: Bytes,
    marks: &Marks,
    hands: &mut Hands,
    now: Timestamp,
) -> Option<Sealed> {
    let limits = Limits { max_records: usize::MAX, ..Limits::default() };
    let mut batch = Batch::decode(signal, body, &limits).ok()?;
    hands.editor.edit(&mut batch, &|trace: TraceId| marks.get(&trace).copied().unwrap_or_default());
    for step in hands.chains.get_mut(pipeline)? {
        step.process(&mut batch, now);
    }
    Some(batch.seal())
}
