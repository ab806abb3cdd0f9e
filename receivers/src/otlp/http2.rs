//! The HTTP/2 of the gRPC door: one connection as a future, a task for each of its requests.
//!
//! Why it is our own: handing 16-KiB frames from task to task was a quarter of what a span costs on its way through
//! (ARCHITECTURE.md). What is protocol stands in [`machine`], which has neither socket nor clock and is what is
//! fuzzed; here are the socket, the tasks and the pings.
//!
//! Read in this order: `frame`, `hpack`, `fields`; `machine` with `input`, `flow` and `stream`; `inbox` and `link`.

mod fields;
mod flow;
mod frame;
mod hpack;
mod inbox;
mod input;
mod link;
mod machine;
#[cfg(feature = "probe")]
mod probe;
mod stream;

pub(super) use inbox::{Body, PREFIX};
pub(super) use machine::Limits;
#[cfg(feature = "probe")]
pub use probe::converse;

use std::cell::RefCell;
use std::collections::HashMap;
use std::future::{Future, poll_fn};
use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use bytes::Bytes;
use http::{Request, Response};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::task::AbortHandle;
use tokio::time::{Instant, Sleep, sleep_until};

use super::stream::Life;
use link::{Link, Order};
use machine::{Event, Machine};

/// What is read at once. Each thread has one such buffer: what is in it is taken before anybody else's turn.
const STASH: usize = 256 << 10;

thread_local! {
    static READ: RefCell<Box<[u8]>> = RefCell::new(vec![0; STASH].into_boxed_slice());
}

/// A peer that leaves so much unread is not read from.
const UNSENT: usize = 64 << 10;

/// When a peer that says nothing is asked whether it is there, and how long it may take to answer.
#[derive(Clone, Copy, Debug)]
pub(super) struct Pings {
    pub(super) after: Duration,
    pub(super) timeout: Duration,
}

/// A connection, until either side ends it. `F` answers a request.
pub(super) struct Connection<S, F> {
    socket: S,
    life: Arc<Life>,
    machine: Machine,
    serve: F,
    link: Arc<Link>,
    orders: Vec<Order>,
    tasks: HashMap<u32, AbortHandle>,
    /// How much of what the machine said was written.
    written: usize,
    pings: Option<Keepalive>,
}

struct Keepalive {
    pings: Pings,
    timer: Pin<Box<Sleep>>,
    heard: Instant,
    /// When the peer was asked.
    asked: Option<Instant>,
}

