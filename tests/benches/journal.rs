//! The journal in files, measured through the release binary, on core 0, from core 1.
//!
//! - `cargo bench --bench journal -- latency`: how long a sender waits for its acknowledgement while the binary takes half of what it
//!   can take, in each durability: an open loop, timed from when each request was due.
//! - `cargo bench --bench journal -- recovery`: a start after a kill on a backlog: until it listens, until all of it is looked
//!   through, until all of it is delivered, and the most that it holds resident.
//! - `cargo bench --bench journal -- writes`: bytes written to files over bytes acknowledged, without a sampler and with one
//!   that keeps a tenth.
//!
//! All three where none is named. The folder is made where `TMPDIR` points, which should be a disk.

#![allow(clippy::print_stdout, reason = "figures are what it is for")]

mod peer;

use std::io::Write;
use std::time::Duration;

use tokio::time::Instant;

use peer::process::{Tollgate, free_port, pin};
use peer::{Frames, Load, Sink};

/// The allocator of the binary, for what prost takes beside it.
#[cfg(all(feature = "mimalloc", target_os = "linux"))]
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

const LOAD: Load = Load { frames: Frames::Large, spans: 256, fresh: true };

/// How large a backlog is recovered.
const BACKLOG: u64 = 2 << 30;

fn config(processors: &str, chain: &str) -> String {
    format!(
        "
receivers: {{otlp: {{protocols: {{grpc: {{endpoint: '127.0.0.1:{{in}}', max_recv_msg_size_mib: 64}}}}}}}}
processors: {{{processors}}}
exporters: {{otlp_grpc: {{endpoint: '127.0.0.1:{{out}}', tls: {{insecure: true}}, compression: none, retry_on_failure: {{initial_interval: 100ms, max_interval: 100ms}}}}}}
service:
  storage: {{storage}}
  memory: {{limit: 256MiB}}
  workers: 1
  extensions: [health_check]
  telemetry: {{metrics: {{level: none}}, logs: {{level: error}}}}
  pipelines: {{traces: {{receivers: [otlp], processors: [{chain}], exporters: [otlp_grpc]}}}}
extensions: {{health_check: {{endpoint: '127.0.0.1:{{health}}'}}}}
"
    )
}

const TENTH: &str = "tail_sampling: {decision_wait: 1s, policies: [{name: tenth, type: probabilistic, probabilistic: {sampling_percentage: 10}}]}";

fn main() {
    let named: Vec<String> = std::env::args().skip(1).filter(|argument| !argument.starts_with('-')).collect();
    let asked = |name: &str| named.is_empty() || named.iter().any(|argument| argument == name);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    pin();
    if asked("latency") {
        yardstick();
        println!(
            "{:>8} {:>14} {:>12} {:>10} {:>10} {:>10}",
            "journal", "most, spans/s", "half, req/s", "p50 ms", "p99 ms", "p99.9 ms"
        );
        for durability in ["memory", "process", "disk"] {
            runtime.block_on(latency(durability));
        }
    }
    if asked("recovery") {
        runtime.block_on(recovery());
    }
    if asked("writes") {
        println!("{:>8} {:>14} {:>16} {:>14} {:>8}", "journal", "kept", "acknowledged", "written", "times");
        for durability in ["process", "disk"] {
            runtime.block_on(writes(durability, "", ""));
            runtime.block_on(writes(durability, TENTH, "tail_sampling"));
        }
    }
}

/// What the disk alone takes for a request: what no durability `disk` can be faster than.
fn yardstick() {
    let mut file = tempfile::tempfile().expect("a file");
    let request = vec![7; usize::try_from(peer::size_of(LOAD.spans)).expect("small")];
    let sync = |_| {
        let begin = Instant::now();
        file.write_all(&request).and_then(|()| file.sync_data()).expect("a disk");
        std::thread::sleep(Duration::from_millis(5));
        begin.elapsed().saturating_sub(Duration::from_millis(5))
    };
    let mut took: Vec<Duration> = (0..400).map(sync).collect();
    took.sort_unstable();
    println!(
        "a request written and synced by itself: p50 {:.2} ms, p99 {:.2} ms",
        millis(&took, 0.5),
        millis(&took, 0.99)
    );
}

