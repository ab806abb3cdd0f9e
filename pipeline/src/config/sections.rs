//! `service:`, as the Collector has it and with what is ours; keys of the Collector's that mean nothing here
//! are taken with a note.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::Value;

use super::address::HostPort;
use super::findings::Findings;
use super::service::Service;
use super::value::{ByteSize, Duration};
use crate::journal;

/// `service`: which components run, how they are wired, and the settings of the process.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
#[schemars(title = "service", extend("required" = ["pipelines"]))]
pub(super) struct ServiceSection {
    /// The extensions that run, by id. Default: none.
    pub(super) extensions: Option<Vec<String>>,
    /// Pipelines by `signal[/name]`: which receivers, through which processors, to which exporters.
    #[schemars(schema_with = "pipelines")]
    pub(super) pipelines: Value,
    /// What this process says of itself: its log, its metrics.
    pub(super) telemetry: Option<Telemetry>,
    /// Bounds on memory.
    pub(super) memory: Option<Memory>,
    /// The journal in files. Default: none, and what is acknowledged is held in RAM.
    pub(super) storage: Option<Storage>,
    /// Threads that work on batches. Default: one for each core.
    #[schemars(range(min = 1, max = 1024))]
    pub(super) workers: Option<usize>,
    /// How long shutdown may take to deliver what is held. Default: `25s`, since Kubernetes kills after 30.
    pub(super) shutdown_timeout: Option<Duration>,
}

fn pipelines(generator: &mut schemars::SchemaGenerator) -> schemars::Schema {
    let pipeline = generator.subschema_for::<Pipeline>();
    schemars::json_schema!({
        "description": "Pipelines by `signal[/name]`: which receivers, through which processors, to which exporters.",
        "type": "object",
        "minProperties": 1,
        "patternProperties": { "^(traces|logs|metrics)(/.+)?$": pipeline },
        "additionalProperties": false
    })
}

/// A pipeline: where its telemetry comes from, what happens to it, where it goes.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(title = "pipeline")]
#[allow(dead_code, reason = "stands for its schema; the graph is read with its places")]
pub(super) struct Pipeline {
    /// Receivers by id, at least one.
    #[schemars(length(min = 1))]
    pub(super) receivers: Vec<String>,
    /// Processors by id, in the order in which they run. Default: none. Metrics pass through untouched.
    #[serde(default)]
    pub(super) processors: Option<Vec<String>>,
    /// Exporters by id, at least one; each gets everything.
    #[schemars(length(min = 1))]
    pub(super) exporters: Vec<String>,
}

/// The least memory limit, bytes. What requests may hold of it is less than a sixth: 2.5 MiB, half of the largest
/// request over gRPC by default; the process takes more by itself before the first.
const LEAST_MEMORY: u64 = 16 << 20;

/// `service.memory`.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Memory {
    /// What requests in flight and everything that is still owed may take together. Default: half of the
    /// cgroup's or machine's memory.
    pub(super) limit: Option<ByteSize>,
}

/// `service.storage`.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Storage {
    /// The folder of the journal, made where it is missing, for this process alone. Default: none, and what is
    /// acknowledged is held in RAM.
    pub(super) directory: Option<String>,
    /// What an acknowledged request survives. Default: `process` with a directory, `memory` without.
    pub(super) durability: Option<Durability>,
    /// The most bytes the journal may take, 16MiB at least. Past it a destination that makes no progress gives up its
    /// oldest; where all do, requests are refused. What one destination is sent again and again keeps an eighth of it at most.
    /// Default 10GiB.
    pub(super) max_size: Option<ByteSize>,
    /// What becomes of requests while the disk takes nothing: it fails, was made read-only, or is full. Default `refuse`.
    pub(super) on_journal_error: Option<OnJournalError>,
}

/// What a disk that fails while the process runs means to requests.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum OnJournalError {
    /// They are refused, with a time to come back.
    Refuse,
    /// They are held in RAM, within `service.memory.limit`, and lost with the process; told in the log and by
    /// `tollgate_journal_degraded`.
    Memory,
}

