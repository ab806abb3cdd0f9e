//! Texts looked up among those that the configuration names, keys of attributes and values of policies: by their
//! length and a print of their ends, and by their middle only where these are those of a word.

/// Texts, each once, numbered as they came.
#[derive(Debug, Default)]
pub(super) struct Words {
    known: Vec<Box<[u8]>>,
    /// Which lengths there are, those of 63 and more as one.
    lengths: u64,
    /// At most a quarter is taken.
    places: Vec<Place>,
}

/// What is known of a word without looking at it.
#[derive(Clone, Copy, Debug, Default)]
struct Place {
    ends: (u64, u64),
    length: usize,
    /// The number after it; 0: nothing is there.
    number: usize,
}

impl Words {
    /// The number of a word, which is given one where it has none.
    pub(super) fn number(&mut self, word: &[u8]) -> usize {
        if let Some(number) = self.find(word) {
            return number;
        }
        self.lengths |= length(word);
        self.known.push(word.into());
        self.places = vec![Place::default(); (self.known.len() * 4).next_power_of_two()];
        for (number, word) in (1..).zip(&self.known) {
            let ends = ends(word);
            let first = print(ends, word.len()) % self.places.len();
            let (before, behind) = self.places.split_at_mut(first);
            // There is always a free one.
            if let Some(place) = behind.iter_mut().chain(before).find(|place| place.number == 0) {
                *place = Place { ends, length: word.len(), number };
            }
        }
        self.known.len() - 1
    }

    /// The number of a word, if it is known.
    #[inline]
    pub(super) fn find(&self, word: &[u8]) -> Option<usize> {
        if self.lengths & length(word) == 0 {
            return None;
        }
        let ends = ends(word);
        let mut at = print(ends, word.len());
        loop {
            // The number of places is a power of two.
            let place = self.places.get(at & (self.places.len() - 1))?;
            let number = place.number.checked_sub(1)?;
            let alike = place.ends == ends && place.length == word.len();
            if alike && (word.len() <= 16 || self.known.get(number).is_some_and(|known| middle(known) == middle(word)))
            {
                return Some(number);
            }
            at += 1;
        }
    }

    /// How many.
    pub(super) fn len(&self) -> usize {
        self.known.len()
    }
}

fn length(word: &[u8]) -> u64 {
    1 << word.len().min(63)
}

/// What stands between the ends of a word that has more than those.
#[inline]
fn middle(word: &[u8]) -> &[u8] {
    word.get(8..word.len() - 8).unwrap_or_default()
}

/// The first and the last eight bytes, which are all there is of up to sixteen; of fewer than eight all.
#[inline]
fn ends(word: &[u8]) -> (u64, u64) {
    match (word.first_chunk::<8>(), word.last_chunk::<8>()) {
        (Some(first), Some(last)) => (u64::from_le_bytes(*first), u64::from_le_bytes(*last)),
        _ => match (word.first_chunk::<4>(), word.last_chunk::<4>()) {
            (Some(first), Some(last)) => (u32::from_le_bytes(*first).into(), u32::from_le_bytes(*last).into()),
            _ => (word.iter().fold(0, |all, byte| all << 8 | u64::from(*byte)), 0),
        },
    }
}

/// A number that words rarely share.
#[inline]
fn print((first, last): (u64, u64), length: usize) -> usize {
    let mixed = (first ^ length as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    let mixed = (mixed.rotate_left(32) ^ last).wrapping_mul(0xc2b2_ae3d_27d4_eb4f);
    (mixed >> 32) as usize
}

#[cfg(test)]
mod tests;
