//! The bytes of the journal's files. Little-endian; version 3. Version 2 has the salt before a body,
//! version 1 no copies beside that.
//!
//! Segment: a header, then frames one after the other, then zeros as far as the file was made, or what stood there when the
//! file was another segment, which no checksum of this one holds for.
//!
//! ```text
//! header  "TLGJ" | version u16 | number of the segment, its low half, u16 | length of the table u32 | salt u64 |
//!         crc32c of all of it u32 | table (JSON)
//! frame   crc32c of the salt and the rest of the head u32 | crc32c of the body and the salt u32 |
//!         length of the body u32 | kind u8 | signal u8 |
//!         pipeline u16 | records u32 | bytes from here to the frame that completes this one, or 0, u32 |
//!         appended u64 (ns since the epoch) | body
//! entry   (of a cursor file) crc32c of the rest u32 | kind u8 | signal u8 | 0 u16 | position u64
//! ```
//!
//! In the checksums of frames is the salt of their segment, which no sender knows: bytes that look like a frame inside another
//! one's body are none. It stands behind a body, which can so be summed up before it is known where it will be written. A head
//! has a checksum of its own, so that bodies nobody asks for are passed over unread, and damage never leads into the middle of
//! a sound frame.

use bytes::Bytes;
use serde::{Deserialize, Serialize};

use super::frame::Position;
use crate::sampling::Legend;
use crate::{Signal, Timestamp};

/// The version that is written, and the newest that is read.
pub(super) const VERSION: u16 = 3;

/// The oldest that is read.
const OLDEST: u16 = 1;

/// The first whose salt stands behind a body.
const SALTED_BEHIND: u16 = 3;

/// The first whose header tells a number: before, each file was made for one segment.
const NUMBERED: u16 = 3;

const MAGIC: [u8; 4] = *b"TLGJ";

/// Bytes of a segment's header before its table.
pub(super) const SEGMENT_HEAD: usize = 24;

/// Bytes of a frame before its body.
pub(super) const FRAME_HEAD: usize = 32;

/// Bytes of an entry of a cursor file.
pub(super) const ENTRY: usize = 16;

/// Where frames of a segment go: the pipelines of the process that wrote it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Table {
    pub(super) pipelines: Vec<Routed>,
    /// Of decisions: the samplers that made them, with names for their votes.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) samplers: Vec<(String, Legend)>,
    /// Of each sampler, the exporters that what it releases is owed to.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) reached: Vec<Vec<String>>,
}

/// One pipeline, and the ids of the exporters it fed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Routed {
    pub(super) exporters: Vec<String>,
    /// Its frames are echoes: of what has left ahead of its traces, for a sampler to count.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub(super) echo: bool,
}

impl Routed {
    /// Frames that are owed to `exporters`.
    pub(super) fn to(exporters: Vec<String>) -> Self {
        Self { exporters, echo: false }
    }
}

impl Table {
    /// Whether a frame was owed to `exporter`.
    pub(super) fn feeds(&self, frame: &FrameHead, exporter: &str) -> bool {
        let routed = self.pipelines.get(usize::from(frame.pipeline)).filter(|_| frame.kind != Kind::Decisions);
        routed.is_some_and(|routed| routed.exporters.iter().any(|id| id == exporter))
    }

    /// Whether a frame is an echo.
    pub(crate) fn echoes(&self, frame: &FrameHead) -> bool {
        self.pipelines.get(usize::from(frame.pipeline)).is_some_and(|routed| routed.echo)
    }
}

/// A segment's header.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct SegmentHead {
    pub(super) version: u16,
    pub(super) salt: u64,
    pub(super) table: Table,
}

impl SegmentHead {
    /// That of a new segment.
    pub(super) fn new(salt: u64, table: Table) -> Self {
        Self { version: VERSION, salt, table }
    }

    /// The header of segment `number`; all versions have the same, up to the table.
    pub(super) fn encode(&self, number: u32) -> Vec<u8> {
        // A list of lists of names cannot fail to be JSON.
        let table = serde_json::to_vec(&self.table).unwrap_or_default();
        let mut out = Vec::with_capacity(SEGMENT_HEAD + table.len());
        out.extend(MAGIC);
        out.extend(self.version.to_le_bytes());
        out.extend((number as u16).to_le_bytes());
        out.extend((table.len() as u32).to_le_bytes());
        out.extend(self.salt.to_le_bytes());
        let checksum = crc32c::crc32c_append(crc32c::crc32c(&out), &table);
        out.extend(checksum.to_le_bytes());
        out.extend(table);
        out
    }

