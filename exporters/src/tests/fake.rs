//! A backend over a real socket: keeps what it is sent, answers as it is told.

use std::collections::VecDeque;
use std::convert::Infallible;
use std::sync::{Arc, Mutex};

use bytes::Bytes;
use http_body_util::combinators::BoxBody;
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Semaphore, mpsc};
use tokio_rustls::TlsAcceptor;

/// An answer.
#[derive(Clone, Debug, Default)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(&'static str, String)>,
    pub(crate) body: Bytes,
    pub(crate) trailers: Vec<(&'static str, String)>,
}

/// A request, as it came.
#[derive(Clone, Debug)]
pub(crate) struct Got {
    pub(crate) head: http::request::Parts,
    pub(crate) body: Bytes,
}

/// The backend.
pub(crate) struct Fake {
    pub(crate) address: String,
    pub(crate) got: mpsc::UnboundedReceiver<Got>,
    /// Each answer takes one; none left: the answer waits.
    pub(crate) gate: Arc<Semaphore>,
}

type Script = Arc<Mutex<VecDeque<Answer>>>;

impl Answer {
    /// A gRPC answer: a message, and the status in the trailers.
    pub(crate) fn grpc(code: u32, message: &str, details: Option<String>) -> Self {
        let mut trailers = vec![("grpc-status", code.to_string()), ("grpc-message", message.into())];
        trailers.extend(details.map(|details| ("grpc-status-details-bin", details)));
        let body = Bytes::from_static(&[0, 0, 0, 0, 0]);
        Self { status: 200, headers: vec![("content-type", "application/grpc".into())], body, trailers }
    }

    pub(crate) fn http(status: u16, headers: Vec<(&'static str, String)>) -> Self {
        Self { status, headers, ..Self::default() }
    }

    fn response(&self) -> http::Response<BoxBody<Bytes, Infallible>> {
        let mut response = http::Response::builder().status(self.status);
        for (name, value) in &self.headers {
            response = response.header(*name, value);
        }
        let trailers: http::HeaderMap = self
            .trailers
            .iter()
            .map(|(name, value)| (http::HeaderName::from_static(name), value.parse().unwrap()))
            .collect();
        let body = Full::new(self.body.clone());
        let body = if trailers.is_empty() {
            body.boxed()
        } else {
            body.with_trailers(async move { Some(Ok(trailers)) }).boxed()
        };
        response.body(body).unwrap()
    }
}

impl Fake {
    /// Answers with `script`, then with its last for ever.
    #[allow(clippy::disallowed_methods, reason = "bounded by what the test sends")]
    pub(crate) async fn start(script: Vec<Answer>, tls: Option<TlsAcceptor>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let (sender, got) = mpsc::unbounded_channel();
        let gate = Arc::new(Semaphore::new(Semaphore::MAX_PERMITS));
        let script: Script = Arc::new(Mutex::new(script.into()));
        let shared = gate.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(accept(stream, tls.clone(), sender.clone(), script.clone(), shared.clone()));
            }
        });
        Self { address, got, gate }
    }

    /// The next request.
    pub(crate) async fn next(&mut self) -> Got {
        self.got.recv().await.unwrap()
    }

    /// A fake whose answers wait.
    pub(crate) fn hold(self) -> Self {
        self.gate.forget_permits(Semaphore::MAX_PERMITS);
        self
    }
}

async fn accept(
    stream: TcpStream,
    tls: Option<TlsAcceptor>,
    got: mpsc::UnboundedSender<Got>,
    script: Script,
    gate: Arc<Semaphore>,
) {
    let service = service_fn(move |request: http::Request<Incoming>| {
        let (got, script, gate) = (got.clone(), script.clone(), gate.clone());
        async move {
            let (head, body) = request.into_parts();
            let body = body.collect().await.unwrap().to_bytes();
            got.send(Got { head, body }).ok();
            gate.acquire().await.unwrap().forget();
            let mut script = script.lock().unwrap();
            let answer = if script.len() > 1 { script.pop_front() } else { script.front().cloned() };
            Ok::<_, Infallible>(answer.unwrap().response())
        }
    });
    let server = auto::Builder::new(TokioExecutor::new());
    // A peer that goes away ends the connection; what matters was asserted by then.
    match tls {
        None => server.serve_connection(TokioIo::new(stream), service).await.ok(),
        Some(tls) => match tls.accept(stream).await {
            Ok(stream) => server.serve_connection(TokioIo::new(stream), service).await.ok(),
            Err(_) => None,
        },
    };
}
