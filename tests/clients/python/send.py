"""Sends traces and logs through the official OpenTelemetry SDK for Python and writes down what it sent.

Why this file exists: Tollgate must carry what real SDKs produce, not what we think they produce. Everything here
goes through the public API, the SDK's batch processors and its OTLP exporters; `--out` holds the same batches as
OTLP JSON lines, made from the exporter's own protobuf encoder, so that ../compare.py can hold them against what
arrived at the other end, field by field.

    send.py --protocol grpc|http/protobuf --endpoint http://127.0.0.1:4317 --out sent.jsonl

Exits 1 when an export fails after the SDK's own retries (bounded by `--timeout`) or a flush does not finish.
It does not make what the SDK cannot: its encoder leaves out the trace state of links and the sampled bit of flags.
"""

import argparse
import base64
import json
import logging
import sys
import time

import grpc
from google.protobuf.json_format import MessageToDict
from opentelemetry import trace
from opentelemetry._logs import LogRecord, SeverityNumber
from opentelemetry.exporter.otlp.proto.common._log_encoder import encode_logs
from opentelemetry.exporter.otlp.proto.common.trace_encoder import encode_spans
from opentelemetry.exporter.otlp.proto.grpc._log_exporter import OTLPLogExporter as GrpcLogExporter
from opentelemetry.exporter.otlp.proto.grpc.trace_exporter import OTLPSpanExporter as GrpcSpanExporter
from opentelemetry.exporter.otlp.proto.http import Compression
from opentelemetry.exporter.otlp.proto.http._log_exporter import OTLPLogExporter as HttpLogExporter
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter as HttpSpanExporter
from opentelemetry.sdk._logs import LoggerProvider
from opentelemetry.sdk._logs.export import BatchLogRecordProcessor, LogRecordExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import SpanLimits, TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor, SpanExporter
from opentelemetry.sdk.trace.id_generator import RandomIdGenerator
from opentelemetry.trace import Link, NonRecordingSpan, SpanContext, SpanKind, Status, StatusCode, TraceFlags
from opentelemetry.trace.span import TraceState

SCHEMA = "https://opentelemetry.io/schemas/1.37.0"
PROMPT = 'Summarise the "Q3" report for jane.doe@example.com\n- churn: 4,2 %\n- naïve café 東京 🚦 \\ / \t end'
SCALARS = {
    "demo.string.empty": "",
    "demo.int.zero": 0,
    "demo.int.min": -(2**63),
    "demo.int.max": 2**63 - 1,
    "demo.int.beyond_double": 2**53 + 1,
    "demo.double": -0.1,
    "demo.double.whole": 3.0,
    "demo.double.large": 1.7976931348623157e308,
    "demo.double.small": 5e-324,
    "demo.bool.true": True,
    "demo.bool.false": False,
    "demo.bytes": b"\x00\xff\x10 bytes",
}
ARRAYS = {
    "demo.strings": ["a", "", "ü"],
    "demo.ints": [1, -2, 2**40],
    "demo.doubles": [0.5, 1.0, -2.25],
    "demo.bools": [True, False],
    "demo.empty": [],
}
NESTED = {
    "level": 1,
    "child": {"names": ["x", "y"], "deep": {"ok": True, "ratio": 0.25, "raw": b"\x01"}},
    "list": [{"k": "v"}, 7, None],
}


class Recorded:
    """Stands between the SDK's batch processor and its OTLP exporter: keeps every batch and whether it got through."""

    def __init__(self, exporter, encode):
        self.exporter, self.encode = exporter, encode
        self.lines, self.failures = [], 0

    def export(self, batch):
        self.lines.append(json.dumps(otlp_json(self.encode(batch)), ensure_ascii=False, separators=(",", ":")))
        result = self.exporter.export(batch)
        self.failures += result.name != "SUCCESS"
        return result

    def shutdown(self, *args, **kwargs):
        self.exporter.shutdown()

    def force_flush(self, timeout_millis=30000):
        return self.exporter.force_flush(timeout_millis)


class RecordedSpans(Recorded, SpanExporter):
    pass


class RecordedLogs(Recorded, LogRecordExporter):
    pass


def otlp_json(message):
    """Protobuf's JSON with OTLP's two exceptions: trace and span ids are hex instead of base64, enums are numbers."""

    def fix(node):
        if isinstance(node, list):
            return [fix(item) for item in node]
        if not isinstance(node, dict):
            return node
        ids = ("traceId", "spanId", "parentSpanId")
        return {key: base64.b64decode(value).hex() if key in ids else fix(value) for key, value in node.items()}

    return fix(MessageToDict(message, use_integers_for_enums=True))


def exporters(protocol, endpoint, compression, timeout):
    if protocol == "grpc":
        kind = grpc.Compression.Gzip if compression == "gzip" else grpc.Compression.NoCompression
        options = {"endpoint": endpoint, "insecure": True, "compression": kind, "timeout": timeout}
        return GrpcSpanExporter(**options), GrpcLogExporter(**options)
    kind = Compression.Gzip if compression == "gzip" else Compression.NoCompression
    base = endpoint if "://" in endpoint else f"http://{endpoint}"
    options = {"compression": kind, "timeout": timeout}
    return (
        HttpSpanExporter(endpoint=f"{base.rstrip('/')}/v1/traces", **options),
        HttpLogExporter(endpoint=f"{base.rstrip('/')}/v1/logs", **options),
    )


