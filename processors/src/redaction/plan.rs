//! From the configuration to what every worker's copy shares: what is looked for, and what becomes of it.

use std::sync::Arc;

use pipeline::content::{ContentHash, ContentPolicy};
use pipeline::ledger::{Counter, RedactionSeries};
use pipeline::registry::{BuildCx, BuildError};

use super::config::{Profile, Redaction};
use super::contrib::{Compat, Contrib, KeyVerdict, Patterns};
use super::detect::contact::Contact;
use super::detect::financial::Financial;
use super::detect::ids::Ids;
use super::detect::network::Network;
use super::detect::secrets::Secrets;
use super::detect::{Class, Family};
use super::key_rules::KeyRules;
use super::keys;
use super::mask::{Hand, Key, Kind, Refusal, Strategy};
use super::rules::{RuleError, Rules};
use super::scan::{Enabled, Own, Owns, Scanner};
use super::words::Phrases;

/// The places that are counted apart.
pub(super) const PLACES: [&str; 8] = ["resource", "scope", "span", "event", "link", "log", "body", "key"];

/// Why a value is replaced whole.
pub(super) const REASONS: [&str; 4] = ["too_large", "too_deep", "over_budget", "undecodable"];

/// All that is known once the configuration is.
pub(super) struct Plan {
    pub(super) scanner: Scanner,
    /// Names and strategies of the entities, as the scanner numbers them.
    pub(super) entities: Vec<(String, Strategy)>,
    /// What is done otherwise: for each of the configuration's key rules, and last for identity keys.
    pub(super) others: Vec<Option<Other>>,
    /// Which of [`Self::others`] is for identity keys, if any.
    pub(super) identity: Option<u16>,
    pub(super) key_rules: KeyRules,
    /// The entity of each of the configuration's key rules.
    pub(super) key_entities: Vec<u16>,
    /// The Collector's keys, where any is set, with our semantics.
    pub(super) contrib: Option<Contrib>,
    /// The Collector's keys with its own semantics: they have a pass of their own, before all else.
    pub(super) exact: Option<Contrib>,
    /// Whether the block asks for anything but that.
    pub(super) more: bool,
    /// Whether keys say that their values are secrets.
    pub(super) named_secrets: bool,
    /// Keys vouch for nothing and spare nothing: what is asked for is looked for everywhere.
    pub(super) blind: bool,
    pub(super) content: ContentPolicy,
    /// The largest value that is looked through, in bytes.
    pub(super) most: usize,
    pub(super) series: RedactionSeries,
}

/// Every family there is; secrets last.
const FAMILIES: [fn() -> Box<dyn Family>; 5] =
    [|| Box::new(Contact), || Box::new(Financial), || Box::new(Ids::all()), || Box::new(Network), || Box::new(Secrets)];

/// Every family there is, to look for all of it.
pub(super) fn families() -> Vec<Box<dyn Family>> {
    FAMILIES.iter().map(|family| family()).collect()
}

/// Every entity that a detector finds, in the order of the families, each once.
pub(super) fn entities() -> Vec<&'static str> {
    let mut names: Vec<&'static str> = Vec::new();
    for family in families() {
        for detector in family.detectors() {
            if !names.contains(&detector.entity) {
                names.push(detector.entity);
            }
        }
    }
    names
}

