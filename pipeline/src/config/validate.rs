//! The merged tree against the schema of the whole file: every unknown key, wrong type and value out of range,
//! each at its place.

use jsonschema::ValidationError;
use jsonschema::error::ValidationErrorKind as Broken;
use serde_json::Value;

use super::node::{Entry, Node, Scalar, Tree};
use super::report::Diagnostic;
use super::rules::Rules;
use super::scalar;
use super::schema::Kind;
use super::shape::{Shape, kind_of};
use super::suggest;

/// Gives what came from outside the type that is wanted, and an absent map where one is wanted its emptiness.
pub(super) fn settle(node: &mut Node, shape: &Shape<'_>) {
    if let Tree::Scalar(scalar) = &mut node.tree {
        let wanted = shape.allows("object") || shape.allows("array");
        match scalar.structure.take().filter(|_| wanted) {
            Some(structure) => *node = *structure,
            None if scalar.loose => scalar.plain = keeps_type(scalar, shape),
            None => {}
        }
    }
    if let Tree::Scalar(scalar) = &mut node.tree {
        if let Some(choice) = shape.chosen(&scalar.text) {
            scalar.text = choice.into();
        }
        if node.is_null() && shape.allows("object") && !shape.allows("null") {
            node.tree = Tree::Map(Vec::new());
        }
    }
    match &mut node.tree {
        Tree::Scalar(_) => {}
        Tree::List(items) => items.iter_mut().for_each(|item| settle(item, &shape.item())),
        Tree::Map(entries) => {
            entries.iter_mut().for_each(|entry| settle(&mut entry.value, &shape.child(&entry.key)));
            entries.retain_mut(|entry| is_set(entry, shape));
        }
    }
}

/// Whether a key says anything: as in the Collector, one without a value leaves its default, where nothing is no value
/// of it; and so does an empty text where only certain texts may stand.
fn is_set(entry: &mut Entry, shape: &Shape<'_>) -> bool {
    let child = shape.child(&entry.key);
    let null = entry.value.is_null() && !child.allows("null") && !child.is_free();
    let Tree::Scalar(scalar) = &mut entry.value.tree else { return true };
    if !shape.keys().contains(&entry.key.as_str()) {
        // A header, say: it is there, and empty.
        if null && child.allows("string") {
            *scalar = Scalar::new("", false);
        }
        return true;
    }
    let empty = scalar.text.is_empty() && child.is_closed() && !child.choices().iter().any(|choice| *choice == "");
    // One that is wanted is told of where it stands.
    let wanted = shape.requires(&entry.key);
    wanted || !(null || (empty && !entry.value.is_null()))
}

/// Whether what YAML makes of a text may stand here. Where any text may, it stays text: `007` and `0e12` are
/// passwords and header values before they are numbers. Nothing stays nothing where only certain texts may stand.
fn keeps_type(scalar: &Scalar, shape: &Shape<'_>) -> bool {
    let nothing = scalar::is_null(&scalar.text) && shape.allows("null") && !shape.choices().is_empty();
    nothing || !shape.allows("string")
}

/// Everything in which `root`, settled, breaks the schema.
pub(super) fn validate(root: &Node, rules: &Rules, shape: &Shape<'_>) -> Vec<Diagnostic> {
    let value = root.value();
    // Without one a component declared a schema that is none: the file is not to blame.
    let Some(validator) = rules.validator() else { return Vec::new() };
    let mut wrong = Vec::new();
    for error in validator.iter_errors(&value) {
        Judge { root, shape, wrong: &mut wrong }.judge(&error);
    }
    wrong
}

struct Judge<'a> {
    root: &'a Node,
    shape: &'a Shape<'a>,
    wrong: &'a mut Vec<Diagnostic>,
}

/// Where an error is, in the three ways that messages need.
struct Site<'a> {
    path: Vec<String>,
    node: &'a Node,
    place: super::source::Place,
    key: super::source::Place,
}

