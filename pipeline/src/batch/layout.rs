//! Where the records of a sealed request lie, so that some of them can be taken out of it later without decoding it again,
//! and requests made of records that were taken out.

use super::tables::{CHILD_TAG, RESOURCE, ROOT, SCOPE};
use super::wire::{LEN, Reader, field_len, put_head};

/// Bytes of a request, from..to.
pub type Range = (u32, u32);

/// The records of one export request of spans or logs, and what surrounds them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Layout {
    /// Each record's field, key and length included, and which of [`Envelopes::scopes`] it is in; in order.
    pub records: Vec<(Range, u32)>,
    /// What surrounds them.
    pub envelopes: Envelopes,
}

/// The resources and scopes of one request, by where their own fields lie.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Envelopes {
    /// For each scope: its resource, and its own fields as entries of `runs`.
    scopes: Box<[(u32, Range)]>,
    /// For each resource: its own fields as entries of `runs`.
    resources: Box<[Range]>,
    runs: Box<[Range]>,
}

impl Layout {
    /// Reads the layout of `body`, a request that was decoded before.
    pub fn of(body: &[u8]) -> Self {
        let mut reading = Reading { body, ..Reading::default() };
        reading.level(ROOT, 0, body.len());
        let Reading { records, scopes, resources, runs, .. } = reading;
        let envelopes = Envelopes { scopes: scopes.into(), resources: resources.into(), runs: runs.into() };
        Self { records, envelopes }
    }
}

impl Envelopes {
    /// The resource around a scope.
    pub fn resource_of(&self, scope: u32) -> u32 {
        self.scopes.get(scope as usize).map_or(0, |scope| scope.0)
    }

    /// Where the own fields of a resource lie.
    pub fn resource(&self, index: u32) -> &[Range] {
        self.slice(self.resources.get(index as usize).copied())
    }

    /// Where the own fields of a scope lie.
    pub fn scope(&self, index: u32) -> &[Range] {
        self.slice(self.scopes.get(index as usize).map(|scope| scope.1))
    }

    /// Bytes of RAM it takes.
    pub fn heap_bytes(&self) -> usize {
        self.scopes.len() * size_of::<(u32, Range)>() + (self.resources.len() + self.runs.len()) * size_of::<Range>()
    }

    fn slice(&self, entries: Option<Range>) -> &[Range] {
        entries.and_then(|(from, to)| self.runs.get(from as usize..to as usize)).unwrap_or_default()
    }
}

#[derive(Default)]
struct Reading<'a> {
    body: &'a [u8],
    records: Vec<(Range, u32)>,
    scopes: Vec<(u32, Range)>,
    resources: Vec<Range>,
    runs: Vec<Range>,
}

impl Reading<'_> {
    /// Notes what the message at `at` holds, which is of `level`: its own fields, then those of the next level.
    fn level(&mut self, level: usize, at: usize, end: usize) {
        let body = self.body.get(..end).unwrap_or_default();
        let from = self.runs.len();
        let (mut fields, mut children) = (Reader::new(body, at, usize::MAX), Vec::new());
        let scope = self.scopes.len() as u32;
        while let Some(field) = fields.next_checked() {
            let run = (field.start as u32, field.end as u32);
            match (field.tag == CHILD_TAG[level] && field.wire == LEN, level) {
                (true, SCOPE) => self.records.push((run, scope)),
                (true, _) => children.push((field.body, field.end)),
                (false, ROOT) => {}
                (false, _) => match self.runs[from..].last_mut() {
                    Some(last) if last.1 == run.0 => last.1 = run.1,
                    _ => self.runs.push(run),
                },
            }
        }
        let own = (from as u32, self.runs.len() as u32);
        match level {
            RESOURCE => self.resources.push(own),
            SCOPE => self.scopes.push((self.resources.len().saturating_sub(1) as u32, own)),
            _ => {}
        }
        for (at, end) in children {
            self.level(level + 1, at, end);
        }
    }
}

/// Records to be taken out of a request, in order: which scope, and where.
type Chosen = (u32, Range);

impl Envelopes {
    /// Adds to `out`, a request, the records at `chosen` with what surrounds them. `read` adds bytes of the request they
    /// are in; whether it could.
    pub fn gather(
        &self,
        chosen: &[Chosen],
        mut read: impl FnMut(Range, &mut Vec<u8>) -> bool,
        out: &mut Vec<u8>,
    ) -> bool {
        let mut sound = true;
        for group in chosen.chunk_by(|one, other| self.resource_of(one.0) == self.resource_of(other.0)) {
            let resource = self.resource(group.first().map_or(0, |first| self.resource_of(first.0)));
            let scopes = || group.chunk_by(|one, other| one.0 == other.0);
            let inside: usize = scopes().map(|scope| field_len(self.scope_len(scope))).sum();
            // Lengths stand before what they measure, so they are summed up first and nothing is copied twice.
            let length = length(resource) + inside;
            out.reserve(field_len(length));
            put_head(out, CHILD_TAG[ROOT], length);
            sound &= resource.iter().all(|run| read(*run, out));
            for scope in scopes() {
                put_head(out, CHILD_TAG[RESOURCE], self.scope_len(scope));
                let own = scope.first().map_or(&[] as &[Range], |first| self.scope(first.0));
                sound &= own.iter().chain(scope.iter().map(|(_, run)| run)).all(|run| read(*run, out));
            }
        }
        sound
    }

    /// Bytes of a scope with these of its records.
    fn scope_len(&self, chosen: &[Chosen]) -> usize {
        let own = chosen.first().map_or(0, |first| length(self.scope(first.0)));
        own + chosen.iter().map(|(_, (at, end))| (end - at) as usize).sum::<usize>()
    }
}

fn length(runs: &[Range]) -> usize {
    runs.iter().map(|(at, end)| (end - at) as usize).sum()
}
