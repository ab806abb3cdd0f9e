//! `file`: requests as lines of OTLP JSON or as messages with their length, as the Collector's file exporter has them.

pub mod place;
mod rotation;
mod writer;

use std::io;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use pipeline::Timestamp;
use pipeline::component::{BoxFuture, Exporter};
use pipeline::config::{Duration, Findings};
use pipeline::content::{Content, ContentHash, ContentPolicy};
use pipeline::journal::{Bounds, Limit};
use pipeline::registry::{BuildCx, BuildError, ComponentConfig, ExporterConfig};
use schemars::JsonSchema;
use serde::Deserialize;

pub use rotation::Rotation;

use crate::delivery::{Batching, Blame, Delivery, Request, RetryOnFailure, Sender, SendingQueue, Verdict};
use pipeline::batch::json;
use writer::{Target, Writer};

/// Writes traces, logs and metrics to a file. With `format: json` and no compression each request is a
/// line; else each is a message with its length before it (four bytes, big-endian).
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct FileExporter {
    /// The file. Made with mode 0600. Required.
    pub path: String,
    /// `json` or `proto`. Default `json`.
    pub format: Format,
    /// `zstd` compresses each message on its own; `none` does not. Default `none`.
    pub compression: FileCompression,
    /// Continue a file that is there instead of emptying it at the start; not with `rotation` (which
    /// always continues it) or `compression`. Default false.
    pub append: bool,
    /// When a new file is begun. Default: never.
    pub rotation: Option<Rotation>,
    /// Accepted for the Collector's sake and without effect: every request is written at once. Default 1s.
    pub flush_interval: Duration,
    /// Make the file's directory where it does not exist. Default false.
    pub create_directory: bool,
    /// The mode of directories that are made, in octal. Default "0755".
    pub directory_permissions: String,
    /// A file for each value of a resource attribute. Not in this version: an error where it is enabled.
    pub group_by: Option<GroupBy>,
    /// What leaves here of prompts, completions, tool arguments and results: `keep`, `hash_length` or `drop`; never
    /// more than the pipeline lets through. Default `keep`.
    pub content: Content,
    /// What may be owed. One request is written at a time, whatever `num_consumers` says.
    pub sending_queue: SendingQueue,
    /// When a request that could not be written is tried again.
    pub retry_on_failure: RetryOnFailure,
}

/// The form of a request.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Format {
    /// OTLP JSON.
    #[default]
    Json,
    /// OTLP protobuf.
    Proto,
}

/// How messages are compressed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum FileCompression {
    /// Not at all.
    #[default]
    #[serde(alias = "")]
    None,
    /// zstd, level 3, a frame for each message.
    Zstd,
}

/// A file for each value of a resource attribute.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct GroupBy {
    /// Not in this version. Default false.
    pub enabled: bool,
    /// The attribute. Default `fileexporter.path_segment`.
    pub resource_attribute: Option<String>,
    /// Files open at most. Default 100.
    pub max_open_files: Option<u64>,
}

impl Default for FileExporter {
    fn default() -> Self {
        Self {
            path: String::new(),
            format: Format::Json,
            compression: FileCompression::None,
            append: false,
            rotation: None,
            flush_interval: Duration::secs(1),
            create_directory: false,
            directory_permissions: "0755".into(),
            group_by: None,
            content: Content::Keep,
            sending_queue: SendingQueue::default(),
            retry_on_failure: RetryOnFailure::default(),
        }
    }
}

impl ComponentConfig for FileExporter {
    const NAME: &'static str = "file";
    const ABOUT: &'static str = "writes requests to a file: lines of OTLP JSON, or protobuf";
    const EXAMPLE: &'static str = "\
path: /var/lib/tollgate/kept.jsonl
rotation:
  max_megabytes: 100
  max_backups: 10
";

