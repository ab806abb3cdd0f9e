//! The patterns of `blocked_values`, `blocked_key_patterns` and their like as one: a gate before all of them, and
//! regexes only where it says that they may match.

use std::ops::Range;

use regex_automata::Input;
use regex_automata::meta::Regex;

use super::gate::Gate;
use super::pattern::{PatternError, build, compile, translated};
use crate::redaction::lanes::places;

/// Patterns in the order of the configuration.
#[derive(Clone, Debug, Default)]
pub struct Patterns {
    regexes: Vec<Regex>,
    gates: Vec<Gate>,
}

impl Patterns {
    /// Compiles `patterns`; with an error, which one it is.
    pub fn of(patterns: &[String]) -> Result<Self, (usize, PatternError)> {
        Self::with(patterns, |pattern| pattern)
    }

    /// Compiles `patterns` to match whole texts only.
    pub fn anchored(patterns: &[String]) -> Result<Self, (usize, PatternError)> {
        Self::with(patterns, |pattern| format!(r"\A(?:{pattern})\z"))
    }

    fn with(patterns: &[String], around: impl Fn(String) -> String) -> Result<Self, (usize, PatternError)> {
        let mut sources = Vec::with_capacity(patterns.len());
        let mut regexes = Vec::with_capacity(patterns.len());
        for (at, pattern) in patterns.iter().enumerate() {
            let source =
                compile(pattern).and_then(|_| translated(pattern)).map(&around).map_err(|error| (at, error))?;
            regexes.push(build(&source).map_err(|error| (at, error))?);
            sources.push(source);
        }
        Ok(Self { regexes, gates: Gate::of(sources.iter().map(String::as_str)) })
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.regexes.is_empty()
    }

    /// Whether the gate leaves any possible in `text`: most often not, and then this is all that is done.
    #[inline]
    pub(super) fn may(&self, text: &str) -> bool {
        self.gates.iter().any(|gate| gate.possible(text.as_bytes()) != 0)
    }

    /// Calls `each` with the patterns that the gate leaves possible in `text`, in order: the gate, the place there
    /// and the place in the configuration.
    fn possible(&self, text: &str, mut each: impl FnMut(&Gate, usize, usize)) {
        for (group, gate) in self.gates.iter().enumerate() {
            let possible = places(gate.possible(text.as_bytes()));
            possible.for_each(|at| each(gate, at, group * u64::BITS as usize + at));
        }
    }

    /// Whether any of them matches in `text`.
    pub fn any(&self, text: &str) -> bool {
        self.first(text).is_some()
    }

    /// The first that matches in `text`, by its place in the configuration.
    pub(super) fn first(&self, text: &str) -> Option<usize> {
        let mut first = None;
        self.possible(text, |gate, bit, at| {
            if first.is_some() {
                return;
            }
            gate.around(bit, text.as_bytes(), |part| {
                if first.is_none() && self.regexes[at].is_match(Input::new(text).range(part)) {
                    first = Some(at);
                }
            });
        });
        first
    }

    /// `text` with what `mask` writes in place of each match of the `from`th pattern, then of the next on what that
    /// left, to the last.
    pub(super) fn replaced_from(&self, from: usize, text: &str, mask: impl Fn(&str, &mut String)) -> String {
        let mut current = text.to_owned();
        for regex in &self.regexes[from..] {
            let mut out = String::with_capacity(current.len());
            let mut written = 0;
            for found in regex.find_iter(&current) {
                out.push_str(&current[written..found.start()]);
                mask(&current[found.range()], &mut out);
                written = found.end();
            }
            out.push_str(&current[written..]);
            current = out;
        }
        current
    }

    /// Everything that any of them finds in `text`, all on the original text: pushed to `found` with the place of the
    /// pattern in the configuration. Empty matches are none.
    pub fn find(&self, text: &str, found: &mut Vec<(usize, Range<usize>)>) {
        self.possible(text, |gate, bit, at| {
            gate.around(bit, text.as_bytes(), |part| {
                // The text around the part is still there for `\b`, `^` and `$`.
                let hits = self.regexes[at].find_iter(Input::new(text).range(part));
                found.extend(hits.map(|hit| (at, hit.range())).filter(|(_, range)| !range.is_empty()));
            });
        });
    }
}
