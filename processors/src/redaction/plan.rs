//! From the configuration to what every worker's copy shares: what is looked for, and what becomes of it.

use std::sync::Arc;

use pipeline::content::{Content, ContentHash};
use pipeline::ledger::RedactionSeries;
use pipeline::registry::{BuildCx, BuildError};

use super::config::{Profile, Redaction};
use super::contrib::{Compat, Contrib, Patterns};
use super::detect::contact::Contact;
use super::detect::financial::Financial;
use super::detect::ids::Ids;
use super::detect::network::Network;
use super::detect::secrets::Secrets;
use super::detect::{Class, Family};
use super::mask::{Key, Strategy};
use super::scan::{Enabled, Scanner};

/// The places that are counted apart.
pub(super) const PLACES: [&str; 8] = ["resource", "scope", "span", "event", "link", "log", "body", "key"];

/// Why a value is replaced whole.
pub(super) const REASONS: [&str; 2] = ["too_large", "too_deep"];

/// All that is known once the configuration is.
pub(super) struct Plan {
    pub(super) scanner: Scanner,
    /// Names and strategies of the entities, as the scanner numbers them.
    pub(super) entities: Vec<(String, Strategy)>,
    /// The Collector's keys, where any is set.
    pub(super) contrib: Option<Contrib>,
    pub(super) exact: bool,
    /// Whether keys say that their values are secrets.
    pub(super) named_secrets: bool,
    /// Keys vouch for nothing and spare nothing: what is asked for is looked for everywhere.
    pub(super) blind: bool,
    pub(super) content: Content,
    pub(super) content_hash: ContentHash,
    /// The largest value that is looked through, in bytes.
    pub(super) most: usize,
    pub(super) series: RedactionSeries,
}

/// Every family there is; secrets last.
pub(super) fn families() -> Vec<Box<dyn Family>> {
    vec![Box::new(Contact), Box::new(Financial), Box::new(Ids), Box::new(Network), Box::new(Secrets)]
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
        let mut names: Vec<String> = entities().into_iter().map(Into::into).collect();
        let families = families().into_iter().map(|family| enabled(family, config, detecting, &names)).collect();
        let rule_entities = (names.len()..).take(config.rules.len()).filter_map(|at| u16::try_from(at).ok()).collect();
        names.extend(config.rules.iter().map(|rule| rule.name.clone()));
        let mut planned = Vec::with_capacity(names.len());
        for name in names {
            let kind = config.strategies.get(&name).copied().unwrap_or(config.strategy);
            let strategy = Strategy::of(kind, &name, key.as_ref());
            planned.push((name, strategy.map_err(|refusal| BuildError::at("strategies", refusal.to_string()))?));
        }
        let patterns: Vec<String> = config.rules.iter().map(|rule| rule.pattern.clone()).collect();
        let wrong = |key: &'static str| {
            move |(at, error): (usize, super::contrib::PatternError)| BuildError::at(format!("{key}.{at}"), error.0)
        };
        let scanner = Scanner {
            families,
            rules: Patterns::of(&patterns).map_err(wrong("rules"))?,
            rule_entities,
            allowed: Patterns::anchored(&config.allow).map_err(wrong("allow"))?,
        };
        let contrib = &config.contrib;
        let contrib = contrib.any_set().then(|| Contrib::new(contrib, config.compat)).transpose();
        let labels: Vec<_> = planned.iter().map(|(name, strategy)| (name.clone(), strategy.label())).collect();
        Ok(Arc::new(Self {
            scanner,
            entities: planned,
            contrib: contrib.map_err(|error| BuildError::at(error.key, error.reason))?,
            exact: config.compat == Compat::Contrib,
            named_secrets: detecting,
            blind: false,
            content: config.content,
            content_hash: config
                .pseudonym
                .as_ref()
                .map_or_else(ContentHash::unkeyed, |pseudonym| ContentHash::keyed(pseudonym.key.expose().as_bytes())),
            most: usize::try_from(config.max_value_size.0).unwrap_or(usize::MAX),
            series: cx.ledger.redaction(&cx.id.to_string(), &labels, &PLACES, &REASONS),
        }))
    }
}

impl Plan {
    /// The detector of an `entity` that only a name tells, as the scanner numbers them, if it is on.
    pub(super) fn named(&self, entity: &str) -> Option<u16> {
        let (secrets, before) = self.scanner.families.split_last()?;
        let at = Secrets::named(entity).filter(|at| secrets.on.get(*at) == Some(&true))?;
        u16::try_from(before.iter().map(|family| family.on.len()).sum::<usize>() + at).ok()
    }
}

/// A family with what the configuration asks of it.
fn enabled(family: Box<dyn Family>, config: &Redaction, detecting: bool, names: &[String]) -> Enabled {
    let strict = config.profile == Profile::Strict;
    let named = |entity: &str| config.detectors.iter().flatten().any(|name| name == entity);
    let (mut on, mut entities, mut trusted) = (Vec::new(), Vec::new(), Vec::new());
    for detector in family.detectors() {
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
    Enabled::of(family, on, entities, trusted)
}
