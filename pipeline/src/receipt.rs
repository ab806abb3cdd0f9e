//! The answer owed to one request. Silence is failure: a receipt dropped unsettled reports `Lost`.

use std::time::Duration;

use tokio::sync::oneshot;

/// What became of a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// Custody is taken of every record but those bad for good.
    Accepted {
        /// Records taken.
        records: u64,
        /// Records left out for good; the sender is told in `partial_success`.
        rejected: u64,
    },
    /// Not taken; the same request may be sent again later.
    Refused(Refusal),
    /// Not taken; the same bytes would fail again.
    Rejected(Rejection),
    /// The receipt was dropped without an answer: a fault of ours; the sender may send again.
    Lost,
}

/// Why a request is turned away for now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// The memory limit is reached.
    Memory,
    /// The queue to the workers is full.
    Busy,
    /// A destination with `block_on_overflow` is full.
    Blocked,
    /// The journal cannot be written, or is full.
    Storage,
    /// The process is shutting down.
    Draining,
}

impl Refusal {
    /// When the sender should try again: long enough for a batch to leave, short enough not to idle.
    pub fn retry_after(self) -> Duration {
        match self {
            Self::Memory | Self::Busy | Self::Blocked | Self::Storage => Duration::from_secs(1),
            Self::Draining => Duration::from_secs(5),
        }
    }

    /// What the sender is told.
    pub fn message(self) -> &'static str {
        match self {
            Self::Memory => "the memory limit is reached, try again later",
            Self::Busy => "every worker is busy, try again later",
            Self::Blocked => "a destination that blocks on overflow is full, try again later",
            Self::Storage => "the journal cannot be written, try again later",
            Self::Draining => "shutting down, try again later",
        }
    }

    /// The value of the `reason` label.
    pub fn label(self) -> &'static str {
        match self {
            Self::Memory => "memory",
            Self::Busy => "busy",
            Self::Blocked => "blocked",
            Self::Storage => "storage",
            Self::Draining => "draining",
        }
    }
}

/// Why a request is refused for good. The texts are for the sender and hold no payload.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Rejection {
    /// The bytes are no OTLP request.
    Malformed(String),
    /// Over a bound of the receiver, such as `max_recv_msg_size_mib`.
    TooLarge(String),
    /// A fault of ours that the same bytes would meet again.
    Internal(&'static str),
}

/// The sending half of an answer. Not `Clone`: a request is answered once.
#[derive(Debug)]
pub struct Receipt(Option<oneshot::Sender<Outcome>>);

/// The waiting half of an answer.
#[derive(Debug)]
pub struct Answer(oneshot::Receiver<Outcome>);

impl Receipt {
    /// A receipt and the answer it will give.
    pub fn new() -> (Self, Answer) {
        let (sender, receiver) = oneshot::channel();
        (Self(Some(sender)), Answer(receiver))
    }

    /// Answers the sender.
    pub fn settle(mut self, outcome: Outcome) {
        self.send(outcome);
    }

    /// Whether nobody waits for the answer any more: the peer has gone, or was told to try again.
    pub fn abandoned(&self) -> bool {
        self.0.as_ref().is_none_or(oneshot::Sender::is_closed)
    }

    fn send(&mut self, outcome: Outcome) {
        if let Some(sender) = self.0.take() {
            // The peer may have gone; then nobody waits for the answer.
            let _gone = sender.send(outcome).is_err();
        }
    }
}

impl Drop for Receipt {
    fn drop(&mut self) {
        self.send(Outcome::Lost);
    }
}

impl Answer {
    /// Waits for the outcome, on a thread that may block.
    pub(crate) fn wait(self) -> Outcome {
        self.0.blocking_recv().unwrap_or(Outcome::Lost)
    }

    /// Waits for the outcome.
    pub async fn outcome(self) -> Outcome {
        self.0.await.unwrap_or(Outcome::Lost)
    }
}
