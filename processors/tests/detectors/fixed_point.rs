//! What a redaction leaves, another leaves as it is, however values stand beside one another.

use processors::redaction::detect::Family;
use processors::redaction::detect::samples::{FAMILIES, Sample};
use processors::redaction::trial::Trial;
use processors::redaction::{Profile, Redaction};

use crate::corpus::Draw;

const TEXTS: usize = 2000;

/// What stands between values: words that vouch, and every separator.
const BETWEEN: [&str; 44] = [
    "",
    "",
    " ",
    " ",
    "\n",
    "-",
    ".",
    "_",
    "/",
    ":",
    "=",
    "+",
    "@",
    ",",
    ";",
    "(",
    ")",
    "[",
    "]",
    "\"",
    "'",
    "\\",
    "\\n",
    "é",
    "号",
    "x",
    "0",
    " ssn ",
    " phone: ",
    " address ",
    " passport no ",
    " password=",
    "https://",
    " key: ",
    "\u{5bc6}\u{7801}\u{ff1a}",
    " \u{201c}password\u{201d}: \u{201c}",
    "<password>",
    "</password>",
    " --password ",
    "password%3D",
    "%26",
    "curl -u bob:",
    "bob:x1@tcp(",
    " private_key: /keys/",
];

fn values() -> Vec<String> {
    let value = |(family, sample): &(&dyn Family, Sample)| {
        let mut entities: Vec<_> = family.detectors().iter().map(|detector| detector.entity).collect();
        entities.dedup();
        let sample = *sample;
        entities.into_iter().filter_map(move |entity| sample(entity, 3)).collect::<Vec<_>>()
    };
    FAMILIES.iter().flat_map(value).collect()
}

#[test]
fn a_second_pass_changes_nothing() {
    let values = values();
    let mut draw = Draw::new(7);
    for profile in [Profile::Default, Profile::Strict] {
        let mut trial = Trial::new(&Redaction { profile, ..Redaction::default() }).unwrap();
        for _ in 0..TEXTS {
            let mut text = String::new();
            for _ in 0..2 + draw.below(4) {
                text += BETWEEN[draw.below(BETWEEN.len() as u64) as usize];
                text += &values[draw.below(values.len() as u64) as usize];
            }
            let once = trial.text("", &text).after.unwrap();
            assert_eq!(trial.text("", &once).after.unwrap(), once, "{profile:?}: {text:?}");
        }
    }
}
