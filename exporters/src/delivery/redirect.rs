//! Redirects that keep method and body, 307 and 308: followed, as Go's client does.

use http::header::LOCATION;
use http::uri::{Authority, PathAndQuery, Scheme};
use http::{HeaderMap, HeaderValue, Request, StatusCode, Uri};
use tokio::sync::OnceCell;

use super::http::Reply;
use super::{ClientSettings, HttpClient};

/// How many are followed for one attempt.
pub(super) const HOPS: usize = 5;

/// How redirects of a destination are followed.
#[derive(Debug)]
pub(super) struct Redirects {
    /// How to connect where a redirect leads from plain text to TLS.
    settings: ClientSettings,
    /// Made with the first of those: the system's authorities are not read for nothing.
    secured: OnceCell<HttpClient>,
}

impl Redirects {
    pub(super) fn new(settings: ClientSettings) -> Self {
        Self { settings, secured: OnceCell::new() }
    }

    /// The client for `to`, where it is not the one that every request goes through.
    pub(super) async fn client(&self, from: &Uri, to: &Uri) -> Result<Option<HttpClient>, String> {
        if from.scheme() == Some(&Scheme::HTTPS) || to.scheme() != Some(&Scheme::HTTPS) {
            return Ok(None);
        }
        let make = || async {
            let settings = self.settings.clone();
            let made = tokio::task::spawn_blocking(move || HttpClient::new(&settings)).await;
            let made = made.map_err(|_panic| "a fault of ours: connecting panicked".to_owned())?;
            made.map_err(|error| error.reason)
        };
        self.secured.get_or_try_init(make).await.cloned().map(Some)
    }
}

/// The head of the request that `reply` to `head` asks for; none where it asks for none, or one that is not to be made.
pub(super) fn next(head: &Request<()>, reply: &Reply) -> Option<Request<()>> {
    if !matches!(reply.status, StatusCode::TEMPORARY_REDIRECT | StatusCode::PERMANENT_REDIRECT) {
        return None;
    }
    let from = head.uri();
    let to = resolved(from, reply.headers.get(LOCATION)?)?;
    // What was to be encrypted is not sent in the clear because somebody says so.
    if from.scheme() == Some(&Scheme::HTTPS) && to.scheme() != Some(&Scheme::HTTPS) {
        return None;
    }
    let mut next = head.clone();
    if from.host() != to.host() {
        withhold(next.headers_mut());
    }
    *next.uri_mut() = to;
    Some(next)
}

/// Takes out what is configured: credentials and whatever else is meant for one host.
fn withhold(headers: &mut HeaderMap) {
    let ours: Vec<_> = headers.iter().filter(|(_, value)| value.is_sensitive()).map(|(name, _)| name.clone()).collect();
    for name in ours {
        headers.remove(name);
    }
}

/// Where `location` leads from `from`: a whole URL, or a part of one. A login in it is left out.
fn resolved(from: &Uri, location: &HeaderValue) -> Option<Uri> {
    let location = location.to_str().ok()?.trim();
    let location = location.split('#').next().unwrap_or_default();
    let (scheme, rest) = match location.split_once("://") {
        Some(("http", rest)) => (Scheme::HTTP, rest),
        Some(("https", rest)) => (Scheme::HTTPS, rest),
        Some((other, _)) if other.bytes().all(|byte| byte.is_ascii_alphanumeric()) => return None,
        _ => match location.strip_prefix("//") {
            Some(rest) => (from.scheme()?.clone(), rest),
            None => return beside(from, location),
        },
    };
    let (authority, path) = rest.split_at(rest.find(['/', '?']).unwrap_or(rest.len()));
    let authority = authority.rsplit('@').next().unwrap_or_default();
    let path = if path.starts_with('/') { path.to_owned() } else { format!("/{path}") };
    let authority = authority.parse::<Authority>().ok().filter(|authority| !authority.host().is_empty())?;
    built(scheme, authority, &path)
}

/// Another path of the same place.
fn beside(from: &Uri, path: &str) -> Option<Uri> {
    let folder = from.path().rsplit_once('/').map_or("", |(folder, _)| folder);
    let path = match path {
        "" => return None,
        path if path.starts_with('/') => path.to_owned(),
        path if path.starts_with('?') => format!("{}{path}", from.path()),
        path => format!("{folder}/{path}"),
    };
    built(from.scheme()?.clone(), from.authority()?.clone(), &path)
}

fn built(scheme: Scheme, authority: Authority, path: &str) -> Option<Uri> {
    let path = path.parse::<PathAndQuery>().ok()?;
    Uri::builder().scheme(scheme).authority(authority).path_and_query(path).build().ok()
}

#[cfg(test)]
mod tests;
