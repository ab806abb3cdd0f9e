//! The loader as a whole, over a registry of samples: layers to plan, places, secrets, never a panic.

use std::sync::LazyLock;

use schemars::JsonSchema;
use serde::Deserialize;

use super::*;
use crate::Signal;
use crate::component::{Exporter, Receiver};
use crate::registry::{
    BuildCx, BuildError, ComponentConfig, ExporterConfig, ExporterEntry, ProcessorConfig, ProcessorEntry,
    ReceiverConfig, ReceiverEntry, Registry,
};

/// A component with one key of each kind that the checks look at.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
struct Sample {
    /// Some text.
    text: Option<String>,
    /// Some number.
    number: Option<u8>,
    /// Some secret.
    secret: Option<Secret>,
    /// Some list.
    list: Vec<String>,
    /// Some time.
    wait: Option<Duration>,
    /// Some time that is always there.
    pause: Duration,
    /// Some word.
    word: Word,
    /// Some names.
    headers: std::collections::BTreeMap<String, String>,
    /// Some address.
    endpoint: Option<String>,
}

/// One of a few.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
enum Word {
    /// One.
    #[default]
    One,
    /// Another.
    Other,
}

impl ComponentConfig for Sample {
    const NAME: &'static str = "sample";
    const ALIASES: &'static [&'static str] = &["example"];
    const ABOUT: &'static str = "A sample";
    const EXAMPLE: &'static str = "number: 1\n";
    const SIGNALS: &'static [Signal] = &[Signal::Traces, Signal::Metrics];

    fn check(&self, findings: &mut Findings) {
        if self.number == Some(13) {
            findings.error("number", "E010", "13 will not do");
        }
        if self.list.iter().any(|item| item == "bad") {
            findings.warn("list[1]", "W005", "bad").hint("good");
        }
    }
}

/// One that works on traces only.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
struct Step {}

impl ComponentConfig for Step {
    const NAME: &'static str = "step";
    const ABOUT: &'static str = "A step";
    const EXAMPLE: &'static str = "{}\n";
    const SIGNALS: &'static [Signal] = &[Signal::Traces];
}

impl ReceiverConfig for Sample {
    fn build(self, _: &BuildCx<'_>) -> Result<Box<dyn Receiver>, BuildError> {
        Err(BuildError::at("text", "a sample"))
    }
}

impl ExporterConfig for Sample {
    fn build(self, _: &BuildCx<'_>) -> Result<Box<dyn Exporter>, BuildError> {
        Err(BuildError::at("text", "a sample"))
    }
}

impl ProcessorConfig for Step {
    fn build(self, _: &BuildCx<'_>) -> Result<crate::registry::Step, BuildError> {
        Ok(crate::registry::Step::Nothing)
    }
}

const REGISTRY: Registry = Registry {
    receivers: &[ReceiverEntry::of::<Sample>()],
    processors: &[ProcessorEntry::of::<Step>()],
    exporters: &[ExporterEntry::of::<Sample>()],
    extensions: crate::extension::EXTENSIONS,
};

static RULES: LazyLock<Rules> = LazyLock::new(|| Rules::of(REGISTRY));

const SERVICE: &str = "service: {pipelines: {traces: {receivers: [sample], exporters: [sample]}}}";

fn environment() -> Environment {
    [("SECRET", "0e12"), ("NUMBER", "7"), ("LIST", "[a, b]"), ("WORDS", "seven")]
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .into_iter()
        .collect()
}

fn loaded(text: &str, set: &[&str]) -> Loaded {
    let set: Vec<String> = set.iter().map(|&argument| argument.into()).collect();
    load(&[ConfigSource::Yaml(text.into())], &set, &environment())
}

/// A configuration whose receiver has this block.
fn with(block: &str) -> String {
    format!("receivers: {{sample: {block}}}\nexporters: {{sample: }}\n{SERVICE}\n")
}

fn codes(text: &str, set: &[&str]) -> Vec<&'static str> {
    let report = loaded(text, set).check(&RULES);
    report.diagnostics.iter().map(|diagnostic| diagnostic.code).filter(|code| *code != "N003").collect()
}

#[test]
fn substituted_values_take_the_type_that_is_wanted() {
    let text = with("{text: \"x\", secret: 'y', number: 1, list: []}");
    let set = [
        "receivers.sample.text=${env:NUMBER}",
        "receivers.sample.secret=${env:SECRET}",
        "receivers.sample.number=${env:NUMBER}",
        "receivers.sample.list=${env:LIST}",
    ];
    let (plan, _) = loaded(&text, &set).plan(&RULES).expect("a plan");
    let block = serde_json::json!({"text": "7", "secret": "0e12", "number": 7, "list": ["a", "b"]});
    assert_eq!(plan.receivers[0].block, block);
}

