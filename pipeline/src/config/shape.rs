//! What the schema says of one place of the tree: which keys, which types, which default.

use serde_json::{Map, Value};

use super::schema;

/// How far `$ref` and `anyOf` are followed at one place.
const MAX_HOPS: usize = 16;

/// The schemas that apply at one place; none where nothing is known.
#[derive(Clone)]
pub(super) struct Shape<'s> {
    root: &'s Value,
    options: Vec<&'s Map<String, Value>>,
}

impl<'s> Shape<'s> {
    /// The shape of the whole file.
    pub(super) fn root(root: &'s Value) -> Self {
        let mut shape = Self { root, options: Vec::new() };
        shape.add(root, 0);
        shape
    }

    fn of(&self, schemas: impl Iterator<Item = &'s Value>) -> Self {
        let mut shape = Self { root: self.root, options: Vec::new() };
        schemas.for_each(|schema| shape.add(schema, 0));
        shape
    }

    fn add(&mut self, schema: &'s Value, hops: usize) {
        let Some(map) = schema.as_object().filter(|_| hops < MAX_HOPS) else { return };
        self.options.push(map);
        let pointer = map.get("$ref").and_then(Value::as_str).and_then(|text| text.strip_prefix('#'));
        if let Some(target) = pointer.and_then(|pointer| self.root.pointer(pointer)) {
            self.add(target, hops + 1);
        }
        for keyword in ["allOf", "anyOf", "oneOf"] {
            for each in map.get(keyword).and_then(Value::as_array).into_iter().flatten() {
                self.add(each, hops + 1);
            }
        }
    }

    /// The shape of the value of `key`.
    pub(super) fn child(&self, key: &str) -> Self {
        let found = self.options.iter().filter_map(|option| {
            let named = option.get("properties").and_then(|properties| properties.get(key));
            let patterns = option.get("patternProperties").and_then(Value::as_object);
            let matching =
                || patterns?.iter().find(|(pattern, _)| schema::matches(pattern, key)).map(|(_, value)| value);
            named.or_else(matching).or_else(|| option.get("additionalProperties"))
        });
        self.of(found)
    }

    /// Whether a map here can have this key; nothing is known against one where no schema speaks of keys.
    pub(super) fn knows(&self, key: &str) -> bool {
        let mut maps = self.options.iter().filter(|option| option.get("additionalProperties").is_some()).peekable();
        let closed = maps.peek().is_some() && maps.all(|map| map.get("additionalProperties") == Some(&false.into()));
        let patterns = |option: &&&'s Map<String, Value>| {
            let patterns = option.get("patternProperties").and_then(Value::as_object);
            patterns.is_some_and(|patterns| patterns.keys().any(|pattern| schema::matches(pattern, key)))
        };
        !closed || self.keys().contains(&key) || self.options.iter().any(|option| patterns(&option))
    }

    /// Whether a map here must have this key.
    pub(super) fn requires(&self, key: &str) -> bool {
        let mut required = self.options.iter().filter_map(|option| option.get("required")?.as_array()).flatten();
        required.any(|wanted| wanted == key)
    }

    /// Whether keys here are ids.
    pub(super) fn has_patterns(&self) -> bool {
        self.options.iter().any(|option| option.contains_key("patternProperties"))
    }

    /// The shape of an item of a list.
    pub(super) fn item(&self) -> Self {
        self.of(self.options.iter().filter_map(|option| option.get("items")))
    }

    /// The shape at a path of keys and indices.
    pub(super) fn at<S: AsRef<str>>(&self, path: &[S]) -> Self {
        path.iter().fold(self.clone(), |shape, segment| {
            let segment = segment.as_ref();
            let index = segment.parse::<usize>().is_ok() && shape.allows("array");
            if index { shape.item() } else { shape.child(segment) }
        })
    }

    /// The keys that a map can have here.
    pub(super) fn keys(&self) -> Vec<&'s str> {
        let properties = self.options.iter().filter_map(|option| option.get("properties")?.as_object());
        properties.flat_map(|map| map.keys().map(String::as_str)).collect()
    }

    /// Whether a value of this JSON type can stand here; `number` means both kinds.
    pub(super) fn allows(&self, kind: &str) -> bool {
        let same = |name: &str| name == kind || (name == "integer" && kind == "number");
        self.options.iter().any(|option| {
            let typed = match option.get("type") {
                Some(Value::String(name)) => same(name),
                Some(Value::Array(names)) => names.iter().filter_map(Value::as_str).any(same),
                _ => false,
            };
            let constant = option.get("const").is_some_and(|value| same(kind_of(value)));
            let listed = option.get("enum").and_then(Value::as_array);
            typed || constant || listed.is_some_and(|values| values.iter().any(|value| same(kind_of(value))))
        })
    }

    /// Whether a schema here names this very type.
    pub(super) fn names(&self, kind: &str) -> bool {
        self.options.iter().any(|option| match option.get("type") {
            Some(Value::String(name)) => name == kind,
            Some(Value::Array(names)) => names.iter().any(|name| name == kind),
            _ => false,
        })
    }

    /// Whether a schema here has `keyword: true`.
    pub(super) fn has(&self, keyword: &str) -> bool {
        self.options.iter().any(|option| option.get(keyword) == Some(&Value::Bool(true)))
    }

    /// The first value of a keyword.
    pub(super) fn get(&self, keyword: &str) -> Option<&'s Value> {
        self.options.iter().find_map(|option| option.get(keyword))
    }

    /// Whether anything may stand here, as far as is known.
    pub(super) fn is_free(&self) -> bool {
        !self.options.iter().any(|option| ["type", "enum", "const"].iter().any(|keyword| option.contains_key(*keyword)))
    }

    /// Whether only certain texts may stand here.
    pub(super) fn is_closed(&self) -> bool {
        let open = |option: &&&Map<String, Value>| !option.contains_key("enum") && !option.contains_key("const");
        let text = |option: &&Map<String, Value>| match option.get("type") {
            Some(Value::String(name)) => name == "string",
            Some(Value::Array(names)) => names.iter().any(|name| name == "string"),
            _ => false,
        };
        self.choices().iter().any(|choice| choice.is_string()) && !self.options.iter().filter(open).any(text)
    }

    /// The one of the texts allowed here that another is but for its case.
    pub(super) fn chosen(&self, text: &str) -> Option<&'s str> {
        if text.is_empty() || !self.is_closed() {
            return None;
        }
        let choices: Vec<&str> = self.choices().into_iter().filter_map(Value::as_str).collect();
        let mut same = choices.iter().filter(|choice| choice.eq_ignore_ascii_case(text));
        same.next().filter(|_| same.next().is_none()).copied()
    }

    /// The values that are allowed here by `const` and `enum`.
    pub(super) fn choices(&self) -> Vec<&'s Value> {
        let constants = self.options.iter().filter_map(|option| option.get("const"));
        let listed = self.options.iter().filter_map(|option| option.get("enum")?.as_array()).flatten();
        constants.chain(listed).collect()
    }
}

/// The JSON type of a value, as schemas name it.
pub(super) fn kind_of(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(number) if number.is_f64() => "number",
        Value::Number(_) => "integer",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    }
}
