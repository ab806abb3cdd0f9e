//! Reading every source of the configuration into one tree: files, then the environment, then arguments.

use std::path::PathBuf;

use super::environment::{Environment, Unread, read_file};
use super::layers;
use super::node::{Node, Tree};
use super::report::Diagnostic;
use super::secrets::Mask;
use super::shape::Shape;
use super::source::{Place, Source};
use super::substitute::substitute;
use super::yaml;

/// The largest file or text of configuration, bytes: eighty times the largest we know of.
const MAX_BYTES: u64 = 8 << 20;

/// Where configuration comes from, as `--config` says it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ConfigSource {
    /// A file.
    File(PathBuf),
    /// YAML in the argument itself, with the Collector's `a::b: value` keys.
    Yaml(String),
    /// YAML in an environment variable.
    Env(String),
}

impl ConfigSource {
    /// Reads an argument: a path, or `file:`, `yaml:` and `env:` as the Collector has them.
    pub fn parse(argument: &str) -> Self {
        match argument.split_once(':') {
            Some(("file", path)) => Self::File(path.into()),
            Some(("yaml", text)) => Self::Yaml(text.into()),
            Some(("env", name)) => Self::Env(name.into()),
            _ => Self::File(argument.into()),
        }
    }
}

/// A configuration as it was read: merged, substituted, not yet checked.
#[derive(Clone, Debug)]
pub struct Loaded {
    pub(super) sources: Vec<Source>,
    /// Each layer by itself, for the secrets in what was overridden.
    pub(super) layers: Vec<Node>,
    pub(super) root: Node,
    /// What was wrong while reading.
    pub(super) wrong: Vec<Diagnostic>,
    /// Secrets guessed in texts that could not be parsed.
    pub(super) guessed: Mask,
    /// A source could not be read or parsed: what is missing may stand there.
    pub(super) broken: bool,
}

/// Reads and merges: `sources` in order, then `TOLLGATE__…` of the environment, then `set` in order.
/// Never fails: what is wrong is told by [`Loaded::check`].
pub fn load(sources: &[ConfigSource], set: &[String], environment: &Environment) -> Loaded {
    let mut reading = Reading::default();
    for source in sources {
        reading.read(source, environment);
    }
    let files = layers::merge(reading.layers.clone());
    reading.layers.extend(layers::environment(environment, &files, &mut reading.sources, &mut reading.guessed));
    let Reading { sources, wrong, guessed, .. } = &mut reading;
    let arguments = layers::arguments(set, sources, wrong, guessed);
    reading.layers.extend(arguments);
    let mut root = layers::merge(reading.layers.clone());
    let Reading { sources, layers, mut wrong, guessed, broken } = reading;
    substitute(&mut root, environment, &mut wrong);
    locate(&root, &mut wrong);
    Loaded { sources, layers, root, wrong, guessed, broken }
}

/// What has been read so far.
#[derive(Default)]
struct Reading {
    sources: Vec<Source>,
    layers: Vec<Node>,
    wrong: Vec<Diagnostic>,
    guessed: Mask,
    broken: bool,
}

impl Reading {
    fn read(&mut self, source: &ConfigSource, environment: &Environment) {
        let index = self.sources.len();
        let (name, text) = match source {
            ConfigSource::File(path) => (path.display().to_string(), read_file(path, MAX_BYTES)),
            ConfigSource::Yaml(text) => ("yaml:".into(), Ok(text.clone())),
            ConfigSource::Env(name) => {
                let value = environment.get(name).map(Into::into);
                (format!("env:{name}"), value.ok_or_else(|| Unread::of("the variable is not set")))
            }
        };
        let text = match text {
            Ok(text) => text,
            Err(Unread { why, before: text }) => {
                self.broken = true;
                self.guessed.guess(index, &text);
                let place = Place { source: index, start: text.len(), end: text.len() };
                self.wrong.push(Diagnostic::error("E003", format!("cannot read `{name}`: {why}"), Some(place)));
                self.sources.push(Source { name, text });
                return;
            }
        };
        let parsed = yaml::parse(&text, index, &mut self.wrong);
        match parsed {
            None => {
                self.broken = true;
                self.guessed.guess(index, &text);
            }
            Some(root) if matches!(root.tree, Tree::Map(_)) => layers::unfold(root, &mut self.layers),
            Some(root) if root.is_null() => {}
            Some(root) => {
                self.broken = true;
                self.guessed.guess(index, &text);
                let message = "a configuration is a map of sections";
                let wrong = Diagnostic::error("E005", message, Some(root.place));
                self.wrong.push(wrong.hint("it starts with `receivers:`"));
            }
        }
        self.sources.push(Source { name, text });
    }
}

/// Gives each diagnostic that only knows its place the path of the key that stands there.
fn locate(root: &Node, wrong: &mut [Diagnostic]) {
    let mut paths: Vec<(Place, String)> = Vec::new();
    collect(root, String::new(), &mut paths);
    for diagnostic in wrong.iter_mut().filter(|diagnostic| diagnostic.path.is_empty()) {
        let found = paths.iter().find(|(place, _)| Some(*place) == diagnostic.place);
        if let Some((_, path)) = found {
            diagnostic.path.clone_from(path);
        }
    }
}

fn collect(node: &Node, path: String, paths: &mut Vec<(Place, String)>) {
    let below = |key: &str| if path.is_empty() { key.to_owned() } else { format!("{path}.{key}") };
    for (index, item) in node.items().iter().enumerate() {
        collect(item, below(&index.to_string()), paths);
    }
    for entry in node.entries() {
        let path = below(&entry.key);
        paths.push((entry.key_place, path.clone()));
        collect(&entry.value, path, paths);
    }
    paths.push((node.place, path));
}

impl Loaded {
    /// The secrets of every layer and of what was merged and substituted; marks those of `root`.
    pub(super) fn mask(&self, root: &mut Node, shape: &Shape<'_>) -> Mask {
        let mut mask = self.guessed.clone();
        for layer in &self.layers {
            mask.collect(&mut layer.clone(), shape);
        }
        mask.collect(root, shape);
        mask
    }
}