impl Site<'_> {
    /// The last key, for messages.
    fn name(&self) -> String {
        let key = self.path.iter().rev().find(|segment| segment.parse::<usize>().is_err());
        key.map_or_else(|| "the configuration".into(), |key| format!("`{key}`"))
    }

    /// The value for messages; what a substitution brought and what is secret is not quoted.
    fn value(&self) -> String {
        match self.node.scalar() {
            _ if self.node.secret => "this".into(),
            Some(_) if self.node.via.is_some() => {
                format!("the value of {}", self.node.via.as_deref().unwrap_or_default())
            }
            Some(scalar) if scalar.text.is_empty() && scalar.plain => "nothing".into(),
            Some(scalar) if scalar.text.len() <= 60 => format!("`{}`", scalar.text.escape_debug()),
            _ => "this".into(),
        }
    }
}

impl<'a> Judge<'a> {
    fn site(&self, error: &ValidationError<'_>) -> Site<'a> {
        let pointer = error.instance_path().as_str();
        let segments = pointer.split('/').skip(1).map(|segment| segment.replace("~1", "/").replace("~0", "~"));
        let path: Vec<String> = segments.collect();
        let (found, _) = self.root.find(&path);
        Site { node: found.value, place: found.value.place, key: found.key, path }
    }

    fn push(&mut self, diagnostic: Diagnostic, path: &[String]) {
        self.wrong.push(diagnostic.path(path.join(".")));
    }

    fn judge(&mut self, error: &ValidationError<'_>) {
        let site = self.site(error);
        match error.kind() {
            Broken::AdditionalProperties { unexpected } => unexpected.iter().for_each(|key| self.unknown(&site, key)),
            Broken::AnyOf { context } | Broken::OneOfNotValid { context } => self.alternatives(&site, context),
            Broken::Type { .. } => self.wrong_type(&site),
            Broken::Enum { .. } | Broken::Constant { .. } => self.not_one_of(&site),
            Broken::Required { property } => self.missing(&site, property.as_str().unwrap_or_default()),
            Broken::Pattern { .. } | Broken::Format { .. } => self.unreadable(&site),
            Broken::Maximum { limit } => self.range(&site, &format!("at most {limit}")),
            Broken::Minimum { limit } => self.range(&site, &format!("at least {limit}")),
            Broken::ExclusiveMaximum { limit } => self.range(&site, &format!("less than {limit}")),
            Broken::ExclusiveMinimum { limit } => self.range(&site, &format!("more than {limit}")),
            Broken::MinItems { limit } | Broken::MinLength { limit } | Broken::MinProperties { limit } => {
                self.length(&site, "at least", *limit);
            }
            Broken::MaxItems { limit } | Broken::MaxLength { limit } | Broken::MaxProperties { limit } => {
                self.length(&site, "at most", *limit);
            }
            _ => {
                let message = format!("{}: {}", site.name(), error.masked());
                self.push(Diagnostic::error("E017", message, Some(site.place)), &site.path);
            }
        }
    }

    /// Of several schemas none fits: the one that was meant is the one whose type fits.
    fn alternatives(&mut self, site: &Site<'a>, context: &[Vec<ValidationError<'static>>]) {
        let here = site.path.len();
        let depth = |error: &ValidationError<'_>| error.instance_path().as_str().matches('/').count();
        let misses_type =
            |error: &ValidationError<'_>| matches!(error.kind(), Broken::Type { .. }) && depth(error) <= here;
        let misses_value = |error: &ValidationError<'_>| {
            matches!(error.kind(), Broken::Constant { .. } | Broken::Enum { .. }) && depth(error) <= here
        };
        let meant: Vec<_> = context.iter().filter(|branch| !branch.iter().any(misses_type)).collect();
        let closest = meant.iter().filter(|branch| !branch.iter().any(misses_value)).min_by_key(|branch| branch.len());
        match closest {
            Some(branch) => branch.iter().for_each(|error| self.judge(error)),
            None if meant.is_empty() => self.wrong_type(site),
            None => self.not_one_of(site),
        }
    }

    fn unknown(&mut self, site: &Site<'a>, key: &str) {
        let place = site.node.entry(key).map_or(site.place, |entry| entry.key_place);
        let mut path = site.path.clone();
        path.push(key.into());
        let keys = self.shape.at(&site.path).keys();
        let segments: Vec<&str> = site.path.iter().map(String::as_str).collect();
        let diagnostic = match segments[..] {
            [] => section(key, &keys, place),
            [section] if Kind::of_section(section).is_some() => return, // ids are the graph's to judge
            ["service", "pipelines"] => return,
            _ => {
                let message = format!("unknown key `{key}` in {}", owner(&segments));
                let diagnostic = Diagnostic::error("E014", message, Some(place));
                Diagnostic { hint: suggest::hint(key, keys), ..diagnostic }
            }
        };
        self.push(diagnostic, &path);
    }

    fn wrong_type(&mut self, site: &Site<'a>) {
        // What could not be substituted has been reported already.
        if site.node.via.as_deref() == Some("nothing") {
            return;
        }
        let shape = self.shape.at(&site.path);
        let found = kind_of(&site.node.value());
        let message = match found {
            "null" => format!("{} has no value, it must be {}", site.name(), wanted(&shape)),
            found => format!("{} must be {}, not {}", site.name(), wanted(&shape), article(found)),
        };
        let mut diagnostic = Diagnostic::error("E015", message, Some(site.place));
        diagnostic.hint = type_hint(&shape, found, site);
        // A map or a list has no place of its own that reads well; its key has.
        if site.node.scalar().is_none() || site.node.place.start == site.node.place.end {
            diagnostic.place = Some(site.key);
        }
        self.push(diagnostic, &site.path);
    }

    fn not_one_of(&mut self, site: &Site<'a>) {
        if site.node.via.as_deref() == Some("nothing") {
            return;
        }
        let shape = self.shape.at(&site.path);
        if shape.get("type").is_some() && !shape.allows(kind_of(&site.node.value())) {
            return; // its type has been reported
        }
        let choices: Vec<String> = shape.choices().into_iter().map(plain).collect();
        let message = format!("{}: {} is not one of the values it can have", site.name(), site.value());
        let diagnostic = Diagnostic::error("E017", message, Some(site.place));
        let text = site.node.scalar().map(|scalar| scalar.text.clone()).unwrap_or_default();
        let hint = suggest::hint(&text, choices.iter().map(String::as_str));
        self.push(Diagnostic { hint, ..diagnostic }, &site.path);
    }

    fn missing(&mut self, site: &Site<'a>, key: &str) {
        let segments: Vec<&str> = site.path.iter().map(String::as_str).collect();
        let diagnostic = match segments[..] {
            // Sections and the two lists of a pipeline are the graph's to miss.
            [] | ["service"] | ["service", "pipelines", _] => return,
            _ => {
                let message = format!("`{key}` is missing in {}", owner(&segments));
                Diagnostic::error("E019", message, Some(site.key))
            }
        };
        let described = self.shape.at(&site.path).child(key).get("description").and_then(Value::as_str);
        let hint = described.map(|text| format!("`{key}`: {}", text.lines().next().unwrap_or_default()));
        self.push(Diagnostic { hint, ..diagnostic }, &site.path);
    }

    fn unreadable(&mut self, site: &Site<'a>) {
        if site.node.via.as_deref() == Some("nothing") {
            return;
        }
        let shape = self.shape.at(&site.path);
        let (what, hint) = match shape.get("x-unit").and_then(Value::as_str) {
            Some("duration") => ("a duration", "as in `30s`, `1m30s`, `300ms`; `0` is none"),
            Some("size") => ("a size", "as in `4MiB`, `100KB`, or a plain number of bytes"),
            _ => ("of the right form", ""),
        };
        let message = format!("{}: {} is not {what}", site.name(), site.value());
        let mut diagnostic = Diagnostic::error("E018", message, Some(site.place));
        let described = shape.get("description").and_then(Value::as_str).and_then(|text| text.lines().next());
        diagnostic.hint = Some(hint).filter(|hint| !hint.is_empty()).or(described).map(Into::into);
        self.push(diagnostic, &site.path);
    }

    fn range(&mut self, site: &Site<'a>, bound: &str) {
        let shape = self.shape.at(&site.path);
        if kind_of(&site.node.value()) == "number" && !shape.names("number") && !shape.is_free() {
            return; // its type has been reported
        }
        if self.shape.at(&site.path).get("x-unit").and_then(Value::as_str) == Some("duration") {
            let message = format!("{}: {} is a duration without a unit", site.name(), site.value());
            let number = site.node.scalar().filter(|_| site.node.via.is_none()).map_or("30", |scalar| &scalar.text);
            let hint = format!("did you mean `{number}s`?");
            self.push(Diagnostic::error("E018", message, Some(site.place)).hint(hint), &site.path);
            return;
        }
        let message = format!("{}: {} is out of range, it must be {bound}", site.name(), site.value());
        self.push(Diagnostic::error("E016", message, Some(site.place)), &site.path);
    }

    fn length(&mut self, site: &Site<'a>, bound: &str, limit: u64) {
        let segments: Vec<&str> = site.path.iter().map(String::as_str).collect();
        let graphs = matches!(segments[..], ["service", "pipelines"] | ["service", "pipelines", _, _])
            || matches!(segments[..], [section] if Kind::of_section(section).is_some());
        if graphs {
            return;
        }
        let things = match site.node.tree {
            Tree::Scalar(_) => "character",
            Tree::List(_) => "item",
            Tree::Map(_) => "key",
        };
        let plural = if limit == 1 { "" } else { "s" };
        let message = format!("{} must have {bound} {limit} {things}{plural}", site.name());
        let place = if site.node.scalar().is_some() { site.place } else { site.key };
        self.push(Diagnostic::error("E016", message, Some(place)), &site.path);
    }
}

