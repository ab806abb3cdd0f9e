//! As version 0.159 writes them.

use pipeline::Signal;
use pipeline::batch::{Batch, Limits, Value};

use super::*;

fn text(value: &Value) -> String {
    // A span with nothing in it.
    let wire = vec![0x0A, 4, 0x12, 2, 0x12, 0];
    let mut batch = Batch::decode(Signal::Traces, wire.into(), &Limits::default()).unwrap();
    batch.set_attribute(0, "k", value);
    as_text(&batch.attribute(0, "k").unwrap())
}

#[test]
fn numbers_are_written_as_ecmascript_does() {
    let all = [
        (1.0, "1"),
        (-0.0, "-0"),
        (0.1, "0.1"),
        (1e20, "100000000000000000000"),
        (1e21, "1e+21"),
        (1.5e300, "1.5e+300"),
        (1e-6, "0.000001"),
        (1.25e-7, "1.25e-7"),
        (f64::NAN, "NaN"),
        (f64::NEG_INFINITY, "-Infinity"),
    ];
    for (number, expected) in all {
        assert_eq!(text(&Value::Double(number)), expected);
    }
    assert_eq!(text(&Value::Int(-7)), "-7");
    assert_eq!(text(&Value::Bool(true)), "true");
    assert_eq!(text(&Value::Bytes(vec![0xFB, 0xFF])), "+/8=");
    assert_eq!(text(&Value::Empty), "");
}

#[test]
fn maps_are_json_with_sorted_keys() {
    let entry = |key: &str, value| (key.to_owned(), value);
    let map = Value::KvList(vec![
        entry("b", Value::Array(vec![Value::Int(1), Value::Empty, Value::Bytes(vec![1])])),
        entry("a", Value::String("<\"\u{1}\n\u{2028}é>".into())),
        entry("b2", Value::Int(1)),
        entry("b2", Value::Double(2.5)),
    ]);
    assert_eq!(text(&map), r#"{"a":"<\"\u0001\n\u2028é>","b":[1,null,"AQ=="],"b2":2.5}"#);
    assert_eq!(text(&Value::Array(vec![Value::Double(f64::NAN)])), "");
}
