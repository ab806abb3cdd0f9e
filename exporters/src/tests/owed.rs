//! An outbox with something in it, and spans to put there.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use opentelemetry_proto::tonic::trace::v1::{ResourceSpans, ScopeSpans, Span};
use pipeline::component::Exporter;
use pipeline::journal::{Bounds, Cursor, Destination, Outbox};
use pipeline::ledger::{DestinationSeries, Ledger};
use pipeline::memory::Memory;
use pipeline::registry::BuildCx;
use pipeline::stop::{Phase, Stop, Stopper};
use pipeline::{Sealed, Signal, Timestamp};
use prost::Message;
use serde_json::Value;
use tokio::task::JoinHandle;

use crate::EXPORTERS;

/// An outbox of one pipeline that feeds some destinations.
pub(crate) struct Owed {
    pub(crate) memory: Arc<Memory>,
    pub(crate) outbox: Arc<Outbox>,
}

/// An exporter that runs.
pub(crate) struct Running {
    pub(crate) cursor: Cursor,
    pub(crate) stopper: Stopper,
    pub(crate) task: JoinHandle<()>,
}

impl Owed {
    pub(crate) fn to(bounds: &[Bounds]) -> Self {
        let memory = Memory::new(1 << 30);
        let ledger = Ledger::new("test");
        let destination = |(at, bounds): (usize, &Bounds)| {
            let name = format!("test/{at}");
            let series = Signal::ALL.map(|signal| ledger.destination(&name, signal));
            Destination { name, bounds: bounds.clone(), series }
        };
        let destinations: Vec<_> = bounds.iter().enumerate().map(destination).collect();
        let route = (0..destinations.len()).collect();
        let outbox = Outbox::new(memory.clone(), vec![route], destinations);
        Self { memory, outbox }
    }

    /// Appends a request with a span of each name.
    pub(crate) fn spans(&self, names: &[&str]) {
        let body = request(names);
        let permit = self.memory.permit(body.len()).unwrap();
        let records = u32::try_from(names.len()).unwrap();
        self.outbox.give(vec![(0, Sealed::new(Signal::Traces, body, records))], permit, Timestamp::now());
    }

    pub(crate) fn run(&self, destination: usize, exporter: Box<dyn Exporter>) -> Running {
        let (stopper, stop): (Stopper, Stop) = Stopper::new();
        let cursor = self.outbox.cursor(destination);
        let task = tokio::spawn(exporter.run(cursor.clone(), stop));
        Running { cursor, stopper, task }
    }

    /// Builds an exporter from its block and runs it for destination 0.
    pub(crate) fn run_block(&self, name: &str, block: &Value) -> Running {
        self.run(0, built(name, block))
    }
}

impl Running {
    pub(crate) fn series(&self) -> &DestinationSeries {
        self.cursor.series(Signal::Traces)
    }

    /// Waits until all is settled; the test's own limit is the runner's.
    pub(crate) async fn settled(&self) {
        while !self.cursor.settled() {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    }

    /// Waits until all is settled but so many that wait.
    pub(crate) async fn settled_except(&self, requests: u64) {
        while self.cursor.waiting(Signal::Traces).requests != requests {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    }

    /// Flushes and waits for the end.
    pub(crate) async fn drain(self) -> Cursor {
        self.stopper.ask(Phase::Draining);
        self.task.await.unwrap();
        self.cursor
    }
}

pub(crate) fn built(name: &str, block: &Value) -> Box<dyn Exporter> {
    let entry = EXPORTERS.iter().find(|entry| entry.declaration.is(name)).unwrap();
    let ledger = Ledger::new("test");
    let id = pipeline::config::ComponentId::parse(name).unwrap();
    let cx = BuildCx { id: &id, ledger: &ledger, extensions: &[] };
    (entry.build)(block, &cx).unwrap().1
}

/// An export request with a span of each name.
pub(crate) fn request(names: &[&str]) -> Bytes {
    let spans = names.iter().map(|name| Span { name: (*name).into(), span_id: vec![1; 8], ..Span::default() });
    let scope = ScopeSpans { spans: spans.collect(), ..ScopeSpans::default() };
    let resource = ResourceSpans { scope_spans: vec![scope], ..ResourceSpans::default() };
    ExportTraceServiceRequest { resource_spans: vec![resource] }.encode_to_vec().into()
}

/// The names of the spans in a request, in order.
pub(crate) fn names(body: &[u8]) -> Vec<String> {
    let request = ExportTraceServiceRequest::decode(body).unwrap();
    let scopes = request.resource_spans.into_iter().flat_map(|resource| resource.scope_spans);
    scopes.flat_map(|scope| scope.spans).map(|span| span.name).collect()
}