/// An unknown key at the top; the Collector's sections that we lack get a word of their own.
fn section(key: &str, known: &[&str], place: super::source::Place) -> Diagnostic {
    let diagnostic = Diagnostic::error("E011", format!("unknown section `{key}`"), Some(place));
    let hint = match key {
        "connectors" => Some("there are no connectors: list an exporter in each pipeline that should reach it".into()),
        _ => suggest::hint(key, known.iter().copied()),
    };
    Diagnostic { hint, ..diagnostic }
}

/// Whose key it is: `exporter `otlp/x``, ``tls` of exporter `otlp/x``, ``service.telemetry``.
pub(super) fn owner(segments: &[&str]) -> String {
    match segments {
        [section, id, rest @ ..] if Kind::of_section(section).is_some() => {
            let kind = Kind::of_section(section).map_or("component", Kind::name);
            if rest.is_empty() { format!("{kind} `{id}`") } else { format!("`{}` of {kind} `{id}`", rest.join(".")) }
        }
        ["service", "pipelines", id, ..] => format!("pipeline `{id}`"),
        _ => format!("`{}`", segments.join(".")),
    }
}

/// What type is wanted, in words.
fn wanted(shape: &Shape<'_>) -> String {
    match shape.get("x-unit").and_then(Value::as_str) {
        Some("duration") => return "a duration such as `30s`".into(),
        Some("size") => return "a size such as `4MiB`".into(),
        _ => {}
    }
    let kinds = ["string", "boolean", "integer", "number", "array", "object"];
    let mut names: Vec<&str> = kinds.into_iter().filter(|kind| shape.allows(kind)).collect();
    if names.contains(&"number") && names.contains(&"integer") {
        names.retain(|kind| *kind != if shape.names("number") { "integer" } else { "number" });
    }
    if names.is_empty() {
        return "something else".into();
    }
    names.into_iter().map(article).collect::<Vec<_>>().join(" or ")
}

