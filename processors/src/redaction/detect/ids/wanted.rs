//! What is looked for, as bits: they tell of most groups of letters and digits that they are nothing, before a letter is
//! read again.

/// Letters and digits that the longest identifier has.
pub(super) const LONGEST: usize = 24;

/// A group of letters alone is part of an identifier up to this length; longer ones are words.
pub(super) const LETTERS: usize = 5;

/// Which positions are digits, how many positions there are, and before which of them is a separator.
pub(super) type Form = u64;

/// In place of separators: anywhere, between groups of two on average.
const ANYWHERE: u32 = 1 << 31;

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

/// Where a form is in a table of so many places, a power of two.
#[inline]
pub(super) fn place(form: Form, places: usize) -> usize {
    (form.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> (64 - places.trailing_zeros())) as usize
}

/// Places of a table of steps: enough for about two thousand to meet seldom.
const PLACES: usize = 1 << 13;

/// Every kind of separators.
pub(super) const ANY_KIND: u8 = !0;

/// What is looked for that begins so: whether it ends here, and else the kinds of separators behind which it goes on
/// with a digit, or with a letter.
#[derive(Clone, Copy, Debug, Default)]
struct Step {
    whole: bool,
    digit: u8,
    letter: u8,
}

impl Step {
    /// Goes on with a digit as with a letter.
    fn go_on_any(&mut self, kinds: u8) {
        (self.digit, self.letter) = (self.digit | kinds, self.letter | kinds);
    }

    #[inline]
    fn goes_on(self, next: Next) -> bool {
        next.kind & if next.digit { self.digit } else { self.letter } != 0
    }
}

/// What stands behind letters and digits: the kind of the separator, and whether a digit or a letter follows it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Next {
    pub(super) kind: u8,
    pub(super) digit: bool,
}

/// What the tables say of letters and digits, and of which that is: looked up once for whether they end here and whether
/// they go on.
#[derive(Clone, Copy, Debug)]
pub(super) struct Looked {
    digits: u32,
    len: usize,
    /// Whether these are digits alone.
    plain: bool,
    cut: bool,
    told: Step,
    wild: Step,
}

/// Steps by forms; one may say more than was put in.
#[derive(Clone, Debug)]
struct Steps(Box<[Step; PLACES]>);

impl Steps {
    fn new(step: Step) -> Self {
        Self(Box::new([step; PLACES]))
    }

    fn at(&mut self, form: Form) -> &mut Step {
        &mut self.0[place(form, PLACES)]
    }

    #[inline]
    fn of(&self, form: Form) -> Step {
        self.0[place(form, PLACES)]
    }
}

/// Of which positions it is told what they are, and which of these are digits.
type Told = (u32, u32);

/// What is looked for of which not each position is told, by length.
type Wild = [Vec<Told>; LONGEST + 1];

fn put(all: &mut Vec<Told>, told: Told) {
    if !all.contains(&told) {
        all.push(told);
    }
}

fn wild(digits: u32, of_length: &[Told]) -> bool {
    of_length.iter().any(|(told, wanted)| digits & told == *wanted)
}

/// How what is looked for may be written.
#[derive(Clone, Debug)]
pub(super) struct Wanted {
    /// For each set of kinds of separators, whether something has them all.
    pub(super) mixes: [bool; 256],
    /// For each number of letters, whether something has them before its first cut, and no digit.
    pub(super) leads: [bool; LETTERS + 1],
    /// Of what each position is told.
    told: Steps,
    /// How the rest may be cut, as forms without digits.
    cuts: Steps,
    /// As `cuts`, of what may be cut anywhere, by length.
    loose: [Step; LONGEST + 1],
    /// The rest, without separators and with, and what stands before a cut and the position behind it.
    wild: [Wild; 2],
    wild_begun: Wild,
    /// How long the longest is that may be cut anywhere.
    free: usize,
    /// By how many digits stand alone, whether they are something; a bit for each number of them.
    alone: u32,
    /// Whether what is of `wild` may be digits alone, and what is begun digits alone up to and behind the cut; a bit for
    /// each length.
    wild_digits: [u32; 2],
    wild_on: u32,
    /// By how many digits and the kind of the separator behind them, whether anything begins with that and digits
    /// again, a bit for each number of those: without what may be cut anywhere, and with it.
    pairs: [Pairs; 2],
}

