//! The configuration file: YAML with places in, every error at once out.

mod findings;
mod id;
mod service;
mod value;

pub use findings::{Finding, Findings, Severity};
pub use id::ComponentId;
pub use service::Service;
pub use value::{ByteSize, Duration, Secret};
