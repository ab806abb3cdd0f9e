//! What a folder holds, for who asks from outside: nothing is locked and nothing is changed, so a process may be using it.

use std::cell::{Cell, RefCell};
use std::io;
use std::path::Path;
use std::sync::Arc;

use serde::Serialize;

use super::copies::{Copies, request};
use super::fill::behind;
use super::frame::Position;
use super::quarantine::put_aside;
use super::segments::{OWED, Segments, Step};
use super::settled::{Done, Settled};
use super::volume::{Looking, Volume};
use crate::Timestamp;

/// What a folder holds.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Status {
    /// Files of frames.
    pub segments: u64,
    /// Bytes they take.
    pub bytes: u64,
    /// Requests that are whole.
    pub requests: u64,
    /// Spans, log records and data points in them.
    pub records: u64,
    /// When the first of them was appended, nanoseconds since the epoch.
    pub oldest: Option<u64>,
    /// Bytes that cannot be read for damage.
    pub damaged_bytes: u64,
    /// Files whose header is damaged or blank: a start puts them aside, or takes them away.
    pub unreadable: u64,
    /// Files that were put aside for damage, oldest first.
    pub quarantined: Vec<String>,
    /// Bytes they take; past as many as dead letters may take the oldest go.
    pub quarantined_bytes: u64,
    /// What is owed, by exporter; a start would deliver it, or expire it where the exporter is no more.
    pub destinations: Vec<Lag>,
}

/// What one exporter is owed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Lag {
    /// Its id.
    pub exporter: String,
    /// Requests.
    pub requests: u64,
    /// Spans, log records and data points in them.
    pub records: u64,
    /// Bytes of OTLP protobuf.
    pub bytes: u64,
    /// When the first of them was appended, nanoseconds since the epoch.
    pub oldest: Option<u64>,
}

/// Looks at the journal in `folder`. Reads all of it.
pub fn status(folder: &Path) -> io::Result<Status> {
    let volume: Arc<dyn Volume> = Arc::new(Looking::at(folder));
    let names = volume.names()?;
    let segments = Segments::open(volume.clone(), OWED)?;
    let mut exporters: Vec<(Lag, [Done; 3])> = Vec::new();
    for exporter in Settled::exporters(&*volume)? {
        let lanes = Settled::lanes(&*volume, &exporter)?;
        exporters.push((Lag { exporter, ..Lag::default() }, lanes));
    }
    let mut status = Status { segments: segments.count(), bytes: segments.bytes(), ..Status::default() };
    let copies = Copies::among(&segments, Position(0), Position(u64::MAX));
    let (feeds, echo) = (RefCell::new(Vec::new()), Cell::new(false));
    let mut from = Position(0);
    while let Step::Frame { at, head, body } = segments.step(from, |head, table| {
        let fed = exporters.iter().map(|(lag, _)| table.feeds(head, &lag.exporter));
        *feeds.borrow_mut() = fed.collect();
        echo.set(table.echoes(head));
        true
    }) {
        from = behind(at, &head);
        if copies.replace(request(head.kind, at, body).1, at) {
            continue;
        }
        // What an echo is of is counted where it is owed.
        let records = if echo.get() { 0 } else { u64::from(head.records) };
        let Timestamp(appended) = head.appended;
        status.requests += 1;
        status.records += records;
        // What was written again at the tail is older than what stands before it.
        status.oldest = Some(status.oldest.map_or(appended, |oldest| oldest.min(appended)));
        for ((lag, lanes), _) in exporters.iter_mut().zip(&*feeds.borrow()).filter(|(_, fed)| **fed) {
            let done = &lanes[head.signal as usize];
            if at >= done.below && !done.above.contains(&at) {
                lag.requests += 1;
                lag.records += records;
                lag.bytes += u64::from(head.length);
                lag.oldest = Some(lag.oldest.map_or(appended, |oldest| oldest.min(appended)));
            }
        }
    }
    status.damaged_bytes = segments.damage();
    // A process that uses the folder may have made some meanwhile, and taken others away.
    let still = volume.names()?;
    let named = names.iter().filter(|name| name.starts_with(OWED) && still.contains(name)).count() as u64;
    status.unreadable = named.saturating_sub(status.segments);
    let aside = put_aside(&*volume)?;
    status.quarantined_bytes = aside.iter().map(|(_, bytes)| bytes).sum();
    status.quarantined = aside.into_iter().map(|(name, _)| name).collect();
    status.destinations = exporters.into_iter().map(|(lag, _)| lag).collect();
    Ok(status)
}
