//! `tollgate validate`: everything that is wrong with a configuration, at once.

use std::process::ExitCode;

use clap::Args;
use pipeline::config::{ByteSize, Plan, Report};

use crate::answer::{self, ConfigArgs, Format};
use crate::registry::RULES;
use crate::{machine, run as start};

/// The arguments of `validate`.
#[derive(Debug, Args)]
pub(crate) struct ValidateArgs {
    #[command(flatten)]
    config: ConfigArgs,
    /// How diagnostics are written: for people on stderr, or as JSON on stdout.
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

pub(crate) fn run(args: &ValidateArgs) -> ExitCode {
    let loaded = args.config.load();
    let (plan, report) = match loaded.plan(&RULES) {
        // The same code as at the start, up to opening sockets: what passes here starts there.
        Ok((plan, report)) => match start::build(&loaded, &plan) {
            Ok(_built) => (Some(plan), report),
            Err(unbuilt) => (None, unbuilt.into_iter().fold(report, Report::and)),
        },
        Err(report) => (None, report),
    };
    match args.format {
        Format::Human => human(plan.as_ref(), &report),
        Format::Json => {
            answer::data(&format!("{:#}\n", report.json()));
            answer::verdict(&report)
        }
    }
}

fn human(plan: Option<&Plan>, report: &Report) -> ExitCode {
    let verdict = answer::diagnose(report);
    let Some(plan) = plan else { return verdict };
    let pipelines: Vec<String> = plan.pipelines.iter().map(|pipeline| pipeline.id.to_string()).collect();
    let machine = machine::memory();
    let ceiling = ByteSize(plan.service.memory_ceiling(machine));
    let machine = ByteSize(machine);
    answer::data(&format!(
        "ok: {}\nmemory ceiling: {ceiling} of {machine} for requests in flight and everything still owed\n",
        pipelines.join(", "),
    ))
}