def context_elsewhere(entries):
    """The context of a span in another process, as it would come out of a traceparent and a tracestate header."""
    ids = RandomIdGenerator()
    sampled = TraceFlags(TraceFlags.SAMPLED)
    return SpanContext(ids.generate_trace_id(), ids.generate_span_id(), True, sampled, TraceState(entries))


def llm_call(tracer, fails):
    attributes = {
        "gen_ai.operation.name": "chat",
        "gen_ai.provider.name": "openai",
        "gen_ai.request.model": "gpt-4o",
        "gen_ai.request.temperature": 0.2,
        "gen_ai.request.max_tokens": 1024,
        "gen_ai.request.stop_sequences": ["END", "\n\n"],
        "gen_ai.input.messages": json.dumps([{"role": "user", "parts": [{"type": "text", "content": PROMPT}]}]),
        "server.address": "api.example.com",
        "server.port": 443,
    }
    with tracer.start_as_current_span("chat gpt-4o", kind=SpanKind.CLIENT, attributes=attributes) as span:
        span.add_event("gen_ai.content.prompt", {"gen_ai.prompt": PROMPT, "retry": 0, "weights": [0.5, 0.25]})
        if not fails:
            span.set_attribute("gen_ai.response.model", "gpt-4o-2024-08-06")
            span.set_attribute("gen_ai.response.finish_reasons", ["stop"])
            span.set_attribute("gen_ai.usage.input_tokens", 812)
            span.set_attribute("gen_ai.usage.output_tokens", 240)
            span.add_event("gen_ai.choice")
            span.set_status(Status(StatusCode.OK))
            return span.get_span_context()
        try:
            raise TimeoutError("upstream timed out after 30 s")
        except TimeoutError as error:
            span.record_exception(error, {"attempt": 3})
            span.set_attribute("error.type", "TimeoutError")
            span.set_status(Status(StatusCode.ERROR, "upstream timeout: no answer in 30 s"))
        return span.get_span_context()


def run_called_from_elsewhere(tracer):
    """A workflow run with a remote parent and a trace state: steps, LLM calls (one fails), a tool call."""
    caller = context_elsewhere([("vendor", "t61rcWkgMzE"), ("tollgate", "keep:1")])
    with tracer.start_as_current_span(
        "invoke_workflow support-triage",
        trace.set_span_in_context(NonRecordingSpan(caller)),
        kind=SpanKind.SERVER,
        attributes={"workflow.name": "support-triage", "execution_id": "exec-0001", **SCALARS, **ARRAYS},
    ) as run:
        with tracer.start_as_current_span("step retrieve", attributes={"workflow.step": "retrieve"}):
            with tracer.start_as_current_span("execute_tool search", kind=SpanKind.CLIENT) as tool:
                tool.set_attribute("gen_ai.tool.name", "search")
                tool.set_attribute("gen_ai.tool.call.arguments", '{"q":"refund policy"}')
                tool.set_attribute("demo.nested", NESTED)
        with tracer.start_as_current_span("step draft", attributes={"workflow.step": "draft"}) as step:
            llm_call(tracer, fails=False)
            llm_call(tracer, fails=True)
            step.set_status(Status(StatusCode.ERROR, "step failed"))
        return run.get_span_context()


def run_from_a_queue(tracer, first_run):
    """A trace with a true root, a producer and a consumer, and links with attributes to spans of other traces."""
    elsewhere = context_elsewhere([("other", "00f067aa0ba902b7")])
    links = [
        Link(first_run, {"link.kind": "follows", "link.rank": 1, "link.tags": ["a", "b"]}),
        Link(elsewhere),
    ]
    with tracer.start_as_current_span("publish job", kind=SpanKind.PRODUCER, links=links) as sent:
        sent.add_event("queued", timestamp=time.time_ns() - 1_000_003)
        with tracer.start_as_current_span("process job", kind=SpanKind.CONSUMER) as span:
            span.add_link(sent.get_span_context(), {"messaging.batch.message_count": 1})
            time.sleep(0.001)


def overflowing_span(provider):
    """One span that breaks its provider's limits, so that every dropped_*_count is something other than zero."""
    tracer = provider.get_tracer("limits")
    links = [Link(context_elsewhere([]), {"a": 1, "b": 2, "c": 3}) for _ in range(3)]
    with tracer.start_as_current_span("over the limits", links=links) as span:
        for number in range(5):
            span.set_attribute(f"attribute.{number}", "0123456789" * 10)
            span.add_event(f"event {number}", {"a": 1, "b": 2, "c": 3})