#[test]
fn the_plan_holds_what_is_used_in_file_order() {
    let text = "
receivers: {sample/b: , sample/unused: , example/a: {number: 2}}
processors: {step: }
exporters: {sample/x: , sample/y: }
extensions: {health_check: {endpoint: 127.0.0.1:1}, health_check/2: }
service:
  extensions: [health_check]
  workers: 3
  memory: {limit: 1GiB}
  shutdown_timeout: 5s
  telemetry: {metrics: {level: none}, logs: {level: WARN, encoding: json}}
  pipelines:
    metrics: {receivers: [sample/b], exporters: [sample/y]}
    traces/1: {receivers: [example/a, sample/b], processors: [step], exporters: [sample/y, sample/x]}
";
    let (plan, report) = loaded(text, &[]).plan(&RULES).expect("a plan");
    assert_eq!(report.errors(), 0);
    let ids = |planned: &[Planned<ReceiverEntry>]| planned.iter().map(|each| each.id.to_string()).collect::<Vec<_>>();
    assert_eq!(ids(&plan.receivers), ["sample/b", "example/a"]);
    assert_eq!(plan.receivers[0].block, serde_json::json!({}));
    assert_eq!(plan.pipelines[1].receivers, [1, 0]);
    assert_eq!(plan.pipelines[1].exporters, [1, 0]);
    assert_eq!(plan.pipelines[1].processors, [0]);
    assert_eq!(plan.pipelines[0].signal, Signal::Metrics);
    assert_eq!(plan.extensions.len(), 1);
    assert_eq!(plan.service.health, "127.0.0.1:1");
    assert_eq!(plan.service.metrics, None);
    assert_eq!((plan.service.workers, plan.service.memory_limit), (Some(3), Some(1 << 30)));
    assert_eq!((plan.service.log_level.as_str(), plan.service.log_json), ("warn", true));
    assert_eq!(plan.service.shutdown_timeout, std::time::Duration::from_secs(5));
}

#[test]
fn a_component_s_own_findings_get_places() {
    let text = with("{number: 13, list: [good, bad]}");
    let report = loaded(&text, &[]).check(&RULES);
    let pointed: Vec<(&str, &str)> = report
        .diagnostics
        .iter()
        .filter_map(|each| Some((each.code, text.get(each.place?.start..each.place?.end)?)))
        .collect();
    assert_eq!(pointed, [("E010", "13"), ("W005", "bad")]);
}

#[test]
fn a_component_that_cannot_be_built_is_explained_at_its_key() {
    let loaded = loaded(&with("{text: here, secret: hunter2}"), &[]);
    let id = ComponentId { kind: "sample".into(), name: None };
    let error = BuildError::at("text", "hunter2 is no good");
    let report = loaded.explain(&RULES, Kind::Receiver, &id, &error);
    assert_eq!(report.errors(), 1);
    let human = report.human(false);
    assert!(human.contains("error[E032]: receiver `sample` cannot be built: *** is no good"), "{human}");
    assert!(human.contains("yaml::1:28"), "{human}");
    assert!(human.contains("^^^^"), "{human}");
    assert!(!human.contains("hunter2"), "{human}");
}

#[test]
fn metrics_pass_through_untouched() {
    let text = "
receivers: {sample: }
processors: {step: }
exporters: {sample: }
service: {pipelines: {metrics: {receivers: [sample], processors: [step], exporters: [sample]}}}
";
    assert_eq!(codes(text, &[]), ["E025"]);
}

#[test]
fn mistakes_of_variables_and_arguments_are_reported_where_they_are() {
    let environment: Environment = [("TOLLGATE__SERVICE__WORKRS".to_owned(), "2".to_owned())].into_iter().collect();
    let source = ConfigSource::Yaml(with(""));
    let report = load(&[source], &["service.shutdown_timeout=fast".to_owned()], &environment).check(&RULES);
    let human = report.human(false);
    assert!(human.contains("--> environment:1:20"), "{human}");
    assert!(human.contains("TOLLGATE__SERVICE__WORKRS=2"), "{human}");
    assert!(human.contains("did you mean `workers`?"), "{human}");
    assert!(human.contains("--> --set:1:26"), "{human}");
}

#[test]
fn the_removed_metrics_address_is_taken() {
    let set = ["service.telemetry.metrics.address=0.0.0.0:9999"];
    assert_eq!(codes(&with(""), &set), ["N005"]);
    let (plan, _) = loaded(&with(""), &set).plan(&RULES).expect("a plan");
    assert_eq!(plan.service.metrics.as_deref(), Some("0.0.0.0:9999"));
}

