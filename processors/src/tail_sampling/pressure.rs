//! What happens to new traces while the waiting room is nearly full: a share of all ids is let in, and what is let in
//! says how large the share was.

use super::randomness::NEVER;

/// How full the room is when shedding begins.
const FULL: f64 = 0.8;
/// How empty it has to be for it to end.
const RELIEVED: f64 = 0.6;

/// The share of all ids that is let in even where there is no room, for which others are decided: what has no chance at all
/// is in nobody's count.
const LEAST: f64 = 1.0 / 1024.0;

/// Whether new traces are shed, and which.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Pressure {
    sheds: bool,
    threshold: u64,
}

impl Pressure {
    /// Takes note of how full the room is.
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, clippy::cast_precision_loss)]
    pub(super) fn press(&mut self, used: f64) {
        self.sheds = used > FULL || self.sheds && used >= RELIEVED;
        // Nothing is shed at the lower bound, half at the upper, nearly everything where there is no room.
        let share = ((1.0 - used) / (1.0 - RELIEVED)).clamp(LEAST, 1.0);
        self.threshold = if self.sheds { NEVER - (share * NEVER as f64) as u64 } else { 0 };
    }

    /// The randomness from which on traces are let in.
    pub(super) fn threshold(&self) -> u64 {
        self.threshold
    }
}
