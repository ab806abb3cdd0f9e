//! What conditions accept, what they refuse and where, and what they answer: as the Collector, unless a test says so.

use pipeline::batch::json;
use pipeline::{Batch, Limits, Signal};
use proptest::prelude::*;
use serde_json::json;

use super::*;

/// Two spans: a root with all kinds of attributes and an event, and a child with nothing.
fn batch() -> Batch {
    let attribute = |key: &str, value: serde_json::Value| json!({"key": key, "value": value});
    let nested = json!({"kvlistValue": {"values": [
        attribute("deep", json!({"arrayValue": {"values": [{"intValue": "7"}, {"stringValue": "x"}]}})),
        attribute("text", json!({"stringValue": "inside"})),
    ]}});
    let request = json!({"resourceSpans": [{
        "resource": {"attributes": [attribute("service.name", json!({"stringValue": "checkout"}))]},
        "schemaUrl": "https://schema/1",
        "scopeSpans": [{
            "scope": {"name": "lib", "version": "1.2", "attributes": [attribute("s", json!({"boolValue": true}))]},
            "spans": [{
                "traceId": "0af7651916cd43dd8448eb211c80319c", "spanId": "b7ad6b7169203331",
                "traceState": "ot=th:8,vendor=gold", "name": "GET /cart", "kind": 2,
                "startTimeUnixNano": "1000", "endTimeUnixNano": "2500",
                "status": {"code": 2, "message": "boom"},
                "attributes": [
                    attribute("k", json!({"stringValue": "v"})),
                    attribute("empty", json!({"stringValue": ""})),
                    attribute("int", json!({"intValue": "500"})),
                    attribute("double", json!({"doubleValue": 1.5})),
                    attribute("whole", json!({"doubleValue": 500.0})),
                    attribute("nan", json!({"doubleValue": "NaN"})),
                    attribute("yes", json!({"boolValue": true})),
                    attribute("no", json!({"boolValue": false})),
                    attribute("bytes", json!({"bytesValue": "AQI="})),
                    attribute("none", json!({})),
                    attribute("map", nested.clone()),
                    attribute("same", nested),
                ],
                "events": [{"name": "exception", "timeUnixNano": "1500",
                    "attributes": [attribute("exception.type", json!({"stringValue": "IOError"}))]}],
            }, {
                "traceId": "0af7651916cd43dd8448eb211c80319c", "spanId": "b7ad6b7169203332",
                "parentSpanId": "b7ad6b7169203331", "name": "child",
            }],
        }],
    }]});
    let text = request.to_string();
    let wire = json::read(Signal::Traces, text.as_bytes(), &Limits::default(), &mut |_| true).unwrap();
    let wire: Vec<u8> = wire.into_iter().collect();
    Batch::decode(Signal::Traces, wire.into(), &Limits::default()).unwrap()
}

fn asked(text: &str, row: usize) -> Result<bool, EvalError> {
    let condition = Condition::parse(text, Context::Span).unwrap_or_else(|error| panic!("{text}: {error}"));
    condition.eval_span(&batch().record(row).unwrap())
}

fn asked_of_event(text: &str) -> Result<bool, EvalError> {
    let condition = Condition::parse(text, Context::SpanEvent).unwrap_or_else(|error| panic!("{text}: {error}"));
    let batch = batch();
    let record = batch.record(0).unwrap();
    condition.eval_event(&record, &record.events().next().unwrap())
}

#[track_caller]
fn true_of_the_first(all: &[&str]) {
    for text in all {
        assert_eq!(asked(text, 0), Ok(true), "{text}");
    }
}

#[track_caller]
fn false_of_the_first(all: &[&str]) {
    for text in all {
        assert_eq!(asked(text, 0), Ok(false), "{text}");
    }
}

#[track_caller]
fn refused(text: &str, context: Context) -> ParseError {
    match Condition::parse(text, context) {
        Ok(condition) => panic!("{text} was taken for {condition:?}"),
        Err(error) => error,
    }
}

