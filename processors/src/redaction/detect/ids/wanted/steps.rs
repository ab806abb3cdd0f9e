//! The steps by which something may begin, found by how it is written so far.

#[cfg(test)]
use super::ANY_KIND;
use super::{BOTH, Form, LONGEST, Make, Makes, Positions, Told, below, bit, make};

/// What is looked for that begins so: what ends here, and else the kinds of separators behind which it goes on with a
/// digit, or with a letter.
#[derive(Clone, Copy, Debug)]
pub(super) struct Step {
    pub(super) form: Form,
    /// What the next group may be.
    pub(super) nexts: Makes,
    /// What ends here. Of letters and digits it is not known here whether they may be anything that is not told.
    pub(super) ends: Told,
    /// The kinds before a letter and before a digit.
    pub(super) kinds: [u8; 2],
    /// Of digits, the same of what is not told: of that alone, while `nexts` and `kinds` are of all.
    wild_kinds: [u8; 2],
    wild_nexts: Makes,
}

/// Nothing begins so.
pub(super) static NOTHING: Step = Step::nothing(0);

/// Everything does.
#[cfg(test)]
pub(super) const ANYTHING: Step = Step {
    form: 0,
    nexts: !0,
    ends: Told(1 << 16 | Told::WILD.0),
    kinds: [ANY_KIND; 2],
    wild_kinds: [ANY_KIND; 2],
    wild_nexts: !0,
};

impl Step {
    pub(super) const fn nothing(form: Form) -> Self {
        Self { form, nexts: 0, ends: Told(0), kinds: [0; 2], wild_kinds: [0; 2], wild_nexts: 0 }
    }

    /// Something goes on behind separators of these kinds with a group of what `more` says.
    pub(super) fn go_on(&mut self, kinds: u8, more: More) {
        self.nexts |= more.makes;
        self.kinds[0] |= if more.letter { kinds } else { 0 };
        self.kinds[1] |= if more.digit { kinds } else { 0 };
    }

    /// As [`Self::go_on`], of what is not told.
    pub(super) fn go_on_wild(&mut self, kinds: u8, more: More) {
        self.go_on(kinds, more);
        self.wild_nexts |= more.makes;
        self.wild_kinds[0] |= if more.letter { kinds } else { 0 };
        self.wild_kinds[1] |= if more.digit { kinds } else { 0 };
    }

    #[inline]
    pub(super) fn goes_on_wild(&self, next: Next) -> bool {
        next.kind & self.wild_kinds[usize::from(next.digit)] != 0 && self.wild_nexts & next.makes != 0
    }

    #[inline]
    pub(super) fn goes_on(&self, next: Next) -> bool {
        next.kind & self.kinds[usize::from(next.digit)] != 0 && self.nexts & next.makes != 0
    }
}

/// What a group may be that something goes on with, and whether it may begin with a digit or a letter.
#[derive(Clone, Copy)]
pub(super) struct More {
    pub(super) makes: Makes,
    pub(super) digit: bool,
    pub(super) letter: bool,
}

impl More {
    /// Of any length.
    pub(super) fn any(digit: bool, letter: bool) -> Self {
        Self { makes: !0, digit, letter }
    }

    /// What begins at position `at` and ends before `end`, of these positions: those that are told, and are digits.
    pub(super) fn of((told, digits): Positions, at: usize, end: usize) -> Self {
        let (len, letters, own) = (end - at, told & !digits, below(end) & !below(at));
        let digits_alone = if letters & own == 0 { bit(make(below(len), len)) } else { 0 };
        let letters_alone = if digits & own == 0 { bit(make(0, len)) } else { 0 };
        let both = if digits & own == own || letters & own == own { 0 } else { BOTH };
        let makes = digits_alone | letters_alone | both;
        Self { makes, digit: letters >> at & 1 == 0, letter: digits >> at & 1 == 0 }
    }
}

/// What stands behind letters and digits: the kind of the separator, whether a digit follows it, and in what group.
#[derive(Clone, Copy, Debug)]
pub(in super::super) struct Next {
    pub(super) kind: u8,
    pub(super) digit: bool,
    pub(super) makes: Makes,
}

impl Next {
    /// A group of this make, behind a separator of this kind.
    #[inline]
    pub(in super::super) fn of(kind: u8, make: Make) -> Self {
        Self { kind, digit: usize::from(make) <= LONGEST || make == 31, makes: bit(make) }
    }
}

/// Steps by their forms, open addressing; what is at a place without a form is said of all the others.
#[derive(Clone, Debug)]
pub(super) struct Steps {
    /// A power of two of them, more than twice as many as there are steps.
    places: Box<[Step]>,
    count: usize,
    others: Step,
}

impl Steps {
    const LEAST: usize = 16;

    pub(super) fn new(others: Step) -> Self {
        Self { places: vec![others; Self::LEAST].into(), count: 0, others }
    }

    /// Where the form is, or would be.
    #[inline]
    fn place(&self, form: Form) -> usize {
        let last = self.places.len() - 1;
        let mut place = (form.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 32) as usize & last;
        loop {
            let other = self.places[place].form;
            if other == form || other == 0 {
                return place;
            }
            place = (place + 1) & last;
        }
    }

    #[inline]
    pub(super) fn of(&self, form: Form) -> &Step {
        &self.places[self.place(form)]
    }

    pub(super) fn at(&mut self, form: Form) -> &mut Step {
        let mut place = self.place(form);
        if self.places[place].form == 0 {
            if (self.count + 1) * 2 > self.places.len() {
                self.grow();
                place = self.place(form);
            }
            self.count += 1;
            self.places[place].form = form;
        }
        &mut self.places[place]
    }

    fn grow(&mut self) {
        let larger = vec![self.others; self.places.len() * 2].into();
        for step in std::mem::replace(&mut self.places, larger).into_iter().filter(|step| step.form != 0) {
            self.places[self.place(step.form)] = step;
        }
    }

    /// All there are.
    pub(super) fn iter_mut(&mut self) -> impl Iterator<Item = &mut Step> {
        self.places.iter_mut().filter(|step| step.form != 0)
    }
}
