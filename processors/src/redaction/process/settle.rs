//! A second pass over what leaves must find nothing: what shows only once something beside it is masked goes with it.
//!
//! Masking moves the edges of words: a number that was glued to a token stands alone behind the token's placeholder.
//! So a text in which something was found is masked for trial and read again, until nothing more is found.

use super::Redactor;
use crate::redaction::mask::{Reach, Strategy};
use crate::redaction::scan::{Found, Site, join};

/// How often a text is read again. Each time something more was found right beside what was found before.
const ROUNDS: usize = 4;
/// From this round on the row in which something more was found goes with it: where one number shows the next, that
/// shows another, and a text full of them would be read for as often as a row is long.
const ROW_FROM: usize = 1;

/// By how much a match grows when it is masked, at most, as a rule: a text that outgrows its room is copied once more.
pub(super) const GROWTH: usize = 32;

/// A match in the text as it came, and what stands for it in the one masked for trial.
struct Piece {
    start: usize,
    end: usize,
    masked: (usize, usize),
}

impl Redactor {
    /// Adds to what was found in `text` what shows only once that is masked; whether there is an end of it.
    pub(super) fn settle(&mut self, text: &str, site: Site<'_>, found: &mut Vec<Found>) -> bool {
        let mut masked = String::with_capacity(text.len() + GROWTH * found.len());
        let mut pieces = Vec::new();
        for round in 0..ROUNDS {
            if !self.mask(text, site, found, &mut masked, &mut pieces) {
                return true;
            }
            self.plan.scanner.find(&masked, site, self.budget.saturating_sub(self.steps), &mut self.second);
            self.steps += self.second.spent;
            if self.steps > self.budget {
                return false;
            }
            let known = found.len();
            let mut done = 0;
            for hit in &self.second.found {
                let hit = Found { start: came(&pieces, hit.start, false), end: came(&pieces, hit.end, true), ..*hit };
                // What was found is in order and does not overlap: only the last that begins no later may hold it.
                let last = found[..known].partition_point(|known| known.start <= hit.start).checked_sub(1);
                if hit.end > done && last.is_none_or(|last| found[last].end < hit.end) {
                    let hit = if round < ROW_FROM { hit } else { row(text, hit, done) };
                    done = hit.end;
                    found.push(hit);
                }
            }
            if found.len() == known {
                return true;
            }
            join(found, &self.plan.scanner.quiet);
        }
        false
    }

    /// Writes `text` as it leaves; whether something in it is masked, and nothing takes all of it away.
    fn mask(&self, text: &str, site: Site<'_>, found: &[Found], masked: &mut String, pieces: &mut Vec<Piece>) -> bool {
        masked.clear();
        pieces.clear();
        let mut copied = 0;
        for found in found {
            let (name, strategy, _) = self.plan.strategy(found.entity, site.other);
            match strategy.reach() {
                Reach::Nothing => continue,
                Reach::Match => {}
                Reach::Value | Reach::Attribute => return false,
            }
            masked.push_str(&text[copied..found.start]);
            let start = masked.len();
            let strategy = if found.joined { &Strategy::Placeholder } else { strategy };
            strategy.apply(name, &text[found.start..found.end], masked);
            pieces.push(Piece { start: found.start, end: found.end, masked: (start, masked.len()) });
            copied = found.end;
        }
        masked.push_str(&text[copied..]);
        copied > 0
    }
}

/// A match with all that stands around it without a blank, and with the numbers over single ones; from `floor` on, where
/// the row before ends. What is written without blanks ends where its letters do.
fn row(text: &str, found: Found, floor: usize) -> Found {
    let before = reach(text[floor.min(found.start)..found.start].chars().rev());
    let behind = reach(text[found.end..].chars());
    Found { start: found.start - before, end: found.end + behind, joined: true, ..found }
}

/// How many bytes of `chars`, which lead away from a match, are of its row.
fn reach(chars: impl Iterator<Item = char>) -> usize {
    let mut chars = chars.peekable();
    let mut bytes = 0;
    while let Some(char) = chars.next() {
        let joins = if char.is_whitespace() {
            char != '\n' && chars.peek().is_some_and(|next| next.is_numeric())
        } else {
            char.is_ascii() || !char.is_alphabetic()
        };
        if !joins {
            break;
        }
        bytes += char.len_utf8();
    }
    bytes
}

/// Where a place of the masked text is in the one that came: the edge of a match, for a place in what stands for it.
fn came(pieces: &[Piece], at: usize, end: bool) -> usize {
    let before = pieces.partition_point(|piece| if end { piece.masked.0 < at } else { piece.masked.0 <= at });
    match before.checked_sub(1).map(|last| &pieces[last]) {
        None => at,
        Some(piece) if end && at <= piece.masked.1 => piece.end,
        Some(piece) if !end && at < piece.masked.1 => piece.start,
        Some(piece) => piece.end + (at - piece.masked.1),
    }
}
