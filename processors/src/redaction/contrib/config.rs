//! The keys of the Collector's `redaction` processor, each as it is there, and what there is to say against them.

use pipeline::config::{Findings, Secret};
use schemars::{JsonSchema, Schema};
use serde::Deserialize;

use super::blocklist::Patterns;
use super::hash::{HashFunction, Masker, also};
use super::pattern::PatternError;

/// Whose semantics the Collector's keys have.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Compat {
    /// The documented ones, without the Collector's traps: an allowed value spares the match it equals and nothing
    /// beside it, a blocked key wins over it, a value is masked as one, and token counts are left alone.
    #[default]
    None,
    /// Exactly the Collector's.
    Contrib,
}

/// How much is said on a record about what was done to it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[schemars(transform = |schema: &mut Schema| also(schema, &[""]))]
pub enum Summary {
    /// Nothing.
    #[default]
    #[serde(rename = "silent", alias = "")]
    Silent,
    /// How many attributes were masked, removed, allowed and ignored.
    #[serde(rename = "info")]
    Info,
    /// That, and their keys.
    #[serde(rename = "debug")]
    Debug,
}

/// The Collector's keys. Setting any of them makes a block one of the Collector's: no built-in detectors unless
/// asked for. Unknown ones are for the block around them to refuse.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(default)]
pub struct ContribKeys {
    /// Keep attributes of all keys. Default false: those not in `allowed_keys` or `ignored_keys` are removed.
    pub allow_all_keys: Option<bool>,
    /// Keys of the attributes to keep, exactly. Default none.
    pub allowed_keys: Option<Vec<String>>,
    /// Keys of attributes to leave as they are, exactly. Default none.
    pub ignored_keys: Option<Vec<String>>,
    /// Regexes (RE2) of keys of attributes to leave as they are. Default none.
    pub ignored_key_patterns: Option<Vec<String>>,
    /// Regexes (RE2) of keys whose values are masked whole. Default none.
    pub blocked_key_patterns: Option<Vec<String>>,
    /// Regexes (RE2) of what is masked in values. Default none.
    pub blocked_values: Option<Vec<String>>,
    /// Regexes (RE2) of what is not masked though `blocked_values` matches it: of the match, from end to end (with
    /// `compat: contrib`, of anything in the value, which then is left as it is). Default none.
    pub allowed_values: Option<Vec<String>>,
    /// Look at values that are no strings too, as text. Default false.
    pub redact_all_types: Option<bool>,
    /// What takes the place of a match: four asterisks, or `md5`, `sha1`, `sha3`, `hmac-sha256`, `hmac-sha512` of it.
    /// Default: asterisks.
    pub hash_function: Option<HashFunction>,
    /// The key of the two HMACs, at least 32 and 64 bytes. Default none.
    pub hmac_key: Option<Secret>,
    /// Attributes that say what was done to a record: `silent`, `info` or `debug`. Default `silent`.
    pub summary: Option<Summary>,
    /// Ids out of URL paths, and query strings off. Default off.
    pub url_sanitizer: Option<UrlSanitizer>,
    /// Literals out of database statements. Default off.
    pub db_sanitizer: Option<DbSanitizer>,
}

/// Ids out of URL paths, and query strings off.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct UrlSanitizer {
    /// Whether it runs. Default false.
    pub enabled: bool,
    /// Keys of the attributes that hold URLs. Default none.
    pub attributes: Vec<String>,
    /// Names of client and server spans too, where they look like HTTP. Default true.
    pub sanitize_span_name: Option<bool>,
}

/// Literals out of database statements, by the kind of database (`db.system.name`, `db.system`).
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct DbSanitizer {
    /// Span names too, of spans with a kind of database. Default true.
    pub sanitize_span_name: Option<bool>,
    /// Where the kind of database is not known: run every sanitizer that lists the attribute, in turn. Default false;
    /// always so for logs. Ours: the Collector refuses it in a file.
    pub allow_fallback_without_system: bool,
    /// SQL databases.
    pub sql: DbQueries,
    /// Redis.
    pub redis: DbQueries,
    /// Valkey.
    pub valkey: DbQueries,
    /// Memcached.
    pub memcached: DbQueries,
    /// MongoDB.
    pub mongo: DbQueries,
    /// OpenSearch.
    pub opensearch: DbQueries,
    /// Elasticsearch.
    pub es: DbQueries,
}

/// One kind of database.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct DbQueries {
    /// Whether its statements are sanitized. Default false.
    pub enabled: bool,
    /// Keys of the attributes that hold statements. Default none.
    pub attributes: Vec<String>,
}

/// A key's list, empty where it is not set.
pub(super) fn list(key: Option<&Vec<String>>) -> &[String] {
    key.map_or(&[], Vec::as_slice)
}

impl ContribKeys {
    /// Whether any of the Collector's keys is set.
    pub fn any_set(&self) -> bool {
        let Self {
            allow_all_keys,
            allowed_keys,
            ignored_keys,
            ignored_key_patterns,
            blocked_key_patterns,
            blocked_values,
            allowed_values,
            redact_all_types,
            hash_function,
            hmac_key,
            summary,
            url_sanitizer,
            db_sanitizer,
        } = self;
        let lists =
            [allowed_keys, ignored_keys, ignored_key_patterns, blocked_key_patterns, blocked_values, allowed_values];
        lists.iter().any(|list| list.is_some())
            || allow_all_keys.is_some()
            || redact_all_types.is_some()
            || hash_function.is_some()
            || hmac_key.is_some()
            || summary.is_some()
            || url_sanitizer.is_some()
            || db_sanitizer.is_some()
    }