impl Plan {
    pub(super) fn new(config: &Redaction, cx: &BuildCx<'_>) -> Result<Arc<Self>, BuildError> {
        let key = config.pseudonym.as_ref().map(Key::new).transpose();
        let key = key.map_err(|refusal| BuildError::at("pseudonym", refusal.to_string()))?.map(Arc::new);
        let detecting = config.detects();
        let names = names(config);
        let entities = planned(config, &names, key.as_ref())?;
        let enabled: Vec<Enabled> =
            FAMILIES.iter().map(|family| one_enabled(*family, config, detecting, &names)).collect();
        let series =
            |labels: &[(String, &'static str)]| cx.ledger.redaction(&cx.id.to_string(), labels, &PLACES, &REASONS);
        let labels: Vec<_> = entities.iter().map(|(name, strategy)| (name.clone(), strategy.label())).collect();
        let wrong = |list: &'static str| {
            move |error: RuleError| BuildError::at(format!("{list}.{}.{}", error.rule, error.key), error.reason)
        };
        let contrib = &config.contrib;
        let contrib = contrib.any_set().then(|| Contrib::new(contrib, config.compat)).transpose();
        let contrib = contrib.map_err(|error| BuildError::at(error.key, error.reason))?;
        let (exact, contrib) = contrib.map_or((None, None), |contrib| match config.compat {
            Compat::Contrib => (Some(contrib), None),
            Compat::None => (None, Some(contrib)),
        });
        let hash = config.pseudonym.as_ref().map(|pseudonym| ContentHash::keyed(pseudonym.key.expose().as_bytes()));
        Ok(Arc::new(Self {
            scanner: Scanner {
                words: Phrases::of(enabled.iter().flat_map(Enabled::words)),
                families: enabled,
                rules: Rules::of(config.rules.iter().map(|rule| (rule, number(&names, &rule.name))))
                    .map_err(wrong("rules"))?,
                allowed: Patterns::anchored(&config.allow)
                    .map_err(|(at, error)| BuildError::at(format!("allow.{at}"), error.0))?,
                own: Owns::of(own(config, &entities)),
                hand: Hand::new(names.clone(), config.pseudonym.as_ref().map(|pseudonym| pseudonym.id.clone())),
                quiet: entities.iter().map(|(_, strategy)| matches!(strategy, Strategy::Keep)).collect(),
            },
            others: others(config, &entities, key.as_ref(), &series)?,
            identity: identity(config, key.as_ref()).and_then(|_| u16::try_from(config.keys.len()).ok()),
            key_rules: KeyRules::of(&config.keys).map_err(wrong("keys"))?,
            key_entities: config.keys.iter().map(|rule| number(&names, &rule.name)).collect(),
            more: exact.is_none() || config.asks_more(),
            contrib,
            exact,
            named_secrets: detecting,
            blind: false,
            content: ContentPolicy::new(config.content, hash.unwrap_or_default()),
            most: usize::try_from(config.max_value_size.0).unwrap_or(usize::MAX),
            series: series(&labels),
            entities,
        }))
    }

    /// What is done with an entity at a place, and the counter of that.
    pub(super) fn strategy(&self, entity: u16, other: Option<u16>) -> (&str, &Strategy, &Counter) {
        let at = usize::from(entity);
        let (name, strategy) = &self.entities[at];
        match other.and_then(|other| self.others.get(usize::from(other))?.as_ref()) {
            Some(other) if !other.except[at] => (name, &other.strategies[at], &other.matches[at]),
            _ => (name, strategy, &self.series.matches[at]),
        }
    }
}

/// Placeholders that may be found again: those that keep something, those of the user's own names, and all where
/// there are patterns of the user's.
fn own(config: &Redaction, entities: &[(String, Strategy)]) -> Vec<Own> {
    let known = self::entities();
    let by_key = config.keys.iter().any(|rule| rule.strategy == Some(Kind::Partial));
    let own = entities.iter().map(|(name, strategy)| (name, by_key || matches!(strategy, Strategy::Partial)));
    let found = |name: &str, partial: bool| partial || !config.rules.is_empty() || !known.contains(&name);
    let own = own.filter(|(name, partial)| found(name, *partial));
    own.map(|(name, partial)| Own { head: format!("[{name}"), partial }).collect()
}

/// An entity and what becomes of it, as metrics name them.
type Label = (String, &'static str);

/// What is done at some places instead of what is done elsewhere.
pub(super) struct Other {
    /// By entity.
    strategies: Vec<Strategy>,
    /// Entities with which it is done as elsewhere.
    except: Vec<bool>,
    matches: Vec<Counter>,
}

/// Every entity of the plan: those of detectors, then those of the configuration's rules.
fn names(config: &Redaction) -> Vec<String> {
    let mut names: Vec<String> = entities().into_iter().map(Into::into).collect();
    let own = config.rules.iter().map(|rule| &rule.name).chain(config.keys.iter().map(|rule| &rule.name));
    for name in own {
        if !names.contains(name) {
            names.push(name.clone());
        }
    }
    names
}

fn number(names: &[String], name: &str) -> u16 {
    let at = names.iter().position(|known| known == name).unwrap_or_default();
    u16::try_from(at).unwrap_or(u16::MAX)
}

/// What is done with each entity.
fn planned(
    config: &Redaction,
    names: &[String],
    key: Option<&Arc<Key>>,
) -> Result<Vec<(String, Strategy)>, BuildError> {
    let of = |name: &String| {
        let rule = config.rules.iter().find(|rule| rule.name == *name).and_then(|rule| rule.strategy);
        let kind = config.strategies.get(name).copied().or(rule).or(config.strategy).unwrap_or_default();
        let strategy = Strategy::of(kind, name, key);
        Ok((name.clone(), strategy.map_err(|refusal| BuildError::at("strategies", refusal.to_string()))?))
    };
    names.iter().map(of).collect()
}

/// The strategy of identity keys, where they have one of their own.
fn identity(config: &Redaction, key: Option<&Arc<Key>>) -> Option<Strategy> {
    key.filter(|_| config.strategy.is_none()).cloned().map(Strategy::Pseudonym)
}

/// For each key rule what it does, if that is its own; and last for keys that say who it was.
fn others(
    config: &Redaction,
    entities: &[(String, Strategy)],
    key: Option<&Arc<Key>>,
    series: &dyn Fn(&[Label]) -> RedactionSeries,
) -> Result<Vec<Option<Other>>, BuildError> {
    let other = |strategies: Vec<Strategy>, except: Vec<bool>| {
        let labels: Vec<_> =
            entities.iter().zip(&strategies).map(|((name, _), strategy)| (name.clone(), strategy.label())).collect();
        Other { strategies, except, matches: series(&labels).matches }
    };
    let mut others = Vec::with_capacity(config.keys.len() + 1);
    for (at, rule) in config.keys.iter().enumerate() {
        let of = |kind: Kind| {
            // An unkeyed hash of what can be guessed gives it away: there a placeholder.
            let each = |(name, _): &(String, Strategy)| match Strategy::of(kind, name, key) {
                Err(Refusal::Guessable(_)) if *name != rule.name => Ok(Strategy::Placeholder),
                strategy => {
                    strategy.map_err(|refusal| BuildError::at(format!("keys.{at}.strategy"), refusal.to_string()))
                }
            };
            let strategies = entities.iter().map(each).collect::<Result<Vec<_>, _>>()?;
            Ok(other(strategies, vec![false; entities.len()]))
        };
        others.push(rule.strategy.map(of).transpose()?);
    }
    others.push(identity(config, key).map(|strategy| {
        let named = |name: &String| {
            config.strategies.contains_key(name)
                || config.rules.iter().any(|rule| rule.name == *name && rule.strategy.is_some())
        };
        let except = entities.iter().map(|(name, _)| named(name)).collect();
        other(vec![strategy; entities.len()], except)
    }));
    Ok(others)
}

impl Plan {
    /// What the Collector's keys say of `key`, where that has not been done: an ignored key is left alone by all else.
    pub(super) fn key_verdict(&self, key: &str) -> KeyVerdict {
        let of = |contrib: &Option<Contrib>| contrib.as_ref().map(|contrib| contrib.key(key));
        let done = of(&self.exact).filter(|verdict| *verdict == KeyVerdict::Ignored);
        of(&self.contrib).or(done).unwrap_or(KeyVerdict::Free)
    }

    /// Whether `key` says that its value is a count or a price: see [`keys::usage`].
    pub(super) fn usage(&self, key: &str) -> bool {
        !self.blind && keys::usage(key)
    }

    /// Whether `key` says that its value is of the infrastructure: see [`keys::untouched`].
    pub(super) fn untouched(&self, key: &str) -> bool {
        !self.blind && keys::untouched(key)
    }

    /// The detector of an `entity` that only a name tells, as the scanner numbers them, if it is on.
    pub(super) fn named(&self, entity: &str) -> Option<u16> {
        let (secrets, before) = self.scanner.families.split_last()?;
        let at = Secrets::named(entity).filter(|at| secrets.on.get(*at) == Some(&true))?;
        u16::try_from(before.iter().map(|family| family.on.len()).sum::<usize>() + at).ok()
    }
}

/// A family with what the configuration asks of it.
fn one_enabled(made: fn() -> Box<dyn Family>, config: &Redaction, detecting: bool, names: &[String]) -> Enabled {
    let strict = config.profile == Profile::Strict;
    let named = |entity: &str| config.detectors.iter().flatten().any(|name| name == entity);
    let (mut on, mut entities, mut trusted) = (Vec::new(), Vec::new(), Vec::new());
    for detector in made().detectors() {
        let wanted = match &config.detectors {
            Some(listed) if !listed.iter().any(|name| name == "default") => named(detector.entity),
            _ => detector.class != Class::C || strict || named(detector.entity),
        };
        let excluded = config.exclude.iter().any(|name| name == detector.entity);
        on.push(detecting && wanted && !excluded);
        let at = names.iter().position(|name| name == detector.entity).unwrap_or_default();
        entities.push(u16::try_from(at).unwrap_or(u16::MAX));
        trusted.push(strict || detector.class == Class::C);
    }
    Enabled::of(&made, on, entities, trusted)
}
