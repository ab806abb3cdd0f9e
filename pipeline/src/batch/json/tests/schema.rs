//! Scenario: walk the table and the descriptors that protoc made of the same `.proto` files.
//! Guarantees: every field of every message reached from the three requests is there once, with its number, name, kind,
//! repetition, oneof and enum names.

use std::collections::{BTreeMap, BTreeSet};

use crate::Signal;
use crate::batch::json::request_of;
use crate::batch::json::schema::{Field, Kind, Message, Shape};
use crate::batch::json::wire::{Raw, take_field};

/// `FieldDescriptorProto`, as far as the table repeats it.
#[derive(Debug, Default)]
struct Described {
    name: String,
    number: u64,
    repeated: bool,
    kind: u64,
    type_name: String,
    one_of: bool,
    optional: bool,
}

type Fields = Vec<Described>;
type Names = Vec<(String, u64)>;

#[derive(Default)]
struct Descriptors {
    messages: BTreeMap<String, Fields>,
    enums: BTreeMap<String, Names>,
}

fn fields(mut bytes: &[u8]) -> Vec<(u32, Raw<'_>)> {
    let mut found = Vec::new();
    while !bytes.is_empty() {
        let (number, raw) = take_field(&mut bytes).expect("a descriptor set");
        found.push((number, raw.expect("no groups")));
    }
    found
}

fn bytes<'w>(raw: &Raw<'w>) -> &'w [u8] {
    if let Raw::Bytes(bytes) = raw { bytes } else { panic!("not bytes") }
}

fn text(raw: &Raw<'_>) -> String {
    String::from_utf8(bytes(raw).to_vec()).expect("names are text")
}

fn number(raw: &Raw<'_>) -> u64 {
    if let Raw::Scalar(_, bits) = raw { *bits } else { panic!("not a number") }
}

fn text_at(message: &[u8], at: u32) -> String {
    fields(message).iter().find(|(number, _)| *number == at).map(|(_, raw)| text(raw)).unwrap_or_default()
}

impl Descriptors {
    fn read() -> Self {
        let mut all = Self::default();
        for (_, file) in fields(opentelemetry_proto::DESCRIPTORS) {
            let package = format!(".{}", text_at(bytes(&file), 2));
            for (number, raw) in fields(bytes(&file)) {
                match number {
                    4 => all.message(&package, bytes(&raw)),
                    5 => all.enumeration(&package, bytes(&raw)),
                    _ => {}
                }
            }
        }
        all
    }

    fn message(&mut self, scope: &str, message: &[u8]) {
        let name = format!("{scope}.{}", text_at(message, 1));
        let mut described = Vec::new();
        for (number, raw) in fields(message) {
            match number {
                2 => described.push(describe(bytes(&raw))),
                3 => self.message(&name, bytes(&raw)),
                4 => self.enumeration(&name, bytes(&raw)),
                _ => {}
            }
        }
        self.messages.insert(name, described);
    }

    fn enumeration(&mut self, scope: &str, enumeration: &[u8]) {
        let name = format!("{scope}.{}", text_at(enumeration, 1));
        let values = fields(enumeration).into_iter().filter(|(number, _)| *number == 2).map(|(_, value)| {
            let number = fields(bytes(&value)).iter().find(|(at, _)| *at == 2).map_or(0, |(_, raw)| number(raw));
            (text_at(bytes(&value), 1), number)
        });
        self.enums.insert(name, values.collect());
    }
}

fn describe(field: &[u8]) -> Described {
    let mut described = Described::default();
    for (at, raw) in fields(field) {
        match at {
            3 => described.number = number(&raw),
            4 => described.repeated = number(&raw) == 3,
            5 => described.kind = number(&raw),
            6 => described.type_name = text(&raw),
            9 => described.one_of = true,
            10 => described.name = text(&raw),
            17 => described.optional = number(&raw) == 1,
            _ => {}
        }
    }
    described
}

