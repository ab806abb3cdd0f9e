//! What personal data and secrets look like: families of detectors over one text.
//!
//! A [`Family`] is a list of [`Detector`]s and a function that finds all of them in one go. It sees the whole text
//! and [`Marks`], the places worth a look; what it pushes are [`Hit`]s: sound in themselves (shape, checksum,
//! boundaries), not yet judged by context, and they may overlap. Class B hits count only when something vouches for
//! them (a word near them, the key, the path): the judge looks that up, with the words of the detector.

pub mod contact;
pub mod financial;
pub mod ids;
pub mod marks;
pub mod near;
pub mod network;
#[cfg(any(test, feature = "samples"))]
pub mod samples;
pub mod secrets;

use std::ops::Deref;

pub use marks::Marks;
use near::{ALL, Near, Wards};

/// How much a shape says by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Class {
    /// Unmistakable: a checksum with structure, or an issuer's prefix. Always counts.
    A,
    /// Plausible: counts when a word near it, the key or the path vouches for it.
    B,
    /// Everyday shapes (dates, bare IP addresses): counts when asked for.
    C,
}

/// One kind of thing a family can find. An entity may have several: a card number in groups is surer than a bare one.
#[derive(Clone, Copy, Debug)]
pub struct Detector {
    /// The entity's name, as placeholders, metrics and configuration have it: `EMAIL_ADDRESS`.
    pub entity: &'static str,
    /// How much the shape says.
    pub class: Class,
    /// Words that vouch for a class B hit: lower-case ASCII, matched as whole words (a space stands for any run of
    /// spaces, `_` or `-`). Empty for class A.
    pub words: &'static [&'static str],
    /// What it is and how it is checked, in a line, for `components` and the docs.
    pub about: &'static str,
}

/// Something found: bytes `start..end` of the text, on character boundaries.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Hit {
    /// Where it starts, in bytes.
    pub start: u32,
    /// Where it ends, in bytes.
    pub end: u32,
    /// Which of the family's detectors, as an index into [`Family::detectors`].
    pub detector: u16,
}

/// What was found in a text, and what looking for it took.
#[derive(Clone, Debug)]
pub struct Hits {
    all: Vec<Hit>,
    spent: usize,
    most: usize,
    /// What words vouch for in this text, and whether nothing else does.
    pub(super) near: Near,
    pub(super) heeds: bool,
    passed: bool,
}

/// Nothing yet, and no end to the looking.
impl Default for Hits {
    fn default() -> Self {
        Self { all: Vec::new(), spent: 0, most: usize::MAX, near: Near::default(), heeds: false, passed: false }
    }
}

impl Hits {
    /// Forgets what was found and begins anew, with so many steps to go.
    pub(super) fn begin(&mut self, most: usize) {
        self.all.clear();
        (self.spent, self.most, self.passed) = (0, most, false);
    }

    /// What may count between bytes `start` and `end` of `text`, as [`Rank::wards`] has it.
    #[inline]
    pub fn may_count(&self, text: &[u8], start: usize, end: usize) -> Wards {
        if self.heeds { self.near.of(text, (start, end)) } else { ALL }
    }

    /// Whether only what is sure may count of what begins and ends between bytes `start` and `end`, and not within a word of
    /// ASCII.
    #[inline]
    pub fn is_calm(&self, start: usize, end: usize) -> bool {
        self.heeds && self.near.is_calm(start, end)
    }

    /// Something may have been left out that [could not count](Self::may_count) here.
    #[inline]
    pub fn pass(&mut self) {
        self.passed = true;
    }

    /// Whether something may have been left out.
    pub(super) fn passed(&self) -> bool {
        self.passed
    }

    /// Adds one.
    #[inline]
    pub fn push(&mut self, hit: Hit) {
        self.all.push(hit);
    }

    /// Takes steps, each about as long as it takes to read a byte with care: what is more work than the marks of a text
    /// have. Where it takes more than are [left](Self::left), the text counts as one that cannot be read safely.
    pub fn spend(&mut self, steps: usize) {
        self.spent = self.spent.saturating_add(steps);
    }

    /// The steps that were taken.
    pub(super) fn spent(&self) -> usize {
        self.spent
    }

    /// How many steps may be taken.
    pub fn left(&self) -> usize {
        self.most.saturating_sub(self.spent)
    }
}

impl Extend<Hit> for Hits {
    fn extend<I: IntoIterator<Item = Hit>>(&mut self, hits: I) {
        self.all.extend(hits);
    }
}

impl Deref for Hits {
    type Target = [Hit];

    fn deref(&self) -> &[Hit] {
        &self.all
    }
}

/// Which of several hits of the same place stands.
#[derive(Clone, Copy, Debug)]
pub struct Rank {
    /// The least stands.
    pub order: u16,
    /// It counts whatever is around it.
    pub sure: bool,
    /// Bits of which one must be among those that [may count](Hits::may_count) at a place.
    pub wards: Wards,
}

/// Detectors that look for their things together.
pub trait Family: Send + Sync {
    /// What it can find.
    fn detectors(&self) -> &'static [Detector];

    /// Prepares for looking for these only, as `on` says, from here on. `ranks` are of the detectors: of a place where
    /// something sure was found nothing has to be pushed that could not stand.
    fn narrow(&mut self, _on: &[bool], _ranks: &[Rank]) {}

    /// Pushes what stands in `text` of the detectors for which `on` holds (same index as [`Self::detectors`]).
    ///
    /// Linear in the text whatever it is: bounded work per mark. Nothing is found outside what `marks` shows. Work that
    /// may be much is [told](Hits::spend), and ends where there are no steps left.
    fn find(&self, text: &str, marks: &Marks, on: &[bool], hits: &mut Hits);
}

#[cfg(test)]
mod tests;
