//! `tollgate why`: what became of a trace, and why; asked of a running process, or of the journal it left.

use std::fmt::Write;
use std::io;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use bytes::Bytes;
use clap::Args;
use http_body_util::{BodyExt, Empty};
use hyper::client::conn::http1::handshake;
use hyper::{Request, StatusCode};
use hyper_util::rt::TokioIo;
use pipeline::journal::{Found, decision};
use pipeline::sampling::{Answer, Decision, PolicyLegend, TraceId, Vote};
use serde_json::{Value, json};
use tokio::net::TcpStream;

use crate::answer::{self, Format, count};

/// How long a process may take to answer.
const PATIENCE: Duration = Duration::from_secs(10);

/// The arguments of `why`.
#[derive(Debug, Args)]
pub(crate) struct WhyArgs {
    /// The trace's id, 32 hexadecimal digits.
    #[arg(value_name = "TRACE_ID")]
    trace: String,
    /// The health address of the process to ask.
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:13133")]
    at: String,
    /// Ask the journal in this folder instead (`service.storage.directory`), whether or not a process uses it.
    #[arg(long, value_name = "DIR", conflicts_with = "at")]
    storage: Option<PathBuf>,
    /// How it is written.
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

/// A wrong command line, as clap has it.
const USAGE: u8 = 2;

pub(crate) fn run(args: &WhyArgs) -> ExitCode {
    let Some(trace) = TraceId::parse(args.trace.trim()) else {
        answer::say(&format!("tollgate: `{}` is no trace id, which is 32 hexadecimal digits", args.trace));
        return ExitCode::from(USAGE);
    };
    let found = match &args.storage {
        Some(folder) => decision(folder, trace)
            .map(|found| found.as_ref().map(json))
            .map_err(|error| format!("{}: {error}", folder.display())),
        None => ask(&args.at, trace).map_err(|error| format!("{}: {error}", args.at)),
    };
    match found {
        Ok(Some(found)) if args.format == Format::Json => answer::data(&format!("{found:#}\n")),
        Ok(Some(found)) => answer::data(&human(&found)),
        Ok(None) => {
            answer::say(&format!("tollgate: nothing is known of trace {trace}: it still waits, never came, passed"));
            answer::say("  no sampler, or was decided longer ago than decisions are kept");
            ExitCode::FAILURE
        }
        Err(error) => {
            answer::say(&format!("tollgate: {error}"));
            ExitCode::FAILURE
        }
    }
}

/// Asks a running process.
fn ask(address: &str, trace: TraceId) -> io::Result<Option<Value>> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let asked = runtime.block_on(async { tokio::time::timeout(PATIENCE, get(address, trace)).await });
    asked.map_err(|_| io::Error::from(io::ErrorKind::TimedOut))?
}

/// `host:port`, also where a browser's address is given, as the log has it.
fn host(address: &str) -> &str {
    let address = address.trim();
    address.strip_prefix("http://").unwrap_or(address).split('/').next().unwrap_or_default()
}

async fn get(address: &str, trace: TraceId) -> io::Result<Option<Value>> {
    let address = host(address);
    let stream = TcpStream::connect(address).await?;
    let (mut requests, connection) = handshake(TokioIo::new(stream)).await.map_err(io::Error::other)?;
    tokio::spawn(connection);
    let request = Request::get(format!("/why/{trace}")).header("host", address).body(Empty::<Bytes>::new());
    let response = requests.send_request(request.map_err(io::Error::other)?).await.map_err(io::Error::other)?;
    let status = response.status();
    let body = response.into_body().collect().await.map_err(io::Error::other)?.to_bytes();
    match status {
        StatusCode::OK => serde_json::from_slice(&body).map(Some).map_err(io::Error::other),
        StatusCode::NOT_FOUND => Ok(None),
        other => Err(io::Error::other(format!("answered {other}; is this the health address of a tollgate?"))),
    }
}

