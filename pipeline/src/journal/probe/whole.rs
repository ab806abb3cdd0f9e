//! A journal alone, as a bench drives it: one pipeline, one destination that takes whatever it is owed.

use std::io;
use std::sync::Arc;

use crate::journal::commit::{Commit, Part, Then};
use crate::journal::custody::{Custody, Keeper, open};
use crate::journal::outbox::{Destination, Outbox, Rooms};
use crate::journal::{Bounds, Cursor, Limit, Settlement, Storage, Want};
use crate::ledger::Ledger;
use crate::memory::Memory;
use crate::receipt::{Answer, Outcome, Receipt};
use crate::{Sealed, Signal, Timestamp};

/// The journal.
pub struct Whole {
    /// Gone before the threads behind it are waited for.
    custody: Option<Custody>,
    keeper: Option<Keeper>,
    memory: Arc<Memory>,
    cursor: Cursor,
}

impl Whole {
    /// In RAM, or in the files of `storage`.
    ///
    /// # Errors
    /// What the file system says of the folder.
    pub fn open(storage: Option<&Storage>) -> io::Result<Self> {
        let (ledger, memory) = (Ledger::new("bench"), Memory::new(1 << 30));
        let series = Signal::ALL.map(|signal| ledger.destination("all", signal));
        let destinations = vec![Destination { name: "all".into(), bounds: Bounds::default(), series }];
        let routes = vec![vec![0]];
        let (outbox, custody, keeper) = match storage {
            None => {
                let outbox = Outbox::new(memory.clone(), routes, destinations);
                (outbox.clone(), Custody::Memory(outbox), None)
            }
            Some(storage) => {
                let opened = open(storage, memory.clone(), routes, destinations, Rooms::default(), &ledger)?;
                (opened.0, opened.1, Some(opened.2))
            }
        };
        Ok(Self { custody: Some(custody), keeper, memory, cursor: outbox.cursor(0) })
    }

    /// Hands requests over one after the other, and waits until all are acknowledged; how many were.
    pub fn append(&self, requests: impl IntoIterator<Item = Sealed>) -> usize {
        let answers: Vec<Answer> = requests.into_iter().filter_map(|sealed| self.hand(sealed)).collect();
        let outcomes = answers.into_iter().map(Answer::wait);
        outcomes.filter(|outcome| matches!(outcome, Outcome::Accepted { .. })).count()
    }

    fn hand(&self, sealed: Sealed) -> Option<Answer> {
        let (receipt, answer) = Receipt::new();
        let outcome = Outcome::Accepted { records: u64::from(sealed.records()), rejected: 0 };
        let permit = self.memory.permit(sealed.body().len())?;
        let commit = Commit {
            parts: vec![Part { pipeline: 0, sealed, seen: None }],
            permit,
            now: Timestamp::now(),
            counts: Vec::new(),
            then: Then::Answer(receipt, outcome),
        };
        if let Some((receipt, outcome)) = self.custody.as_ref()?.take(commit) {
            receipt.settle(outcome);
        }
        Some(answer)
    }

    /// Delivers all that is owed.
    pub fn deliver(&self) {
        let now = Timestamp::now();
        let want = Want { signal: Signal::Traces, most: Limit::Requests(u64::MAX) };
        while let Some(parcel) = self.cursor.take(want, now) {
            parcel.settle(Settlement::Delivered { rejected: 0 }, now);
        }
    }
}

impl Drop for Whole {
    fn drop(&mut self) {
        drop(self.custody.take());
        if let Some(keeper) = self.keeper.take() {
            keeper.close();
        }
    }
}
