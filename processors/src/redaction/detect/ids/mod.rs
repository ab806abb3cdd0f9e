//! National, tax, health, organisation, vehicle and travel-document identifiers: tables of rows, and the engine that
//! compares each group of digits of a text with the few rows of its length and make.

mod africa;
mod americas;
mod asia;
mod candidate;
mod central;
mod checksum;
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
mod west;

#[cfg(any(test, feature = "samples"))]
pub mod samples;

use std::sync::LazyLock;

use candidate::{Candidate, LONGEST};
use row::Row;
use shape::Shape;

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
#[derive(Clone, Copy, Debug, Default)]
pub struct Ids;

impl Family for Ids {
    fn detectors(&self) -> &'static [Detector] {
        &ENGINE.detectors
    }

    fn find(&self, text: &str, marks: &Marks, on: &[bool], hits: &mut Vec<Hit>) {
        candidate::each(text, marks, &mut |candidate: &Candidate| ENGINE.judge(candidate, on, hits));
    }
}

/// The rows, with their shapes where a candidate looks for them.
struct Engine {
    rows: Vec<Row>,
    detectors: Vec<Detector>,
    /// Shapes that say of each position what it is, in the order of that.
    keyed: Vec<(u32, Shape)>,
    /// The others, by length.
    wild: [Vec<Shape>; LONGEST + 1],
}

impl Engine {
    fn of(tables: &[&[Row]]) -> Self {
        let rows: Vec<Row> = tables.iter().flat_map(|table| table.iter().copied()).collect();
        let detectors = rows.iter().map(|row| row.detector).collect();
        let mut keyed = Vec::new();
        let mut wild = [const { Vec::new() }; LONGEST + 1];
        for (number, row) in (0..).zip(&rows) {
            for shape in row.shapes.iter().flat_map(|shape| Shape::compile(shape, number)) {
                match shape.key() {
                    Some(key) => keyed.push((key, shape)),
                    None => wild[shape.len()].push(shape),
                }
            }
        }
        keyed.sort_by_key(|(key, _)| *key);
        Self { rows, detectors, keyed, wild }
    }

    /// Pushes a hit for each row that `candidate` is one of.
    fn judge(&self, candidate: &Candidate, on: &[bool], hits: &mut Vec<Hit>) {
        let key = candidate.key();
        let from = self.keyed.partition_point(|(other, _)| *other < key);
        let keyed = self.keyed[from..].iter().take_while(|(other, _)| *other == key).map(|(_, shape)| shape);
        let compact = candidate.compact();
        let uniform = compact.iter().all(|byte| *byte == compact[0]);
        if uniform {
            return;
        }
        let mut last = None;
        for shape in keyed.chain(&self.wild[compact.len()]) {
            let row = shape.row;
            if last != Some(row)
                && on[usize::from(row)]
                && shape.fits(candidate)
                && (self.rows[usize::from(row)].check)(compact)
            {
                // Texts are far shorter than 4 GiB; one that is not has its end cut off, never the process.
                let (Ok(start), Ok(end)) = (u32::try_from(candidate.start), u32::try_from(candidate.end)) else {
                    return;
                };
                hits.push(Hit { start, end, detector: row });
                last = Some(row);
            }
        }
    }
}

#[cfg(test)]
mod tests;
