//! What is wrong with a component's block, by key; the file adds the places.

/// How bad a finding is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// The process does not start.
    Error,
    /// It starts, and this is probably not what was meant.
    Warning,
    /// It starts, and this means something else here than in the Collector.
    Note,
}

impl Severity {
    /// As messages and JSON name it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warning => "warning",
            Self::Note => "note",
        }
    }
}

/// One finding in a component's block.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// How bad it is.
    pub severity: Severity,
    /// A stable code: `E…`, `W…` or `N…`.
    pub code: &'static str,
    /// The key it is about, dotted, relative to the block; empty for the block itself.
    pub key: String,
    /// What is wrong. Never holds a secret.
    pub message: String,
    /// What to do instead.
    pub hint: Option<String>,
}

/// The findings of one block.
#[derive(Debug, Default)]
pub struct Findings(pub Vec<Finding>);

impl Findings {
    /// Adds an error.
    pub fn error(&mut self, key: &str, code: &'static str, message: impl Into<String>) -> &mut Finding {
        self.add(Severity::Error, key, code, message.into())
    }

    /// Adds a warning.
    pub fn warn(&mut self, key: &str, code: &'static str, message: impl Into<String>) -> &mut Finding {
        self.add(Severity::Warning, key, code, message.into())
    }

    /// Adds a note.
    pub fn note(&mut self, key: &str, code: &'static str, message: impl Into<String>) -> &mut Finding {
        self.add(Severity::Note, key, code, message.into())
    }

    fn add(&mut self, severity: Severity, key: &str, code: &'static str, message: String) -> &mut Finding {
        let at = self.0.len();
        self.0.push(Finding { severity, code, key: key.into(), message, hint: None });
        &mut self.0[at]
    }
}

impl Finding {
    /// Says what to do instead.
    pub fn hint(&mut self, hint: impl Into<String>) {
        self.hint = Some(hint.into());
    }
}
