//! What is printed, and that it is bounded.

use std::time::Duration;

use opentelemetry_proto::tonic::collector::logs::v1::ExportLogsServiceRequest;
use opentelemetry_proto::tonic::common::v1::any_value::Value;
use opentelemetry_proto::tonic::common::v1::{AnyValue, KeyValue};
use opentelemetry_proto::tonic::logs::v1::{LogRecord, ResourceLogs, ScopeLogs};
use pipeline::{Sealed, Signal};
use prost::Message;

use super::print::text;
use super::*;
use crate::tests::owed::request;

fn logs(body: &str) -> Request {
    let value = |text: &str| Some(AnyValue { value: Some(Value::StringValue(text.into())) });
    let attributes = vec![KeyValue { key: "gen_ai.prompt".into(), value: value(body), ..KeyValue::default() }];
    let record = LogRecord { body: value(body), attributes, ..LogRecord::default() };
    let scope = ScopeLogs { log_records: vec![record], ..ScopeLogs::default() };
    let resource = ResourceLogs { scope_logs: vec![scope], ..ResourceLogs::default() };
    let body = ExportLogsServiceRequest { resource_logs: vec![resource] }.encode_to_vec();
    Request { signal: Signal::Logs, parts: vec![Sealed::new(Signal::Logs, body.into(), 1)] }
}

#[test]
fn values_are_printed_only_when_asked_for() {
    let request = logs("a secret thought");
    assert_eq!(text(&request, Verbosity::Basic), "logs: 1 log_records\n");
    assert!(!text(&request, Verbosity::Normal).contains("thought"));
    assert!(text(&request, Verbosity::Detailed).contains("-> gen_ai.prompt: a secret thought"));
}

#[test]
fn values_are_cut_and_do_not_drive_the_terminal() {
    let printed = text(&logs(&"é\u{1b}[2J".repeat(10_000)), Verbosity::Detailed);
    assert!(printed.len() < 8 << 10 && !printed.contains('\u{1b}') && printed.contains("bytes)"));
}

#[test]
fn no_more_than_so_many_records_are_printed() {
    let names = vec!["a"; 500];
    let parts = vec![Sealed::new(Signal::Traces, request(&names), 500)];
    let printed = text(&Request { signal: Signal::Traces, parts }, Verbosity::Normal);
    assert_eq!(printed.lines().count(), 102);
}

#[test]
fn what_is_nested_too_deep_is_counted_and_no_failure() {
    let deep = (0..120).fold(AnyValue::default(), |inner, _| AnyValue {
        value: Some(Value::ArrayValue(opentelemetry_proto::tonic::common::v1::ArrayValue { values: vec![inner] })),
    });
    let record = LogRecord { body: Some(deep), ..LogRecord::default() };
    let scope = ScopeLogs { log_records: vec![record], ..ScopeLogs::default() };
    let resource = ResourceLogs { scope_logs: vec![scope], ..ResourceLogs::default() };
    let body = ExportLogsServiceRequest { resource_logs: vec![resource] }.encode_to_vec();
    let request = Request { signal: Signal::Logs, parts: vec![Sealed::new(Signal::Logs, body.into(), 1)] };
    let printed = text(&request, Verbosity::Detailed);
    assert!(printed.starts_with("logs: 1 log_records\n") && printed.contains("nested too deep"), "{printed}");
}

#[test]
fn samples_by_the_second() {
    let start = Instant::now();
    let mut sampling = Sampling { initial: 2, thereafter: 3, second: start, seen: 0 };
    let mut count = |at: Instant| (0..8).filter(|_| sampling.prints(at)).count();
    assert_eq!((count(start), count(start), count(start + Duration::from_secs(1))), (4, 2, 4));
}

/// A stream that a test can read.
#[derive(Clone, Default)]
struct Page(Arc<Mutex<Vec<u8>>>);

impl Write for Page {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[tokio::test]
async fn prints_and_takes() {
    let page = Page::default();
    let printer = Printer::new(&DebugExporter::default(), Box::new(page.clone()));
    assert_eq!(printer.send(&logs("x")).await, Verdict::Delivered);
    assert_eq!(page.0.lock().unwrap().as_slice(), b"logs: 1 log_records\n");
}