    /// Reads the header of segment `number` with the help of `read`, which fills from a place of the file as far as that goes;
    /// and where it ends. `None` where it is damaged, or that of another segment, or of a version that is not read.
    pub(super) fn decode(number: u32, read: impl Fn(u64, &mut [u8]) -> usize) -> Option<(Self, u64)> {
        let (head, table) = Self::sound(read)?;
        let version = u16_at(&head, 4);
        if !(OLDEST..=VERSION).contains(&version) || told(number, &head) != Some(number) {
            return None;
        }
        let first = (SEGMENT_HEAD + table.len()) as u64;
        let table = serde_json::from_slice(&table).ok()?;
        Some((Self { version, salt: u64_at(&head, 12), table }, first))
    }

    /// The version of a file, where that is a later one than this.
    pub(super) fn newer(read: impl Fn(u64, &mut [u8]) -> usize) -> Option<u16> {
        Self::sound(read).map(|(head, _)| u16_at(&head, 4)).filter(|version| *version > VERSION)
    }

    /// Whether `body` is what was written behind `head`.
    pub(super) fn holds(&self, head: &[u8; FRAME_HEAD], body: &[u8]) -> bool {
        u32_at(head, 4) == self.sum(crc32c::crc32c(body), body)
    }

    /// The checksum of `body`, which is `alone` without a salt.
    fn sum(&self, alone: u32, body: &[u8]) -> u32 {
        let salt = self.salt.to_le_bytes();
        if self.version < SALTED_BEHIND { checksum(self.salt, body) } else { crc32c::crc32c_append(alone, &salt) }
    }

    /// The number that a file's header tells, where the file's name has `named`, which it has now or had before.
    pub(super) fn number(named: u32, read: impl Fn(u64, &mut [u8]) -> usize) -> Option<u32> {
        Self::sound(read).and_then(|(head, _)| told(named, &head))
    }

    /// The bytes of a header whose checksum holds, and of its table.
    fn sound(read: impl Fn(u64, &mut [u8]) -> usize) -> Option<([u8; SEGMENT_HEAD], Vec<u8>)> {
        let mut head = [0; SEGMENT_HEAD];
        let filled = read(0, &mut head);
        let length = u32_at(&head, 8) as usize;
        // A name is at most a line of the configuration; a table of megabytes is damage.
        if filled < SEGMENT_HEAD || head[..4] != MAGIC || length > 16 << 20 {
            return None;
        }
        let mut table = vec![0; length];
        let whole = read(SEGMENT_HEAD as u64, &mut table) == length;
        let checksum = crc32c::crc32c_append(crc32c::crc32c(&head[..20]), &table);
        (whole && checksum == u32_at(&head, 20)).then_some((head, table))
    }
}

/// The number of which `head` tells the low half, where that is `named` or comes after it; a file is never used for an earlier one.
fn told(named: u32, head: &[u8; SEGMENT_HEAD]) -> Option<u32> {
    let after = u16_at(head, 6).wrapping_sub(named as u16);
    match u16_at(head, 4) {
        ..NUMBERED => Some(named),
        _ if after < 1 << 15 => named.checked_add(u32::from(after)),
        _ => None,
    }
}

/// What a frame's body is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// An OTLP export request.
    Request = 1,
    /// Decisions about traces; the frames before it that point here hold only with it.
    Decisions = 2,
    /// What of an export request still waits, and behind it whose copy that is: [`super::copies`].
    Copy = 3,
}

/// What stands before a frame's body.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct FrameHead {
    pub(crate) kind: Kind,
    pub(crate) signal: Signal,
    pub(crate) pipeline: u16,
    pub(crate) records: u32,
    pub(crate) appended: Timestamp,
    /// Bytes from where it begins to where the frame does without which it does not hold; 0 where it needs none.
    pub(super) chain: u32,
    /// Bytes of the body, at least one.
    pub(super) length: u32,
}

impl FrameHead {
    /// The head of an export request, whose length its body tells.
    pub(super) fn request(signal: Signal, pipeline: u16, records: u32, appended: Timestamp) -> Self {
        Self { kind: Kind::Request, signal, pipeline, records, appended, chain: 0, length: 0 }
    }

