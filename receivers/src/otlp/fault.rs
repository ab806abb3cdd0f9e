//! Why a request is not taken, and what each transport says to it: the one table of answers (OTLP 1.x, "Failures").

use std::borrow::Cow;
use std::time::Duration;

use http::StatusCode;
use pipeline::Signal;
use pipeline::receipt::{Refusal, Rejection};
use tonic::Code;

/// Why a request is not taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Fault {
    /// For now; the same request may come again.
    Refused(Refusal),
    /// For good.
    Rejected(Rejection),
    /// A receipt nobody settled: a fault of ours; it may come again.
    Lost,
    /// The bytes did not all come in time.
    Slow,
    /// No answer within the request's time; it may come again.
    Late,
    /// Who asks is not let in.
    Unauthenticated,
    /// No pipeline of the signal takes from this receiver.
    NoPipeline(Signal),
    /// No such path, service or method.
    Unknown(String),
    /// Only POST is taken.
    Method,
    /// A content type that is not OTLP.
    ContentType,
    /// Bytes in a compression that is not read; what is, for the peer.
    Encoding(Cow<'static, str>),
    /// A broken gRPC message frame.
    Framing(&'static str),
    /// The peer broke off; it will hardly read the answer.
    Gone,
}

impl Fault {
    /// The codes of both transports.
    pub(super) fn codes(&self) -> (Code, StatusCode) {
        match self {
            Self::Refused(_) | Self::Lost => (Code::Unavailable, StatusCode::SERVICE_UNAVAILABLE),
            Self::Rejected(Rejection::Malformed(_)) => (Code::InvalidArgument, StatusCode::BAD_REQUEST),
            Self::Rejected(Rejection::TooLarge(_)) => (Code::ResourceExhausted, StatusCode::PAYLOAD_TOO_LARGE),
            Self::Rejected(Rejection::Internal(_)) => (Code::Internal, StatusCode::INTERNAL_SERVER_ERROR),
            Self::Slow => (Code::DeadlineExceeded, StatusCode::REQUEST_TIMEOUT),
            // 504 may be sent again, 408 may not.
            Self::Late => (Code::DeadlineExceeded, StatusCode::GATEWAY_TIMEOUT),
            Self::Unauthenticated => (Code::Unauthenticated, StatusCode::UNAUTHORIZED),
            Self::NoPipeline(_) | Self::Unknown(_) => (Code::Unimplemented, StatusCode::NOT_FOUND),
            Self::Method => (Code::Unimplemented, StatusCode::METHOD_NOT_ALLOWED),
            Self::ContentType => (Code::InvalidArgument, StatusCode::UNSUPPORTED_MEDIA_TYPE),
            Self::Encoding(_) => (Code::Unimplemented, StatusCode::UNSUPPORTED_MEDIA_TYPE),
            Self::Framing(_) => (Code::Internal, StatusCode::BAD_REQUEST),
            Self::Gone => (Code::Cancelled, StatusCode::BAD_REQUEST),
        }
    }

    /// When to come again, where the sender should.
    pub(super) fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::Refused(refusal) => Some(refusal.retry_after()),
            Self::Lost => Some(Refusal::Busy.retry_after()),
            _ => None,
        }
    }

    /// What the sender is told. Holds no payload.
    pub(super) fn message(&self) -> Cow<'_, str> {
        Cow::Borrowed(match self {
            Self::Refused(refusal) => refusal.message(),
            Self::Rejected(Rejection::Malformed(why) | Rejection::TooLarge(why)) => why,
            Self::Lost => "the request was lost inside, try again",
            Self::Slow => "the request did not arrive in time",
            Self::Late => "no answer in time, try again",
            Self::Unauthenticated => "the credential is missing or not accepted",
            Self::NoPipeline(signal) => return Cow::Owned(format!("no pipeline takes {signal} here")),
            Self::Unknown(what) => return Cow::Owned(format!("unknown {what}")),
            Self::Method => "only POST is taken",
            Self::ContentType => "unsupported media type; send application/x-protobuf or application/json",
            Self::Encoding(known) => return Cow::Owned(format!("unsupported compression; there are {known}")),
            Self::Rejected(Rejection::Internal(why)) | Self::Framing(why) => why,
            Self::Gone => "the request broke off",
        })
    }

    /// The counter it goes to: a reason of `failed`, or none for what is refused for now and what is not ours to count.
    pub(super) fn reason(&self) -> Option<&'static str> {
        match self {
            Self::Refused(_) | Self::NoPipeline(_) | Self::Unknown(_) => None,
            Self::Rejected(Rejection::Malformed(_)) | Self::Framing(_) | Self::Slow | Self::Gone => Some("malformed"),
            Self::Rejected(Rejection::TooLarge(_)) => Some("too_large"),
            Self::Rejected(Rejection::Internal(_)) | Self::Lost | Self::Late => Some("internal"),
            Self::Unauthenticated => Some("unauthenticated"),
            Self::Method | Self::ContentType | Self::Encoding(_) => Some("unsupported"),
        }
    }
}
