//! The tables are sound, and the engine finds what they say wherever it stands.

use super::*;
use crate::redaction::detect::Class;

/// What the detectors of `entity` find in `text`.
pub(super) fn found<'a>(entity: &str, text: &'a str) -> Vec<&'a str> {
    let on: Vec<bool> = Ids.detectors().iter().map(|detector| detector.entity == entity).collect();
    assert!(on.contains(&true), "no detector for {entity}");
    hits(text, &on).iter().map(|hit| &text[hit.start as usize..hit.end as usize]).collect()
}

/// Asserts that the detectors of `entity` find each of `good` whole, and nothing in any of `bad`.
pub(super) fn check(entity: &str, good: &[&str], bad: &[&str]) {
    for text in good {
        assert!(found(entity, text).contains(text), "{entity} misses {text}");
    }
    for text in bad {
        assert_eq!(found(entity, text), Vec::<&str>::new(), "{entity} in {text}");
    }
}

fn hits(text: &str, on: &[bool]) -> Vec<Hit> {
    let mut marks = Marks::default();
    marks.fill(text.as_bytes());
    let mut hits = Vec::new();
    Ids.find(text, &marks, on, &mut hits);
    hits
}

fn of_class(class: Class) -> Vec<bool> {
    Ids.detectors().iter().map(|detector| detector.class == class).collect()
}

#[test]
fn rows_are_sound() {
    for row in &ENGINE.rows {
        let Detector { entity, class, words, about } = row.detector;
        assert_eq!(words.is_empty(), class == Class::A, "{entity}");
        let plain =
            |word: &&str| word.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b' ');
        assert!(words.iter().all(plain), "{entity}: {words:?}");
        assert!(!about.is_empty() && !row.shapes.is_empty(), "{entity}");
        for shape in row.shapes {
            assert!(!Shape::compile(shape, 0).is_empty(), "{entity}: {shape}");
        }
    }
}

#[test]
fn samples_are_found_wherever_they_stand() {
    let around = [
        ("", ""),
        ("id=", ";"),
        ("name (", ")"),
        ("das ist die Nummer ", ", bitte"),
        ("ж1: ", "."),
        ("番号は", "です"),
    ];
    let mut entities: Vec<_> = Ids.detectors().iter().map(|detector| detector.entity).collect();
    entities.dedup();
    for entity in entities {
        for seed in 0..12 {
            let Some(sample) = samples::sample(entity, seed) else { panic!("no sample of {entity}") };
            assert_eq!(samples::sample(entity, seed), Some(sample.clone()));
            for (before, behind) in around {
                let text = format!("{before}{sample}{behind}");
                assert!(found(entity, &text).contains(&sample.as_str()), "{entity} in {text}");
            }
            // Every digit is part of something longer here.
            let longer = format!("{sample}0{}", "1".repeat(LONGEST));
            assert!(!found(entity, &longer).contains(&sample.as_str()), "{entity} in {longer}");
        }
    }
}