/// What an acknowledged request survives.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum Durability {
    /// Nothing: it is held in RAM.
    Memory,
    /// The end of the process, not of the machine.
    Process,
    /// The loss of power.
    Disk,
}

/// `service.telemetry`.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Telemetry {
    /// Our own log.
    pub(super) logs: Option<Logs>,
    /// Our own metrics.
    pub(super) metrics: Option<Metrics>,
    /// Means nothing here: this process makes no spans of its own.
    pub(super) traces: Option<BTreeMap<String, Value>>,
    /// Means nothing here: our metrics carry the labels of the scrape.
    pub(super) resource: Option<Value>,
}

/// `service.telemetry.logs`.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Logs {
    /// The least that is logged. Default: `info`.
    pub(super) level: Option<Level>,
    /// `console` for people, `json` for programs. Default: `console`.
    pub(super) encoding: Option<Encoding>,
    /// Means nothing here.
    pub(super) development: Option<bool>,
    /// Means nothing here.
    pub(super) disable_caller: Option<bool>,
    /// Means nothing here.
    pub(super) disable_stacktrace: Option<bool>,
    /// Means nothing here.
    pub(super) disable_zap_resource: Option<bool>,
    /// Means nothing here: nothing is logged per record.
    pub(super) sampling: Option<BTreeMap<String, Value>>,
    /// Means nothing here: the log goes to stderr.
    pub(super) output_paths: Option<Vec<String>>,
    /// Means nothing here: the log goes to stderr.
    pub(super) error_output_paths: Option<Vec<String>>,
    /// Means nothing here.
    pub(super) initial_fields: Option<BTreeMap<String, Value>>,
    /// Means nothing here: the log is not exported.
    pub(super) processors: Option<Vec<Value>>,
}

/// A log level. Nothing is logged above `error`: the Collector's `dpanic`, `panic` and `fatal` are that.
#[derive(Clone, Copy, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
#[schemars(extend("enum" = ["trace", "debug", "info", "warn", "error", "dpanic", "panic", "fatal"]))]
#[allow(missing_docs)]
pub(super) enum Level {
    Trace,
    Debug,
    Info,
    Warn,
    #[serde(alias = "dpanic", alias = "panic", alias = "fatal")]
    Error,
}

/// How the log is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
#[allow(missing_docs)]
pub(super) enum Encoding {
    Console,
    Json,
}

/// `service.telemetry.metrics`.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Metrics {
    /// `none` opens no listener; all other levels are the same here. Default: `normal`.
    pub(super) level: Option<MetricsLevel>,
    /// The listener as `host:port`; removed in the Collector, `readers` is its successor.
    pub(super) address: Option<String>,
    /// Where metrics are read. The first `pull.exporter.prometheus` moves our listener from 127.0.0.1:8888.
    pub(super) readers: Option<Vec<Reader>>,
    /// Means nothing here: names and buckets are fixed.
    pub(super) views: Option<Vec<Value>>,
}

/// How much the Collector measures of itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
#[allow(missing_docs)]
pub(super) enum MetricsLevel {
    None,
    Basic,
    Normal,
    Detailed,
}

/// A reader of our own metrics.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Reader {
    /// Metrics that a server asks for.
    pub(super) pull: Option<Pull>,
    /// Means nothing here: our metrics are not pushed.
    pub(super) periodic: Option<BTreeMap<String, Value>>,
}

/// `pull` of a reader.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Pull {
    /// How the server asks.
    pub(super) exporter: Option<PullExporter>,
}

/// `pull.exporter` of a reader.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub(super) struct PullExporter {
    /// Prometheus' text format at `/metrics`.
    pub(super) prometheus: Option<Prometheus>,
}

