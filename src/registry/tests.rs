//! The life of every component there is: its example is read in a whole file, built, started, drained and started
//! again. A line in a registry is enough to be tested here.

use std::collections::BTreeSet;
use std::path::Path;
use std::time::Duration;

use pipeline::Signal;
use pipeline::config::{ConfigSource, Environment, Kind, Loaded, Plan, load, schema};
use pipeline::drain::Drained;
use pipeline::graph::Parts;
use pipeline::ledger::Ledger;
use pipeline::memory::Memory;
use pipeline::registry::Declaration;
use pipeline::stop::Stopper;
use serde_json::Value;
use tempfile::TempDir;

use super::{REGISTRY, RULES};

const KINDS: [Kind; 4] = [Kind::Receiver, Kind::Processor, Kind::Exporter, Kind::Extension];

/// `htpasswd -bns app secret`: a hash that an example asks the environment for.
const PASSWORD_HASH: &str = "{SHA}5en6G6MezRroT3XKqkdPOmY/BfQ=";

/// Every component, with its kind.
fn components() -> Vec<(Kind, &'static Declaration)> {
    let of = |kind| REGISTRY.declarations(kind).into_iter().map(move |declaration| (kind, declaration));
    KINDS.into_iter().flat_map(of).collect()
}

/// The signals whose pipelines it can stand in; an extension stands beside all of them.
fn signals(kind: Kind, declaration: &Declaration) -> &'static [Signal] {
    if kind == Kind::Extension { &[Signal::Traces] } else { declaration.signals }
}

/// The least whole file with the component's example in it, as a user would paste it.
fn file(kind: Kind, declaration: &Declaration, signal: Signal) -> String {
    let block: String = declaration.example.lines().map(|line| format!("    {line}\n")).collect();
    let section = |of: Kind, otherwise: &str| {
        let entry = if of == kind { format!("  {}:\n{block}", declaration.name) } else { otherwise.to_owned() };
        if entry.is_empty() { entry } else { format!("{}:\n{entry}", of.section()) }
    };
    let id = |of: Kind, otherwise: &'static str| if of == kind { declaration.name } else { otherwise };
    format!(
        "{}{}{}{}service:\n  extensions: [{}]\n  pipelines:\n    {signal}:\n      receivers: [{}]\n      \
         processors: [{}]\n      exporters: [{}]\n",
        section(Kind::Receiver, "  otlp: {protocols: {http: {endpoint: '127.0.0.1:0'}}}\n"),
        section(Kind::Processor, ""),
        section(Kind::Exporter, "  debug:\n"),
        section(Kind::Extension, ""),
        id(Kind::Extension, ""),
        id(Kind::Receiver, "otlp"),
        id(Kind::Processor, ""),
        id(Kind::Exporter, "debug"),
    )
}

/// What an example names of a machine (ports, files), moved to what every machine has.
fn moved(kind: Kind, name: &str, folder: &Path) -> Vec<String> {
    let sets: &[(&str, String)] = match (kind, name) {
        (Kind::Receiver, "otlp") => {
            &[("protocols.grpc.endpoint", "127.0.0.1:0".into()), ("protocols.http.endpoint", "127.0.0.1:0".into())]
        }
        (Kind::Exporter, "otlp") => &[("tls.ca_file", authority(folder))],
        (Kind::Extension, "file_storage") => &[("directory", folder.join("journal").display().to_string())],
        (Kind::Exporter, "file") => &[("path", folder.join("kept.jsonl").display().to_string())],
        _ => &[],
    };
    sets.iter().map(|(key, value)| format!("{}.{name}.{key}={value}", kind.section())).collect()
}

/// A certificate authority's file.
fn authority(folder: &Path) -> String {
    let path = folder.join("authority.pem");
    let authority = rcgen::generate_simple_self_signed(["collector.example".to_owned()]).unwrap();
    std::fs::write(&path, authority.cert.pem()).unwrap();
    path.display().to_string()
}

fn loaded(text: String, set: &[String]) -> Loaded {
    let variables = [("APP_PASSWORD_HASH", PASSWORD_HASH), ("OTLP_TOKEN", "a-token")];
    let environment: Environment =
        variables.map(|(name, value)| (name.to_owned(), value.to_owned())).into_iter().collect();
    load(&[ConfigSource::Yaml(text)], set, &environment)
}

fn planned(text: &str, set: &[String]) -> Plan {
    match loaded(text.to_owned(), set).plan(&RULES) {
        Ok((plan, _)) => plan,
        Err(report) => panic!("{text}\n{}", report.human(false)),
    }
}

#[test]
fn every_example_stands_in_a_file_of_each_of_its_signals() {
    for (kind, declaration) in components() {
        assert!(!signals(kind, declaration).is_empty(), "{} takes no signal", declaration.name);
        for signal in signals(kind, declaration) {
            let plan = planned(&file(kind, declaration, *signal), &[]);
            let ids = match kind {
                Kind::Receiver => plan.receivers.iter().map(|planned| planned.id.to_string()).collect::<Vec<_>>(),
                Kind::Processor => plan.processors.iter().map(|planned| planned.id.to_string()).collect(),
                Kind::Exporter => plan.exporters.iter().map(|planned| planned.id.to_string()).collect(),
                Kind::Extension => plan.extensions.iter().map(|planned| planned.id.to_string()).collect(),
            };
            assert_eq!(ids, [declaration.name], "the example is what is planned");
        }
    }
}

