//! The user's own patterns: a regex, perhaps a part of what it matches, a check by name, words that must vouch.

use std::ops::Range;

use regex::Regex;
use schemars::JsonSchema;
use serde::Deserialize;

use super::contrib::{PatternError, Patterns, compile};
use super::detect::ids::checksum;
use super::mask::Kind;
use super::words::Vouchers;

/// A pattern of one's own.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    /// The entity it finds, in capitals: `EMPLOYEE_ID`. One that detectors find too has its strategy.
    pub name: String,
    /// A regex (RE2, linear in the text) of what is to be masked.
    pub pattern: String,
    /// The capture group that is masked, by number or name; what is matched around it stays. Default: the whole match.
    #[serde(default)]
    pub capture: Option<Capture>,
    /// A check of the letters and digits that are masked; what fails it stays. Default none.
    #[serde(default)]
    pub validator: Option<Validator>,
    /// Words of which one must stand near the match, in its key or on the path to it. Default none: every match counts.
    #[serde(default)]
    pub words: Vec<String>,
    /// What is done with it. Default: as `strategies` and `strategy` say.
    #[serde(default)]
    pub strategy: Option<Kind>,
}

/// A capture group.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum Capture {
    /// By number, the first is 1.
    Number(usize),
    /// By name: `(?P<name>...)`.
    Name(String),
}

/// Checks by name. Blanks, `-`, `.` and `/` between letters and digits do not count.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Validator {
    /// ISO/IEC 7812-1: cards, IMEI, many ids.
    Luhn,
    /// ISO 7064 MOD 97-10: LEI, RF creditor references.
    Mod97,
    /// As `mod97`, with country and check digits in front, as account numbers have them.
    Iban,
    /// ISO 7064 MOD 11-2: ORCID, Chinese identity numbers; the last may be `X`.
    Mod11_2,
    /// ISO 7064 MOD 11,10: German tax ids.
    Mod11_10,
    /// Verhoeff: Aadhaar.
    Verhoeff,
}

impl Validator {
    /// Whether what is matched passes.
    fn passes(self, matched: &str) -> bool {
        let mut id: Vec<u8> = matched.bytes().filter(|byte| !matches!(byte, b' ' | b'-' | b'.' | b'/')).collect();
        id.make_ascii_uppercase();
        let digits = |from: usize, to: usize| id.len() >= 2 && id[from..to].iter().all(u8::is_ascii_digit);
        let alphanumeric = id.len() > 4 && id.iter().all(u8::is_ascii_alphanumeric);
        match self {
            Self::Luhn => digits(0, id.len()) && checksum::luhn(&id),
            Self::Mod97 => alphanumeric && checksum::mod97(&id) == 1,
            Self::Iban => {
                alphanumeric && {
                    id.rotate_left(4);
                    checksum::mod97(&id) == 1
                }
            }
            Self::Mod11_2 => {
                digits(0, id.len().saturating_sub(1))
                    && id.last().is_some_and(|last| last.is_ascii_digit() || *last == b'X')
                    && checksum::mod11_2(&id)
            }
            Self::Mod11_10 => digits(0, id.len()) && checksum::mod11_10(&id),
            Self::Verhoeff => digits(0, id.len()) && checksum::verhoeff(&id),
        }
    }
}

/// Rules, compiled.
#[derive(Default)]
pub(super) struct Rules {
    patterns: Patterns,
    checks: Vec<Check>,
}

struct Check {
    capture: Option<(Regex, usize)>,
    validator: Option<Validator>,
    words: Option<Vouchers>,
    entity: u16,
}

/// Why a rule cannot be compiled.
pub(super) struct RuleError {
    /// Which of the configuration's.
    pub(super) rule: usize,
    /// At which of its keys; empty for the rule itself.
    pub(super) key: &'static str,
    /// What is wrong.
    pub(super) reason: String,
}

impl Rules {
    /// Compiles rules, each with its entity as the plan numbers them.
    pub(super) fn of<'r>(rules: impl Iterator<Item = (&'r Rule, u16)>) -> Result<Self, RuleError> {
        let (mut patterns, mut checks) = (Vec::new(), Vec::new());
        for (at, (rule, entity)) in rules.enumerate() {
            let wrong = |key: &'static str| move |reason: String| RuleError { rule: at, key, reason };
            let regex = compile(&rule.pattern).map_err(|error| wrong("pattern")(error.0))?;
            let capture = rule.capture.as_ref().map(|capture| group(&regex, capture)).transpose();
            let capture = capture.map_err(wrong("capture"))?.map(|group| (regex, group));
            patterns.push(rule.pattern.clone());
            let words = (!rule.words.is_empty()).then(|| Vouchers::of(&rule.words));
            checks.push(Check { capture, validator: rule.validator, words, entity });
        }
        let wrong = |(rule, PatternError(reason)): (usize, PatternError)| RuleError { rule, key: "pattern", reason };
        Ok(Self { patterns: Patterns::of(&patterns).map_err(wrong)?, checks })
    }

    /// Whether there is none.
    pub(super) fn is_empty(&self) -> bool {
        self.checks.is_empty()
    }

    /// Calls `each` with every match in `text`: which rule, and the range that is masked. `matched` is scratch.
    pub(super) fn find(
        &self,
        text: &str,
        matched: &mut Vec<(usize, Range<usize>)>,
        mut each: impl FnMut(usize, Range<usize>),
    ) {
        matched.clear();
        self.patterns.find(text, matched);
        for (rule, range) in matched.drain(..) {
            let check = &self.checks[rule];
            let range = match &check.capture {
                None => range,
                Some((regex, group)) => {
                    match regex.captures_at(text, range.start).and_then(|captures| captures.get(*group)) {
                        Some(part) => part.range(),
                        None => continue,
                    }
                }
            };
            let passes = |validator: Validator| validator.passes(&text[range.clone()]);
            if !range.is_empty() && check.validator.is_none_or(passes) {
                each(rule, range);
            }
        }
    }

    /// The entity of a rule, as the plan numbers them.
    pub(super) fn entity(&self, rule: usize) -> u16 {
        self.checks[rule].entity
    }

    /// The words of which one must vouch; none where every match counts.
    pub(super) fn words(&self, rule: usize) -> Option<&Vouchers> {
        self.checks[rule].words.as_ref()
    }
}

fn group(regex: &Regex, capture: &Capture) -> Result<usize, String> {
    let count = regex.captures_len() - 1;
    let found = match capture {
        Capture::Number(number) => Some(*number).filter(|number| *number <= count),
        Capture::Name(name) => regex.capture_names().position(|known| known == Some(name)),
    };
    found.ok_or_else(|| match capture {
        Capture::Number(number) => format!("there is no group {number}: the pattern has {count}"),
        Capture::Name(name) => format!("the pattern has no group `{name}`"),
    })
}

#[cfg(test)]
mod tests;
