//! Limits: depth exactly as prost's, records counted, tables no bigger than the limits say, big values whole.

use proptest::prelude::*;
use prost::Message;

use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;

use super::{LIMITS, decode};
use crate::Signal;
use crate::batch::text::is_utf8;
use crate::batch::wire::{Reader, put_bytes, put_varint, varint_len};
use crate::batch::{Batch, Limits};

fn nest(tag: u32, inside: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    put_bytes(&mut out, tag, inside);
    out
}

/// A request with one scope of these fields.
fn spans(fields: &[u8]) -> Vec<u8> {
    nest(1, &nest(2, fields))
}

// Scenario: arrays in arrays, and groups in groups, around prost's depth. Guarantees: agreement at each depth.
#[test]
fn depth_is_limited_as_in_prost() {
    for levels in 40..60 {
        for tail in [&[][..], &[0x78, 1], &[0x7b, 0x7c], &[0x7b, 0x08, 1, 0x7c]] {
            let value = (0..levels).fold(tail.to_vec(), |value, _| nest(5, &nest(1, &value)));
            let wire = spans(&nest(2, &nest(9, &nest(2, &value))));
            let theirs = ExportTraceServiceRequest::decode(wire.as_slice()).is_ok();
            assert_eq!(decode(Signal::Traces, &wire).is_ok(), theirs, "{levels} levels, then {tail:?}");
        }
    }
    for levels in 90..110 {
        let groups = [vec![0x0b; levels], vec![0x0c; levels]].concat();
        let theirs = ExportTraceServiceRequest::decode(groups.as_slice());
        // Field 1 is known and no group; field 3 is not.
        let groups: Vec<u8> = groups.iter().map(|byte| byte + 0x10).collect();
        assert!(theirs.is_err());
        let theirs = ExportTraceServiceRequest::decode(groups.as_slice()).is_ok();
        assert_eq!(decode(Signal::Traces, &groups).is_ok(), theirs, "{levels} groups");
    }
}

// Scenario: a limit asked for that no stack holds. Guarantees: depth stops at 512 all the same.
#[test]
fn depth_has_a_ceiling() {
    let value = (0..5_000).fold(Vec::new(), |value, _| nest(5, &nest(1, &value)));
    let wire = spans(&nest(2, &nest(9, &nest(2, &value))));
    let error =
        Batch::decode(Signal::Traces, wire.into(), &Limits { max_depth: usize::MAX, ..LIMITS }).expect_err("too deep");
    assert!(error.is_limit(), "{error}");
}

// Scenario: two-byte spans, resources and attributes. Guarantees: counted, and tables stay within their bounds.
#[test]
fn tiny_records_are_bounded() {
    let limits = Limits { max_records: 1_000, ..LIMITS };
    let check = |wire: Vec<u8>, ok: bool| {
        let found = Batch::decode(Signal::Traces, wire.into(), &limits);
        assert_eq!(found.is_ok(), ok);
        assert!(found.map_err(|error| error.is_limit()).map_or_else(|limit| limit, |_| true));
    };
    check(spans(&[0x12, 0].repeat(1_000)), true);
    check(spans(&[0x12, 0].repeat(1_001)), false);
    check([0x0a, 0].repeat(1_001), false);
    let wire = spans(&nest(2, &[0x4a, 0].repeat(1_000_000)));
    let received = wire.len();
    let batch = Batch::decode(Signal::Traces, wire.into(), &limits).expect("valid");
    assert!(batch.heap_bytes() < 5 * received, "{}", batch.heap_bytes());
    assert_eq!(batch.records().map(|record| record.attributes().count()).sum::<usize>(), 1_000_000);
}

// Scenario: a metric with more points than the limit. Guarantees: refused as a limit.
#[test]
fn data_points_are_limited() {
    let gauge = nest(5, &[0x0a, 0].repeat(11));
    let wire = nest(1, &nest(2, &nest(2, &gauge)));
    let decode = |max_records| Batch::decode(Signal::Metrics, wire.clone().into(), &Limits { max_records, ..LIMITS });
    assert_eq!(decode(11).expect("valid").len(), 11);
    assert!(decode(10).expect_err("too many").is_limit());
}

