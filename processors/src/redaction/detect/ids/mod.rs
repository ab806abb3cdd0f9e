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

use std::sync::LazyLock;

use candidate::Candidate;
use row::Row;
use shape::Shape;
use wanted::{Form, LONGEST, Wanted};

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
    /// What is looked for, where that is not all.
    wanted: Option<Box<Wanted>>,
    /// Which hits of a place stand, where that is known.
    ranks: Option<Box<[Rank]>>,
}

impl Ids {
    /// All of them.
    pub const fn all() -> Self {
        Self { wanted: None, ranks: None }
    }
}

impl Family for Ids {
    fn detectors(&self) -> &'static [Detector] {
        &ENGINE.detectors
    }

    fn narrow(&mut self, on: &[bool], ranks: &[Rank]) {
        let mut wanted = Wanted::nothing();
        let is_on = |shape: &&Shape| on.get(usize::from(shape.row)) == Some(&true);
        ENGINE.shapes.iter().filter(is_on).for_each(|shape| shape.add_to(&mut wanted));
        wanted.close();
        self.wanted = Some(Box::new(wanted));
        self.ranks = Some(ranks.into());
    }

    fn find(&self, text: &str, marks: &Marks, on: &[bool], hits: &mut Hits) {
        let wanted = self.wanted.as_deref().unwrap_or(&ENGINE.wanted);
        let ranks = self.ranks.as_deref();
        candidate::each(text, marks, wanted, &mut |candidate: &Candidate| {
            ENGINE.judge(candidate, Asked { on, ranks, below: u16::MAX }, hits);
        });
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
    /// Where those begin that share a place; one more for the end.
    places: Vec<u16>,
    /// The others, by length, without separators and with.
    wild: Wild,
    /// Those of them that digits alone may be.
    wild_digits: Wild,
    /// All of it.
    wanted: Wanted,
}

/// Shapes that do not say of each position what it is, by length, without separators and with.
type Wild = [[Vec<Rival>; 2]; LONGEST + 1];

/// What a candidate is compared with.
#[derive(Clone, Copy)]
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

/// Which rows a candidate is compared with.
#[derive(Clone, Copy)]
struct Asked<'a> {
    on: &'a [bool],
    ranks: Option<&'a [Rank]>,
    /// Those of a rank below this: what was found of it already stands before all others.
    below: u16,
}

impl Asked<'_> {
    fn has(&self, row: u16) -> bool {
        self.on[usize::from(row)] && self.ranks.is_none_or(|ranks| ranks[usize::from(row)].order < self.below)
    }

    fn found(&mut self, row: u16) {
        if let Some(rank) = self.ranks.map(|ranks| ranks[usize::from(row)]).filter(|rank| rank.sure) {
            self.below = self.below.min(rank.order);
        }
    }
}

/// Places of the forms: one for each, about.
const PLACES: usize = 1 << 11;

impl Engine {
    fn of(tables: &[&[Row]]) -> Self {
        let rows: Vec<Row> = tables.iter().flat_map(|table| table.iter().copied()).collect();
        let mut engine = Self {
            detectors: rows.iter().map(|row| row.detector).collect(),
            shapes: Vec::new(),
            told: Vec::new(),
            forms: Vec::new(),
            places: Vec::new(),
            wild: [const { [Vec::new(), Vec::new()] }; LONGEST + 1],
            wild_digits: [const { [Vec::new(), Vec::new()] }; LONGEST + 1],
            wanted: Wanted::nothing(),
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
        told.sort_unstable_by_key(|(form, rival)| (wanted::place(*form, PLACES), *form, class(rival), rival.shape));
        for rivals in engine.wild.iter_mut().chain(&mut engine.wild_digits).flatten() {
            rivals.sort_by_key(class);
        }
        let before = |place: usize| told.partition_point(|(form, _)| wanted::place(*form, PLACES) < place);
        engine.places = (0..=PLACES).map(|place| before(place) as u16).collect();
        engine.wanted.close();
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
        shape.add_to(&mut self.wanted);
        self.shapes.push(shape);
    }

    /// Pushes a hit for each row that `candidate` is one of.
    fn judge(&self, candidate: &Candidate, mut asked: Asked<'_>, hits: &mut Hits) {
        let Candidate { digits, len, cuts, groups, mix, glued, .. } = *candidate;
        let even = !glued && (cuts == 0 || shape::is_usual(mix));
        self.compare(candidate, even, self.told(wanted::form(digits, len, cuts)), &mut asked, hits);
        if candidate.apart && self.wanted.is_loose(groups, len) {
            let even = !glued && mix.is_power_of_two();
            self.compare(candidate, even, self.told(wanted::cut_anywhere(digits, len)), &mut asked, hits);
        }
        let wild = if digits == (1 << len) - 1 { &self.wild_digits } else { &self.wild };
        self.compare(candidate, !glued && cuts == 0, &wild[len][usize::from(cuts != 0)], &mut asked, hits);
    }

    /// The shapes of a form.
    fn told(&self, form: Form) -> &[Rival] {
        let place = wanted::place(form, PLACES);
        let near = usize::from(self.places[place])..usize::from(self.places[place + 1]);
        let forms = &self.forms[near.clone()];
        let Some(from) = forms.iter().position(|other| *other == form) else { return &[] };
        let count = forms[from..].iter().take_while(|other| **other == form).count();
        &self.told[near][from..from + count]
    }

    /// Pushes a hit for each of `rivals` that the candidate is; `even` if those that say no more than where they are cut
    /// have that from it already.
    fn compare(&self, candidate: &Candidate, even: bool, rivals: &[Rival], asked: &mut Asked<'_>, hits: &mut Hits) {
        let compact = candidate.compact();
        // One character all over is filling, whatever its checksum. Texts have far less than 4 GiB.
        let uniform = compact.iter().all(|byte| *byte == compact[0]);
        let (Ok(start), Ok(end), false) = (u32::try_from(candidate.start), u32::try_from(candidate.end), uniform)
        else {
            return;
        };
        let mut last = None;
        for rival in rivals {
            let (told, digits) = rival.told;
            if candidate.digits & told != digits
                || !asked.has(rival.row)
                || last == Some(rival.row)
                || !(even && rival.plain || self.shapes[usize::from(rival.shape)].fits(candidate))
                || !(rival.check)(compact)
            {
                continue;
            }
            hits.push(Hit { start, end, detector: rival.row });
            last = Some(rival.row);
            asked.found(rival.row);
        }
    }
}

#[cfg(test)]
mod tests;
