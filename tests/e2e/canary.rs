//! Scenario: a made-up value for every detector, in every place of spans and logs that holds a string, at every
//! nesting, through the binary to a file.
//! Guarantee: none leaves, and none is in the log or the metrics: of all classes with `profile: strict`, of class A
//! as it comes. Outside are keys that classes B and C never touch, and ids and counts that nothing touches.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::path::Path;
use std::sync::LazyLock;

use opentelemetry_proto::tonic::collector::logs::v1::ExportLogsServiceRequest;
use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use opentelemetry_proto::tonic::common::v1::any_value::Value;
use opentelemetry_proto::tonic::common::v1::{
    AnyValue, ArrayValue, EntityRef, InstrumentationScope, KeyValue, KeyValueList,
};
use opentelemetry_proto::tonic::logs::v1::{LogRecord, ResourceLogs, ScopeLogs};
use opentelemetry_proto::tonic::resource::v1::Resource;
use opentelemetry_proto::tonic::trace::v1::span::{Event, Link};
use opentelemetry_proto::tonic::trace::v1::{ResourceSpans, ScopeSpans, Span, Status};
use processors::redaction::detect::samples::FAMILIES;
use processors::redaction::detect::{Class, Detector, Hits, Marks};
use prost::Message;
use serde_json::{Value as Json, json};
use tempfile::TempDir;

use crate::http;
use crate::stage::{Tollgate, lines};
use crate::traffic::text;

const PROTOBUF: &str = "application/x-protobuf";

/// How often a value is drawn for each entity: some are written in several ways.
const SEEDS: u64 = 2;

/// The attribute that tells which value a resource holds.
const NUMBER: &str = "n";

/// The fewest bytes of a value whose halves are nothing else.
const LONG: usize = 16;

/// For each entity, where it was seen, by the names around it, and in what text.
type Leaks = BTreeMap<&'static str, Vec<(String, String)>>;

/// A text with a value in it, and what of it must not be seen again.
struct Canary {
    entity: &'static str,
    text: String,
    /// The longest piece of the value that JSON writes as it is.
    mark: String,
}

impl Canary {
    /// Whether the value or, where it is long enough to be told, a half of it is in a text.
    fn is_in(&self, text: &str) -> bool {
        let middle = self.mark.len() / 2;
        let half = (0..=middle).rev().find(|at| self.mark.is_char_boundary(*at)).unwrap_or(0);
        let halves =
            self.mark.len() >= LONG && (text.contains(&self.mark[..half]) || text.contains(&self.mark[half..]));
        text.contains(&self.mark) || halves
    }
}

/// A value of every entity and seed, drawn once: some checks let few by chance.
static SAMPLES: LazyLock<Vec<(usize, &'static str, String)>> = LazyLock::new(|| {
    let mut samples = Vec::new();
    for (family, (detectors, sample)) in
        FAMILIES.iter().map(|(family, sample)| (family.detectors(), sample)).enumerate()
    {
        let mut entities: Vec<&'static str> = detectors.iter().map(|detector| detector.entity).collect();
        entities.dedup();
        for entity in entities {
            let drawn = (0..SEEDS).map(|seed| sample(entity, seed).unwrap_or_else(|| panic!("{entity} has no sample")));
            samples.extend(drawn.map(|text| (family, entity, text)));
        }
    }
    samples
});

/// Values of every entity that has detectors of a class up to `worst`.
fn canaries(worst: Class) -> Vec<Canary> {
    let mut canaries = Vec::new();
    for (family, entity, text) in SAMPLES.iter() {
        let (family, _) = FAMILIES[*family];
        let wanted = |detector: &Detector| detector.entity == *entity && detector.class <= worst;
        let on: Vec<bool> = family.detectors().iter().map(wanted).collect();
        let (mut marks, mut hits) = (Marks::default(), Hits::default());
        marks.fill(text.as_bytes());
        family.find(text, &marks, &on, &mut hits);
        let pieces = hits.iter().flat_map(|hit| text[hit.start as usize..hit.end as usize].split(['"', '\\', '\n']));
        let longest = pieces.max_by_key(|piece| piece.len()).map(str::to_owned);
        assert!(longest.is_some() || worst < Class::C, "{entity}: {text}");
        canaries.extend(longest.map(|mark| Canary { entity, text: text.clone(), mark }));
    }
    canaries
}

