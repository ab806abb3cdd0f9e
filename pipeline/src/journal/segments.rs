//! The segments of a journal in files: one that is written, older ones that are read, and all of them found again.
//!
//! Nothing here retries, and nothing is trusted that was not checked: a frame that does not hold ends what can be read,
//! unless a sound one follows it.

use std::collections::BTreeMap;
use std::io;
use std::sync::atomic::{AtomicBool, AtomicU32, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bytes::Bytes;

use super::format::{FRAME_HEAD, FrameHead, Framed, Kind, SegmentHead, Table, VERSION};
use super::frame::Position;
use super::spares::{Spares, put_right};
use super::volume::{Medium, Volume, close, there};

/// What the names of segments that are owed begin with.
pub(super) const OWED: &str = "segment-";

/// What those begin with that hold what was refused for good.
pub(super) const DEAD: &str = "dead-";

/// What those begin with that hold decisions about traces.
pub(super) const DECIDED: &str = "decided-";

/// What is put before the name of a segment that was damaged, once nobody is owed anything of it.
const QUARANTINE: &str = "quarantine-";

/// So many zeros are no damage but the end of what was written.
const HOLE: u64 = 256 << 10;

/// One file of frames.
#[derive(Debug)]
pub(super) struct Segment {
    number: u32,
    medium: Arc<dyn Medium>,
    head: SegmentHead,
    /// Where its first frame stands.
    first: u64,
    /// Behind its last frame, as far as that is known: committed, or not found wanting yet.
    end: AtomicU64,
    size: AtomicU64,
    /// Written by this process.
    ours: bool,
    damaged: AtomicBool,
    /// A write or a sync of it failed: nothing more is written to its file, not even as another segment.
    failed: AtomicBool,
}

/// All segments of a folder.
#[derive(Debug)]
pub(crate) struct Segments {
    volume: Arc<dyn Volume>,
    prefix: &'static str,
    known: Mutex<BTreeMap<u32, Arc<Segment>>>,
    /// Files to be used again; locked after `known` where both are.
    spares: Mutex<Spares>,
    /// The greatest number that was ever used, of which a cursor tells.
    spent: AtomicU32,
    /// Bytes that damage has cost so far.
    damage: AtomicU64,
}

/// What stands at a place of the journal.
#[derive(Debug)]
pub(crate) enum Step {
    /// A frame, whose body was asked for and holds.
    Frame { at: Position, head: FrameHead, body: Bytes },
    /// A frame that nobody asked for.
    Passed { at: Position, head: FrameHead },
    /// Nothing yet.
    End,
}

/// Where the frame stands that begins `offset` bytes into segment `number`.
pub(super) fn position(number: u32, offset: u64) -> Position {
    Position(u64::from(number) << 32 | offset)
}

fn place(position: Position) -> (u32, u64) {
    ((position.0 >> 32) as u32, position.0 & u64::from(u32::MAX))
}

impl Segment {
    /// Behind its last frame.
    pub(super) fn end(&self) -> u64 {
        self.end.load(Ordering::Acquire)
    }

    /// Whether its file has become another segment's since it was opened, by a process that uses the folder.
    fn is_another(&self) -> bool {
        let told = SegmentHead::number(self.number, |at, into| self.medium.read(at, into).unwrap_or(0));
        !self.ours && told.is_some_and(|told| told != self.number)
    }

    /// Whether its file may become another segment's, once nobody needs this one.
    fn may_be_another(&self) -> bool {
        self.ours && !self.failed.load(Ordering::Relaxed)
    }

    /// Whether only zeros follow `at`, as far as a hole in a file may be wide.
    fn is_blank(&self, at: u64, end: u64) -> bool {
        let mut next = vec![0; (end - at).min(HOLE) as usize];
        self.fill(at, &mut next) && next.iter().all(|byte| *byte == 0)
    }

    /// Nothing can be read from `at` on: the room behind it, which an earlier process set aside, is given back.
    fn finish(&self, at: u64) {
        self.end.store(at, Ordering::Release);
        if !self.ours && self.medium.resize(at).is_ok() {
            self.size.store(at, Ordering::Relaxed);
        }
    }

    /// Fills `into`; `false` where the file ends before, or cannot be read.
    fn fill(&self, at: u64, into: &mut [u8]) -> bool {
        self.medium.read(at, into).is_ok_and(|filled| filled == into.len())
    }
}

impl Segments {
    /// Finds the segments of `volume`. A header that is damaged puts its file aside; one of a later version is an error, for what
    /// it holds is owed to somebody, and nothing is touched.
    pub(super) fn open(volume: Arc<dyn Volume>, prefix: &'static str) -> io::Result<Self> {
        refuse_newer(&*volume)?;
        if prefix == OWED {
            put_right(&*volume, prefix)?;
        }
        let (mut known, mut spent) = (BTreeMap::new(), 0);
        for name in volume.names()? {
            let number = |name: &str| name.strip_prefix(prefix).and_then(|hex| u32::from_str_radix(hex, 16).ok());
            // One that was put aside keeps its number: another of that number would take its place.
            spent = spent.max(name.strip_prefix(QUARANTINE).and_then(number).unwrap_or_default());
            let Some(number) = number(&name) else { continue };
            let Some(medium) = there(&*volume, &name)? else { continue };
            let size = medium.len()?;
            let read = |at, into: &mut [u8]| medium.read(at, into).unwrap_or(0);
            match SegmentHead::decode(number, read) {
                Some((head, first)) => {
                    let [end, size] = [size, size].map(AtomicU64::new);
                    let [damaged, failed] = [false, false].map(AtomicBool::new);
                    let ours = false;
                    let segment = Segment { number, medium, head, first, end, size, ours, damaged, failed };
                    known.insert(number, Arc::new(segment));
                }
                None if blank(&*medium) => volume.remove(&name)?,
                None => {
                    tracing::error!(segment = name, bytes = size, "its header is damaged: put aside");
                    volume.rename(&name, &format!("{QUARANTINE}{name}"))?;
                    spent = spent.max(number);
                }
            }
        }
        let (known, spares) = (Mutex::new(known), Mutex::default());
        Ok(Self { volume, prefix, known, spares, spent: AtomicU32::new(spent), damage: AtomicU64::new(0) })
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<u32, Arc<Segment>>> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn spares(&self) -> MutexGuard<'_, Spares> {
        self.spares.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn name(&self, number: u32) -> String {
        format!("{}{number:08x}", self.prefix)
    }

    /// Gives up the oldest segment, whatever it holds; `false` where there is none.
    pub(super) fn give_up_oldest(&self) -> io::Result<bool> {
        let mut known = self.lock();
        let Some(entry) = known.first_entry() else { return Ok(false) };
        self.volume.remove(&self.name(*entry.key()))?;
        entry.remove();
        Ok(true)
    }

    /// The number of the next segment; an error where all are used up, which takes more than a year at full speed.
    pub(super) fn next(&self) -> io::Result<u32> {
        let last = self.lock().last_key_value().map_or(0, |(number, _)| *number);
        let next = last.max(self.spent.load(Ordering::Relaxed)).checked_add(1);
        next.ok_or_else(|| io::Error::other("the numbers of segments are used up: go on with an empty folder"))
    }

    /// Notes that something stood at `at`, whether or not that segment is still there: its number is not used again.
    pub(super) fn spend(&self, at: Position) {
        self.spent.fetch_max(place(at).0, Ordering::Relaxed);
    }

    /// Bytes that all files take, those included that are to be used again.
    pub(crate) fn bytes(&self) -> u64 {
        self.held() + self.spares().bytes()
    }

    /// Bytes that the files of segments take.
    pub(crate) fn held(&self) -> u64 {
        self.lock().values().map(|segment| segment.size.load(Ordering::Relaxed)).sum()
    }

    /// Gives back all files that were kept to be used again; whether there were any.
    pub(super) fn give_back_spares(&self) -> io::Result<bool> {
        let mut spares = self.spares();
        let any = spares.bytes() > 0;
        spares.give_back(&*self.volume, |_| true).map(|()| any)
    }

    /// Has all of them on the disk.
    pub(super) fn sync(&self) -> io::Result<()> {
        self.lock().values().try_for_each(|segment| segment.medium.sync())
    }

    /// How many there are in these numbers, and the bytes that their files take.
    pub(crate) fn among(&self, numbers: std::ops::Range<u32>) -> (usize, u64) {
        let known = self.lock();
        let sizes = known.range(numbers).map(|(_, segment)| segment.size.load(Ordering::Relaxed));
        sizes.fold((0, 0), |(count, bytes), size| (count + 1, bytes + size))
    }

    /// Bytes that files take from one place to another; none where that is before it.
    pub(super) fn between(&self, from: Position, to: Position) -> u64 {
        let ((first, start), (last, end)) = (place(from), place(to.max(from)));
        (self.among(first..last).1 + end).saturating_sub(start)
    }

    /// How many there are.
    pub(super) fn count(&self) -> u64 {
        self.lock().len() as u64
    }

    /// Bytes that damage has cost, as far as anybody has read.
    pub(super) fn damage(&self) -> u64 {
        self.damage.load(Ordering::Relaxed)
    }

    /// Whether a file was put aside for damage.
    pub(super) fn is_quarantined(name: &str) -> bool {
        name.starts_with(QUARANTINE)
    }

    /// Makes a new segment, of `size` bytes or what its header takes more, which outlives a loss of power where `sync` says so.
    pub(super) fn create(&self, head: SegmentHead, size: u64, sync: bool) -> io::Result<Arc<Segment>> {
        let number = self.next()?;
        let (name, encoded) = (self.name(number), head.encode(number));
        let first = encoded.len() as u64;
        let size = size.saturating_add(first);
        let renewed = self.spares().renew(&*self.volume, &name, &encoded, size, sync)?;
        let made = match renewed {
            Some(renewed) => Ok(renewed),
            None => {
                let medium = self.volume.create(&name, size)?;
                medium.write(0, &[&encoded]).map(|()| (medium, size))
            }
        };
        let lasting = made.and_then(|made| if sync { self.volume.sync().map(|()| made) } else { Ok(made) });
        let (medium, size) = lasting.inspect_err(|_| _ = self.volume.remove(&name))?;
        let [end, size] = [first, size].map(AtomicU64::new);
        let ([damaged, failed], ours) = ([false, false].map(AtomicBool::new), true);
        let segment = Arc::new(Segment { number, medium, head, first, end, size, ours, damaged, failed });
        self.lock().insert(number, segment.clone());
        Ok(segment)
    }

    /// What stands at `from` or first behind it. `wanted` says of which frames the body is read.
    pub(crate) fn step(&self, from: Position, wanted: impl Fn(&FrameHead, &Table) -> bool) -> Step {
        let (mut number, mut offset) = place(from);
        loop {
            let segment = self.lock().range(number..).next().map(|(_, segment)| segment.clone());
            let Some(segment) = segment else { return Step::End };
            if segment.number != number {
                offset = 0;
            }
            (number, offset) = (segment.number, offset.max(segment.first));
            while offset < segment.end() {
                let Some((head, bytes)) = head_at(&segment, offset) else {
                    offset = self.behind_damage(&segment, offset);
                    continue;
                };
                if head.chain > 0 && !segment.ours && !completes(&segment, offset + u64::from(head.chain)) {
                    // What should complete it was never written: it is to be done again, and was told to nobody.
                    offset += head.size();
                    continue;
                }
                let at = position(number, offset);
                if !wanted(&head, &segment.head.table) {
                    return Step::Passed { at, head };
                }
                let mut body = vec![0; head.length as usize];
                if segment.fill(offset + FRAME_HEAD as u64, &mut body) && segment.head.holds(&bytes, &body) {
                    return Step::Frame { at, head, body: body.into() };
                }
                offset = self.behind_damage(&segment, offset);
            }
            let Some(next) = number.checked_add(1) else { return Step::End };
            (number, offset) = (next, 0);
        }
    }

    /// Adds bytes `from`..`end` of the body of the frame at `position` to `out`; `false` where they cannot be had. They are
    /// not checked again: whoever asks has had the frame whole.
    pub(crate) fn read(&self, position: Position, from: u32, end: u32, out: &mut Vec<u8>) -> bool {
        let (number, offset) = place(position);
        let Some(segment) = self.lock().get(&number).cloned() else { return false };
        let before = out.len();
        out.resize(before + end.saturating_sub(from) as usize, 0);
        segment.fill(offset + FRAME_HEAD as u64 + u64::from(from), &mut out[before..])
    }

    /// Where the next sound frame stands behind what is none at `at`; the segment ends at `at` where there is none.
    fn behind_damage(&self, segment: &Segment, at: u64) -> u64 {
        let end = segment.end();
        if segment.is_blank(at, end) {
            segment.finish(at);
            return end;
        }
        let mut rest = vec![0; (end - at) as usize];
        let read = segment.medium.read(at, &mut rest);
        let used = match read {
            Ok(filled) => rest[..filled].iter().rposition(|byte| *byte != 0).map_or(0, |last| last + 1),
            Err(_) => rest.len(),
        };
        let found = if read.is_ok() { sound_frame(&rest[..used], &segment.head) } else { None };
        // Who looks at a folder in use may be faster than who writes there, or slower than who has done with it.
        if segment.is_another() {
            segment.end.store(at, Ordering::Release);
            return end;
        }
        if found.is_some() && whole_at(segment, at).is_some() {
            return at;
        }
        match (&read, found) {
            (Ok(_), None) => segment.finish(at),
            // What cannot be read now may be of use to somebody with other tools.
            (Err(_), _) => segment.end.store(at, Ordering::Release),
            _ => {}
        }
        // What a write left behind that the end of a process cut off was never acknowledged, and is no damage.
        let torn = read.is_ok() && found.is_none();
        if !torn && !segment.damaged.swap(true, Ordering::Relaxed) {
            let lost = found.unwrap_or(used as u64);
            self.damage.fetch_add(lost, Ordering::Relaxed);
            let segment = self.name(segment.number);
            tracing::error!(segment, at, bytes = lost, "damaged: what stood there is lost, what follows is read");
        }
        found.map_or(end, |found| at + found)
    }

    /// Gives up the segments before that of `low`, all of whose frames are settled; how many were put aside for damage. Files that
    /// this process wrote, and that nobody reads, may be used again.
    pub(super) fn release(&self, low: Position) -> io::Result<u64> {
        let (first, _) = place(low);
        let mut known = self.lock();
        let Some((last, _)) = known.last_key_value().map(|(number, segment)| (*number, segment.clone())) else {
            return Ok(0);
        };
        let (mut aside, mut gone) = (0, Vec::new());
        while let Some(entry) = known.first_entry() {
            if *entry.key() >= first.min(last) {
                break;
            }
            let (number, name) = (*entry.key(), self.name(*entry.key()));
            let segment = entry.get();
            let mut spares = self.spares();
            if segment.damaged.load(Ordering::Relaxed) {
                self.volume.rename(&name, &format!("{QUARANTINE}{name}"))?;
                aside += 1;
            } else if segment.may_be_another() && Arc::strong_count(segment) == 1 && spares.has_room() {
                // Who reads it has it from the table that is locked here: nobody does, and nobody will.
                let (medium, size) = (segment.medium.clone(), segment.size.load(Ordering::Relaxed));
                spares.keep(&*self.volume, &name, medium, number, size)?;
            } else {
                self.volume.remove(&name)?;
            }
            gone.push(entry.remove());
        }
        close(gone);
        Ok(aside)
    }
}

/// The segment that is written, and where.
#[derive(Debug)]
pub(super) struct Active {
    segment: Arc<Segment>,
    at: u64,
}

impl Active {
    pub(super) fn new(segment: Arc<Segment>) -> Self {
        Self { at: segment.first, segment }
    }

    /// Where the next frame will stand.
    pub(super) fn end(&self) -> Position {
        position(self.segment.number, self.at)
    }

    /// Whether `bytes` more fit.
    pub(super) fn has_room(&self, bytes: u64) -> bool {
        !self.segment.failed.load(Ordering::Relaxed) && self.at + bytes <= self.segment.size.load(Ordering::Relaxed)
    }

    /// Writes frames one after the other, to the platter where `sync` says so; where each begins. All of them or none.
    pub(super) fn write(&mut self, frames: &[Framed], sync: bool) -> io::Result<Vec<Position>> {
        let heads: Vec<_> = frames.iter().map(|frame| frame.encode(&self.segment.head)).collect();
        let parts: Vec<&[u8]> =
            heads.iter().zip(frames).flat_map(|(head, frame)| [head.as_slice(), frame.body.as_ref()]).collect();
        let medium = &self.segment.medium;
        let written = medium.write(self.at, &parts).and_then(|()| if sync { medium.sync() } else { Ok(()) });
        if let Err(error) = written {
            // What a failed sync has or has not written is anybody's guess: this file is not written again.
            self.segment.failed.store(true, Ordering::Relaxed);
            let _best_effort = medium.resize(self.at);
            return Err(error);
        }
        let mut positions = Vec::with_capacity(frames.len());
        for Framed { head, .. } in frames {
            positions.push(position(self.segment.number, self.at));
            self.at += head.size();
        }
        self.segment.end.store(self.at, Ordering::Release);
        Ok(positions)
    }
}

/// An error where a segment of the folder is of a later version than this, whatever it is for.
fn refuse_newer(volume: &dyn Volume) -> io::Result<()> {
    for name in
        volume.names()?.iter().filter(|name| [OWED, DEAD, DECIDED].iter().any(|prefix| name.starts_with(prefix)))
    {
        let Some(medium) = there(volume, name)? else { continue };
        if let Some(version) = SegmentHead::newer(|at, into| medium.read(at, into).unwrap_or(0)) {
            let message = format!("{name} is of version {version} of the journal, and this is version {VERSION}");
            return Err(io::Error::new(io::ErrorKind::Unsupported, message));
        }
    }
    Ok(())
}

/// Whether a file begins with zeros where a header should be: its process ended before it wrote one.
fn blank(medium: &dyn Medium) -> bool {
    let mut head = [0; FRAME_HEAD];
    medium.read(0, &mut head).is_ok_and(|_| head == [0; FRAME_HEAD])
}

/// The head at `offset`, where one can be.
fn head_at(segment: &Segment, offset: u64) -> Option<(FrameHead, [u8; FRAME_HEAD])> {
    let mut bytes = [0; FRAME_HEAD];
    let head = segment.fill(offset, &mut bytes).then(|| FrameHead::decode(segment.head.salt, &bytes)).flatten()?;
    (offset + head.size() <= segment.end()).then_some((head, bytes))
}

/// The head of the frame at `offset`, where one stands there that holds.
fn whole_at(segment: &Segment, offset: u64) -> Option<FrameHead> {
    let (head, bytes) = head_at(segment, offset)?;
    let mut body = vec![0; head.length as usize];
    let whole = segment.fill(offset + FRAME_HEAD as u64, &mut body) && segment.head.holds(&bytes, &body);
    whole.then_some(head)
}

/// Whether at `offset` stands what completes the frames that point there.
fn completes(segment: &Segment, offset: u64) -> bool {
    whole_at(segment, offset).is_some_and(|head| head.kind == Kind::Decisions)
}

/// Where in `bytes`, behind their first, the first sound frame begins.
fn sound_frame(bytes: &[u8], segment: &SegmentHead) -> Option<u64> {
    let whole = |at: &usize| {
        let head_bytes = bytes[*at..].first_chunk::<FRAME_HEAD>()?;
        // Its kind is told before its checksum is summed up: most places are none.
        let head = matches!(head_bytes[12], 1..=3).then(|| FrameHead::decode(segment.salt, head_bytes)).flatten()?;
        let body = bytes.get(at + FRAME_HEAD..at + head.size() as usize)?;
        segment.holds(head_bytes, body).then_some(())
    };
    (1..bytes.len().saturating_sub(FRAME_HEAD)).find(|at| whole(at).is_some()).map(|at| at as u64)
}

#[cfg(test)]
mod tests;
