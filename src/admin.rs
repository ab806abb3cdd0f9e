//! The process's own listeners: `/metrics` for Prometheus, health for whoever restarts us.
//!
//! Small and bounded: HTTP/1.1, GET only, few connections, each with a deadline for its headers.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http_body_util::Full;
use hyper::body::Incoming;
use hyper::header::CONTENT_TYPE;
use hyper::service::service_fn;
use hyper::{Method, Request, Response, StatusCode};
use hyper_util::rt::{TokioIo, TokioTimer};
use pipeline::Timestamp;
use pipeline::graph::{Decisions, Health};
use pipeline::journal::Recovery;
use pipeline::ledger::Ledger;
use pipeline::sampling::TraceId;
use tokio::net::TcpListener;
use tokio::sync::Semaphore;

use crate::why;

/// Scrapers and probes at once; more are kept waiting.
const CONNECTIONS: usize = 32;

/// How long a peer may take over its request's headers.
const HEADERS_WITHIN: Duration = Duration::from_secs(5);

/// What the listeners tell about.
pub(crate) struct Admin {
    pub(crate) ledger: Arc<Ledger>,
    pub(crate) health: Health,
    pub(crate) decisions: Decisions,
    pub(crate) started: Timestamp,
    /// Where readiness is answered beside its own paths.
    pub(crate) health_path: String,
}

/// Opens `address` and answers there for the life of the process. `localhost` is 127.0.0.1, and no host every network.
pub(crate) async fn serve(address: &str, admin: Arc<Admin>) -> io::Result<()> {
    let listener = bind(address).await?;
    tokio::spawn(accept(listener, admin));
    Ok(())
}

async fn bind(address: &str) -> io::Result<TcpListener> {
    let Some(port) = address.strip_prefix(':') else { return TcpListener::bind(address).await };
    match TcpListener::bind(format!("[::]:{port}")).await {
        // A host without IPv6 has no such address.
        Err(error) if error.kind() != io::ErrorKind::AddrInUse => TcpListener::bind(format!("0.0.0.0:{port}")).await,
        bound => bound,
    }
}

async fn accept(listener: TcpListener, admin: Arc<Admin>) {
    let places = Arc::new(Semaphore::new(CONNECTIONS));
    loop {
        let Ok(place) = places.clone().acquire_owned().await else { return };
        let Ok((stream, _peer)) = listener.accept().await else {
            // Out of file descriptors, most likely: a pause, or this loop would spin.
            tokio::time::sleep(Duration::from_millis(100)).await;
            continue;
        };
        let admin = admin.clone();
        tokio::spawn(async move {
            let answer = service_fn(|request| std::future::ready(Ok::<_, io::Error>(admin.answer(&request))));
            let mut server = hyper::server::conn::http1::Builder::new();
            server.timer(TokioTimer::new()).header_read_timeout(HEADERS_WITHIN);
            // A peer that breaks off is its own affair.
            drop(server.serve_connection(TokioIo::new(stream), answer).await);
            drop(place);
        });
    }
}

impl Admin {
    fn answer(&self, request: &Request<Incoming>) -> Response<Full<Bytes>> {
        if request.method() != Method::GET && request.method() != Method::HEAD {
            return respond(StatusCode::METHOD_NOT_ALLOWED, "text/plain", "only GET is answered here\n".into());
        }
        match request.uri().path() {
            "/metrics" => {
                let openmetrics = "application/openmetrics-text; version=1.0.0; charset=utf-8";
                respond(StatusCode::OK, openmetrics, self.ledger.text())
            }
            "/live" => respond(StatusCode::OK, "application/json", "{\"status\":\"live\"}\n".into()),
            "/" | "/ready" => self.readiness(),
            path if path == self.health_path => self.readiness(),
            path if path.starts_with("/why/") => self.why(path.trim_start_matches("/why/")),
            _ => respond(StatusCode::NOT_FOUND, "text/plain", "try /metrics, /live, /ready or /why/TRACE_ID\n".into()),
        }
    }

    /// Reads files where decisions are in files: at most the bound of their stream.
    fn why(&self, trace: &str) -> Response<Full<Bytes>> {
        let Some(trace) = TraceId::parse(trace) else {
            return respond(StatusCode::BAD_REQUEST, "text/plain", "a trace id is 32 hexadecimal digits\n".into());
        };
        match tokio::task::block_in_place(|| self.decisions.of(trace)) {
            Ok(Some(found)) => respond(StatusCode::OK, "application/json", format!("{}\n", why::json(&found))),
            Ok(None) => respond(StatusCode::NOT_FOUND, "text/plain", "nothing is known of this trace\n".into()),
            Err(error) => respond(StatusCode::INTERNAL_SERVER_ERROR, "text/plain", format!("{error}\n")),
        }
    }

    fn readiness(&self) -> Response<Full<Bytes>> {
        let (ready, body) = state(&self.health.troubles(Timestamp::now()), self.health.recovery(), self.started);
        let status = if ready { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
        respond(status, "application/json", format!("{body}\n"))
    }
}

/// Whether a process is ready, and how it says so. What it still reads of its journal keeps it from nothing.
fn state(troubles: &[String], recovery: Option<Recovery>, started: Timestamp) -> (bool, serde_json::Value) {
    let ready = troubles.is_empty();
    let mut body = serde_json::json!({
        "status": if ready { "ready" } else { "not ready" },
        "reasons": troubles,
        "version": env!("CARGO_PKG_VERSION"),
        "started_unix_seconds": started.0 / 1_000_000_000,
    });
    if let Some(recovery) = recovery {
        body["recovery"] = serde_json::json!(recovery);
    }
    (ready, body)
}

fn respond(status: StatusCode, content_type: &'static str, body: String) -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::new(Bytes::from(body)));
    *response.status_mut() = status;
    response.headers_mut().insert(CONTENT_TYPE, hyper::header::HeaderValue::from_static(content_type));
    response
}

#[cfg(test)]
mod tests;
