//! The series themselves, by component. Labels are names from the configuration, never from data.

use std::sync::Arc;

use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::encoding::text::encode;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::registry::Registry;

use super::redaction::{self, RedactionSeries};
use super::sampling::{self, SamplingSeries};
use super::waiting::{self, WaitingSeries};
use crate::Signal;
use crate::receipt::Refusal;

/// The bound past which a record was given up.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Expired {
    /// `sending_queue.queue_size` or `sending_queue.max_bytes`.
    Size,
    /// `sending_queue.max_age`.
    Age,
    /// `retry_on_failure.max_elapsed_time`.
    Elapsed,
    /// The memory limit, while this destination made no progress.
    Memory,
    /// The process ended before it could be delivered.
    Shutdown,
    /// The exporter is no longer configured.
    Removed,
    /// `service.storage.max_size`, while this destination made no progress.
    Storage,
    /// Its bytes in the journal no longer hold.
    Damaged,
}

impl Expired {
    const ALL: [Self; 8] = [
        Self::Size,
        Self::Age,
        Self::Elapsed,
        Self::Memory,
        Self::Shutdown,
        Self::Removed,
        Self::Storage,
        Self::Damaged,
    ];

    /// The value of the `bound` label.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Size => "queue_size",
            Self::Age => "max_age",
            Self::Elapsed => "max_elapsed_time",
            Self::Memory => "memory_limit",
            Self::Shutdown => "shutdown",
            Self::Removed => "removed",
            Self::Storage => "max_size",
            Self::Damaged => "damaged",
        }
    }
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct ReceiverLabels {
    receiver: String,
    transport: &'static str,
    signal: &'static str,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct RefusedLabels {
    receiver: String,
    transport: &'static str,
    signal: &'static str,
    reason: &'static str,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct DestinationLabels {
    exporter: String,
    signal: &'static str,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct ExpiredLabels {
    exporter: String,
    signal: &'static str,
    bound: &'static str,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct BuildLabels {
    version: &'static str,
}

/// All series, and the text they are read as.
#[derive(Debug)]
pub struct Ledger {
    registry: std::sync::Mutex<Registry>,
    families: Families,
    destinations: std::sync::Mutex<Vec<(Signal, DestinationSeries)>>,
    rooms: std::sync::Mutex<Vec<WaitingSeries>>,
}

#[derive(Clone, Debug, Default)]
struct Families {
    accepted: Family<ReceiverLabels, Counter>,
    accepted_bytes: Family<ReceiverLabels, Counter>,
    partial: Family<ReceiverLabels, Counter>,
    refused: Family<RefusedLabels, Counter>,
    failed: Family<RefusedLabels, Counter>,
    received: Family<DestinationLabels, Counter>,
    recovered: Family<DestinationLabels, Counter>,
    delivered: Family<DestinationLabels, Counter>,
    rejected: Family<DestinationLabels, Counter>,
    expired: Family<ExpiredLabels, Counter>,
    pending: Family<DestinationLabels, Gauge>,
    pending_bytes: Family<DestinationLabels, Gauge>,
    attempts: Family<DestinationLabels, Counter>,
    retries: Family<DestinationLabels, Counter>,
    holding: Family<DestinationLabels, Gauge>,
    journal: JournalSeries,
    redaction: redaction::Families,
    waiting: waiting::Families,
    sampling: sampling::Families,
}

/// The files of the journal; all 0 where there are none.
#[derive(Clone, Debug, Default)]
pub struct JournalSeries {
    /// Bytes of the segments.
    pub bytes: Gauge,
    /// Bytes found at the start that have not been looked through yet.
    pub unread_bytes: Gauge,
    /// Whether the last write failed: 1 or 0.
    pub degraded: Gauge,
    /// Records taken into RAM alone, for the disk took nothing.
    pub bypassed: Counter,
    /// Records written again at the tail, so that what is tried again and again keeps no segments.
    pub moved: Counter,
    /// Bytes of quarantined files that were given up past their bound.
    pub quarantine_dropped_bytes: Counter,
}

/// The ledger of a signal over all destinations, in records.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Totals {
    /// Appended to the outbox.
    pub received: u64,
    /// Found in the journal at the start.
    pub recovered: u64,
    /// Taken by a destination.
    pub delivered: u64,
    /// Refused for good.
    pub rejected: u64,
    /// Given up past a bound.
    pub expired: u64,
    /// Still owed.
    pub pending: i64,
    /// Sampled out.
    pub sampled_out: u64,
    /// Waiting to be decided.
    pub waiting: i64,
}

/// The series of one receiver, transport and signal.
#[derive(Clone, Debug)]
pub struct ReceiverSeries {
    /// Records taken.
    pub accepted: Counter,
    /// Bytes of requests taken, as received.
    pub accepted_bytes: Counter,
    /// Records left out for good and told in `partial_success`.
    pub partial: Counter,
    refused: [Counter; 5],
    failed: [Counter; 5],
}

