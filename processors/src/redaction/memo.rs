//! What was found out before, by its text: keys, short values and whole attributes of telemetry are the same few, over
//! and over.
//!
//! A text has one place, which its bytes give. It is remembered when it comes a second time while no other text of
//! that place did: what comes once, as ids do, costs nobody a place. So a look-up is one comparison, and nothing grows.

/// Answers by text, for texts of up to `LONGEST` bytes (255 at most), in so many places (65536 at most).
#[derive(Clone, Debug)]
pub(crate) struct Memo<T, const LONGEST: usize, const PLACES: usize = 1024> {
    /// By place, a print of the text that is remembered there, and of the one that came last.
    known: Box<[u32]>,
    last: Box<[u32]>,
    /// None, until one is taken: idle, they would be most of what a redactor holds.
    places: Vec<Place<T, LONGEST>>,
    /// By place, the place that came next when it last came, and which came last.
    next: Box<[u16]>,
    before: usize,
}

#[derive(Clone, Copy, Debug)]
struct Place<T, const LONGEST: usize> {
    answer: Option<T>,
    length: u8,
    text: [u8; LONGEST],
}

impl<T: Copy, const LONGEST: usize, const PLACES: usize> Default for Memo<T, LONGEST, PLACES> {
    fn default() -> Self {
        let prints = || vec![0; PLACES].into_boxed_slice();
        let next = vec![0; PLACES].into_boxed_slice();
        Self { known: prints(), last: prints(), places: Vec::new(), next, before: 0 }
    }
}

impl<T: Copy, const LONGEST: usize, const PLACES: usize> Memo<T, LONGEST, PLACES> {
    /// The answer for `text`, if it is remembered.
    #[inline]
    pub(crate) fn get(&self, text: &[u8]) -> Option<T> {
        let (at, print) = place::<PLACES>(text);
        if self.known[at] == print { self.at(at, text) } else { None }
    }

    /// The answer for `text`, which comes after the one that was asked for in this way and remembered last: records
    /// repeat one another, so the text that came next the last time is looked at first.
    #[inline]
    pub(super) fn get_in_turn(&mut self, text: &[u8]) -> Option<T> {
        let expected = usize::from(self.next[self.before]);
        let answer = self.at(expected, text);
        if answer.is_some() {
            self.before = expected;
            return answer;
        }
        let answer = self.get(text)?;
        let (at, _) = place::<PLACES>(text);
        self.next[self.before] = at as u16;
        self.before = at;
        Some(answer)
    }

    /// The answer at a place, if it is that for `text`.
    #[inline]
    fn at(&self, at: usize, text: &[u8]) -> Option<T> {
        let place = self.places.get(at)?;
        let same = usize::from(place.length) == text.len() && place.text[..text.len()] == *text;
        place.answer.filter(|_| same)
    }

    /// Whether `text` is short and came before, the last of its place.
    #[inline]
    pub(super) fn came(&self, text: &[u8]) -> bool {
        let (at, print) = place::<PLACES>(text);
        text.len() <= LONGEST && self.last[at] == print
    }

    /// Notes that `text` came.
    pub(super) fn note(&mut self, text: &[u8]) {
        let (at, print) = place::<PLACES>(text);
        self.last[at] = print;
    }

    /// Remembers the answer for `text`, if that is short and came before.
    pub(crate) fn put(&mut self, text: &[u8], answer: T) {
        let (at, print) = place::<PLACES>(text);
        if text.len() > LONGEST || std::mem::replace(&mut self.last[at], print) != print {
            return;
        }
        if self.places.is_empty() {
            self.places = vec![Place { answer: None, length: 0, text: [0; LONGEST] }; PLACES];
        }
        self.known[at] = print;
        let place = &mut self.places[at];
        place.answer = Some(answer);
        place.length = text.len() as u8;
        place.text[..text.len()].copy_from_slice(text);
    }
}

/// The place of a text and a print of it, by its length and four words of it.
#[inline]
fn place<const PLACES: usize>(bytes: &[u8]) -> (usize, u32) {
    const SEEDS: [u64; 4] =
        [0x9e37_79b9_7f4a_7c15, 0xc2b2_ae3d_27d4_eb4f, 0x1656_67b1_9e37_79f9, 0xff51_afd7_ed55_8ccd];
    let word = |at: usize| bytes.get(at..at + 8).and_then(|word| word.try_into().ok()).map_or(0, u64::from_le_bytes);
    let words = match bytes.len() {
        0..8 => [bytes.iter().fold(0, |word, byte| word << 8 | u64::from(*byte)), 0, 0, 0],
        length => {
            let last = length - 8;
            // A KeyValue differs from others least in its first bytes, most in its last.
            [word(last), word(last.saturating_sub(8)), word(length / 2 - 4), word(last.min(8))]
        }
    };
    let mixed = words.iter().zip(SEEDS).fold(bytes.len() as u64, |mixed, (word, seed)| {
        let word = (word ^ word >> 32).wrapping_mul(seed);
        mixed ^ word ^ word >> 29
    });
    let mixed = mixed.wrapping_mul(SEEDS[0]);
    ((mixed >> 40) as usize % PLACES, mixed as u32 | 1)
}

#[cfg(test)]
mod tests;
