//! The flat tables of a batch: where its records, groups and attributes lie in the received bytes.
//!
//! Everything is an offset into the wire, 80 bytes a record and 16 an attribute; what is asked for rarely
//! (events, links, nested values) has no table and is read again from the record's bytes.

/// No overlay body: the wire's bytes are current.
pub(super) const CLEAN: u32 = u32::MAX;
/// The record's attributes are not in the table and have to be walked.
pub(super) const UNTABLED: u32 = u32::MAX;

/// Bits of [`Row::rare`].
pub(super) const TRACE_STATE: u32 = 1;
pub(super) const EVENTS: u32 = 2;

/// Levels of [`Tables::levels`].
pub(super) const ROOT: usize = 0;
pub(super) const RESOURCE: usize = 1;
pub(super) const SCOPE: usize = 2;

/// The field number under which each level holds the next: `resource_*`, `scope_*`, then `spans`/`log_records`.
pub(super) const CHILD_TAG: [u32; 3] = [1, 2, 2];

/// Bytes from `at` to `end` of the wire.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Run {
    pub(super) at: u32,
    pub(super) end: u32,
}

impl Run {
    #[inline(always)]
    pub(super) fn of(self, wire: &[u8]) -> &[u8] {
        wire.get(self.at as usize..self.end as usize).unwrap_or_default()
    }

    #[inline(always)]
    pub(super) fn len(self) -> usize {
        (self.end - self.at) as usize
    }

    /// The same bytes, counted from `before` bytes further left.
    #[inline(always)]
    pub(super) fn behind(self, before: usize) -> Self {
        Self { at: self.at + before as u32, end: self.end + before as u32 }
    }
}

/// A span or a log record.
#[derive(Clone, Copy)]
pub(super) struct Row {
    /// The record's field in its scope, key included.
    pub(super) field: Run,
    /// Where the message begins; it ends where the field does.
    pub(super) body_at: u32,
    pub(super) scope: u32,
    /// First entry in [`Tables::attributes`].
    pub(super) attributes_at: u32,
    /// How many entries, or [`UNTABLED`].
    pub(super) attributes: u32,
    // Ids are 16 or 8 bytes at these places; 0 (where no id can stand) is "none". Ids are never edited.
    pub(super) trace_id: u32,
    pub(super) span_id: u32,
    pub(super) parent_span_id: u32,
    /// `Span.name` or `LogRecord.event_name`, as received.
    pub(super) name: Run,
    /// `SpanKind`; 0 for logs.
    pub(super) kind: i32,
    /// `StatusCode` of a span, `SeverityNumber` of a log record.
    pub(super) grade: i32,
    /// `Span.flags`; 0 for logs.
    pub(super) flags: u32,
    /// Which rare fields a span has: [`TRACE_STATE`], [`EVENTS`].
    pub(super) rare: u32,
    /// Index into the overlay's bodies, or [`CLEAN`].
    pub(super) edit: u32,
    /// `start_time_unix_nano`, or a log record's `time_unix_nano`.
    pub(super) start: u64,
    /// `end_time_unix_nano`, or a log record's `observed_time_unix_nano`.
    pub(super) end: u64,
}

impl Row {
    #[inline]
    pub(super) fn new(field: Run, body_at: u32, scope: u32, attributes_at: u32) -> Self {
        Self {
            field,
            body_at,
            scope,
            attributes_at,
            attributes: 0,
            trace_id: 0,
            span_id: 0,
            parent_span_id: 0,
            name: Run { at: 0, end: 0 },
            kind: 0,
            grade: 0,
            flags: 0,
            rare: 0,
            edit: CLEAN,
            start: 0,
            end: 0,
        }
    }

    /// The message as received.
    #[inline(always)]
    pub(super) fn body(&self) -> Run {
        Run { at: self.body_at, end: self.field.end }
    }
}

/// One top-level attribute of a record: its key, and the `AnyValue` message of its value.
#[derive(Clone, Copy)]
pub(super) struct Attribute {
    pub(super) key: Run,
    pub(super) value: Run,
}

