//! National, tax, health, organisation, vehicle and travel-document identifiers: tables of rows, and the engine that
//! compares each group of digits of a text with the few rows of its length and make.

mod africa;
mod americas;
mod asia;
mod candidate;
mod central;
pub(in crate::redaction) mod checksum;
mod date;
mod de;
mod east;
mod east_asia;
mod global;
mod levant;
mod north;
mod oceania;
mod row;
mod shape;
mod south;
mod uk;
mod us;
mod wanted;
mod west;

#[cfg(any(test, feature = "samples"))]
pub mod samples;

use std::sync::{LazyLock, OnceLock};

use candidate::{Candidate, Judge};
use row::Row;
use shape::Shape;
use wanted::{Ends, Form, LONGEST, Told, Wanted};

use super::marks::Mark;
use super::near::Wards;
use super::{Detector, Family, Hit, Hits, Marks, Rank};

/// The tables, in the order of the detectors.
const TABLES: &[&[Row]] = &[
    us::ROWS,
    americas::ROWS,
    uk::ROWS,
    de::ROWS,
    central::ROWS,
    west::ROWS,
    south::ROWS,
    north::ROWS,
    east::ROWS,
    asia::ROWS,
    east_asia::ROWS,
    levant::ROWS,
    africa::ROWS,
    oceania::ROWS,
    global::ROWS,
];

static ENGINE: LazyLock<Engine> = LazyLock::new(|| Engine::of(TABLES));

/// The family of identifiers.
#[derive(Clone, Debug, Default)]
pub struct Ids {
    /// The ranks of what is looked for, where that is not all; below [`NEVER`].
    ranks: Option<Box<[Rank]>>,
    /// What is looked for, and what of it is looked for where no word is near. Made when the first number comes: it takes some
    /// ten milliseconds and half a megabyte, which an idle process can do without.
    all: OnceLock<Box<Narrowed>>,
    sure: OnceLock<Option<Box<Narrowed>>>,
}

/// What is looked for of the tables.
#[derive(Clone, Debug)]
struct Narrowed {
    wanted: Wanted,
    /// Which hits of a place stand, by row; [`NEVER`] the order of what is not looked for.
    ranks: Box<[Rank]>,
    /// The shapes of these that are told, in the order of their forms.
    told: Box<[Ranked]>,
}

/// What a candidate is compared with, and where that stands among those of its form.
#[derive(Clone, Copy, Debug)]
struct Ranked {
    rival: Rival,
    /// The order of its row, and the least of that and those of the shapes behind it.
    own: u16,
    least: u16,
    wards: Wards,
}

/// Of what counts wherever it stands, as far as it is known.
const ANYWAY: Rank = Rank { order: 0, sure: false, wards: Wards::MAX };

/// So few checks take no longer than to ask whether what they find could count.
const FEW: usize = 2;

/// Before nothing.
const NEVER: u16 = u16::MAX;

impl Ids {
    /// All of them.
    pub const fn all() -> Self {
        Self { ranks: None, all: OnceLock::new(), sure: OnceLock::new() }
    }
}

impl Family for Ids {
    fn detectors(&self) -> &'static [Detector] {
        &ENGINE.detectors
    }

    fn narrow(&mut self, on: &[bool], ranks: &[Rank]) {
        let is_on = |row: usize| on.get(row) == Some(&true);
        let ranks = ranks.iter().enumerate();
        let ranks = ranks.map(|(row, rank)| if is_on(row) { *rank } else { Rank { order: NEVER, ..ANYWAY } });
        *self = Self { ranks: Some(ranks.collect()), ..Self::all() };
    }

    fn find(&self, text: &str, marks: &Marks, on: &[bool], hits: &mut Hits) {
        // Most texts have no digit.
        if !marks.any(Mark::Digit) {
            return;
        }
        let all = self.all.get_or_init(|| Box::new(self.narrowed()));
        let mut asked = Asked {
            engine: &ENGINE,
            on,
            all,
            sure: self.sure.get_or_init(|| self.narrowed_to_sure().map(Box::new)).as_deref(),
            narrowed: all,
            text: text.as_bytes(),
            below: NEVER,
            may: Wards::MAX,
            hits,
        };
        candidate::each(text, marks, &mut asked);
    }
}

impl Ids {
    fn narrowed(&self) -> Narrowed {
        let every = || ENGINE.detectors.iter().map(|_| ANYWAY).collect();
        ENGINE.narrowed(self.ranks.clone().unwrap_or_else(every))
    }

