//! `tollgate validate`: everything that is wrong with a configuration, at once; and what a start would do with a journal.

use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Args;
use pipeline::Timestamp;
use pipeline::config::{ByteSize, Findings, Loaded, Plan, Report};
use pipeline::journal::{Fate, Forecast, Foretold, Lag, forecast, sampler_of};
use serde_json::{Value, json};

use crate::answer::{self, ConfigArgs, Format, count};
use crate::registry::RULES;
use crate::storage::{age, size};
use crate::{disk, machine, run as start};

/// The arguments of `validate`.
#[derive(Debug, Args)]
pub(crate) struct ValidateArgs {
    #[command(flatten)]
    config: ConfigArgs,
    /// A journal's folder: say what a start with this configuration would do with what is in it.
    #[arg(long, value_name = "DIR")]
    storage: Option<PathBuf>,
    /// How diagnostics are written: for people on stderr, or as JSON on stdout.
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

pub(crate) fn run(args: &ValidateArgs) -> ExitCode {
    let loaded = args.config.load();
    let mut owed = Vec::new();
    // The same code as at the start, up to opening sockets: what passes here starts there.
    let (plan, mut report) = match start::checked(&loaded) {
        Ok((plan, report, built)) => {
            owed = built.owed();
            let report = report.and(disk::look(&loaded, &plan));
            (Some(plan), report)
        }
        Err(report) => (None, report),
    };
    let mut foretold = None;
    if let (Some(_), Some(folder)) = (&plan, &args.storage) {
        match forecast(folder, &owed) {
            Ok(told) => foretold = Some((folder.as_path(), told)),
            Err(error) => report = report.and(unusable(&loaded, folder, &error)),
        }
    }
    match args.format {
        Format::Human => human(plan.as_ref(), &report, foretold.as_ref()),
        Format::Json => {
            let mut answer = report.json();
            if let (Some(plan), Some((folder, told))) = (&plan, &foretold) {
                answer["storage"] = json!(told);
                answer["storage"]["directory"] = json!(folder.display().to_string());
                answer["storage"]["configured"] = Value::Bool(is_configured(plan, folder));
            }
            answer::data(&format!("{answer:#}\n"));
            answer::verdict(&report)
        }
    }
}

/// A folder that no start could use.
fn unusable(loaded: &Loaded, folder: &Path, error: &std::io::Error) -> Report {
    let mut findings = Findings::default();
    findings.error("storage.directory", "E033", format!("`--storage {}`: {error}", folder.display()));
    loaded.remark(&RULES, &["service"], findings)
}

/// Whether the configuration's own journal is in `folder`.
fn is_configured(plan: &Plan, folder: &Path) -> bool {
    let real = |path: &Path| path.canonicalize().unwrap_or_else(|_| path.to_owned());
    plan.service.storage.as_ref().is_some_and(|storage| real(&storage.directory) == real(folder))
}

fn human(plan: Option<&Plan>, report: &Report, foretold: Option<&(&Path, Forecast)>) -> ExitCode {
    let verdict = answer::diagnose(report);
    let Some(plan) = plan.filter(|_| report.errors() == 0) else { return verdict };
    let pipelines: Vec<String> = plan.pipelines.iter().map(|pipeline| pipeline.id.to_string()).collect();
    let machine = machine::memory();
    let ceiling = ByteSize(plan.service.memory_ceiling(machine));
    let machine = ByteSize(machine);
    let mut text = format!(
        "ok: {}\nmemory ceiling: {ceiling} of {machine} for requests in flight and everything still owed\n",
        pipelines.join(", "),
    );
    if let Some((folder, told)) = foretold {
        text += &told_of(folder, told, is_configured(plan, folder), Timestamp::now());
    }
    answer::data(&text)
}

/// What a start would do with a folder, for people.
fn told_of(folder: &Path, told: &Forecast, configured: bool, now: Timestamp) -> String {
    let Forecast { exists, segments, bytes, damaged_bytes, unreadable, quarantined, exporters } = told;
    let mut text = format!("\nA start with this configuration and the journal in {}:\n", folder.display());
    // Writing to a String does not fail.
    let _ = match exists {
        true => {
            let segments = count(*segments, "segment");
            writeln!(text, "  looks through {segments}, {}, and is ready meanwhile", size(*bytes))
        }
        false => writeln!(text, "  makes the folder"),
    };
    for Foretold { fate, lag: Lag { exporter, requests, records, bytes, oldest } } in exporters {
        let since = oldest.map_or_else(String::new, |oldest| format!(", the oldest {} old", age(oldest, now)));
        let [requests, records] = [count(*requests, "request"), count(*records, "record")];
        let what = format!("{requests}, {records}, {}{since}", size(*bytes));
        let _ = match (fate, sampler_of(exporter)) {
            (Fate::Delivered, Some(sampler)) => writeln!(text, "  has {what} wait for {sampler} again"),
            (Fate::Expired, Some(sampler)) => {
                writeln!(text, "  EXPIRES what waits for {sampler}, which is not configured: {what}")
            }
            (Fate::New, Some(_)) => Ok(()),
            (Fate::Delivered, None) => writeln!(text, "  delivers to {exporter}: {what}"),
            (Fate::Expired, None) => {
                writeln!(text, "  EXPIRES what {exporter} is owed, which is not configured: {what}")
            }
            (Fate::New, None) => {
                writeln!(text, "  begins with {exporter} at the end: it gets nothing of what is there")
            }
        };
    }
    if *damaged_bytes > 0 {
        let _ = writeln!(text, "  cannot read {} for damage: lost", size(*damaged_bytes));
    }
    if *unreadable > 0 {
        let _ = writeln!(text, "  puts aside {} without a header that holds", count(*unreadable, "segment"));
    }
    if !quarantined.is_empty() {
        let _ = writeln!(text, "  leaves alone what was put aside for damage: {}", quarantined.join(", "));
    }
    if !configured {
        let _ = writeln!(text, "This folder is not the `service.storage.directory` of the configuration.");
    }
    text
}
