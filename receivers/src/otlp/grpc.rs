//! OTLP/gRPC: the three unary Export methods read by the body layer, health by tonic.

use std::sync::Arc;
use std::time::Duration;

use http::header::{ALLOW, CONTENT_TYPE, HeaderName, HeaderValue, WWW_AUTHENTICATE};
use http::{HeaderMap, Method, Request, Response, StatusCode};
use pipeline::Signal;
use tonic::Status;
use tonic::service::Routes;
use tower_service::Service;

use super::answer::Answer;
use super::door::Door;
use super::fault::Fault;
use super::http2::Body;
use super::open::{Coding, Form};
use super::reply;

/// What is taken and offered, as `grpc-accept-encoding` writes it.
const ENCODINGS: &str = "identity,gzip,zstd";

/// Largest message of the health service: it names a service.
const HEALTH_MESSAGE: usize = 4 << 10;

/// What of a request's head the health service reads.
const HEALTH_HEADERS: [&str; 4] = ["content-type", "te", "grpc-encoding", "grpc-accept-encoding"];

const GRPC: HeaderValue = HeaderValue::from_static("application/grpc");

/// The gRPC side of a receiver.
pub(super) struct Grpc {
    pub(super) door: Door,
    health: Routes,
    reporter: tonic_health::server::HealthReporter,
}

impl Grpc {
    /// Serves the signals that have a pipeline, and says so to who asks for their health.
    pub(super) async fn new(door: Door) -> Self {
        let (reporter, health) = tonic_health::server::health_reporter();
        for signal in Signal::ALL.into_iter().filter(|signal| door.intake.takes(*signal)) {
            reporter.set_service_status(service(signal), tonic_health::ServingStatus::Serving).await;
        }
        Self { door, health: Routes::new(health.max_decoding_message_size(HEALTH_MESSAGE)), reporter }
    }

    /// Says that nothing new is taken.
    pub(super) async fn drain(&self) {
        let services = Signal::ALL.into_iter().filter(|signal| self.door.intake.takes(*signal)).map(service);
        for name in services.chain([""]) {
            self.reporter.set_service_status(name, tonic_health::ServingStatus::NotServing).await;
        }
    }

    /// The answer to one request.
    pub(super) async fn answer(self: Arc<Self>, request: Request<Body>) -> Response<Answer> {
        if let Some(response) = misplaced(request.method(), request.headers()) {
            return response;
        }
        let signal = signal(request.uri().path());
        let answered = match signal {
            Some(signal) => self.export(signal, request).await,
            None => self.other(request).await,
        };
        answered.unwrap_or_else(|fault| {
            if let Some(signal) = signal {
                self.door.count(signal, &fault);
            }
            self.refusal(&fault)
        })
    }

    async fn export(&self, signal: Signal, request: Request<Body>) -> Result<Response<Answer>, Fault> {
        self.door.admit(request.headers()).await?;
        self.door.takes(signal)?;
        let coding = coding(request.headers())?;
        let deadlines = self.door.deadlines(timeout(request.headers()));
        let message = self.door.bounds(signal, deadlines).message(request.into_body()).await?;
        let coding = match (message.compressed, coding) {
            (false, _) => Coding::Identity,
            (true, Coding::Identity) => {
                return Err(Fault::Framing("the message is marked compressed, but grpc-encoding names no compression"));
            }
            (true, coding) => coding,
        };
        let rejected = self.door.submit(signal, message.taken, (coding, Form::Protobuf), deadlines).await?;
        let mut response = Response::new(Answer::message(&reply::accepted(signal, rejected, Form::Protobuf)));
        response.headers_mut().insert(CONTENT_TYPE, GRPC);
        Ok(response)
    }

    /// Health, or a service that is not there.
    async fn other(&self, request: Request<Body>) -> Result<Response<Answer>, Fault> {
        self.door.admit(request.headers()).await?;
        if !request.uri().path().starts_with("/grpc.health.v1.Health/") {
            return Err(unknown(request.uri().path()));
        }
        let deadlines = self.door.deadlines(timeout(request.headers()));
        let (mut parts, body) = request.into_parts();
        // It holds the head while it waits for the body, and no permit covers either.
        parts.headers = HEALTH_HEADERS
            .iter()
            .filter_map(|name| Some((HeaderName::from_static(name), parts.headers.get(*name)?.clone())))
            .collect();
        let call = self.health.clone().call(Request::from_parts(parts, tonic::body::Body::new(body)));
        let response = tokio::time::timeout_at(deadlines.answer, call).await.map_err(|_| Fault::Late)?;
        match response {
            Ok(response) => Ok(response.map(Answer::Health)),
            Err(impossible) => match impossible {},
        }
    }

