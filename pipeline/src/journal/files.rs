//! The journal in files: found at the start, opened for writing, and shared by who writes, reads back and settles.

use std::hash::{BuildHasher, Hasher, RandomState};
use std::io;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use crossbeam_channel::Sender;
use serde::Serialize;

use super::fill::{Cold, behind};
use super::format::{SegmentHead, Table};
use super::frame::Position;
use super::letters::Letters;
use super::outbox::Outbox;
use super::quarantine;
use super::segments::{Active, DECIDED, OWED, Segments, Step, position};
use super::settled::{Done, Settled};
use super::stream::Stream;
use super::volume::Volume;
use crate::Signal;
use crate::ledger::{DestinationSeries, Expired, JournalSeries, Ledger};

/// What an acknowledged request survives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Durability {
    /// The end of the process, not that of the machine.
    Process,
    /// A loss of power.
    Disk,
}

/// What becomes of requests while the disk takes nothing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum OnError {
    /// They are refused, to be sent again.
    #[default]
    Refuse,
    /// They are held in RAM alone.
    Memory,
}

/// `service.storage` with a directory.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Storage {
    /// The folder.
    pub directory: PathBuf,
    /// What is waited for before a sender is answered.
    pub durability: Durability,
    /// The most bytes that segments may take.
    pub max_size: u64,
    /// What a disk that fails while the process runs means to requests.
    pub on_error: OnError,
}

/// Bytes of a segment: the most, as a rule the least, and the least of a small journal.
const LARGEST: u64 = 64 << 20;
const USUAL: u64 = if cfg!(test) { 8 << 10 } else { 8 << 20 };
const SMALLEST: u64 = if cfg!(test) { 8 << 10 } else { 1 << 20 };

impl Storage {
    /// `max_size` where it is not written.
    pub const MAX_SIZE: u64 = 10 << 30;
    /// The least it may be.
    pub const LEAST: u64 = 16 << 20;

    /// Bytes of the next segment where `held` are in use: a quarter of them, so that there are few files where much waits, and
    /// small ones where little does, whose pages stay in a processor's cache; and a sixteenth of all at the most.
    pub(super) fn segment(&self, held: u64) -> u64 {
        let quarter = 1 << (held / 4).max(1).ilog2();
        quarter.clamp(USUAL, LARGEST).min(self.max_size / 16).max(SMALLEST)
    }

    /// Whether what is acknowledged outlives a loss of power.
    pub(super) fn syncs(&self) -> bool {
        self.durability == Durability::Disk
    }

    /// Bytes that dead letters may take: a sixteenth beside the rest, past which the oldest go.
    pub(super) fn letters(&self) -> u64 {
        self.max_size / 16
    }

    /// Bytes that decisions may take: a sixteenth beside the rest or [`DECISIONS`], past which the oldest go.
    pub(super) fn decisions(&self) -> u64 {
        (self.max_size / 16).min(DECISIONS)
    }
}

/// Bytes that decisions may take at the most: some seven hundred thousand, which a start reads into memory.
const DECISIONS: u64 = 64 << 20;

/// A file of nothing, given up for cursors where the disk is full: what drains a full disk must not need one.
pub(super) const RESERVE: &str = "reserve";
/// Its size in bytes.
pub(super) const RESERVED: u64 = 1 << 20;

/// What everybody needs of the files.
#[derive(Debug)]
pub(crate) struct Files {
    pub(crate) segments: Segments,
    /// What was there at the start is up to here.
    pub(crate) found: Position,
    /// Bytes of it, the room behind the last frame included.
    pub(super) found_bytes: u64,
    wake: Sender<()>,
    /// The writer looks about in a moment, unasked.
    naps: AtomicBool,
    /// All that was found has been looked at.
    scanned: AtomicBool,
    /// Nothing will be written any more.
    ended: AtomicBool,
    /// Up to this segment what is being sent holds a journal that is full; 0 where none does.
    pressed: AtomicU64,
    /// What comes before is owed to no destination.
    owed: AtomicU64,
    pub(super) series: JournalSeries,
}

impl Files {
    /// Says that a full journal needs the room of all segments up to `segment`; 0: it needs none.
    pub(super) fn press(&self, segment: u64) {
        self.pressed.store(segment, Ordering::Relaxed);
    }

    /// Whether a full journal needs the room of a frame at `at`.
    pub(super) fn is_pressed(&self, at: Position) -> bool {
        at.is_in_files() && at.0 >> 32 <= self.pressed.load(Ordering::Relaxed)
    }