    /// What is sure of what is looked for; nothing where all is.
    fn narrowed_to_sure(&self) -> Option<Narrowed> {
        let ranks = self.ranks.as_deref()?;
        let sure = |rank: &Rank| if rank.sure { *rank } else { Rank { order: NEVER, ..ANYWAY } };
        let unsure = ranks.iter().any(|rank| rank.order != NEVER && !rank.sure);
        unsure.then(|| ENGINE.narrowed(ranks.iter().map(sure).collect()))
    }
}

/// The rows, with their shapes where a candidate looks for them.
struct Engine {
    /// For made-up identifiers.
    #[cfg(any(test, feature = "samples"))]
    rows: Vec<Row>,
    detectors: Vec<Detector>,
    shapes: Vec<Shape>,
    /// Shapes that say of each position what it is, by their forms.
    told: Vec<Rival>,
    /// The form of each of those.
    forms: Vec<Form>,
    /// The others, by length, without separators and with.
    wild: Wild,
    /// Those of them that digits alone may be.
    wild_digits: Wild,
}

/// Shapes that do not say of each position what it is, by length, without separators and with.
type Wild = [[Vec<Rival>; 2]; LONGEST + 1];

/// What a candidate is compared with.
#[derive(Clone, Copy, Debug)]
struct Rival {
    shape: u16,
    row: u16,
    /// Of which positions the shape says what they are, and which of these are digits.
    told: (u32, u32),
    /// Whether that, and where it is cut, is all it says of what is cut by one kind of the usual separators, or not.
    plain: bool,
    /// The check of its row.
    check: fn(&[u8]) -> bool,
}

impl Engine {
    fn of(tables: &[&[Row]]) -> Self {
        let rows: Vec<Row> = tables.iter().flat_map(|table| table.iter().copied()).collect();
        let mut engine = Self {
            detectors: rows.iter().map(|row| row.detector).collect(),
            shapes: Vec::new(),
            told: Vec::new(),
            forms: Vec::new(),
            wild: [const { [Vec::new(), Vec::new()] }; LONGEST + 1],
            wild_digits: [const { [Vec::new(), Vec::new()] }; LONGEST + 1],
            #[cfg(any(test, feature = "samples"))]
            rows: rows.clone(),
        };
        let mut told = Vec::new();
        for (number, row) in (0..).zip(&rows) {
            for shape in row.shapes.iter().flat_map(|shape| Shape::compile(shape, number)) {
                engine.add(shape, row, &mut told);
            }
        }
        let class = |rival: &Rival| rows[usize::from(rival.row)].detector.class;
        // The surest first: where they are found, the others need not be asked.
        told.sort_unstable_by_key(|(form, rival)| (*form, class(rival), rival.shape));
        for rivals in engine.wild.iter_mut().chain(&mut engine.wild_digits).flatten() {
            rivals.sort_by_key(class);
        }
        (engine.forms, engine.told) = told.into_iter().unzip();
        engine
    }

    fn add(&mut self, shape: Shape, row: &Row, all_told: &mut Vec<(Form, Rival)>) {
        let (number, told, plain) = (self.shapes.len() as u16, shape.told(), shape.is_plain());
        let rival = Rival { shape: number, row: shape.row, told, plain, check: row.check };
        match shape.forms() {
            Some(forms) => all_told.extend(forms.into_iter().map(|form| (form, rival))),
            None => {
                for cut in [false, true].into_iter().filter(|cut| shape.may_be(*cut)) {
                    self.wild[shape.len()][usize::from(cut)].push(rival);
                    if told.0 == told.1 {
                        self.wild_digits[shape.len()][usize::from(cut)].push(rival);
                    }
                }
            }
        }
        self.shapes.push(shape);
    }

    /// The rows that have ranks below [`NEVER`].
    fn narrowed(&self, ranks: Box<[Rank]>) -> Narrowed {
        let order = |row: u16| ranks.get(usize::from(row)).map_or(NEVER, |rank| rank.order);
        let mut wanted = Wanted::nothing();
        let is_on = |shape: &&Shape| order(shape.row) != NEVER;
        self.shapes.iter().filter(is_on).for_each(|shape| shape.add_to(&mut wanted));
        let ranked = |rival: &Rival| {
            let wards = ranks.get(usize::from(rival.row)).map_or(0, |rank| rank.wards);
            Ranked { rival: *rival, own: order(rival.row), least: order(rival.row), wards }
        };
        let told = self.forms.iter().zip(self.told.iter().map(ranked)).filter(|(_, ranked)| ranked.own != NEVER);
        let (forms, mut told): (Vec<Form>, Vec<Ranked>) = told.unzip();
        for at in (1..told.len()).rev().filter(|at| forms[*at] == forms[at - 1]) {
            told[at - 1].least = told[at - 1].least.min(told[at].least);
        }
        wanted.close(|form| {
            let from = forms.partition_point(|other| *other < form);
            let count = forms[from..].partition_point(|other| *other == form);
            Told::of(from, count)
        });
        Narrowed { wanted, ranks, told: told.into() }
    }
}

