//! The block of a redaction, and what is wrong with one before it is built.

use std::collections::BTreeMap;
use std::sync::Arc;

use pipeline::Signal;
use pipeline::config::{ByteSize, Findings};
use pipeline::content::Content;
use pipeline::registry::{BuildCx, BuildError, ComponentConfig, ProcessorConfig, ProcessorFactory};
use schemars::JsonSchema;
use serde::Deserialize;

use super::contrib::{Compat, ContribKeys, compile};
use super::mask::{Key, Kind, PseudonymKey, Strategy};
use super::plan::{Plan, entities};
use super::process::Redactor;

/// How much a shape must say to count.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Profile {
    /// What is unmistakable; what is plausible, where a word or a key vouches for it.
    #[default]
    Default,
    /// Every shape, everyday ones too, without a word.
    Strict,
}

/// A pattern of one's own.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    /// The entity it finds, in capitals: `EMPLOYEE_ID`.
    pub name: String,
    /// A regex (RE2) of what is to be masked.
    pub pattern: String,
}

/// Takes personal data and secrets out of every string of spans and logs, with the Collector's keys beside ours.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(default)]
#[schemars(deny_unknown_fields)]
pub struct Redaction {
    /// `default` or `strict`. Default `default`.
    pub profile: Profile,
    /// Entities to look for, and `default` for all that the profile has. Default: `default`, or none where one of
    /// the Collector's keys is set.
    pub detectors: Option<Vec<String>>,
    /// Entities not to look for. Default none.
    pub exclude: Vec<String>,
    /// What is done with what is found. Default `placeholder`.
    pub strategy: Kind,
    /// What is done instead, by entity. Default none.
    pub strategies: BTreeMap<String, Kind>,
    /// The key of pseudonyms. Default none.
    pub pseudonym: Option<PseudonymKey>,
    /// Patterns of one's own. Default none.
    pub rules: Vec<Rule>,
    /// Regexes (RE2) of matches that are let through, each from end to end. Default none.
    pub allow: Vec<String>,
    /// What leaves of prompts, completions, tool arguments and results: `keep`, `hash_length` or `drop`. Default `keep`.
    pub content: Content,
    /// Values over this size are replaced whole. Default 4MiB.
    pub max_value_size: ByteSize,
    /// `contrib`: the Collector's exact semantics of its keys. Default: ours, which differ where its are a trap.
    pub compat: Compat,
    /// The Collector's keys.
    #[serde(flatten)]
    pub contrib: ContribKeys,
}

impl Default for Redaction {
    fn default() -> Self {
        Self {
            profile: Profile::Default,
            detectors: None,
            exclude: Vec::new(),
            strategy: Kind::Placeholder,
            strategies: BTreeMap::new(),
            pseudonym: None,
            rules: Vec::new(),
            allow: Vec::new(),
            content: Content::Keep,
            max_value_size: ByteSize::mib(4),
            compat: Compat::default(),
            contrib: ContribKeys::default(),
        }
    }
}

impl Redaction {
    /// Whether detectors of ours look.
    pub(super) fn detects(&self) -> bool {
        self.detectors.is_some() || !self.contrib.any_set()
    }

    /// Names of entities that nothing finds.
    fn check_names(&self, findings: &mut Findings) {
        let known = entities();
        let listed = self.detectors.iter().flatten().enumerate().map(|(at, name)| (format!("detectors.{at}"), name));
        let excluded = self.exclude.iter().enumerate().map(|(at, name)| (format!("exclude.{at}"), name));
        let planned = self.strategies.keys().map(|name| (format!("strategies.{name}"), name));
        for (key, name) in listed.chain(excluded).chain(planned) {
            let own =
                name == "default" && key.starts_with("detectors") || self.rules.iter().any(|rule| rule.name == *name);
            if !own && !known.contains(&name.as_str()) {
                findings.error(&key, "E400", format!("no detector finds `{name}`"));
            }
        }
    }
}

impl ComponentConfig for Redaction {
    const NAME: &'static str = "redaction";
    const ABOUT: &'static str = "takes personal data and secrets out of every string of spans and logs";
    const EXAMPLE: &'static str = "\
strategies:
  EMAIL_ADDRESS: partial
allow: ['support@example\\.com']
";
    const SIGNALS: &'static [Signal] = &[Signal::Traces, Signal::Logs];

    fn check(&self, findings: &mut Findings) {
        self.check_names(findings);
        self.contrib.check(self.compat, findings);
        let key = self.pseudonym.as_ref().map(Key::new).transpose();
        let key = key.map(|key| key.map(Arc::new)).unwrap_or_else(|refusal| {
            findings.error("pseudonym", "E401", refusal.to_string());
            None
        });
        let kinds = self.strategies.iter().map(|(name, kind)| (format!("strategies.{name}"), name.as_str(), *kind));
        let all = entities().into_iter().map(|name| ("strategy".to_owned(), name, self.strategy));
        let refused =
            |(at, name, kind): (String, &str, Kind)| Some((at, Strategy::of(kind, name, key.as_ref()).err()?));
        let mut last = String::new();
        for (at, refusal) in kinds.chain(all).filter_map(refused) {
            if at != last {
                findings.error(&at, "E401", refusal.to_string());
            }
            last = at;
        }
        let patterns = self.rules.iter().enumerate().map(|(at, rule)| (format!("rules.{at}.pattern"), &rule.pattern));
        let allowed = self.allow.iter().enumerate().map(|(at, pattern)| (format!("allow.{at}"), pattern));
        for (at, pattern) in patterns.chain(allowed) {
            if let Err(error) = compile(pattern) {
                findings.error(&at, "E402", error.0);
            }
        }
    }
}

impl ProcessorConfig for Redaction {
    fn build(self, cx: &BuildCx<'_>) -> Result<Option<ProcessorFactory>, BuildError> {
        let plan = Plan::new(&self, cx)?;
        Ok(Some(Arc::new(move || Box::new(Redactor::new(plan.clone())))))
    }
}
