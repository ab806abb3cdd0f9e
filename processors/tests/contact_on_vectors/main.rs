//! Addresses, money and network judged by a file of test vectors that the environment names (`PII_DEV`): prints a line
//! for each entity and each row that is wrong. Without such a file there is nothing to judge.

mod row;

use std::collections::BTreeSet;
use std::fmt::Write;
use std::ops::Range;

use processors::redaction::detect::contact::Contact;
use processors::redaction::detect::financial::Financial;
use processors::redaction::detect::network::Network;
use processors::redaction::detect::{Family, Marks};
use row::Row;

#[test]
fn vectors_are_judged() {
    let Some(path) = std::env::var_os("PII_DEV") else { return };
    let rows = std::fs::read_to_string(path).unwrap();
    let rows: Vec<_> = rows.lines().map(Row::read).collect();
    for family in [&Contact as &dyn Family, &Financial, &Network] {
        println!("{}", judged(family, &rows));
    }
}

/// What each entity of the family found of its rows, with only its own detectors on.
fn judged(family: &dyn Family, rows: &[Row]) -> String {
    let mut report = String::new();
    let entities: BTreeSet<_> = family.detectors().iter().map(|detector| detector.entity).collect();
    for entity in entities {
        let mut tally = [[0; 2]; 3];
        for row in rows.iter().filter(|row| row.entity == entity) {
            let hits = spans(family, entity, &row.text);
            let right = if row.spans.is_empty() { hits.is_empty() } else { row.is_covered(&hits) };
            tally[row.kind()][usize::from(right)] += 1;
            if !right {
                let wrong = ["missed", "missed (weak)", "false"][row.kind()];
                let _ = writeln!(report, "  {entity} {wrong} {:?} {hits:?}", row.text);
            }
        }
        let [strong, weak, negative] = tally.map(|[wrong, right]| format!("{right}/{}", wrong + right));
        let _ = writeln!(report, "{entity}: found {strong}, weak {weak}, left alone {negative}");
    }
    report
}

fn spans(family: &dyn Family, entity: &str, text: &str) -> Vec<Range<usize>> {
    let on: Vec<_> = family.detectors().iter().map(|detector| detector.entity == entity).collect();
    let (mut marks, mut hits) = (Marks::default(), Vec::new());
    marks.fill(text.as_bytes());
    family.find(text, &marks, &on, &mut hits);
    hits.iter().map(|hit| hit.start as usize..hit.end as usize).collect()
}