    /// Says that destinations are owed nothing before `low`.
    pub(super) fn owe(&self, low: Position) {
        self.owed.store(low.0, Ordering::Relaxed);
    }

    /// The first segment that is written, or that a destination is owed something of: those before it are kept for what
    /// waits in them.
    pub(crate) fn needed(&self) -> u32 {
        Position(self.owed.load(Ordering::Relaxed)).segment()
    }

    /// Tells the writer that there is something to write down, unless it looks anyway.
    pub(super) fn wake(&self) {
        if !self.naps.load(Ordering::SeqCst) {
            // One call that waits is enough.
            let _told = self.wake.try_send(());
        }
    }

    /// The writer says, before it looks, whether it looks again in a moment.
    pub(super) fn nap(&self, naps: bool) {
        self.naps.store(naps, Ordering::SeqCst);
    }

    /// Whether nothing will be written any more.
    pub(super) fn ended(&self) -> bool {
        self.ended.load(Ordering::Acquire)
    }

    /// Says so.
    pub(super) fn end(&self) {
        self.ended.store(true, Ordering::Release);
    }

    /// Whether all that was found at the start has been looked at.
    pub(super) fn scanned(&self) -> bool {
        self.scanned.load(Ordering::Acquire)
    }

    /// How far the look at what was found has come; none once it is over.
    pub(super) fn recovery(&self) -> Option<Recovery> {
        let unread_bytes = u64::try_from(self.series.unread_bytes.get()).unwrap_or_default();
        (!self.scanned()).then_some(Recovery { unread_bytes, total_bytes: self.found_bytes })
    }
}

/// The look through what was found at the start; what it finds is delivered meanwhile.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Recovery {
    /// Bytes that have not been looked at yet.
    pub unread_bytes: u64,
    /// Bytes that were found.
    pub total_bytes: u64,
}

/// An exporter that is no more, and what it had settled.
pub(super) struct Gone {
    pub(super) exporter: String,
    lanes: [Done; 3],
    series: [DestinationSeries; 3],
}

/// A folder that is open, before anything is owed.
pub(super) struct Opened {
    pub(super) files: Arc<Files>,
    pub(super) active: Active,
    pub(super) cursors: Vec<Settled>,
    pub(super) letters: Letters,
    pub(super) decided: Stream,
    pub(super) gone: Vec<Gone>,
    pub(super) table: Table,
}

impl Opened {
    /// Opens what `volume` holds for these exporters, and a new segment to write to. On a full disk the reserve is spent
    /// for that: what is owed can be delivered all the same.
    pub(super) fn open(
        volume: &Arc<dyn Volume>,
        storage: &Storage,
        table: &Table,
        exporters: &[String],
        wake: &Sender<()>,
        ledger: &Ledger,
    ) -> io::Result<Self> {
        let sizes = [storage.segment(0), storage.letters(), storage.decisions(), storage.quarantine()];
        if storage.syncs() {
            // What a process wrote and had not synced when it ended is found, and what it replaces is given back.
            Segments::open(volume.clone(), OWED)?.sync()?;
        }
        match Self::open_with(volume, sizes, table, exporters, wake, ledger) {
            Err(full) if full.kind() == io::ErrorKind::StorageFull => {
                volume.remove(RESERVE).map_err(|_| full)?;
                tracing::error!("no room for a new segment: the reserve is spent to deliver what is owed");
                Self::open_with(volume, [RESERVED / 4, sizes[1], sizes[2], sizes[3]], table, exporters, wake, ledger)
            }
            opened => opened,
        }
    }

