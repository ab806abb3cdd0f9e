//! A batch as OTLP bytes again: clean stretches of the wire copied whole, edited bodies between them, and the
//! lengths around them made right.
//!
//! Two passes over the groups: how long each becomes, then the writing. A group in which nothing changed is
//! copied with its key and length, neighbours in one copy.

use bytes::Bytes;

use super::overlay::Overlay;
use super::tables::{CHILD_TAG, CLEAN, Group, ROOT, Run, SCOPE, Tables};
use super::wire::{field_len, put_head};
use super::{Batch, Selection};

/// What becomes of a group.
#[derive(Clone, Copy)]
enum Plan {
    /// Nothing of it is wanted.
    Skip,
    /// It leaves as it came.
    Whole,
    /// It is put together again, this many bytes without key and length.
    Rebuilt(usize),
}

/// The bytes of `batch`, or of the rows chosen.
pub(super) fn splice(batch: &Batch, chosen: Option<&Selection>) -> Bytes {
    // Every edit touches the groups above it, up to the root.
    if chosen.is_none() && batch.tables.levels[ROOT].groups.first().is_none_or(|root| !root.touched) {
        return batch.wire.clone();
    }
    let mut splicer = Splicer {
        wire: &batch.wire,
        tables: &batch.tables,
        overlay: &batch.overlay,
        chosen,
        plans: [Vec::new(), Vec::new(), Vec::new()],
        pending: Run { at: 0, end: 0 },
        out: Vec::new(),
    };
    for level in (ROOT..=SCOPE).rev() {
        splicer.plans[level] =
            splicer.tables.levels[level].groups.iter().map(|group| splicer.plan(level, group)).collect();
    }
    match splicer.plans[ROOT].first() {
        Some(Plan::Rebuilt(length)) => splicer.out.reserve_exact(*length),
        Some(Plan::Whole) | None => return batch.wire.clone(),
        Some(Plan::Skip) => return Bytes::new(),
    }
    if let Some(root) = splicer.tables.levels[ROOT].groups.first() {
        splicer.write_inside(ROOT, 0, root);
    }
    splicer.flush();
    Bytes::from(splicer.out)
}

struct Splicer<'a> {
    wire: &'a [u8],
    tables: &'a Tables,
    overlay: &'a Overlay,
    chosen: Option<&'a Selection>,
    plans: [Vec<Plan>; 3],
    /// Wire bytes to copy, not yet copied: the next piece may continue them.
    pending: Run,
    out: Vec<u8>,
}

impl<'a> Splicer<'a> {
    /// Decides on a group; the level below is decided.
    fn plan(&self, level: usize, group: &Group) -> Plan {
        let (mut kept, mut whole, mut children) = (0, 0, 0);
        let count = group.children.1 - group.children.0;
        for child in group.children.0..group.children.1 {
            match self.child_plan(level, child as usize) {
                Plan::Skip => {}
                Plan::Whole => {
                    whole += 1;
                    children += self.child_field(level, child as usize).len();
                }
                Plan::Rebuilt(length) => {
                    kept += 1;
                    children += field_len(length);
                }
            }
        }
        if whole == count && !group.touched {
            return match self.chosen {
                // Groups without a record are nobody's choice.
                Some(_) if count == 0 && level != ROOT => Plan::Skip,
                _ => Plan::Whole,
            };
        }
        let emptied = kept + whole == 0 && (self.chosen.is_some() || group.thinned);
        if emptied && level != ROOT { Plan::Skip } else { Plan::Rebuilt(self.own_len(group, level) + children) }
    }

    fn child_plan(&self, level: usize, child: usize) -> Plan {
        if level != SCOPE {
            return self.plans[level + 1].get(child).copied().unwrap_or(Plan::Skip);
        }
        match self.tables.rows.get(child) {
            Some(_) if self.chosen.is_some_and(|chosen| !chosen.contains(child)) => Plan::Skip,
            Some(row) if row.edit != CLEAN => Plan::Rebuilt(self.overlay.body(row.edit).len()),
            Some(_) => Plan::Whole,
            None => Plan::Skip,
        }
    }

    fn child_field(&self, level: usize, child: usize) -> Run {
        let field = match level {
            SCOPE => self.tables.rows.get(child).map(|row| row.field),
            _ => self.tables.levels[level + 1].groups.get(child).map(|group| group.field),
        };
        field.unwrap_or(Run { at: 0, end: 0 })
    }

    fn runs(&self, level: usize, group: &Group) -> &'a [Run] {
        let (from, to) = group.own;
        self.tables.levels[level].runs.get(from as usize..to as usize).unwrap_or_default()
    }

    fn own_len(&self, group: &Group, level: usize) -> usize {
        match group.edit {
            CLEAN => self.runs(level, group).iter().map(|run| run.len()).sum(),
            slot => self.overlay.body(slot).len(),
        }
    }

    /// Writes the inside of a group that is put together again: fields in the order they had, except that
    /// edited own fields come first, in one piece.
    fn write_inside(&mut self, level: usize, index: usize, group: &Group) {
        let mut runs = match group.edit {
            CLEAN => self.runs(level, group).iter(),
            slot => {
                let overlay = self.overlay;
                self.put(overlay.body(slot));
                [].iter()
            }
        };
        debug_assert!(level != ROOT || index == 0);
        let mut next_run = runs.next();
        for child in group.children.0..group.children.1 {
            let field = self.child_field(level, child as usize);
            while let Some(run) = next_run.filter(|run| run.at < field.at) {
                self.copy(*run);
                next_run = runs.next();
            }
            match self.child_plan(level, child as usize) {
                Plan::Skip => {}
                Plan::Whole => self.copy(field),
                Plan::Rebuilt(length) => self.write_child(level, child as usize, length),
            }
        }
        while let Some(run) = next_run {
            self.copy(*run);
            next_run = runs.next();
        }
    }

    fn write_child(&mut self, level: usize, child: usize, length: usize) {
        self.flush();
        put_head(&mut self.out, CHILD_TAG[level], length);
        if level == SCOPE {
            let slot = self.tables.rows.get(child).map_or(CLEAN, |row| row.edit);
            let overlay = self.overlay;
            return self.put(overlay.body(slot));
        }
        let tables = self.tables;
        if let Some(group) = tables.levels[level + 1].groups.get(child) {
            self.write_inside(level + 1, child, group);
        }
    }

    #[inline]
    fn copy(&mut self, run: Run) {
        if run.at == self.pending.end {
            self.pending.end = run.end;
        } else {
            self.flush();
            self.pending = run;
        }
    }

    fn put(&mut self, bytes: &[u8]) {
        self.flush();
        self.out.extend_from_slice(bytes);
    }

    fn flush(&mut self) {
        let pending = std::mem::replace(&mut self.pending, Run { at: 0, end: 0 });
        self.out.extend_from_slice(pending.of(self.wire));
    }
}