/// The ledger of one destination and signal: received + recovered = delivered + rejected + expired + pending.
#[derive(Clone, Debug)]
pub struct DestinationSeries {
    /// Records appended to the outbox for it.
    pub received: Counter,
    /// Records found in the journal at the start that were owed to it.
    pub recovered: Counter,
    /// Records it took.
    pub delivered: Counter,
    /// Records it refused for good.
    pub rejected: Counter,
    /// Records owed to it.
    pub pending: Gauge,
    /// Bytes owed to it.
    pub pending_bytes: Gauge,
    /// Requests sent to it.
    pub attempts: Counter,
    /// Requests sent again.
    pub retries: Counter,
    /// Whether its breaker holds requests: 1 or 0.
    pub holding: Gauge,
    expired: [Counter; 8],
}

const REFUSALS: [Refusal; 5] = [Refusal::Memory, Refusal::Busy, Refusal::Blocked, Refusal::Storage, Refusal::Draining];
const FAILURES: [&str; 5] = ["malformed", "too_large", "unauthenticated", "internal", "unsupported"];

impl Ledger {
    /// An empty ledger of a process of `version`.
    pub fn new(version: &'static str) -> Arc<Self> {
        let families = Families::default();
        let mut registry = Registry::with_prefix("tollgate");
        families.register(&mut registry);
        let build = Family::<BuildLabels, Gauge>::default();
        build.get_or_create(&BuildLabels { version }).set(1);
        registry.register("build_info", "The version that runs; always 1", build);
        Arc::new(Self {
            registry: std::sync::Mutex::new(registry),
            families,
            destinations: std::sync::Mutex::default(),
            rooms: std::sync::Mutex::default(),
        })
    }

    /// Adds series of a kind the core does not know, such as those of the process.
    pub fn extend(&self, add: impl FnOnce(&mut Registry)) {
        let mut registry = self.registry.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        add(&mut registry);
    }

    /// Every series in the OpenMetrics text format.
    pub fn text(&self) -> String {
        let registry = self.registry.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        let mut text = String::new();
        // Writing to a String cannot fail.
        let _infallible = encode(&mut text, &registry).is_ok();
        text
    }

    /// The series of a receiver, all at zero when first asked for; `transport` is a word of the receiver's own.
    pub fn receiver(&self, receiver: &str, transport: &'static str, signal: Signal) -> ReceiverSeries {
        let labels = ReceiverLabels { receiver: receiver.into(), transport, signal: signal.name() };
        let with = |family: &Family<RefusedLabels, Counter>, reason| {
            let labels = RefusedLabels { receiver: receiver.into(), transport, signal: signal.name(), reason };
            family.get_or_create_owned(&labels)
        };
        ReceiverSeries {
            accepted: self.families.accepted.get_or_create_owned(&labels),
            accepted_bytes: self.families.accepted_bytes.get_or_create_owned(&labels),
            partial: self.families.partial.get_or_create_owned(&labels),
            refused: REFUSALS.map(|refusal| with(&self.families.refused, refusal.label())),
            failed: FAILURES.map(|reason| with(&self.families.failed, reason)),
        }
    }

    /// The ledger of a destination, all at zero when first asked for.
    pub fn destination(&self, exporter: &str, signal: Signal) -> DestinationSeries {
        let labels = DestinationLabels { exporter: exporter.into(), signal: signal.name() };
        let expired = |bound: Expired| {
            let labels = ExpiredLabels { exporter: exporter.into(), signal: signal.name(), bound: bound.label() };
            self.families.expired.get_or_create_owned(&labels)
        };
        let series = DestinationSeries {
            received: self.families.received.get_or_create_owned(&labels),
            recovered: self.families.recovered.get_or_create_owned(&labels),
            delivered: self.families.delivered.get_or_create_owned(&labels),
            rejected: self.families.rejected.get_or_create_owned(&labels),
            pending: self.families.pending.get_or_create_owned(&labels),
            pending_bytes: self.families.pending_bytes.get_or_create_owned(&labels),
            attempts: self.families.attempts.get_or_create_owned(&labels),
            retries: self.families.retries.get_or_create_owned(&labels),
            holding: self.families.holding.get_or_create_owned(&labels),
            expired: Expired::ALL.map(expired),
        };
        let mut destinations = self.destinations.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        destinations.push((signal, series.clone()));
        series
    }

    /// The series of the journal.
    pub fn journal(&self) -> JournalSeries {
        self.families.journal.clone()
    }

