//! `tollgate demo`: the main job without any backend. Runs the embedded config, sends itself a small
//! AI workload over a real socket, says what came in, went out and where to look, and keeps listening.

mod sender;
mod workload;

use std::io::{self, Write};
use std::process::ExitCode;
use std::time::Duration;

use clap::Args;
use pipeline::config::{ConfigSource, Environment, load};
use pipeline::graph::Decisions;
use pipeline::ledger::Ledger;
use pipeline::sampling::TraceId;
use pipeline::stop::Stopper;
use pipeline::{Signal, Timestamp};

use crate::run::{self, Built};
use sender::Sender;
use workload::{Workload, logs_request, trace_request};

/// The config the demo runs: also a file to start from.
pub(crate) const CONFIG: &str = include_str!("../../configs/demo.yaml");

/// Where the embedded config listens for OTLP/HTTP.
const TARGET: &str = "127.0.0.1:4318";

/// Runs between two looks at the clock: some 70 spans, a usual SDK batch.
const RUNS_PER_REQUEST: usize = 8;

/// A request every so often: about a thousand spans a second, which a laptop does not notice.
const PAUSE: Duration = Duration::from_millis(70);

/// The arguments of `demo`.
#[derive(Debug, Args)]
pub(crate) struct DemoArgs {
    /// How long to send, as in `5s`.
    #[arg(long, default_value = "5s", value_parser = duration)]
    duration: Duration,
    /// End when the load has been sent and settled, instead of listening on.
    #[arg(long)]
    once: bool,
}

fn duration(text: &str) -> Result<Duration, String> {
    let parsed = pipeline::config::Duration::parse(text).map(|duration| duration.0);
    parsed.ok_or_else(|| "not a duration such as `5s` or `1m30s`".to_owned())
}

/// Runs the embedded config and sends to it.
pub(crate) fn run(args: &DemoArgs) -> ExitCode {
    // Its warnings of a busy metrics port are worth a line; the ordinary lines would drown the report.
    let quiet = ["service.telemetry.logs.level=warn".to_owned()];
    let loaded = load(&[ConfigSource::Yaml(CONFIG.to_owned())], &quiet, &Environment::of_process());
    let (load, once) = (args.duration, args.once);
    run::with_runtime(&loaded, |built| demonstrate(built, load, once))
}

