//! What the user says of keys: values that are masked whole, or with a strategy of their own.

use schemars::JsonSchema;
use serde::Deserialize;

use super::contrib::{PatternError, Patterns};
use super::mask::Kind;
use super::rules::RuleError;

/// What is done by key: of an attribute, of a member of a map or of JSON in a text, or a path of such joined by dots.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct KeyRule {
    /// Keys: `*` stands for any run of characters, `?` for one. Counts of tokens and costs are meant by their full
    /// names only. Either this or `pattern`.
    #[serde(default)]
    pub key: Option<String>,
    /// Keys, as a regex (RE2) that matches anywhere in them.
    #[serde(default)]
    pub pattern: Option<String>,
    /// What is masked: the whole `value`, or the `matches` in it, as if the key were none of infrastructure or ids.
    /// Default `value`.
    #[serde(default)]
    pub mask: Reaches,
    /// The entity that stands in placeholders and metrics where the whole value is masked. Default `REDACTED`.
    #[serde(default = "redacted")]
    pub name: String,
    /// What is done. Default: as `strategies` and `strategy` say.
    #[serde(default)]
    pub strategy: Option<Kind>,
}

fn redacted() -> String {
    "REDACTED".to_owned()
}

/// How much of a value a key rule masks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Reaches {
    /// What is found in it.
    Matches,
    /// All of it.
    #[default]
    Value,
}

/// Key rules, compiled; in order of precedence.
#[derive(Default)]
pub(super) struct KeyRules(Vec<KeyCheck>);

/// A key rule, compiled.
pub(super) struct KeyCheck {
    keys: Patterns,
    /// Keys are written out: no `*`, no `?`.
    exact: bool,
    /// Which of the configuration's.
    pub(super) rule: usize,
    pub(super) mask: Reaches,
}

impl KeyRules {
    /// Compiles rules.
    pub(super) fn of(rules: &[KeyRule]) -> Result<Self, RuleError> {
        let mut checks = Vec::with_capacity(rules.len());
        for (at, rule) in rules.iter().enumerate() {
            let wrong = |key: &'static str, reason: String| RuleError { rule: at, key, reason };
            let (key, keys, exact) = match (&rule.key, &rule.pattern) {
                (Some(glob), None) => ("key", Patterns::anchored(&[regex(glob)]), !glob.contains(['*', '?'])),
                (None, Some(pattern)) => ("pattern", Patterns::of(std::slice::from_ref(pattern)), false),
                _ => return Err(wrong("", "needs either `key` or `pattern`".into())),
            };
            let keys = keys.map_err(|(_, PatternError(reason))| wrong(key, reason))?;
            checks.push(KeyCheck { keys, exact, rule: at, mask: rule.mask });
        }
        // What masks more wins, and what is written out over what is not; so the order of rules does not matter.
        checks.sort_by_key(|check| std::cmp::Reverse((check.mask, check.exact)));
        Ok(Self(checks))
    }

    /// Whether there is none.
    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The rule that holds for `key`, as [`Self::get`] takes it; `usage` says that it is a count or a cost.
    pub(super) fn of_key(&self, key: &str, usage: bool) -> Option<u16> {
        let at = self.0.iter().position(|check| (check.exact || !usage) && check.keys.any(key))?;
        u16::try_from(at).ok()
    }

    /// A rule.
    pub(super) fn get(&self, at: u16) -> Option<&KeyCheck> {
        self.0.get(usize::from(at))
    }
}

/// A glob as a regex.
fn regex(glob: &str) -> String {
    let mut regex = String::with_capacity(glob.len() + 8);
    for c in glob.chars() {
        match c {
            '*' => regex.push_str("(?s:.*)"),
            '?' => regex.push_str("(?s:.)"),
            c => regex.push_str(&regex::escape(c.encode_utf8(&mut [0; 4]))),
        }
    }
    regex
}

#[cfg(test)]
mod tests;
