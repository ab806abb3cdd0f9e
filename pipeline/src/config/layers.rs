//! Layers: files < environment < `--set`. figment merges; the leaves it merges are indices of our own nodes,
//! so that every value keeps its type and its place.

use figment::value::{Dict, Map, Num, Tag, Value};
use figment::{Error, Figment, Metadata, Profile, Provider};

use super::environment::Environment;
use super::node::{Entry, Node, Scalar, Tree};
use super::report::Diagnostic;
use super::secrets::Mask;
use super::source::{Place, Source};
use super::yaml;

/// What a variable starts with that sets a key: `TOLLGATE__SERVICE__WORKERS=2`.
pub(super) const PREFIX: &str = "TOLLGATE__";

/// One layer as figment sees it.
struct Layer(Dict);

impl Provider for Layer {
    fn metadata(&self) -> Metadata {
        Metadata::named("a layer of the configuration")
    }

    fn data(&self) -> Result<Map<Profile, Dict>, Error> {
        Ok(Profile::Default.collect(self.0.clone()))
    }
}

/// Merges layers, later over earlier: maps merge, all else replaces.
pub(super) fn merge(layers: Vec<Node>) -> Node {
    let mut leaves = Vec::new();
    let mut figment = Figment::new();
    let outline: Vec<Node> = layers.iter().map(keys).collect();
    let place = layers.first().map_or(Place { source: 0, start: 0, end: 0 }, |layer| layer.place);
    for layer in layers {
        if let Tree::Map(entries) = layer.tree {
            figment = figment.merge(Layer(dict(entries, &mut leaves)));
        }
    }
    let merged = figment.data().ok().and_then(|mut profiles| profiles.remove(&Profile::Default));
    let outlines: Vec<&Node> = outline.iter().collect();
    let mut leaves: Vec<Option<Node>> = leaves.into_iter().map(Some).collect();
    map(merged.unwrap_or_default(), place, &outlines, &mut leaves)
}

/// The maps of a tree without their leaves: where each key stands.
fn keys(node: &Node) -> Node {
    let entry = |entry: &Entry| Entry {
        key: entry.key.clone(),
        key_place: entry.key_place,
        value: if matches!(entry.value.tree, Tree::Map(_)) {
            keys(&entry.value)
        } else {
            Node::null(entry.value.place)
        },
    };
    Node::new(node.place, Tree::Map(node.entries().iter().map(entry).collect()))
}

fn dict(entries: Vec<Entry>, leaves: &mut Vec<Node>) -> Dict {
    let mut merged = Dict::new();
    for Entry { key, value, .. } in entries {
        let value = if let Tree::Map(entries) = value.tree {
            Value::from(dict(entries, leaves))
        } else {
            leaves.push(value);
            Value::Num(Tag::Default, Num::USize(leaves.len() - 1))
        };
        merged.insert(key, value);
    }
    merged
}

/// Puts the merged keys back in the order of their places.
fn map(dict: Dict, place: Place, outlines: &[&Node], leaves: &mut [Option<Node>]) -> Node {
    let mut entries = Vec::with_capacity(dict.len());
    for (key, value) in dict {
        let known: Vec<&Entry> = outlines.iter().filter_map(|outline| outline.entry(&key)).collect();
        // A map stands where it was first written, a leaf where it was last.
        let (first, last) = (known.first(), known.last());
        let entry = match value {
            Value::Dict(_, inner) => first.map(|first| {
                let outlines: Vec<&Node> = known.iter().map(|entry| &entry.value).collect();
                (first.key_place, map(inner, first.value.place, &outlines, leaves))
            }),
            Value::Num(_, Num::USize(index)) => {
                let leaf = leaves.get_mut(index).and_then(Option::take);
                last.zip(leaf).map(|(last, leaf)| (last.key_place, leaf))
            }
            _ => None,
        };
        entries.extend(entry.map(|(key_place, value)| Entry { key, key_place, value }));
    }
    entries.sort_by_key(|entry| entry.key_place);
    Node::new(place, Tree::Map(entries))
}

/// A layer of one leaf from `PATH=VALUE`, the path's segments given with where they stand in it.
fn assignment(segments: &[(String, usize, usize)], text: &str, equals: usize, source: usize, mask: &mut Mask) -> Node {
    let place = |start: usize, end: usize| Place { source, start, end };
    let value = &text[equals + 1..];
    let whole = place(equals + 1, text.len());
    let mut wrong = Vec::new();
    let read = yaml::parse(value, source, &mut wrong);
    // What was to be a map and is none may hold secrets, and no key tells which.
    if read.is_none() || !wrong.is_empty() {
        mask.hide(whole, value);
    }
    // A value in quotes, which a shell has left there.
    let quoted = read.and_then(|read| read.scalar().filter(|scalar| !scalar.plain).map(|scalar| scalar.text.clone()));
    let scalar = Scalar { loose: true, ..Scalar::new(quoted.unwrap_or_else(|| value.into()), true) };
    let mut node = Node::new(whole, Tree::Scalar(scalar));
    for (key, start, end) in segments.iter().rev() {
        let entry = Entry { key: key.clone(), key_place: place(*start, *end), value: node };
        node = Node::new(whole, Tree::Map(vec![entry]));
    }
    node
}

