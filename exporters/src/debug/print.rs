//! The text of a request. Decoding is by opentelemetry-proto: this exporter is for people, not for load.

use std::fmt::{self, Display, Write};

use opentelemetry_proto::tonic::collector::logs::v1::ExportLogsServiceRequest;
use opentelemetry_proto::tonic::collector::metrics::v1::ExportMetricsServiceRequest;
use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use opentelemetry_proto::tonic::common::v1::any_value::Value;
use opentelemetry_proto::tonic::common::v1::{AnyValue, InstrumentationScope, KeyValue};
use opentelemetry_proto::tonic::logs::v1::LogRecord;
use opentelemetry_proto::tonic::resource::v1::Resource;
use opentelemetry_proto::tonic::trace::v1::Span;
use pipeline::{Signal, Timestamp};
use prost::Message;

use super::Verbosity;
use crate::calendar::Moment;
use crate::delivery::Request;

/// Records printed of one request.
const RECORDS: usize = 100;

/// Bytes printed of one value.
const VALUE_BYTES: usize = 1 << 10;

/// Levels of nested values that are printed.
const DEPTH: usize = 8;

/// What is printed of a request. prost reads a hundred levels of messages, the pipeline some more.
pub(super) fn text(request: &Request, verbosity: Verbosity) -> String {
    let mut page = Page { text: String::new(), verbosity, left: RECORDS };
    page.line(0, format_args!("{}: {} {}", request.signal, request.records(), request.signal.items()));
    if verbosity != Verbosity::Basic {
        for part in &request.parts {
            let body = part.body().clone();
            let printed = match request.signal {
                Signal::Traces => ExportTraceServiceRequest::decode(body).map(|traces| page.traces(&traces)),
                Signal::Logs => ExportLogsServiceRequest::decode(body).map(|logs| page.logs(&logs)),
                Signal::Metrics => ExportMetricsServiceRequest::decode(body).map(|metrics| page.metrics(&metrics)),
            };
            if printed.is_err() {
                let (records, items) = (part.records(), request.signal.items());
                page.line(1, format_args!("... ({records} {items} with values nested too deep to be printed)"));
            }
        }
        if page.left == 0 {
            page.line(1, format_args!("... (no more than {RECORDS} records of a request are printed)"));
        }
    }
    page.text
}

struct Page {
    text: String,
    verbosity: Verbosity,
    /// Records that may still be printed.
    left: usize,
}

impl Page {
    fn line(&mut self, indent: usize, content: fmt::Arguments<'_>) {
        // Writing to a String cannot fail.
        let _infallible = writeln!(self.text, "{:width$}{content}", "", width = indent * 2).is_ok();
    }

    /// Whether another record may be printed.
    fn more(&mut self) -> bool {
        let more = self.left > 0;
        self.left = self.left.saturating_sub(1);
        more
    }

    fn detailed(&self) -> bool {
        self.verbosity == Verbosity::Detailed
    }

    fn attributes(&mut self, indent: usize, attributes: &[KeyValue]) {
        for attribute in attributes {
            let value = attribute.value.as_ref();
            self.line(indent, format_args!("-> {}: {}", Short(&attribute.key), Shown(value, 0)));
        }
    }

    fn resource(&mut self, resource: Option<&Resource>, schema: &str) {
        if self.detailed() {
            self.line(1, format_args!("Resource (schema {schema:?})"));
            self.attributes(2, resource.map(|resource| resource.attributes.as_slice()).unwrap_or_default());
        }
    }

    fn scope(&mut self, scope: Option<&InstrumentationScope>) {
        if let Some(scope) = scope.filter(|_| self.detailed()) {
            self.line(1, format_args!("Scope {} {}", Short(&scope.name), Short(&scope.version)));
            self.attributes(2, &scope.attributes);
        }
    }

    fn traces(&mut self, request: &ExportTraceServiceRequest) {
        for resource in &request.resource_spans {
            self.resource(resource.resource.as_ref(), &resource.schema_url);
            for scope in &resource.scope_spans {
                self.scope(scope.scope.as_ref());
                for span in &scope.spans {
                    if !self.more() {
                        return;
                    }
                    self.span(span);
                }
            }
        }
    }

