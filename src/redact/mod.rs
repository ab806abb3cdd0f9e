//! `tollgate redact`: rules tried on text or OTLP JSON, by the code that a pipeline runs, before one does.

mod human;
mod lines;
mod ndjson;
mod otlp;
mod rules;

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, BufReader, BufWriter, IsTerminal, Read, StdoutLock, Write};
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, ValueEnum};
use pipeline::config::ConfigSource;
use processors::redaction::trial::{Change, Finding, Trial};

use crate::answer;
use human::Painter;
use lines::{Line, Lines, MAX_LINE};
use otlp::Document;

/// The arguments of `redact`.
#[derive(Debug, Args)]
#[command(after_long_help = EXAMPLES)]
pub(crate) struct RedactArgs {
    /// Files to read, `-` for stdin; none is stdin.
    #[arg(value_name = "FILE")]
    files: Vec<PathBuf>,
    /// The configuration whose `redaction` processor is tried; without it, the processor's defaults are.
    #[arg(long, value_name = "FILE", value_parser = answer::source)]
    config: Vec<ConfigSource>,
    /// A key to set over the configuration, as in `processors.redaction.profile=strict`.
    #[arg(long, value_name = "KEY=VALUE", requires = "config")]
    set: Vec<String>,
    /// Which processor of the configuration, where it has several: `redaction/strict`.
    #[arg(long, value_name = "ID", requires = "config")]
    processor: Option<String>,
    /// Look for these entities only (`EMAIL_ADDRESS,US_SSN`), whatever their class, with nothing to vouch for them and
    /// whatever the keys around them say; or for `all` there are, of which class B still needs a word.
    #[arg(long, value_name = "A,B", value_delimiter = ',')]
    entities: Vec<String>,
    /// The profile, over that of the configuration.
    #[arg(long, value_enum, conflicts_with = "entities")]
    profile: Option<Profile>,
    /// How the answer is written.
    #[arg(long, value_enum, default_value_t)]
    format: Format,
    /// Say of each finding which detector made it, how that checks, and what vouched for it.
    #[arg(long)]
    explain: bool,
    /// Read each input as one text, so that values that span lines (keys in PEM, indented JSON) are seen whole.
    #[arg(long)]
    whole: bool,
}

/// How much a shape must say to count.
#[derive(Clone, Copy, Debug, ValueEnum)]
enum Profile {
    /// What is unmistakable; what is plausible where a word or a key vouches for it.
    Default,
    /// Every shape, everyday ones too, without a word.
    Strict,
}

/// How the answer is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
enum Format {
    /// A diff of each line, or of each value of OTLP JSON; a summary on stderr.
    #[default]
    Human,
    /// For programs: a line out for each line in. `{"text": …}` gives `{"text": …, "findings": […]}`, OTLP JSON gives
    /// OTLP JSON, anything else `{"error": …}`.
    Ndjson,
    /// What leaves, and nothing else: text for text, OTLP JSON for OTLP JSON.
    Plain,
}

const EXAMPLES: &str = "\
Input is text, a line at a time, or OTLP JSON: {\"resourceSpans\": …} or {\"resourceLogs\": …},
one document, or one a line.

Examples:
  echo 'mail bob@example.com' | tollgate redact --explain
  tollgate redact --config tollgate.yaml --processor redaction/strict kept.jsonl
  tollgate redact --format plain <app.log >clean.log
  echo '{\"text\": \"536-90-4399\"}' | tollgate redact --format ndjson --entities US_SSN

ndjson: a line may have a \"key\" beside its \"text\", which is then judged as the value of that
attribute. A finding is {\"entity\", \"start\", \"end\", \"detector\", \"class\"}:
  start, end  characters (Unicode) of the text that came in, the end exclusive
  detector    the entity's name; with its class where it has several detectors, US_SSN:B,
              GITHUB_TOKEN:A2; rule:NAME, key:NAME; too_large, too_deep, …; block
  class       A, B or C of the detector; rule where the configuration says so; limit where the
              value was over one, and went whole

Exit codes: 0 everything was read, whether or not something was found; 1 something could not be
read, and has said so; 2 usage; 78 bad configuration.";

/// Tries the rules on every input.
pub(crate) fn run(args: &RedactArgs) -> ExitCode {
    let trial = match rules::trial(args) {
        Ok(trial) => trial,
        Err(code) => return code,
    };
    let out = io::stdout().lock();
    let painter = Painter { coloured: answer::coloured(out.is_terminal()), explain: args.explain };
    let mut session = Session { args, trial, painter, out: BufWriter::new(out), tally: Tally::default() };
    let stdin = [PathBuf::from("-")];
    let files = if args.files.is_empty() { &stdin[..] } else { &args.files };
    for file in files {
        let name = file.display();
        let read: io::Result<Box<dyn Read>> = match name.to_string().as_str() {
            "-" => Ok(Box::new(io::stdin().lock())),
            _ => File::open(file).map(|file| Box::new(file) as Box<dyn Read>),
        };
        match read.map(|read| Lines::new(BufReader::new(read))).and_then(|lines| session.input(lines)) {
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => return ExitCode::SUCCESS,
            Err(error) => session.wrong(&format!("cannot go on with {name}: {error}")),
            Ok(()) => {}
        }
    }
    session.end()
}

/// What was seen.
#[derive(Default)]
struct Tally {
    /// Lines, texts or documents.
    read: u64,
    changed: u64,
    wrong: u64,
    entities: BTreeMap<String, u64>,
}

/// Rules, and where the answers go.
struct Session<'a> {
    args: &'a RedactArgs,
    trial: Trial,
    painter: Painter,
    out: BufWriter<StdoutLock<'a>>,
    tally: Tally,
}

