//! A text, and the JSON that it may hold, through the scanner: what is found is replaced as the plan says.

use super::Redactor;
use super::inside::Crossed;
use super::meaning::Meaning;
use super::settle::GROWTH;
use crate::redaction::detect::secrets::secret_value;
use crate::redaction::json::{self, Rewritten};
use crate::redaction::mask::{Reach, Strategy};
use crate::redaction::plan::REASONS;
use crate::redaction::scan::{Clean, Found, Scratch, Site};
use crate::redaction::witness::By;
use crate::redaction::words::own_name;

/// How often text is read again as the JSON that it holds.
pub(super) const MAX_ENCODINGS: usize = 8;

/// What looking through a value may cost: steps a byte, and what a short one has besides. A step is about a byte read
/// with care. Text as people and programs write it takes one or two.
const STEPS: usize = 64;
const LEAST_STEPS: usize = 64 << 10;

/// What stands for a value that cannot be read safely.
const CLOSED: &str = "[REDACTED]";

/// What became of a text.
pub(super) enum Scrubbed {
    Same,
    New(String),
    /// The attribute that holds it goes, key and all.
    Attribute,
}

impl Redactor {
    /// A value, or another string that is not a key.
    pub(super) fn scrub_value_text(&mut self, text: &str, site: Site<'_>) -> Scrubbed {
        (self.steps, self.budget) = (0, text.len().saturating_mul(STEPS).saturating_add(LEAST_STEPS));
        self.scrub(text, site, 0)
    }

    /// A key; `calm` where it is one that the infrastructure's have the form of. It is no JSON, and one that would be
    /// empty goes.
    pub(super) fn scrub_key(&mut self, text: &str, calm: bool) -> Scrubbed {
        (self.steps, self.budget) = (0, text.len().saturating_mul(STEPS).saturating_add(LEAST_STEPS));
        match self.scrub(text, Site { calm, ..Site::of_key() }, MAX_ENCODINGS) {
            Scrubbed::New(new) if new.is_empty() => Scrubbed::Attribute,
            scrubbed => scrubbed,
        }
    }

    /// Whether the key looked through last held nothing, not even what is kept.
    pub(super) fn nothing_in_key(&self) -> bool {
        self.scratch.get(MAX_ENCODINGS).is_none_or(|scratch| scratch.found.is_empty())
    }

