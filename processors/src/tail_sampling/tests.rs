//! A tail sampler from outside: requests go in, effects come out, time is told.
//!
//! What has to be tested of a tail sampler, and where it is (beside this folder, `tests/e2e` of the workspace):
//!
//! | what | where |
//! |---|---|
//! | every policy: match, no match, missing, wrong type | `policies`, `failure`, `limits`; against the Collector `e2e/sampling/blocks.rs` |
//! | drop beats sample; all errors; first match; inversion inside | `combining` |
//! | no policies, equal names, unknown status, bad regex | `check`, `file`: told when the file is read |
//! | percentages, hash vectors, a million ids, both scales | `policies`, `../randomness/tests.rs` |
//! | bounds of 0, doubles against integers, least over most | `policies`, `contrib`, `check` |
//! | not before the wait, fractions, root before and after, two roots, no root | `life`, `contrib` (whole ticks) |
//! | clocks that go back; ends before starts, starts of 0, times past 2262 | `life`, `policies`, `contrib`, `e2e/sampling/traces.rs` |
//! | late after keep, not kept, drop, without room to remember; mark and counters | `life`, `marks`, `contrib` |
//! | duplicates | `life`: they count twice, as in the Collector; a late one follows |
//! | ids of zeros, ids that end alike | `life`; of a wrong length: the decoder refuses the record before it is here |
//! | traces of very many spans, exactly at the limit | `life`: what is known of a trace does not grow with it |
//! | a span of 4 MB | none of its own: bytes wait as they came, and the door bounds a request (`e2e/hostile.rs`) |
//! | a trace larger than a burst | `limits` |
//! | one trace too many; the evicted comes back | `life`, `contrib` |
//! | block mode | `check`: it means nothing here, for what does not fit is decided or refused at the door |
//! | a slow or failing exporter | not the sampler's: what it lets go is in the outbox (`e2e/outage.rs`) |
//! | logs: before, after, alone, without a trace, by the thousand, as triggers | `logs`, `life`, `split` |
//! | logs of a trace that another process has | none: processes know nothing of each other, and the log waits for itself |
//! | stop by setting; kill while waiting, writing, letting go | `life`, `e2e/sampled.rs`, `journal/room/tests.rs` of `pipeline` |
//! | torn records, full and failing disks, older and newer stores | `journal/{writer,room,segments}/tests.rs` of `pipeline` |
//! | a restart in the middle; a changed block | `split`, `life` (`an_earlier_life_is_remembered`); what waited is folded by the new block |
//! | a changed block without a restart | none: there is no reload yet |
//! | any split, any order, any number of workers | `split` |
//! | a trace handed on when processes are added | none: there is no ring |
//! | burst and steady rate, order, composite | `limits`; totals against the Collector `e2e/sampling/limits.rs` |
//! | the account adds up; labels | `combining`, `e2e/metrics.rs`, `e2e/metrics_pass.rs` |
//! | random bytes, OTTL, trace states, bodies of logs | `../ottl/tests.rs`, `../randomness/tests.rs`, `../severity/tests.rs`, `fuzz/` |
//! | hostile regexes | linear by construction (`regex`), their size is bounded: `check` |
//! | hours under load | no test: nothing is timed in a test; `benches/tail_sampling.rs` and the README's figures |

mod check;
mod combining;
mod contrib;
mod failure;
mod file;
mod life;
mod limits;
mod logs;
mod marks;
mod policies;
mod split;

use pipeline::config::ComponentId;
use pipeline::ledger::Ledger;
use pipeline::registry::BuildCx;
use pipeline::sampling::{
    Answer, Course, Decision, Effect, Fate, Observed, Observer, OnShutdown, Sampler, Sampling, TraceId, Trigger,
    Verdict,
};
use pipeline::{Batch, Limits, Signal, Timestamp};
use serde_json::{Value as Json, json};

use super::component::Parts;
use super::config::TailSampling;

/// When every test begins, in milliseconds.
const BEGIN: u64 = 1_700_000_000_000;

/// A sampler with its observer, and its metrics.
struct Trial {
    parts: Parts,
    observer: Box<dyn Observer>,
    sampler: Box<dyn Sampler>,
    ledger: std::sync::Arc<Ledger>,
}

fn config(block: &Json) -> TailSampling {
    serde_json::from_value(block.clone()).unwrap()
}

/// A block with one policy called `p`.
fn policy(kind: &str, settings: &Json) -> Json {
    json!({"policies": [{"name": "p", "type": kind, kind: settings}]})
}

/// The same with the Collector's traps.
fn contrib(block: &Json) -> Json {
    let mut block = block.clone();
    block["compat"] = json!("contrib");
    block
}

