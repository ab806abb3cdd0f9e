//! For fuzzers: the bytes of a segment, and what is read of such bytes, whatever became of them. For benches: the way into
//! custody without anything around it.

mod whole;

use std::io;
use std::sync::Arc;

use bytes::Bytes;

use super::format::{FrameHead, Framed, SegmentHead, Table};
use super::frame::Position;
use super::segments::{OWED, Segments, Step, position};
use super::volume::{Medium, Volume};
use crate::{Signal, Timestamp};

pub use whole::Whole;

/// One segment in RAM that is never written.
#[derive(Clone, Debug)]
struct Given(Bytes);

/// The bytes of a segment whose frames have these bodies, empty ones left out.
pub fn segment(bodies: &[&[u8]]) -> Vec<u8> {
    let head = SegmentHead::new(7, Table::default());
    let mut bytes = head.encode(1);
    for body in bodies.iter().filter(|body| !body.is_empty()) {
        let frame = FrameHead::request(Signal::Traces, 0, 1, Timestamp(1));
        bytes.extend(Framed::new(frame, Bytes::copy_from_slice(body)).encode(&head));
        bytes.extend(*body);
    }
    bytes
}

/// The bodies that can be read of a segment, in order.
pub fn bodies(segment: &[u8]) -> io::Result<Vec<Bytes>> {
    let segments = Segments::open(Arc::new(Given(Bytes::copy_from_slice(segment))), OWED)?;
    let mut bodies = Vec::new();
    let mut from = position(1, 0);
    while let Step::Frame { at, head, body } = segments.step(from, |_, _| true) {
        bodies.push(body);
        from = Position(at.0 + head.size());
    }
    Ok(bodies)
}

impl Volume for Given {
    fn names(&self) -> io::Result<Vec<String>> {
        Ok(vec!["segment-00000001".into()])
    }

    fn create(&self, _: &str, _: u64) -> io::Result<Arc<dyn Medium>> {
        Err(io::ErrorKind::ReadOnlyFilesystem.into())
    }

    fn open(&self, _: &str) -> io::Result<Arc<dyn Medium>> {
        Ok(Arc::new(self.clone()))
    }

    fn rename(&self, _: &str, _: &str) -> io::Result<()> {
        Ok(())
    }

    fn remove(&self, _: &str) -> io::Result<()> {
        Ok(())
    }

    fn sync(&self) -> io::Result<()> {
        Ok(())
    }
}

impl Medium for Given {
    fn write(&self, _: u64, _: &[&[u8]]) -> io::Result<()> {
        Err(io::ErrorKind::ReadOnlyFilesystem.into())
    }

    fn read(&self, at: u64, into: &mut [u8]) -> io::Result<usize> {
        let from = usize::try_from(at).ok().and_then(|at| self.0.get(at..)).unwrap_or_default();
        let length = from.len().min(into.len());
        into[..length].copy_from_slice(&from[..length]);
        Ok(length)
    }

    fn len(&self) -> io::Result<u64> {
        Ok(self.0.len() as u64)
    }

    fn resize(&self, _: u64) -> io::Result<()> {
        Ok(())
    }

    fn sync(&self) -> io::Result<()> {
        Ok(())
    }
}
