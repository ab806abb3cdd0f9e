//! Tail sampling under load, measured through the release binary, on core 0, from core 1.
//!
//! - `cargo bench --bench sampling -- overload [SECONDS]`: first little more than half of what may wait, then as many as the binary can
//!   be sent, ten times that: what is kept of them, whether it is whole, what it stands for, and the most that is held resident.
//! - `cargo bench --bench sampling -- waiting`: half a million traces wait, in RAM and in files: bytes resident for each.
//! - `cargo bench --bench sampling -- long [MINUTES] [SPANS A SECOND]`: a wait of so many minutes in files, for twice as long
//!   and two more: what is held resident, by the minute. Takes over twenty minutes and 13 GB as it stands.
//!
//! The first two where none is named. The folder is made where `TMPDIR` points, which should be a disk.

#![allow(clippy::print_stdout, reason = "figures are what it is for")]

mod peer;

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use tokio::time::{Instant, sleep};

use peer::halves::{Arrivals, Pairs, SPANS, Tally};
use peer::process::{Tollgate, pin};
use peer::{Frames, Load, Sink};

/// The allocator of the binary, for what prost takes beside it.
#[cfg(all(feature = "mimalloc", target_os = "linux"))]
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

const LOAD: Load = Load { frames: Frames::Large, spans: 256, fresh: true };

/// The memory limit under overload, and how long traces wait then.
const LIMIT_MIB: u64 = 256;
const WAIT: Duration = Duration::from_secs(5);

/// What of the memory limit may wait, as the decider has it.
const SHARE: f64 = 0.6;

/// Senders under overload, and the connections they share.
const SENDERS: usize = 240;
const CONNECTIONS: usize = 6;

/// How many traces wait in the second part.
const WAITING: u64 = 500_000;

fn config(wait: Duration, memory_mib: u64) -> String {
    format!(
        "
receivers: {{otlp: {{protocols: {{grpc: {{endpoint: '127.0.0.1:{{in}}', max_recv_msg_size_mib: 64}}}}}}}}
processors:
  tail_sampling:
    decision_wait: {}s
    policies:
      - {{name: errors, type: status_code, status_code: {{status_codes: [ERROR]}}}}
      - {{name: tenth, type: probabilistic, probabilistic: {{sampling_percentage: 10}}}}
exporters: {{otlp_grpc: {{endpoint: '127.0.0.1:{{out}}', tls: {{insecure: true}}, compression: none}}}}
service:
  storage: {{storage}}
  memory: {{limit: {memory_mib}MiB}}
  workers: 1
  extensions: [health_check]
  telemetry: {{metrics: {{level: none}}, logs: {{level: error}}}}
  pipelines: {{traces: {{receivers: [otlp], processors: [tail_sampling], exporters: [otlp_grpc]}}}}
extensions: {{health_check: {{endpoint: '127.0.0.1:{{health}}'}}}}
",
        wait.as_secs()
    )
}

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).filter(|argument| !argument.starts_with('-')).collect();
    let named = |name: &str| arguments.iter().any(|argument| argument == name);
    let mut numbers = arguments.iter().filter_map(|argument| argument.parse::<u64>().ok());
    let none = !["overload", "waiting", "long"].into_iter().any(named);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    pin();
    if named("long") {
        let (minutes, rate) = (numbers.next().unwrap_or(10), numbers.next().unwrap_or(20_000));
        return runtime.block_on(long(minutes, rate));
    }
    if none || named("overload") {
        runtime.block_on(overload(Duration::from_secs(numbers.next().unwrap_or(60))));
    }
    if none || named("waiting") {
        println!("{:>8} {:>10} {:>12} {:>14} {:>15}", "journal", "traces", "wire B/span", "RSS B/span", "RSS B/trace");
        for durability in ["memory", "process"] {
            runtime.block_on(waiting(durability));
        }
    }
}