    fn refusal(&self, fault: &Fault) -> Response<Answer> {
        let details =
            if fault.retry_after().is_some() { reply::status(fault, Form::Protobuf) } else { Default::default() };
        let message = match fault {
            Fault::NoPipeline(signal) => format!("unknown service {}", service(*signal)),
            fault => fault.message().into_owned(),
        };
        let status = Status::with_details(fault.codes().0, message, details);
        let mut response = Response::new(Answer::Empty);
        response.headers_mut().insert(CONTENT_TYPE, GRPC);
        if status.add_header(response.headers_mut()).is_err() {
            // Our messages are ASCII and short: percent-encoding them cannot fail.
            response.headers_mut().insert(Status::GRPC_STATUS, HeaderValue::from_static("13"));
        }
        match fault {
            Fault::Encoding(_) => {
                response.headers_mut().insert("grpc-accept-encoding", HeaderValue::from_static(ENCODINGS));
            }
            Fault::Unauthenticated => {
                if let Some(Ok(challenge)) = self.door.challenge().map(HeaderValue::from_str) {
                    response.headers_mut().insert(WWW_AUTHENTICATE, challenge);
                }
            }
            _ => {}
        }
        response
    }
}

/// The answer to what is no gRPC at all: without it the status would have no form the peer reads.
fn misplaced(method: &Method, headers: &HeaderMap) -> Option<Response<Answer>> {
    let kind = headers.get(CONTENT_TYPE).map_or(&b""[..], HeaderValue::as_bytes);
    let rest = kind.strip_prefix(b"application/grpc");
    let is_grpc = rest.is_some_and(|rest| rest.is_empty() || rest[0] == b';' || rest.starts_with(b"+proto"));
    let mut response = Response::new(Answer::Empty);
    if method != Method::POST {
        *response.status_mut() = StatusCode::METHOD_NOT_ALLOWED;
        response.headers_mut().insert(ALLOW, HeaderValue::from_static("POST"));
    } else if !is_grpc {
        *response.status_mut() = StatusCode::UNSUPPORTED_MEDIA_TYPE;
    } else {
        return None;
    }
    Some(response)
}

const fn service(signal: Signal) -> &'static str {
    match signal {
        Signal::Traces => "opentelemetry.proto.collector.trace.v1.TraceService",
        Signal::Logs => "opentelemetry.proto.collector.logs.v1.LogsService",
        Signal::Metrics => "opentelemetry.proto.collector.metrics.v1.MetricsService",
    }
}

/// The signal whose Export method has this path.
fn signal(path: &str) -> Option<Signal> {
    let name = path.strip_prefix('/')?.strip_suffix("/Export")?;
    Signal::ALL.into_iter().find(|signal| service(*signal) == name)
}

/// What is not there, in grpc-go's words.
fn unknown(path: &str) -> Fault {
    let (name, method) = path.trim_start_matches('/').rsplit_once('/').unwrap_or(("", ""));
    let known = Signal::ALL.into_iter().any(|signal| service(signal) == name);
    // The path is the peer's own words: short ones are echoed, to help; the status encodes them.
    match (known, path.len() <= 128) {
        (true, true) => Fault::Unknown(format!("method {method} for service {name}")),
        (false, true) => Fault::Unknown(format!("service {name}")),
        (_, false) => Fault::Unknown("service".into()),
    }
}

fn coding(headers: &HeaderMap) -> Result<Coding, Fault> {
    let Some(name) = headers.get("grpc-encoding") else { return Ok(Coding::Identity) };
    match name.as_bytes() {
        b"identity" | b"" => Ok(Coding::Identity),
        b"gzip" => Ok(Coding::Gzip),
        b"zstd" => Ok(Coding::Zstd),
        _ => Err(Fault::Encoding(ENCODINGS.into())),
    }
}

/// `grpc-timeout`: at most eight digits and a unit. One that is malformed is as if it were not there.
fn timeout(headers: &HeaderMap) -> Option<Duration> {
    let text = headers.get("grpc-timeout")?.to_str().ok()?;
    let (number, unit) = text.split_at_checked(text.len().checked_sub(1)?)?;
    if number.len() > 8 || !number.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let number: u64 = number.parse().ok()?;
    Some(match unit {
        "H" => Duration::from_secs(number * 3600),
        "M" => Duration::from_secs(number * 60),
        "S" => Duration::from_secs(number),
        "m" => Duration::from_millis(number),
        "u" => Duration::from_micros(number),
        "n" => Duration::from_nanos(number),
        _ => return None,
    })
}

#[cfg(test)]
mod tests;
