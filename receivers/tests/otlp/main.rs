//! The OTLP receiver over real sockets: every answer, in both transports and encodings, and hostile peers.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod client;
mod drain;
mod grpc;
mod guard;
mod hostile;
mod http;
mod rig;
