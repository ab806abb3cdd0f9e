//! What the keys around a value say, looked up once for each.

use pipeline::batch::{Spot, Text};
use pipeline::content::is_content;

use super::Redactor;
use crate::redaction::contrib::KeyVerdict;
use crate::redaction::detect::secrets::names_secret;
use crate::redaction::key_rules::Reaches;
use crate::redaction::keys;
use crate::redaction::mask::Reach;
use crate::redaction::scan::{Clean, Site};
use crate::redaction::words::own_name;

/// What a key says about its value.
#[derive(Clone, Copy, Debug)]
pub(super) struct Meaning {
    pub(super) usage: bool,
    pub(super) untouched: bool,
    identity: bool,
    pub(super) content: bool,
    /// It says of some values that they are secrets.
    pub(super) secret: bool,
    pub(super) contrib: KeyVerdict,
    /// The key rule that holds, as the plan numbers them.
    pub(super) rule: Option<u16>,
    /// It may vouch for what is found in its value.
    pub(super) vouches: bool,
    /// It asks nothing of its value but that it be looked through.
    pub(super) plain: bool,
    /// An attribute's key in which nothing was found: it need not be looked through again.
    pub(super) clean: bool,
}

impl Redactor {
    /// Of an attribute's key. What it is called stands at its end, so of one that is very long no more is looked at.
    pub(super) fn meaning(&mut self, key: &str) -> Meaning {
        let key = tail(key);
        if let Some(known) = self.keys.get(key.as_bytes()) {
            return known;
        }
        let usage = self.plan.usage(key);
        let (secret, rule) = (names_secret(own_name(key)), self.plan.key_rules.of_key(key, usage));
        let contrib = self.plan.key_verdict(key);
        let meaning = Meaning {
            usage,
            untouched: self.plan.untouched(key),
            identity: keys::identity(key),
            content: is_content(key),
            secret,
            contrib,
            rule,
            plain: contrib == KeyVerdict::Free && !usage && !secret && rule.is_none(),
            vouches: self.plan.scanner.vouches(key.as_bytes()),
            clean: false,
        };
        self.keys.put(key.as_bytes(), meaning);
        meaning
    }

    /// Remembers that nothing was found in an attribute's key.
    pub(super) fn note_clean(&mut self, key: &str) {
        if let Some(known) = self.keys.get(key.as_bytes()) {
            self.keys.put(key.as_bytes(), Meaning { clean: true, ..known });
        }
    }

    /// Whether a value stays for being known: nothing is found in it anywhere, and its key asks for no more.
    pub(super) fn is_known(&mut self, key: Meaning, text: Text<'_>) -> bool {
        if self.plan.contrib.is_some() || key.rule.is_some() || key.secret {
            return false;
        }
        let known = match self.clean.get(text.as_bytes()) {
            None => false,
            Some(Clean::Everywhere) => true,
            Some(Clean::Unvouched) => key.untouched || !key.vouches,
            Some(Clean::Calm) => key.untouched,
        };
        self.scanned += if known { text.len() as u64 } else { 0 };
        known
    }

    /// Whether a key on a path may vouch for something.
    pub(super) fn vouches(&mut self, path: &[u8]) -> bool {
        self.vouched.get(path).unwrap_or_else(|| {
            let vouched = self.plan.scanner.vouches(path);
            self.vouched.put(path, vouched);
            vouched
        })
    }

    /// Of the attribute around a value. Its key was shown just before, as a rule.
    pub(super) fn around(&mut self, spot: &Spot<'_>) -> Meaning {
        let Some(key) = spot.attribute else { return self.keyless() };
        match self.current.take() {
            Some((at, meaning)) if at == key.as_bytes().as_ptr().addr() => meaning,
            _ => self.meaning(key.as_str()),
        }
    }

    /// What the Collector's keys say of a key in a body. It holds for all that stands below it.
    pub(super) fn body_key(&mut self, spot: &Spot<'_>, key: &str) -> KeyVerdict {
        self.below = self.below.filter(|(depth, _)| *depth < spot.depth);
        if let Some((_, verdict)) = self.below {
            return verdict;
        }
        let verdict = self.meaning(key).contrib;
        if matches!(verdict, KeyVerdict::Ignored | KeyVerdict::Blocked) {
            self.below = Some((spot.depth, verdict));
        }
        verdict
    }

    /// What they say of a value in a body.
    pub(super) fn body_verdict(&self, spot: &Spot<'_>) -> KeyVerdict {
        self.below.filter(|(depth, _)| *depth <= spot.depth).map_or(KeyVerdict::Free, |(_, verdict)| verdict)
    }

    /// Of a key inside a value, where `around` is that of the value and `path` of the keys to it.
    pub(super) fn inner(&mut self, around: Meaning, path: &str, key: &str) -> Meaning {
        let own = self.meaning(key);
        let mut rule = own.rule.or(around.rule);
        if !self.plan.key_rules.is_empty() && !path.is_empty() {
            let path = [path, key].join(".");
            rule = self.meaning(&path).rule.or(rule);
        }
        // What surrounds a count may have a rule; the count has one only by its own name.
        if own.usage && own.rule.is_none() {
            rule = None;
        }
        Meaning {
            usage: around.usage || own.usage,
            untouched: around.untouched || own.untouched,
            identity: around.identity || own.identity,
            rule,
            ..around
        }
    }

    /// Of a value without any key.
    pub(super) fn keyless(&mut self) -> Meaning {
        self.meaning("")
    }

    /// How far the key rule that holds reaches, where it masks the whole value.
    pub(super) fn rule_reach(&self, meaning: Meaning) -> Option<Reach> {
        let check = self.plan.key_rules.get(meaning.rule?)?;
        if check.mask != Reaches::Value {
            return None;
        }
        let entity = self.plan.key_entities[check.rule];
        Some(self.plan.strategy(entity, u16::try_from(check.rule).ok()).1.reach())
    }

    /// What is done otherwise with what is found in a value.
    pub(super) fn other(&self, meaning: Meaning) -> Option<u16> {
        match meaning.rule.and_then(|rule| self.plan.key_rules.get(rule)) {
            Some(check) => u16::try_from(check.rule).ok(),
            None => self.plan.identity.filter(|_| meaning.identity),
        }
    }

    /// What a key says of where its value stands, but the key itself.
    #[inline]
    pub(super) fn site(&self, meaning: Meaning) -> Site<'static> {
        let calm = meaning.untouched && meaning.rule.is_none();
        Site { calm, other: self.other(meaning), ..Site::default() }
    }

    /// Counts a value that goes because of its key.
    pub(super) fn count_rule(&self, meaning: Meaning) {
        if let Some(check) = meaning.rule.and_then(|rule| self.plan.key_rules.get(rule)) {
            let entity = self.plan.key_entities[check.rule];
            self.plan.strategy(entity, u16::try_from(check.rule).ok()).2.inc();
        }
    }
}

/// The most of a key that says anything: whoever sends one of kilobytes must not have each leaf below it cost as much.
pub(super) const TOLD: usize = 512;

/// The end of a key.
pub(super) fn tail(key: &str) -> &str {
    let from = key.len().saturating_sub(TOLD);
    let from = (from..key.len()).find(|at| key.is_char_boundary(*at)).unwrap_or(from);
    &key[from..]
}
