//! The doors out: one delivery engine; OTLP, file and debug.

pub mod delivery;
