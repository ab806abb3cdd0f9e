//! What every match of a pattern must hold, read off its syntax tree.

use regex_syntax::ParserBuilder;
use regex_syntax::hir::{Class, Hir, HirKind, Repetition};

use super::window::{Bytes, Window};

/// The longest run of places kept: more says no more.
const LONGEST: usize = 32;

/// Bytes rarer than this in text are worth a survey, all capitals together as well.
const RARE_BELOW: f32 = 0.1;

/// The most ranges of bytes of which one must be there, for a survey, and how often it is worth one for a pattern.
const RANGES: usize = 3;
const RAREST: usize = 2;

/// Bytes of which one is in every match: ranges, first and last, and how much of ordinary text they are.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Rare {
    pub(super) ranges: Vec<(u8, u8)>,
    pub(super) frequency: f32,
}

/// What every match holds, at the least.
#[derive(Clone, Debug, Default)]
pub(super) struct Need {
    /// Bytes.
    pub(super) length: usize,
    /// ASCII digits.
    pub(super) digits: usize,
    /// So many of them next to each other.
    pub(super) run: usize,
    /// One byte of each of these.
    pub(super) rare: Vec<Rare>,
    /// This run of places.
    pub(super) window: Option<Window>,
    /// The most bytes a match has, if that is bounded.
    pub(super) longest: Option<usize>,
}

impl Need {
    /// What `pattern`, in the syntax of the `regex` crate, needs; nothing if it cannot be told.
    pub(super) fn of(pattern: &str) -> Self {
        let Ok(tree) = ParserBuilder::new().build().parse(pattern) else { return Self::default() };
        let places = places(&tree);
        let length = tree.properties().minimum_len().unwrap_or(0);
        // Whatever a match is, all of it is of these bytes.
        let all = vec![alphabet(&tree); length.min(LONGEST)];
        Self {
            length,
            digits: digits(&tree),
            run: run_of_digits(&places),
            rare: rarest(&places),
            window: Window::of(better(places.best(), &all)),
            longest: tree.properties().maximum_len(),
        }
    }
}

/// The fewest ASCII digits in a match.
fn digits(tree: &Hir) -> usize {
    match tree.kind() {
        HirKind::Empty | HirKind::Look(_) => 0,
        HirKind::Literal(literal) => literal.0.iter().filter(|byte| byte.is_ascii_digit()).count(),
        HirKind::Class(class) => usize::from(bytes_of(class).is_some_and(|bytes| bytes.only(|b| b.is_ascii_digit()))),
        HirKind::Repetition(repeated) => digits(&repeated.sub).saturating_mul(repeated.min as usize),
        HirKind::Capture(capture) => digits(&capture.sub),
        HirKind::Concat(parts) => parts.iter().map(digits).fold(0, usize::saturating_add),
        HirKind::Alternation(parts) => parts.iter().map(digits).min().unwrap_or(0),
    }
}

/// Every byte that a match may hold.
fn alphabet(tree: &Hir) -> Bytes {
    let none = Bytes::of(std::iter::empty());
    let all = |parts: &[Hir]| parts.iter().map(alphabet).fold(none, |all, part| all.with(&part));
    match tree.kind() {
        HirKind::Empty | HirKind::Look(_) => none,
        HirKind::Literal(literal) => Bytes::of(literal.0.iter().map(|byte| (*byte, *byte))),
        HirKind::Class(Class::Bytes(class)) => Bytes::of(class.iter().map(|range| (range.start(), range.end()))),
        HirKind::Class(Class::Unicode(class)) => {
            let ascii = |letter: char| u8::try_from(letter).ok().filter(u8::is_ascii);
            // Beyond ASCII a letter is several bytes, any of the upper half.
            let range = |(low, high): (char, char)| {
                let upper = ascii(high).is_none().then_some((0x80, 0xFF));
                [ascii(low).map(|low| (low, ascii(high).unwrap_or(0x7F))), upper]
            };
            Bytes::of(class.iter().flat_map(|found| range((found.start(), found.end()))).flatten())
        }
        HirKind::Repetition(repeated) => alphabet(&repeated.sub),
        HirKind::Capture(capture) => alphabet(&capture.sub),
        HirKind::Concat(parts) | HirKind::Alternation(parts) => all(parts),
    }
}

/// The bytes of a class whose members are all one byte long.
fn bytes_of(class: &Class) -> Option<Bytes> {
    match class {
        Class::Bytes(class) => Some(Bytes::of(class.iter().map(|range| (range.start(), range.end())))),
        Class::Unicode(class) => {
            let ascii = |letter: char| u8::try_from(letter).ok().filter(u8::is_ascii);
            let ranges = class.iter().map(|range| Some((ascii(range.start())?, ascii(range.end())?)));
            ranges.collect::<Option<Vec<_>>>().map(|ranges| Bytes::of(ranges.into_iter()))
        }
    }
}

/// The places that every match has next to each other.
#[derive(Clone, Debug)]
enum Places {
    /// A match is these places, no more and no less.
    Exact(Vec<Bytes>),
    /// A match begins with the first, ends in the last, and has the middle one somewhere.
    Loose(Vec<Bytes>, Vec<Bytes>, Vec<Bytes>),
}

impl Places {
    fn nothing() -> Self {
        Self::Loose(Vec::new(), Vec::new(), Vec::new())
    }

    fn best(&self) -> &[Bytes] {
        match self {
            Self::Exact(all) => all,
            Self::Loose(_, best, _) => best,
        }
    }