#[test]
fn a_source_that_cannot_be_read_is_the_only_error() {
    let source = ConfigSource::File("/nowhere/at/all.yaml".into());
    let report = load(&[source], &[], &environment()).check(&RULES);
    assert_eq!(report.diagnostics.iter().map(|each| each.code).collect::<Vec<_>>(), ["E003"]);
    let source = ConfigSource::parse("env:NOWHERE");
    let report = load(&[source], &[], &environment()).check(&RULES);
    assert_eq!(report.errors(), 1);
}

#[test]
fn json_has_its_version_and_every_key() {
    let report = loaded(&with("{numbr: 1}"), &[]).check(&RULES);
    let json = report.json();
    assert_eq!((&json["version"], &json["errors"]), (&serde_json::json!(1), &serde_json::json!(1)));
    let want = serde_json::json!({
        "severity": "error", "code": "E014", "message": "unknown key `numbr` in receiver `sample`",
        "file": "yaml:", "line": 1, "column": 22, "end_line": 1, "end_column": 27,
        "path": "receivers.sample.numbr", "hint": "did you mean `number`?",
    });
    assert_eq!(json["diagnostics"][0], want);
}

/// A schema that is none would check nothing.
#[test]
fn both_schemas_are_schemas() {
    for schema in [schema(&REGISTRY), schema::strict(&REGISTRY)] {
        jsonschema::draft7::new(&schema).expect("a schema");
    }
}

#[test]
fn the_table_of_codes_has_each_once() {
    let mut codes: Vec<_> = CODES.iter().map(|code| code.code).collect();
    codes.dedup();
    assert_eq!(codes.len(), CODES.len());
    assert_eq!(meaning("E002"), Some(CODES[1].meaning));
}

#[test]
fn what_is_shown_reads_back_as_the_same() {
    let text = with("{text: 'a # b', secret: hunter2, list: ['1', \"true\", x], wait: 30s}");
    let shown = loaded(&text, &[]).show(&RULES, true);
    assert!(!shown.contains("hunter2"), "{shown}");
    assert!(shown.contains("wait: 30s  # yaml::1:"), "{shown}");
    let again = loaded(&shown, &[]).show(&RULES, false);
    assert_eq!(again, loaded(&text, &[]).show(&RULES, false));
}

/// The block of the receiver, as it is planned.
fn planned(block: &str, set: &[&str]) -> serde_json::Value {
    let loaded = loaded(&with(block), set);
    let (plan, _) = loaded.plan(&RULES).unwrap_or_else(|report| panic!("{}", report.human(false)));
    plan.receivers[0].block.clone()
}

#[test]
fn a_key_without_a_value_keeps_its_default() {
    let block = planned("{pause: , word: , list: , text: , headers: {a: }}", &[]);
    assert_eq!(block, serde_json::json!({"text": null, "headers": {"a": ""}}));
}

#[test]
fn words_may_have_any_case_and_none_is_not_set() {
    assert_eq!(planned("{word: OTHER}", &[]), serde_json::json!({"word": "other"}));
    assert_eq!(planned("{word: ''}", &[]), serde_json::json!({}));
    assert_eq!(codes(&with("{word: others}"), &[]), ["E017"]);
    for (level, want) in [("Warn", "warn"), ("fatal", "error"), ("''", "info")] {
        let set = [format!("service.telemetry.logs.level={level}"), "service.telemetry.metrics.level=NONE".into()];
        let (plan, _) = loaded(&with(""), &set.each_ref().map(String::as_str)).plan(&RULES).expect("a plan");
        assert_eq!((plan.service.log_level.as_str(), plan.service.metrics), (want, None));
    }
}

#[test]
fn quotes_around_a_substitution_and_whole_floats_are_numbers() {
    assert_eq!(planned("{number: \"${env:NUMBER}\"}", &[]), serde_json::json!({"number": 7}));
    assert_eq!(planned("{text: \"${env:NUMBER}\"}", &[]), serde_json::json!({"text": "7"}));
    assert_eq!(planned("{number: 2.0, pause: .5s}", &[]), serde_json::json!({"number": 2, "pause": ".5s"}));
    assert_eq!(codes(&with(""), &["service.workers=0.5"]), ["E015"]);
}

