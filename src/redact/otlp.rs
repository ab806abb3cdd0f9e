//! OTLP JSON through the processor itself.

use pipeline::Signal;
use pipeline::batch::{Batch, Limits, json};
use processors::redaction::trial::{Change, Trial};

use super::lines::MAX_LINE;

/// How documents start, white space aside.
const STARTS: [(&str, Signal); 4] = [
    ("{\"resourceSpans\"", Signal::Traces),
    ("{\"resourceLogs\"", Signal::Logs),
    ("{\"resource_spans\"", Signal::Traces),
    ("{\"resource_logs\"", Signal::Logs),
];

/// The longest of [`STARTS`].
const LONGEST_START: usize = 18;

/// The signal of a text that starts like a document.
pub(super) fn signal(text: &[u8]) -> Option<Signal> {
    let start = start(text);
    STARTS.into_iter().find(|(known, _)| start.starts_with(known.as_bytes())).map(|(_, signal)| signal)
}

/// The first bytes of a text that are no white space.
fn start(text: &[u8]) -> Vec<u8> {
    text.iter().filter(|byte| !byte.is_ascii_whitespace()).take(LONGEST_START).copied().collect()
}

/// Runs the processor over a document: the document that leaves, and what changed in it.
///
/// # Errors
/// What is wrong with the document, without a word of it.
pub(super) fn redact(trial: &mut Trial, signal: Signal, text: &[u8]) -> Result<(Vec<u8>, Vec<Change>), String> {
    let limits = Limits::default();
    let wire = json::read(signal, text, &limits, &mut |_| true).map_err(|error| format!("no OTLP JSON: {error}"))?;
    let mut batch = Batch::decode(signal, wire.into(), &limits).map_err(|error| format!("no OTLP: {error}"))?;
    let changes = trial.batch(&mut batch);
    let mut out = Vec::with_capacity(text.len());
    json::write(signal, batch.seal().body(), &mut out).map_err(|error| format!("cannot be written: {error}"))?;
    Ok((out, changes))
}

/// A document as it comes in, over one line or several.
#[derive(Default)]
pub(super) struct Document {
    held: Vec<u8>,
    depth: usize,
    quoted: bool,
    escaped: bool,
    whole: bool,
}

impl Document {
    /// Holds `line` if it starts a document, may start one, or goes on with one.
    pub(super) fn takes(&mut self, line: &[u8]) -> bool {
        let mut start = start(&self.held);
        if start.len() < LONGEST_START {
            start.extend(self::start(line));
            start.truncate(LONGEST_START);
        }
        let fits =
            |(known, _): (&str, Signal)| start.starts_with(known.as_bytes()) || known.as_bytes().starts_with(&start);
        if start.is_empty() || !STARTS.into_iter().any(fits) || self.held.len() + line.len() > MAX_LINE {
            return false;
        }
        if !self.held.is_empty() {
            self.held.push(b'\n');
        }
        self.held.extend_from_slice(line);
        line.iter().for_each(|byte| self.count(*byte));
        true
    }

    fn count(&mut self, byte: u8) {
        match byte {
            _ if self.escaped => self.escaped = false,
            b'\\' if self.quoted => self.escaped = true,
            b'"' => self.quoted = !self.quoted,
            b'{' | b'[' if !self.quoted => self.depth += 1,
            b'}' | b']' if !self.quoted => {
                self.depth = self.depth.saturating_sub(1);
                self.whole |= self.depth == 0;
            }
            _ => {}
        }
    }

    /// The document, once all of it is there.
    pub(super) fn whole(&mut self) -> Option<Vec<u8>> {
        self.whole.then(|| self.take())
    }

    /// What is held, whatever it is; nothing is held then.
    pub(super) fn take(&mut self) -> Vec<u8> {
        std::mem::take(self).held
    }
}

#[cfg(test)]
mod tests;
