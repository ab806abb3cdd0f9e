//! What both transports share: who is let in, what is counted, and the way to a worker and back.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use http::HeaderMap;
use pipeline::auth::Authenticator;
use pipeline::intake::Intake;
use pipeline::ledger::ReceiverSeries;
use pipeline::receipt::Outcome;
use pipeline::{Limits, Signal};
use tokio::time::{Instant, timeout_at};
use tracing::warn;

use super::body::{Bounds, Taken};
use super::fault::Fault;
use super::open::{Arrived, Coding, Form};

/// What a listener knows before it is given an intake.
pub(super) struct Rules {
    /// The receiver's id.
    pub(super) receiver: String,
    /// The series of the transport, by signal.
    pub(super) series: [ReceiverSeries; 3],
    pub(super) auth: Option<Arc<Authenticator>>,
    /// Most bytes of a request, before and after decompression.
    pub(super) max: usize,
    pub(super) limits: Limits,
    pub(super) read_timeout: Duration,
    pub(super) request_timeout: Duration,
}

/// A listener's way in.
pub(super) struct Door {
    rules: Rules,
    pub(super) intake: Intake,
    /// Signals without a pipeline that were named in the log.
    named: [AtomicBool; 3],
}

/// When the bytes of a request must have come, and when it must be answered.
#[derive(Clone, Copy)]
pub(super) struct Deadlines {
    pub(super) read: Instant,
    pub(super) answer: Instant,
}

impl Door {
    pub(super) fn new(rules: Rules, intake: Intake) -> Self {
        Self { rules, intake, named: Default::default() }
    }

    /// Whether who sent these headers is let in.
    pub(super) async fn admit(&self, headers: &HeaderMap) -> Result<(), Fault> {
        let Some(auth) = &self.rules.auth else { return Ok(()) };
        let header = headers.get(auth.header()).map(|value| value.as_bytes());
        let deadline = Instant::now() + self.rules.request_timeout;
        match timeout_at(deadline, auth.admits(header)).await {
            Ok(true) => Ok(()),
            Ok(false) => Err(Fault::Unauthenticated),
            Err(_) => Err(Fault::Late),
        }
    }

    /// What `www-authenticate` says to who is not let in.
    pub(super) fn challenge(&self) -> Option<&str> {
        self.rules.auth.as_deref().map(Authenticator::challenge)
    }

    /// Whether a pipeline takes `signal`; the first request of one that none takes is named in the log.
    pub(super) fn takes(&self, signal: Signal) -> Result<(), Fault> {
        if self.intake.takes(signal) {
            return Ok(());
        }
        if !self.named[signal as usize].swap(true, Ordering::Relaxed) {
            warn!(receiver = self.rules.receiver, %signal, "requests come for a signal no pipeline takes; they are refused");
        }
        Err(Fault::NoPipeline(signal))
    }

    /// The times of a request that comes now; `asked` is the peer's own limit.
    pub(super) fn deadlines(&self, asked: Option<Duration>) -> Deadlines {
        let now = Instant::now();
        let answer = now + asked.unwrap_or(Duration::MAX).min(self.rules.request_timeout);
        Deadlines { read: answer.min(now + self.rules.read_timeout), answer }
    }

    pub(super) fn bounds(&self, signal: Signal, deadlines: Deadlines) -> Bounds<'_> {
        let (max, deadline) = (self.rules.max, deadlines.read);
        Bounds { intake: &self.intake, signal, max, times: 1, deadline, expects: false }
    }

    /// Hands a request to a worker; the number of records left out for good when it is taken.
    pub(super) async fn submit(
        &self,
        signal: Signal,
        taken: Taken,
        (coding, form): (Coding, Form),
        deadlines: Deadlines,
    ) -> Result<u64, Fault> {
        let Taken { bytes, permit } = taken;
        let received = bytes.len() as u64;
        let arrived = Arrived { signal, bytes, coding, form, max: self.rules.max, limits: self.rules.limits };
        let answer = self.intake.submit(signal, permit, Box::new(move |permit| arrived.open(permit)));
        match timeout_at(deadlines.answer, answer).await {
            Ok(Outcome::Accepted { records, rejected }) => {
                let series = &self.rules.series[signal as usize];
                series.accepted.inc_by(records);
                series.accepted_bytes.inc_by(received);
                if rejected > 0 {
                    series.partial.inc_by(rejected);
                }
                Ok(rejected)
            }
            Ok(Outcome::Refused(refusal)) => Err(Fault::Refused(refusal)),
            Ok(Outcome::Rejected(rejection)) => Err(Fault::Rejected(rejection)),
            Ok(Outcome::Lost) => Err(Fault::Lost),
            Err(_) => Err(Fault::Late),
        }
    }

    /// Counts a request that was not taken.
    pub(super) fn count(&self, signal: Signal, fault: &Fault) {
        let series = &self.rules.series[signal as usize];
        if let Fault::Refused(refusal) = fault {
            series.refused(*refusal).inc();
        } else if let Some(reason) = fault.reason() {
            series.failed(reason).inc();
        }
    }
}