    /// The entity of a value that is a secret because its key says so.
    pub(super) fn named_secret(&self, key: &str, text: &str) -> Option<&'static str> {
        let key = own_name(key);
        let named = self.plan.named_secrets && !key.is_empty();
        // A pseudonym would look drawn by chance.
        let entity = named.then(|| secret_value(key, &self.plan.scanner.hand.without_pseudonyms(text))).flatten()?;
        (!self.plan.scanner.hand.wrote(text) && self.plan.named(entity).is_some()).then_some(entity)
    }

    /// A whole value as one match of an entity that its key names.
    pub(super) fn whole(&mut self, entity: &str, text: &str, other: Option<u16>) -> Scrubbed {
        let at = self.plan.entities.iter().position(|(name, _)| name == entity);
        let Some(at) = at.and_then(|at| u16::try_from(at).ok()) else { return Scrubbed::Same };
        let by = self.plan.named(entity).map(|detector| By::Detector { detector, entity: at });
        self.replace_whole(at, text, other, by.unwrap_or(By::Block))
    }

    /// What a key rule makes of a whole value; `None` where none holds that does so.
    pub(super) fn by_rule(&mut self, meaning: Meaning, text: &str) -> Option<Scrubbed> {
        self.rule_reach(meaning)?;
        if self.plan.scanner.hand.wrote(text) || text.is_empty() {
            return Some(Scrubbed::Same);
        }
        let check = self.plan.key_rules.get(meaning.rule?)?;
        let entity = self.plan.key_entities[check.rule];
        let other = u16::try_from(check.rule).ok();
        // The key itself has gone already; inside a value there is only the value to empty.
        Some(match self.replace_whole(entity, text, other, By::Key(entity)) {
            Scrubbed::Attribute => Scrubbed::New(String::new()),
            scrubbed => scrubbed,
        })
    }

    fn replace_whole(&mut self, entity: u16, text: &str, other: Option<u16>, by: By) -> Scrubbed {
        self.counted.push((entity, other));
        let (name, strategy, _) = self.plan.strategy(entity, other);
        let mut out = String::new();
        strategy.apply(name, text, &mut out);
        let reach = strategy.reach();
        self.witness.whole(by, text.len(), &out);
        match reach {
            Reach::Nothing => Scrubbed::Same,
            Reach::Match | Reach::Value => Scrubbed::New(out),
            Reach::Attribute => Scrubbed::Attribute,
        }
    }

    /// A text that may be JSON, read `level` encodings deep.
    pub(super) fn scrub(&mut self, text: &str, site: Site<'_>, level: usize) -> Scrubbed {
        if self.is_clean(text, site) {
            self.scanned += text.len() as u64;
            return Scrubbed::Same;
        }
        if text.len() > self.plan.most {
            return self.closed("too_large", text);
        }
        if site.key || !json::looks_like(text) {
            return self.scrub_text(text, site, level);
        }
        if level == MAX_ENCODINGS {
            return self.closed("too_deep", text);
        }
        let (mark, counted) = (self.witness.mark(), self.counted.len());
        let mut attribute = false;
        let crossed = Crossed::of(self.patterns(), text);
        // Names in one text say nothing of values in another, nor do those of JSON in it of its own.
        let around = std::mem::take(&mut self.neighbour);
        let rewritten = json::rewrite(text, &mut |part| match self.part(part, site, level, &crossed) {
            Scrubbed::Same => None,
            Scrubbed::New(new) => Some(new),
            Scrubbed::Attribute => {
                attribute = true;
                Some(String::new())
            }
        });
        self.neighbour = around;
        if matches!(rewritten, Rewritten::NotJson | Rewritten::TooDeep) {
            self.witness.forget(mark);
            self.counted.truncate(counted);
        }
        match rewritten {
            Rewritten::NotJson => self.scrub_text(text, site, level),
            Rewritten::TooDeep => self.closed("too_deep", text),
            _ if attribute => Scrubbed::Attribute,
            Rewritten::Same => Scrubbed::Same,
            Rewritten::Changed(new) => Scrubbed::New(new),
        }
    }

    /// Whether nothing is found in a text for its shortness, or nothing was when it was seen before.
    pub(super) fn is_clean(&self, text: &str, site: Site<'_>) -> bool {
        if self.inside {
            return false;
        }
        let known = || self.clean.get(text.as_bytes()).is_some_and(|clean| clean == Clean::Everywhere || site.calm);
        self.plan.scanner.is_blank(text) && !self.plan.blind || !site.kept && known()
    }

    /// A text that is no JSON; within JSON the block's own patterns have not seen it yet.
    fn scrub_text(&mut self, text: &str, site: Site<'_>, level: usize) -> Scrubbed {
        let mut masked = String::new();
        if !self.patterns().is_some_and(|patterns| patterns.replace_matches(text, &mut masked)) {
            return self.scrub_plain(text, site, level);
        }
        let mark = self.witness.mark();
        let scrubbed = self.scrub_plain(&masked, site, level);
        self.witness.masked(mark, text, &masked);
        match scrubbed {
            Scrubbed::Same => Scrubbed::New(masked),
            new => new,
        }
    }

    fn scrub_plain(&mut self, text: &str, site: Site<'_>, level: usize) -> Scrubbed {
        if self.steps > self.budget {
            return self.closed("over_budget", text);
        }
        let level = level.min(MAX_ENCODINGS);
        if self.scratch.len() <= level {
            self.scratch.resize_with(level + 1, Scratch::default);
        }
        self.scanned += text.len() as u64;
        let scratch = &mut self.scratch[level];
        self.plan.scanner.find(text, site, self.budget - self.steps, scratch);
        self.steps += scratch.spent;
        if self.steps > self.budget {
            return self.closed("over_budget", text);
        }
        if let Some(clean) = scratch.clean.filter(|_| !site.kept && !json::looks_like(text)) {
            self.clean.put(text.as_bytes(), clean);
        }
        if scratch.found.is_empty() {
            return Scrubbed::Same;
        }
        let mut found = std::mem::take(&mut scratch.found);
        let settled = self.settle(text, site, &mut found);
        let scrubbed = if settled { self.replace(text, site, &found) } else { self.closed("over_budget", text) };
        self.scratch[level].found = found;
        scrubbed
    }

    /// What stands instead of a text in which all of `found` was.
    fn replace(&mut self, text: &str, site: Site<'_>, found: &[Found]) -> Scrubbed {
        let (mut out, mut copied) = (String::with_capacity(text.len() + GROWTH * found.len()), 0);
        let mark = self.witness.mark();
        for found in found {
            self.counted.push((found.entity, site.other));
            let (name, strategy, _) = self.plan.strategy(found.entity, site.other);
            let matched = &text[found.start..found.end];
            match strategy.reach() {
                Reach::Nothing => {
                    self.witness.found(&self.plan, found, (text, site), matched);
                    continue;
                }
                reach @ (Reach::Value | Reach::Attribute) => {
                    self.witness.found(&self.plan, found, (text, site), "");
                    self.witness.widen(mark, text.len());
                    return if reach == Reach::Value { Scrubbed::New(String::new()) } else { Scrubbed::Attribute };
                }
                Reach::Match => {}
            }
            out.push_str(&text[copied..found.start]);
            let written = out.len();
            if found.joined {
                Strategy::Placeholder.apply(name, "", &mut out);
            } else {
                strategy.apply(name, matched, &mut out);
            }
            self.witness.found(&self.plan, found, (text, site), &out[written..]);
            copied = found.end;
        }
        if copied == 0 {
            return Scrubbed::Same;
        }
        out.push_str(&text[copied..]);
        Scrubbed::New(out)
    }

    /// A value that cannot be read safely goes as a whole, for one of [`REASONS`].
    pub(super) fn closed(&mut self, reason: &str, text: &str) -> Scrubbed {
        self.again.spoil();
        if let Some(at) = REASONS.iter().position(|known| *known == reason) {
            self.plan.series.whole[at].inc();
            self.witness.whole(By::Limit(at), text.len(), CLOSED);
        }
        Scrubbed::New(CLOSED.into())
    }
}