// Scenario: a value of 4 MiB. Guarantees: read whole, and edited.
#[test]
fn big_values_pass() {
    let text = "ä".repeat(2 << 20);
    let wire = spans(&nest(2, &nest(9, &[nest(1, b"k"), nest(2, &nest(1, text.as_bytes()))].concat())));
    let mut batch = decode(Signal::Traces, &wire).expect("valid");
    assert_eq!(batch.attribute(0, "k").and_then(|value| value.as_text()).map(|text| text.len()), Some(4 << 20));
    batch.set_attribute(0, "l", &true.into());
    let sealed = batch.seal();
    ExportTraceServiceRequest::decode(sealed.body().as_ref()).expect("valid");
}

// Scenario: spans with ids of odd lengths beside a good one. Guarantees: they are left out and counted, the
// good one stays byte for byte.
#[test]
fn records_with_ids_of_odd_lengths_are_left_out() {
    let odd = nest(2, &nest(1, b"secret"));
    let good = nest(2, &nest(1, &[7; 16]));
    let batch = decode(Signal::Traces, &spans(&[odd.clone(), good.clone(), odd].concat())).expect("valid");
    assert_eq!((batch.len(), batch.misfits()), (1, 2));
    assert_eq!(batch.record(0).map(|span| span.trace_id().to_vec()), Some(vec![7; 16]));
    assert_eq!(batch.seal().body().as_ref(), spans(&good));
}

// Scenario: strings that are not UTF-8 in a record, in what is around records, and in metrics; a metric with an id of an odd
// length. Guarantees: the records that could not be sent are left out and counted, with the groups that have nothing else;
// the others stay byte for byte; metrics are refused.
#[test]
fn records_with_what_is_not_utf8_are_left_out() {
    let (good, bad) = (nest(2, &nest(5, b"good")), nest(5, b"b\xc3"));
    let value = nest(9, &[nest(1, b"k"), nest(2, &nest(1, b"\xe6\x97"))].concat());
    let key = nest(9, &[nest(1, b"\xff"), nest(2, &nest(1, b"v"))].concat());
    let event = nest(11, &nest(3, &[nest(1, b"k"), nest(2, &nest(1, &[0xc3; 200]))].concat()));
    for bad in [&bad, &value, &key, &event] {
        let bad = nest(2, bad);
        let batch = decode(Signal::Traces, &spans(&[bad.clone(), good.clone(), bad].concat())).expect("valid");
        assert_eq!((batch.len(), batch.misfits()), (1, 2));
        assert_eq!(batch.seal().body().as_ref(), spans(&good));
    }
    let odd = nest(2, &nest(2, &nest(1, b"odd")));
    let resource = nest(1, &nest(1, &nest(1, b"k\xc3")));
    let spoilt = [nest(1, &[odd, nest(2, &good), resource.clone()].concat()), nest(1, &resource)].concat();
    let scope = nest(1, &nest(2, &[nest(1, &nest(1, b"\xc3")), good.clone()].concat()));
    let batch = decode(Signal::Traces, &[spoilt, spans(&good), scope].concat()).expect("valid");
    assert_eq!((batch.len(), batch.misfits()), (1, 3));
    assert_eq!(batch.seal().body().as_ref(), spans(&good));

    let metric = |metric: &[u8]| nest(1, &nest(2, &nest(2, metric)));
    let exemplar = nest(5, &nest(1, &nest(5, &nest(5, &[1; 15]))));
    for (wire, why) in [(metric(&nest(1, b"\xc3")), "not UTF-8"), (metric(&exemplar), "id of the wrong length")] {
        let error = decode(Signal::Metrics, &wire).expect_err("misshapen");
        assert!(error.to_string().contains(why) && !error.is_limit(), "{error}");
    }
}

// Scenario: strings of every length up to 100 with one byte beyond ASCII. Guarantees: judged as std judges them.
#[test]
fn utf8_is_judged_as_std_judges_it() {
    for length in 0..100 {
        let mut bytes = vec![b'a'; length];
        assert!(is_utf8(&bytes));
        for at in 0..length {
            bytes[at] = 0xc3;
            assert!(!is_utf8(&bytes), "{at} of {length}");
            bytes[at] = b'a';
        }
    }
    assert!(is_utf8("é".repeat(40).as_bytes()));
}

proptest! {
    // Scenario: any number. Guarantees: its varint is as long as computed, and reads back.
    #[test]
    fn varints_read_back(value: u64, shift in 0u32..64) {
        let value = value >> shift;
        let mut out = Vec::new();
        put_varint(&mut out, value);
        prop_assert_eq!(out.len(), varint_len(value));
        prop_assert_eq!(Reader::checked(&out).varint().expect("valid"), value);
    }
}
