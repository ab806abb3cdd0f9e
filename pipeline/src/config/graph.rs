//! The wiring: which components there are, what pipelines list, and whether it all fits together.

use std::collections::BTreeSet;

use super::findings::Severity;
use super::id::ComponentId;
use super::node::{Entry, Node};
use super::report::Diagnostic;
use super::schema::{KINDS, Kind};
use super::shape::Shape;
use super::source::Place;
use super::suggest;
use crate::Signal;
use crate::registry::{Declaration, Registry};

/// The most destinations: the outbox keeps one bit of a word for each.
const MAX_EXPORTERS: usize = 64;

/// What the pipelines say, by id text.
#[derive(Debug, Default)]
pub(super) struct Wiring {
    pub(super) pipelines: Vec<Wired>,
    /// `service.extensions`, those that are defined.
    pub(super) extensions: Vec<String>,
}

/// One pipeline that could be read.
#[derive(Debug)]
pub(super) struct Wired {
    pub(super) id: ComponentId,
    pub(super) signal: Signal,
    pub(super) receivers: Vec<String>,
    pub(super) processors: Vec<String>,
    pub(super) exporters: Vec<String>,
}

impl Wired {
    fn list(&self, kind: Kind) -> &[String] {
        match kind {
            Kind::Receiver => &self.receivers,
            Kind::Processor => &self.processors,
            Kind::Exporter => &self.exporters,
            Kind::Extension => &[],
        }
    }
}

impl Wiring {
    /// The components of a kind that run.
    pub(super) fn used(&self, kind: Kind) -> BTreeSet<&str> {
        let listed: Box<dyn Iterator<Item = &String>> = match kind {
            Kind::Extension => Box::new(self.extensions.iter()),
            _ => Box::new(self.pipelines.iter().flat_map(move |pipeline| pipeline.list(kind))),
        };
        listed.map(String::as_str).collect()
    }
}

/// A component as the file defines it.
pub(super) struct Defined<'a> {
    pub(super) kind: Kind,
    pub(super) entry: &'a Entry,
    pub(super) declaration: &'static Declaration,
}

impl Defined<'_> {
    /// `exporters.otlp/x`.
    pub(super) fn path(&self) -> String {
        format!("{}.{}", self.kind.section(), self.entry.key)
    }

    /// What may stand in it.
    pub(super) fn shape<'s>(&self, file: &Shape<'s>) -> Shape<'s> {
        file.child(self.kind.section()).child(&self.entry.key)
    }

    /// `exporter `otlp/x``.
    pub(super) fn name(&self) -> String {
        format!("{} `{}`", self.kind.name(), self.entry.key)
    }
}

/// Reads the graph; what is wrong goes to `wrong`.
pub(super) struct Graph<'a> {
    pub(super) root: &'a Node,
    pub(super) registry: &'a Registry,
    pub(super) wrong: Vec<Diagnostic>,
}