type Pairs = [[u32; 8]; LONGEST + 1];

impl Wanted {
    /// Nothing yet.
    pub(super) fn nothing() -> Self {
        Self {
            mixes: [false; 256],
            leads: [false; LETTERS + 1],
            told: Steps::new(Step::default()),
            cuts: Steps::new(Step::default()),
            loose: [Step::default(); LONGEST + 1],
            wild: [const { [const { Vec::new() }; LONGEST + 1] }; 2],
            wild_begun: [const { Vec::new() }; LONGEST + 1],
            free: 0,
            alone: 0,
            wild_digits: [0; 2],
            wild_on: 0,
            pairs: [[[0; 8]; LONGEST + 1]; 2],
        }
    }

    /// Everything.
    #[cfg(test)]
    pub(super) fn anything() -> Self {
        let any = Step { whole: true, digit: ANY_KIND, letter: ANY_KIND };
        let steps = Steps::new(any);
        let wild: Wild = std::array::from_fn(|_| vec![(0, 0)]);
        Self {
            mixes: [true; 256],
            leads: [true; LETTERS + 1],
            told: steps.clone(),
            cuts: steps,
            loose: [any; LONGEST + 1],
            wild: [wild.clone(), wild.clone()],
            wild_begun: wild,
            free: LONGEST,
            alone: !0,
            wild_digits: [!0; 2],
            wild_on: !0,
            pairs: [[[!0; 8]; LONGEST + 1]; 2],
        }
    }

    /// With something of which each position is told, and which is cut before those of `cuts`, by separators of the
    /// kinds that `kinds` gives.
    pub(super) fn add(&mut self, digits: u32, len: usize, cuts: u32, kinds: impl Fn(usize) -> u8) {
        self.told.at(form(digits, len, cuts)).whole = true;
        for (at, before) in beginnings(cuts) {
            let step = self.told.at(form(digits & below(at), at, before));
            let digit = digits >> at & 1 == 1;
            *if digit { &mut step.digit } else { &mut step.letter } |= kinds(at);
        }
    }

    /// With something of which each position is told, and which may be cut anywhere.
    pub(super) fn add_anywhere(&mut self, digits: u32, len: usize) {
        self.free = self.free.max(len);
        self.told.at(cut_anywhere(digits, len)).whole = true;
        for at in 1..len {
            let step = self.told.at(cut_anywhere(digits & below(at), at));
            let digit = digits >> at & 1 == 1;
            *if digit { &mut step.digit } else { &mut step.letter } |= ANY_KIND;
        }
    }

    /// With something of which only these positions are told, and which is cut before those of `cuts`, by separators of
    /// the kinds that `kinds` gives.
    pub(super) fn add_wild(&mut self, told: Told, len: usize, cuts: u32, kinds: impl Fn(usize) -> u8) {
        self.put_wild(told, len, cuts != 0);
        self.cuts.at(form(0, len, cuts)).whole = true;
        for (at, before) in beginnings(cuts) {
            self.begin_wild(told, at);
            self.cuts.at(form(0, at, before)).go_on_any(kinds(at));
        }
    }

    /// With something of which only these positions are told, and which may be cut anywhere.
    pub(super) fn add_wild_anywhere(&mut self, told: Told, len: usize) {
        self.free = self.free.max(len);
        self.put_wild(told, len, true);
        self.loose[len].whole = true;
        for at in 1..len {
            self.begin_wild(told, at);
            self.loose[at].go_on_any(ANY_KIND);
        }
    }

    fn put_wild(&mut self, told: Told, len: usize, cut: bool) {
        put(&mut self.wild[usize::from(cut)][len], told);
        self.wild_digits[usize::from(cut)] |= u32::from(told.0 == told.1) << len;
    }

