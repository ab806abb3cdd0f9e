//! A block of the configuration over requests in OTLP JSON.

use pipeline::component::Processor;
use pipeline::config::ComponentId;
use pipeline::ledger::Ledger;
use pipeline::registry::{BuildCx, ProcessorConfig, Step};
use pipeline::{Batch, Limits, Signal, Timestamp};
use processors::redaction::Redaction;
use serde_json::{Value as Json, json};

/// A redaction as a block configures it.
pub(crate) struct Block(Box<dyn Processor>);

impl Block {
    pub(crate) fn of(block: &Json) -> Self {
        let config: Redaction = serde_json::from_value(block.clone()).unwrap();
        let (ledger, id) = (Ledger::new("test"), ComponentId::parse("redaction").unwrap());
        let built = config.build(&BuildCx { id: &id, ledger: &ledger, extensions: &[] }).unwrap();
        let Step::Each(factory) = built else { panic!("a step of its own") };
        Self(factory())
    }

    /// What it makes of a request.
    pub(crate) fn request(&mut self, signal: Signal, request: &Json) -> Json {
        let request = request.to_string();
        let wire = pipeline::batch::json::read(signal, request.as_bytes(), &Limits::default(), &mut |_| true).unwrap();
        let mut batch = Batch::decode(signal, wire.into(), &Limits::default()).unwrap();
        self.0.process(&mut batch, Timestamp(0));
        let mut text = Vec::new();
        pipeline::batch::json::write(signal, batch.seal().body(), &mut text).unwrap();
        serde_json::from_slice(&text).unwrap()
    }

    /// What it makes of a text, as the body of a log record.
    pub(crate) fn text(&mut self, text: &str) -> String {
        let record = json!({"body": {"stringValue": text}});
        let request = json!({"resourceLogs": [{"scopeLogs": [{"logRecords": [record]}]}]});
        let left = self.request(Signal::Logs, &request);
        left["resourceLogs"][0]["scopeLogs"][0]["logRecords"][0]["body"]["stringValue"].as_str().unwrap().to_owned()
    }
}
