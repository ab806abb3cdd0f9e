//! The configuration of a comparison with the real Collector: a processor, an exporter and pipelines for each of many
//! blocks, for both sides alike.

use std::fmt::Write;
use std::fs;
use std::path::PathBuf;

use tempfile::TempDir;

/// Where a side writes what leaves a block.
pub(crate) fn file(folder: &TempDir, side: &str, name: &str) -> PathBuf {
    folder.path().join(format!("{side}-{name}.jsonl"))
}

/// Blocks of one processor, by name.
pub(crate) struct Sections<'a> {
    pub(crate) processor: &'a str,
    pub(crate) signals: &'a [&'a str],
    pub(crate) blocks: &'a [(&'a str, String)],
}

impl Sections<'_> {
    /// From `exporters:` on, pipelines for each of the blocks, with what `own` adds to it.
    pub(crate) fn yaml(&self, folder: &TempDir, side: &str, own: &str) -> String {
        let Self { processor, signals, blocks } = self;
        let mut text = String::from("exporters:\n");
        for (name, _) in *blocks {
            let _infallible = writeln!(text, "  file/{name}: {{path: {}}}", file(folder, side, name).display());
        }
        text.push_str("processors:\n");
        for (name, block) in *blocks {
            let block = block.trim_matches('\n').replace('\n', "\n    ");
            let _infallible = writeln!(text, "  {processor}/{name}:\n    {block}\n{own}");
        }
        text.push_str("service:\n  pipelines:\n");
        for (name, _) in *blocks {
            for signal in *signals {
                let _infallible = writeln!(
                    text,
                    "    {signal}/{name}: {{receivers: [otlp], processors: [{processor}/{name}], exporters: [file/{name}]}}"
                );
            }
        }
        text
    }

    /// A file of the Collector's with these blocks.
    pub(crate) fn collector(&self, folder: &TempDir) -> PathBuf {
        let own = "  telemetry: {metrics: {level: none}, logs: {level: error}}\n  pipelines:\n";
        let receivers = "
receivers:
  otlp:
    protocols:
      grpc: {endpoint: '127.0.0.1:${env:COLLECTOR_GRPC_PORT}'}
      http: {endpoint: '127.0.0.1:${env:COLLECTOR_HTTP_PORT}'}
";
        let sections = self.yaml(folder, "theirs", "").replace("  pipelines:\n", own);
        let path = folder.path().join("collector.yaml");
        fs::write(&path, format!("{receivers}{sections}")).unwrap();
        path
    }
}
