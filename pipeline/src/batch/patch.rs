//! Edits of one message as a flat list of byte ranges and what stands there instead.
//!
//! The walk that finds an edit knows which messages enclose it, so the lengths of those become patches like
//! any other ([`Patches::close`]); applying a list is then one linear copy that knows nothing of protobuf.

use super::wire::put_varint;

/// Replace `at..end` of a body by `fresh` (a range of [`Patches::fresh`]).
#[derive(Clone, Copy)]
struct Patch {
    at: usize,
    end: usize,
    fresh: (usize, usize),
}

/// Edits of one body, in order and apart from each other. Reused from body to body.
#[derive(Clone, Default)]
pub(super) struct Patches {
    list: Vec<Patch>,
    fresh: Vec<u8>,
    /// By how much the body grows in all.
    growth: isize,
}

/// A moment in the making of a list.
#[derive(Clone, Copy)]
pub(super) struct Mark {
    count: usize,
    growth: isize,
}

impl Patches {
    pub(super) fn clear(&mut self) {
        self.list.clear();
        self.fresh.clear();
        self.growth = 0;
    }

    pub(super) fn is_empty(&self) -> bool {
        self.list.is_empty()
    }

    /// The moment to hand to [`Self::close`] or [`Self::rewind`].
    #[inline(always)]
    pub(super) fn mark(&self) -> Mark {
        Mark { count: self.list.len(), growth: self.growth }
    }

    /// Whether there are patches since `mark`.
    #[inline(always)]
    pub(super) fn grew_since(&self, mark: Mark) -> bool {
        self.list.len() != mark.count
    }

    /// Replaces `at..end`, which lies behind every earlier patch, by what `write` appends.
    pub(super) fn replace(&mut self, at: usize, end: usize, write: impl FnOnce(&mut Vec<u8>)) {
        let patch = self.patch(at, end, write);
        self.list.push(patch);
    }

    /// Takes `at..end` out.
    pub(super) fn remove(&mut self, at: usize, end: usize) {
        self.replace(at, end, |_| {});
    }

    fn patch(&mut self, at: usize, end: usize, write: impl FnOnce(&mut Vec<u8>)) -> Patch {
        let from = self.fresh.len();
        write(&mut self.fresh);
        let to = self.fresh.len();
        self.growth += (to - from) as isize - (end - at) as isize;
        Patch { at, end, fresh: (from, to) }
    }

    /// Ends a message that began at `mark`, whose length stands at `length_at..body` and whose bytes end at
    /// `end`: if it was edited, its length is patched, ahead of the edits inside.
    #[inline(always)]
    pub(super) fn close(&mut self, mark: Mark, length_at: usize, body: usize, end: usize) {
        if self.grew_since(mark) {
            self.close_edited(mark, length_at, body, end);
        }
    }

    fn close_edited(&mut self, mark: Mark, length_at: usize, body: usize, end: usize) {
        let length = (end - body).saturating_add_signed(self.growth - mark.growth);
        let patch = self.patch(length_at, body, |out| put_varint(out, length as u64));
        self.list.insert(mark.count, patch);
    }

    /// Forgets what came after `mark`.
    pub(super) fn rewind(&mut self, mark: Mark) {
        self.list.truncate(mark.count);
        self.growth = mark.growth;
    }

    /// Appends `body`, edited, to `out`. `body` gives the old bytes of a range.
    pub(super) fn apply(&self, length: usize, mut copy: impl FnMut(Piece<'_>)) {
        let mut at = 0;
        for patch in &self.list {
            copy(Piece::Old(at, patch.at));
            copy(Piece::New(self.fresh.get(patch.fresh.0..patch.fresh.1).unwrap_or_default()));
            at = patch.end;
        }
        copy(Piece::Old(at, length));
    }

    /// What is appended, if the list is one insertion at the very end of a body of `length` bytes.
    pub(super) fn appended(&self, length: usize) -> Option<&[u8]> {
        match self.list.as_slice() {
            [only] if only.at == length && only.end == length => self.fresh.get(only.fresh.0..only.fresh.1),
            _ => None,
        }
    }
}

/// A stretch of an edited body.
pub(super) enum Piece<'a> {
    /// The old body's bytes, from..to.
    Old(usize, usize),
    /// Bytes written since.
    New(&'a [u8]),
}
