//! Scenario: the corpus of configurations, in the language server that editors run, with the schema we print.
//! Guarantee: it underlines the lines that `validate` complains of, where a schema can know; nothing elsewhere.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;
use tempfile::TempDir;

use crate::backends::{required, root};
use crate::stage::tollgate;

/// What a schema can say: unknown keys and types, wrong values, what is missing.
const SCHEMA_LEVEL: [&str; 12] =
    ["E011", "E012", "E013", "E014", "E015", "E016", "E017", "E018", "E019", "E020", "E022", "E023"];

/// What keeps a file from being read as YAML at all: the server reports it in words and places of its own.
const UNREADABLE: [&str; 4] = ["E001", "E002", "E004", "E005"];

/// Files that the two see differently, and why.
const DIFFERENT: [(&str, &str); 4] = [
    ("empty", "the server checks no document that has nothing in it"),
    ("env_wrong_type", "the server does not look through `${env:…}`, which may be anything"),
    ("env_secret_wrong_type", "the server does not look through `${env:…}`, which may be anything"),
    ("type_list_for_map", "the server points at the list, we at the key whose value it is"),
];

type Lines = BTreeSet<u64>;

/// The files of a folder, in order.
fn yaml(folder: &str) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(root().join(folder)).unwrap();
    let mut files: Vec<_> = entries.map(|entry| entry.unwrap().path()).collect();
    files.retain(|file| file.extension().is_some_and(|extension| extension == "yaml"));
    files.sort();
    assert!(!files.is_empty(), "{folder}");
    files
}

/// The lines that `validate` complains of, where a schema can know; none for a file that is no YAML.
fn validated(file: &Path) -> Option<Lines> {
    let mut command = tollgate();
    for (name, value) in [("HOST", "collector"), ("PORT", "4317"), ("API_TOKEN", "a-token"), ("ZERO", "0e12")] {
        command.env(name, value);
    }
    let output = command.args(["validate", "--format", "json", "--config"]).arg(file).output().unwrap();
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    let diagnostics = report["diagnostics"].as_array().unwrap();
    let is = |diagnostic: &Value, codes: &[&str]| codes.contains(&diagnostic["code"].as_str().unwrap());
    if diagnostics.iter().any(|diagnostic| is(diagnostic, &UNREADABLE)) {
        return None;
    }
    let known = diagnostics.iter().filter(|diagnostic| is(diagnostic, &SCHEMA_LEVEL));
    Some(known.map(|diagnostic| diagnostic["line"].as_u64().unwrap()).collect())
}

/// The lines that an editor underlines, by file; none where the server is not installed.
fn underlined(files: &[PathBuf]) -> Option<BTreeMap<PathBuf, Lines>> {
    let client = required("EDITOR_CLIENT", "tests/clients/setup.sh")?;
    let folder = TempDir::new().unwrap();
    let schema = folder.path().join("tollgate.schema.json");
    std::fs::write(&schema, tollgate().arg("schema").output().unwrap().stdout).unwrap();
    let output = Command::new("node").arg(client).arg("--schema").arg(&schema).args(files).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let text = String::from_utf8(output.stdout).unwrap();
    let read = |line: &str| {
        let checked: Value = serde_json::from_str(line).unwrap();
        let lines = checked["diagnostics"].as_array().unwrap().iter().map(|found| found["line"].as_u64().unwrap());
        (PathBuf::from(checked["file"].as_str().unwrap()), lines.collect())
    };
    let found: BTreeMap<_, _> = text.lines().map(read).collect();
    assert_eq!(found.len(), files.len());
    Some(found)
}

#[test]
fn an_editor_underlines_what_validate_complains_of() {
    let files = yaml("tests/config/broken");
    let Some(underlined) = underlined(&files) else { return };
    let (mut compared, mut complaints, mut differ) = (0, Vec::new(), BTreeSet::new());
    for file in files {
        let Some(ours) = validated(&file) else { continue };
        let theirs = &underlined[&file];
        compared += ours.len();
        let name = file.file_stem().unwrap().to_str().unwrap().to_owned();
        if ours == *theirs {
            continue;
        }
        if !DIFFERENT.iter().any(|(known, _)| *known == name) {
            complaints.push(format!("{name}: validate says lines {ours:?}, an editor underlines {theirs:?}"));
        }
        differ.insert(name);
    }
    assert!(complaints.is_empty(), "\n{}", complaints.join("\n"));
    assert!(compared > 40, "{compared} lines are in both");
    let expected: BTreeSet<_> = DIFFERENT.iter().map(|(name, _)| (*name).to_owned()).collect();
    assert_eq!(differ, expected, "an exception that is none any more");
}

#[test]
fn an_editor_underlines_nothing_in_what_is_good() {
    let files = [yaml("tests/config/good"), yaml("configs")].concat();
    let Some(underlined) = underlined(&files) else { return };
    for (file, lines) in underlined {
        assert_eq!(lines, Lines::new(), "{}", file.display());
    }
}
