//! The byte budget: one limit over everything that is held, from the socket to the last delivery.
//!
//! A [`Permit`] is taken before bytes are read, travels with them, and gives them back when it is
//! dropped; so the sum of what is held can be read off one counter.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

/// The memory limit and what is taken of it, in bytes.
#[derive(Debug)]
pub struct Memory {
    limit: usize,
    used: AtomicUsize,
}

impl Memory {
    /// A budget of `limit` bytes.
    pub fn new(limit: usize) -> Arc<Self> {
        Arc::new(Self { limit, used: AtomicUsize::new(0) })
    }

    /// The limit, in bytes.
    pub fn limit(&self) -> usize {
        self.limit
    }

    /// What is held of it now, in bytes.
    pub fn used(&self) -> usize {
        self.used.load(Ordering::Relaxed)
    }

    /// Takes `bytes`, or nothing where that would pass the limit.
    pub fn permit(self: &Arc<Self>, bytes: usize) -> Option<Permit> {
        let mut permit = Permit { memory: self.clone(), bytes: 0 };
        permit.grow(bytes).then_some(permit)
    }

    fn take(&self, bytes: usize) -> bool {
        let fits = |used: usize| used.checked_add(bytes).filter(|sum| *sum <= self.limit);
        self.used.fetch_update(Ordering::Relaxed, Ordering::Relaxed, fits).is_ok()
    }
}

/// Bytes of the memory limit, held until dropped.
#[derive(Debug)]
pub struct Permit {
    memory: Arc<Memory>,
    bytes: usize,
}

impl Permit {
    /// How many bytes are held.
    pub fn bytes(&self) -> usize {
        self.bytes
    }

    /// Takes `more` bytes; `false`, and nothing taken, where that would pass the limit. Never waits.
    #[must_use]
    pub fn grow(&mut self, more: usize) -> bool {
        let taken = self.memory.take(more);
        if taken {
            self.bytes += more;
        }
        taken
    }

    /// Gives back what is held beyond `bytes`.
    pub fn shrink_to(&mut self, bytes: usize) {
        if let Some(spare) = self.bytes.checked_sub(bytes) {
            self.memory.used.fetch_sub(spare, Ordering::Relaxed);
            self.bytes = bytes;
        }
    }
}

impl Drop for Permit {
    fn drop(&mut self) {
        self.shrink_to(0);
    }
}

#[cfg(test)]
mod tests;
