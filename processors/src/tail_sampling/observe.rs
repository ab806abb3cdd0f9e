//! On a worker: each record is looked at once, and what a request brings of one trace becomes one set of facts.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::sync::Arc;

use pipeline::batch::{Record, SpanFields, ValueRef};
use pipeline::ledger::Counter;
use pipeline::sampling::{Fate, IdHash, Observed, Observer, TraceId};
use pipeline::{Batch, Signal};

use super::compile::{Compiled, billionths};
use super::config::OrphanLogs;
use super::facts::{CONSISTENT, FAILED, FIRM, Facts, NONE, ROOT};
use super::failure::SEVERE;
use super::keys::Slots;
use super::plan::{Plan, Summed};
use super::policies::Quantifier;
use super::predicate::{Matches, Row, number};
use super::randomness::Ot;
use super::severity;
use crate::redaction::memo::Memo;

/// The `policy` label of log records that are sampled out because they follow no trace.
const ORPHAN: &str = "orphan_logs";

/// A worker's own.
pub(super) struct Watcher {
    plan: Arc<Plan>,
    /// Spans whose trace state cannot be read.
    unparseable: Counter,
    /// Room to work in, kept from request to request.
    places: HashMap<TraceId, u32, IdHash>,
    /// Traces of the last request.
    usual: usize,
    /// For each predicate of which it is worth it, what matched of the texts that come again and again.
    remembered: Vec<Option<Remembered>>,
}

/// What matched, by text: enough for the values of one attribute that are more than a few.
type Remembered = Memo<Matches, 64, 128>;

/// What of a request is known so far.
struct Found {
    traces: Vec<TraceId>,
    facts: Vec<Facts>,
    /// For each trace, the resource and the scope of its last span, where it matters.
    groups: Vec<(usize, usize)>,
    last: usize,
}

/// What is looked up once for all spans of a resource.
struct Around<'b> {
    index: usize,
    slots: Slots<'b>,
    matches: Vec<Matches>,
}

/// What answers of a record are made of and noted in.
struct Asking<'a> {
    plan: &'a Plan,
    /// What matched of the resource, by predicate.
    around: &'a [Matches],
    remembered: &'a mut [Option<Remembered>],
}

impl Watcher {
    pub(super) fn new(plan: Arc<Plan>, unparseable: Counter) -> Self {
        let remembered = plan.sole_texts.iter().map(|slot| slot.map(|_| Remembered::default())).collect();
        Self { plan, unparseable, places: HashMap::default(), usual: 0, remembered }
    }

    /// The place of a trace's facts.
    fn place(&mut self, id: TraceId, found: &mut Found) -> usize {
        if found.traces.get(found.last) == Some(&id) {
            return found.last;
        }
        found.last = match self.places.entry(id) {
            Entry::Occupied(known) => *known.get() as usize,
            Entry::Vacant(new) => {
                // A request holds at most 2^20 records.
                new.insert(u32::try_from(found.traces.len()).unwrap_or(u32::MAX));
                found.traces.push(id);
                found.facts.push(Facts::new(&self.plan));
                found.traces.len() - 1
            }
        };
        found.last
    }

    fn spans(&mut self, batch: &Batch, found: &mut Found) -> Vec<Fate> {
        let plan = self.plan.clone();
        let Compiled { keys, contrib, .. } = &plan.compiled;
        let mut around = Around { index: usize::MAX, slots: keys.slots(), matches: Vec::new() };
        let mut slots = keys.slots();
        let mut rows = Vec::with_capacity(batch.len());
        for record in batch.records() {
            let id = match TraceId::of(record.trace_id()) {
                Some(id) => id,
                // To the Collector that is an id like any other.
                None if *contrib => TraceId::default(),
                None => {
                    rows.push(Fate::Leaves);
                    continue;
                }
            };
            around.enter(record, &plan);
            keys.gather(record, &mut slots);
            let fields = record.span_fields();
            let row = Row { record, signal: Signal::Traces, slots: &slots, around: &around.slots, fields, severity: 0 };
            let at = self.place(id, found);
            let facts = &mut found.facts[at];
            if !span(record, &fields, facts, &plan) {
                self.unparseable.inc();
            }
            if *contrib {
                found.groups.resize(found.traces.len(), (usize::MAX, usize::MAX));
                facts.span_bytes += around_span(record, &mut found.groups[at]);
            }
            Asking { plan: &plan, around: &around.matches, remembered: &mut self.remembered }.ask(&row, facts);
            sum(&row, facts, &plan);
            if record.status_code() == 2 || plan.has_failed(&facts.bits) {
                facts.flags |= FAILED;
            }
            rows.push(Fate::Waits { trace: index(at), firm: false });
        }
        rows
    }

