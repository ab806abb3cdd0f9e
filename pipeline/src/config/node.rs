//! The configuration as a tree in which every key and value knows its place.

use serde_json::{Map, Value};

use super::scalar;
use super::source::Place;

/// A value and where it stands.
#[derive(Clone, Debug)]
pub(super) struct Node {
    pub(super) place: Place,
    pub(super) tree: Tree,
    /// What a substitution put here, for people: `env NAME`, `file PATH`.
    pub(super) via: Option<String>,
    /// Never to be shown.
    pub(super) secret: bool,
    /// Of a map: what was written and does not count, a key's second value. Kept for the secrets in it.
    pub(super) dropped: Vec<Entry>,
}

/// What a node holds.
#[derive(Clone, Debug)]
pub(super) enum Tree {
    Scalar(Scalar),
    List(Vec<Node>),
    Map(Vec<Entry>),
}

/// A scalar as it was written; its type is worked out when it is read.
#[derive(Clone, Debug)]
pub(super) struct Scalar {
    pub(super) text: String,
    /// Unquoted: YAML gives it a type.
    pub(super) plain: bool,
    /// Came from a substitution, a variable or an argument: takes the type that is wanted.
    pub(super) loose: bool,
    /// Of what came from there, what it is as YAML: a list or a map, for where one is wanted.
    pub(super) structure: Option<Box<Node>>,
}

impl Scalar {
    pub(super) fn new(text: impl Into<String>, plain: bool) -> Self {
        Self { text: text.into(), plain, loose: false, structure: None }
    }
}

/// A key and its value.
#[derive(Clone, Debug)]
pub(super) struct Entry {
    pub(super) key: String,
    pub(super) key_place: Place,
    pub(super) value: Node,
}

impl Node {
    pub(super) fn new(place: Place, tree: Tree) -> Self {
        Self { place, tree, via: None, secret: false, dropped: Vec::new() }
    }

    pub(super) fn null(place: Place) -> Self {
        Self::new(place, Tree::Scalar(Scalar::new("", true)))
    }

    pub(super) fn entries(&self) -> &[Entry] {
        if let Tree::Map(entries) = &self.tree { entries } else { &[] }
    }

    pub(super) fn items(&self) -> &[Self] {
        if let Tree::List(items) = &self.tree { items } else { &[] }
    }

    pub(super) fn scalar(&self) -> Option<&Scalar> {
        if let Tree::Scalar(scalar) = &self.tree { Some(scalar) } else { None }
    }

    /// The text of a scalar that reads as one.
    pub(super) fn text(&self) -> Option<&str> {
        self.scalar().filter(|_| self.value().is_string()).map(|scalar| scalar.text.as_str())
    }

    pub(super) fn is_null(&self) -> bool {
        matches!(&self.tree, Tree::Scalar(scalar) if scalar.plain && scalar::is_null(&scalar.text))
    }

    pub(super) fn entry(&self, key: &str) -> Option<&Entry> {
        self.entries().iter().find(|entry| entry.key == key)
    }

    pub(super) fn get(&self, key: &str) -> Option<&Self> {
        self.entry(key).map(|entry| &entry.value)
    }

    /// The value at a path of keys.
    pub(super) fn at(&self, path: &[&str]) -> Option<&Self> {
        path.iter().try_fold(self, |node, key| node.get(key))
    }

    /// As JSON.
    pub(super) fn value(&self) -> Value {
        match &self.tree {
            Tree::Scalar(scalar) if scalar.plain => scalar::typed(&scalar.text),
            Tree::Scalar(scalar) => Value::String(scalar.text.clone()),
            Tree::List(items) => items.iter().map(Self::value).collect(),
            Tree::Map(entries) => {
                let pairs = entries.iter().map(|entry| (entry.key.clone(), entry.value.value()));
                Value::Object(pairs.collect::<Map<_, _>>())
            }
        }
    }

    /// Calls `see` for this node and each below, parents first; for what was dropped too.
    pub(super) fn visit<'a>(&'a self, see: &mut impl FnMut(&'a Self)) {
        see(self);
        self.items().iter().for_each(|item| item.visit(see));
        self.entries().iter().chain(&self.dropped).for_each(|entry| entry.value.visit(see));
    }

    /// Moves every place of the tree to `place`: what a substitution brought stands where it was asked for.
    pub(super) fn move_to(&mut self, place: Place, via: Option<&str>) {
        self.place = place;
        self.via = via.map(Into::into);
        self.dropped.clear();
        match &mut self.tree {
            Tree::Scalar(_) => {}
            Tree::List(items) => items.iter_mut().for_each(|item| item.move_to(place, via)),
            Tree::Map(entries) => {
                for entry in entries {
                    entry.key_place = place;
                    entry.value.move_to(place, via);
                }
            }
        }
    }
}

/// What a path of keys and indices leads to: the key (for an item of a list, the item) and the value.
pub(super) struct Found<'a> {
    pub(super) key: Place,
    pub(super) value: &'a Node,
}

impl Node {
    /// Follows a path of keys and indices as far as it goes; whether it went all the way is the second.
    pub(super) fn find<S: AsRef<str>>(&self, path: &[S]) -> (Found<'_>, bool) {
        let mut found = Found { key: self.place, value: self };
        for segment in path {
            let segment = segment.as_ref();
            let item = segment.parse().ok().and_then(|index: usize| found.value.items().get(index));
            found = match (found.value.entry(segment), item) {
                (Some(entry), _) => Found { key: entry.key_place, value: &entry.value },
                (None, Some(item)) => Found { key: item.place, value: item },
                (None, None) => return (found, false),
            };
        }
        (found, true)
    }
}
