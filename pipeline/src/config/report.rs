//! What is wrong with a configuration: diagnostics with places, in file order.

use serde_json::{Value, json};

use super::findings::Severity;
use super::render;
use super::secrets::Mask;
use super::source::{Place, Source};

/// One thing that is wrong, or worth a word.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostic {
    /// How bad it is.
    pub severity: Severity,
    /// Its code, of [`super::CODES`].
    pub code: &'static str,
    /// What is wrong. Never holds a secret.
    pub message: String,
    /// Where; none where the whole configuration is meant.
    pub place: Option<Place>,
    /// Another place that belongs to it: the first of two.
    pub first: Option<Place>,
    /// The dotted path of the key.
    pub path: String,
    /// What to do.
    pub hint: Option<String>,
}

impl Diagnostic {
    pub(super) fn new(severity: Severity, code: &'static str, message: impl Into<String>) -> Self {
        let message = message.into();
        Self { severity, code, message, place: None, first: None, path: String::new(), hint: None }
    }

    pub(super) fn error(code: &'static str, message: impl Into<String>, place: Option<Place>) -> Self {
        Self { place, ..Self::new(Severity::Error, code, message) }
    }

    pub(super) fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    pub(super) fn path(mut self, path: impl Into<String>) -> Self {
        self.path = path.into();
        self
    }
}

/// Every diagnostic of a configuration, errors and all else, by place.
#[derive(Clone, Debug, Default)]
pub struct Report {
    /// The texts that the places are of.
    pub(super) sources: Vec<Source>,
    /// What of them is never shown.
    pub(super) mask: Mask,
    /// The diagnostics, in file order.
    pub diagnostics: Vec<Diagnostic>,
}

impl Report {
    pub(super) fn new(sources: Vec<Source>, mask: Mask, mut diagnostics: Vec<Diagnostic>) -> Self {
        for diagnostic in &mut diagnostics {
            diagnostic.message = mask.text(&diagnostic.message);
            diagnostic.hint = diagnostic.hint.as_deref().map(|hint| mask.text(hint));
        }
        let whole = (usize::MAX, 0);
        diagnostics.sort_by_key(|d| {
            let place = d.place.map_or(whole, |place| (place.source, place.start));
            (place, d.severity, d.code, d.message.clone())
        });
        diagnostics.dedup();
        Self { sources, mask, diagnostics }
    }

    /// This report and `other`, of the same sources.
    #[must_use]
    pub fn and(mut self, other: Self) -> Self {
        self.diagnostics.extend(other.diagnostics);
        Self::new(self.sources, self.mask, self.diagnostics)
    }

    /// How many errors there are.
    pub fn errors(&self) -> usize {
        self.count(Severity::Error)
    }

    /// How many warnings there are.
    pub fn warnings(&self) -> usize {
        self.count(Severity::Warning)
    }

    fn count(&self, severity: Severity) -> usize {
        self.diagnostics.iter().filter(|diagnostic| diagnostic.severity == severity).count()
    }

    /// For people, as rustc writes; the last line counts. Empty where nothing is to be said.
    pub fn human(&self, coloured: bool) -> String {
        render::human(self, coloured)
    }

    /// One diagnostic for people.
    pub fn human_one(&self, diagnostic: &Diagnostic, coloured: bool) -> String {
        render::one(self, diagnostic, coloured)
    }

    /// For programs. Stable: `version` grows when a key changes its meaning.
    pub fn json(&self) -> Value {
        json!({
            "version": 1,
            "diagnostics": self.diagnostics.iter().map(|each| self.json_one(each)).collect::<Vec<_>>(),
            "errors": self.errors(),
            "warnings": self.warnings(),
        })
    }

    fn json_one(&self, diagnostic: &Diagnostic) -> Value {
        let place = diagnostic.place.and_then(|place| Some((place, self.sources.get(place.source)?)));
        let start = place.map(|(place, source)| source.position(place.start));
        let end = place.map(|(place, source)| source.position(place.end));
        json!({
            "severity": diagnostic.severity.name(),
            "code": diagnostic.code,
            "message": diagnostic.message,
            "file": place.map(|(_, source)| source.name.as_str()),
            "line": start.map(|position| position.line),
            "column": start.map(|position| position.column),
            "end_line": end.map(|position| position.line),
            "end_column": end.map(|position| position.column),
            "path": diagnostic.path,
            "hint": diagnostic.hint,
        })
    }
}
