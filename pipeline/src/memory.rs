//! The byte budget: one limit over everything that is held, from the socket to the last delivery.
//!
//! A [`Permit`] is taken before bytes are read, travels with them, and gives them back when it is
//! dropped; so the sum of what is held can be read off one counter. Who holds nothing may wait for
//! room; who holds a permit gets more of it at once or not at all, so that nobody waits for one who waits.
//! What those who wait have been sent already no permit covers: it has a share
//! of its own beside the limit.

use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use tokio::sync::Notify;

/// What may be left unread by those who wait, beside the limit: an eighth of it.
const UNREAD: usize = 8;

/// What those may cost who were not let wait: a thirty-second.
const PAUSED: usize = 32;

/// The memory limit and what is taken of it, in bytes.
#[derive(Debug)]
pub struct Memory {
    limit: usize,
    used: AtomicUsize,
    /// How many wait for room.
    waiting: AtomicUsize,
    /// What they may have been sent and did not read, in bytes.
    unread: AtomicUsize,
    /// What those cost who were not even let wait, until they are told, in bytes.
    paused: AtomicUsize,
    freed: Notify,
}

impl Memory {
    /// A budget of `limit` bytes.
    pub fn new(limit: usize) -> Arc<Self> {
        let none = || AtomicUsize::new(0);
        Arc::new(Self { limit, used: none(), waiting: none(), unread: none(), paused: none(), freed: Notify::new() })
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

    /// Takes `bytes` even past the limit: for what gives back more than it takes, and would wait for itself.
    pub fn force(self: &Arc<Self>, bytes: usize) -> Permit {
        let mut permit = Permit { memory: self.clone(), bytes: 0 };
        permit.force(bytes);
        permit
    }

    /// Takes `bytes` once there is room, after those who waited before; never where the limit is less.
    /// Dropped, it has taken nothing. `None` at once where what others left unread leaves no place for the
    /// `unread` bytes of this one.
    pub async fn room(self: &Arc<Self>, bytes: usize, unread: usize) -> Option<Permit> {
        let _waiting = Waiting::new(self, unread)?;
        loop {
            let mut freed = pin!(self.freed.notified());
            // From here on nothing that is given back is missed.
            freed.as_mut().enable();
            if let Some(permit) = self.permit(bytes) {
                // What was given back at once may be enough for the next, too.
                self.freed.notify_one();
                return Some(permit);
            }
            freed.await;
        }
    }

    /// A place for who was not let wait and is told after a pause: `bytes` until dropped; `None` where there are
    /// too many.
    pub fn pause(&self, bytes: usize) -> Option<Aside<'_>> {
        Aside::take(&self.paused, bytes, self.limit / PAUSED)
    }

    /// Whether somebody waits for room, and who comes now should too.
    pub fn awaited(&self) -> bool {
        self.waiting.load(Ordering::SeqCst) > 0
    }

    fn give(&self, bytes: usize) {
        // In one order with the count of who waits: either we see them, or they see what is given back.
        self.used.fetch_sub(bytes, Ordering::SeqCst);
        if self.awaited() {
            self.freed.notify_one();
        }
    }

    fn take(&self, bytes: usize) -> bool {
        let fits = |used: usize| used.checked_add(bytes).filter(|sum| *sum <= self.limit);
        self.used.fetch_update(Ordering::SeqCst, Ordering::SeqCst, fits).is_ok()
    }
}

/// One who waits, counted while it does.
struct Waiting<'m> {
    count: &'m AtomicUsize,
    _unread: Aside<'m>,
}

impl<'m> Waiting<'m> {
    /// `None` where its bytes pass the share.
    fn new(memory: &'m Memory, unread: usize) -> Option<Self> {
        let unread = Aside::take(&memory.unread, unread, memory.limit / UNREAD)?;
        memory.waiting.fetch_add(1, Ordering::SeqCst);
        Some(Self { count: &memory.waiting, _unread: unread })
    }
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.count.fetch_sub(1, Ordering::Relaxed);
    }
}

/// Bytes beside the limit, of a share, until dropped.
#[derive(Debug)]
pub struct Aside<'m> {
    share: &'m AtomicUsize,
    bytes: usize,
}

impl<'m> Aside<'m> {
    /// `None` where others have taken so much that these would pass `most`; the first may always.
    fn take(share: &'m AtomicUsize, bytes: usize, most: usize) -> Option<Self> {
        let fits = |others: usize| others.checked_add(bytes).filter(|sum| others == 0 || *sum <= most);
        share.fetch_update(Ordering::Relaxed, Ordering::Relaxed, fits).ok()?;
        Some(Self { share, bytes })
    }
}

impl Drop for Aside<'_> {
    fn drop(&mut self) {
        self.share.fetch_sub(self.bytes, Ordering::Relaxed);
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

    /// Takes `more` bytes even past the limit; see [`Memory::force`].
    pub fn force(&mut self, more: usize) {
        self.memory.used.fetch_add(more, Ordering::SeqCst);
        self.bytes += more;
    }

    /// Gives back what is held beyond `bytes`.
    pub fn shrink_to(&mut self, bytes: usize) {
        if let Some(spare) = self.bytes.checked_sub(bytes).filter(|spare| *spare > 0) {
            self.bytes = bytes;
            self.memory.give(spare);
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
