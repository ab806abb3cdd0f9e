//! On a worker: each record is looked at once, and what a request brings of one trace becomes one set of facts.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::sync::Arc;

use pipeline::batch::{Record, SpanFields, ValueRef};
use pipeline::ledger::Counter;
use pipeline::sampling::{Fate, IdHash, Observed, Observer, TraceId};
use pipeline::{Batch, Signal};

use super::compile::billionths;
use super::config::OrphanLogs;
use super::facts::{CONSISTENT, FAILED, FIRM, Facts, NONE, ROOT};
use super::failure::SEVERE;
use super::plan::{Plan, Summed};
use super::policies::Quantifier;
use super::predicate::{Matches, Row, number, severity_of};
use super::randomness::Ot;

/// The `policy` label of log records that are sampled out because they follow no trace.
const ORPHAN: &str = "orphan_logs";

/// A worker's own.
pub(super) struct Watcher {
    plan: Arc<Plan>,
    /// Spans whose trace state cannot be read.
    unparseable: Counter,
    /// Room to work in, kept from request to request.
    places: HashMap<TraceId, u32, IdHash>,
}

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
    slots: Vec<ValueRef<'b>>,
    matches: Vec<Matches>,
}

impl Watcher {
    pub(super) fn new(plan: Arc<Plan>, unparseable: Counter) -> Self {
        Self { plan, unparseable, places: HashMap::default() }
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
        let mut around = Around { index: usize::MAX, slots: Vec::new(), matches: Vec::new() };
        let mut slots = Vec::with_capacity(plan.keys.len());
        let mut rows = Vec::with_capacity(batch.len());
        for record in batch.records() {
            let id = match TraceId::of(record.trace_id()) {
                Some(id) => id,
                // To the Collector that is an id like any other.
                None if plan.contrib => TraceId::default(),
                None => {
                    rows.push(Fate::Leaves);
                    continue;
                }
            };
            around.enter(record, &plan);
            plan.keys.gather(record.attributes(), &mut slots);
            let fields = record.span_fields();
            let row = Row { record, signal: Signal::Traces, slots: &slots, fields, severity: 0 };
            let at = self.place(id, found);
            let facts = &mut found.facts[at];
            if !span(record, &fields, facts, &plan) {
                self.unparseable.inc();
            }
            if plan.contrib {
                found.groups.resize(found.traces.len(), (usize::MAX, usize::MAX));
                facts.span_bytes += around_span(record, &mut found.groups[at]);
            }
            ask(&row, &around.matches, facts, &plan);
            sum(&row, &around.slots, facts, &plan);
            if record.status_code() == 2 || plan.has_failed(&facts.bits) {
                facts.flags |= FAILED;
            }
            rows.push(Fate::Waits { trace: index(at), firm: false });
        }
        rows
    }

    fn logs(&mut self, batch: &Batch, found: &mut Found) -> Vec<Fate> {
        let plan = self.plan.clone();
        let mut slots = Vec::with_capacity(plan.keys.len());
        let mut rows = Vec::with_capacity(batch.len());
        for record in batch.records() {
            let severity = severity_of(&record);
            let floor = plan.floor.is_some_and(|floor| severity >= floor);
            let Some(id) = TraceId::of(record.trace_id()) else {
                rows.push(if floor { Fate::Leaves } else { orphan(plan.config.orphan_logs, severity) });
                continue;
            };
            plan.keys.gather(record.attributes(), &mut slots);
            let (signal, fields) = (Signal::Logs, SpanFields::default());
            let row = Row { record, signal, slots: &slots, fields, severity };
            let at = self.place(id, found);
            let facts = &mut found.facts[at];
            facts.logs = facts.logs.saturating_add(1);
            facts.log_bytes = facts.log_bytes.saturating_add(record.message().len() as u64);
            ask(&row, &[], facts, &plan);
            let firm = plan.firm.is_some_and(|firm| severity >= firm);
            if severity >= SEVERE || plan.has_failed(&facts.bits) {
                facts.flags |= FAILED;
            }
            facts.flags |= if firm { FIRM } else { 0 };
            rows.push(if floor { Fate::Leaves } else { Fate::Waits { trace: index(at), firm } });
        }
        rows
    }
}

