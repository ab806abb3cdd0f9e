//! How long to wait before a request is sent again.

use std::hash::{BuildHasher, RandomState};
use std::time::Duration;

use super::RetryOnFailure;

/// The longest delay a server may ask for: an hour's Retry-After is an hour's silence over one reply, and
/// a hostile one would be for ever.
const LONGEST_ASKED: Duration = Duration::from_secs(300);

/// The delays of one request: exponential, jittered, bounded; never shorter than the server asks.
#[derive(Clone, Debug)]
pub struct Backoff {
    next: Duration,
    multiplier: f64,
    jitter: f64,
    longest: Duration,
}

impl Backoff {
    /// The first delay is `retry.initial_interval`.
    pub fn new(retry: &RetryOnFailure) -> Self {
        Self {
            next: retry.initial_interval.0,
            multiplier: retry.multiplier.max(1.0),
            jitter: retry.randomization_factor.clamp(0.0, 1.0),
            longest: retry.max_interval.0,
        }
    }

    /// The next delay; `after` is what the server asks for.
    pub fn delay(&mut self, after: Option<Duration>) -> Duration {
        self.delay_at(chance(), after)
    }

    /// The same, with the throw of the dice as an argument, in 0 to 1.
    fn delay_at(&mut self, chance: f64, after: Option<Duration>) -> Duration {
        let interval = self.next.min(self.longest);
        self.next = scaled(interval, self.multiplier).min(self.longest);
        let jittered = scaled(interval, 1.0 - self.jitter + 2.0 * self.jitter * chance);
        jittered.max(after.unwrap_or_default().min(LONGEST_ASKED))
    }
}

/// Checked: a factor the configuration allows cannot make a duration overflow into a panic.
fn scaled(interval: Duration, factor: f64) -> Duration {
    Duration::try_from_secs_f64(interval.as_secs_f64() * factor).unwrap_or(interval)
}

/// A number in 0 to 1 that nobody can foresee: each hasher of the standard library has keys of its own.
fn chance() -> f64 {
    let random = RandomState::new().hash_one(0_u8) >> 11;
    #[allow(clippy::cast_precision_loss, reason = "53 bits are left, which is what a double holds")]
    let chance = random as f64 / (1_u64 << 53) as f64;
    chance
}

#[cfg(test)]
mod tests;