impl Trial {
    fn new(block: &Json) -> Self {
        let ledger = Ledger::new("test");
        let id = ComponentId::parse("tail_sampling").unwrap();
        let parts = Parts::new(config(block), &BuildCx { id: &id, ledger: &ledger, extensions: &[] }).unwrap();
        let (observer, sampler) = (parts.observer(), parts.sampler(usize::MAX));
        Self { parts, observer, sampler, ledger }
    }

    fn observe(&mut self, signal: Signal, records: &[Json]) -> Observed {
        self.observer.observe(&batch(signal, records))
    }

    /// Takes in a request this many milliseconds after the beginning.
    fn fold(&mut self, signal: Signal, at: u64, records: &[Json]) -> Vec<Effect> {
        let observed = self.observe(signal, records);
        let mut effects = Vec::new();
        self.sampler.fold(signal, &observed, time(at), &mut effects);
        effects
    }

    fn spans(&mut self, at: u64, spans: &[Json]) -> Vec<Effect> {
        self.fold(Signal::Traces, at, spans)
    }

    fn logs(&mut self, at: u64, logs: &[Json]) -> Vec<Effect> {
        self.fold(Signal::Logs, at, logs)
    }

    fn wake(&mut self, at: u64) -> Vec<Effect> {
        let mut effects = Vec::new();
        self.sampler.wake(time(at), &mut effects);
        effects
    }

    /// The value of a series, by its line up to the space.
    fn metric(&self, name: &str) -> u64 {
        let text = self.ledger.text();
        let line = text.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(' '));
        line.unwrap_or_else(|| panic!("no series {name} in\n{text}")).parse().unwrap()
    }
}

fn time(at: u64) -> Timestamp {
    Timestamp((BEGIN + at) * 1_000_000)
}

/// The id of a trace of tests.
fn id(trace: u8) -> TraceId {
    TraceId([trace; 16])
}

/// A span of trace `trace` with these fields beside.
fn span(trace: u8, fields: &Json) -> Json {
    let start = BEGIN * 1_000_000;
    let mut span = json!({
        "traceId": id(trace).to_string(), "spanId": "b7ad6b7169203331", "parentSpanId": "b7ad6b7169203330",
        "name": "chat", "startTimeUnixNano": start.to_string(), "endTimeUnixNano": (start + 1_000_000).to_string(),
    });
    for (key, value) in fields.as_object().unwrap() {
        span[key] = value.clone();
    }
    span
}

/// A span with these attributes, given as a map from keys to OTLP values.
fn with(trace: u8, attributes: &Json) -> Json {
    span(trace, &json!({"attributes": list(attributes)}))
}

fn list(attributes: &Json) -> Json {
    attributes.as_object().unwrap().iter().map(|(key, value)| json!({"key": key, "value": value})).collect()
}

fn text(value: &str) -> Json {
    json!({"stringValue": value})
}

fn int(value: i64) -> Json {
    json!({"intValue": value.to_string()})
}

fn log(trace: u8, fields: &Json) -> Json {
    let mut log = json!({"traceId": id(trace).to_string()});
    for (key, value) in fields.as_object().unwrap() {
        log[key] = value.clone();
    }
    log
}

/// Each record in a resource of its own, which has the attributes of its `resource`.
fn batch(signal: Signal, records: &[Json]) -> Batch {
    let (resources, scopes, items) = match signal {
        Signal::Traces => ("resourceSpans", "scopeSpans", "spans"),
        _ => ("resourceLogs", "scopeLogs", "logRecords"),
    };
    let groups = records.iter().map(|record| {
        let mut record = record.clone();
        let resource = record.as_object_mut().unwrap().remove("resource").unwrap_or_else(|| json!({}));
        json!({"resource": {"attributes": list(&resource)}, scopes: [{items: [record]}]})
    });
    let request = json!({resources: groups.collect::<Vec<_>>()}).to_string();
    let wire = pipeline::batch::json::read(signal, request.as_bytes(), &Limits::default(), &mut |_| true).unwrap();
    Batch::decode(signal, wire.into(), &Limits::default()).unwrap()
}

/// The decisions among effects.
fn decisions(effects: &[Effect]) -> Vec<(&Decision, Course)> {
    effects
        .iter()
        .filter_map(|effect| match effect {
            Effect::Decided(decision, course) => Some((&**decision, *course)),
            _ => None,
        })
        .collect()
}

/// The only decision among effects.
fn decided(effects: &[Effect]) -> (Decision, Course) {
    let [(decision, course)] = decisions(effects)[..] else { panic!("one decision, not {effects:?}") };
    (decision.clone(), course)
}

/// What a block decides of one trace.
fn judged(block: &Json, spans: &[Json]) -> Decision {
    let mut trial = Trial::new(block);
    let mut effects = trial.spans(0, spans);
    effects.extend(trial.wake(100_000));
    decided(&effects).0
}

fn keeps(block: &Json, spans: &[Json]) -> bool {
    judged(block, spans).verdict == Verdict::Sampled
}
