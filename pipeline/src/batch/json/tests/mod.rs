//! Tests of the JSON door: the table against the published descriptors, both directions against prost and against lines
//! that a Collector wrote.

mod entropy;
mod golden;
mod reading;
mod roundtrip;
mod schema;
mod writing;

use super::{JsonError, read, write};
use crate::{Limits, Signal};

/// Reads without a bound on memory.
fn read_free(signal: Signal, json: &[u8]) -> Result<Vec<u8>, JsonError> {
    read(signal, json, &Limits::default(), &mut |_| true)
}

fn write_new(signal: Signal, wire: &[u8]) -> String {
    let mut out = Vec::new();
    write(signal, wire, &mut out).expect("valid wire bytes");
    String::from_utf8(out).expect("JSON is UTF-8")
}