/// `pull.exporter.prometheus` of a reader.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Prometheus {
    /// The host to listen on. Default: `127.0.0.1`.
    pub(super) host: Option<String>,
    /// The port to listen on. Default: 8888.
    pub(super) port: Option<u16>,
    /// Means nothing here.
    pub(super) without_scope_info: Option<bool>,
    /// Means nothing here.
    pub(super) without_type_suffix: Option<bool>,
    /// Means nothing here.
    pub(super) without_units: Option<bool>,
    /// Means nothing here.
    pub(super) with_resource_constant_labels: Option<Value>,
    /// Means nothing here.
    pub(super) translation_strategy: Option<String>,
}

impl Storage {
    /// The journal in files that it asks for, if it does.
    fn files(&self) -> Option<journal::Storage> {
        let durability = match self.durability {
            Some(Durability::Memory) => return None,
            Some(Durability::Disk) => journal::Durability::Disk,
            Some(Durability::Process) | None => journal::Durability::Process,
        };
        let max_size = self.max_size.map_or(journal::Storage::MAX_SIZE, |size| size.0);
        let on_error = match self.on_journal_error {
            Some(OnJournalError::Memory) => journal::OnError::Memory,
            Some(OnJournalError::Refuse) | None => journal::OnError::Refuse,
        };
        Some(journal::Storage { directory: self.directory.as_ref()?.into(), durability, max_size, on_error })
    }

    fn check(&self, findings: &mut Findings) {
        if self.directory.as_ref().is_some_and(String::is_empty) {
            findings
                .error("storage.directory", "E028", "names no folder")
                .hint("leave it out to keep what waits in RAM");
        }
        let lasting = self.durability.is_some_and(|durability| durability != Durability::Memory);
        if lasting && self.directory.is_none() {
            let message = "what is to outlive the process needs a folder";
            findings.error("storage.durability", "E028", message).hint("set `service.storage.directory`");
        }
        if self.directory.is_some() && self.durability == Some(Durability::Memory) {
            let message = "nothing is written there: `durability` is `memory`";
            findings.warn("storage.directory", "W028", message).hint("leave `durability` out, or the directory");
        }
        if self.max_size.is_some_and(|size| size.0 < journal::Storage::LEAST) {
            findings.error("storage.max_size", "E028", "must be 16MiB at least");
        }
        if self.max_size.is_some() && self.directory.is_none() {
            let message = "bounds nothing without `service.storage.directory`";
            findings.warn("storage.max_size", "W028", message).hint("RAM is bounded by `service.memory.limit`");
        }
        if self.on_journal_error.is_some() && self.directory.is_none() {
            let message = "`on_journal_error` means nothing without a directory: there is no journal to fail";
            findings.warn("storage.on_journal_error", "W028", message).hint("set `service.storage.directory`");
        }
    }
}

impl ServiceSection {
    /// Makes the settings of the section.
    pub(super) fn apply(&self, service: &mut Service) {
        service.memory_limit = self.memory.as_ref().and_then(|memory| memory.limit).map(|limit| limit.0);
        service.workers = self.workers;
        if let Some(timeout) = self.shutdown_timeout {
            service.shutdown_timeout = timeout.0;
        }
        service.storage = self.storage.as_ref().and_then(Storage::files);
        let Some(telemetry) = &self.telemetry else { return };
        if let Some(logs) = &telemetry.logs {
            if let Some(level) = logs.level {
                service.log_level = format!("{level:?}").to_lowercase();
            }
            service.log_json = logs.encoding == Some(Encoding::Json);
        }
        if let Some(metrics) = &telemetry.metrics {
            service.metrics = metrics.listener();
        }
    }

