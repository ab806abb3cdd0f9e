//! What a load takes, from four numbers; pure arithmetic over the figures.

use std::time::Duration;

use super::figures::{AWAY, BUSY, DISK, FLYING, IN_RAM, PASS, PROCESS, REDACTION, SAMPLING, SPAN, SPANS, TRACE};
use crate::run::ceiling;

/// A load as the command line tells it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Load {
    /// Spans a second.
    pub(super) rate: f64,
    /// Bytes of a span on the wire.
    pub(super) bytes: f64,
    /// How long a trace waits for its decision; none where nothing is sampled.
    pub(super) wait: Duration,
    /// The share that is kept, 0 to 1.
    pub(super) keep: f64,
    /// Whether `redaction` runs.
    pub(super) redaction: bool,
}

/// Where what waits is held.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Mode {
    /// In RAM.
    Memory,
    /// In files, handed to the kernel.
    Process,
    /// In files, synced.
    Disk,
}

impl Mode {
    /// All of them.
    pub(super) const ALL: [Self; 3] = [Self::Memory, Self::Process, Self::Disk];

    /// As `durability` writes it.
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Memory => "memory",
            Self::Process => "process",
            Self::Disk => "disk",
        }
    }
}

/// What a load takes in one mode.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Need {
    pub(super) mode: Mode,
    /// Cores that are busy all the time.
    pub(super) cores: f64,
    /// Cores to set aside, so that none is busier than it should be.
    pub(super) cores_advised: u64,
    /// Bytes of RAM that spans hold.
    pub(super) held_bytes: f64,
    /// `service.memory.limit`, bytes, that leaves room for that.
    pub(super) memory_limit: u64,
    /// Bytes written to the disk a second.
    pub(super) disk_bytes_per_second: f64,
    /// Bytes on the disk while all is well.
    pub(super) disk_bytes: f64,
    /// Bytes on the disk after a destination was away.
    pub(super) disk_bytes_away: f64,
    /// `service.storage.max_size`, bytes; 0 without files.
    pub(super) max_size: u64,
}

impl Load {
    /// What it takes in `mode`.
    pub(super) fn need(&self, mode: Mode) -> Need {
        let files = match mode {
            Mode::Memory => 0.0,
            Mode::Process => PROCESS.value,
            Mode::Disk => DISK.value,
        };
        let redaction = if self.redaction { REDACTION.value } else { 0.0 };
        let sampling = if self.wait.is_zero() { 0.0 } else { SAMPLING.value };
        let cores = self.rate * (PASS.value + redaction + sampling + files) / 1e9;
        let (in_files, wire) = (mode != Mode::Memory, self.rate * self.bytes);
        let waiting = self.rate * self.wait.as_secs_f64();
        let per_span = TRACE.value / SPANS.value + if in_files { SPAN.value } else { self.bytes * IN_RAM.value };
        let held_bytes = wire * FLYING.value + waiting * per_span;
        // What comes is written as it comes; what is kept is written again, where it is owed. Without a wait it is
        // written once.
        let writes = if self.wait.is_zero() { 1.0 } else { 1.0 + self.keep };
        let disk_bytes = if in_files { waiting * self.bytes } else { 0.0 };
        let away = if in_files { wire * self.keep * AWAY.value } else { 0.0 };
        Need {
            mode,
            cores,
            cores_advised: whole(cores / BUSY.value).max(1),
            held_bytes,
            memory_limit: round_up(
                ceiling(whole(held_bytes), !in_files && !self.wait.is_zero()).max(LEAST_MEMORY),
                64 << 20,
            ),
            disk_bytes_per_second: if in_files { wire * writes } else { 0.0 },
            disk_bytes,
            disk_bytes_away: disk_bytes + away,
            max_size: if in_files {
                round_up(whole((disk_bytes + away).max(disk_bytes / WAITS)).max(1), 1 << 30)
            } else {
                0
            },
        }
    }
}

/// The share of `max_size` that may wait to be decided.
const WAITS: f64 = 0.75;

/// Less than this is asking for refusals, bytes.
const LEAST_MEMORY: u64 = 128 << 20;

/// Up to the next whole number. The bounds of the arguments keep it below 2^63.
#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
fn whole(number: f64) -> u64 {
    number.ceil() as u64
}

fn round_up(bytes: u64, unit: u64) -> u64 {
    bytes.div_ceil(unit).saturating_mul(unit)
}
