//! `tollgate config show`: the configuration as it comes out of every layer.

use std::process::ExitCode;

use clap::Args;

use crate::answer::{self, ConfigArgs};
use crate::registry::RULES;

/// The arguments of `config show`.
#[derive(Debug, Args)]
pub(crate) struct ShowArgs {
    #[command(flatten)]
    config: ConfigArgs,
    /// Say behind each value which file, variable or argument set it.
    #[arg(long)]
    origin: bool,
}

pub(crate) fn run(args: &ShowArgs) -> ExitCode {
    let loaded = args.config.load();
    let verdict = answer::diagnose(&loaded.check(&RULES));
    let written = answer::data(&loaded.show(&RULES, args.origin));
    if verdict == ExitCode::SUCCESS { written } else { verdict }
}
