//! The batch against its oracle, prost: what each file proves stands at its head.

mod arbitrary;
mod attributes;
mod bounds;
mod edits;
mod layout;
mod model;
mod oracle;
mod sealing;

use bytes::Bytes;

use super::{Batch, DecodeError, Limits};
use crate::Signal;

/// prost's own depth, so that both decoders agree on every message.
const LIMITS: Limits = Limits { max_records: 1 << 20, max_depth: 100 };

fn decode(signal: Signal, wire: &[u8]) -> Result<Batch, DecodeError> {
    Batch::decode(signal, Bytes::copy_from_slice(wire), &LIMITS)
}
