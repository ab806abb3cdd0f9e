//! The redaction as a component: what is wrong with a block, all at once, and what is built of one.

use std::sync::Arc;

use pipeline::Signal;
use pipeline::config::{Findings, nearest};
use pipeline::registry::{BuildCx, BuildError, ComponentConfig, ProcessorConfig, Stage, Step};

use super::config::{Profile, Redaction};
use super::contrib::compile;
use super::key_rules::KeyRules;
use super::mask::{Key, Kind, Refusal, Strategy};
use super::plan::{Plan, entities};
use super::process::Redactor;
use super::rules::{RuleError, Rules};

impl Redaction {
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
const MAX_ENTITY: usize = 48;

/// Whether a name can stand in a placeholder: else a second pass would not know it for one.
fn is_entity(name: &str) -> bool {
    let inner = |byte: u8| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'_';
    name.len() <= MAX_ENTITY && name.starts_with(|first: char| first.is_ascii_uppercase()) && name.bytes().all(inner)
}

impl ComponentConfig for Redaction {
    const NAME: &'static str = "redaction";
    const STAGE: Stage = Stage::Redacts;
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
        if self.profile == Profile::Strict && !self.detects() {
            let message = "`strict` has no effect: beside the Collector's keys no detector looks that is not listed";
            findings.warn("profile", "W005", message).hint("add `detectors: [default]` to look for all of the profile");
        }
        self.contrib.check(self.compat, findings);
    }
}

impl ProcessorConfig for Redaction {
    fn build(self, cx: &BuildCx<'_>) -> Result<Step, BuildError> {
        let plan = Plan::new(&self, cx)?;
        Ok(Step::Each(Arc::new(move || Box::new(Redactor::new(plan.clone())))))
    }
}