/// Where a share of them ends, in order.
fn millis(took: &[Duration], share: f64) -> f64 {
    took[((took.len() - 1) as f64 * share) as usize].as_secs_f64() * 1e3
}

async fn latency(durability: &str) {
    let sink = Sink::start(LOAD.frames).await;
    let mut tollgate = Tollgate::start(&config("", ""), sink.port, durability);
    let client = peer::connect(tollgate.port).await;
    peer::drive(client.clone(), LOAD, Duration::from_millis(500)).await;
    let most = peer::drive(client.clone(), LOAD, Duration::from_secs(3)).await;
    let most = most.spans as f64 / most.seconds;
    let half = most / LOAD.spans as f64 / 2.0;
    // What the first part left behind is no part of the second.
    tokio::time::sleep(Duration::from_secs(1)).await;
    let took = peer::pace(client, LOAD, half, Duration::from_secs(6)).await;
    let [p50, p99, p999] = [0.5, 0.99, 0.999].map(|share| millis(&took, share));
    println!("{durability:>8} {most:>14.0} {half:>12.0} {p50:>10.2} {p99:>10.2} {p999:>10.2}");
    tollgate.stop();
}

async fn recovery() {
    // A destination that nobody is at, until the end.
    let port = free_port();
    let mut tollgate = Tollgate::start(&config("", ""), port, "process");
    let client = peer::connect(tollgate.port).await;
    let mut backlog = 0;
    while backlog < BACKLOG {
        backlog += peer::drive(client.clone(), LOAD, Duration::from_millis(500)).await.bytes;
    }
    let gb = backlog as f64 / 1e9;
    let ready = tollgate.again();
    let begin = Instant::now();
    while tollgate.recovers() {
        std::thread::sleep(Duration::from_millis(5));
    }
    let looked = ready + begin.elapsed();
    println!("a backlog of {gb:.2} GB, in the page cache, at a memory limit of 256 MiB, killed and started again:");
    println!("  listens after {:.0} ms", ready.as_secs_f64() * 1e3);
    println!("  looked through at {:.2} GB/s, {} MiB resident at most", gb / looked.as_secs_f64(), tollgate.rss_mib());
    let sink = Sink::start_on(port, LOAD.frames).await;
    tollgate.again();
    let begin = Instant::now();
    while sink.bytes() < backlog && begin.elapsed() < Duration::from_secs(60) {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    let (delivered, seconds) = (sink.bytes() as f64 / 1e9, begin.elapsed().as_secs_f64());
    println!(
        "  {delivered:.2} GB delivered at {:.2} GB/s, {} MiB resident at most",
        delivered / seconds,
        tollgate.rss_mib()
    );
    tollgate.stop();
}

async fn writes(durability: &str, processors: &str, chain: &str) {
    let sink = Sink::start(LOAD.frames).await;
    let mut tollgate = Tollgate::start(&config(processors, chain), sink.port, durability);
    let client = peer::connect(tollgate.port).await;
    let before = tollgate.written_bytes();
    // At a pace that leaves the disk and who decides their breath.
    let took = peer::pace(client, LOAD, 200.0, Duration::from_secs(6)).await;
    let acknowledged = took.len() as u64 * peer::size_of(LOAD.spans);
    tokio::time::sleep(Duration::from_secs(4)).await;
    let written = tollgate.written_bytes() - before;
    let kept = 100.0 * sink.bytes() as f64 / acknowledged as f64;
    let times = written as f64 / acknowledged as f64;
    println!("{durability:>8} {kept:>13.1}% {acknowledged:>16} {written:>14} {times:>8.3}");
    tollgate.stop();
}
