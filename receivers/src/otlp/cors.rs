//! CORS: which web pages may send, answered as the Collector's server (rs/cors) does.

use http::header::{
    ACCESS_CONTROL_ALLOW_CREDENTIALS, ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS,
    ACCESS_CONTROL_ALLOW_ORIGIN, ACCESS_CONTROL_EXPOSE_HEADERS, ACCESS_CONTROL_MAX_AGE, ACCESS_CONTROL_REQUEST_HEADERS,
    ACCESS_CONTROL_REQUEST_METHOD, HeaderMap, HeaderValue, ORIGIN, VARY,
};
use http::{Method, Response, StatusCode};

use super::answer::Answer;
use super::config::CorsConfig;

/// Headers every page may send.
const ALWAYS: [&str; 3] = ["accept", "content-type", "x-requested-with"];

/// Which web pages may send.
#[derive(Debug)]
pub(super) struct Cors {
    /// Lower case; what stands before and after the one `*` an origin may have.
    origins: Vec<(String, Option<String>)>,
    /// Any page may; then browsers send no credentials.
    any: bool,
    headers: Vec<String>,
    any_header: bool,
    exposed: Option<HeaderValue>,
    max_age: Option<HeaderValue>,
}

impl Cors {
    pub(super) fn new(config: &CorsConfig) -> Self {
        let origins = config.allowed_origins.iter().map(|origin| match origin.to_ascii_lowercase().split_once('*') {
            Some((before, after)) => (before.to_owned(), Some(after.to_owned())),
            None => (origin.to_ascii_lowercase(), None),
        });
        let headers = config.allowed_headers.iter().map(|name| name.to_ascii_lowercase());
        let exposed = config.exposed_headers.join(", ");
        Self {
            origins: origins.collect(),
            any: config.allowed_origins.iter().any(|origin| origin == "*"),
            headers: headers.chain(ALWAYS.map(Into::into)).collect(),
            any_header: config.allowed_headers.iter().any(|name| name == "*"),
            exposed: HeaderValue::try_from(exposed).ok().filter(|value| !value.is_empty()),
            max_age: (config.max_age > 0).then(|| HeaderValue::from(config.max_age)),
        }
    }

    /// The answer to a browser that asks before it sends; none where this is no such question.
    pub(super) fn preflight(&self, method: &Method, headers: &HeaderMap) -> Option<Response<Answer>> {
        let wanted = headers.get(ACCESS_CONTROL_REQUEST_METHOD)?;
        if method != Method::OPTIONS {
            return None;
        }
        let mut response = Response::new(Answer::Empty);
        *response.status_mut() = StatusCode::NO_CONTENT;
        let answer = response.headers_mut();
        for name in ["Origin", "Access-Control-Request-Method", "Access-Control-Request-Headers"] {
            answer.append(VARY, HeaderValue::from_static(name));
        }
        let asked = headers.get(ACCESS_CONTROL_REQUEST_HEADERS);
        let admitted = headers.get(ORIGIN).filter(|origin| self.admits(origin));
        if let Some(origin) = admitted
            && wanted.as_bytes() == b"POST"
            && asked.is_none_or(|asked| self.allows(asked))
        {
            answer.insert(ACCESS_CONTROL_ALLOW_ORIGIN, self.named(origin));
            answer.insert(ACCESS_CONTROL_ALLOW_METHODS, HeaderValue::from_static("POST"));
            answer.insert(ACCESS_CONTROL_ALLOW_CREDENTIALS, HeaderValue::from_static("true"));
            if let Some(asked) = asked {
                answer.insert(ACCESS_CONTROL_ALLOW_HEADERS, asked.clone());
            }
            if let Some(age) = &self.max_age {
                answer.insert(ACCESS_CONTROL_MAX_AGE, age.clone());
            }
        }
        Some(response)
    }

    /// Adds to an answer what lets the page read it.
    pub(super) fn decorate(&self, origin: Option<&HeaderValue>, answer: &mut HeaderMap) {
        answer.append(VARY, HeaderValue::from_static("Origin"));
        let Some(origin) = origin.filter(|origin| self.admits(origin)) else { return };
        answer.insert(ACCESS_CONTROL_ALLOW_ORIGIN, self.named(origin));
        answer.insert(ACCESS_CONTROL_ALLOW_CREDENTIALS, HeaderValue::from_static("true"));
        if let Some(exposed) = &self.exposed {
            answer.insert(ACCESS_CONTROL_EXPOSE_HEADERS, exposed.clone());
        }
    }

    /// The origin as the answer names it.
    fn named(&self, origin: &HeaderValue) -> HeaderValue {
        if self.any { HeaderValue::from_static("*") } else { origin.clone() }
    }

    fn admits(&self, origin: &HeaderValue) -> bool {
        let Ok(origin) = origin.to_str().map(str::to_ascii_lowercase) else { return false };
        self.origins.iter().any(|(before, after)| match after {
            Some(after) => {
                origin.len() >= before.len() + after.len() && origin.starts_with(before) && origin.ends_with(after)
            }
            None => origin == *before,
        })
    }

    fn allows(&self, asked: &HeaderValue) -> bool {
        let Ok(asked) = asked.to_str() else { return false };
        let mut names = asked.split(',').map(|name| name.trim().to_ascii_lowercase()).filter(|name| !name.is_empty());
        self.any_header || names.all(|name| self.headers.contains(&name))
    }
}