async fn overload(duration: Duration) {
    let arrivals = Arc::new(Arrivals::default());
    let sink = Sink::watched(Frames::Large, arrivals.watch()).await;
    let mut tollgate = Tollgate::start(&config(WAIT, LIMIT_MIB), sink.port, "memory");
    let pairs = Arc::new(Pairs::new());
    let mut clients = Vec::new();
    for _ in 0..CONNECTIONS {
        clients.push(peer::connect(tollgate.port).await);
    }
    // Six tenths of what may wait: nothing is shed yet.
    let bytes = (LIMIT_MIB << 20) as f64 * SHARE * 0.6 / WAIT.as_secs_f64();
    let rate = bytes / pairs.bytes() as f64;
    println!(
        "tail sampling of errors and a tenth, traces in two requests each, {LIMIT_MIB} MiB, a wait of {WAIT:?}, {duration:?} each:"
    );
    println!(
        "{:>9} {:>13} {:>9} {:>12} {:>8} {:>8} {:>12} {:>12} {:>9} {:>8}",
        "load",
        "taken spans/s",
        "refused",
        "kept tr/s",
        "whole",
        "failed",
        "failed late",
        "acknowledged",
        "estimate",
        "RSS MiB"
    );
    let begin = Instant::now();
    let mut tasks = Vec::new();
    for number in 0u32.. {
        let due = begin + Duration::from_secs_f64(f64::from(number) / rate);
        if due > begin + duration {
            break;
        }
        tokio::time::sleep_until(due).await;
        let (pairs, client) = (pairs.clone(), clients[number as usize % CONNECTIONS].clone());
        tasks.push(tokio::spawn(async move { pairs.send(&client, begin + duration + WAIT).await }));
    }
    for task in tasks {
        task.await.expect("no failure");
    }
    report("held", &pairs, &arrivals, (0, 0), duration, &tollgate).await;
    let from = (pairs.acknowledged(), pairs.refused.load(Ordering::Relaxed));
    let until = Instant::now() + duration;
    let senders = (0..SENDERS).map(|number| {
        let (pairs, client) = (pairs.clone(), clients[number % CONNECTIONS].clone());
        tokio::spawn(async move {
            while Instant::now() < until {
                pairs.send(&client, until + WAIT).await;
            }
        })
    });
    for sender in senders.collect::<Vec<_>>() {
        sender.await.expect("no failure");
    }
    report("flooded", &pairs, &arrivals, from, duration, &tollgate).await;
    tollgate.stop();
}

/// Waits until all is decided and delivered, and says what came of the pairs since `from`.
async fn report(
    load: &str,
    pairs: &Pairs,
    arrivals: &Arrivals,
    from: (u64, u64),
    duration: Duration,
    tollgate: &Tollgate,
) {
    sleep(WAIT + Duration::from_secs(3)).await;
    let (seconds, taken) = (duration.as_secs_f64(), pairs.acknowledged() - from.0);
    let tally = pairs.tally(from.0, arrivals);
    let percent = |part: u64, of: u64| format!("{:.2}%", 100.0 * part as f64 / of.max(1) as f64);
    let Tally { acknowledged, kept, whole, failed, failed_whole, failed_late, failed_late_kept, estimate } = tally;
    println!(
        "{load:>9} {:>13.0} {:>9} {:>12.0} {:>8} {:>8} {:>12} {acknowledged:>12} {estimate:>9.0} {:>8}",
        (taken * Pairs::spans()) as f64 / seconds,
        pairs.refused.load(Ordering::Relaxed) - from.1,
        kept as f64 / seconds,
        percent(whole, kept),
        percent(failed_whole, failed),
        percent(failed_late_kept, failed_late),
        tollgate.rss_mib(),
    );
}

async fn waiting(durability: &str) {
    let sink = Sink::start(LOAD.frames).await;
    let wire = peer::size_of(LOAD.spans) / LOAD.spans as u64;
    let bytes = WAITING * SPANS as u64 * wire;
    // Of three fifths of the limit a little over half, so that nothing is shed; the tables of what waits in files fit a GiB.
    let limit = if durability == "memory" { (bytes * 3) >> 20 } else { 2048 };
    let mut tollgate = Tollgate::start(&config(Duration::from_secs(3600), limit), sink.port, durability);
    let client = peer::connect(tollgate.port).await;
    peer::pace(client.clone(), LOAD, 100.0, Duration::from_millis(100)).await;
    let idle = tollgate.rss_bytes();
    let requests = WAITING * SPANS as u64 / LOAD.spans as u64;
    let rate = 800.0;
    peer::pace(client, LOAD, rate, Duration::from_secs_f64(requests as f64 / rate)).await;
    sleep(Duration::from_secs(2)).await;
    let rss = (tollgate.rss_bytes() - idle) as f64;
    let (spans, traces) = ((WAITING * SPANS as u64) as f64, WAITING as f64);
    assert_eq!(sink.bytes(), 0, "all of it waits");
    println!("{durability:>8} {WAITING:>10} {wire:>12} {:>14.0} {:>15.0}", rss / spans, rss / traces);
    tollgate.stop();
}

async fn long(minutes: u64, rate: u64) {
    let sink = Sink::start(LOAD.frames).await;
    let mut tollgate = Tollgate::start(&config(Duration::from_secs(minutes * 60), 4096), sink.port, "process");
    let client = peer::connect(tollgate.port).await;
    println!("a wait of {minutes} minutes, {rate} spans a second, the journal in files:");
    println!("{:>7} {:>14} {:>9}", "minute", "delivered MB", "RSS MiB");
    for minute in 1..=minutes * 2 + 2 {
        let requests = rate as f64 / LOAD.spans as f64;
        peer::pace(client.clone(), LOAD, requests, Duration::from_secs(60)).await;
        println!("{minute:>7} {:>14} {:>9}", sink.bytes() / 1_000_000, tollgate.rss_bytes() >> 20);
    }
    tollgate.stop();
}
