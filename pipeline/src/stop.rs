//! How the parts are told to stop: first in order, then at once.

use tokio::sync::watch;

/// How far a part is asked to go down.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Phase {
    /// Carry on.
    Running,
    /// Take nothing new, finish what is held.
    Draining,
    /// Let go of everything and return.
    Now,
}

/// The hand that stops: one for each group of parts that goes down together.
#[derive(Debug)]
pub struct Stopper(watch::Sender<Phase>);

/// What a part watches. Clones watch the same hand; a dropped hand means [`Phase::Now`].
#[derive(Clone, Debug)]
pub struct Stop(watch::Receiver<Phase>);

impl Stopper {
    /// A hand and what it moves.
    pub fn new() -> (Self, Stop) {
        let (hand, watched) = watch::channel(Phase::Running);
        (Self(hand), Stop(watched))
    }

    /// Asks for `phase`; never goes back to an earlier one.
    pub fn ask(&self, phase: Phase) {
        self.0.send_if_modified(|now| {
            let later = phase > *now;
            if later {
                *now = phase;
            }
            later
        });
    }
}

impl Stop {
    /// The phase asked for last.
    pub fn phase(&self) -> Phase {
        if self.0.has_changed().is_err() { Phase::Now } else { *self.0.borrow() }
    }

    /// Waits until `phase`, or a later one, is asked for.
    pub async fn reached(&mut self, phase: Phase) {
        // The error says the hand is gone, which is the last phase of all.
        let _gone = self.0.wait_for(|now| *now >= phase).await.is_err();
    }
}
