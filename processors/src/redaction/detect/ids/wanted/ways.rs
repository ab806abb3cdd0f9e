//! The ways through groups of digits alone and of letters alone, worked out beforehand: what ends with a group and what may
//! follow it is one look at a table, and what leads nowhere is left at once.
//!
//! Of groups that have digits and letters there are too many; where one follows, it is asked for step by step.

use std::collections::HashMap;

use super::{
    ANY_KIND, ANYWHERE, BOTH, Ends, LETTERS, LONGEST, Make, Next, Positions, Step, Told, UNTOLD, Wanted, Written,
    below, cut_anywhere, form, untold, wild,
};

/// The number of a [`Place`].
pub(in super::super) type Way = u16;

/// Leads nowhere.
pub(in super::super) const NOWHERE: Way = 0;

/// What follows is asked for step by step.
pub(in super::super) const UNTRODDEN: Way = Way::MAX;

/// How many makes there are.
const MAKES: usize = 32;

/// What the letters and digits so far may be, and may become. A bit for each make of a next group.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub(in super::super) struct Place {
    /// What ends here, and what does that is cut anywhere.
    pub(in super::super) told: Told,
    pub(in super::super) loose: Told,
    /// What may follow over a separator of each kind, and over none.
    on: [u32; 9],
    /// What may follow in something that is cut anywhere, by the kind of separators that it has so far.
    pub(in super::super) on_loosely: u32,
    /// Where these ways lead.
    nexts: u16,
}

impl Place {
    /// What may follow over a separator of this kind.
    #[inline]
    pub(in super::super) fn on(&self, kind: u8) -> u32 {
        self.on[(u32::from(kind) | 1 << 8).trailing_zeros() as usize]
    }

    /// Whether something may end here.
    #[inline]
    pub(in super::super) fn ends(&self) -> bool {
        Ends { told: self.told, loose: self.loose }.any()
    }

    /// Whether anything is here that is cut anywhere.
    fn is_loose(&self) -> bool {
        self.loose.any() || self.on_loosely != 0
    }
}

/// Where each make leads.
type Nexts = [Way; MAKES];

/// All places.
#[derive(Clone, Debug)]
pub(super) struct Ways {
    places: Vec<Place>,
    /// Where each make leads, of a group behind a separator of another kind than the first, and of the same.
    nexts: Vec<[Nexts; 2]>,
    first: Nexts,
}

impl Ways {
    /// None but the one that leads nowhere.
    pub(super) fn none() -> Self {
        Self { places: vec![Place::default()], nexts: vec![[[NOWHERE; MAKES]; 2]], first: [NOWHERE; MAKES] }
    }

    /// Nothing is worked out.
    #[cfg(test)]
    pub(super) fn untrodden() -> Self {
        Self { first: [UNTRODDEN; MAKES], ..Self::none() }
    }

    /// Those to what is `wanted`.
    pub(super) fn of(wanted: &Wanted) -> Self {
        let rows = HashMap::from([([[NOWHERE; MAKES]; 2], 0)]);
        let mut paved = Paved { wanted, ways: Self::none(), known: HashMap::new(), alike: HashMap::new(), rows };
        for make in 1..MAKES as Make {
            paved.ways.first[usize::from(make)] = match alone(make) {
                Some((digits, len)) => {
                    let mut written = Written::nothing();
                    written.add(digits, len);
                    paved.way(written, true, true)
                }
                None => UNTRODDEN,
            };
        }
        paved.ways.places.shrink_to_fit();
        paved.ways.nexts.shrink_to_fit();
        paved.ways
    }

    /// Where a first group of this make leads.
    #[inline]
    pub(super) fn first(&self, make: Make) -> Way {
        self.first[usize::from(make) % MAKES]
    }

    #[inline]
    pub(super) fn place(&self, way: Way) -> &Place {
        &self.places[usize::from(way)]
    }

    /// Where a group of this make leads from `place`, behind a separator of the `same` kind as the first one.
    #[inline]
    pub(super) fn next(&self, place: &Place, make: Make, same: bool) -> Way {
        self.nexts[usize::from(place.nexts)][usize::from(same)][usize::from(make) % MAKES]
    }
}

/// The digits and the length of a group of this make; `None` where these may be any.
fn alone(make: Make) -> Option<(u32, usize)> {
    match usize::from(make) {
        len @ 1..=LONGEST => Some((below(len), len)),
        make if make <= LONGEST + LETTERS => Some((0, make - LONGEST)),
        _ => None,
    }
}

/// The way on is worked out from its end.
struct Paved<'w> {
    wanted: &'w Wanted,
    ways: Ways,
    /// What is there already: by what is written, or where only what is cut anywhere goes on, how many groups that makes
    /// in the place of its cuts, and whether it may be cut anywhere.
    known: HashMap<u64, Way>,
    /// Places that are alike: a tenth of what is written differs in them.
    alike: HashMap<Place, Way>,
    rows: HashMap<[Nexts; 2], u16>,
}

/// What is known of what is written so: the steps there, those of what is not told, and those of what is cut anywhere.
struct Here<'w> {
    written: Written,
    told: Option<&'w Step>,
    untold: Option<&'w Step>,
    loose: Option<&'w Step>,
    /// Whether what is not told begins so before a letter and before a digit, and whether such a thing is cut anywhere.
    begun: [bool; 2],
    begun_loosely: bool,
}