    fn open_with(
        volume: &Arc<dyn Volume>,
        [segment, letters, decisions, quarantined]: [u64; 4],
        table: &Table,
        exporters: &[String],
        wake: &Sender<()>,
        ledger: &Ledger,
    ) -> io::Result<Self> {
        let segments = Segments::open(volume.clone(), OWED)?;
        let known = Settled::exporters(&**volume)?;
        for exporter in &known {
            segments.spend(Settled::highest(&**volume, exporter)?);
        }
        let (found, found_bytes) = (Position(position(segments.next()?, 0).0 - 1), segments.bytes());
        let head = SegmentHead::new(salt(), table.clone());
        let active = Active::new(segments.create(head, segment, true)?);
        let mut gone = Vec::new();
        for exporter in known {
            if !exporters.contains(&exporter) {
                let lanes = Settled::lanes(&**volume, &exporter)?;
                let series = Signal::ALL.map(|signal| ledger.destination(&exporter, signal));
                gone.push(Gone { exporter, lanes, series });
            }
        }
        let end = Position(found.0 + 1);
        let cursors = exporters.iter().map(|id| Settled::open(volume, id, end)).collect::<io::Result<_>>()?;
        let (scanned, ended) = (AtomicBool::new(false), AtomicBool::new(false));
        let [pressed, owed] = [0, 0].map(AtomicU64::new);
        let (series, wake) = (ledger.journal(), wake.clone());
        series.unread_bytes.set(i64::try_from(found_bytes).unwrap_or(i64::MAX));
        let naps = AtomicBool::new(false);
        let files = Arc::new(Files { segments, found, found_bytes, wake, naps, scanned, ended, pressed, owed, series });
        let decided = Stream::open(volume, DECIDED, table.clone(), decisions, None)?;
        let letters = Letters::open(volume, letters)?;
        if let Err(error) = quarantine::hold(&**volume, quarantined, &files.series) {
            tracing::warn!("files that were put aside for damage stay: {error}");
        }
        Ok(Self { files, active, cursors, letters, decided, gone, table: table.clone() })
    }

    /// Tells the lanes and rooms of `outbox` what they have to read back.
    pub(super) fn owe(&self, outbox: &Outbox) {
        for (room, cursor) in outbox.rooms.all.iter().zip(self.cursors.iter().skip(outbox.owed.len())) {
            room.attach(self.files.clone(), &cursor.lanes);
        }
        for (debt, cursor) in outbox.owed.iter().zip(&self.cursors) {
            let mut state = debt.lock();
            for (lane, done) in state.lanes.iter_mut().zip(&cursor.lanes) {
                if done.below <= self.files.found {
                    lane.cold = Cold::found(done, self.files.found);
                }
            }
        }
    }
}

/// Progress is told each so many bytes.
const TOLD_EACH: u64 = 1 << 30;

/// Looks at all that was found at the start: counts what is owed of it, and what was owed to exporters that are no more.
pub(super) fn scan(files: &Files, outbox: &Outbox, gone: &[Gone]) {
    let mut from = Position(0);
    let (mut seen, of) = (0, files.found_bytes);
    let feeds = std::cell::RefCell::new(Vec::new());
    loop {
        let step = files.segments.step(from, |head, table| {
            let owed = outbox.owed.iter().map(|debt| debt.is_owed(head.signal, head, table));
            let missed = gone.iter().map(|gone| table.feeds(head, &gone.exporter) && !table.echoes(head));
            *feeds.borrow_mut() = owed.chain(missed).collect::<Vec<_>>();
            true
        });
        let Step::Frame { at, head, .. } = step else { break };
        if at > files.found {
            break;
        }
        let feeds = feeds.borrow();
        let (owed, missed) = feeds.split_at(outbox.owed.len());
        for (debt, _) in outbox.owed.iter().zip(owed).filter(|(_, owed)| **owed) {
            let mut state = debt.lock();
            if !state.is_done(head.signal, at) {
                debt.count(&mut state, at, &head, files.found);
            }
        }
        for (gone, _) in gone.iter().zip(missed).filter(|(_, missed)| **missed) {
            let done = &gone.lanes[head.signal as usize];
            if at >= done.below && !done.above.contains(&at) {
                let series = &gone.series[head.signal as usize];
                series.recovered.inc_by(u64::from(head.records));
                series.expired(Expired::Removed).inc_by(u64::from(head.records));
            }
        }
        if (seen + head.size()) / TOLD_EACH > seen / TOLD_EACH {
            tracing::info!(bytes = seen, of, "looking through the journal; what is found is delivered meanwhile");
        }
        seen += head.size();
        files.series.unread_bytes.set(i64::try_from(of.saturating_sub(seen)).unwrap_or(i64::MAX));
        from = behind(at, &head);
    }
    for Gone { exporter, series, .. } in gone {
        let records: u64 = series.iter().map(|series| series.expired(Expired::Removed).get()).sum();
        tracing::warn!(exporter, records, "this exporter is no more: what it was owed has expired");
    }
    files.series.unread_bytes.set(0);
    files.scanned.store(true, Ordering::Release);
    files.wake();
}

/// A number that no sender knows.
pub(super) fn salt() -> u64 {
    RandomState::new().build_hasher().finish()
}
