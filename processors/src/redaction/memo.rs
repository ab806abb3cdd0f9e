//! What was found out before, by its text: keys and short values of telemetry are the same few, over and over.
//!
//! A text has one place, which its bytes give; another text of the same place takes it over. So a look-up is one
//! comparison, and nothing grows.

/// The longest text that is remembered, in bytes: names of models and ids are shorter.
pub(super) const LONGEST: usize = 47;

/// Places, each of some fifty bytes.
const PLACES: usize = 1024;

/// Answers by text.
#[derive(Clone, Debug)]
pub(super) struct Memo<T>(Box<[Place<T>]>);

#[derive(Clone, Copy, Debug)]
struct Place<T> {
    answer: Option<T>,
    length: u8,
    text: [u8; LONGEST],
}

impl<T: Copy> Default for Memo<T> {
    fn default() -> Self {
        Self(vec![Place { answer: None, length: 0, text: [0; LONGEST] }; PLACES].into_boxed_slice())
    }
}

impl<T: Copy> Memo<T> {
    /// The answer for `text`, if it is remembered.
    #[inline]
    pub(super) fn get(&self, text: &[u8]) -> Option<T> {
        let place = &self.0[place(text)];
        let same = usize::from(place.length) == text.len() && place.text[..text.len()] == *text;
        place.answer.filter(|_| same)
    }

    /// Remembers the answer for `text`, if that is short.
    pub(super) fn put(&mut self, text: &[u8], answer: T) {
        if text.len() > LONGEST {
            return;
        }
        let place = &mut self.0[place(text)];
        place.answer = Some(answer);
        place.length = text.len() as u8;
        place.text[..text.len()].copy_from_slice(text);
    }
}

/// The place of a text, by its length and its first, last and middle bytes.
#[inline]
fn place(bytes: &[u8]) -> usize {
    const SEED: u64 = 0x9e37_79b9_7f4a_7c15;
    let word = |at: usize| bytes.get(at..at + 8).and_then(|word| word.try_into().ok()).map_or(0, u64::from_le_bytes);
    let short = |bytes: &[u8]| bytes.iter().fold(0, |word, byte| word << 8 | u64::from(*byte));
    let mixed = match bytes.len() {
        0..8 => short(bytes),
        length => {
            let middle = word(length / 2 - 4).wrapping_mul(SEED).rotate_left(29);
            (word(0) ^ middle).wrapping_mul(SEED).rotate_left(31) ^ word(length - 8)
        }
    };
    ((mixed ^ bytes.len() as u64).wrapping_mul(SEED) >> 40) as usize % PLACES
}

#[cfg(test)]
mod tests;
