//! The JSON Schema of the whole file, from the config structs: what editors complete, and what every file is
//! checked against. Draft 7, which yaml-language-server reads best.

use schemars::generate::SchemaSettings;
use schemars::{Schema, SchemaGenerator};
use serde_json::{Map, Value, json};

use super::sections::ServiceSection;
use super::yaml;
use crate::registry::{Declaration, Registry};

/// The four sections that hold components, with what they hold.
pub(super) const KINDS: [(&str, Kind); 4] = [
    ("receivers", Kind::Receiver),
    ("processors", Kind::Processor),
    ("exporters", Kind::Exporter),
    ("extensions", Kind::Extension),
];

/// The kinds of component.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Kind {
    /// A door in.
    Receiver,
    /// A step between.
    Processor,
    /// A door out.
    Exporter,
    /// What stands beside the pipelines.
    Extension,
}

impl Kind {
    /// As messages name one.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Receiver => "receiver",
            Self::Processor => "processor",
            Self::Exporter => "exporter",
            Self::Extension => "extension",
        }
    }

    /// The section that holds them.
    pub const fn section(self) -> &'static str {
        match self {
            Self::Receiver => "receivers",
            Self::Processor => "processors",
            Self::Exporter => "exporters",
            Self::Extension => "extensions",
        }
    }

    /// The kind that a section holds.
    pub fn of_section(section: &str) -> Option<Self> {
        KINDS.iter().find(|(name, _)| *name == section).map(|(_, kind)| *kind)
    }
}

impl Registry {
    /// What is declared of a kind, in order.
    pub fn declarations(&self, kind: Kind) -> Vec<&'static Declaration> {
        match kind {
            Kind::Receiver => self.receivers.iter().map(|entry| &entry.declaration).collect(),
            Kind::Processor => self.processors.iter().map(|entry| &entry.declaration).collect(),
            Kind::Exporter => self.exporters.iter().map(|entry| &entry.declaration).collect(),
            Kind::Extension => self.extensions.iter().map(|entry| &entry.declaration).collect(),
        }
    }

    /// The declaration that a type means.
    pub fn declaration(&self, kind: Kind, name: &str) -> Option<&'static Declaration> {
        self.declarations(kind).into_iter().find(|declaration| declaration.is(name))
    }
}

/// The schema of the whole file for editors: where a value other than text is wanted, `${…}` may stand too.
pub fn schema(registry: &Registry) -> Value {
    let mut schema = strict(registry);
    admit_substitution(&mut schema);
    schema
}

/// What `${…}` looks like, as a pattern.
const SUBSTITUTION: &str = r"\$\{.+\}";

/// `100_000`, a number to us and to the Collector, is text to editors, which read YAML 1.2.
const UNDERSCORED: &str = "^[0-9]+(_[0-9]+)+$";

fn admit_substitution(schema: &mut Value) {
    let Some(map) = schema.as_object_mut() else { return };
    for keyword in ["properties", "patternProperties", "definitions"] {
        let inner = map.get_mut(keyword).and_then(Value::as_object_mut);
        inner.into_iter().flat_map(Map::values_mut).for_each(admit_substitution);
    }
    for keyword in ["items", "additionalProperties"] {
        map.get_mut(keyword).into_iter().for_each(admit_substitution);
    }
    for keyword in ["allOf", "anyOf"] {
        let inner = map.get_mut(keyword).and_then(Value::as_array_mut);
        inner.into_iter().flatten().for_each(admit_substitution);
    }
    let substituted = json!({ "type": "string", "pattern": SUBSTITUTION });
    if let Some(variants) = map.get_mut("oneOf").and_then(Value::as_array_mut) {
        variants.push(substituted);
    } else if let Some(choices) = map.remove("enum") {
        let kind = map.remove("type");
        let mut listed = json!({ "enum": choices });
        if let (Some(listed), Some(kind)) = (listed.as_object_mut(), kind) {
            listed.insert("type".into(), kind);
        }
        map.insert("anyOf".into(), json!([listed, substituted]));
    } else if let Some(pattern) = map.get("pattern").and_then(Value::as_str).map(|own| format!("{own}|{SUBSTITUTION}"))
    {
        map.insert("pattern".into(), pattern.into());
    } else {
        admit_text(map);
    }
}

