//! What a worker makes of a request for a sampler: what leaves at once, what goes at once, and what waits, with what its
//! observer saw of it, so that nobody who decides has to look at payload.

use crate::batch::layout::Layout;
use crate::sampling::{Fate, Observed, Observer, TraceId};
use crate::{Batch, Sealed, Selection};

/// No trace has this id: records are put under it that are to leave.
pub(super) const NONE: TraceId = TraceId([0xff; 16]);

/// What waits of one request.
#[derive(Debug)]
pub(crate) struct Seen {
    /// For each record that waits, in order: which of the observed traces, and whether it is firm.
    pub(crate) rows: Vec<(u32, bool)>,
    /// What the sampler's `fold` is given.
    pub(crate) observed: Observed,
    /// Where the records lie in the sealed request.
    pub(crate) layout: Layout,
    /// It is an echo of records that have left ahead of their traces: the sampler counts them, now and when they are found
    /// again, and they leave no more.
    pub(crate) echo: bool,
}

/// One request, told apart.
pub(crate) struct Looked {
    /// What leaves at once.
    pub(crate) leaves: Option<Sealed>,
    /// Records that follow no trace and are sampled out, by reason.
    pub(crate) gone: Vec<(&'static str, u64)>,
    /// What waits.
    pub(crate) waits: Option<(Sealed, Seen)>,
    /// What of that which leaves counts for traces.
    pub(crate) echo: Option<(Sealed, Seen)>,
}

impl Seen {
    /// Has all records of a request wait that were observed, whatever would become of them.
    pub(super) fn all(mut observed: Observed, layout: Layout, echo: bool) -> Self {
        let none = observed.traces.len() as u32;
        let row = |fate: &Fate| match *fate {
            Fate::Waits { trace, firm } => (trace, firm),
            Fate::Ahead { trace } => (trace, false),
            Fate::Leaves | Fate::Goes(_) => (none, false),
        };
        let rows: Vec<_> = observed.rows.iter().map(row).collect();
        if rows.iter().any(|(trace, _)| *trace == none) {
            observed.traces.push(NONE);
        }
        Self { rows, observed, layout, echo }
    }
}

/// Tells a request apart.
pub(crate) fn look(observer: &mut dyn Observer, mut batch: Batch) -> Looked {
    let mut observed = observer.observe(&batch);
    let rows = observed.rows.len();
    let [mut waits, mut leaves, mut ahead] = std::array::from_fn(|_| Selection::none(rows));
    let mut gone: Vec<(&'static str, u64)> = Vec::new();
    for (row, fate) in observed.rows.iter().enumerate() {
        match *fate {
            Fate::Waits { .. } => waits.insert(row),
            Fate::Ahead { .. } => {
                leaves.insert(row);
                ahead.insert(row);
            }
            Fate::Leaves => leaves.insert(row),
            Fate::Goes(why) => match gone.iter_mut().find(|(reason, _)| *reason == why) {
                Some((_, records)) => *records += 1,
                None => gone.push((why, 1)),
            },
        }
    }
    let left = (!leaves.is_empty()).then(|| batch.seal_rows(&leaves));
    let echo = (!ahead.is_empty()).then(|| {
        // Two frames may outlive the process, so each is observed alone, as it will be found.
        let mut echo = batch.clone();
        echo.retain(&ahead);
        batch.retain(&waits);
        observed = observer.observe(&batch);
        let alone = observer.observe(&echo);
        seen(alone, echo.seal(), true)
    });
    observed.rows.retain(|fate| matches!(fate, Fate::Waits { .. }));
    let waits = match observed.rows.len() {
        0 => None,
        all if all == batch.len() => Some(seen(observed, batch.seal(), false)),
        _ => Some(seen(observed, batch.seal_rows(&waits), false)),
    };
    Looked { leaves: left, gone, waits, echo }
}

/// What was observed of `sealed`.
fn seen(observed: Observed, sealed: Sealed, echo: bool) -> (Sealed, Seen) {
    let layout = Layout::of(sealed.body());
    (sealed, Seen::all(observed, layout, echo))
}
