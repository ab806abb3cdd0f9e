//! What the commands have in common: where the configuration comes from, how an answer is written.

use std::io::{self, IsTerminal, Write};
use std::process::ExitCode;

use clap::{Args, ValueEnum};
use pipeline::config::{ConfigSource, Environment, Loaded, Report, load};

/// The exit code of a bad configuration: `EX_CONFIG` of sysexits.
pub(crate) const BAD_CONFIG: u8 = 78;

/// Where the configuration comes from; every command that needs one takes these.
#[derive(Clone, Debug, Args)]
pub(crate) struct ConfigArgs {
    /// A configuration file, or `file:PATH`, `env:NAME`, `yaml:TEXT`; later ones win.
    #[arg(long, value_name = "FILE", required = true, value_parser = source)]
    config: Vec<ConfigSource>,
    /// A key to set over every file, as in `service.workers=2`; `a::b=c` is the same as `a.b=c`.
    #[arg(long, value_name = "KEY=VALUE")]
    set: Vec<String>,
}

/// Reads an argument of `--config`.
pub(crate) fn source(argument: &str) -> Result<ConfigSource, String> {
    if argument.is_empty() { Err("the name of a file is empty".into()) } else { Ok(ConfigSource::parse(argument)) }
}

impl ConfigArgs {
    /// For commands that can do without.
    pub(crate) fn new(config: Vec<ConfigSource>, set: Vec<String>) -> Self {
        Self { config, set }
    }

    /// Reads every layer, the process's environment among them.
    pub(crate) fn load(&self) -> Loaded {
        load(&self.config, &self.set, &Environment::of_process())
    }
}

/// How an answer is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// For people.
    #[default]
    Human,
    /// For programs.
    Json,
}

/// So many of something: `1 request`, `2 requests`.
pub(crate) fn count(of: u64, what: &str) -> String {
    format!("{of} {what}{}", if of == 1 { "" } else { "s" })
}

/// Writes data to stdout. A reader that has gone away (`| head`) is no failure.
pub(crate) fn data(text: &str) -> ExitCode {
    match io::stdout().lock().write_all(text.as_bytes()) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => ExitCode::FAILURE,
        _ => ExitCode::SUCCESS,
    }
}

/// Writes a report to stderr, coloured on a terminal unless `NO_COLOR` is set; 78 where it has errors.
pub(crate) fn diagnose(report: &Report) -> ExitCode {
    let mut stderr = io::stderr().lock();
    let coloured = coloured(stderr.is_terminal());
    // There is nowhere left to say that stderr is closed.
    let _ = stderr.write_all(report.human(coloured).as_bytes());
    verdict(report)
}

/// Whether what goes to a terminal, or to none, is coloured.
pub(crate) fn coloured(terminal: bool) -> bool {
    terminal && std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty())
}

/// Writes a line to stderr.
pub(crate) fn say(line: &str) {
    // There is nowhere left to say that stderr is closed.
    let _ = writeln!(io::stderr().lock(), "{line}");
}

/// The exit code of a report.
pub(crate) fn verdict(report: &Report) -> ExitCode {
    if report.errors() > 0 { ExitCode::from(BAD_CONFIG) } else { ExitCode::SUCCESS }
}
