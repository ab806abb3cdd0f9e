//! Starts the binary on free ports with a config of the test's own, and ends it with the test.

use std::fs::{self, File};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::atomic::{AtomicU16, Ordering};
use std::time::Duration;

use tempfile::TempDir;

use crate::http::{self, Answer};

/// How long a process of ours may take to be ready, on a machine that is also compiling.
const READY_WITHIN: Duration = Duration::from_secs(30);

/// A running Tollgate.
pub(crate) struct Tollgate {
    child: Child,
    pub(crate) grpc: u16,
    pub(crate) http: u16,
    pub(crate) health: u16,
    pub(crate) metrics: u16,
    log: PathBuf,
}

/// A port nobody listens on, and that the kernel gives to nobody else meanwhile: below the range it
/// takes the ports of outgoing connections from.
pub(crate) fn free_port() -> u16 {
    static NEXT: AtomicU16 = AtomicU16::new(0);
    let start = 10_000 + (std::process::id() % 150) as u16 * 100;
    wait_for("a free port", Duration::from_secs(1), || {
        let port = start + NEXT.fetch_add(1, Ordering::Relaxed) % 7000;
        TcpListener::bind(("127.0.0.1", port)).is_ok().then_some(port)
    })
}

/// Looks again and again until `seen` finds something; fails the test, with `what`, after `within`.
pub(crate) fn wait_for<T>(what: &str, within: Duration, mut seen: impl FnMut() -> Option<T>) -> T {
    let step = Duration::from_millis(25);
    for _ in 0..within.as_millis() / step.as_millis() {
        if let Some(found) = seen() {
            return found;
        }
        std::thread::sleep(step);
    }
    panic!("{what}: not within {within:?}");
}

/// Whether something accepts connections there.
pub(crate) fn listens(port: u16) -> bool {
    TcpStream::connect(("127.0.0.1", port)).is_ok()
}

/// The binary under test.
pub(crate) fn tollgate() -> Command {
    Command::new(env!("CARGO_BIN_EXE_tollgate"))
}

impl Tollgate {
    /// Starts with `pipelines`: the file's sections from `exporters:` on. Receiver, health and
    /// metrics ports are free ones.
    pub(crate) fn start(folder: &TempDir, sections: &str) -> Self {
        Self::start_with(folder, "", sections)
    }

    /// As [`start`](Self::start), with more keys for the gRPC and HTTP receivers' blocks.
    pub(crate) fn start_with(folder: &TempDir, receiver: &str, sections: &str) -> Self {
        Self::on(folder, free_port(), receiver, sections)
    }

    /// As [`start`](Self::start), with gRPC on a port of the test's own.
    pub(crate) fn start_on(folder: &TempDir, grpc: u16, sections: &str) -> Self {
        Self::on(folder, grpc, "", sections)
    }

    /// As [`start`](Self::start), with a file of the repository: only its ports are moved. `set` lists
    /// its extensions, which must hold `health_check`, and what else to set.
    pub(crate) fn start_file(folder: &TempDir, file: &Path, set: &[String]) -> Self {
        let [grpc, http] = std::array::from_fn(|_| free_port());
        let door = |protocol: &str, port: u16| format!("receivers.otlp.protocols.{protocol}.endpoint=127.0.0.1:{port}");
        let doors = [door("grpc", grpc), door("http", http)];
        Self::spawn(folder, file, [grpc, http], &[&doors[..], set].concat())
    }

    fn on(folder: &TempDir, grpc: u16, receiver: &str, sections: &str) -> Self {
        let http = free_port();
        let more: String = receiver.lines().map(|line| format!("        {line}\n")).collect();
        let config = format!(
            "receivers:\n  otlp:\n    protocols:\n      grpc:\n        endpoint: 127.0.0.1:{grpc}\n{more}\
             \x20     http:\n        endpoint: 127.0.0.1:{http}\n{more}{sections}"
        );
        let path = folder.path().join("tollgate.yaml");
        fs::write(&path, config).unwrap();
        Self::spawn(folder, &path, [grpc, http], &["service.extensions=[health_check]".into()])
    }

