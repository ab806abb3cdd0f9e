//! What leaves the chain: an OTLP export request nobody changes any more, shared by every destination.

use bytes::Bytes;

use crate::Signal;

/// A frozen request. Its body is a valid OTLP export request in protobuf.
///
/// Two bodies of one signal, one after the other, are again a valid request: that is how protobuf
/// merges repeated fields, and how delivery merges small requests without a copy.
#[derive(Clone, Debug)]
pub struct Sealed {
    signal: Signal,
    body: Bytes,
    records: u32,
}

impl Sealed {
    /// A request of `records` records, already in OTLP protobuf.
    pub fn new(signal: Signal, body: Bytes, records: u32) -> Self {
        Self { signal, body, records }
    }

    /// What the request carries.
    pub fn signal(&self) -> Signal {
        self.signal
    }

    /// The OTLP protobuf bytes.
    pub fn body(&self) -> &Bytes {
        &self.body
    }

    /// How many spans, log records or data points it holds.
    pub fn records(&self) -> u32 {
        self.records
    }
}
