//! Traces that come in two requests, some of them failing, each known again where it arrives: for what a sampler keeps of
//! them, whether that is whole, and what it stands for.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::UNIX_EPOCH;

use hyper::client::conn::http2::SendRequest;
use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use opentelemetry_proto::tonic::trace::v1::{Span, Status};
use prost::Message as _;
use tokio::time::Instant;

use super::{AGAIN, Body, Frames, framed, identify, ids_in, offer, request, request_of, scattered};

/// Traces in a pair of requests, and spans in a trace: four in either request.
pub(crate) const TRACES: usize = 32;
pub(crate) const SPANS: usize = 8;

/// Of each 32 traces this one fails in its first request, and that one in its second.
const FAILS_FIRST: usize = 0;
const FAILS_LATE: usize = 16;

/// What a share is measured in: thresholds have 56 bits (the `th` of OpenTelemetry's consistent probability sampling).
const WHOLE: u64 = 1 << 56;

/// Makes the pairs, and knows which were acknowledged.
pub(crate) struct Pairs {
    halves: [(Vec<u8>, Vec<usize>); 2],
    number: AtomicU64,
    acknowledged: Mutex<Vec<u64>>,
    pub(crate) refused: AtomicU64,
}

/// What came of one trace.
#[derive(Clone, Copy, Default)]
struct Arrived {
    spans: usize,
    /// How many traces it stands for.
    stands_for: f64,
}

/// What came of all of them.
#[derive(Default)]
pub(crate) struct Arrivals(Mutex<HashMap<u64, Arrived>>);

/// What was kept of the traces whose both requests were acknowledged.
#[derive(Debug, Default)]
pub(crate) struct Tally {
    pub(crate) acknowledged: u64,
    pub(crate) kept: u64,
    /// Kept with all of their spans.
    pub(crate) whole: u64,
    /// Those that failed in their first request, and how many of them came whole.
    pub(crate) failed: u64,
    pub(crate) failed_whole: u64,
    /// Those that failed in their second request only, and how many of them came, if only that request.
    pub(crate) failed_late: u64,
    pub(crate) failed_late_kept: u64,
    /// How many there were, from the thresholds of what was kept.
    pub(crate) estimate: f64,
}

impl Pairs {
    pub(crate) fn new() -> Self {
        let half = |second: bool| {
            let mut request = request_of(TRACES * SPANS);
            let spans = &mut request.resource_spans[0].scope_spans[0].spans;
            for (at, span) in spans.iter_mut().enumerate() {
                let fails = if second { (FAILS_LATE, SPANS - 1) } else { (FAILS_FIRST, 0) };
                if (at / SPANS, at % SPANS) == fails {
                    span.status = Some(Status { code: 2, message: "upstream timeout".into() });
                }
            }
            let mut at = 0..;
            spans.retain(|_| at.next().is_some_and(|at| (at % SPANS >= SPANS / 2) == second));
            let message = request.encode_to_vec();
            let ids = ids_in(&message);
            (message, ids)
        };
        let halves = [half(false), half(true)];
        // Others at each run, so that runs can be held against each other.
        let since = UNIX_EPOCH.elapsed().expect("after 1970").as_micros();
        let number = u64::try_from(since).expect("before the year 586,000") & ((1 << 52) - 1);
        Self { halves, number: AtomicU64::new(number), acknowledged: Mutex::default(), refused: AtomicU64::new(0) }
    }

    /// Bytes of a pair.
    pub(crate) fn bytes(&self) -> u64 {
        self.halves.iter().map(|(message, _)| message.len() as u64).sum()
    }

    /// Spans of a pair.
    pub(crate) fn spans() -> u64 {
        (TRACES * SPANS) as u64
    }

    /// Sends a pair, each half until it is taken or the time is over.
    pub(crate) async fn send(&self, client: &SendRequest<Body>, until: Instant) {
        let number = self.number.fetch_add(1, Ordering::Relaxed);
        for (message, ids) in &self.halves {
            let mut framed = framed(message);
            identify(&mut framed, ids, |at| number << 8 | (at / (SPANS / 2)) as u64);
            let framed = framed.freeze();
            while !offer(client.clone(), request(&framed, Frames::Large)).await {
                self.refused.fetch_add(1, Ordering::Relaxed);
                if Instant::now() >= until {
                    return;
                }
                tokio::time::sleep(AGAIN).await;
            }
        }
        self.acknowledged.lock().expect("nobody panics").push(number);
    }

    /// How many pairs were acknowledged so far.
    pub(crate) fn acknowledged(&self) -> u64 {
        self.acknowledged.lock().expect("nobody panics").len() as u64
    }

    /// What was kept of pairs `from..` of those that were acknowledged.
    pub(crate) fn tally(&self, from: u64, arrivals: &Arrivals) -> Tally {
        let (numbers, arrived) = (self.acknowledged.lock().expect("nobody panics"), arrivals.lock());
        let mut tally = Tally::default();
        for number in &numbers[usize::try_from(from).expect("small")..] {
            for trace in 0..TRACES {
                let came = arrived.get(&scattered(number << 8 | trace as u64)).copied().unwrap_or_default();
                tally.add(trace, came);
            }
        }
        tally
    }
}

impl Tally {
    fn add(&mut self, trace: usize, came: Arrived) {
        let (kept, whole) = (u64::from(came.spans > 0), u64::from(came.spans == SPANS));
        self.acknowledged += 1;
        self.estimate += came.stands_for;
        match trace {
            FAILS_FIRST => (self.failed, self.failed_whole) = (self.failed + 1, self.failed_whole + whole),
            FAILS_LATE => {
                (self.failed_late, self.failed_late_kept) = (self.failed_late + 1, self.failed_late_kept + kept);
                // Where it was shed before it failed it comes in part, as it should.
                if whole == 0 {
                    return;
                }
            }
            _ => {}
        }
        (self.kept, self.whole) = (self.kept + kept, self.whole + whole);
    }
}

impl Arrivals {
    fn lock(&self) -> std::sync::MutexGuard<'_, HashMap<u64, Arrived>> {
        self.0.lock().expect("nobody panics")
    }

    /// A watch for a sink.
    pub(crate) fn watch(self: &Arc<Self>) -> super::Watch {
        let arrivals = self.clone();
        Arc::new(move |message| {
            let request = ExportTraceServiceRequest::decode(message).expect("a request");
            let scopes = request.resource_spans.into_iter().flat_map(|resource| resource.scope_spans);
            let mut arrived = arrivals.lock();
            for span in scopes.flat_map(|scope| scope.spans) {
                let id = span.trace_id[..8].try_into().map(u64::from_be_bytes).expect("16 bytes");
                let trace = arrived.entry(id).or_default();
                trace.spans += 1;
                trace.stands_for = stands_for(&span);
            }
        })
    }
}

/// How many spans one stands for, from the threshold in its trace state.
fn stands_for(span: &Span) -> f64 {
    let threshold = span.trace_state.split([',', ';', '=', ':']).skip_while(|part| *part != "th").nth(1);
    // Trailing zeros are left out.
    let threshold = threshold
        .map_or(0, |hex| u64::from_str_radix(&format!("{hex:0<14}"), 16).expect("hexadecimal digits, at most 14"));
    WHOLE as f64 / (WHOLE - threshold) as f64
}