    fn ends(&self) -> (&[Bytes], &[Bytes]) {
        match self {
            Self::Exact(all) => (all, all),
            Self::Loose(first, _, last) => (first, last),
        }
    }

    /// Runs of places that every match has.
    fn stretches(&self) -> [&[Bytes]; 3] {
        let (first, last) = self.ends();
        [first, self.best(), last]
    }

    /// This, then the other.
    fn then(self, other: Self) -> Self {
        match (self, other) {
            (Self::Exact(one), Self::Exact(two)) if one.len() + two.len() <= LONGEST => {
                Self::Exact([one, two].concat())
            }
            (one, two) => {
                let joint = [one.ends().1, two.ends().0].concat();
                let best = better(better(one.best(), two.best()), &joint).to_vec();
                let first = match &one {
                    Self::Exact(all) => [all, two.ends().0].concat(),
                    Self::Loose(first, ..) => first.clone(),
                };
                let last = match &two {
                    Self::Exact(all) => [one.ends().1, all].concat(),
                    Self::Loose(.., last) => last.clone(),
                };
                let from = last.len().saturating_sub(LONGEST);
                Self::Loose(first.into_iter().take(LONGEST).collect(), best, last[from..].to_vec())
            }
        }
    }

    /// This or the other.
    fn or(&self, other: &Self) -> Self {
        if let (Self::Exact(one), Self::Exact(two)) = (self, other)
            && one.len() == two.len()
        {
            return Self::Exact(one.iter().zip(two).map(|(one, two)| one.with(two)).collect());
        }
        let ((first, last), (other_first, other_last)) = (self.ends(), other.ends());
        let first: Vec<Bytes> = first.iter().zip(other_first).map(|(one, two)| one.with(two)).collect();
        let last = last.iter().rev().zip(other_last.iter().rev()).map(|(one, two)| one.with(two));
        let last: Vec<Bytes> = last.collect::<Vec<_>>().into_iter().rev().collect();
        let best = better(&first, &last).to_vec();
        Self::Loose(first, best, last)
    }
}

fn better<'a>(one: &'a [Bytes], two: &'a [Bytes]) -> &'a [Bytes] {
    let weight = |places: &[Bytes]| places.iter().map(Bytes::weight).sum::<f32>();
    if weight(two) > weight(one) { two } else { one }
}

fn places(tree: &Hir) -> Places {
    match tree.kind() {
        HirKind::Empty | HirKind::Look(_) => Places::Exact(Vec::new()),
        HirKind::Literal(literal) => {
            let all = literal.0.iter().map(|byte| Places::Exact(vec![Bytes::of([(*byte, *byte)].into_iter())]));
            all.reduce(Places::then).unwrap_or_else(Places::nothing)
        }
        HirKind::Class(class) => bytes_of(class).map_or_else(Places::nothing, |bytes| Places::Exact(vec![bytes])),
        HirKind::Repetition(repeated) => repetition(repeated),
        HirKind::Capture(capture) => places(&capture.sub),
        HirKind::Concat(parts) => parts.iter().map(places).reduce(Places::then).unwrap_or_else(Places::nothing),
        HirKind::Alternation(parts) => {
            parts.iter().map(places).reduce(|one, two| one.or(&two)).unwrap_or_else(Places::nothing)
        }
    }
}

fn repetition(repeated: &Repetition) -> Places {
    let once = places(&repeated.sub);
    if repeated.min == 0 {
        return Places::nothing();
    }
    let times = (repeated.min as usize).min(LONGEST);
    let least = std::iter::repeat_n(once, times).reduce(Places::then).unwrap_or_else(Places::nothing);
    if repeated.max == Some(repeated.min) && times == repeated.min as usize {
        return least;
    }
    // More may follow: it begins and ends as the least does, but is no longer all of it.
    let (first, last) = least.ends();
    Places::Loose(first.to_vec(), least.best().to_vec(), last.to_vec())
}

/// The rarest bytes of which one is in every match.
fn rarest(places: &Places) -> Vec<Rare> {
    // Digits are counted already.
    let rare = |bytes: &&Bytes| bytes.frequency() < RARE_BELOW && !bytes.only(|byte| byte.is_ascii_digit());
    let all = places.stretches().into_iter().flatten().filter(rare);
    let all = all.map(|bytes| Rare { ranges: ranges(bytes), frequency: bytes.frequency() });
    let mut all: Vec<Rare> = all.filter(|rare| (1..=RANGES).contains(&rare.ranges.len())).collect();
    all.sort_by(|one, two| one.frequency.total_cmp(&two.frequency).then_with(|| one.ranges.cmp(&two.ranges)));
    all.dedup();
    all.truncate(RAREST);
    all
}

/// How many digits stand next to each other in every match, at the least.
fn run_of_digits(places: &Places) -> usize {
    let digits = |bytes: &Bytes| bytes.only(|byte| byte.is_ascii_digit());
    let runs = places.stretches().into_iter().flat_map(|places| places.split(move |bytes| !digits(bytes)));
    runs.map(<[Bytes]>::len).max().unwrap_or(0)
}

/// The ranges of a set, first and last.
fn ranges(bytes: &Bytes) -> Vec<(u8, u8)> {
    let mut ranges: Vec<(u8, u8)> = Vec::new();
    for byte in bytes.each() {
        match ranges.last_mut() {
            Some((_, last)) if *last + 1 == byte => *last = byte,
            _ => ranges.push((byte, byte)),
        }
    }
    ranges
}
