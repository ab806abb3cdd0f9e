//! What a worker makes of a request for a sampler: what leaves at once, what goes at once, and what waits, with what its
//! observer saw of it, so that nobody who decides has to look at payload.

use crate::batch::layout::Layout;
use crate::sampling::{Fate, Observed, Observer};
use crate::{Batch, Sealed, Selection};

/// What waits of one request.
#[derive(Debug)]
pub(crate) struct Seen {
    /// For each record that waits, in order: which of the observed traces, and whether it is firm.
    pub(crate) rows: Vec<(u32, bool)>,
    /// What the sampler's `fold` is given.
    pub(crate) observed: Observed,
    /// Where the records lie in the sealed request.
    pub(crate) layout: Layout,
}

/// One request, told apart.
pub(crate) struct Looked {
    /// What follows no trace and leaves.
    pub(crate) leaves: Option<Sealed>,
    /// Records that follow no trace and are sampled out, by reason.
    pub(crate) gone: Vec<(&'static str, u64)>,
    /// What waits.
    pub(crate) waits: Option<(Sealed, Seen)>,
}

/// Tells a request apart.
pub(crate) fn look(observer: &mut dyn Observer, batch: Batch) -> Looked {
    let mut observed = observer.observe(&batch);
    let fates = std::mem::take(&mut observed.rows);
    let mut rows = Vec::with_capacity(fates.len());
    let (mut waits, mut leaves) = (Selection::none(fates.len()), Selection::none(fates.len()));
    let mut gone: Vec<(&'static str, u64)> = Vec::new();
    for (row, fate) in fates.iter().enumerate() {
        match *fate {
            Fate::Waits { trace, firm } => {
                waits.insert(row);
                rows.push((trace, firm));
            }
            Fate::Leaves => leaves.insert(row),
            Fate::Goes(why) => match gone.iter_mut().find(|(reason, _)| *reason == why) {
                Some((_, records)) => *records += 1,
                None => gone.push((why, 1)),
            },
        }
    }
    let left = (!leaves.is_empty()).then(|| batch.seal_rows(&leaves));
    let waiting = match rows.len() {
        0 => None,
        all if all == fates.len() => Some(batch.seal()),
        _ => Some(batch.seal_rows(&waits)),
    };
    let waits = waiting.map(|sealed| {
        let layout = Layout::of(sealed.body());
        (sealed, Seen { rows, observed, layout })
    });
    Looked { leaves: left, gone, waits }
}
