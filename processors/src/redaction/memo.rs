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
        self.by_print(Self::print(text)?, text)
    }

    /// The answer for `text`, which comes after the one that was asked for in this way and remembered last: records
    /// repeat one another, so the text that came next the last time is looked at first. Where there is none, a print of the
    /// text if it is short enough to be remembered.
    #[inline]
    pub(super) fn get_in_turn(&mut self, text: &[u8]) -> Result<T, Option<Print>> {
        let expected = usize::from(self.next[self.before]);
        if let Some(answer) = self.at(expected, text) {
            self.before = expected;
            return Ok(answer);
        }
        let print = Self::print(text).ok_or(None)?;
        let answer = self.by_print(print, text).ok_or(Some(print))?;
        self.next[self.before] = print.at;
        self.before = usize::from(print.at);
        Ok(answer)
    }

    #[inline]
    fn by_print(&self, print: Print, text: &[u8]) -> Option<T> {
        let at = usize::from(print.at);
        if self.known[at] == print.mark { self.at(at, text) } else { None }
    }

    /// The answer at a place, if it is that for `text`.
    #[inline]
    fn at(&self, at: usize, text: &[u8]) -> Option<T> {
        let place = self.places.get(at)?;
        let same = usize::from(place.length) == text.len() && place.text[..text.len()] == *text;
        place.answer.filter(|_| same)
    }

    /// Whether the text of this print came before, the last of its place.
    #[inline]
    pub(super) fn came(&self, print: Print) -> bool {
        self.last[usize::from(print.at)] == print.mark
    }

    /// Notes that the text of this print came.
    pub(super) fn note(&mut self, print: Print) {
        self.last[usize::from(print.at)] = print.mark;
    }

    /// Remembers the answer for `text`, if that is short and came before.
    pub(crate) fn put(&mut self, text: &[u8], answer: T) {
        if let Some(print) = Self::print(text) {
            self.put_by(print, text, answer);
        }
    }

    /// As [`Self::put`], of a text of this print.
    pub(super) fn put_by(&mut self, print: Print, text: &[u8], answer: T) {
        let at = usize::from(print.at);
        if std::mem::replace(&mut self.last[at], print.mark) != print.mark {
            return;
        }
        if self.places.is_empty() {
            self.places = vec![Place { answer: None, length: 0, text: [0; LONGEST] }; PLACES];
        }
        self.known[at] = print.mark;
        let place = &mut self.places[at];
        place.answer = Some(answer);
        place.length = text.len() as u8;
        place.text[..text.len()].copy_from_slice(text);
    }

    /// The print of a text that is short enough to be remembered.
    #[inline]
    pub(super) fn print(text: &[u8]) -> Option<Print> {
        (text.len() <= LONGEST).then(|| {
            let hash = hash(text);
            Print { at: ((hash >> 40) as usize % PLACES) as u16, mark: hash as u32 | 1 }
        })
    }
}

/// The place of a text, and what tells it there from nearly all others.
#[derive(Clone, Copy, Debug)]
pub(super) struct Print {
    at: u16,
    /// Never 0.
    mark: u32,
}

/// Of the length of a text and four words of it: two products, each folded.
#[inline]
fn hash(bytes: &[u8]) -> u64 {
    const SEEDS: [u64; 4] =
        [0x9e37_79b9_7f4a_7c15, 0xc2b2_ae3d_27d4_eb4f, 0x1656_67b1_9e37_79f9, 0xff51_afd7_ed55_8ccd];
    let folded = |[one, other]: [u64; 2], seed: usize| {
        let product = u128::from(one ^ SEEDS[seed]) * u128::from(other ^ SEEDS[seed + 1]);
        product as u64 ^ (product >> 64) as u64
    };
    let (last, inside) = match (bytes.first_chunk(), bytes.last_chunk()) {
        (Some(first), Some(last)) => {
            // A KeyValue differs from others least in its first bytes, most in its last.
            let middle = bytes[bytes.len() / 2 - 4..].first_chunk().map_or(0, |word| u64::from_le_bytes(*word));
            (words(last), [middle, words(first)[1]])
        }
        _ => match (bytes.first_chunk(), bytes.last_chunk()) {
            (Some(first), Some(last)) => ([u64::from_le_bytes(*first), u64::from_le_bytes(*last)], [0, 0]),
            _ => ([bytes.iter().fold(0, |word, byte| word << 8 | u64::from(*byte)), 0], [0, 0]),
        },
    };
    let hash = folded(last, 0) ^ folded(inside, 2) ^ bytes.len() as u64;
    hash.wrapping_mul(SEEDS[0])
}

/// Sixteen bytes as two words.
#[inline]
fn words(bytes: &[u8; 16]) -> [u64; 2] {
    let both = u128::from_le_bytes(*bytes);
    [both as u64, (both >> 64) as u64]
}

#[cfg(test)]
mod tests;
