//! From what was read to what is to run: every check, then the plan.

use serde_json::Value;

use super::findings::{Finding, Findings, Severity};
use super::graph::{Defined, Graph, Wiring};
use super::id::ComponentId;
use super::load::Loaded;
use super::node::{Entry, Node};
use super::report::{Diagnostic, Report};
use super::rules::Rules;
use super::schema::Kind;
use super::sections::ServiceSection;
use super::service::Service;
use super::suggest;
use super::validate;
use crate::Signal;
use crate::registry::{BuildError, ExporterEntry, ExtensionEntry, ProcessorEntry, ReceiverEntry, Registry};

/// What is to be built and run, in the order of the file. Only what is used is in it.
#[derive(Clone)]
pub struct Plan {
    /// The settings of the process.
    pub service: Service,
    /// The extensions that `service.extensions` lists, in its order.
    pub extensions: Vec<Planned<ExtensionEntry>>,
    /// The receivers that a pipeline lists.
    pub receivers: Vec<Planned<ReceiverEntry>>,
    /// The processors that a pipeline lists.
    pub processors: Vec<Planned<ProcessorEntry>>,
    /// The exporters that a pipeline lists; at most 64.
    pub exporters: Vec<Planned<ExporterEntry>>,
    /// The pipelines.
    pub pipelines: Vec<PipelinePlan>,
}

/// A component that is to be built: `(planned.entry.build)(&planned.block, &cx)`.
#[derive(Clone, Debug)]
pub struct Planned<E: 'static> {
    /// Its id in the file.
    pub id: ComponentId,
    /// What builds it.
    pub entry: &'static E,
    /// Its block; an empty map for a bare `otlp:`.
    pub block: Value,
}

/// A pipeline: indices into the lists of the [`Plan`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PipelinePlan {
    /// Its id, `traces/audit`.
    pub id: ComponentId,
    /// What it carries.
    pub signal: Signal,
    /// Where its telemetry comes from.
    pub receivers: Vec<usize>,
    /// What happens to it, in this order.
    pub processors: Vec<usize>,
    /// Where it goes.
    pub exporters: Vec<usize>,
}

/// A configuration after every check.
struct Checked {
    root: Node,
    wiring: Wiring,
    service: Service,
    report: Report,
}

impl Loaded {
    /// Everything that is wrong, or worth a word, in file order.
    pub fn check(&self, rules: &Rules) -> Report {
        self.examine(rules).report
    }

    /// What is to run, with the warnings; or everything that is wrong.
    pub fn plan(&self, rules: &Rules) -> Result<(Plan, Report), Report> {
        let Checked { root, wiring, service, report } = self.examine(rules);
        if report.errors() > 0 { Err(report) } else { Ok((plan(&root, &wiring, service, &rules.registry), report)) }
    }

    /// Of a configuration that has errors the components with which nothing is wrong: to be built for what shows only then. No
    /// pipelines, so that nothing of it can run.
    pub fn sound(&self, rules: &Rules) -> Plan {
        let Checked { root, wiring, service, report } = self.examine(rules);
        let sound = |kind: Kind, id: &ComponentId| !faulty(&report.diagnostics, &format!("{}.{id}", kind.section()));
        let mut plan = plan(&root, &wiring, service, &rules.registry);
        plan.extensions.retain(|planned| sound(Kind::Extension, &planned.id));
        plan.receivers.retain(|planned| sound(Kind::Receiver, &planned.id));
        plan.processors.retain(|planned| sound(Kind::Processor, &planned.id));
        plan.exporters.retain(|planned| sound(Kind::Exporter, &planned.id));
        plan.pipelines.clear();
        plan
    }

    /// The diagnostic of a component that could not be built, with the place of the key it is about.
    pub fn explain(&self, rules: &Rules, kind: Kind, id: &ComponentId, error: &BuildError) -> Report {
        let mut root = self.root.clone();
        let mask = self.mask(&mut root, &rules.shape());
        let id = id.to_string();
        let message = format!("{} `{id}` cannot be built: {}", kind.name(), error.reason);
        let finding = Finding { severity: Severity::Error, code: "E032", key: error.key.clone(), message, hint: None };
        let diagnostic = place(&root, &[kind.section(), &id], finding);
        Report::new(self.sources.clone(), mask, vec![diagnostic])
    }

    /// What was found wrong with the block at `prefix` outside of the configuration, on this machine.
    pub fn remark(&self, rules: &Rules, prefix: &[&str], findings: Findings) -> Report {
        let mut root = self.root.clone();
        let mask = self.mask(&mut root, &rules.shape());
        let placed = findings.0.into_iter().map(|finding| place(&root, prefix, finding)).collect();
        Report::new(self.sources.clone(), mask, placed)
    }

