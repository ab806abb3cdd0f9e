//! How well the identifiers do on a file of test vectors that is not part of the repository: `PII_DEV` names it.
//! A row of JSON has `entity`, `text`, `spans` (in characters) and perhaps `weak`. Prints a table for each entity.

#![allow(clippy::unwrap_used, reason = "a test ends where it cannot go on")]
#![allow(clippy::print_stdout, reason = "the table is what it is for")]

use std::collections::BTreeMap;

use processors::redaction::detect::ids::Ids;
use processors::redaction::detect::{Family, Marks};

#[derive(Default)]
struct Tally {
    strong: usize,
    weak: usize,
    negative: usize,
    missed: Vec<String>,
    missed_weak: Vec<String>,
    wrong: Vec<String>,
}

#[test]
fn identifiers_in_test_vectors() {
    let Ok(path) = std::env::var("PII_DEV") else { return };
    let mut tallies: BTreeMap<String, Tally> = BTreeMap::new();
    for line in std::fs::read_to_string(path).unwrap().lines() {
        let row: Row = Row::of(line);
        let on: Vec<bool> = Ids.detectors().iter().map(|detector| detector.entity == row.entity).collect();
        if !on.contains(&true) {
            continue;
        }
        let tally = tallies.entry(row.entity.clone()).or_default();
        let mut marks = Marks::default();
        marks.fill(row.text.as_bytes());
        let mut hits = Vec::new();
        Ids.find(&row.text, &marks, &on, &mut hits);
        let covered = |at: usize| hits.iter().any(|hit| (hit.start as usize..hit.end as usize).contains(&at));
        let characters: Vec<(usize, char)> = row.text.char_indices().collect();
        let in_spans = row.spans.iter().flat_map(|(start, end)| &characters[*start..*end]);
        let all = in_spans.filter(|(_, c)| c.is_ascii_alphanumeric()).all(|(at, _)| covered(*at));
        match (row.spans.is_empty(), row.weak) {
            (true, _) => {
                tally.negative += 1;
                tally.wrong.extend((!hits.is_empty()).then_some(row.text));
            }
            (false, true) => {
                tally.weak += 1;
                tally.missed_weak.extend((!all).then_some(row.text));
            }
            (false, false) => {
                tally.strong += 1;
                tally.missed.extend((!all).then_some(row.text));
            }
        }
    }
    report(&tallies);
}

fn report(tallies: &BTreeMap<String, Tally>) {
    println!("| entity | found | weak found | false / negatives | missed, missed weak, wrong |");
    let mut sums = [0; 6];
    for (entity, tally) in tallies {
        let Tally { strong, weak, negative, missed, missed_weak, wrong } = tally;
        let counts = [strong - missed.len(), *strong, weak - missed_weak.len(), *weak, wrong.len(), *negative];
        let [a, b, c, d, e, f] = counts;
        println!("| {entity} | {a}/{b} | {c}/{d} | {e}/{f} | {missed:?} {missed_weak:?} {wrong:?} |");
        sums.iter_mut().zip(counts).for_each(|(sum, count)| *sum += count);
    }
    println!("{sums:?}");
}

/// One line of the file: just enough of JSON.
struct Row {
    entity: String,
    text: String,
    spans: Vec<(usize, usize)>,
    weak: bool,
}

impl Row {
    fn of(line: &str) -> Self {
        let spans = line.split_once("\"spans\": [").unwrap().1;
        let spans = spans.split(']').take_while(|part| part.contains('['));
        let numbers = |part: &str| -> (usize, usize) {
            let (start, end) = part.trim_start_matches([',', ' ', '[']).split_once(", ").unwrap();
            (start.parse().unwrap(), end.parse().unwrap())
        };
        Self {
            entity: string(line, "entity"),
            text: string(line, "text"),
            spans: spans.map(numbers).collect(),
            weak: line.contains("\"weak\": true"),
        }
    }
}

/// The string at `key`, its escapes resolved.
fn string(line: &str, key: &str) -> String {
    let mut rest = line.split_once(&format!("\"{key}\": \"")).unwrap().1.chars();
    let mut units = Vec::new();
    while let Some(c) = rest.next().filter(|c| *c != '"') {
        let c = if c == '\\' {
            rest.next().unwrap()
        } else {
            units.extend(c.encode_utf16(&mut [0; 2]).iter());
            continue;
        };
        match c {
            'u' => {
                let hex: String = rest.by_ref().take(4).collect();
                units.push(u16::from_str_radix(&hex, 16).unwrap());
            }
            'n' => units.push(u16::from(b'\n')),
            't' => units.push(u16::from(b'\t')),
            other => units.extend(other.encode_utf16(&mut [0; 2]).iter()),
        }
    }
    String::from_utf16(&units).unwrap()
}
