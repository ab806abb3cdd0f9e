//! A small, repeatable AI workload: runs of a support agent, their steps, LLM and tool calls, and logs.
//!
//! The same seed makes the same runs. Prompts hold invented people, so that redaction has something to find.

use opentelemetry_proto::tonic::collector::logs::v1::ExportLogsServiceRequest;
use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use opentelemetry_proto::tonic::common::v1::any_value::Value;
use opentelemetry_proto::tonic::common::v1::{AnyValue, InstrumentationScope, KeyValue};
use opentelemetry_proto::tonic::logs::v1::{LogRecord, ResourceLogs, ScopeLogs};
use opentelemetry_proto::tonic::resource::v1::Resource;
use opentelemetry_proto::tonic::trace::v1::span::{Event, SpanKind};
use opentelemetry_proto::tonic::trace::v1::status::StatusCode;
use opentelemetry_proto::tonic::trace::v1::{ResourceSpans, ScopeSpans, Span, Status};

const MODELS: [(&str, &str, &str); 4] = [
    ("openai", "gpt-4o", "gpt-4o-2024-08-06"),
    ("openai", "gpt-4o-mini", "gpt-4o-mini-2024-07-18"),
    ("anthropic", "claude-sonnet-4-5", "claude-sonnet-4-5-20250929"),
    ("google", "gemini-2.5-flash", "gemini-2.5-flash"),
];
const TOOLS: [&str; 4] = ["search_orders", "get_invoice", "refund", "send_mail"];
const PEOPLE: [(&str, &str); 3] = [
    ("Jane Doe", "jane.doe@example.com"),
    ("Ravi Patel", "ravi.patel@example.org"),
    ("Ana Silva", "ana.silva@example.net"),
];

/// Makes one run after another.
pub(crate) struct Workload {
    random: u64,
}

/// One run: its spans and the logs that carry its trace id.
pub(crate) struct Run {
    pub(crate) spans: Vec<Span>,
    pub(crate) logs: Vec<LogRecord>,
}

impl Workload {
    /// A workload that repeats itself for the same seed.
    pub(crate) fn new(seed: u64) -> Self {
        Self { random: seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1 }
    }

    /// A run that began at `start` (nanoseconds since the epoch): a root, three steps, each with an
    /// LLM call and sometimes a tool call. One run in twelve fails.
    pub(crate) fn run(&mut self, start: u64) -> Run {
        let trace_id = [self.next().to_be_bytes(), self.next().to_be_bytes()].concat();
        let failed = self.below(12) == 0;
        let (name, mail) = PEOPLE[self.below(3)];
        let mut root = self.span(&trace_id, &[], "invoke_agent support-agent", SpanKind::Internal, start);
        root.attributes = vec![
            text("gen_ai.operation.name", "invoke_agent"),
            text("gen_ai.agent.name", "support-agent"),
            text("user.id", mail),
            number("workflow.steps", 3),
        ];
        let mut run = Run { spans: Vec::new(), logs: Vec::new() };
        let mut at = start;
        for step in ["plan", "lookup", "answer"] {
            at = self.step(&mut run, &root, step, at, (name, mail));
        }
        root.end_time_unix_nano = at;
        if failed {
            let message = "upstream timeout after 3 tries".to_owned();
            root.status = Some(Status { code: StatusCode::Error.into(), message });
            run.logs.push(log(&root, at, 17, "ERROR", "run failed: upstream timeout after 3 tries"));
        }
        run.logs.push(log(&root, at, 9, "INFO", &format!("run finished for {name}")));
        run.spans.insert(0, root);
        run
    }

    /// A step under `root`, from `start`; returns when it ended.
    fn step(&mut self, run: &mut Run, root: &Span, name: &str, start: u64, person: (&str, &str)) -> u64 {
        let mut step = self.span(&root.trace_id, &root.span_id, &format!("step {name}"), SpanKind::Internal, start);
        step.attributes = vec![text("workflow.step", name)];
        let mut chat = self.chat(&step, start + 2_000_000, person);
        let mut end = chat.end_time_unix_nano;
        if self.below(2) == 0 {
            let tool = TOOLS[self.below(4)];
            let mut call =
                self.span(&root.trace_id, &step.span_id, &format!("execute_tool {tool}"), SpanKind::Client, end);
            call.attributes = vec![
                text("gen_ai.operation.name", "execute_tool"),
                text("gen_ai.tool.name", tool),
                text("gen_ai.tool.call.arguments", &format!("{{\"customer\":\"{}\"}}", person.1)),
            ];
            end = call.end_time_unix_nano;
            chat.events.push(Event { time_unix_nano: end, name: "tool.requested".into(), ..Event::default() });
            run.spans.push(call);
        }
        run.logs.push(log(&chat, end, 9, "INFO", &format!("model answered {}", person.1)));
        step.end_time_unix_nano = end + 1_000_000;
        let ended = step.end_time_unix_nano;
        run.spans.extend([step, chat]);
        ended
    }

