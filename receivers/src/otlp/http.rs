//! OTLP/HTTP: a path a signal, protobuf and JSON, each answered in the encoding it came in.

use std::borrow::Cow;
use std::sync::Arc;

use bytes::Bytes;
use http::header::{
    ALLOW, CONNECTION, CONTENT_ENCODING, CONTENT_TYPE, EXPECT, HeaderName, ORIGIN, RETRY_AFTER, WWW_AUTHENTICATE,
};
use http::{HeaderMap, HeaderValue, Method, Request, Response, StatusCode, Version};
use hyper::body::{Body, Incoming};
use pipeline::Signal;

use super::answer::Answer;
use super::body::Bounds;
use super::cors::Cors;
use super::door::Door;
use super::fault::Fault;
use super::open::{Coding, Form};
use super::reply;

/// What a JSON request takes while it is read, in times of its bytes: itself, and what it becomes with capacity that doubles.
const JSON_TIMES: usize = 3;

/// The HTTP side of a receiver.
pub(super) struct Http {
    pub(super) door: Door,
    pub(super) rules: HttpRules,
}

/// What is configured of HTTP alone.
pub(super) struct HttpRules {
    /// By signal.
    pub(super) paths: [String; 3],
    pub(super) cors: Option<Cors>,
    pub(super) codings: Vec<Coding>,
    /// Their names, for a peer that sent another.
    pub(super) encodings: Cow<'static, str>,
    /// Added to every answer.
    pub(super) headers: Vec<(HeaderName, HeaderValue)>,
}

impl Http {
    /// The answer to one request; `true` with it when bytes of the request are left unread.
    pub(super) async fn answer(self: Arc<Self>, request: Request<Incoming>) -> (Response<Answer>, bool) {
        let origin = request.headers().get(ORIGIN).cloned();
        let preflight = self.rules.cors.as_ref().and_then(|cors| cors.preflight(request.method(), request.headers()));
        if let Some(mut response) = preflight {
            response.headers_mut().extend(self.rules.headers.iter().cloned());
            return (response, false);
        }
        let version = request.version();
        let form = form(request.headers());
        let signal = self.signal(request.uri().path());
        let mut unread = !request.body().is_end_stream();
        let taken = match signal {
            Some(signal) => self.export(signal, form, request, &mut unread).await,
            None => Err(Fault::Unknown("path".into())),
        };
        let reply = form.unwrap_or(Form::Json);
        let mut response = match (taken, signal) {
            (Ok(body), _) => answer(StatusCode::OK, reply, body),
            (Err(fault), signal) => {
                if let Some(signal) = signal {
                    self.door.count(signal, &fault);
                }
                self.refusal(&fault, reply)
            }
        };
        let headers = response.headers_mut();
        if unread && version < Version::HTTP_2 {
            // What is left of the body is not read: the connection cannot carry another request.
            headers.insert(CONNECTION, HeaderValue::from_static("close"));
        }
        if let Some(cors) = &self.rules.cors {
            cors.decorate(origin.as_ref(), headers);
        }
        headers.extend(self.rules.headers.iter().cloned());
        (response, unread)
    }

    async fn export(
        &self,
        signal: Signal,
        form: Option<Form>,
        request: Request<Incoming>,
        unread: &mut bool,
    ) -> Result<Bytes, Fault> {
        self.door.admit(request.headers()).await?;
        self.door.takes(signal)?;
        if request.method() != Method::POST {
            return Err(Fault::Method);
        }
        let form = form.ok_or(Fault::ContentType)?;
        let coding = self.coding(request.headers())?;
        let deadlines = self.door.deadlines(None);
        let declared = request.body().size_hint().exact();
        let expects = request.headers().contains_key(EXPECT);
        // What is compressed becomes nobody knows what.
        let times = if (coding, form) == (Coding::Identity, Form::Json) { JSON_TIMES } else { 1 };
        let bounds = Bounds { expects, times, ..self.door.bounds(signal, deadlines) };
        let taken = bounds.whole(request.into_body(), declared, unread).await?;
        let rejected = self.door.submit(signal, taken, (coding, form), deadlines).await?;
        Ok(reply::accepted(signal, rejected, form))
    }

    fn signal(&self, path: &str) -> Option<Signal> {
        Signal::ALL.into_iter().find(|signal| self.rules.paths[*signal as usize] == path)
    }

    fn coding(&self, headers: &HeaderMap) -> Result<Coding, Fault> {
        let name = headers.get(CONTENT_ENCODING).map_or(Ok(""), HeaderValue::to_str);
        let coding = name.ok().and_then(|name| Coding::of(&name.trim().to_ascii_lowercase()));
        coding
            .filter(|coding| self.rules.codings.contains(coding))
            .ok_or_else(|| Fault::Encoding(self.rules.encodings.clone()))
    }

    fn refusal(&self, fault: &Fault, form: Form) -> Response<Answer> {
        let mut response = answer(fault.codes().1, form, reply::status(fault, form));
        let headers = response.headers_mut();
        if let Some(delay) = fault.retry_after() {
            // Whole seconds, rounded up: coming early is coming in vain.
            let secs = delay.as_secs() + u64::from(delay.subsec_nanos() > 0);
            headers.insert(RETRY_AFTER, HeaderValue::from(secs));
        }
        match fault {
            Fault::Method => {
                headers.insert(ALLOW, HeaderValue::from_static("POST"));
            }
            Fault::Unauthenticated => {
                if let Some(Ok(challenge)) = self.door.challenge().map(HeaderValue::from_str) {
                    headers.insert(WWW_AUTHENTICATE, challenge);
                }
            }
            _ => {}
        }
        response
    }
}

/// The form `content-type` names; parameters such as `charset` are not looked at.
fn form(headers: &HeaderMap) -> Option<Form> {
    let kind = headers.get(CONTENT_TYPE)?.to_str().ok()?;
    let kind = kind.split(';').next()?.trim();
    if kind.eq_ignore_ascii_case("application/x-protobuf") {
        Some(Form::Protobuf)
    } else {
        kind.eq_ignore_ascii_case("application/json").then_some(Form::Json)
    }
}

fn answer(status: StatusCode, form: Form, body: Bytes) -> Response<Answer> {
    let mut response = Response::new(if body.is_empty() { Answer::Empty } else { Answer::Whole(body) });
    *response.status_mut() = status;
    let kind = match form {
        Form::Protobuf => "application/x-protobuf",
        Form::Json => "application/json",
    };
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(kind));
    response
}
