//! What the detectors find and leave alone: on public test vectors, on telemetry without personal data, and in the
//! table of the documentation.

#![allow(clippy::unwrap_used, reason = "a test ends where it cannot go on")]
#![allow(clippy::print_stdout, reason = "what was found wrong is listed")]

mod block;
mod clean;
mod corpus;
mod fixed_point;
mod table;
mod vectors;
