//! `tail_sampling`: whole traces, with their logs, are kept or dropped by what any of their records was.
//!
//! [`observe`] looks at each record once, on a worker, and folds what a request brings of a trace into [`facts`];
//! [`sampler`] merges those, waits, and asks the policies ([`node`], made of the block by [`plan`] and [`compile`]);
//! [`editor`] writes on what leaves how likely it was to. All of it is pure: time comes as an argument.

mod check;
mod clock;
mod compile;
mod component;
pub mod config;
mod decide;
mod editor;
mod facts;
mod failure;
mod json;
mod keys;
mod legend;
mod limits;
mod memory;
mod node;
mod observe;
mod ottl;
mod plan;
pub mod policies;
mod predicate;
mod pressure;
mod randomness;
mod regret;
mod sampler;
mod severity;
#[cfg(test)]
mod tests;
mod waiting;
mod words;

pub use config::TailSampling;
