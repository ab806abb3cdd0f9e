//! Tables by trace id: with a hash that is fast, and seeded, for senders choose the ids.

use std::collections::HashMap;
use std::hash::{BuildHasher, Hasher, RandomState};

use super::TraceId;

/// A table with room for so many is left as large as it is.
const SMALL: usize = 1024;

/// Gives back most of a table of which seven eighths are empty. Its room counts as memory in use, and one that stayed as large
/// as it once had to be would have new traces shed for good.
pub fn slacken<V>(table: &mut HashMap<TraceId, V, IdHash>) {
    if table.capacity() > SMALL && table.len() < table.capacity() / 8 {
        table.shrink_to(table.len() * 2);
    }
}

/// Makes hashers with a seed of the process's own.
#[derive(Clone, Debug)]
pub struct IdHash {
    seed: u64,
}

impl Default for IdHash {
    fn default() -> Self {
        Self { seed: RandomState::new().hash_one(0) }
    }
}

impl BuildHasher for IdHash {
    type Hasher = Folded;

    fn build_hasher(&self) -> Folded {
        Folded(self.seed)
    }
}

/// Multiplies to 128 bits and folds.
pub struct Folded(u64);

/// Odd, and without a pattern.
const FACTOR: u64 = 0x9e37_79b9_7f4a_7c15;

impl Folded {
    fn mix(&mut self, word: u64) {
        let product = u128::from(self.0 ^ word) * u128::from(FACTOR ^ self.0.rotate_left(32) | 1);
        // The two halves.
        #[allow(clippy::cast_possible_truncation)]
        let folded = product as u64 ^ (product >> 64) as u64;
        self.0 = folded;
    }
}

impl Hasher for Folded {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        let (words, rest) = bytes.as_chunks::<8>();
        words.iter().for_each(|word| self.mix(u64::from_le_bytes(*word)));
        rest.iter().for_each(|byte| self.mix(u64::from(*byte)));
    }

    // How long an id is says nothing.
    fn write_usize(&mut self, _: usize) {}
}
