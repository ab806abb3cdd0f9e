// Sends traces and logs through the official OpenTelemetry SDK for JavaScript and writes down what it sent.
//
// Why this file exists: Tollgate must carry what real SDKs produce, and this one speaks OTLP/JSON besides protobuf.
// Everything goes through the public API, the SDK's batch processors and its OTLP exporters; `--out` holds the same
// batches as OTLP JSON lines from the SDK's own serializers, so that ../compare.py can hold them against what arrived
// at the other end, field by field.
//
//     node send.mjs --protocol grpc|http/protobuf|http/json --endpoint http://127.0.0.1:4317 --out sent.jsonl
//
// The packages come from node_modules beside this file or above a copy of it (../setup.sh makes that copy).
// Exits 1 when an export fails after the SDK's own retries (bounded by `--timeout`) or when a flush fails.
// It does not make what the SDK cannot: scope attributes on spans, maps in span attributes.

import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import {
  createTraceState, diag, DiagConsoleLogger, DiagLogLevel, ROOT_CONTEXT, SpanKind, SpanStatusCode, trace,
  TraceFlags,
} from '@opentelemetry/api';
import { SeverityNumber } from '@opentelemetry/api-logs';
import { OTLPLogExporter as GrpcLogs } from '@opentelemetry/exporter-logs-otlp-grpc';
import { OTLPLogExporter as JsonLogs } from '@opentelemetry/exporter-logs-otlp-http';
import { OTLPLogExporter as ProtoLogs } from '@opentelemetry/exporter-logs-otlp-proto';
import { OTLPTraceExporter as GrpcSpans } from '@opentelemetry/exporter-trace-otlp-grpc';
import { OTLPTraceExporter as JsonSpans } from '@opentelemetry/exporter-trace-otlp-http';
import { OTLPTraceExporter as ProtoSpans } from '@opentelemetry/exporter-trace-otlp-proto';
import { JsonLogsSerializer, JsonTraceSerializer } from '@opentelemetry/otlp-transformer';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { BatchLogRecordProcessor, LoggerProvider } from '@opentelemetry/sdk-logs';
import { BasicTracerProvider, BatchSpanProcessor, RandomIdGenerator } from '@opentelemetry/sdk-trace-base';

const SCHEMA = 'https://opentelemetry.io/schemas/1.37.0';
const PROMPT = 'Summarise the "Q3" report for jane.doe@example.com\n- churn: 4,2 %\n- naïve café 東京 🚦 \\ / \t end';
const FLAT = {
  'demo.string.empty': '',
  'demo.int.zero': 0,
  'demo.int.negative': -7,
  'demo.int.min': Number.MIN_SAFE_INTEGER,
  'demo.int.max': Number.MAX_SAFE_INTEGER,
  'demo.double': -0.1,
  'demo.double.small': 5e-324,
  'demo.bool.true': true,
  'demo.bool.false': false,
  'demo.strings': ['a', '', 'ü'],
  'demo.ints': [1, -2, 2 ** 40],
  'demo.doubles': [0.5, 1.25, -2.25],
  'demo.bools': [true, false],
  'demo.holes': ['a', null, 'b'],
  'demo.empty': [],
};
const NESTED = {
  level: 1,
  child: { names: ['x', 'y'], deep: { ok: true, ratio: 0.25, raw: new Uint8Array([1, 255]) } },
  list: [{ k: 'v' }, 7, null],
};

// Stands between the SDK's batch processor and its OTLP exporter: keeps every batch and whether it got through.
class Recorded {
  lines = [];
  errors = [];

  constructor(exporter, serializer) {
    this.exporter = exporter;
    this.serializer = serializer;
  }

  export(batch, done) {
    this.lines.push(new TextDecoder().decode(this.serializer.serializeRequest(batch)));
    this.exporter.export(batch, result => {
      if (result.code !== 0) this.errors.push(result.error ?? new Error('export failed without a reason'));
      done(result);
    });
  }

  forceFlush() {
    return this.exporter.forceFlush();
  }

  shutdown() {
    return this.exporter.shutdown();
  }
}

function exporters({ protocol, endpoint, compression, timeout }) {
  const base = (endpoint.includes('://') ? endpoint : `http://${endpoint}`).replace(/\/$/, '');
  const options = { compression, timeoutMillis: Number(timeout) * 1000 };
  if (protocol === 'grpc') return [new GrpcSpans({ ...options, url: base }), new GrpcLogs({ ...options, url: base })];
  const kinds = { 'http/protobuf': [ProtoSpans, ProtoLogs], 'http/json': [JsonSpans, JsonLogs] };
  const [Spans, Logs] = kinds[protocol];
  return [new Spans({ ...options, url: `${base}/v1/traces` }), new Logs({ ...options, url: `${base}/v1/logs` })];
}

const ids = new RandomIdGenerator();

