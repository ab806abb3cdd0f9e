//! The body layer: bytes of a request, in one piece, under a permit taken before they are read.
//!
//! A length that is declared is taken of the memory limit at once, so that what does not fit is
//! turned away at the start: after a while in which nothing of it is read, and so nothing is sent
//! beyond the peer's window. That wait is what holds back peers that would be back at once. A body that is then slow gives back what has not come and goes on byte
//! by byte: a promise cannot keep memory from others for longer than [`PROMISE`].

use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::{Buf, Bytes};
use http_body::{Body, Frame};
use pipeline::Signal;
use pipeline::intake::{Intake, NoRoom};
use pipeline::memory::Permit;
use pipeline::receipt::{Refusal, Rejection};
use tokio::time::{Instant, Sleep, sleep_until, timeout};

use super::connection::STREAM_WINDOW;
use super::fault::Fault;
use super::http2::{self, PREFIX};

/// How long a declared length is held for bytes that have not come.
const PROMISE: Duration = Duration::from_secs(1);

/// From this size on a body that came in one piece is kept as it is; a smaller one is copied, so
/// that it does not hold the whole read buffer it stands in for as long as the outbox keeps it.
const KEEP: usize = 16 << 10;

/// How long a request waits for room, at most half of its time, before it is refused.
const PATIENCE: Duration = Duration::from_secs(5);

/// What a request is charged from its head on, bytes: its task and its stream.
const HEAD: usize = 4 << 10;

/// How much of a refused request is read to keep its connection, and for how long.
const DISCARD: usize = 4 << 20;
const DISCARD_WITHIN: Duration = Duration::from_secs(1);

/// What bounds the reading of one request.
pub(super) struct Bounds<'a> {
    pub(super) intake: &'a Intake,
    pub(super) signal: Signal,
    /// Most bytes.
    pub(super) max: usize,
    /// How many times its bytes a request takes until it is a batch: JSON stands beside what it becomes, whose
    /// capacity doubles. Without that room it would be read in vain.
    pub(super) times: usize,
    /// When the last of them must have come.
    pub(super) deadline: Instant,
    /// The peer asked for leave to send (`expect: 100-continue`): a refusal is the answer to that, and
    /// reading on would give the leave.
    pub(super) expects: bool,
}

/// A request's bytes and the permit over them.
#[derive(Debug)]
pub(super) struct Taken {
    pub(super) bytes: Bytes,
    pub(super) permit: Permit,
}

/// A gRPC message.
#[derive(Debug)]
pub(super) struct Message {
    pub(super) compressed: bool,
    pub(super) taken: Taken,
}

/// Where the bytes of a request come from.
pub(super) trait Source: Body<Data = Bytes> + Unpin {
    /// A permit over all `length` bytes of the message is held: they may come in one piece.
    fn expect(&self, _length: usize) {}

    /// The message is slow: what came of it is wanted, and then each piece as it comes.
    fn piecemeal(&self) {}

    /// No more of it is read.
    fn forget(&self) {}

    /// Bytes that came and were not read, though the peer was let in with them.
    fn held(&self) -> usize {
        0
    }
}

impl Source for hyper::body::Incoming {}

impl Source for http2::Body {
    fn expect(&self, length: usize) {
        self.expect(length);
    }

    fn piecemeal(&self) {
        self.piecemeal();
    }

    fn forget(&self) {
        self.forget();
    }

    fn held(&self) -> usize {
        self.held()
    }
}

