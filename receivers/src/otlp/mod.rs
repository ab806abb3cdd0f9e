//! The OTLP receiver: gRPC and HTTP, from the socket to the intake.
//!
//! Read in this order: `config`, `build`, `listen`, `stream`, `connection` (with `http2`, gRPC's own), then what answers a
//! request: `grpc` and `http` over `door`, `body` and `open`; `fault` and `reply` are what is answered.

mod answer;
mod body;
mod build;
mod config;
mod connection;
mod cors;
mod door;
mod fault;
mod grpc;
mod http;
mod http2;
mod listen;
mod open;
mod reply;
mod stream;
mod tls;
mod trusted;

pub(crate) use config::OtlpConfig;
#[cfg(feature = "probe")]
pub use http2::converse;

use std::io;
use std::sync::Arc;

use pipeline::component::{BoxFuture, Receiver};
use pipeline::intake::Intake;
use pipeline::stop::{Phase, Stop};
use tokio::net::TcpListener;

use connection::{Connections, Side};
use door::{Door, Rules};
use grpc::Grpc;
use http::{Http, HttpRules};
use listen::Endpoint;

/// The receiver: one listener a protocol.
struct Otlp {
    listeners: Vec<Listener>,
}

/// One protocol, before and after its socket is open.
struct Listener {
    endpoint: Endpoint,
    transport: String,
    max_connections: u32,
    connections: Connections,
    rules: Rules,
    protocol: Protocol,
    socket: Option<TcpListener>,
}

/// What a listener speaks.
enum Protocol {
    Grpc,
    Http(Box<HttpRules>),
}

impl Receiver for Otlp {
    fn bind(&mut self) -> BoxFuture<'_, io::Result<Vec<String>>> {
        Box::pin(async move {
            let mut addresses = Vec::with_capacity(self.listeners.len());
            for listener in &mut self.listeners {
                addresses.push(listener.bind().await?);
            }
            Ok(addresses)
        })
    }

    fn serve(self: Box<Self>, intake: Intake, mut stop: Stop) -> BoxFuture<'static, io::Result<()>> {
        Box::pin(async move {
            let serving = self.listeners.into_iter().map(|listener| listener.serve(intake.clone(), stop.clone()));
            let all = futures_util::future::try_join_all(serving);
            drop(intake);
            tokio::select! {
                ended = all => ended.map(|_| ()),
                () = stop.reached(Phase::Now) => Ok(()),
            }
        })
    }
}

impl Listener {
    async fn bind(&mut self) -> io::Result<String> {
        let socket = self.endpoint.listen(&self.transport).await?;
        let scheme = match (&self.protocol, self.connections.tls.is_some()) {
            (Protocol::Grpc, false) => "grpc",
            (Protocol::Grpc, true) => "grpcs",
            (Protocol::Http(_), false) => "http",
            (Protocol::Http(_), true) => "https",
        };
        let address = format!("{scheme}://{}", socket.local_addr()?);
        self.socket = Some(socket);
        Ok(address)
    }

    async fn serve(self, intake: Intake, stop: Stop) -> io::Result<()> {
        let socket = self.socket.ok_or_else(|| io::Error::other("served before its socket was open"))?;
        let door = Door::new(self.rules, intake);
        let side = match self.protocol {
            Protocol::Grpc => Side::Grpc(Arc::new(Grpc::new(door).await)),
            Protocol::Http(rules) => Side::Http(Arc::new(Http { door, rules: *rules })),
        };
        if let Some(tls) = self.connections.tls.clone() {
            tokio::spawn(tls.reload(stop.clone()));
        }
        listen::accept(socket, self.max_connections, Arc::new(self.connections), side, stop).await;
        Ok(())
    }
}
