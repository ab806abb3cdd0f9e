//! What a configuration asks of this machine's disks, before anything is made there: warnings where it asks too much, for it may
//! be meant for another machine.

use std::io::ErrorKind;
use std::path::Path;

use exporters::file::place;

use pipeline::config::{ByteSize, Findings, Loaded, Plan, Planned, Report};
use pipeline::journal::{Space, Storage, space};
use pipeline::registry::ExporterEntry;

use crate::registry::RULES;

/// What is wrong on this machine with the journal of `plan` and the files of its exporters; nothing is made and nothing is
/// changed.
pub(crate) fn look(loaded: &Loaded, plan: &Plan) -> Report {
    let mut findings = Findings::default();
    let storage = plan.service.storage.as_ref();
    storage.into_iter().for_each(|storage| folder(storage, &mut findings));
    let report = loaded.remark(&RULES, &["service"], findings);
    let files = plan.exporters.iter().filter(|exporter| exporter.entry.declaration.name == "file");
    files.fold(report, |report, exporter| {
        let mut findings = Findings::default();
        unwritable(exporter, &mut findings);
        if storage.is_some() {
            emptied(exporter, &mut findings);
        }
        report.and(loaded.remark(&RULES, &["exporters", &exporter.id.to_string()], findings))
    })
}

fn folder(storage: &Storage, findings: &mut Findings) {
    let directory = storage.directory.display();
    let Space { at, free, taken, writable } = match space(&storage.directory) {
        Ok(space) => space,
        Err(error) if error.kind() == ErrorKind::NotADirectory => {
            let message = format!("`directory`: {directory} cannot be a folder, a file is in its place");
            findings.error("storage.directory", "E033", message).hint("name a folder that is there, or none yet");
            return;
        }
        Err(error) => {
            findings.warn(
                "storage.directory",
                "W031",
                format!("`directory`: {directory} cannot be looked at: {error}"),
            );
            return;
        }
    };
    if !writable {
        let message = format!("`directory`: who asks may not write to {}", at.display());
        findings.warn("storage.directory", "W031", message).hint("the process that runs must own it");
    }
    let there_is = free.saturating_add(taken);
    if storage.most() > there_is {
        let [most, free, taken] = [storage.most(), free, taken].map(ByteSize);
        let message = format!(
            "`max_size`: the journal may take {most} with its dead letters, and the disk of {} has {free} free beside the \
             {taken} it takes now",
            at.display()
        );
        let fits = ByteSize((there_is / 17 * 16) >> 20 << 20);
        let hint = format!("{fits} would fit today; on a full disk requests are refused (`on_journal_error`)");
        findings.warn("storage.max_size", "W029", message).hint(hint);
    }
}

/// A file exporter that could not open its file: a start would end there.
fn unwritable(exporter: &Planned<ExporterEntry>, findings: &mut Findings) {
    let makes_folder = exporter.block["create_directory"] == true;
    let trouble = exporter.block["path"].as_str().and_then(|path| place::trouble(Path::new(path), makes_folder));
    if let Some(trouble) = trouble {
        findings.warn("path", "W032", format!("`path`: {trouble}")).hint("`run` does not start without it");
    }
}

/// A file exporter that forgets at a start what the journal remembers.
fn emptied(exporter: &Planned<ExporterEntry>, findings: &mut Findings) {
    let continues = exporter.block["append"] == true || !exporter.block["rotation"].is_null();
    if !continues {
        let message = "`append`: the file is emptied at each start, and the journal delivers what comes after: \
                       what was in the file is gone";
        findings.warn("append", "W030", message).hint("set `append: true`, or `rotation`");
    }
}