impl Bounds<'_> {
    /// Reads a whole body, of the `declared` length where the peer gave one; `unread` becomes false when the
    /// end was reached, whatever became of it.
    pub(super) async fn whole<B>(&self, body: B, declared: Option<u64>, unread: &mut bool) -> Result<Taken, Fault>
    where
        B: Source,
    {
        let declared = match declared {
            Some(length) => Some(self.fits(length)?),
            None => None,
        };
        let mut chunks = Chunks::new(body, self.deadline);
        let taken = match self.permit(declared, &mut chunks).await {
            Ok(permit) => chunks.gather(Gather::new(permit, declared, self.times), self.max).await,
            Err(fault) => Err(fault),
        };
        *unread = match &taken {
            Ok(_) => false,
            Err(Fault::Refused(_)) if !self.expects => !chunks.discarded().await,
            Err(_) => true,
        };
        taken
    }

    /// Reads one gRPC message, which must be the only one. What is left of one that is not taken is not read:
    /// the stream is reset behind the answer, and the peer sends no more of it.
    pub(super) async fn message<B>(&self, body: B) -> Result<Message, Fault>
    where
        B: Source,
    {
        let mut chunks = Chunks::new(body, self.deadline);
        // So little is taken out of turn: with the prefix its length is known, and what it leaves unread.
        let mut permit = match self.intake.permit(self.signal, HEAD) {
            Ok(head) => head,
            Err(_) => self.permit(None, &mut chunks).await?,
        };
        let (prefix, rest) = chunks.prefix(&mut permit).await?;
        let compressed = match prefix[0] {
            0 => false,
            1 => true,
            _ => return Err(Fault::Framing("the compressed-flag of the message is neither 0 nor 1")),
        };
        let length = u32::from_be_bytes([prefix[1], prefix[2], prefix[3], prefix[4]]);
        let length = self.fits(u64::from(length))?;
        if self.intake.awaited() || !permit.grow(length.saturating_sub(permit.bytes())) {
            // Nobody waits while holding a permit.
            drop(permit);
            permit = self.permit(Some(length), &mut chunks).await?;
        }
        chunks.body.expect(length);
        // The promise is of the message: that the prefix was slow is no part of it.
        (chunks.promised, chunks.timer) = (true, None);
        let mut gather = Gather::new(permit, Some(length), self.times);
        if !rest.is_empty() {
            gather.push(rest, self.max)?;
        }
        Ok(Message { compressed, taken: chunks.gather(gather, self.max).await? })
    }

    /// A permit for a request of `length` bytes, or for what one costs before its first byte; waits for it a little.
    async fn permit<B>(&self, length: Option<usize>, chunks: &mut Chunks<B>) -> Result<Permit, Fault>
    where
        B: Source,
    {
        let least = length.unwrap_or(0);
        let bytes = self.intake.most(least.saturating_mul(self.times)).max(least).max(HEAD);
        let window = STREAM_WINDOW as usize;
        let patience = PATIENCE.min(self.deadline.saturating_duration_since(Instant::now()) / 2);
        let room = timeout(patience, self.intake.room(self.signal, bytes, length.unwrap_or(window).min(window))).await;
        match room {
            Ok(Ok(permit)) => Ok(permit),
            Ok(Err(NoRoom::Refused(refusal))) => Err(Fault::Refused(refusal)),
            Ok(Err(NoRoom::Crowded)) => {
                if let Some(_place) = self.intake.pause(HEAD) {
                    chunks.pause(patience, self.expects).await;
                }
                Err(Fault::Refused(Refusal::Memory))
            }
            Err(_late) => self.intake.permit(self.signal, bytes).map_err(Fault::Refused),
        }
    }

    fn fits(&self, length: u64) -> Result<usize, Fault> {
        usize::try_from(length).ok().filter(|length| *length <= self.max).ok_or_else(|| too_large(self.max))
    }
}

/// The data frames of a body, until its end or the deadline.
struct Chunks<B> {
    body: B,
    /// First when the promise ends, then the deadline; made only when data has to be waited for.
    timer: Option<Pin<Box<Sleep>>>,
    deadline: Instant,
    promised: bool,
}

impl<B: Source> Chunks<B> {
    fn new(body: B, deadline: Instant) -> Self {
        Self { body, timer: None, deadline, promised: true }
    }

    /// Gathers data until the end.
    async fn gather(&mut self, mut gather: Gather, max: usize) -> Result<Taken, Fault> {
        loop {
            let arrived = gather.arrived();
            match self.next(&mut gather.permit, arrived).await? {
                Some(chunk) => gather.push(chunk, max)?,
                None => return gather.finish(),
            }
        }
    }

    /// Reads and drops what is left of a request that is refused for now, within bounds; whether its end was
    /// reached. Left unread it would end an HTTP/1.1 connection, at the very time when every other request
    /// on it is worth something.
    async fn discarded(&mut self) -> bool {
        let read = async {
            let mut read = 0;
            while read < DISCARD {
                match poll_fn(|cx| Pin::new(&mut self.body).poll_frame(cx)).await {
                    Some(Ok(frame)) => read += data(frame).map_or(0, |data| data.len()),
                    Some(Err(_)) => return false,
                    None => return true,
                }
            }
            false
        };
        timeout(DISCARD_WITHIN, read).await.unwrap_or(false)
    }

    /// Reads and drops what comes, unless the peer asked for leave to send, and waits as long as it would have
    /// waited for room: told at once, an impatient peer would be back at once, and what it sends again would cost
    /// more than what is taken.
    async fn pause(&mut self, patience: Duration, expects: bool) {
        let end = Instant::now() + patience;
        if !expects {
            self.discarded().await;
            self.body.forget();
        }
        sleep_until(end).await;
    }

