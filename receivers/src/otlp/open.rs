//! A request's bytes into a batch, on the worker: decompression in charged steps, the JSON door, decoding.

use std::io::{self, Read};

use bytes::Bytes;
use flate2::bufread::{MultiGzDecoder, ZlibDecoder};
use pipeline::batch::json::{self, JsonErrorKind};
use pipeline::intake::Unopened;
use pipeline::memory::Permit;
use pipeline::receipt::{Refusal, Rejection};
use pipeline::{Batch, Limits, Signal};

/// The least the output of a decompression grows by, in bytes.
const STEP: usize = 16 << 10;

/// The widest window a zstd frame may ask for, as a power of two: 32 MiB, that of the Go encoder at its best.
const ZSTD_WINDOW_LOG: u32 = 25;

/// How the bytes of a request are compressed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Coding {
    Identity,
    Gzip,
    Zstd,
    /// RFC 1950, which HTTP calls deflate.
    Zlib,
}

/// What the bytes of a request are, once decompressed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    Protobuf,
    Json,
}

/// A request as it arrived, and what it may become.
pub(super) struct Arrived {
    pub(super) signal: Signal,
    pub(super) bytes: Bytes,
    pub(super) coding: Coding,
    pub(super) form: Form,
    /// Most bytes after decompression.
    pub(super) max: usize,
    pub(super) limits: Limits,
}

impl Coding {
    /// The coding of this name, as `content-encoding` and `grpc-encoding` have it.
    pub(super) fn of(name: &str) -> Option<Self> {
        Some(match name {
            "" | "identity" | "none" => Self::Identity,
            "gzip" | "x-gzip" => Self::Gzip,
            "zstd" => Self::Zstd,
            "zlib" | "deflate" => Self::Zlib,
            _ => return None,
        })
    }

    const fn name(self) -> &'static str {
        match self {
            Self::Identity => "identity",
            Self::Gzip => "gzip",
            Self::Zstd => "zstd",
            Self::Zlib => "zlib",
        }
    }
}

impl Arrived {
    /// The batch. What it takes beyond the bytes as they arrived is charged to `permit` before it is allocated.
    pub(super) fn open(self, permit: &mut Permit) -> Result<Batch, Unopened> {
        let Self { signal, bytes, coding, form, max, limits } = self;
        let spare = permit.bytes().saturating_sub(bytes.len());
        let plain = match coding {
            Coding::Identity => bytes,
            coding => {
                let plain = decompress(coding, &bytes, max, permit)?;
                drop(bytes);
                permit.shrink_to(plain.capacity());
                Bytes::from(plain)
            }
        };
        let (wire, held) = match form {
            Form::Protobuf => (plain, permit.bytes()),
            Form::Json => {
                let spare = if coding == Coding::Identity { spare } else { 0 };
                let wire = read_json(signal, &plain, &limits, (permit, spare))?;
                let held = wire.len();
                (wire, held)
            }
        };
        let batch = Batch::decode(signal, wire, &limits)
            .map_err(|error| Unopened::Rejected(Rejection::Malformed(format!("not an OTLP request: {error}"))))?;
        // Tiny records make big tables: they count against the limit while the worker holds them. What was there
        // for the JSON goes last: others would have taken it.
        let needed = held + batch.heap_bytes();
        permit.shrink_to(needed);
        if permit.grow(needed - permit.bytes()) { Ok(batch) } else { Err(Unopened::Refused(Refusal::Memory)) }
    }
}

/// The JSON door; what it writes is charged as it grows: to the `spare` bytes the permit has beside the JSON, then to more.
fn read_json(
    signal: Signal,
    json: &[u8],
    limits: &Limits,
    (permit, mut spare): (&mut Permit, usize),
) -> Result<Bytes, Unopened> {
    let mut grow = |more: usize| {
        let own = spare.min(more);
        let granted = permit.grow(more - own);
        spare -= if granted { own } else { 0 };
        granted
    };
    match json::read(signal, json, limits, &mut grow) {
        Ok(mut wire) => {
            wire.shrink_to_fit();
            Ok(Bytes::from(wire))
        }
        Err(error) if error.kind() == JsonErrorKind::OutOfBudget => Err(Unopened::Refused(Refusal::Memory)),
        Err(error) => Err(Unopened::Rejected(Rejection::Malformed(format!("not an OTLP JSON request: {error}")))),
    }
}

