//! The block of a redaction.

use std::collections::BTreeMap;

use pipeline::config::ByteSize;
use pipeline::content::Content;
use schemars::JsonSchema;
use serde::Deserialize;

use super::contrib::{Compat, ContribKeys};
use super::key_rules::KeyRule;
use super::mask::{Kind, PseudonymKey};
use super::rules::Rule;

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
}