impl<S, F, A, B> Connection<S, F>
where
    S: AsyncRead + AsyncWrite + Unpin,
    F: Fn(Request<Body>) -> A + Unpin,
    A: Future<Output = Response<B>> + Send + 'static,
    B: http_body::Body<Data = Bytes> + Send + Unpin + 'static,
{
    /// A connection whose socket is open; without `pings` a silent peer is not asked.
    pub(super) fn new(socket: S, life: Arc<Life>, limits: Limits, pings: Option<Pings>, serve: F) -> Self {
        let keepalive = |pings: Pings| {
            let heard = Instant::now();
            Keepalive { pings, timer: Box::pin(sleep_until(heard + pings.after)), heard, asked: None }
        };
        Self {
            socket,
            life,
            machine: Machine::new(limits),
            serve,
            link: Arc::default(),
            orders: Vec::new(),
            tasks: HashMap::new(),
            written: 0,
            pings: pings.map(keepalive),
        }
    }

    /// Takes no more requests than the peer has sent by the time it is told; ends when each is answered.
    pub(super) fn graceful_shutdown(&mut self) {
        self.machine.drain();
    }

    /// Does what the tasks of requests ask for.
    fn obey(&mut self) {
        let mut orders = std::mem::take(&mut self.orders);
        self.link.take(&mut orders);
        for order in orders.drain(..) {
            if let Order::Done { stream } = order {
                self.tasks.remove(&stream);
            }
            self.machine.apply(order);
        }
        self.orders = orders;
    }

    /// Does what the peer asks for.
    fn attend(&mut self) {
        for event in self.machine.events.drain(..) {
            match event {
                Event::Opened { stream, request, inbox } => {
                    let place = Place { link: self.link.clone(), stream };
                    let body = Body::new(inbox, self.link.clone(), stream);
                    let answer = (self.serve)(request.map(|()| body));
                    let task = tokio::spawn(async move { place.send(answer.await).await });
                    self.tasks.insert(stream, task.abort_handle());
                }
                Event::Reset { stream } => {
                    if let Some(task) = self.tasks.remove(&stream) {
                        task.abort();
                    }
                }
            }
        }
    }

    fn poll_read(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<usize>> {
        READ.with_borrow_mut(|stash| {
            let mut buffer = ReadBuf::new(stash);
            ready!(Pin::new(&mut self.socket).poll_read(cx, &mut buffer))?;
            let read = buffer.filled();
            if let Err(code) = self.machine.receive(read) {
                // What the peer sent since is read and forgotten, so that it learns why.
                self.life.left_unread();
                self.machine.fail(code);
            }
            Poll::Ready(Ok(read.len()))
        })
    }

    fn poll_flush(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        while self.written < self.machine.out.len() {
            let rest = &self.machine.out[self.written..];
            match Pin::new(&mut self.socket).poll_write(cx, rest)? {
                Poll::Ready(0) => return Poll::Ready(Err(io::ErrorKind::WriteZero.into())),
                Poll::Ready(written) => self.written += written,
                Poll::Pending => {
                    // A peer that always leaves something unread must not have us keep what it did read.
                    if self.written >= UNSENT {
                        self.machine.out.drain(..self.written);
                        self.written = 0;
                    }
                    return Poll::Pending;
                }
            }
        }
        self.machine.out.clear();
        self.machine.out.shrink_to(UNSENT);
        self.written = 0;
        Pin::new(&mut self.socket).poll_flush(cx)
    }
}

impl<S, F, A, B> Future for Connection<S, F>
where
    S: AsyncRead + AsyncWrite + Unpin,
    F: Fn(Request<Body>) -> A + Unpin,
    A: Future<Output = Response<B>> + Send + 'static,
    B: http_body::Body<Data = Bytes> + Send + Unpin + 'static,
{
    type Output = io::Result<()>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        this.link.register(cx.waker());
        loop {
            this.obey();
            let flushed = this.poll_flush(cx)?;
            if this.machine.is_over() {
                ready!(flushed);
                return Pin::new(&mut this.socket).poll_shutdown(cx);
            }
            if flushed.is_pending() && this.machine.out.len() - this.written > UNSENT {
                return Poll::Pending;
            }
            match this.poll_read(cx)? {
                Poll::Ready(0) => return Poll::Ready(Ok(())),
                Poll::Ready(_) => {
                    if let Some(pings) = &mut this.pings {
                        pings.heard = Instant::now();
                    }
                    this.attend();
                }
                Poll::Pending => match &mut this.pings {
                    Some(pings) => match ready!(pings.poll(cx)) {
                        Ask::Again => this.machine.ping(),
                        Ask::Gone => return Poll::Ready(Err(io::ErrorKind::TimedOut.into())),
                    },
                    None => return Poll::Pending,
                },
            }
        }
    }
}

impl<S, F> Drop for Connection<S, F> {
    fn drop(&mut self) {
        for task in self.tasks.values() {
            task.abort();
        }
    }
}

/// What becomes of a silent peer.
enum Ask {
    Again,
    Gone,
}

impl Keepalive {
    fn poll(&mut self, cx: &mut Context<'_>) -> Poll<Ask> {
        loop {
            ready!(self.timer.as_mut().poll(cx));
            let now = Instant::now();
            let silent = self.asked.is_some_and(|asked| self.heard < asked);
            if silent {
                return Poll::Ready(Ask::Gone);
            }
            self.asked = None;
            let due = self.heard + self.pings.after;
            if due <= now {
                self.asked = Some(now);
                self.timer.as_mut().reset(now + self.pings.timeout);
                return Poll::Ready(Ask::Again);
            }
            self.timer.as_mut().reset(due);
        }
    }
}

/// A request's place in its connection, until its task has ended in whatever way.
struct Place {
    link: Arc<Link>,
    stream: u32,
}

impl Place {
    /// Sends an answer: in one go what is there at once.
    async fn send<B>(self, response: Response<B>)
    where
        B: http_body::Body<Data = Bytes> + Unpin,
    {
        let stream = self.stream;
        let (parts, mut body) = response.into_parts();
        let (block, end) = (fields::head(parts.status, &parts.headers), body.is_end_stream());
        let mut orders = vec![Order::Head { stream, block, end }];
        let mut sent = end;
        while !sent {
            let frame = poll_fn(|cx| {
                let frame = Pin::new(&mut body).poll_frame(cx);
                if frame.is_pending() && !orders.is_empty() {
                    self.link.send(orders.drain(..));
                }
                frame
            });
            match frame.await {
                Some(Ok(frame)) => match frame.into_data() {
                    Ok(bytes) => orders.push(Order::Data { stream, bytes }),
                    Err(frame) => {
                        let block = frame.trailers_ref().map(fields::trailers).unwrap_or_default();
                        orders.push(Order::Trailers { stream, block });
                        sent = true;
                    }
                },
                None => {
                    orders.push(Order::Trailers { stream, block: Vec::new() });
                    sent = true;
                }
                // The place is given up without an end: the peer is told that the answer is broken.
                Some(Err(_)) => sent = true,
            }
        }
        self.link.send(orders);
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.link.send([Order::Done { stream: self.stream }]);
    }
}

#[cfg(test)]
mod tests;
