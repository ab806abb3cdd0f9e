//! One model for spans and logs: flat tables over the OTLP bytes as they arrived (design: wire first).
//!
//! `wire` never changes. [`decode`](Batch::decode) notes where records, groups and attributes lie and checks
//! everything once; a record that is edited gets a body of its own in the overlay; [`seal`](Batch::seal)
//! splices both together. So what nobody edits leaves byte for byte, fields newer than this build included,
//! and costs a memcpy. prost is the oracle the tests hold all of it against.

mod attributes;
mod decode;
mod edit;
mod error;
pub mod json;
pub mod layout;
mod overlay;
mod patch;
mod read;
mod schema;
mod seal;
mod selection;
mod splice;
mod tables;
#[cfg(test)]
mod tests;
mod text;
mod value;
mod value_ref;
mod visit;
mod wire;

pub use attributes::{AttributeEdits, AttributeList};
pub use error::DecodeError;
pub use read::{Group, Part, Record, SpanFields};
pub use seal::Sealed;
pub use selection::Selection;
pub use text::Text;
pub use value::Value;
pub use value_ref::{Nested, Unread, ValueRef};
pub use visit::{Edit, Leaf, Owner, Place, Spot, Visitor};

use std::fmt;

use bytes::Bytes;

use crate::Signal;
use overlay::Overlay;
use patch::Patches;
use tables::Tables;

/// Bounds of one request, so that tiny records cannot become big tables.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Most records (spans, log records, data points) in one request, and most resources and most scopes. A
    /// record costs 80 bytes of table, a resource or scope at most 48; attributes at most twice the wire.
    pub max_records: usize,
    /// Most levels of messages inside the request: a span's attribute value is the 5th, each array or map in
    /// it two or three more. prost stops at 100; the Collector's protobuf library at 10,000. At most 512.
    pub max_depth: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self { max_records: 1 << 20, max_depth: 128 }
    }
}

/// A request, decoded into tables over its own bytes. Owned and mutable until it is sealed.
///
/// A clone shares the received bytes and copies tables and edits.
#[derive(Clone)]
pub struct Batch {
    signal: Signal,
    wire: Bytes,
    tables: Tables,
    overlay: Overlay,
    /// Metric data points; spans and logs are counted by their rows.
    points: usize,
    /// Unknown length-delimited fields and groups, until they are dropped.
    unknown: u64,
    misfits: u64,
    /// Room to work in, kept from edit to edit.
    patches: Patches,
}

impl Batch {
    /// Reads `wire`, an OTLP export request of `signal` in protobuf.
    ///
    /// # Errors
    /// When prost would refuse it, when it is 4 GiB or longer, or when it breaks one of `limits`. Records
    /// that no backend could place are left out and counted in [`Self::misfits`]: those with an id that is neither empty nor 16
    /// or 8 bytes long (the Collector refuses the whole request for one of them), and those with a string that is not UTF-8,
    /// in them or in their resource or scope. Metrics are refused whole for either.
    pub fn decode(signal: Signal, wire: Bytes, limits: &Limits) -> Result<Self, DecodeError> {
        let decode::Decoded { tables, points, unknown, misfits } = decode::decode(signal, &wire, limits)?;
        let (overlay, patches) = Default::default();
        let mut batch = Self { signal, wire, tables, overlay, points, unknown, misfits: misfits.len() as u64, patches };
        if !misfits.is_empty() {
            let bad = Selection::from_rows(batch.tables.rows.len(), misfits.into_iter().map(|row| row as usize));
            batch.retain(&bad.complement());
        }
        Ok(batch)
    }

    /// How many records were left out, for an id of the wrong length or a string that is not UTF-8.
    pub fn misfits(&self) -> u64 {
        self.misfits
    }

    /// What the batch carries.
    pub fn signal(&self) -> Signal {
        self.signal
    }

    /// How many spans, log records or data points.
    pub fn len(&self) -> usize {
        self.tables.rows.len() + self.points
    }

    /// Whether the batch holds no record.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// How many bytes were received.
    pub fn wire_len(&self) -> usize {
        self.wire.len()
    }

    /// Bytes held beside the received ones: tables and edits.
    pub fn heap_bytes(&self) -> usize {
        self.tables.heap_bytes() + self.overlay.heap_bytes()
    }

    /// How many unknown length-delimited fields and groups there are; see [`Self::drop_unknown`].
    pub fn unknown_fields(&self) -> u64 {
        self.unknown
    }

    /// Freezes the batch as OTLP bytes: the wire bytes themselves when nothing was edited.
    pub fn seal(self) -> Sealed {
        self.sealed(None)
    }

    /// The chosen rows as a request of their own, with the resources and scopes they need; the batch stays.
    ///
    /// Groups left without a record are left out. A batch of metrics has no rows to choose from: it goes
    /// whole, or, when nothing is chosen, not at all.
    pub fn seal_rows(&self, chosen: &Selection) -> Sealed {
        match self.signal {
            Signal::Metrics if chosen.is_empty() => Sealed::new(self.signal, Bytes::new(), 0),
            Signal::Metrics => self.sealed(None),
            Signal::Traces | Signal::Logs => self.sealed(Some(chosen)),
        }
    }

    /// Keeps the chosen rows and drops the others, which renumbers what is left. Metrics stay whole.
    pub fn retain(&mut self, chosen: &Selection) {
        self.tables.retain(|row| chosen.contains(row));
    }

    fn sealed(&self, chosen: Option<&Selection>) -> Sealed {
        let records = match chosen {
            Some(chosen) => (0..self.tables.rows.len()).filter(|row| chosen.contains(*row)).count(),
            None => self.len(),
        };
        Sealed::new(self.signal, splice::splice(self, chosen), u32::try_from(records).unwrap_or(u32::MAX))
    }
}

impl fmt::Debug for Batch {
    /// Sizes only: a batch may hold what no log line should.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Batch")
            .field("signal", &self.signal)
            .field("records", &self.len())
            .field("bytes", &self.wire.len())
            .finish_non_exhaustive()
    }
}
