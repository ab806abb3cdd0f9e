//! The doors in: OTLP over gRPC and HTTP.