impl Session<'_> {
    fn input(&mut self, mut lines: Lines) -> io::Result<()> {
        match self.args.format {
            Format::Ndjson => self.ndjson(&mut lines),
            _ if self.args.whole => match lines.rest()? {
                Line::Text(text) => self.block(text),
                Line::TooLong => self.too_long(),
                Line::End => Ok(()),
            },
            _ => self.texts(&mut lines),
        }?;
        self.out.flush()
    }

    /// A line in, a line out.
    fn ndjson(&mut self, lines: &mut Lines) -> io::Result<()> {
        loop {
            let answer = match lines.next()? {
                Line::End => return Ok(()),
                Line::TooLong => Err(format!("longer than {MAX_LINE} bytes")),
                Line::Text(line) => ndjson::answer(&mut self.trial, line, self.args.explain),
            };
            let answer = answer.unwrap_or_else(|wrong| {
                self.tally.wrong += 1;
                ndjson::error(&wrong)
            });
            writeln!(self.out, "{answer}")?;
            self.out.flush()?;
        }
    }

    /// Lines of text, with documents of OTLP JSON over one line or several among them.
    fn texts(&mut self, lines: &mut Lines) -> io::Result<()> {
        let mut document = Document::default();
        loop {
            match lines.next()? {
                Line::End => break,
                Line::TooLong => self.too_long()?,
                Line::Text(line) if document.takes(line) => {
                    if let Some(whole) = document.whole() {
                        self.block(&whole)?;
                    }
                }
                Line::Text(line) => {
                    let line = line.to_vec();
                    self.held(&mut document)?;
                    self.text(&line)?;
                }
            }
            // Whoever waits for an answer gets it; whoever sends a file pays for few writes.
            if lines.is_drained() {
                self.out.flush()?;
            }
        }
        self.held(&mut document)
    }

    /// Lines that began like a document and were none.
    fn held(&mut self, document: &mut Document) -> io::Result<()> {
        let held = document.take();
        if otlp::signal(&held).is_some() {
            return self.block(&held);
        }
        held.split_inclusive(|byte| *byte == b'\n')
            .try_for_each(|line| self.text(line.strip_suffix(b"\n").unwrap_or(line)))
    }

    /// A document, or a whole text.
    fn block(&mut self, text: &[u8]) -> io::Result<()> {
        let Some(signal) = otlp::signal(text) else { return self.text(text) };
        self.tally.read += 1;
        match otlp::redact(&mut self.trial, signal, text) {
            Err(wrong) => self.wrong(&format!("{}: {wrong}", self.tally.read)),
            Ok((written, changes)) => {
                self.tally.changed += u64::from(!changes.is_empty());
                changes.iter().for_each(|change| self.count(&change.findings));
                if self.args.format == Format::Plain {
                    self.out.write_all(&written)?;
                    return self.out.write_all(b"\n");
                }
                for change in &changes {
                    let painted = self.painter.value(change);
                    self.out.write_all(painted.as_bytes())?;
                }
            }
        }
        Ok(())
    }

    fn text(&mut self, text: &[u8]) -> io::Result<()> {
        self.tally.read += 1;
        let change = self.trial.text("", &String::from_utf8_lossy(text));
        self.tally.changed += u64::from(change.after.as_ref() != Some(&change.before));
        self.count(&change.findings);
        if self.args.format == Format::Plain {
            let after = change.after.unwrap_or_default();
            let end = if self.args.whole && after.ends_with('\n') { "" } else { "\n" };
            return write!(self.out, "{after}{end}");
        }
        let painted = self.painter.text(&change);
        self.out.write_all(painted.as_bytes())
    }

    fn count(&mut self, findings: &[Finding]) {
        for finding in findings {
            *self.tally.entities.entry(finding.entity.clone()).or_default() += 1;
        }
    }

    fn too_long(&mut self) -> io::Result<()> {
        self.tally.read += 1;
        self.wrong(&format!("{}: longer than {MAX_LINE} bytes: left out", self.tally.read));
        Ok(())
    }

    /// Says what could not be read; never a word of it.
    fn wrong(&mut self, what: &str) {
        self.tally.wrong += 1;
        answer::say(&format!("error: {what}"));
    }

    fn end(mut self) -> ExitCode {
        if self.out.flush().is_err_and(|error| error.kind() != io::ErrorKind::BrokenPipe) {
            return ExitCode::FAILURE;
        }
        let Tally { read, changed, wrong, entities } = self.tally;
        if self.args.format == Format::Human {
            answer::say(&format!("{read} read, {changed} changed{}", if entities.is_empty() { "" } else { ":" }));
            let mut entities: Vec<_> = entities.into_iter().collect();
            entities.sort_by_key(|(_, times)| std::cmp::Reverse(*times));
            entities.iter().for_each(|(entity, times)| answer::say(&format!("{times:>7}  {entity}")));
        }
        if wrong > 0 { ExitCode::FAILURE } else { ExitCode::SUCCESS }
    }
}

/// Where findings stand, in characters of the text: start and end.
fn characters(change: &Change) -> Vec<(usize, usize)> {
    let (mut at, mut count) = (0, 0);
    let mut to = |place: usize| {
        count += change.before[at..place].chars().count();
        at = place;
        count
    };
    change.findings.iter().map(|finding| (to(finding.start), to(finding.end))).collect()
}