/// At most `max` bytes; one more is `TooLarge`, whatever the stream claims of itself.
fn decompress(coding: Coding, bytes: &Bytes, max: usize, permit: &mut Permit) -> Result<Vec<u8>, Unopened> {
    if bytes.is_empty() {
        // What Go's clients send for an empty request: a content-encoding and no byte.
        return Ok(Vec::new());
    }
    let hint = size_hint(coding, bytes).max(STEP).min(max.saturating_add(1));
    match coding {
        Coding::Identity => inflate(&mut &bytes[..], hint, max, permit),
        Coding::Gzip => inflate(&mut MultiGzDecoder::new(&bytes[..]), hint, max, permit),
        Coding::Zlib => inflate(&mut ZlibDecoder::new(&bytes[..]), hint, max, permit),
        Coding::Zstd => {
            let window = zstd_window(bytes).min(1 << ZSTD_WINDOW_LOG).min(max as u64);
            let window = usize::try_from(window).unwrap_or(max);
            unzstd(bytes, window, hint, max, permit)
        }
    }
    .map_err(|stop| match stop {
        Stopped::Broken => malformed(coding.name()),
        Stopped::TooLarge => {
            Unopened::Rejected(Rejection::TooLarge(format!("the request is over {max} bytes when decompressed")))
        }
        Stopped::Refused => Unopened::Refused(Refusal::Memory),
    })
}

/// Why decompression ended before the stream did.
#[derive(Clone, Copy, Debug)]
enum Stopped {
    Broken,
    TooLarge,
    Refused,
}

/// zstd's decoder holds its window beside the output: charged while it lives.
fn unzstd(bytes: &[u8], window: usize, hint: usize, max: usize, permit: &mut Permit) -> Result<Vec<u8>, Stopped> {
    if !permit.grow(window) {
        return Err(Stopped::Refused);
    }
    let mut decoder = zstd::stream::read::Decoder::with_buffer(bytes).map_err(|_| Stopped::Broken)?;
    decoder.window_log_max(ZSTD_WINDOW_LOG).map_err(|_| Stopped::Broken)?;
    let plain = inflate(&mut decoder, hint, max, permit);
    drop(decoder);
    permit.shrink_to(permit.bytes() - window);
    plain
}

/// Reads `stream` to its end: a first block of `hint` bytes, then twice what there was, each charged before it is taken.
fn inflate(stream: &mut dyn Read, hint: usize, max: usize, permit: &mut Permit) -> Result<Vec<u8>, Stopped> {
    let mut plain = Vec::new();
    let mut filled = 0;
    loop {
        if filled == plain.len() {
            let step = if filled == 0 { hint } else { filled.max(STEP).min(max.saturating_add(1) - filled) };
            if !permit.grow(step) {
                return Err(Stopped::Refused);
            }
            plain.reserve_exact(step);
            plain.resize(filled + step, 0);
        }
        match stream.read(&mut plain[filled..]) {
            Ok(0) => break,
            Ok(read) => filled += read,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(_) => return Err(Stopped::Broken),
        }
        if filled > max {
            return Err(Stopped::TooLarge);
        }
    }
    plain.truncate(filled);
    // What the outbox keeps should not hold much air.
    if plain.capacity() - filled > filled / 8 {
        plain.shrink_to_fit();
    }
    Ok(plain)
}

/// How large the output says it will be: a guess to begin with, never trusted.
fn size_hint(coding: Coding, bytes: &[u8]) -> usize {
    let claimed = match coding {
        // RFC 1952: the last four bytes are the length of the (last) member.
        Coding::Gzip => bytes.last_chunk::<4>().map_or(0, |size| u64::from(u32::from_le_bytes(*size))),
        Coding::Zstd => zstd::zstd_safe::get_frame_content_size(bytes).ok().flatten().unwrap_or(0),
        Coding::Zlib | Coding::Identity => 0,
    };
    let likely = bytes.len().saturating_mul(16);
    // One byte more than claimed: the end is then seen without another block.
    usize::try_from(claimed).unwrap_or(usize::MAX).saturating_add(1).min(likely)
}

/// The window a zstd frame asks for, in bytes (RFC 8878, 3.1.1.1.2); that of its content where it is one segment.
fn zstd_window(bytes: &[u8]) -> u64 {
    let [_, _, _, _, descriptor, window, ..] = bytes else { return 0 };
    if descriptor & 0x20 != 0 {
        return zstd::zstd_safe::get_frame_content_size(bytes).ok().flatten().unwrap_or(0);
    }
    let base = 1_u64 << (10 + (window >> 3));
    base + base / 8 * u64::from(window & 7)
}

fn malformed(coding: &str) -> Unopened {
    Unopened::Rejected(Rejection::Malformed(format!("the body is not {coding} or is cut short")))
}

#[cfg(test)]
mod tests;