impl Observer for Watcher {
    fn observe(&mut self, batch: &Batch) -> Observed {
        let mut found = Found { traces: Vec::new(), facts: Vec::new(), groups: Vec::new(), last: 0 };
        let rows = match batch.signal() {
            Signal::Traces => self.spans(batch, &mut found),
            Signal::Logs => self.logs(batch, &mut found),
            // No processor stands in a pipeline of metrics.
            Signal::Metrics => Vec::new(),
        };
        self.places.clear();
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
        plan.keys.gather(resource.attributes(), &mut self.slots);
        self.matches.clear();
        self.matches.extend(plan.predicates.iter().map(|predicate| predicate.matches_resource(&self.slots)));
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
    if plan.keeps_times {
        facts.times.push((start, end));
    }
    if !fields.trace_state.is_empty() && !plan.contrib {
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

/// Asks every predicate, and notes the answers. `around` are those of the resource, by predicate.
fn ask(row: &Row<'_, '_>, around: &[Matches], facts: &mut Facts, plan: &Plan) {
    for ask in &plan.asks {
        let [(first, _), ..] = ask.of[..] else { continue };
        if !plan.predicates[first].reads(row.signal) {
            continue;
        }
        let settled = || facts.bits.has(ask.bit);
        let once = ask.count == 1 && settled();
        let elsewhere = ask.quantifier == Quantifier::Root && !is_root(row.record);
        if once || elsewhere {
            continue;
        }
        let matches = match conjunction(&ask.of, row, around, plan) {
            Some(matches) if ask.quantifier == Quantifier::All => Matches::from(matches == 0),
            Some(matches) => matches,
            None => {
                note_failed(ask.bit, ask.count, facts, plan);
                continue;
            }
        };
        let stands = |range: &(u32, u32)| range.0 == ask.bit && facts.bits.has(ask.bit + ask.count);
        if matches == 0 || plan.first_wins.iter().any(stands) {
            continue;
        }
        (0..ask.count).filter(|at| matches >> at & 1 == 1).for_each(|at| facts.bits.set(ask.bit + at));
    }
}

/// What matched where one predicate is asked, or 1 where all of several did; none where one cannot be evaluated.
fn conjunction(of: &[(usize, bool)], row: &Row<'_, '_>, around: &[Matches], plan: &Plan) -> Option<Matches> {
    let one = |at: usize| match around.get(at).copied().unwrap_or(0) {
        0 => plan.predicates[at].matches(row).ok(),
        found => Some(found),
    };
    match of {
        [(at, false)] => one(*at),
        _ => of.iter().try_fold(1, |all, (at, invert)| Some(all & Matches::from((one(*at)? != 0) != *invert))),
    }
}

/// A condition that could not be evaluated; to the Collector it counts only where none had matched before.
fn note_failed(bit: u32, count: u32, facts: &mut Facts, plan: &Plan) {
    let matched = plan.first_wins.iter().any(|range| range.0 == bit) && facts.bits.lowest(bit, count).is_some();
    if !matched {
        facts.bits.set(bit + count);
    }
}

/// Adds to the sums, and notes whose budget it is.
fn sum(row: &Row<'_, '_>, around: &[ValueRef<'_>], facts: &mut Facts, plan: &Plan) {
    for (sum, summed) in facts.sums.iter_mut().zip(&plan.sums) {
        let more = match summed {
            Summed::Key(slot) => row.slots.get(*slot).map_or(0, |value| match value {
                ValueRef::Int(number) => i128::from(*number) * 1_000_000_000,
                other => number(other).map_or(0, billionths),
            }),
            Summed::ToolCalls(call) => i128::from(call.is(row.slots)) * 1_000_000_000,
            Summed::Errors => i128::from(row.record.status_code() == 2) * 1_000_000_000,
        };
        *sum = sum.saturating_add(more);
    }
    for (owner, slot) in facts.owners.iter_mut().zip(&plan.owners) {
        let values = [row.slots.get(*slot), around.get(*slot)];
        if let Some(value) = values.into_iter().flatten().find(|value| **value != ValueRef::Empty) {
            *owner = (*owner).min(name_of(value));
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
