//! What a component is at run time: three traits and nothing else.
//!
//! IO lives in receivers and exporters, on tokio; processors are pure and synchronous, on workers.

use std::future::Future;
use std::io;
use std::path::PathBuf;
use std::pin::Pin;

use crate::intake::Intake;
use crate::journal::Cursor;
use crate::stop::Stop;
use crate::{Batch, Timestamp};

/// A boxed future, as the traits here return it.
pub type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// A door in: takes requests from sockets and hands them to the intake.
pub trait Receiver: Send {
    /// Opens the sockets; called once, for every receiver, before any serves, so that a busy port
    /// ends the start. Returns the addresses listened on, for people.
    fn bind(&mut self) -> BoxFuture<'_, io::Result<Vec<String>>>;

    /// Serves until `stop`: at `Draining` no new request is taken, those inside are answered, then
    /// the future ends; at `Now` it ends at once.
    fn serve(self: Box<Self>, intake: Intake, stop: Stop) -> BoxFuture<'static, io::Result<()>>;
}

/// A step of the chain: edits a batch in place. Each worker owns its own copy.
///
/// No IO, no clock (time is an argument), no error: what cannot be done is done the safe way and counted.
pub trait Processor: Send {
    /// Works on every record of `batch`; `now` is when the worker took the request up.
    fn process(&mut self, batch: &mut Batch, now: Timestamp);
}

/// A door out: reads the outbox at its own cursor and settles what it took.
pub trait Exporter: Send {
    /// Opens what it writes to on this machine; called once, for every exporter, before any runs and once every socket is
    /// open, so that a file that cannot be written ends the start and no other process's file is touched by one that fails.
    fn open(&mut self) -> io::Result<()> {
        Ok(())
    }

    /// The file it writes, which no other exporter may.
    fn writes(&self) -> Option<PathBuf> {
        None
    }

    /// Delivers until `stop`: at `Draining` what the outbox still owes is flushed, then the future
    /// ends; at `Now` it ends at once and what is unsettled stays owed.
    fn run(self: Box<Self>, cursor: Cursor, stop: Stop) -> BoxFuture<'static, ()>;
}