#[test]
fn addresses_of_the_process_are_checked() {
    let health = |endpoint: &str| {
        let text = format!("extensions: {{health_check: {{endpoint: '{endpoint}'}}}}\n{}", with(""));
        codes(&text, &["service.extensions=[health_check]"])
    };
    assert_eq!(health(":13133"), [""; 0]);
    for wrong in ["http://localhost:13133", "13133", "localhost:x", "::1:13133"] {
        assert_eq!(health(wrong), ["E030"], "{wrong}");
    }
    let metrics = |address: &str| codes(&with(""), &[&format!("service.telemetry.metrics.address={address}")]);
    assert_eq!(metrics(":8888"), ["N005"]);
    assert_eq!(metrics("nonsense"), ["E030", "N005"]);
}

#[test]
fn a_user_in_a_url_is_no_port_and_names_of_headers_are_no_addresses() {
    assert_eq!(
        codes(&with("{endpoint: 'http://u:hunter2@localhost:1', headers: {endpoint: 'a:b', authenticator: z}}"), &[]),
        [""; 0]
    );
    let report = loaded(&with("{endpoint: 'http://u:hunter2@localhost:x'}"), &[]).check(&RULES);
    assert!(!report.human(false).contains("hunter2"), "{}", report.human(false));
    assert_eq!(report.errors(), 1);
}

#[test]
fn a_memory_limit_in_which_nothing_fits_is_an_error() {
    for limit in ["0", "512", "15MiB"] {
        assert_eq!(codes(&with(""), &[&format!("service.memory.limit={limit}")]), ["E303"], "{limit}");
    }
    assert_eq!(codes(&with(""), &["service.memory.limit=16MiB"]), [""; 0]);
}

#[test]
fn what_is_shown_hides_what_nobody_knows_and_keeps_dollars() {
    let text = "
exporters: {datadog: {api: {key: DDSECRETKEY}, site: here}}
receivers: {sample: {text: 'x$${y}', secret: text, tsl: {x: BLOCK}, endpoint: 'h:1?apikey=QSECRET'}}
";
    let shown = loaded(text, &[]).show(&RULES, false);
    for secret in ["DDSECRETKEY", "here", "BLOCK", "QSECRET"] {
        assert!(!shown.contains(secret), "{secret}: {shown}");
    }
    assert!(shown.contains("text: \"x$${y}\"\n") && shown.contains("secret: \"***\""), "{shown}");
    assert!(!loaded(text, &[]).check(&RULES).human(false).contains("DDSECRETKEY"));
}

#[test]
fn a_health_check_may_say_at_which_path() {
    let text = format!("extensions: {{health_check: {{path: healthz}}}}\n{}", with(""));
    let (plan, report) = loaded(&text, &["service.extensions=[health_check]"]).plan(&RULES).expect("a plan");
    assert_eq!(plan.service.health_path, "/healthz");
    assert!(report.diagnostics.iter().all(|each| each.code != "N002"));
}

#[test]
fn an_empty_text_may_be_none() {
    let read = |text: &str| filled::<String, _>(serde_json::Value::from(text)).expect("a text");
    assert_eq!((read(""), read("x")), (None, Some("x".to_owned())));
}

/// Editors take what is taken here.
#[test]
fn the_schema_for_editors_takes_what_is_settled() {
    let schema = schema(&REGISTRY);
    let validator = jsonschema::draft7::new(&schema).expect("a schema");
    let good = |block: serde_json::Value| {
        let pipeline = serde_json::json!({"receivers": ["sample"], "exporters": ["sample"]});
        let service = serde_json::json!({"pipelines": {"traces": pipeline}});
        let file =
            serde_json::json!({"receivers": {"sample": block}, "exporters": {"sample": null}, "service": service});
        validator.is_valid(&file)
    };
    assert!(good(serde_json::json!({"word": "OTHER", "pause": null, "list": null, "headers": {"a": null}})));
    assert!(good(serde_json::json!({"word": null})) && good(serde_json::json!({"word": ""})));
    assert!(!good(serde_json::json!({"word": "others"})) && !good(serde_json::json!({"pause": true})));
}

#[test]
fn what_is_no_utf8_is_told_where_it_starts() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("latin.yaml");
    std::fs::write(&path, b"a: 1\nb: caf\xe9\n").expect("a file");
    let report = load(&[ConfigSource::File(path)], &[], &environment()).check(&RULES);
    let json = report.json();
    let one = &json["diagnostics"][0];
    assert_eq!((&one["code"], &one["line"], &one["column"]), (&"E003".into(), &2.into(), &7.into()));
}

proptest::proptest! {
    #[test]
    fn no_text_makes_it_panic(text in "(receivers|service|[a-z&*<]{1,3}|: |\n|\n  |- |[\\[\\]{},#'\"$é]|\\$\\{env:A:-|\\}|null|1){0,40}") {
        let loaded = loaded(&text, &[]);
        let report = loaded.check(&RULES);
        report.human(false);
        report.json();
        loaded.show(&RULES, true);
    }
}