fn string(value: &str) -> AnyValue {
    AnyValue { value: Some(Value::StringValue(value.into())) }
}

fn any(key: &str, value: Value) -> KeyValue {
    KeyValue { key: key.into(), value: Some(AnyValue { value: Some(value) }), ..KeyValue::default() }
}

/// The text in maps and arrays in one another.
fn nested(canary: &str, depth: usize) -> AnyValue {
    let inner = if depth == 0 { string(canary) } else { nested(canary, depth - 1) };
    let value = match depth % 2 {
        0 => Value::ArrayValue(ArrayValue { values: vec![string("x"), inner] }),
        _ => {
            let inner = KeyValue { key: "in".into(), value: Some(inner), ..KeyValue::default() };
            Value::KvlistValue(KeyValueList { values: vec![text("a", "b"), inner, text(canary, "as a key")] })
        }
    };
    AnyValue { value: Some(value) }
}

/// The text as JSON has it: in a member, as a name, in an array, encoded again and again, and cut short.
fn in_json(canary: &str) -> [String; 6] {
    let object = json!({"n": 1, "deep": [{"note": canary}], canary: true});
    let messages = json!([{"role": "user", "parts": [{"type": "text", "content": format!("it is {canary}, ok?")}]}]);
    let encoded = json!({"arguments": messages.to_string(), "more": [object.to_string()]});
    let twice = json!([encoded.to_string()]);
    let whole = messages.to_string();
    let cut = whole[..whole.len() - 6].to_owned();
    [object.to_string(), whole, encoded.to_string(), twice.to_string(), json!(canary).to_string(), cut]
}

/// Attributes of every type with the text in each.
fn attributes(canary: &str) -> Vec<KeyValue> {
    let mut all = vec![
        text("note", canary),
        text("prompt", &format!("before {canary} behind")),
        text("lines", &format!("first\n{canary}\r\nlast\t{canary}\t")),
        text("quoted", &format!("('{canary}') <{canary}> \"{canary}\"")),
        text("多", &format!("文字 {canary} 文字")),
        any("bytes", Value::BytesValue(canary.into())),
        any("array", Value::ArrayValue(ArrayValue { values: vec![string(canary), string("x")] })),
        text(canary, "as a key"),
        text(&format!("seen {canary} here"), "in a key"),
    ];
    for (key, depth) in [("shallow", 1), ("deep", 12)] {
        all.push(KeyValue { key: key.into(), value: Some(nested(canary, depth)), ..KeyValue::default() });
    }
    for (at, json) in in_json(canary).into_iter().enumerate() {
        all.push(text(&format!("json.{at}"), &json));
        all.push(any("json.bytes", Value::BytesValue(json.into_bytes())));
    }
    // A number of a card or an id is no other for having no quotes; seven digits say something.
    if canary.len() >= 7
        && !canary.starts_with('0')
        && let Ok(number) = canary.parse::<i64>()
    {
        all.push(any("int", Value::IntValue(number)));
        all.push(text("json.number", &json!({"a": [number]}).to_string()));
        if number < 1 << 53 {
            all.push(any("double", Value::DoubleValue(number as f64)));
        }
    }
    all
}

/// Some of them, for what is read the same way.
fn few_attributes(canary: &str) -> Vec<KeyValue> {
    let map = KeyValue { key: "map".into(), value: Some(nested(canary, 1)), ..KeyValue::default() };
    vec![text("note", canary), any("bytes", Value::BytesValue(canary.into())), map, text(canary, "as a key")]
}

fn resource(number: usize, canary: &str) -> Option<Resource> {
    let entity = EntityRef {
        schema_url: url(canary),
        r#type: canary.into(),
        id_keys: vec![canary.into()],
        description_keys: vec!["note".into(), canary.into()],
    };
    let mut attributes = few_attributes(canary);
    attributes.push(any(NUMBER, Value::IntValue(number as i64)));
    Some(Resource { attributes, entity_refs: vec![entity], ..Resource::default() })
}

fn scope(canary: &str) -> Option<InstrumentationScope> {
    Some(InstrumentationScope {
        name: canary.into(),
        version: canary.into(),
        attributes: few_attributes(canary),
        ..InstrumentationScope::default()
    })
}

fn url(canary: &str) -> String {
    format!("at {canary}")
}

