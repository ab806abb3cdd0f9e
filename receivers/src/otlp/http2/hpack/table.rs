//! The two tables that an index of a header block may mean (RFC 7541 2.3): the static one of Appendix A, and the
//! dynamic one that a connection's blocks fill.

use super::Error;
use std::collections::VecDeque;

/// Appendix A, from index 1.
pub(super) static STATIC: [(&[u8], &[u8]); 61] = [
    (b":authority", b""),
    (b":method", b"GET"),
    (b":method", b"POST"),
    (b":path", b"/"),
    (b":path", b"/index.html"),
    (b":scheme", b"http"),
    (b":scheme", b"https"),
    (b":status", b"200"),
    (b":status", b"204"),
    (b":status", b"206"),
    (b":status", b"304"),
    (b":status", b"400"),
    (b":status", b"404"),
    (b":status", b"500"),
    (b"accept-charset", b""),
    (b"accept-encoding", b"gzip, deflate"),
    (b"accept-language", b""),
    (b"accept-ranges", b""),
    (b"accept", b""),
    (b"access-control-allow-origin", b""),
    (b"age", b""),
    (b"allow", b""),
    (b"authorization", b""),
    (b"cache-control", b""),
    (b"content-disposition", b""),
    (b"content-encoding", b""),
    (b"content-language", b""),
    (b"content-length", b""),
    (b"content-location", b""),
    (b"content-range", b""),
    (b"content-type", b""),
    (b"cookie", b""),
    (b"date", b""),
    (b"etag", b""),
    (b"expect", b""),
    (b"expires", b""),
    (b"from", b""),
    (b"host", b""),
    (b"if-match", b""),
    (b"if-modified-since", b""),
    (b"if-none-match", b""),
    (b"if-range", b""),
    (b"if-unmodified-since", b""),
    (b"last-modified", b""),
    (b"link", b""),
    (b"location", b""),
    (b"max-forwards", b""),
    (b"proxy-authenticate", b""),
    (b"proxy-authorization", b""),
    (b"range", b""),
    (b"referer", b""),
    (b"refresh", b""),
    (b"retry-after", b""),
    (b"server", b""),
    (b"set-cookie", b""),
    (b"strict-transport-security", b""),
    (b"transfer-encoding", b""),
    (b"user-agent", b""),
    (b"vary", b""),
    (b"via", b""),
    (b"www-authenticate", b""),
];
/// What an entry counts for besides its name and value, bytes (RFC 7541 4.1).
const OVERHEAD: usize = 32;

/// What a field counts for in the table, and in a header list (RFC 7541 4.1, RFC 9113 6.5.2), bytes.
pub(super) fn size(name: &[u8], value: &[u8]) -> usize {
    name.len().saturating_add(value.len()).saturating_add(OVERHEAD)
}

/// The static table's index of a field, true, or else that of its name, false.
pub(super) fn find(name: &[u8], value: &[u8]) -> Option<(usize, bool)> {
    // Entries of a name are next to each other, so the search ends with the last of them.
    let first = STATIC.iter().position(|entry| entry.0 == name)?;
    let mut same = STATIC.iter().skip(first).take_while(|entry| entry.0 == name);
    match same.position(|entry| entry.1 == value) {
        Some(more) => Some((first + more + 1, true)),
        None => Some((first + 1, false)),
    }
}

/// A field of the dynamic table: its name and, from `name` on, its value, in one allocation.
pub(super) struct Entry {
    bytes: Box<[u8]>,
    name: usize,
}

impl Entry {
    fn size(&self) -> usize {
        self.bytes.len() + OVERHEAD
    }
}

/// The address space of both tables (RFC 7541 2.3.3).
///
/// Takes about its size in memory: an entry's place in the queue is less than what it counts for besides its bytes.
pub(super) struct Table {
    /// The newest entry first.
    entries: VecDeque<Entry>,
    /// The sum of the entries' sizes; at most `max`.
    size: usize,
    /// What the peer has chosen; at most `announced`.
    max: usize,
    announced: usize,
}

impl Table {
    /// An empty table of `announced` bytes.
    pub(super) fn new(announced: usize) -> Self {
        Self { entries: VecDeque::new(), size: 0, max: announced, announced }
    }

    /// The size that the peer has chosen, bytes.
    pub(super) fn max(&self) -> usize {
        self.max
    }

    /// Name and value at an index; None for 0 and for those over the newest entries' count.
    pub(super) fn get(&self, index: usize) -> Option<(&[u8], &[u8])> {
        let index = index.checked_sub(1)?;
        if let Some(&field) = STATIC.get(index) {
            return Some(field);
        }
        let entry = self.entries.get(index - STATIC.len())?;
        entry.bytes.split_at_checked(entry.name)
    }

    /// A copy of a field for [`Table::insert`]; None when it is larger than the table, and not worth a copy.
    pub(super) fn entry(&self, name: &[u8], value: &[u8]) -> Option<Entry> {
        (size(name, value) <= self.max).then(|| Entry { bytes: [name, value].concat().into(), name: name.len() })
    }

    /// Adds the newest entry, after evicting the oldest to make room. None, for one larger than the table, leaves the
    /// table empty; that is no error (RFC 7541 4.4).
    pub(super) fn insert(&mut self, entry: Option<Entry>) {
        let size = entry.as_ref().map_or(self.max, Entry::size);
        self.evict(self.max.saturating_sub(size));
        if let Some(entry) = entry {
            self.size += size;
            self.entries.push_front(entry);
        }
    }

    /// Sets the size, evicting what is over it (RFC 7541 4.3).
    ///
    /// # Errors
    /// [`Error::TableSize`] for more than was announced (6.3).
    pub(super) fn resize(&mut self, max: usize) -> Result<(), Error> {
        if max > self.announced {
            return Err(Error::TableSize);
        }
        self.max = max;
        self.evict(max);
        Ok(())
    }

    /// Drops the oldest entries until the others are at most `size` bytes.
    fn evict(&mut self, size: usize) {
        while self.size > size
            && let Some(entry) = self.entries.pop_back()
        {
            self.size -= entry.size();
        }
    }

    /// Entries and their size, for tests against the RFC's tables.
    #[cfg(test)]
    pub(super) fn held(&self) -> (usize, usize) {
        (self.entries.len(), self.size)
    }
}
