//! Scenario: JSON as SDKs, browsers and hand-written scripts send it, and JSON that is no OTLP.
//! Guarantees: what the Collector takes is taken with the same meaning; the rest is refused with a place, a kind and no payload.

use super::{read_free, write_new};
use crate::batch::json::{JsonErrorKind, read};
use crate::{Limits, Signal};

/// `json` means the same as `plain`, which is in the form the writer gives.
#[track_caller]
fn check(signal: Signal, json: &str, plain: &str) {
    let wire = read_free(signal, json.as_bytes()).unwrap_or_else(|error| panic!("{json}: {error}"));
    assert_eq!(write_new(signal, &wire), plain, "{json}");
}

/// The fields of one span.
#[track_caller]
fn check_span(fields: &str, plain: &str) {
    check(Signal::Traces, &around_span(fields), &around_span_written(plain));
}

fn around_span(fields: &str) -> String {
    format!(r#"{{"resourceSpans":[{{"scopeSpans":[{{"spans":[{{{fields}}}]}}]}}]}}"#)
}

fn around_span_written(fields: &str) -> String {
    format!(r#"{{"resourceSpans":[{{"resource":{{}},"scopeSpans":[{{"scope":{{}},"spans":[{{{fields}}}]}}]}}]}}"#)
}

/// The value of one attribute.
#[track_caller]
fn check_value(value: &str, plain: &str) {
    check_span(
        &format!(r#""attributes":[{{"key":"k","value":{value}}}]"#),
        &format!(r#""attributes":[{{"key":"k","value":{plain}}}],"status":{{}}"#),
    );
}

/// The fields of one number data point of a gauge.
#[track_caller]
fn check_point(fields: &str, plain: &str) {
    check(
        Signal::Metrics,
        &format!(r#"{{"resourceMetrics":[{{"scopeMetrics":[{{"metrics":[{{{fields}}}]}}]}}]}}"#),
        &format!(
            r#"{{"resourceMetrics":[{{"resource":{{}},"scopeMetrics":[{{"scope":{{}},"metrics":[{{{plain}}}]}}]}}]}}"#
        ),
    );
}

#[track_caller]
fn check_error(json: &str, kind: JsonErrorKind, path: &str, reason: &str) {
    let error = read_free(Signal::Traces, json.as_bytes()).expect_err(json);
    assert_eq!((error.kind(), error.path(), error.reason()), (kind, path, reason), "{json}");
    let line = error.to_string();
    assert!(!line.contains('\n') && !line.contains("SECRET"), "{line}");
}

#[track_caller]
fn check_span_error(fields: &str, path: &str, reason: &str) {
    let path = format!("$.resourceSpans[0].scopeSpans[0].spans[0]{path}");
    check_error(&around_span(fields), JsonErrorKind::Malformed, &path, reason);
}

#[test]
fn empty_requests() {
    for signal in Signal::ALL {
        for json in ["{}", " { } \n", "null", r#"{"resourceSpans":null,"resourceLogs":null,"resourceMetrics":[]}"#] {
            assert_eq!(read_free(signal, json.as_bytes()), Ok(Vec::new()), "{json}");
        }
    }
}

#[test]
fn integers_are_numbers_or_strings() {
    for json in [r#""1700000000000000000""#, "1700000000000000000", "1.7e18", r#""1.7e18""#, "1700000000000000000.0"] {
        check_span(
            &format!(r#""startTimeUnixNano":{json}"#),
            r#""startTimeUnixNano":"1700000000000000000","status":{}"#,
        );
    }
    check_span(
        r#""startTimeUnixNano":"18446744073709551615""#,
        r#""startTimeUnixNano":"18446744073709551615","status":{}"#,
    );
    check_span(r#""flags":"257","droppedLinksCount":3.0"#, r#""flags":257,"droppedLinksCount":3,"status":{}"#);
    for json in ["-7", r#""-7""#, "-7.0", "-70e-1"] {
        check_value(&format!(r#"{{"intValue":{json}}}"#), r#"{"intValue":"-7"}"#);
    }
    check_value(r#"{"intValue":"-9223372036854775808"}"#, r#"{"intValue":"-9223372036854775808"}"#);
    check_value(r#"{"intValue":0}"#, r#"{"intValue":"0"}"#);
}

#[test]
fn doubles_are_numbers_or_strings() {
    for (json, plain) in [
        ("1", "1"),
        ("0.1", "0.1"),
        (r#""0.1""#, "0.1"),
        ("-0.0", "-0"),
        ("1e300", "1e+300"),
        ("0.0000001", "1e-07"),
        (r#""1e21""#, "1e+21"),
        ("100000000000000000000", "100000000000000000000"),
        (r#""NaN""#, r#""NaN""#),
        (r#""Infinity""#, r#""Infinity""#),
        (r#""-Infinity""#, r#""-Infinity""#),
        // The last bit: the nearest double of this text is not what a fast parser gives.
        ("123.4567890123456789e-7", "0.000012345678901234568"),
    ] {
        check_value(&format!(r#"{{"doubleValue":{json}}}"#), &format!(r#"{{"doubleValue":{plain}}}"#));
    }
}

#[test]
fn enums_are_integers_or_names() {
    for json in ["2", "2.0", r#""2""#, r#""SPAN_KIND_SERVER""#] {
        check_span(&format!(r#""kind":{json}"#), r#""kind":2,"status":{}"#);
    }
    check_span(r#""kind":99,"status":{"code":"STATUS_CODE_ERROR"}"#, r#""kind":99,"status":{"code":2}"#);
    check_span(r#""kind":-1"#, r#""kind":-1,"status":{}"#);
    check(
        Signal::Logs,
        r#"{"resourceLogs":[{"scopeLogs":[{"logRecords":[{"severityNumber":"SEVERITY_NUMBER_INFO"}]}]}]}"#,
        r#"{"resourceLogs":[{"resource":{},"scopeLogs":[{"scope":{},"logRecords":[{"severityNumber":9,"body":{}}]}]}]}"#,
    );
}

#[test]
fn ids_are_hex_of_any_case_or_nothing() {
    check_span(
        r#""traceId":"5B8EFFF798038103d269b633813fc60c","spanId":"EEE19B7EC3C1B174","parentSpanId":"""#,
        r#""traceId":"5b8efff798038103d269b633813fc60c","spanId":"eee19b7ec3c1b174","status":{}"#,
    );
    check_span_error(r#""traceId":"SECRET""#, ".traceId", "expected 32 hex digits");
    check_span_error(r#""traceId":"5b8efff798038103d269b633813fc60g""#, ".traceId", "expected 32 hex digits");
    check_span_error(r#""links":[{},{"spanId":"00"}]"#, ".links[1].spanId", "expected 16 hex digits");
    check_span_error(r#""traceId":"éééééééééééééééé""#, ".traceId", "expected 32 hex digits");
    check_span_error(r#""traceId":7"#, ".traceId", "expected a string");
}

#[test]
fn bytes_are_base64_of_either_alphabet() {
    for json in ["+/8=", "+/8", "-_8=", "-_8", r"+/\n8=", "+/9="] {
        check_value(&format!(r#"{{"bytesValue":"{json}"}}"#), r#"{"bytesValue":"+/8="}"#);
    }
    check_value(r#"{"bytesValue":""}"#, r#"{"bytesValue":""}"#);
    let long = "QUJD".repeat(500);
    check_value(&format!(r#"{{"bytesValue":"{long}"}}"#), &format!(r#"{{"bytesValue":"{long}"}}"#));
    check_span_error(
        r#""attributes":[{"value":{"bytesValue":"SECRET%"}}]"#,
        ".attributes[0].value.bytesValue",
        "expected base64",
    );
}

#[test]
fn values_may_be_empty_or_unknown() {
    for json in ["{}", "null", r#"{"intValue":null}"#, r#"{"charValue":"x"}"#, r#"{"charValue":{"a":[[{}]]}}"#] {
        check_value(json, "{}");
    }
    for plain in [r#"{"arrayValue":{}}"#, r#"{"kvlistValue":{}}"#, r#"{"stringValue":""}"#, r#"{"boolValue":false}"#] {
        check_value(plain, plain);
    }
    check_value(r#"{"arrayValue":{"values":null}}"#, r#"{"arrayValue":{}}"#);
    check_value(r#"{"arrayValue":{"values":[null,{}]}}"#, r#"{"arrayValue":{"values":[{},{}]}}"#);
    check_value(
        r#"{"kvlistValue":{"values":[{"key":"a","value":null},{"key":""},null]}}"#,
        r#"{"kvlistValue":{"values":[{"key":"a","value":{}},{"value":{}},{"value":{}}]}}"#,
    );
}

#[test]
fn keys_may_be_snake_case_and_unknown_keys_are_skipped() {
    check(
        Signal::Traces,
        r#"{"x":1,"resource_spans":[{"":"","scope_spans":[{"spans":[{"trace_id":"","start_time_unix_nano":1,"Name":"SECRET",
            "attributes":[{"key":"k","value":{"string_value":"v"}}],"startTime_unix_nano":2,"_":[{"a":{}}]}]}],"schema_url":"u"}]}"#,
        concat!(
            r#"{"resourceSpans":[{"resource":{},"scopeSpans":[{"scope":{},"spans":[{"startTimeUnixNano":"1","#,
            r#""attributes":[{"key":"k","value":{"stringValue":"v"}}],"status":{}}]}],"schemaUrl":"u"}]}"#
        ),
    );
}

#[test]
fn the_last_of_equal_keys_wins_lists_grow_and_messages_merge() {
    check_span(r#""name":"a","name":"b""#, r#""name":"b","status":{}"#);
    check_span(r#""name":"a","kind":3,"name":"","kind":0"#, r#""status":{}"#);
    check_span(r#""name":"a","name":null"#, r#""name":"a","status":{}"#);
    check_span(r#""traceId":"5b8efff798038103d269b633813fc60c","traceId":"""#, r#""status":{}"#);
    check_span(
        r#""events":[{"name":"a"}],"events":[{"name":"b"}]"#,
        r#""events":[{"name":"a"},{"name":"b"}],"status":{}"#,
    );
    check_span(r#""status":{"code":2,"message":"m"},"status":{"code":1}"#, r#""status":{"message":"m","code":1}"#);
    check_value(r#"{"stringValue":"a","intValue":1}"#, r#"{"intValue":"1"}"#);
    check_value(r#"{"intValue":1,"stringValue":null}"#, r#"{"intValue":"1"}"#);
    check_value(
        r#"{"arrayValue":{"values":[{"intValue":1}]},"stringValue":"x","arrayValue":{"values":[{"intValue":2}]}}"#,
        r#"{"arrayValue":{"values":[{"intValue":"2"}]}}"#,
    );
    check_point(
        r#""gauge":{"dataPoints":[{"asInt":1}]},"name":"n","sum":{"isMonotonic":true},"unit":"s""#,
        r#""name":"n","unit":"s","sum":{"isMonotonic":true}"#,
    );
}

#[test]
fn metrics_have_packed_lists_and_optional_numbers() {
    check_point(
        r#""histogram":{"dataPoints":[{"count":"2","sum":0,"bucketCounts":["1",1,0],"explicitBounds":[1,"2.5"],"min":null}]}"#,
        r#""histogram":{"dataPoints":[{"count":"2","sum":0,"bucketCounts":["1","1","0"],"explicitBounds":[1,2.5]}]}"#,
    );
    check_point(
        r#""exponentialHistogram":{"dataPoints":[{"scale":-3,"positive":{"offset":"-1","bucketCounts":[]},"negative":null}]}"#,
        r#""exponentialHistogram":{"dataPoints":[{"scale":-3,"positive":{"offset":-1},"negative":{}}]}"#,
    );
    check_point(
        r#""gauge":{"dataPoints":[{"asDouble":0},{"asInt":"-5"}]}"#,
        r#""gauge":{"dataPoints":[{"asDouble":0},{"asInt":"-5"}]}"#,
    );
}

#[test]
fn strings_keep_every_character() {
    check_span(r#""name":"\ud83d\ude00\u0000\/\b""#, "\"name\":\"😀\\u0000/\\u0008\",\"status\":{}");
    // As the Collector has them: JavaScript cuts texts inside a pair of surrogates.
    for cut in [r"\ud83d", r"a\ud83d", r"\ude00\ud83d", r"\ud83dX", r"\ud83d\n"] {
        let half = cut.replace(r"\ud83d", "\u{fffd}").replace(r"\ude00", "\u{fffd}");
        check_span(&format!(r#""name":"{cut}""#), &format!("\"name\":\"{half}\",\"status\":{{}}"));
    }
    let mut json = around_span(r#""name":"a?b""#).into_bytes();
    let at = json.iter().position(|&byte| byte == b'?').expect("a question mark");
    json[at] = 0xff;
    let wire = read_free(Signal::Traces, &json).expect("bytes that are no UTF-8 are mended");
    assert!(wire.windows(5).any(|window| window == "a\u{fffd}b".as_bytes()));
}

#[test]
fn foreign_kinds_are_refused_with_their_place() {
    check_span_error(r#""name":{"SECRET":1}"#, ".name", "expected a string");
    check_span_error(r#""name":["SECRET"]"#, ".name", "expected a string");
    check_span_error(r#""attributes":{"key":"SECRET"}"#, ".attributes", "expected a list");
    check_span_error(r#""attributes":"SECRET""#, ".attributes", "expected a list");
    check_span_error(r#""attributes":[{"key":"k"},[]]"#, ".attributes[1]", "expected an object");
    check_span_error(r#""status":"SECRET""#, ".status", "expected an object");
    check_span_error(r#""kind":"SECRET""#, ".kind", "unknown enum name");
    check_span_error(r#""kind":true"#, ".kind", "expected a number");
    check_span_error(r#""flags":-1"#, ".flags", "integer out of range");
    check_span_error(r#""flags":4294967296"#, ".flags", "integer out of range");
    check_span_error(r#""startTimeUnixNano":1.5"#, ".startTimeUnixNano", "expected a whole number");
    check_span_error(r#""startTimeUnixNano":1e20"#, ".startTimeUnixNano", "integer out of range");
    check_span_error(r#""startTimeUnixNano":"SECRET""#, ".startTimeUnixNano", "expected an integer");
    let value = |value: &str| format!(r#""attributes":[{{"value":{value}}}]"#);
    check_span_error(&value(r#"{"doubleValue":"SECRET"}"#), ".attributes[0].value.doubleValue", "expected a number");
    check_span_error(&value(r#"{"doubleValue":"1e999"}"#), ".attributes[0].value.doubleValue", "number out of range");
    check_span_error(&value(r#"{"doubleValue":1e999}"#), ".attributes[0].value.doubleValue", "number out of range");
    check_span_error(&value(r#"{"boolValue":"true"}"#), ".attributes[0].value.boolValue", "expected true or false");
    check_span_error(&value(r#""SECRET""#), ".attributes[0].value", "expected an object");
}

#[test]
fn what_is_no_document_is_refused() {
    let malformed = JsonErrorKind::Malformed;
    check_error("", malformed, "$", "EOF while parsing a value");
    check_error("[]", malformed, "$", "expected an object");
    check_error(r#""SECRET""#, malformed, "$", "expected an object");
    check_error("{} SECRET", malformed, "$", "trailing characters");
    check_error("{}{}", malformed, "$", "trailing characters");
    check_error(r#"{"SECRET"}"#, malformed, "$", "expected `:`");
    check_error(r#"{"resourceSpans":[{"SECRET":tru}]}"#, malformed, "$.resourceSpans[0]", "expected ident");
    check_error(r#"{"resourceSpans":[{},]}"#, malformed, "$.resourceSpans[1]", "trailing comma");
    let error = read_free(Signal::Traces, b"{\n  \"resourceSpans\": 7\n}").expect_err("a number");
    assert_eq!(error.to_string(), "expected a list at $.resourceSpans (line 2 column 20)");
}

/// Lists in lists in the body of one log record.
fn nested_lists(levels: usize) -> String {
    let open = r#"{"arrayValue":{"values":["#.repeat(levels);
    let close = "]}}".repeat(levels);
    format!(r#"{{"resourceLogs":[{{"scopeLogs":[{{"logRecords":[{{"body":{open}{close}}}]}}]}}]}}"#)
}

#[test]
fn depth_is_bounded_by_the_limit_and_not_by_the_stack() {
    // The body of a log record is at level 4; each list in it adds two.
    let limits = Limits { max_depth: 24, ..Limits::default() };
    let read_nested = |levels| read(Signal::Logs, nested_lists(levels).as_bytes(), &limits, &mut |_| true);
    assert!(read_nested(10).is_ok());
    let error = read_nested(11).expect_err("too deep");
    assert_eq!((error.kind(), error.reason()), (JsonErrorKind::TooDeep, "values are nested too deep"));
    assert!(error.path().starts_with("$.resourceLogs[0].scopeLogs[0].logRecords[0].body.arrayValue.values[0]"));

    // 62 lists are more than the 128 brackets serde_json would stop at, and within the default limit.
    let wire = read_free(Signal::Logs, nested_lists(62).as_bytes()).expect("within the limit");
    assert!(write_new(Signal::Logs, &wire).contains(r#"{"arrayValue":{}}"#));
    // Nor does a limit that nobody meant reach the end of the stack.
    let boundless = Limits { max_depth: usize::MAX, ..limits };
    let read_boundless = |levels| read(Signal::Logs, nested_lists(levels).as_bytes(), &boundless, &mut |_| true);
    assert!(read_boundless(248).is_ok());
    assert_eq!(read_boundless(249).expect_err("too deep").kind(), JsonErrorKind::TooDeep);
    let deep = read_free(Signal::Logs, nested_lists(10_000).as_bytes()).expect_err("too deep");
    assert_eq!(deep.kind(), JsonErrorKind::TooDeep);

    let brackets = "[".repeat(100_000);
    let known = format!(r#"{{"resourceLogs":{brackets}"#);
    assert_eq!(read_free(Signal::Logs, known.as_bytes()).expect_err("lists of lists").path(), "$.resourceLogs[0]");
    let unknown = format!(r#"{{"x":{brackets}{}}}"#, "]".repeat(100_000));
    assert_eq!(read_free(Signal::Logs, unknown.as_bytes()), Ok(Vec::new()));
}

#[test]
fn records_are_bounded() {
    let limits = Limits { max_records: 3, ..Limits::default() };
    let read_spans = |json: &str| read(Signal::Traces, json.as_bytes(), &limits, &mut |_| true);
    assert!(read_spans(&around_span("},{},{")).is_ok());
    let error = read_spans(&around_span("},null,{},{")).expect_err("four spans");
    assert_eq!(
        (error.kind(), error.path()),
        (JsonErrorKind::TooManyRecords, "$.resourceSpans[0].scopeSpans[0].spans[3]")
    );
}

#[test]
fn memory_is_asked_for_before_it_is_taken() {
    let mut json = around_span(&"},{".repeat(1_000_000));
    let mut granted = 0;
    let limits = Limits { max_records: usize::MAX, ..Limits::default() };
    let wire = read(Signal::Traces, json.as_bytes(), &limits, &mut |more| {
        granted += more;
        true
    })
    .expect("a million empty spans");
    assert_eq!(granted, wire.capacity());
    assert!(wire.len() > 2_000_000 && granted <= 2 * wire.len() && granted < 2 * json.len());

    json = around_span(&format!(r#""name":"{}""#, "x".repeat(100_000)));
    let mut grants = [true, false].into_iter();
    let error = read(Signal::Traces, json.as_bytes(), &limits, &mut |_| grants.next() == Some(true)).map(|_| "read");
    let error = error.expect_err("refused");
    assert_eq!((error.kind(), error.reason()), (JsonErrorKind::OutOfBudget, "no memory left for this request"));
    assert_eq!(error.path(), "$.resourceSpans[0].scopeSpans[0].spans[0].name");
    let error = read(Signal::Traces, b"{}", &limits, &mut |_| false).expect_err("refused at once");
    assert_eq!(error.kind(), JsonErrorKind::OutOfBudget);
}
