//! The body layer: bytes of a request, in one piece, under a permit taken before they are read.
//!
//! A length that is declared is taken of the memory limit at once, so that what does not fit is
//! turned away at the start. A body that is then slow gives back what has not come and goes on byte
//! by byte: a promise cannot keep memory from others for longer than [`PROMISE`].

use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::{Buf, Bytes};
use http_body::{Body, Frame};
use pipeline::Signal;
use pipeline::intake::Intake;
use pipeline::memory::Permit;
use pipeline::receipt::{Refusal, Rejection};
use tokio::time::{Instant, Sleep, sleep_until};

use super::fault::Fault;

/// How long a declared length is held for bytes that have not come.
const PROMISE: Duration = Duration::from_secs(1);

/// From this size on a body that came in one piece is kept as it is; a smaller one is copied, so
/// that it does not hold the whole read buffer it stands in for as long as the outbox keeps it.
const KEEP: usize = 16 << 10;

/// The five bytes before a gRPC message: whether it is compressed, and its length, big-endian.
const PREFIX: usize = 5;

/// What bounds the reading of one request.
pub(super) struct Bounds<'a> {
    pub(super) intake: &'a Intake,
    pub(super) signal: Signal,
    /// Most bytes.
    pub(super) max: usize,
    /// When the last of them must have come.
    pub(super) deadline: Instant,
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

impl Bounds<'_> {
    /// Reads a whole body, of the `declared` length where the peer gave one.
    pub(super) async fn whole<B>(&self, body: B, declared: Option<u64>) -> Result<Taken, Fault>
    where
        B: Body<Data = Bytes> + Unpin,
    {
        let declared = match declared {
            Some(length) => Some(self.fits(length)?),
            None => None,
        };
        let mut chunks = Chunks::new(body, self.deadline);
        let mut gather = Gather::new(self, declared)?;
        while let Some(chunk) = chunks.next(&mut gather.permit, gather.buffer.len()).await? {
            gather.push(chunk, self.max)?;
        }
        gather.finish()
    }

    /// Reads one gRPC message, which must be the only one.
    pub(super) async fn message<B>(&self, body: B) -> Result<Message, Fault>
    where
        B: Body<Data = Bytes> + Unpin,
    {
        let mut chunks = Chunks::new(body, self.deadline);
        let (prefix, rest) = chunks.prefix(self).await?;
        let compressed = match prefix[0] {
            0 => false,
            1 => true,
            _ => return Err(Fault::Framing("the compressed-flag of the message is neither 0 nor 1")),
        };
        let length = u32::from_be_bytes([prefix[1], prefix[2], prefix[3], prefix[4]]);
        let mut gather = Gather::new(self, Some(self.fits(u64::from(length))?))?;
        if !rest.is_empty() {
            gather.push(rest, self.max)?;
        }
        while let Some(chunk) = chunks.next(&mut gather.permit, gather.buffer.len()).await? {
            gather.push(chunk, self.max)?;
        }
        Ok(Message { compressed, taken: gather.finish()? })
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

impl<B: Body<Data = Bytes> + Unpin> Chunks<B> {
    fn new(body: B, deadline: Instant) -> Self {
        Self { body, timer: None, deadline, promised: true }
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
                    permit.shrink_to(arrived);
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
    async fn prefix(&mut self, bounds: &Bounds<'_>) -> Result<([u8; PREFIX], Bytes), Fault> {
        let mut nothing = bounds.intake.permit(bounds.signal, 0).map_err(Fault::Refused)?;
        let mut prefix = [0; PREFIX];
        let mut filled = 0;
        while let Some(mut chunk) = self.next(&mut nothing, 0).await? {
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
    /// The body, where it came in one piece and is kept as it is.
    whole: Option<Bytes>,
    buffer: Vec<u8>,
}

impl Gather {
    fn new(bounds: &Bounds<'_>, declared: Option<usize>) -> Result<Self, Fault> {
        let permit = bounds.intake.permit(bounds.signal, declared.unwrap_or(0)).map_err(Fault::Refused)?;
        Ok(Self { permit, declared, whole: None, buffer: Vec::new() })
    }

    fn push(&mut self, chunk: Bytes, max: usize) -> Result<(), Fault> {
        let arrived = self.whole.as_ref().map_or(self.buffer.len(), Bytes::len);
        let total = arrived.saturating_add(chunk.len());
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
        let arrived = self.whole.as_ref().map_or(self.buffer.len(), Bytes::len);
        if self.declared.is_some_and(|declared| arrived < declared) {
            return Err(Fault::Framing("fewer bytes than declared"));
        }
        let bytes = self.whole.take().unwrap_or_else(|| {
            self.buffer.shrink_to_fit();
            Bytes::from(std::mem::take(&mut self.buffer))
        });
        self.permit.shrink_to(bytes.len());
        Ok(Taken { bytes, permit: self.permit })
    }
}

fn too_large(max: usize) -> Fault {
    Fault::Rejected(Rejection::TooLarge(format!("the request is over {max} bytes")))
}

#[cfg(test)]
mod tests;
