//! What happens to a batch between the doors: pure, synchronous, without a clock.

mod batch;
mod memory_limiter;
pub mod redaction;
pub mod tail_sampling;

use pipeline::registry::ProcessorEntry;

/// Every processor, in the order in which lists show them.
pub const PROCESSORS: &[ProcessorEntry] = &[
    ProcessorEntry::of::<batch::Batch>(),
    ProcessorEntry::of::<memory_limiter::MemoryLimiter>(),
    ProcessorEntry::of::<redaction::Redaction>(),
    ProcessorEntry::of::<tail_sampling::TailSampling>(),
];
