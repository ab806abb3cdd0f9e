//! The Collector's keys for delivery: `sending_queue` with its `batch`, and `retry_on_failure`.

use std::time::Duration as Span;

use pipeline::config::{ByteSize, Duration, Findings};
use pipeline::content::ContentPolicy;
use pipeline::journal::{Bounds, Limit};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::Value;

use super::Plan;
use super::batching::{Batching, MERGED_BYTES};

/// What a queue or a batch is measured in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Sizer {
    /// Requests, as receivers took them.
    #[default]
    Requests,
    /// Spans, log records and data points.
    Items,
    /// Bytes of OTLP protobuf.
    Bytes,
}

impl Sizer {
    fn limit(self, count: u64) -> Limit {
        match self {
            Self::Requests => Limit::Requests(count),
            Self::Items => Limit::Items(count),
            Self::Bytes => Limit::Bytes(count),
        }
    }
}

/// What may be owed to the destination, and how it is sent.
///
/// The queue is the pipeline's own outbox: requests wait there as shared bytes, once for all destinations.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct SendingQueue {
    /// Accepted for the Collector's sake; the outbox is always there. Default true.
    pub enabled: bool,
    /// Requests in flight at most, those waiting for a retry included; 1 keeps the order. Default 10.
    #[schemars(range(min = 1, max = 1000))]
    pub num_consumers: usize,
    /// How much may be owed, in `sizer`; beyond it the oldest expires. Default: no such bound (the
    /// Collector's is 1,000 requests), the memory limit binds.
    #[schemars(range(min = 1))]
    pub queue_size: Option<u64>,
    /// What `queue_size` counts: `requests`, `items` or `bytes`. Default `requests`.
    pub sizer: Sizer,
    /// A full queue makes receivers refuse, instead of its oldest expiring: this destination can then
    /// stop the others. Default false.
    pub block_on_overflow: bool,
    /// Accepted for the Collector's sake and without effect: a request is answered when it is in the
    /// outbox. Default false.
    pub wait_for_result: bool,
    /// The storage extension of a persistent queue, a `file_storage`: one journal serves all exporters. Default none.
    pub storage: Option<String>,
    /// When requests are merged. Default: what waits goes out at once, merged up to 2 MiB.
    pub batch: Option<Batch>,
    /// How many bytes may be owed; beyond it the oldest expires. Default: the memory limit.
    pub max_bytes: Option<ByteSize>,
    /// How long something may be owed; past it, it expires. Default: for ever.
    pub max_age: Option<Duration>,
}

/// How requests are merged.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Batch {
    /// Send what there is when the first of it has waited this long. Default 200ms; 0 sends at once.
    pub flush_timeout: Duration,
    /// Send when this much waits, in `sizer`. Default 8192; 0 sends at once.
    pub min_size: u64,
    /// Send no more than this at once, in `sizer`; 0 is no limit but that of merging: 2 MiB, or
    /// `min_size` where that is more. Default 0.
    pub max_size: u64,
    /// What the sizes count: `items`, `bytes` or `requests`. Default `items`.
    pub sizer: Sizer,
    /// Accepted for the Collector's sake and without effect: nothing of a request's metadata comes so far. Default none.
    pub partition: Option<Value>,
}

/// When a request that was not taken is sent again.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct RetryOnFailure {
    /// Whether to send again; `false` loses what is not taken the first time. Default true.
    pub enabled: bool,
    /// The first delay. Default 5s.
    pub initial_interval: Duration,
    /// Each delay is drawn from its interval, give or take this share of it. Default 0.5.
    #[schemars(range(min = 0.0, max = 1.0))]
    pub randomization_factor: f64,
    /// Each interval is this many times the one before. Default 1.5.
    #[schemars(range(min = 1.0, max = 100.0))]
    pub multiplier: f64,
    /// The longest interval; a server that asks for more gets more. Default 30s.
    pub max_interval: Duration,
    /// Give up after this long; `0` never does. Default: never (the Collector's is 300s, and then drops).
    pub max_elapsed_time: Option<Duration>,
}

