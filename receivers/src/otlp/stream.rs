//! A connection's bytes, with the times a peer must keep: the first bytes come soon, answers are
//! read, and an answer given before the request was read whole still arrives.

use std::io::{self, IoSlice};
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::task::{Context, Poll, ready};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio::time::{Sleep, sleep};
use tokio_rustls::server::TlsStream;

/// So many bytes are a greeting: the preface of HTTP/2 is as long, a head of HTTP/1 is longer.
const GREETING: usize = 24;

/// How long, and for how many bytes, a peer is listened to that has not finished its request when
/// the connection ends. Closing with bytes unread resets it, and the peer loses our answer.
const LINGER: Duration = Duration::from_secs(1);
const LINGER_BYTES: usize = 4 << 20;

/// What a connection's tasks know of each other.
#[derive(Debug, Default)]
pub(super) struct Life {
    inside: AtomicUsize,
    served: AtomicU64,
    unread: AtomicBool,
}

/// One request inside.
pub(super) struct Inside<'a>(&'a Life);

impl Life {
    pub(super) fn enter(&self) -> Inside<'_> {
        self.inside.fetch_add(1, Ordering::Relaxed);
        Inside(self)
    }

    /// Whether no request is inside.
    pub(super) fn is_idle(&self) -> bool {
        self.inside.load(Ordering::Relaxed) == 0
    }

    /// How many requests were answered so far.
    pub(super) fn served(&self) -> u64 {
        self.served.load(Ordering::Relaxed)
    }

    /// Says that a request was answered before it was read whole.
    pub(super) fn left_unread(&self) {
        self.unread.store(true, Ordering::Relaxed);
    }
}

impl Drop for Inside<'_> {
    fn drop(&mut self) {
        self.0.served.fetch_add(1, Ordering::Relaxed);
        self.0.inside.fetch_sub(1, Ordering::Relaxed);
    }
}

/// A connection, in the clear or not.
pub(super) enum Wire {
    Plain(TcpStream),
    Tls(Box<TlsStream<TcpStream>>),
}

/// A connection whose peer is held to times.
pub(super) struct Stream {
    wire: Wire,
    life: Arc<Life>,
    /// Runs until the greeting is there.
    greeting: Option<Pin<Box<Sleep>>>,
    greeted: usize,
    /// Runs while the peer does not read; made when it stops reading.
    stalled: Option<Pin<Box<Sleep>>>,
    write_timeout: Duration,
    linger: Option<(Pin<Box<Sleep>>, usize)>,
}

impl Stream {
    pub(super) fn new(wire: Wire, life: Arc<Life>, greeting: Duration, write_timeout: Duration) -> Self {
        let greeting = Some(Box::pin(sleep(greeting)));
        Self { wire, life, greeting, greeted: 0, stalled: None, write_timeout, linger: None }
    }

    /// Passes on what a write came to; one that waits longer than the peer may take is an error.
    fn written<T>(&mut self, cx: &mut Context<'_>, written: Poll<io::Result<T>>) -> Poll<io::Result<T>> {
        if written.is_ready() {
            self.stalled = None;
            return written;
        }
        let limit = self.write_timeout;
        let timer = self.stalled.get_or_insert_with(|| Box::pin(sleep(limit)));
        timer.as_mut().poll(cx).map(|()| Err(io::ErrorKind::TimedOut.into()))
    }

    /// Reads and forgets what the peer still sends, for a while.
    fn poll_linger(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        let (timer, budget) = self.linger.get_or_insert_with(|| (Box::pin(sleep(LINGER)), LINGER_BYTES));
        let socket = match &mut self.wire {
            Wire::Plain(socket) => socket,
            Wire::Tls(tls) => tls.get_mut().0,
        };
        let mut scrap = [0; 8 << 10];
        while *budget > 0 {
            let mut buffer = ReadBuf::new(&mut scrap);
            match Pin::new(&mut *socket).poll_read(cx, &mut buffer) {
                Poll::Ready(Ok(())) if !buffer.filled().is_empty() => {
                    *budget = budget.saturating_sub(buffer.filled().len());
                }
                Poll::Ready(_) => return Poll::Ready(()),
                Poll::Pending => return timer.as_mut().poll(cx),
            }
        }
        Poll::Ready(())
    }
}

impl AsyncRead for Stream {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let before = buffer.filled().len();
        let read = match &mut self.wire {
            Wire::Plain(socket) => Pin::new(socket).poll_read(cx, buffer),
            Wire::Tls(tls) => Pin::new(tls).poll_read(cx, buffer),
        };
        let Some(greeting) = &mut self.greeting else { return read };
        if read.is_pending() {
            return greeting.as_mut().poll(cx).map(|()| Err(io::ErrorKind::TimedOut.into()));
        }
        self.greeted += buffer.filled().len() - before;
        if self.greeted >= GREETING {
            self.greeting = None;
        }
        read
    }
}

impl AsyncWrite for Stream {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let written = match &mut self.wire {
            Wire::Plain(socket) => Pin::new(socket).poll_write(cx, bytes),
            Wire::Tls(tls) => Pin::new(tls).poll_write(cx, bytes),
        };
        self.written(cx, written)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        slices: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let written = match &mut self.wire {
            Wire::Plain(socket) => Pin::new(socket).poll_write_vectored(cx, slices),
            Wire::Tls(tls) => Pin::new(tls).poll_write_vectored(cx, slices),
        };
        self.written(cx, written)
    }

    fn is_write_vectored(&self) -> bool {
        match &self.wire {
            Wire::Plain(socket) => socket.is_write_vectored(),
            Wire::Tls(tls) => tls.is_write_vectored(),
        }
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let flushed = match &mut self.wire {
            Wire::Plain(socket) => Pin::new(socket).poll_flush(cx),
            Wire::Tls(tls) => Pin::new(tls).poll_flush(cx),
        };
        self.written(cx, flushed)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        if self.linger.is_none() {
            let shut = match &mut self.wire {
                Wire::Plain(socket) => Pin::new(socket).poll_shutdown(cx),
                Wire::Tls(tls) => Pin::new(tls).poll_shutdown(cx),
            };
            let shut = ready!(self.written(cx, shut));
            if shut.is_err() || !self.life.unread.load(Ordering::Relaxed) {
                return Poll::Ready(shut);
            }
        }
        self.poll_linger(cx).map(Ok)
    }
}
