//! `debug`: what passes, for people to read, on standard output; limited on purpose.

mod print;

use std::io::{self, Write};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use pipeline::component::{BoxFuture, Exporter};
use pipeline::config::Findings;
use pipeline::content::{Content, ContentHash, ContentPolicy};
use pipeline::journal::Bounds;
use pipeline::registry::{BuildCx, BuildError, ComponentConfig, ExporterConfig};
use schemars::JsonSchema;
use serde::Deserialize;
use tokio::time::Instant;

use crate::delivery::{Delivery, Request, RetryOnFailure, Sender, SendingQueue, Verdict};

/// Prints what passes. What is printed is what was redacted before it, and no more: attribute values
/// only with `verbosity: detailed`, at most 1 KiB of each, at most 100 records of a request.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct DebugExporter {
    /// `basic`: a line a request; `normal`: a line a record, without values; `detailed`: all of it. Default `basic`.
    pub verbosity: Verbosity,
    /// Requests printed each second before sampling begins. Default 2.
    pub sampling_initial: u64,
    /// Then every so many-th is printed; 1 prints all, 0 none. Default 1.
    pub sampling_thereafter: u64,
    /// Accepted for the Collector's sake and without effect: lines go to standard output, our own log
    /// to standard error. Default true.
    pub use_internal_logger: bool,
    /// Where the lines go: `stdout` or `stderr` first in the list. Default `[stdout]`.
    pub output_paths: Vec<Output>,
    /// What leaves here of prompts, completions, tool arguments and results: `keep`, `hash_length` or `drop`; never
    /// more than the pipeline lets through. Default `keep`.
    pub content: Content,
    /// What may be owed. One request is printed at a time, whatever `num_consumers` says.
    pub sending_queue: SendingQueue,
}

/// How much is printed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Verbosity {
    /// Counts.
    #[default]
    Basic,
    /// A line a record, without values.
    Normal,
    /// Every field.
    Detailed,
}

/// A stream of the process.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Output {
    /// Standard output.
    #[default]
    Stdout,
    /// Standard error.
    Stderr,
}

impl Default for DebugExporter {
    fn default() -> Self {
        Self {
            verbosity: Verbosity::Basic,
            sampling_initial: 2,
            sampling_thereafter: 1,
            use_internal_logger: true,
            output_paths: vec![Output::Stdout],
            content: Content::Keep,
            sending_queue: SendingQueue::default(),
        }
    }
}

impl ComponentConfig for DebugExporter {
    const NAME: &'static str = "debug";
    const ABOUT: &'static str = "prints what passes, for people to read";
    const EXAMPLE: &'static str = "verbosity: normal\n";

    fn check(&self, findings: &mut Findings) {
        if self.verbosity == Verbosity::Detailed {
            let message =
                "prints attribute values and bodies, prompts among them: personal data in your terminal or log";
            findings.warn("verbosity", "W022", message);
        }
        if self.output_paths.len() > 1 {
            findings.note("output_paths", "N025", "only the first is used");
        }
        self.sending_queue.check(findings);
    }
}

impl ExporterConfig for DebugExporter {
    fn bounds(&self) -> Bounds {
        self.sending_queue.bounds()
    }

    fn build(self, _: &BuildCx<'_>) -> Result<Box<dyn Exporter>, BuildError> {
        let out: Box<dyn Write + Send> = match self.output_paths.first() {
            Some(Output::Stderr) => Box::new(io::stderr()),
            Some(Output::Stdout) | None => Box::new(io::stdout()),
        };
        let mut plan = self.sending_queue.plan(&RetryOnFailure::default());
        plan.content = ContentPolicy::new(self.content, ContentHash::unkeyed());
        plan.consumers = 1;
        Ok(Box::new(Delivery::new(Printer::new(&self, out), plan)))
    }
}

/// Prints requests; a closed pipe is no reason to keep them.
struct Printer {
    verbosity: Verbosity,
    sampling: Mutex<Sampling>,
    out: Arc<Mutex<Box<dyn Write + Send>>>,
}

/// So many a second, then every so many-th.
#[derive(Debug)]
struct Sampling {
    initial: u64,
    thereafter: u64,
    second: Instant,
    seen: u64,
}

impl Sampling {
    fn prints(&mut self, now: Instant) -> bool {
        if now.duration_since(self.second) >= Duration::from_secs(1) {
            self.second = now;
            self.seen = 0;
        }
        self.seen += 1;
        self.seen <= self.initial || (self.thereafter > 0 && (self.seen - self.initial).is_multiple_of(self.thereafter))
    }
}

impl Printer {
    fn new(config: &DebugExporter, out: Box<dyn Write + Send>) -> Self {
        let (initial, thereafter) = (config.sampling_initial, config.sampling_thereafter);
        let sampling = Sampling { initial, thereafter, second: Instant::now(), seen: 0 };
        Self { verbosity: config.verbosity, sampling: Mutex::new(sampling), out: Arc::new(Mutex::new(out)) }
    }
}

impl Sender for Printer {
    fn send<'a>(&'a self, request: &'a Request) -> BoxFuture<'a, Verdict> {
        let prints = self.sampling.lock().unwrap_or_else(PoisonError::into_inner).prints(Instant::now());
        let (verbosity, out, request) = (self.verbosity, self.out.clone(), request.clone());
        Box::pin(async move {
            if !prints {
                return Verdict::Delivered;
            }
            let print = move || {
                let text = print::text(&request, verbosity);
                let mut out = out.lock().unwrap_or_else(PoisonError::into_inner);
                // Nobody reads: that is no reason to hold the data back, which nobody else waits for.
                let _unread = out.write_all(text.as_bytes()).and_then(|()| out.flush()).is_err();
                Verdict::Delivered
            };
            tokio::task::spawn_blocking(print).await.unwrap_or(Verdict::Delivered)
        })
    }
}

#[cfg(test)]
mod tests;
