//! The body of an answer: nothing, one piece, one gRPC message with its trailers, or that of tonic's health service.

use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::{BufMut, Bytes, BytesMut};
use http::{HeaderMap, HeaderValue};
use http_body::{Body, Frame, SizeHint};

/// The body of an answer.
#[derive(Debug, Default)]
pub(super) enum Answer {
    #[default]
    Empty,
    Whole(Bytes),
    /// A gRPC message, its prefix included; the trailers that say OK follow.
    Message(Bytes),
    Trailers,
    Health(tonic::body::Body),
}

impl Answer {
    /// One gRPC message and the trailers that say OK.
    pub(super) fn message(message: &[u8]) -> Self {
        if message.is_empty() {
            return Self::Message(Bytes::from_static(&[0; 5]));
        }
        let mut frame = BytesMut::with_capacity(5 + message.len());
        frame.put_u8(0);
        frame.put_u32(u32::try_from(message.len()).unwrap_or(u32::MAX));
        frame.put_slice(message);
        Self::Message(frame.freeze())
    }
}

impl Body for Answer {
    type Data = Bytes;
    type Error = tonic::Status;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Self::Error>>> {
        if let Self::Health(body) = &mut *self {
            return Pin::new(body).poll_frame(cx);
        }
        let (frame, rest) = match std::mem::take(&mut *self) {
            Self::Whole(bytes) => (Frame::data(bytes), Self::Empty),
            Self::Message(bytes) => (Frame::data(bytes), Self::Trailers),
            Self::Trailers => {
                let mut trailers = HeaderMap::with_capacity(1);
                trailers.insert(tonic::Status::GRPC_STATUS, HeaderValue::from_static("0"));
                (Frame::trailers(trailers), Self::Empty)
            }
            Self::Empty | Self::Health(_) => return Poll::Ready(None),
        };
        *self = rest;
        Poll::Ready(Some(Ok(frame)))
    }

    fn is_end_stream(&self) -> bool {
        match self {
            Self::Empty => true,
            Self::Health(body) => body.is_end_stream(),
            _ => false,
        }
    }

    fn size_hint(&self) -> SizeHint {
        match self {
            Self::Empty | Self::Trailers => SizeHint::with_exact(0),
            Self::Whole(bytes) => SizeHint::with_exact(bytes.len() as u64),
            Self::Message(_) => SizeHint::default(),
            Self::Health(body) => body.size_hint(),
        }
    }
}