/// Which rows a candidate is compared with, and where the hits go.
struct Asked<'a> {
    engine: &'a Engine,
    on: &'a [bool],
    /// All that is looked for, what of it is sure, and what is looked for here.
    all: &'a Narrowed,
    sure: Option<&'a Narrowed>,
    narrowed: &'a Narrowed,
    text: &'a [u8],
    /// What may count where the candidate stands.
    may: Wards,
    /// Those of a rank below this: what was found of it already stands before all others.
    below: u16,
    hits: &'a mut Hits,
}

impl<'a> Judge<'a> for Asked<'a> {
    #[inline]
    fn wanted(&mut self, whole: bool, start: usize, end: usize) -> &'a Wanted {
        self.narrowed = match self.sure {
            Some(sure) if whole && self.hits.is_calm(start, end) => {
                self.hits.pass();
                sure
            }
            _ => self.all,
        };
        &self.narrowed.wanted
    }

    /// Pushes a hit for each row that `candidate` is one of, which `ends` has the shapes of.
    #[inline]
    fn judge(&mut self, candidate: &Candidate, ends: Ends) {
        self.below = NEVER;
        self.may = Wards::MAX;
        // What words are near is asked where that spares more than it takes.
        if ends.wild() || ends.told.shapes().len() + ends.loose.shapes().len() > FEW {
            self.may = self.hits.may_count(self.text, candidate.start, candidate.end);
            if self.may != Wards::MAX {
                self.hits.pass();
            }
        }
        // Those that say no more than how they are cut have that from the candidate already, if it is cut evenly.
        let even = !candidate.glued && (candidate.cuts == 0 || shape::is_usual(candidate.mix));
        self.judge_told(candidate, ends.told, even);
        if ends.loose.any() {
            self.judge_told(candidate, ends.loose, !candidate.glued);
        }
        if ends.wild() {
            self.judge_wild(candidate);
        }
    }
}

impl Asked<'_> {
    /// As [`Self::judge`], of shapes of the candidate's form; `even`, whether it is cut as those say that say no more.
    #[inline(always)]
    fn judge_told(&mut self, candidate: &Candidate, told: Told, even: bool) {
        let (narrowed, mut last) = (self.narrowed, None);
        for Ranked { rival, own, least, wards } in &narrowed.told[told.shapes()] {
            // The others would not stand.
            if *least >= self.below {
                break;
            }
            if *own < self.below && wards & self.may != 0 && self.is_one(candidate, even, rival, last) {
                last = self.found(candidate, rival.row).or(last);
            }
        }
    }

    /// As [`Self::judge`], of shapes that do not say of each position what it is.
    #[inline(never)]
    fn judge_wild(&mut self, candidate: &Candidate) {
        let Candidate { len, digits, cuts, glued, .. } = *candidate;
        let wild = if digits == wanted::below(len) { &self.engine.wild_digits } else { &self.engine.wild };
        let (even, mut last) = (!glued && cuts == 0, None);
        for rival in &wild[len][usize::from(cuts != 0)] {
            let (told, digits) = rival.told;
            let Rank { order, wards, .. } = self.narrowed.ranks[usize::from(rival.row)];
            let may_be = candidate.digits & told == digits && order < self.below && wards & self.may != 0;
            if may_be && self.is_one(candidate, even, rival, last) {
                last = self.found(candidate, rival.row).or(last);
            }
        }
    }

    /// Whether the candidate is of this shape, and of another row than the `last` hit.
    #[inline(always)]
    fn is_one(&self, candidate: &Candidate, even: bool, rival: &Rival, last: Option<u16>) -> bool {
        (even && rival.plain || self.engine.shapes[usize::from(rival.shape)].fits(candidate))
            && last != Some(rival.row)
            && (rival.check)(candidate.compact())
    }

    /// Pushes a hit, and says so, if the row is asked for and the candidate is no filling.
    #[inline(never)]
    fn found(&mut self, candidate: &Candidate, row: u16) -> Option<u16> {
        if candidate.is_uniform() || !self.on[usize::from(row)] {
            return None;
        }
        // Texts have far less than 4 GiB.
        self.hits.push(Hit { start: candidate.start as u32, end: candidate.end as u32, detector: row });
        let rank = self.narrowed.ranks[usize::from(row)];
        if rank.sure {
            self.below = self.below.min(rank.order);
        }
        Some(row)
    }
}

#[cfg(test)]
mod tests;
