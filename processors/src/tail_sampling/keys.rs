//! The attributes that any policy asks for: each record's are walked once, however many policies there are.

use pipeline::batch::{Text, ValueRef};

/// The keys, each once; a slot is a place in this list.
#[derive(Debug, Default)]
pub(super) struct Keys {
    names: Vec<Box<[u8]>>,
    /// Which lengths there are, those of 63 and more as one.
    lengths: u64,
    /// An attribute without a value is there, as it is to the Collector: as bytes, of which there are none.
    keeps_empty: bool,
}

fn length(key: &[u8]) -> u64 {
    1 << key.len().min(63)
}

impl Keys {
    pub(super) fn new(contrib: bool) -> Self {
        Self { keeps_empty: contrib, ..Self::default() }
    }

    /// The slot of a key.
    pub(super) fn slot(&mut self, key: &str) -> usize {
        let key = key.as_bytes();
        self.lengths |= length(key);
        self.names.iter().position(|name| **name == *key).unwrap_or_else(|| {
            self.names.push(key.into());
            self.names.len() - 1
        })
    }

    /// How many.
    pub(super) fn len(&self) -> usize {
        self.names.len()
    }

    /// Puts the first value of each key into its slot. An empty one is none, but to the Collector.
    pub(super) fn gather<'b>(
        &self,
        attributes: impl Iterator<Item = (Text<'b>, ValueRef<'b>)>,
        slots: &mut Vec<ValueRef<'b>>,
    ) {
        slots.clear();
        slots.resize(self.names.len(), ValueRef::Empty);
        if self.names.is_empty() {
            return;
        }
        for (key, value) in attributes {
            let key = key.as_bytes();
            if self.lengths & length(key) == 0 {
                continue;
            }
            if let Some(at) = self.names.iter().position(|name| **name == *key)
                && slots[at] == ValueRef::Empty
            {
                slots[at] = match value {
                    ValueRef::Empty if self.keeps_empty => ValueRef::Bytes(&[]),
                    value => value,
                };
            }
        }
    }
}
