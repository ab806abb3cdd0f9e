//! Rules tried on a text or a batch, by the very code that a pipeline runs: what leaves, what was found where, by which
//! detector, and why it counts.

use std::sync::Arc;

use pipeline::batch::{Batch, Edit, Leaf, Limits, Owner, Place, Spot, Visitor};
use pipeline::component::Processor;
use pipeline::config::ComponentId;
use pipeline::ledger::Ledger;
use pipeline::registry::{BuildCx, BuildError};
use pipeline::{Signal, Timestamp};

use super::config::{Profile, Redaction};
use super::contrib::ContribKeys;
use super::detect::{Class, Detector};
use super::plan::{Plan, entities, families};
use super::process::Redactor;
use super::witness::{By, Noted, Told};

pub use super::witness::Vouched;

/// A detector under a name of its own.
#[derive(Clone, Debug)]
pub struct Named {
    /// The entity's name where one detector finds it; else with the class, `US_SSN:A`, and a number where several of
    /// one class do, in the order of the table: `GITHUB_TOKEN:A2`.
    pub name: String,
    /// What it finds, how sure that is, and how it is checked.
    pub detector: Detector,
}

/// Every detector there is, in the order of the families.
pub fn detectors() -> Vec<Named> {
    let all: Vec<Detector> = families().iter().flat_map(|family| family.detectors().iter().copied()).collect();
    let of = |one: &Detector, class: Option<Class>| {
        let (entity, class) = (one.entity, class);
        move |other: &&Detector| other.entity == entity && class.is_none_or(|class| other.class == class)
    };
    let name = |(at, one): (usize, &Detector)| {
        let alike = all.iter().filter(of(one, Some(one.class))).count();
        let before = all[..at].iter().filter(of(one, Some(one.class))).count();
        match (all.iter().filter(of(one, None)).count(), alike) {
            (1, _) => one.entity.to_owned(),
            (_, 1) => format!("{}:{:?}", one.entity, one.class),
            _ => format!("{}:{:?}{}", one.entity, one.class, before + 1),
        }
    };
    all.iter().enumerate().map(|each| Named { name: name(each), detector: *each.1 }).collect()
}

/// Something found, and what stands in its place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// What it is; `REDACTED` for a value over a limit, `BLOCKED` for one that a key of the block replaces.
    pub entity: String,
    /// Where it starts in the text as it came, in bytes, on the boundary of a character.
    pub start: usize,
    /// Where it ends.
    pub end: usize,
    /// What found it: the name of one of [`detectors`], of a rule (`rule:EMPLOYEE_ID`, `key:BADGE`), of a limit (`too_deep`), or
    /// `block`.
    pub detector: String,
    /// `A`, `B` or `C` of a detector, `rule` where the configuration says so, `limit` where a limit does.
    pub class: &'static str,
    /// What the detector looks for and how it checks that.
    pub about: &'static str,
    /// Why it counts.
    pub vouched: Vouched,
    /// What stands in its place, escaped as the JSON around it is. A number of JSON leaves as a string, and has its
    /// quotes here. Where a match is kept, it is the match.
    pub replacement: String,
}

/// A string, or another value read as text, and what became of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// Whose it is.
    pub owner: Owner,
    /// Which of the owner's.
    pub place: Place,
    /// The keys around it, joined by `.`; may be empty.
    pub key: String,
    /// As it came.
    pub before: String,
    /// As it leaves; `None` where the attribute or field is removed.
    pub after: Option<String>,
    /// In order, without overlaps.
    pub findings: Vec<Finding>,
}

/// Rules to be tried.
pub struct Trial {
    redactor: Redactor,
    plan: Arc<Plan>,
    detectors: Vec<Named>,
}

impl Trial {
    /// A block as a pipeline has it.
    ///
    /// # Errors
    /// As the processor's own build.
    pub fn new(config: &Redaction) -> Result<Self, BuildError> {
        Self::with(config, false)
    }

    /// A block, but with the detectors and rules of `names` and no others: every class of them, wherever it stands,
    /// whatever the keys around it say. Or, for `all`, with every detector of every class, where a word still has to
    /// vouch for what is only plausible: nobody named it. The second are the names that nothing finds.
    ///
    /// # Errors
    /// As [`Self::new`].
    pub fn of_entities(config: &Redaction, names: &[String]) -> Result<(Self, Vec<String>), BuildError> {
        let all = names.iter().any(|name| name == "all");
        let known = entities();
        let mut config = config.clone();
        if !all {
            config.rules.retain(|rule| names.contains(&rule.name));
        }
        let is = |name: &&String| known.contains(&name.as_str()) || config.rules.iter().any(|rule| rule.name == **name);
        let named = names.iter().filter(|name| *name != "all").cloned();
        let (listed, unknown): (Vec<_>, Vec<_>) = named.partition(|name| is(&name));
        config.detectors = Some(if all { known.into_iter().map(Into::into).collect() } else { listed });
        config.profile = if all { Profile::Default } else { Profile::Strict };
        config.exclude.clear();
        config.keys.clear();
        config.contrib = ContribKeys::default();
        Ok((Self::with(&config, !all)?, unknown))
    }