    /// The next data; when it is slow, what `permit` holds beyond `arrived` bytes is given back.
    async fn next(&mut self, permit: &mut Permit, arrived: usize) -> Result<Option<Bytes>, Fault> {
        loop {
            match poll_fn(|cx| self.poll(cx)).await {
                Some(None) => return Ok(None),
                Some(Some(Err(_))) => return Err(Fault::Gone),
                Some(Some(Ok(frame))) => {
                    if let Some(data) = data(frame) {
                        return Ok(Some(data));
                    }
                }
                None if Instant::now() >= self.deadline => return Err(Fault::Slow),
                None => {
                    self.promised = false;
                    self.timer = None;
                    self.body.piecemeal();
                    permit.shrink_to((arrived + self.body.held()).max(HEAD));
                }
            }
        }
    }

    /// The next frame of the body, or `None` when the time is up.
    #[allow(clippy::type_complexity)]
    fn poll(&mut self, cx: &mut Context<'_>) -> Poll<Option<Option<Result<Frame<Bytes>, B::Error>>>> {
        if let Poll::Ready(frame) = Pin::new(&mut self.body).poll_frame(cx) {
            return Poll::Ready(Some(frame));
        }
        let (promised, deadline) = (self.promised, self.deadline);
        let until = || if promised { deadline.min(Instant::now() + PROMISE) } else { deadline };
        self.timer.get_or_insert_with(|| Box::pin(sleep_until(until()))).as_mut().poll(cx).map(|()| None)
    }

    /// The first five bytes, and what came with them.
    async fn prefix(&mut self, permit: &mut Permit) -> Result<([u8; PREFIX], Bytes), Fault> {
        let mut prefix = [0; PREFIX];
        let mut filled = 0;
        while let Some(mut chunk) = self.next(permit, 0).await? {
            let part = chunk.len().min(PREFIX - filled);
            prefix[filled..filled + part].copy_from_slice(&chunk[..part]);
            filled += part;
            if filled == PREFIX {
                chunk.advance(part);
                return Ok((prefix, chunk));
            }
        }
        Err(Fault::Framing("the request ends within the prefix of its message"))
    }
}

/// Data of a frame, unless it is empty or trailers.
fn data(frame: Frame<Bytes>) -> Option<Bytes> {
    frame.into_data().ok().filter(|data| !data.is_empty())
}

/// Bytes as they come together.
struct Gather {
    permit: Permit,
    declared: Option<usize>,
    /// See [`Bounds`].
    times: usize,
    /// The body, where it came in one piece and is kept as it is.
    whole: Option<Bytes>,
    buffer: Vec<u8>,
}

impl Gather {
    fn new(permit: Permit, declared: Option<usize>, times: usize) -> Self {
        Self { permit, declared, times, whole: None, buffer: Vec::new() }
    }

    fn arrived(&self) -> usize {
        self.whole.as_ref().map_or(self.buffer.len(), Bytes::len)
    }

    fn push(&mut self, chunk: Bytes, max: usize) -> Result<(), Fault> {
        let total = self.arrived().saturating_add(chunk.len());
        match self.declared {
            Some(declared) if total > declared => {
                return Err(Fault::Framing("more bytes than declared, or two messages"));
            }
            None if total > max => return Err(too_large(max)),
            _ => {}
        }
        if self.declared == Some(chunk.len()) && chunk.len() >= KEEP {
            self.cover(chunk.len())?;
            self.whole = Some(chunk);
            return Ok(());
        }
        self.reserve(total)?;
        self.buffer.extend_from_slice(&chunk);
        Ok(())
    }

    /// Room for `total` bytes: all that is declared at once, else twice what there was, charged before it is taken.
    fn reserve(&mut self, total: usize) -> Result<(), Fault> {
        if let Some(declared) = self.declared {
            self.cover(total)?;
            self.buffer.reserve_exact(declared - self.buffer.len());
        } else if total > self.buffer.capacity() {
            let room = total.max(self.buffer.capacity() * 2);
            self.cover(room).or_else(|_| self.cover(total))?;
            self.buffer.reserve_exact(self.permit.bytes() - self.buffer.len());
        }
        Ok(())
    }

    fn cover(&mut self, bytes: usize) -> Result<(), Fault> {
        let missing = bytes.saturating_sub(self.permit.bytes());
        if missing == 0 || self.permit.grow(missing) { Ok(()) } else { Err(Fault::Refused(Refusal::Memory)) }
    }

    fn finish(mut self) -> Result<Taken, Fault> {
        if self.declared.is_some_and(|declared| self.arrived() < declared) {
            return Err(Fault::Framing("fewer bytes than declared"));
        }
        let bytes = self.whole.take().unwrap_or_else(|| {
            self.buffer.shrink_to_fit();
            Bytes::from(std::mem::take(&mut self.buffer))
        });
        self.permit.shrink_to(bytes.len().saturating_mul(self.times));
        Ok(Taken { bytes, permit: self.permit })
    }
}

fn too_large(max: usize) -> Fault {
    Fault::Rejected(Rejection::TooLarge(format!("the request is over {max} bytes")))
}

#[cfg(test)]
mod tests;