/// Adds texts that are a substitution to types that are no maps.
fn admit_text(map: &mut Map<String, Value>) {
    let kinds: Vec<Value> = match map.get("type") {
        Some(Value::Array(kinds)) => kinds.clone(),
        Some(kind) => vec![kind.clone()],
        None => return,
    };
    if kinds.iter().all(|kind| !matches!(kind.as_str(), Some("string" | "object"))) && kinds != ["null"] {
        let numeric = kinds.iter().any(|kind| matches!(kind.as_str(), Some("integer" | "number")));
        let pattern = if numeric { format!("{UNDERSCORED}|{SUBSTITUTION}") } else { SUBSTITUTION.into() };
        map.insert("type".into(), kinds.into_iter().chain(["string".into()]).collect());
        map.insert("pattern".into(), pattern.into());
    }
}

/// The schema of the whole file once everything is substituted.
pub(super) fn strict(registry: &Registry) -> Value {
    let mut generator = SchemaSettings::draft07().into_generator();
    let mut properties = Map::new();
    properties.insert("version".into(), version());
    for (section, kind) in KINDS {
        properties.insert(section.into(), components(registry, kind, &mut generator));
    }
    properties.insert("service".into(), generator.subschema_for::<ServiceSection>().into());
    json!({
        "$schema": "http://json-schema.org/draft-07/schema#",
        "title": "Tollgate's configuration",
        "description": "The OpenTelemetry Collector's shape: components by `type[/name]`, wired by `service.pipelines`.",
        "type": "object",
        "properties": properties,
        "required": ["receivers", "exporters", "service"],
        "additionalProperties": false,
        "definitions": generator.take_definitions(true),
    })
}

fn version() -> Value {
    json!({
        "description": "The version of the file's format. Default: 1, the only one.",
        "type": "integer",
        "enum": [1],
        "default": 1
    })
}

fn components(registry: &Registry, kind: Kind, generator: &mut SchemaGenerator) -> Value {
    let mut patterns = Map::new();
    for declaration in registry.declarations(kind) {
        let names = std::iter::once(declaration.name).chain(declaration.aliases.iter().copied());
        let block = (declaration.schema)(generator);
        patterns.insert(pattern(names), described(block, declaration, generator));
    }
    let description = match kind {
        Kind::Receiver => "Doors in, by id `type[/name]`.",
        Kind::Processor => "Steps between, by id `type[/name]`; a pipeline's list says in which order they run.",
        Kind::Exporter => "Doors out, by id `type[/name]`.",
        Kind::Extension => {
            "What stands beside the pipelines, by id `type[/name]`; `service.extensions` lists those that run."
        }
    };
    let wanted = matches!(kind, Kind::Receiver | Kind::Exporter);
    let mut section = json!({
        "description": description,
        "type": ["object", "null"],
        "patternProperties": patterns,
        "additionalProperties": false,
    });
    if let Some(section) = section.as_object_mut().filter(|_| wanted) {
        section.insert("type".into(), json!("object"));
        section.insert("minProperties".into(), json!(1));
    }
    section
}

/// A block's schema with what the component is, and null allowed where no key is required: a bare `otlp:`.
fn described(block: Schema, declaration: &Declaration, generator: &SchemaGenerator) -> Value {
    let block = Value::from(block);
    let name = block.get("$ref").and_then(Value::as_str).and_then(|path| path.rsplit('/').next());
    let definition = name.and_then(|name| generator.definitions().get(name)).unwrap_or(&block);
    let required = definition.get("required").and_then(Value::as_array).is_some_and(|keys| !keys.is_empty());
    let description = declaration.about;
    let example = yaml::parse(declaration.example, 0, &mut Vec::new()).map(|node| node.value());
    if required {
        json!({ "description": description, "examples": [example], "allOf": [block] })
    } else {
        json!({ "description": description, "examples": [example], "anyOf": [block, { "type": "null" }] })
    }
}

/// The ids of a component's types, as a pattern of a schema.
fn pattern<'n>(names: impl Iterator<Item = &'n str>) -> String {
    format!("^({})(/.+)?$", names.collect::<Vec<_>>().join("|"))
}

/// Whether an id matches a pattern that [`pattern`] or the pipelines' schema made; any other pattern matches all.
pub(super) fn matches(pattern: &str, id: &str) -> bool {
    let Some(names) = pattern.strip_prefix("^(").and_then(|rest| rest.strip_suffix(")(/.+)?$")) else { return true };
    let (kind, name) = id.split_once('/').map_or((id, None), |(kind, name)| (kind, Some(name)));
    name != Some("") && names.split('|').any(|known| known == kind)
}
