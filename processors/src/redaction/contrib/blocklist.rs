//! The patterns of `blocked_values`, `blocked_key_patterns` and their like as one: a gate before all of them, and
//! regexes only where it says that they may match.

use std::ops::Range;

use regex::Regex;

use super::gate::Gate;
use super::pattern::{PatternError, compile, compile_anchored};

/// Patterns in the order of the configuration.
#[derive(Clone, Debug, Default)]
pub struct Patterns {
    regexes: Vec<Regex>,
    gates: Vec<Gate>,
}

impl Patterns {
    /// Compiles `patterns`; with an error, which one it is.
    pub fn of(patterns: &[String]) -> Result<Self, (usize, PatternError)> {
        Self::with(patterns, compile)
    }

    /// Compiles `patterns` to match whole texts only.
    pub fn anchored(patterns: &[String]) -> Result<Self, (usize, PatternError)> {
        Self::with(patterns, compile_anchored)
    }

    fn with(
        patterns: &[String],
        compile: impl Fn(&str) -> Result<Regex, PatternError>,
    ) -> Result<Self, (usize, PatternError)> {
        let compiled = patterns.iter().enumerate().map(|(at, pattern)| compile(pattern).map_err(|error| (at, error)));
        let regexes: Vec<Regex> = compiled.collect::<Result<_, _>>()?;
        let gates = Gate::of(regexes.iter().map(Regex::as_str));
        Ok(Self { regexes, gates })
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.regexes.is_empty()
    }

    /// The patterns that the gate leaves possible in `text`, in order.
    fn possible<'a>(&'a self, text: &'a str) -> impl Iterator<Item = (usize, &'a Regex)> {
        self.gates.iter().enumerate().flat_map(move |(group, gate)| {
            let mut left = gate.possible(text.as_bytes());
            std::iter::from_fn(move || {
                let at = group * u64::BITS as usize + left.trailing_zeros() as usize;
                (left != 0).then(|| {
                    left &= left - 1;
                    (at, &self.regexes[at])
                })
            })
        })
    }

    /// Whether any of them matches in `text`.
    pub fn any(&self, text: &str) -> bool {
        self.possible(text).any(|(_, regex)| regex.is_match(text))
    }

    /// The first that matches in `text`, by its place in the configuration.
    pub(super) fn first(&self, text: &str) -> Option<usize> {
        self.possible(text).find(|(_, regex)| regex.is_match(text)).map(|(at, _)| at)
    }

    /// Those from the `from`th on, without the gate: for text that was changed since.
    pub(super) fn from(&self, from: usize) -> &[Regex] {
        &self.regexes[from..]
    }

    /// Everything that any of them finds in `text`, all on the original text: pushed to `found` with the place of the
    /// pattern in the configuration. Empty matches are none.
    pub fn find(&self, text: &str, found: &mut Vec<(usize, Range<usize>)>) {
        for (at, regex) in self.possible(text) {
            found.extend(regex.find_iter(text).map(|hit| (at, hit.range())).filter(|(_, range)| !range.is_empty()));
        }
    }
}
