//! The OTLP receiver over real sockets: every answer, in both transports and encodings, and hostile peers.

mod client;
mod drain;
mod grpc;
mod guard;
mod hostile;
mod http;
mod rig;
