//! A diff for people: what came in, what leaves, and where they differ.

use std::fmt::Write;

use pipeline::batch::{Owner, Place};
use processors::redaction::trial::Change;

use super::characters;

const RED: &str = "\x1b[31m";
const GREEN: &str = "\x1b[32m";
/// Bold and inverted, and back to neither.
const STRONG: (&str, &str) = ("\x1b[1;7m", "\x1b[22;27m");
const PLAIN: &str = "\x1b[0m";

/// How a diff is written.
#[derive(Clone, Copy, Debug)]
pub(super) struct Painter {
    pub(super) coloured: bool,
    /// A line for each finding.
    pub(super) explain: bool,
}

/// A part of a line, and whether it changed.
type Piece<'a> = (&'a str, bool);

/// Lines that stand for one another.
#[derive(Default)]
struct Hunk<'a> {
    before: Vec<Piece<'a>>,
    after: Vec<Piece<'a>>,
}

impl Hunk<'_> {
    fn is_changed(&self) -> bool {
        let bytes = |pieces: &[Piece<'_>]| pieces.iter().flat_map(|(piece, _)| piece.bytes()).collect::<Vec<_>>();
        bytes(&self.before) != bytes(&self.after)
    }
}

impl Painter {
    /// A text of its own: every line of it, changed or not.
    pub(super) fn text(&self, change: &Change) -> String {
        let mut out = String::new();
        for hunk in hunks(change) {
            self.hunk(&hunk, change.after.is_some(), &mut out);
        }
        self.findings(change, &mut out);
        out
    }

    /// A value of a document: where it stands, and the lines of it that changed.
    pub(super) fn value(&self, change: &Change) -> String {
        let mut out = format!("@@ {} @@\n", place(change));
        for hunk in hunks(change).iter().filter(|hunk| hunk.is_changed()) {
            self.hunk(hunk, change.after.is_some(), &mut out);
        }
        self.findings(change, &mut out);
        out
    }

    fn hunk(&self, hunk: &Hunk<'_>, leaves: bool, out: &mut String) {
        if !hunk.is_changed() {
            return self.line("  ", "", &hunk.before, out);
        }
        self.line("- ", RED, &hunk.before, out);
        if leaves {
            self.line("+ ", GREEN, &hunk.after, out);
        }
    }

    fn line(&self, sign: &str, colour: &str, pieces: &[Piece<'_>], out: &mut String) {
        let coloured = self.coloured && !colour.is_empty();
        out.push_str(if coloured { colour } else { "" });
        out.push_str(sign);
        for (piece, changed) in pieces {
            let strong = coloured && *changed;
            out.push_str(if strong { STRONG.0 } else { "" });
            shown(piece, out);
            out.push_str(if strong { STRONG.1 } else { "" });
        }
        out.push_str(if coloured { PLAIN } else { "" });
        out.push('\n');
    }

    fn findings(&self, change: &Change, out: &mut String) {
        if !self.explain {
            return;
        }
        for (found, (start, end)) in change.findings.iter().zip(characters(change)) {
            let (class, about, vouched) = (found.class, found.about, found.vouched);
            // Writing to a String does not fail.
            let _ = writeln!(out, "      {start}..{end} {} (class {class}): {about}; {vouched}", found.detector);
        }
    }
}

/// A text as a terminal may see it: nothing in it steers one.
fn shown(text: &str, out: &mut String) {
    for character in text.chars() {
        if character.is_control() && character != '\t' {
            out.extend(character.escape_default());
        } else {
            out.push(character);
        }
    }
}

/// A change line by line, as far as lines stand for one another.
fn hunks(change: &Change) -> Vec<Hunk<'_>> {
    let before = change.before.strip_suffix('\n').unwrap_or(&change.before);
    let after = change.after.as_deref().unwrap_or_default();
    let after = after.strip_suffix('\n').filter(|_| before.len() < change.before.len()).unwrap_or(after);
    let mut hunks = vec![Hunk::default()];
    let (mut read, mut written) = (0, 0);
    for found in &change.findings {
        let end = found.end.min(before.len());
        let kept = &before[read..found.start.min(end)];
        let place = after[written..].find(found.replacement.as_str()).map(|at| written + at);
        let place = place.unwrap_or(written);
        same(kept, &after[written..place], &mut hunks);
        let matched = &before[found.start.min(end)..end];
        let replacement = after[place..].get(..found.replacement.len()).filter(|text| *text == found.replacement);
        let replacement = replacement.unwrap_or_default();
        if let Some(hunk) = hunks.last_mut() {
            hunk.before.push((matched, matched != replacement));
            hunk.after.push((replacement, matched != replacement));
        }
        (read, written) = (end, place + replacement.len());
    }
    same(&before[read..], &after[written..], &mut hunks);
    hunks
}

/// What stands between two findings: the same on both sides, escapes aside.
fn same<'a>(before: &'a str, after: &'a str, hunks: &mut Vec<Hunk<'a>>) {
    let mut push = |before: &'a str, after: &'a str, new: bool| {
        if new {
            hunks.push(Hunk::default());
        }
        if let Some(hunk) = hunks.last_mut() {
            hunk.before.push((before, false));
            hunk.after.push((after, false));
        }
    };
    let newlines = |text: &str| text.bytes().filter(|byte| *byte == b'\n').count();
    if newlines(before) != newlines(after) {
        return push(before, after, false);
    }
    for (at, (before, after)) in before.split('\n').zip(after.split('\n')).enumerate() {
        push(before, after, at > 0);
    }
}

/// Where a value stands: `span attribute gen_ai.prompt`.
fn place(change: &Change) -> String {
    let owner = match change.owner {
        Owner::Resource => "resource",
        Owner::Entity => "entity",
        Owner::Scope => "scope",
        Owner::Span => "span",
        Owner::Event => "event",
        Owner::Link => "link",
        Owner::Log => "log",
        Owner::Body => "body",
    };
    let place = match change.place {
        Place::Key | Place::EntityKey => "key",
        Place::Value if change.owner == Owner::Body => "",
        Place::Value => "attribute",
        Place::Name => "name",
        Place::Version => "version",
        Place::SchemaUrl => "schema URL",
        Place::StatusMessage => "status message",
        Place::TraceState => "trace state",
        Place::SeverityText => "severity text",
        Place::EntityType => "type",
    };
    let mut said = String::new();
    // The name of a key is what is replaced; it is below.
    let key = if change.place == Place::Key { "" } else { change.key.as_str() };
    shown(&[owner, place, key].into_iter().filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" "), &mut said);
    said
}

#[cfg(test)]
mod tests;
