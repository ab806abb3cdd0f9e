//! The configuration as it came out of every layer, as YAML, with where each value came from and without secrets.

use std::fmt::Write;

use super::load::Loaded;
use super::node::{Entry, Node, Tree};
use super::rules::Rules;
use super::scalar;
use super::secrets::{MASKED, Mask};
use super::source::Place;
use super::validate;

impl Loaded {
    /// The resolved configuration as YAML. With `origin`, each value is followed by the source that set it;
    /// defaults are not written. Secrets are `***`.
    pub fn show(&self, rules: &Rules, origin: bool) -> String {
        let shape = rules.shape();
        let mut root = self.root.clone();
        validate::settle(&mut root, &shape);
        let mask = self.mask(&mut root, &shape);
        let mut writer = Writer { loaded: self, mask: &mask, origin, text: String::new() };
        writer.entries(root.entries(), 0);
        writer.text
    }

    fn origin(&self, place: Place, via: Option<&str>) -> String {
        let Some(source) = self.sources.get(place.source) else { return String::new() };
        let position = source.position(place.start);
        let set = source.text.split_once('=').map(|(name, _)| name);
        let from = match (source.name.as_str(), set) {
            ("environment", Some(name)) => format!("env {name}"),
            ("--set", _) => "--set".to_owned(),
            (file, _) => format!("{file}:{}:{}", position.line, position.column),
        };
        via.map_or(from.clone(), |via| format!("{from} ({via})"))
    }
}

struct Writer<'a> {
    loaded: &'a Loaded,
    mask: &'a Mask,
    origin: bool,
    text: String,
}

impl Writer<'_> {
    fn entries(&mut self, entries: &[Entry], indent: usize) {
        for entry in entries {
            let pad = " ".repeat(indent);
            let key = quoted(&entry.key);
            // Writing to a String does not fail.
            let _ = write!(self.text, "{pad}{key}:");
            self.value(&entry.value, indent);
        }
    }

    fn value(&mut self, node: &Node, indent: usize) {
        match &node.tree {
            Tree::Map(entries) if !entries.is_empty() => {
                self.text.push('\n');
                self.entries(entries, indent + 2);
            }
            Tree::List(items) if !items.is_empty() => {
                self.text.push('\n');
                for item in items {
                    let _ = write!(self.text, "{}-", " ".repeat(indent + 2));
                    self.value(item, indent + 2);
                }
            }
            _ => {
                let _ = write!(self.text, " {}", self.leaf(node));
                if self.origin {
                    let _ = write!(self.text, "  # {}", self.loaded.origin(node.place, node.via.as_deref()));
                }
                self.text.push('\n');
            }
        }
    }

    fn leaf(&self, node: &Node) -> String {
        match &node.tree {
            Tree::Map(_) => "{}".into(),
            Tree::List(_) => "[]".into(),
            Tree::Scalar(_) if node.secret => format!("\"{MASKED}\""),
            Tree::Scalar(_) if node.is_null() => "null".into(),
            Tree::Scalar(scalar) if scalar.plain && !scalar::typed(&scalar.text).is_string() => scalar.text.clone(),
            // Read back, a `$` would ask for something.
            Tree::Scalar(scalar) => quoted(&self.mask.text(&scalar.text).replace('$', "$$")),
        }
    }
}

/// A text as YAML reads it back as one: plain where that is safe, in double quotes else (JSON's are YAML's).
fn quoted(text: &str) -> String {
    let safe = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '/' | '.' | '-' | '+');
    let plain = text.starts_with(|c: char| c.is_ascii_alphanumeric() || c == '_' || c == '/')
        && text.chars().all(safe)
        && scalar::typed(text).is_string();
    if plain { text.into() } else { serde_json::Value::String(text.into()).to_string() }
}
