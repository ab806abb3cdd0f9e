//! What a span costs on its way through the release binary: receive, decode, seal, send.
//!
//! `cargo bench --bench pass_through [-- SECONDS]` starts the binary on core 0, drives it over OTLP/gRPC
//! from core 1 with pre-encoded GenAI spans, takes what it sends in a sink beside the driver, and prints
//! its CPU time a span (user and system, from the kernel) at 8, 64, 256 and 512 spans a request: with
//! peers that use large HTTP/2 frames, and with 16-KiB frames, as every grpc-go peer does. At 256 spans it does so
//! with the journal in files as well, under both durabilities.

#![allow(clippy::print_stdout, reason = "figures are what it is for")]

mod peer;

use std::time::Duration;

use peer::process::{Tollgate, pin};
use peer::{Frames, Load, Sink};

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
    pin();
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
    let mut tollgate = Tollgate::start(CONFIG, sink.port, durability);
    let client = peer::connect(tollgate.port).await;
    let load = Load { frames, spans, fresh: false };
    peer::drive(client.clone(), load, Duration::from_millis(500)).await;
    let (before, delivered_before) = (tollgate.cpu_nanos(), sink.bytes());
    let driven = peer::drive(client, load, duration).await;
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
