//! Dead letters: what a destination refused for good, with its reason, in segments of their own, within a bound.
//!
//! A letter is written before its frame counts as settled, so nothing is refused without a trace. It holds what the journal
//! held: where `redaction` is in the chain, nothing unredacted.

use std::io;
use std::path::Path;
use std::sync::Arc;

use bytes::{BufMut, Bytes, BytesMut};

use super::files::salt;
use super::fill::behind;
use super::format::{FrameHead, Framed, Routed, SegmentHead, Table};
use super::frame::Position;
use super::segments::{Active, DEAD, OWED, Segments, Step};
use super::settled::Settled;
use super::stream::Stream;
use super::volume::{Folder, Looking, Volume};
use crate::{Signal, Timestamp};

/// One request that a destination refused for good, or some records of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Letter {
    /// The exporter's id.
    pub exporter: String,
    /// What it carries.
    pub signal: Signal,
    /// Spans, log records or data points in it.
    pub records: u32,
    /// How many of them were refused, where the destination took the others: it does not say which (OTLP's `partial_success`).
    pub rejected: Option<u32>,
    /// When it was refused.
    pub refused: Timestamp,
    /// Why, in the words of the destination.
    pub reason: String,
    /// The request: OTLP protobuf.
    pub body: Bytes,
}

/// What stands for a pipeline in the head of a letter that was refused in part.
const PARTIAL: u16 = 1;

/// The letters of a folder, for who writes them.
#[derive(Debug)]
pub(super) struct Letters(Stream);

impl Letters {
    pub(super) fn open(volume: &Arc<dyn Volume>, most: u64) -> io::Result<Self> {
        let told = "dead letters have reached their bound: the oldest are gone";
        Stream::open(volume, DEAD, Table::default(), most, Some(told)).map(Self)
    }

    /// Writes letters; past the bound the oldest go, a segment at a time.
    pub(super) fn write(&mut self, letters: &[Letter], sync: bool) -> io::Result<()> {
        let frames: Vec<Framed> = letters.iter().map(frame).collect();
        self.0.write(&frames, sync)
    }
}

/// The letters in `folder`, by their place, oldest first. Nothing is locked and nothing is changed.
pub fn letters(folder: &Path) -> io::Result<Vec<(u64, Letter)>> {
    read(&Segments::open(Arc::new(Looking::at(folder)), DEAD)?)
}

/// Owes every letter of `exporter`, or all of them, to who refused it again, from the next start on, and takes the letters
/// away; how many that were, and how many are left because the destination took most of them: with `partial` those are sent
/// again as well, and what was taken arrives twice. An error where a process uses the folder.
pub fn replay(folder: &Path, exporter: Option<&str>, partial: bool) -> io::Result<(u64, u64)> {
    let volume: Arc<dyn Volume> = Arc::new(Folder::open(folder)?);
    let (chosen, mut kept) = sorted(&volume, exporter)?;
    let (chosen, left): (Vec<_>, Vec<_>) = chosen.into_iter().partition(|letter| partial || letter.rejected.is_none());
    let counts = (chosen.len() as u64, left.len() as u64);
    kept.extend(left);
    let segments = Segments::open(volume.clone(), OWED)?;
    for known in Settled::exporters(&*volume)? {
        segments.spend(Settled::highest(&*volume, &known)?);
    }
    let mut exporters: Vec<String> = chosen.iter().map(|letter| letter.exporter.clone()).collect();
    exporters.sort();
    exporters.dedup();
    for exporter in exporters {
        let table = Table { pipelines: vec![Routed::to(vec![exporter.clone()])], ..Table::default() };
        let of = chosen.iter().filter(|letter| letter.exporter == exporter);
        let frames: Vec<_> = of.map(|letter| Framed::new(letter.head(), letter.body.clone())).collect();
        let size = frames.iter().map(|frame| frame.head.size()).sum();
        Active::new(segments.create(SegmentHead::new(salt(), table), size, true)?).write(&frames, true)?;
    }
    rewrite(&volume, &kept)?;
    Ok(counts)
}

/// Takes every letter of `exporter`, or all of them, away; how many that were.
pub fn drop_letters(folder: &Path, exporter: Option<&str>) -> io::Result<u64> {
    let volume: Arc<dyn Volume> = Arc::new(Folder::open(folder)?);
    let (chosen, kept) = sorted(&volume, exporter)?;
    rewrite(&volume, &kept)?;
    Ok(chosen.len() as u64)
}

/// The letters of `exporter`, or all, and the others.
fn sorted(volume: &Arc<dyn Volume>, exporter: Option<&str>) -> io::Result<(Vec<Letter>, Vec<Letter>)> {
    let all = read(&Segments::open(volume.clone(), DEAD)?)?.into_iter().map(|(_, letter)| letter);
    Ok(all.partition(|letter| exporter.is_none_or(|exporter| letter.exporter == exporter)))
}

/// Makes `kept` the only letters: written first, then the others go.
fn rewrite(volume: &Arc<dyn Volume>, kept: &[Letter]) -> io::Result<()> {
    let before = Segments::open(volume.clone(), DEAD)?.count();
    let mut letters = Letters::open(volume, u64::MAX)?;
    if !kept.is_empty() {
        letters.write(kept, true)?;
    }
    for _ in 0..before {
        letters.0.segments.give_up_oldest()?;
    }
    volume.sync()
}

fn read(segments: &Segments) -> io::Result<Vec<(u64, Letter)>> {
    let mut letters = Vec::new();
    let mut from = Position(0);
    while let Step::Frame { at, head, body } = segments.step(from, |_, _| true) {
        letters.extend(Letter::decode(&head, &body).map(|letter| (at.0, letter)));
        from = behind(at, &head);
    }
    Ok(letters)
}

fn frame(letter: &Letter) -> Framed {
    let mut body = BytesMut::with_capacity(letter.exporter.len() + letter.reason.len() + 12 + letter.body.len());
    if let Some(rejected) = letter.rejected {
        body.put_u32_le(rejected);
    }
    for text in [&letter.exporter, &letter.reason] {
        body.put_u32_le(text.len() as u32);
        body.put_slice(text.as_bytes());
    }
    body.put_slice(&letter.body);
    // No pipeline's number: it tells how the body begins.
    let pipeline = if letter.rejected.is_some() { PARTIAL } else { 0 };
    Framed::new(FrameHead { pipeline, ..letter.head() }, body.freeze())
}

impl Letter {
    /// The head of its request as a frame that is owed.
    fn head(&self) -> FrameHead {
        FrameHead::request(self.signal, 0, self.records, self.refused)
    }

    /// `None` where the bytes are no letter, which a frame whose checksum holds is not.
    fn decode(head: &FrameHead, body: &Bytes) -> Option<Self> {
        let count = || body.first_chunk().map(|bytes| u32::from_le_bytes(*bytes));
        let (mut at, rejected) = if head.pipeline == PARTIAL { (4, Some(count()?)) } else { (0, None) };
        let mut text = || {
            let length = body.get(at..at + 4)?.first_chunk().map(|bytes| u32::from_le_bytes(*bytes))? as usize;
            let text = body.get(at + 4..at + 4 + length)?;
            at += 4 + length;
            String::from_utf8(text.to_vec()).ok()
        };
        let (exporter, reason) = (text()?, text()?);
        let (signal, records, refused) = (head.signal, head.records, head.appended);
        Some(Self { exporter, signal, records, rejected, refused, reason, body: body.slice(at..) })
    }
}

#[cfg(test)]
mod tests;
