//! A backend that speaks HTTP, as two pure functions, and the sender made of it.

use std::io;
use std::sync::Arc;
use std::time::{Duration, UNIX_EPOCH};

use bytes::Bytes;
use http::{HeaderMap, StatusCode, Uri};
use pipeline::component::BoxFuture;
use pipeline::{Signal, Timestamp};

use super::line::Line;
use super::proxy;
use super::redirect::{self, HOPS, Redirects};
use super::{Blame, Chunks, ClientSettings, Credentials, HttpClient, Request, Sender, Verdict};

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
    line: Line,
    timeout: Duration,
    credentials: Option<Credentials>,
    redirects: Option<Redirects>,
    /// Where the environment names a proxy for it: the destination, and the variable.
    proxied: Option<(Uri, &'static str)>,
}

impl<B: Backend> HttpSender<B> {
    /// A sender whose attempts take `timeout` at most, connecting included; zero is no bound. The header of
    /// `credentials` is set anew for each.
    pub fn new(backend: B, client: HttpClient, timeout: Duration, credentials: Option<Credentials>) -> Self {
        Self {
            backend: Arc::new(backend),
            line: Line::new(client),
            timeout,
            credentials,
            redirects: None,
            proxied: None,
        }
    }

    /// The same, following redirects that keep the method; `settings` are for those from plain text to TLS.
    pub fn following(self, settings: ClientSettings) -> Self {
        Self { redirects: Some(Redirects::new(settings)), ..self }
    }

    /// The same, which says at the start where the environment names a proxy for one of `destinations`; the scheme
    /// is that of the proxy's variable.
    pub fn without_proxy<'a>(self, destinations: impl IntoIterator<Item = (&'a str, &'a Uri)>) -> Self {
        let variable = |name: &str| std::env::var(name).ok();
        let proxied = destinations.into_iter().find_map(|(scheme, uri)| {
            let port = uri.port_u16().unwrap_or(if scheme == "https" { 443 } else { 80 });
            Some((uri.clone(), proxy::named(scheme, uri.host()?, port, variable)?))
        });
        Self { proxied, ..self }
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
        if let Some(credentials) = &self.credentials {
            // Where there is nothing to send any more, what there was at the start is sent: refused, it is held.
            credentials.put(encoded.head.headers_mut());
        }
        let chunks = Chunks::new(std::mem::take(&mut encoded.body));
        let (client, which) = self.line.client();
        let reply = self.exchange(client, encoded.head.clone(), chunks);
        let reply = if self.timeout.is_zero() {
            Some(reply.await)
        } else {
            tokio::time::timeout(self.timeout, reply).await.ok()
        };
        match reply {
            Some(Ok(reply)) => {
                self.line.heard(which);
                self.backend.judge(&encoded, &reply)
            }
            // Whatever kept the request from being answered may pass, a bad certificate too.
            Some(Err(reason)) => Verdict::Retry { after: None, reason: printable(&reason) },
            None => {
                self.line.unheard(which);
                Verdict::Retry { after: None, reason: format!("no answer within {:?}", self.timeout) }
            }
        }
    }

    /// Sends, and again to where the answer leads, where that is followed.
    async fn exchange(&self, client: HttpClient, mut head: http::Request<()>, body: Chunks) -> Result<Reply, String> {
        let Some(redirects) = &self.redirects else { return client.send(head.map(|()| body)).await };
        let first = head.uri().clone();
        let mut reply = client.send(head.clone().map(|()| body.clone())).await?;
        for _ in 0..HOPS {
            let Some(next) = redirect::next(&head, &reply) else { break };
            let other = redirects.client(&first, next.uri()).await?;
            let client = other.as_ref().unwrap_or(&client);
            reply = client.send(next.clone().map(|()| body.clone())).await?;
            head = next;
        }
        Ok(reply)
    }
}

impl<B: Backend> Sender for HttpSender<B> {
    fn open(&self) -> io::Result<()> {
        if let Some((uri, variable)) = &self.proxied {
            let destination = uri.host().unwrap_or_default();
            tracing::warn!(
                destination,
                variable,
                "the proxy of the environment is not used: connections go there directly"
            );
        }
        Ok(())
    }

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
