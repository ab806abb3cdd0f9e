//! `tollgate plan`: what a load takes of cores, memory and disk, with every assumption, and a block to start from.

mod figures;
mod load;

use std::fmt::Write;
use std::process::ExitCode;
use std::time::Duration;

use clap::Args;
use pipeline::config::{self, ByteSize};
use serde_json::{Value, json};

use crate::answer::{self, Format};
use crate::storage::size;
use figures::ALL;
use load::{Load, Mode, Need};

/// The arguments of `plan`.
#[derive(Debug, Args)]
pub(crate) struct PlanArgs {
    /// Spans a second, as in `800`, `20k` or `1.5M`.
    #[arg(long, value_name = "SPANS_PER_S", value_parser = rate)]
    rate: f64,
    /// Bytes of a span on the wire, as in `900`, `1.2KB` or `4KiB`.
    #[arg(long, value_name = "BYTES_PER_SPAN", value_parser = bytes)]
    bytes: f64,
    /// How long a trace waits before it is decided whether to keep it, as in `30s` or `10m`; `0` where nothing is sampled.
    #[arg(long, value_name = "DURATION", value_parser = wait, default_value = "0")]
    wait: Duration,
    /// What is kept of the spans, as in `10%` or `0.1`.
    #[arg(long, value_name = "PERCENT", value_parser = keep, default_value = "100%")]
    keep: f64,
    /// Without the CPU time of `redaction`.
    #[arg(long)]
    no_redaction: bool,
    /// How it is written.
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

/// The most of each: beyond it a number is a slip, not a load for one process.
const MOST_SPANS: f64 = 1e9;
const MOST_BYTES: u64 = 1 << 30;
const LONGEST: Duration = Duration::from_secs(7 * 24 * 3600);

fn rate(text: &str) -> Result<f64, String> {
    let (number, unit) = match text.trim().strip_suffix(['k', 'K']) {
        Some(number) => (number, 1e3),
        None => text.trim().strip_suffix('M').map_or((text.trim(), 1.0), |number| (number, 1e6)),
    };
    let rate = plain(number).map(|number| number * unit).ok_or("not a number of spans a second, as in `20k`")?;
    if rate > 0.0 && rate <= MOST_SPANS { Ok(rate) } else { Err("must be above 0 and at most 1000M".into()) }
}

fn bytes(text: &str) -> Result<f64, String> {
    let size = ByteSize::parse(text).ok_or("not a size, as in `900`, `1.2KB` or `4KiB`")?;
    match size.0 {
        0 => Err("a span has at least one byte".into()),
        bytes if bytes > MOST_BYTES => Err("a span of more than 1GiB is none".into()),
        bytes => Ok(bytes as f64),
    }
}

fn wait(text: &str) -> Result<Duration, String> {
    let wait = config::Duration::parse(text).ok_or("not a duration, as in `30s` or `10m`; `0` is none")?;
    if wait.0 <= LONGEST { Ok(wait.0) } else { Err("must be a week (168h) at most".into()) }
}

fn keep(text: &str) -> Result<f64, String> {
    let (number, unit) = text.trim().strip_suffix('%').map_or((text.trim(), 1.0), |number| (number, 100.0));
    let keep = plain(number).map(|number| number / unit).ok_or("not a share, as in `10%` or `0.1`")?;
    match keep {
        0.0..=1.0 => Ok(keep),
        _ if unit == 1.0 => Err(format!("must be at most 1 or 100%; did you mean `{number}%`?")),
        _ => Err("must be at most 100%".into()),
    }
}

/// A number in digits, with a point or without: no sign, no exponent, no `inf`.
fn plain(text: &str) -> Option<f64> {
    let text = text.trim();
    let digits = text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.' || byte == b'_');
    text.replace('_', "").parse().ok().filter(|_| digits)
}

pub(crate) fn run(args: &PlanArgs) -> ExitCode {
    let PlanArgs { rate, bytes, wait, keep, no_redaction, format } = *args;
    let load = Load { rate, bytes, wait, keep, redaction: !no_redaction };
    let needs = Mode::ALL.map(|mode| load.need(mode));
    match format {
        Format::Human => answer::data(&human(&load, &needs)),
        Format::Json => answer::data(&format!("{:#}\n", as_json(&load, &needs))),
    }
}

/// The block of a configuration for a mode.
fn block(need: &Need) -> String {
    // In a unit that leaves nothing to be rounded.
    let mut text = format!("service:\n  memory:\n    limit: {}MiB\n", need.memory_limit >> 20);
    if need.mode != Mode::Memory {
        text += "  storage:\n    directory: /var/lib/tollgate\n";
        // Writing to a String does not fail.
        let _ = writeln!(text, "    durability: {}", need.mode.name());
        let _ = writeln!(text, "    max_size: {}", ByteSize(need.max_size));
    }
    text
}

/// The mode to begin with: what survives the process, at a tenth more CPU.
const ADVISED: usize = 1;

fn human(load: &Load, needs: &[Need; 3]) -> String {
    let Load { rate, bytes, wait, keep, redaction } = load;
    let per_second = size((rate * bytes) as u64);
    let waits = if wait.is_zero() { "not sampled".into() } else { format!("waiting {} s", wait.as_secs_f64()) };
    let share = (keep * 1e4).round() / 100.0;
    let mut text = format!("{rate} spans/s of {bytes} B: {per_second}/s in; {waits}, {share}% kept");
    text += if *redaction { ", redacted\n\n" } else { ", not redacted\n\n" };
    // Writing to a String does not fail.
    let _ = writeln!(text, "{:<34} {:>12} {:>12} {:>12}", "durability", "memory", "process", "disk");
    let mut row = |name: &str, cell: &dyn Fn(&Need) -> String| {
        let [memory, process, disk] = needs.each_ref().map(cell);
        let _ = writeln!(text, "{name:<34} {memory:>12} {process:>12} {disk:>12}");
    };
    let or_none = |is_there: bool, text: String| if is_there { text } else { "-".into() };
    let files = |need: &Need| need.mode != Mode::Memory;
    row("cores busy", &|need| format!("{:.2}", need.cores));
    row("cores to have", &|need| need.cores_advised.to_string());
    row("RAM that spans hold", &|need| size(need.held_bytes as u64));
    row("service.memory.limit", &|need| size(need.memory_limit));
    row("disk writes", &|need| or_none(files(need), format!("{:.1} MB/s", need.disk_bytes_per_second / 1e6)));
    row("on disk", &|need| or_none(files(need), gigabytes(need.disk_bytes)));
    row("on disk, a destination away 1 h", &|need| or_none(files(need), gigabytes(need.disk_bytes_away)));
    text += "\nCounted with:\n";
    for figure in ALL {
        let _ = writeln!(text, "  {:>8} {} ({})", figure.value, figure.about, figure.source.name());
    }
    text += "  What is written: all that comes, and what is kept once more where it was waiting.\n";
    text +=
        "  Of the memory limit less 28 MiB five eighths are for spans; the rest is the process and its allocator.\n";
    text += "\nTo begin with:\n\n";
    text + &block(&needs[ADVISED])
}

fn gigabytes(bytes: f64) -> String {
    format!("{:.2} GB", bytes / 1e9)
}

fn as_json(load: &Load, needs: &[Need; 3]) -> Value {
    let of = |need: &Need| {
        json!({
            "durability": need.mode.name(),
            "cores_busy": need.cores,
            "cores": need.cores_advised,
            "ram_held_bytes": need.held_bytes as u64,
            "memory_limit_bytes": need.memory_limit,
            "disk_write_bytes_per_second": need.disk_bytes_per_second as u64,
            "disk_bytes": need.disk_bytes as u64,
            "disk_bytes_destination_away": need.disk_bytes_away as u64,
            "max_size_bytes": need.max_size,
            "config": block(need),
        })
    };
    let assumed = ALL.map(|figure| {
        json!({
            "name": figure.key,
            "value": figure.value,
            "about": figure.about,
            "source": figure.source.name(),
        })
    });
    json!({
        "version": 1,
        "load": {
            "spans_per_second": load.rate,
            "bytes_per_span": load.bytes,
            "wait_seconds": load.wait.as_secs_f64(),
            "keep": load.keep,
            "redaction": load.redaction,
        },
        "modes": needs.each_ref().map(of),
        "advised": needs[ADVISED].mode.name(),
        "assumptions": assumed,
    })
}

#[cfg(test)]
mod tests;