    fn logs(&mut self, batch: &Batch, found: &mut Found) -> Vec<Fate> {
        let plan = self.plan.clone();
        let keys = &plan.compiled.keys;
        let (mut slots, around) = (keys.slots(), keys.slots());
        let mut rows = Vec::with_capacity(batch.len());
        for record in batch.records() {
            let severity = severity::of(&record);
            let floor = plan.floor.is_some_and(|floor| severity >= floor);
            let Some(id) = TraceId::of(record.trace_id()) else {
                rows.push(if floor { Fate::Leaves } else { orphan(plan.config.orphan_logs, severity) });
                continue;
            };
            keys.gather(record, &mut slots);
            let (signal, fields) = (Signal::Logs, SpanFields::default());
            let row = Row { record, signal, slots: &slots, around: &around, fields, severity };
            let at = self.place(id, found);
            let facts = &mut found.facts[at];
            facts.logs = facts.logs.saturating_add(1);
            facts.log_bytes = facts.log_bytes.saturating_add(record.message().len() as u64);
            Asking { plan: &plan, around: &[], remembered: &mut self.remembered }.ask(&row, facts);
            let firm = plan.firm.is_some_and(|firm| severity >= firm);
            if severity >= SEVERE || plan.has_failed(&facts.bits) {
                facts.flags |= FAILED;
            }
            facts.flags |= if firm { FIRM } else { 0 };
            let trace = index(at);
            rows.push(if floor { Fate::Ahead { trace } } else { Fate::Waits { trace, firm } });
        }
        rows
    }
}

impl Observer for Watcher {
    fn observe(&mut self, batch: &Batch) -> Observed {
        let (traces, facts) = (Vec::with_capacity(self.usual), Vec::with_capacity(self.usual));
        let mut found = Found { traces, facts, groups: Vec::new(), last: 0 };
        let rows = match batch.signal() {
            Signal::Traces => self.spans(batch, &mut found),
            Signal::Logs => self.logs(batch, &mut found),
            // No processor stands in a pipeline of metrics.
            Signal::Metrics => Vec::new(),
        };
        self.places.clear();
        self.usual = found.traces.len();
        Observed { rows, traces: found.traces, facts: Box::new(found.facts) }
    }
}

impl<'b> Around<'b> {
    fn enter(&mut self, record: Record<'b>, plan: &Plan) {
        let resource = record.resource();
        if resource.index() == self.index {
            return;
        }
        self.index = resource.index();
        plan.compiled.keys.gather_around(resource, &mut self.slots);
        self.matches.clear();
        self.matches.extend(plan.compiled.predicates.iter().map(|predicate| predicate.matches_resource(&self.slots)));
    }
}

/// Places count to 2^20 at most.
fn index(at: usize) -> u32 {
    u32::try_from(at).unwrap_or(u32::MAX)
}

fn orphan(rule: OrphanLogs, severity: i32) -> Fate {
    match rule {
        OrphanLogs::Keep => Fate::Leaves,
        OrphanLogs::KeepFrom(least) if severity >= least.number() => Fate::Leaves,
        OrphanLogs::Drop | OrphanLogs::KeepFrom(_) => Fate::Goes(ORPHAN),
    }
}

/// Whether a span has no parent.
fn is_root(record: Record<'_>) -> bool {
    record.parent_span_id().iter().all(|byte| *byte == 0)
}

/// What counts of every span; whether its trace state can be read.
fn span(record: Record<'_>, fields: &SpanFields<'_>, facts: &mut Facts, plan: &Plan) -> bool {
    let (start, end) = (record.start_time().0, record.end_time().0);
    facts.spans = facts.spans.saturating_add(1);
    facts.span_bytes = facts.span_bytes.saturating_add(record.message().len() as u64);
    facts.end = facts.end.max(end);
    // A span that starts at 0 says nothing of when the trace did.
    if start > 0 {
        facts.start = facts.start.min(start);
    }
    if is_root(record) {
        facts.flags |= ROOT;
    }
    if plan.compiled.keeps_times {
        facts.times.push((start, end));
    }
    if !fields.trace_state.is_empty() && !plan.compiled.contrib {
        // One that cannot be read is passed on as it is.
        let Ok(ot) = Ot::parse(fields.trace_state.as_str()) else { return false };
        let ot = ot.unwrap_or_default();
        if ot.th.is_some() || ot.rv.is_some() {
            facts.flags |= CONSISTENT;
            facts.randomness = facts.randomness.min(ot.rv.unwrap_or(NONE));
        }
    }
    true
}

/// Bytes of the key and the length of a `ScopeSpans` of up to 16 KB.
const SCOPE_SPANS: usize = 3;

/// What the Collector counts beside a span's message: its key and length, a parent that is not set, and for each piece
/// of a trace the resource and the scopes again. To a few bytes: it writes a status that is not set, too.
fn around_span(record: Record<'_>, last: &mut (usize, usize)) -> u64 {
    let field = |length: usize| 1 + (length.max(1).ilog2() / 7 + 1) as usize + length;
    let message = record.message().len();
    let mut bytes = field(message) - message;
    bytes += if record.parent_span_id().is_empty() { 2 } else { 0 };
    let (resource, scope) = (record.resource(), record.scope());
    let here = (resource.index(), scope.index());
    bytes += if here.0 == last.0 { 0 } else { field(resource.message_len()) };
    bytes += if here == *last { 0 } else { field(scope.message_len()) + SCOPE_SPANS };
    *last = here;
    bytes as u64
}

