//! The attributes that any policy asks for: each record's are walked once, however many policies there are.

use pipeline::batch::{Group, Record, Text, Unread, ValueRef};

use super::words::Words;

/// The keys, each once; a slot is a place in this list.
#[derive(Debug, Default)]
pub(super) struct Keys {
    names: Words,
    /// An attribute without a value is there, as it is to the Collector: as bytes, of which there are none.
    keeps_empty: bool,
}

/// The values of one record, or one resource, by slot. Each is read when it is asked for: most never are.
#[derive(Debug)]
pub(super) struct Slots<'b> {
    values: Vec<Option<Unread<'b>>>,
    /// Which slots have a value, by [`bit`].
    present: u64,
    /// As [`Keys`] have it.
    keeps_empty: bool,
}

/// Slots from this on share a bit.
const SHARED: usize = 63;

/// The bit of a slot in [`Slots::present`].
pub(super) fn bit(slot: usize) -> u64 {
    1 << slot.min(SHARED)
}

impl Keys {
    pub(super) fn new(contrib: bool) -> Self {
        Self { keeps_empty: contrib, ..Self::default() }
    }

    /// The slot of a key.
    pub(super) fn slot(&mut self, key: &str) -> usize {
        self.names.number(key.as_bytes())
    }

    /// Whether the Collector's traps are kept.
    pub(super) fn contrib(&self) -> bool {
        self.keeps_empty
    }

    /// Room for the values of a record.
    pub(super) fn slots<'b>(&self) -> Slots<'b> {
        Slots { values: vec![None; self.names.len()], present: 0, keeps_empty: self.keeps_empty }
    }

    /// Puts the first value of each key into its slot. An empty one is none, but to the Collector.
    #[inline]
    pub(super) fn gather<'b>(&self, record: Record<'b>, slots: &mut Slots<'b>) {
        slots.clear();
        if self.names.len() > 0 {
            record.pick(|key| self.names.find(key), |slot, value| slots.put(slot, value));
        }
    }

    /// The same for what is around records.
    pub(super) fn gather_around<'b>(&self, group: Group<'b>, slots: &mut Slots<'b>) {
        slots.clear();
        if self.names.len() > 0 {
            group.pick(|key| self.names.find(key), |slot, value| slots.put(slot, value));
        }
    }
}

impl<'b> Slots<'b> {
    /// The value in a slot, if there is one.
    #[inline]
    pub(super) fn get(&self, slot: usize) -> Option<ValueRef<'b>> {
        if self.present & bit(slot) == 0 {
            return None;
        }
        match (*self.values.get(slot)?)?.read() {
            ValueRef::Empty if self.keeps_empty => Some(ValueRef::Bytes(&[])),
            ValueRef::Empty => None,
            value => Some(value),
        }
    }

    /// The text in a slot, if there is one.
    #[inline]
    pub(super) fn text(&self, slot: usize) -> Option<Text<'b>> {
        self.get(slot).as_ref().and_then(ValueRef::as_text)
    }

    /// Whether any of the slots of these bits may have a value.
    #[inline]
    pub(super) fn any(&self, bits: u64) -> bool {
        self.present & bits != 0
    }

    fn clear(&mut self) {
        // What a bit of its own says is not there may lie on.
        if self.present & bit(SHARED) != 0 {
            self.values[SHARED..].fill(None);
        }
        self.present = 0;
    }

    #[inline]
    fn put(&mut self, slot: usize, value: Unread<'b>) {
        // The first of a key counts, but for one that is empty, which is none to us.
        let there = self.present & bit(slot) != 0 && (slot < SHARED || self.values[slot].is_some());
        if there && (self.keeps_empty || self.get(slot).is_some()) {
            return;
        }
        self.values[slot] = Some(value);
        self.present |= bit(slot);
    }
}
