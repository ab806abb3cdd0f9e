//! From the configuration to the receiver: files are read, counters made, no socket is opened.

use std::borrow::Cow;
use std::sync::Arc;
use std::time::Duration;

use pipeline::Limits;
use pipeline::Signal;
use pipeline::component::Receiver;
use pipeline::registry::{BuildCx, BuildError, ReceiverConfig};

use super::config::{AuthConfig, GrpcConfig, HttpConfig, OtlpConfig, ServerParameters, TlsConfig, rooted};
use super::connection::{Bounds, Connections};
use super::cors::Cors;
use super::door::Rules;
use super::http::HttpRules;
use super::listen::Endpoint;
use super::open::Coding;
use super::tls::Tls;
use super::{Listener, Otlp, Protocol};

/// From the opening of a gRPC connection to its first bytes, which clients send at once.
const GREETING: Duration = Duration::from_secs(10);

/// How long a gRPC peer may leave an answer unread.
const WRITE: Duration = Duration::from_secs(30);

impl ReceiverConfig for OtlpConfig {
    fn build(self, cx: &BuildCx<'_>) -> Result<Box<dyn Receiver>, BuildError> {
        let limits = Limits { max_records: self.max_records_per_request, ..Limits::default() };
        let mut listeners = Vec::with_capacity(2);
        if let Some(grpc) = self.protocols.grpc {
            listeners.push(grpc.build(cx, limits).map_err(|error| inside("protocols.grpc", error))?);
        }
        if let Some(http) = self.protocols.http {
            listeners.push(http.build(cx, limits).map_err(|error| inside("protocols.http", error))?);
        }
        if listeners.is_empty() {
            return Err(BuildError::at("protocols", "no protocol is listed"));
        }
        Ok(Box::new(Otlp { listeners }))
    }
}

impl GrpcConfig {
    fn build(self, cx: &BuildCx<'_>, limits: Limits) -> Result<Listener, BuildError> {
        let default = Self::default();
        let or = |number: u32, default: u32| if number == 0 { default } else { number };
        let parameters = self.keepalive.and_then(|keepalive| keepalive.server_parameters).unwrap_or_default();
        let bounds = Bounds {
            streams: or(self.max_concurrent_streams, default.max_concurrent_streams),
            greeting: GREETING,
            head: GREETING,
            write: WRITE,
            idle: parameters.max_connection_idle.0,
            age: parameters.max_connection_age.0,
            age_grace: parameters.max_connection_age_grace.0,
            ping_after: parameters.time.0,
            ping_timeout: if parameters.timeout.0.is_zero() {
                ServerParameters::default().timeout.0
            } else {
                parameters.timeout.0
            },
            keep_alive: true,
        };
        let rules = Rules {
            receiver: cx.id.to_string(),
            series: Signal::ALL.map(|signal| cx.ledger.receiver(&cx.id.to_string(), "grpc", signal)),
            auth: authenticator(self.auth.as_ref(), cx)?,
            max: (or(self.max_recv_msg_size_mib, default.max_recv_msg_size_mib) as usize) << 20,
            limits,
            read_timeout: self.read_timeout.0,
            request_timeout: self.request_timeout.0,
        };
        Ok(Listener {
            endpoint: endpoint(&self.endpoint)?,
            transport: self.transport,
            max_connections: self.max_connections,
            connections: Connections::new(bounds, tls(self.tls, &[b"h2"])?),
            rules,
            protocol: Protocol::Grpc,
            socket: None,
        })
    }
}

impl HttpConfig {
    fn build(self, cx: &BuildCx<'_>, limits: Limits) -> Result<Listener, BuildError> {
        let default = Self::default();
        let or = |time: Duration, default: Duration| if time.is_zero() { default } else { time };
        let most =
            if self.max_request_body_size.0 == 0 { default.max_request_body_size } else { self.max_request_body_size };
        let head = or(self.read_header_timeout.0, default.read_header_timeout.0);
        let idle = or(self.idle_timeout.0, default.idle_timeout.0);
        let keepalive = ServerParameters::default();
        let bounds = Bounds {
            streams: self.max_concurrent_streams,
            greeting: head,
            head: head.min(idle),
            write: or(self.write_timeout.0, default.write_timeout.0),
            idle,
            age: Duration::ZERO,
            age_grace: Duration::ZERO,
            ping_after: keepalive.time.0,
            ping_timeout: keepalive.timeout.0,
            keep_alive: self.keep_alives_enabled,
        };
        let rules = Rules {
            receiver: cx.id.to_string(),
            series: Signal::ALL.map(|signal| cx.ledger.receiver(&cx.id.to_string(), "http", signal)),
            auth: authenticator(self.auth.as_ref(), cx)?,
            max: usize::try_from(most.0).unwrap_or(usize::MAX),
            limits,
            read_timeout: or(self.read_timeout.0, default.read_timeout.0),
            request_timeout: self.request_timeout.0,
        };
        let headers = self.response_headers.iter().map(|(name, value)| {
            let wrong = || BuildError::at(format!("response_headers.{name}"), "not a header");
            Ok((name.parse().map_err(|_| wrong())?, value.parse().map_err(|_| wrong())?))
        });
        // None named is all there are, as in the Collector.
        let named = if self.compression_algorithms.is_empty() {
            default.compression_algorithms
        } else {
            self.compression_algorithms
        };
        let protocol = Protocol::Http(Box::new(HttpRules {
            headers: headers.collect::<Result<_, BuildError>>()?,
            cors: self.cors.as_ref().map(Cors::new),
            codings: named.iter().filter_map(|name| Coding::of(name)).collect(),
            encodings: spoken(&named),
            paths: [self.traces_url_path, self.logs_url_path, self.metrics_url_path].map(|path| rooted(&path)),
        }));
        Ok(Listener {
            endpoint: endpoint(&self.endpoint)?,
            transport: self.transport,
            max_connections: self.max_connections,
            connections: Connections::new(bounds, tls(self.tls, &[b"h2", b"http/1.1"])?),
            rules,
            protocol,
            socket: None,
        })
    }
}

/// The names of these codings, for a peer that sent another.
fn spoken(names: &[String]) -> Cow<'static, str> {
    let known = names.iter().map(String::as_str).filter(|name| !name.is_empty() && Coding::of(name).is_some());
    let known: Vec<&str> = known.collect();
    match known.split_last() {
        None => "none".into(),
        Some((last, [])) => (*last).to_owned().into(),
        Some((last, others)) => format!("{} and {last}", others.join(", ")).into(),
    }
}

fn inside(block: &str, error: BuildError) -> BuildError {
    BuildError { key: format!("{block}.{}", error.key), ..error }
}

fn endpoint(text: &str) -> Result<Endpoint, BuildError> {
    Endpoint::parse(text).map_err(|why| BuildError::at("endpoint", why))
}

fn authenticator(
    auth: Option<&AuthConfig>,
    cx: &BuildCx<'_>,
) -> Result<Option<Arc<pipeline::auth::Authenticator>>, BuildError> {
    let Some(auth) = auth else { return Ok(None) };
    let authenticator = cx.authenticator(&auth.authenticator)?;
    if !authenticator.checks() {
        let reason = format!("extension `{}` knows no users: whoever sends is turned away", auth.authenticator);
        return Err(BuildError::at("auth", reason));
    }
    Ok(Some(authenticator))
}

fn tls(config: Option<TlsConfig>, protocols: &'static [&'static [u8]]) -> Result<Option<Arc<Tls>>, BuildError> {
    config.map(|config| Tls::load(config, protocols).map(Arc::new)).transpose()
}