    fn begin_wild(&mut self, (told, digits): Told, at: usize) {
        self.wild_on |= u32::from((told ^ digits) & below(at + 1) == 0) << at;
        put(&mut self.wild_begun[at], (told & below(at + 1), digits & below(at + 1)));
    }

    /// Knows, once all is added, what digits alone may be: most rows of them are told by two groups to be nothing.
    pub(super) fn close(&mut self) {
        let alone = |len: &usize| self.has(&self.step(below(*len), *len, 0), false);
        self.alone = (1..=LONGEST).filter(alone).fold(0, |all, len| all | 1 << len);
        self.pairs = [self.all_pairs(false), self.all_pairs(true)];
    }

    fn all_pairs(&self, loose: bool) -> Pairs {
        let mut pairs = [[0; 8]; LONGEST + 1];
        for (len, more) in (1..LONGEST).flat_map(|len| (1..=LONGEST - len).map(move |more| (len, more))) {
            let (one, both) = (self.step(below(len), len, 0), self.step(below(len + more), len + more, 1 << len));
            let on = |digit| self.begins(&both, loose && self.is_begun(3), Next { kind: ANY_KIND, digit });
            if self.has(&both, loose && self.is_loose(2, len + more)) || on(true) || on(false) {
                let begun =
                    |kind: usize| self.begins(&one, loose && self.is_begun(2), Next { kind: 1 << kind, digit: true });
                (0..8).filter(|kind| begun(*kind)).for_each(|kind| pairs[len][kind] |= 1 << more);
            }
        }
        pairs
    }

    /// Whether so many digits may be something that nothing else belongs to.
    #[inline]
    pub(super) fn is_alone(&self, len: usize) -> bool {
        self.alone >> len & 1 == 1
    }

    /// Whether anything may begin with so many digits, a separator of one kind, and so many digits; `loose`, whether that
    /// may be something cut anywhere.
    #[inline]
    pub(super) fn is_pair(&self, len: usize, kind: u8, more: usize, loose: bool) -> bool {
        let pairs = &self.pairs[usize::from(loose)];
        len + more <= LONGEST && pairs[len][kind.trailing_zeros() as usize] >> more & 1 == 1
    }

    /// Looks up what is written so.
    #[inline]
    pub(super) fn step(&self, digits: u32, len: usize, cuts: u32) -> Looked {
        let (told, wild) = (self.told.of(form(digits, len, cuts)), self.cuts.of(form(0, len, cuts)));
        Looked { digits, len, plain: digits == below(len), cut: cuts != 0, told, wild }
    }

    /// Whether anything may be written so; `loose`, whether that may be something cut anywhere.
    #[inline]
    pub(super) fn has(&self, at: &Looked, loose: bool) -> bool {
        at.told.whole
            || loose && self.told.of(cut_anywhere(at.digits, at.len)).whole
            || (at.wild.whole || loose && self.loose[at.len].whole)
                && match at.plain {
                    true => self.wild_digits[usize::from(at.cut)] >> at.len & 1 == 1,
                    false => wild(at.digits, &self.wild[usize::from(at.cut)][at.len]),
                }
    }

    /// Whether anything may be written so up to its next cut and go on behind it. `loose` as before.
    #[inline]
    pub(super) fn begins(&self, at: &Looked, loose: bool, next: Next) -> bool {
        at.told.goes_on(next)
            || loose && self.told.of(cut_anywhere(at.digits, at.len)).goes_on(next)
            || (at.wild.goes_on(next) || loose && self.loose[at.len].goes_on(next))
                && match at.plain && next.digit {
                    true => self.wild_on >> at.len & 1 == 1,
                    false => wild(at.digits | u32::from(next.digit) << at.len, &self.wild_begun[at.len]),
                }
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
fn below(at: usize) -> u32 {
    (1 << at) - 1
}

/// For each cut, where it is and those before it.
fn beginnings(mut cuts: u32) -> impl Iterator<Item = (usize, u32)> {
    std::iter::from_fn(move || {
        let last = cuts.checked_ilog2()?;
        cuts &= !(1 << last);
        Some((last as usize, cuts))
    })
}
