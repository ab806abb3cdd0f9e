//! Scenario: a few long traces among many short ones, in every request; far more comes than memory, or the journal, holds.
//! Guarantee: what is decided is given back all the same, nothing is shed, and the long traces leave whole.

use std::time::Duration;

use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use opentelemetry_proto::tonic::trace::v1::{ResourceSpans, ScopeSpans, Span, Status};
use prost::Message;
use tempfile::TempDir;

use crate::stage::{Tollgate, spans_in, wait_for};
use crate::traffic::{resource, text};

/// Long traces, each of which has a span in every eighth request.
const LONG: u64 = 8;

/// Spans of a request, and bytes of each, more or less.
const SPANS: u64 = 100;
const BYTES: usize = 2000;

fn config(service: &str) -> String {
    format!(
        "
processors:
  tail_sampling:
    decision_wait: 1h
    decision_wait_after_root_received: 50ms
    policies: [{{name: failures, type: status_code, status_code: {{status_codes: [ERROR]}}}}]
exporters: {{file: {{path: live.jsonl, append: true}}}}
service:
  {service}
  pipelines: {{traces: {{receivers: [otlp], processors: [tail_sampling], exporters: [file]}}}}
extensions: {{}}
"
    )
}

fn span(trace: u64, id: u64, parent: u64, failed: bool) -> Span {
    Span {
        trace_id: u128::from(trace + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15).to_be_bytes().to_vec(),
        span_id: (id + 1).to_be_bytes().to_vec(),
        parent_span_id: if parent == 0 { Vec::new() } else { parent.to_be_bytes().to_vec() },
        name: "step".into(),
        start_time_unix_nano: 1,
        end_time_unix_nano: 2,
        attributes: vec![text("gen_ai.input.messages", &"x".repeat(BYTES))],
        status: Some(Status { code: if failed { 2 } else { 1 }, ..Status::default() }),
        ..Span::default()
    }
}

fn request(spans: Vec<Span>) -> Vec<u8> {
    let scope_spans = vec![ScopeSpans { spans, ..ScopeSpans::default() }];
    let resource_spans = vec![ResourceSpans { resource: resource(), scope_spans, ..ResourceSpans::default() }];
    ExportTraceServiceRequest { resource_spans }.encode_to_vec()
}

/// A span of a long trace, which fails only at its end, among those of a short one, which is over.
fn mixed(number: u64) -> Vec<u8> {
    let mut spans: Vec<Span> = (1..SPANS).map(|at| span(LONG + number, at, at - 1, false)).collect();
    spans.insert(SPANS as usize / 2, span(number % LONG, number, 1, false));
    request(spans)
}

/// Sends `requests` and then the ends of the long traces, no faster than the frames of decided traces come back: no more than
/// `ahead` bytes wait, or are held by what waits. The most that the metric of `held` said.
fn play(folder: &TempDir, service: &str, requests: u64, ahead: f64, held: &str) -> f64 {
    let tollgate = Tollgate::start(folder, &config(service));
    let post = |body: &[u8]| tollgate.post("/v1/traces", "application/x-protobuf", body).status;
    let (before, mut most) = (tollgate.resident(), 0_f64);
    for number in 0..requests {
        let body = mixed(number);
        // On a machine much faster than its disk, a full journal refuses until copies are there.
        wait_for("an answer", Duration::from_secs(30), || (post(&body) == 200).then_some(()));
        most = most.max(tollgate.metric(held, &[]));
        let waiting = || tollgate.metric("tollgate_sampler_waiting_bytes", &[]);
        wait_for("decided traces", Duration::from_secs(30), || (waiting() < ahead).then_some(()));
    }
    let waits = |tollgate: &Tollgate| tollgate.metric("tollgate_sampler_pending_items", &[]);
    wait_for("the short traces decided", Duration::from_secs(60), || {
        (waits(&tollgate) == requests as f64).then_some(())
    });
    assert!(tollgate.metric("tollgate_sampler_compacted_requests_total", &[]) > 0.0);
    assert_eq!(tollgate.metric("tollgate_sampler_sampled_out_items_total", &["pressure"]), 0.0);
    eprintln!(
        "{} MB sent, {} MB in {held} at most and {} MB now, {} MB resident before and {} MB now, {} MB copied",
        requests * SPANS * BYTES as u64 / 1_000_000,
        most / 1e6,
        tollgate.metric(held, &[]) / 1e6,
        before / 1_000_000,
        tollgate.resident() / 1_000_000,
        tollgate.metric("tollgate_sampler_compacted_bytes_total", &[]) / 1e6,
    );
    for trace in 0..LONG {
        assert_eq!(post(&request(vec![span(trace, 1 << 20, 0, true)])), 200);
    }
    let out = folder.path().join("live.jsonl");
    let whole = usize::try_from(requests + LONG).unwrap();
    wait_for("the long traces", Duration::from_secs(60), || (spans_in(&out) == whole).then_some(()));
    // A destination may be faster than the word that it has something.
    wait_for("an empty room", Duration::from_secs(30), || (waits(&tollgate) == 0.0).then_some(()));
    tollgate.stop();
    most
}

#[test]
fn a_few_long_traces_do_not_fill_the_journal() {
    let folder = TempDir::new().unwrap();
    let most = play(&folder, "storage: {directory: journal, max_size: 16MiB}", 300, 8e6, "tollgate_journal_bytes");
    assert!(most < 18e6, "{most}");
}

#[test]
fn a_few_long_traces_do_not_fill_memory() {
    let folder = TempDir::new().unwrap();
    let most = play(&folder, "memory: {limit: 184MiB}", 400, 20e6, "tollgate_sampler_waiting_bytes");
    // Three fifths of what requests may take of it.
    assert!(most < 34e6, "{most}");
}
