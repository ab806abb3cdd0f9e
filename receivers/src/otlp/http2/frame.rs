//! Frames of HTTP/2 (RFC 9113 section 4 and 6): heads read, frames written. Nothing here knows of streams.

/// Bytes of a frame's head.
pub(super) const HEAD: usize = 9;

/// What a client says first (section 3.4).
pub(super) const PREFACE: &[u8; 24] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

/// Largest frame every peer takes; more only where its settings say so.
pub(super) const LEAST_MAX: usize = 16 << 10;

/// Largest window, and largest step of one.
pub(super) const MAX_WINDOW: i64 = (1 << 31) - 1;

/// The window everything begins with, unless settings say otherwise.
pub(super) const FIRST_WINDOW: u32 = (64 << 10) - 1;

pub(super) const END_STREAM: u8 = 0x1;
pub(super) const ACK: u8 = 0x1;
pub(super) const END_HEADERS: u8 = 0x4;
pub(super) const PADDED: u8 = 0x8;
pub(super) const PRIORITY: u8 = 0x20;

/// Types of frames (section 6). Others are skipped.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Kind {
    Data,
    Headers,
    Priority,
    RstStream,
    Settings,
    PushPromise,
    Ping,
    GoAway,
    WindowUpdate,
    Continuation,
    #[default]
    Unknown,
}

/// Why a stream or a connection ends (section 7).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Code {
    NoError = 0x0,
    Protocol = 0x1,
    Internal = 0x2,
    FlowControl = 0x3,
    StreamClosed = 0x5,
    FrameSize = 0x6,
    RefusedStream = 0x7,
    Compression = 0x9,
    EnhanceYourCalm = 0xb,
}

/// Settings (section 6.5.2) that are sent or heeded here.
#[derive(Clone, Copy)]
pub(super) enum Setting {
    MaxConcurrentStreams = 0x3,
    InitialWindowSize = 0x4,
    MaxFrameSize = 0x5,
    MaxHeaderListSize = 0x6,
}

/// A frame's head.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Head {
    pub(super) length: usize,
    pub(super) kind: Kind,
    pub(super) flags: u8,
    pub(super) stream: u32,
}

impl Head {
    pub(super) fn read(bytes: [u8; HEAD]) -> Self {
        let [a, b, c, kind, flags, stream @ ..] = bytes;
        let kind = match kind {
            0 => Kind::Data,
            1 => Kind::Headers,
            2 => Kind::Priority,
            3 => Kind::RstStream,
            4 => Kind::Settings,
            5 => Kind::PushPromise,
            6 => Kind::Ping,
            7 => Kind::GoAway,
            8 => Kind::WindowUpdate,
            9 => Kind::Continuation,
            _ => Kind::Unknown,
        };
        // The first bit of a stream's number is reserved and means nothing.
        let stream = u32::from_be_bytes(stream) & (u32::MAX >> 1);
        Self { length: u32::from_be_bytes([0, a, b, c]) as usize, kind, flags, stream }
    }

    pub(super) fn has(&self, flag: u8) -> bool {
        self.flags & flag != 0
    }
}

fn head(out: &mut Vec<u8>, length: usize, kind: u8, flags: u8, stream: u32) {
    let length = u32::try_from(length).unwrap_or(u32::MAX);
    out.extend_from_slice(&length.to_be_bytes()[1..]);
    out.extend_from_slice(&[kind, flags]);
    out.extend_from_slice(&stream.to_be_bytes());
}

pub(super) fn settings(out: &mut Vec<u8>, pairs: &[(Setting, u32)]) {
    head(out, pairs.len() * 6, 4, 0, 0);
    for (setting, value) in pairs {
        out.extend_from_slice(&(*setting as u16).to_be_bytes());
        out.extend_from_slice(&value.to_be_bytes());
    }
}

pub(super) fn settings_ack(out: &mut Vec<u8>) {
    head(out, 0, 4, ACK, 0);
}

pub(super) fn ping(out: &mut Vec<u8>, flags: u8, payload: [u8; 8]) {
    head(out, 8, 6, flags, 0);
    out.extend_from_slice(&payload);
}

pub(super) fn window_update(out: &mut Vec<u8>, stream: u32, step: u32) {
    head(out, 4, 8, 0, stream);
    out.extend_from_slice(&step.to_be_bytes());
}

pub(super) fn rst_stream(out: &mut Vec<u8>, stream: u32, code: Code) {
    head(out, 4, 3, 0, stream);
    out.extend_from_slice(&(code as u32).to_be_bytes());
}

pub(super) fn goaway(out: &mut Vec<u8>, last: u32, code: Code) {
    head(out, 8, 7, 0, 0);
    out.extend_from_slice(&last.to_be_bytes());
    out.extend_from_slice(&(code as u32).to_be_bytes());
}

/// A block of fields, cut into frames the peer takes.
pub(super) fn headers(out: &mut Vec<u8>, stream: u32, block: &[u8], end_stream: bool) {
    let mut kind = 1;
    let mut flags = if end_stream { END_STREAM } else { 0 };
    let mut rest = block;
    loop {
        let (part, left) = rest.split_at(rest.len().min(LEAST_MAX));
        let last = if left.is_empty() { END_HEADERS } else { 0 };
        head(out, part.len(), kind, flags | last, stream);
        out.extend_from_slice(part);
        if left.is_empty() {
            return;
        }
        (kind, flags, rest) = (9, 0, left);
    }
}

pub(super) fn data(out: &mut Vec<u8>, stream: u32, bytes: &[u8], end_stream: bool) {
    head(out, bytes.len(), 0, if end_stream { END_STREAM } else { 0 }, stream);
    out.extend_from_slice(bytes);
}
