//! Scenario: the same requests go through the real Collector with a `redaction` block and through us with the same
//! block and `compat: contrib`, each with a file exporter.
//! Guarantee: both files hold the same records, byte for byte in every value. Nothing is left out.

mod blocks;
mod requests;

use std::fmt::Write;
use std::path::Path;
use std::process::Command;

use tempfile::TempDir;

use crate::backends::{Collector, required, root};
use crate::http;
use crate::sections::{Sections, file};
use crate::stage::Tollgate;
use blocks::BLOCKS;

const JSON: &str = "application/json";

/// Every difference between two files, as a text.
fn differences(theirs: &Path, ours: &Path, options: &[&str]) -> String {
    let compare = root().join("tests/clients/compare.py");
    let output = Command::new("python3").arg(compare).args(options).args([theirs, ours]).output();
    let output = output.expect("python3 runs compare.py");
    let said = [output.stdout, if output.status.success() { Vec::new() } else { output.stderr }].concat();
    String::from_utf8_lossy(&said).into_owned()
}

#[test]
fn compat_contrib_does_exactly_as_the_collector() {
    let Some(binary) = required("COLLECTOR", "tests/backends/collector.sh") else { return };
    let folder = TempDir::new().unwrap();
    let blocks: Vec<(&str, String)> = BLOCKS.iter().map(|(name, block)| (*name, (*block).to_owned())).collect();
    let sections = Sections { processor: "redaction", signals: &["traces", "logs"], blocks: &blocks };
    let theirs = Collector::start_with(&binary, &folder, &sections.collector(&folder));
    let ours = Tollgate::start(&folder, &sections.yaml(&folder, "ours", "    compat: contrib"));
    for (path, request) in requests::all() {
        let body = request.to_string();
        assert_eq!(http::post(theirs.http, path, JSON, body.as_bytes()).status, 200);
        assert_eq!(ours.post(path, JSON, body.as_bytes()).status, 200);
    }
    ours.stop();
    theirs.stop();
    let mut failed = String::new();
    for (name, block) in BLOCKS {
        // The Collector moves the last attribute into the place of one that it removes; OTLP gives order no meaning.
        let options: &[&str] = if block.contains("allow_all_keys: true") { &[] } else { &["--ignore-order"] };
        let said = differences(&file(&folder, "theirs", name), &file(&folder, "ours", name), options);
        if !said.is_empty() {
            let lines: Vec<&str> = said.lines().collect();
            let _infallible =
                writeln!(failed, "{name}: {} differences\n{}", lines.len(), lines[..lines.len().min(12)].join("\n"));
        }
    }
    assert!(failed.is_empty(), "the Collector's != ours:\n{failed}");
}
