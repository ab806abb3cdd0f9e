//! A request body in chunks: the sealed bytes of many requests go out as one without being copied.

use std::collections::VecDeque;
use std::convert::Infallible;
use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::{Buf, Bytes, BytesMut};
use http_body::{Body, Frame, SizeHint};

/// Chunks smaller than this are copied together: a frame header and a write cost more than the copy.
const SMALL: usize = 4 << 10;

/// Copied chunks end here: an HTTP/2 frame, as peers take it by default.
const COPIED: usize = 16 << 10;

/// A body of chunks, one after the other.
#[derive(Clone, Debug, Default)]
pub struct Chunks {
    chunks: VecDeque<Bytes>,
    left: u64,
}

impl Chunks {
    /// A body of these chunks; small neighbours become one.
    pub fn new(chunks: impl IntoIterator<Item = Bytes>) -> Self {
        let mut body = Self::default();
        let mut small = BytesMut::new();
        for chunk in chunks {
            if chunk.len() < SMALL {
                small.extend_from_slice(&chunk);
                if small.len() >= COPIED {
                    body.push(small.split().freeze());
                }
                continue;
            }
            body.push(small.split().freeze());
            body.push(chunk);
        }
        body.push(small.freeze());
        body
    }

    fn push(&mut self, chunk: Bytes) {
        if !chunk.is_empty() {
            self.left += chunk.remaining() as u64;
            self.chunks.push_back(chunk);
        }
    }
}

impl Body for Chunks {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        let chunk = self.chunks.pop_front();
        self.left -= chunk.as_ref().map_or(0, |chunk| chunk.len() as u64);
        Poll::Ready(chunk.map(|chunk| Ok(Frame::data(chunk))))
    }

    fn is_end_stream(&self) -> bool {
        self.chunks.is_empty()
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.left)
    }
}
