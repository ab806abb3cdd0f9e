//! Fields of HTTP/2: the head of a request read and judged (RFC 9113 section 8), the head of an answer written.

use http::header::{CONTENT_LENGTH, HeaderName, HeaderValue, TE};
use http::{HeaderMap, Method, Request, StatusCode, Uri};

use super::hpack;

/// Fields that belong to a connection and have no place here (section 8.2.2).
const OF_A_CONNECTION: [&str; 5] = ["connection", "keep-alive", "proxy-connection", "transfer-encoding", "upgrade"];

/// A head as it is read, field by field.
#[derive(Debug, Default)]
pub(super) struct Fields {
    method: Option<Method>,
    path: Option<Uri>,
    scheme: bool,
    authority: bool,
    headers: HeaderMap,
    malformed: bool,
}

/// The head of a request, and the length of its body where it is declared.
pub(super) type Opening = (Request<()>, Option<u64>);

impl Fields {
    pub(super) fn push(&mut self, name: &[u8], value: &[u8]) {
        let known = match name.strip_prefix(b":") {
            // Those with a colon come first (section 8.3).
            Some(name) => self.headers.is_empty() && self.pseudo(name, value),
            None => self.header(name, value),
        };
        self.malformed |= !known;
    }

    /// Takes a field whose name begins with a colon; each comes once.
    fn pseudo(&mut self, name: &[u8], value: &[u8]) -> bool {
        match name {
            b"method" => set(&mut self.method, Method::from_bytes(value).ok()),
            b"path" => set(&mut self.path, Uri::try_from(value).ok().filter(|_| !value.is_empty())),
            b"scheme" => !std::mem::replace(&mut self.scheme, true),
            b"authority" => !std::mem::replace(&mut self.authority, true),
            _ => false,
        }
    }

    fn header(&mut self, name: &[u8], value: &[u8]) -> bool {
        let (Ok(name), Ok(value)) = (HeaderName::from_lowercase(name), HeaderValue::from_bytes(value)) else {
            return false;
        };
        let misplaced = OF_A_CONNECTION.contains(&name.as_str()) || (name == TE && value != "trailers");
        // A map refuses what it has no room for; the limit of a list leaves far fewer.
        !misplaced && self.headers.try_append(name, value).is_ok()
    }

    /// The request, unless the head is malformed.
    pub(super) fn request(self) -> Option<Opening> {
        let declared = match self.headers.get(CONTENT_LENGTH) {
            Some(length) => Some(length.to_str().ok()?.parse().ok()?),
            None => None,
        };
        if self.malformed || !self.scheme {
            return None;
        }
        let mut request = Request::new(());
        (*request.method_mut(), *request.uri_mut()) = (self.method?, self.path?);
        *request.headers_mut() = self.headers;
        Some((request, declared))
    }

    /// Whether these may stand behind a body.
    pub(super) fn are_trailers(&self) -> bool {
        let pseudo = self.method.is_some() || self.path.is_some() || self.scheme || self.authority;
        !self.malformed && !pseudo
    }
}

fn set<T>(place: &mut Option<T>, value: Option<T>) -> bool {
    let first = place.is_none() && value.is_some();
    *place = value;
    first
}

/// The head of an answer.
pub(super) fn head(status: StatusCode, headers: &HeaderMap) -> Vec<u8> {
    let mut block = Vec::with_capacity(64);
    hpack::encode(&mut block, b":status", status.as_str().as_bytes());
    append(&mut block, headers);
    block
}

/// The fields behind an answer.
pub(super) fn trailers(headers: &HeaderMap) -> Vec<u8> {
    let mut block = Vec::with_capacity(32);
    append(&mut block, headers);
    block
}

fn append(block: &mut Vec<u8>, headers: &HeaderMap) {
    for (name, value) in headers {
        hpack::encode(block, name.as_str().as_bytes(), value.as_bytes());
    }
}