    fn span(&mut self, span: &Span) {
        let code = span.status.as_ref().map_or(0, |status| status.code);
        let took = span.end_time_unix_nano.saturating_sub(span.start_time_unix_nano);
        let took = std::time::Duration::from_nanos(took);
        let (trace, id) = (Hex(&span.trace_id), Hex(&span.span_id));
        self.line(1, format_args!("span {} trace={trace} span={id} took={took:?} status={code}", Short(&span.name)));
        if !self.detailed() {
            return;
        }
        self.line(
            2,
            format_args!(
                "parent={} kind={} start={}",
                Hex(&span.parent_span_id),
                span.kind,
                At(span.start_time_unix_nano)
            ),
        );
        if let Some(status) = span.status.as_ref().filter(|status| !status.message.is_empty()) {
            self.line(2, format_args!("status message: {}", Short(&status.message)));
        }
        self.attributes(2, &span.attributes);
        for event in &span.events {
            self.line(2, format_args!("event {} at {}", Short(&event.name), At(event.time_unix_nano)));
            self.attributes(3, &event.attributes);
        }
        for link in &span.links {
            self.line(2, format_args!("link trace={} span={}", Hex(&link.trace_id), Hex(&link.span_id)));
            self.attributes(3, &link.attributes);
        }
    }

    fn logs(&mut self, request: &ExportLogsServiceRequest) {
        for resource in &request.resource_logs {
            self.resource(resource.resource.as_ref(), &resource.schema_url);
            for scope in &resource.scope_logs {
                self.scope(scope.scope.as_ref());
                for record in &scope.log_records {
                    if !self.more() {
                        return;
                    }
                    self.record(record);
                }
            }
        }
    }

    fn record(&mut self, record: &LogRecord) {
        let (at, severity) = (At(record.time_unix_nano), record.severity_number);
        let (trace, span) = (Hex(&record.trace_id), Hex(&record.span_id));
        self.line(1, format_args!("log at={at} severity={severity} trace={trace} span={span}"));
        if self.detailed() {
            self.line(2, format_args!("body: {}", Shown(record.body.as_ref(), 0)));
            self.attributes(2, &record.attributes);
        }
    }

    fn metrics(&mut self, request: &ExportMetricsServiceRequest) {
        for resource in &request.resource_metrics {
            self.resource(resource.resource.as_ref(), &resource.schema_url);
            for scope in &resource.scope_metrics {
                self.scope(scope.scope.as_ref());
                for metric in &scope.metrics {
                    if !self.more() {
                        return;
                    }
                    self.line(1, format_args!("metric {} unit={}", Short(&metric.name), Short(&metric.unit)));
                }
            }
        }
    }
}

/// A text on one line, as much of it as is printed.
struct Short<'a>(&'a str);

impl Display for Short<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let end = (0..=self.0.len().min(VALUE_BYTES)).rev().find(|end| self.0.is_char_boundary(*end)).unwrap_or(0);
        // Control characters as escapes: a value does not get to drive the terminal.
        for c in self.0[..end].chars() {
            if c.is_control() { write!(f, "{}", c.escape_default())? } else { f.write_char(c)? }
        }
        if end < self.0.len() { write!(f, "... ({} bytes)", self.0.len()) } else { Ok(()) }
    }
}

/// A value, to a depth.
struct Shown<'a>(Option<&'a AnyValue>, usize);

impl Display for Shown<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self(value, depth) = *self;
        if depth > DEPTH {
            return f.write_str("...");
        }
        match value.and_then(|value| value.value.as_ref()) {
            None => f.write_str("(empty)"),
            Some(Value::StringValue(text)) => write!(f, "{}", Short(text)),
            Some(Value::BoolValue(flag)) => write!(f, "{flag}"),
            Some(Value::IntValue(number)) => write!(f, "{number}"),
            Some(Value::DoubleValue(number)) => write!(f, "{number}"),
            Some(Value::BytesValue(bytes)) => write!(f, "({} bytes)", bytes.len()),
            Some(Value::ArrayValue(array)) => {
                f.write_str("[")?;
                for value in array.values.iter().take(RECORDS) {
                    write!(f, "{}, ", Shown(Some(value), depth + 1))?;
                }
                f.write_str("]")
            }
            Some(Value::KvlistValue(list)) => {
                f.write_str("{")?;
                for pair in list.values.iter().take(RECORDS) {
                    write!(f, "{}: {}, ", Short(&pair.key), Shown(pair.value.as_ref(), depth + 1))?;
                }
                f.write_str("}")
            }
            // A kind of value newer than this printer.
            Some(_) => f.write_str("(not shown)"),
        }
    }
}

/// An id.
struct Hex<'a>(&'a [u8]);

impl Display for Hex<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().take(16).try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

/// A time, in UTC.
struct At(u64);

impl Display for At {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Moment { year, month, day, hour, minute, second, nanos } = Moment::of(Timestamp(self.0));
        write!(f, "{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}.{nanos:09}Z")
    }
}