fn spans(number: usize, canary: &str, more: &[KeyValue]) -> ResourceSpans {
    let (all, attributes) = (attributes(canary), few_attributes(canary));
    let span = Span {
        trace_id: vec![0xab; 16],
        span_id: vec![0xcd; 8],
        trace_state: canary.into(),
        name: format!("chat {canary}"),
        attributes: [&all, more].concat(),
        events: vec![Event { name: canary.into(), attributes: attributes.clone(), ..Event::default() }],
        links: vec![Link {
            trace_id: vec![0xab; 16],
            span_id: vec![0xcd; 8],
            trace_state: canary.into(),
            attributes,
            ..Link::default()
        }],
        status: Some(Status { message: format!("failed: {canary}"), code: 2 }),
        ..Span::default()
    };
    let scope_spans = ScopeSpans { scope: scope(canary), spans: vec![span], schema_url: url(canary) };
    ResourceSpans { resource: resource(number, canary), scope_spans: vec![scope_spans], schema_url: url(canary) }
}

fn logs(number: usize, canary: &str, more: &[KeyValue]) -> ResourceLogs {
    let map = Value::KvlistValue(KeyValueList { values: attributes(canary) });
    let bodies =
        [string(canary), string(&format!("it was {canary}.")), nested(canary, 5), AnyValue { value: Some(map) }];
    let bodies = bodies.into_iter().chain(in_json(canary).into_iter().map(|json| string(&json)));
    let record = |body| LogRecord { body: Some(body), ..LogRecord::default() };
    let mut log_records: Vec<LogRecord> = bodies.map(record).collect();
    log_records.push(LogRecord {
        severity_text: canary.into(),
        event_name: canary.into(),
        attributes: [&attributes(canary), more].concat(),
        ..LogRecord::default()
    });
    let scope_logs = ScopeLogs { scope: scope(canary), log_records, schema_url: url(canary) };
    ResourceLogs { resource: resource(number, canary), scope_logs: vec![scope_logs], schema_url: url(canary) }
}

/// Every string of what left, bytes among them, with the names around it.
fn strings(value: &Json, path: &str, all: &mut Vec<(String, String)>) {
    match value {
        Json::String(text) if path.ends_with("bytesValue") => {
            all.push((path.to_owned(), String::from_utf8_lossy(&decoded(text)).into_owned()));
        }
        Json::String(text) => all.push((path.to_owned(), text.clone())),
        Json::Array(values) => values.iter().for_each(|value| strings(value, path, all)),
        Json::Object(members) => {
            let key = members.get("key").and_then(Json::as_str).unwrap_or_default();
            members.iter().for_each(|(name, value)| strings(value, &format!("{path} {key}.{name}"), all));
        }
        other => all.push((path.to_owned(), other.to_string())),
    }
}

fn decoded(base64: &str) -> Vec<u8> {
    let alphabet = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut bytes = Vec::new();
    let (mut bits, mut held) = (0_u32, 0);
    for byte in base64.bytes().filter(|byte| *byte != b'=') {
        let value = alphabet.iter().position(|known| *known == byte).unwrap();
        (bits, held) = (bits << 6 | value as u32, held + 6);
        if held >= 8 {
            held -= 8;
            bytes.push((bits >> held) as u8);
        }
    }
    bytes
}

/// Sends `canaries` through a redaction with this block; says which came out, and where.
fn leaks(block: &str, canaries: &[Canary], more: fn(&str) -> Vec<KeyValue>) -> Leaks {
    let folder = TempDir::new().unwrap();
    let sections = format!(
        "
exporters: {{file: {{path: out.jsonl}}}}
processors: {{redaction: {{{block}}}}}
service:
  pipelines:
    traces: {{receivers: [otlp], processors: [redaction], exporters: [file]}}
    logs: {{receivers: [otlp], processors: [redaction], exporters: [file]}}
extensions: {{}}
"
    );
    let tollgate = Tollgate::start(&folder, &sections);
    let numbered: Vec<(usize, &Canary)> = canaries.iter().enumerate().collect();
    for batch in numbered.chunks(50) {
        let resource_spans = batch.iter().map(|(n, canary)| spans(*n, &canary.text, &more(&canary.text))).collect();
        let resource_logs = batch.iter().map(|(n, canary)| logs(*n, &canary.text, &more(&canary.text))).collect();
        let traces = ExportTraceServiceRequest { resource_spans }.encode_to_vec();
        let logs = ExportLogsServiceRequest { resource_logs }.encode_to_vec();
        assert_eq!(tollgate.post("/v1/traces", PROTOBUF, &traces).status, 200);
        assert_eq!(tollgate.post("/v1/logs", PROTOBUF, &logs).status, 200);
    }
    let metrics = String::from_utf8(http::get(tollgate.metrics, "/metrics").body).unwrap();
    let out = folder.path().join("out.jsonl");
    let log = tollgate.stop();
    seen(canaries, &out, &[("the log", &log), ("the metrics", &metrics)])
}

