//! What a span costs on its way through the release binary: receive, decode, seal, send.
//!
//! `cargo bench --bench pass_through [-- SECONDS]` starts the binary on core 0, drives it over OTLP/gRPC
//! from core 1 with pre-encoded GenAI spans, takes what it sends in a sink beside the driver, and prints
//! its CPU time a span (user and system, from the kernel) at 8, 64, 256 and 512 spans a request: with
//! peers that use large HTTP/2 frames, and with 16-KiB frames, as every grpc-go peer does. At 256 spans it does so
//! with the journal in files as well, under both durabilities.

#![allow(clippy::print_stdout, reason = "figures are what it is for")]

#[path = "pass_through/peer.rs"]
mod peer;

use std::io::Write;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use peer::{Frames, Sink};

/// The allocator of the binary, for what prost takes beside it.
#[cfg(all(feature = "mimalloc", target_os = "linux"))]
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

const SPANS: [usize; 4] = [8, 64, 256, 512];

const CONFIG: &str = "
receivers: {otlp: {protocols: {grpc: {endpoint: '127.0.0.1:{in}', max_recv_msg_size_mib: 64}}}}
exporters: {otlp_grpc: {endpoint: '127.0.0.1:{out}', tls: {insecure: true}, compression: none}}
service:
  storage: {storage}
  workers: 1
  extensions: [health_check]
  telemetry: {metrics: {level: none}, logs: {level: warn}}
  pipelines: {traces: {receivers: [otlp], exporters: [otlp_grpc]}}
extensions: {health_check: {endpoint: '127.0.0.1:{health}'}}
";

fn main() {
    let seconds = std::env::args().skip(1).find_map(|argument| argument.parse().ok()).unwrap_or(4);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    pin(std::process::id(), 1);
    println!("prost decode and drop on this core: {:.0} ns a span", peer::prost_nanos(256));
    println!(
        "{:>8} {:>8} {:>10} {:>12} {:>12} {:>10} {:>9}",
        "journal", "frames", "spans/req", "CPU ns/span", "spans/s", "delivered", "RSS MiB"
    );
    for frames in [Frames::Large, Frames::Small] {
        for spans in SPANS {
            runtime.block_on(measure("memory", frames, spans, Duration::from_secs(seconds)));
        }
        for durability in ["process", "disk"] {
            runtime.block_on(measure(durability, frames, 256, Duration::from_secs(seconds)));
        }
    }
}

async fn measure(durability: &str, frames: Frames, spans: usize, duration: Duration) {
    let sink = Sink::start(frames).await;
    let port = free_port();
    let mut tollgate = Tollgate::start(port, sink.port, durability);
    let client = peer::connect(port).await;
    peer::drive(client.clone(), frames, spans, Duration::from_millis(500)).await;
    let (before, delivered_before) = (tollgate.cpu_nanos(), sink.bytes());
    let driven = peer::drive(client, frames, spans, duration).await;
    // What is still on its way belongs to this run.
    tokio::time::sleep(Duration::from_millis(600)).await;
    let cpu = tollgate.cpu_nanos() - before;
    let total = driven.spans as f64;
    println!(
        "{:>8} {:>8} {:>10} {:>12.0} {:>12.0} {:>9.1}% {:>9}",
        durability,
        format!("{frames:?}"),
        spans,
        cpu as f64 / total,
        total / driven.seconds,
        100.0 * (sink.bytes() - delivered_before) as f64 / (driven.bytes as f64),
        tollgate.rss_mib(),
    );
    tollgate.stop();
}

struct Tollgate {
    child: Child,
    _folder: tempfile::TempDir,
}

impl Tollgate {
    fn start(port: u16, sink: u16, durability: &str) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("pass.yaml");
        let config = [("{in}", port), ("{out}", sink), ("{health}", free_port())];
        let storage = match durability {
            "memory" => "{}".to_owned(),
            lasting => format!("{{directory: '{}', durability: {lasting}}}", folder.path().join("journal").display()),
        };
        let config = config
            .iter()
            .fold(CONFIG.replace("{storage}", &storage), |text, (name, port)| text.replace(name, &port.to_string()));
        std::fs::File::create(&path).and_then(|mut file| file.write_all(config.as_bytes())).expect("a config");
        let child = Command::new("taskset")
            .args(["-c", "0", env!("CARGO_BIN_EXE_tollgate"), "run", "--config"])
            .arg(&path)
            .stdout(Stdio::null())
            .spawn()
            .expect("taskset and the release binary");
        wait_for(port);
        Self { child, _folder: folder }
    }

    /// User and system time so far; a tick is 10 ms, so runs must last seconds.
    fn cpu_nanos(&self) -> u64 {
        let stat = std::fs::read_to_string(format!("/proc/{}/stat", self.child.id())).expect("it runs");
        let fields: Vec<&str> = stat.rsplit_once(") ").expect("a command").1.split(' ').collect();
        (fields[11].parse::<u64>().expect("utime") + fields[12].parse::<u64>().expect("stime")) * 10_000_000
    }

    fn rss_mib(&self) -> u64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id())).expect("it runs");
        let line = status.lines().find(|line| line.starts_with("VmHWM")).expect("a peak");
        line.split_whitespace().nth(1).and_then(|kib| kib.parse::<u64>().ok()).expect("kB") / 1024
    }

    fn stop(&mut self) {
        self.child.kill().expect("it was running");
        self.child.wait().expect("it ends");
    }
}

fn free_port() -> u16 {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    listener.local_addr().expect("an address").port()
}

fn wait_for(port: u16) {
    for _ in 0..200 {
        if std::net::TcpStream::connect(("127.0.0.1", port)).is_ok() {
            return;
        }
        std::thread::sleep(Duration::from_millis(20));
    }
    panic!("nothing listens on {port}");
}

/// Keeps this process off the core that is measured.
fn pin(process: u32, core: usize) {
    let pinned = Command::new("taskset").args(["-a", "-cp", &core.to_string(), &process.to_string()]).output();
    assert!(
        pinned.is_ok_and(|output| output.status.success()),
        "taskset (util-linux) pins the driver: {}",
        Path::new("taskset").display()
    );
}
