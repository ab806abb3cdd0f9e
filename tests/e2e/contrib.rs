//! Scenario: the same requests go through the real Collector with a `redaction` block and through us with the same
//! block and `compat: contrib`, each with a file exporter.
//! Guarantee: both files hold the same records, byte for byte in every value. Nothing is left out.

mod blocks;
mod requests;

use std::fmt::Write;
use std::fs;
use std::path::Path;
use std::process::Command;

use tempfile::TempDir;

use crate::backends::{Collector, required, root};
use crate::http;
use crate::stage::Tollgate;
use blocks::BLOCKS;

const JSON: &str = "application/json";

/// From `exporters:` on, a pipeline of each signal for each block, with what `own` adds to it.
fn sections(folder: &TempDir, side: &str, own: &str) -> String {
    let mut text = String::from("exporters:\n");
    let at = |name: &str| folder.path().join(format!("{side}-{name}.jsonl"));
    for (name, _) in BLOCKS {
        let _infallible = writeln!(text, "  file/{name}: {{path: {}}}", at(name).display());
    }
    text.push_str("processors:\n");
    for (name, block) in BLOCKS {
        let block = block.trim_matches('\n').replace('\n', "\n    ");
        let _infallible = writeln!(text, "  redaction/{name}:\n    {block}\n{own}");
    }
    text.push_str("service:\n  pipelines:\n");
    for (name, _) in BLOCKS {
        for signal in ["traces", "logs"] {
            let _infallible = writeln!(
                text,
                "    {signal}/{name}: {{receivers: [otlp], processors: [redaction/{name}], exporters: [file/{name}]}}"
            );
        }
    }
    text
}

/// A configuration of the Collector with these sections.
fn collector(folder: &TempDir) -> std::path::PathBuf {
    let own = "  telemetry: {metrics: {level: none}, logs: {level: warn}}\n  pipelines:\n";
    let receivers = "
receivers:
  otlp:
    protocols:
      grpc: {endpoint: '127.0.0.1:${env:COLLECTOR_GRPC_PORT}'}
      http: {endpoint: '127.0.0.1:${env:COLLECTOR_HTTP_PORT}'}
";
    let sections = sections(folder, "theirs", "").replace("  pipelines:\n", own);
    let path = folder.path().join("collector.yaml");
    fs::write(&path, format!("{receivers}{sections}")).unwrap();
    path
}

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
    let theirs = Collector::start_with(&binary, &folder, &collector(&folder));
    let ours = Tollgate::start(&folder, &sections(&folder, "ours", "    compat: contrib"));
    for (path, request) in requests::all() {
        let body = request.to_string();
        assert_eq!(http::post(theirs.http, path, JSON, body.as_bytes()).status, 200);
        assert_eq!(ours.post(path, JSON, body.as_bytes()).status, 200);
    }
    ours.stop();
    theirs.stop();
    let file = |side: &str, name: &str| folder.path().join(format!("{side}-{name}.jsonl"));
    let mut failed = String::new();
    for (name, block) in BLOCKS {
        // The Collector moves the last attribute into the place of one that it removes; OTLP gives order no meaning.
        let options: &[&str] = if block.contains("allow_all_keys: true") { &[] } else { &["--ignore-order"] };
        let said = differences(&file("theirs", name), &file("ours", name), options);
        if !said.is_empty() {
            let lines: Vec<&str> = said.lines().collect();
            let _infallible =
                writeln!(failed, "{name}: {} differences\n{}", lines.len(), lines[..lines.len().min(12)].join("\n"));
        }
    }
    assert!(failed.is_empty(), "the Collector's != ours:\n{failed}");
}
