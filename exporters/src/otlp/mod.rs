//! OTLP out: over gRPC (`otlp`), over HTTP (`otlphttp`), and gRPC as Jaeger likes it (`jaeger`).

mod grpc;
mod http;
mod jaeger;
mod login;
mod partial;
mod status;

pub use grpc::{GrpcKeepAlive, OtlpGrpc};
pub use http::{Encoding, OtlpHttp};
pub use jaeger::Jaeger;

#[cfg(test)]
mod tests;