/// What came out of each value, with the texts it is in; everything that was sent must be there.
fn seen(canaries: &[Canary], out: &Path, others: &[(&str, &str)]) -> Leaks {
    let mut leaks: Leaks = BTreeMap::new();
    let mut left = 0;
    for request in lines(out) {
        let groups = ["resourceSpans", "resourceLogs"].into_iter().flat_map(|key| request[key].as_array());
        for group in groups.flatten() {
            let attributes = group["resource"]["attributes"].as_array().unwrap();
            let number = attributes.iter().find(|attribute| attribute["key"] == NUMBER).unwrap();
            let number: usize = number["value"]["intValue"].as_str().unwrap().parse().unwrap();
            let canary = &canaries[number];
            let mut all = Vec::new();
            strings(group, "", &mut all);
            for (path, text) in all.iter().filter(|(_, text)| canary.is_in(text)) {
                leaks.entry(canary.entity).or_default().push((path.clone(), text.clone()));
            }
            left += 1;
        }
    }
    assert_eq!(left, 2 * canaries.len(), "what was sent and what left");
    for (canary, (name, text)) in canaries.iter().flat_map(|canary| others.iter().map(move |other| (canary, other))) {
        if canary.mark.len() >= LONG && canary.is_in(text) {
            leaks.entry(canary.entity).or_default().push(((*name).to_owned(), String::new()));
        }
    }
    leaks
}

fn report(leaks: &Leaks) -> String {
    let mut report = String::new();
    for (entity, texts) in leaks {
        let _infallible =
            writeln!(report, "{entity}: {} texts, such as {:?}", texts.len(), &texts[..texts.len().min(3)]);
    }
    report
}

#[test]
fn a_strict_profile_lets_no_value_of_any_detector_out() {
    let canaries = canaries(Class::C);
    assert!(canaries.len() > 800, "{}", canaries.len());
    let leaks = leaks("profile: strict", &canaries, |_| Vec::new());
    assert!(leaks.is_empty(), "{} entities leak\n{}", leaks.len(), report(&leaks));
}

/// Under keys of ids and of the infrastructure too.
#[test]
fn the_default_profile_lets_no_value_of_class_a_out() {
    let canaries = canaries(Class::A);
    assert!(canaries.len() > 300, "{}", canaries.len());
    let leaks = leaks("", &canaries, |canary| {
        let keys = ["session.id", "k8s.pod.name", "gen_ai.request.model", "server.address", "service.version"];
        let mut all: Vec<KeyValue> = keys.iter().map(|key| text(key, canary)).collect();
        all.push(text(&format!("k8s.pod.labels.{canary}"), "in a key of the infrastructure"));
        all
    });
    assert!(leaks.is_empty(), "{} entities leak\n{}", leaks.len(), report(&leaks));
}

/// Without a redaction every value is seen: the search finds what there is to find.
#[test]
fn the_search_finds_what_is_let_out() {
    let mut canaries = canaries(Class::A);
    canaries.dedup_by_key(|canary| canary.entity);
    let leaks = leaks("detectors: []", &canaries, |_| Vec::new());
    let entities: BTreeSet<_> = canaries.iter().map(|canary| canary.entity).collect();
    assert_eq!(leaks.len(), entities.len());
    let at = leaks.values().flatten().filter_map(|(path, _)| path.rsplit('.').next());
    let fields: BTreeSet<&str> = at.collect();
    let strings = [
        "bytesValue",
        "descriptionKeys",
        "doubleValue",
        "eventName",
        "idKeys",
        "intValue",
        "key",
        "message",
        "name",
        "schemaUrl",
        "severityText",
        "stringValue",
        "traceState",
        "type",
        "version",
    ];
    assert_eq!(fields, strings.into(), "the fields of OTLP that hold text");
}