// The context of a span in another process, as it would come out of a traceparent and a tracestate header.
function contextElsewhere(traceState) {
  return {
    traceId: ids.generateTraceId(),
    spanId: ids.generateSpanId(),
    traceFlags: TraceFlags.SAMPLED,
    isRemote: true,
    traceState: traceState && createTraceState(traceState),
  };
}

// Runs `body(span, context)` in a span of its own and ends it.
function inSpan(tracer, name, options, context, body) {
  const span = tracer.startSpan(name, options, context);
  const result = body(span, trace.setSpan(context, span));
  span.end();
  return result;
}

function llmCall(tracer, context, fails) {
  const attributes = {
    'gen_ai.operation.name': 'chat',
    'gen_ai.provider.name': 'openai',
    'gen_ai.request.model': 'gpt-4o',
    'gen_ai.request.temperature': 0.2,
    'gen_ai.request.max_tokens': 1024,
    'gen_ai.request.stop_sequences': ['END', '\n\n'],
    'gen_ai.input.messages': JSON.stringify([{ role: 'user', parts: [{ type: 'text', content: PROMPT }] }]),
    'server.address': 'api.example.com',
    'server.port': 443,
  };
  inSpan(tracer, 'chat gpt-4o', { kind: SpanKind.CLIENT, attributes }, context, span => {
    span.addEvent('gen_ai.content.prompt', { 'gen_ai.prompt': PROMPT, retry: 0, weights: [0.5, 0.25] });
    if (fails) {
      span.recordException(new TypeError('upstream timed out after 30 s'));
      span.setAttribute('error.type', 'TypeError');
      span.setStatus({ code: SpanStatusCode.ERROR, message: 'upstream timeout: no answer in 30 s' });
      return;
    }
    span.setAttributes({
      'gen_ai.response.model': 'gpt-4o-2024-08-06',
      'gen_ai.response.finish_reasons': ['stop'],
      'gen_ai.usage.input_tokens': 812,
      'gen_ai.usage.output_tokens': 240,
    });
    span.addEvent('gen_ai.choice');
    span.setStatus({ code: SpanStatusCode.OK });
  });
}

// A workflow run with a remote parent and a trace state: steps, LLM calls (one fails), a tool call.
function runCalledFromElsewhere(tracer) {
  const caller = contextElsewhere('vendor=t61rcWkgMzE,tollgate=keep:1');
  const attributes = { 'workflow.name': 'support-triage', 'execution_id': 'exec-0001', ...FLAT };
  const options = { kind: SpanKind.SERVER, attributes };
  const context = trace.setSpanContext(ROOT_CONTEXT, caller);
  return inSpan(tracer, 'invoke_workflow support-triage', options, context, (run, inRun) => {
    inSpan(tracer, 'step retrieve', { attributes: { 'workflow.step': 'retrieve' } }, inRun, (_, inStep) => {
      inSpan(tracer, 'execute_tool search', { kind: SpanKind.CLIENT }, inStep, tool => {
        tool.setAttribute('gen_ai.tool.name', 'search');
        tool.setAttribute('gen_ai.tool.call.arguments', '{"q":"refund policy"}');
      });
    });
    inSpan(tracer, 'step draft', { attributes: { 'workflow.step': 'draft' } }, inRun, (step, inStep) => {
      llmCall(tracer, inStep, false);
      llmCall(tracer, inStep, true);
      step.setStatus({ code: SpanStatusCode.ERROR, message: 'step failed' });
    });
    return run.spanContext();
  });
}

// A trace with a true root, a producer and a consumer, and links with trace state and attributes to other traces.
function runFromAQueue(tracer, firstRun) {
  const links = [
    { context: firstRun, attributes: { 'link.kind': 'follows', 'link.rank': 1, 'link.tags': ['a', 'b'] } },
    { context: contextElsewhere('other=00f067aa0ba902b7') },
  ];
  inSpan(tracer, 'publish job', { kind: SpanKind.PRODUCER, links }, ROOT_CONTEXT, (sent, context) => {
    sent.addEvent('queued', Date.now() - 1);
    inSpan(tracer, 'process job', { kind: SpanKind.CONSUMER }, context, span => {
      span.addLink({ context: sent.spanContext(), attributes: { 'messaging.batch.message_count': 1 } });
    });
  });
}

// One span that breaks its provider's limits, so that every dropped…Count is something other than zero.
function overflowingSpan(tracer) {
  const links = [0, 1, 2].map(() => ({ context: contextElsewhere(), attributes: { a: 1, b: 2, c: 3 } }));
  inSpan(tracer, 'over the limits', { links }, ROOT_CONTEXT, span => {
    for (let number = 0; number < 5; number++) {
      span.setAttribute(`attribute.${number}`, '0123456789'.repeat(10));
      span.addEvent(`event ${number}`, { a: 1, b: 2, c: 3 });
    }
  });
}

