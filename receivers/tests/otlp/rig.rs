//! A receiver on free ports over an intake whose worker answers as told.

use std::net::SocketAddr;
use std::sync::Arc;

use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use opentelemetry_proto::tonic::trace::v1::{ResourceSpans, ScopeSpans, Span};
use pipeline::Signal;
use pipeline::config::{ComponentId, Findings, Service};
use pipeline::extension::EXTENSIONS;
use pipeline::ledger::Ledger;
use pipeline::registry::{BuildCx, Extension};
use pipeline::stop::{Phase, Stopper};
use pipeline::testkit::{self, TestWorker};
use prost::Message;
use receivers::RECEIVERS;
use serde_json::{Value, json};
use tokio::task::JoinHandle;

/// More than any test needs.
pub(crate) const PLENTY: usize = 1 << 30;

/// A running receiver.
pub(crate) struct Rig {
    pub(crate) grpc: SocketAddr,
    pub(crate) http: SocketAddr,
    pub(crate) worker: TestWorker,
    pub(crate) ledger: Arc<Ledger>,
    pub(crate) stopper: Stopper,
    pub(crate) served: JoinHandle<std::io::Result<()>>,
}

/// Both protocols, every signal, memory enough.
pub(crate) async fn plain() -> Rig {
    start(json!({}), json!({}), PLENTY).await
}

/// Both protocols with these keys beside the endpoints.
pub(crate) async fn start(grpc: Value, http: Value, memory: usize) -> Rig {
    start_with(grpc, http, memory, &Signal::ALL, &[]).await
}

/// The same, for `signals` and with extensions (type and block; the type is the id).
pub(crate) async fn start_with(
    mut grpc: Value,
    mut http: Value,
    memory: usize,
    signals: &[Signal],
    extensions: &[(&str, Value)],
) -> Rig {
    grpc["endpoint"] = json!("localhost:0");
    http["endpoint"] = json!("localhost:0");
    let block = json!({"protocols": {"grpc": grpc, "http": http}});
    let ledger = Ledger::new("test");
    let id = ComponentId::parse("otlp").unwrap();
    let mut cx = BuildCx { id: &id, ledger: &ledger, extensions: &[] };
    let built: Vec<(ComponentId, Extension)> = extensions
        .iter()
        .map(|(kind, block)| {
            let entry = EXTENSIONS.iter().find(|entry| entry.declaration.is(kind)).unwrap();
            (ComponentId::parse(kind).unwrap(), (entry.build)(block, &cx).unwrap())
        })
        .collect();
    cx.extensions = &built;
    let mut findings = Findings::default();
    (RECEIVERS[0].declaration.check)(&block, &mut findings, &mut Service::default());
    assert!(findings.0.is_empty(), "{findings:?}");
    let mut receiver = (RECEIVERS[0].build)(&block, &cx).unwrap();
    let addresses = receiver.bind().await.unwrap();
    let address = |at: usize| addresses[at].split_once("://").unwrap().1.parse().unwrap();
    let (intake, worker) = testkit::intake(memory, signals);
    let (stopper, stop) = Stopper::new();
    let (grpc, http) = (address(0), address(1));
    let served = tokio::spawn(receiver.serve(intake, stop));
    Rig { grpc, http, worker, ledger, stopper, served }
}

impl Rig {
    /// Whether the ledger's text has this line.
    #[track_caller]
    pub(crate) fn counted(&self, line: &str) {
        let text = self.ledger.text();
        assert!(text.lines().any(|found| found == line), "no line `{line}` in\n{text}");
    }

    /// A request on a new connection of either protocol is taken: the receiver serves the neighbours.
    pub(crate) async fn serves_others(&self) {
        let reply = super::client::grpc(self.grpc, super::client::TRACES, &[], super::client::frame(&request(1))).await;
        assert_eq!(reply.grpc_status(), 0, "{reply:?}");
        let reply = super::client::post(self.http, "/v1/traces", &[], request(1)).await;
        assert_eq!(reply.status, 200, "{reply:?}");
    }

    /// Every byte of the memory limit was given back.
    pub(crate) async fn gave_back(&self) {
        // A permit falls when the worker or the connection's task drops it, which may be after the answer.
        while self.worker.memory.used() > 0 {
            tokio::task::yield_now().await;
        }
    }

    /// Asks for a phase.
    pub(crate) fn ask(&self, phase: Phase) {
        self.stopper.ask(phase);
    }
}

/// A traces request of `spans` spans.
pub(crate) fn request(spans: usize) -> Vec<u8> {
    let span = Span { trace_id: vec![1; 16], span_id: vec![2; 8], name: "chat".into(), ..Span::default() };
    let scope_spans = vec![ScopeSpans { spans: vec![span; spans], ..ScopeSpans::default() }];
    let resource_spans = vec![ResourceSpans { scope_spans, ..ResourceSpans::default() }];
    ExportTraceServiceRequest { resource_spans }.encode_to_vec()
}