/// The request, a resource's group or a scope's group: a message that holds others, and fields of its own.
#[derive(Clone, Copy)]
pub(super) struct Group {
    /// The group's field in its parent, key included; the whole request at [`ROOT`].
    pub(super) field: Run,
    /// Index of the group around it.
    pub(super) parent: u32,
    /// The groups of the next level inside, or at [`SCOPE`] the rows, from..to.
    pub(super) children: (u32, u32),
    /// Its own fields (all but the children) as entries of [`Level::runs`], from..to.
    pub(super) own: (u32, u32),
    /// The overlay body that stands for its own fields, or [`CLEAN`].
    pub(super) edit: u32,
    /// Something in it differs from the wire.
    pub(super) touched: bool,
    /// Records were taken out of it.
    pub(super) thinned: bool,
}

/// The groups of one level, in wire order, and the runs of bytes that are their own fields.
#[derive(Clone, Default)]
pub(super) struct Level {
    pub(super) groups: Vec<Group>,
    pub(super) runs: Vec<Run>,
}

/// See the head of this file.
#[derive(Clone, Default)]
pub(super) struct Tables {
    pub(super) rows: Vec<Row>,
    pub(super) attributes: Vec<Attribute>,
    pub(super) levels: [Level; 3],
}

impl Tables {
    /// The group at `level` around row `row`'s scope; `None` never happens for rows of the table.
    pub(super) fn group_of(&self, row: usize, level: usize) -> Option<usize> {
        let scope = self.rows.get(row)?.scope as usize;
        match level {
            SCOPE => Some(scope),
            _ => self.levels[SCOPE].groups.get(scope).map(|group| group.parent as usize),
        }
    }

    /// The bytes a group's own fields had on the wire.
    pub(super) fn own_runs(&self, level: usize, group: usize) -> &[Run] {
        let level = &self.levels[level];
        let own = level.groups.get(group).map_or((0, 0), |group| group.own);
        level.runs.get(own.0 as usize..own.1 as usize).unwrap_or_default()
    }

    /// Notes that `group` of `level` and all around it differ from the wire.
    pub(super) fn touch(&mut self, level: usize, group: usize) {
        let mut at = group;
        for level in (0..=level).rev() {
            let Some(group) = self.levels[level].groups.get_mut(at) else { return };
            group.touched = true;
            at = group.parent as usize;
        }
    }

    /// Leaves out `group` of `level` once it has no rows, and all below it.
    pub(super) fn spoil(&mut self, level: usize, group: usize) {
        self.touch(level, group);
        let Some(spoilt) = self.levels[level].groups.get_mut(group) else { return };
        spoilt.thinned = true;
        if level == RESOURCE {
            let (from, to) = spoilt.children;
            (from..to).for_each(|scope| self.spoil(SCOPE, scope as usize));
        }
    }

    /// Keeps the rows that `keep` names by number, in order.
    pub(super) fn retain(&mut self, keep: impl Fn(usize) -> bool) {
        let (mut old, mut new) = (0, 0);
        for scope in 0..self.levels[SCOPE].groups.len() {
            let Some(group) = self.levels[SCOPE].groups.get_mut(scope) else { return };
            let (from, to) = (new, group.children.1 as usize);
            while old < to {
                if keep(old) {
                    self.rows.swap(new, old);
                    new += 1;
                }
                old += 1;
            }
            let thinned = (new - from) != (group.children.1 - group.children.0) as usize;
            group.children = (from as u32, new as u32);
            if thinned {
                self.thin(scope);
            }
        }
        self.rows.truncate(new);
    }

    /// Notes that records were taken out of a scope.
    fn thin(&mut self, scope: usize) {
        self.touch(SCOPE, scope);
        let resource = self.levels[SCOPE].groups.get(scope).map_or(0, |group| group.parent as usize);
        for (level, index) in [(SCOPE, scope), (RESOURCE, resource)] {
            if let Some(group) = self.levels[level].groups.get_mut(index) {
                group.thinned = true;
            }
        }
    }

    /// Bytes the tables occupy, spare room included.
    pub(super) fn heap_bytes(&self) -> usize {
        let levels: usize = self
            .levels
            .iter()
            .map(|level| level.groups.capacity() * size_of::<Group>() + level.runs.capacity() * size_of::<Run>())
            .sum();
        self.rows.capacity() * size_of::<Row>() + self.attributes.capacity() * size_of::<Attribute>() + levels
    }
}
