//! Diagnostics for people: the source line, carets and a hint, by annotate-snippets.

use annotate_snippets::{AnnotationKind, Element, Level, Origin, Renderer, Snippet};

use super::findings::Severity;
use super::report::{Diagnostic, Report};

/// Hints up to this long stand beside the carets, longer ones below.
const SHORT_HINT: usize = 60;

pub(super) fn human(report: &Report, coloured: bool) -> String {
    let mut text = String::new();
    for diagnostic in &report.diagnostics {
        text.push_str(&one(report, diagnostic, coloured));
        text.push_str("\n\n");
    }
    if !report.diagnostics.is_empty() {
        text.push_str(&summary(report));
        text.push('\n');
    }
    text
}

fn summary(report: &Report) -> String {
    let count = |number: usize, what: &str| match number {
        1 => format!("1 {what}"),
        number => format!("{number} {what}s"),
    };
    let notes = report.diagnostics.len() - report.errors() - report.warnings();
    let counts = [(report.errors(), "error"), (report.warnings(), "warning"), (notes, "note")];
    let counts = counts.into_iter().filter(|(number, _)| *number > 0);
    counts.map(|(number, what)| count(number, what)).collect::<Vec<_>>().join(", ")
}

pub(super) fn one(report: &Report, diagnostic: &Diagnostic, coloured: bool) -> String {
    let level = match diagnostic.severity {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
        Severity::Note => Level::NOTE,
    };
    let renderer = if coloured { Renderer::styled() } else { Renderer::plain() };
    let title = level.primary_title(diagnostic.message.as_str()).id(diagnostic.code);
    let mut elements: Vec<Element<'_>> = Vec::new();
    let mut hint = diagnostic.hint.as_deref();
    if let Some((place, source)) = diagnostic.place.and_then(|place| Some((place, report.sources.get(place.source)?))) {
        let (line, range) = report.mask.line(source, place);
        let label = hint.take_if(|hint| hint.chars().count() <= SHORT_HINT);
        let annotation = AnnotationKind::Primary.span(range).label(label);
        let number = source.position(place.start).line;
        elements
            .push(Snippet::source(line).path(source.name.as_str()).line_start(number).annotation(annotation).into());
    }
    if let Some(hint) = hint {
        elements.push(Level::HELP.message(hint).into());
    }
    if let Some((place, source)) = diagnostic.first.and_then(|place| Some((place, report.sources.get(place.source)?))) {
        let position = source.position(place.start);
        elements.push(Level::NOTE.message("the first one is here").into());
        elements.push(Origin::path(source.name.as_str()).line(position.line).char_column(position.column).into());
    }
    renderer.render(&[title.elements(elements)])
}
