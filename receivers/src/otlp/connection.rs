//! One connection from its handshake to its end: TLS, HTTP, age, idleness, and the drain.

use std::convert::Infallible;
use std::future::Future;
use std::io;
use std::net::SocketAddr;
use std::pin::{Pin, pin};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto::Builder;
use pipeline::stop::{Phase, Stop};
use tokio::net::TcpStream;
use tokio::time::{Instant, sleep_until, timeout};
use tokio_rustls::TlsAcceptor;
use tracing::{debug, warn};

use super::grpc::Grpc;
use super::http::Http;
use super::http2;
use super::stream::{Life, Stream, Wire};
use super::tls::Tls;

/// How long a TLS handshake may take.
const HANDSHAKE: Duration = Duration::from_secs(10);

/// Largest HTTP/2 frame taken: with the default of 16 KiB the transport costs twice as much.
const FRAME: u32 = 1 << 20;

/// What a peer may send before it is read: for one request, and for all requests of a connection. The first
/// holds a usual request whole (256 spans: 281 kB); a smaller one costs CPU, 64 KiB a fifth more a span. The
/// second is what a connection can hold that no permit covers, while its requests wait for room
/// (`pipeline::memory`: all of them no more than a share).
pub(super) const STREAM_WINDOW: u32 = 512 << 10;
const CONNECTION_WINDOW: u32 = 8 << 20;

/// How many requests of a connection may end before they were sent whole: refusals are answered so, and
/// what was under way then counts. Past it the connection is closed; the default closes it after 1,024.
const RESETS: usize = 1 << 20;

/// Largest head of a request, in bytes.
const HEAD: u32 = 64 << 10;

/// The same for gRPC, whose peers send a dozen short fields and a token.
const GRPC_HEAD: u32 = 16 << 10;

/// Between two lines about handshakes that fail.
const COMPLAIN: Duration = Duration::from_secs(10);

/// Between two looks at a connection that was asked to end.
const LOOK: Duration = Duration::from_secs(1);

/// For how long: never, where a configured time is zero.
const NEVER: Duration = Duration::from_secs(365 * 24 * 3600);

/// The times and counts a connection is held to. A time of zero does not bind.
#[derive(Clone, Copy, Debug)]
pub(super) struct Bounds {
    pub(super) streams: u32,
    /// From the opening to the first bytes.
    pub(super) greeting: Duration,
    /// For each head of HTTP/1.
    pub(super) head: Duration,
    pub(super) write: Duration,
    pub(super) idle: Duration,
    pub(super) age: Duration,
    pub(super) age_grace: Duration,
    pub(super) ping_after: Duration,
    pub(super) ping_timeout: Duration,
    /// Whether HTTP/1 connections take more than one request.
    pub(super) keep_alive: bool,
}

/// What answers the requests of a connection.
#[derive(Clone)]
pub(super) enum Side {
    Grpc(Arc<Grpc>),
    Http(Arc<Http>),
}

/// How the connections of a listener are served.
pub(super) struct Connections {
    /// Of HTTP: gRPC has its own.
    builder: Builder<TokioExecutor>,
    pub(super) tls: Option<Arc<Tls>>,
    bounds: Bounds,
    unshaken: Unshaken,
}

/// What the log says of TLS handshakes that fail: a line at most every ten seconds.
#[derive(Debug, Default)]
struct Unshaken(Mutex<(Option<Instant>, u64)>);

impl Unshaken {
    /// Says that a handshake has failed, or leaves it for the next line. The error says what TLS met, and no bytes of it.
    fn tell(&self, peer: Option<SocketAddr>, error: &io::Error) {
        if let Some(handshakes) = self.due() {
            let peer = peer.map(|peer| peer.ip().to_string()).unwrap_or_default();
            warn!(%error, peer, handshakes, "TLS handshakes failed");
        }
    }

    /// Counts a failure; how many there are to tell, when it is time to.
    fn due(&self) -> Option<u64> {
        let mut state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        state.1 += 1;
        let now = Instant::now();
        if state.0.is_some_and(|next| now < next) {
            return None;
        }
        state.0 = Some(now + COMPLAIN);
        Some(std::mem::take(&mut state.1))
    }
}

impl Connections {
    pub(super) fn new(bounds: Bounds, tls: Option<Arc<Tls>>) -> Self {
        let mut builder = Builder::new(TokioExecutor::new());
        let ping = Some(bounds.ping_after).filter(|time| !time.is_zero());
        builder
            .http2()
            .timer(TokioTimer::new())
            .max_concurrent_streams(bounds.streams)
            .max_frame_size(FRAME)
            .max_local_error_reset_streams(Some(RESETS))
            .initial_stream_window_size(STREAM_WINDOW)
            .initial_connection_window_size(CONNECTION_WINDOW)
            .max_header_list_size(HEAD)
            .keep_alive_interval(ping)
            .keep_alive_timeout(bounds.ping_timeout);
        builder
            .http1()
            .timer(TokioTimer::new())
            .max_buf_size(HEAD as usize)
            .keep_alive(bounds.keep_alive)
            .header_read_timeout(bounds.head);
        Self { builder, tls, bounds, unshaken: Unshaken::default() }
    }

