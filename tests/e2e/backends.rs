//! Real backends and official clients: found, started, asked; or missed, with a line that says so.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use tempfile::TempDir;

use crate::http;
use crate::stage::{free_port, listens, wait_for};

/// The root of the repository.
pub(crate) fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// What `name` (an environment variable such as `JAEGER`) names; none, with a line, where it is not
/// set and nothing requires it.
pub(crate) fn required(name: &str, made_by: &str) -> Option<PathBuf> {
    if let Some(path) = std::env::var_os(name) {
        return Some(path.into());
    }
    let must =
        ["CI", "REQUIRE_BACKENDS"].iter().any(|name| std::env::var_os(name).is_some_and(|value| !value.is_empty()));
    assert!(!must, "{name} is not set: run {made_by} and export what it prints");
    eprintln!("skipped: {name} is not set (run {made_by} and export what it prints)");
    None
}

/// A process that ends with the test.
pub(crate) struct Process(Child);

impl Process {
    fn start(command: &mut Command, log: &Path) -> Self {
        let log = File::create(log).unwrap();
        Self(command.stdout(log.try_clone().unwrap()).stderr(log).spawn().unwrap())
    }

    /// Ends it in order and waits.
    pub(crate) fn stop(&mut self) {
        let sent = Command::new("kill").args(["-TERM", &self.0.id().to_string()]).status().unwrap();
        assert!(sent.success());
        wait_for("the end of a backend", Duration::from_secs(20), || self.0.try_wait().unwrap());
    }

    /// Freezes or thaws it: `STOP`, `CONT`.
    pub(crate) fn signal(&self, name: &str) {
        let sent = Command::new("kill").args([&format!("-{name}"), &self.0.id().to_string()]).status().unwrap();
        assert!(sent.success());
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _gone = self.0.kill().is_err();
        let _gone = self.0.wait().is_err();
    }
}

/// A Jaeger v2 of the test's own.
pub(crate) struct Jaeger {
    pub(crate) process: Process,
    pub(crate) grpc: u16,
    pub(crate) http: u16,
    query: u16,
}

impl Jaeger {
    pub(crate) fn start(binary: &Path, folder: &TempDir, name: &str) -> Self {
        let [grpc, http, query, query_grpc, health] = std::array::from_fn(|_| free_port());
        let config = root().join("tests/backends/jaeger.yaml");
        let mut command = Command::new(binary);
        command.arg("--config").arg(format!("file:{}", config.display()));
        for (variable, port) in [
            ("JAEGER_OTLP_GRPC_PORT", grpc),
            ("JAEGER_OTLP_HTTP_PORT", http),
            ("JAEGER_QUERY_HTTP_PORT", query),
            ("JAEGER_QUERY_GRPC_PORT", query_grpc),
            ("JAEGER_HEALTH_PORT", health),
        ] {
            command.env(variable, port.to_string());
        }
        let process = Process::start(&mut command, &folder.path().join(format!("{name}.log")));
        let ready = || (listens(health) && http::get(health, "/status").status == 200).then_some(());
        wait_for("Jaeger", Duration::from_secs(60), ready);
        Self { process, grpc, http, query }
    }

    /// The trace as Jaeger keeps it, duplicates included; none where it knows no such trace.
    pub(crate) fn trace(&self, id: &str) -> Option<serde_json::Value> {
        let answer = http::get(self.query, &format!("/api/v3/traces/{id}?raw_traces=true"));
        (answer.status == 200).then(|| serde_json::from_slice(&answer.body).unwrap())
    }
}

/// A Collector that writes what it gets to a file.
pub(crate) struct Collector {
    process: Process,
    pub(crate) grpc: u16,
    pub(crate) http: u16,
    file: PathBuf,
}

impl Collector {
    pub(crate) fn start(binary: &Path, folder: &TempDir) -> Self {
        Self::start_with(binary, folder, &root().join("tests/backends/collector-file.yaml"))
    }

    /// As [`start`](Self::start), with a configuration of the test's own that has the same ports.
    pub(crate) fn start_with(binary: &Path, folder: &TempDir, config: &Path) -> Self {
        let [grpc, http] = std::array::from_fn(|_| free_port());
        let file = folder.path().join("collector.jsonl");
        let mut command = Command::new(binary);
        command.arg("--config").arg(config);
        command.env("COLLECTOR_GRPC_PORT", grpc.to_string()).env("COLLECTOR_HTTP_PORT", http.to_string());
        command.env("COLLECTOR_FILE", &file);
        let process = Process::start(&mut command, &folder.path().join("collector.log"));
        wait_for("the Collector", Duration::from_secs(60), || (listens(grpc) && listens(http)).then_some(()));
        Self { process, grpc, http, file }
    }

    /// Ends it; its file is whole only then.
    pub(crate) fn stop(mut self) -> PathBuf {
        self.process.stop();
        self.file.clone()
    }
}

/// Official SDKs, each with the protocols it speaks.
pub(crate) const CLIENTS: [(&str, &[&str]); 2] =
    [("PYTHON", &["grpc", "http/protobuf"]), ("NODE_CLIENT", &["grpc", "http/protobuf", "http/json"])];

/// The command that makes an SDK send, or none where it is not installed.
pub(crate) fn client(name: &str) -> Option<Command> {
    let path = required(name, "tests/clients/setup.sh")?;
    let mut command = if name == "PYTHON" { Command::new(path) } else { Command::new("node") };
    match name {
        "PYTHON" => command.arg(root().join("tests/clients/python/send.py")),
        _ => command.arg(required(name, "tests/clients/setup.sh")?),
    };
    Some(command)
}

/// Sends with an SDK over `protocol` to `endpoint`; what was sent is written to `sent`.
pub(crate) fn send(client: &mut Command, protocol: &str, endpoint: &str, sent: &Path, more: &[&str]) {
    let output = client
        .args(["--protocol", protocol, "--endpoint", endpoint, "--out"])
        .arg(sent)
        .args(more)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .output()
        .unwrap();
    assert!(output.status.success(), "{protocol} to {endpoint}: {}", String::from_utf8_lossy(&output.stderr));
}

/// Compares two files of OTLP JSON lines record by record; fails the test with every difference.
pub(crate) fn assert_same(left: &Path, right: &Path, options: &[&str]) {
    let compared =
        Command::new("python3").arg(root().join("tests/clients/compare.py")).args(options).args([left, right]).output();
    let compared = compared.expect("python3 runs compare.py");
    let said = String::from_utf8_lossy(&compared.stdout);
    assert!(compared.status.success(), "{} and {} differ:\n{said}", left.display(), right.display());
}
