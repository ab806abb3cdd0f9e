//! YAML text to a tree with places: one document, no duplicate keys, anchors and merge keys within a budget.

use std::collections::{HashMap, HashSet};

use granit_parser::{Event, Options, Parser, ScalarStyle, ScanError, Span};

use super::node::{Entry, Node, Scalar, Tree};
use super::report::Diagnostic;
use super::source::Place;

/// The most nodes a text may come to, aliases expanded: a hundred times the largest file we know of.
const MAX_NODES: usize = 200_000;
/// The deepest nesting; our own schema goes to twelve.
const MAX_DEPTH: usize = 64;

/// Reads one text. What is wrong goes to `wrong`; a syntax error ends the reading with no tree.
pub(super) fn parse(text: &str, source: usize, wrong: &mut Vec<Diagnostic>) -> Option<Node> {
    let mut builder = Builder { source, anchors: Vec::new(), nodes: 0, depth: 0, wrong };
    // A byte order mark is no part of the document.
    let (body, skipped) = match text.strip_prefix('\u{feff}') {
        Some(body) => (body, text.len() - body.len()),
        None => (text, 0),
    };
    match builder.document(body) {
        Ok(mut root) => {
            shift(&mut root, skipped);
            Some(root)
        }
        Err(mut stop) => {
            stop.place.start += skipped;
            stop.place.end += skipped;
            let hint = syntax_hint(&stop.message).map(Into::into);
            wrong.push(Diagnostic { hint, ..Diagnostic::error(stop.code, stop.message, Some(stop.place)) });
            None
        }
    }
}

/// What a syntax error usually comes from, by the parser's words.
fn syntax_hint(message: &str) -> Option<&'static str> {
    let known = [
        ("tab", "indent with blanks"),
        ("quoted scalar", "a quote above is not closed"),
        ("illegal placement of ':'", "a `[` or `{` above may not be closed, or a text with `: ` wants quotes"),
        ("mapping values are not allowed", "a `:` is missing above, or a text with `: ` wants quotes"),
        ("flow", "a `[` or `{` may not be closed"),
        ("did not find expected key", "is it indented as its neighbours are?"),
        ("unknown anchor", "`&name` must stand above; a text that starts with `*` wants quotes"),
    ];
    known.into_iter().find(|(words, _)| message.contains(words)).map(|(_, hint)| hint)
}

fn shift(node: &mut Node, by: usize) {
    let moved = |place: &mut Place| {
        place.start += by;
        place.end += by;
    };
    if by == 0 {
        return;
    }
    moved(&mut node.place);
    match &mut node.tree {
        Tree::Scalar(_) => {}
        Tree::List(items) => items.iter_mut().for_each(|item| shift(item, by)),
        Tree::Map(entries) => {
            for entry in entries.iter_mut().chain(&mut node.dropped) {
                moved(&mut entry.key_place);
                shift(&mut entry.value, by);
            }
        }
    }
}

/// Why the reading ended early.
struct Stop {
    code: &'static str,
    message: String,
    place: Place,
}

struct Builder<'w> {
    source: usize,
    /// Anchored trees, by anchor id; few.
    anchors: Vec<(usize, Node)>,
    nodes: usize,
    depth: usize,
    wrong: &'w mut Vec<Diagnostic>,
}

type Events<'i> = Parser<'i, granit_parser::StrInput<'i>>;

