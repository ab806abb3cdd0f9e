//! `type[/name]`: how the file names a component or a pipeline.

use std::fmt;

/// The id of a component, as the Collector writes it.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ComponentId {
    /// What it is.
    pub kind: String,
    /// Which one, where there are several.
    pub name: Option<String>,
}

impl ComponentId {
    /// Reads `type` or `type/name`; both parts must not be empty.
    pub fn parse(text: &str) -> Option<Self> {
        let (kind, name) = match text.split_once('/') {
            Some((kind, name)) => (kind, Some(name)),
            None => (text, None),
        };
        let named = name.is_none_or(|name| !name.is_empty());
        (!kind.is_empty() && named).then(|| Self { kind: kind.into(), name: name.map(Into::into) })
    }
}

impl fmt::Display for ComponentId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.name {
            Some(name) => write!(f, "{}/{name}", self.kind),
            None => f.write_str(&self.kind),
        }
    }
}
