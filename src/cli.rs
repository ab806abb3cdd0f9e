//! The command line: what can be asked, and who answers.

use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::{components, demo, letters, plan, redact, run, schema, show, storage, validate, why};

/// A telemetry pipeline: OTLP in, OTLP out.
#[derive(Debug, Parser)]
#[command(version, about, max_term_width = 100, propagate_version = true)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Run the pipelines of a configuration until SIGTERM or SIGINT.
    Run(run::RunArgs),
    /// Show the main job without any backend: run an embedded configuration and send to it.
    Demo(demo::DemoArgs),
    /// Check a configuration: everything that is wrong with it, at once.
    #[command(visible_alias = "check")]
    Validate(validate::ValidateArgs),
    /// Say what a load takes: cores, memory and disk, with every assumption, and a block to start from.
    Plan(plan::PlanArgs),
    /// Try redaction rules on text or OTLP JSON: what would be found, and what would leave.
    Redact(redact::RedactArgs),
    /// Say why a trace was kept or dropped: when, by which policy, on what.
    Why(why::WhyArgs),
    /// List the components of this binary.
    Components(components::ComponentsArgs),
    /// Print the JSON Schema of the configuration, for editors.
    Schema,
    /// Look into a configuration.
    #[command(subcommand)]
    Config(ConfigCommand),
    /// Look into a journal.
    #[command(subcommand)]
    Storage(storage::StorageCommand),
    /// Look into what destinations refused for good, and send it again.
    #[command(subcommand, name = "dead-letters")]
    Letters(letters::LettersCommand),
}

#[derive(Debug, Subcommand)]
enum ConfigCommand {
    /// Print the configuration as it comes out of every layer, without secrets.
    Show(show::ShowArgs),
}

/// Runs what was asked for; a wrong command line ends in clap, with 2.
pub(crate) fn main() -> ExitCode {
    match Cli::parse().command {
        Command::Run(args) => run::run(&args),
        Command::Demo(args) => demo::run(&args),
        Command::Validate(args) => validate::run(&args),
        Command::Plan(args) => plan::run(&args),
        Command::Redact(args) => redact::run(&args),
        Command::Why(args) => why::run(&args),
        Command::Components(args) => components::run(&args),
        Command::Schema => schema::run(),
        Command::Config(ConfigCommand::Show(args)) => show::run(&args),
        Command::Storage(command) => storage::run(&command),
        Command::Letters(command) => letters::run(&command),
    }
}
