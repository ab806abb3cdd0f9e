//! A run of places, each a set of bytes, and a search for it that skips: Boyer and Moore's by the byte that is wrong, with
//! sets in place of bytes.

use memchr::memmem::Finder;

/// A set of bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Bytes([u64; 4]);

impl Bytes {
    /// The bytes of inclusive ranges.
    pub(super) fn of(ranges: impl Iterator<Item = (u8, u8)>) -> Self {
        let mut set = [0; 4];
        for byte in ranges.flat_map(|(low, high)| low..=high) {
            set[usize::from(byte >> 6)] |= 1 << (byte & 63);
        }
        Self(set)
    }

    fn has(self, byte: u8) -> bool {
        self.0[usize::from(byte >> 6)] >> (byte & 63) & 1 == 1
    }

    pub(super) fn each(&self) -> impl Iterator<Item = u8> + use<> {
        let set = *self;
        (0..=u8::MAX).filter(move |byte| set.has(*byte))
    }

    pub(super) fn only(&self, is: impl Fn(u8) -> bool) -> bool {
        self.each().all(is)
    }

    pub(super) fn with(&self, other: &Self) -> Self {
        Self(std::array::from_fn(|at| self.0[at] | other.0[at]))
    }

    /// How much of ordinary text these bytes are.
    pub(super) fn frequency(&self) -> f32 {
        self.each().map(frequency).sum()
    }

    /// How much a place says that must be one of these: the bits of a text's surprise.
    pub(super) fn weight(&self) -> f32 {
        -self.frequency().clamp(1e-6, 1.0).log2()
    }
}

/// The share of a byte in prompts, ids and URLs, roughly: only the order matters.
fn frequency(byte: u8) -> f32 {
    match byte {
        b' ' => 0.15,
        b'e' | b't' | b'a' | b'o' | b'i' | b'n' | b's' | b'r' => 0.06,
        b'j' | b'q' | b'x' | b'z' | b'k' => 0.004,
        b'a'..=b'z' => 0.02,
        b'0'..=b'9' | b'.' | b',' | b'-' | b'/' | b'"' | b':' | b'_' | b'\n' => 0.008,
        b'J' | b'K' | b'Q' | b'U' | b'V' | b'X'..=b'Z' | 0x80.. => 0.001,
        b'A'..=b'Z' => 0.004,
        b'@' | b'=' | b'+' | b'%' | b'#' | b'~' | b'^' | b'$' => 0.0005,
        _ => 0.002,
    }
}

/// What a window must say to be looked for: a byte that is one in thirty of a text.
const WORTH: f32 = 5.0;

/// A run of places, and how far a look at its last place lets a search skip.
#[derive(Clone, Debug)]
pub(super) struct Window {
    places: Vec<Bytes>,
    /// For each byte under the last place, the distance to the next position worth a look.
    skips: Box<[u8; 256]>,
    /// The bytes of all places.
    all: Bytes,
    /// A run of places that are one byte each, and where it is: what a search goes by if there is one.
    literal: Option<(usize, Finder<'static>)>,
}

impl Window {
    /// The window of `places`, if it says enough to be worth a search.
    pub(super) fn of(places: &[Bytes]) -> Option<Self> {
        let enough = places.iter().map(Bytes::weight).sum::<f32>() > WORTH;
        if !enough {
            return None;
        }
        let last = places.len() - 1;
        let skip = |byte: u8| {
            let before = (0..last).rev().find(|at| places[*at].has(byte));
            u8::try_from(before.map_or(places.len(), |at| last - at)).unwrap_or(u8::MAX)
        };
        let mut skips = Box::new([0; 256]);
        (0..=u8::MAX).for_each(|byte| skips[usize::from(byte)] = skip(byte));
        let all = places.iter().fold(Bytes::of(std::iter::empty()), |all, place| all.with(place));
        Some(Self { places: places.to_vec(), skips, all, literal: literal(places) })
    }

    /// How many places there are.
    pub(super) fn length(&self) -> usize {
        self.places.len()
    }

    /// The first position from `from` on where the places stand in `text`.
    pub(super) fn find(&self, text: &[u8], from: usize) -> Option<usize> {
        match &self.literal {
            Some((offset, literal)) => self.found_by(literal, *offset, text, from),
            None => self.skipped_to(text, from),
        }
    }

    fn found_by(&self, literal: &Finder<'_>, offset: usize, text: &[u8], from: usize) -> Option<usize> {
        let mut from = from + offset;
        // From the next byte each time: occurrences may overlap.
        while let Some(found) = text.get(from..).and_then(|rest| literal.find(rest)) {
            let at = from + found - offset;
            if self.stands(text, at) {
                return Some(at);
            }
            from += found + 1;
        }
        None
    }

    fn skipped_to(&self, text: &[u8], from: usize) -> Option<usize> {
        let last = self.places.len() - 1;
        let mut at = from;
        while let Some(bytes) = text.get(at..=at + last) {
            let skip = usize::from(self.skips[usize::from(bytes[last])]);
            if !self.places[last].has(bytes[last]) {
                at += skip;
                continue;
            }
            let Some(wrong) = (0..last).rev().find(|place| !self.places[*place].has(bytes[*place])) else {
                return Some(at);
            };
            at += skip.max(self.skip(wrong, bytes[wrong]));
        }
        None
    }

    /// How far on the places may stand, when the byte under this one is wrong there.
    #[inline]
    fn skip(&self, wrong: usize, byte: u8) -> usize {
        if !self.all.has(byte) {
            return wrong + 1;
        }
        let before = (0..wrong).rev().find(|place| self.places[*place].has(byte));
        before.map_or(wrong + 1, |before| wrong - before)
    }

    fn stands(&self, text: &[u8], at: usize) -> bool {
        let end = at + self.places.len();
        text.get(at..end).is_some_and(|bytes| self.places.iter().zip(bytes).all(|(set, byte)| set.has(*byte)))
    }
}

/// The longest run of places that are one byte each, and where it is: two or more, or one that is rare.
fn literal(places: &[Bytes]) -> Option<(usize, Finder<'static>)> {
    let single = |set: &Bytes| {
        let mut each = set.each();
        each.next().filter(|_| each.next().is_none())
    };
    let mut best: Vec<u8> = Vec::new();
    let mut offset = 0;
    let mut run = Vec::new();
    for (at, place) in places.iter().enumerate() {
        match single(place) {
            Some(byte) => run.push(byte),
            None => run.clear(),
        }
        if run.len() > best.len() {
            best.clone_from(&run);
            offset = at + 1 - run.len();
        }
    }
    let worth = best.len() > 1 || best.first().is_some_and(|byte| frequency(*byte) < 0.001);
    worth.then(|| (offset, Finder::new(&best).into_owned()))
}

#[cfg(test)]
mod tests;