    /// What `bytes` say, where they are a head.
    pub(super) fn decode(salt: u64, bytes: &[u8; FRAME_HEAD]) -> Option<Self> {
        let length = u32_at(bytes, 8);
        let signal = *Signal::ALL.get(usize::from(bytes[13]))?;
        let kind = match bytes[12] {
            1 => Kind::Request,
            2 => Kind::Decisions,
            3 => Kind::Copy,
            _ => return None,
        };
        if length == 0 || u32_at(bytes, 0) != checksum(salt, &bytes[4..]) {
            return None;
        }
        Some(Self {
            kind,
            signal,
            pipeline: u16_at(bytes, 14),
            records: u32_at(bytes, 16),
            chain: u32_at(bytes, 20),
            appended: Timestamp(u64_at(bytes, 24)),
            length,
        })
    }

    /// Bytes of the whole frame.
    pub(super) fn size(&self) -> u64 {
        FRAME_HEAD as u64 + u64::from(self.length)
    }
}

/// A frame on its way into a segment.
#[derive(Clone, Debug)]
pub(super) struct Framed {
    pub(super) head: FrameHead,
    pub(super) body: Bytes,
    /// The checksum of its body alone.
    sum: u32,
}

impl Framed {
    /// One of this body.
    pub(super) fn new(head: FrameHead, body: Bytes) -> Self {
        Self { head: FrameHead { length: body.len() as u32, ..head }, sum: crc32c::crc32c(&body), body }
    }

    /// The bytes before its body in the segment of `segment`.
    pub(super) fn encode(&self, segment: &SegmentHead) -> [u8; FRAME_HEAD] {
        let Self { head, body, sum } = self;
        let mut out = [0; FRAME_HEAD];
        out[4..8].copy_from_slice(&segment.sum(*sum, body).to_le_bytes());
        out[8..12].copy_from_slice(&head.length.to_le_bytes());
        out[12] = head.kind as u8;
        out[13] = head.signal as u8;
        out[14..16].copy_from_slice(&head.pipeline.to_le_bytes());
        out[16..20].copy_from_slice(&head.records.to_le_bytes());
        out[20..24].copy_from_slice(&head.chain.to_le_bytes());
        out[24..].copy_from_slice(&head.appended.0.to_le_bytes());
        let checksum = checksum(segment.salt, &out[4..]);
        out[..4].copy_from_slice(&checksum.to_le_bytes());
        out
    }
}

fn checksum(salt: u64, bytes: &[u8]) -> u32 {
    crc32c::crc32c_append(crc32c::crc32c(&salt.to_le_bytes()), bytes)
}

/// An entry of a cursor file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Entry {
    /// All before this position is settled.
    Below(Signal, Position),
    /// This frame is.
    One(Signal, Position),
}

impl Entry {
    pub(super) fn encode(self) -> [u8; ENTRY] {
        let (kind, signal, position) = match self {
            Self::Below(signal, position) => (1, signal, position),
            Self::One(signal, position) => (2, signal, position),
        };
        let mut out = [0; ENTRY];
        (out[4], out[5]) = (kind, signal as u8);
        out[8..].copy_from_slice(&position.0.to_le_bytes());
        let checksum = crc32c::crc32c(&out[4..]);
        out[..4].copy_from_slice(&checksum.to_le_bytes());
        out
    }

    /// `None` where the bytes are no entry: torn, damaged, or never written.
    pub(super) fn decode(bytes: &[u8; ENTRY]) -> Option<Self> {
        let signal = *Signal::ALL.get(usize::from(bytes[5]))?;
        let position = Position(u64_at(bytes, 8));
        match bytes[4] {
            _ if u32_at(bytes, 0) != crc32c::crc32c(&bytes[4..]) => None,
            1 => Some(Self::Below(signal, position)),
            2 => Some(Self::One(signal, position)),
            _ => None,
        }
    }
}

fn u16_at(bytes: &[u8], at: usize) -> u16 {
    bytes.get(at..).and_then(<[u8]>::first_chunk).map_or(0, |bytes| u16::from_le_bytes(*bytes))
}

fn u32_at(bytes: &[u8], at: usize) -> u32 {
    bytes.get(at..).and_then(<[u8]>::first_chunk).map_or(0, |bytes| u32::from_le_bytes(*bytes))
}

fn u64_at(bytes: &[u8], at: usize) -> u64 {
    bytes.get(at..).and_then(<[u8]>::first_chunk).map_or(0, |bytes| u64::from_le_bytes(*bytes))
}
