//! `redaction`: personal data and secrets out of every string of a record, before anything is written anywhere.
//!
//! [`detect`] finds, over text alone; what is found is judged by where it stands and masked as the
//! configuration says. Everything here is pure: no clock, no IO, nothing that can fail at run time.

mod component;
mod config;
pub mod contrib;
pub mod detect;
mod json;
mod key_rules;
pub mod keys;
mod lanes;
pub mod mask;
pub(crate) mod memo;
mod plan;
mod process;
mod rules;
mod scan;
pub mod trial;
mod witness;
mod words;

pub use config::{Profile, Redaction};
pub use key_rules::{KeyRule, Reaches};
pub use rules::{Capture, Rule, Validator};
