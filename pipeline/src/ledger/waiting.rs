//! The waiting room of a sampler: received + recovered = released + sampled_out + pending, in records.

use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::registry::Registry;

use crate::Signal;

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct SamplerLabels {
    sampler: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct SignalLabels {
    sampler: String,
    signal: &'static str,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct ReasonLabels {
    sampler: String,
    signal: &'static str,
    reason: &'static str,
}

/// The families of every waiting room of the process.
#[derive(Clone, Debug, Default)]
pub(super) struct Families {
    received: Family<SignalLabels, Counter>,
    recovered: Family<SignalLabels, Counter>,
    released: Family<SignalLabels, Counter>,
    sampled_out: Family<ReasonLabels, Counter>,
    pending: Family<SignalLabels, Gauge>,
    bytes: Family<SamplerLabels, Gauge>,
    oldest: Family<SamplerLabels, Gauge>,
    compacted: Family<SamplerLabels, Counter>,
    compacted_bytes: Family<SamplerLabels, Counter>,
}

/// Why records are sampled out, as the `reason` label has it.
pub const REASONS: [&str; 9] =
    ["not_sampled", "dropped", "pressure", "too_large", "drained", "orphan", "damaged", "failed", "no_pipeline"];

/// The series of one waiting room.
#[derive(Clone, Debug)]
pub struct WaitingSeries {
    signals: [SignalSeries; 2],
    /// Bytes of requests some of whose records have not taken their course.
    pub bytes: Gauge,
    /// How long the oldest of them has waited, in seconds.
    pub oldest: Gauge,
    /// Requests that were copied without the records that had taken their course.
    pub compacted: Counter,
    /// Bytes of the copies.
    pub compacted_bytes: Counter,
}

/// The series of one signal in it, in records.
#[derive(Clone, Debug)]
pub struct SignalSeries {
    /// Came to wait, or left or went at once.
    pub received: Counter,
    /// Found in the journal at the start.
    pub recovered: Counter,
    /// Let go to the destinations.
    pub released: Counter,
    /// Waits.
    pub pending: Gauge,
    sampled_out: [Counter; REASONS.len()],
}

impl WaitingSeries {
    /// The series of a signal; metrics, which nobody samples, have those of logs.
    pub fn of(&self, signal: Signal) -> &SignalSeries {
        &self.signals[usize::from(signal != Signal::Traces)]
    }
}

impl SignalSeries {
    /// Records sampled out, for whatever reason.
    pub fn sampled_out_in_all(&self) -> u64 {
        self.sampled_out.iter().map(|reason| reason.get()).sum()
    }

    /// The counter of records sampled out for one of [`REASONS`]; what is none of them counts as the first.
    pub fn sampled_out(&self, reason: &str) -> &Counter {
        &self.sampled_out[REASONS.iter().position(|known| *known == reason).unwrap_or_default()]
    }
}

impl Families {
    pub(super) fn register(&self, registry: &mut Registry) {
        let f = self.clone();
        registry.register("sampler_received_items", "Records that came to wait for a decision", f.received);
        let recovered = "Records found in the journal at the start that wait for a decision";
        registry.register("sampler_recovered_items", recovered, f.recovered);
        registry.register("sampler_released_items", "Records of kept traces let go to the destinations", f.released);
        registry.register("sampler_sampled_out_items", "Records sampled out, by reason", f.sampled_out);
        registry.register("sampler_pending_items", "Records that wait for a decision", f.pending);
        registry.register("sampler_waiting_bytes", "Bytes of requests that wait for decisions", f.bytes);
        registry.register("sampler_oldest_waiting_seconds", "Age of the oldest request that waits", f.oldest);
        let compacted = "Requests copied without the records that wait no more, so that their room comes back";
        registry.register("sampler_compacted_requests", compacted, f.compacted);
        registry.register("sampler_compacted_bytes", "Bytes of the copies", f.compacted_bytes);
    }

    pub(super) fn of(&self, sampler: &str) -> WaitingSeries {
        let signal = |signal: Signal| {
            let (sampler, signal) = (sampler.to_owned(), signal.name());
            let labels = SignalLabels { sampler: sampler.clone(), signal };
            let reason = |reason| {
                let labels = ReasonLabels { sampler: sampler.clone(), signal, reason };
                self.sampled_out.get_or_create_owned(&labels)
            };
            SignalSeries {
                received: self.received.get_or_create_owned(&labels),
                recovered: self.recovered.get_or_create_owned(&labels),
                released: self.released.get_or_create_owned(&labels),
                pending: self.pending.get_or_create_owned(&labels),
                sampled_out: REASONS.map(reason),
            }
        };
        let labels = SamplerLabels { sampler: sampler.to_owned() };
        WaitingSeries {
            signals: [Signal::Traces, Signal::Logs].map(signal),
            bytes: self.bytes.get_or_create_owned(&labels),
            oldest: self.oldest.get_or_create_owned(&labels),
            compacted: self.compacted.get_or_create_owned(&labels),
            compacted_bytes: self.compacted_bytes.get_or_create_owned(&labels),
        }
    }
}
