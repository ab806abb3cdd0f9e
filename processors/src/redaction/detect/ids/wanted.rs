//! What is looked for, as bits: they tell of most groups of letters and digits that they are nothing, before a letter is
//! read again.
//!
//! Each way in which something may begin is a [`Step`], found by its [`Form`]: what ends there, and what may follow. Of
//! digits alone one step says all; of others it is asked besides whether they may be something that does not say of each
//! position what it is. Of groups of digits alone and of letters alone all that is worked out beforehand.

mod mixed;
mod steps;
mod ways;

use std::ops::Range;

use mixed::Mixed;
use steps::{More, NOTHING, Step, Steps};
use ways::Ways;

pub(super) use steps::Next;
pub(super) use ways::{NOWHERE, Place, UNTRODDEN, Way};

/// Letters and digits that the longest identifier has.
pub(super) const LONGEST: usize = 24;

/// A group of letters alone is part of an identifier up to this length; longer ones are words.
pub(super) const LETTERS: usize = 5;

/// Which positions are digits, how many positions there are, and before which of them is a separator.
pub(super) type Form = u64;

/// In place of separators: anywhere, between groups of two on average.
const ANYWHERE: u32 = 1 << 31;

/// Beside separators: what stands between them is not told.
const UNTOLD: u32 = 1 << 30;

/// The [`Form`] of so many letters and digits.
#[inline]
pub(super) fn form(digits: u32, len: usize, cuts: u32) -> Form {
    u64::from(cuts) << 32 | u64::from(digits | 1 << len)
}

/// The form of what may be cut anywhere.
#[inline]
pub(super) fn cut_anywhere(digits: u32, len: usize) -> Form {
    form(digits, len, ANYWHERE)
}

/// The form of what is only told how it is cut.
#[inline]
fn untold(len: usize, cuts: u32) -> Form {
    form(0, len, cuts | UNTOLD)
}

/// Every kind of separators.
pub(super) const ANY_KIND: u8 = !0;

/// What a group of letters and digits is: so many digits, so many letters (up to [`LETTERS`]) more than the most of these,
/// or both, with a letter first or a digit; 0 where it is no part of an identifier.
pub(super) type Make = u8;

/// Some of these, a bit each.
type Makes = u32;

/// The most that digits alone make; so many letters are behind it, and last what is of both.
const DIGITS: Makes = 1 << LONGEST;
const DIGITS_ALONE: Makes = DIGITS * 2 - 1;
const BOTH: Makes = 3 << 30;

/// What a group is that has so many letters and digits, these of them digits.
#[inline]
pub(super) fn make(digits: u32, len: usize) -> Make {
    let make = match digits {
        _ if len == 0 || len > LONGEST => 0,
        0 if len > LETTERS => 0,
        0 => LONGEST + len,
        digits if digits == below(len) => len,
        _ => 30 + (digits as usize & 1),
    };
    make as Make
}

/// The bit of a make.
#[inline]
fn bit(make: Make) -> Makes {
    1 << make & !1
}

/// What letters and digits may be as they are: the shapes that say so of each position, where the engine has them in a row
/// (the first of them, and from bit 16 on how many they are), and from bit 24 on whether it may be another shape as well.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub(super) struct Told(u32);

impl Told {
    /// None.
    pub(super) const NONE: Self = Self(0);
    const WILD: Self = Self(1 << 24);

    /// So many shapes from this one on.
    pub(super) fn of(from: usize, count: usize) -> Self {
        debug_assert!(from < 1 << 16 && count < 1 << 8, "{count} shapes from {from} on have no room");
        Self((count << 16 | from) as u32)
    }

    /// Which shapes, of each position of which it is told what it is.
    #[inline]
    pub(super) fn shapes(self) -> Range<usize> {
        let from = self.0 as usize & 0xFFFF;
        from..from + (self.0 as usize >> 16 & 0xFF)
    }