/// Sends for `load`, reports; then listens on until a signal, or ends at once where `once` is set.
async fn demonstrate(built: Built, load: Duration, once: bool) -> ExitCode {
    let started = match run::start(built).await {
        Ok(started) => started,
        Err(reason) => {
            say(&format!("tollgate demo cannot start: {reason}\nIs another process using ports 4317 and 4318?"));
            return ExitCode::FAILURE;
        }
    };
    say(&format!("tollgate demo: sending an AI workload to itself for {} s ...", load.as_secs_f32()));
    let sent = match send(load).await {
        Ok(sent) => sent,
        Err(error) => {
            say(&format!("the demo could not send to itself: {error}"));
            return ExitCode::FAILURE;
        }
    };
    settle(&started.ledger).await;
    say(&account(&sent, &started.ledger));
    say(&try_why(&sent, &started.decisions(), once));
    if !once {
        say("Still listening: OTLP/gRPC on 127.0.0.1:4317, OTLP/HTTP on 127.0.0.1:4318. Ctrl-C ends it.");
        return run::stay(started).await;
    }
    let (_hand, hurried) = Stopper::new();
    let clean = run::report(&started.drain(hurried).await);
    if clean { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// What the demo sent.
#[derive(Debug, Default)]
struct Sent {
    runs: u64,
    spans: u64,
    logs: u64,
    refused: u64,
    /// The trace of each run.
    traces: Vec<TraceId>,
}

async fn send(load: Duration) -> io::Result<Sent> {
    let mut sender = Sender::connect(TARGET).await?;
    let mut workload = Workload::new(7);
    let mut sent = Sent::default();
    let end = tokio::time::Instant::now() + load;
    while tokio::time::Instant::now() < end {
        let (mut spans, mut logs) = (Vec::new(), Vec::new());
        for _ in 0..RUNS_PER_REQUEST {
            let run = workload.run(Timestamp::now().0);
            sent.traces.extend(run.spans.first().and_then(|span| TraceId::of(&span.trace_id)));
            spans.extend(run.spans);
            logs.extend(run.logs);
        }
        sent.runs += RUNS_PER_REQUEST as u64;
        sent.spans += spans.len() as u64;
        sent.logs += logs.len() as u64;
        sent.refused += u64::from(!sender.post("/v1/traces", &trace_request(spans)).await?);
        sent.refused += u64::from(!sender.post("/v1/logs", &logs_request(logs)).await?);
        tokio::time::sleep(PAUSE).await;
    }
    Ok(sent)
}

/// Waits until every trace is decided and the exporters have settled what they are owed; at most five seconds.
async fn settle(ledger: &Ledger) {
    for _ in 0..100 {
        let totals = Signal::ALL.map(|signal| ledger.totals(signal));
        if totals.iter().all(|totals| totals.pending + totals.waiting == 0) {
            return;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

/// What was found and masked, by entity, the most frequent first; `metrics` is the text of `/metrics`.
fn redacted(metrics: &str) -> String {
    let entity = |line: &str| {
        let (labels, count) = line.strip_prefix("tollgate_redaction_matches_total{")?.split_once("} ")?;
        let name = labels.split("entity=\"").nth(1)?.split('"').next()?;
        Some((count.parse::<u64>().ok().filter(|count| *count > 0)?, name.to_owned()))
    };
    let mut found: Vec<_> = metrics.lines().filter_map(entity).collect();
    found.sort_unstable_by(|one, other| other.cmp(one));
    let named: Vec<String> = found.iter().map(|(count, name)| format!("{count} {name}")).collect();
    if named.is_empty() { "nothing".to_owned() } else { named.join(", ") }
}

/// A question to try: why a trace was kept, and why another was not.
fn try_why(sent: &Sent, decisions: &Decisions, once: bool) -> String {
    let decided = |kept: bool| {
        let found = |trace: &&TraceId| {
            decisions.of(**trace).is_ok_and(|found| found.is_some_and(|found| found.decision.kept() == kept))
        };
        sent.traces.iter().find(found)
    };
    let line = |kept: bool, what: &str| decided(kept).map(|trace| format!("    tollgate why {trace}   # {what}\n"));
    let lines: String = [line(false, "was dropped"), line(true, "was kept")].into_iter().flatten().collect();
    let when = if once { "while it listens (without --once)" } else { "in another terminal" };
    format!("  Ask why, {when}:\n{lines}")
}

fn account(sent: &Sent, ledger: &Ledger) -> String {
    let (traces, logs) = (ledger.totals(Signal::Traces), ledger.totals(Signal::Logs));
    format!(
        "
  came in     {spans:>8} spans   {logs_in:>8} log records   of {runs} agent runs ({refused} requests refused)
  kept        {spans_out:>8} spans   {logs_out:>8} log records   every failure, a tenth of the rest
  dropped     {spans_gone:>8} spans   {logs_gone:>8} log records
  still held  {spans_held:>8} spans   {logs_held:>8} log records
  redacted    {redacted}

  Where to look:
    ./tollgate-data/traces.jsonl   the spans that were kept, as OTLP JSON, a request a line
    ./tollgate-data/logs.jsonl     their log records
    http://127.0.0.1:8888/metrics  the ledger
    http://127.0.0.1:13133/ready   health
",
        spans = sent.spans,
        logs_in = sent.logs,
        runs = sent.runs,
        refused = sent.refused,
        spans_out = traces.delivered,
        logs_out = logs.delivered,
        spans_gone = traces.sampled_out,
        logs_gone = logs.sampled_out,
        spans_held = traces.pending + traces.waiting,
        logs_held = logs.pending + logs.waiting,
        redacted = redacted(&ledger.text()),
    )
}

fn say(text: &str) {
    // Nobody reads stdout any more: then there is nobody to tell.
    drop(writeln!(io::stdout(), "{text}"));
}
