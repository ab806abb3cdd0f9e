//! What makes many patterns cheap: a text that cannot match any of them is told so in one pass, without a regex.
//!
//! From each pattern follows what every match must hold: so many bytes, so many digits and so many of them in a row, rare
//! bytes such as `@`, and a window, a run of places each of which must be one of a set of bytes. A survey of a text counts
//! the digits and sees which rare bytes there are; tables turn that into the patterns still possible; their windows are
//! then looked for by skips. What remains is for the regex. All of it is necessary and nothing sufficient:
//! `tests.rs` holds that whatever a pattern matches, the gate lets through.

mod need;
mod survey;
mod window;

use std::ops::Range;

use crate::redaction::lanes::places;
use need::{Need, Rare};
use survey::{Digits, Survey};
use window::Window;

/// Patterns in a group: one bit each.
const GROUP: usize = u64::BITS as usize;

/// Ranges of bytes that the survey of a group looks for: each doubles a table.
const RARE: usize = 8;

/// Digit counts told apart; a match that needs more is let through by as many.
const DIGITS: usize = 17;

/// Lengths told apart.
const LENGTHS: usize = 64;

/// The gate of up to 64 patterns.
#[derive(Clone, Debug)]
pub(super) struct Gate {
    survey: Survey,
    /// For each pattern, the ranges that it asks for.
    wants: Vec<usize>,
    /// For each set of rare bytes present, the patterns that it leaves possible.
    by_presence: Vec<u64>,
    by_digits: [u64; DIGITS],
    by_run: [u64; Digits::RUN + 1],
    by_length: [u64; LENGTHS],
    windows: Vec<Option<Window>>,
    longest: Vec<Option<usize>>,
}

/// Windows after which the rest of a text is one place to look at.
const MAX_WINDOWS: usize = 32;

/// The longest match that is looked for around windows only.
const MAX_AROUND: usize = 256;

impl Gate {
    /// The gates of `patterns`, as translated, 64 to each.
    pub(super) fn of<'a>(patterns: impl Iterator<Item = &'a str>) -> Vec<Self> {
        let needs: Vec<Need> = patterns.map(Need::of).collect();
        needs.chunks(GROUP).map(Self::group).collect()
    }

    fn group(needs: &[Need]) -> Self {
        let mut all: Vec<&Rare> = needs.iter().flat_map(|need| &need.rare).collect();
        all.sort_by(|one, two| one.frequency.total_cmp(&two.frequency));
        let mut rare: Vec<(u8, u8)> = Vec::new();
        for range in all.into_iter().flat_map(|rare| &rare.ranges) {
            if !rare.contains(range) && rare.len() < RARE {
                rare.push(*range);
            }
        }
        let bits = |possible: &dyn Fn(&Need) -> bool| {
            needs.iter().enumerate().fold(0, |bits, (at, need)| bits | u64::from(possible(need)) << at)
        };
        let present = |set: usize, range: &(u8, u8)| match rare.iter().position(|known| known == range) {
            Some(at) => set >> at & 1 == 1,
            // Not surveyed: it may be there.
            None => true,
        };
        let has = |set: usize, rare: &Rare| rare.ranges.iter().any(|range| present(set, range));
        let possible = |set: usize, need: &Need| need.rare.iter().all(|rare| has(set, rare));
        let wanted = |need: &Need| {
            let ranges = need.rare.iter().flat_map(|rare| &rare.ranges);
            ranges.filter_map(|range| rare.iter().position(|known| known == range)).fold(0, |set, at| set | 1 << at)
        };
        Self {
            wants: needs.iter().map(wanted).collect(),
            by_presence: (0..1 << rare.len()).map(|set| bits(&|need| possible(set, need))).collect(),
            by_digits: std::array::from_fn(|count| bits(&|need| need.digits.min(DIGITS - 1) <= count)),
            by_run: std::array::from_fn(|run| bits(&|need| need.run.min(Digits::RUN) <= run)),
            by_length: std::array::from_fn(|length| bits(&|need| need.length.min(LENGTHS - 1) <= length)),
            windows: needs.iter().map(|need| need.window.clone()).collect(),
            longest: needs.iter().map(|need| need.longest.filter(|longest| *longest <= MAX_AROUND)).collect(),
            survey: Survey::of(&rare),
        }
    }

    /// The patterns that may match in `text`, a bit each.
    #[inline]
    pub(super) fn possible(&self, text: &[u8]) -> u64 {
        let by_length = self.by_length[text.len().min(LENGTHS - 1)];
        if by_length == 0 {
            return 0;
        }
        let digits = Digits::of(text);
        let possible = by_length & self.by_digits[digits.count.min(DIGITS - 1)] & self.by_run[digits.run];
        let wanted = places(possible).fold(0, |wanted, at| wanted | self.wants[at]);
        let possible = possible & self.by_presence[self.survey.see(text, wanted)];
        if possible == 0 { 0 } else { self.with_windows(possible, text) }
    }

    /// Those of `possible` whose windows stand in `text`.
    fn with_windows(&self, possible: u64, text: &[u8]) -> u64 {
        let stands = |at: &usize| self.windows[*at].as_ref().is_none_or(|window| window.find(text, 0).is_some());
        places(possible).filter(stands).fold(0, |left, at| left | 1 << at)
    }

    /// The parts of `text` in which the pattern at `at` may match: around its windows, as far as a match reaches. A
    /// match is wholly in one of them.
    pub(super) fn around(&self, at: usize, text: &[u8], mut look: impl FnMut(Range<usize>)) {
        let (Some(window), Some(longest)) = (&self.windows[at], self.longest[at]) else {
            return look(0..text.len());
        };
        let mut part: Range<usize> = 0..0;
        let mut from = 0;
        for count in 0.. {
            let Some(found) = window.find(text, from) else { break };
            let start = (found + window.length()).saturating_sub(longest);
            if start > part.end || part.is_empty() {
                if !part.is_empty() {
                    look(part.clone());
                }
                part.start = start;
            }
            part.end = if count < MAX_WINDOWS { (found + longest).min(text.len()) } else { text.len() };
            if part.end == text.len() {
                break;
            }
            from = found + 1;
        }
        if !part.is_empty() {
            look(part);
        }
    }
}

#[cfg(test)]
mod tests;