impl<'w> Here<'w> {
    fn of(wanted: &'w Wanted, written: Written, strict: bool, loose: bool) -> Self {
        let (len, digits, mixed) = (written.len, written.digits(), !written.is_plain());
        let begun = |digit: u32| mixed && wild(digits | digit << len, &wanted.wild_begun[len]);
        let loose = loose && wanted.is_begun(written.groups + 1);
        Self {
            written,
            told: strict.then(|| wanted.steps.of(written.form)),
            untold: (strict && mixed).then(|| wanted.steps.of(untold(len, written.cuts()))),
            loose: loose.then(|| wanted.steps.of(cut_anywhere(digits, len))),
            begun: [begun(0), begun(1)],
            begun_loosely: mixed && wanted.loose_on >> len & 1 == 1,
        }
    }

    /// The kinds of separators behind which it goes on with a group of this make, and whether it does so cut anywhere.
    fn goes_on(&self, make: Make) -> (u8, bool) {
        let next = Next::of(ANY_KIND, make);
        let kinds = |step: &Step| if step.goes_on(next) { step.kinds[usize::from(next.digit)] } else { 0 };
        let begun = self.begun[usize::from(next.digit)];
        let untold = self.untold.filter(|_| begun).map_or(0, kinds);
        let loosely = |step: &Step| step.goes_on(next) || self.begun_loosely && begun;
        (self.told.map_or(0, kinds) | untold, self.loose.is_some_and(loosely))
    }
}

impl Paved<'_> {
    /// The way to what is written so, where it may be what is not cut anywhere, what is, or either.
    fn way(&mut self, written: Written, strict: bool, loose: bool) -> Way {
        let cuts = if strict { written.cuts() } else { ANYWHERE | written.groups as u32 };
        let known = form(written.digits(), written.len, if loose { cuts | UNTOLD } else { cuts });
        if !strict && !loose {
            return NOWHERE;
        }
        if let Some(way) = self.known.get(&known) {
            return *way;
        }
        let (mut place, mut nexts) = (self.ends(written, strict, loose), [[NOWHERE; MAKES]; 2]);
        let here = Here::of(self.wanted, written, strict, loose);
        for make in 1..MAKES as Make {
            self.pave(&here, make, &mut place, &mut nexts);
        }
        let leads = place.on != [0; 9] || place.on_loosely != 0;
        let way = if leads || place.ends() { self.put(place, nexts) } else { NOWHERE };
        self.known.insert(known, way);
        way
    }

    /// What ends with what is written so.
    fn ends(&self, written: Written, strict: bool, loose: bool) -> Place {
        let (wanted, len, digits) = (self.wanted, written.len, written.digits());
        let mut place = Place::default();
        if digits == 0 {
            return place;
        }
        let is_wild = |of_length: &[Positions]| !written.is_plain() && wild(digits, of_length);
        if strict {
            place.told = wanted.steps.of(written.form).ends;
            let whole = wanted.steps.of(untold(len, written.cuts())).ends.any();
            if whole && is_wild(&wanted.wild[usize::from(written.groups > 1)][len]) {
                place.told.add(Told::WILD);
            }
        }
        if loose && wanted.is_loose(written.groups, len) {
            place.loose = wanted.steps.of(cut_anywhere(digits, len)).ends;
            if wanted.loose_ends >> len & 1 == 1 && is_wild(&wanted.wild[1][len]) {
                place.loose.add(Told::WILD);
            }
        }
        place
    }

    /// Adds the way from `here` by a group of this make, if it leads anywhere.
    fn pave(&mut self, here: &Here<'_>, make: Make, place: &mut Place, nexts: &mut [Nexts; 2]) {
        let (mut kinds, mut loosely) = here.goes_on(make);
        let (digits, len) = alone(make).unwrap_or((0, 2));
        if kinds == 0 && !loosely || here.written.len + len > LONGEST {
            return;
        }
        let mut ways = [UNTRODDEN; 2];
        if BOTH >> make & 1 == 0 {
            let mut next = here.written;
            next.cut();
            next.add(digits, len);
            ways[0] = self.way(next, kinds != 0, false);
            if ways[0] == NOWHERE {
                kinds = 0;
            }
            ways[1] = self.way(next, kinds != 0, loosely);
            loosely = ways[1] != NOWHERE && self.ways.place(ways[1]).is_loose();
            if !loosely {
                ways[1] = ways[0];
            }
        }
        for (nexts, way) in nexts.iter_mut().zip(ways) {
            nexts[usize::from(make)] = way;
        }
        place.on_loosely |= u32::from(loosely) << make;
        for (kind, on) in place.on.iter_mut().enumerate().take(8) {
            *on |= u32::from(kinds >> kind & 1) << make;
        }
    }

    fn put(&mut self, mut place: Place, nexts: [Nexts; 2]) -> Way {
        let all = &mut self.ways.nexts;
        place.nexts = *self.rows.entry(nexts).or_insert_with(|| {
            all.push(nexts);
            (all.len() - 1) as u16
        });
        if let Some(way) = self.alike.get(&place) {
            return *way;
        }
        let way = self.ways.places.len();
        assert!(way < usize::from(UNTRODDEN), "the tables have outgrown their ways");
        self.ways.places.push(place);
        self.alike.insert(place, way as Way);
        way as Way
    }
}
