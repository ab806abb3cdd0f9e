//! The block of a redaction, and what is wrong with one before it is built.

use std::collections::BTreeMap;
use std::sync::Arc;

use pipeline::Signal;
use pipeline::config::{ByteSize, Findings, nearest};
use pipeline::content::Content;
use pipeline::registry::{BuildCx, BuildError, ComponentConfig, ProcessorConfig, ProcessorFactory};
use schemars::JsonSchema;
use serde::Deserialize;

use super::contrib::{Compat, ContribKeys, compile};
use super::key_rules::{KeyRule, KeyRules};
use super::mask::{Key, Kind, PseudonymKey, Refusal, Strategy};
use super::plan::{Plan, entities};
use super::process::Redactor;
use super::rules::{Rule, RuleError, Rules};

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
    /// What is done with what is found. Default `placeholder`; and `pseudonym`, where there is a key of pseudonyms,
    /// for what is found in values that say who it was (`user.id`, `tenant.id`).
    pub strategy: Option<Kind>,
    /// What is done instead, by entity. Default none.
    pub strategies: BTreeMap<String, Kind>,
    /// The key of pseudonyms. Default none.
    pub pseudonym: Option<PseudonymKey>,
    /// Patterns of one's own. Default none.
    pub rules: Vec<Rule>,
    /// What is done by key. Default nothing.
    pub keys: Vec<KeyRule>,
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
            strategy: None,
            strategies: BTreeMap::new(),
            pseudonym: None,
            rules: Vec::new(),
            keys: Vec::new(),
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

    /// Whether anything but the Collector's keys is set.
    pub(super) fn asks_more(&self) -> bool {
        self.detects() || !self.rules.is_empty() || !self.keys.is_empty() || self.content != Content::Keep
    }

    /// Names of entities that nothing finds, and names that could not stand in a placeholder.
    fn check_names(&self, findings: &mut Findings) {
        let known = entities();
        let own: Vec<&str> = self
            .rules
            .iter()
            .map(|rule| rule.name.as_str())
            .chain(self.keys.iter().map(|rule| rule.name.as_str()))
            .collect();
        let listed = self.detectors.iter().flatten().enumerate().map(|(at, name)| (format!("detectors.{at}"), name));
        let excluded = self.exclude.iter().enumerate().map(|(at, name)| (format!("exclude.{at}"), name));
        let planned = self.strategies.keys().map(|name| (format!("strategies.{name}"), name));
        for (key, name) in listed.chain(excluded).chain(planned) {
            let all = name == "default" && key.starts_with("detectors");
            if !all && !own.contains(&name.as_str()) && !known.contains(&name.as_str()) {
                let finding = findings.error(&key, "E400", format!("no detector finds `{name}`"));
                match nearest(name, known.iter().copied().chain(own.iter().copied())) {
                    Some(meant) => finding.hint(format!("did you mean `{meant}`?")),
                    None => finding.hint("all of them are in docs/detectors.md"),
                }
            }
        }
        let rules = self.rules.iter().enumerate().map(|(at, rule)| (format!("rules.{at}.name"), &rule.name));
        let keys = self.keys.iter().enumerate().map(|(at, rule)| (format!("keys.{at}.name"), &rule.name));
        for (key, name) in rules.chain(keys).filter(|(_, name)| !is_entity(name)) {
            let message = format!("`{name}` is no name of an entity: capitals, digits and `_`, at most {MAX_ENTITY}");
            findings.error(&key, "E403", message);
        }
    }

    /// Strategies that lack what they need, or give a value away.
    fn check_strategies(&self, findings: &mut Findings) {
        let key = self.pseudonym.as_ref().map(Key::new).transpose();
        let key = key.map(|key| key.map(Arc::new)).unwrap_or_else(|refusal| {
            findings.error("pseudonym", "E401", refusal.to_string());
            None
        });
        let named =
            self.strategies.iter().map(|(name, kind)| (format!("strategies.{name}"), name.as_str(), Some(*kind)));
        let rules = self.rules.iter().enumerate();
        let rules = rules.map(|(at, rule)| (format!("rules.{at}.strategy"), rule.name.as_str(), rule.strategy));
        let keys = self.keys.iter().enumerate();
        let keys = keys.map(|(at, rule)| (format!("keys.{at}.strategy"), rule.name.as_str(), rule.strategy));
        let all = entities().into_iter().map(|name| ("strategy".to_owned(), name, self.strategy));
        let refused =
            |(at, name, kind): (String, &str, Option<Kind>)| Some((at, Strategy::of(kind?, name, key.as_ref()).err()?));
        let mut last = String::new();
        // A key that is no good has been told of.
        let told = |(_, refusal): &(String, Refusal)| *refusal == Refusal::NoKey && self.pseudonym.is_some();
        for (at, refusal) in named.chain(rules).chain(keys).chain(all).filter_map(refused).filter(|each| !told(each)) {
            if at != last {
                let finding = findings.error(&at, "E401", refusal.to_string());
                if refusal == Refusal::NoKey {
                    finding.hint("beside it `pseudonym: {key: \"${env:PSEUDONYM_KEY}\"}`");
                }
            }
            last = at;
        }
    }

    /// Patterns that are none.
    fn check_patterns(&self, findings: &mut Findings) {
        let mut wrong = |list: &str, at: usize, error: &RuleError| {
            let key = if error.key.is_empty() { String::new() } else { format!(".{}", error.key) };
            findings.error(&format!("{list}.{at}{key}"), "E402", error.reason.clone());
        };
        for (at, rule) in self.rules.iter().enumerate() {
            if let Err(error) = Rules::of(std::iter::once((rule, 0))) {
                wrong("rules", at, &error);
            }
        }
        for (at, rule) in self.keys.iter().enumerate() {
            if let Err(error) = KeyRules::of(std::slice::from_ref(rule)) {
                wrong("keys", at, &error);
            }
        }
        for (at, pattern) in self.allow.iter().enumerate() {
            if let Err(error) = compile(pattern) {
                wrong("allow", at, &RuleError { rule: at, key: "", reason: error.0 });
            }
        }
    }
}

/// The longest name of an entity, in bytes.
pub(super) const MAX_ENTITY: usize = 48;

/// Whether a name can stand in a placeholder: else a second pass would not know it for one.
fn is_entity(name: &str) -> bool {
    let inner = |byte: u8| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'_';
    name.len() <= MAX_ENTITY && name.starts_with(|first: char| first.is_ascii_uppercase()) && name.bytes().all(inner)
}

impl ComponentConfig for Redaction {
    const NAME: &'static str = "redaction";
    const ABOUT: &'static str = "takes personal data and secrets out of every string of spans and logs";
    const EXAMPLE: &'static str = "\
strategies:
  EMAIL_ADDRESS: partial
rules:
  - name: EMPLOYEE_ID
    pattern: 'EMP-[0-9]{6}'
keys:
  - key: 'app.customer.*'
    strategy: drop_key
allow: ['support@example\\.com']
";
    const SIGNALS: &'static [Signal] = &[Signal::Traces, Signal::Logs];

    fn check(&self, findings: &mut Findings) {
        self.check_names(findings);
        self.check_strategies(findings);
        self.check_patterns(findings);
        self.contrib.check(self.compat, findings);
    }
}

impl ProcessorConfig for Redaction {
    fn build(self, cx: &BuildCx<'_>) -> Result<Option<ProcessorFactory>, BuildError> {
        let plan = Plan::new(&self, cx)?;
        Ok(Some(Arc::new(move || Box::new(Redactor::new(plan.clone())))))
    }
}
