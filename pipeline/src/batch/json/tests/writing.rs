//! Scenario: wire bytes in forms that prost never makes but protobuf allows, and wire bytes that are none.
//! Guarantees: keys are never twice, occurrences merge as protobuf merges, and nothing is written of what cannot be read.

use super::write_new;
use crate::Signal;
use crate::batch::json::write;

/// One length-delimited field; contents here are short.
fn message(number: u8, parts: &[&[u8]]) -> Vec<u8> {
    let content = parts.concat();
    let mut field = vec![number << 3 | 2, u8::try_from(content.len()).expect("short")];
    field.extend(content);
    field
}

fn in_span(fields: &[&[u8]]) -> Vec<u8> {
    message(1, &[&message(2, &[&message(2, fields)])])
}

#[track_caller]
fn check_span(fields: &[&[u8]], plain: &str) {
    let around = r#"{"resourceSpans":[{"resource":{},"scopeSpans":[{"scope":{},"spans":[{"#;
    assert_eq!(write_new(Signal::Traces, &in_span(fields)), format!("{around}{plain}}}]}}]}}]}}"));
}

#[track_caller]
fn check_error(wire: &[u8], text: &str) {
    let mut out = b"before".to_vec();
    assert_eq!(write(Signal::Traces, wire, &mut out).expect_err("no request").to_string(), text);
    assert_eq!(out, b"before");
}

#[test]
fn an_empty_request_is_an_empty_object() {
    for signal in Signal::ALL {
        assert_eq!(write_new(signal, b""), "{}");
    }
}

#[test]
fn occurrences_merge() {
    let status = |fields: &[&[u8]]| message(15, fields);
    check_span(&[&message(5, &[b"a"]), &message(5, &[b"b"])], r#""name":"b","status":{}"#);
    check_span(
        &[&status(&[&message(2, &[b"m"]), &[0x18, 1]]), &message(5, &[b"n"]), &status(&[]), &status(&[&[0x18, 2]])],
        r#""name":"n","status":{"message":"m","code":2}"#,
    );
    // resource twice: its attributes come together.
    let attribute = |key: &[u8]| message(1, &[&message(1, &[key])]);
    let wire = message(1, &[&message(1, &[&attribute(b"a")]), &message(1, &[&attribute(b"b")])]);
    assert_eq!(
        write_new(Signal::Traces, &wire),
        r#"{"resourceSpans":[{"resource":{"attributes":[{"key":"a","value":{}},{"key":"b","value":{}}]}}]}"#
    );
}

#[test]
fn the_last_member_of_a_oneof_wins_and_one_given_twice_merges() {
    let attribute = |value: &[&[u8]]| message(9, &[&message(2, value)]);
    let plain = |value: &str| format!(r#""attributes":[{{"value":{value}}}],"status":{{}}"#);
    let list = |value: u8| message(5, &[&message(1, &[&[0x18, value]])]);
    check_span(&[&attribute(&[&message(1, &[b"x"]), &[0x18, 1]])], &plain(r#"{"intValue":"1"}"#));
    check_span(&[&attribute(&[&[0x18, 1], &list(2), &[0x10, 0]])], &plain(r#"{"boolValue":false}"#));
    check_span(
        &[&attribute(&[&list(1), &list(2)])],
        &plain(r#"{"arrayValue":{"values":[{"intValue":"1"},{"intValue":"2"}]}}"#),
    );
    check_span(
        &[&attribute(&[&list(1), &[0x10, 0], &list(2)])],
        &plain(r#"{"arrayValue":{"values":[{"intValue":"2"}]}}"#),
    );
}

#[test]
fn lists_may_stand_apart_and_numbers_unpacked() {
    check_span(
        &[&message(11, &[&message(2, &[b"a"])]), &message(5, &[b"n"]), &message(11, &[&message(2, &[b"b"])])],
        r#""name":"n","events":[{"name":"a"},{"name":"b"}],"status":{}"#,
    );
    // ExponentialHistogramDataPoint.positive.bucket_counts: 1 unpacked, 2 and 300 packed, an empty pack.
    let buckets = message(8, &[&[0x10, 1], &message(2, &[&[2, 0xac, 2]]), &message(2, &[])]);
    let metric = message(10, &[&message(1, &[&buckets])]);
    let wire = message(1, &[&message(2, &[&message(2, &[&metric])])]);
    let json = write_new(Signal::Metrics, &wire);
    assert!(json.contains(r#"{"positive":{"bucketCounts":["1","2","300"]},"negative":{}}"#), "{json}");
}

#[test]
fn unknown_fields_and_groups_are_left_out() {
    let group = [&[0xa3, 1][..], &message(1, &[b"x"]), &[0xa3, 1, 0xa4, 1], &[0xa4, 1]].concat();
    check_span(&[&group, &[0xa5, 1, 1, 2, 3, 4], &message(5, &[b"n"]), &[0xa0, 1, 7]], r#""name":"n","status":{}"#);
}

#[test]
fn what_is_no_request_is_refused() {
    check_error(&[0x0a], "wire bytes end inside a field in ExportTraceServiceRequest");
    check_error(&[0x0a, 5, 0], "wire bytes end inside a field in ExportTraceServiceRequest");
    check_error(&in_span(&[&[0x28, 1]]), "a known field has a foreign wire type in Span");
    check_error(&in_span(&[&[0x2b, 0x2c]]), "a known field has a foreign wire type in Span");
    check_error(&in_span(&[&[0x2c]]), "a group ends that did not begin in Span");
    check_error(&in_span(&[&[0xa3, 1]]), "wire bytes end inside a field in Span");
    check_error(&in_span(&[&[0x2f]]), "a field has an unknown wire type in Span");
    check_error(
        &in_span(&[&[0x30, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff]]),
        "a varint is longer than ten bytes in Span",
    );
    check_error(&in_span(&[&message(5, &[b"\xff"])]), "text is not UTF-8 in Span");
}

#[test]
fn depth_is_bounded_and_not_by_the_stack() {
    let nested = |levels: usize| {
        let mut wire = Vec::new();
        let open = |wire: &mut Vec<u8>, number: u8| {
            let mut field = vec![number << 3 | 2];
            let mut len = wire.len();
            while len >= 0x80 {
                field.push(len as u8 | 0x80);
                len >>= 7;
            }
            field.push(len as u8);
            field.append(wire);
            *wire = field;
        };
        for _ in 0..levels {
            open(&mut wire, 1);
            open(&mut wire, 5);
        }
        for number in [5, 2, 2, 1] {
            open(&mut wire, number);
        }
        wire
    };
    let mut out = Vec::new();
    assert_eq!(write(Signal::Logs, &nested(248), &mut out), Ok(()));
    let error = write(Signal::Logs, &nested(50_000), &mut out).expect_err("too deep").to_string();
    assert!(error.starts_with("messages are nested too deep"), "{error}");
}