    /// Whether any shape.
    #[inline]
    pub(super) fn any(self) -> bool {
        self.0 != 0
    }

    #[inline]
    fn is_wild(self) -> bool {
        self.0 & Self::WILD.0 != 0
    }

    fn add(&mut self, other: Self) {
        self.0 |= other.0;
    }
}

/// Of which positions it is told what they are, and which of these are digits.
type Positions = (u32, u32);

/// What is looked for of which not each position is told, by length.
type Wild = [Vec<Positions>; LONGEST + 1];

fn put(all: &mut Vec<Positions>, told: Positions) {
    if !all.contains(&told) {
        all.push(told);
    }
}

fn wild(digits: u32, of_length: &[Positions]) -> bool {
    of_length.iter().any(|(told, wanted)| digits & told == *wanted)
}

/// How letters and digits are written: which of them are digits and before which is a separator, how many they are, and
/// how many groups they make.
#[derive(Clone, Copy, Debug)]
pub(super) struct Written {
    form: Form,
    pub(super) len: usize,
    pub(super) groups: usize,
}

impl Written {
    /// Nothing yet.
    pub(super) fn nothing() -> Self {
        Self { form: form(0, 0, 0), len: 0, groups: 0 }
    }

    /// With a group more, of these digits.
    #[inline]
    pub(super) fn add(&mut self, digits: u32, len: usize) {
        // What is behind the last digit of a form is there once more.
        self.form += u64::from((digits | 1 << len) - 1) << self.len;
        (self.len, self.groups) = (self.len + len, self.groups + 1);
    }

    /// Cut here.
    #[inline]
    pub(super) fn cut(&mut self) {
        self.form |= 1 << 32 << self.len;
    }

    #[inline]
    pub(super) fn digits(self) -> u32 {
        self.form as u32 ^ 1 << self.len
    }

    #[inline]
    pub(super) fn cuts(self) -> u32 {
        (self.form >> 32) as u32
    }

    /// Whether these are digits alone.
    #[inline]
    pub(super) fn is_plain(self) -> bool {
        let form = self.form as u32;
        form & (form + 1) == 0
    }
}

/// What some letters and digits may be the beginning of, a bit each: what is told, the rest, and what is cut anywhere.
#[derive(Clone, Copy, Debug)]
pub(super) struct May(u8);

impl May {
    const TOLD: u8 = 1;
    const WILD: u8 = 2;
    const LOOSE: u8 = 4;

    /// Of which nothing is known but whether they may be what is not cut anywhere, and what is.
    pub(super) fn of(strict: bool, loose: bool) -> Self {
        Self(if strict { Self::TOLD | Self::WILD } else { 0 } | if loose { Self::LOOSE } else { 0 })
    }

    /// Whether they may be anything.
    #[inline]
    pub(super) fn be(self) -> bool {
        self.0 != 0
    }
}

/// What letters and digits may be as they are, and cut anywhere.
#[derive(Clone, Copy, Debug)]
pub(super) struct Ends {
    pub(super) told: Told,
    pub(super) loose: Told,
}

impl Ends {
    /// Whether they may be anything.
    #[inline]
    pub(super) fn any(self) -> bool {
        self.told.0 | self.loose.0 != 0
    }

    /// Whether they may be something that does not say of each position what it is.
    #[inline]
    pub(super) fn wild(self) -> bool {
        self.told.is_wild() || self.loose.is_wild()
    }
}

/// Whether what is cut anywhere may be so, as it stands, and with what follows.
#[derive(Clone, Copy, Debug)]
pub(super) struct Loose {
    pub(super) ends: bool,
    pub(super) goes_on: bool,
}

