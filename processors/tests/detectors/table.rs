//! The table of detectors in the documentation says what the code says.

use std::collections::BTreeMap;
use std::path::PathBuf;

use crate::vectors::{Tally, tallies};
use processors::redaction::detect::Detector;
use processors::redaction::detect::samples::FAMILIES;

const HEAD: &str = "\
| entity | class | what it is, and how it is checked | words that vouch for class B | found | with context | false |
|---|---|---|---|---|---|---|
";

/// The last cells of a row: what was found of its vectors.
const NOTHING: [&str; 3] = ["", "", ""];

fn file() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../docs/detectors.md")
}

/// A row for an entity, without its figures.
fn row(entity: &str, detectors: &[&Detector]) -> String {
    let mut classes: Vec<String> = detectors.iter().map(|detector| format!("{:?}", detector.class)).collect();
    classes.sort_unstable();
    classes.dedup();
    let mut abouts: Vec<String> = Vec::new();
    for detector in detectors {
        let about = detector.about.replace('|', "\\|");
        let class = if classes.len() > 1 { format!("{:?}: ", detector.class) } else { String::new() };
        let about = format!("{class}{about}");
        if !abouts.contains(&about) {
            abouts.push(about);
        }
    }
    let mut words: Vec<&str> = detectors.iter().flat_map(|detector| detector.words).copied().collect();
    let mut seen = std::collections::BTreeSet::new();
    words.retain(|word| seen.insert(*word));
    format!("| `{entity}` | {} | {} | {} |", classes.join(", "), abouts.join("; "), words.join(", "))
}

/// The figures that a table has, by entity.
fn written(table: &str) -> BTreeMap<String, [String; 3]> {
    let figures = |line: &str| {
        let cells: Vec<&str> = line.trim_end_matches('|').split(" |").map(str::trim).collect();
        let entity = cells.first()?.strip_prefix("| `")?.strip_suffix('`')?;
        let [.., found, context, wrong] = &cells[..] else { return None };
        Some((entity.to_owned(), [*found, *context, *wrong].map(str::to_owned)))
    };
    table.lines().filter_map(figures).collect()
}

fn measured(tallies: &BTreeMap<String, Tally>) -> BTreeMap<String, [String; 3]> {
    let figures = |tally: &Tally| [tally.strong, tally.weak, tally.negative].map(|share| share.to_string());
    tallies.iter().map(|(entity, tally)| (entity.clone(), figures(tally))).collect()
}

/// The table as the code has it, with these figures.
fn table(figures: &BTreeMap<String, [String; 3]>) -> String {
    let mut entities: BTreeMap<&str, Vec<&Detector>> = BTreeMap::new();
    for detector in FAMILIES.iter().flat_map(|(family, _)| family.detectors()) {
        entities.entry(detector.entity).or_default().push(detector);
    }
    let nothing = NOTHING.map(str::to_owned);
    let row = |(entity, detectors): (&&str, &Vec<&Detector>)| {
        let figures = figures.get(*entity).unwrap_or(&nothing).join(" | ");
        format!("{} {figures} |\n", row(entity, detectors))
    };
    let rows: String = entities.iter().map(row).collect();
    format!("{HEAD}{rows}")
}

#[test]
fn the_documented_detectors_are_those_of_the_code() {
    let document = std::fs::read_to_string(file()).unwrap();
    let start = document.find(HEAD).unwrap_or(document.len());
    let old = &document[start..];
    let end = old.find("\n\n").map_or(old.len(), |end| end + 1);
    let figures = tallies().map_or_else(|| written(&old[..end]), |tallies| measured(&tallies));
    let new = table(&figures);
    if old[..end] != new {
        if std::env::var_os("WRITE_DOCS").is_some() {
            std::fs::write(file(), format!("{}{new}{}", &document[..start], &old[end..])).unwrap();
        }
        panic!("docs/detectors.md is not what the code says; with WRITE_DOCS=1 this test writes it:\n{new}");
    }
}

#[test]
fn figures_are_read_back() {
    let of = |found: &str| BTreeMap::from([("URL".to_owned(), [found, "-", "0/2"].map(str::to_owned))]);
    assert_eq!(written(&table(&of("53/54")))["URL"], of("53/54")["URL"]);
    assert_eq!(written(&table(&BTreeMap::new()))["URL"], NOTHING.map(str::to_owned));
}
