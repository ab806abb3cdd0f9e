//! The configuration: YAML with places in; a plan, or every error at once, out.
//!
//! [`load`] reads every layer (files < `TOLLGATE__…` < `--set`) into one tree in which each key and value knows
//! its place; [`Loaded::check`] tells everything that is wrong with it; [`Loaded::plan`] is what is to run.

mod address;
mod codes;
mod environment;
mod findings;
mod graph;
mod id;
mod layers;
mod lint;
mod load;
mod node;
mod plan;
mod render;
mod report;
mod rules;
mod scalar;
mod schema;
mod secrets;
mod sections;
mod service;
mod shape;
mod show;
mod source;
mod stages;
mod substitute;
mod suggest;
mod validate;
mod value;
mod yaml;

pub use address::HostPort;
pub use codes::{CODES, Code, meaning};
pub use environment::Environment;
pub use findings::{Finding, Findings, Severity};
pub use id::ComponentId;
pub use load::{ConfigSource, Loaded, load};
pub use plan::{PipelinePlan, Plan, Planned};
pub use report::{Diagnostic, Report};
pub use rules::Rules;
pub use schema::{Kind, schema};
pub use service::Service;
pub use source::{Place, Position, Source};
pub use suggest::nearest;
pub use value::{ByteSize, Duration, Secret, filled};

#[cfg(test)]
mod tests;
