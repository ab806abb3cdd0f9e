//! An outbox that is given requests as they are, for the tests of those who read it.

use crate::journal::Outbox;
use crate::journal::commit::Part;
use crate::memory::Permit;
use crate::{Sealed, Timestamp};

impl Outbox {
    /// Takes custody of requests, each with the pipeline it went through.
    pub fn give(&self, parts: Vec<(usize, Sealed)>, permit: Permit, now: Timestamp) {
        let parts = parts.into_iter().map(|(pipeline, sealed)| Part { pipeline, sealed, seen: None });
        let _places = self.append(parts.collect(), permit, now);
    }
}
