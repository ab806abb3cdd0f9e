//! A backend that speaks HTTP, as two pure functions, and the sender made of it.

use std::sync::Arc;
use std::time::{Duration, UNIX_EPOCH};

use bytes::Bytes;
use http::{HeaderMap, StatusCode};
use pipeline::component::BoxFuture;
use pipeline::{Signal, Timestamp};

use super::{Blame, Chunks, HttpClient, Request, Sender, Verdict};

/// Longest text of a peer that is repeated in our log.
const PRINTED: usize = 200;

/// Bodies from here on are encoded away from the IO threads, where encoding them is work.
const HEAVY: usize = 64 << 10;

/// What goes out for a request.
#[derive(Clone, Debug)]
pub struct Encoded {
    /// Method, URI and headers.
    pub head: http::Request<()>,
    /// The body, in chunks.
    pub body: Vec<Bytes>,
    /// What it carries.
    pub signal: Signal,
    /// How many records.
    pub records: u64,
}

/// What came back.
#[derive(Clone, Debug, Default)]
pub struct Reply {
    /// The status.
    pub status: StatusCode,
    /// Headers.
    pub headers: HeaderMap,
    /// The body, the first 64 KiB of it.
    pub body: Bytes,
    /// Trailers.
    pub trailers: HeaderMap,
}

/// What differs between HTTP backends: two functions, no IO.
pub trait Backend: Send + Sync + 'static {
    /// What goes out for `request`.
    ///
    /// # Errors
    /// Why it cannot be put in the backend's form; it is then refused for good.
    fn encode(&self, request: &Request) -> Result<Encoded, String>;

    /// What a reply means.
    fn judge(&self, sent: &Encoded, reply: &Reply) -> Verdict;

    /// Whether encoding costs more than looking at the bytes: compression, JSON.
    fn heavy(&self) -> bool {
        false
    }
}

/// Sends to a backend through a client.
pub struct HttpSender<B> {
    backend: Arc<B>,
    client: HttpClient,
    timeout: Duration,
}

impl<B: Backend> HttpSender<B> {
    /// A sender whose attempts take `timeout` at most, connecting included; zero is no bound.
    pub fn new(backend: B, client: HttpClient, timeout: Duration) -> Self {
        Self { backend: Arc::new(backend), client, timeout }
    }

    async fn encode(&self, request: &Request) -> Result<Encoded, String> {
        if !self.backend.heavy() || request.bytes() < HEAVY {
            return self.backend.encode(request);
        }
        let (backend, request) = (self.backend.clone(), request.clone());
        let encoded = tokio::task::spawn_blocking(move || backend.encode(&request)).await;
        encoded.unwrap_or_else(|_panic| Err("a fault of ours: encoding panicked".into()))
    }

    async fn attempt(&self, request: &Request) -> Verdict {
        let mut encoded = match self.encode(request).await {
            Ok(encoded) => encoded,
            Err(reason) => return Verdict::Rejected { blame: Blame::Request, reason },
        };
        let chunks = Chunks::new(std::mem::take(&mut encoded.body));
        let outgoing = encoded.head.clone().map(|()| chunks);
        let reply = self.client.send(outgoing);
        let reply = if self.timeout.is_zero() {
            reply.await
        } else {
            let late = |_| Err(format!("no answer within {:?}", self.timeout));
            tokio::time::timeout(self.timeout, reply).await.unwrap_or_else(late)
        };
        match reply {
            Ok(reply) => self.backend.judge(&encoded, &reply),
            // Whatever kept the request from being answered may pass, a bad certificate too.
            Err(reason) => Verdict::Retry { after: None, reason: printable(&reason) },
        }
    }
}

impl<B: Backend> Sender for HttpSender<B> {
    fn send<'a>(&'a self, request: &'a Request) -> BoxFuture<'a, Verdict> {
        Box::pin(self.attempt(request))
    }
}

/// A peer's text as our log may show it: one line, no control characters, 200 characters at most.
pub fn printable(text: &str) -> String {
    let visible = text.chars().map(|c| if c.is_control() { ' ' } else { c });
    let mut short: String = visible.take(PRINTED).collect();
    if text.chars().nth(PRINTED).is_some() {
        short.push('…');
    }
    short
}

/// What `Retry-After` asks for: seconds, or a date.
pub fn retry_after(headers: &HeaderMap, now: Timestamp) -> Option<Duration> {
    let text = headers.get(http::header::RETRY_AFTER)?.to_str().ok()?.trim();
    if let Ok(seconds) = text.parse() {
        return Some(Duration::from_secs(seconds));
    }
    let date = httpdate::parse_http_date(text).ok()?.duration_since(UNIX_EPOCH).unwrap_or_default();
    Some(date.saturating_sub(Duration::from_nanos(now.0)))
}
