//! What is in RAM alone beside files, taken while the disk took nothing: never let go of as if it could be read back,
//! and nothing of it is written down as settled.
//!
//! Such a frame stands before every segment, so it goes out first: it is the one that a crash would take.

use std::sync::Arc;

use super::cursor::Lane;
use super::frame::{Frame, Position};
use crate::ledger::Expired;

/// Which frames a bound is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Scope {
    /// All that wait.
    All,
    /// Those in files: to give up another makes no room on a disk.
    Files,
    /// Those in RAM alone: another is let go of, not given up.
    Ram,
}

impl Scope {
    /// The frames that are given up past `bound`, with or without `files`.
    pub(super) fn of(bound: Expired, files: bool) -> Self {
        match bound {
            Expired::Storage => Self::Files,
            Expired::Memory | Expired::Shutdown if files => Self::Ram,
            _ => Self::All,
        }
    }
}

impl Position {
    /// The least there is in files.
    pub(super) const FILES: Self = Self(1 << 32);

    /// A place in RAM beside files; after four billion they are used again, when who had them is long gone.
    pub(super) fn in_ram(number: u64) -> Self {
        Self(number & u64::from(u32::MAX))
    }

    /// Whether a frame there can be read back. Where there are no files, all is RAM and nobody asks.
    pub(super) fn is_in_files(self) -> bool {
        self >= Self::FILES
    }
}

impl Lane {
    /// The first of the frames that wait in RAM and are in `scope`: which of them, and its place.
    pub(super) fn first(&self, scope: Scope) -> Option<(usize, Position)> {
        let front = self.frames.front()?.position;
        let at = match scope {
            Scope::Ram if front.is_in_files() => return None,
            Scope::Files if !front.is_in_files() => self.frames.partition_point(|frame| !frame.position.is_in_files()),
            _ => 0,
        };
        Some((at, self.frames.get(at)?.position))
    }

    /// Takes one of those that wait in RAM.
    pub(super) fn remove(&mut self, at: usize) -> Option<Arc<Frame>> {
        let frame = self.frames.remove(at)?;
        self.size.remove(frame.records(), frame.bytes());
        self.volatile -= if frame.position.is_in_files() { 0 } else { frame.bytes() };
        Some(frame)
    }

    /// Lets go of what waits and is in files.
    pub(super) fn spill(&mut self) {
        let Some((at, first)) = self.first(Scope::Files) else { return };
        self.cold.from = Some(first);
        for frame in self.frames.drain(at..) {
            self.size.remove(frame.records(), frame.bytes());
        }
    }
}
