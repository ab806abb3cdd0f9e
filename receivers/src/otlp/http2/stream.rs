//! One request and its answer, as the connection sees them.

use std::collections::VecDeque;
use std::sync::Arc;

use bytes::Bytes;

use super::inbox::Inbox;

/// A stream.
#[derive(Debug)]
pub(super) struct Stream {
    pub(super) inbox: Arc<Inbox>,
    /// What the peer may still send.
    pub(super) credit: i64,
    /// What it sent that the connection's window was not given back.
    pub(super) held: i64,
    /// What was read of it and is not yet given back to its own window.
    pub(super) owed: i64,
    /// Bytes of data that came.
    pub(super) came: u64,
    /// The peer was let in with so many bytes: what comes is given back to the connection's window at once.
    pub(super) expected: Option<u64>,
    /// The peer said there would be so many bytes.
    declared: Option<u64>,
    pub(super) remote_closed: bool,
    pub(super) local_closed: bool,
    /// What may still be sent of the answer.
    pub(super) window: i64,
    /// What is still to be sent of it: pieces, then the fields behind them.
    pub(super) queue: VecDeque<Bytes>,
    pub(super) trailers: Option<Vec<u8>>,
    /// Its task has ended.
    pub(super) done: bool,
}

impl Stream {
    pub(super) fn new(inbox: Arc<Inbox>, credit: i64, window: i64, declared: Option<u64>) -> Self {
        Self {
            inbox,
            credit,
            held: 0,
            owed: 0,
            came: 0,
            expected: None,
            declared,
            remote_closed: false,
            local_closed: false,
            window,
            queue: VecDeque::new(),
            trailers: None,
            done: false,
        }
    }

    /// Whether what came is not what was declared (RFC 9113 section 8.1.1).
    pub(super) fn is_cut_short(&self) -> bool {
        self.declared.is_some_and(|declared| declared != self.came)
    }

    /// How much further the peer's window has to be opened for what is expected of it.
    pub(super) fn missing(&self) -> i64 {
        let expected = self.expected.unwrap_or(0).saturating_sub(self.came);
        if self.remote_closed { 0 } else { i64::try_from(expected).unwrap_or(i64::MAX).saturating_sub(self.credit) }
    }
}
