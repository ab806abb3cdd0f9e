//! Entries by trace, as many as there is room for: those not asked for the longest go first.

use std::collections::HashMap;

use lru::LruCache;
use pipeline::sampling::{IdHash, TraceId};

/// So many are remembered however little memory there is.
const LEAST: usize = 1024;

/// What an exact entry takes beside its own bytes: its links, its place in the table, the allocator's share.
const LINKS: usize = 48;

/// As many entries as there is room for.
#[derive(Debug)]
pub(super) struct Recent<V> {
    room: usize,
    entries: Entries<V>,
}

#[derive(Debug)]
enum Entries<V> {
    /// Two halves, of which the older goes when the younger is full: nearly in order, at no cost an entry.
    Halves { young: HashMap<TraceId, V, IdHash>, old: HashMap<TraceId, V, IdHash> },
    /// To the entry, as the Collector's caches are.
    Exact(LruCache<TraceId, V, IdHash>),
}

impl<V: Copy> Recent<V> {
    /// Room for `room` entries, or for what fits into `bytes`.
    pub(super) fn new(room: usize, bytes: usize, exact: bool) -> Self {
        let entry = size_of::<(TraceId, V)>();
        if exact {
            let room = room.min((bytes / (entry + LINKS)).max(LEAST));
            return Self { room, entries: Entries::Exact(LruCache::unbounded_with_hasher(IdHash::default())) };
        }
        // A half is a table of a power of two of places, of which seven eighths are used.
        let places = (bytes / 2 / (entry + 1)).checked_ilog2().map_or(0, |log| 1_usize << log);
        let room = room.min((places / 8 * 7 * 2).max(LEAST));
        Self { room, entries: Entries::Halves { young: HashMap::default(), old: HashMap::default() } }
    }

    pub(super) fn has_room(&self) -> bool {
        self.room > 0
    }

    pub(super) fn get(&mut self, id: TraceId) -> Option<V> {
        let value = match &mut self.entries {
            Entries::Exact(cache) => return cache.get(&id).copied(),
            Entries::Halves { young, old } => match young.get(&id) {
                Some(value) => return Some(*value),
                None => old.remove(&id)?,
            },
        };
        self.put(id, value);
        Some(value)
    }

    pub(super) fn put(&mut self, id: TraceId, value: V) {
        if self.room == 0 {
            return;
        }
        match &mut self.entries {
            Entries::Exact(cache) => {
                cache.put(id, value);
                if cache.len() > self.room {
                    cache.pop_lru();
                }
            }
            Entries::Halves { young, old } => {
                if young.len() >= self.room.div_ceil(2) {
                    std::mem::swap(young, old);
                    young.clear();
                }
                young.insert(id, value);
            }
        }
    }

    pub(super) fn remove(&mut self, id: TraceId) {
        match &mut self.entries {
            Entries::Exact(cache) => {
                cache.pop(&id);
            }
            Entries::Halves { young, old } => {
                young.remove(&id);
                old.remove(&id);
            }
        }
    }

    pub(super) fn heap_bytes(&self) -> usize {
        let entry = size_of::<(TraceId, V)>();
        match &self.entries {
            Entries::Exact(cache) => cache.len() * (entry + LINKS),
            Entries::Halves { young, old } => (young.capacity() + old.capacity()) * (entry + 1),
        }
    }
}

#[cfg(test)]
mod tests;
