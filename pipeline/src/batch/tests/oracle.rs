//! Decode: whatever prost accepts we read the same, whatever it refuses we refuse or leave out; never a panic.

use opentelemetry_proto::tonic::collector::logs::v1::ExportLogsServiceRequest;
use opentelemetry_proto::tonic::collector::metrics::v1::ExportMetricsServiceRequest;
use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use opentelemetry_proto::tonic::metrics::v1::metric::Data;
use proptest::prelude::*;
use prost::Message;

use super::arbitrary::{Dice, request};
use super::{decode, model};
use crate::Signal;

fn prost_accepts(signal: Signal, wire: &[u8]) -> bool {
    match signal {
        Signal::Traces => ExportTraceServiceRequest::decode(wire).is_ok(),
        Signal::Logs => ExportLogsServiceRequest::decode(wire).is_ok(),
        Signal::Metrics => ExportMetricsServiceRequest::decode(wire).is_ok(),
    }
}

fn check_agreement(signal: Signal, wire: &[u8]) {
    let accepts = prost_accepts(signal, wire);
    match decode(signal, wire) {
        Ok(batch) if accepts && batch.misfits() == 0 => {}
        // What is not UTF-8, or has an id of an odd length, does not leave.
        Ok(batch) => assert!(prost_accepts(signal, batch.seal().body()), "{signal}, {wire:02x?}"),
        Err(error) if signal == Signal::Metrics && error.to_string().contains("id of the wrong length") => {}
        Err(error) => assert!(!accepts, "{error}, {signal}, {wire:02x?}"),
    }
}

fn signal() -> impl Strategy<Value = Signal> {
    prop::sample::select(Signal::ALL.to_vec())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    // Scenario: spans and logs of any shape, odd but valid. Guarantees: every reader says what prost says.
    #[test]
    fn arbitrary_requests_read_as_prost_reads_them(seed: u64, traces: bool) {
        let signal = if traces { Signal::Traces } else { Signal::Logs };
        let wire = request(signal, seed);
        let batch = decode(signal, &wire).expect("valid");
        prop_assert_eq!(model::by_batch(&batch), model::by_prost(signal, &wire).expect("valid"));
    }

    // Scenario: valid bytes, damaged in a few places. Guarantees: both decoders accept, or both refuse.
    #[test]
    fn damaged_requests_are_refused_when_prost_refuses_them(signal in signal(), seed: u64) {
        let mut wire = request(signal, seed);
        let mut dice = Dice(!seed);
        for _ in 0..=dice.below(3) {
            if wire.is_empty() { break }
            let at = dice.below(wire.len());
            match dice.below(4) {
                0 => wire[at] ^= 1 << dice.below(8),
                1 => wire[at] = dice.next() as u8,
                2 => wire.insert(at, dice.next() as u8),
                _ => drop(wire.remove(at)),
            }
        }
        check_agreement(signal, &wire);
    }

    // Scenario: noise. Guarantees: no panic, and agreement.
    #[test]
    fn noise_is_refused_when_prost_refuses_it(signal in signal(), wire in prop::collection::vec(any::<u8>(), 0..64)) {
        check_agreement(signal, &wire);
    }

    // Scenario: metrics. Guarantees: the count is the number of data points prost finds.
    #[test]
    fn metric_points_are_counted(seed: u64) {
        let wire = request(Signal::Metrics, seed);
        let batch = decode(Signal::Metrics, &wire).expect("valid");
        let metrics = ExportMetricsServiceRequest::decode(wire.as_slice()).expect("valid");
        let metrics = metrics.resource_metrics.iter().flat_map(|group| &group.scope_metrics).flat_map(|scope| &scope.metrics);
        let found: usize = metrics
            .map(|metric| match &metric.data {
                None => 0,
                Some(Data::Gauge(data)) => data.data_points.len(),
                Some(Data::Sum(data)) => data.data_points.len(),
                Some(Data::Histogram(data)) => data.data_points.len(),
                Some(Data::ExponentialHistogram(data)) => data.data_points.len(),
                Some(Data::Summary(data)) => data.data_points.len(),
            })
            .sum();
        // A `data` that a later one overrides is still on the wire, and still counted.
        prop_assert!(batch.len() >= found);
        let sealed = batch.seal();
        prop_assert_eq!(sealed.body(), &wire);
    }
}

// Scenario: requests cut off. Guarantees: at every offset an error exactly where prost has one.
#[test]
fn truncation_is_judged_as_prost_judges_it() {
    for signal in Signal::ALL {
        for seed in 0..24 {
            let wire = request(signal, seed);
            for end in 0..wire.len().min(2_000) {
                check_agreement(signal, &wire[..end]);
            }
        }
    }
}
