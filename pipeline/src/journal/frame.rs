//! One record of the outbox: a sealed request, where it stands, and the memory it holds.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use crate::memory::Permit;
use crate::{Sealed, Timestamp};

/// Where a frame stands in the outbox: in RAM its number, in files its segment and the byte there. Later ones are
/// greater; none is used twice. Segments count from 1: before the first of them is what is in RAM alone beside files.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Position(pub u64);

/// A sealed request in the outbox. Its bytes are given back when the last holder lets go.
#[derive(Debug)]
pub struct Frame {
    /// Where it stands.
    pub position: Position,
    /// When custody was taken.
    pub appended: Timestamp,
    /// The request.
    pub sealed: Sealed,
    /// The memory it holds until every destination has settled it.
    pub(super) _held: Arc<Held>,
}

/// The permit of what one request became, counted as the outbox's own until it is given back.
#[derive(Debug)]
pub(crate) struct Held {
    permit: Permit,
    outbox: Arc<AtomicUsize>,
}

impl Held {
    pub(super) fn new(permit: Permit, outbox: Arc<AtomicUsize>) -> Self {
        outbox.fetch_add(permit.bytes(), Ordering::Relaxed);
        Self { permit, outbox }
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        self.outbox.fetch_sub(self.permit.bytes(), Ordering::Relaxed);
    }
}

impl Frame {
    /// Bytes it counts for against a destination's bounds: those of its body.
    pub fn bytes(&self) -> u64 {
        self.sealed.body().len() as u64
    }

    /// The same, at another place.
    pub(super) fn moved_to(&self, position: Position) -> Self {
        Self { position, appended: self.appended, sealed: self.sealed.clone(), _held: self._held.clone() }
    }

    /// Records it holds.
    pub fn records(&self) -> u64 {
        u64::from(self.sealed.records())
    }
}