impl<'a> Graph<'a> {
    /// Every component whose type is known. Reports the others.
    pub(super) fn defined(&mut self) -> Vec<Defined<'a>> {
        let mut defined = Vec::new();
        for (section, kind) in KINDS {
            let root: &'a Node = self.root;
            let Some(node) = root.get(section) else { continue };
            for entry in node.entries() {
                let Some(id) = ComponentId::parse(&entry.key) else {
                    let message = format!("`{}` is no id", entry.key);
                    let hint = "ids are `type` or `type/name`, both not empty";
                    self.error("E013", message, entry.key_place, format!("{section}.{}", entry.key)).hint =
                        Some(hint.into());
                    continue;
                };
                match self.registry.declaration(kind, &id.kind) {
                    Some(declaration) => defined.push(Defined { kind, entry, declaration }),
                    None => self.unknown_type(kind, &id, entry),
                }
            }
        }
        defined
    }

    fn unknown_type(&mut self, kind: Kind, id: &ComponentId, entry: &Entry) {
        let declarations = self.registry.declarations(kind);
        let names =
            declarations.iter().flat_map(|known| std::iter::once(known.name).chain(known.aliases.iter().copied()));
        let elsewhere = KINDS.iter().find(|(_, other)| self.registry.declaration(*other, &id.kind).is_some());
        let hint = match (suggest::nearest(&id.kind, names.clone()), elsewhere) {
            (Some(name), _) => Some(suggest::question(name)),
            (None, Some((section, _))) => Some(format!("`{}` belongs in `{section}`", id.kind)),
            (None, None) => suggest::hint(&id.kind, names),
        };
        let message = format!("unknown {} type `{}`", kind.name(), id.kind);
        let path = format!("{}.{}", kind.section(), entry.key);
        self.error("E012", message, entry.key_place, path).hint = hint;
    }

    fn error(&mut self, code: &'static str, message: String, place: Place, path: String) -> &mut Diagnostic {
        self.add(Severity::Error, code, message, place, path)
    }

    pub(super) fn add(
        &mut self,
        severity: Severity,
        code: &'static str,
        message: String,
        place: Place,
        path: String,
    ) -> &mut Diagnostic {
        let at = self.wrong.len();
        self.wrong.push(Diagnostic { place: Some(place), ..Diagnostic::new(severity, code, message) }.path(path));
        &mut self.wrong[at]
    }

    /// Reads the pipelines and `service.extensions`, and checks every reference.
    pub(super) fn wire(&mut self, defined: &[Defined<'a>]) -> Wiring {
        let root: &'a Node = self.root;
        self.sections();
        let mut wiring = Wiring::default();
        for entry in root.at(&["service", "pipelines"]).map(Node::entries).unwrap_or_default() {
            wiring.pipelines.extend(self.pipeline(entry, defined));
        }
        wiring.extensions = self.extensions(defined);
        self.twins(root, &wiring);
        let exporters = wiring.used(Kind::Exporter).len();
        if let Some(place) = root.entry("exporters").filter(|_| exporters > MAX_EXPORTERS) {
            let message = format!("{exporters} exporters are in use, the most is {MAX_EXPORTERS}");
            self.error("E031", message, place.key_place, "exporters".into());
        }
        wiring
    }

    fn sections(&mut self) {
        let root: &'a Node = self.root;
        let top = root.entries().first().map_or(root.place, |entry| entry.key_place);
        for section in ["receivers", "exporters"] {
            self.section(root.entry(section), section, top);
        }
        let service = root.entry("service");
        if service.is_none() {
            self.section(None, "service", top);
        } else {
            let pipelines = root.at(&["service"]).and_then(|node| node.entry("pipelines"));
            self.section(pipelines, "service.pipelines", service.map_or(top, |entry| entry.key_place));
        }
    }

    fn section(&mut self, entry: Option<&Entry>, name: &str, above: Place) {
        let (message, place) = match entry {
            None => (format!("`{name}` is missing"), above),
            Some(entry)
                if entry.value.is_null()
                    || entry.value.scalar().is_none()
                        && entry.value.entries().is_empty()
                        && entry.value.items().is_empty() =>
            {
                (format!("`{name}` is empty"), entry.key_place)
            }
            Some(_) => return,
        };
        let hint = match name {
            "receivers" => "as in `receivers: {otlp: {protocols: {grpc: {}}}}`",
            "exporters" => "as in `exporters: {otlp_grpc: {endpoint: collector:4317}}`",
            "service" => "it says which components run: `service: {pipelines: {…}}`",
            _ => "as in `pipelines: {traces: {receivers: [otlp], exporters: [debug]}}`",
        };
        self.error("E020", message, place, name.into()).hint = Some(hint.into());
    }

    fn pipeline(&mut self, entry: &'a Entry, defined: &[Defined<'a>]) -> Option<Wired> {
        let path = format!("service.pipelines.{}", entry.key);
        let Some(id) = ComponentId::parse(&entry.key) else {
            let hint = "as in `traces` or `logs/audit`";
            self.error("E013", format!("`{}` is no id", entry.key), entry.key_place, path).hint = Some(hint.into());
            return None;
        };
        let Some(signal) = Signal::from_name(&id.kind) else {
            let hint = suggest::hint(&id.kind, Signal::ALL.map(Signal::name));
            self.error("E023", format!("`{}` is no signal", id.kind), entry.key_place, path).hint = hint;
            return None;
        };
        let mut lists =
            [Kind::Receiver, Kind::Processor, Kind::Exporter].map(|kind| self.list(kind, signal, entry, defined));
        let [receivers, processors, exporters] = std::mem::take(&mut lists);
        Some(Wired { id, signal, receivers, processors, exporters })
    }

    fn list(&mut self, kind: Kind, signal: Signal, pipeline: &'a Entry, defined: &[Defined<'a>]) -> Vec<String> {
        let section = kind.section();
        let path = format!("service.pipelines.{}.{section}", pipeline.key);
        let list = pipeline.value.entry(section);
        let items = list.map(|entry| entry.value.items()).unwrap_or_default();
        // A list of the wrong type is the schema's to report.
        let absent =
            list.is_none_or(|entry| entry.value.is_null() || matches!(entry.value.tree, super::node::Tree::List(_)));
        if items.is_empty() && absent && kind != Kind::Processor {
            let place = list.map_or(pipeline.key_place, |entry| entry.key_place);
            let message = format!("pipeline `{}` has no {section}", pipeline.key);
            self.error("E022", message, place, path.clone());
        }
        let mut ids: Vec<(String, Place)> = Vec::new();
        for (index, item) in items.iter().enumerate() {
            let Some(id) = item.text() else { continue };
            let path = format!("{path}.{index}");
            if let Some((_, first)) = ids.iter().find(|(known, _)| known == id) {
                let message = format!("{} `{id}` is listed twice in pipeline `{}`", kind.name(), pipeline.key);
                let first = *first;
                self.error("E026", message, item.place, path).first = Some(first);
            } else if self.reference(kind, signal, item, id, path, defined) {
                ids.push((id.to_owned(), item.place));
            }
        }
        match kind {
            Kind::Processor => self.stages(&pipeline.key, ids, defined),
            _ => ids.into_iter().map(|(id, _)| id).collect(),
        }
    }

    /// Whether the component exists and takes the signal.
    fn reference(
        &mut self,
        kind: Kind,
        signal: Signal,
        item: &Node,
        id: &str,
        path: String,
        defined: &[Defined<'_>],
    ) -> bool {
        let Some(found) = defined.iter().find(|component| component.kind == kind && component.entry.key == id) else {
            // A component of an unknown type is there, and a section that is missing or no map is enough to say.
            let section = self.root.get(kind.section()).is_some_and(|node| !node.entries().is_empty());
            let nothing = kind == Kind::Processor && self.root.get(kind.section()).is_none_or(Node::is_null);
            if (section || nothing) && self.root.at(&[kind.section(), id]).is_none() {
                self.undefined(kind, item, id, path, defined);
            }
            return false;
        };
        if found.declaration.signals.contains(&signal) {
            return true;
        }
        let (code, message) = if kind == Kind::Processor && signal == Signal::Metrics {
            ("E025", format!("{} cannot work on metrics: metrics pass through untouched", found.name()))
        } else {
            ("E024", format!("{} does not take {signal}", found.name()))
        };
        let takes = found.declaration.signals.iter().map(|signal| signal.name()).collect::<Vec<_>>().join(" and ");
        self.error(code, message, item.place, path).hint = Some(format!("it takes {takes}"));
        false
    }

    fn undefined(&mut self, kind: Kind, item: &Node, id: &str, path: String, defined: &[Defined<'_>]) {
        let same =
            defined.iter().filter(|component| component.kind == kind).map(|component| component.entry.key.as_str());
        let elsewhere = defined.iter().find(|component| component.entry.key == id);
        let hint = match (suggest::nearest(id, same), elsewhere) {
            (Some(name), _) => suggest::question(name),
            (None, Some(other)) => format!("`{id}` is defined in `{}`", other.kind.section()),
            (None, None) => format!("define it in `{}`", kind.section()),
        };
        let message = format!("{} `{id}` is not defined", kind.name());
        self.error("E021", message, item.place, path).hint = Some(hint);
    }

    fn extensions(&mut self, defined: &[Defined<'_>]) -> Vec<String> {
        let root: &'a Node = self.root;
        let listed = root.at(&["service", "extensions"]).map(Node::items).unwrap_or_default();
        let mut running = Vec::new();
        for (index, item) in listed.iter().enumerate() {
            let Some(id) = item.text() else { continue };
            let path = format!("service.extensions.{index}");
            let known = defined.iter().any(|component| component.kind == Kind::Extension && component.entry.key == id);
            if running.iter().any(|seen| seen == id) {
                self.error("E026", format!("extension `{id}` is listed twice"), item.place, path);
            } else if known {
                running.push(id.to_owned());
            } else if root.at(&["extensions", id]).is_none() {
                let names = defined.iter().filter(|c| c.kind == Kind::Extension).map(|c| c.entry.key.as_str());
                let hint = suggest::nearest(id, names).map_or("define it in `extensions`".into(), suggest::question);
                self.error("E027", format!("extension `{id}` is not defined"), item.place, path).hint = Some(hint);
            }
        }
        running
    }

    /// Pipelines that do the same: each record would arrive twice.
    fn twins(&mut self, root: &'a Node, wiring: &Wiring) {
        for (index, pipeline) in wiring.pipelines.iter().enumerate() {
            let same = |other: &&Wired| {
                other.signal == pipeline.signal
                    && other.receivers == pipeline.receivers
                    && other.processors == pipeline.processors
                    && other.exporters == pipeline.exporters
            };
            let (id, first) = (pipeline.id.to_string(), wiring.pipelines[..index].iter().find(same));
            let place = |id: &str| root.at(&["service", "pipelines"])?.entry(id).map(|entry| entry.key_place);
            if let (Some(first), Some(here)) = (first, place(&id)) {
                let message = format!("pipeline `{id}` is the same as `{}`: all would be delivered twice", first.id);
                let first = place(&first.id.to_string());
                self.add(Severity::Warning, "W004", message, here, format!("service.pipelines.{id}")).first = first;
            }
        }
    }
}