    fn with(config: &Redaction, blind: bool) -> Result<Self, BuildError> {
        let id = ComponentId { kind: "redaction".into(), name: None };
        let ledger = Ledger::new("");
        let mut plan = Plan::new(config, &BuildCx { id: &id, ledger: &ledger, extensions: &[] })?;
        if let Some(plan) = Arc::get_mut(&mut plan) {
            plan.blind = blind;
        }
        let mut redactor = Redactor::new(plan.clone());
        redactor.witness.listens = true;
        Ok(Self { redactor, plan, detectors: detectors() })
    }

    /// What becomes of `text` as the value of the attribute `key`; of a value without a key where that is empty, or
    /// where entities were asked for, which heed no key.
    pub fn text(&mut self, key: &str, text: &str) -> Change {
        let key = if self.plan.blind { "" } else { key };
        if self.plan.exact.is_some() {
            return self.text_as_collector(key, text);
        }
        let attribute = (!key.is_empty()).then(|| key.into());
        let owner = if key.is_empty() { Owner::Body } else { Owner::Span };
        let spot = Spot { owner, place: Place::Key, attribute, key: attribute, depth: u16::from(!key.is_empty()) };
        let mut noted = None;
        let removed = !key.is_empty() && self.redactor.leaf(&spot, Leaf::String(key.into())) == Edit::Remove;
        if !removed {
            self.redactor.witness.noted.clear();
            self.redactor.leaf(&Spot { place: Place::Value, ..spot }, Leaf::String(text.into()));
        }
        if let Some(mut change) = self.redactor.witness.noted.pop() {
            if removed {
                change = Noted { place: Place::Value, before: text.into(), ..change };
                change.told.iter_mut().for_each(|told| told.range = 0..text.len());
            }
            noted = Some(self.change(change));
        }
        self.redactor.witness.noted.clear();
        noted.unwrap_or_else(|| Change {
            owner,
            place: Place::Value,
            key: key.into(),
            before: text.into(),
            after: Some(text.into()),
            findings: Vec::new(),
        })
    }

    /// As [`Self::text`], where the Collector's keys have a pass of their own: what that made of it is told as one
    /// finding, with what is found in what that left.
    fn text_as_collector(&mut self, key: &str, text: &str) -> Change {
        // A span, or a log record, with nothing in it.
        const EMPTY: &[u8] = &[0x0A, 4, 0x12, 2, 0x12, 0];
        let (signal, owner) = if key.is_empty() { (Signal::Logs, Owner::Body) } else { (Signal::Traces, Owner::Span) };
        let mut whole = Change {
            owner,
            place: Place::Value,
            key: key.into(),
            before: text.into(),
            after: Some(text.into()),
            findings: Vec::new(),
        };
        let Ok(mut batch) = Batch::decode(signal, EMPTY.into(), &Limits::default()) else { return whole };
        if key.is_empty() {
            batch.set_body(0, &text.into());
        } else {
            batch.set_attribute(0, key, &text.into());
        }
        let changes = self.batch(&mut batch);
        let mut ours = changes.into_iter().filter(|change| change.owner == owner);
        let (Some(first), second) = (ours.next(), ours.next()) else { return whole };
        whole.after = second.as_ref().map_or(first.after.clone(), |second| second.after.clone());
        whole.findings = first.findings;
        if second.is_some() || whole.after.is_none() {
            whole.findings.truncate(1);
            for finding in &mut whole.findings {
                (finding.start, finding.end) = (0, text.len());
                finding.replacement = whole.after.clone().unwrap_or_default();
            }
        }
        whole
    }

    /// Runs the processor over a batch; what it changed or found, in the order in which it read.
    pub fn batch(&mut self, batch: &mut Batch) -> Vec<Change> {
        self.redactor.process(batch, Timestamp(0));
        let noted = std::mem::take(&mut self.redactor.witness.noted);
        noted.into_iter().map(|noted| self.change(noted)).collect()
    }

    fn change(&self, noted: Noted) -> Change {
        let Noted { owner, place, key, before, after, told } = noted;
        let findings = told.into_iter().map(|told| self.finding(told)).collect();
        Change { owner, place, key, before, after, findings }
    }

    fn finding(&self, told: Told) -> Finding {
        let Told { range, by, vouched, replacement } = told;
        let name = |entity: u16| self.plan.entities.get(usize::from(entity)).map_or("", |(name, _)| name);
        let (entity, detector, class, about) = match by {
            By::Detector { detector, entity } => {
                let entity = name(entity);
                match self.detectors.get(usize::from(detector)) {
                    Some(Named { name, detector }) => (entity, name.clone(), class(detector.class), detector.about),
                    None => (entity, format!("rule:{entity}"), "rule", "a rule of the configuration"),
                }
            }
            By::Key(entity) => {
                (name(entity), format!("key:{}", name(entity)), "rule", "a key rule of the configuration")
            }
            By::Limit(reason) => {
                let reason = super::plan::REASONS.get(reason).copied().unwrap_or_default();
                ("REDACTED", reason.to_owned(), "limit", "a value that cannot be read within the limits goes whole")
            }
            By::Block => ("BLOCKED", "block".to_owned(), "rule", "a key of the block: `content`, or the Collector's"),
        };
        let entity = entity.to_owned();
        Finding { entity, start: range.start, end: range.end, detector, class, about, vouched, replacement }
    }
}

fn class(class: Class) -> &'static str {
    match class {
        Class::A => "A",
        Class::B => "B",
        Class::C => "C",
    }
}

#[cfg(test)]
mod tests;