impl Default for SendingQueue {
    fn default() -> Self {
        Self {
            enabled: true,
            num_consumers: 10,
            queue_size: None,
            sizer: Sizer::Requests,
            block_on_overflow: false,
            wait_for_result: false,
            storage: None,
            batch: None,
            max_bytes: None,
            max_age: None,
        }
    }
}

impl Default for Batch {
    fn default() -> Self {
        Self { flush_timeout: Duration::millis(200), min_size: 8192, max_size: 0, sizer: Sizer::Items, partition: None }
    }
}

impl Default for RetryOnFailure {
    fn default() -> Self {
        Self {
            enabled: true,
            initial_interval: Duration::secs(5),
            randomization_factor: 0.5,
            multiplier: 1.5,
            max_interval: Duration::secs(30),
            max_elapsed_time: None,
        }
    }
}

impl SendingQueue {
    /// What the outbox may owe the destination.
    pub fn bounds(&self) -> Bounds {
        Bounds {
            queue: self.queue_size.map(|size| self.sizer.limit(size)),
            max_bytes: self.max_bytes.map(|size| size.0),
            max_age: self.max_age.map(|age| age.0),
            block_on_overflow: self.block_on_overflow,
        }
    }

    /// How it is delivered to.
    pub fn plan(&self, retry: &RetryOnFailure) -> Plan {
        let batching = self.batch.as_ref().map(Batch::batching).unwrap_or_default();
        let max_age = self.max_age.map(|age| age.0);
        let content = ContentPolicy::default();
        Plan { consumers: self.num_consumers, batching, retry: retry.clone(), max_age, content }
    }

    /// One key against another.
    pub fn check(&self, findings: &mut Findings) {
        if self.storage.is_some() {
            let message = "one journal serves every exporter: that of `file_storage`, or of `service.storage`";
            findings.note("sending_queue.storage", "N028", message);
        }
        if !self.enabled {
            let message = "there is always a queue: requests are answered when they are in it";
            findings.note("sending_queue.enabled", "N020", message);
        }
        if self.wait_for_result {
            let message = "requests are answered when they are in the queue, not when they are delivered";
            findings.note("sending_queue.wait_for_result", "N021", message);
        }
        if self.num_consumers == 0 {
            findings.error("sending_queue.num_consumers", "E222", "at least one request must be in flight");
        }
        if self.max_bytes.is_some_and(|size| size.0 == 0) {
            let message = "whatever comes would expire at once";
            findings.error("sending_queue.max_bytes", "E222", message).hint("leave it out for the memory limit");
        }
        if self.batch.as_ref().is_some_and(|batch| batch.partition.is_some()) {
            let message = "has no effect: nothing of a request's metadata comes so far";
            findings.note("sending_queue.batch.partition", "N023", message);
        }
        if let Some(batch) = &self.batch
            && batch.max_size > 0
            && batch.max_size < batch.min_size
        {
            let message = format!("max_size {} is less than min_size {}", batch.max_size, batch.min_size);
            findings.error("sending_queue.batch.max_size", "E223", message);
        }
    }
}

impl Batch {
    fn batching(&self) -> Batching {
        let usual = match self.sizer {
            // A span is about a kilobyte.
            Sizer::Items => MERGED_BYTES >> 10,
            Sizer::Bytes => MERGED_BYTES,
            Sizer::Requests => 1000,
        };
        let most = if self.max_size == 0 { self.min_size.max(usual) } else { self.max_size };
        let least = self.sizer.limit(self.min_size.max(1));
        Batching { least, most: self.sizer.limit(most), flush_after: self.flush_timeout.0, eager: false }
    }
}

impl RetryOnFailure {
    /// After how long to give up; none is never.
    pub fn max_elapsed(&self) -> Option<Span> {
        self.max_elapsed_time.map(|most| most.0).filter(|most| !most.is_zero())
    }

    /// What is probably not meant.
    pub fn check(&self, findings: &mut Findings) {
        if !self.enabled {
            let message = "what the destination does not take the first time is lost";
            findings.warn("retry_on_failure.enabled", "W020", message);
        }
    }
}
