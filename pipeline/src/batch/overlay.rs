//! Bodies written since arrival: the current bytes of every record and group that was edited.
//!
//! An edited body is whole and in one piece, so that reading it again (the next processor) and sealing it
//! are the same code as for a clean one. Bodies that were edited again leave gaps; these are squeezed out
//! once they outweigh what is live.

use super::patch::{Patches, Piece};

/// Gaps below this many bytes are never worth a copy.
const SLACK: usize = 64 * 1024;

/// See the head of this file.
#[derive(Clone, Default)]
pub(super) struct Overlay {
    bytes: Vec<u8>,
    bodies: Vec<(usize, usize)>,
    live: usize,
}

impl Overlay {
    /// The current bytes of body `slot`.
    #[inline]
    pub(super) fn body(&self, slot: u32) -> &[u8] {
        let (from, to) = self.bodies.get(slot as usize).copied().unwrap_or_default();
        self.bytes.get(from..to).unwrap_or_default()
    }

    /// Bytes held, gaps included.
    pub(super) fn heap_bytes(&self) -> usize {
        self.bytes.capacity() + self.bodies.capacity() * size_of::<(usize, usize)>()
    }

    /// A first edit: `old`, patched, as a body of its own. Returns its slot.
    pub(super) fn add(&mut self, old: &[u8], patches: &Patches) -> u32 {
        let from = self.bytes.len();
        patches.apply(old.len(), |piece| match piece {
            Piece::Old(at, end) => self.bytes.extend_from_slice(old.get(at..end).unwrap_or_default()),
            Piece::New(bytes) => self.bytes.extend_from_slice(bytes),
        });
        self.live += self.bytes.len() - from;
        self.bodies.push((from, self.bytes.len()));
        // Slots are fewer than records and groups, both counted in u32.
        (self.bodies.len() - 1) as u32
    }

    /// A further edit: body `slot`, patched.
    pub(super) fn update(&mut self, slot: u32, patches: &Patches) {
        let Some(&(from, to)) = self.bodies.get(slot as usize) else { return };
        if to == self.bytes.len()
            && let Some(tail) = patches.appended(to - from)
        {
            self.bytes.extend_from_slice(tail);
            self.live += tail.len();
            self.bodies[slot as usize] = (from, self.bytes.len());
            return;
        }
        let start = self.bytes.len();
        patches.apply(to - from, |piece| match piece {
            Piece::Old(at, end) => self.bytes.extend_from_within(from + at..from + end),
            Piece::New(bytes) => self.bytes.extend_from_slice(bytes),
        });
        let end = self.bytes.len();
        self.bodies[slot as usize] = (start, end);
        self.live = self.live + (end - start) - (to - from);
        if self.bytes.len() > 2 * self.live + SLACK {
            self.squeeze();
        }
    }

    fn squeeze(&mut self) {
        let mut bytes = Vec::with_capacity(self.live + SLACK);
        for body in &mut self.bodies {
            let from = bytes.len();
            bytes.extend_from_slice(self.bytes.get(body.0..body.1).unwrap_or_default());
            *body = (from, bytes.len());
        }
        self.bytes = bytes;
    }
}
