//! The one delivery engine: reads the outbox for one destination, merges, sends, retries, settles.
//!
//! The queue is the outbox itself: a parcel is taken from it, and settled or given back. What a
//! destination is, is a [`Sender`]; what differs between HTTP backends is two pure functions, a [`Backend`].

mod batching;
mod body;
mod breaker;
mod client;
mod complaints;
mod compression;
mod flight;
mod headers;
mod http;
mod line;
mod proxy;
mod redirect;
mod retry;
mod settings;
mod tls;
mod trusted;

use std::io;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use pipeline::component::{BoxFuture, Exporter};
use pipeline::content::ContentPolicy;
use pipeline::journal::{Cursor, Parcel};
use pipeline::stop::{Phase, Stop};
use pipeline::{Sealed, Signal, Timestamp};
use tokio::task::JoinSet;

pub use batching::Batching;
pub use body::Chunks;
pub use client::{ClientSettings, HttpClient, KeepAlive};
pub use compression::Compression;
pub(crate) use headers::sensitive;
pub use headers::{Authentication, Credentials, Headers};
pub use http::{Backend, Encoded, HttpSender, Reply, printable, retry_after};
pub use retry::Backoff;
pub use settings::{Batch, RetryOnFailure, SendingQueue, Sizer};
pub use tls::ClientTls;

use batching::Gate;
use flight::{Engine, fly};

/// Requests of one signal that go out as one.
#[derive(Clone, Debug)]
pub struct Request {
    /// What it carries.
    pub signal: Signal,
    /// The sealed requests, in order; never empty. Their bodies one after the other are one request.
    pub parts: Vec<Sealed>,
}

/// What a destination did with a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It took all of it.
    Delivered,
    /// It took all but some records, which it refused for good. None refused: it has something to say.
    Partial {
        /// Records refused.
        rejected: u64,
        /// Why; no payload.
        reason: String,
    },
    /// It took nothing, and may take it later.
    Retry {
        /// How long it asks us to wait.
        after: Option<Duration>,
        /// Why; no payload.
        reason: String,
    },
    /// It took nothing and never will.
    Rejected {
        /// Whether the request itself is at fault.
        blame: Blame,
        /// Why; no payload.
        reason: String,
    },
}

/// What a refusal for good is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Blame {
    /// The request, which is bad. A merged one is sent again in halves, so that one bad part
    /// does not take its neighbours with it.
    Request,
    /// Its size. It is sent again in halves, of its records where it is not merged.
    Size,
    /// All that we would send: no such service, nothing that it understands.
    Destination,
    /// Ours: it may be let in when somebody has mended that, and is held until then.
    Credentials,
}

/// A destination: takes a request to where it belongs. Does not retry; that is the delivery's.
pub trait Sender: Send + Sync + 'static {
    /// Sends `request` once.
    fn send<'a>(&'a self, request: &'a Request) -> BoxFuture<'a, Verdict>;

    /// See [`Exporter::open`].
    fn open(&self) -> io::Result<()> {
        Ok(())
    }

    /// See [`Exporter::writes`].
    fn writes(&self) -> Option<PathBuf> {
        None
    }
}

/// How a destination is delivered to.
#[derive(Clone, Debug)]
pub struct Plan {
    /// Requests in flight at most; one keeps the order.
    pub consumers: usize,
    /// When to take, and how much.
    pub batching: Batching,
    /// When to send again.
    pub retry: RetryOnFailure,
    /// Past this age what is retried is given up.
    pub max_age: Option<Duration>,
    /// What leaves of prompts and completions.
    pub content: ContentPolicy,
}

/// The exporter made of a sender.
pub struct Delivery {
    sender: Arc<dyn Sender>,
    plan: Plan,
}

impl Delivery {
    /// Delivers to `sender` as `plan` says.
    pub fn new(sender: impl Sender, plan: Plan) -> Self {
        Self { sender: Arc::new(sender), plan }
    }