/// How what is looked for may be written.
#[derive(Clone, Debug)]
pub(super) struct Wanted {
    /// For each set of kinds of separators, whether something has them all.
    pub(super) mixes: [bool; 256],
    /// Of what each position is told, and how the rest may be cut. What is said of digits alone is of both.
    steps: Steps,
    /// Of digits alone, cut anywhere.
    loose: [Step; LONGEST + 1],
    /// What may be cut anywhere and is not told: a bit for each length of what ends, and of what goes on.
    loose_ends: u32,
    loose_on: u32,
    /// What is not told, without separators and with, and what stands before a cut and the position behind it.
    wild: [Wild; 2],
    wild_begun: Wild,
    /// How long the longest is that may be cut anywhere.
    free: usize,
    mixed: Mixed,
    ways: Ways,
}

impl Wanted {
    /// Nothing yet.
    pub(super) fn nothing() -> Self {
        Self {
            mixes: [false; 256],
            steps: Steps::new(Step::nothing(0)),
            loose: [Step::nothing(0); LONGEST + 1],
            loose_ends: 0,
            loose_on: 0,
            wild: [const { [const { Vec::new() }; LONGEST + 1] }; 2],
            wild_begun: [const { Vec::new() }; LONGEST + 1],
            free: 0,
            mixed: Mixed::none(),
            ways: Ways::none(),
        }
    }

    /// Everything.
    #[cfg(test)]
    pub(super) fn anything() -> Self {
        let wild: Wild = std::array::from_fn(|_| vec![(0, 0)]);
        Self {
            mixes: [true; 256],
            steps: Steps::new(steps::ANYTHING),
            loose: [steps::ANYTHING; LONGEST + 1],
            loose_ends: !0,
            loose_on: !0,
            wild: [wild.clone(), wild.clone()],
            wild_begun: wild,
            free: LONGEST,
            mixed: Mixed::any(),
            ways: Ways::untrodden(),
        }
    }

    /// With something whose first group ends before position `len`, behind it a separator of one of these kinds, or nothing.
    pub(super) fn add_head(&mut self, told: Positions, len: usize, kinds: Option<u8>) {
        self.mixed.add(told, len, kinds);
    }

    /// With something of which each position is told, and which is cut before those of `cuts`, by separators of the
    /// kinds that `kinds` gives.
    pub(super) fn add(&mut self, digits: u32, len: usize, cuts: u32, kinds: impl Fn(usize) -> u8) {
        self.steps.at(form(digits, len, cuts)).ends.add(Told::of(0, 1));
        for (at, before, end) in beginnings(cuts, len) {
            let more = More::of((below(len), digits), at, end);
            self.steps.at(form(digits & below(at), at, before)).go_on(kinds(at), more);
        }
    }

    /// With something of which each position is told, and which may be cut anywhere.
    pub(super) fn add_anywhere(&mut self, digits: u32, len: usize) {
        self.free = self.free.max(len);
        self.steps.at(cut_anywhere(digits, len)).ends.add(Told::of(0, 1));
        for at in 1..len {
            let digit = digits >> at & 1 == 1;
            self.steps.at(cut_anywhere(digits & below(at), at)).go_on(ANY_KIND, More::any(digit, !digit));
        }
    }

    /// With something of which only these positions are told, and which is cut before those of `cuts`, by separators of
    /// the kinds that `kinds` gives.
    pub(super) fn add_wild(&mut self, told: Positions, len: usize, cuts: u32, kinds: impl Fn(usize) -> u8) {
        put(&mut self.wild[usize::from(cuts != 0)][len], told);
        self.steps.at(untold(len, cuts)).ends.add(Told::WILD);
        if is_plain(told, len) {
            self.steps.at(form(below(len), len, cuts)).ends.add(Told::WILD);
        }
        for (at, before, end) in beginnings(cuts, len) {
            self.begin_wild(told, at);
            self.steps.at(untold(at, before)).go_on(kinds(at), More::of(told, at, end));
            if is_plain(told, at) {
                self.steps.at(form(below(at), at, before)).go_on_wild(kinds(at), More::of(told, at, end));
            }
        }
    }