#[test]
fn every_path_is_reached_with_and_without_its_prefix() {
    true_of_the_first(&[
        r#"attributes["k"] == "v""#,
        r#"span.attributes["k"] == "v""#,
        r#"resource.attributes["service.name"] == "checkout""#,
        r#"resource.schema_url == "https://schema/1""#,
        r#"scope.name == "lib" and instrumentation_scope.name == "lib""#,
        r#"scope.version == "1.2" and instrumentation_scope.attributes["s"] == true"#,
        r#"scope.schema_url == """#,
        r#"name == "GET /cart" and span.name == "GET /cart""#,
        "kind == 2 and span.kind == SPAN_KIND_SERVER",
        r#"kind.string == "Server" and span.kind.deprecated_string == "SPAN_KIND_SERVER""#,
        "status.code == 2 and span.status.code == STATUS_CODE_ERROR",
        r#"status.message == "boom""#,
        "start_time_unix_nano == 1000 and span.end_time_unix_nano == 2500",
        r#"trace_state == "ot=th:8,vendor=gold" and trace_state["vendor"] == "gold""#,
        r#"trace_state["missing"] == """#,
        r#"trace_id.string == "0af7651916cd43dd8448eb211c80319c" and span.span_id.string == "b7ad6b7169203331""#,
        r#"parent_span_id.string == "0000000000000000""#,
        r#"attributes["map"]["text"] == "inside""#,
        r#"attributes["map"]["deep"][0] == 7 and attributes["map"]["deep"][1] == "x""#,
        r#"attributes["map"]["missing"]["more"] == nil"#,
    ]);
    assert_eq!(asked(r#"attributes["k"] == nil and resource.attributes["service.name"] != nil"#, 1), Ok(true));
    assert_eq!(asked(r#"status.code == STATUS_CODE_UNSET and kind == SPAN_KIND_UNSPECIFIED"#, 1), Ok(true));
}

#[test]
fn events_have_their_own_paths_and_reach_their_span() {
    for text in [
        r#"name == "exception" and spanevent.name == "exception""#,
        r#"attributes["exception.type"] == "IOError" and spanevent.attributes["exception.type"] == "IOError""#,
        r#"attributes["k"] == nil and span.attributes["k"] == "v""#,
        r#"time_unix_nano == 1500 and spanevent.time_unix_nano > span.start_time_unix_nano"#,
        r#"span.name == "GET /cart" and resource.attributes["service.name"] == "checkout" and IsRootSpan()"#,
    ] {
        assert_eq!(asked_of_event(text), Ok(true), "{text}");
    }
    let condition = Condition::parse(r#"name == "exception""#, Context::SpanEvent).unwrap();
    assert_eq!(condition.eval_span(&batch().record(0).unwrap()), Err(EvalError::NoEvent));
}

#[test]
fn each_operator_compares() {
    let int = r#"attributes["int"]"#;
    for (op, below, equal, above) in [
        ("==", false, true, false),
        ("!=", true, false, true),
        ("<", true, false, false),
        ("<=", true, true, false),
        (">", false, false, true),
        (">=", false, true, true),
    ] {
        for (right, expected) in [("501", below), ("500", equal), ("499", above)] {
            assert_eq!(asked(&format!("{int} {op} {right}"), 0), Ok(expected), "{op} {right}");
            assert_eq!(asked(&format!("{int}{op}{right}.0"), 0), Ok(expected), "{op} {right}.0");
        }
        let text = |right: &str| asked(&format!(r#"attributes["k"] {op} "{right}""#), 0);
        assert_eq!((text("w"), text("v"), text("u")), (Ok(below), Ok(equal), Ok(above)), "{op}");
        assert_eq!(asked(&format!("false {op} true"), 0), Ok(below), "{op}");
        assert_eq!(asked(&format!("0x01 {op} 0x0100"), 0), Ok(below), "{op}");
    }
}

#[test]
fn unlike_types_are_different_and_in_no_order() {
    let values = [
        "nil",
        r#"attributes["k"]"#,
        r#"attributes["int"]"#,
        r#"attributes["yes"]"#,
        r#"attributes["bytes"]"#,
        r#"attributes["map"]"#,
        r#"attributes["map"]["deep"]"#,
    ];
    for (at, left) in values.iter().enumerate() {
        for (other, right) in values.iter().enumerate() {
            let asked = |op: &str| asked(&format!("{left} {op} {right}"), 0).unwrap();
            assert_eq!(asked("=="), at == other, "{left} == {right}");
            assert_eq!(asked("!="), at != other, "{left} != {right}");
            // Lists and maps are in no order even with themselves.
            let ordered = at == other && at < 5;
            assert_eq!((asked("<="), asked(">=")), (ordered, ordered), "{left} <= {right}");
            assert!(!asked("<") && !asked(">"), "{left} < {right}");
        }
    }
    false_of_the_first(&[
        r#"attributes["int"] == "500""#,
        r#"attributes["yes"] == "true""#,
        r#"attributes["yes"] == 1"#,
        r#"attributes["nan"] == attributes["nan"]"#,
        r#"attributes["nan"] < 1 or attributes["nan"] >= 1"#,
        r#"attributes["missing"] < 1 or attributes["missing"] > 1"#,
        r#"attributes["map"] == attributes["map"]["deep"]"#,
    ]);
    true_of_the_first(&[
        r#"attributes["int"] == attributes["whole"]"#,
        r#"attributes["double"] > 1 and 2 > attributes["double"]"#,
        r#"attributes["nan"] != attributes["nan"]"#,
        r#"attributes["missing"] == nil and nil == attributes["none"]"#,
        r#"attributes["empty"] != nil and attributes["empty"] == """#,
        r#"attributes["map"] == attributes["same"]"#,
        r#"attributes["map"]["deep"] == attributes["same"]["deep"]"#,
        r#"attributes["bytes"] == 0x0102"#,
    ]);
}

#[test]
fn not_binds_closer_than_and_and_that_closer_than_or() {
    true_of_the_first(&[
        "true or false and false",
        "false and false or true",
        "not false and true",
        "not not true",
        "not (false or false)",
        r#"not name == "other" and true"#,
        "not true or true",
        "((true))",
    ]);
    false_of_the_first(&[
        "(true or false) and false",
        "false and (false or true)",
        "not (true or true)",
        "not (true and true) or false",
        "not true",
        "false",
    ]);
}

#[test]
fn numbers_are_calculated_with() {
    true_of_the_first(&[
        "1 + 2 * 3 == 7 and (1 + 2) * 3 == 9 and 2 * (3 + 4) * 5 == 70",
        "10 - 4 - 3 == 3 and 100 / 10 / 5 == 2 and 7 / 2 == 3 and -7 / 2 == -3",
        "7 / 2.0 == 3.5 and 1.5 + 1 == 2.5 and 2 * 0.5 == 1 and 1 - 0.5 == .5",
        "1+2==3 and 1-2==-1 and 3 - -2 == 5 and +3 == 3 and -(1 + 2) == -3",
        "((1)) == 1 and (kind) == 2 and kind == (2) and kind + 1 == 3 and 3 == kind + 1",
        "end_time_unix_nano - start_time_unix_nano == 1500",
        "(end_time_unix_nano - span.start_time_unix_nano) / 1000.0 >= 1.5",
        r#"attributes["int"] * 2 > 999 and attributes["double"] * 2 == 3 and -attributes["int"] == -500"#,
        r#"Len(name) + 1 == 10 and Len(name) * Len(name) == 81"#,
        "9223372036854775807 + 1 < 0 and -9223372036854775808 / -1 < 0",
        "(1 + 1 == 2) and (1 + 1) == 2 and not (1 + 1 == 3 or (2) * 2 == 5)",
    ]);
    let number = |found| Err(EvalError::Number { found });
    for (text, expected) in [
        (r#"attributes["k"] + 1 == 2"#, number("a string")),
        (r#"1 + attributes["missing"] == 2"#, number("nothing")),
        (r#"-attributes["yes"] == 1"#, number("a bool")),
        ("kind / 0 == 1", Err(EvalError::Division)),
        ("kind / 0.0 == 1", Err(EvalError::Division)),
        ("1.5 / (kind - 2) == 1", Err(EvalError::Division)),
    ] {
        assert_eq!(asked(text, 0), expected, "{text}");
    }
}

#[test]
fn ids_are_compared_with_ids_and_nil() {
    true_of_the_first(&[
        "parent_span_id == nil and span.parent_span_id == nil and nil == parent_span_id",
        "parent_span_id == SpanID(0x0000000000000000) and span_id == SpanID(0xb7ad6b7169203331)",
        "trace_id == TraceID(0x0af7651916cd43dd8448eb211c80319c) and trace_id != nil and span_id != nil",
        "span_id != parent_span_id and span_id == span_id",
    ]);
    false_of_the_first(&[
        "parent_span_id != nil",
        "span_id == 0xb7ad6b7169203331",
        r#"span_id == "b7ad6b7169203331""#,
        "span_id < parent_span_id or span_id >= span_id",
        "SpanID(0x0000000000000000) == nil",
    ]);
    let child = "parent_span_id != nil and parent_span_id == SpanID(0xb7ad6b7169203331) and not IsRootSpan()";
    assert_eq!(asked(child, 1), Ok(true));
    // To the Collector no id is nil, not even that of nothing.
    let mut condition = Condition::parse("parent_span_id == nil", Context::Span).unwrap();
    condition.bind(&mut crate::tail_sampling::keys::Keys::new(true));
    assert_eq!(condition.eval_span(&batch().record(0).unwrap()), Ok(false));
}

#[test]
fn functions_answer() {
    true_of_the_first(&[
        r#"IsMatch(name, "/c.rt")"#,
        r#"IsMatch(name, "^GET") and not IsMatch(name, "^cart")"#,
        r#"IsMatch(attributes["int"], "^5..$") and IsMatch(attributes["whole"], "^500$")"#,
        r#"IsMatch(attributes["yes"], "true") and IsMatch(attributes["bytes"], "^0102$")"#,
        r#"IsMatch(attributes["map"], "\"deep\":\\[7,") and IsMatch(attributes["map"]["deep"], "^.7")"#,
        r#"not IsMatch(attributes["missing"], ".*")"#,
        "IsRootSpan() and IsRootSpan() == true",
        r#"HasPrefix(name, "GET ") and HasSuffix(name, "cart") and not HasPrefix(name, "cart")"#,
        r#"IsString(name) and not IsString(attributes["int"]) and not IsString(nil)"#,
        r#"IsInt(attributes["int"]) and IsDouble(attributes["double"]) and IsBool(attributes["no"])"#,
        r#"IsMap(attributes["map"]) and IsList(attributes["map"]["deep"]) and not IsMap(name)"#,
        r#"Len(name) == 9 and Len("é") == 2 and Len(attributes["map"]) == 2 and Len(attributes["map"]["deep"]) == 2"#,
        r#"ToLowerCase(name) == "get /cart" and ToLowerCase("İÉ") == "ié""#,
        r#"ToUpperCase("straße é") == "STRAßE É""#,
        r#"IsMatch(ToLowerCase(name), "get")"#,
    ]);
    assert_eq!(asked("IsRootSpan()", 1), Ok(false));
}

#[test]
fn functions_say_what_they_do_not_take() {
    let argument = |function, takes, found| Err(EvalError::Argument { function, takes, found });
    let all = [
        (r#"HasPrefix(attributes["int"], "5")"#, argument("HasPrefix", "a string", "an integer")),
        (r#"HasSuffix(name, attributes["missing"])"#, argument("HasSuffix", "a string", "nothing")),
        (r#"ToLowerCase(attributes["yes"]) == "true""#, argument("ToLowerCase", "a string", "a bool")),
        (r#"Len(attributes["int"]) > 0"#, argument("Len", "a string, a list or a map", "an integer")),
        (r#"attributes["k"]["x"] == 1"#, Err(EvalError::Key { needs: "a map", found: "a string" })),
        (r#"attributes["map"][0] == 1"#, Err(EvalError::Key { needs: "a list", found: "a map" })),
        (r#"attributes["map"]["deep"][2] == 1"#, Err(EvalError::Index { index: 2, length: 2 })),
    ];
    for (text, expected) in all {
        assert_eq!(asked(text, 0), expected, "{text}");
        assert_eq!(asked(&format!("true or {text}"), 0), Ok(true), "answered before");
        assert_eq!(asked(&format!("{text} or true"), 0), expected, "an error is no answer");
        assert_eq!(asked(&format!("not ({text})"), 0), expected);
    }
    let said = asked(all[0].0, 0).unwrap_err().to_string();
    assert_eq!(said, "`HasPrefix` takes a string and was given an integer");
    let said = asked(all[6].0, 0).unwrap_err().to_string();
    assert_eq!(said, "the list has 2 elements and no [2]");
}

#[test]
fn literals_are_written_as_in_go() {
    true_of_the_first(&[
        r#""a\"b\\c\x41\u00e9\U0001F600\101\t" == "a\"b\\cAé😀A	""#,
        r#""\xc3\xa9" == "é""#,
        "-1 < +1 and -.5 < .5 and 1.5e3 == 1500 and 2.5E-1 == 0.25 and -9223372036854775808 < 0",
        "\n\ttrue\r\n",
        "0xfF == 0xFf",
    ]);
}

/// Each text is refused at this byte, with a message that has this part.
fn each_is_refused(all: &[(&str, usize, &str)]) {
    for (text, at, part) in all {
        let error = refused(text, Context::Span);
        assert!(error.message.contains(part), "{text}: {error}");
        assert_eq!(error.at, *at, "{text}: {error}");
    }
}

#[test]
fn what_is_wrong_is_named_with_its_place() {
    each_is_refused(&[
        ("", 0, "a value is missing"),
        ("   ", 3, "ends where a value"),
        ("name ==", 7, "ends where a value"),
        ("name = \"x\"", 5, "write `==`"),
        ("name == 'x'", 8, "double quotes"),
        ("name == \"x", 8, "does not end"),
        ("name == \"x\\", 10, "does not end"),
        ("name == \"x\ny\"", 10, "`\\n`"),
        (r#"name == "\d""#, 9, "for a backslash write `\\\\`"),
        (r#"name == "\xZZ""#, 9, "2 digits"),
        (r#"name == "\ud800""#, 9, "no character"),
        (r#"name == "\xff""#, 8, "not UTF-8"),
        ("name == \"a\" && true", 12, "write `and`"),
        ("name == \"a\" || true", 12, "write `or`"),
        ("name == \"a\" AND true", 12, "write `and` in small letters"),
        ("!IsRootSpan()", 0, "write `not`"),
        ("kind == 99999999999999999999", 8, "64 bits"),
        ("kind == 0x123", 10, "two hexadecimal digits"),
        ("kind == [1, 2]", 8, "no lists"),
        ("kind == {}", 8, "no maps"),
        ("kind == é", 8, "means nothing"),
        ("name + \"x\" == \"y\"", 7, "only numbers"),
        ("\"x\" + 1 == 2", 0, "only numbers"),
        ("1 + nil == 2", 4, "only numbers"),
        ("-true == 1", 1, "only numbers"),
        ("1 + == 2", 4, "a value is missing"),
        ("1 - - - 1 == 2", 6, "a value is missing"),
        ("(1 + 2 == 3", 11, "`)` is missing"),
        ("(kind)", 1, "compare it"),
        ("9223372036854775808 > 0", 0, "64 bits"),
        ("span_id == SpanID(0x00)", 18, "16 hexadecimal digits"),
        ("trace_id == TraceID(\"x\")", 20, "32 hexadecimal digits"),
        ("kind", 0, "compare it"),
        ("5", 0, "no condition"),
        ("(kind == 1", 10, "`)` is missing"),
        ("kind == 1)", 9, "closes nothing"),
        ("kind == 1 2", 10, "`and` or `or`"),
        ("1 < kind < 3", 9, "do not chain"),
        ("and true", 0, "before `and`"),
        ("kind == not true", 8, "before `not`"),
        ("set(name, \"x\") where true", 0, "no function `set`"),
        ("name == \"x\" where true", 12, "stands alone"),
    ]);
}

#[test]
fn what_is_not_there_is_named_with_what_is() {
    each_is_refused(&[
        ("span.nam == \"x\"", 0, "did you mean `span.name`"),
        ("status_code == 2", 0, "did you mean `status.code`"),
        ("resource.service.name == \"x\"", 0, "an attribute is written `resource.attributes[\"service.name\"]`"),
        ("gen_ai.system == \"x\"", 0, "an attribute is written `attributes[\"gen_ai.system\"]`"),
        ("instrumentation_scope.nme == \"x\"", 0, "did you mean `instrumentation_scope.name`"),
        ("spanevent.name == \"x\"", 0, "under `spanevent:`"),
        ("attributes == nil", 0, "which attribute"),
        ("attributes[0] == nil", 0, "have names"),
        ("attributes[k] == nil", 11, "brackets hold"),
        ("attributes[\"k\" == nil", 15, "`]` is missing"),
        ("attributes[\"k\"][-1] == nil", 16, "from 0"),
        ("attributes[\"k\"].x == nil", 0, "there is no `attributes.x`"),
        ("name[\"k\"] == nil", 0, "nothing in brackets"),
        ("status[\"k\"].code == 1", 0, "before its end"),
        ("trace_state[0] == \"x\"", 0, "takes one key"),
        ("status. == 1", 8, "after the dot"),
        ("kind == SPAN_KIND_SERVR", 8, "did you mean `SPAN_KIND_SERVER`"),
        ("kind == NIL", 8, "did you mean `nil`"),
        ("kind == WHATEVER", 8, "no enum"),
        ("IsMach(name, \"x\")", 0, "did you mean `IsMatch`"),
        ("ParseJSON(name) == 1", 0, "no function `ParseJSON`"),
        ("IsMatch(name)", 0, "`IsMatch(value, \"pattern\")`"),
        ("IsRootSpan(name)", 0, "1 arguments"),
        ("IsMatch(name, name)", 14, "string in double quotes"),
        ("IsMatch(name, \"(\")", 0, "pattern of `IsMatch`"),
        ("IsMatch(name, \"(a{1000}){1000}\")", 0, "compiles to more than"),
        ("IsMatch(name \"x\")", 13, "`)` is missing"),
        ("IsMatch(name, \"x\")[0] == 1", 18, "brackets follow paths"),
        ("Len(name)", 0, "no condition"),
        ("Len", 0, "no enum"),
    ]);
    let error = refused("kind == 2", Context::SpanEvent);
    assert!(error.message.contains("did you mean `span.kind`"), "{error}");
    assert_eq!(error.to_string().split(':').next(), Some("at byte 0"));
}

#[test]
fn depth_and_length_are_bounded() {
    let nested = |depth: usize| format!("{}true{}", "(".repeat(depth), ")".repeat(depth));
    true_of_the_first(&[&nested(64)]);
    assert!(refused(&nested(65), Context::Span).message.contains("deeper than 64"));
    let calls = |depth: usize| format!("{}name{} != nil", "ToLowerCase(".repeat(depth), ")".repeat(depth));
    true_of_the_first(&[&calls(64)]);
    assert!(refused(&calls(65), Context::Span).message.contains("deeper than 64"));
    let keys = |count: usize| format!("attributes[\"none2\"]{} == nil", "[0]".repeat(count));
    true_of_the_first(&[&keys(63)]);
    assert!(refused(&keys(64), Context::Span).message.contains("more than 64"));
    // What does not nest may be long.
    true_of_the_first(&[&format!("{}true", "not not ".repeat(2000)), &format!("{}true", "false or ".repeat(1800))]);
    true_of_the_first(&[
        &format!("1{} == 8001", "+1".repeat(8000)),
        &format!("{}1{} == 1", "(".repeat(64), ")".repeat(64)),
    ]);
    let error = refused(&format!("true{}", " ".repeat(16 << 10)), Context::Span);
    assert!(error.message.contains("longer than"), "{error}");
}

/// Words of conditions in any order.
fn words() -> impl Strategy<Value = String> {
    let word = prop::sample::select(vec![
        "name",
        "span.",
        "attributes",
        "[\"k\"]",
        "[0]",
        "==",
        "!=",
        "<",
        "and",
        "or",
        "not",
        "(",
        ")",
        "\"x\"",
        "\\",
        "1",
        ".5",
        "-",
        "*",
        "SpanID(0x00)",
        "parent_span_id",
        "nil",
        "true",
        "IsMatch",
        "IsRootSpan()",
        "Len",
        ",",
        "STATUS_CODE_OK",
        "0x0",
        "é",
        "resource.",
        "\"",
        ".",
    ]);
    prop::collection::vec(word, 0..30).prop_map(|words| words.join(" "))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2048))]

    // Scenario: any text, and the words of conditions in any order. Guarantees: nothing panics, neither reading nor
    // asking, and a fault has its place within the text, where a character begins.
    #[test]
    fn any_text_is_read_or_refused(text in any::<String>(), words in words()) {
        let batch = batch();
        for (text, context) in [(&text, Context::Span), (&words, Context::Span), (&words, Context::SpanEvent)] {
            match Condition::parse(text, context) {
                Ok(condition) => batch.records().for_each(|record| {
                    _ = condition.eval_span(&record);
                    record.events().for_each(|event| _ = condition.eval_event(&record, &event));
                }),
                Err(error) => prop_assert!(text.is_char_boundary(error.at), "{text}: {error}"),
            }
        }
    }

    // Scenario: any string as a literal, written with escapes. Guarantees: it is read as it was.
    #[test]
    fn strings_are_read_as_they_were(text in any::<String>()) {
        let escaped: String = text.chars().map(|letter| format!("\\U{:08x}", letter as u32)).collect();
        let plain = text.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n");
        let condition = Condition::parse(&format!("\"{escaped}\" == \"{plain}\""), Context::Span).unwrap();
        prop_assert_eq!(condition.eval_span(&batch().record(0).unwrap()), Ok(true));
    }
}