    /// A loop for each signal: one that the destination does not take leaves the others their hands.
    async fn deliver(self, cursor: Cursor, stop: Stop) {
        let plan = self.plan.clone();
        let engine = Arc::new(Engine::new(self.sender, self.plan, cursor));
        let lanes = Signal::ALL.map(|signal| lane(signal, plan.clone(), engine.clone(), stop.clone()));
        let [traces, logs, metrics] = lanes;
        tokio::join!(traces, logs, metrics);
    }
}

/// The loop of one signal: fills the flights, then sleeps until one lands, something waits, or the phase changes.
async fn lane(signal: Signal, plan: Plan, engine: Arc<Engine>, stop: Stop) {
    let cursor = &engine.cursor;
    let consumers = plan.consumers.max(1);
    let mut gate = Gate::new(signal, plan.batching);
    let mut flights = JoinSet::new();
    loop {
        let phase = stop.phase();
        if phase == Phase::Now {
            break;
        }
        let flush = phase == Phase::Draining || cursor.closed();
        // Before it is taken from: what is read back meanwhile waits in RAM, and is seen there.
        let behind = cursor.behind(signal);
        while flights.len() < consumers {
            let Some(want) = gate.due(cursor, flights.is_empty(), flush) else { break };
            // None: all that waited had passed its age.
            let Some(parcel) = cursor.take(want, Timestamp::now()) else { continue };
            flights.spawn(fly(engine.clone(), parcel, stop.clone()));
        }
        if flush && flights.is_empty() && !behind {
            break;
        }
        let free = flights.len() < consumers && (behind || !cursor.closed());
        tokio::select! {
            () = later(stop.clone(), phase) => {}
            Some(_landed) = flights.join_next(), if !flights.is_empty() => {}
            () = gate.ready(cursor), if free => {}
        }
    }
    // Waits for those that are let go of, so that their parcels are back in the outbox when we return.
    flights.shutdown().await;
}

/// Waits until a phase later than `phase` is asked for.
async fn later(mut stop: Stop, phase: Phase) {
    let next = if phase == Phase::Running { Phase::Draining } else { Phase::Now };
    stop.reached(next).await;
}

impl Exporter for Delivery {
    fn open(&mut self) -> io::Result<()> {
        self.sender.open()
    }

    fn writes(&self) -> Option<PathBuf> {
        self.sender.writes()
    }

    fn run(self: Box<Self>, cursor: Cursor, stop: Stop) -> BoxFuture<'static, ()> {
        Box::pin(self.deliver(cursor, stop))
    }
}

impl Request {
    /// All of a parcel as one request.
    fn of(parcel: &Parcel) -> Self {
        let parts = parcel.frames().iter().map(|frame| frame.sealed.clone()).collect();
        Self { signal: parcel.signal(), parts }
    }

    /// Spans, log records or data points in it.
    pub fn records(&self) -> u64 {
        self.parts.iter().map(|part| u64::from(part.records())).sum()
    }

    /// Bytes of OTLP protobuf in it.
    pub fn bytes(&self) -> usize {
        self.parts.iter().map(|part| part.body().len()).sum()
    }

    /// Its bodies one after the other: again one request.
    pub fn merged(&self) -> Bytes {
        match self.parts.as_slice() {
            [one] => one.body().clone(),
            parts => {
                let mut merged = BytesMut::with_capacity(self.bytes());
                parts.iter().for_each(|part| merged.extend_from_slice(part.body()));
                merged.freeze()
            }
        }
    }

    /// Its two halves, by parts; `None` where it is a single part.
    fn halves(&self) -> Option<[Self; 2]> {
        let (left, right) = self.parts.split_at(self.parts.len() / 2);
        let half = |parts: &[Sealed]| Self { signal: self.signal, parts: parts.to_vec() };
        (!left.is_empty()).then(|| [half(left), half(right)])
    }
}

#[cfg(test)]
mod tests;
