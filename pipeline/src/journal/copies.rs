//! Copies of frames that wait: what of a request is still undecided, taken out of a segment that is to be given back.
//!
//! A copy ends with the place of the request it is of (u64, little-endian), whether it was made of that or of an earlier
//! copy. Of the frames of one request the last that holds counts, so nothing else has to be written down: a copy that was
//! not completed is none, and one that was makes those before it void, whether or not they were settled before the end.
//! That place is also what a decision's covered position is compared with, for copies come out of order.

use std::collections::HashMap;

use bytes::Bytes;

use super::commit::{Commit, Part, Then};
use super::files::RESERVED;
use super::fill::behind;
use super::format::Kind;
use super::frame::Position;
use super::segments::{Segments, Step};
use super::writer::Writer;
use crate::Timestamp;

/// Bytes behind the request in a copy.
const ORIGIN: usize = size_of::<u64>();

/// The body of a copy of the request at `origin`.
pub(crate) fn sign(request: &[u8], origin: Position) -> Bytes {
    [request, &origin.0.to_le_bytes()].concat().into()
}

/// The request in the body of a frame at `at`, and where that request stood first.
pub(crate) fn request(kind: Kind, at: Position, body: Bytes) -> (Bytes, Position) {
    match body.split_last_chunk::<ORIGIN>() {
        Some((request, origin)) if kind == Kind::Copy => {
            (body.slice(..request.len()), Position(u64::from_le_bytes(*origin)))
        }
        _ => (body, at),
    }
}

/// For each request that was copied, its last copy.
#[derive(Debug, Default)]
pub(crate) struct Copies(HashMap<Position, Position>);

impl Copies {
    /// Those from `from` to `last`. Reads the bodies of copies, and only the heads of what else is there.
    pub(crate) fn among(segments: &Segments, mut from: Position, last: Position) -> Self {
        let mut copies = HashMap::new();
        loop {
            from = match segments.step(from, |head, _| head.kind == Kind::Copy) {
                Step::Frame { at, head, body } if at <= last => {
                    copies.insert(request(head.kind, at, body).1, at);
                    behind(at, &head)
                }
                Step::Passed { at, head } if at <= last => behind(at, &head),
                _ => return Self(copies),
            };
        }
    }

    /// By where they stand, whose they are.
    pub(crate) fn origins(&self) -> HashMap<Position, Position> {
        self.0.iter().map(|(origin, at)| (*at, *origin)).collect()
    }

    /// Whether there is a later copy of the request at `origin` than the frame at `at`.
    pub(crate) fn replace(&self, origin: Position, at: Position) -> bool {
        self.0.get(&origin).is_some_and(|last| *last > at)
    }
}

/// What a copy has of the request it is of.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Original {
    /// When it came.
    pub(crate) since: Timestamp,
    /// See [`Seen::echo`](crate::decider::Seen::echo).
    pub(crate) echo: bool,
}

/// Copies on their way into custody.
pub(crate) struct Copying {
    /// In whose waiting room they wait.
    pub(crate) sampler: usize,
    /// What each is of.
    pub(crate) of: Vec<Original>,
    /// Whether a segment can be given back when they are there: if need be, at the cost of the reserve.
    pub(crate) frees: bool,
    /// Called when it is done, with their places; with none where it could not be.
    pub(crate) told: Box<dyn FnOnce(Vec<Position>) + Send>,
}

/// What a write may cost.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Leave {
    /// It makes room in the end, so it may pass the bound of the journal.
    pub(super) bound: bool,
    /// On a full disk it may spend the reserve.
    pub(super) reserve: bool,
}

impl Leave {
    /// What writing `commits` may cost.
    pub(super) fn of(commits: &[Commit]) -> Self {
        let one = |commit: &Commit| match &commit.then {
            Then::Answer(..) => Self::default(),
            Then::Decide(_) => Self { bound: true, reserve: true },
            Then::Copy(copying) => {
                let small = commit.bytes() as u64 <= RESERVED / 2;
                Self { bound: true, reserve: copying.frees && small }
            }
        };
        let or =
            |one: Self, other: Self| Self { bound: one.bound || other.bound, reserve: one.reserve || other.reserve };
        commits.iter().map(one).fold(Self::default(), or)
    }
}

impl Writer {
    /// Has copies wait that were written, and says where.
    pub(super) fn copied(&self, copying: Copying, placed: &[(Position, Part)]) {
        let Copying { sampler, told, .. } = copying;
        // A disk that takes nothing has RAM take it, where that is asked for: no place for what was in files.
        if placed.iter().any(|(at, _)| !at.is_in_files()) {
            return told(Vec::new());
        }
        for (at, part) in placed {
            self.outbox.rooms.all[sampler].note(part.sealed.signal(), *at);
        }
        told(placed.iter().map(|(at, _)| *at).collect());
    }
}

impl Position {
    /// The number of the segment it is in.
    pub(crate) fn segment(self) -> u32 {
        (self.0 >> 32) as u32
    }
}

#[cfg(test)]
mod tests;