    fn chat(&mut self, step: &Span, start: u64, (name, mail): (&str, &str)) -> Span {
        let (provider, model, answered) = MODELS[self.below(4)];
        let mut chat = self.span(&step.trace_id, &step.span_id, &format!("chat {model}"), SpanKind::Client, start);
        let prompt = format!(
            "[{{\"role\":\"user\",\"parts\":[{{\"type\":\"text\",\"content\":\"I am {name}, please find my last order \
             and write to {mail}. I paid with 4111 1111 1111 1111. {}\"}}]}}]",
            "The parcel came late and one item was missing. ".repeat(6)
        );
        let (input, output) = (400 + self.below(900), 80 + self.below(400));
        chat.attributes = vec![
            text("gen_ai.operation.name", "chat"),
            text("gen_ai.provider.name", provider),
            text("gen_ai.request.model", model),
            text("gen_ai.response.model", answered),
            number("gen_ai.usage.input_tokens", input as i64),
            number("gen_ai.usage.output_tokens", output as i64),
            text("gen_ai.input.messages", &prompt),
        ];
        chat
    }

    fn span(&mut self, trace_id: &[u8], parent: &[u8], name: &str, kind: SpanKind, start: u64) -> Span {
        Span {
            trace_id: trace_id.to_vec(),
            span_id: self.next().to_be_bytes().to_vec(),
            parent_span_id: parent.to_vec(),
            name: name.to_owned(),
            kind: kind.into(),
            start_time_unix_nano: start,
            end_time_unix_nano: start + 50_000_000 + self.next() % 900_000_000,
            ..Span::default()
        }
    }

    fn below(&mut self, bound: usize) -> usize {
        (self.next() >> 33) as usize % bound
    }

    /// xorshift64*: enough for a demonstration, and the same everywhere.
    fn next(&mut self) -> u64 {
        self.random ^= self.random >> 12;
        self.random ^= self.random << 25;
        self.random ^= self.random >> 27;
        self.random.wrapping_mul(0x2545_f491_4f6c_dd1d)
    }
}

/// The spans of `runs` as one request.
pub(crate) fn trace_request(spans: Vec<Span>) -> ExportTraceServiceRequest {
    let scope_spans = vec![ScopeSpans { scope: Some(scope()), spans, ..ScopeSpans::default() }];
    let of_resource = ResourceSpans { resource: Some(resource()), scope_spans, ..ResourceSpans::default() };
    ExportTraceServiceRequest { resource_spans: vec![of_resource] }
}

/// The logs of `runs` as one request.
pub(crate) fn logs_request(log_records: Vec<LogRecord>) -> ExportLogsServiceRequest {
    let scope_logs = vec![ScopeLogs { scope: Some(scope()), log_records, ..ScopeLogs::default() }];
    let of_resource = ResourceLogs { resource: Some(resource()), scope_logs, ..ResourceLogs::default() };
    ExportLogsServiceRequest { resource_logs: vec![of_resource] }
}

fn resource() -> Resource {
    let attributes = vec![text("service.name", "support-agent"), text("deployment.environment.name", "demo")];
    Resource { attributes, ..Resource::default() }
}

fn scope() -> InstrumentationScope {
    let version = env!("CARGO_PKG_VERSION").to_owned();
    InstrumentationScope { name: "tollgate.demo".into(), version, ..InstrumentationScope::default() }
}

fn log(of: &Span, at: u64, severity: i32, level: &str, body: &str) -> LogRecord {
    LogRecord {
        time_unix_nano: at,
        observed_time_unix_nano: at,
        severity_number: severity,
        severity_text: level.to_owned(),
        body: Some(AnyValue { value: Some(Value::StringValue(body.to_owned())) }),
        trace_id: of.trace_id.clone(),
        span_id: of.span_id.clone(),
        ..LogRecord::default()
    }
}

fn text(key: &str, value: &str) -> KeyValue {
    attribute(key, Value::StringValue(value.to_owned()))
}

fn number(key: &str, value: i64) -> KeyValue {
    attribute(key, Value::IntValue(value))
}

fn attribute(key: &str, value: Value) -> KeyValue {
    KeyValue { key: key.to_owned(), value: Some(AnyValue { value: Some(value) }), ..KeyValue::default() }
}