// One record of each sort for every run: with and without a trace, a severity, a name, a plain body.
function sendLogs(provider, spanContext) {
  const scope = { schemaUrl: SCHEMA, attributes: { 'scope.team': 'support' } };
  const logger = provider.getLogger('demo.agents.log', '1.4.2', scope);
  const context = trace.setSpanContext(ROOT_CONTEXT, spanContext);
  const records = [
    { severityText: 'INFO', severityNumber: SeverityNumber.INFO, body: PROMPT },
    { severityText: 'warn', severityNumber: SeverityNumber.WARN2, body: NESTED },
    { severityNumber: SeverityNumber.ERROR, body: ['a', 2, 0.5, { k: false }] },
    { eventName: 'gen_ai.client.inference.operation.details', attributes: { 'gen_ai.input': NESTED } },
    { body: Number.MAX_SAFE_INTEGER },
    { body: new Uint8Array([0, 255]) },
    { body: '', observedTimestamp: Date.now() + 5 },
  ];
  for (const { attributes, ...record } of records) {
    logger.emit({ context, ...record, attributes: { ...FLAT, 'demo.nested': NESTED, ...attributes } });
  }
  provider.getLogger('demo.plain').emit({ context: ROOT_CONTEXT, body: 'no trace, no attributes' });
}

function providersFor(spans, logs, runs) {
  const resource = resourceFromAttributes({
    'service.name': 'node-client',
    'service.namespace': 'demo',
    'deployment.environment.name': 'test',
    'process.pid': 4242,
    'process.command_args': ['send.mjs', '--demo'],
    'telemetry.sdk.name': 'opentelemetry',
    'telemetry.sdk.language': 'nodejs',
  }, { schemaUrl: SCHEMA });
  const maxQueueSize = Math.max(2048, 64 * runs);
  const spanProcessors = [new BatchSpanProcessor(spans, { maxQueueSize })];
  const spanLimits = {
    attributeCountLimit: 3, eventCountLimit: 2, linkCountLimit: 2, attributePerEventCountLimit: 1,
    attributePerLinkCountLimit: 1, attributeValueLengthLimit: 16,
  };
  const limitedResource = resourceFromAttributes({ 'service.name': 'node-client-limited' });
  return {
    main: new BasicTracerProvider({ resource, spanProcessors }),
    limited: new BasicTracerProvider({ resource: limitedResource, spanProcessors, spanLimits }),
    logs: new LoggerProvider({
      resource,
      processors: [new BatchLogRecordProcessor({ exporter: logs, maxQueueSize })],
    }),
  };
}

function options() {
  const { values } = parseArgs({
    options: {
      protocol: { type: 'string' },
      endpoint: { type: 'string' },
      out: { type: 'string' },
      compression: { type: 'string', default: 'none' },
      signals: { type: 'string', default: 'traces,logs' },
      runs: { type: 'string', default: '1' },
      timeout: { type: 'string', default: '10' },
    },
  });
  const allowed = {
    protocol: ['grpc', 'http/protobuf', 'http/json'],
    compression: ['none', 'gzip'],
    signals: ['traces', 'logs', 'traces,logs'],
  };
  for (const [name, choices] of Object.entries(allowed)) {
    if (!choices.includes(values[name])) throw new Error(`--${name} is one of ${choices.join(', ')}`);
  }
  if (!values.endpoint || !values.out) throw new Error('--endpoint and --out are needed');
  return values;
}

async function main() {
  diag.setLogger(new DiagConsoleLogger(), DiagLogLevel.WARN);
  const args = options();
  const [spanExporter, logExporter] = exporters(args);
  const spans = new Recorded(spanExporter, JsonTraceSerializer);
  const logs = new Recorded(logExporter, JsonLogsSerializer);
  const providers = providersFor(spans, logs, Number(args.runs));
  const tracer = providers.main.getTracer('demo.agents', '1.4.2', { schemaUrl: SCHEMA });
  for (let run = 0; run < Number(args.runs); run++) {
    let context = contextElsewhere();
    if (args.signals.includes('traces')) {
      context = runCalledFromElsewhere(tracer);
      runFromAQueue(providers.main.getTracer('demo.queue', '0.1.0'), context);
      overflowingSpan(providers.limited.getTracer('limits'));
    }
    if (args.signals.includes('logs')) sendLogs(providers.logs, context);
  }
  const flushes = await Promise.allSettled([providers.main.forceFlush(), providers.logs.forceFlush()]);
  writeFileSync(args.out, [...spans.lines, ...logs.lines].map(line => `${line}\n`).join(''));
  const rejected = flushes.filter(flush => flush.status === 'rejected').flatMap(flush => flush.reason);
  const errors = [...spans.errors, ...logs.errors, ...rejected];
  for (const message of new Set(errors.map(error => error.message))) console.error('send.mjs:', message);
  if (errors.length > 0) return 1;
  await providers.logs.shutdown();
  await providers.main.shutdown();
  return 0;
}

process.exit(await main());