impl Asking<'_> {
    /// Asks every predicate, and notes the answers.
    fn ask(&mut self, row: &Row<'_, '_>, facts: &mut Facts) {
        let plan = self.plan;
        for ask in &plan.compiled.asks {
            let there = |slots: &Slots<'_>| slots.any(ask.sight.slots);
            let seen = ask.sight.beyond || there(row.slots) || there(row.around);
            if !ask.reads[usize::from(row.signal == Signal::Logs)] || !seen {
                continue;
            }
            let once = ask.count == 1 && facts.bits.has(ask.bit);
            let elsewhere = ask.quantifier == Quantifier::Root && !is_root(row.record);
            if once || elsewhere {
                continue;
            }
            let matches = match self.conjunction(&ask.of, ask.count, row) {
                Some(matches) if ask.quantifier == Quantifier::All => Matches::from(matches == 0),
                Some(matches) => matches,
                None => {
                    note_failed(ask.bit, ask.count, facts, plan);
                    continue;
                }
            };
            let stands = |range: &(u32, u32)| range.0 == ask.bit && facts.bits.has(ask.bit + ask.count);
            if matches == 0 || plan.compiled.first_wins.iter().any(stands) {
                continue;
            }
            (0..ask.count).filter(|at| matches >> at & 1 == 1).for_each(|at| facts.bits.set(ask.bit + at));
        }
    }

    /// What matched where one predicate is asked for each of its entries, or 1 where all of several did; none where one
    /// cannot be evaluated.
    fn conjunction(&mut self, of: &[(usize, bool)], entries: u32, row: &Row<'_, '_>) -> Option<Matches> {
        match of {
            [(at, false)] if entries > 1 => self.one(*at, row),
            _ => of
                .iter()
                .try_fold(1, |all, (at, invert)| Some(all & Matches::from((self.one(*at, row)? != 0) != *invert))),
        }
    }

    fn one(&mut self, at: usize, row: &Row<'_, '_>) -> Option<Matches> {
        if let Some(found) = self.around.get(at).filter(|found| **found != 0) {
            return Some(*found);
        }
        let predicate = &self.plan.compiled.predicates[at];
        let text = self.plan.sole_texts[at].and_then(|slot| row.slots.text(slot));
        let (Some(text), Some(remembered)) = (text, &mut self.remembered[at]) else {
            return predicate.matches(row).ok();
        };
        let known = remembered.get(text.as_bytes());
        known.or_else(|| {
            let matches = predicate.matches(row).ok()?;
            remembered.put(text.as_bytes(), matches);
            Some(matches)
        })
    }
}

/// A condition that could not be evaluated; to the Collector it counts only where none had matched before.
fn note_failed(bit: u32, count: u32, facts: &mut Facts, plan: &Plan) {
    let matched =
        plan.compiled.first_wins.iter().any(|range| range.0 == bit) && facts.bits.lowest(bit, count).is_some();
    if !matched {
        facts.bits.set(bit + count);
    }
}

/// Adds to the sums, and notes whose budget it is.
fn sum(row: &Row<'_, '_>, facts: &mut Facts, plan: &Plan) {
    for (sum, summed) in facts.sums.iter_mut().zip(&plan.compiled.sums) {
        let more = match summed {
            Summed::Key(slot) => row.slots.get(*slot).map_or(0, |value| match value {
                ValueRef::Int(number) => i128::from(number) * 1_000_000_000,
                other => number(&other).map_or(0, billionths),
            }),
            Summed::ToolCalls(call) => i128::from(call.is(row.slots)) * 1_000_000_000,
            Summed::Errors => i128::from(row.record.status_code() == 2) * 1_000_000_000,
        };
        *sum = sum.saturating_add(more);
    }
    for (owner, slot) in facts.owners.iter_mut().zip(&plan.compiled.owners) {
        if let Some(value) = row.slots.get(*slot).or_else(|| row.around.get(*slot)) {
            *owner = (*owner).min(name_of(&value));
        }
    }
}

/// A hash of a value: whose budget it is.
fn name_of(value: &ValueRef<'_>) -> u64 {
    let hash = |bytes: &[u8]| {
        bytes
            .iter()
            .fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3))
    };
    let hash = match value {
        ValueRef::String(text) => hash(text.as_bytes()),
        ValueRef::Bytes(bytes) => hash(bytes),
        ValueRef::Int(number) => hash(&number.to_le_bytes()),
        ValueRef::Bool(value) => hash(&[u8::from(*value)]),
        ValueRef::Double(number) => hash(&number.to_bits().to_le_bytes()),
        _ => 0,
    };
    hash.min(NONE - 1)
}
