//! Scenario: arbitrary requests of every signal through both directions, beside prost and opentelemetry-proto's serde.
//! Guarantees: nothing is lost or changed on the way; bytes that were cut or changed never panic, and whatever is written
//! is JSON.

use opentelemetry_proto::tonic::collector::logs::v1::ExportLogsServiceRequest;
use opentelemetry_proto::tonic::collector::metrics::v1::ExportMetricsServiceRequest;
use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use proptest::prelude::*;
use prost::Message as _;

use super::entropy::{self, Style};
use super::{read_free, write_new};
use crate::Signal;
use crate::batch::json::{request_of, write};

const EXOTIC: Style = Style { exotic: true, full: false };
const PLAIN: Style = Style { exotic: false, full: false };
const FULL: Style = Style { exotic: true, full: true };

/// What prost makes of wire bytes, in its own order and without defaults: the common form for comparing.
fn canonical(signal: Signal, wire: &[u8]) -> Vec<u8> {
    match signal {
        Signal::Traces => ExportTraceServiceRequest::decode(wire).expect("traces").encode_to_vec(),
        Signal::Logs => ExportLogsServiceRequest::decode(wire).expect("logs").encode_to_vec(),
        Signal::Metrics => ExportMetricsServiceRequest::decode(wire).expect("metrics").encode_to_vec(),
    }
}

/// opentelemetry-proto's own JSON of wire bytes.
fn foreign_json(signal: Signal, wire: &[u8]) -> Vec<u8> {
    match signal {
        Signal::Traces => serde_json::to_vec(&ExportTraceServiceRequest::decode(wire).expect("traces")),
        Signal::Logs => serde_json::to_vec(&ExportLogsServiceRequest::decode(wire).expect("logs")),
        Signal::Metrics => serde_json::to_vec(&ExportMetricsServiceRequest::decode(wire).expect("metrics")),
    }
    .expect("serializes")
}

fn signal() -> impl Strategy<Value = Signal> {
    prop::sample::select(Signal::ALL.to_vec())
}

fn bytes() -> impl Strategy<Value = Vec<u8>> {
    prop::collection::vec(any::<u8>(), 0..1500)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn what_is_written_reads_back(signal in signal(), entropy in bytes()) {
        let wire = entropy::request(request_of(signal), &entropy, EXOTIC);
        let json = write_new(signal, &wire);
        let back = read_free(signal, json.as_bytes()).expect("our own JSON");
        prop_assert_eq!(canonical(signal, &back), canonical(signal, &wire), "{}", json);
        prop_assert_eq!(write_new(signal, &back), json);
    }

    #[test]
    fn what_prost_encodes_reads_back(signal in signal(), entropy in bytes()) {
        let wire = canonical(signal, &entropy::request(request_of(signal), &entropy, EXOTIC));
        let back = read_free(signal, write_new(signal, &wire).as_bytes()).expect("our own JSON");
        prop_assert_eq!(canonical(signal, &back), wire);
    }

    #[test]
    fn the_published_serde_is_read(signal in signal(), entropy in bytes()) {
        let wire = entropy::request(request_of(signal), &entropy, PLAIN);
        let json = foreign_json(signal, &wire);
        let back = read_free(signal, &json).expect("opentelemetry-proto's JSON");
        prop_assert_eq!(canonical(signal, &back), canonical(signal, &wire), "{}", String::from_utf8_lossy(&json));
    }

    #[test]
    fn spoilt_json_never_panics(signal in signal(), entropy in bytes(), at in any::<prop::sample::Index>(), byte in any::<u8>(), cut in any::<bool>()) {
        let wire = entropy::request(request_of(signal), &entropy, EXOTIC);
        let mut json = write_new(signal, &wire).into_bytes();
        let at = at.index(json.len());
        if cut {
            json.truncate(at);
            prop_assert!(read_free(signal, &json).is_err(), "half a document is none");
        } else {
            json[at] = byte;
            if let Ok(wire) = read_free(signal, &json) {
                canonical(signal, &wire);
            }
        }
    }

    #[test]
    fn spoilt_wire_never_panics(signal in signal(), entropy in bytes(), at in any::<prop::sample::Index>(), byte in any::<u8>(), cut in any::<bool>()) {
        let mut wire = entropy::request(request_of(signal), &entropy, EXOTIC);
        if wire.is_empty() {
            return Ok(());
        }
        let at = at.index(wire.len());
        if cut { wire.truncate(at) } else { wire[at] = byte }
        let mut out = b"before".to_vec();
        match write(signal, &wire, &mut out) {
            Ok(()) => prop_assert!(serde_json::from_slice::<serde_json::Value>(&out[6..]).is_ok()),
            Err(_) => prop_assert_eq!(out, b"before"),
        }
    }

    #[test]
    fn any_bytes_never_panic(signal in signal(), bytes in bytes()) {
        let _ = read_free(signal, &bytes);
        let _ = write(signal, &bytes, &mut Vec::new());
    }
}

#[test]
fn every_field_survives() {
    // Different bytes choose different members of the oneofs; each field stands in all of them.
    for signal in Signal::ALL {
        for seed in 0..40_u8 {
            let entropy: Vec<u8> =
                (0..6000_u32).map(|at| (at.wrapping_mul(2_654_435_761) >> 13) as u8 ^ seed).collect();
            let wire = entropy::request(request_of(signal), &entropy, FULL);
            let json = write_new(signal, &wire);
            let back = read_free(signal, json.as_bytes()).expect("our own JSON");
            assert_eq!(canonical(signal, &back), canonical(signal, &wire), "{json}");
        }
    }
}