/// What is known, for programs. Nothing of it is text of an attribute.
pub(crate) fn json(found: &Found) -> Value {
    let Found { decision, sampler, legend, deliveries } = found;
    let Decision { trace, at, waited, verdict, trigger, spans, logs, bytes, mark, votes } = decision;
    let policies = legend.policies.iter().enumerate();
    let policies: Vec<Value> = policies.map(|(place, legend)| policy(legend, votes.get(place))).collect();
    let kept_by = mark.policy.and_then(|place| legend.policies.get(usize::from(place))).map(|legend| &legend.name);
    let probability = mark.threshold.map(|rejected| 1.0 - rejected as f64 / 2_f64.powi(56));
    let deliveries: Vec<Value> =
        deliveries.iter().map(|one| json!({ "exporter": one.exporter, "settled": one.settled })).collect();
    json!({
        "version": 1,
        "trace_id": trace.to_string(),
        "sampler": sampler,
        "decision": verdict,
        "trigger": trigger,
        "decided_unix_nanos": at,
        "waited_seconds": waited.as_secs_f64(),
        "spans": spans,
        "logs": logs,
        "bytes": bytes,
        "kept_by": kept_by,
        "threshold": mark.threshold.map(|threshold| format!("{threshold:014x}")),
        "probability": probability,
        "partial": mark.partial,
        "policies": policies,
        "deliveries": deliveries,
    })
}

fn policy(legend: &PolicyLegend, vote: Option<&Vote>) -> Value {
    let unasked = Vote { answer: Answer::Unasked, entry: None, value: None };
    let Vote { answer, entry, value } = vote.unwrap_or(&unasked);
    let matched = entry.and_then(|at| legend.entries.get(usize::from(at)));
    // Seven digits are kept: no more are shown.
    let value: Option<f64> = value.and_then(|value| value.to_string().parse().ok());
    json!({
        "name": legend.name,
        "type": legend.kind,
        "vote": answer,
        "matched": matched,
        "value": value,
        "unit": legend.unit,
    })
}

fn human(found: &Value) -> String {
    let text = |key: &str| found[key].as_str().unwrap_or_default().replace('_', " ");
    let mut out = format!("trace {}\n{}", found["trace_id"].as_str().unwrap_or_default(), text("decision"));
    // Writing to a String does not fail.
    if let Some(by) = found["kept_by"].as_str() {
        let _ = write!(out, " by `{by}`");
    }
    if let Some(share) = found["probability"].as_f64() {
        let _ = write!(out, ", as one of {:.4} % of its like", share * 100.0);
    }
    let _ = writeln!(out, " ({})", found["sampler"].as_str().unwrap_or_default());
    let at = found["decided_unix_nanos"].as_u64().unwrap_or_default();
    let ago = pipeline::Timestamp::now().since(pipeline::Timestamp(at));
    let waited = found["waited_seconds"].as_f64().unwrap_or_default();
    let _ = writeln!(out, "when      {} s ago, after {waited:.1} s ({})", ago.as_secs(), trigger(&text("trigger")));
    let [spans, logs, bytes] =
        ["span", "log", "byte"].map(|what| count(found[format!("{what}s")].as_u64().unwrap_or_default(), what));
    let _ = writeln!(out, "on        {spans}, {logs}, {bytes}");
    if found["spans"] == 0 && found["decision"] == "sampled" {
        let _ = writeln!(out, "orphan    of logs alone: `orphan_logs` keeps them, no policy was asked");
    }
    if found["partial"] == true {
        let _ = writeln!(out, "partial   some of the trace is missing");
    }
    let deliveries = found["deliveries"].as_array().into_iter().flatten();
    for one in deliveries {
        let state = if one["settled"] == true { "settled" } else { "owed" };
        let _ = writeln!(out, "{state:<9} {}", one["exporter"].as_str().unwrap_or_default());
    }
    let _ = writeln!(out, "\n{:<24} {:<18} {:<14} because", "policy", "type", "vote");
    for policy in found["policies"].as_array().into_iter().flatten() {
        let text = |key: &str| policy[key].as_str().unwrap_or_default();
        let about = |value: f64| if value.abs() < SEVEN_DIGITS { "" } else { "about " };
        let value = policy["value"].as_f64().map(|value| format!("{}{value} {}", about(value), text("unit")));
        let because: Vec<String> = policy["matched"].as_str().map(str::to_owned).into_iter().chain(value).collect();
        let vote = text("vote").replace('_', " ");
        let line = format!("{:<24} {:<18} {vote:<14} {}", text("name"), text("type"), because.join(", "));
        let _ = writeln!(out, "{}", line.trim_end());
    }
    out
}

/// From here on a number of a vote is rounded.
const SEVEN_DIGITS: f64 = 1e7;

fn trigger(name: &str) -> &str {
    match name {
        "root" => "its root had come",
        "idle" => "nothing had come for a while",
        "timeout" => "decision_wait had passed",
        "early" => "the outcome was certain",
        "evicted" => "room was needed",
        "pressure" => "the waiting room was nearly full",
        "too large" => "it was too large",
        "drained" => "the process stopped",
        "regret" => "an error came within the regret window",
        other => other,
    }
}

#[cfg(test)]
mod tests;