    fn examine(&self, rules: &Rules) -> Checked {
        let shape = rules.shape();
        let mut root = self.root.clone();
        validate::settle(&mut root, &shape);
        let mask = self.mask(&mut root, &shape);
        let mut wrong = self.wrong.clone();
        let empty = root.entries().is_empty();
        if !(self.broken && empty) {
            wrong.extend(validate::validate(&root, rules, &shape));
        }
        // What a block cannot be read for; what else is wrong with it is told beside its own findings.
        let unreadable = wrong.clone();
        let mut service = Service::default();
        let mut wiring = Wiring::default();
        let mut graph = Graph { root: &root, registry: &rules.registry, wrong: Vec::new() };
        let defined = graph.defined();
        // Half a configuration makes for false alarms about the other half.
        if !self.broken {
            wiring = graph.wire(&defined);
            graph.lint(&defined, &wiring, &shape);
        }
        wrong.append(&mut graph.wrong);
        service_section(&root, &mut service, &unreadable, &mut wrong);
        blocks(&root, &defined, &wiring, &unreadable, &mut service, &mut wrong);
        quieten(&mut wrong);
        let report = Report::new(self.sources.clone(), mask, wrong);
        Checked { root, wiring, service, report }
    }
}

/// Takes out what another message already says: a key that is missing because it is misspelt, and what only
/// matters once the errors are gone.
fn quieten(wrong: &mut Vec<Diagnostic>) {
    let owner = |path: &str| path.rsplit_once('.').map_or(String::new(), |(owner, _)| owner.to_owned());
    let misspelt: Vec<(String, String)> = wrong
        .iter()
        .filter(|unknown| matches!(unknown.code, "E011" | "E014"))
        .filter_map(|unknown| Some((owner(&unknown.path), unknown.hint.clone()?)))
        .collect();
    let meant = |owner: &str, key: &str| {
        let hint = suggest::question(key);
        misspelt.iter().any(|(known, given)| known == owner && *given == hint)
    };
    let errors = wrong.iter().any(|diagnostic| diagnostic.severity == Severity::Error);
    let placed: Vec<_> = wrong
        .iter()
        .filter(|each| each.severity == Severity::Error && each.code != "E030")
        .map(|each| each.place)
        .collect();
    wrong.retain(|diagnostic| match diagnostic.code {
        "E030" => !placed.contains(&diagnostic.place),
        "N003" => !errors,
        "E019" => !diagnostic.message.split('`').nth(1).is_some_and(|key| meant(&diagnostic.path, key)),
        "E020" | "E022" => !meant(&owner(&diagnostic.path), diagnostic.path.rsplit('.').next().unwrap_or_default()),
        _ => true,
    });
}

/// Whether an error stands at a path or below it.
fn faulty(wrong: &[Diagnostic], path: &str) -> bool {
    let below = |known: &str| known.strip_prefix(path).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'));
    wrong.iter().any(|diagnostic| diagnostic.severity == Severity::Error && below(&diagnostic.path))
}

fn service_section(root: &Node, service: &mut Service, unreadable: &[Diagnostic], wrong: &mut Vec<Diagnostic>) {
    let Some(node) = root.get("service") else { return };
    let mut findings = Findings::default();
    match serde_path_to_error::deserialize::<_, ServiceSection>(&node.value()) {
        Ok(section) => {
            section.check(&mut findings);
            section.apply(service);
        }
        Err(error) if !faulty(unreadable, "service") => {
            findings.error(&error.path().to_string(), "E010", error.inner().to_string());
        }
        Err(_) => {}
    }
    wrong.extend(findings.0.into_iter().map(|finding| place(root, &["service"], finding)));
}