    /// What of the section cannot be meant, or means nothing here.
    pub(super) fn check(&self, findings: &mut Findings) {
        let limit = self.memory.as_ref().and_then(|memory| memory.limit);
        if let Some(limit) = limit.filter(|limit| limit.0 < LEAST_MEMORY) {
            let message = format!("no request would fit in {limit}: the process itself takes more");
            findings.error("memory.limit", "E303", message).hint("a plain number is bytes; write it as in `512MiB`");
        }
        if let Some(storage) = &self.storage {
            storage.check(findings);
        }
        let Some(telemetry) = &self.telemetry else { return };
        let mut nothing = |key: &str, is_there: bool| {
            if is_there {
                let name = key.rsplit('.').next().unwrap_or_default();
                findings.note(key, "N002", format!("`{name}` means nothing here"));
            }
        };
        nothing("telemetry.traces", telemetry.traces.is_some());
        nothing("telemetry.resource", telemetry.resource.is_some());
        if let Some(logs) = &telemetry.logs {
            nothing("telemetry.logs.development", logs.development.is_some());
            nothing("telemetry.logs.disable_caller", logs.disable_caller.is_some());
            nothing("telemetry.logs.disable_stacktrace", logs.disable_stacktrace.is_some());
            nothing("telemetry.logs.disable_zap_resource", logs.disable_zap_resource.is_some());
            nothing("telemetry.logs.sampling", logs.sampling.is_some());
            nothing("telemetry.logs.output_paths", logs.output_paths.is_some());
            nothing("telemetry.logs.error_output_paths", logs.error_output_paths.is_some());
            nothing("telemetry.logs.initial_fields", logs.initial_fields.is_some());
            nothing("telemetry.logs.processors", logs.processors.is_some());
        }
        if let Some(metrics) = &telemetry.metrics {
            metrics.check(findings);
        }
    }
}

impl Metrics {
    /// Where `/metrics` is answered.
    fn listener(&self) -> Option<String> {
        if self.level == Some(MetricsLevel::None) {
            return None;
        }
        let default = Service::default().metrics;
        let pulled = self.pulls().next().map(|prometheus| {
            let host = prometheus.host.as_deref().unwrap_or("127.0.0.1");
            let port = prometheus.port.unwrap_or(8888);
            if host.contains(':') && !host.starts_with('[') {
                format!("[{host}]:{port}")
            } else {
                format!("{host}:{port}")
            }
        });
        pulled.or_else(|| self.address.clone()).or(default)
    }

    fn pulls(&self) -> impl Iterator<Item = &Prometheus> {
        let readers = self.readers.iter().flatten();
        readers.filter_map(|reader| reader.pull.as_ref()?.exporter.as_ref()?.prometheus.as_ref())
    }

    /// The key that says where `/metrics` is answered.
    fn listener_key(&self) -> String {
        let pull = |reader: &Reader| reader.pull.as_ref()?.exporter.as_ref()?.prometheus.as_ref().map(drop);
        let reader = self.readers.iter().flatten().position(|reader| pull(reader).is_some());
        reader.map_or_else(
            || "telemetry.metrics.address".into(),
            |index| format!("telemetry.metrics.readers.{index}.pull.exporter.prometheus.host"),
        )
    }

    fn check(&self, findings: &mut Findings) {
        if let Some(Err(why)) = self.listener().map(|address| HostPort::parse(&address)) {
            findings.error(&self.listener_key(), "E030", why).hint("as in `127.0.0.1:8888`");
        }
        if self.address.is_some() {
            let message = "the Collector has removed `address`; it is taken as the address of our metrics";
            findings.note("telemetry.metrics.address", "N005", message).hint("`readers` is its successor");
        }
        if self.views.is_some() {
            findings.note("telemetry.metrics.views", "N002", "`views` means nothing here");
        }
        let mut pulled = 0;
        for (index, reader) in self.readers.iter().flatten().enumerate() {
            let key = format!("telemetry.metrics.readers.{index}");
            if reader.periodic.is_some() {
                let message = "our metrics are not pushed: a server reads them at `/metrics`";
                findings.note(&format!("{key}.periodic"), "N002", message);
            }
            pulled += usize::from(reader.pull.is_some());
            if reader.pull.is_some() && pulled > 1 {
                findings.note(&key, "N002", "there is one listener for metrics: the first reader has it");
            }
        }
    }
}
