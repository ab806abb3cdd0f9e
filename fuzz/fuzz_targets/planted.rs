//! What both targets of the redaction need: rules to try, and values of detectors in a fuzzed text, drawn here so that
//! the corpus holds nothing that looks like a secret.

use std::cell::RefCell;
use std::sync::LazyLock;

use processors::redaction::detect::samples::FAMILIES;
use processors::redaction::trial::Trial;
use processors::redaction::{Profile, Redaction};

/// The byte that stands for a value; the next says of which entity.
const PLANT: u8 = 1;

/// A value of each entity.
static VALUES: LazyLock<Vec<String>> = LazyLock::new(|| {
    let values = FAMILIES.iter().flat_map(|(family, sample)| {
        let mut entities: Vec<_> = family.detectors().iter().map(|detector| detector.entity).collect();
        entities.dedup();
        entities.into_iter().filter_map(|entity| sample(entity, 7))
    });
    values.collect()
});

thread_local! {
    /// Built once: a plan has hundreds of detectors.
    static TRIALS: [RefCell<Trial>; 2] = [Profile::Default, Profile::Strict].map(|profile| {
        let config = Redaction { profile, ..Redaction::default() };
        RefCell::new(Trial::new(&config).unwrap_or_else(|_| panic!("the block is sound")))
    });
}

/// Tries the default profile, or the strict one.
pub(crate) fn tried(strict: bool, run: impl FnOnce(&mut Trial)) {
    TRIALS.with(|trials| run(&mut trials[usize::from(strict)].borrow_mut()));
}

/// The text that `bytes` describe.
pub(crate) fn text(bytes: &[u8]) -> String {
    let mut text = Vec::new();
    let mut rest = bytes.iter();
    while let Some(byte) = rest.next() {
        match byte {
            &PLANT => {
                let [high, low] = std::array::from_fn(|_| usize::from(*rest.next().unwrap_or(&0)));
                text.extend_from_slice(VALUES[(high << 8 | low) % VALUES.len()].as_bytes());
            }
            byte => text.push(*byte),
        }
    }
    String::from_utf8_lossy(&text).into_owned()
}
