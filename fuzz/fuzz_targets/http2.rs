//! Fuzzes the HTTP/2 of the gRPC door: any frames in any pieces, between answers given in any order.
//!
//! Nothing may panic, every bound must hold, and no byte of a connection's window may be lost.
//! Run with `cargo +nightly fuzz run http2`.

#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: &[u8]| receivers::converse(input));
