//! The marks are a gate that holds nothing back: whatever a detector finds when it looks everywhere, it finds by them.

use proptest::prelude::*;

use super::samples::FAMILIES;
use super::*;

/// A value of an entity, made up by its family.
fn sample(entity: &str, seed: u64) -> Option<String> {
    FAMILIES.iter().find_map(|(_, sample)| sample(entity, seed))
}

fn entities() -> Vec<&'static str> {
    let detectors = FAMILIES.iter().flat_map(|(family, _)| family.detectors());
    let mut entities: Vec<_> = detectors.map(|known| known.entity).collect();
    entities.sort_unstable();
    entities.dedup();
    entities
}

/// What all families find, in order.
fn hits(text: &str, marks: &Marks) -> Vec<(&'static str, u32, u32)> {
    let mut all = Vec::new();
    for (family, _) in FAMILIES {
        let (on, mut hits) = (vec![true; family.detectors().len()], Hits::default());
        family.find(text, marks, &on, &mut hits);
        let entity = |hit: &Hit| family.detectors()[usize::from(hit.detector)].entity;
        all.extend(hits.iter().map(|hit| (entity(hit), hit.start, hit.end)));
    }
    all.sort_unstable();
    all.dedup();
    all
}

fn by_marks(text: &str) -> Vec<(&'static str, u32, u32)> {
    let mut marks = Marks::default();
    marks.fill(text.as_bytes());
    hits(text, &marks)
}

#[test]
fn every_entity_is_found_by_the_marks() {
    let found = |entity: &&str| {
        let texts = (0..20).filter_map(|seed| sample(entity, seed));
        texts.map(|value| by_marks(&value)).any(|hits| hits.iter().any(|(found, ..)| found == entity))
    };
    let missed: Vec<_> = entities().into_iter().filter(|entity| !found(entity)).collect();
    assert_eq!(missed, [] as [&str; 0]);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]
    /// Scenario: a match of every detector, at any place of any text. Guarantees: what is found by the marks is what
    /// is found by looking everywhere, and nothing is found in what is too short to be looked at.
    #[test]
    fn whatever_is_there_is_let_through(
        before in "[ -~éß\u{4f60}\u{ff0c}\n]{0,70}",
        after in "[ -~éß\u{4f60}\u{ff11}\n]{0,70}",
        seed in any::<u64>(),
    ) {
        let scanner = crate::redaction::scan::Scanner::default();
        for value in entities().into_iter().filter_map(|entity| sample(entity, seed)) {
            for text in [value.clone(), format!("{before} {value} {after}"), format!("{before}{value}{after}")] {
                let everywhere = hits(&text, &Marks::everywhere(text.as_bytes()));
                prop_assert_eq!(&by_marks(&text), &everywhere, "in {:?}", text);
                prop_assert!(everywhere.is_empty() || !scanner.is_blank(&text), "{:?} in {:?}", everywhere, text);
            }
        }
        let short: String = before.chars().take(14).collect();
        let everywhere = hits(&short, &Marks::everywhere(short.as_bytes()));
        prop_assert!(everywhere.is_empty() || !scanner.is_blank(&short), "{:?} in {:?}", everywhere, short);
    }
}
