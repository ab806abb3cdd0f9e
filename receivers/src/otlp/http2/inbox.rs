//! Where the bytes of one request come together: filled by its connection, read by its task.
//!
//! A gRPC request is five bytes and one message. The bytes of the message are put where they stay: into one buffer of
//! its length, which the task is given whole, instead of a chunk for each frame (ARCHITECTURE.md, "gRPC's own HTTP/2").

use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};

use bytes::Bytes;
use http_body::Frame;

use super::link::{Link, Order};

/// The five bytes before a gRPC message: whether it is compressed, and its length, big-endian.
pub(crate) const PREFIX: usize = 5;

/// How many times what came is reserved on the word of a peer: a first frame of 16 KiB has a whole window's room.
const BELIEVED: usize = 32;

/// The bytes of one request.
#[derive(Debug)]
pub(crate) struct Inbox {
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    prefix: Vec<u8>,
    /// What the prefix says of the message, once it is there.
    length: usize,
    /// Whether the prefix was read.
    told: bool,
    data: Vec<u8>,
    /// Bytes of the message that came, read or not.
    came: usize,
    /// The message is read in one piece, which is so long.
    expected: Option<usize>,
    ended: bool,
    /// The stream was reset, or its connection is gone.
    lost: bool,
    waker: Option<Waker>,
}

/// The stream of a request was reset before its end.
#[derive(Debug)]
pub(crate) struct Lost;

impl Inbox {
    pub(super) fn new() -> Self {
        Self { state: Mutex::new(State { prefix: Vec::with_capacity(PREFIX), ..State::default() }) }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Puts bytes in: `most` is what a peer may send of a request that was not let in yet.
    pub(super) fn push(&self, bytes: &[u8], most: usize) {
        let mut state = self.state();
        if state.lost {
            return;
        }
        let missing = if state.told { 0 } else { (PREFIX - state.prefix.len()).min(bytes.len()) };
        let (prefix, bytes) = bytes.split_at(missing);
        if missing > 0 {
            state.prefix.extend_from_slice(prefix);
            let length = state.prefix.get(1..).and_then(|length| length.try_into().ok());
            state.length = length.map_or(0, |length| u32::from_be_bytes(length) as usize);
        }
        // Of what is too much one byte says it all.
        let bytes = &bytes[..bytes.len().min((state.length + 1).saturating_sub(state.came))];
        state.came += bytes.len();
        state.reserve(bytes.len(), most);
        state.data.extend_from_slice(bytes);
        state.wake();
    }

    /// Bytes that nobody read.
    pub(super) fn held(&self) -> usize {
        self.state().data.len()
    }

    /// Says that nothing more comes.
    pub(super) fn end(&self) {
        let mut state = self.state();
        state.ended = true;
        state.wake();
    }

    /// Says that the rest will not come.
    pub(super) fn lose(&self) {
        let mut state = self.state();
        state.lost = true;
        state.data = Vec::new();
        state.wake();
    }
}

impl State {
    /// Makes room for `more` bytes, and for the message where so much of it came that it may be believed.
    fn reserve(&mut self, more: usize, most: usize) {
        let needed = self.data.len() + more;
        if needed > self.data.capacity() {
            let room = self.length.min(most).min(needed.saturating_mul(BELIEVED));
            self.data.reserve_exact(room.max(needed) - self.data.len());
        }
    }

    /// Wakes the reader, if there is something for it.
    fn wake(&mut self) {
        if (self.ended || self.lost || self.is_ready())
            && let Some(waker) = self.waker.take()
        {
            waker.wake();
        }
    }

    fn is_ready(&self) -> bool {
        match self.expected {
            _ if !self.told => self.prefix.len() == PREFIX,
            // Whether a message without a byte is all there is only its end tells.
            Some(length) => self.data.len() >= length.max(1),
            None => !self.data.is_empty(),
        }
    }

    /// The next piece, if it is there: the prefix, then the message in one piece or what came of it; at the end what is
    /// left.
    fn next(&mut self) -> Option<Bytes> {
        if !self.is_ready() && !self.ended {
            return None;
        }
        if !self.told {
            self.told = true;
            return Some(Bytes::from(std::mem::take(&mut self.prefix)));
        }
        Some(Bytes::from(std::mem::take(&mut self.data)))
    }
}

/// The body of a request, as its task sees it.
#[derive(Debug)]
pub(crate) struct Body {
    inbox: Arc<Inbox>,
    link: Arc<Link>,
    stream: u32,
}

impl Body {
    pub(super) fn new(inbox: Arc<Inbox>, link: Arc<Link>, stream: u32) -> Self {
        Self { inbox, link, stream }
    }

    /// Has the message come in one piece of `length` bytes: a permit over them is held, so the peer may send it all.
    pub(crate) fn expect(&self, length: usize) {
        let mut state = self.inbox.state();
        state.expected = Some(length);
        let missing = length.saturating_sub(state.data.len());
        state.data.reserve_exact(missing);
        drop(state);
        self.link.send([Order::Expect { stream: self.stream, length: PREFIX + length }]);
    }

    /// Has what came read at once, and then in pieces: the message is slow.
    pub(crate) fn piecemeal(&self) {
        let mut state = self.inbox.state();
        state.expected = None;
        state.data.shrink_to_fit();
    }

    /// Reads no more: what came and what comes is dropped.
    pub(crate) fn forget(&self) {
        self.inbox.lose();
    }

    /// Bytes of the message that came and were not read.
    pub(crate) fn held(&self) -> usize {
        self.inbox.held()
    }
}

impl Drop for Body {
    fn drop(&mut self) {
        // Nobody will read what is there or still comes.
        self.inbox.lose();
    }
}

impl http_body::Body for Body {
    type Data = Bytes;
    type Error = Lost;

    fn poll_frame(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Lost>>> {
        let mut state = self.inbox.state();
        if state.lost {
            return Poll::Ready(Some(Err(Lost)));
        }
        let given_back = state.expected.is_none() && state.told;
        let Some(bytes) = state.next() else {
            state.waker = Some(cx.waker().clone());
            return Poll::Pending;
        };
        drop(state);
        if bytes.is_empty() {
            return Poll::Ready(None);
        }
        // Where it comes in one piece, the window was opened for all of it; a prefix is not worth an order.
        if given_back {
            self.link.send([Order::Release { stream: self.stream, bytes: bytes.len() }]);
        }
        Poll::Ready(Some(Ok(Frame::data(bytes))))
    }
}

impl std::fmt::Display for Lost {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("the stream was reset before its end")
    }
}

impl std::error::Error for Lost {}

#[cfg(test)]
mod tests;