/// Each component reads its own block: what its type cannot say in a schema, and what it sets of the service.
/// One with unknown keys is read without them; any other fault of its form leaves it unread.
fn blocks(
    root: &Node,
    defined: &[Defined<'_>],
    wiring: &Wiring,
    unreadable: &[Diagnostic],
    service: &mut Service,
    wrong: &mut Vec<Diagnostic>,
) {
    let mut setters: Vec<&str> = Vec::new();
    for component in defined {
        let Some((block, unknown)) = readable(component, unreadable) else { continue };
        let used = wiring.used(component.kind).contains(component.entry.key.as_str());
        let mut findings = Findings::default();
        let mut alone = Service::default();
        (component.declaration.check)(&block, &mut Findings::default(), &mut alone);
        let mut aside = service.clone();
        let set = if used { &mut *service } else { &mut aside };
        (component.declaration.check)(&block, &mut findings, set);
        if used && alone != Service::default() {
            let name = component.declaration.name;
            if setters.contains(&name) {
                let message = format!("a process has one `{name}`: of several one takes effect");
                findings.warn("", "W007", message).hint("leave one of them");
            } else if !set.has(&alone) {
                let message = format!("has no effect: `service` says otherwise than this `{name}`");
                findings.warn("", "W007", message).hint("leave one of the two");
            }
            setters.push(name);
        }
        findings.0.retain(|finding| used || finding.severity == Severity::Error);
        // What stands beside a misspelt key, or lacks it, is told by that.
        let about = |path: &String, key: &str| {
            key == path || segments(key).split_last().is_some_and(|(_, of)| of.join(".") == *path)
        };
        findings.0.retain(|finding| !unknown.iter().any(|path| about(path, &finding.key)));
        let prefix = [component.kind.section(), component.entry.key.as_str()];
        wrong.extend(findings.0.into_iter().map(|finding| place(root, &prefix, finding)));
    }
}

/// A component's block without its unknown keys, and where those stood in it; none where something else keeps it from
/// being read.
fn readable(component: &Defined<'_>, unreadable: &[Diagnostic]) -> Option<(Value, Vec<String>)> {
    let (mut block, prefix) = (component.entry.value.value(), format!("{}.", component.path()));
    let mut unknown = Vec::new();
    let whole = component.path();
    let errors = unreadable.iter().filter(|one| one.severity == Severity::Error);
    for fault in errors.filter(|fault| fault.path == whole || fault.path.starts_with(&prefix)) {
        let path = fault.path.strip_prefix(&prefix).filter(|_| fault.code == "E014")?;
        let mut keys = segments(path);
        let last = keys.pop()?;
        let owner = block.pointer_mut(&keys.iter().map(|key| format!("/{key}")).collect::<String>())?;
        owner.as_object_mut()?.remove(&last)?;
        unknown.push(keys.join("."));
    }
    Some((block, unknown))
}

/// A finding of a block, at its key.
fn place(root: &Node, prefix: &[&str], finding: Finding) -> Diagnostic {
    let Finding { severity, code, key, message, hint } = finding;
    let name = segments(&key).pop().filter(|name| name.parse::<usize>().is_err());
    // Every message names the key that it is about.
    let message = match name.filter(|_| !message.contains('`')) {
        Some(name) => format!("`{name}`: {message}"),
        None => message,
    };
    let mut path: Vec<String> = prefix.iter().map(|&segment| segment.to_owned()).collect();
    path.extend(segments(&key));
    let (found, all) = root.find(&path);
    let scalar = all && found.value.scalar().is_some() && found.value.place.start < found.value.place.end;
    let place = if scalar && !key.is_empty() { found.value.place } else { found.key };
    Diagnostic { place: Some(place), hint, ..Diagnostic::new(severity, code, message) }.path(path.join("."))
}

/// The segments of a dotted key, with `[0]` as serde's paths have indices; `.` is none.
fn segments(key: &str) -> Vec<String> {
    let key = key.replace('[', ".").replace(']', "");
    key.split('.').filter(|segment| !segment.is_empty()).map(Into::into).collect()
}

fn plan(root: &Node, wiring: &Wiring, service: Service, registry: &Registry) -> Plan {
    let used = |kind: Kind| {
        let used = wiring.used(kind);
        let entries = root.get(kind.section()).map(Node::entries).unwrap_or_default();
        let used = entries.iter().filter(|entry| used.contains(entry.key.as_str()));
        used.filter_map(|entry| Some((ComponentId::parse(&entry.key)?, entry))).collect::<Vec<_>>()
    };
    let receivers = planned(used(Kind::Receiver), registry.receivers, |entry, kind| entry.declaration.is(kind));
    let processors = planned(used(Kind::Processor), registry.processors, |entry, kind| entry.declaration.is(kind));
    let exporters = planned(used(Kind::Exporter), registry.exporters, |entry, kind| entry.declaration.is(kind));
    let mut extensions = planned(used(Kind::Extension), registry.extensions, |entry, kind| entry.declaration.is(kind));
    extensions.sort_by_key(|planned| wiring.extensions.iter().position(|id| *id == planned.id.to_string()));
    let pipelines = wiring.pipelines.iter().map(|pipeline| PipelinePlan {
        id: pipeline.id.clone(),
        signal: pipeline.signal,
        receivers: indices(&pipeline.receivers, &receivers),
        processors: indices(&pipeline.processors, &processors),
        exporters: indices(&pipeline.exporters, &exporters),
    });
    let pipelines = pipelines.collect();
    Plan { service, extensions, receivers, processors, exporters, pipelines }
}

fn planned<E>(
    used: Vec<(ComponentId, &Entry)>,
    entries: &'static [E],
    is: impl Fn(&E, &str) -> bool,
) -> Vec<Planned<E>> {
    let planned = used.into_iter().filter_map(|(id, block)| {
        let entry = entries.iter().find(|entry| is(entry, &id.kind))?;
        let block = if block.value.is_null() { Value::Object(serde_json::Map::new()) } else { block.value.value() };
        Some(Planned { id, entry, block })
    });
    planned.collect()
}

fn indices<E>(ids: &[String], planned: &[Planned<E>]) -> Vec<usize> {
    ids.iter().filter_map(|id| planned.iter().position(|planned| planned.id.to_string() == *id)).collect()
}