fn article(kind: &str) -> &'static str {
    match kind {
        "string" => "a text",
        "boolean" => "true or false",
        "integer" => "a whole number",
        "number" => "a number",
        "array" => "a list",
        "object" => "a map",
        _ => "nothing",
    }
}

fn type_hint(shape: &Shape<'_>, found: &str, site: &Site<'_>) -> Option<String> {
    let text =
        site.node.scalar().map(|scalar| scalar.text.as_str()).filter(|_| !site.node.secret && site.node.via.is_none());
    match (found, text) {
        _ if site.node.via.is_some() => {
            Some(format!("the value comes from {}", site.node.via.as_deref().unwrap_or_default()))
        }
        ("string", Some("yes" | "on" | "Yes" | "On")) if shape.allows("boolean") => Some("did you mean `true`?".into()),
        ("string", Some("no" | "off" | "No" | "Off")) if shape.allows("boolean") => {
            Some("did you mean `false`?".into())
        }
        ("integer" | "number" | "boolean", Some(text)) if shape.allows("string") => {
            Some(format!("quote it: \"{text}\""))
        }
        ("string", Some(text)) if shape.allows("array") && !text.is_empty() => {
            Some(format!("as a list of one: [{text}]"))
        }
        ("string", Some(text)) if shape.allows(kind_of(&scalar::typed(text))) => Some("take the quotes away".into()),
        _ => None,
    }
}

/// A value of the schema as YAML would have it.
fn plain(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), Into::into)
}
