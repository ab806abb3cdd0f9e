//! The proofs that every family gives, for the tests of the three families here: samples are found wherever they
//! stand, clean text has none, and text made to be slow is survived.

use super::samples::Draw;
use crate::redaction::detect::{Family, Hits, Marks};

/// Everything the family finds, as pieces of the text and entities.
pub(crate) fn found<'a>(family: &dyn Family, text: &'a str) -> Vec<(&'static str, &'a str)> {
    let on = vec![true; family.detectors().len()];
    spans(family, text, &on).into_iter().map(|(entity, span)| (entity, &text[span])).collect()
}

/// What the family finds of one entity.
pub(crate) fn found_of<'a>(family: &dyn Family, entity: &str, text: &'a str) -> Vec<&'a str> {
    let on: Vec<_> = family.detectors().iter().map(|detector| detector.entity == entity).collect();
    spans(family, text, &on).into_iter().map(|(_, span)| &text[span]).collect()
}

fn spans(family: &dyn Family, text: &str, on: &[bool]) -> Vec<(&'static str, std::ops::Range<usize>)> {
    let mut marks = Marks::default();
    marks.fill(text.as_bytes());
    let mut hits = Hits::default();
    family.find(text, &marks, on, &mut hits);
    let mut hits = hits.to_vec();
    hits.sort_by_key(|hit| (hit.start, hit.end, hit.detector));
    let detectors = family.detectors();
    hits.iter().map(|hit| (detectors[hit.detector as usize].entity, hit.start as usize..hit.end as usize)).collect()
}

/// Text without anything to find: words, punctuation and letters of several scripts.
pub(crate) fn clean_text(draw: &mut Draw) -> String {
    const WORDS: [&str; 12] =
        ["the", "model", "answers", "—", "größer", "данные", "結果", "and", "(see", "below)", "…", "ok;"];
    (0..draw.below(40)).map(|_| WORDS[draw.below(WORDS.len())]).collect::<Vec<_>>().join(" ")
}

/// Samples of every entity of the family are found in clean text, and clean text alone has no hit.
pub(crate) fn samples_are_found(family: &dyn Family, sample: impl Fn(&str, u64) -> Option<String>) {
    let mut draw = Draw::new(7);
    for seed in 0..60 {
        for detector in family.detectors() {
            let value = sample(detector.entity, seed).unwrap_or_else(|| panic!("no sample of {}", detector.entity));
            let (before, after) = (clean_text(&mut draw), clean_text(&mut draw));
            assert_eq!(found(family, &before), [], "{before:?}");
            for text in [format!("{before} {value} {after}"), format!("{before}\"{value}\"{after}"), value.clone()] {
                let found = found_of(family, detector.entity, &text);
                let whole = found.iter().any(|span| value.contains(*span) || span.contains(&value));
                assert!(whole, "{} {value:?} in {text:?}: {found:?}", detector.entity);
            }
        }
    }
}

/// Text made to be slow is read in the end, and what is pushed lies on the boundaries of characters.
pub(crate) fn hostile_text_is_survived(family: &dyn Family) {
    let pieces = [
        "1", "@", ":", "=", "1 ", "1-", "1.", "a1", "::", "://", "@a.", "a@", "0x", "(1)", "+1 ", "é1", "号1", "=a&b=",
        "A1", "00:", "f-", "１", "%40", "bc1", "DE89", "\"@", "?a=", "＋１ ",
    ];
    for piece in pieces {
        let text = piece.repeat(20_000);
        for (_, span) in found(family, &text) {
            assert!(!span.is_empty());
        }
    }
    let mut draw = Draw::new(1);
    for _ in 0..2_000 {
        let text: String = (0..draw.below(30)).map(|_| pieces[draw.below(pieces.len())]).collect();
        found(family, &text);
    }
}