    /// Serves one connection until either side ends it.
    pub(super) async fn serve(&self, socket: TcpStream, side: Side, mut stop: Stop) {
        let life = Arc::new(Life::default());
        let peer = socket.peer_addr().ok();
        let wire = tokio::select! {
            wire = self.handshake(socket) => wire,
            () = stop.reached(Phase::Draining) => return,
        };
        match wire {
            Ok(wire) => {
                let stream = Stream::new(wire, life.clone(), self.bounds.greeting, self.bounds.write);
                match side {
                    Side::Grpc(grpc) => self.grpc(stream, grpc, &life, stop).await,
                    Side::Http(http) => self.http(stream, http, &life, stop).await,
                }
            }
            // One that says why may be an SDK that never gets in; scanners and probes, which just go, do it all day.
            Err(error) if error.kind() == io::ErrorKind::InvalidData => self.unshaken.tell(peer, &error),
            Err(error) => debug!(%error, "no TLS handshake"),
        }
    }

    async fn handshake(&self, socket: TcpStream) -> io::Result<Wire> {
        let Some(tls) = &self.tls else { return Ok(Wire::Plain(socket)) };
        let accepted = timeout(HANDSHAKE, TlsAcceptor::from(tls.current()).accept(socket)).await;
        let stream = accepted.map_err(|_| io::Error::from(io::ErrorKind::TimedOut))??;
        Ok(Wire::Tls(Box::new(stream)))
    }

    /// HTTP/2 alone, with prior knowledge or agreed on by TLS.
    async fn grpc(&self, stream: Stream, grpc: Arc<Grpc>, life: &Arc<Life>, stop: Stop) {
        let limits = http2::Limits {
            streams: self.bounds.streams,
            stream_window: STREAM_WINDOW,
            connection_window: CONNECTION_WINDOW,
            frame: FRAME,
            list: GRPC_HEAD,
        };
        let (after, timeout) = (self.bounds.ping_after, self.bounds.ping_timeout);
        let pings = (!after.is_zero()).then_some(http2::Pings { after, timeout });
        let answer = |request| {
            let (grpc, life) = (grpc.clone(), life.clone());
            async move {
                let _inside = life.enter();
                grpc.answer(request).await
            }
        };
        let mut connection = http2::Connection::new(stream, life.clone(), limits, pings, answer);
        self.drive(Pin::new(&mut connection), |connection| connection.get_mut().graceful_shutdown(), life, stop).await;
    }

    /// Either version of HTTP.
    async fn http(&self, stream: Stream, http: Arc<Http>, life: &Arc<Life>, stop: Stop) {
        let service = service_fn(|request| {
            let (http, life) = (http.clone(), life.clone());
            async move {
                let _inside = life.enter();
                let (response, unread) = http.answer(request).await;
                if unread {
                    life.left_unread();
                }
                Ok::<_, Infallible>(response)
            }
        });
        let connection = pin!(self.builder.serve_connection(TokioIo::new(stream), service));
        self.drive(connection, |connection| connection.graceful_shutdown(), life, stop).await;
    }

    /// Drives a connection to its end; `finish` has it take no new requests.
    async fn drive<C, E>(&self, mut connection: Pin<&mut C>, finish: impl Fn(Pin<&mut C>), life: &Life, mut stop: Stop)
    where
        C: Future<Output = Result<(), E>>,
        E: std::fmt::Display,
    {
        let mut clock = Clock::new(&self.bounds);
        loop {
            let next = if clock.draining { Phase::Now } else { Phase::Draining };
            tokio::select! {
                biased;
                ended = connection.as_mut() => {
                    if let Err(error) = ended {
                        debug!(%error, "connection ended");
                    }
                    return;
                }
                () = stop.reached(next) => {
                    if stop.phase() == Phase::Now {
                        return;
                    }
                    clock.draining = true;
                    finish(connection.as_mut());
                }
                () = sleep_until(clock.next()) => match clock.look(life) {
                    Look::Stay => {}
                    Look::Finish => finish(connection.as_mut()),
                    Look::Cut => return,
                },
            }
        }
    }
}

/// What is to be done with a connection.
enum Look {
    Stay,
    /// Nothing new is taken, what is inside is answered.
    Finish,
    Cut,
}

/// When a connection is looked at next, and why.
struct Clock {
    aged: Instant,
    age_grace: Duration,
    idle: Duration,
    look: Instant,
    /// What was served at the last look.
    served: u64,
    draining: bool,
    /// Asked to end for its age, or cut after this.
    finishing: Option<Instant>,
}

impl Clock {
    fn new(bounds: &Bounds) -> Self {
        let or_never = |time: Duration| if time.is_zero() { NEVER } else { time };
        let now = Instant::now();
        let (idle, age_grace) = (or_never(bounds.idle), or_never(bounds.age_grace));
        let (aged, look) = (now + or_never(bounds.age), now + idle);
        Self { aged, age_grace, idle, look, served: 0, draining: false, finishing: None }
    }

    fn next(&self) -> Instant {
        if self.draining || self.finishing.is_some() { Instant::now() + LOOK } else { self.look.min(self.aged) }
    }

    /// A connection idle at two looks one idle time apart is ended: after one to two idle times.
    fn look(&mut self, life: &Life) -> Look {
        let now = Instant::now();
        let still = life.is_idle() && life.served() == self.served;
        self.served = life.served();
        if self.draining || self.finishing.is_some() {
            let over = self.finishing.is_some_and(|cut| now >= cut);
            // A peer that was told and has nothing inside is not waited for: it may be gone.
            return if still || over { Look::Cut } else { Look::Stay };
        }
        let aged = now >= self.aged;
        if aged || (still && now >= self.look) {
            self.finishing = Some(now + self.age_grace);
            return Look::Finish;
        }
        if now >= self.look {
            self.look = now + self.idle;
        }
        Look::Stay
    }
}

#[cfg(test)]
mod tests;
