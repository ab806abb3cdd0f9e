//! The JSON door: OTLP JSON into protobuf wire bytes, and wire bytes into the OTLP JSON of the Collector's file exporter.
//!
//! Behind the door there is one model, the batch over wire bytes. Both directions walk the one table in `schema` and
//! build no tree between: reading holds the input, its output and serde_json's scratch for one escaped string.
//!
//! **Reading** is lenient where the Collector's reader is (pdata v1.65), and where the two cannot agree it is stricter:
//! trailing bytes are errors here. What it takes:
//! - half of a pair of surrogates, and bytes that are no UTF-8, as U+FFFD; control characters as they are;
//! - keys in lowerCamelCase and in snake_case; a key it does not know is skipped with whatever value it has;
//! - `null` for a field is its absence; `null` in a list is an empty message or an empty string;
//! - 32- and 64-bit integers as numbers or strings, also in the forms `1.0` and `1e3` when they are whole;
//! - doubles as numbers or strings, with `NaN`, `Infinity` and `-Infinity`;
//! - enums as integers (whatever their value) or by name; ids as hex in any case, empty for none; base64 in either
//!   alphabet, padded or not;
//! - a key given twice: the last scalar and the last member of a oneof win, lists grow, messages merge, as protobuf merges.
//!
//! **Writing** gives byte for byte what the Collector 0.159 writes: `schema`'s order, 64-bit integers as strings, enums
//! as numbers, scalars at their default left out, and `resource`, `scope`, `status`, `body`, `value`, `positive` and
//! `negative` always there.

mod error;
mod number;
mod read;
mod schema;
mod text;
mod wire;
mod write;

#[cfg(test)]
mod tests;

pub use error::{JsonError, JsonErrorKind, WriteError};
pub use read::read;
pub use write::write;

use crate::Signal;

/// Most messages inside one another below the request, in both directions and whatever the limits say: within the stack of a
/// thread of 2 MiB in a debug build (a test walks so deep), and far above `Limits::max_depth` as anyone needs it.
const MAX_DEPTH: usize = 500;

/// The table's root for a signal.
fn request_of(signal: Signal) -> &'static schema::Message {
    match signal {
        Signal::Traces => &schema::TRACES,
        Signal::Logs => &schema::LOGS,
        Signal::Metrics => &schema::METRICS,
    }
}
