//! Frames that nobody is owed, kept within a bound: dead letters and decisions, each in segments of their own.

use std::io;
use std::sync::Arc;

use super::files::salt;
use super::format::{Framed, SegmentHead, Table};
use super::segments::{Active, Segments};
use super::volume::Volume;

/// Bytes of a segment as a rule.
pub(super) const SEGMENT: u64 = 1 << 20;

/// At least so many segments fit into a stream, so that giving up the oldest costs a part of it.
const PARTS: u64 = 8;

/// One stream of a folder, for who writes it.
#[derive(Debug)]
pub(super) struct Stream {
    pub(super) segments: Segments,
    active: Option<Active>,
    /// What its segments say of the frames in them.
    table: Table,
    /// The most bytes that it may take.
    most: u64,
    /// What is told when the oldest go.
    told: Option<&'static str>,
}

impl Stream {
    /// Opens the segments of `prefix`; past `most` bytes the oldest go, which is `told` where it is a loss.
    pub(super) fn open(
        volume: &Arc<dyn Volume>,
        prefix: &'static str,
        table: Table,
        most: u64,
        told: Option<&'static str>,
    ) -> io::Result<Self> {
        Ok(Self { segments: Segments::open(volume.clone(), prefix)?, active: None, table, most, told })
    }

    /// Writes frames; past the bound the oldest go, a segment at a time.
    pub(super) fn write(&mut self, frames: &[Framed], sync: bool) -> io::Result<()> {
        let bytes: u64 = frames.iter().map(|frame| frame.head.size()).sum();
        let active = match &mut self.active {
            Some(active) if active.has_room(bytes) => active,
            other => {
                let size = SEGMENT.min(self.most / PARTS).max(bytes);
                while self.segments.bytes() + size > self.most && self.segments.give_up_oldest()? {
                    if let Some(told) = self.told {
                        tracing::warn!("{told}");
                    }
                }
                let head = SegmentHead::new(salt(), self.table.clone());
                other.insert(Active::new(self.segments.create(head, size, sync)?))
            }
        };
        active.write(frames, sync).map(drop)
    }
}