    /// With something of which only these positions are told, and which may be cut anywhere.
    pub(super) fn add_wild_anywhere(&mut self, told: Positions, len: usize) {
        self.free = self.free.max(len);
        put(&mut self.wild[1][len], told);
        self.loose_ends |= 1 << len;
        if is_plain(told, len) {
            self.steps.at(cut_anywhere(below(len), len)).ends.add(Told::WILD);
        }
        for at in 1..len {
            self.begin_wild(told, at);
            self.loose_on |= 1 << at;
            if is_plain(told, at) {
                let More { digit, letter, .. } = More::of(told, at, at + 1);
                self.steps.at(cut_anywhere(below(at), at)).go_on(ANY_KIND, More::any(digit, letter));
            }
        }
    }

    fn begin_wild(&mut self, (told, digits): Positions, at: usize) {
        put(&mut self.wild_begun[at], (told & below(at + 1), digits & below(at + 1)));
    }

    /// Knows, once all is added, where the shapes are of what is told and ends, which `shapes` says of each form.
    pub(super) fn close(&mut self, shapes: impl Fn(Form) -> Told) {
        for step in self.steps.iter_mut().filter(|step| !step.ends.shapes().is_empty()) {
            let wild = Told(step.ends.0 & Told::WILD.0);
            step.ends = shapes(step.form);
            step.ends.add(wild);
        }
        self.loose = std::array::from_fn(|len| *self.steps.of(cut_anywhere(below(len), len)));
        self.ways = Ways::of(self);
    }

    /// Where a first group of this make leads.
    #[inline]
    pub(super) fn first(&self, make: Make) -> Way {
        self.ways.first(make)
    }

    /// Whether anything may begin with so many letters and digits, these of them digits, and a separator of this kind.
    #[inline]
    pub(super) fn may_begin(&self, digits: u32, len: usize, kind: u8) -> bool {
        self.mixed.may_begin(digits, len, kind)
    }

    /// Whether anything may begin with so many letters.
    #[inline]
    pub(super) fn leads(&self, letters: usize) -> bool {
        self.first((LONGEST + letters) as Make) != NOWHERE
    }

    /// What may be where this leads, which is worked out.
    #[inline]
    pub(super) fn place(&self, way: Way) -> &Place {
        self.ways.place(way)
    }

    /// Where a group of this make leads from `place`, behind a separator of the `same` kind as the first one.
    #[inline]
    pub(super) fn next(&self, place: &Place, make: Make, same: bool) -> Way {
        self.ways.next(place, make, same)
    }

    /// Whether anything may be, or begin with, so many digits, a separator of this kind behind them, and behind that so
    /// many digits or none, where `letter` tells whether a letter follows; `loose`, whether that may be cut anywhere.
    #[inline]
    pub(super) fn begins(
        &self,
        len: usize,
        kind: u8,
        more: usize,
        loose: impl FnOnce() -> bool,
        letter: impl FnOnce() -> bool,
    ) -> bool {
        let way = self.ways.first(len as Make);
        if way == UNTRODDEN {
            return true;
        }
        let place = self.ways.place(way);
        if place.ends() || kind == 0 {
            return place.ends();
        }
        let (strict, digits) = (place.on(kind), if more <= LONGEST { 1 << more & !1 } else { 0 });
        if strict & digits != 0 {
            return true;
        }
        let on = strict | if place.on_loosely != 0 && loose() { place.on_loosely } else { 0 };
        on & digits != 0 || on & !DIGITS_ALONE != 0 && letter()
    }

