//! The socket: where it listens, how many it lets in, and how it stops.

use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use pipeline::config::HostPort;
use pipeline::stop::{Phase, Stop};
use socket2::{Domain, Protocol, Socket, Type};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio::time::Instant;
use tracing::warn;

use super::connection::{Connections, Side};

/// Connections the kernel holds that were not accepted yet.
const BACKLOG: i32 = 1024;

/// How long nothing is accepted after an error such as too many open files, which would come again at once.
const PAUSE: Duration = Duration::from_millis(50);

/// Between two lines of the log about one trouble.
const QUIET: Duration = Duration::from_secs(10);

/// `host:port` as Go reads it: an empty host is every network.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Endpoint {
    host: String,
    port: u16,
}

impl Endpoint {
    pub(super) fn parse(text: &str) -> Result<Self, String> {
        let HostPort { host, port } = HostPort::parse(text)?;
        Ok(Self { host, port })
    }

    /// Opens the socket. A name that stands for several addresses opens the first, IPv4 before IPv6, as Go does.
    pub(super) async fn listen(&self, transport: &str) -> io::Result<TcpListener> {
        let (v4, v6) = (transport != "tcp6", transport != "tcp4");
        if self.host.is_empty() {
            let every = SocketAddr::new(IpAddr::V6(Ipv6Addr::UNSPECIFIED), self.port);
            let dual = if v6 { open(every, !v4) } else { Err(io::ErrorKind::Unsupported.into()) };
            // A host without IPv6 has no such address.
            return match dual {
                Err(error) if v4 && error.kind() != io::ErrorKind::AddrInUse => {
                    open(SocketAddr::new(IpAddr::V4(Ipv4Addr::UNSPECIFIED), self.port), false)
                }
                dual => dual,
            };
        }
        let found = tokio::net::lookup_host((self.host.as_str(), self.port)).await?;
        let mut addresses: Vec<_> = found.filter(|address| if address.is_ipv4() { v4 } else { v6 }).collect();
        addresses.sort_by_key(SocketAddr::is_ipv6);
        let missing = || io::Error::new(io::ErrorKind::AddrNotAvailable, format!("no address of {}", self.host));
        let address = *addresses.first().ok_or_else(missing)?;
        let only_v6 = address.ip() != IpAddr::V6(Ipv6Addr::UNSPECIFIED) || !v4;
        open(address, only_v6)
    }
}

fn open(address: SocketAddr, only_v6: bool) -> io::Result<TcpListener> {
    let socket = Socket::new(Domain::for_address(address), Type::STREAM, Some(Protocol::TCP))?;
    if address.is_ipv6() {
        socket.set_only_v6(only_v6)?;
    }
    // A restart must not wait for the last life's connections to time out.
    #[cfg(unix)]
    socket.set_reuse_address(true)?;
    socket.set_nonblocking(true)?;
    let named = |error: io::Error| io::Error::new(error.kind(), format!("cannot listen on {address}: {error}"));
    socket.bind(&address.into()).map_err(named)?;
    socket.listen(BACKLOG).map_err(named)?;
    TcpListener::from_std(socket.into())
}

/// Accepts until the drain, at most `most` connections at a time; then waits until each has ended.
pub(super) async fn accept(
    listener: TcpListener,
    most: u32,
    connections: Arc<Connections>,
    side: Side,
    mut stop: Stop,
) {
    let slots = Arc::new(Semaphore::new(most as usize));
    let mut log = Log::new();
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            () = stop.reached(Phase::Draining) => break,
        };
        match (accepted, slots.clone().try_acquire_owned()) {
            (Ok((socket, _)), Ok(slot)) => {
                let (connections, side, stop) = (connections.clone(), side.clone(), stop.clone());
                tokio::spawn(async move {
                    prepare(&socket);
                    connections.serve(socket, side, stop).await;
                    drop(slot);
                });
            }
            (Ok(_), Err(_)) => log.warn(&format!("over max_connections ({most}): a connection is closed")),
            (Err(error), _) if is_of_the_peer(&error) => {}
            (Err(error), _) => {
                log.warn(&format!("cannot accept: {error}"));
                tokio::time::sleep(PAUSE).await;
            }
        }
    }
    drop(listener);
    if let Side::Grpc(grpc) = &side {
        grpc.drain().await;
    }
    tokio::select! {
        _all = slots.acquire_many(most) => {}
        () = stop.reached(Phase::Now) => {}
    }
}

/// Answers are small and awaited: they must not wait for the peer's delayed acknowledgement.
fn prepare(socket: &TcpStream) {
    if let Err(error) = socket.set_nodelay(true) {
        // The peer went already; serving it will find out.
        tracing::debug!(%error, "no TCP_NODELAY");
    }
}

/// The peer gave up between its coming and our accepting.
fn is_of_the_peer(error: &io::Error) -> bool {
    use io::ErrorKind::{ConnectionAborted, ConnectionRefused, ConnectionReset, Interrupted};
    matches!(error.kind(), ConnectionAborted | ConnectionRefused | ConnectionReset | Interrupted)
}

/// Writes at most one line in a while, with how many it stands for.
struct Log {
    last: Option<Instant>,
    unsaid: u64,
}

impl Log {
    const fn new() -> Self {
        Self { last: None, unsaid: 0 }
    }

    fn warn(&mut self, message: &str) {
        self.unsaid += 1;
        if self.last.is_none_or(|last| last.elapsed() >= QUIET) {
            warn!(times = self.unsaid, "{message}");
            (self.last, self.unsaid) = (Some(Instant::now()), 0);
        }
    }
}

#[cfg(test)]
mod tests;
