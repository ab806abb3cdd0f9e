//! `tollgate dead-letters`: what destinations refused for good, and what to do with it.

use std::fmt::Write;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, Subcommand};
use pipeline::batch::json;
use pipeline::journal::{Letter, drop_letters, letters, replay};
use serde_json::json as object;

use crate::answer::{self, Format, count};

/// The commands under `dead-letters`.
#[derive(Debug, Subcommand)]
pub(crate) enum LettersCommand {
    /// List them: when, who refused what, and why.
    List(ListArgs),
    /// Print their requests as lines of OTLP JSON.
    Show(SomeArgs),
    /// Owe them to who refused them again, from the next start on; the process must be stopped.
    Replay(ReplayArgs),
    /// Take them away for good; the process must be stopped.
    Drop(SomeArgs),
}

/// Which letters.
#[derive(Debug, Args)]
pub(crate) struct SomeArgs {
    /// The folder (`service.storage.directory`).
    directory: PathBuf,
    /// Only those that this exporter refused.
    #[arg(long)]
    exporter: Option<String>,
}

/// The arguments of `dead-letters replay`.
#[derive(Debug, Args)]
pub(crate) struct ReplayArgs {
    #[command(flatten)]
    some: SomeArgs,
    /// Also those of which the destination took a part: it did not say which, so all of it is sent, and what it took arrives
    /// twice.
    #[arg(long)]
    partial: bool,
}

/// The arguments of `dead-letters list`.
#[derive(Debug, Args)]
pub(crate) struct ListArgs {
    #[command(flatten)]
    some: SomeArgs,
    /// How it is written.
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

pub(crate) fn run(command: &LettersCommand) -> ExitCode {
    let (LettersCommand::List(ListArgs { some, .. })
    | LettersCommand::Show(some)
    | LettersCommand::Replay(ReplayArgs { some, .. })
    | LettersCommand::Drop(some)) = command;
    let exporter = some.exporter.as_deref();
    let chosen = || {
        let all = letters(&some.directory)?;
        let of = |letter: &Letter| exporter.is_none_or(|exporter| letter.exporter == exporter);
        Ok(all.into_iter().filter(|(_, letter)| of(letter)).collect::<Vec<_>>())
    };
    let answered: std::io::Result<String> = match command {
        LettersCommand::List(args) if args.format == Format::Json => chosen().map(|letters| as_json(&letters)),
        LettersCommand::List(_) => chosen().map(|letters| table(&letters)),
        LettersCommand::Show(_) => chosen().map(|letters| lines(&letters)),
        LettersCommand::Replay(args) => replay(&some.directory, exporter, args.partial).map(replayed),
        LettersCommand::Drop(_) => {
            drop_letters(&some.directory, exporter).map(|gone| format!("gone: {}\n", count(gone, "request")))
        }
    };
    match answered {
        Ok(text) => answer::data(&text),
        Err(error) => {
            answer::say(&format!("tollgate: {}: {error}", some.directory.display()));
            ExitCode::FAILURE
        }
    }
}

fn replayed((owed, left): (u64, u64)) -> String {
    let mut text = format!("owed again: {}, for after the next start\n", count(owed, "request"));
    if left > 0 {
        let why = "refused in part: all of one would be sent again, and what was taken arrive twice (--partial)";
        // Writing to a String does not fail.
        let _ = writeln!(text, "{left} are left that were {why}");
    }
    text
}

fn table(letters: &[(u64, Letter)]) -> String {
    if letters.is_empty() {
        return "no dead letters\n".to_owned();
    }
    let mut text =
        format!("{:<20} {:<24} {:<8} {:>8} {:>10}  reason\n", "refused (s)", "exporter", "signal", "records", "bytes");
    for (_, Letter { exporter, signal, records, rejected, refused, reason, body }) in letters {
        let (at, bytes) = (refused.0 / 1_000_000_000, body.len());
        let part = rejected.map(|rejected| format!("({rejected} of them) ")).unwrap_or_default();
        // Writing to a String does not fail.
        let _ = writeln!(text, "{at:<20} {exporter:<24} {:<8} {records:>8} {bytes:>10}  {part}{reason}", signal.name());
    }
    text
}

fn as_json(letters: &[(u64, Letter)]) -> String {
    let each = |(id, letter): &(u64, Letter)| {
        object!({
            "id": id,
            "exporter": letter.exporter,
            "signal": letter.signal.name(),
            "records": letter.records,
            "rejected_records": letter.rejected.unwrap_or(letter.records),
            "bytes": letter.body.len(),
            "refused_unix_nano": letter.refused.0.to_string(),
            "reason": letter.reason,
        })
    };
    let letters: Vec<_> = letters.iter().map(each).collect();
    format!("{:#}\n", object!({ "version": 1, "dead_letters": letters }))
}

fn lines(letters: &[(u64, Letter)]) -> String {
    let mut lines = Vec::new();
    for (_, letter) in letters {
        match json::write(letter.signal, &letter.body, &mut lines) {
            Ok(()) => lines.push(b'\n'),
            Err(error) => answer::say(&format!("tollgate: a request cannot be written as JSON: {error}")),
        }
    }
    String::from_utf8_lossy(&lines).into_owned()
}
