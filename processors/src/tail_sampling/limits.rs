//! What limits remember between decisions: token buckets, a composite's second, the budgets of each value of a key.
//!
//! None of it is written down: a start begins with full buckets, which costs one burst at most, and re-folding what waits decides
//! nothing that was decided. That is less than a checkpoint would cost to keep right.

use std::collections::HashMap;

use super::clock::SECOND;

/// The most values of a key that have a budget of their own at a time; while as many have spent of theirs, further ones
/// share one.
const MAX_OWNERS: usize = 10_000;

/// How fast a bucket fills, and how much it holds.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Rate {
    pub(super) per_second: f64,
    pub(super) burst: f64,
}

impl Rate {
    /// A rate with a burst of twice as much, where none is configured.
    #[allow(clippy::cast_precision_loss, reason = "rates are small next to 2^53")]
    pub(super) fn new(per_second: u64, burst: u64) -> Self {
        let burst = if burst == 0 { per_second.saturating_mul(2) } else { burst };
        Self { per_second: per_second as f64, burst: burst as f64 }
    }
}

/// A token bucket, full at first.
#[derive(Clone, Copy, Debug)]
pub(super) struct Bucket {
    tokens: f64,
    filled: u64,
}

impl Bucket {
    /// A full one.
    pub(super) fn full(rate: Rate, now: u64) -> Self {
        Self { tokens: rate.burst, filled: now }
    }

    /// Whether it would be full by now: then it is as if there were none yet.
    #[allow(clippy::cast_precision_loss, reason = "a bucket need not be exact to the nanosecond")]
    fn is_full(&self, rate: Rate, now: u64) -> bool {
        let elapsed = now.saturating_sub(self.filled) as f64 / SECOND as f64;
        self.tokens + elapsed * rate.per_second >= rate.burst
    }

    /// Takes `cost` tokens if they are there.
    #[allow(clippy::cast_precision_loss, reason = "a bucket need not be exact to the nanosecond")]
    pub(super) fn take(&mut self, rate: Rate, cost: u64, now: u64) -> bool {
        let elapsed = now.saturating_sub(self.filled) as f64 / SECOND as f64;
        self.tokens = (self.tokens + elapsed * rate.per_second).min(rate.burst);
        self.filled = now.max(self.filled);
        let cost = cost as f64;
        let enough = cost <= self.tokens;
        if enough {
            self.tokens -= cost;
        }
        enough
    }
}

/// What a composite has kept in the current second.
#[derive(Clone, Debug, Default)]
pub(super) struct Second {
    at: u64,
    total: u64,
    kept: Vec<u64>,
}

impl Second {
    /// Takes `spans` of sub-policy `sub`, if its share and the whole have room. To the Collector the whole is only
    /// compared with this one's share.
    pub(super) fn take(&mut self, sub: usize, spans: u64, limits: (u64, u64), contrib: bool, now: u64) -> bool {
        let second = now / SECOND;
        if self.at != second {
            self.at = second;
            self.total = 0;
            self.kept.fill(0);
        }
        if self.kept.len() <= sub {
            self.kept.resize(sub + 1, 0);
        }
        let (share, most) = limits;
        let own = self.kept[sub].saturating_add(spans);
        let total = if contrib { own } else { self.total.saturating_add(spans) };
        let room = own <= share && total <= most;
        if room {
            self.kept[sub] = own;
            self.total = self.total.saturating_add(spans);
        }
        room
    }
}

/// A bucket for each value of a key, by its hash.
#[derive(Clone, Debug, Default)]
pub(super) struct Owners {
    buckets: HashMap<u64, Bucket>,
    /// The second in which full ones were last looked for.
    swept: u64,
}

impl Owners {
    /// Takes `cost` tokens of the bucket of `owner`.
    pub(super) fn take(&mut self, owner: u64, rate: Rate, cost: u64, now: u64) -> bool {
        if self.buckets.len() >= MAX_OWNERS && self.swept != now / SECOND {
            self.swept = now / SECOND;
            self.buckets.retain(|_, bucket| !bucket.is_full(rate, now));
        }
        let known = self.buckets.len() < MAX_OWNERS || self.buckets.contains_key(&owner);
        let owner = if known { owner } else { u64::MAX };
        self.buckets.entry(owner).or_insert_with(|| Bucket::full(rate, now)).take(rate, cost, now)
    }

    fn heap_bytes(&self) -> usize {
        self.buckets.capacity() * (size_of::<u64>() + size_of::<Bucket>() + 1)
    }
}

/// Everything that limits remember.
#[derive(Clone, Debug, Default)]
pub(super) struct Limits {
    pub(super) buckets: Vec<Option<Bucket>>,
    pub(super) seconds: Vec<Second>,
    pub(super) owners: Vec<Owners>,
}

impl Limits {
    /// Bytes on the heap.
    pub(super) fn heap_bytes(&self) -> usize {
        self.owners.iter().map(Owners::heap_bytes).sum()
    }
}