    /// Looks up what `may` be something and is written so: what it is as it stands, and what it may be with what follows.
    /// Whether it may be cut anywhere is asked only of what may be such a thing.
    #[inline]
    pub(super) fn look(&self, written: Written, may: May, next: Next, loose: impl FnOnce() -> Loose) -> (Ends, May) {
        let told = if may.0 & (May::TOLD | May::WILD) != 0 { self.steps.of(written.form) } else { &NOTHING };
        let goes_on = told.goes_on(next);
        let mut ends = Ends { told: told.ends, loose: Told(0) };
        let mut begins = May(if goes_on { May::TOLD } else { 0 });
        if !written.is_plain() {
            if may.0 & (May::WILD | May::LOOSE) == 0 {
                return (ends, begins);
            }
            let loose = if may.0 & May::LOOSE != 0 { loose() } else { Loose { ends: false, goes_on: false } };
            let Next { kind, digit, makes } = next;
            return self.look_further(written, may, (kind, digit, makes), loose, (ends, begins));
        }
        if goes_on && (next.makes <= DIGITS || told.goes_on_wild(next)) {
            begins.0 |= May::WILD;
        }
        if may.0 & May::LOOSE != 0 {
            let (at, loose) = (&self.loose[written.len], loose());
            if loose.ends {
                ends.loose = at.ends;
            }
            if loose.goes_on && at.goes_on(next) {
                begins.0 |= May::LOOSE;
            }
        }
        (ends, begins)
    }

    /// As [`Self::look`], of letters and digits: what is not told, and what is cut anywhere.
    #[inline(never)]
    fn look_further(
        &self,
        written: Written,
        may: May,
        (kind, digit, makes): (u8, bool, Makes),
        loose: Loose,
        (mut ends, mut begins): (Ends, May),
    ) -> (Ends, May) {
        let next = Next { kind, digit, makes };
        let (len, cuts, digits) = (written.len, written.cuts(), written.digits());
        let has = |bits: u32| bits >> len & 1 == 1;
        let (mut cut_so, mut cut_anyhow, mut whole) = (false, false, false);
        if may.0 & May::WILD != 0 {
            let at = self.steps.of(untold(len, cuts));
            (whole, cut_so) = (at.ends.any(), at.goes_on(next));
        }
        if loose.ends || loose.goes_on {
            let at = self.steps.of(cut_anywhere(digits, len));
            if loose.ends {
                (ends.loose, whole) = (at.ends, whole || has(self.loose_ends));
            }
            if loose.goes_on {
                begins.0 |= if at.goes_on(next) { May::LOOSE } else { 0 };
                cut_anyhow = next.makes != 0 && has(self.loose_on);
            }
        }
        if whole && wild(digits, &self.wild[usize::from(cuts != 0)][len]) {
            ends.told.add(Told::WILD);
        }
        if (cut_so || cut_anyhow) && wild(digits | u32::from(next.digit) << len, &self.wild_begun[len]) {
            begins.0 |= if cut_so { May::WILD } else { 0 } | if cut_anyhow { May::LOOSE } else { 0 };
        }
        (ends, begins)
    }

    /// Whether what is cut anywhere may have so many groups at this length.
    #[inline]
    pub(super) fn is_loose(&self, groups: usize, len: usize) -> bool {
        groups > 1 && groups * 2 <= len && len <= self.free
    }

    /// Whether what is cut anywhere may have so many groups at some length.
    #[inline]
    pub(super) fn is_begun(&self, groups: usize) -> bool {
        self.is_loose(groups, self.free)
    }
}

/// The bits of the positions before `at`.
#[inline]
pub(super) fn below(at: usize) -> u32 {
    (1 << at) - 1
}

/// Whether the positions before `at` may all be digits.
fn is_plain((told, digits): Positions, at: usize) -> bool {
    (told ^ digits) & below(at) == 0
}

/// For each cut of something so long, where it is, those before it, and where the group behind it ends.
fn beginnings(mut cuts: u32, len: usize) -> impl Iterator<Item = (usize, u32, usize)> {
    let mut end = len;
    std::iter::from_fn(move || {
        let last = cuts.checked_ilog2()?;
        cuts &= !(1 << last);
        Some((last as usize, cuts, std::mem::replace(&mut end, last as usize)))
    })
}
