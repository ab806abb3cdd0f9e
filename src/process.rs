//! The process as its own metrics show it: memory, processor time, the byte budget.

use std::sync::Arc;

use pipeline::ledger::Ledger;
use pipeline::memory::Memory;
use prometheus_client::collector::Collector;
use prometheus_client::encoding::{DescriptorEncoder, EncodeMetric};
use prometheus_client::metrics::counter::ConstCounter;
use prometheus_client::metrics::gauge::ConstGauge;

/// Ticks of processor time a second in `/proc/self/stat`: fixed at 100 in the kernel's ABI.
const TICKS_PER_SECOND: f64 = 100.0;

/// Bytes of a page on the machines we build for (x86-64 and 64-bit ARM with 4 KiB pages).
const PAGE: i64 = 4096;

/// Adds the series of the process to the ledger; they are read anew at each scrape.
pub(crate) fn observe(ledger: &Ledger, memory: Arc<Memory>) {
    ledger.extend(|registry| registry.register_collector(Box::new(Process { memory })));
}

#[derive(Debug)]
struct Process {
    memory: Arc<Memory>,
}

impl Collector for Process {
    fn encode(&self, mut encoder: DescriptorEncoder<'_>) -> Result<(), std::fmt::Error> {
        let mut gauge = |name: &str, help: &str, value: i64| {
            let gauge = ConstGauge::new(value);
            gauge.encode(encoder.encode_descriptor(name, help, None, gauge.metric_type())?)
        };
        gauge("memory_limit_bytes", "Bytes that requests and queues may hold", clamp(self.memory.limit()))?;
        gauge("memory_used_bytes", "Bytes that requests and queues hold", clamp(self.memory.used()))?;
        gauge("process_resident_memory_bytes", "Resident memory of the process", resident().unwrap_or(0))?;
        let seconds = ConstCounter::new(processor_seconds().unwrap_or(0.0));
        let help = "Processor time the process has used, in seconds";
        seconds.encode(encoder.encode_descriptor("process_cpu_seconds", help, None, seconds.metric_type())?)
    }
}

fn clamp(bytes: usize) -> i64 {
    i64::try_from(bytes).unwrap_or(i64::MAX)
}

/// Resident bytes, from `/proc/self/statm`; none where there is no such file.
fn resident() -> Option<i64> {
    let statm = std::fs::read_to_string("/proc/self/statm").ok()?;
    let pages: i64 = statm.split(' ').nth(1)?.parse().ok()?;
    Some(pages * PAGE)
}

fn processor_seconds() -> Option<f64> {
    let stat = std::fs::read_to_string("/proc/self/stat").ok()?;
    // The second field is the command in parentheses and may hold spaces; utime and stime are 14th and 15th.
    let fields: Vec<&str> = stat.rsplit_once(") ")?.1.split(' ').collect();
    let ticks = |at: usize| fields.get(at).and_then(|field| field.parse::<f64>().ok());
    Some((ticks(11)? + ticks(12)?) / TICKS_PER_SECOND)
}