/// `FieldDescriptorProto.Type` of a kind. An id is `bytes` there.
fn type_of(kind: Kind) -> u64 {
    match kind {
        Kind::Double => 1,
        Kind::Int64 => 3,
        Kind::Uint64 => 4,
        Kind::Fixed64 => 6,
        Kind::Fixed32 => 7,
        Kind::Bool => 8,
        Kind::String => 9,
        Kind::Message(_) => 11,
        Kind::Id(_) | Kind::Bytes => 12,
        Kind::Uint32 => 13,
        Kind::Enum(_) => 14,
        Kind::Sfixed64 => 16,
        Kind::Sint32 => 17,
        Kind::Int32 => 5,
    }
}

fn compare(all: &Descriptors, name: &str, table: &'static Message, done: &mut BTreeSet<String>) {
    if !done.insert(name.to_owned()) {
        return;
    }
    assert_eq!(name.rsplit('.').next(), Some(table.name));
    let described = &all.messages[name];
    assert_eq!(described.len(), table.fields.len(), "fields of {name}");
    for field in described {
        let ours = table.fields.iter().find(|ours| u64::from(ours.number) == field.number);
        let ours = ours.unwrap_or_else(|| panic!("{name} has {field:?}"));
        compare_field(all, field, ours);
        if let Kind::Message(inner) = ours.kind {
            compare(all, &field.type_name, inner, done);
        }
    }
}

fn compare_field(all: &Descriptors, field: &Described, ours: &Field) {
    assert_eq!(field.name, ours.name);
    assert_eq!(field.kind, type_of(ours.kind), "{}", ours.name);
    let shape = match (field.repeated, field.one_of, field.optional) {
        (true, _, _) => Shape::Repeated,
        // protoc puts an `optional` scalar into a oneof of its own.
        (false, true, true) => Shape::Optional,
        (false, true, false) => Shape::OneOf,
        (false, false, _) => Shape::Singular,
    };
    assert!(shape == ours.shape, "shape of {}", ours.name);
    match ours.kind {
        Kind::Enum(names) => {
            let names: Names = names.iter().map(|&(name, value)| (name.to_owned(), value as u64)).collect();
            assert_eq!(all.enums[&field.type_name], names);
        }
        Kind::Id(len) => assert_eq!(len, if ours.name == "traceId" { 16 } else { 8 }),
        _ => {}
    }
}

#[test]
fn the_table_is_what_the_proto_files_say() {
    let all = Descriptors::read();
    let mut done = BTreeSet::new();
    for (signal, package, name) in [
        (Signal::Traces, "trace", "ExportTraceServiceRequest"),
        (Signal::Logs, "logs", "ExportLogsServiceRequest"),
        (Signal::Metrics, "metrics", "ExportMetricsServiceRequest"),
    ] {
        let name = format!(".opentelemetry.proto.collector.{package}.v1.{name}");
        compare(&all, &name, request_of(signal), &mut done);
    }
    assert_eq!(done.len(), 34, "messages reached: {done:?}");
}

#[test]
fn records_are_what_the_signals_call_items() {
    fn walk(message: &'static Message, done: &mut BTreeSet<&'static str>, records: &mut BTreeSet<&'static str>) {
        if !done.insert(message.name) {
            return;
        }
        if message.record {
            records.insert(message.name);
        }
        for field in message.fields {
            if let Kind::Message(inner) = field.kind {
                walk(inner, done, records);
            }
        }
    }
    let (mut done, mut records) = (BTreeSet::new(), BTreeSet::new());
    for signal in Signal::ALL {
        walk(request_of(signal), &mut done, &mut records);
    }
    let expected = [
        "ExponentialHistogramDataPoint",
        "HistogramDataPoint",
        "LogRecord",
        "NumberDataPoint",
        "Span",
        "SummaryDataPoint",
    ];
    assert!(records.into_iter().eq(expected));
}
