//! Fuzzes the JSON door: any bytes as a request of each signal, and any bytes as wire bytes to be written.
//!
//! What is read must be written, what is written must read back to the same line, and no grant of memory may be passed.
//! Run with `cargo +nightly fuzz run json`; seeds: `pipeline/src/batch/json/testdata/*.jsonl`, one line each after a byte
//! that chooses the signal.

#![no_main]

use libfuzzer_sys::fuzz_target;
use pipeline::batch::json::{read, write};
use pipeline::{Limits, Signal};

fuzz_target!(|input: &[u8]| {
    let Some((&first, bytes)) = input.split_first() else { return };
    let signal = Signal::ALL[usize::from(first) % Signal::ALL.len()];
    let limits = Limits { max_records: 10_000, max_depth: 128 };
    let mut granted = 0;
    let read_back = read(signal, bytes, &limits, &mut |more| {
        granted += more;
        true
    });
    assert!(granted <= 16 + 8 * bytes.len(), "{granted} bytes for {}", bytes.len());
    match read_back {
        Ok(wire) => round_trip(signal, &wire),
        Err(error) => assert!(!error.to_string().contains('\n')),
    }
    round_trip(signal, bytes);
});

/// Wire bytes that can be written are one line of JSON, which means the same line.
fn round_trip(signal: Signal, wire: &[u8]) {
    let mut line = Vec::new();
    if write(signal, wire, &mut line).is_err() {
        return assert!(line.is_empty());
    }
    assert!(!line.contains(&b'\n'));
    // The writer goes deeper than a request may, prints ids of any length, and is not bounded in records.
    let limits = Limits { max_records: usize::MAX, max_depth: 500 };
    let Ok(wire) = read(signal, &line, &limits, &mut |_| true) else { return };
    let mut again = Vec::new();
    assert_eq!(write(signal, &wire, &mut again), Ok(()));
    assert_eq!(again, line);
}
