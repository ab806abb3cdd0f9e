//! One model for spans and logs: flat tables over the OTLP bytes as they arrived (design: wire first).

pub mod json;
mod seal;

pub use seal::Sealed;

use bytes::Bytes;

use crate::Signal;

/// Bounds of one request, so that tiny records cannot become big tables.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Most records (spans, log records, data points) in one request.
    pub max_records: usize,
    /// Most levels of nested messages (`AnyValue` in `AnyValue`); the Collector's protobuf library stops at 10,000, prost at 100.
    pub max_depth: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self { max_records: 1 << 20, max_depth: 128 }
    }
}

/// A request, decoded into tables over its own bytes. Owned and mutable until it is sealed.
#[derive(Clone, Debug)]
pub struct Batch {
    signal: Signal,
    wire: Bytes,
    records: usize,
}

/// Why bytes are no OTLP request. Never holds payload: offsets and field numbers only.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DecodeError(pub String);

impl Batch {
    /// Reads `wire`, an OTLP export request of `signal` in protobuf.
    pub fn decode(signal: Signal, wire: Bytes, _limits: &Limits) -> Result<Self, DecodeError> {
        Ok(Self { signal, wire, records: 0 })
    }

    /// What the batch carries.
    pub fn signal(&self) -> Signal {
        self.signal
    }

    /// How many spans, log records or data points.
    pub fn len(&self) -> usize {
        self.records
    }

    /// Whether the batch holds no record.
    pub fn is_empty(&self) -> bool {
        self.records == 0
    }

    /// Freezes the batch as OTLP bytes: the wire bytes themselves when nothing was edited.
    pub fn seal(self) -> Sealed {
        Sealed::new(self.signal, self.wire, u32::try_from(self.records).unwrap_or(u32::MAX))
    }
}

impl std::fmt::Display for DecodeError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for DecodeError {}