    /// Finds what is wrong with the keys, and where `compat` makes them mean other than in the Collector.
    pub fn check(&self, compat: Compat, findings: &mut Findings) {
        let lists = [
            ("ignored_key_patterns", &self.ignored_key_patterns),
            ("blocked_key_patterns", &self.blocked_key_patterns),
            ("blocked_values", &self.blocked_values),
            ("allowed_values", &self.allowed_values),
        ];
        for (key, patterns) in lists {
            for (at, pattern) in list(patterns.as_ref()).iter().enumerate() {
                if let Err(PatternError(reason)) = super::pattern::compile(pattern) {
                    findings.error(&format!("{key}[{at}]"), "E250", format!("regex: {reason}"));
                }
            }
        }
        let function = self.hash_function.unwrap_or_default();
        if let Err(reason) = Masker::of(function, self.hmac_key.as_ref()) {
            findings.error("hmac_key", "E251", reason);
        }
        if function.unkeyed() {
            findings
                .warn("hash_function", "W250", "an unkeyed hash of a card, phone or address is undone by trying all")
                .hint("`hmac-sha256` with `hmac_key`");
        }
        self.check_keys(findings);
        match compat {
            Compat::None => self.differences(findings),
            Compat::Contrib => self.traps(findings),
        }
    }

    fn check_keys(&self, findings: &mut Findings) {
        let kept = self.allow_all_keys == Some(true) || !list(self.allowed_keys.as_ref()).is_empty();
        if self.any_set() && !kept {
            findings
                .warn("allowed_keys", "W251", "every attribute is removed: no key is allowed")
                .hint("`allow_all_keys: true` keeps them");
        }
        let takes_key = self.hash_function.unwrap_or_default().key_bytes().is_some();
        if self.hmac_key.is_some() && !takes_key {
            findings.warn("hmac_key", "W252", "is not used: `hash_function` is not an HMAC");
        }
    }

    /// Where our semantics are not the Collector's.
    fn differences(&self, findings: &mut Findings) {
        let some = |list: &Option<Vec<String>>| list.as_ref().is_some_and(|list| !list.is_empty());
        let urls = self.url_sanitizer.as_ref().is_some_and(|url| url.enabled);
        let databases = self.db_sanitizer.as_ref().is_some_and(DbSanitizer::any);
        let says = self.summary.is_some_and(|summary| summary != Summary::Silent);
        let all = [
            ("allowed_keys", some(&self.allowed_keys) && self.allow_all_keys != Some(true), "holds for links too"),
            (
                "allowed_values",
                some(&self.allowed_values),
                "spares the match that it equals, not the whole value, and no blocked key",
            ),
            (
                "blocked_key_patterns",
                some(&self.blocked_key_patterns),
                "masks a value as one, not line by line, in links too, and leaves token counts alone",
            ),
            (
                "blocked_values",
                some(&self.blocked_values),
                "looks at names, status, links, nested values, numbers of seven digits and each string of JSON too, and masks overlaps as one",
            ),
            (
                "redact_all_types",
                self.redact_all_types == Some(true),
                "looks at each value in a map or an array, which stays one, rather than at its JSON",
            ),
            ("summary", says, "tells of events and links with their span, of no scopes, and of no allowed values"),
            ("url_sanitizer", urls, "masks more kinds of ids, and in log bodies only what looks like a URL"),
            (
                "db_sanitizer",
                databases,
                "knows more databases, masks more, and in log bodies only what looks like a statement",
            ),
        ];
        for (key, _, message) in all.into_iter().filter(|(_, set, _)| *set) {
            findings.warn(key, "W253", message).hint("`compat: contrib` does exactly as the Collector");
        }
    }

    /// Which of the Collector's traps the block runs into.
    fn traps(&self, findings: &mut Findings) {
        let mut trap = |key: &str, message: &str| {
            findings.warn(key, "W254", message).hint("without `compat: contrib` it is not so");
        };
        if !list(self.allowed_values.as_ref()).is_empty() {
            trap("allowed_values", "a match anywhere leaves the whole value as it is, of blocked keys too");
        }
        let usage = "gen_ai.usage.input_tokens";
        let blocked = Patterns::of(list(self.blocked_key_patterns.as_ref()));
        if blocked.is_ok_and(|patterns| patterns.any(usage)) {
            trap(
                "blocked_key_patterns",
                "masks token counts such as `gen_ai.usage.input_tokens`: nothing can be priced",
            );
        }
        let bodies = self.url_sanitizer.as_ref().is_some_and(|url| url.enabled)
            || self.db_sanitizer.as_ref().is_some_and(DbSanitizer::any);
        if bodies {
            trap("", "sanitizers run on every string of a log body, prose too");
        }
        if !list(self.blocked_values.as_ref()).is_empty() {
            trap("blocked_values", "maps and arrays in attributes, links, status messages and names pass as they are");
        }
        if self.db_sanitizer.as_ref().is_some_and(DbSanitizer::any) {
            trap("db_sanitizer", "comments, text in double quotes and statements of databases not known to it pass");
        }
    }
}

impl DbSanitizer {
    /// Whether any kind of database is on.
    pub fn any(&self) -> bool {
        let Self { sql, redis, valkey, memcached, mongo, opensearch, es, .. } = self;
        [sql, redis, valkey, memcached, mongo, opensearch, es].iter().any(|queries| queries.enabled)
    }
}
