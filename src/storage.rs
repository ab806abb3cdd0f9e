//! `tollgate storage`: what the journal in a folder holds, without touching it.

use std::fmt::Write;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use clap::{Args, Subcommand};
use pipeline::Timestamp;
use pipeline::journal::{Lag, Status, sampler_of, status};
use serde_json::json;

use crate::answer::{self, Format, count};

/// The commands under `storage`.
#[derive(Debug, Subcommand)]
pub(crate) enum StorageCommand {
    /// Say what a journal holds and what a start would do with it. A process may be using it meanwhile.
    Status(StatusArgs),
}

/// The arguments of `storage status`.
#[derive(Debug, Args)]
pub(crate) struct StatusArgs {
    /// The folder (`service.storage.directory`).
    directory: PathBuf,
    /// How it is written.
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

pub(crate) fn run(command: &StorageCommand) -> ExitCode {
    let StorageCommand::Status(args) = command;
    match status(&args.directory) {
        Ok(status) => match args.format {
            Format::Human => answer::data(&human(&status, Timestamp::now())),
            Format::Json => answer::data(&format!("{:#}\n", json!({ "version": 1, "storage": status }))),
        },
        Err(error) => {
            answer::say(&format!("tollgate: {}: {error}", args.directory.display()));
            ExitCode::FAILURE
        }
    }
}

fn human(status: &Status, now: Timestamp) -> String {
    let Status { segments, bytes, requests, records, oldest, damaged_bytes, .. } = status;
    let Status { unreadable, quarantined, quarantined_bytes, destinations, .. } = status;
    let [segments, requests, records] =
        [(segments, "segment"), (requests, "request"), (records, "record")].map(|(of, what)| count(*of, what));
    let mut text = format!("{segments}, {} on disk: {requests}, {records}", size(*bytes));
    // Writing to a String does not fail.
    let _ = match oldest {
        Some(oldest) => writeln!(text, ", the oldest {} old", age(*oldest, now)),
        None => writeln!(text),
    };
    if *damaged_bytes > 0 {
        let _ = writeln!(text, "damaged: {} cannot be read", size(*damaged_bytes));
    }
    if *unreadable > 0 {
        let _ =
            writeln!(text, "without a header that holds: {}; a start puts that aside", count(*unreadable, "segment"));
    }
    if !quarantined.is_empty() {
        let bounded = "past a sixteenth of max_size the oldest go";
        let _ = writeln!(
            text,
            "put aside for damage: {} files, {}; {bounded}",
            quarantined.len(),
            size(*quarantined_bytes)
        );
    }
    for name in quarantined {
        let _ = writeln!(text, "  {name}");
    }
    if destinations.is_empty() {
        let _ = writeln!(text, "no exporter has read from it");
        return text;
    }
    let _ = writeln!(text, "\n{:<28} {:>10} {:>12} {:>12} {:>10}", "exporter", "requests", "records", "size", "oldest");
    for Lag { exporter, requests, records, bytes, oldest } in destinations {
        let oldest = oldest.map_or_else(|| "-".to_owned(), |oldest| age(oldest, now));
        let exporter = sampler_of(exporter).map_or_else(|| exporter.clone(), |sampler| format!("(waits) {sampler}"));
        let _ = writeln!(text, "{exporter:<28} {requests:>10} {records:>12} {:>12} {oldest:>10}", size(*bytes));
    }
    let again =
        "A start delivers these, and has what waits for a decision wait again; what is owed to an id that is no";
    let _ = writeln!(text, "\n{again}\nlonger configured expires.");
    let _ = writeln!(text, "It is ready at once and looks through {} meanwhile (`recovery` at /ready).", size(*bytes));
    text
}

/// Bytes for people.
pub(crate) fn size(bytes: u64) -> String {
    const UNITS: [&str; 5] = ["B", "KiB", "MiB", "GiB", "TiB"];
    let at = (bytes.max(1).ilog2() / 10).min(4);
    let value = bytes as f64 / f64::from(1_u32 << 10).powi(at as i32);
    if at == 0 { format!("{bytes} B") } else { format!("{value:.1} {}", UNITS[at as usize]) }
}

/// How long ago a time in nanoseconds since the epoch was, in its largest unit.
pub(crate) fn age(nanos: u64, now: Timestamp) -> String {
    let seconds = now.since(Timestamp(nanos)).max(Duration::ZERO).as_secs();
    match seconds {
        0..120 => format!("{seconds}s"),
        120..7200 => format!("{}m", seconds / 60),
        7200..172_800 => format!("{}h", seconds / 3600),
        _ => format!("{}d", seconds / 86_400),
    }
}
