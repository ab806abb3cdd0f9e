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

use super::{Detector, Family, Hit, Marks};

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
}

impl Ids {
    /// All of them.
    pub const fn all() -> Self {
        Self { wanted: None }
    }
}

impl Family for Ids {
    fn detectors(&self) -> &'static [Detector] {
        &ENGINE.detectors
    }

    fn narrow(&mut self, on: &[bool]) {
        let mut wanted = Wanted::nothing();
        let is_on = |shape: &&Shape| on.get(usize::from(shape.row)) == Some(&true);
        ENGINE.shapes.iter().filter(is_on).for_each(|shape| shape.add_to(&mut wanted));
        self.wanted = Some(Box::new(wanted));
    }

    fn find(&self, text: &str, marks: &Marks, on: &[bool], hits: &mut Vec<Hit>) {
        let wanted = self.wanted.as_deref().unwrap_or(&ENGINE.wanted);
        candidate::each(text, marks, wanted, &mut |candidate: &Candidate| ENGINE.judge(candidate, on, hits));
    }
}

/// The rows, with their shapes where a candidate looks for them.
struct Engine {
    rows: Vec<Row>,
    detectors: Vec<Detector>,
    shapes: Vec<Shape>,
    /// Shapes that say of each position what it is, by their forms.
    told: Vec<(Form, u16)>,
    /// Where those begin that share a place; one more for the end.
    places: Vec<u16>,
    /// The others, by length, without separators and with.
    wild: [[Vec<u16>; 2]; LONGEST + 1],
    /// All of it.
    wanted: Wanted,
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
            places: Vec::new(),
            wild: [const { [Vec::new(), Vec::new()] }; LONGEST + 1],
            wanted: Wanted::nothing(),
            rows: Vec::new(),
        };
        for (number, row) in (0..).zip(&rows) {
            for shape in row.shapes.iter().flat_map(|shape| Shape::compile(shape, number)) {
                engine.add(shape);
            }
        }
        engine.told.sort_unstable_by_key(|(form, shape)| (wanted::place(*form, PLACES), *form, *shape));
        let before = |place: usize| engine.told.partition_point(|(form, _)| wanted::place(*form, PLACES) < place);
        engine.places = (0..=PLACES).map(|place| before(place) as u16).collect();
        engine.rows = rows;
        engine
    }

    fn add(&mut self, shape: Shape) {
        let number = self.shapes.len() as u16;
        match shape.forms() {
            Some(forms) => self.told.extend(forms.into_iter().map(|form| (form, number))),
            None => {
                for cut in [false, true].into_iter().filter(|cut| shape.may_be(*cut)) {
                    self.wild[shape.len()][usize::from(cut)].push(number);
                }
            }
        }
        shape.add_to(&mut self.wanted);
        self.shapes.push(shape);
    }

    /// Pushes a hit for each row that `candidate` is one of.
    fn judge(&self, candidate: &Candidate, on: &[bool], hits: &mut Vec<Hit>) {
        let Candidate { digits, len, cuts, .. } = *candidate;
        self.compare(candidate, self.told(wanted::form(digits, len, cuts)), on, hits);
        if candidate.apart && self.wanted.is_loose(cuts, len) {
            self.compare(candidate, self.told(wanted::cut_anywhere(digits, len)), on, hits);
        }
        let wild = &self.wild[candidate.compact().len()][usize::from(candidate.cuts != 0)];
        self.compare(candidate, wild.iter().copied(), on, hits);
    }

    /// The shapes of a form.
    fn told(&self, form: Form) -> impl Iterator<Item = u16> + '_ {
        let place = wanted::place(form, PLACES);
        let near = usize::from(self.places[place])..usize::from(self.places[place + 1]);
        self.told[near].iter().filter(move |(other, _)| *other == form).map(|(_, shape)| *shape)
    }

    fn compare(&self, candidate: &Candidate, shapes: impl Iterator<Item = u16>, on: &[bool], hits: &mut Vec<Hit>) {
        let compact = candidate.compact();
        let mut last = None;
        for shape in shapes {
            let shape = &self.shapes[usize::from(shape)];
            let row = usize::from(shape.row);
            if !on[row] || last == Some(row) || !shape.fits(candidate) || !(self.rows[row].check)(compact) {
                continue;
            }
            // One character all over is filling, whatever its checksum. Texts have far less than 4 GiB.
            let uniform = compact.iter().all(|byte| *byte == compact[0]);
            if let (Ok(start), Ok(end), false) = (u32::try_from(candidate.start), u32::try_from(candidate.end), uniform)
            {
                hits.push(Hit { start, end, detector: shape.row });
                last = Some(row);
            }
        }
    }
}

#[cfg(test)]
mod tests;