#[test]
fn no_component_takes_a_signal_that_it_does_not_declare() {
    for (kind, declaration) in components().into_iter().filter(|(kind, _)| *kind != Kind::Extension) {
        for signal in Signal::ALL.into_iter().filter(|signal| !declaration.signals.contains(signal)) {
            let report = loaded(file(kind, declaration, signal), &[]).check(&RULES);
            assert!(report.errors() > 0, "{} in a pipeline of {signal}", declaration.name);
        }
    }
}

/// Builds, starts and drains what no request ever reached.
async fn live(plan: &Plan) -> Drained {
    let ledger = Ledger::new("test");
    let parts = Parts::build(plan, &ledger, Memory::new(16 << 20), 2).unwrap_or_else(|unbuilt| panic!("{unbuilt:?}"));
    let mut running = parts.start(&ledger).await.unwrap();
    assert!(running.health().troubles(pipeline::Timestamp::now()).is_empty(), "ready at once");
    let ended = futures_util::FutureExt::now_or_never(running.failed());
    assert_eq!(ended, None, "nothing ends before it is asked to");
    let (_hand, hurry) = Stopper::new();
    running.drain(Duration::from_secs(30), hurry).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_example_starts_and_drains_unused_and_does_so_again() {
    for (kind, declaration) in components() {
        for signal in signals(kind, declaration) {
            let folder = TempDir::new().unwrap();
            let set = moved(kind, declaration.name, folder.path());
            let plan = planned(&file(kind, declaration, *signal), &set);
            for time in ["the first time", "again, with what the first left behind"] {
                assert_eq!(live(&plan).await, Drained::default(), "{} {time}", declaration.name);
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_built_and_never_started_goes_away_quietly() {
    for (kind, declaration) in components() {
        let folder = TempDir::new().unwrap();
        let set = moved(kind, declaration.name, folder.path());
        let plan = planned(&file(kind, declaration, signals(kind, declaration)[0]), &set);
        let memory = Memory::new(16 << 20);
        let built = Parts::build(&plan, &Ledger::new("test"), memory.clone(), 1);
        drop(built.unwrap_or_else(|unbuilt| panic!("{unbuilt:?}")));
        assert_eq!(memory.used(), 0, "{}", declaration.name);
        assert!(!folder.path().join("kept.jsonl").exists(), "{} writes before it is started", declaration.name);
    }
}

#[test]
fn names_mean_one_component_of_a_kind() {
    for kind in KINDS {
        let mut known = BTreeSet::new();
        for declaration in REGISTRY.declarations(kind) {
            for name in [&[declaration.name], declaration.aliases].concat() {
                assert!(known.insert(name), "{} `{name}` is two", kind.name());
                let of_a_type =
                    name.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_');
                assert!(of_a_type && !name.is_empty(), "`{name}` is no type of the Collector's");
            }
        }
    }
}

#[test]
fn every_component_says_in_a_line_what_it_does() {
    for (_, declaration) in components() {
        let about = declaration.about;
        assert!(about.len() > 10 && about.len() <= 120 && !about.contains('\n'), "{}: {about:?}", declaration.name);
        assert!(!about.ends_with('.'), "{}: {about:?} stands in a table", declaration.name);
        assert!(declaration.example.ends_with('\n'), "{}: the example is whole lines", declaration.name);
    }
}

/// The reference and the editors' help are made of these descriptions.
#[test]
fn every_key_of_the_file_is_described() {
    let mut bare = Vec::new();
    let schema = schema(&REGISTRY);
    let keys = undescribed(&schema, &schema, "", &mut bare);
    assert!(keys > 150, "the walk finds the keys: {keys}");
    assert!(bare.is_empty(), "no description: {bare:#?}");
}

/// What a reader is told of a key: its own words, or those of the definition it refers to.
fn description<'s>(whole: &'s Value, key: &'s Value) -> Option<&'s str> {
    let definition = || key.get("$ref")?.as_str()?.strip_prefix('#').and_then(|path| whole.pointer(path));
    let text = key.get("description").or_else(|| definition()?.get("description"))?.as_str()?;
    (!text.trim().is_empty()).then_some(text)
}

/// Collects the keys without a description; counts all keys.
fn undescribed(whole: &Value, schema: &Value, path: &str, bare: &mut Vec<String>) -> usize {
    let mut count = 0;
    for (keyword, inner) in schema.as_object().into_iter().flatten() {
        let keys = ["properties", "patternProperties", "definitions"].contains(&keyword.as_str());
        for (key, value) in inner.as_object().into_iter().flatten() {
            let path = if keyword == "definitions" { key.clone() } else { format!("{path}.{key}") };
            if keys && keyword != "definitions" {
                count += 1;
                if description(whole, value).is_none() {
                    bare.push(path.clone());
                }
            }
            if keys {
                count += undescribed(whole, value, &path, bare);
            }
        }
        let below = ["items", "additionalProperties", "allOf", "anyOf", "oneOf"].contains(&keyword.as_str());
        if below && inner.is_object() {
            count += undescribed(whole, inner, path, bare);
        }
        for value in inner.as_array().into_iter().flatten().filter(|_| below) {
            count += undescribed(whole, value, path, bare);
        }
    }
    count
}
