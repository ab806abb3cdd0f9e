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

/// Lets stand what is read before a value is checked: substitutions, keys without a value, other cases of a word.
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
    let wanted: Vec<Value> = map.get("required").and_then(Value::as_array).cloned().unwrap_or_default();
    let properties = map.get_mut("properties").and_then(Value::as_object_mut);
    let optional = properties.into_iter().flatten().filter(|(key, _)| !wanted.iter().any(|wanted| wanted == *key));
    optional.for_each(|(_, property)| admit_null(property));
    let texts = map.get_mut("additionalProperties").filter(|texts| texts.get("type") == Some(&json!("string")));
    texts.into_iter().for_each(admit_null);
    let words: Vec<&Value> = match (map.get("oneOf"), map.get("enum")) {
        (Some(variants), _) => variants.as_array().into_iter().flatten().filter_map(|one| one.get("const")).collect(),
        (None, choices) => choices.and_then(Value::as_array).into_iter().flatten().collect(),
    };
    let cases: String = words.into_iter().filter_map(Value::as_str).map(any_case).collect();
    let substituted = json!({ "type": "string", "pattern": format!("{SUBSTITUTION}{cases}") });
    if let Some(mut variants) = map.remove("oneOf") {
        // No longer one alone: a word is one of its own cases.
        variants.as_array_mut().into_iter().for_each(|variants| variants.push(substituted.clone()));
        map.insert("anyOf".into(), variants);
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

/// A word in any case, as one more branch of a pattern. An empty text is none of the words, and not set.
fn any_case(word: &str) -> String {
    let letter = |c: char| match c.is_ascii_alphabetic() {
        true => format!("[{}{}]", c.to_ascii_uppercase(), c.to_ascii_lowercase()),
        false if c == '.' => "\\.".into(),
        false => c.into(),
    };
    format!("|^({})?$", word.chars().map(letter).collect::<String>())
}

/// A key without a value is as good as none.
fn admit_null(schema: &mut Value) {
    let nothing = json!({ "type": "null" });
    let Some(map) = schema.as_object_mut() else { return };
    if let Some(variants) = map.get_mut("anyOf").and_then(Value::as_array_mut) {
        variants.extend((!variants.contains(&nothing)).then_some(nothing));
    } else if let Some(kinds) = map.get_mut("type") {
        let named = if kinds.is_array() { kinds.take() } else { json!([kinds.take()]) };
        let named: Vec<Value> = named.as_array().cloned().unwrap_or_default();
        let more = (!named.contains(&json!("null"))).then(|| json!("null"));
        *kinds = named.into_iter().chain(more).collect();
    } else if let Some(keyword) = ["$ref", "allOf"].into_iter().find(|keyword| map.contains_key(*keyword)) {
        let own = map.remove(keyword).unwrap_or_default();
        let single = own.as_array().filter(|all| all.len() == 1).and_then(|all| all.first()).cloned();
        map.insert("anyOf".into(), json!([single.unwrap_or_else(|| json!({ keyword: own })), nothing]));
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