impl Builder<'_> {
    fn document(&mut self, text: &str) -> Result<Node, Stop> {
        let mut options = Options::default();
        options.set_emit_comments(false);
        options.flow_nesting_limit = MAX_DEPTH;
        options.block_nesting_limit = MAX_DEPTH;
        let mut events = Parser::new_from_str_with_options(text, options);
        let mut root = None;
        let mut documents = 0;
        while let Some(next) = events.next() {
            let (event, span) = next.map_err(|error| self.syntax(&error, text))?;
            match event {
                Event::StreamEnd => break,
                Event::DocumentStart(..) => documents += 1,
                Event::StreamStart | Event::DocumentEnd => {}
                _ if documents > 1 => {
                    let place = self.place(&span);
                    return Err(Stop { code: "E005", message: "a second document in one file".into(), place });
                }
                event => root = Some(self.node(event, span, &mut events, text)?),
            }
        }
        let nothing = Place { source: self.source, start: 0, end: 0 };
        Ok(root.unwrap_or_else(|| Node::null(nothing)))
    }

    fn syntax(&self, error: &ScanError, text: &str) -> Stop {
        let mark = error.marker();
        let by_chars = || text.char_indices().nth(mark.index()).map_or(text.len(), |(byte, _)| byte);
        let start = mark.byte_offset().unwrap_or_else(by_chars).min(text.len());
        let place = Place { source: self.source, start, end: start };
        Stop { code: "E001", message: error.info(), place }
    }

    fn place(&self, span: &Span) -> Place {
        let range = span.byte_range().unwrap_or_default();
        Place { source: self.source, start: range.start, end: range.end }
    }

    fn next<'i>(&self, events: &mut Events<'i>, text: &str) -> Result<(Event<'i>, Span), Stop> {
        match events.next() {
            Some(next) => next.map_err(|error| self.syntax(&error, text)),
            None => {
                let place = Place { source: self.source, start: text.len(), end: text.len() };
                Err(Stop { code: "E001", message: "the text ends inside a value".into(), place })
            }
        }
    }

    fn node<'i>(&mut self, event: Event<'i>, span: Span, events: &mut Events<'i>, text: &str) -> Result<Node, Stop> {
        let place = self.place(&span);
        self.count(1, place)?;
        let (node, anchor) = match event {
            Event::Scalar(value, style, anchor, tag) => {
                let string = tag.is_some_and(|tag| tag.core_suffix() == Some("str"));
                let plain = style == ScalarStyle::Plain && !string;
                let scalar = Scalar::new(value, plain);
                (Node::new(place, Tree::Scalar(scalar)), anchor)
            }
            Event::SequenceStart(_, anchor, _) => (self.nested(place, |b| b.list(place, events, text))?, anchor),
            Event::MappingStart(_, anchor, _) => (self.nested(place, |b| b.map(place, events, text))?, anchor),
            Event::Alias(anchor) => (self.alias(anchor, place)?, 0),
            _ => return Err(Stop { code: "E001", message: "a value was expected here".into(), place }),
        };
        if anchor > 0 {
            self.count(size(&node), place)?;
            self.anchors.push((anchor, node.clone()));
        }
        Ok(node)
    }

    fn nested(&mut self, place: Place, read: impl FnOnce(&mut Self) -> Result<Node, Stop>) -> Result<Node, Stop> {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            let message = format!("nested deeper than {MAX_DEPTH} levels");
            return Err(Stop { code: "E004", message, place });
        }
        let node = read(self);
        self.depth -= 1;
        node
    }

    fn list<'i>(&mut self, place: Place, events: &mut Events<'i>, text: &str) -> Result<Node, Stop> {
        let mut items = Vec::new();
        loop {
            let (event, span) = self.next(events, text)?;
            if matches!(event, Event::SequenceEnd) {
                let end = self.place(&span).end.max(place.end);
                return Ok(Node::new(Place { end, ..place }, Tree::List(items)));
            }
            items.push(self.node(event, span, events, text)?);
        }
    }

    fn map<'i>(&mut self, place: Place, events: &mut Events<'i>, text: &str) -> Result<Node, Stop> {
        let mut entries: Vec<Entry> = Vec::new();
        let mut merged: Vec<Entry> = Vec::new();
        let mut dropped: Vec<Entry> = Vec::new();
        let mut written: HashMap<String, Place> = HashMap::new();
        loop {
            let (event, span) = self.next(events, text)?;
            if matches!(event, Event::MappingEnd) {
                let end = self.place(&span).end.max(place.end);
                let mut known: HashSet<_> = written.into_keys().collect();
                let (merged, lost): (Vec<_>, _) = merged.into_iter().partition(|from| known.insert(from.key.clone()));
                entries.extend(merged);
                dropped.extend(lost);
                return Ok(Node { dropped, ..Node::new(Place { end, ..place }, Tree::Map(entries)) });
            }
            let key = self.node(event, span, events, text)?;
            let (event, span) = self.next(events, text)?;
            let value = self.node(event, span, events, text)?;
            let Tree::Scalar(Scalar { text: name, plain, .. }) = key.tree else {
                return Err(Stop { code: "E001", message: "a key must be a plain text".into(), place: key.place });
            };
            if plain && name == "<<" {
                self.merge(value, &mut merged)?;
                continue;
            }
            let first = written.get(&name).copied();
            match first {
                Some(first) => self.duplicate(&name, key.place, first),
                None => drop(written.insert(name.clone(), key.place)),
            }
            let list = if first.is_some() { &mut dropped } else { &mut entries };
            list.push(Entry { key: name, key_place: key.place, value });
        }
    }

    fn duplicate(&mut self, key: &str, place: Place, first: Place) {
        let message = format!("key `{key}` is here twice");
        let wrong = Diagnostic::error("E002", message, Some(place));
        self.wrong.push(Diagnostic { first: Some(first), ..wrong });
    }

    /// `<<: *base` or `<<: [*first, *second]`: what is written wins over what is merged, earlier over later.
    fn merge(&self, value: Node, merged: &mut Vec<Entry>) -> Result<(), Stop> {
        let sources = if let Tree::List(items) = value.tree { items } else { vec![value] };
        for source in sources {
            let Tree::Map(entries) = source.tree else {
                return Err(Stop { code: "E001", message: "`<<` merges maps only".into(), place: source.place });
            };
            merged.extend(entries);
        }
        Ok(())
    }

    fn alias(&mut self, anchor: usize, place: Place) -> Result<Node, Stop> {
        let Some((_, node)) = self.anchors.iter().rev().find(|(id, _)| *id == anchor) else {
            return Err(Stop { code: "E001", message: "an alias inside its own anchor".into(), place });
        };
        let node = node.clone();
        self.count(size(&node), place)?;
        Ok(node)
    }

    fn count(&mut self, nodes: usize, place: Place) -> Result<(), Stop> {
        self.nodes += nodes;
        if self.nodes > MAX_NODES {
            let message = format!("more than {MAX_NODES} values, aliases expanded");
            return Err(Stop { code: "E004", message, place });
        }
        Ok(())
    }
}

fn size(node: &Node) -> usize {
    let mut nodes = 0;
    node.visit(&mut |_| nodes += 1);
    nodes
}

#[cfg(test)]
mod tests;
