//! `tollgate components`: what this binary can be configured to do.

use std::fmt::Write;
use std::process::ExitCode;

use clap::Args;
use pipeline::config::Kind;
use pipeline::registry::Declaration;
use serde_json::{Value, json};

use crate::answer::{self, Format};
use crate::registry::REGISTRY;

/// The arguments of `components`.
#[derive(Debug, Args)]
pub(crate) struct ComponentsArgs {
    /// How the list is written.
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

const KINDS: [Kind; 4] = [Kind::Receiver, Kind::Processor, Kind::Exporter, Kind::Extension];

pub(crate) fn run(args: &ComponentsArgs) -> ExitCode {
    match args.format {
        Format::Human => answer::data(&table()),
        Format::Json => {
            let each = |kind: Kind| REGISTRY.declarations(kind).into_iter().map(move |known| entry(kind, known));
            let components: Vec<Value> = KINDS.into_iter().flat_map(each).collect();
            answer::data(&format!("{:#}\n", json!({ "version": 1, "components": components })))
        }
    }
}

fn entry(kind: Kind, declaration: &Declaration) -> Value {
    json!({
        "kind": kind.name(),
        "type": declaration.name,
        "aliases": declaration.aliases,
        "about": declaration.about,
        "signals": signals(kind, declaration),
        "example": declaration.example,
    })
}

fn signals(kind: Kind, declaration: &Declaration) -> Vec<&'static str> {
    let signals = if kind == Kind::Extension { &[] } else { declaration.signals };
    signals.iter().map(|signal| signal.name()).collect()
}

fn table() -> String {
    let mut text = String::new();
    for kind in KINDS {
        // Writing to a String does not fail.
        let _ = writeln!(text, "{}:", kind.section());
        for declaration in REGISTRY.declarations(kind) {
            let names = [&[declaration.name], declaration.aliases].concat().join(", ");
            let signals = signals(kind, declaration).join(" ");
            let _ = writeln!(text, "  {names:<24} {signals:<20} {}", declaration.about);
        }
    }
    text
}
