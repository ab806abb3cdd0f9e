//! What one row of the tables says about an identifier: its shapes, its check and the words that vouch for it.

use crate::redaction::detect::{Class, Detector};

/// One kind of identifier, in the shapes that share a class. `shape.rs` has the notation of the shapes.
#[derive(Clone, Copy, Debug)]
pub(super) struct Row {
    /// What the family tells others about it.
    pub(super) detector: Detector,
    /// How it is written.
    pub(super) shapes: &'static [&'static str],
    /// Whether its letters (upper case) and digits, separators left out, can be one that was issued.
    pub(super) check: fn(&[u8]) -> bool,
}

/// A row of class A: unmistakable.
pub(super) const fn sure(
    entity: &'static str,
    shapes: &'static [&'static str],
    check: fn(&[u8]) -> bool,
    about: &'static str,
) -> Row {
    Row { detector: Detector { entity, class: Class::A, words: &[], about }, shapes, check }
}

/// A row of class B: counts when one of `words` vouches for it.
pub(super) const fn vouched(
    entity: &'static str,
    shapes: &'static [&'static str],
    check: fn(&[u8]) -> bool,
    words: &'static [&'static str],
    about: &'static str,
) -> Row {
    Row { detector: Detector { entity, class: Class::B, words, about }, shapes, check }
}

/// The check of an identifier that has only a shape.
pub(super) fn shape_only(_: &[u8]) -> bool {
    true
}