    fn check(&self, findings: &mut Findings) {
        if self.path.is_empty() {
            findings.error("path", "E228", "must name a file");
        }
        if self.append && self.rotation.is_some() {
            findings.error("append", "E229", "not with rotation, which always continues a file");
        }
        if self.append && self.compression != FileCompression::None {
            findings.error("append", "E229", "not with compression");
        }
        if self.group_by.as_ref().is_some_and(|group| group.enabled) {
            findings.error("group_by.enabled", "E230", "a file for each value is not in this version");
        }
        if u32::from_str_radix(&self.directory_permissions, 8).is_err() {
            findings.error("directory_permissions", "E231", "must be a mode in octal, such as \"0755\"");
        }
        if self.rotation.as_ref().is_some_and(|rotation| rotation.localtime) {
            findings.note("rotation.localtime", "N024", "backups are named in UTC");
        }
        self.sending_queue.check(findings);
        self.retry_on_failure.check(findings);
    }
}

impl ExporterConfig for FileExporter {
    fn bounds(&self) -> Bounds {
        self.sending_queue.bounds()
    }

    fn build(self, _: &BuildCx<'_>) -> Result<Box<dyn Exporter>, BuildError> {
        let mut plan = self.sending_queue.plan(&self.retry_on_failure);
        plan.content = ContentPolicy::new(self.content, ContentHash::unkeyed());
        plan.consumers = 1;
        if self.sending_queue.batch.is_none() {
            plan.batching = lines();
        }
        let mode = u32::from_str_radix(&self.directory_permissions, 8);
        let target = Target {
            path: PathBuf::from(&self.path),
            lines: self.format == Format::Json && self.compression == FileCompression::None,
            truncate: !self.append && self.rotation.is_none(),
            rotation: self.rotation.clone(),
            directory_mode: self.create_directory.then(|| mode.unwrap_or(0o755)),
        };
        let path = target.path.clone();
        let writer = Arc::new(Mutex::new(Writer::new(target)));
        let sender = FileSender { path, writer, format: self.format, compression: self.compression };
        Ok(Box::new(Delivery::new(sender, plan)))
    }
}

/// A request a line, whatever waits.
fn lines() -> Batching {
    Batching { most: Limit::Requests(1), ..Batching::default() }
}

/// Writes requests one at a time, away from the IO threads.
struct FileSender {
    path: PathBuf,
    writer: Arc<Mutex<Writer>>,
    format: Format,
    compression: FileCompression,
}

impl Sender for FileSender {
    fn open(&self) -> io::Result<()> {
        self.writer.lock().unwrap_or_else(PoisonError::into_inner).begin(Timestamp::now())
    }

    fn writes(&self) -> Option<PathBuf> {
        place::file(&self.path)
    }

    fn send<'a>(&'a self, request: &'a Request) -> BoxFuture<'a, Verdict> {
        let (format, compression, writer) = (self.format, self.compression, self.writer.clone());
        let (request, path) = (request.clone(), self.path.clone());
        Box::pin(async move {
            let write = move || {
                let message = match message(&request, format, compression) {
                    Ok(message) => message,
                    Err(reason) => return Verdict::Rejected { blame: Blame::Request, reason },
                };
                let mut writer = writer.lock().unwrap_or_else(PoisonError::into_inner);
                match writer.write(&message, Timestamp::now()) {
                    Ok(()) => Verdict::Delivered,
                    Err(error) => Verdict::Retry { after: None, reason: format!("{}: {error}", path.display()) },
                }
            };
            let failed = |_| Verdict::Retry { after: None, reason: "the write was cut off".into() };
            tokio::task::spawn_blocking(write).await.unwrap_or_else(failed)
        })
    }
}

/// A request as it stands in the file, its line end or its length included.
fn message(request: &Request, format: Format, compression: FileCompression) -> Result<Vec<u8>, String> {
    let wire = request.merged();
    let mut plain = Vec::new();
    match format {
        Format::Json => json::write(request.signal, &wire, &mut plain).map_err(|error| error.to_string())?,
        Format::Proto => plain.extend_from_slice(&wire),
    }
    let body = match compression {
        FileCompression::None if format == Format::Json => {
            plain.push(b'\n');
            return Ok(plain);
        }
        FileCompression::None => plain,
        FileCompression::Zstd => zstd::bulk::compress(&plain, 3).map_err(|error| error.to_string())?,
    };
    let length = u32::try_from(body.len()).map_err(|_| "a message of more than 4 GiB".to_owned())?;
    Ok([length.to_be_bytes().as_slice(), &body].concat())
}

#[cfg(test)]
mod tests;