def send_spans(providers, runs):
    main, limited = providers
    tracer = main.get_tracer(
        "demo.agents", "1.4.2", schema_url=SCHEMA, attributes={"scope.team": "support", "scope.rank": 3}
    )
    plain = main.get_tracer("demo.queue", "0.1.0")
    contexts = []
    for _ in range(runs):
        contexts.append(run_called_from_elsewhere(tracer))
        run_from_a_queue(plain, contexts[-1])
        overflowing_span(limited)
    return contexts


def send_logs(provider, contexts):
    """One record of each sort for every run: with and without a trace, a time, a severity, a name, a plain body."""
    logger = provider.get_logger(
        "demo.agents.log", "1.4.2", schema_url=SCHEMA, attributes={"scope.team": "support"}
    )
    plain = provider.get_logger("demo.plain")
    for span_context in contexts:
        inside = trace.set_span_in_context(NonRecordingSpan(span_context))
        now = time.time_ns()
        records = [
            {"severity_text": "INFO", "severity_number": SeverityNumber.INFO, "body": PROMPT, "timestamp": now},
            {"severity_text": "warn", "severity_number": SeverityNumber.WARN2, "body": NESTED, "timestamp": now + 1},
            {"severity_number": SeverityNumber.ERROR, "body": ["a", 2, 0.5, {"k": False}], "timestamp": now + 2},
            {"event_name": "gen_ai.client.inference.operation.details", "attributes": {"gen_ai.input": NESTED}},
            {"body": 2**53 + 1, "timestamp": now + 3},
            {"body": b"\x00\xff", "timestamp": now + 4},
            {"body": "", "timestamp": now + 5, "observed_timestamp": now + 6},
        ]
        for record in records:
            attributes = {**SCALARS, **ARRAYS, "demo.nested": NESTED, **record.pop("attributes", {})}
            logger.emit(LogRecord(context=inside, attributes=attributes, **record))
        plain.emit(LogRecord(timestamp=now, body="no trace, no attributes"))


def providers_for(recorded_spans, recorded_logs, runs):
    resource = Resource.create(
        {
            "service.name": "python-client",
            "service.namespace": "demo",
            "deployment.environment.name": "test",
            "process.pid": 4242,
            "process.command_args": ["send.py", "--demo"],
        },
        SCHEMA,
    )
    room = max(2048, 64 * runs)
    limits = SpanLimits(
        max_span_attributes=3, max_events=2, max_links=2, max_event_attributes=1, max_link_attributes=1,
        max_span_attribute_length=16,
    )
    main = TracerProvider(resource=resource)
    limited = TracerProvider(resource=Resource({"service.name": "python-client-limited"}), span_limits=limits)
    processor = BatchSpanProcessor(recorded_spans, max_queue_size=room)
    main.add_span_processor(processor)
    limited.add_span_processor(processor)
    logs = LoggerProvider(resource=resource)
    logs.add_log_record_processor(BatchLogRecordProcessor(recorded_logs, max_queue_size=room))
    return (main, limited), logs


def arguments():
    parser = argparse.ArgumentParser(description="Send traces and logs with the OpenTelemetry SDK for Python.")
    parser.add_argument("--protocol", required=True, choices=["grpc", "http/protobuf"])
    parser.add_argument("--endpoint", required=True, help="http://HOST:PORT, without /v1/...")
    parser.add_argument("--out", required=True, help="file to write what was sent to, as OTLP JSON lines")
    parser.add_argument("--compression", default="none", choices=["none", "gzip"])
    parser.add_argument("--signals", default="traces,logs", choices=["traces", "logs", "traces,logs"])
    parser.add_argument("--runs", type=int, default=1, help="how often to send the whole workload")
    parser.add_argument("--timeout", type=float, default=10, help="seconds an export may take, its retries included")
    return parser.parse_args()


def main():
    args = arguments()
    logging.basicConfig(stream=sys.stderr, level=logging.WARNING)
    # A line for every attribute over the limits, which overflowing_span goes over on purpose.
    logging.getLogger("opentelemetry.attributes").setLevel(logging.ERROR)
    span_exporter, log_exporter = exporters(args.protocol, args.endpoint, args.compression, args.timeout)
    spans, logs = RecordedSpans(span_exporter, encode_spans), RecordedLogs(log_exporter, encode_logs)
    tracers, loggers = providers_for(spans, logs, args.runs)
    if "traces" in args.signals:
        contexts = send_spans(tracers, args.runs)
    else:
        contexts = [context_elsewhere([]) for _ in range(args.runs)]
    if "logs" in args.signals:
        send_logs(loggers, contexts)
    flushed = [tracers[0].force_flush(60_000), loggers.force_flush(60_000)]
    with open(args.out, "w", encoding="utf-8") as out:
        out.writelines(line + "\n" for line in spans.lines + logs.lines)
    if not all(flushed) or spans.failures or logs.failures:
        failed = f"{spans.failures} trace and {logs.failures} log exports failed"
        print(f"send.py: {failed}; flushes finished: {flushed}", file=sys.stderr)
        return 1
    loggers.shutdown()
    tracers[0].shutdown()
    return 0


if __name__ == "__main__":
    sys.exit(main())
