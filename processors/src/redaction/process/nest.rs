//! The keys around a value in a map, the outermost first: a rule for one holds for all below it, and each may vouch.

use crate::redaction::keys::says_value;

/// The most keys that a rule's path is looked for in at a time.
pub(super) const JOINED: usize = 8;

/// The longest path that is kept, in bytes: below that only the nearest keys are told.
const MOST: usize = 1024;

/// See the head of this file.
#[derive(Debug, Default)]
pub(super) struct Nest {
    path: String,
    /// The depth of each key, and where it stands in the path.
    keys: Vec<(u16, usize)>,
}

impl Nest {
    /// Another attribute, or body, begins.
    pub(super) fn clear(&mut self) {
        self.path.clear();
        self.keys.clear();
    }

    /// A key of this depth: those as deep or deeper are over.
    pub(super) fn enter(&mut self, depth: u16, key: &str) {
        while let Some((_, at)) = self.keys.pop_if(|(known, _)| *known >= depth) {
            self.path.truncate(at.saturating_sub(1));
        }
        if self.path.len() + key.len() > MOST {
            self.clear();
        }
        if !self.path.is_empty() {
            self.path.push('.');
        }
        self.keys.push((depth, self.path.len()));
        self.path.push_str(key);
    }

    /// All keys, joined by `.`, where `nearest` is the last of them.
    pub(super) fn path(&self, nearest: &str) -> Option<&str> {
        let (_, at) = self.keys.last()?;
        (&self.path[*at..] == nearest).then_some(self.path.as_str())
    }

    /// The nearest key that says more than that its value is one.
    pub(super) fn telling(&self) -> Option<&str> {
        let mut end = self.path.len();
        self.keys.iter().rev().find_map(|(_, at)| {
            let key = &self.path[*at..end];
            end = at.saturating_sub(1);
            (!says_value(key)).then_some(key)
        })
    }

    /// Each key with those around it, joined by `.`: the nearest first, and of each the longest first.
    pub(super) fn subpaths(&self) -> impl Iterator<Item = &str> {
        let end = |at: usize| self.keys.get(at + 1).map_or(self.path.len(), |(_, next)| next - 1);
        (0..self.keys.len()).rev().flat_map(move |last| {
            let first = (last + 1).saturating_sub(JOINED);
            (first..=last).map(move |from| &self.path[self.keys[from].1..end(last)])
        })
    }
}

#[cfg(test)]
mod tests;
