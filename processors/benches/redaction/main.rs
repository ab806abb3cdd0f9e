//! What redaction costs: a byte of long values, and a span.
//!
//! ```sh
//! cargo bench -p processors --bench redaction              # all of it
//! cargo bench -p processors --bench redaction -- values    # some of it
//! ```
//!
//! Everything goes through the processor as the pipeline runs it, over decoded batches; all of the text is made here.
//! Throughput is of one core. `baseline` is a search for a byte that is not there and a copy: what the machine can do.
//!
//! What has to hold:
//! - `values`: `clean` at 1 GB/s with ten detectors and 400 MB/s with all of them; `accents` and `cjk` at half of that
//!   or more; nothing in `hostile_ten`, `hostile_default` and `hostile_all` (ways to nearly be something, or to be it all
//!   over) at less than a twentieth of these floors. The brief asks for a twentieth of `clean` itself; the README says
//!   which kinds are slower.
//! - `spans`: 1,160 bytes, 12 attributes, one of them a 600-byte prompt. All default detectors: 1.11 Mitem/s (900 ns a
//!   span); ten patterns of a Collector's block, as `rules` or `blocked_values`: 2.7 Mitem/s (370 ns), where prost takes
//!   720; with ids that come again, as those of the request do with which that was set (`same_ids`). `naive` is one
//!   regex after another over the values alone, as the Collector does, without the reading and writing of spans.

mod hostile;
mod spans;
mod texts;
mod values;

use pipeline::component::Processor;
use pipeline::config::ComponentId;
use pipeline::ledger::Ledger;
use pipeline::registry::{BuildCx, ProcessorConfig, Step};
use pipeline::{Batch, Limits, Signal};
use processors::redaction::Redaction;
use serde_json::{Value as Json, json};

fn main() {
    divan::main();
}

/// Ten detectors that most ask for.
const TEN: [&str; 10] = [
    "EMAIL_ADDRESS",
    "PHONE_NUMBER",
    "CREDIT_CARD",
    "IBAN_CODE",
    "US_SSN",
    "IP_ADDRESS",
    "JWT",
    "OPENAI_API_KEY",
    "AWS_ACCESS_KEY_ID",
    "GITHUB_TOKEN",
];

/// Ten everyday patterns of a Collector's `redaction` block.
const PATTERNS: [&str; 10] = [
    r"[a-zA-Z0-9._%+-]+@[a-zA-Z0-9.-]+\.[a-zA-Z]{2,}",
    r"\b4[0-9]{12}(?:[0-9]{3})?\b",
    r"\b5[1-5][0-9]{14}\b",
    r"\b\d{3}-\d{2}-\d{4}\b",
    r"\b\(?\d{3}\)?[-. ]?\d{3}[-. ]?\d{4}\b",
    r"\b(?:\d{1,3}\.){3}\d{1,3}\b",
    r"\bsk-[A-Za-z0-9_-]{20,}",
    r"\bAKIA[0-9A-Z]{16}\b",
    r"\beyJ[\w-]+\.eyJ[\w-]+\.[\w-]+",
    r"\b[A-Z]{2}\d{2}[A-Z0-9]{11,30}\b",
];

/// What is on.
const BLOCKS: [&str; 3] = ["ten", "default", "all"];

/// A block of the configuration by name.
fn block(name: &str) -> Json {
    let rules =
        PATTERNS.iter().enumerate().map(|(at, pattern)| json!({"name": format!("RULE_{at}"), "pattern": pattern}));
    match name {
        "ten" => json!({"detectors": TEN}),
        "default" => json!({}),
        "all" => json!({"profile": "strict"}),
        "rules" => json!({"rules": rules.collect::<Vec<_>>(), "detectors": []}),
        _ => json!({"blocked_values": PATTERNS, "allow_all_keys": true}),
    }
}

/// The processor with this block.
fn processor(name: &str) -> Box<dyn Processor> {
    let config: Redaction = serde_json::from_value(block(name)).expect("a sound block");
    let ledger = Ledger::new("bench");
    let id = ComponentId::parse("redaction").expect("a name");
    let factory = config.build(&BuildCx { id: &id, ledger: &ledger, extensions: &[] });
    match factory.expect("a sound block") {
        Step::Each(factory) => factory(),
        Step::Nothing | Step::Sampler(_) => panic!("no step of its own"),
    }
}

/// The attributes of a span.
type Span = Vec<(&'static str, String)>;

/// A request of these spans.
fn batch(spans: &[Span]) -> Batch {
    let attributes = |span: &Span| -> Vec<Json> {
        span.iter().map(|(key, value)| json!({"key": key, "value": {"stringValue": value}})).collect()
    };
    let spans: Vec<Json> = spans
        .iter()
        .map(|span| {
            json!({
                "traceId": "0af7651916cd43dd8448eb211c80319c", "spanId": "b7ad6b7169203331", "name": "chat gpt-4o-mini",
                "startTimeUnixNano": "1795214400000000000", "endTimeUnixNano": "1795214401500000000",
                "attributes": attributes(span),
            })
        })
        .collect();
    let resource = json!({"attributes": [{"key": "service.name", "value": {"stringValue": "complaints"}}]});
    let request = json!({"resourceSpans": [{"resource": resource, "scopeSpans": [{"spans": spans}]}]}).to_string();
    let limits = Limits::default();
    let wire = pipeline::batch::json::read(Signal::Traces, request.as_bytes(), &limits, &mut |_| true);
    Batch::decode(Signal::Traces, wire.expect("a sound request").into(), &limits).expect("a sound request")
}
