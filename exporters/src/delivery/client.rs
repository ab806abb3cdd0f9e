//! The HTTP client every backend shares: hyper's pool over TLS or plain text, HTTP/1.1 and HTTP/2.

use std::time::Duration;

use bytes::{Bytes, BytesMut};
use http_body_util::BodyExt;
use hyper::body::Incoming;
use hyper_rustls::{FixedServerNameResolver, HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::client::legacy::{Builder, Client};
use hyper_util::rt::{TokioExecutor, TokioTimer};
use pipeline::registry::BuildError;
use rustls_pki_types::ServerName;

use super::http::Reply;
use super::{Chunks, ClientTls};

/// How long a connection may take, whatever the request's own timeout.
const CONNECT: Duration = Duration::from_secs(10);

/// What is kept of a reply: a status and a message fit, and a page of HTML does no harm.
const REPLY_BYTES: usize = 64 << 10;

/// How long bytes may stay unacknowledged before the kernel gives the connection up: without it a host
/// that vanished keeps its connection in our pool for a quarter of an hour.
#[cfg(target_os = "linux")]
const UNACKNOWLEDGED: Duration = Duration::from_secs(20);

/// HTTP/2 flow control for what we receive; replies are small. It is the peer's windows that let us send.
const WINDOW: u32 = 1 << 20;

/// Bytes of one stream that may wait to be written: more than a merged request, so that the peer's
/// window is the limit and not our buffer (hyper's default is 1 MiB).
const SEND_BUFFER: usize = 4 << 20;

/// HTTP/2 pings on a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KeepAlive {
    /// How often.
    pub interval: Duration,
    /// How long an answer may take before the connection is given up.
    pub timeout: Duration,
    /// Also while no request is in flight.
    pub while_idle: bool,
}

/// How to connect.
#[derive(Clone, Debug)]
pub struct ClientSettings {
    /// Only HTTP/2, in plain text by prior knowledge: what gRPC speaks.
    pub http2_only: bool,
    /// TLS; none where no URL is https, so that the system's authorities are not read for nothing.
    pub tls: Option<ClientTls>,
    /// HTTP/2 pings; none where absent.
    pub keep_alive: Option<KeepAlive>,
    /// Connections kept open while idle, at most; none where their number has no bound.
    pub idle_connections: Option<usize>,
    /// How long an idle connection is kept; none where that has no bound.
    pub idle_timeout: Option<Duration>,
}

/// A client of one destination.
#[derive(Clone, Debug)]
pub struct HttpClient {
    client: Client<HttpsConnector<HttpConnector>, Chunks>,
    builder: Builder,
    connector: HttpsConnector<HttpConnector>,
}

impl HttpClient {
    /// Makes the client; opens no connection.
    ///
    /// # Errors
    /// Certificates that cannot be read, or a `server_name_override` that is no name.
    pub fn new(settings: &ClientSettings) -> Result<Self, BuildError> {
        let mut tcp = HttpConnector::new();
        tcp.enforce_http(false);
        tcp.set_nodelay(true);
        tcp.set_connect_timeout(Some(CONNECT));
        tcp.set_keepalive(Some(Duration::from_secs(30)));
        #[cfg(target_os = "linux")]
        tcp.set_tcp_user_timeout(Some(UNACKNOWLEDGED));
        let https =
            HttpsConnectorBuilder::new().with_tls_config(ClientTls::build(settings.tls.as_ref())?).https_or_http();
        let https = match settings.tls.as_ref().and_then(|tls| tls.server_name_override.as_ref()) {
            None => https,
            Some(name) => {
                let server = ServerName::try_from(name.clone());
                let server = server.map_err(|error| BuildError::at("tls.server_name_override", error.to_string()))?;
                https.with_server_name_resolver(FixedServerNameResolver::new(server))
            }
        };
        let https = if settings.http2_only {
            https.enable_http2().wrap_connector(tcp)
        } else {
            https.enable_all_versions().wrap_connector(tcp)
        };
        let mut builder = Client::builder(TokioExecutor::new());
        builder
            .timer(TokioTimer::new())
            .pool_timer(TokioTimer::new())
            .pool_idle_timeout(settings.idle_timeout)
            .pool_max_idle_per_host(settings.idle_connections.unwrap_or(usize::MAX))
            .http2_only(settings.http2_only)
            .http2_initial_stream_window_size(WINDOW)
            .http2_initial_connection_window_size(WINDOW)
            .http2_max_send_buf_size(SEND_BUFFER);
        if let Some(keep) = settings.keep_alive {
            builder
                .http2_keep_alive_interval(keep.interval)
                .http2_keep_alive_timeout(keep.timeout)
                .http2_keep_alive_while_idle(keep.while_idle);
        }
        Ok(Self { client: builder.build(https.clone()), builder, connector: https })
    }

    /// The same without the connections that are open.
    pub(super) fn anew(&self) -> Self {
        Self { client: self.builder.build(self.connector.clone()), ..self.clone() }
    }

    /// Sends a request and reads the whole reply, or says in a line why there is none.
    pub(super) async fn send(&self, request: http::Request<Chunks>) -> Result<Reply, String> {
        let response = self.client.request(request).await.map_err(|error| cause(&error))?;
        read(response).await.map_err(|error| cause(&error))
    }
}

/// Reads a reply; of its body what is within bounds.
async fn read(response: http::Response<Incoming>) -> Result<Reply, hyper::Error> {
    let (head, mut body) = response.into_parts();
    let mut kept = BytesMut::new();
    let mut trailers = http::HeaderMap::new();
    while let Some(frame) = body.frame().await.transpose()? {
        match frame.into_data() {
            Ok(data) => kept.extend_from_slice(&data[..data.len().min(REPLY_BYTES - kept.len())]),
            Err(frame) => trailers = frame.into_trailers().unwrap_or_default(),
        }
    }
    Ok(Reply { status: head.status, headers: head.headers, body: Bytes::from(kept), trailers })
}

/// The innermost cause: `Connection refused` says more than `client error (Connect)`.
fn cause(error: &dyn std::error::Error) -> String {
    let mut inner = error;
    while let Some(source) = inner.source() {
        inner = source;
    }
    if std::ptr::eq(inner, error) { error.to_string() } else { format!("{error}: {inner}") }
}