    fn spawn(folder: &TempDir, file: &Path, [grpc, http]: [u16; 2], set: &[String]) -> Self {
        let [health, metrics] = std::array::from_fn(|_| free_port());
        let log = folder.path().join("tollgate.log");
        let child = tollgate()
            .args(["run", "--config"])
            .arg(file)
            .args(["--set", &format!("service.telemetry.metrics.address=127.0.0.1:{metrics}")])
            .args(["--set", &format!("extensions.health_check.endpoint=127.0.0.1:{health}")])
            .args(set.iter().flat_map(|set| ["--set", set]))
            .current_dir(folder.path())
            .stdout(Stdio::null())
            .stderr(File::create(&log).unwrap())
            .spawn()
            .unwrap();
        let mut started = Self { child, grpc, http, health, metrics, log };
        started.wait_ready();
        started
    }

    fn wait_ready(&mut self) {
        let health = self.health;
        for _ in 0..READY_WITHIN.as_millis() / 25 {
            if let Some(status) = self.child.try_wait().unwrap() {
                panic!("ended with {status}:\n{}", self.log());
            }
            if listens(health) && http::get(health, "/ready").status == 200 {
                return;
            }
            std::thread::sleep(Duration::from_millis(25));
        }
        panic!("not ready:\n{}", self.log());
    }

    /// What it wrote to stderr so far.
    pub(crate) fn log(&self) -> String {
        fs::read_to_string(&self.log).unwrap_or_default()
    }

    /// Where SDKs send over HTTP.
    pub(crate) fn http_url(&self) -> String {
        format!("http://127.0.0.1:{}", self.http)
    }

    /// Where SDKs send over gRPC.
    pub(crate) fn grpc_url(&self) -> String {
        format!("http://127.0.0.1:{}", self.grpc)
    }

    /// Posts an OTLP/HTTP request.
    pub(crate) fn post(&self, path: &str, content_type: &str, body: &[u8]) -> Answer {
        http::post(self.http, path, content_type, body)
    }

    /// The sum over all series of a metric whose labels hold every one of `labels`.
    pub(crate) fn metric(&self, name: &str, labels: &[&str]) -> f64 {
        let text = String::from_utf8(http::get(self.metrics, "/metrics").body).unwrap();
        let series = |line: &&str| {
            let of_name = line.strip_prefix(name).is_some_and(|rest| rest.starts_with(['{', ' ']));
            of_name && labels.iter().all(|label| line.contains(label))
        };
        text.lines().filter(series).filter_map(|line| line.rsplit(' ').next()?.parse::<f64>().ok()).sum()
    }

    /// Sends a signal by name, such as `TERM`.
    pub(crate) fn signal(&self, name: &str) {
        let sent = Command::new("kill").args([&format!("-{name}"), &self.child.id().to_string()]).status().unwrap();
        assert!(sent.success());
    }

    /// Waits for the end.
    pub(crate) fn ended(&mut self) -> ExitStatus {
        wait_for("the end of the process", Duration::from_secs(40), || self.child.try_wait().unwrap())
    }

    /// Stops in order, as an init system would.
    pub(crate) fn stop(mut self) -> String {
        self.signal("TERM");
        let status = self.ended();
        let log = self.log();
        assert!(status.success(), "{status}:\n{log}");
        log
    }

    /// Resident memory in bytes.
    pub(crate) fn resident(&self) -> u64 {
        let statm = fs::read_to_string(format!("/proc/{}/statm", self.child.id())).unwrap();
        statm.split(' ').nth(1).unwrap().parse::<u64>().unwrap() * 4096
    }
}

impl Drop for Tollgate {
    fn drop(&mut self) {
        // Ended already, where the test stopped it.
        let _gone = self.child.kill().is_err();
        let _gone = self.child.wait().is_err();
    }
}

/// A file exporter's lines, each an OTLP JSON request; one that is being written is none yet.
pub(crate) fn lines(path: &Path) -> Vec<serde_json::Value> {
    let text = fs::read_to_string(path).unwrap_or_default();
    let whole = text.rfind('\n').map_or("", |end| &text[..end]);
    whole.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// How many spans a file exporter's file holds.
pub(crate) fn spans_in(path: &Path) -> usize {
    let count = |request: &serde_json::Value| {
        let scopes =
            request["resourceSpans"].as_array().into_iter().flatten().flat_map(|of| of["scopeSpans"].as_array());
        scopes.flatten().map(|scope| scope["spans"].as_array().map_or(0, Vec::len)).sum::<usize>()
    };
    lines(path).iter().map(count).sum()
}