/// Splits a path of keys, with where each stands.
fn split(path: &str, separator: &str) -> Vec<(String, usize, usize)> {
    let mut segments = Vec::new();
    let mut start = 0;
    for key in path.split(separator) {
        segments.push((key.to_owned(), start, start + key.len()));
        start += key.len() + separator.len();
    }
    segments
}

/// `TOLLGATE__A__B=value`, a layer each, in the order of their names. A segment that names a key of the
/// files in another spelling (`OTLP_BACKEND` for `otlp/backend`) means that key.
pub(super) fn environment(
    environment: &Environment,
    files: &Node,
    sources: &mut Vec<Source>,
    mask: &mut Mask,
) -> Vec<Node> {
    let mut layers = Vec::new();
    for (name, value) in environment.starting_with(PREFIX) {
        let text = format!("{name}={value}");
        let mut segments = split(&name[PREFIX.len()..], "__");
        let mut at = Some(files);
        for (key, start, end) in &mut segments {
            *start += PREFIX.len();
            *end += PREFIX.len();
            let known = at.and_then(|node| node.entries().iter().find(|entry| spelled(&entry.key) == spelled(key)));
            *key = known.map_or_else(|| key.to_ascii_lowercase(), |entry| entry.key.clone());
            at = known.map(|entry| &entry.value);
        }
        layers.push(assignment(&segments, &text, name.len(), sources.len(), mask));
        sources.push(Source { name: "environment".into(), text });
    }
    layers
}

fn spelled(key: &str) -> String {
    key.chars().map(|c| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '_' }).collect()
}

/// `--set a.b=value`, also in the Collector's spelling `a::b=value`; a layer each.
pub(super) fn arguments(
    set: &[String],
    sources: &mut Vec<Source>,
    wrong: &mut Vec<Diagnostic>,
    mask: &mut Mask,
) -> Vec<Node> {
    let mut layers = Vec::new();
    for text in set {
        let source = sources.len();
        sources.push(Source { name: "--set".into(), text: text.clone() });
        let path = text.split_once('=').map(|(path, _)| path).filter(|path| !path.is_empty());
        let separator = if path.is_some_and(|path| path.contains("::")) { "::" } else { "." };
        let segments = path.map(|path| split(path, separator)).unwrap_or_default();
        if segments.is_empty() || segments.iter().any(|(key, ..)| key.is_empty()) {
            let place = Place { source, start: 0, end: text.len() };
            let message = "`--set` wants a path of keys and a value";
            wrong.push(Diagnostic::error("E009", message, Some(place)).hint("as in `--set service.workers=2`"));
            // Nobody knows what it sets: it may be a secret.
            let value = text.find('=').or_else(|| text.find(':')).map_or(text.len(), |at| at + 1);
            mask.hide(Place { start: value, ..place }, &text[value..]);
            continue;
        }
        let equals = path.map_or(0, str::len);
        layers.push(assignment(&segments, text, equals, source, mask));
    }
    layers
}

/// Keys such as `service::telemetry::logs::level`, as the Collector's `yaml:` argument has them, to maps.
pub(super) fn unfold(node: Node, layers: &mut Vec<Node>) {
    let Tree::Map(entries) = node.tree else { return layers.push(node) };
    let (nested, plain): (Vec<_>, Vec<_>) = entries.into_iter().partition(|entry| entry.key.contains("::"));
    layers.push(Node { tree: Tree::Map(plain), ..node });
    for Entry { key, key_place, value } in nested {
        let mut folded = value;
        for segment in key.rsplit("::") {
            let entry = Entry { key: segment.into(), key_place, value: folded };
            folded = Node::new(key_place, Tree::Map(vec![entry]));
        }
        layers.push(folded);
    }
}

/// What a substitution or an argument brought, read as YAML: a list, a map or nothing of the kind.
pub(super) fn structure(text: &str, place: Place, via: Option<&str>) -> Option<Node> {
    let mut wrong = Vec::new();
    let mut node = yaml::parse(text, place.source, &mut wrong).filter(|_| wrong.is_empty())?;
    let structured = !matches!(node.tree, Tree::Scalar(_));
    node.move_to(place, via);
    structured.then_some(node)
}

#[cfg(test)]
mod tests;
