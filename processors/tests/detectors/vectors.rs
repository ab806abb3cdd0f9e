//! Test vectors that are not part of the repository, judged: `PII_DEV` names a file of JSON lines with `entity`,
//! `text`, `spans` (in characters; empty for a negative) and perhaps `weak` (only context or shape tells) and `other`
//! (a negative of this entity that another one does fire on). Without the file there is nothing to judge.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::ops::Range;

use processors::redaction::detect::samples::FAMILIES;
use processors::redaction::detect::{Hits, Marks};
use serde_json::{Value as Json, json};

use crate::block::Block;

/// What only a model of language finds.
const WITHOUT_DETECTOR: [&str; 2] = ["PERSON", "STREET_ADDRESS"];

/// One row of the file.
struct Row {
    entity: String,
    text: String,
    spans: Vec<(usize, usize)>,
    weak: bool,
    other: bool,
}

impl Row {
    fn read(line: &str) -> Self {
        let row: Json = serde_json::from_str(line).unwrap();
        let text = |key: &str| row[key].as_str().unwrap().to_owned();
        let place = |span: &Json, at: usize| span[at].as_u64().unwrap() as usize;
        let spans = row["spans"].as_array().unwrap().iter().map(|span| (place(span, 0), place(span, 1)));
        Self {
            entity: text("entity"),
            text: text("text"),
            spans: spans.collect(),
            weak: row["weak"].as_bool().unwrap_or(false),
            other: row["other"].as_array().is_some_and(|others| !others.is_empty()),
        }
    }

    /// Whether every letter and digit of every span is within a hit.
    fn is_covered(&self, hits: &[Range<usize>]) -> bool {
        let within = |at: usize| hits.iter().any(|hit| hit.contains(&at));
        let wanted = |character: usize| self.spans.iter().any(|(start, end)| (*start..*end).contains(&character));
        let mut characters = self.text.char_indices().enumerate();
        characters.all(|(n, (at, c))| !wanted(n) || !c.is_alphanumeric() || within(at))
    }
}

/// What the detectors of `entity` find in `text`, whatever their class and context, in bytes.
fn found(text: &str, entity: &str) -> Vec<Range<usize>> {
    let (mut marks, mut all) = (Marks::default(), Vec::new());
    marks.fill(text.as_bytes());
    for (family, _) in FAMILIES {
        let detectors = family.detectors();
        let on: Vec<bool> = detectors.iter().map(|one| one.entity == entity).collect();
        let mut hits = Hits::default();
        family.find(text, &marks, &on, &mut hits);
        all.extend(hits.iter().map(|hit| hit.start as usize..hit.end as usize));
    }
    all
}

/// How many of how many.
#[derive(Clone, Copy, Default)]
pub(crate) struct Share {
    pub(crate) hits: usize,
    pub(crate) of: usize,
}

impl Share {
    fn add(&mut self, hit: bool) {
        self.hits += usize::from(hit);
        self.of += 1;
    }

    fn percent(self) -> f64 {
        100.0 * self.hits as f64 / self.of.max(1) as f64
    }
}

impl std::fmt::Display for Share {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if self.of == 0 { f.write_str("-") } else { write!(f, "{}/{}", self.hits, self.of) }
    }
}

/// What became of an entity's rows: found of those whose shape tells, of those that need context, and hit of the
/// negatives of both kinds.
#[derive(Clone, Copy, Default)]
pub(crate) struct Tally {
    pub(crate) strong: Share,
    pub(crate) weak: Share,
    pub(crate) negative: Share,
    negative_weak: Share,
}

/// Every row with its own entity's detectors; what is wrong goes to `wrong`.
fn judged(rows: &[Row], wrong: &mut String) -> BTreeMap<String, Tally> {
    let mut tallies: BTreeMap<String, Tally> = BTreeMap::new();
    for row in rows {
        let tally = tallies.entry(row.entity.clone()).or_default();
        let hits = found(&row.text, &row.entity);
        let (share, is) = match (row.spans.is_empty(), row.weak) {
            (false, false) => (&mut tally.strong, row.is_covered(&hits)),
            (false, true) => (&mut tally.weak, row.is_covered(&hits)),
            (true, false) => (&mut tally.negative, !hits.is_empty()),
            (true, true) => (&mut tally.negative_weak, !hits.is_empty()),
        };
        share.add(is);
        if is == row.spans.is_empty() {
            let kind = if is { "false positive" } else { "miss" };
            let weak = if row.weak { " (weak)" } else { "" };
            let _infallible = writeln!(wrong, "{}: {kind}{weak}: {:?}", row.entity, row.text);
        }
    }
    tallies
}

/// The rows of the file that the environment names.
fn rows() -> Option<Vec<Row>> {
    let path = std::env::var_os("PII_DEV")?;
    let rows: Vec<Row> = std::fs::read_to_string(path).unwrap().lines().map(Row::read).collect();
    let known = |row: &Row| !WITHOUT_DETECTOR.contains(&row.entity.as_str());
    Some(rows.into_iter().filter(known).collect())
}

/// What becomes of the rows of each entity, if there is a file of them.
pub(crate) fn tallies() -> Option<BTreeMap<String, Tally>> {
    Some(judged(&rows()?, &mut String::new()))
}

#[test]
fn each_entity_finds_its_own_rows() {
    let Some(rows) = rows() else { return };
    let mut wrong = String::new();
    let mut sum = Tally::default();
    for (entity, tally) in judged(&rows, &mut wrong) {
        let known =
            FAMILIES.iter().flat_map(|(family, _)| family.detectors()).any(|detector| detector.entity == entity);
        assert!(known, "{entity} has no detector");
        let shares = [tally.strong, tally.weak, tally.negative, tally.negative_weak];
        let sums = [&mut sum.strong, &mut sum.weak, &mut sum.negative, &mut sum.negative_weak];
        for (sum, share) in sums.into_iter().zip(shares) {
            sum.hits += share.hits;
            sum.of += share.of;
        }
    }
    println!("{wrong}");
    println!("found {}, weak {}, false {}, weak {}", sum.strong, sum.weak, sum.negative, sum.negative_weak);
    assert!(sum.strong.percent() >= 98.0, "found {} of what shape tells", sum.strong);
    assert!(sum.negative.percent() <= 2.0, "{} negatives hit", sum.negative);
}

/// Everyday shapes are asked for too; what is plausible needs its word.
#[test]
fn all_detectors_leave_negatives_alone() {
    let Some(rows) = rows() else { return };
    let mut all: Vec<&str> = FAMILIES.iter().flat_map(|(family, _)| family.detectors()).map(|one| one.entity).collect();
    all.dedup();
    for detectors in [vec!["default"], all] {
        let (mut hit, mut block) = (Share::default(), Block::of(&json!({"detectors": detectors})));
        for row in rows.iter().filter(|row| row.spans.is_empty() && !row.other) {
            let left = block.text(&row.text);
            hit.add(left != row.text);
            if left != row.text {
                println!("{}: {:?}: {left:?}", row.entity, row.text);
            }
        }
        println!("{} detectors: hit {hit}", detectors.len());
        assert!(hit.percent() <= 3.0, "{hit} negatives hit");
    }
}