    /// The series of a redaction, all at zero when first asked for: of `entities` with their strategies, of
    /// `places` and of `reasons` to replace a value whole, in their order.
    pub fn redaction(
        &self,
        processor: &str,
        entities: &[(String, &'static str)],
        places: &[&'static str],
        reasons: &[&'static str],
    ) -> RedactionSeries {
        self.families.redaction.of(processor, entities, places, reasons)
    }

    /// The series of a sampler's waiting room, all at zero when first asked for.
    pub fn waiting(&self, sampler: &str) -> WaitingSeries {
        let series = self.families.waiting.of(sampler);
        self.rooms.lock().unwrap_or_else(std::sync::PoisonError::into_inner).push(series.clone());
        series
    }

    /// The series of a tail sampler, all at zero when first asked for; `policies` are the names of its policies.
    pub fn sampling(&self, processor: &str, policies: &[String]) -> SamplingSeries {
        self.families.sampling.of(processor, policies)
    }

    /// What became of the records of a signal, over all destinations and samplers.
    pub fn totals(&self, signal: Signal) -> Totals {
        let destinations = self.destinations.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        let mut totals = Totals::default();
        for (_, series) in destinations.iter().filter(|(of, _)| *of == signal) {
            totals.received += series.received.get();
            totals.recovered += series.recovered.get();
            totals.delivered += series.delivered.get();
            totals.rejected += series.rejected.get();
            totals.expired += series.expired.iter().map(|bound| bound.get()).sum::<u64>();
            totals.pending += series.pending.get();
        }
        let rooms = self.rooms.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        for series in rooms.iter().map(|room| room.of(signal)) {
            totals.sampled_out += series.sampled_out_in_all();
            totals.waiting += series.pending.get();
        }
        totals
    }
}

impl ReceiverSeries {
    /// The counter of requests refused for now, by reason.
    pub fn refused(&self, refusal: Refusal) -> &Counter {
        &self.refused[refusal as usize]
    }

    /// The counter of requests that failed for good, by reason: `malformed`, `too_large`,
    /// `unauthenticated`, `unsupported`, else `internal`.
    pub fn failed(&self, reason: &str) -> &Counter {
        let at = FAILURES.iter().position(|name| *name == reason).unwrap_or(3);
        &self.failed[at]
    }
}

impl DestinationSeries {
    /// The counter of records given up past a bound.
    pub fn expired(&self, bound: Expired) -> &Counter {
        &self.expired[bound as usize]
    }
}

impl Families {
    /// prometheus-client adds `_total` to counters by itself.
    fn register(&self, registry: &mut Registry) {
        let f = self.clone();
        registry.register("receiver_accepted_items", "Records taken into custody", f.accepted);
        registry.register("receiver_accepted_bytes", "Bytes of accepted requests, as received", f.accepted_bytes);
        registry.register("receiver_rejected_items", "Records left out for good, told in partial_success", f.partial);
        registry.register("receiver_refused_requests", "Requests turned away for now, to be sent again", f.refused);
        registry.register("receiver_failed_requests", "Requests turned away for good", f.failed);
        registry.register("exporter_received_items", "Records appended to the outbox for a destination", f.received);
        let recovered = "Records found in the journal at the start that were owed to a destination";
        registry.register("exporter_recovered_items", recovered, f.recovered);
        registry.register("exporter_sent_items", "Records a destination took", f.delivered);
        registry.register("exporter_rejected_items", "Records a destination refused for good", f.rejected);
        registry.register("exporter_expired_items", "Records given up past a bound: lost", f.expired);
        registry.register("exporter_pending_items", "Records owed to a destination", f.pending);
        registry.register("exporter_pending_bytes", "Bytes owed to a destination", f.pending_bytes);
        registry.register("exporter_requests", "Requests sent to a destination", f.attempts);
        let holding = "Whether requests wait for a destination that is away: 1 or 0";
        registry.register("exporter_breaker_open", holding, f.holding);
        registry.register("exporter_retries", "Requests sent to a destination again", f.retries);
        registry.register("journal_bytes", "Bytes that the segments of the journal take", f.journal.bytes);
        let unread = "Bytes found in the journal at the start that have not been looked through yet";
        registry.register("journal_unread_bytes", unread, f.journal.unread_bytes);
        let degraded = "Whether the disk failed the last write to the journal: 1 or 0";
        registry.register("journal_degraded", degraded, f.journal.degraded);
        let bypassed = "Records taken into RAM alone while the journal could not be written (on_journal_error: memory)";
        registry.register("journal_bypassed_items", bypassed, f.journal.bypassed);
        let moved = "Records written again at the tail of the journal while they were tried again";
        registry.register("journal_moved_items", moved, f.journal.moved);
        let dropped = "Bytes of files put aside for damage that were given up past their bound";
        registry.register("journal_quarantine_dropped_bytes", dropped, f.journal.quarantine_dropped_bytes);
        f.redaction.register(registry);
        f.waiting.register(registry);
        f.sampling.register(registry);
    }
}
